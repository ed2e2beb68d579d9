"""How often is too often, and who is asking: counted in the cache, nothing is kept for longer than a day."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

DAY = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class Pace:
    """At most `most` times within `seconds`, for each one who asks."""

    name: str
    most: int
    seconds: int

    def spend(self, who: str) -> float:
        """Count one more; return 0, or the seconds to wait when it is too much."""
        return self.seconds if count(f"site:{self.name}:{who}", self.seconds) > self.most else 0


def count(name: str, seconds: float) -> int:
    """Add one to a counter that is forgotten `seconds` after its first, and return it."""
    try:
        return cache.incr(name)
    except ValueError:  # there is none yet
        return 1 if cache.add(name, 1, seconds) else cache.incr(name)


def salt_of(day: date) -> str:
    """Return the random salt of a day. It lives in the cache only, and is gone two days later."""
    name = f"site:salt:{day.isoformat()}"
    salt = cache.get(name)
    if salt is None:
        cache.add(name, secrets.token_hex(16), 2 * DAY)
        salt = cache.get(name) or ""
    return salt


def address_of(request: HttpRequest) -> str:
    """Return the visitor's address; behind a proxy, the one that our own proxy saw (the last it added)."""
    if settings.SECURE_PROXY_SSL_HEADER:
        told = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        return told or request.META.get("REMOTE_ADDR", "")
    return request.META.get("REMOTE_ADDR", "")
