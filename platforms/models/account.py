"""Accounts on platforms."""

import secrets
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.models import Membership, Reason, Workspace, WorkspaceQuerySet
from platforms.connectors import CONNECTORS
from platforms.connectors.spec import PlatformSpec


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


SILENT_AFTER = 3
"""Failed calls in a row after which we say that a platform is not answering."""


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

    def need_a_person(self) -> Self:
        """Keep our own accounts whose sign-in is dead, ends soon, or whose platform is not answering."""
        ailing = models.Q(state__in=[Health.SOON, Health.EXPIRED]) | models.Q(failures__gte=SILENT_AFTER)
        return self.own().connected().filter(ailing)

    def to_check(self, now: datetime) -> Self:
        """Keep connected accounts whose health should be looked at now."""
        due = models.Q(check_after=None) | models.Q(check_after__lte=now)
        return self.own().connected().filter(due)

    def to_sync(self, now: datetime) -> Self:
        """Keep working accounts whose posts and messages should be pulled now."""
        due = models.Q(sync_after=None) | models.Q(sync_after__lte=now)
        return self.own().working().filter(due)


def new_callback_key() -> str:
    """Return the unguessable part of the address that a platform calls for one account."""
    return secrets.token_urlsafe(24)


class Account(Reason, models.Model):
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
    problem_raw = models.TextField(blank=True)
    """The platform's own words about the last problem, redacted."""
    failing_since = models.DateTimeField(null=True, blank=True)
    """When the present run of failures began; None while all is well."""
    failures = models.PositiveIntegerField(default=0)
    """How many calls failed in a row."""
    checked_at = models.DateTimeField(null=True, blank=True)
    check_after = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    sync_after = models.DateTimeField(null=True, blank=True)
    """When to sync next, or until when a worker holds the account; None means at once."""
    looked_back_at = models.DateTimeField(null=True, blank=True)
    """When posts of the last weeks were last compared with the platform, to notice removed ones."""
    limits = models.JSONField(default=dict, blank=True)
    """What the platform told about this very account, by field name of `Limits`."""
    rights = models.JSONField(null=True, blank=True)
    """What this very account may do (`Profile.rights`); None is all that its platform offers, [] nothing."""
    known = models.JSONField(default=dict, blank=True)
    """What its connector found out about how the platform treats it (`Learns.learned`)."""
    callback_key = models.CharField(max_length=43, unique=True, null=True, default=new_callback_key)
    """The part of the address that the platform calls which nobody can guess."""
    choices = models.JSONField(default=dict, blank=True)
    """Which choices of an option field this very account may take (`Profile.choices`)."""
    expires_at = models.DateTimeField(null=True, blank=True)
    """When the sign-in ends unless a person renews it; None when it does not end or is not told."""

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
    def is_by_hand(self) -> bool:
        """Say whether people publish here: the platform offers no way, or not to this account."""
        return self.spec.assisted or (self.rights is not None and "publish" not in self.rights)

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None

    @property
    def is_working(self) -> bool:
        return self.state in {Health.HEALTHY, Health.SOON}

    @property
    def is_silent(self) -> bool:
        """Say whether the sign-in is fine as far as we know, but the platform has stopped answering."""
        return self.is_working and self.failures >= SILENT_AFTER
