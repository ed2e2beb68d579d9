"""How attempts and the trail of a publication are shown."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from content.models import Attempt
from mediaops.lib.said import read
from mediaops.templatetags.ui import day

register = template.Library()

OUTCOME_STATES = {
    "open": "sending",
    "nothing_sent": "planned",
    "refused": "failed",
    "reconnect": "expired",
    "unknown": "unsure",
    "lost": "unsure",
}
VERB_STATES = {
    "started": "sending",
    "put_back": "planned",
    "moved": "planned",
    "released": "planned",
    "not_live": "planned",
}


@register.filter
def to_the_second(moment: datetime) -> SafeString:
    """Show day and time to the second in the reader's zone."""
    local = timezone.localtime(moment)
    words = f"{strip_tags(day(moment))} {local:%H:%M:%S}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter
def took(attempt: Attempt) -> str:
    """Show how long an attempt took."""
    if attempt.ended_at is None:
        return "–"
    return _("%(n)s s") % {"n": f"{(attempt.ended_at - attempt.started_at).total_seconds():.1f}"}


@register.filter
def outcome_state(outcome: str) -> str:
    """Return the state whose icon and hue an outcome has."""
    return OUTCOME_STATES.get(outcome, outcome)


@register.filter
def verb_state(verb: str) -> str:
    """Return the state whose icon and hue a line of the trail has."""
    past = verb.rpartition(".")[2]
    return VERB_STATES.get(past, past)


@register.filter
def reason(detail: dict[str, Any]) -> str:
    """Return the reason in a line of the trail, in the reader's language."""
    return read(detail.get("problem", ""), detail.get("problem_in", {}))
