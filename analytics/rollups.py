"""Roll-ups as plain rows: what pages add up. A few thousand rows need no DataFrame, nor a process its import."""

from collections.abc import Collection
from typing import Any

from analytics.measures import Day
from analytics.models import COUNTERS, INTERACTIONS, AccountDay, PostDay
from mediaops.lib.periods import Period

DAY_COLUMNS = ("day", *COUNTERS, "followers", "posts", "rated_views", "rated_interactions")


def account_days(account_ids: Collection[int], period: Period) -> list[Day]:
    """Return one row per account and day of the period that has figures."""
    rows = AccountDay.objects.filter(account_id__in=account_ids, day__range=(period.first, period.last))
    return [Day(*row) for row in rows.order_by().values_list("account_id", *DAY_COLUMNS)]


def post_days(post_ids: Any, account_ids: Collection[int], period: Period) -> list[Day]:
    """Return what each post of these accounts gained per day; `post_ids` may be a queryset of ids.

    Followers are unknown, as they belong to an account.
    """
    rows = PostDay.objects.filter(
        post_id__in=post_ids, account_id__in=account_ids, day__range=(period.first, period.last)
    )
    found = []
    for account, day, *counters in rows.order_by().values_list("account_id", "day", *COUNTERS):
        told = dict(zip(COUNTERS, counters, strict=True))
        known = [told[name] for name in INTERACTIONS if told[name] is not None]
        is_rated = told["views"] is not None and bool(known)
        views, acts = (told["views"], sum(known)) if is_rated else (None, None)
        found.append(Day(account, day, **told, posts=0, rated_views=views, rated_interactions=acts))
    return found
