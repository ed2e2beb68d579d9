"""The only place where rows become DataFrames. Unknown counters are NA, never 0."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from analytics.models import COUNTERS, PostSnapshot

if TYPE_CHECKING:
    import pandas as pd


def snapshots(post_ids: Collection[int]) -> "pd.DataFrame":
    """Return `post, taken_at, published_at` (UTC) and the cumulative counters of posts, oldest first."""
    import pandas as pd  # here, so that a process that reads no snapshots does not carry it

    rows = PostSnapshot.objects.filter(post_id__in=post_ids).order_by("post_id", "taken_at")
    names = ["post_id", "taken_at", "post__published_at", *COUNTERS]
    frame = pd.DataFrame.from_records(
        rows.values_list(*names), columns=["post", "taken_at", "published_at", *COUNTERS]
    )
    return _numbers(frame, COUNTERS)


def records(frame: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    """Yield the rows as plain Python values; NA becomes None."""
    for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
        yield {str(name): value.item() if hasattr(value, "item") else value for name, value in row.items()}


def _numbers(frame: "pd.DataFrame", names: Collection[str]) -> "pd.DataFrame":
    return frame.astype(dict.fromkeys(names, "Int64"))
