"""To-dos: giving, moving, finishing."""

from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.models import Task
from campaigns.models.task import TASK_MOVES, TaskState
from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace


def give_task(workspace: Workspace, *, by: Membership, now: datetime, **fields: Any) -> Task:
    """Make a task; its assignee is told, unless they gave it to themselves."""
    task = Task.objects.create(workspace=workspace, made_by=by, made_at=now, **fields)
    record(by=by, verb="task.made", subject=task)
    _tell(task, by)
    return task


def change_task(task: Task, changes: dict[str, Any], *, by: Membership) -> Task:
    """Write changed fields; a new assignee is told."""
    was = task.assignee_id
    Task.objects.filter(pk=task.pk).update(**changes)
    for name, value in changes.items():
        setattr(task, name, value)
    record(by=by, verb="task.changed", subject=task, fields=sorted(changes))
    if task.assignee_id != was:
        _tell(task, by)
    return task


def move_task(task: Task, to: str, *, by: Membership, now: datetime) -> Task:
    """Take a task to another state, or raise WrongState."""
    move(task, TASK_MOVES, to, done_at=now if to == TaskState.DONE else None)
    record(by=by, verb="task.moved", subject=task, now=to)
    return task


def _tell(task: Task, by: Membership) -> None:
    if task.assignee is None or task.assignee_id == by.pk:
        return
    notify(
        [task.assignee],
        kind="task.given",
        key=f"task-{task.pk}-given-{task.assignee_id}",
        text=format_lazy(_("{name} gave you a task: {task}"), name=by.name, task=task.title),
        url=f"/w/{task.workspace.slug}/tasks/{task.pk}/",
    )
