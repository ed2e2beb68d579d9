"""Invitations by link."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.workspace import Membership, Role, Workspace


class InvitationQuerySet(WorkspaceQuerySet):
    def open(self, now: datetime) -> "InvitationQuerySet":
        """Keep invitations that can still be accepted."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=now)


class Invitation(models.Model):
    """One row is one link that lets one person join a workspace with a role."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("E-mail"))
    role = models.CharField(_("Role"), max_length=10, choices=Role)
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(Membership, models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.email
