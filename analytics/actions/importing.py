"""Files of figures: taken in, read, previewed, imported.

Reading, importing and undoing are a worker's; a lease says who works on a file. A worker that dies is followed by
another that begins the same step anew: every step may be done twice.
"""

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, RestrictedError
from django.utils import timezone, translation

from analytics.actions.rolling import roll_account_days
from analytics.imports import files, layouts
from analytics.imports.fields import FIELDS, IDENTITY
from analytics.imports.files import FileRefused, Table
from analytics.imports.layouts import HEAD_LINES, SAMPLE, Part, Row
from analytics.imports.numbers import BEIJING
from analytics.imports.writing import BATCH, DayWriter, Outcome, PostWriter, Tally, Writer, keep_for_people
from analytics.models import ColumnMapping, ImportedFile
from analytics.models.imported_file import IMPORT_MOVES, ImportState, RowState, TableKind
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.lib import bulk
from mediaops.lib.moves import move
from mediaops.lib.said import in_every_language, reason
from mediaops.lib.said import said as _
from mediaops.models import Membership
from platforms import gateway
from platforms.connectors.base import ReadsPosts
from platforms.models import Account

log = logging.getLogger(__name__)
T = TypeVar("T")
TRIES = 3
SHOWN = 12
"""Rows of each table that a preview shows."""
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True)
class Uploaded:
    """A file that was brought. `is_known`: the same bytes were here before; nothing was done."""

    imported: ImportedFile
    is_known: bool = False


def add_file(file: IO[bytes], name: str, size_bytes: int, *, by: Membership, now: datetime) -> Uploaded:
    """Take a file in, to be read by a worker. The same bytes once more are the file that is here already.

    Raises FileRefused for what is too large, or by its first bytes no table.
    """
    name = name.strip()[-200:] or _("file")
    files.check_upload(name, size_bytes)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    gone = (ImportState.FAILED, ImportState.UNDONE, ImportState.UNDOING)
    same = ImportedFile.objects.in_workspace(by.workspace).filter(sha256=digest).exclude(state__in=gone)
    if known := same.select_related("workspace", "account").first():
        return Uploaded(known, is_known=True)
    file.seek(0)
    files.kind_of(file.read(4096))
    file.seek(0)
    row = ImportedFile(
        workspace=by.workspace,
        name=name,
        size_bytes=size_bytes,
        sha256=digest,
        as_of=as_of_from(name, now),
        made_by=by,
        made_at=now,
    )
    row.file.save(f"{digest[:32]}.table", File(file), save=False)
    row.save()
    record(by=by, verb="import.uploaded", subject=row)
    log.info("file %s uploaded: %s bytes", row.pk, size_bytes)
    return Uploaded(row)


def as_of_from(name: str, now: datetime) -> datetime:
    """Return the minute a file's counters speak of: the end of the last day its name tells, at most now."""
    minute = now.replace(second=0, microsecond=0)
    days = []
    for parts in _DAY_IN_NAME.findall(name):
        try:
            days.append(date(*(int(part) for part in parts)))
        except ValueError:
            continue
    return min(datetime.combine(max(days), time(23, 59), BEIJING), minute) if days else minute


def largest_mb() -> int:
    """Return how large a file may be, in MB."""
    return int(settings.IMPORT_MAX_MB)


@bulk.few_collections()
def read_file(imported: ImportedFile, now: datetime) -> None:
    """Find out what a file holds and what importing it would change; nothing of the figures is touched."""
    try:
        with imported.file.open("rb") as file, files.tables(file) as tables:
            found = _recognised(imported, tables)
            _choose_account(imported, found.parts)
            imported.parts = [part.memo() for part in found.parts]
            imported.unknown = found.unknown
            tally, sample = _previewed(imported, found.parts, tables, now) if found.parts else (Tally(), [])
    except FileNotFoundError:
        return _fail(imported, _("The stored file is gone. Upload it again."))
    except FileRefused as error:
        return _fail(imported, error)
    move(
        imported, IMPORT_MOVES, ImportState.PREVIEWED,
        account=imported.account, makes_posts=imported.makes_posts, parts=imported.parts, unknown=imported.unknown,
        counts=tally.plain(), sample=sample, rows_total=tally.total, rows_done=0, worked_at=None, tries=0,
    )  # fmt: skip
    log.info("file %s read: %s rows, %s", imported.pk, tally.total, [memo["layout"] for memo in imported.parts])
    return None


