"""Which table a file holds, by its headers, and its rows as values.

A sheet may begin with banners and may hold several tables side by side. Known tables are found first, in any of the
first lines; without one the line with the most different words is taken for the headers, for a person to map.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypedDict

from analytics.imports import numbers
from analytics.imports.fields import FIELDS
from analytics.imports.files import Line
from analytics.imports.numbers import BadCell, Cell
from mediaops.lib.said import said as _
from platforms.connectors.exports import BY_KEY, LAYOUTS, ExportLayout

HEAD_LINES = 10
"""How far down headers are looked for."""
SAMPLE = 20
_UNIT = re.compile(r"\([^()]*\)$")
TOTALS = frozenset({"累计", "合计", "总计", "汇总", "全部", "总和", "total", "sum"})


class PartMemo(TypedDict):
    """What is kept of a part so that it can be read again: `layout` is "" where a person mapped the columns."""

    sheet: int
    line: int
    layout: str
    kind: str
    first: int
    headers: list[str]
    columns: dict[str, str]


@dataclass(frozen=True)
class Part:
    """One recognised table: where its headers stand (`line`, columns from `first`) and what they mean.

    `columns` gives the field by the header's place within the part.
    """

    sheet: int
    line: int
    first: int
    headers: list[str]
    kind: str
    columns: Mapping[int, str]
    layout: ExportLayout | None = None

    def memo(self) -> PartMemo:
        return {
            "sheet": self.sheet,
            "line": self.line,
            "layout": self.layout.key if self.layout else "",
            "kind": self.kind,
            "first": self.first,
            "headers": self.headers,
            "columns": {str(at): name for at, name in self.columns.items()},
        }


def part_of(memo: PartMemo) -> Part:
    """Return the part that a memo describes."""
    columns = {int(at): name for at, name in memo["columns"].items()}
    layout = BY_KEY.get(memo["layout"])
    return Part(memo["sheet"], memo["line"], memo["first"], memo["headers"], memo["kind"], columns, layout)


@dataclass
class Row:
    """One row: the line of the file, its values by field name, and what is wrong with it ("" for nothing).

    `published_at` is a moment with `is_day_only` beside it.
    """

    line: int
    values: dict[str, Any]
    problem: str = ""
    is_day_only: bool = False


@dataclass
class Found:
    """What one sheet holds: known tables, or the headers of an unknown one with samples of its cells."""

    parts: list[Part] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    line: int = 0
    first: int = 0
    samples: list[list[str]] = field(default_factory=list)


def folded_header(cell: Cell) -> str:
    """Return a header as headers are compared: width, case, white space and a unit at the end do not count."""
    words = numbers.folded(numbers.text(cell))
    return _UNIT.sub("", words) or words


def fingerprint(headers: Iterable[str]) -> str:
    """Return what tables with the same columns share, in whatever order they stand."""
    words = "\n".join(sorted({folded_header(header) for header in headers if header}))
    return hashlib.sha256(words.encode()).hexdigest()


def recognise(sheet: int, head: Sequence[Line], mapping_of: Any = None) -> Found:
    """Say what a sheet holds from its first lines.

    `mapping_of(fingerprint)` may return the mapping a person once made: `(kind, {folded header: field})`.
    """
    for line in head[:HEAD_LINES]:
        if parts := _known_parts(sheet, line):
            return Found(parts)
    if not head:
        return Found()
    line = max(head[:HEAD_LINES], key=lambda one: len({folded_header(cell) for cell in one.cells if _has(cell)}))
    first = next((at for at, cell in enumerate(line.cells) if _has(cell)), 0)
    headers = [numbers.shown(cell) for cell in line.cells[first:]]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) < 2:
        return Found()
    if mapping_of and (mapping := mapping_of(fingerprint(headers))):
        kind, by_header = mapping
        columns = _columns(headers, by_header)
        return Found([Part(sheet, line.number, first, headers, kind, columns)], headers, line.number, first)
    after = [one for one in head if one.number > line.number][:SAMPLE]
    samples = [[numbers.shown(_cell(one, first + at)) for one in after[:3]] for at in range(len(headers))]
    return Found([], headers, line.number, first, samples)


def _known_parts(sheet: int, line: Line) -> list[Part]:
    whole = [(0, line.cells)]
    runs = list(_runs(line.cells))
    beside = [part for start, cells in runs if (part := _known(sheet, line.number, start, cells))]
    if len(runs) > 1 and len(beside) > 1:
        return beside
    return [part for start, cells in whole if (part := _known(sheet, line.number, start, cells))] or beside


def _runs(cells: Sequence[Cell]) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the runs of filled cells with the column each begins in: tables that stand side by side."""
    start: int | None = None
    for at, cell in enumerate([*cells, None]):
        if _has(cell) and start is None:
            start = at
        elif not _has(cell) and start is not None:
            yield start, list(cells[start:at])
            start = None


