"""Words that the advertising law of the People's Republic forbids or makes risky, as data.

`ad_law.tsv` has one term a line: the words, the group it belongs to, words to put instead, and
phrases in which the term means something harmless ("|" between them; `第一[次步]` stands for 第一次 and
第一步). A group says which article of 中华人民共和国广告法 (as amended on 2021-04-29) speaks of it and why.
Aims (顾客第一), times and the product's own best date (最佳赏味期) are let alone, as 广告绝对化用语执法指南 of
the State Administration for Market Regulation means them. The list is ours; it is help, not legal advice.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

FILE = Path(__file__).with_name("ad_law.tsv")


@dataclass(frozen=True)
class Group:
    """A kind of claim: its name, the article that speaks of it, and the reason. All lazy translations."""

    label: Any
    article: Any
    reason: Any


@dataclass(frozen=True)
class Term:
    """One term of the list. `instead` may be "": then only leaving it out helps."""

    words: str
    group: str
    instead: str
    unless: tuple[str, ...]


GROUPS: dict[str, Group] = {
    "absolute": Group(
        _("Absolute claim"),
        _("Advertising Law, art. 9 (3)"),
        _("“Best” and “highest” cannot be proven; fines begin at ¥200,000."),
    ),
    "ranking": Group(
        _("Claim to be first"),
        _("Advertising Law, art. 9 (3)"),
        _("A rank needs a source and a date, and is risky even with them."),
    ),
    "price": Group(
        _("Price claim"),
        _("Advertising Law, art. 9 (3); Price Law, art. 14 (4)"),
        _("A price may be compared only with one that was really asked."),
    ),
    "authority": Group(
        _("Name of the state or an authority"),
        _("Advertising Law, art. 9 (2)"),
        _("State bodies, their people and their approval are not used for advertising."),
    ),
    "proof": Group(
        _("Proof without source"),
        _("Advertising Law, art. 11 and 28"),
        _("Figures, tests and opinions must be true and name where they come from."),
    ),
    "efficacy": Group(
        _("Promised effect"),
        _("Advertising Law, art. 16 and 18"),
        _("Effect and safety must not be promised, nor rates of success told."),
    ),
    "medical": Group(
        _("Medical effect"),
        _("Advertising Law, art. 17"),
        _("Only medicine, medical devices and medical care may speak of treating illness."),
    ),
    "finance": Group(
        _("Promised gain"),
        _("Advertising Law, art. 25"),
        _("Gain, safety of the capital and absence of risk must not be promised."),
    ),
    "education": Group(
        _("Promised result of learning"),
        _("Advertising Law, art. 24"),
        _("Passing, admission and jobs must not be promised."),
    ),
    "property": Group(
        _("Property claim"),
        _("Advertising Law, art. 26"),
        _("Rising value must not be promised, nor distance told in minutes."),
    ),
    "urgency": Group(
        _("Pressure of time"),
        _("Advertising Law, art. 8 and 28"),
        _("Say until when and how many; pressure without a date misleads."),
    ),
    "disparage": Group(
        _("Running others down"),
        _("Advertising Law, art. 13"),
        _("Advertising must not belittle what others sell."),
    ),
    "superstition": Group(
        _("Superstition"),
        _("Advertising Law, art. 9 (8)"),
        _("Advertising must not contain superstition."),
    ),
    "patent": Group(
        _("Patent not granted"),
        _("Advertising Law, art. 12"),
        _("Only a granted patent may be named, with its number and kind."),
    ),
    "milk": Group(
        _("Instead of mother’s milk"),
        _("Advertising Law, art. 20"),
        _("Nothing may be said to replace mother’s milk."),
    ),
    "alcohol": Group(
        _("Inviting to drink"),
        _("Advertising Law, art. 23"),
        _("Advertising must not invite to drink much, nor praise drinking for the body or the mood."),
    ),
}


@lru_cache(maxsize=1)
def terms() -> tuple[Term, ...]:
    """Return every term of the list, as it stands in the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Term(row["term"], row["group"], row["instead"] or "", tuple(_spelled_out(row["unless"] or "")))
            for row in rows
        )


def _spelled_out(phrases: str) -> list[str]:
    """Write out `第一[次步]` as 第一次 and 第一步."""
    found: list[str] = []
    for phrase in filter(None, phrases.split("|")):
        match = re.fullmatch(r"(.*)\[(.+)\](.*)", phrase)
        found += [f"{match[1]}{sign}{match[3]}" for sign in match[2]] if match else [phrase]
    return found
