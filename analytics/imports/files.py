"""Bytes of an uploaded file as tables of cells. What a file is, its first bytes say; its name does not count.

Everything here is written for files that lie: sizes are counted while unpacking, nothing is fetched, no formula is
ever computed (a workbook gives the result it stores), and each way a file can be broken ends in one sentence.
"""

import codecs
import csv
import io
import pickle
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, Any

from django.conf import settings
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

from analytics.imports.numbers import Cell
from mediaops.errors import UserError
from mediaops.lib.said import said as _

ROWS_MAX = 200_000
COLUMNS_MAX = 200
CELLS_MAX = 8_000_000
"""A workbook is laid out in memory from its first to its last cell, however few lie between."""
UNPACKED_MAX = 1_000_000_000
PARTS_MAX = 2_000
CHUNK = 1 << 20
SPOOLED = 500
"""Lines that are laid down, and taken up again, together."""
CELL_CHARS = 100_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d{1,10})["']""")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,7})(\d{1,10})["']""")
_FAR = re.compile(rb"""["'](?:[A-Za-z]{2,7}\d{1,10}|[A-Za-z]\d{6,10})["']""")
"""A cell right of column Z or below row 99,999: then each cell is looked at."""


class FileRefused(UserError):
    """The file cannot be read as a table; the sentence says why."""

    code = "file_refused"


@dataclass(frozen=True)
class Line:
    """One row of a table and the line of the file it stands on (from 1)."""

    number: int
    cells: list[Cell]


Table = Callable[[], Generator[Line, None, None]]
"""Gives the lines of one table from its first one, empty lines left out, as often as it is called."""


def kind_of(head: bytes) -> str:
    """Say what the first bytes are: `xlsx`, `xls`, `html` or `text`; raise FileRefused for everything else."""
    if not head.strip():
        raise FileRefused(_("The file is empty."))
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if head[:2] == b"\x09\x08" and len(head) > 8:  # BIFF5 and older, without the wrapper
        return "xls"
    if what := _other(head):
        raise FileRefused(_("This is %(what)s, not a table.") % {"what": what})
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\x00" in head:
        raise FileRefused(_("This is no table that we can read: Excel, CSV or HTML."))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:2048].lower()
    return "html" if start.startswith(b"<") else "text"


