"""What the inbox's templates need."""

from datetime import datetime

from django import template
from django.utils import timezone

from mediaops.templatetags.ui import duration

register = template.Library()


@register.filter
def waited(since: datetime | None) -> str:
    """Show how long somebody has been waiting by now."""
    return duration((timezone.now() - since).total_seconds() if since else None)
