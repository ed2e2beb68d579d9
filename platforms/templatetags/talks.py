"""What the inbox's templates need."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.templatetags.ui import duration
from platforms.models import AccountEvent

register = template.Library()


@register.filter
def waited(since: datetime | None) -> str:
    """Show how long somebody has been waiting by now."""
    return duration((timezone.now() - since).total_seconds() if since else None)


@register.filter
def until(moment: datetime | None) -> str:
    """Show how long it is until then."""
    return duration((moment - timezone.now()).total_seconds() if moment else None)


ACTS: dict[str, tuple[Any, str]] = {
    "elect": (_("Feature"), "star"),
    "unelect": (_("No longer feature"), "circle-minus"),
    "top": (_("Put on top"), "pin"),
    "untop": (_("No longer on top"), "pinned"),
    "hide": (_("Hide"), "eye-off"),
    "show": (_("Show again"), "eye"),
    "delete": (_("Delete…"), "trash"),
}
MARKS = {"elected": _("featured"), "hidden": _("hidden"), "top": _("on top"), "auto": _("automatic")}
EVENTS = {
    "follow": _("Began to follow"),
    "unfollow": _("Stopped following"),
    "menu": _("Pressed the menu"),
    "scan": _("Scanned a code"),
    "revoked": _("Took back a consent"),
}


@register.filter
def act_words(act: str) -> str:
    """Return what an act on a comment is called."""
    return str(ACTS[act][0]) if act in ACTS else act


@register.filter
def act_icon(act: str) -> str:
    return ACTS[act][1] if act in ACTS else "point"


@register.filter
def mark_words(marks: list[str] | None) -> list[str]:
    """Return the marks of a message in words; those that people need not know are left out."""
    return [str(MARKS[mark]) for mark in marks or [] if mark in MARKS]


@register.filter
def event_words(event: AccountEvent) -> str:
    """Return what a person did, in words."""
    said = str(EVENTS.get(event.kind, event.kind))
    return f"{said}: {event.name}" if event.name else said
