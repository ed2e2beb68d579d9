"""What a dashboard shows: figures, trends, accounts and posts of one period, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from analytics import measures, rollups
from analytics.measures import Change, Day
from analytics.models import INTERACTIONS, PostFigures
from campaigns.models import Campaign
from content.models import Pillar, Publication
from content.models.publication import State
from mediaops.lib.periods import Period, start_of_day
from mediaops.models import Workspace
from platforms.models import Account, Post
from platforms.models.account import Relation

SMALL_SAMPLE = 5
RANKED = 5
WORST = 3
SEEN = 3


@dataclass(frozen=True)
class Scope:
    """What is looked at: own accounts, narrowed by account, pillar or campaign."""

    workspace: Workspace
    period: Period
    accounts: Sequence[Account]
    pillar: Pillar | None = None
    campaign: Campaign | None = None
    campaigns: Sequence[Campaign] | None = None
    """The workspace's campaigns, where the caller has read them already; their starts are marked."""
    against: Period | None = None
    """What to compare with; None is the period of the same length just before."""

    @property
    def before(self) -> Period:
        return self.against or self.period.before

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.time_zone)

    @property
    def is_narrow(self) -> bool:
        """Whether posts are chosen by what we planned, so that account counters do not apply."""
        return self.pillar is not None or self.campaign is not None


@dataclass(frozen=True)
class Figure:
    """One headline figure with the period before; `unit` is count, rate or pair."""

    key: str
    name: Any
    """In the language of the reader."""
    change: Change
    unit: str = "count"
    of: float | None = None
    """The second half of a pair: published of planned."""


@dataclass(frozen=True)
class AccountRow:
    account: Account
    followers: int | None
    gained: int | None
    views: int | None
    interactions: int | None
    posts: int
    rate: float | None
    gained_change: Change


@dataclass(frozen=True)
class PostRow:
    post: Post
    views: int | None
    interactions: int | None
    rate: float | None
    saves: int | None
    ratio: float | None


class SeenPost(NamedTuple):
    """A post of the period, how often it was seen, and that against the median of its account's posts."""

    post: int
    views: int
    ratio: float | None


