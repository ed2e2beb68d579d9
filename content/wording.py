"""What is wrong with words: the team's brand rules, the advertising law, imported lists, personal data.

Pure: texts and a compiled `Guide` in, findings and problems out; no database. All of it warns and
nothing blocks, because a list never knows what is meant. Chinese has no word breaks, so a term counts
wherever it stands, except inside a phrase that is known to be harmless; Latin terms count as whole
words. Case, width and the marks of Markdown are looked through; addresses are not read.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal

import ahocorasick
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content import ad_law
from content.personal import Private, find_private
from platforms.limits import Field, Fix, Problem

Source = Literal["brand", "law", "list", "personal"]
RANK: dict[str, int] = {"brand": 0, "personal": 1, "law": 2, "list": 3}
SHOWN_MAX = 40
"""So many problems of wording are told at once; a list of common words would bury the others."""

DROPPED = re.compile("[*~`\u200b-\u200f\u2060\ufeff]")
UNREAD = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+|(?<=\])\([^()\s]*\)")
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
STAR_MAX = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """Words to look for, and what to say of them. `words` may hold `*` where `source` is "brand"."""

    words: str
    source: Source
    category: Any = ""
    reason: Any = ""
    article: Any = ""
    suggestion: str = ""
    name: str = ""
    """Of a list: what it is called."""


@dataclass(frozen=True)
class Finding:
    """Words that were found: `term` as written, `start` and `end` in code points of the text."""

    term: str
    start: int
    end: int
    category: str
    reason: str
    article: str
    suggestion: str
    source: Source
    name: str = ""


@dataclass(frozen=True)
class Folded:
    """A text made comparable; `places[i]` is where its sign i stood, None while none was left out."""

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the signs from `start` to `end` stood in the text as it was written."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


class Cover:
    """Stretches of a text; says quickly whether a place lies inside one of them."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(stretches)
        self._starts = [start for start, _end in ordered]
        self._reach = list(accumulate((end for _start, end in ordered), max))

    def holds(self, start: int, end: int) -> bool:
        before = bisect_right(self._starts, start)
        return before > 0 and self._reach[before - 1] >= end


