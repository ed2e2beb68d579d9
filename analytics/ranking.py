"""Posts of a scope with their newest figures, as rows that can be ordered and paged."""

from datetime import timedelta

from django.db.models import F, QuerySet

from analytics.models import PostFigures
from analytics.overview import Scope, planned_posts
from mediaops.lib.periods import start_of_day

ORDERS = {
    "views": F("views"),
    "likes": F("likes"),
    "comments": F("comments"),
    "shares": F("shares"),
    "saves": F("saves"),
    "published": F("post__published_at"),
}


def post_rows(scope: Scope, order: str = "-views") -> QuerySet[PostFigures]:
    """Return figures of the scope's posts. `order` is a name of `ORDERS`, `-` in front for the highest first.

    Unknown figures come last either way.
    """
    start = start_of_day(scope.period.first, scope.zone)
    end = start_of_day(scope.period.last + timedelta(days=1), scope.zone)
    rows = PostFigures.objects.filter(
        post__account__in=scope.accounts, post__published_at__gte=start, post__published_at__lt=end
    )
    if scope.is_narrow:
        rows = rows.filter(post__in=planned_posts(scope))
    by = ORDERS.get(order.removeprefix("-"), ORDERS["views"])
    direction = by.desc(nulls_last=True) if order.startswith("-") else by.asc(nulls_last=True)
    return rows.select_related("post__account").order_by(direction, "-pk")
