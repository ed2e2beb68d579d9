"""Campaigns."""

from datetime import date
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


MOVES: Moves = {
    State.PLANNED: {State.RUNNING, State.DROPPED},
    State.RUNNING: {State.DONE, State.DROPPED, State.PLANNED},
    State.DONE: {State.RUNNING},
    State.DROPPED: {State.PLANNED},
}


class CampaignQuerySet(WorkspaceQuerySet):
    def open(self) -> Self:
        """Keep campaigns that content may still join."""
        return self.filter(state__in=[State.PLANNED, State.RUNNING])

    def touching(self, first: date, last: date) -> Self:
        """Keep campaigns with at least one day in [first, last]."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Campaign(models.Model):
    """One row is one campaign: why, from when to when, who leads it."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)
    brief = models.TextField(_("Brief"), blank=True)
    goal = models.CharField(_("Goal"), max_length=300, blank=True)
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"))
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    made_at = models.DateTimeField(default=timezone.now)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_campaign_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign", args=[self.workspace.slug, self.pk])
