"""Tracked links."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from campaigns.models import LinkDay, TrackedLink
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.models import Membership, Workspace


def make_link(workspace: Workspace, *, by: Membership, now: datetime, **fields: Any) -> TrackedLink:
    """Make a short link; `fields` are `name`, `target` (http or https) and optionally `campaign`, `collaboration`."""
    if urlsplit(fields["target"]).scheme not in {"http", "https"}:
        sentence = _("Use an http or https address.")
        raise UserError(sentence, fields={"target": [sentence]})
    row = TrackedLink.objects.create(workspace=workspace, made_by=by, made_at=now, **fields)
    record(by=by, verb="link.made", subject=row, code=row.code)
    return row


def close_link(link: TrackedLink, *, by: Membership, now: datetime) -> None:
    """End a link: its address answers 410 from now on; its clicks stay. Raises WrongState when it is closed."""
    if not TrackedLink.objects.filter(pk=link.pk, closed_at=None).update(closed_at=now):
        raise WrongState(_("This link is closed already."))
    record(by=by, verb="link.closed", subject=link)


def count_click(link: TrackedLink, now: datetime) -> None:
    """Count one click on today's row, in the workspace's zone."""
    day = now.astimezone(ZoneInfo(link.workspace.time_zone)).date()
    rows = LinkDay.objects.filter(link=link, day=day)
    if rows.update(clicks=F("clicks") + 1):
        return
    try:
        with transaction.atomic():
            LinkDay.objects.create(link=link, day=day, clicks=1)
    except IntegrityError:  # another visitor made the day's row in the same moment
        rows.update(clicks=F("clicks") + 1)
