"""Rows of a file as snapshots: what each row would change, and the change itself, a few thousand rows at a time.

A row whose figures are known already writes nothing, so the same figures twice change nothing. What stood at the very
minute a file speaks of is kept in `Overwritten` before it is changed; all else is new rows that name their file.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from analytics.actions.rolling import roll_post_days
from analytics.imports import layouts
from analytics.imports.fields import split_figures
from analytics.imports.layouts import Row
from analytics.imports.matching import MADE, PostIndex, row_key
from analytics.imports.numbers import BEIJING
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
from platforms import gateway
from platforms.actions.posting import record_new_posts
from platforms.connectors.base import ReadsAccountMetrics, ReadsMetrics, RemotePost
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


@dataclass
class Outcome:
    """What becomes of one row: `what` is a field of `Tally`; `said` says why, where that needs saying."""

    row: Row
    what: str
    said: str = ""
    post: int | None = None
    is_made: bool = False


@dataclass
class _Known:
    """What is known of one post (or day of an account) when a row about it arrives."""

    before: dict[str, Any] = field(default_factory=dict)
    """Figures told up to then by anything but this file, the later word counting."""
    has_before: bool = False
    at: Any = None
    """The snapshot at the very minute, if there is one."""
    every: list[Any] = field(default_factory=list)


class PostWriter:
    """Rows about posts of one account. With `writes` False nothing is written: a preview."""

    def __init__(self, imported: ImportedFile, account: Account, *, now: datetime, writes: bool) -> None:
        self.imported, self.account, self.now, self.writes = imported, account, now, writes
        self.moments: set[datetime] = set()
        self.text_is_title = False
        self._seen: dict[Any, int] = {}
        self._next_at = now if gateway.can(account, ReadsMetrics) else None

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
        outcomes = [Outcome(row, "new", is_made=True) for row in rows]
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
        if self.imported.makes_posts and row.values.get("published_at"):
            return Outcome(row, "new", match.said, is_made=True)
        return Outcome(row, "waiting", match.said)

    # --- posts that nobody knew --------------------------------------------------------------------

    def _make(self, outcomes: list[Outcome]) -> None:
        if not outcomes or not self.writes:
            return
        remotes = [self._remote(one.row) for one in outcomes]
        posts = record_new_posts(self.account, remotes, first_seen=FirstSeen.IMPORTED, now=self.now)
        for one, post in zip(outcomes, posts, strict=True):
            one.post = post.pk
            self._seen[post.pk] = one.row.line
            self.moments.add(post.published_at)

    def _remote(self, row: Row) -> RemotePost:
        values = row.values
        words = values.get("title") or ""
        title = words.strip().partition("\n")[0]
        return RemotePost(
            remote_id=(values.get("remote_id") or MADE + row_key(values))[:400],
            url=values.get("url") or "",
            published_at=values["published_at"],
            title=title[:300],
            text=words if self.text_is_title or len(words) > 300 else "",
        )

    # --- figures -----------------------------------------------------------------------------------

    def _compare(self, outcomes: list[Outcome]) -> None:
        """Hold rows against what is known; set what they are, and write where something is new."""
        known = self._known([one.post for one in outcomes if one.post and not one.is_made])
        fresh: list[PostSnapshot] = []
        changed: list[PostSnapshot] = []
        kept: list[Overwritten] = []
        touched: set[int] = set()
        for one in outcomes:
            columns, extra = split_figures(one.row.values, "posts")
            about = known.get(one.post or 0) or _Known()
            what, write = _judged(self.imported, about, {**columns, **extra})
            one.what = "new" if one.is_made else what
            if not self.writes or one.post is None:
                continue
            if about.at is not None and about.at.imported_id == self.imported.pk:
                touched.add(one.post)  # written before this worker's forerunner died: its days may be missing
            if write and about.at is None:
                row = PostSnapshot(
                    post_id=one.post,
                    taken_at=self.imported.as_of,
                    imported=self.imported,
                    extra=extra or None,
                    **columns,
                )
                fresh.append(row)
                about.every.append(row)
            elif write:
                if about.at.imported_id != self.imported.pk:
                    kept.append(
                        Overwritten(
                            imported=self.imported,
                            post_id=one.post,
                            taken_at=about.at.taken_at,
                            before=_dump(about.at, COUNTERS),
                        )
                    )
                changed.append(_laid_over(about.at, columns, extra, self.imported))
            if write:
                touched.add(one.post)
                known[one.post] = about
        if not self.writes:
            return
        Overwritten.objects.bulk_create(kept)
        PostSnapshot.objects.bulk_create(fresh)
        PostSnapshot.objects.bulk_update(changed, [*COUNTERS, "extra", "imported"], batch_size=100)
        renew_figures({pk: known[pk].every for pk in touched}, next_at=self._next_at)
        self.moments |= roll_post_days(self.account, touched, since=self.imported.as_of)

    def _known(self, posts: Sequence[int]) -> dict[int, _Known]:
        known: dict[int, _Known] = defaultdict(_Known)
        rows = PostSnapshot.objects.filter(post_id__in=posts).order_by("post_id", "taken_at")
        for row in rows:
            about = known[row.post_id]
            about.every.append(row)
            _remember(
                about,
                row,
                row.taken_at <= self.imported.as_of,
                row.taken_at == self.imported.as_of,
                self.imported,
                COUNTERS,
            )
        return known


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
        fresh: list[AccountSnapshot] = []
        changed: list[AccountSnapshot] = []
        kept: list[Overwritten] = []
        for one in outcomes:
            day = one.row.values["day"]
            columns, extra = split_figures(one.row.values, "account_days")
            about = known[day]
            one.what, write = _judged(self.imported, about, {**columns, **extra})
            if not self.writes:
                continue
            self.moments.add(self._moment(day))
            extra = {"day": day.isoformat(), **extra}
            if write and about.at is None:
                fresh.append(
                    AccountSnapshot(
                        account=self.account,
                        taken_at=self._moment(day),
                        imported=self.imported,
                        extra=extra,
                        **columns,
                    )
                )
            elif write:
                if about.at.imported_id != self.imported.pk:
                    kept.append(
                        Overwritten(
                            imported=self.imported,
                            account=self.account,
                            taken_at=about.at.taken_at,
                            before=_dump(about.at, ACCOUNT_COLUMNS),
                        )
                    )
                changed.append(_laid_over(about.at, columns, extra, self.imported))
        if not self.writes:
            return
        Overwritten.objects.bulk_create(kept)
        AccountSnapshot.objects.bulk_create(fresh)
        AccountSnapshot.objects.bulk_update(changed, ["followers", "extra", "imported"], batch_size=100)
        renew_account_figures(self.account, self.now)

    def _known(self, days: Sequence[date]) -> dict[date, _Known]:
        known: dict[date, _Known] = defaultdict(_Known)
        moments = {self._moment(day): day for day in days}
        if not days:
            return known
        # from the first day to the present: what was told of a day may have been told later
        rows = AccountSnapshot.objects.filter(account=self.account, taken_at__gte=_end_of(min(days), start=True))
        for row in rows.order_by("taken_at"):
            told_of = (
                date.fromisoformat(row.extra["day"]) if row.imported_id and row.extra and "day" in row.extra else None
            )
            day = moments.get(row.taken_at)
            if told_of in moments.values() or day:
                about = known[told_of or day]
                _remember(
                    about,
                    row,
                    told_of is not None,
                    row.taken_at == self._moment(told_of or day),
                    self.imported,
                    ("followers",),
                )
        return known

    def _moment(self, day: date) -> datetime:
        """Return the minute that a day's row belongs to: its last one, or the file's own while the day runs."""
        end = _end_of(day)
        as_of = self.imported.as_of
        return as_of if as_of.astimezone(BEIJING).date() == day and as_of < end else end


Writer = PostWriter | DayWriter


def _judged(imported: ImportedFile, known: _Known, told: dict[str, Any]) -> tuple[str, bool]:
    """Return what a row is (`new`, `changed`, `same`) and whether something must be written for it."""
    if not told:
        return "same", False
    is_same = all(known.before.get(name) == value for name, value in told.items())
    what = ("same" if is_same else "changed") if known.has_before else "new"
    if known.at is not None and known.at.imported_id == imported.pk:
        here = _figures(known.at, (*COUNTERS, "followers"))
        return what, any(here.get(name) != value for name, value in told.items())
    return what, what != "same"


def _remember(
    known: _Known, row: Any, counts: bool, is_at: bool, imported: ImportedFile, names: Sequence[str]
) -> None:
    if is_at:
        known.at = row
    if counts and row.imported_id != imported.pk:
        known.before |= _figures(row, names)
        known.has_before = True


def _figures(row: Any, names: Iterable[str]) -> dict[str, Any]:
    told = {name: value for name in names if (value := getattr(row, name, None)) is not None}
    return {**(row.extra or {}), **told}


def _dump(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {"imported": row.imported_id, "extra": row.extra, **{name: getattr(row, name) for name in names}}


def _laid_over(row: Any, columns: dict[str, Any], extra: dict[str, Any], imported: ImportedFile) -> Any:
    for name, value in columns.items():
        setattr(row, name, value)
    row.extra = {**(row.extra or {}), **extra} or None
    row.imported = imported
    return row


def _end_of(day: date, *, start: bool = False) -> datetime:
    return datetime.combine(day, time.min if start else time(23, 59), BEIJING)


# --- the newest figures, derived from the snapshots -------------------------------------------------------


def newest(snapshots: Iterable[Any], names: Sequence[str]) -> tuple[dict[str, Any], datetime | None]:
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
                told[name] = getattr(row, name)
        if row.imported_id is None:
            break
    return told, taken_at


def renew_figures(snapshots: dict[int, list[Any]], *, next_at: datetime | None) -> None:
    """Write the newest figures of posts (by id) from all their snapshots; `next_at` is for posts not followed yet."""
    rows = []
    for pk, of_post in snapshots.items():
        told, taken_at = newest(of_post, COUNTERS)
        rows.append(PostFigures(post_id=pk, taken_at=taken_at, next_at=next_at, **told))
    PostFigures.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["post"], update_fields=[*COUNTERS, "taken_at"]
    )


def renew_account_figures(account: Account, now: datetime) -> None:
    """Write the newest figures of an account from its snapshots."""
    rows = (
        AccountSnapshot.objects.filter(account=account)
        .order_by("-taken_at")
        .only("taken_at", "imported_id", *ACCOUNT_COLUMNS)
    )
    told, taken_at = newest(rows[:1000], ACCOUNT_COLUMNS)
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
    for one in outcomes:
        if one.what not in ("waiting", "bad"):
            continue
        is_bad = one.what == "bad"
        bad_before += is_bad
        if is_bad and bad_before > BAD_KEPT:
            continue
        rows.append(
            ImportedRow(
                imported=imported,
                line=one.row.line,
                state=RowState.BAD if is_bad else RowState.WAITING,
                said=one.said[:300],
                values=_kept_values(one.row),
                key="" if is_bad else row_key(one.row.values),
            )
        )
    ImportedRow.objects.bulk_create(rows, batch_size=500)
    return bad_before


def _kept_values(row: Row) -> dict[str, Any]:
    values = layouts.plain(row.values)
    return values | {"is_day_only": True} if row.is_day_only else values
