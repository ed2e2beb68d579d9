"""Find links, mentions and tags in a text, and say where they are in UTF-8 bytes.

Bluesky's text is plain; what is a link is told beside it as facets, whose offsets count bytes of
the UTF-8 text (https://docs.bsky.app/docs/advanced-guides/post-richtext, checked 2026-11). Chinese
is written without spaces, so a link ends at the first sign that cannot stand in an address, and a
mention or tag may follow a character directly. Weibo's way of writing tags, #茶#, is understood.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import regex

from platforms.connectors.counting import count_graphemes

LINK = regex.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", regex.IGNORECASE)
MENTION = regex.compile(
    r"(?<![A-Za-z0-9_.@/\-])@((?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63})"
)
TAG = regex.compile(
    r"(?<![A-Za-z0-9_&/])[#＃](?!\ufe0f)(?P<word>(?:[^\s\p{P}\p{C}$+<=>^`|~＃]|[_\-·\u200d])+)(?P<closing>[#＃]?)"
)
LINK_TAIL = ".,;:!?'*"
TAG_GRAPHEMES_MAX = 64

Kind = Literal["link", "mention", "tag"]


@dataclass(frozen=True)
class Piece:
    """One marked stretch of a text; `start` and `end` count characters, `value` is what it points at."""

    kind: Kind
    start: int
    end: int
    value: str


def pieces_of(text: str) -> list[Piece]:
    """Return the links, mentions and tags of a text in order; none lies inside another."""
    found: list[Piece] = []
    for candidate in (*_links(text), *_mentions(text), *_tags(text)):
        if not any(candidate.start < other.end and other.start < candidate.end for other in found):
            found.append(candidate)
    return sorted(found, key=lambda piece: piece.start)


def facets_of(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return the text's facets as the record wants them.

    `did_of` resolves a handle; a mention of nobody (None) stays plain text.
    """
    facets = []
    for piece in pieces_of(text):
        if feature := _feature(piece, did_of):
            start = len(text[: piece.start].encode())
            end = start + len(text[piece.start : piece.end].encode())
            facets.append({"index": {"byteStart": start, "byteEnd": end}, "features": [feature]})
    return facets


def _links(text: str) -> Iterator[Piece]:
    for match in LINK.finditer(text):
        address = _without_tail(match[0])
        if len(address) > len("https://"):
            yield Piece("link", match.start(), match.start() + len(address), address)


def _mentions(text: str) -> Iterator[Piece]:
    for match in MENTION.finditer(text):
        yield Piece("mention", match.start(), match.end(), match[1].lower())


def _tags(text: str) -> Iterator[Piece]:
    for match in TAG.finditer(text):
        word = match["word"].rstrip("-_·")
        if word and not word.isdigit() and count_graphemes(word) <= TAG_GRAPHEMES_MAX:
            end = match.end() if match["closing"] else match.start("word") + len(word)
            yield Piece("tag", match.start(), end, word)


def _without_tail(address: str) -> str:
    """Drop the full stop or bracket that belongs to the sentence, not to the address."""
    while address:
        if address[-1] in LINK_TAIL or address[-1] == ")" and address.count("(") < address.count(")"):
            address = address[:-1]
        else:
            break
    return address


def _feature(piece: Piece, did_of: Callable[[str], str | None]) -> dict[str, str] | None:
    match piece.kind:
        case "link":
            return {"$type": "app.bsky.richtext.facet#link", "uri": piece.value}
        case "tag":
            return {"$type": "app.bsky.richtext.facet#tag", "tag": piece.value}
        case "mention":
            did = did_of(piece.value)
            return {"$type": "app.bsky.richtext.facet#mention", "did": did} if did else None
