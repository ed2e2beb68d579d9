"""Personal data in a text: what should not become public by mistake.

Numbers are judged as a whole: a mobile number inside a longer number is none. Numbers may be written
in groups, with one space or hyphen between. Short service numbers (400…, 95…) are too short to match.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["id_card", "phone", "bank_card", "email"]

GROUP = re.compile(r"\d+[Xx]?(?![A-Za-z])")
PROVINCES = {
    *range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83,
}  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
EMAIL = re.compile(
    r"(?<![\w.+\-])[A-Za-z0-9][\w.+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}(?![\w\-])", re.ASCII
)
ROLES = re.compile(
    r"(info|service|support|contact|hello|hi|help|hr|job|jobs|career|careers|press|media|pr|sales|office|admin|kefu|"
    r"business|marketing|bd|noreply|no-reply|privacy|legal|feedback|team)([.\-_+\d].*)?@",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Private:
    """One number or address; `start` and `end` count code points, `masked` shows only its ends."""

    kind: Kind
    start: int
    end: int
    masked: str


def find_private(text: str, *, emails: bool = False) -> list[Private]:
    """Return ID cards, mobile numbers and bank cards of a text in order; with `emails` persons' addresses, too.

    Full-width digits have to be made plain before.
    """
    found = [*_numbers(text), *(_emails(text) if emails else ())]
    return sorted(found, key=lambda one: one.start)


def is_id_card(number: str) -> bool:
    """Say whether these are 18 digits of a Chinese ID card: province, date and check digit (GB 11643-1999)."""
    if not re.fullmatch(r"\d{17}[\dXx]", number) or int(number[:2]) not in PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    return 1900 <= born.year <= 2100 and "10X98765432"[total % 11] == number[17].upper()


def is_phone(number: str) -> bool:
    """Say whether this is a mobile number of mainland China, with or without its country code."""
    return bool(re.fullmatch(r"(?:0{0,2}86)?1[3-9]\d{9}", number))


def is_bank_card(number: str) -> bool:
    """Say whether this is a card number: a known beginning and length, and Luhn's check (ISO/IEC 7812-1)."""
    shapes = r"4\d{12}|3[068]\d{12}|3[47]\d{13}|[23456]\d{15}|[456]\d{16,18}"
    if not re.fullmatch(shapes, number) or len(set(number)) < 3:
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _numbers(text: str) -> Iterator[Private]:
    groups = list(GROUP.finditer(text))
    place = 0
    while place < len(groups):
        found, taken = _longest(text, groups, place)
        if found:
            yield found
        place += taken


def _longest(text: str, groups: list[re.Match[str]], first: int) -> tuple[Private | None, int]:
    """Try the groups from `first` on together, most of them first; return what it is and how many it took."""
    last = first
    while last + 1 < len(groups) and last - first < 6 and _is_joined(text, groups[last], groups[last + 1]):
        last += 1
    for end in range(last, first - 1, -1):
        parts = [group.group() for group in groups[first : end + 1]]
        start, stop = groups[first].start(), groups[end].end()
        kind = _kind(parts) if _stands_alone(text, start, stop) else None
        if kind:
            return Private(kind, start, stop, _masked(text[start:stop])), end - first + 1
    return None, 1


def _is_joined(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    between = text[one.end() : other.start()]
    return between in (" ", "-") and not one.group()[-1].isalpha()


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A number is none when letters, digits or a decimal point stand right beside it."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return not (re.search(r"[A-Za-z0-9_]$|\d[.,]$", before) or re.match(r"[A-Za-z0-9_]|[.,]\d", after))


def _kind(parts: list[str]) -> Kind | None:
    number, sizes = "".join(parts), [len(part) for part in parts]
    if is_id_card(number) and sizes in ([18], [6, 8, 4], [6, 4, 4, 4]):
        return "id_card"
    if is_phone(number) and sizes in (
        [11], [13], [15], [3, 4, 4], [2, 11], [4, 11], [2, 3, 4, 4], [4, 3, 4, 4], [4, 4, 3],
    ):  # fmt: skip
        return "phone"
    if is_bank_card(number) and (len(parts) == 1 or (set(sizes[:-1]) == {4} and sizes[-1] <= 4)):
        return "bank_card"
    return None


def _masked(shown: str) -> str:
    """Keep the first three and the last four digits."""
    places = [at for at, sign in enumerate(shown) if sign.isalnum()]
    hidden = set(places[3:-4])
    return "".join("*" if at in hidden else sign for at, sign in enumerate(shown))


def _emails(text: str) -> Iterator[Private]:
    for match in EMAIL.finditer(text):
        if not ROLES.match(match.group()):
            name, _at, home = match.group().partition("@")
            yield Private("email", match.start(), match.end(), f"{name[0]}***@{home}")
