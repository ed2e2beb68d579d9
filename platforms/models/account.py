"""Accounts on platforms."""

from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet
from platforms.connectors import CONNECTORS
from platforms.connectors.base import PlatformSpec


class Relation(models.TextChoices):
    OWN = "own", _("Ours")
    PARTNER = "partner", _("Partner")
    WATCHED = "watched", _("Watched")


class Health(models.TextChoices):
    HEALTHY = "healthy", _("Healthy")
    SOON = "soon", _("Expires soon")
    EXPIRED = "expired", _("Reconnect")
    GONE = "gone", _("Disconnected")


HEALTH_MOVES: Moves = {
    Health.HEALTHY: {Health.HEALTHY, Health.SOON, Health.EXPIRED, Health.GONE},
    Health.SOON: {Health.HEALTHY, Health.SOON, Health.EXPIRED, Health.GONE},
    Health.EXPIRED: {Health.HEALTHY, Health.EXPIRED, Health.GONE},
    Health.GONE: {Health.HEALTHY},
}


class AccountQuerySet(WorkspaceQuerySet):
    def own(self) -> Self:
        """Keep accounts the team publishes on."""
        return self.filter(relation=Relation.OWN)

    def connected(self) -> Self:
        """Keep accounts that were not disconnected."""
        return self.exclude(state=Health.GONE)

    def working(self) -> Self:
        """Keep accounts whose sign-in works, as far as we know."""
        return self.filter(state__in=[Health.HEALTHY, Health.SOON])


class Account(models.Model):
    """One row is one presence on one platform."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    platform = models.CharField(max_length=20)
    remote_id = models.CharField(max_length=200)
    server = models.CharField(max_length=300, blank=True)
    name = models.CharField(_("Name"), max_length=120)
    handle = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=500, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    relation = models.CharField(max_length=8, choices=Relation, default=Relation.OWN)

    state = models.CharField(max_length=8, choices=Health, default=Health.HEALTHY)
    problem = models.CharField(max_length=400, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    sync_after = models.DateTimeField(null=True, blank=True)
    limits = models.JSONField(default=dict, blank=True)
    """What the platform told about this very account, by field name of `Limits`."""

    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["platform", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "platform", "remote_id"], name="an_account_is_once_in_a_workspace"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platforms:account", args=[self.workspace.slug, self.pk])

    @property
    def spec(self) -> PlatformSpec:
        return CONNECTORS[self.platform].spec

    @property
    def mark(self) -> str:
        return self.spec.mark

    @property
    def mark_slot(self) -> int:
        return self.spec.mark_slot

    @property
    def label(self) -> Any:
        return self.spec.label

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None
