"""The ledger of what platforms take per day or month: counted from our plan, before anything is sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from content.compose import options_of
from content.models import Publication, Variant
from content.models.publication import State
from platforms.connectors.spec import PlatformSpec, Quota
from platforms.gateway import limits_of, spec_for
from platforms.limits import Problem
from platforms.models import Account

UNUSED = [State.CANCELLED, State.FAILED]


@dataclass(frozen=True)
class Line:
    """How much of a quota is planned or used now; `over` names other days (or first days of months) with too much."""

    account: Account
    label: Any
    per: str
    used: int
    most: int
    over: tuple[tuple[date, int], ...] = field(default=())

    @property
    def is_over(self) -> bool:
        return self.used > self.most


def check_quotas(variant: Variant, due_at: datetime, *, publication: Publication | None = None) -> Iterator[Problem]:
    """Yield the quotas that one more publication of this variant at `due_at` would overdraw.

    `publication` is the row being planned, so that it does not count twice.
    """
    account = variant.account
    quotas = limits_of(account).quotas
    if not quotas:
        return
    spec = spec_for(account)
    for quota in quotas:
        if not _counts_for(quota, spec, variant.options):
            continue
        start, end = period_of(quota, due_at)
        rows = _counted(account, spec, quota).filter(due_at__gte=start, due_at__lt=end)
        if publication is not None:
            rows = rows.exclude(pk=publication.pk)
        count = rows.count() + 1
        if count > quota.most:
            yield _overdrawn(account, spec, quota, start, count)


class Room:
    """What is left of the accounts' quotas from `after` on, to ask about many moments. One query, or none."""

    def __init__(self, accounts: Iterable[Account], after: datetime) -> None:
        held = [(account, quota) for account in accounts for quota in limits_of(account).quotas]
        self._counts: Counter[tuple[int, Quota, datetime]] = Counter()
        if not held:
            return
        start = min(period_of(quota, after)[0] for _account, quota in held)
        pks = {account.pk for account, _quota in held}
        rows = Publication.objects.filter(variant__account__in=pks, due_at__gte=start).exclude(state__in=UNUSED)
        planned = list(rows.values_list("variant__account", "variant__options", "due_at"))
        for account, quota in held:
            spec = spec_for(account)
            for pk, options, due_at in planned:
                if pk == account.pk and _counts_for(quota, spec, options):
                    self._counts[pk, quota, period_of(quota, due_at)[0]] += 1

    def takes(self, account: Account, options: Mapping[str, Any], at: datetime) -> bool:
        """Say whether one more publication with these options fits into the quotas at `at`."""
        spec = spec_for(account)
        return not any(
            self._counts[account.pk, quota, period_of(quota, at)[0]] >= quota.most
            for quota in limits_of(account).quotas
            if _counts_for(quota, spec, options)
        )


def check_planned(variant: Variant) -> Iterator[Problem]:
    """Yield the quotas that publications planned for this variant overdraw, as its options stand now."""
    if not limits_of(variant.account).quotas:
        return
    for row in Publication.objects.filter(variant=variant, state=State.PLANNED):
        yield from check_quotas(variant, row.due_at, publication=row)


def ledger(accounts: Iterable[Account], first: date, last: date, now: datetime) -> list[Line]:
    """Return the accounts' quotas as they stand today, and where these days overdraw them. One query."""
    held = [(account, quota) for account in accounts for quota in limits_of(account).quotas]
    if not held:
        return []
    spans = [(period_of(quota, now), _span(quota, first, last)) for _account, quota in held]
    start = min(min(own[0], shown[0]) for own, shown in spans)
    end = max(max(own[1], shown[1]) for own, shown in spans)
    rows = Publication.objects.filter(
        variant__account__in={account.pk for account, _quota in held}, due_at__gte=start, due_at__lt=end
    ).exclude(state__in=UNUSED)
    planned = list(rows.values_list("variant__account", "variant__options", "due_at"))
    return [_line(account, quota, planned, now) for account, quota in held]


def period_of(quota: Quota, at: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of the quota's day or month around `at`, and of the next one."""
    return _period(quota, at.astimezone(ZoneInfo(quota.zone)).date())


def _period(quota: Quota, day: date) -> tuple[datetime, datetime]:
    if quota.per == "day":
        after = day + timedelta(days=1)
    else:
        day = day.replace(day=1)
        after = (day + timedelta(days=32)).replace(day=1)
    zone = ZoneInfo(quota.zone)
    return datetime.combine(day, time(), zone), datetime.combine(after, time(), zone)


def _span(quota: Quota, first: date, last: date) -> tuple[datetime, datetime]:
    return _period(quota, first)[0], _period(quota, last)[1]


def _counted(account: Account, spec: PlatformSpec, quota: Quota) -> QuerySet[Publication]:
    chosen = Q(**{f"variant__options__{quota.option}": quota.value})
    default = next((each.default for each in spec.option_fields if each.name == quota.option), "")
    if default == quota.value:
        chosen |= ~Q(variant__options__has_key=quota.option)
    return Publication.objects.filter(chosen, variant__account=account).exclude(state__in=UNUSED)


def _line(
    account: Account, quota: Quota, planned: list[tuple[int, Mapping[str, Any], datetime]], now: datetime
) -> Line:
    spec = spec_for(account)
    counts: Counter[date] = Counter()
    for pk, options, due_at in planned:
        if pk == account.pk and _counts_for(quota, spec, options):
            counts[period_of(quota, due_at)[0].date()] += 1
    used = counts.pop(period_of(quota, now)[0].date(), 0)
    over = tuple(sorted((day, count) for day, count in counts.items() if count > quota.most))
    return Line(account, _label(spec, quota), quota.per, used, quota.most, over)


def _counts_for(quota: Quota, spec: PlatformSpec, options: Mapping[str, Any]) -> bool:
    return options_of(spec, options).get(quota.option) == quota.value


def _label(spec: PlatformSpec, quota: Quota) -> Any:
    choices = (dict(each.choices) for each in spec.option_fields if each.name == quota.option)
    return next(choices, {}).get(quota.value, quota.value)


def _overdrawn(account: Account, spec: PlatformSpec, quota: Quota, start: datetime, count: int) -> Problem:
    words = {"account": account.name, "what": _label(spec, quota), "limit": quota.most, "value": count}
    if quota.per == "day":
        words["when"] = date_format(start.date(), "MONTH_DAY_FORMAT")
        text = _(
            "%(account)s, “%(what)s”: %(when)s takes %(limit)s; this would be number %(value)s. Choose another day."
        )
    else:
        words["when"] = date_format(start.date(), "YEAR_MONTH_FORMAT")
        text = _(
            "%(account)s, “%(what)s”: %(when)s takes %(limit)s; this would be number %(value)s. Choose another month."
        )
    return Problem("quota_full", text % words, "time", value=count, limit=quota.most)
