"""Cells of exported files as values. None is "not told"; what cannot be read raises `BadCell` with a sentence.

Exports write the same number in many ways: "3,310", "1.2万", "11.14%" and 0.1114, "14.73秒", "3.5星", "-".
"""

import math
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from mediaops.lib.said import said as _

BEIJING = ZoneInfo("Asia/Shanghai")
NOTHING = frozenset({"", "-", "--", "---", "—", "——", "–", "/", "n/a", "na", "null", "none", "nan", "暂无", "无"})
SCALES = {"万": 10**4, "w": 10**4, "千": 10**3, "k": 10**3, "亿": 10**8, "百万": 10**6, "m": 10**6}
LARGEST = 2**62
YEARS = range(2000, 2101)

_PLAIN = re.compile(r"\d{1,18}\Z", re.ASCII)
_FRACTION = re.compile(r"0?\.\d{1,15}\Z", re.ASCII)
_POINT = re.compile(r"\d{1,9}\.\d{1,6}\Z", re.ASCII)
_STAMP = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\Z", re.ASCII)
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?\s*(万|亿|百万|千|w|k|m)?\Z", re.ASCII)
_SPAN = re.compile(
    r"(?:(\d+)\s*(?:时|小时|h))?\s*(?:(\d+)\s*(?:分钟|分|min|m))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒|s))?\Z", re.ASCII
)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d+)?)\Z", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?"
    r"(?:[ T]*(\d{1,2})(?::|时)(\d{1,2})(?:(?::|分)(?:(\d{1,2})秒?(?:\.\d+)?)?)?)?\s*(?:Z|[+-]00:?00)?\Z",
    re.ASCII,
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})\Z", re.ASCII)
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)

Cell = str | int | float | bool | date | datetime | time | timedelta | None


