"""Figures from figures: rows in, plain numbers out. Pure; units in the docstrings.

Terms are defined in `docs/glossary.md`. Rates are never added; unknown is left out, never taken for 0.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analytics.models.counters import COUNTERS, INTERACTIONS

FRESH = timedelta(days=1)
MEDIAN_LEAST = 3


class Day(NamedTuple):
    """What one account (or one of its posts) gained on one day; None is not told."""

    account: int
    day: date
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    followers: int | None = None
    """Of the account, at the end of the day."""
    posts: int = 0
    rated_views: int | None = None
    """Views of posts that tell interactions, too."""
    rated_interactions: int | None = None


class Reading(NamedTuple):
    """What the counters of a post stood at in one moment; None is not told."""

    post: int
    taken_at: datetime
    published_at: datetime
    counters: tuple[int | None, ...]
    """In the order of `COUNTERS`."""


class Gain(NamedTuple):
    """What a post gained on one day, in the order of `COUNTERS`; None is not known."""

    post: int
    day: date
    counters: tuple[int | None, ...]


def daily_gains(readings: Iterable[Reading], zone: ZoneInfo) -> Iterator[Gain]:
    """Yield what each counter of each post gained day by day, from cumulative readings in any order.

    A day's gain is its last reading less the last one before; a counter that is not told is what it was. The first
    reading of a post counts whole when it was published on that day or the day before; for an older post it is only
    where counting starts, because nobody knows when it was gained. Days without any gain known are left out, except
    the first of each post.
    """
    import pandas as pd  # 55 MB and a second, which a process that derives no days need not spend

    names = list(COUNTERS)
    rows = [(one.post, one.taken_at, one.published_at, *one.counters) for one in readings]
    if not rows:
        return
    frame = pd.DataFrame.from_records(rows, columns=["post", "taken_at", "published_at", *names])
    frame = frame.astype(dict.fromkeys(names, "Int64")).sort_values(["post", "taken_at"])
    frame["day"] = pd.to_datetime(frame["taken_at"], utc=True).dt.tz_convert(zone).dt.date
    born = pd.to_datetime(frame["published_at"], utc=True).dt.tz_convert(zone).dt.date
    frame["is_fresh"] = [day - first <= FRESH for day, first in zip(frame["day"], born, strict=True)]
    frame[names] = frame.groupby("post")[names].ffill()  # a counter not told today is what it was
    frame = frame.groupby(["post", "day"], as_index=False).last()
    gains, before = frame.groupby("post")[names].diff(), frame.groupby("post")[names].shift()
    counts_whole = before.isna() & frame[names].notna() & frame[["is_fresh"]].to_numpy()
    gains = gains.where(~counts_whole, frame[names])
    is_told = gains.notna().any(axis=1) | ~frame["post"].duplicated()
    shown = gains.astype(object).where(gains.notna(), None)[is_told]
    kept = frame[is_told]
    for post, day, *counters in zip(kept["post"], kept["day"], *(shown[name] for name in names), strict=True):
        yield Gain(int(post), day, tuple(None if value is None else int(value) for value in counters))


def total(days: Iterable[Day], name: str) -> int | None:
    """Add a counter over all rows; None when no row knows it."""
    known = [value for day in days if (value := getattr(day, name)) is not None]
    return sum(known) if known else None


def interactions(days: Sequence[Day]) -> int | None:
    """Add likes, comments, shares and saves over all rows (count); None when none is known."""
    parts = [value for name in INTERACTIONS if (value := total(days, name)) is not None]
    return sum(parts) if parts else None


def engagement_rate(days: Sequence[Day]) -> float | None:
    """Interactions per view, over posts that tell both (0.048 is 4.8 %); None when nobody looked."""
    views, acts = total(days, "rated_views"), total(days, "rated_interactions")
    return acts / views if views and acts is not None else None


def follower_gain(days: Iterable[Day], start: Iterable[Day]) -> dict[int, tuple[int, int]]:
    """Return (followers, gained) by account: the newest of the period, and that less the newest before it.

    `start` holds the days before the period. An account first seen inside it counts from its first day.
    """
    told, before = _followers(days), _followers(start)
    return {
        account: (counts[-1], counts[-1] - (before[account][-1] if account in before else counts[0]))
        for account, counts in told.items()
    }


def _followers(days: Iterable[Day]) -> dict[int, list[int]]:
    """Return the known follower counts of each account, oldest first."""
    found: dict[int, list[int]] = defaultdict(list)
    for day in sorted(days, key=lambda day: day.day):
        if day.followers is not None:
            found[day.account].append(day.followers)
    return found


def per_account(days: Iterable[Day]) -> dict[int, list[Day]]:
    """Return the rows of each account."""
    found: dict[int, list[Day]] = defaultdict(list)
    for day in days:
        found[day.account].append(day)
    return found


def by_day(days: Iterable[Day], names: Sequence[str], order: Sequence[date]) -> list[int | None]:
    """Return counters, added per day, in the order of days; None where nobody told anything that day."""
    sums: dict[date, int] = {}
    for row in days:
        known = [value for name in names if (value := getattr(row, name)) is not None]
        if known:
            sums[row.day] = sums.get(row.day, 0) + sum(known)
    return [sums.get(day) for day in order]


def medians(posts: Iterable[tuple[int, int]]) -> dict[int, float]:
    """Return the median of each account's views from (account, views); a post is measured against it.

    Accounts with fewer than 3 posts have none: a median of two says nothing. Nor have those whose median is 0.
    """
    views: dict[int, list[int]] = defaultdict(list)
    for account, seen in posts:
        views[account].append(seen)
    found = {account: float(median(seen)) for account, seen in views.items() if len(seen) >= MEDIAN_LEAST}
    return {account: middle for account, middle in found.items() if middle > 0}


@dataclass(frozen=True)
class Change:
    """A figure now and in the period before. `is_rate` changes in points, else in per cent of before."""

    now: float | None
    before: float | None
    is_rate: bool = False
    more_is_better: bool = True

    @property
    def amount(self) -> float | None:
        """Relative change (0.12 is +12 %), or the difference of a rate; None without a former figure."""
        if self.now is None or self.before is None:
            return None
        if self.is_rate:
            return self.now - self.before
        return (self.now - self.before) / abs(self.before) if self.before else None

    @property
    def direction(self) -> str:
        """`up`, `down`, `same`, or "" when unknown."""
        if self.now is None or self.before is None:
            return ""
        return "same" if self.now == self.before else "up" if self.now > self.before else "down"

    @property
    def is_good(self) -> bool | None:
        """Whether the change is for the better; None when there is none."""
        if self.direction in ("", "same"):
            return None
        return (self.direction == "up") == self.more_is_better
