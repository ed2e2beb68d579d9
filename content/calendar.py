"""What a calendar shows between two days: publications, posts made elsewhere, campaigns, hints."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from content.models import ContentItem, Publication, Slot, Variant
from content.models.item import ItemState
from content.models.publication import State
from content.slots import free_moments
from mediaops.models import Workspace
from platforms.gateway import limits_of
from platforms.models import Account, Post

GAP_DAYS = 7
"""An account with nothing for longer than this gets a hint."""
TRAY_MOST = 20


@dataclass(frozen=True)
class Filters:
    """What narrows a calendar; None and "" narrow nothing."""

    account: Account | None = None
    pillar: int | None = None
    campaign: int | None = None
    owner: int | None = None
    state: str = ""


@dataclass
class Entry:
    """One chip: a publication, or a post that was made elsewhere."""

    at: datetime
    title: str
    account: Account
    state: str
    label: str
    publication: Publication | None = None
    post: Post | None = None
    clash: str = ""

    @property
    def can_move(self) -> bool:
        return self.publication is not None and self.publication.state in (State.PLANNED, State.FAILED, State.BY_HAND)


@dataclass(frozen=True)
class Gap:
    """An account without anything planned for many days."""

    account: Account
    days: int
    day: date


@dataclass
class Span:
    """A bar over days: a campaign."""

    campaign: Campaign


@dataclass
class Plan:
    """Everything between two days."""

    first: date
    last: date
    entries: list[Entry]
    spans: list[Span]
    gaps: list[Gap] = field(default_factory=list)

    @property
    def clashes(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.clash]

    def by_day(self, zone: ZoneInfo) -> list[tuple[date, list[Entry]]]:
        days: dict[date, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            days[entry.at.astimezone(zone).date()].append(entry)
        return sorted(days.items())


def plan_between(
    workspace: Workspace,
    own: Sequence[Account],
    campaigns: Iterable[Campaign],
    first: date,
    last: date,
    zone: ZoneInfo,
    filters: Filters,
    now: datetime,
) -> Plan:
    """Gather the days from `first` to `last`, both included, in `zone`, of the `own` accounts. Two queries."""
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    accounts = {account.pk: account for account in own}
    entries = _publications(workspace, accounts, start, end, filters) + _posts(accounts, start, end, filters)
    entries.sort(key=lambda entry: entry.at)
    _mark_clashes(entries)
    spans = [Span(row) for row in campaigns if row.starts_on <= last and row.ends_on >= first]
    return Plan(first, last, entries, spans, _gaps(accounts.values(), entries, first, last, zone, now))


def tray(workspace: Workspace, now: datetime) -> list[tuple[Variant, datetime | None]]:
    """Return approved variants that no publication speaks for, with the next free slot of each account."""
    spoken = Publication.objects.filter(variant=OuterRef("pk")).exclude(state=State.CANCELLED)
    rows = list(
        Variant.objects.in_workspace(workspace)
        .filter(~Exists(spoken), companion_of=None, item__state=ItemState.APPROVED, item__archived_at=None)
        .select_related("item", "account")
        .order_by("item__changed_at")[:TRAY_MOST]
    )
    moments = next_slots(workspace, {row.account_id for row in rows}, now)
    return [(row, moments.get(row.account_id)) for row in rows]


def unplanned_items(workspace: Workspace) -> list[ContentItem]:
    """Return pieces that can be planned: they have variants, and some variant has no publication."""
    spoken = Publication.objects.filter(variant=OuterRef("pk")).exclude(state=State.CANCELLED)
    open_variants = Variant.objects.filter(~Exists(spoken), item=OuterRef("pk"))
    return list(ContentItem.objects.in_workspace(workspace).current().filter(Exists(open_variants))[:50])


def next_slots(workspace: Workspace, account_ids: set[int], now: datetime) -> dict[int, datetime]:
    """Return the next free slot of each account that has slots. Two queries."""
    zone = ZoneInfo(workspace.time_zone)
    weekly: dict[int, list] = defaultdict(list)
    for account, weekday, time in Slot.objects.filter(account__in=account_ids).values_list(
        "account_id", "weekday", "time"
    ):
        weekly[account].append((weekday, time))
    taken: dict[int, set[datetime]] = defaultdict(set)
    busy = Publication.objects.filter(variant__account__in=account_ids, due_at__gt=now)
    for account, due_at in busy.exclude(state__in=[State.CANCELLED, State.FAILED]).values_list(
        "variant__account_id", "due_at"
    ):
        taken[account].add(due_at)
    found = {pk: free_moments(slots, taken[pk], now, zone) for pk, slots in weekly.items()}
    return {pk: moments[0] for pk, moments in found.items() if moments}


def _publications(
    workspace: Workspace, accounts: dict[int, Account], start: datetime, end: datetime, filters: Filters
) -> list[Entry]:
    rows = Publication.objects.filter(due_at__gte=start, due_at__lt=end, variant__account__in=list(accounts))
    if filters.account:
        rows = rows.filter(variant__account=filters.account)
    if filters.pillar:
        rows = rows.filter(variant__item__pillar=filters.pillar)
    if filters.campaign:
        rows = rows.filter(variant__item__campaign=filters.campaign)
    if filters.owner:
        rows = rows.filter(variant__item__owner=filters.owner)
    if filters.state == "late":
        rows = rows.filter(state=State.PLANNED, late_at__isnull=False)
    elif filters.state == "trouble":
        rows = rows.needing_a_person()
    elif filters.state:
        rows = rows.filter(state=filters.state)
    rows = rows.select_related("variant__item").defer(
        "variant__item__body", "variant__body", "variant__item__summary"
    )
    entries = []
    for row in rows:
        row.variant.account = accounts[row.variant.account_id]
        late = row.state == State.PLANNED and row.late_at is not None
        entries.append(
            Entry(
                at=row.due_at,
                title=row.variant.title or str(row.variant.item),
                account=row.variant.account,
                state="late" if late else row.state,
                label=_("Too late, decide") if late else row.get_state_display(),
                publication=row,
            )
        )
    return entries


def _posts(accounts: dict[int, Account], start: datetime, end: datetime, filters: Filters) -> list[Entry]:
    """Posts that no publication of ours made; they are facts, so filters about pieces leave them out."""
    if filters.pillar or filters.campaign or filters.owner or filters.state not in ("", State.LIVE):
        return []
    ours = Publication.objects.filter(post=OuterRef("pk"))
    rows = Post.objects.filter(account__in=list(accounts), part_of="").standing().between(start, end)
    if filters.account:
        rows = rows.filter(account=filters.account)
    rows = rows.filter(~Exists(ours)).only("title", "text", "remote_id", "published_at", "account_id")
    return [
        Entry(row.published_at, str(row), accounts[row.account_id], "live", _("Live, made elsewhere"), post=row)
        for row in rows[:500]
    ]


def _mark_clashes(entries: Sequence[Entry]) -> None:
    """Mark planned entries that stand closer to another of the same account than its platform advises."""
    last: dict[int, Entry] = {}
    for entry in entries:
        if entry.state == State.CANCELLED:
            continue
        before = last.get(entry.account.pk)
        last[entry.account.pk] = entry
        gap_min = limits_of(entry.account).min_gap_min
        if before is None or not gap_min or not (entry.can_move or before.can_move):
            continue
        minutes = int((entry.at - before.at).total_seconds() // 60)
        if minutes < gap_min:
            words = ngettext(
                "%(n)d minute apart, better %(limit)d", "%(n)d minutes apart, better %(limit)d", minutes
            ) % {"n": minutes, "limit": gap_min}
            entry.clash = before.clash = words


def _gaps(
    accounts: object, entries: Sequence[Entry], first: date, last: date, zone: ZoneInfo, now: datetime
) -> list[Gap]:
    """Find accounts with nothing for more than `GAP_DAYS` from today on, within the days shown."""
    today = now.astimezone(zone).date()
    start = max(first, today)
    found = []
    for account in accounts:  # type: ignore[attr-defined]
        days = sorted({e.at.astimezone(zone).date() for e in entries if e.account.pk == account.pk})
        marks = [start, *[day for day in days if day >= start], last + timedelta(days=1)]
        for early, late in zip(marks, marks[1:], strict=False):
            if (late - early).days > GAP_DAYS:
                found.append(Gap(account, (late - early).days, early + timedelta(days=(late - early).days // 2)))
                break
    return found