class BadCell(Exception):
    """A cell cannot be read as what its column holds; `str(error)` is a sentence."""

    def __init__(self, sentence: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def text(cell: Cell) -> str:
    """Return a cell as text: one line per line, no invisible signs at the ends, whole floats without `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.replace("\x00", "").strip().strip("\ufeff\u200b").strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)


def count(cell: Cell, *, may_fall: bool = False) -> int | None:
    """Return a whole number of things; below zero only with `may_fall` (net gains)."""
    if isinstance(cell, str):
        if _PLAIN.match(cell):  # nearly every cell
            return int(cell)
        cell = _folded(cell)
        if cell in NOTHING:
            return None
        value = _decimal(cell)
    elif cell is None:
        return None
    else:
        value = _decimal_of(cell)
    if value != value.to_integral_value():
        raise BadCell(_("“%(cell)s” is not a whole number.") % {"cell": shown(cell)})
    if value < 0 and not may_fall:
        raise BadCell(_("“%(cell)s” is below zero.") % {"cell": shown(cell)})
    if abs(value) > LARGEST:
        raise BadCell(_("“%(cell)s” is too large to be true.") % {"cell": shown(cell)})
    return int(value)


def rate(cell: Cell) -> float | None:
    """Return a rate: "11.14%" and 0.1114 are both 0.1114. A number above 1 without a sign is doubtful and refused."""
    if isinstance(cell, str):
        if _FRACTION.match(cell):
            return float(cell)
        cell = _folded(cell)
        if cell in NOTHING:
            return None
        if cell.endswith("%"):
            return _float(_decimal(cell[:-1].rstrip()) / 100)
        value = _decimal(cell)
    elif cell is None:
        return None
    else:
        value = _decimal_of(cell)
    if not -1 <= value <= 1:
        raise BadCell(
            _("“%(cell)s” is neither a share such as 0.12 nor a percentage such as 12%%.") % {"cell": shown(cell)}
        )
    return _float(value)


def seconds(cell: Cell) -> float | None:
    """Return a length in seconds: "14.73秒", "1分20秒", "00:01:20", 80."""
    if cell is None:
        return None
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1e6
    if not isinstance(cell, str):
        return _not_below_zero(_decimal_of(cell), cell)
    if _POINT.match(cell):
        return float(cell)
    cell = _folded(cell)
    if cell in NOTHING:
        return None
    if match := _CLOCK.match(cell):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    if (match := _SPAN.match(cell)) and any(match.groups()):
        hours, minutes, rest = match.groups()
        return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    return _not_below_zero(_decimal(cell), cell)


def amount(cell: Cell) -> float | None:
    """Return a plain number, with or without 星 behind it: "3.5星" is 3.5."""
    if isinstance(cell, str):
        cell = _folded(cell)
        if cell in NOTHING:
            return None
        return _float(_decimal(cell.removesuffix("星").rstrip()))
    return None if cell is None else _float(_decimal_of(cell))


def moment(cell: Cell) -> tuple[datetime, bool] | None:
    """Return a moment (aware, Beijing) and whether only its day was told; the hour is then noon."""
    if cell is None:
        return None
    if isinstance(cell, str) and _STAMP.match(cell):  # what most exports write
        try:
            return datetime.fromisoformat(cell).replace(tzinfo=BEIJING), False
        except ValueError:
            raise BadCell(_("“%(cell)s” is not in the calendar.") % {"cell": shown(cell)}) from None
    if isinstance(cell, datetime):
        return _checked(cell.replace(tzinfo=None), cell), False
    if isinstance(cell, date):
        return _made(cell, cell.year, cell.month, cell.day, 12), True
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_number(cell)
    folded = _folded(str(cell))
    if folded in NOTHING:
        return None
    if match := _COMPACT.match(folded):
        year, month, day_number = (int(part) for part in match.groups())
        return _made(cell, year, month, day_number, 12), True
    if match := _MOMENT.match(folded.upper()):
        year, month, day_number, hour, minute, second = (int(part or -1) for part in match.groups())
        if hour < 0:
            return _made(cell, year, month, day_number, 12), True
        return _made(cell, year, month, day_number, hour, minute, max(second, 0)), False
    raise BadCell(_("“%(cell)s” is not a time.") % {"cell": shown(cell)})


def day(cell: Cell) -> date | None:
    """Return a day as Beijing's calendar has it."""
    found = moment(cell)
    return found[0].date() if found else None


def shown(cell: Cell) -> str:
    """Return a cell as a sentence may quote it: one line, short."""
    words = " ".join(text(cell).split())
    return words if len(words) <= 40 else f"{words[:39]}…"


def folded(words: str) -> str:
    """Return text as titles are compared: width, case and white space do not count."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().replace("\u200b", "").split())


def _folded(words: str) -> str:
    if not words.isascii():
        words = unicodedata.normalize("NFKC", words).replace("−", "-")
    return words.strip().strip("\ufeff\u200b").lower()


def _decimal(words: str) -> Decimal:
    match = _NUMBER.match(words)
    if not match or not (match[2] or match[3]):
        raise BadCell(_("“%(cell)s” is not a number.") % {"cell": shown(words)})
    sign, whole, part, scale = match.groups()
    if len(words) > 40:
        raise BadCell(_("“%(cell)s” is too large to be true.") % {"cell": shown(words)})
    value = Decimal(f"{sign}{(whole or '0').replace(',', '')}{part or ''}")
    return value * SCALES[scale] if scale else value


def _decimal_of(cell: Cell) -> Decimal:
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        raise BadCell(_("“%(cell)s” is not a number.") % {"cell": shown(cell)})
    try:
        return Decimal(repr(cell))
    except InvalidOperation:  # pragma: no cover - repr of a finite number is a decimal
        raise BadCell(_("“%(cell)s” is not a number.") % {"cell": shown(cell)}) from None


def _float(value: Decimal) -> float:
    if abs(value) > LARGEST:
        raise BadCell(_("“%(cell)s” is too large to be true.") % {"cell": f"{value:.3g}"})
    return float(value)


def _not_below_zero(value: Decimal, cell: Cell) -> float:
    if value < 0:
        raise BadCell(_("“%(cell)s” is below zero.") % {"cell": shown(cell)})
    return _float(value)


def _of_number(cell: float) -> tuple[datetime, bool]:
    """Read 20260924 as a day, and a workbook's serial number as what it counts from 1899-12-30."""
    if math.isfinite(cell) and float(cell).is_integer() and (match := _COMPACT.match(str(int(cell)))):
        year, month, day_number = (int(part) for part in match.groups())
        return _made(cell, year, month, day_number, 12), True
    if math.isfinite(cell) and 36_526 <= cell < 73_416:  # 2000-01-01 to 2100-12-31
        found = _EXCEL_EPOCH + timedelta(seconds=round(cell * 86_400))
        is_day = float(cell).is_integer()
        return _checked(found.replace(hour=12) if is_day else found, cell), is_day
    raise BadCell(_("“%(cell)s” is not a time.") % {"cell": shown(cell)})


def _made(cell: Cell, *parts: int) -> datetime:
    try:
        return _checked(datetime(*parts, tzinfo=BEIJING), cell)  # type: ignore[misc, arg-type]
    except ValueError:
        raise BadCell(_("“%(cell)s” is not in the calendar.") % {"cell": shown(cell)}) from None


def _checked(value: datetime, cell: Cell) -> datetime:
    if value.year not in YEARS:
        raise BadCell(_("“%(cell)s” is not a year to count in.") % {"cell": shown(cell)})
    return value.replace(tzinfo=BEIJING)