@dataclass(frozen=True)
class _Recognised:
    parts: list[Part]
    unknown: dict[str, Any]


def _recognised(imported: ImportedFile, tables: Sequence[Table]) -> _Recognised:
    mappings = {
        row.fingerprint: (row.kind, row.columns) for row in ColumnMapping.objects.in_workspace(imported.workspace)
    }
    parts: list[Part] = []
    unknown: dict[str, Any] = {}
    for number, table in enumerate(tables):
        with closing(table()) as lines:
            head = list(islice(lines, HEAD_LINES + SAMPLE))
        found = layouts.recognise(number, head, mappings.get)
        parts += found.parts
        if found.headers and not found.parts and not unknown:
            unknown = {"headers": found.headers, "samples": found.samples}
    if not parts and not unknown:
        raise FileRefused(_("There is no table in it: a line of headers with rows below."))
    known = [part for part in parts if part.layout]
    return _Recognised(known or parts, {} if parts else unknown)


def _choose_account(imported: ImportedFile, parts: list[Part]) -> None:
    """Preselect the account where only one can be meant, and whether unknown rows become posts there."""
    offered = accounts_for(imported, parts)
    if imported.account_id and not any(account.pk == imported.account_id for account in offered):
        imported.account = None
    if imported.account is None and len(offered) == 1:
        imported.account = offered[0]
        imported.makes_posts = makes_posts_by_default(offered[0])


def accounts_for(imported: ImportedFile, parts: Iterable[Part] | None = None) -> list[Account]:
    """Return the accounts whose figures a file may hold: of its platform, or any where the table is unknown."""
    found = [layouts.part_of(memo) for memo in imported.parts] if parts is None else parts
    keys = {part.layout.platform for part in found if part.layout}
    rows = Account.objects.in_workspace(imported.workspace_id).select_related("workspace")
    return list(rows.filter(platform__in=keys) if keys else rows)


def makes_posts_by_default(account: Account) -> bool:
    """Say whether rows that no post matches should become posts: where no interface lists the account's posts."""
    return not gateway.can(account, ReadsPosts)


def _previewed(
    imported: ImportedFile, parts: list[Part], tables: Sequence[Table], now: datetime
) -> tuple[Tally, list[dict[str, Any]]]:
    tally = Tally()
    sample: list[dict[str, Any]] = []
    for part, writer, batch in _batches(imported, parts, tables, now, writes=False):
        outcomes = _taken(part, writer, batch)
        _count(tally, outcomes)
        if not sample or sample[-1]["first"] != part.first or sample[-1]["sheet"] != part.sheet:
            sample.append({**part.memo(), "rows": [_shown(one) for one in outcomes[:SHOWN]]})
        _beat(imported, tally.total)
    return tally, sample


def _batches(
    imported: ImportedFile, parts: list[Part], tables: Sequence[Table], now: datetime, *, writes: bool
) -> Iterator[tuple[Part, Writer | None, list[Row]]]:
    """Yield the rows of a file, some at a time, with the writer of their kind (None without an account)."""
    today = now.astimezone(BEIJING).date()
    writers: dict[str, Writer] = {}
    for part in parts:
        if imported.account and part.kind not in writers:
            kind = PostWriter if part.kind == TableKind.POSTS else DayWriter
            writers[part.kind] = kind(imported, imported.account, now=now, writes=writes)
        writer = writers.get(part.kind)
        if writer:
            writer.start_part()
        with closing(tables[part.sheet]()) as lines:
            for batch in _in_batches(layouts.rows_of(part, lines, today=today), BATCH):
                yield part, writer, batch


def _taken(part: Part, writer: Writer | None, batch: list[Row]) -> list[Outcome]:
    if writer is None:
        return [Outcome(row, "bad" if row.problem else "", row.problem) for row in batch]
    return writer.take(batch, text_is_title=bool(part.layout and part.layout.text_is_title))


def _count(tally: Tally, outcomes: list[Outcome]) -> None:
    tally.total += len(outcomes)
    for one in outcomes:
        if one.what:
            setattr(tally, one.what, getattr(tally, one.what) + 1)
        tally.made += one.is_made


