"""How platforms count, and what they take for a link, a tag or a mention.

Chinese is written without spaces: a link ends at the first sign that cannot stand in an address, and
a mention or a tag may follow a character directly. Two ways of writing tags are known: `#话题#`, as on
Weibo, and `#tag`, as everywhere else.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import regex

Count = Callable[[str], int]

LINK = regex.compile(
    r"(?:https?://|(?<![A-Za-z0-9@./\-])www\.)[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", regex.IGNORECASE
)
LINK_TAIL = ".,;:!?'*"
TAG = regex.compile(
    r"(?<![A-Za-z0-9_&/])[#＃](?!\ufe0f)(?P<word>(?:[^\s\p{P}\p{C}$+<=>^`|~＃]|[_\-·\u200d])+)(?P<closing>[#＃]?)"
)
MENTION = regex.compile(
    r"(?<![A-Za-z0-9_.@/\-])[@＠](?P<word>[\p{L}\p{N}_](?:[\p{L}\p{N}_.\-·]{0,62}[\p{L}\p{N}_])?)"
)

LINK_WEIGHT = 23
EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\ufe0f?\u20e3")
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


@dataclass(frozen=True)
class Stretch:
    """A marked stretch of a text: `start` and `end` count code points, `word` is it without its signs.

    `closed` is True for a tag that is written with a sign on both sides.
    """

    start: int
    end: int
    word: str
    closed: bool = False


def wide_count(text: str) -> int:
    """Count as Chinese platforms do: a wide sign is 1, two narrow ones are 1, halves rounded up."""
    halves = sum(1 if ord(sign) < 0x80 else 2 for sign in text)
    return (halves + 1) // 2


def byte_count(text: str) -> int:
    """Count the bytes of the text in UTF-8."""
    return len(text.encode())


def count_graphemes(text: str) -> int:
    """Count what a reader sees as one sign: an emoji with its skin tone is one (UAX #29)."""
    return len(graphemes(text))


def weighted_count(text: str) -> int:
    """Count as X does: Latin signs are 1, Chinese ones and every emoji 2, every link 23.

    The ranges are those of configuration v3 of twitter-text (github.com/twitter/twitter-text).
    """
    text = unicodedata.normalize("NFC", text)
    links = links_of(text)
    rest = _without(text, links)
    return LINK_WEIGHT * len(links) + sum(_weight(sign) for sign in graphemes(rest))


def graphemes(text: str) -> list[str]:
    """Return what a reader sees as single signs (UAX #29)."""
    return regex.findall(r"\X", text)


def links_of(text: str) -> list[Stretch]:
    """Return the links of a text; punctuation that ends the sentence is not part of one."""
    found = []
    for match in LINK.finditer(text):
        address = _trimmed(match.group())
        found.append(Stretch(match.start(), match.start() + len(address), address))
    return found


def tags_of(text: str) -> list[Stretch]:
    """Return the tags of a text, both `#话题#` and `#tag`; numbers alone and parts of links are none."""
    links = links_of(text)
    found = []
    for match in TAG.finditer(text):
        word, closing = match["word"], match["closing"]
        if word.isdigit() or _inside(match.start(), links):
            continue
        found.append(Stretch(match.start(), match.end(), word, closed=bool(closing)))
    return found


def mentions_of(text: str) -> list[Stretch]:
    """Return the mentions of a text; mail addresses and parts of links are none."""
    links = links_of(text)
    return [
        Stretch(match.start(), match.end(), match["word"])
        for match in MENTION.finditer(text)
        if not _inside(match.start(), links)
    ]


def open_tags(text: str) -> str:
    """Write every `#话题#` as `#话题`, with a space behind it where words follow."""
    return _retagged(text, [tag for tag in tags_of(text) if tag.closed], "#{}")


def close_tags(text: str) -> str:
    """Write every `#tag` as `#tag#`."""
    return _retagged(text, [tag for tag in tags_of(text) if not tag.closed], "#{}#")


def cut_text(text: str, limit: int, count: Count) -> str:
    """Return the longest start of `text` that `count` finds within `limit`, ended where a reader would.

    It ends with a sentence where one ends in its second half; else behind a word, with `…` where that
    fits. No grapheme, link or tag is cut through. Text that fits is returned as it is.
    """
    if count(text) <= limit:
        return text
    ends = _ends(text)
    start = text[: _last_fitting(text, ends, limit, count)]
    if sentence := _sentence_end(start, set(ends)):
        return start[:sentence].rstrip()
    room = text[: _last_fitting(text, ends, limit - count("…"), count)] if limit > count("…") else ""
    return f"{_word_end(room, text)}…" if room.strip() else start.rstrip()


SENTENCE = regex.compile(r"[。！？!?…]+[”’」』）)\"']*|\n+|\.(?=\s|$)")


def _sentence_end(start: str, allowed: set[int]) -> int:
    """Return where the last sentence of the second half ends; 0 where none does."""
    ends = [match.end() for match in SENTENCE.finditer(start) if start[: match.start()].strip()]
    ends = [end for end in ends if end in allowed]
    return ends[-1] if ends and ends[-1] >= len(start) / 2 else 0


def _word_end(start: str, text: str) -> str:
    """Leave out a Latin word that was cut through, unless nothing would be left."""
    following = text[len(start) : len(start) + 1]
    if regex.match(r"[\p{Latin}\p{N}]", following) and regex.search(r"[\p{Latin}\p{N}]$", start):
        whole = regex.sub(r"[\p{Latin}\p{N}'’\-]+$", "", start)
        start = whole if whole.strip() else start
    return start.rstrip(" \t\n,，、;；:：")


def _ends(text: str) -> list[int]:
    """Return every place where the text may be cut: behind a grapheme, outside links and tags."""
    closed = [*links_of(text), *tags_of(text)]
    ends, at = [0], 0
    for sign in graphemes(text):
        at += len(sign)
        if not any(one.start < at < one.end for one in closed):
            ends.append(at)
    return ends


def _last_fitting(text: str, ends: list[int], limit: int, count: Count) -> int:
    low, high = 0, len(ends) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[: ends[middle]]) <= limit else (low, middle - 1)
    return ends[low]


def _retagged(text: str, tags: list[Stretch], form: str) -> str:
    for tag in reversed(tags):
        rest = text[tag.end :]
        gap = " " if form == "#{}" and regex.match(r"[^\s\p{P}]|[#＃@＠]", rest) else ""
        text = f"{text[: tag.start]}{form.format(tag.word)}{gap}{rest}"
    return text


def _without(text: str, stretches: list[Stretch]) -> str:
    for one in reversed(stretches):
        text = text[: one.start] + text[one.end :]
    return text


def _weight(sign: str) -> int:
    if EMOJI.match(sign) and not sign.isascii():
        return 2
    return sum(1 if any(low <= ord(one) <= high for low, high in LIGHT) else 2 for one in sign)


def _trimmed(address: str) -> str:
    """Leave out what ends the sentence rather than the address."""
    while address and (address[-1] in LINK_TAIL or (address[-1] == ")" and address.count(")") > address.count("("))):
        address = address[:-1]
    return address


def _inside(at: int, stretches: list[Stretch]) -> bool:
    return any(one.start <= at < one.end for one in stretches)
