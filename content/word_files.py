"""Files of sensitive words: text, CSV or a workbook, as teams pass them on.

One word a line, or a table whose first column is the word, the second a category and the third
advice; a first row that says so ("词", "类别", "建议") may order them otherwise. UTF-8 and GB18030.
"""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from content.wording import fold
from mediaops.errors import UserError
from platforms.limits import megabytes

WORDS_MAX = 200_000
WORD_MAX = 60
TEXT_MAX = 120
FILE_MAX = 20_000_000
UNPACKED_MAX = 80_000_000
HEADS = {
    "word": {"词", "词语", "词汇", "敏感词", "违禁词", "关键词", "word", "words", "term", "keyword"},
    "category": {"类别", "分类", "类型", "category", "type", "kind"},
    "advice": {"建议", "说明", "备注", "原因", "理由", "advice", "note", "reason"},
}
BROKEN_BOOK = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError, TypeError, AttributeError,
    SyntaxError, RuntimeError, OverflowError,
)  # fmt: skip
"""How openpyxl and what it stands on say that the insides are not a workbook."""
COLUMNS = ("word", "category", "advice")


@dataclass(frozen=True)
class Words:
    """What a file holds: `lines` as WordList keeps them; `left_out` counts repeats and what is no word."""

    lines: tuple[str, ...]
    left_out: int = 0


class FileRefused(UserError):
    """The file cannot be read as a list of words; the sentence says why."""

    status = 422
    code = "file_refused"


def read_words(data: bytes) -> Words:
    """Return the words of a file, told by its bytes; raises FileRefused."""
    if len(data) > FILE_MAX:
        text = _("The file is %(value)s; a list may be up to %(limit)s. Split it.")
        raise FileRefused(text % {"value": megabytes(len(data)), "limit": megabytes(FILE_MAX)})
    if data.startswith(b"PK\x03\x04"):
        return words_of(_workbook(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(_("This is an old Excel file (.xls). Save it as .xlsx or CSV and upload that."))
    return words_of(_lines(_decoded(data)))


def words_of(rows: Iterable[Sequence[str]]) -> Words:
    """Return the words of a table; its first row may name the columns."""
    found: dict[str, str] = {}
    left_out, order = 0, (0, 1, 2)
    for number, row in enumerate(rows):
        cells = [_tidy(cell) for cell in row]
        if number == 0 and (named := _order(cells)):
            order = named
            continue
        word, category, advice = (cells[at] if at < len(cells) else "" for at in order)
        word = word.strip(",，、;；|")
        if not word:
            continue
        key = fold(word).text
        if len(key) < 2 or len(word) > WORD_MAX or key in found:
            left_out += 1
            continue
        found[key] = "\t".join((word, category[:TEXT_MAX], advice[:TEXT_MAX])).rstrip("\t")
        if len(found) > WORDS_MAX:
            raise FileRefused(_("The file has more than %(limit)s words. Split it.") % {"limit": f"{WORDS_MAX:,}"})
    if not found:
        raise FileRefused(_("There is no word in this file. Put one word on each line."))
    return Words(tuple(found.values()), left_out)


def _order(cells: list[str]) -> tuple[int, int, int] | None:
    """Return the places of word, category and advice when these cells are heads, else None."""
    places = {
        name: at for at, cell in reversed(list(enumerate(cells))) for name in COLUMNS if cell.lower() in HEADS[name]
    }
    if "word" not in places:
        return None
    nowhere = len(cells)
    return places["word"], places.get("category", nowhere), places.get("advice", nowhere)


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise FileRefused(_("This is not a text file. Use .txt, .csv or .xlsx, in UTF-8 or GB18030."))


def _lines(text: str) -> Iterator[list[str]]:
    """Read tabs before commas: a line without either is one word, whatever else it holds."""
    mark = "\t" if "\t" in text[:10_000] else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error:
        for line in text.splitlines():
            yield line.split(mark)


def _workbook(data: bytes) -> Iterator[list[str]]:
    import openpyxl  # takes a moment to load, and few requests need it

    damaged = _("The workbook cannot be read. Open it, save it as .xlsx again and upload that.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MAX:
                raise FileRefused(_("The workbook is too large once unpacked. Save the list as CSV."))
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for row in islice(sheet.iter_rows(max_col=6, values_only=True), 2 * WORDS_MAX):
            yield ["" if cell is None else str(cell) for cell in row]
    except UserError:
        raise
    except BROKEN_BOOK:
        raise FileRefused(damaged) from None


def _tidy(cell: str) -> str:
    return " ".join(cell.split())
