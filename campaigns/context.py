"""Counts beside the navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from campaigns.models import Task


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """Count the member's tasks that are due or overdue, lazily: only pages with the sidebar ask."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    mine = Task.objects.in_workspace(member.workspace_id).undone().of(member)
    return {"waiting_tasks": SimpleLazyObject(lambda: mine.filter(due_on__lte=timezone.localdate()).count())}
