"""To-dos of people."""

from datetime import date
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class TaskState(models.TextChoices):
    OPEN = "open", _("To do")
    DOING = "doing", _("In progress")
    DONE = "done", _("Done")


TASK_MOVES: Moves = {
    TaskState.OPEN: {TaskState.DOING, TaskState.DONE},
    TaskState.DOING: {TaskState.OPEN, TaskState.DONE},
    TaskState.DONE: {TaskState.OPEN},
}


class TaskQuerySet(WorkspaceQuerySet):
    def undone(self) -> Self:
        return self.exclude(state=TaskState.DONE)

    def of(self, member: Membership) -> Self:
        return self.filter(assignee=member)

    def overdue(self, today: date) -> Self:
        """Keep undone tasks whose day has passed."""
        return self.undone().filter(due_on__lt=today)


class Task(models.Model):
    """One row is one thing a person has to do, with or without a campaign."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    campaign = models.ForeignKey(
        Campaign, models.CASCADE, null=True, blank=True, related_name="tasks", verbose_name=_("Campaign")
    )
    title = models.CharField(_("Task"), max_length=200)
    note = models.TextField(_("Note"), blank=True)
    assignee = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Who")
    )
    due_on = models.DateField(_("Due"), null=True, blank=True)
    state = models.CharField(max_length=6, choices=TaskState, default=TaskState.OPEN)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["workspace", "state", "due_on"], name="tasks_by_state_and_day")]

    def __str__(self) -> str:
        return self.title
