"""A campaign's days as lanes, in per cent of its length; for drawing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from campaigns.models import Campaign, Phase, Task
from campaigns.models.task import TaskState

NEAR = 8
"""Day labels nearer than this (per cent) to the one of today would run into it."""
NARROWEST = 1.0


@dataclass(frozen=True)
class Bar:
    """A phase on the line: where it begins and how long it is (per cent), and whether it runs."""

    phase: Phase
    at: float
    width: float
    kind: str


@dataclass(frozen=True)
class Mark:
    """One task on the line: where it stands (per cent) and how it stands."""

    task: Task
    at: float
    kind: str


@dataclass(frozen=True)
class Lanes:
    """What the timeline draws. `now` is None when today lies outside the campaign."""

    now: float | None
    ticks: list[tuple[float, date]]
    bars: list[Bar]
    marks: list[Mark]


def lanes_of(campaign: Campaign, phases: Iterable[Phase], tasks: Iterable[Task], today: date) -> Lanes:
    """Place phases and dated tasks on the campaign's days, each day a stretch of equal length.

    What lies outside these days stands at their edge; late undone tasks are `late`.
    """
    length = (campaign.ends_on - campaign.starts_on).days + 1

    def place(day: date) -> float:
        return round(min(max((day - campaign.starts_on).days / length, 0), 1) * 100, 1)

    def bar(phase: Phase) -> Bar:
        at, end = place(phase.starts_on), place(phase.ends_on + timedelta(days=1))
        return Bar(phase, min(at, 100 - NARROWEST), max(round(end - at, 1), NARROWEST), _running(phase, today))

    bars = [bar(phase) for phase in phases]
    marks = [Mark(task, place(task.due_on), _kind(task, today)) for task in tasks if task.due_on is not None]
    now = place(today) if campaign.starts_on <= today <= campaign.ends_on else None
    days = [campaign.starts_on + timedelta(days=n) for n in range(0, length, max((length - 1) // 4, 1))]
    ticks = [(place(day), day) for day in days if now is None or abs(place(day) - now) >= NEAR]
    return Lanes(now, ticks, bars, marks)


def _running(phase: Phase, today: date) -> str:
    if phase.ends_on < today:
        return "done"
    return "now" if phase.starts_on <= today else "next"


def _kind(task: Task, today: date) -> str:
    if task.state == TaskState.DONE:
        return "done"
    return "late" if task.due_on and task.due_on < today else "next"