def _shown(outcome: Outcome) -> dict[str, Any]:
    return {
        "line": outcome.row.line,
        "values": layouts.plain(outcome.row.values),
        "is_day_only": outcome.row.is_day_only,
        "what": outcome.what,
        "said": str(outcome.said),
        "said_in": in_every_language(outcome.said, 300),
        "post": outcome.post,
        "is_made": outcome.is_made,
    }


def choose(
    imported: ImportedFile, *, account: Account | None, as_of: datetime, makes_posts: bool | None, now: datetime
) -> None:
    """Say whose figures these are and of when, and look at them anew. `makes_posts` None: as is usual there."""
    _check_choice(imported, account, as_of, now)
    if makes_posts is None:
        makes_posts = bool(account and makes_posts_by_default(account))
    minute = as_of.replace(second=0, microsecond=0)
    move(
        imported, IMPORT_MOVES, ImportState.UPLOADED,
        account=account, as_of=minute, makes_posts=makes_posts, worked_at=None, tries=0, rows_done=0,
    )  # fmt: skip


def _check_choice(imported: ImportedFile, account: Account | None, as_of: datetime, now: datetime) -> None:
    if account and all(offered.pk != account.pk for offered in accounts_for(imported)):
        said = _("“%(account)s” is on another platform than this file.") % {"account": account.name}
        raise UserError(said, fields={"account": [said]})
    if as_of > now:
        said = _("Figures cannot be from the future. Choose a time that has passed.")
        raise UserError(said, fields={"as_of": [said]})


def map_columns(
    imported: ImportedFile, *, kind: str, columns: Mapping[str, str], by: Membership, now: datetime
) -> ColumnMapping:
    """Remember what the columns of an unknown table hold (field name by header), and read the file by it."""
    headers = own_headers(imported)
    if not headers:
        raise WrongState(_("The columns of this file are known; there is nothing to say about them."))
    folded = {layouts.folded_header(header): name for header, name in columns.items() if name}
    _check_mapping(kind, {layouts.folded_header(header) for header in headers}, folded)
    mapping, _made = ColumnMapping.objects.update_or_create(
        workspace=imported.workspace,
        fingerprint=layouts.fingerprint(headers),
        defaults={"kind": kind, "columns": folded, "made_by": by, "made_at": now},
    )
    move(imported, IMPORT_MOVES, ImportState.UPLOADED, worked_at=None, tries=0)
    record(by=by, verb="import.mapped", subject=imported, columns=len(folded))
    return mapping


def own_headers(imported: ImportedFile) -> list[str]:
    """Return the headers that a person may map: of an unknown table, or of one that somebody mapped."""
    if imported.unknown:
        return list(imported.unknown["headers"])
    return next((list(memo["headers"]) for memo in imported.parts if not memo["layout"]), [])


def _check_mapping(kind: str, headers: set[str], folded: Mapping[str, str]) -> None:
    if kind not in TableKind.values:
        raise UserError(_("Say what a row of the table is: a post, or a day of an account."))
    if strange := sorted(set(folded) - headers):
        raise UserError(_("There is no column “%(column)s” in this file.") % {"column": strange[0]})
    chosen = [FIELDS.get(name) for name in folded.values()]
    if any(one is None or kind not in one.kinds for one in chosen):
        raise UserError(_("One of the columns is said to hold what such a table cannot hold."))
    names = [one.name for one in chosen if one]
    if twice := next((one for one in chosen if one and names.count(one.name) > 1), None):
        raise UserError(_("Two columns cannot both be “%(field)s”.") % {"field": twice.label})
    if kind == TableKind.ACCOUNT_DAYS and "day" not in names:
        raise UserError(_("Say which column holds the day."))
    if kind == TableKind.POSTS and not {"title", "remote_id", "url"} & set(names):
        raise UserError(_("Say which column names the post: its title, its address or the platform’s id."))
    if not set(names) - {*IDENTITY, "day"}:
        raise UserError(_("Say which column holds a figure; without one there is nothing to import."))


