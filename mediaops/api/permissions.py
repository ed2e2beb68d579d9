"""The door of the API."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission

from mediaops.access import demand
from mediaops.models import Right


class HasRight(BasePermission):
    """Ask for the right that the view's `rights` names for the action, else SEE for reading.

    A view that changes something and names no right is closed to everybody but administrators.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.auth is None:
            return False
        if not _answers(view, request.method):
            raise MethodNotAllowed(request.method)
        right = view.right_for(request)
        demand(request.member, right)
        request.auth.demand(right)
        return True


def _answers(view: Any, method: str) -> bool:
    return hasattr(view, method.lower()) and getattr(view, "action", "") is not None


def right_for_method(method: str, rights: dict[str, Right], action: str) -> Right:
    """Return what an action needs: its own entry, `*` for changes, SEE for reading."""
    if action in rights:
        return rights[action]
    if method in {"GET", "HEAD", "OPTIONS"}:
        return Right.SEE
    return rights.get("*", Right.ADMIN)