class Matcher:
    """Many phrases, compiled once: one pass over a text finds them all (Aho-Corasick)."""

    def __init__(self, entries: Iterable[Entry] = (), unless: Iterable[str] = ()) -> None:
        self._words = ahocorasick.Automaton()
        for entry in entries:
            if (words := fold(entry.words).text) and words not in self._words:
                self._words.add_word(words, (len(words), entry))
        self._words.make_automaton()
        self._unless = _spans_of(unless)

    def __len__(self) -> int:
        return len(self._words)

    def find(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """Yield (start, end, entry) in a folded text, without what stands inside a harmless phrase."""
        if not len(self._words):
            return
        harmless = Cover(spans(self._unless, text))
        for last, (length, entry) in self._words.iter(text):
            start, end = last - length + 1, last + 1
            if _is_whole(text, start, end) and not harmless.holds(start, end):
                yield start, end, entry


@dataclass(frozen=True)
class Required:
    """Words that must be there, perhaps only where `only_with` stands."""

    words: str
    only_with: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Guide:
    """Everything that one team looks for, compiled. `allowed` are phrases (folded) that pass."""

    matchers: tuple[Matcher, ...] = ()
    patterns: tuple[tuple[re.Pattern[str], Entry], ...] = ()
    required: tuple[Required, ...] = ()
    allowed: Any = None
    allowed_digits: frozenset[str] = field(default_factory=frozenset)
    personal: bool = True
    emails: bool = False


def guide(
    entries: Iterable[Entry] = (),
    *,
    matchers: Sequence[Matcher] = (),
    required: Iterable[Required] = (),
    allowed: Iterable[str] = (),
    personal: bool = True,
    emails: bool = False,
) -> Guide:
    """Compile a guide: `entries` are the team's own, `matchers` what is shared and compiled already."""
    own, phrases = list(entries), list(allowed)
    plain = [entry for entry in own if "*" not in entry.words]
    return Guide(
        matchers=(Matcher(plain), *matchers),
        patterns=tuple((_pattern(entry.words), entry) for entry in own if "*" in entry.words),
        required=tuple(required),
        allowed=_spans_of(phrases),
        allowed_digits=frozenset(filter(None, (_digits(fold(phrase).text) for phrase in phrases))),
        personal=personal,
        emails=emails,
    )


@lru_cache(maxsize=1)
def law() -> Matcher:
    """Return the terms of the advertising law, compiled once per process."""
    entries = []
    for term in ad_law.terms():
        group = ad_law.GROUPS[term.group]
        entries.append(Entry(term.words, "law", group.label, group.reason, group.article, term.instead))
    return Matcher(entries, unless=[phrase for term in ad_law.terms() for phrase in term.unless])


def find(text: str, using: Guide) -> list[Finding]:
    """Return what is found in a text, in order; of findings inside one another the longest stays."""
    folded = fold(text)
    allowed = Cover(spans(using.allowed, folded.text))
    hits = [hit for matcher in using.matchers for hit in matcher.find(folded.text)]
    hits += _by_pattern(folded.text, using)
    hits = [hit for hit in hits if not allowed.holds(hit[0], hit[1])]
    found = [_finding(text, folded, *hit) for hit in _outermost(hits) if not _is_right(text, folded, *hit)]
    return sorted([*found, *_personal(text, folded, using, allowed)], key=lambda one: (one.start, RANK[one.source]))


def fold(text: str) -> Folded:
    """Make a text comparable: one case, one width, without marks of Markdown and signs that nobody sees."""
    plain = UNREAD.sub(lambda match: "\0" * len(match.group()), text).translate(WIDE)
    lower = plain.lower()
    if len(lower) != len(plain):  # a few signs have a longer small form: leave these as they are
        lower = "".join(small if len(small := sign.lower()) == 1 else sign for sign in plain)
    if DROPPED.search(lower) is None:
        return Folded(lower)
    kept = [at for at, sign in enumerate(lower) if not DROPPED.match(sign)]
    return Folded("".join(lower[at] for at in kept), kept)


def judge(texts: Mapping[Field, str], using: Guide) -> list[Problem]:
    """Return what is wrong with the texts of a post by field, one problem for each term of a field."""
    found = [problem for name, text in texts.items() for problem in _of_field(name, text, using)]
    found.sort(key=lambda problem: RANK[problem.code.partition("_")[0]])
    return [*found[:SHOWN_MAX], *_missing(texts, using)]


def _of_field(name: Field, text: str, using: Guide) -> Iterator[Problem]:
    together: dict[tuple[str, str], list[Finding]] = {}
    for finding in find(text, using):
        together.setdefault((finding.source, finding.term), []).append(finding)
    for findings in together.values():
        first = findings[0]
        places = tuple((one.start, one.end) for one in findings)
        sentence = _sentence(first)
        if len(places) > 1:
            count = ngettext("(%(count)s time)", "(%(count)s times)", len(places)) % {"count": len(places)}
            sentence = f"{sentence} {count}"
        yield Problem(
            f"{first.source}_{_code(first)}", sentence, name, "warn", start=first.start, end=first.end,
            excerpt=first.term, category=first.category, places=places, fixes=_fixes(name, first),
        )  # fmt: skip


def _code(finding: Finding) -> str:
    kinds = {"brand": "word", "law": "term", "list": "word"}
    return kinds.get(finding.source) or finding.name


def _sentence(finding: Finding) -> str:
    words = {
        "term": finding.term, "category": finding.category, "article": finding.article,
        "name": finding.name, "masked": finding.suggestion,
    }  # fmt: skip
    if finding.source == "personal":
        return _("%(masked)s looks like personal data: %(category)s. Does it have to be public?") % words
    if finding.source == "law":
        said = _("“%(term)s”: %(category)s, %(article)s.") % words
    elif finding.source == "brand":
        said = _("“%(term)s” is against the brand guide.") % words
    else:
        said = _("“%(term)s” is on the list “%(name)s”.") % words
    tip = _("Try “%(words)s”.") % {"words": finding.suggestion} if finding.suggestion else ""
    return " ".join(filter(None, [said, finding.reason, tip]))


def _fixes(name: Field, finding: Finding) -> tuple[Fix, ...]:
    if not finding.suggestion:
        return ()
    label = _("Replace with “%(words)s”") % {"words": finding.suggestion}
    if finding.source == "personal":
        label = _("Hide the middle: %(words)s") % {"words": finding.suggestion}
    return (Fix(f"replace:{name}:{finding.source}:{finding.term}", label, finding.suggestion),)


def _missing(texts: Mapping[Field, str], using: Guide) -> Iterator[Problem]:
    everything = "\n".join(fold(text).text for text in texts.values())
    if not everything.strip():
        return
    for rule in using.required:
        if fold(rule.words).text in everything or fold(rule.only_with).text not in everything:
            continue
        said = _("The brand guide asks for “%(words)s”, which is missing.") % {"words": rule.words}
        if rule.only_with:
            said = _("With “%(trigger)s” the brand guide asks for “%(words)s”, which is missing.") % {
                "trigger": rule.only_with, "words": rule.words,
            }  # fmt: skip
        label = _("Add “%(words)s” at the end") % {"words": rule.words}
        yield Problem(
            "brand_missing", f"{said} {rule.reason}".strip(), "body", "warn", target=rule.words,
            category=_("Required wording"), fixes=(Fix(f"append:{rule.words}", label, rule.words),),
        )  # fmt: skip


def _finding(text: str, folded: Folded, start: int, end: int, entry: Entry) -> Finding:
    first, last = folded.span(start, end)
    return Finding(
        text[first:last], first, last, str(entry.category), str(entry.reason), str(entry.article),
        entry.suggestion, entry.source, entry.name,
    )  # fmt: skip


def _is_right(text: str, folded: Folded, start: int, end: int, entry: Entry) -> bool:
    """Say whether the team's own words stand there as they should: `wechat` for WeChat, 岚序 for 岚序茶饮."""
    if entry.source != "brand" or not entry.suggestion:
        return False
    first, _last = folded.span(start, end)
    within = fold(entry.suggestion).text
    at = within.find(folded.text[start:end])
    while at >= 0:
        if text.startswith(entry.suggestion, first - at) and first >= at:
            return True
        at = within.find(folded.text[start:end], at + 1)
    return False


def _by_pattern(text: str, using: Guide) -> Iterator[tuple[int, int, Entry]]:
    for pattern, entry in using.patterns:
        for match in pattern.finditer(text):
            if _is_whole(text, *match.span()):
                yield match.start(), match.end(), entry


def _pattern(words: str) -> re.Pattern[str]:
    """Write `全国*第一` as an expression that cannot run away: each star is a few signs of one line."""
    parts = [re.escape(fold(part).text) for part in words.split("*")]
    return re.compile(rf"[^\n]{{0,{STAR_MAX}}}?".join(parts))


def _outermost(hits: list[tuple[int, int, Entry]]) -> list[tuple[int, int, Entry]]:
    """Leave out what lies inside a longer finding, and of equal ones all but the first source."""
    ordered = sorted(hits, key=lambda hit: (hit[0], -hit[1], RANK[hit[2].source]))
    kept: list[tuple[int, int, Entry]] = []
    reach = -1
    for hit in ordered:
        if hit[1] > reach or (hit[2].source == "brand" and kept[-1][2].source != "brand"):
            kept.append(hit)
            reach = max(reach, hit[1])
    return kept


def _personal(text: str, folded: Folded, using: Guide, allowed: "Cover") -> Iterator[Finding]:
    if not using.personal and not using.emails:
        return
    for one in find_private(folded.text, emails=using.emails):
        if one.kind != "email" and not using.personal:
            continue
        is_known = _digits(folded.text[one.start : one.end]) in using.allowed_digits
        if is_known or allowed.holds(one.start, one.end):
            continue
        start, end = folded.span(one.start, one.end)
        label = _private_label(one)
        yield Finding(text[start:end], start, end, label, "", "", one.masked, "personal", one.kind)


def _private_label(one: Private) -> str:
    return {
        "id_card": _("ID card number"),
        "phone": _("Mobile number"),
        "bank_card": _("Bank card number"),
        "email": _("Mail address of a person"),
    }[one.kind]


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text) if re.search(r"\d{2}", text) else ""


def _spans_of(phrases: Iterable[str]) -> Any:
    made = ahocorasick.Automaton()
    for phrase in phrases:
        if words := fold(phrase).text:
            made.add_word(words, len(words))
    made.make_automaton()
    return made


def spans(phrases: Any, text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of every phrase that stands in the text."""
    if phrases is None or not len(phrases):
        return
    for last, length in phrases.iter(text):
        yield last - length + 1, last + 1


def _is_whole(text: str, start: int, end: int) -> bool:
    """A Latin word or a number counts only when no letter or digit goes on beside it."""
    return not (
        (_is_latin(text[start]) and start and _is_latin(text[start - 1]))
        or (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))
    )


def _is_latin(sign: str) -> bool:
    return sign.isalnum() and ord(sign) < 0x2E80
