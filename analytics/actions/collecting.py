"""Asking platforms for figures, and keeping what they told."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef

from analytics.actions.rolling import roll_account_days, roll_post_days
from analytics.ladder import ACCOUNT_EVERY, after_failure, next_reading
from analytics.models import COUNTERS, AccountFigures, AccountSnapshot, PostFigures, PostSnapshot
from platforms import gateway
from platforms.actions import posting
from platforms.connectors.base import AccountReading, Reading, ReadsAccountMetrics, ReadsMetrics
from platforms.connectors.errors import ConnectorError, NothingSent
from platforms.models import Account, Post

log = logging.getLogger(__name__)
BATCH = 100
CLAIM = timedelta(minutes=10)


def know_new(now: datetime) -> int:
    """Start following posts and accounts that have no figures row yet; return how many are new."""
    posts = Post.objects.standing().filter(~Exists(PostFigures.objects.filter(post=OuterRef("pk"))))
    new_posts = [PostFigures(post_id=pk, next_at=now) for pk in posts.values_list("pk", flat=True)[:2000]]
    accounts = Account.objects.connected().filter(~Exists(AccountFigures.objects.filter(account=OuterRef("pk"))))
    new_accounts = [AccountFigures(account_id=pk, next_at=now) for pk in accounts.values_list("pk", flat=True)]
    PostFigures.objects.bulk_create(new_posts, ignore_conflicts=True)
    AccountFigures.objects.bulk_create(new_accounts, ignore_conflicts=True)
    return len(new_posts) + len(new_accounts)


def accounts_to_read(now: datetime) -> list[int]:
    """Return the ids of working accounts with anything due: their own counters or a post's."""
    working = Account.objects.working()
    posts = PostFigures.objects.due(now).filter(post__account=OuterRef("pk"), post__removed_at=None)
    own = AccountFigures.objects.due(now).filter(account=OuterRef("pk"))
    return list(working.filter(Exists(posts) | Exists(own)).values_list("pk", flat=True))


def collect_account(account: Account, now: datetime) -> int:
    """Read what is due on one account; return how many posts told their figures.

    Rows are claimed by pushing `next_at` ahead, so two workers do not ask for the same post. A
    platform that cannot be asked is tried again later; what is known stays as it is.
    """
    if not gateway.connector_class(account.platform) or account.state not in ("healthy", "soon"):
        return 0
    _read_account(account, now)
    return _read_posts(account, now)


def keep_readings(account: Account, readings: Iterable[Reading], posts: dict[str, Post], now: datetime) -> int:
    """Write snapshots and newest figures of posts (by remote id); return how many were told."""
    minute = now.replace(second=0, microsecond=0)
    told = {posts[reading.remote_id].pk: reading for reading in readings if reading.remote_id in posts}
    by_pk = {post.pk: post for post in posts.values()}
    PostSnapshot.objects.bulk_create(
        [
            PostSnapshot(post_id=pk, taken_at=minute, extra=dict(reading.extra) or None, **_counters(reading))
            for pk, reading in told.items()
        ],
        update_conflicts=True,  # read twice in a minute: the later word counts
        unique_fields=["post", "taken_at"],
        update_fields=[*COUNTERS, "extra"],
    )
    rows = [
        PostFigures(
            post_id=pk,
            taken_at=minute,
            next_at=next_reading(by_pk[pk].published_at, now),
            failures=0,
            **_counters(reading),
        )
        for pk, reading in told.items()
    ]
    PostFigures.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["post"],
        update_fields=[*COUNTERS, "taken_at", "next_at", "failures"],
    )
    days = roll_post_days(account, list(told), since=minute)
    roll_account_days(account, days)
    return len(told)


def keep_account_reading(account: Account, reading: AccountReading, now: datetime) -> None:
    """Write one snapshot of an account's own counters."""
    minute = now.replace(second=0, microsecond=0)
    told = {name: getattr(reading, name) for name in ("followers", "following", "posts", "views")}
    AccountSnapshot.objects.update_or_create(
        account=account, taken_at=minute, defaults=told | {"extra": dict(reading.extra) or None}
    )
    AccountFigures.objects.filter(account=account).update(
        taken_at=minute, next_at=now + ACCOUNT_EVERY, failures=0, **told
    )
    roll_account_days(account, {minute})


def _read_account(account: Account, now: datetime) -> None:
    rows = AccountFigures.objects.filter(account=account)
    if not rows.due(now).update(next_at=now + CLAIM):
        return
    if not gateway.can(account, ReadsAccountMetrics):
        rows.update(next_at=None)
        return
    try:
        connector = gateway.connect(account)
        reading = connector.account_reading()
    except ConnectorError as error:
        failures = (rows.values_list("failures", flat=True).first() or 0) + 1
        rows.update(failures=F("failures") + 1, next_at=after_failure(failures, now, wait_s=_wait(error)))
        log.info("account %s told no figures: %s", account.pk, type(error).__name__)
        return
    gateway.keep_renewed(account, connector)
    keep_account_reading(account, reading, now)


def _read_posts(account: Account, now: datetime) -> int:
    due = PostFigures.objects.due(now).filter(post__account=account, post__removed_at=None)
    chosen = list(due.order_by("next_at").values_list("pk", "next_at")[:BATCH])
    mine = [
        pk for pk, was in chosen if PostFigures.objects.filter(pk=pk, next_at=was).update(next_at=now + CLAIM)
    ]  # one by one, so that the same post is never asked for twice
    if not mine:
        return 0
    if not gateway.can(account, ReadsMetrics):
        PostFigures.objects.filter(pk__in=mine).update(next_at=None)
        return 0
    posts = {post.remote_id: post for post in Post.objects.filter(pk__in=mine)}
    try:
        connector = gateway.connect(account)
        readings = list(connector.post_readings([posting.ref_of(post) for post in posts.values()]))
    except ConnectorError as error:
        _put_off(mine, now, _wait(error))
        log.info("account %s told no post figures: %s", account.pk, type(error).__name__)
        return 0
    gateway.keep_renewed(account, connector)
    told = keep_readings(account, readings, posts, now)
    silent = {post.pk for post in posts.values()} - {posts[r.remote_id].pk for r in readings if r.remote_id in posts}
    _put_off(silent, now, None)
    return told


def _put_off(pks: Iterable[int], now: datetime, wait_s: float | None) -> None:
    rows = PostFigures.objects.filter(pk__in=list(pks))
    for failures in set(rows.values_list("failures", flat=True)):
        rows.filter(failures=failures).update(
            failures=failures + 1, next_at=after_failure(failures + 1, now, wait_s=wait_s)
        )


def _wait(error: ConnectorError) -> float | None:
    return error.wait_s if isinstance(error, NothingSent) else None


def _counters(reading: Reading) -> dict[str, int | None]:
    return {name: getattr(reading, name) for name in COUNTERS}
