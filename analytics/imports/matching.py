"""Which post a row of a file speaks of: by id, by address, by what a person once said, by title and time."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models.functions import Substr
from django.utils.translation import gettext_lazy

from analytics.imports.layouts import Row
from analytics.imports.numbers import BEIJING, folded
from analytics.models.imported_file import ImportedRow, RowState
from mediaops.lib.said import said as _
from platforms.connectors.exports import address_key
from platforms.models import Account, Post

NEAR = timedelta(minutes=10)
"""How far the two times may lie apart: platforms tell when they let a post out, not when it was sent."""
LENGTH = 200
MADE = "file:"
"""How the ids of posts begin that a file told of without an id of the platform's own."""
_TAG = re.compile(r"[#＃][^\s#＃]+[#＃]?")


@dataclass(frozen=True)
class Match:
    """What a row was found to be: a post, nothing (`said` tells why), or left out by an earlier decision."""

    post: int | None = None
    said: Any = ""
    is_ignored: bool = False


_OTHER_TIME = Match(said=gettext_lazy("A post has this title, but another time."))
_UNTITLED = Match(said=gettext_lazy("The row has no title, and no single post is of its minute."))
_NOBODY = Match(said=gettext_lazy("No post of the account has this title and time."))


def row_key(values: Mapping[str, Any]) -> str:
    """Return what a later file's row about the same post has too."""
    at = values.get("published_at")
    url = values.get("url")
    told = values.get("remote_id") or (address_key(url) if url else "")
    if not told:
        told = (
            f"{folded(values.get('title') or '')}\n{at:%Y-%m-%dT%H:%M}" if at else folded(values.get("title") or "")
        )
    return hashlib.sha256(told.encode()).hexdigest()


class PostIndex:
    """The posts of an account as rows look for them; read once for a whole file.

    There may be some 100,000 posts, so words are kept as their 64-bit hashes, which take a third of the memory: that
    any two of 300,000 share one happens once in hundreds of millions of files.
    """

    def __init__(self, account: Account) -> None:
        self._by_id: dict[int, int] = {}
        self._by_address: dict[int, int] = {}
        self._by_title: dict[int, int | list[int]] = {}
        """One post, as nearly always, or all that share the title."""
        self._with_own_id: set[int] = set()
        self.published: dict[int, datetime] = {}
        """When each post went out."""
        rows = Post.objects.filter(account=account).order_by("pk").annotate(words=Substr("text", 1, LENGTH * 2))
        for pk, remote_id, url, title, words, at in rows.values_list(
            "pk", "remote_id", "url", "title", "words", "published_at"
        ).iterator(chunk_size=1000):
            self._add(pk, remote_id, url, [title, words], at)
        self._decided = _decisions(account)

    def _add(self, pk: int, remote_id: str, url: str, words: Iterable[str], at: datetime) -> None:
        self._by_id[hash(remote_id)] = pk
        self.published[pk] = at
        if "://" not in remote_id and not remote_id.startswith(MADE):
            self._with_own_id.add(pk)
        for address in (url, remote_id):
            if "://" in address and (key := address_key(address)):
                self._by_address.setdefault(hash(key), pk)
        for title in {variant for text in words for variant in _variants(text)}:
            same = self._by_title.setdefault(hash(title), pk)
            if isinstance(same, list):
                same.append(pk)
            elif same != pk:
                self._by_title[hash(title)] = [same, pk]

    def _titled(self, words: str) -> set[int]:
        """Return the posts with a title, in any of its forms."""
        found: set[int] = set()
        for title in _variants(words):
            same = self._by_title.get(hash(title), [])
            found.update(same if isinstance(same, list) else [same])
        return found

    def find(self, row: Row, key: str) -> Match:
        """Return the post that a row speaks of. No query: the index knows all."""
        values = row.values
        if (own := values.get("remote_id")) and (pk := self._by_id.get(hash(own))):
            return Match(pk)
        if key in self._decided:
            decided = self._decided[key]
            return Match(decided) if decided else Match(is_ignored=True)
        address = address_key(values.get("url") or "")
        if address and (pk := self._by_address.get(hash(address))):
            return Match(pk)
        if pk := self._by_id.get(hash(MADE + key)):
            return Match(pk)
        return self._by_words(row, bool(own))

    def _by_words(self, row: Row, has_own_id: bool) -> Match:
        if not row.values.get("title"):
            return self._by_minute(row)
        named = self._titled(row.values["title"])
        if has_own_id:
            named = {pk for pk in named if pk not in self._with_own_id}  # the platform says that they are two
        near = named
        at = row.values.get("published_at")
        if at is not None and row.is_day_only:
            day = at.astimezone(BEIJING).date()
            near = {pk for pk in named if self.published[pk].astimezone(BEIJING).date() == day}
        elif at is not None:
            near = {pk for pk in named if abs(self.published[pk] - at) <= NEAR}
        if len(near) == 1:
            return Match(near.pop())
        if near:
            return Match(said=_("%(n)s posts have this title and time.") % {"n": len(near)})
        if named:
            return _OTHER_TIME
        return _NOBODY

    def _by_minute(self, row: Row) -> Match:
        """Find a post for a row without a title: the only one of that minute."""
        at = row.values.get("published_at")
        found = self._minutes.get(_minute(at), []) if at is not None and not row.is_day_only else []
        return Match(found[0]) if len(found) == 1 else _UNTITLED

    @cached_property
    def _minutes(self) -> dict[datetime, list[int]]:
        minutes: dict[datetime, list[int]] = defaultdict(list)
        for pk, at in self.published.items():
            minutes[_minute(at)].append(pk)
        return minutes


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _variants(words: str) -> set[str]:
    """Return the forms in which a title is compared: whole, its first line, and without #topics."""
    if not words:
        return set()
    words = words[: LENGTH * 4]
    if "\n" not in words and "#" not in words and "＃" not in words:
        return {folded(words)[:LENGTH]} - {""}
    first = words.strip().partition("\n")[0]
    return {folded(form)[:LENGTH] for form in (words, first, _TAG.sub(" ", words), _TAG.sub(" ", first))} - {""}


def _decisions(account: Account) -> dict[str, int | None]:
    """Return what people said about rows of earlier files, latest last: a post's id, None for left out."""
    rows = ImportedRow.objects.filter(imported__account=account).exclude(key="").order_by("pk")
    decided: dict[str, int | None] = {}
    for state, key, post in rows.filter(state__in=[RowState.MATCHED, RowState.MADE, RowState.IGNORED]).values_list(
        "state", "key", "post_id"
    ):
        if state == RowState.IGNORED:
            decided[key] = None
        elif post:
            decided[key] = post
    return decided
