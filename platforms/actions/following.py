"""Whether posts of ours still stand: a platform may take one down days after it was live.

Asked rarely: every hour on the first day, every day for a week, then no more. What a callback tells
goes the same way (`take_in`).
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from mediaops.actions.activity import record
from platforms import gateway, places
from platforms.actions import health, posting
from platforms.connectors.base import FollowsPosts
from platforms.connectors.errors import ConnectorError, NeedsReconnect
from platforms.connectors.remote import Fate
from platforms.models import Account, Post
from platforms.models.post import PostQuerySet

log = logging.getLogger(__name__)

OFTEN, OFTEN_FOR = timedelta(hours=1), timedelta(days=1)
RARELY, RARELY_FOR = timedelta(days=1), timedelta(days=7)
AT_ONCE = 50


def next_look(account: Account, published_at: datetime, now: datetime) -> datetime | None:
    """Return when to ask about a post next; None when its platform tells nothing, or it is old enough."""
    if not gateway.can(account, FollowsPosts) or now - published_at >= RARELY_FOR:
        return None
    return now + (OFTEN if now - published_at < OFTEN_FOR else RARELY)


def due_accounts(now: datetime) -> list[int]:
    """Return the working accounts that have posts to ask about now."""
    rows = _open().filter(follow_after__lte=now, account__in=Account.objects.own().working())
    return list(rows.order_by().values_list("account", flat=True).distinct()[:AT_ONCE])


def follow_account(account: Account, now: datetime) -> int:
    """Ask about the account's posts that are due; return how many fell.

    Each row is taken by moving its next look, so two workers never ask about the same one, and a
    platform that is away is asked again at the next look.
    """
    rows = _open().filter(account=account, follow_after__lte=now)
    taken = [row for row in rows.order_by("follow_after")[:AT_ONCE] if _take(row, account, now)]
    if not taken or not gateway.can(account, FollowsPosts):
        return 0
    try:
        connector = gateway.connect(account)
        try:
            return take_in(account, connector.fates([posting.ref_of(row) for row in taken]), now)
        finally:
            gateway.keep_renewed(account, connector)
    except places.GiveWay:
        _open().filter(pk__in=[row.pk for row in taken]).update(follow_after=now)
    except NeedsReconnect as error:
        health.mark_expired(account, error, now)
    except ConnectorError as error:
        log.info("account %s: fates not told, %s", account.pk, type(error).__name__)
    return 0


def take_in(account: Account, fates: Iterable[Fate], now: datetime) -> int:
    """Write down which posts fell, with the platform's reason; return how many are news."""
    fell = 0
    for fate in fates:
        if fate.stands:
            continue
        row = _open().filter(account=account, remote_id=fate.remote_id).first()
        if row is None:
            continue
        changes = {"removed_at": row.removed_at or now, "removed_why": fate.reason[:400], "follow_after": None}
        if not _open().filter(pk=row.pk).update(**changes):
            continue
        fell += 1
        record(by=None, verb="post.fell", subject=row, workspace=account.workspace, reason=fate.reason[:400])
        log.warning("post %s of account %s fell", row.pk, account.pk)
    return fell


def _open() -> PostQuerySet:
    """Posts of which no reason for a fall is known; that one is gone may have been seen already."""
    return Post.objects.filter(removed_why="")


def _take(row: Post, account: Account, now: datetime) -> bool:
    later = next_look(account, row.published_at, now)
    return bool(Post.objects.filter(pk=row.pk, follow_after=row.follow_after).update(follow_after=later))
