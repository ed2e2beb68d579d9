"""What changed between two texts, readable in both languages: words for Latin, characters for Chinese."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"[A-Za-zÀ-ɏ0-9_'’]+|\s+|.", re.DOTALL)
TOKENS_MAX = 3000
"""A longer paragraph is shown as taken out and put in, so that a comparison stays fast."""
KEPT_AROUND = 1
"""Unchanged paragraphs shown on each side of a change; the rest is folded."""
ALIKE = 0.3
"""Two paragraphs with less in common are told as two: one taken out, one put in."""


@dataclass(frozen=True)
class Piece:
    """A run of text that was kept ("same"), taken out ("out") or put in ("in")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Block:
    """One paragraph: "same", "changed", "in", "out"; or "fold", standing for `count` unchanged ones."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    count: int = 0


def tokens(text: str) -> list[str]:
    """Cut text into Latin words, runs of space, and single characters for everything else."""
    return _TOKEN.findall(text)


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Return how one paragraph became another, piece by piece."""
    if old == new:
        return (Piece("same", new),) if new else ()
    a, b = tokens(old), tokens(new)
    if max(len(a), len(b)) > TOKENS_MAX:
        return tuple(piece for piece in (Piece("out", old), Piece("in", new)) if piece.text)
    found: list[Piece] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(b[b1:b2])))
            continue
        found += [Piece(k, t) for k, t in (("out", "".join(a[a1:a2])), ("in", "".join(b[b1:b2]))) if t]
    return tuple(found)


def blocks(old: str, new: str) -> list[Block]:
    """Return how a text of several paragraphs became another, with long unchanged runs folded."""
    return list(_folded(list(_blocks(_paragraphs(old), _paragraphs(new)))))


def is_changed(found: Sequence[Block]) -> bool:
    """Say whether any of the blocks tells a change."""
    return any(block.kind not in ("same", "fold") for block in found)


def _paragraphs(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _blocks(a: list[str], b: list[str]) -> Iterator[Block]:
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Block("same", (Piece("same", text),)) for text in b[b1:b2])
        elif kind == "delete":
            yield from (Block("out", (Piece("out", text),)) for text in a[a1:a2])
        elif kind == "insert":
            yield from (Block("in", (Piece("in", text),)) for text in b[b1:b2])
        else:
            yield from _replaced(a[a1:a2], b[b1:b2])


def _replaced(a: list[str], b: list[str]) -> Iterator[Block]:
    """Pair replaced paragraphs in order; what has too little in common is told as out and in."""
    for old, new in zip(a, b, strict=False):
        if _alike(old, new):
            yield Block("changed", pieces(old, new))
        else:
            yield Block("out", (Piece("out", old),))
            yield Block("in", (Piece("in", new),))
    yield from (Block("out", (Piece("out", text),)) for text in a[len(b) :])
    yield from (Block("in", (Piece("in", text),)) for text in b[len(a) :])


def _alike(old: str, new: str) -> bool:
    a, b = tokens(old), tokens(new)
    if max(len(a), len(b)) > TOKENS_MAX:
        return False
    return SequenceMatcher(None, a, b, autojunk=False).quick_ratio() >= ALIKE


def _folded(found: list[Block]) -> Iterator[Block]:
    changed = [place for place, block in enumerate(found) if block.kind != "same"]
    shown = {near for place in changed for near in range(place - KEPT_AROUND, place + KEPT_AROUND + 1)}
    hidden = 0
    for place, block in enumerate(found):
        if place in shown:
            if hidden:
                yield Block("fold", count=hidden)
            hidden = 0
            yield block
        else:
            hidden += 1
    if hidden:
        yield Block("fold", count=hidden)
