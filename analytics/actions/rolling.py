"""Days from snapshots: what was gained when. Derived, so it can be made anew at any time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from analytics import frames, measures
from analytics.models import COUNTERS, INTERACTIONS, AccountDay, AccountSnapshot, PostDay
from mediaops.lib import bulk
from mediaops.lib.periods import day_of, start_of_day
from platforms.models import Account, Post

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 400
"""Days that one round of queries takes together."""


def roll_post_days(
    account: Account,
    post_ids: Collection[int],
    *,
    since: datetime | None = None,
    snapshots: "pd.DataFrame | None" = None,
) -> set[datetime]:
    """Make the posts' day rows anew from their snapshots, from the day of `since` on (None: all).

    Returns one moment per day that was written, for `roll_account_days`. `snapshots` are all those of the posts, as
    `frames.of_snapshots` gives them, where the caller has read them already.
    """
    if not post_ids:
        return set()
    zone = ZoneInfo(account.workspace.time_zone)
    first = day_of(since, zone) if since else None
    gains = measures.daily_gains(frames.snapshots(post_ids) if snapshots is None else snapshots, zone)
    if first is not None:
        gains = gains[gains["day"] >= first]
    days = set(gains["day"])
    bulk.upsert(
        PostDay,
        ["account_id", "post_id", "day", *COUNTERS],
        ((account.pk, *(row[name] for name in ("post", "day", *COUNTERS))) for row in frames.records(gains)),
        unique=["post_id", "day"],
        update=COUNTERS,
    )
    return {start_of_day(day, zone) for day in days}


def roll_account_days(account: Account, moments: Iterable[datetime]) -> None:
    """Make the account's day rows anew for the days of these moments; a day nobody told of any more loses its row."""
    zone = ZoneInfo(account.workspace.time_zone)
    days = sorted({day_of(moment, zone) for moment in moments})
    fields = [*COUNTERS, "followers", "posts", "rated_views", "rated_interactions"]
    for start in range(0, len(days), AT_ONCE):
        some = days[start : start + AT_ONCE]
        rows = list(_account_days(account, some, zone))
        AccountDay.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["account", "day"], update_fields=fields, batch_size=500
        )
        gone = set(some) - {row.day for row in rows}
        AccountDay.objects.filter(account=account, day__in=gone).delete()


def _account_days(account: Account, days: list[date], zone: ZoneInfo) -> Iterator[AccountDay]:
    """Put the days together that have ground: gains of posts, or something told of the account itself."""
    rows = PostDay.objects.filter(account=account, day__in=days).order_by()
    added: Any = rows.values("day").annotate(**{f"{n}_sum": Sum(n) for n in COUNTERS})
    sums: dict[date, dict[str, Any]] = {row["day"]: row for row in added}
    any_told = Q()
    for name in INTERACTIONS:
        any_told |= Q(**{f"{name}__isnull": False})
    of_rated: Any = rows.filter(any_told, views__isnull=False).values("day")
    adding = {f"{n}_sum": Sum(n) for n in ("views", *INTERACTIONS)}
    rated: dict[date, dict[str, Any]] = {row["day"]: row for row in of_rated.annotate(**adding)}
    followers, told = _told_days(account, days, zone)
    published = _published(account, days, zone)
    for day in days:
        if day in sums or day in followers or day in told:
            counters = {name: sums.get(day, {}).get(f"{name}_sum") for name in COUNTERS}
            yield AccountDay(
                account=account,
                day=day,
                followers=followers.get(day),
                posts=published.get(day, 0),
                **_with_told(counters, rated.get(day, {}), told.get(day, {})),
            )


def _with_told(sums: dict[str, Any], rated: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """Lay what the platform told of the whole account over what its known posts add up to."""
    counters = {name: told.get(name, sums[name]) for name in COUNTERS}
    acts = [told[name] for name in INTERACTIONS if name in told]
    if "views" in told and acts:
        return counters | {"rated_views": told["views"], "rated_interactions": sum(acts)}
    parts = [rated[f"{name}_sum"] for name in INTERACTIONS if rated.get(f"{name}_sum") is not None]
    return counters | {"rated_views": rated.get("views_sum"), "rated_interactions": sum(parts) if parts else None}


def _told_days(
    account: Account, days: list[date], zone: ZoneInfo
) -> tuple[dict[date, int | None], dict[date, dict[str, Any]]]:
    """Return followers at each day's end (None where only other things were told), and gains told by files.

    A file's day is the day it names, wherever Beijing's midnight falls in the workspace's zone.
    """
    wanted = set(days)
    start, end = start_of_day(days[0], zone), start_of_day(days[-1] + timedelta(days=1), zone)
    around = timedelta(days=1)
    rows = AccountSnapshot.objects.filter(account=account, taken_at__gte=start - around, taken_at__lt=end + around)
    followers: dict[date, int | None] = {}
    told: dict[date, dict[str, Any]] = defaultdict(dict)
    for taken_at, count, extra, imported in rows.order_by("taken_at", "pk").values_list(
        "taken_at", "followers", "extra", "imported_id"
    ):
        of_file = date.fromisoformat(extra["day"]) if imported and extra and "day" in extra else None
        day = of_file or day_of(taken_at, zone)
        if day not in wanted:
            continue
        followers[day] = count if count is not None else followers.get(day)
        if of_file:
            told[day] |= {name: extra[name] for name in COUNTERS if extra and name in extra}
    return followers, told


def _published(account: Account, days: list[date], zone: ZoneInfo) -> dict[date, int]:
    start, end = start_of_day(days[0], zone), start_of_day(days[-1] + timedelta(days=1), zone)
    rows = Post.objects.filter(account=account).between(start, end).order_by()
    per_day = rows.annotate(day=TruncDate("published_at", tzinfo=zone)).values("day").annotate(n=Count("pk"))
    return dict(per_day.values_list("day", "n"))
