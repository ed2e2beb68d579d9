"""Counts beside the navigation."""

from typing import Any

from django.http import HttpRequest


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """Count what waits, lazily: only pages with the sidebar ask."""
    return {}
