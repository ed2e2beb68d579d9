"""The menu below an account's private talks."""

from django.db import models
from django.utils import timezone

from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models.account import Account


class MenuQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class Menu(models.Model):
    """One row is the menu of one account as the team drafts it, and what was last sent out."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="menu", primary_key=True)
    entries = models.JSONField(default=list, blank=True)
    """The draft: entries as `KeepsMenu` has them."""
    live = models.JSONField(null=True, blank=True)
    """What the platform showed when it was last asked or told; None when it never was."""
    live_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = MenuQuerySet.as_manager()

    def __str__(self) -> str:
        return f"menu of account {self.account_id}"

    @property
    def is_live(self) -> bool:
        """Say whether the draft is what the platform shows, as far as we know."""
        return self.live is not None and self.entries == self.live
