"""Tokens of REST clients, and the answers kept for repeated requests."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.workspace import Membership


class ApiTokenQuerySet(WorkspaceQuerySet):
    workspace_path = "member__workspace"

    def alive(self, now: object) -> "ApiTokenQuerySet":
        """Keep tokens that are neither revoked nor expired."""
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))


class ApiToken(models.Model):
    """One row lets one client act for one member in one workspace. The token itself is not kept."""

    member = models.ForeignKey(Membership, models.CASCADE, related_name="tokens")
    name = models.CharField(_("Name"), max_length=80)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    """Values of `Right`; the role's rights are an upper bound."""
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_from = models.GenericIPAddressField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return self.name


class StoredAnswerQuerySet(WorkspaceQuerySet):
    workspace_path = "token__member__workspace"


class StoredAnswer(models.Model):
    """One row is the answer to a POST with an `Idempotency-Key`; a repeat gets it again."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    """Digest of method, path and body."""
    made_at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    """None while the first request is still at work."""
    body = models.JSONField(null=True)

    objects = StoredAnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="a_key_is_used_once_per_token")]

    def __str__(self) -> str:
        return self.key