@dataclass(frozen=True)
class Series:
    """One line per day: this period and the one before. None is a gap."""

    days: list[date]
    now: list[int | None]
    before: list[int | None]
    marks: list[tuple[date, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Overview:
    scope: Scope
    figures: list[Figure]
    series: dict[str, Series]
    accounts: list[AccountRow]
    best: list[PostRow]
    worst: list[PostRow]
    most_seen: list[PostRow]
    post_count: int
    unknown_views: list[Account]
    """Accounts that posted but told no views: left out of totals."""


def named(account: Account) -> str:
    """Name an account with its platform: teams use one name everywhere."""
    return f"{account.label} · {account.name}"


def own_accounts(workspace: Workspace) -> list[Account]:
    """Return the accounts a dashboard adds up: ours, not those of partners."""
    return list(Account.objects.in_workspace(workspace).filter(relation=Relation.OWN).select_related("workspace"))


def planned_posts(scope: Scope) -> QuerySet:
    """Return ids of posts that came from publications of the scope's pillar or campaign."""
    rows = Publication.objects.in_workspace(scope.workspace).filter(post__isnull=False)
    if scope.pillar:
        rows = rows.filter(variant__item__pillar=scope.pillar)
    if scope.campaign:
        rows = rows.filter(variant__item__campaign=scope.campaign)
    return rows.values("post_id")


def overview(scope: Scope, *, memory_days: int = 0) -> Overview:
    """Put one period together. Reads roll-ups only, so it does not slow down with the snapshots.

    Posts are measured against the median of their account's posts in the period and in the
    `memory_days` before it; a week alone holds too few. Only then the most seen posts are told too.
    """
    both = _days(scope, Period(scope.before.first, scope.period.last))
    now = [row for row in both if row.day >= scope.period.first]
    before = [row for row in both if row.day <= scope.before.last]
    counts = _post_counts(scope)
    count_now = sum(pair[0] for pair in counts.values())
    seen = _seen(scope, memory_days)
    rows = _ranked(seen, scope)
    accounts = _accounts(scope, now, before, counts)
    return Overview(
        scope=scope,
        figures=_figures(scope, now, before, count_now, sum(pair[1] for pair in counts.values())),
        series=_series(scope, now, before),
        accounts=accounts,
        best=[row for row in rows if row.ratio and row.ratio >= 1],
        worst=[row for row in reversed(rows) if row.ratio is not None and row.ratio < 1],
        most_seen=_rows(sorted(seen, key=lambda post: -post.views)[:SEEN], scope) if memory_days else [],
        post_count=count_now,
        unknown_views=[row.account for row in accounts if row.views is None and row.posts],
    )


def _days(scope: Scope, period: Period) -> list[Day]:
    ids = [account.pk for account in scope.accounts]
    if scope.is_narrow:
        return rollups.post_days(planned_posts(scope), ids, period)
    return rollups.account_days(ids, period)


def _edges(scope: Scope) -> tuple[datetime, datetime, datetime, datetime]:
    """Return the first moments of the period before and of the day after it, then those of the period."""
    return (
        start_of_day(scope.before.first, scope.zone),
        start_of_day(scope.before.last + timedelta(days=1), scope.zone),
        start_of_day(scope.period.first, scope.zone),
        start_of_day(scope.period.last + timedelta(days=1), scope.zone),
    )


def _post_counts(scope: Scope) -> dict[int, tuple[int, int]]:
    """Return how many posts each account published in the period and in the one before."""
    first, gap, middle, end = _edges(scope)
    rows = Post.objects.filter(account__in=scope.accounts, part_of="").between(first, end)
    if scope.is_narrow:
        rows = rows.filter(pk__in=planned_posts(scope))
    is_now, is_before = Q(published_at__gte=middle), Q(published_at__lt=gap)
    sums = rows.order_by().values("account_id")
    sums = sums.annotate(now=Count("pk", filter=is_now), before=Count("pk", filter=is_before))
    counts = {account.pk: (0, 0) for account in scope.accounts}
    return counts | {row["account_id"]: (row["now"], row["before"]) for row in sums}


def _figures(scope: Scope, now: list[Day], before: list[Day], posts_now: int, posts_before: int) -> list[Figure]:
    gained = None if scope.is_narrow else _gained(now, before)
    before_gained = None if scope.is_narrow else _gained(before, [])
    planned_now, planned_before = _planned(scope)
    figures = [
        Figure("views", _("Views"), Change(measures.total(now, "views"), measures.total(before, "views"))),
        Figure("interactions", _("Interactions"), Change(measures.interactions(now), measures.interactions(before))),
        Figure(
            "rate",
            _("Engagement rate"),
            Change(measures.engagement_rate(now), measures.engagement_rate(before), is_rate=True),
            unit="rate",
        ),
        Figure("posts", _("Posts"), Change(posts_now, posts_before)),
        Figure("live", _("Out / planned"), Change(planned_now[0], planned_before[0]), unit="pair", of=planned_now[1]),
    ]
    if not scope.is_narrow:
        figures.insert(3, Figure("gained", _("New followers"), Change(gained, before_gained)))
    return figures


def _gained(days: list[Day], earlier: list[Day]) -> int | None:
    gains = measures.follower_gain(days, earlier)
    return sum(gained for _followers, gained in gains.values()) if gains else None


def _planned(scope: Scope) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (out, planned) of the period and of the one before, by the planned time."""
    first, gap, middle, end = _edges(scope)
    rows = Publication.objects.filter(variant__account__in=scope.accounts, due_at__gte=first, due_at__lt=end)
    if scope.pillar:
        rows = rows.filter(variant__item__pillar=scope.pillar)
    if scope.campaign:
        rows = rows.filter(variant__item__campaign=scope.campaign)
    is_now, is_before, is_out = Q(due_at__gte=middle), Q(due_at__lt=gap), Q(state=State.LIVE)
    sums = rows.exclude(state=State.CANCELLED).aggregate(
        out=Count("pk", filter=is_now & is_out),
        planned=Count("pk", filter=is_now),
        out_before=Count("pk", filter=is_before & is_out),
        planned_before=Count("pk", filter=is_before),
    )
    return (sums["out"], sums["planned"]), (sums["out_before"], sums["planned_before"])


def _series(scope: Scope, now: list[Day], before: list[Day]) -> dict[str, Series]:
    days, past = list(scope.period.days()), list(scope.before.days())
    known = scope.campaigns
    if known is None:
        known = list(Campaign.objects.in_workspace(scope.workspace).touching(scope.period.first, scope.period.last))
    marks = [(row.starts_on, row.name) for row in known if scope.period.first <= row.starts_on <= scope.period.last]

    def series(*names: str) -> Series:
        return Series(days, measures.by_day(now, names, days), measures.by_day(before, names, past), marks)

    posts = series("posts")
    result = {
        "views": series("views"),
        "interactions": series(*INTERACTIONS),
        "posts": Series(days, [n or 0 for n in posts.now], [n or 0 for n in posts.before], marks),
    }
    if not scope.is_narrow:
        result["gained"] = series("followers")
    return result


def _accounts(
    scope: Scope, now: list[Day], before: list[Day], counts: dict[int, tuple[int, int]]
) -> list[AccountRow]:
    gains, past = measures.follower_gain(now, before), measures.follower_gain(before, [])
    days = measures.per_account(now)
    rows = []
    for account in scope.accounts:
        own = days.get(account.pk, [])
        followers, gained = gains.get(account.pk, (None, None))
        former = past[account.pk][1] if account.pk in past else None
        rows.append(
            AccountRow(
                account=account,
                followers=followers,
                gained=gained,
                views=measures.total(own, "views"),
                interactions=measures.interactions(own),
                posts=counts[account.pk][0],
                rate=measures.engagement_rate(own),
                gained_change=Change(gained, former),
            )
        )
    return sorted(rows, key=lambda row: (row.gained is None, -(row.gained or 0)))


def _seen(scope: Scope, memory_days: int) -> list[SeenPost]:
    """Return the period's posts whose views are told, with their ratio to the median.

    The medians also count the posts of the `memory_days` before the period.
    """
    _first, _gap, start, end = _edges(scope)
    figures = PostFigures.objects.filter(post__account__in=scope.accounts, post__part_of="", views__isnull=False)
    if scope.is_narrow:
        figures = figures.filter(post__in=planned_posts(scope))

    def told(first: datetime, last: datetime) -> list[tuple[int, int, int]]:
        rows = figures.filter(post__published_at__gte=first, post__published_at__lt=last).order_by()
        found = rows.values_list("post_id", "post__account_id", "views")
        return [(post, account, views) for post, account, views in found if views is not None]

    now = told(start, end)
    earlier = told(start - timedelta(days=memory_days), start) if memory_days else []
    middle = measures.medians((account, views) for _post, account, views in [*earlier, *now])
    return [
        SeenPost(post, views, views / middle[account] if account in middle else None) for post, account, views in now
    ]


def _ranked(seen: list[SeenPost], scope: Scope) -> list[PostRow]:
    """Return the best and the worst posts, best first; without enough posts there is no ranking at all."""
    rated = sorted(
        ((post.ratio, post) for post in seen if post.ratio is not None), key=lambda pair: pair[0], reverse=True
    )
    if len(rated) < SMALL_SAMPLE:
        return []
    best = [post for ratio, post in rated if ratio >= 1][:RANKED]
    return _rows([*best, *[post for ratio, post in rated if ratio < 1][-WORST:]], scope)


def _rows(chosen: list[SeenPost], scope: Scope) -> list[PostRow]:
    """Return posts with their figures, in the order they come."""
    if not chosen:
        return []
    by_account = {account.pk: account for account in scope.accounts}
    figures = PostFigures.objects.filter(post__in=[row.post for row in chosen]).select_related("post")
    by_post = {row.post_id: row for row in figures}
    found = []
    for row in chosen:
        told = by_post[row.post]
        told.post.account = by_account[told.post.account_id]
        found.append(PostRow(told.post, row.views, told.interactions, told.engagement_rate, told.saves, row.ratio))
    return found
