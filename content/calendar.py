"""What a calendar shows between two days: publications, posts made elsewhere, campaigns, hints."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.db.models.functions import Left
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from content.actions.scheduling import next_free_slots
from content.models import ContentItem, Publication, Variant
from content.models.item import ItemState
from content.models.publication import State
from mediaops.models import Workspace
from platforms.gateway import limits_of
from platforms.models import Account, Post

GAP_DAYS = 7
"""An account with nothing for longer than this gets a hint."""
TRAY_MOST = 20
CELL_MOST = 4
"""What a day of the month shows, campaigns' bars and chips together; the rest is folded away."""
LIST_MOST = 150
"""A list of days ends with the day that reaches this many entries; the next page goes on from there."""
ELSEWHERE_MOST = 500
LOUD = {"late", State.FAILED, State.UNSURE, State.BY_HAND}
"""What needs a person is not folded away while there is room for it."""
MOVABLE = {"late", State.PLANNED, State.FAILED, State.BY_HAND}


@dataclass(frozen=True)
class Filters:
    """What narrows a calendar; None and "" narrow nothing."""

    account: Account | None = None
    pillar: int | None = None
    campaign: int | None = None
    owner: int | None = None
    state: str = ""


@dataclass(slots=True)
class Entry:
    """One chip: a publication, or a post that was made elsewhere. Ids, not rows: a month has many."""

    at: datetime
    title: str
    account: Account
    state: str
    publication_id: int | None = None
    post_id: int | None = None
    clash_min: int | None = None
    """Minutes to a neighbour of the same account, where the platform advises more."""

    @property
    def key(self) -> str:
        """The entry's name on the page: `p12` is a publication, `o5` a post made elsewhere."""
        return f"p{self.publication_id}" if self.publication_id else f"o{self.post_id}"

    @property
    def label(self) -> str:
        """The state in words."""
        if self.post_id:
            return _("Live, made elsewhere")
        return _("Too late, decide") if self.state == "late" else str(State(self.state).label)

    @property
    def clash(self) -> str:
        """Say how far the neighbour is; "" without a clash."""
        if self.clash_min is None:
            return ""
        words = ngettext(
            "%(n)d minute apart, better %(limit)d", "%(n)d minutes apart, better %(limit)d", self.clash_min
        )
        return words % {"n": self.clash_min, "limit": limits_of(self.account).min_gap_min}

    @property
    def can_move(self) -> bool:
        return self.publication_id is not None and self.state in MOVABLE


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

    def days(self, first: date, last: date) -> Iterable[date]:
        """Return the days of the bar from `first` to `last`."""
        start, end = max(self.campaign.starts_on, first), min(self.campaign.ends_on, last)
        return (start + timedelta(days=n) for n in range((end - start).days + 1))


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
        return [entry for entry in self.entries if entry.clash_min is not None]

    def by_day(self, zone: ZoneInfo) -> list[tuple[date, list[Entry]]]:
        days: dict[date, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            days[entry.at.astimezone(zone).date()].append(entry)
        return sorted(days.items())

    def folded(self, zone: ZoneInfo, keep: str = "") -> list[tuple[date, list[Entry], int]]:
        """Return each day with what its cell of the month shows, and how many entries it folds away.

        What needs a person comes first, then what is early. The entry whose key is `keep` is shown.
        """
        bars = Counter(day for span in self.spans for day in span.days(self.first, self.last))
        return [
            (day, shown, len(entries) - len(shown))
            for day, entries in self.by_day(zone)
            for shown in [_shown(entries, max(CELL_MOST - bars[day], 1), keep)]
        ]


def first_days(days: list[tuple[date, list[Entry]]]) -> tuple[list[tuple[date, list[Entry]]], date | None]:
    """Return the first days that fill one page of a list, and the day on which the next page starts."""
    count = 0
    for n, (_day, entries) in enumerate(days[:-1], start=1):
        count += len(entries)
        if count >= LIST_MOST:
            return days[:n], days[n][0]
    return days, None


def _shown(entries: list[Entry], most: int, keep: str) -> list[Entry]:
    """Return at most `most` entries of a day, in the order of time."""
    if len(entries) <= most:
        return entries
    best = sorted(entries, key=lambda entry: (entry.key != keep, entry.state not in LOUD, entry.at))[:most]
    return sorted(best, key=lambda entry: entry.at)


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
    _mark_clashes(entries, {account.pk: limits_of(account).min_gap_min for account in own})
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
    return list(zip(rows, next_free_slots(rows, workspace, now), strict=True))


def unplanned_items(workspace: Workspace) -> list[ContentItem]:
    """Return pieces that can be planned: they have variants, and some variant has no publication."""
    spoken = Publication.objects.filter(variant=OuterRef("pk")).exclude(state=State.CANCELLED)
    open_variants = Variant.objects.filter(~Exists(spoken), item=OuterRef("pk"))
    return list(ContentItem.objects.in_workspace(workspace).current().filter(Exists(open_variants))[:50])


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
    found = rows.order_by().values_list(
        "pk", "due_at", "state", "late_at", "variant__account_id", "variant__title", "variant__item__title"
    )
    return [
        Entry(
            at=due_at,
            title=own_title or title or _("Untitled"),
            account=accounts[account],
            state="late" if state == State.PLANNED and late_at is not None else state,
            publication_id=pk,
        )
        for pk, due_at, state, late_at, account, own_title, title in found
    ]


def _posts(accounts: dict[int, Account], start: datetime, end: datetime, filters: Filters) -> list[Entry]:
    """Posts that no publication of ours made; they are facts, so filters about pieces leave them out."""
    if filters.pillar or filters.campaign or filters.owner or filters.state not in ("", State.LIVE):
        return []
    ours = Publication.objects.filter(post=OuterRef("pk"))
    rows = Post.objects.filter(account__in=list(accounts), part_of="").standing().between(start, end)
    if filters.account:
        rows = rows.filter(account=filters.account)
    found = rows.filter(~Exists(ours)).values_list(
        "pk", "published_at", "account_id", "title", Left("text", 60), "remote_id"
    )
    return [
        Entry(at, title or text or remote_id, accounts[account], State.LIVE.value, post_id=pk)
        for pk, at, account, title, text, remote_id in found[:ELSEWHERE_MOST]
    ]


def _mark_clashes(entries: Sequence[Entry], least: dict[int, int | None]) -> None:
    """Mark planned entries that stand closer to another of their account than the `least` minutes advised."""
    last: dict[int, Entry] = {}
    for entry in entries:
        if entry.state == State.CANCELLED:
            continue
        before = last.get(entry.account.pk)
        last[entry.account.pk] = entry
        gap_min = least[entry.account.pk]
        if before is None or not gap_min or not (entry.can_move or before.can_move):
            continue
        minutes = int((entry.at - before.at).total_seconds() // 60)
        if minutes < gap_min:
            entry.clash_min = before.clash_min = minutes


def _gaps(
    accounts: Iterable[Account], entries: Sequence[Entry], first: date, last: date, zone: ZoneInfo, now: datetime
) -> list[Gap]:
    """Find accounts with nothing for more than `GAP_DAYS` from today on, within the days shown."""
    start = max(first, now.astimezone(zone).date())
    busy: dict[int, set[date]] = defaultdict(set)
    for entry in entries:
        busy[entry.account.pk].add(entry.at.astimezone(zone).date())
    found = []
    for account in accounts:
        marks = [start, *sorted(day for day in busy[account.pk] if day >= start), last + timedelta(days=1)]
        for early, late in zip(marks, marks[1:], strict=False):
            if (late - early).days > GAP_DAYS:
                found.append(Gap(account, (late - early).days, early + timedelta(days=(late - early).days // 2)))
                break
    return found