def _known(sheet: int, line: int, first: int, cells: Sequence[Cell]) -> Part | None:
    folded = [folded_header(cell) for cell in cells]
    words = set(folded)
    fitting = [layout for layout in LAYOUTS if all(folded_header(need) in words for need in layout.needs)]
    if not fitting:
        return None
    layout = max(fitting, key=lambda one: len(words & {folded_header(header) for header in one.columns}))
    columns = _columns(folded, {folded_header(header): name for header, name in layout.columns.items()})
    return Part(sheet, line, first, [numbers.text(cell) for cell in cells], layout.kind, columns, layout)


def _columns(headers: Sequence[str], by_header: Mapping[str, str]) -> dict[int, str]:
    """Give each column its field; where two columns say they are the same, the first one is."""
    columns: dict[int, str] = {}
    for at, header in enumerate(headers):
        name = by_header.get(folded_header(header))
        if name in FIELDS and name not in columns.values():
            columns[at] = name
    return columns


def rows_of(part: Part, lines: Iterable[Line], *, today: date) -> Iterator[Row]:
    """Yield the rows of a part from the lines below its headers; rows that only sum up others are left out."""
    columns = [(part.first + at, name, FIELDS[name].parse) for at, name in part.columns.items()]
    only = _only(part)
    width = part.first + len(part.headers)
    headers = part.headers
    for line in lines:
        if line.number <= part.line:
            continue
        cells = line.cells
        if not any(_has(cell) for cell in cells[part.first : width]):
            continue
        if only and any(numbers.text(_cell(line, at)) != word for at, word in only):
            continue
        row = Row(line.number, {})
        if _sums_up(part, line):
            continue
        try:
            for at, name, parse in columns:
                column = at
                value = parse(cells[at] if at < len(cells) else None)
                if value is not None and value != "":
                    row.values[name] = value
        except BadCell as error:
            row.problem = _("%(column)s: %(problem)s") % {"column": headers[column - part.first], "problem": error}
            row.values = _identity(part, line)
        yield _finished(part, row, today)


def _finished(part: Part, row: Row, today: date) -> Row:
    if part.kind == "account_days":
        day = row.values.get("day")
        if not row.problem and day is None:
            row.problem = _("The row does not say its day.")
        elif not row.problem and day is not None and day > today:
            row.problem = _("%(day)s has not come yet.") % {"day": day}
        return row
    at = row.values.pop("published_at", None)
    if at is not None:
        row.values["published_at"], row.is_day_only = at
        if not row.problem and at[0].date() > today:
            row.problem = _("Published on %(day)s, which has not come yet.") % {"day": at[0].date()}
    is_named = any(row.values.get(name) for name in ("title", "remote_id", "url"))
    if not row.problem and not is_named and (at is None or row.is_day_only):
        row.problem = _("The row names no post: neither title nor id nor address.")
    return row


def _identity(part: Part, line: Line) -> dict[str, Any]:
    """Return what a bad row can still say about itself, so that a person finds it."""
    told: dict[str, Any] = {}
    for at, name in part.columns.items():
        if name in ("title", "url", "remote_id"):
            told[name] = numbers.text(_cell(line, part.first + at))[:300]
    return told


def _only(part: Part) -> list[tuple[int, str]]:
    if not part.layout or not part.layout.only:
        return []
    folded = [folded_header(header) for header in part.headers]
    return [(part.first + folded.index(folded_header(header)), word) for header, word in part.layout.only.items()]


def _sums_up(part: Part, line: Line) -> bool:
    if part.kind != "account_days":
        return False
    at = next((at for at, name in part.columns.items() if name == "day"), None)
    cell = _cell(line, part.first + at) if at is not None else None
    return isinstance(cell, str) and numbers.folded(cell) in TOTALS


def _cell(line: Line, at: int) -> Cell:
    return line.cells[at] if at < len(line.cells) else None


def _has(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row's values as JSON can keep them; `values_of` reads them back."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()
    }


def values_of(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that `plain` wrote."""
    values = dict(kept)
    if "published_at" in values:
        values["published_at"] = datetime.fromisoformat(values["published_at"])
    if "day" in values:
        values["day"] = date.fromisoformat(values["day"])
    return values
