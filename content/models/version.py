"""What was written before."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models.asset import Asset
from content.models.item import ContentItem
from mediaops.models import Membership, WorkspaceQuerySet


class Reason(models.TextChoices):
    WRITING = "writing", _("While writing")
    SUBMITTED = "submitted", _("Sent to review")
    APPROVED = "approved", _("Approved")
    RESTORED = "restored", _("Before a restore")
    ASIDE = "aside", _("Set aside")
    """Two people wrote at once; this is the text that was not taken."""


class ItemVersionQuerySet(WorkspaceQuerySet):
    workspace_path = "item__workspace"


class ItemVersion(models.Model):
    """One row is the text of an item as it stood at one moment."""

    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    cover = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="+")
    video = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="+")
    variants = models.JSONField(default=list, blank=True)
    """One `{account, account_name, title, summary, body, options, video}` per variant, for reading only."""
    reason = models.CharField(max_length=10, choices=Reason, default=Reason.WRITING)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = ItemVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="a_version_has_its_own_number")]

    def __str__(self) -> str:
        return f"{self.item} · {self.number}"
