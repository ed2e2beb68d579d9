"""Signs of life of worker and clock, kept in the cache."""

import logging
import time

from django.core.cache import cache

log = logging.getLogger(__name__)
KEPT_S = 24 * 3600


def beat(name: str) -> None:
    """Note that `name` is alive now. A cache that does not answer is no reason to stop."""
    try:
        cache.set(f"pulse:{name}", time.time(), KEPT_S)
    except Exception as error:  # whatever the cache's driver raises
        log.warning("pulse of %s not noted: %s", name, type(error).__name__)


def age_s(name: str) -> float | None:
    """Return the seconds since the last sign of life, or None when there was none for a day."""
    at = cache.get(f"pulse:{name}")
    return None if at is None else max(0.0, time.time() - at)
