"""Asking platforms for figures, and keeping what they told."""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from analytics.actions.rolling import roll_account_days, roll_post_days
from analytics.ladder import ACCOUNT_EVERY, after_failure, next_reading
from analytics.models import COUNTERS, AccountFigures, AccountSnapshot, PostFigures, PostSnapshot
from mediaops.lib.periods import day_of, start_of_day
from platforms import gateway, places
from platforms.actions import health, posting
from platforms.connectors.base import ReadsAccountDays, ReadsAccountMetrics, ReadsMetrics
from platforms.connectors.errors import ConnectorError, NothingSent, NotPermitted
from platforms.connectors.remote import AccountDayReading, AccountReading, Reading
from platforms.models import Account, Post

log = logging.getLogger(__name__)
BATCH = 100
CLAIM = timedelta(minutes=10)
DAYS_BACK = 30
"""How many past days are filled in where a platform tells whole days."""
GIVEN_UP_AFTER = timedelta(days=3)


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
    try:
        if _read_account(account, now):
            _fill_days(account, now)
        return _read_posts(account, now)
    except places.GiveWay:
        return 0


def keep_readings(account: Account, readings: Iterable[Reading], posts: dict[str, Post], now: datetime) -> int:
    """Write snapshots and newest figures of posts (by remote id); return how many were told."""
    minute = now.replace(second=0, microsecond=0)
    told = {posts[reading.remote_id].pk: reading for reading in readings if reading.remote_id in posts}
    with transaction.atomic():  # who sees a figure sees its day as well
        _keep_told(told, {post.pk: post for post in posts.values()}, minute, now)
        days = roll_post_days(account, list(told), since=minute)
        roll_account_days(account, days)
    return len(told)


def _keep_told(told: dict[int, Reading], posts: dict[int, Post], minute: datetime, now: datetime) -> None:
    PostSnapshot.objects.bulk_create(
        [
            PostSnapshot(post_id=pk, taken_at=minute, extra=dict(reading.extra) or None, **_counters(reading))
            for pk, reading in told.items()
        ],
        update_conflicts=True,  # read twice in a minute: the later word counts
        unique_fields=["post", "taken_at"],
        update_fields=[*COUNTERS, "extra", "imported"],
    )
    rows = [
        PostFigures(
            post_id=pk,
            taken_at=minute,
            next_at=next_reading(posts[pk].published_at, now),
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


def keep_account_reading(account: Account, reading: AccountReading, now: datetime) -> None:
    """Write one snapshot of an account's own counters."""
    minute = now.replace(second=0, microsecond=0)
    told = {name: getattr(reading, name) for name in ("followers", "following", "posts", "views")}
    AccountSnapshot.objects.update_or_create(
        account=account, taken_at=minute, defaults=told | {"extra": dict(reading.extra) or None, "imported": None}
    )
    AccountFigures.objects.filter(account=account).update(
        taken_at=minute, next_at=now + ACCOUNT_EVERY, failures=0, **told
    )
    roll_account_days(account, {minute})


def _read_account(account: Account, now: datetime) -> bool:
    """Read the account's counters when that is due; say whether it was."""
    rows = AccountFigures.objects.filter(account=account)
    if not rows.due(now).update(next_at=now + CLAIM):
        return False
    if not gateway.can(account, ReadsAccountMetrics):
        rows.update(next_at=None)
        return False
    try:
        connector = gateway.connect(account)
        reading = connector.account_reading()
    except places.GiveWay:
        rows.update(next_at=now + places.SOON)
        raise
    except ConnectorError as error:
        failures = (rows.values_list("failures", flat=True).first() or 0) + 1
        rows.update(failures=F("failures") + 1, next_at=after_failure(failures, now, wait_s=_wait(error)))
        log.info("account %s told no figures: %s", account.pk, type(error).__name__)
        _note_right(account, error, now)
        return True
    gateway.keep_renewed(account, connector)
    keep_account_reading(account, reading, now)
    return True


def _note_right(account: Account, error: ConnectorError, now: datetime) -> None:
    if isinstance(error, NotPermitted):
        health.lose_right(account, "figures", error, now)


def _fill_days(account: Account, now: datetime) -> int:
    """Ask for the days of the last weeks that are not told yet; return how many are new.

    A day is one snapshot at its last minute, so however often it is told it counts once.
    """
    if not gateway.can(account, ReadsAccountDays):
        return 0
    try:
        connector = gateway.connect(account)
        zone = ZoneInfo(connector.day_zone())
        missing = _days_missing(account, zone, now)
        told = list(connector.account_days(missing[0], missing[-1])) if missing else []
    except ConnectorError as error:
        log.info("account %s told no days: %s", account.pk, type(error).__name__)
        _note_right(account, error, now)
        return 0
    gateway.keep_renewed(account, connector)
    return keep_account_days(account, told, zone, missing, now)


def _days_missing(account: Account, zone: ZoneInfo, now: datetime) -> list[date]:
    today = day_of(now, zone)
    ends = {_last_minute(today - timedelta(days=n), zone): today - timedelta(days=n) for n in range(1, DAYS_BACK + 1)}
    known = AccountSnapshot.objects.filter(account=account, taken_at__in=list(ends)).values_list(
        "taken_at", flat=True
    )
    return sorted(set(ends.values()) - {ends[at] for at in known})


def _last_minute(day: date, zone: ZoneInfo) -> datetime:
    return start_of_day(day + timedelta(days=1), zone) - timedelta(minutes=1)


def keep_account_days(
    account: Account, told: Iterable[AccountDayReading], zone: ZoneInfo, missing: Iterable[date], now: datetime
) -> int:
    """Write whole days as snapshots of their last minute; return how many were told.

    Reads of the account are kept beside the counters: its days are made of what its posts gained, and
    adding them would count twice. A day that is days past and still not told is not asked for again.
    """
    days = {reading.day: reading for reading in told}
    late = day_of(now, zone) - GIVEN_UP_AFTER
    rows = [
        AccountSnapshot(
            account=account, taken_at=_last_minute(day, zone), followers=reading.followers, extra=_day_extra(reading),
        )
        for day, reading in days.items()
    ]  # fmt: skip
    rows += [
        AccountSnapshot(account=account, taken_at=_last_minute(day, zone), extra={"told": False})
        for day in missing
        if day not in days and day < late
    ]
    AccountSnapshot.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "taken_at"], update_fields=["followers", "extra"]
    )
    roll_account_days(account, {_last_minute(day, zone) for day in days})
    return len(days)


def _day_extra(reading: AccountDayReading) -> dict[str, Any]:
    parts = {
        "day": reading.day.isoformat(),
        "new_followers": reading.new_followers,
        "lost_followers": reading.lost_followers,
        "views_of_day": reading.views,
    }
    return {**{name: value for name, value in parts.items() if value is not None}, **reading.extra}


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
    except places.GiveWay:
        PostFigures.objects.filter(pk__in=mine).update(next_at=now + places.SOON)
        raise
    except ConnectorError as error:
        _put_off(mine, now, _wait(error))
        log.info("account %s told no post figures: %s", account.pk, type(error).__name__)
        _note_right(account, error, now)
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
