"""Figures from figures: DataFrame in, DataFrame or plain number out. Pure; units in the docstrings.

Terms are defined in `docs/glossary.md`. Rates are never added; unknown is left out, never taken for 0.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from analytics.models.counters import COUNTERS, INTERACTIONS

FRESH = timedelta(days=1)


def daily_gains(snapshots: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """Return `post, day` and what each counter gained that day, from cumulative snapshots.

    A day's gain is its last snapshot less the last one before. The first snapshot of a post counts
    whole when it was published on that day or the day before; for an older post it is only where
    counting starts, because nobody knows when it was gained.
    """
    columns = ["post", "day", *COUNTERS]
    if snapshots.empty:
        return pd.DataFrame({name: pd.Series(dtype="Int64" if name in COUNTERS else object) for name in columns})
    frame = snapshots.sort_values(["post", "taken_at"]).copy()
    frame["day"] = pd.to_datetime(frame["taken_at"], utc=True).dt.tz_convert(zone).dt.date
    born = pd.to_datetime(frame["published_at"], utc=True).dt.tz_convert(zone).dt.date
    frame["is_fresh"] = [day - first <= FRESH for day, first in zip(frame["day"], born, strict=True)]
    known = frame.groupby("post")[list(COUNTERS)].ffill()  # a counter not told today is what it was
    frame[list(COUNTERS)] = known
    frame = frame.groupby(["post", "day"], as_index=False).last()
    gains = frame.groupby("post")[list(COUNTERS)].diff()
    is_first = ~frame["post"].duplicated()
    for name in COUNTERS:
        before = frame.groupby("post")[name].shift()
        counts_whole = before.isna() & frame["is_fresh"] & frame[name].notna()
        gains[name] = gains[name].where(~counts_whole, frame[name])
    result = pd.concat([frame[["post", "day"]], gains.astype("Int64")], axis=1)
    nothing = result[list(COUNTERS)].isna().all(axis=1) & ~is_first
    return result[~nothing].reset_index(drop=True)


def total(frame: pd.DataFrame, name: str) -> int | None:
    """Add a counter over all rows; None when no row knows it."""
    known = frame[name].dropna()
    return int(known.sum()) if len(known) else None


def interactions(frame: pd.DataFrame) -> int | None:
    """Add likes, comments, shares and saves over all rows (count); None when none is known."""
    parts = [value for name in INTERACTIONS if (value := total(frame, name)) is not None]
    return sum(parts) if parts else None


def engagement_rate(frame: pd.DataFrame) -> float | None:
    """Interactions per view, over posts that tell both (0.048 is 4.8 %); None when nobody looked.

    `frame` has `rated_views` and `rated_interactions` as `AccountDay` keeps them.
    """
    views, acts = total(frame, "rated_views"), total(frame, "rated_interactions")
    return acts / views if views and acts is not None else None


def follower_gain(frame: pd.DataFrame, start: pd.DataFrame) -> pd.DataFrame:
    """Return `account, followers, gained` (counts): the newest of the period less the newest before it.

    `start` holds the days before the period. An account first seen inside it counts from its first day.
    """
    known = frame.dropna(subset=["followers"]).sort_values("day").groupby("account")["followers"]
    earlier = start.dropna(subset=["followers"]).sort_values("day").groupby("account")["followers"].last()
    newest = known.last()
    base = earlier.reindex(newest.index).fillna(known.first()) if len(earlier) else known.first()
    return pd.DataFrame({"account": newest.index, "followers": newest.array, "gained": (newest - base).array})


def per_account(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `account, views, interactions` (counts) and `rate` of each account in the frame; NA is not told."""
    names = ["views", *INTERACTIONS, "rated_views", "rated_interactions"]
    sums = frame.groupby("account")[names].sum(min_count=1)
    acts = sums[list(INTERACTIONS)].sum(axis=1, min_count=1)
    rate = (sums["rated_interactions"] / sums["rated_views"].where(sums["rated_views"] > 0)).astype("Float64")
    return pd.DataFrame({"views": sums["views"], "interactions": acts, "rate": rate}).reset_index()


def by_day(frame: pd.DataFrame, name: str, days: list[date]) -> list[int | None]:
    """Return a counter per day in the order of `days`; None where nobody told anything that day."""
    sums = frame.dropna(subset=[name]).groupby("day")[name].sum()
    return [int(sums[day]) if day in sums.index else None for day in days]


def against_median(posts: pd.DataFrame) -> pd.DataFrame:
    """Add `ratio`: a post's views against the median of its account's posts in the frame (times).

    Accounts with fewer than 3 posts that tell views have no ratio: a median of two says nothing.
    """
    result = posts.copy()
    known = result.dropna(subset=["views"])
    counts = known.groupby("account")["views"].count()
    medians = known.groupby("account")["views"].median().astype("Float64")
    usable = medians[(counts >= 3) & (medians > 0)]
    result["ratio"] = result["views"].astype("Float64") / result["account"].map(usable).astype("Float64")
    return result


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
