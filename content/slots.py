"""Free moments among weekly slots. Pure: time and what is taken come in as arguments."""

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 57
"""Eight weeks and today: past that, the slots are simply full."""


def free_moments(
    slots: Iterable[tuple[int, time]], taken: Collection[datetime], after: datetime, zone: ZoneInfo, *, count: int = 1
) -> list[datetime]:
    """Return the first `count` slots (weekday, time of day in `zone`) after `after` that are not taken.

    A time that the clocks skip on that day is left out.
    """
    weekly = sorted(slots)
    found: list[datetime] = []
    first = after.astimezone(zone).date()
    for offset in range(DAYS_AHEAD):
        day = first + timedelta(days=offset)
        for weekday, clock in weekly:
            moment = datetime.combine(day, clock, tzinfo=zone)
            if weekday != day.weekday() or moment <= after or moment in taken or not _exists(moment):
                continue
            found.append(moment)
            if len(found) == count:
                return found
    return found


def _exists(moment: datetime) -> bool:
    back = moment.astimezone(ZoneInfo("UTC")).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)
