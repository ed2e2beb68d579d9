"""Short-lived tokens that all workers share: one fetches, the others wait for it."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator

from django.core.cache import cache
from redis.exceptions import RedisError

from mediaops.lib.sealing import CannotOpen, seal, unseal
from platforms.connectors.account import TokenShelf

log = logging.getLogger(__name__)

FETCHING_S = 75
"""A fetch that takes longer belongs to a dead worker; longer than any call of ours may last."""
WAIT_S, STEP_S = 30.0, 0.05


class SharedShelf(TokenShelf):
    """Tokens in the cache, sealed. A cache that was emptied or is away costs another fetch, nothing else."""

    def __init__(self, platform: str) -> None:
        super().__init__()
        self._platform = platform

    def take(self, name: str, make: Callable[[], tuple[str, float]], *, dead: str = "") -> str:
        key = f"token:{self._platform}:{name}"
        found = self._held(key)
        if found and found != dead:
            return found
        with self._turn(f"{key}:fetching") as is_ours:
            found = self._held(key) if is_ours else self._waited_for(key, dead)
            if found and found != dead:
                return found
            token, seconds = make()
            with _cache_may_be_away():
                cache.set(key, seal({"token": token}), timeout=max(1, int(seconds)))
            return token

    def _held(self, key: str) -> str:
        with _cache_may_be_away(), contextlib.suppress(CannotOpen):
            sealed = cache.get(key)
            return unseal(sealed).get("token", "") if sealed else ""
        return ""

    @contextlib.contextmanager
    def _turn(self, key: str) -> Iterator[bool]:
        """Say whether we are the one that fetches; the turn ends with the block."""
        own, is_ours = secrets.token_hex(8), True
        with _cache_may_be_away():
            is_ours = bool(cache.add(key, own, timeout=FETCHING_S))
        try:
            yield is_ours
        finally:
            with _cache_may_be_away():
                if is_ours and cache.get(key) == own:
                    cache.delete(key)

    def _waited_for(self, key: str, dead: str) -> str:
        """Wait for the one that fetches; "" when it gave up, or takes too long."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            found = self._held(key)
            if found and found != dead:
                return found
            with _cache_may_be_away():
                if cache.get(f"{key}:fetching") is None:
                    return self._held(key)
            time.sleep(STEP_S)
        return ""


@contextlib.contextmanager
def _cache_may_be_away() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        log.warning("the shelf of tokens is out of reach: %s", type(error).__name__)
