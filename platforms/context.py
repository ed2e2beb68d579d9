"""Counts beside the navigation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from platforms import talks


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """Count what waits, lazily: only pages with the sidebar ask."""
    workspace = getattr(request, "workspace", None)
    if workspace is None:
        return {}
    return {"waiting_inbox": SimpleLazyObject(lambda: talks.count_waiting(workspace))}
