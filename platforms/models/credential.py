"""Sealed secrets of accounts."""

from django.db import models
from django.utils import timezone

from mediaops.models import WorkspaceQuerySet
from platforms.models.account import Account


class CredentialQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class Credential(models.Model):
    """One row is the sealed secret of one account; only `platforms/gateway.py` opens it."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="credential")
    sealed = models.TextField()
    changed_at = models.DateTimeField(default=timezone.now)

    objects = CredentialQuerySet.as_manager()

    def __str__(self) -> str:
        return f"secret of account {self.account_id}"
