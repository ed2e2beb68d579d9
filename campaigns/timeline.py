"""A campaign's days as lanes, in per cent of its length; for drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Campaign, Task


@dataclass(frozen=True)
class Mark:
    """One task on the line: where it stands (per cent) and how it stands."""

    title: str
    at: float
    day: date
    kind: str


@dataclass(frozen=True)
class Lanes:
    """What the timeline draws. `now` is None when today lies outside the campaign."""

    now: float | None
    ticks: list[tuple[float, date]]
    marks: list[Mark]


def lanes_of(campaign: Campaign, tasks: Iterable[Task], today: date) -> Lanes:
    """Place the campaign's dated tasks on its days; late undone ones are `late`."""
    length = max((campaign.ends_on - campaign.starts_on).days, 1)

    def place(day: date) -> float:
        return round(min(max((day - campaign.starts_on).days / length, 0), 1) * 100, 1)

    step = max(length // 4, 1)
    days = [campaign.starts_on + timedelta(days=n) for n in range(0, length + 1, step)]
    marks = [
        Mark(task.title, place(task.due_on), task.due_on, _kind(task, today))
        for task in tasks
        if task.due_on is not None
    ]
    inside = campaign.starts_on <= today <= campaign.ends_on
    return Lanes(place(today) if inside else None, [(place(day), day) for day in days], marks)


def _kind(task: Task, today: date) -> str:
    if task.state == "done":
        return "done"
    return "late" if task.due_on and task.due_on < today else "next"
