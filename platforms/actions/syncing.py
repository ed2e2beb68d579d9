"""Pulling what happened on the platforms: posts made elsewhere, removed posts, what people said.

One account is one unit of work: it is claimed by a conditional UPDATE of `sync_after`, so two
workers never pull the same one, and an account that fails waits by itself without holding up others.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from platforms import gateway, places
from platforms.actions import health, inbox, posting
from platforms.connectors.account import AccountRight
from platforms.connectors.base import ReadsComments, ReadsMessages, ReadsPosts
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, NotPermitted
from platforms.connectors.remote import PostRef
from platforms.models import Account, Post

log = logging.getLogger(__name__)

SYNC_EVERY = timedelta(minutes=3)
LEASE = timedelta(minutes=5)
"""How long a worker may hold an account; after a crash it is free again by then."""
BACKOFF_MAX = timedelta(hours=1)
FIRST_LOOK = timedelta(days=30)
"""How far back the first sync reads."""
OVERLAP = timedelta(days=2)
"""How far before the last sync the next one begins: edits, comments released late."""
LOOK_BACK_EVERY = timedelta(hours=12)
DISCUSSED_FOR, DISCUSSED_MAX = timedelta(days=30), 40
"""Which posts are asked for comments, where a platform tells them post by post."""
SETTLING = timedelta(minutes=10)
"""A post younger than this may be missing from a platform's list though it stands."""


def reads(account: Account) -> bool:
    """Say whether there is anything that syncing could pull."""
    return any(gateway.can(account, promise) for promise in (ReadsPosts, ReadsMessages, ReadsComments))


def claim(account_pk: int, now: datetime) -> datetime | None:
    """Take an account that is due; return the claim to hand to the worker, None if another was first."""
    until = now + LEASE
    taken = Account.objects.to_sync(now).filter(pk=account_pk).update(sync_after=until)
    return until if taken else None


def take_over(account_pk: int, claimed: datetime, now: datetime) -> Account | None:
    """Turn the dispatcher's claim into the worker's own; None when the message came twice or too late."""
    until = max(now + LEASE, claimed + timedelta(microseconds=1))
    taken = Account.objects.working().filter(pk=account_pk, sync_after=claimed).update(sync_after=until)
    return Account.objects.select_related("workspace").get(pk=account_pk) if taken else None


def sync_account(account: Account, now: datetime) -> bool:
    """Pull posts and messages of an account that the caller claimed; return whether it worked.

    What a platform does wrong is written on the account and ends here; our own bugs rise.
    """
    try:
        counts = _pull(account, now)
    except places.GiveWay:
        put_off(account, now)
        return False
    except NeedsReconnect as error:
        health.mark_expired(account, error, now)
        return False
    except ConnectorError as error:
        health.note_failure(account, error, now)
        _settle(account, sync_after=now + _wait(account, error))
        return False
    _settle(account, sync_after=now + SYNC_EVERY, synced_at=now)
    if account.failures:
        health.mark_healthy(account, now)
    log.info("account %s synced: %s posts, %s messages, %s removed", account.pk, *counts)
    return True


def put_off(account: Account, now: datetime) -> None:
    """Let an account that was claimed be due again in a moment: its server has no place for it now."""
    _settle(account, sync_after=now + places.SOON)


def _wait(account: Account, error: ConnectorError) -> timedelta:
    asked = timedelta(seconds=error.wait_s) if isinstance(error, NothingSent) and error.wait_s else timedelta(0)
    return max(asked, min(SYNC_EVERY * 2 ** min(account.failures - 1, 6), BACKOFF_MAX))


def _settle(account: Account, **changes: Any) -> None:
    Account.objects.filter(pk=account.pk).update(**changes)
    for name, value in changes.items():
        setattr(account, name, value)


def _pull(account: Account, now: datetime) -> tuple[int, int, int]:
    since = account.synced_at - OVERLAP if account.synced_at else now - FIRST_LOOK
    connector = gateway.connect(account)
    posts = messages = removed = 0
    try:
        if gateway.can(account, ReadsPosts):
            with _right(account, "posts", now):
                posts, removed = _pull_posts(account, connector, since, now)
        if gateway.can(account, ReadsMessages):
            with _right(account, "messages", now):
                messages = inbox.take_in(account, connector.messages(since), now)
        if gateway.can(account, ReadsComments):
            with _right(account, "messages", now):
                messages += inbox.take_in(account, connector.comments(_discussed(account, now)), now)
    finally:
        gateway.keep_renewed(account, connector)
    return posts, messages, removed


@contextmanager
def _right(account: Account, right: AccountRight, now: datetime) -> Iterator[None]:
    """Let the rest go on when the platform does not let this account do one thing."""
    try:
        yield
    except NotPermitted as error:
        health.lose_right(account, right, error, now)


def _discussed(account: Account, now: datetime) -> list[PostRef]:
    """Return the posts under which people may still be writing, newest first."""
    recent = Post.objects.standing().filter(account=account).between(now - DISCUSSED_FOR, now + SETTLING)
    return [posting.ref_of(post) for post in recent.order_by("-published_at")[:DISCUSSED_MAX]]


def _pull_posts(account: Account, connector: ReadsPosts, since: datetime, now: datetime) -> tuple[int, int]:
    looks_back = account.looked_back_at is None or now - account.looked_back_at >= LOOK_BACK_EVERY
    start = min(since, now - FIRST_LOOK) if looks_back else since
    seen = posting.record_posts(account, connector.recent_posts(start), now)
    removed = _mark_removed(account, {post.pk for post in seen}, start, now)
    if looks_back:
        _settle(account, looked_back_at=now)
    return len(seen), removed


def _mark_removed(account: Account, seen: set[int], start: datetime, now: datetime) -> int:
    """Mark posts that the platform's complete list no longer holds. A later sight takes the mark back."""
    known = Post.objects.standing().filter(account=account).between(start, now - SETTLING)
    rows = known.filter(seen_at__lt=now - SETTLING, part_of="").only("remote_id", "url", "data")
    gone = {row.pk for row in rows if _is_listed(row)} - seen
    Post.objects.filter(pk__in=gone).exclude(follow_after=None).update(follow_after=now)  # ask at once why
    return Post.objects.filter(pk__in=gone, removed_at=None).update(removed_at=now)


def _is_listed(post: Post) -> bool:
    """Say whether the platform's list would hold the post: not one known by a pasted link, nor an unlisted one."""
    return post.remote_id != post.url[:400] and not post.data.get("unlisted")
