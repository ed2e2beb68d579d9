"""The only place where rows become DataFrames. Unknown counters are NA, never 0."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pandas as pd

from analytics.models import COUNTERS, AccountDay, PostDay, PostSnapshot
from mediaops.lib.periods import Period

DAY_COLUMNS = ["account", "day", *COUNTERS, "followers", "posts", "rated_views", "rated_interactions"]


def snapshots(post_ids: Collection[int]) -> pd.DataFrame:
    """Return `post, taken_at, published_at` (UTC) and the cumulative counters of posts, oldest first."""
    rows = PostSnapshot.objects.filter(post_id__in=post_ids).order_by("post_id", "taken_at")
    names = ["post_id", "taken_at", "post__published_at", *COUNTERS]
    return of_snapshots(rows.values_list(*names))


def of_snapshots(rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    """Return rows that somebody has in hand already as `snapshots` does: the same columns in the same order."""
    columns = ["post", "taken_at", "published_at", *COUNTERS]
    return _numbers(pd.DataFrame.from_records(list(rows), columns=columns), COUNTERS)


def account_days(account_ids: Collection[int], period: Period) -> pd.DataFrame:
    """Return one row per account and day of the period that has figures: `DAY_COLUMNS`."""
    rows = AccountDay.objects.filter(account_id__in=account_ids, day__range=(period.first, period.last))
    names = ["account_id", *DAY_COLUMNS[1:]]
    return _numbers(pd.DataFrame.from_records(rows.values_list(*names), columns=DAY_COLUMNS), DAY_COLUMNS[2:])


def post_days(post_ids: Any, period: Period) -> pd.DataFrame:
    """Return `post, account, day` and what each post gained; `post_ids` may be a queryset of ids."""
    rows = PostDay.objects.filter(post_id__in=post_ids, day__range=(period.first, period.last))
    names = ["post_id", "account_id", "day", *COUNTERS]
    frame = pd.DataFrame.from_records(rows.values_list(*names), columns=["post", "account", "day", *COUNTERS])
    return _numbers(frame, COUNTERS)


def records(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the rows as plain Python values; NA becomes None."""
    for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
        yield {str(name): value.item() if hasattr(value, "item") else value for name, value in row.items()}


def _numbers(frame: pd.DataFrame, names: Collection[str]) -> pd.DataFrame:
    return frame.astype(dict.fromkeys(names, "Int64"))
