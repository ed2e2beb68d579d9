"""Addresses of filtered and sorted lists, the length of videos, and where words stand."""

from typing import Any

from django import template

from content.models import Variant
from content.tabs import is_of_piece
from platforms.limits import Problem

register = template.Library()


@register.filter
def length_of(seconds: float | None) -> str:
    """Return how long a video is, as players show it: 0:07, 12:30, 1:02:03."""
    whole = round(seconds or 0)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.simple_tag(takes_context=True)
def filter_query(context: Any, name: str, value: Any) -> str:
    """Return this page's query string with the filter `name` set (None takes it away), on the first page."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    query.pop(name, None)
    if value is not None:
        query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_query(context: Any, name: str, sort: str, direction: str) -> str:
    """Return the query string that sorts by `name`; pressed again, the other way round."""
    is_falling = name == "changed" if name != sort else not direction
    return filter_query(context, "sort", f"-{name}" if is_falling else name)


@register.filter
def spans(places: tuple[tuple[int, int], ...]) -> str:
    """Write places for a script: `0-2 5-7`, in code points."""
    return " ".join(f"{start}-{end}" for start, end in places)


@register.filter
def stands_in_piece(problem: Problem, variant: Variant) -> bool:
    """Say whether the words that are meant are the piece's, not the variant's own."""
    return is_of_piece(problem, variant)
