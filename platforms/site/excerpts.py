"""Small pure readings of an article's words, and of who asks for them."""

import math
import re
from dataclasses import dataclass

CHARACTERS_PER_MINUTE = 400
WORDS_PER_MINUTE = 220
"""Reading speeds of Chinese and of English, rounded; they only choose between "4 min" and "5 min"."""
HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
AROUND = 60

ROBOTS = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|monitor|scan|archiver|feed|curl|wget|python|java/|go-http|okhttp|libwww"
    r"|httpx|axios|node|facebookexternalhit|embedly|lighthouse|pingdom|uptime",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """A stretch of an excerpt; `is_found` marks what was searched for."""

    text: str
    is_found: bool = False


def is_robot(agent: str) -> bool:
    """Say whether the agent calls itself a program; no name at all is one too."""
    return not agent.strip() or bool(ROBOTS.search(agent))


def minutes_to_read(text: str) -> int:
    """Return about how many minutes a person reads, at least one."""
    characters = len(HAN.findall(text))
    words = len(HAN.sub(" ", text).split())
    return max(1, math.ceil(characters / CHARACTERS_PER_MINUTE + words / WORDS_PER_MINUTE))


def excerpt(text: str, summary: str, words: str) -> list[Piece]:
    """Return the summary, or the part of the text around the first word searched for, with the finds marked."""
    found = [word for word in words.split() if word]
    pattern = re.compile("|".join(re.escape(word) for word in found), re.IGNORECASE) if found else None
    if pattern is None:
        return [Piece(summary)] if summary else []
    first = None if pattern.search(summary) else pattern.search(text)
    shown = summary
    if first:
        start, end = max(0, first.start() - AROUND), first.end() + 2 * AROUND
        shown = ("…" if start else "") + text[start:end].strip() + ("…" if end < len(text) else "")
    return _marked(" ".join(shown.split()), pattern)


def _marked(shown: str, pattern: re.Pattern[str]) -> list[Piece]:
    pieces, at = [], 0
    for find in pattern.finditer(shown):
        pieces += [Piece(shown[at : find.start()]), Piece(find[0], is_found=True)]
        at = find.end()
    return [piece for piece in [*pieces, Piece(shown[at:])] if piece.text]
