"""Put a week together: figures, findings in sentences, posts, problems, the coming week, as plain data.

Everything here is text and numbers, ready to be frozen in a Report: in the workspace's language, and under
`also` in each other one, so that a reader gets a report that is wholly in theirs.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import F, Min
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.findings import findings_of
from analytics.overview import Figure, Overview, PostRow, Scope, named, overview, own_accounts
from content.models import Publication
from content.models.publication import State
from mediaops.lib.periods import Period, day_of, start_of_day
from mediaops.models import Workspace
from mediaops.models.user import LANGUAGES
from platforms.models import Conversation

PLAN_MOST = 40
MEMORY_DAYS = 90
PROBLEMS_MOST = 20


class FigureData(TypedDict):
    key: str
    name: str
    unit: str
    now: float | None
    before: float | None
    of: float | None
    amount: float | None
    direction: str
    is_good: bool | None


class WeekNumbers(TypedDict):
    lead: str
    figures: list[FigureData]
    findings: list[dict[str, Any]]
    best: list[dict[str, Any]]
    problems: list[str]
    proposals: list[str]
    plan: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    unknown_views: list[str]
    post_count: int
    also: NotRequired[dict[str, Any]]
    """The same in the other languages, by their codes."""


@dataclass(frozen=True)
class Week:
    """What a report freezes."""

    numbers: WeekNumbers
    figures: dict[str, Any]


def put_together(workspace: Workspace, period: Period, now: datetime) -> Week:
    """Compute one week of a workspace from what is known at `now`, and say it in every language."""
    scope, is_running = _so_far(workspace, period, now)
    whole = overview(scope, memory_days=MEMORY_DAYS)
    numbers = _said(workspace, whole, workspace.language, is_running=is_running)
    others = [code for code, _name in LANGUAGES if code != workspace.language]
    numbers["also"] = {code: _said(workspace, whole, code, is_running=is_running) for code in others}
    return Week(numbers, _drawn(whole))


def _said(workspace: Workspace, whole: Overview, language: str, *, is_running: bool) -> WeekNumbers:
    with translation.override(language):
        findings, proposals = findings_of(whole, reply_medians(workspace, whole.scope))
        return WeekNumbers(
            lead=_lead(whole, findings, is_running=is_running),
            figures=[_figure_data(figure) for figure in whole.figures],
            findings=findings,
            best=[_post_data(row) for row in whole.best[:3] or whole.most_seen],
            problems=_problems(whole.scope),
            proposals=proposals,
            plan=_plan(workspace, whole.scope),
            accounts=[_account_data(row) for row in whole.accounts],
            unknown_views=[named(account) for account in whole.unknown_views],
            post_count=whole.post_count,
        )


def reply_medians(workspace: Workspace, scope: Scope) -> tuple[float | None, float | None]:
    """Return the median seconds to the first answer, this period and the one before; None without answers.

    Counted over talks that were answered in the period, from their first message.
    """
    return _median_reply(workspace, scope, scope.period), _median_reply(workspace, scope, scope.before)


def _median_reply(workspace: Workspace, scope: Scope, period: Period) -> float | None:
    start = start_of_day(period.first, scope.zone)
    end = start_of_day(period.last + timedelta(days=1), scope.zone)
    talks = Conversation.objects.in_workspace(workspace).filter(answered_at__gte=start, answered_at__lt=end)
    waits = sorted(
        wait.total_seconds()
        for wait in talks.annotate(first=Min("messages__at"))
        .annotate(wait=F("answered_at") - F("first"))
        .values_list("wait", flat=True)
        if wait is not None and wait.total_seconds() >= 0
    )
    if not waits:
        return None
    middle = len(waits) // 2
    return waits[middle] if len(waits) % 2 else (waits[middle - 1] + waits[middle]) / 2


def _so_far(workspace: Workspace, week: Period, now: datetime) -> tuple[Scope, bool]:
    """Return what of the week can be told at `now`, and whether it still runs.

    A running week ends today, and is compared with the same days of the week before.
    """
    accounts = own_accounts(workspace)
    today = day_of(now, ZoneInfo(workspace.time_zone))
    if week.last < today:
        return Scope(workspace, week, accounts), False
    part = Period(week.first, today)
    same = Period(part.first - timedelta(days=7), part.last - timedelta(days=7))
    return Scope(workspace, part, accounts, against=same), True


def _lead(whole: Overview, findings: list[dict[str, Any]], *, is_running: bool) -> str:
    if not whole.post_count and whole.figures[0].change.now is None:
        return _("Nothing was published and no platform told figures this week.")
    out = ngettext("%(n)d post went out.", "%(n)d posts went out.", whole.post_count) % {"n": whole.post_count}
    said = [out, *(finding["title"] for finding in findings[:2])]
    if is_running:
        said.insert(0, _("This week still runs: up to today, against the same days of the week before."))
    return " ".join(said)


def _figure_data(figure: Figure) -> FigureData:
    change = figure.change
    return FigureData(
        key=figure.key,
        name=str(figure.name),
        unit=figure.unit,
        now=change.now,
        before=change.before,
        of=figure.of,
        amount=change.amount,
        direction=change.direction,
        is_good=change.is_good,
    )


def _post_data(row: PostRow) -> dict[str, Any]:
    return {
        "post": row.post.pk,
        "title": str(row.post),
        "url": row.post.url,
        "account": named(row.post.account),
        "mark": row.post.account.mark,
        "mark_slot": row.post.account.mark_slot,
        "published_at": row.post.published_at.isoformat(),
        "views": row.views,
        "rate": row.rate,
        "saves": row.saves,
        "ratio": row.ratio,
    }


def _account_data(row: Any) -> dict[str, Any]:
    return {
        "name": named(row.account),
        "mark": row.account.mark,
        "mark_slot": row.account.mark_slot,
        "followers": row.followers,
        "gained": row.gained,
        "views": row.views,
        "interactions": row.interactions,
        "rate": row.rate,
        "posts": row.posts,
    }


def _problems(scope: Scope) -> list[str]:
    """Say what did not go out as planned, one sentence each."""
    start = start_of_day(scope.period.first, scope.zone)
    end = start_of_day(scope.period.last + timedelta(days=1), scope.zone)
    rows = (
        Publication.objects.in_workspace(scope.workspace)
        .filter(due_at__gte=start, due_at__lt=end)
        .needing_a_person()
        .select_related("variant__item", "variant__account")
    )
    words = {
        State.FAILED: _("%(day)s: “%(title)s” did not go out on %(account)s. %(problem)s"),
        State.UNSURE: _("%(day)s: nobody knows yet whether “%(title)s” is out on %(account)s."),
        State.BY_HAND: _("%(day)s: “%(title)s” still waits to be posted by hand on %(account)s."),
        State.PLANNED: _("%(day)s: “%(title)s” was too late for %(account)s and waits for a decision."),
    }
    return [
        words[State(row.state)]
        % {
            "day": row.due_at.astimezone(scope.zone).strftime("%m-%d"),
            "title": row.variant.title or row.variant.item,
            "account": named(row.variant.account),
            "problem": row.problem_text,
        }
        for row in rows[:PROBLEMS_MOST]
    ]


def _plan(workspace: Workspace, scope: Scope) -> list[dict[str, Any]]:
    """Return what is planned for the week after the period."""
    start = start_of_day(scope.period.last + timedelta(days=1), scope.zone)
    rows = (
        Publication.objects.in_workspace(workspace)
        .filter(due_at__gte=start, due_at__lt=start + timedelta(days=7))
        .exclude(state=State.CANCELLED)
        .select_related("variant__item__owner__user", "variant__item__campaign", "variant__account")
        .order_by("due_at")
    )
    return [
        {
            "at": row.due_at.astimezone(scope.zone).strftime("%m-%d %H:%M"),
            "title": str(row.variant.title or row.variant.item),
            "account": named(row.variant.account),
            "mark": row.variant.account.mark,
            "mark_slot": row.variant.account.mark_slot,
            "owner": str(row.variant.item.owner or ""),
            "campaign": str(row.variant.item.campaign or ""),
        }
        for row in rows[:PLAN_MOST]
    ]


def _drawn(whole: Overview) -> dict[str, Any]:
    return {
        name: {
            "days": [day.isoformat() for day in series.days],
            "now": series.now,
            "before": series.before,
            "marks": [[day.isoformat(), words] for day, words in series.marks],
        }
        for name, series in whole.series.items()
    }
