"""Days from snapshots: what was gained when. Derived, so it can be made anew at any time."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q, Sum

from analytics import frames, measures
from analytics.models import COUNTERS, INTERACTIONS, AccountDay, AccountSnapshot, PostDay
from mediaops.lib.periods import day_of, start_of_day
from platforms.models import Account, Post


def roll_post_days(account: Account, post_ids: Collection[int], *, since: datetime | None = None) -> set[datetime]:
    """Make the posts' day rows anew from their snapshots, from the day of `since` on (None: all).

    Returns one moment per day that was written, for `roll_account_days`.
    """
    if not post_ids:
        return set()
    zone = ZoneInfo(account.workspace.time_zone)
    first = day_of(since, zone) if since else None
    gains = measures.daily_gains(frames.snapshots(post_ids), zone)
    if first is not None:
        gains = gains[gains["day"] >= first]
    rows = [
        PostDay(account=account, post_id=row["post"], day=row["day"], **{name: row[name] for name in COUNTERS})
        for row in frames.records(gains)
    ]
    PostDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["post", "day"], update_fields=list(COUNTERS), batch_size=500
    )
    return {start_of_day(row.day, zone) for row in rows}


def roll_account_days(account: Account, moments: Iterable[datetime]) -> None:
    """Make the account's day rows anew for the days of these moments."""
    zone = ZoneInfo(account.workspace.time_zone)
    days = sorted({day_of(moment, zone) for moment in moments})
    rows = [_account_day(account, day, zone) for day in days]
    fields = [*COUNTERS, "followers", "posts", "rated_views", "rated_interactions"]
    AccountDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "day"], update_fields=fields, batch_size=500
    )


def _account_day(account: Account, day: date, zone: ZoneInfo) -> AccountDay:
    start, end = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
    rows = PostDay.objects.filter(account=account, day=day)
    sums = rows.aggregate(**{name: Sum(name) for name in COUNTERS})
    told = Q()
    for name in INTERACTIONS:
        told |= Q(**{f"{name}__isnull": False})
    rated = rows.filter(told, views__isnull=False).aggregate(
        views_sum=Sum("views"), **{f"{name}_sum": Sum(name) for name in INTERACTIONS}
    )
    parts = [rated[f"{name}_sum"] for name in INTERACTIONS if rated[f"{name}_sum"] is not None]
    snapshots = AccountSnapshot.objects.filter(account=account, taken_at__gte=start, taken_at__lt=end)
    newest = snapshots.exclude(followers=None).aggregate(at=Max("taken_at"))["at"]
    followers = snapshots.get(taken_at=newest).followers if newest else None
    posts = Post.objects.filter(account=account).between(start, end).aggregate(n=Count("pk"))["n"]
    return AccountDay(
        account=account,
        day=day,
        followers=followers,
        posts=posts,
        rated_views=rated["views_sum"],
        rated_interactions=sum(parts) if parts else None,
        **sums,
    )
