"""Sentences that are kept: made once, read later by people of either language.

`said` is gettext whose result remembers its message and words, so that the sentence can be kept in
every language at the moment it is made. It is a `str`, and a caller that does not care need not know.
"""

from collections.abc import Mapping
from typing import Any, Self

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext


class Said(str):
    """A translated sentence with the message ids and the words it was made of."""

    messages: tuple[str, ...]
    number: int
    words: Mapping[str, object] | None

    def __new__(cls, messages: tuple[str, ...], number: int = 1, words: Mapping[str, object] | None = None) -> Self:
        made = super().__new__(cls, _translated(messages, number, words))
        made.messages, made.number, made.words = messages, number, words
        return made

    def __mod__(self, words: Any) -> "Said":
        return Said(self.messages, self.number, words)


def said(message: str) -> Said:
    """Return the message in the language active now; `%` fills it. Import it as `_`."""
    return Said((message,))


def nsaid(one: str, many: str, number: int) -> Said:
    """As `said`, by number. Import it as `ngettext`."""
    return Said((one, many), number)


def in_every_language(sentence: object, most: int) -> dict[str, str]:
    """Return the sentence by language, each at most `most` characters; empty when it has but one form.

    `sentence` is a `Said`, a lazy translation, or an error made of one.
    """
    told = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            told[code] = _anew(sentence)[:most]
    return told if len(set(told.values())) > 1 else {}


def reason(sentence: object, most: int) -> dict[str, Any]:
    """Return the columns of a `mediaops.models.Reason` for a sentence, for `update` and `move`."""
    return {"problem": str(sentence or "")[:most], "problem_in": in_every_language(sentence, most)}


def read(kept: str, told: Mapping[str, str]) -> str:
    """Return the sentence `kept` in the reader's language, where `told` holds it by language."""
    return told.get(get_language() or "", kept) if kept in told.values() else kept


def _translated(messages: tuple[str, ...], number: int, words: Mapping[str, object] | None) -> str:
    text = gettext(messages[0]) if len(messages) == 1 else ngettext(messages[0], messages[1], number)
    return text if words is None else text % {name: _anew(word) for name, word in words.items()}


def _anew(sentence: object) -> str:
    """Say it in the language active now."""
    sentence = getattr(sentence, "sentence", sentence)  # an error carries what it was made of
    if isinstance(sentence, Said):
        return _translated(sentence.messages, sentence.number, sentence.words)
    return "" if sentence is None else str(sentence)
