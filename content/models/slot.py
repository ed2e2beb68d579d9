"""Posting slots: the weekly times at which an account likes to publish."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mediaops.models import WorkspaceQuerySet
from platforms.models import Account


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class SlotQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class Slot(models.Model):
    """One row is one weekly time, in the workspace's zone, at which an account publishes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("Day"), choices=Weekday)
    time = models.TimeField(_("Time"))

    objects = SlotQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "time"]
        constraints = [models.UniqueConstraint(fields=["account", "weekday", "time"], name="a_slot_is_once_a_week")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.time:%H:%M}"
