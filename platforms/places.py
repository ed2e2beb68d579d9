"""Places for the calls that worker processes make, so that no server, however it hangs, holds them all.

Whatever a worker asks of a platform, it first takes a place; what gets none is put off by seconds. One
server has places for all processes but one. All servers that were slow lately share as many; the last
place is for servers not known to be slow. One that begins to hang can hold that too, but once, for one
call: a write there may take its time, anything else no longer than what makes a server slow.

Publications and answers go before reading: a reader whose place is wanted gives way before its next request.

Places belong to one worker program (its processes are forked from one), so a program that starts
anew finds all of them free; those of a process that died end by themselves.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.core.cache import cache

from platforms.connectors.http import WHOLE
from platforms.models import Account

log = logging.getLogger(__name__)

SOON = timedelta(seconds=3)
"""When what got no place is tried again."""
SLOW_S = 5.0
"""A server that lets us wait so long is slow."""
SLOW_FOR_S = 300
WANTED_S = 8
"""So long a place that was wanted is kept from readers."""
FOR_READER_S, ASIDE_S, POLL_S = 1.0, 2.0, 0.05
"""How long one waits for a reader to give way, and the reader for its place, before each does something else."""
NOT_AGAIN_S = 120
"""A server's readers that began anew once are left alone so long, or they would never come to an end."""
RENEWED_S = 10.0
SPARE_S = 30.0
"""Kept so much longer than one request may take."""
_PROGRAM = secrets.token_hex(4)

Errand = Literal["publishes", "answers", "reads"]
"""What a task is about. Only reading can be broken off between two requests."""


class GiveWay(Exception):
    """Something that goes first wants the place of this reading, which is to begin anew in a moment (`SOON`)."""


class Place:
    """What one task holds while it talks to a server."""

    def __init__(self, account: Account, errand: Errand) -> None:
        self._server = hashlib.sha256(f"{account.platform} {account.server}".encode()).hexdigest()[:32]
        self._errand = errand
        self._keys: list[str] = []
        self._until = 0.0

    def take(self) -> bool:
        """Take one of the server's places and one of all; False, holding nothing, where none is free.

        Who goes before readers waits a moment for one to give way.
        """
        blocked = self._try()
        if not blocked:
            return True
        if self._errand == "reads" or not _ask_readers(blocked):
            return False
        return self._wait(FOR_READER_S)

    def leave(self) -> None:
        """Free what is held, unless it ended by itself and may be somebody else's."""
        if self._keys and time.monotonic() < self._until:
            cache.delete_many([*self._keys, *([] if self._errand == "reads" else map(_wanted, self._keys))])
        self._keys = []

    def before(self, most_s: float) -> float | None:
        """Keep the place for a request of at most `most_s`; return how long it may take here, None for as long.

        A reader whose place is wanted lets the other one in; raises GiveWay where that takes long.
        """
        if self._errand == "reads" and self._wanted_of(self._keys):
            self._step_aside()
        if time.monotonic() + most_s + SPARE_S - RENEWED_S > self._until:
            self._hold(most_s)
        return SLOW_S if _key("last") in self._keys and self._errand != "publishes" else None

    def after(self, seconds: float) -> None:
        """Note how long the server took to answer, or not to."""
        if seconds >= min(SLOW_S, settings.PLATFORM_TIMEOUT_S):
            log.info("a server is slow: %.1f s", seconds)
            cache.set(f"slow-{self._server}", 1, SLOW_FOR_S)

    def _try(self) -> list[str]:
        """Take what is needed; return the keys of which none was free, [] where all is taken."""
        common, last = _numbered("common"), [_key("last")]
        rooms = last + common if self._errand == "publishes" else common + last
        if cache.get(f"slow-{self._server}"):
            rooms = common
        for keys in (_numbered(self._server), rooms):
            if not self._take_one(keys):
                self.leave()
                return keys
        return []

    def _take_one(self, keys: list[str]) -> bool:
        wanted = self._wanted_of(keys) if self._errand == "reads" else set()
        most_s = _longest_s()
        for key in keys:
            if key not in wanted and cache.add(key, self._errand, most_s + SPARE_S):
                self._keys.append(key)
                self._until = time.monotonic() + most_s + SPARE_S - 1
                return True
        return False

    def _wanted_of(self, keys: list[str]) -> set[str]:
        """Return which of the keys a reader leaves to others; none for a while after one gave way."""
        gave_way = self._gave_way
        found = cache.get_many([gave_way, *map(_wanted, keys)])
        return set() if gave_way in found else {key for key in keys if _wanted(key) in found}

    def _step_aside(self) -> None:
        self.leave()
        if not self._wait(ASIDE_S):
            cache.set(self._gave_way, 1, NOT_AGAIN_S)
            raise GiveWay

    def _wait(self, most_s: float) -> bool:
        end = time.monotonic() + most_s
        while time.monotonic() < end:
            time.sleep(POLL_S)
            if not self._try():
                return True
        return False

    @property
    def _gave_way(self) -> str:
        return f"gave-way-{self._server}"

    def _hold(self, most_s: float) -> None:
        for key in self._keys:
            cache.touch(key, most_s + SPARE_S)
        self._until = time.monotonic() + most_s + SPARE_S - 1


def _ask_readers(keys: list[str]) -> bool:
    """Say to readers that their places among these are wanted; False where none of them is a reader's."""
    read = [_wanted(key) for key, errand in cache.get_many(keys).items() if errand == "reads"]
    cache.set_many(dict.fromkeys(read, 1), WANTED_S)
    return bool(read)


@contextmanager
def taken(account: Account, errand: Errand = "reads") -> Iterator[bool]:
    """Take a place for calls to the account's server until the block ends; False where it has to wait.

    What reads must be ready for GiveWay.
    """
    place = Place(account, errand)
    if not place.take():
        yield False
        return
    held = _current.set(place)
    try:
        yield True
    finally:
        _current.reset(held)
        place.leave()


def current() -> Place | None:
    """Return the place of the task that runs; None outside `taken`, as in answers to people."""
    return _current.get()


def lanes() -> int:
    """Return how many processes one server, or all slow ones, may hold: all but one, and at least one."""
    return max(1, settings.CELERY_WORKER_CONCURRENCY - 1)


_current: ContextVar[Place | None] = ContextVar("place", default=None)


def _longest_s() -> float:
    return float(WHOLE * settings.PLATFORM_TIMEOUT_S)


def _key(name: str) -> str:
    return f"place-{_PROGRAM}-{name}"


def _numbered(name: str) -> list[str]:
    return [_key(f"{name}-{number}") for number in range(lanes())]


def _wanted(key: str) -> str:
    return f"{key}-wanted"