def _other(head: bytes) -> str:
    """Name what a file is that is no table, by its magic number; "" for the rest."""
    is_binary = b"\x00" in head  # some magic numbers are words that a table may begin with, too
    if head.startswith((b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")) or (is_binary and head[:2] == b"MZ"):
        return _("a program")
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")):
        return _("a picture")
    if is_binary and (head[:2] == b"BM" or head[8:12] == b"WEBP"):
        return _("a picture")
    if head.startswith(b"%PDF-"):
        return _("a PDF")
    if head.startswith((b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b", b"\xfd7zXZ")):
        return _("an archive; unpack it first")
    if is_binary and (head[4:8] == b"ftyp" or head.startswith((b"ID3", b"OggS", b"RIFF", b"\x1aE\xdf\xa3"))):
        return _("a film or a sound")
    return ""


@contextmanager
def tables(file: IO[bytes], *, is_checked: bool = False) -> Iterator[list[Table]]:
    """Open the tables of a file: the sheets of a workbook, or the one table of a text or page.

    Raises FileRefused, also while lines are read. `is_checked` says that the same bytes were read before.
    """
    file.seek(0)
    kind = kind_of(file.read(4096))
    file.seek(0)
    if kind == "text":
        yield [partial(_text, file)]
    elif kind == "html":
        yield [partial(_rows_of_page, file)]
    else:
        if kind == "xlsx" and not is_checked:
            _check_package(file)
        with ExitStack() as stack:
            yield [partial(_unspooled, stack.enter_context(spool)) for spool in _workbook(file)]


def _check_package(file: IO[bytes]) -> None:
    """Look through the archive before the reader does: how much comes out, and how far apart its cells lie."""
    try:
        with zipfile.ZipFile(file) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or not any("workbook" in name for name in names):
                raise FileRefused(_("This is a ZIP archive or another kind of document, not a workbook."))
            if len(parts) > PARTS_MAX:
                raise _too_large()
            left = UNPACKED_MAX
            for part in parts:
                left = _check_part(package, part, left)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        zlib.error,
    ) as error:
        if isinstance(error, FileRefused):
            raise
        if isinstance(error, RuntimeError) and "password" in str(error):
            raise FileRefused(_("The workbook is protected by a password. Save it without one.")) from None
        raise _broken() from None
    finally:
        file.seek(0)


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_sheet = "worksheets/" in part.filename and part.filename.endswith(".xml")
    rows, columns, tail = 0, 0, b""
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise _too_large()
            if is_sheet:
                row, column = _outermost(tail + chunk)
                rows, columns, tail = max(rows, row), max(columns, column), chunk[-64:]
                _check_size(rows, columns)
    return left


def _outermost(chunk: bytes) -> tuple[int, int]:
    """Return the largest row and column that a piece of a sheet names, or 26 for narrow ones: nearly all are."""
    row = max((int(number) for number in _ROW.findall(chunk)), default=0)
    if not _FAR.search(chunk):
        return row, 26
    found = _CELL.findall(chunk)
    columns = {letters for letters, _number in found}
    return (
        max(row, *(int(number) for _letters, number in found)),
        max(_column_number(letters) for letters in columns),
    )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _check_size(rows: int, columns: int) -> None:
    if columns > COLUMNS_MAX:
        raise FileRefused(
            _("The table is %(n)s columns wide; at most %(most)s can be read.") % {"n": columns, "most": COLUMNS_MAX}
        )
    if rows > ROWS_MAX:
        raise _too_many_rows()
    if rows * columns > CELLS_MAX:
        raise _too_large()


def _workbook(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield the visible sheets, each laid out of memory: a sheet of 100,000 rows takes 100 MB while it is open."""
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            for about in book.sheets_metadata[:50]:
                if str(about.visible).endswith("Visible") and str(about.typ).endswith("WorkSheet"):
                    yield _spooled(_sheet(book, about.name))
    except PasswordError:
        raise FileRefused(_("The workbook is protected by a password. Save it without one.")) from None
    except BaseException as error:  # the reader's panics are no Exceptions
        is_readers = isinstance(error, (CalamineError, ZipError, OSError, ValueError, MemoryError))
        if isinstance(error, FileRefused) or not (is_readers or type(error).__name__ == "PanicException"):
            raise
        raise _broken() from None


def _sheet(book: CalamineWorkbook, name: str) -> Iterator[tuple[int, list[Cell]]]:
    sheet = book.get_sheet_by_name(name)
    if not sheet.height:
        return
    first_row, first_column = sheet.start or (0, 0)
    _check_size(first_row + sheet.height, first_column + sheet.width)
    before: list[Cell] = [None] * first_column
    for number, cells in enumerate(sheet.iter_rows(), 1):  # rows above the first cell are given, columns are not
        if any(cell != "" for cell in cells):
            yield number, [*before, *cells]


def _spooled(lines: Iterator[tuple[int, list[Cell]]]) -> IO[bytes]:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - who reads it closes it
    while some := list(islice(lines, SPOOLED)):
        pickle.dump(some, spool, pickle.HIGHEST_PROTOCOL)
    return spool


def _unspooled(spool: IO[bytes]) -> Generator[Line, None, None]:
    spool.seek(0)
    with suppress(EOFError):
        while True:
            for number, cells in pickle.load(spool):  # noqa: S301 - written above, in a file without a name
                yield Line(number, cells)


def _rows_of_page(file: IO[bytes]) -> Generator[Line, None, None]:
    """Yield every row of every table of a page. A page is read in one stream; its tables follow one another."""
    encoding = _encoding(file)
    file.seek(0)
    found = 0
    try:
        rows = etree.iterparse(
            file, events=("end",), tag="tr", html=True, no_network=True, huge_tree=False, remove_comments=True,
            encoding="gb18030" if encoding == "gb18030" else "utf-8",
        )  # fmt: skip
        for _event, row in rows:
            found += 1
            if found > ROWS_MAX:
                raise _too_many_rows()
            cells = _cells_of(row)
            if any(cells):
                yield Line(found, cells)
            row.clear()
            while row.getprevious() is not None:
                del row.getparent()[0]
    except (etree.LxmlError, UnicodeError, LookupError, AssertionError):
        raise _broken() from None
    if not found:
        raise FileRefused(_("There is no table in this page."))


def _cells_of(row: Any) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row.iterchildren("td", "th"):
        words = "".join(cell.itertext()).strip().replace("\xa0", " ")
        span = str(cell.get("colspan") or "1")
        width = min(int(span), COLUMNS_MAX) if span.isdigit() and len(span) < 6 else 1
        cells += [words or None] * max(width, 1)
        if len(cells) > COLUMNS_MAX:
            _check_size(0, len(cells))
    return cells


def _encoding(file: IO[bytes]) -> str:
    """Return the encoding in which the whole file can be read: UTF-8, UTF-16 with its mark, or GB18030."""
    file.seek(0)
    if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for name in ("utf-8-sig", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(name)()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return name
    raise FileRefused(_("The text is neither UTF-8 nor GB18030, so its signs cannot be read."))


def _text(file: IO[bytes]) -> Generator[Line, None, None]:
    encoding = _encoding(file)
    file.seek(0)
    stream = io.TextIOWrapper(file, encoding=encoding, newline="")  # type: ignore[type-var]
    try:
        delimiter = _delimiter(stream)
        stream.seek(0)
        yield from _records(stream, delimiter)
    except UnicodeError:
        raise _broken() from None
    finally:
        stream.detach()


def _delimiter(stream: Any) -> str:
    head = stream.read(20_000)
    lines = [line for line in head.splitlines() if line.strip()][:5]
    return max((",", "\t", ";"), key=lambda sign: max((line.count(sign) for line in lines), default=0))


def _records(stream: Any, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(stream, delimiter=delimiter)
    at = 0
    try:
        for found, cells in enumerate(reader, 1):
            if found > ROWS_MAX + 20:
                raise _too_many_rows()
            if len(cells) > COLUMNS_MAX:
                _check_size(0, len(cells))
            number, at = at + 1, reader.line_num
            if any(cells):
                yield Line(number, list(cells))
    except csv.Error:
        raise FileRefused(
            _("Line %(line)s is longer than a cell can be, or a quotation mark is missing before it.")
            % {"line": at + 1}
        ) from None


def _too_large() -> FileRefused:
    return FileRefused(_("The workbook unpacks to more than can be read. Export fewer rows."))


def _too_many_rows() -> FileRefused:
    return FileRefused(_("The table has more than %(most)s rows. Export a shorter time.") % {"most": f"{ROWS_MAX:,}"})


def _broken() -> FileRefused:
    return FileRefused(_("The file is broken: it begins like a table and cannot be read to its end."))


def check_upload(name: str, size_bytes: int) -> None:
    """Raise FileRefused when a file is larger than this server takes."""
    most = settings.IMPORT_MAX_MB
    if size_bytes > most * 1_000_000:
        raise FileRefused(_("“%(name)s” is %(size)s MB; at most %(most)s MB can be read.") % {
            "name": name, "size": f"{size_bytes / 1_000_000:.1f}", "most": most,
        })  # fmt: skip
