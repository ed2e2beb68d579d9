"""Rows of a file as snapshots: what each row would change, and the change itself, a few thousand rows at a time.

A row whose figures are known already writes nothing, so the same figures twice change nothing. What stood at the very
minute a file speaks of is kept in `Overwritten` before it is changed; all else is new rows that name their file.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from analytics.actions.rolling import roll_post_days
from analytics.imports import layouts
from analytics.imports.fields import split_figures
from analytics.imports.layouts import Row
from analytics.imports.matching import MADE, PostIndex, row_key
from analytics.imports.numbers import BEIJING
from analytics.measures import Reading
from analytics.models import (
    COUNTERS,
    AccountFigures,
    AccountSnapshot,
    ImportedFile,
    ImportedRow,
    Overwritten,
    PostFigures,
    PostSnapshot,
)
from analytics.models.imported_file import RowState
from mediaops.lib import bulk
from mediaops.lib.periods import day_of, start_of_day
from mediaops.lib.said import reason
from mediaops.lib.said import said as _
from platforms import gateway
from platforms.actions.posting import record_new_posts
from platforms.connectors.base import ReadsAccountMetrics, ReadsMetrics
from platforms.connectors.remote import RemotePost
from platforms.models import Account
from platforms.models.post import FirstSeen

BATCH = 2000
BAD_KEPT = 1000
"""Unreadable rows that are kept to be shown; the others are only counted."""
ACCOUNT_COLUMNS = ("followers", "following", "posts", "views")


@dataclass
class Tally:
    """How many rows of a file became what. `made` (posts) are among the `new`."""

    total: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    waiting: int = 0
    ignored: int = 0
    bad: int = 0
    made: int = 0

    def plain(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Outcome:
    """What becomes of one row: `what` is a field of `Tally`; `said` says why, where that needs saying."""

    row: Row
    what: str
    said: Any = ""
    post: int | None = None
    is_made: bool = False
    key: str = ""


@dataclass(slots=True)
class Told:
    """A snapshot of a post or an account without its model: there may be hundreds of thousands in one import."""

    pk: int | None
    subject: int
    taken_at: datetime
    imported_id: int | None
    extra: dict[str, Any] | None
    columns: dict[str, Any]


@dataclass(slots=True)
class _Known:
    """What is known of one post (or day of an account) when a row about it arrives."""

    before: dict[str, Any] = field(default_factory=dict)
    """Figures told up to then by anything but this file, the later word counting."""
    has_before: bool = False
    at: Told | None = None
    """The snapshot at the very minute, if there is one."""
    every: list[Told] = field(default_factory=list)


class PostWriter:
    """Rows about posts of one account. With `writes` False nothing is written: a preview."""

    def __init__(self, imported: ImportedFile, account: Account, *, now: datetime, writes: bool) -> None:
        self.imported, self.account, self.now, self.writes = imported, account, now, writes
        self.moments: set[datetime] = set()
        self.text_is_title = False
        self._seen: dict[Any, int] = {}
        self._published: dict[int, datetime] = {}
        """Of the posts that this file made."""

    @cached_property
    def index(self) -> PostIndex:
        return PostIndex(self.account)

    def start_part(self) -> None:
        """Another table of the file begins: it may tell more of the same posts."""
        self._seen.clear()

    def take(self, rows: Sequence[Row], *, text_is_title: bool = False) -> list[Outcome]:
        """Judge some rows and, unless this is a preview, write what they tell."""
        self.text_is_title = text_is_title
        outcomes = [self._found(row) for row in rows]
        self._make([one for one in outcomes if one.is_made])
        self._compare([one for one in outcomes if one.what == "same" or one.is_made])
        return outcomes

    def put(self, row: Row, post: int) -> Outcome:
        """Write one row as figures of the post that a person named."""
        outcome = Outcome(row, "same", post=post)
        self._compare([outcome])
        return outcome

    def make(self, rows: Sequence[Row]) -> list[Outcome]:
        """Make a post of each row and write its figures."""
        outcomes = [Outcome(row, "new", is_made=True, key=row_key(row.values)) for row in rows]
        self._make(outcomes)
        self._compare(outcomes)
        return outcomes

    def _found(self, row: Row) -> Outcome:
        """Say which post a row speaks of; whether it tells anything new is found out later, for many at once."""
        if row.problem:
            return Outcome(row, "bad", row.problem)
        key = row_key(row.values)
        match = self.index.find(row, key)
        subject = match.post or key
        if (line := self._seen.setdefault(subject, row.line)) != row.line:
            return Outcome(row, "bad", _("Line %(line)s is about the same post.") % {"line": line})
        if match.is_ignored:
            return Outcome(row, "ignored", _("Left out, as last time."))
        if match.post:
            return Outcome(row, "same", post=match.post)
        is_named = any(row.values.get(name) for name in ("title", "remote_id", "url"))
        if self.imported.makes_posts and is_named and row.values.get("published_at"):
            return Outcome(row, "new", match.said, is_made=True, key=key)
        return Outcome(row, "waiting", match.said)

    def _make(self, outcomes: list[Outcome]) -> None:
        if not outcomes or not self.writes:
            return
        remotes = [self._remote(one.row, one.key) for one in outcomes]
        posts = record_new_posts(self.account, remotes, first_seen=FirstSeen.IMPORTED, now=self.now)
        for one, remote in zip(outcomes, remotes, strict=True):
            one.post = posts[remote.remote_id]
            self._seen[one.post] = one.row.line
            self._published[one.post] = remote.published_at
        zone = ZoneInfo(self.account.workspace.time_zone)
        self.moments |= {start_of_day(day_of(remote.published_at, zone), zone) for remote in remotes}

    def _remote(self, row: Row, key: str) -> RemotePost:
        values = row.values
        words = values.get("title") or ""
        title = words.strip().partition("\n")[0]
        return RemotePost(
            remote_id=(values.get("remote_id") or MADE + key)[:400],
            url=values.get("url") or "",
            published_at=values["published_at"],
            title=title[:300],
            text=words if self.text_is_title or len(words) > 300 else "",
        )

    def _compare(self, outcomes: list[Outcome]) -> None:
        """Hold rows against what is known; set what they are, and write where something is new."""
        known = self._known([one.post for one in outcomes if one.post and not one.is_made])
        written = _Written(self.imported)
        for one in outcomes:
            columns, extra = split_figures(one.row.values, "posts")
            about = known[one.post] if one.post else _Known()
            what, write = _judged(self.imported, about, {**columns, **extra})
            one.what = "new" if one.is_made else what
            if not self.writes or one.post is None:
                continue
            if write:
                written.put(about, one.post, self.imported.as_of, columns, extra)
            if write or (about.at is not None and about.at.imported_id == self.imported.pk):
                written.touched.add(one.post)  # the latter: by a worker that died before it came to the days
        if self.writes:
            self._write(written, known)

    def _write(self, written: "_Written", known: dict[int, _Known]) -> None:
        written.save(PostSnapshot, "post_id", COUNTERS)
        next_at = self.now if gateway.can(self.account, ReadsMetrics) else None
        renew_figures({pk: known[pk].every for pk in written.touched}, next_at=next_at)
        self.moments |= roll_post_days(
            self.account, written.touched, since=self.imported.as_of, readings=self._readings(written.touched, known)
        )

    def _readings(self, posts: Iterable[int], known: dict[int, _Known]) -> Iterator[Reading] | None:
        """Return the snapshots of posts for the days, read once already; None where they were not."""
        if "index" not in self.__dict__:  # a person put a few rows to posts
            return None
        published = self.index.published
        return (
            Reading(
                pk,
                row.taken_at,
                self._published.get(pk) or published[pk],
                tuple(row.columns.get(name) for name in COUNTERS),
            )
            for pk in posts
            for row in known[pk].every
        )

    def _known(self, posts: Sequence[int]) -> dict[int, _Known]:
        known: dict[int, _Known] = defaultdict(_Known)
        as_of = self.imported.as_of
        for row in told_of_posts(posts):
            about = known[row.subject]
            about.every.append(row)
            _remember(about, row, row.taken_at <= as_of, row.taken_at == as_of, self.imported)
        return known


class _Written:
    """What a batch of rows writes, collected and then written by few statements."""

    def __init__(self, imported: ImportedFile) -> None:
        self.imported = imported
        self.touched: set[int] = set()
        self._fresh: list[Told] = []
        self._changed: list[Told] = []
        self._kept: list[tuple[Told, dict[str, Any]]] = []

    def put(self, known: _Known, subject: int, at: datetime, columns: dict[str, Any], extra: dict[str, Any]) -> None:
        """Lay what a row tells over the snapshot of that minute, or make one."""
        here = known.at
        if here is None:
            row = Told(None, subject, at, self.imported.pk, extra or None, columns)
            self._fresh.append(row)
            known.at = row
            known.every.append(row)
            return
        if here.imported_id != self.imported.pk:
            self._kept.append((here, {"imported": here.imported_id, "extra": here.extra, **here.columns}))
        here.columns = {**here.columns, **columns}
        here.extra = {**(here.extra or {}), **extra} or None
        here.imported_id = self.imported.pk
        if here.pk is not None:
            self._changed.append(here)

    def save(self, model: Any, subject: str, names: Sequence[str]) -> None:
        bulk.insert(
            model,
            [subject, "taken_at", "imported_id", "extra", *names],
            (
                (row.subject, row.taken_at, row.imported_id, row.extra, *(row.columns.get(name) for name in names))
                for row in self._fresh
            ),
        )
        bulk.update(
            model,
            ["imported_id", "extra", *names],
            (
                (row.imported_id, row.extra, *(row.columns.get(name) for name in names), row.pk)
                for row in self._changed
            ),
        )
        bulk.insert(
            Overwritten,
            ["imported_id", subject, "taken_at", "before"],
            ((self.imported.pk, row.subject, row.taken_at, before) for row, before in self._kept),
        )


def told_of_posts(posts: Sequence[int]) -> Iterator[Told]:
    """Yield every snapshot of some posts, oldest first."""
    rows = PostSnapshot.objects.filter(post_id__in=posts).order_by("post_id", "taken_at")
    for pk, post, taken_at, imported, extra, *counters in rows.values_list(
        "pk", "post_id", "taken_at", "imported_id", "extra", *COUNTERS
    ):
        yield Told(pk, post, taken_at, imported, extra, dict(zip(COUNTERS, counters, strict=True)))


def told_of_account(account: Account, since: datetime | None = None) -> Iterator[Told]:
    """Yield the snapshots of an account from a moment on, oldest first."""
    rows = AccountSnapshot.objects.filter(account=account).order_by("taken_at")
    if since:
        rows = rows.filter(taken_at__gte=since)
    for pk, taken_at, imported, extra, *counters in rows.values_list(
        "pk", "taken_at", "imported_id", "extra", *ACCOUNT_COLUMNS
    ):
        yield Told(pk, account.pk, taken_at, imported, extra, dict(zip(ACCOUNT_COLUMNS, counters, strict=True)))


class DayWriter:
    """Rows about days of one account. With `writes` False nothing is written: a preview."""

    def __init__(self, imported: ImportedFile, account: Account, *, now: datetime, writes: bool) -> None:
        self.imported, self.account, self.now, self.writes = imported, account, now, writes
        self.moments: set[datetime] = set()
        self._seen: dict[date, int] = {}

    def take(self, rows: Sequence[Row], **_more: Any) -> list[Outcome]:
        """Judge some rows and, unless this is a preview, write what they tell."""
        outcomes = [self._found(row) for row in rows]
        self._compare([one for one in outcomes if one.what == "same"])
        return outcomes

    def start_part(self) -> None:
        """Another table of the file begins: it may tell more of the same days."""
        self._seen.clear()

    def _found(self, row: Row) -> Outcome:
        if row.problem:
            return Outcome(row, "bad", row.problem)
        if (line := self._seen.setdefault(row.values["day"], row.line)) != row.line:
            return Outcome(row, "bad", _("Line %(line)s is about the same day.") % {"line": line})
        return Outcome(row, "same")

    def _compare(self, outcomes: list[Outcome]) -> None:
        known = self._known([one.row.values["day"] for one in outcomes])
        written = _Written(self.imported)
        zone = ZoneInfo(self.account.workspace.time_zone)
        for one in outcomes:
            day = one.row.values["day"]
            columns, extra = split_figures(one.row.values, "account_days")
            one.what, write = _judged(self.imported, known[day], {**columns, **extra})
            if not self.writes:
                continue
            self.moments.add(start_of_day(day, zone))
            if write:
                written.put(
                    known[day], self.account.pk, self._moment(day), columns, {"day": day.isoformat(), **extra}
                )
        if self.writes and outcomes:
            written.save(AccountSnapshot, "account_id", ACCOUNT_COLUMNS)
            renew_account_figures(self.account, self.now)

    def _known(self, days: Sequence[date]) -> dict[date, _Known]:
        known: dict[date, _Known] = defaultdict(_Known)
        if not days:
            return known
        moments = {self._moment(day): day for day in days}
        wanted = set(days)
        since = datetime.combine(min(days), time.min, BEIJING)
        for row in told_of_account(self.account, since):
            of_file = row.imported_id and row.extra and row.extra.get("day")
            told = date.fromisoformat(of_file) if of_file else None
            at = moments.get(row.taken_at)
            day = told if told in wanted else at
            if day:
                _remember(known[day], row, told is not None, at == day, self.imported)
        return known

    def _moment(self, day: date) -> datetime:
        """Return the minute that a day's row belongs to: its last one, or the file's own while the day runs."""
        end = datetime.combine(day, time(23, 59), BEIJING)
        as_of = self.imported.as_of
        return as_of if as_of.astimezone(BEIJING).date() == day and as_of < end else end


Writer = PostWriter | DayWriter


def _judged(imported: ImportedFile, known: _Known, told: dict[str, Any]) -> tuple[str, bool]:
    """Return what a row is (`new`, `changed`, `same`) and whether something must be written for it."""
    if not told:
        return "same", False
    if not known.has_before and known.at is None:
        return "new", True
    is_same = all(known.before.get(name) == value for name, value in told.items())
    what = ("same" if is_same else "changed") if known.has_before else "new"
    if known.at is not None and known.at.imported_id == imported.pk:
        here = _figures(known.at)
        return what, any(here.get(name) != value for name, value in told.items())
    return what, what != "same"


def _remember(known: _Known, row: Told, counts: bool, is_at: bool, imported: ImportedFile) -> None:
    if is_at:
        known.at = row
    if counts and row.imported_id != imported.pk:
        known.before |= _figures(row)
        known.has_before = True


def _figures(row: Told) -> dict[str, Any]:
    told = {name: value for name, value in row.columns.items() if value is not None}
    return {**(row.extra or {}), **told}


def newest(snapshots: Iterable[Told], names: Sequence[str]) -> tuple[dict[str, Any], datetime | None]:
    """Return the newest word on each counter, and when the newest snapshot was taken.

    The platform's interface tells everything it knows at once, so its word on one counter, also none, ends the
    search. A file tells some counters only; the others stay what was told before it.
    """
    told: dict[str, Any] = dict.fromkeys(names)
    taken_at = None
    for row in sorted(snapshots, key=lambda one: one.taken_at, reverse=True):
        taken_at = taken_at or row.taken_at
        for name in names:
            if told[name] is None:
                told[name] = row.columns.get(name)
        if row.imported_id is None:
            break
    return told, taken_at


def renew_figures(snapshots: dict[int, list[Told]], *, next_at: datetime | None) -> None:
    """Write the newest figures of posts (by id) from all their snapshots; `next_at` is for posts not followed yet."""
    rows = []
    for pk, of_post in snapshots.items():
        told, taken_at = newest(of_post, COUNTERS)
        rows.append((pk, taken_at, next_at, 0, *told.values()))
    names = ["post_id", "taken_at", "next_at", "failures", *COUNTERS]
    bulk.upsert(PostFigures, names, rows, unique=["post_id"], update=["taken_at", *COUNTERS])


def renew_account_figures(account: Account, now: datetime) -> None:
    """Write the newest figures of an account from its snapshots."""
    told, taken_at = newest(told_of_account(account), ACCOUNT_COLUMNS)
    next_at = now if gateway.can(account, ReadsAccountMetrics) else None
    AccountFigures.objects.bulk_create(
        [AccountFigures(account=account, taken_at=taken_at, next_at=next_at, **told)],
        update_conflicts=True,
        unique_fields=["account"],
        update_fields=[*ACCOUNT_COLUMNS, "taken_at"],
    )


def keep_for_people(imported: ImportedFile, outcomes: Iterable[Outcome], bad_before: int) -> int:
    """Keep the rows that wait, and unreadable ones as long as there is room; return how many of those were seen."""
    rows = []
    reasons: dict[str, dict[str, Any]] = {}
    for one in outcomes:
        if one.what not in ("waiting", "bad"):
            continue
        is_bad = one.what == "bad"
        bad_before += is_bad
        if is_bad and bad_before > BAD_KEPT:
            continue
        if str(one.said) not in reasons:
            reasons[str(one.said)] = reason(one.said, 300)
        rows.append(
            ImportedRow(
                imported=imported,
                line=one.row.line,
                state=RowState.BAD if is_bad else RowState.WAITING,
                **reasons[str(one.said)],
                values=_kept_values(one.row),
                key="" if is_bad else row_key(one.row.values),
            )
        )
    ImportedRow.objects.bulk_create(rows, batch_size=500)
    return bad_before


def _kept_values(row: Row) -> dict[str, Any]:
    values = layouts.plain(row.values)
    return values | {"is_day_only": True} if row.is_day_only else values