def confirm(imported: ImportedFile, *, by: Membership, now: datetime) -> None:
    """Let a worker write what the preview showed."""
    if not imported.parts:
        raise WrongState(_("Say first what the columns of “%(name)s” hold.") % {"name": imported.name})
    if imported.account is None:
        said = _("Choose the account whose figures these are.")
        raise UserError(said, fields={"account": [said]})
    move(imported, IMPORT_MOVES, ImportState.IMPORTING, worked_at=None, tries=0, rows_done=0)
    record(by=by, verb="import.confirmed", subject=imported, account=imported.account.name)


def remove(imported: ImportedFile, *, by: Membership) -> None:
    """Forget a file that wrote nothing, or no more: not yet imported, unreadable, or undone."""
    if imported.state not in (ImportState.UPLOADED, ImportState.PREVIEWED, ImportState.FAILED, ImportState.UNDONE):
        raise WrongState(_("“%(name)s” is imported. Undo it first.") % {"name": imported.name})
    with transaction.atomic():
        record(by=by, verb="import.removed", subject=imported)
        try:
            imported.delete()
        except RestrictedError:  # figures that name it still stand: a worker wrote meanwhile
            raise WrongState(_("“%(name)s” is imported. Undo it first.") % {"name": imported.name}) from None
    _drop_bytes(imported)


@bulk.few_collections()
def import_rows(imported: ImportedFile, now: datetime) -> None:
    """Write what the rows tell, some at a time, so that others can write in between; show progress."""
    account = imported.account
    if account is None:
        return _fail(imported, _("The account of this file is gone."))
    imported.rows.filter(state__in=[RowState.WAITING, RowState.BAD]).delete()
    tally, moments, bad = Tally(), set(), 0
    parts = [layouts.part_of(memo) for memo in imported.parts]
    try:
        with imported.file.open("rb") as file, files.tables(file, is_checked=True) as tables:
            for part, writer, batch in _batches(imported, parts, tables, now, writes=True):
                with transaction.atomic():
                    outcomes = _taken(part, writer, batch)
                    bad = keep_for_people(imported, outcomes, bad)
                    _count(tally, outcomes)
                    _beat(imported, tally.total)
                moments |= writer.moments if writer else set()
    except FileNotFoundError:
        return _fail(imported, _("The stored file is gone. Upload it again."))
    except FileRefused as error:
        return _fail(imported, error)
    with transaction.atomic():
        roll_account_days(account, moments)
        move(
            imported, IMPORT_MOVES, ImportState.DONE,
            counts=tally.plain(), rows_total=tally.total, rows_done=tally.total, done_at=now, worked_at=None, tries=0,
        )  # fmt: skip
        record(by=None, workspace=imported.workspace, verb="import.done", subject=imported, **tally.plain())
    _drop_bytes(imported)
    ImportedFile.objects.filter(pk=imported.pk).update(file="")
    log.info("file %s imported: %s", imported.pk, tally.plain())
    return None


def _beat(imported: ImportedFile, rows: int) -> None:
    """Show progress, and that the worker lives."""
    ImportedFile.objects.filter(pk=imported.pk).update(rows_done=rows, worked_at=timezone.now())


def claim(pk: int, now: datetime) -> ImportedFile | None:
    """Take a file to work on, so that no other worker does; None when another was faster."""
    if not ImportedFile.objects.to_work_on(now).filter(pk=pk).update(worked_at=now, tries=F("tries") + 1):
        return None
    row = ImportedFile.objects.select_related("workspace", "account__workspace", "made_by__user").get(pk=pk)
    if row.tries > TRIES and row.state != ImportState.UNDOING:
        _fail(row, _("It was begun several times and never came to an end. Export fewer rows, or ask for help."))
        return None
    return row


def in_words_of(imported: ImportedFile) -> AbstractContextManager[None]:
    """Return a context in which sentences are kept in the language of the person who brought the file."""
    member = imported.made_by
    language = (member.user.language if member else "") or imported.workspace.language
    return translation.override(language)


def _fail(imported: ImportedFile, sentence: object) -> None:
    move(imported, IMPORT_MOVES, ImportState.FAILED, **reason(sentence, 400), worked_at=None, tries=0)
    log.info("file %s failed: %s", imported.pk, sentence)


def _drop_bytes(imported: ImportedFile) -> None:
    if imported.file and imported.file.name:
        imported.file.storage.delete(imported.file.name)


def _in_batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut rows into lists; batched() of Python 3.12."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
