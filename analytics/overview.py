"""What a dashboard shows: figures, trends, accounts and posts of one period, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from analytics import frames, measures
from analytics.measures import Change
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
    ids = [account.pk for account in scope.accounts]
    both = Period(scope.before.first, scope.period.last)
    days = _days(scope, ids, both)
    is_now = pd.Series([day >= scope.period.first for day in days["day"]], index=days.index, dtype=bool)
    is_before = pd.Series([day <= scope.before.last for day in days["day"]], index=days.index, dtype=bool)
    now, before = days[is_now], days[is_before]
    counts = _post_counts(scope)
    count_now = sum(pair[0] for pair in counts.values())
    table = measures.against_median(_post_table(scope, memory_days))
    table = table[table["is_now"]]
    rows = _ranked(table, scope)
    accounts = _accounts(scope, now, before, counts)
    return Overview(
        scope=scope,
        figures=_figures(scope, now, before, count_now, sum(pair[1] for pair in counts.values())),
        series=_series(scope, now, before),
        accounts=accounts,
        best=[row for row in rows if row.ratio and row.ratio >= 1],
        worst=[row for row in reversed(rows) if row.ratio is not None and row.ratio < 1],
        most_seen=_rows(table.dropna(subset=["views"]).nlargest(SEEN, "views"), scope) if memory_days else [],
        post_count=count_now,
        unknown_views=[row.account for row in accounts if row.views is None and row.posts],
    )


def _days(scope: Scope, ids: list[int], period: Period) -> pd.DataFrame:
    if not scope.is_narrow:
        return frames.account_days(ids, period)
    days = frames.post_days(planned_posts(scope), period)
    days = days[days["account"].isin(ids)]
    acts = days[list(measures.INTERACTIONS)].sum(axis=1, min_count=1)
    both = days["views"].notna() & acts.notna()
    extra = {
        "followers": pd.array([pd.NA] * len(days), dtype="Int64"),
        "posts": pd.array([0] * len(days), dtype="Int64"),
        "rated_views": days["views"].where(both),
        "rated_interactions": acts.where(both),
    }
    return days.assign(**extra)[frames.DAY_COLUMNS]


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


def _figures(
    scope: Scope, now: pd.DataFrame, before: pd.DataFrame, posts_now: int, posts_before: int
) -> list[Figure]:
    gained = None if scope.is_narrow else _gained(scope, now, before)
    before_gained = None if scope.is_narrow else _gained(scope, before, pd.DataFrame(columns=frames.DAY_COLUMNS))
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


def _gained(scope: Scope, days: pd.DataFrame, earlier: pd.DataFrame) -> int | None:
    gains = measures.follower_gain(days, earlier)
    return int(gains["gained"].sum()) if len(gains) else None


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


def _series(scope: Scope, now: pd.DataFrame, before: pd.DataFrame) -> dict[str, Series]:
    days, past = list(scope.period.days()), list(scope.before.days())
    known = scope.campaigns
    if known is None:
        known = list(Campaign.objects.in_workspace(scope.workspace).touching(scope.period.first, scope.period.last))
    marks = [(row.starts_on, row.name) for row in known if scope.period.first <= row.starts_on <= scope.period.last]
    with_acts = [_with_interactions(now), _with_interactions(before)]
    result = {
        "views": Series(days, measures.by_day(now, "views", days), measures.by_day(before, "views", past), marks),
        "interactions": Series(
            days,
            measures.by_day(with_acts[0], "interactions", days),
            measures.by_day(with_acts[1], "interactions", past),
            marks,
        ),
        "posts": Series(
            days,
            [value or 0 for value in measures.by_day(now, "posts", days)],
            [value or 0 for value in measures.by_day(before, "posts", past)],
            marks,
        ),
    }
    if not scope.is_narrow:
        result["gained"] = Series(days, _followers(now, days), _followers(before, past), marks)
    return result


def _with_interactions(days: pd.DataFrame) -> pd.DataFrame:
    return days.assign(interactions=days[list(measures.INTERACTIONS)].sum(axis=1, min_count=1))


def _followers(frame: pd.DataFrame, days: list[date]) -> list[int | None]:
    return measures.by_day(frame, "followers", days)


def _accounts(
    scope: Scope, now: pd.DataFrame, before: pd.DataFrame, counts: dict[int, tuple[int, int]]
) -> list[AccountRow]:
    gains = _by_account(measures.follower_gain(now, before))
    past = _by_account(measures.follower_gain(before, before.iloc[:0]))
    sums = _by_account(measures.per_account(now))
    nothing: dict[str, Any] = dict.fromkeys(("followers", "gained", "views", "interactions", "rate"))
    rows = []
    for account in scope.accounts:
        told = nothing | sums.get(account.pk, {}) | gains.get(account.pk, {})
        former = past.get(account.pk, nothing)["gained"]
        rows.append(
            AccountRow(
                account=account,
                followers=told["followers"],
                gained=told["gained"],
                views=told["views"],
                interactions=told["interactions"],
                posts=counts[account.pk][0],
                rate=told["rate"],
                gained_change=Change(told["gained"], former),
            )
        )
    return sorted(rows, key=lambda row: (row.gained is None, -(row.gained or 0)))


def _by_account(frame: pd.DataFrame) -> dict[int, dict[str, Any]]:
    return {row["account"]: row for row in frames.records(frame)}


def _post_table(scope: Scope, memory_days: int) -> pd.DataFrame:
    """Return `post, account, is_now` and the newest counters of the period's posts and those shortly before."""
    _first, _gap, start, end = _edges(scope)
    rows = PostFigures.objects.filter(
        post__account__in=scope.accounts,
        post__part_of="",
        post__published_at__gte=start - timedelta(days=memory_days),
        post__published_at__lt=end,
    )
    if scope.is_narrow:
        rows = rows.filter(post__in=planned_posts(scope))
    names = ["post_id", "post__account_id", "post__published_at", "views", *INTERACTIONS]
    columns = ["post", "account", "published_at", "views", *INTERACTIONS]
    frame = pd.DataFrame.from_records(rows.values_list(*names), columns=columns)
    frame["is_now"] = pd.to_datetime(frame["published_at"], utc=True) >= pd.Timestamp(start).tz_convert("UTC")
    return frame.drop(columns="published_at").astype(dict.fromkeys(columns[3:], "Int64"))


def _ranked(table: pd.DataFrame, scope: Scope) -> list[PostRow]:
    """Return the best and the worst posts, best first; without enough posts there is no ranking at all."""
    rated = table.dropna(subset=["ratio"]).sort_values("ratio", ascending=False)
    if len(rated) < SMALL_SAMPLE:
        return []
    best = rated[rated["ratio"] >= 1].head(RANKED)
    return _rows(pd.concat([best, rated[rated["ratio"] < 1].tail(WORST)]), scope)


def _rows(table: pd.DataFrame, scope: Scope) -> list[PostRow]:
    """Return posts of the frame, in its order, with their figures."""
    chosen = list(frames.records(table))
    by_account = {account.pk: account for account in scope.accounts}
    posts = {post.pk: post for post in Post.objects.filter(pk__in=[row["post"] for row in chosen])} if chosen else {}
    found = []
    for row in chosen:
        post = posts[row["post"]]
        post.account = by_account[post.account_id]
        known = [row[name] for name in INTERACTIONS if row[name] is not None]
        acts = sum(known) if known else None
        rate = acts / row["views"] if acts is not None and row["views"] else None
        found.append(PostRow(post, row["views"], acts, rate, row["saves"], row["ratio"]))
    return found
