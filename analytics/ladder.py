"""How often a post is read: young ones often, old ones rarely."""

from datetime import datetime, timedelta

STEPS: tuple[tuple[timedelta, timedelta], ...] = (
    # up to this age: read again after
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=30), timedelta(days=1)),
)
OLD = timedelta(days=7)
ACCOUNT_EVERY = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)


def next_reading(published_at: datetime, now: datetime) -> datetime:
    """Return when a post should be read after a reading at `now`."""
    age = now - published_at
    for limit, step in STEPS:
        if age < limit:
            return now + step
    return now + OLD


def after_failure(failures: int, now: datetime, *, wait_s: float | None = None) -> datetime:
    """Return when to try again after `failures` readings in a row failed: doubling from 5 minutes to a day."""
    wait = min(timedelta(minutes=5) * 2 ** min(failures, 10), LONGEST_WAIT)
    return now + max(wait, timedelta(seconds=wait_s or 0))
