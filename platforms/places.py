"""Places for the calls that worker processes make, so that no server, however it hangs, holds them all.

Whatever a worker asks of a platform, it first takes a place; what gets none is put off by seconds. One
server has places for all processes but one. All servers that were slow lately share as many; the last
place is for servers not known to be slow. One that begins to hang can hold that too, but once, for one
call: a write there may take its time, anything else no longer than what makes a server slow.

Publications go first: a reader whose place one of them wants gives way before its next request.

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

from django.conf import settings
from django.core.cache import cache

from platforms.models import Account

log = logging.getLogger(__name__)

SOON = timedelta(seconds=3)
"""When what got no place is tried again."""
SLOW_S = 5.0
"""A server that lets us wait so long is slow."""
SLOW_FOR_S = 300
WANTED_S = 5
RENEWED_S = 10.0
SPARE_S = 30.0
"""Kept so much longer than one request may take."""
_PROGRAM = secrets.token_hex(4)
_SENDS, _READS = "sends", "reads"


class GiveWay(Exception):
    """A publication wants the place of this reading, which is to go on in a moment (`SOON`)."""


class Place:
    """What one task holds while it talks to a server."""

    def __init__(self, account: Account, *, goes_first: bool, may_give_way: bool) -> None:
        self._server = hashlib.sha256(f"{account.platform} {account.server}".encode()).hexdigest()[:32]
        self._goes_first, self._may_give_way = goes_first, may_give_way
        self._keys: list[str] = []
        self._until = 0.0

    def take(self) -> bool:
        """Take one of the server's places and one of all; False, holding nothing, where none is free."""
        common, last = _numbered("common"), [_key("last")]
        rooms = last + common if self._goes_first else common + last
        if cache.get(f"slow-{self._server}"):
            rooms = common
        if self._take_one(_numbered(self._server)) and self._take_one(rooms):
            return True
        self.leave()
        return False

    def leave(self) -> None:
        """Free what is held, unless it ended by itself and may be somebody else's."""
        if self._keys and time.monotonic() < self._until:
            cache.delete_many(self._keys)
        self._keys = []

    def before(self, most_s: float) -> float | None:
        """Keep the place for a request of at most `most_s`; return how long it may take here, None for as long.

        Raises GiveWay where a publication wants the place.
        """
        if self._may_give_way and cache.get_many([_wanted(key) for key in self._keys]):
            raise GiveWay
        if time.monotonic() + most_s + SPARE_S - RENEWED_S > self._until:
            self._hold(most_s)
        return SLOW_S if _key("last") in self._keys and not self._goes_first else None

    def after(self, seconds: float) -> None:
        """Note how long the server took to answer, or not to."""
        if seconds >= min(SLOW_S, settings.PLATFORM_TIMEOUT_S):
            log.info("a server is slow: %.1f s", seconds)
            cache.set(f"slow-{self._server}", 1, SLOW_FOR_S)

    def _take_one(self, keys: list[str]) -> bool:
        wanted = {} if self._goes_first else cache.get_many([_wanted(key) for key in keys])
        kind = _READS if self._may_give_way else _SENDS
        most_s = _longest_s()
        for key in keys:
            if _wanted(key) not in wanted and cache.add(key, kind, most_s + SPARE_S):
                self._keys.append(key)
                self._until = time.monotonic() + most_s + SPARE_S - 1
                return True
        if self._goes_first:
            read = [key for key, held in cache.get_many(keys).items() if held == _READS]
            cache.set_many({_wanted(key): 1 for key in read}, WANTED_S)
        return False

    def _hold(self, most_s: float) -> None:
        for key in self._keys:
            cache.touch(key, most_s + SPARE_S)
        self._until = time.monotonic() + most_s + SPARE_S - 1


@contextmanager
def taken(account: Account, *, goes_first: bool = False, may_give_way: bool = True) -> Iterator[bool]:
    """Take a place for calls to the account's server until the block ends; False where it has to wait.

    `goes_first` is for publications. What cannot be broken off between two requests says so.
    """
    place = Place(account, goes_first=goes_first, may_give_way=may_give_way and not goes_first)
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
    return 3.0 * settings.PLATFORM_TIMEOUT_S


def _key(name: str) -> str:
    return f"place-{_PROGRAM}-{name}"


def _numbered(name: str) -> list[str]:
    return [_key(f"{name}-{number}") for number in range(lanes())]


def _wanted(key: str) -> str:
    return f"{key}-wanted"
