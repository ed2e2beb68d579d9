"""Days and weeks in a zone. Weeks start on Monday."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one starts."""
        return Period(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def days(self) -> Iterator[date]:
        for n in range(self.length):
            yield self.first + timedelta(days=n)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day of an aware moment in a zone."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day in a zone, aware."""
    return datetime.combine(day, time.min, zone)


def last_days(count: int, today: date) -> Period:
    """Return the `count` days that end yesterday: today is not over, so it is not compared."""
    return Period(today - timedelta(days=count), today - timedelta(days=1))


def week_of(day: date) -> Period:
    """Return the Monday-to-Sunday week of a day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))
