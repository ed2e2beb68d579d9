"""Weekly reports: frozen once made."""

import copy
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class Report(models.Model):
    """One row is one week told once; nothing that happens later changes it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    starts_on = models.DateField()
    """A Monday."""
    ends_on = models.DateField()
    language = models.CharField(max_length=10)
    numbers = models.JSONField()
    """Everything the page says in `language`, and under `also` in the others: `analytics.weekly.WeekNumbers`."""
    figures = models.JSONField()
    """What the charts draw, by name: rows of plain data."""
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    """None when the clock made it."""

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "starts_on"],
                condition=models.Q(made_by=None),
                name="the_clock_makes_one_report_a_week",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    def get_absolute_url(self) -> str:
        return reverse("analytics:report", args=[self.workspace.slug, self.pk])

    def told_in(self, language: str | None) -> Self:
        """Return the report as it reads in `language`; a report that knows only its own stays in that one."""
        other = self.numbers.get("also", {}).get(language)
        if other is None:
            return self
        told = copy.copy(self)
        told.language, told.numbers = str(language), other
        return told


class SubscriptionQuerySet(WorkspaceQuerySet):
    workspace_path = "member__workspace"


class Subscription(models.Model):
    """One row sends every weekly report to one member by e-mail."""

    member = models.OneToOneField(Membership, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = SubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.member)


class DeliveryQuerySet(WorkspaceQuerySet):
    workspace_path = "report__workspace"


class Delivery(models.Model):
    """One row is one report on its way to one member, once."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries")
    member = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "member"], name="a_report_is_mailed_once")]

    def __str__(self) -> str:
        return f"{self.report_id} → {self.member_id}"
