"""What every page knows about the team."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mediaops.access import memberships_of
from mediaops.models import Notice, Right


def team(request: HttpRequest) -> dict[str, Any]:
    """Give templates the workspace, the member, their rights and their other workspaces."""
    member = getattr(request, "member", None)
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"workspace": None, "member": None, "may": {}}
    if user is not None and user.is_authenticated:
        context["my_memberships"] = SimpleLazyObject(lambda: memberships_of(user))
    if member is None:
        return context
    return context | {
        "workspace": member.workspace,
        "member": member,
        "may": {str(right): member.may(right) for right in Right},
        "unread_notices": SimpleLazyObject(lambda: Notice.objects.filter(member=member).unread().count()),
    }
