"""Content items: the pieces the team writes."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from content.models.asset import Asset
from content.models.idea import Idea
from content.models.strategy import Persona, Pillar
from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class ItemState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES = "changes", _("Changes requested")
    APPROVED = "approved", _("Approved")
    STALE = "stale", _("Changed since approval")


ITEM_MOVES: Moves = {
    ItemState.DRAFT: {ItemState.IN_REVIEW, ItemState.APPROVED},
    ItemState.IN_REVIEW: {ItemState.APPROVED, ItemState.CHANGES, ItemState.DRAFT},
    ItemState.CHANGES: {ItemState.IN_REVIEW, ItemState.APPROVED},
    ItemState.APPROVED: {ItemState.STALE, ItemState.CHANGES},
    ItemState.STALE: {ItemState.IN_REVIEW, ItemState.APPROVED},
}


class ItemQuerySet(WorkspaceQuerySet):
    def current(self) -> Self:
        """Keep items that are not archived."""
        return self.filter(archived_at=None)


class ContentItem(models.Model):
    """One row is one piece: what is said, before it is fitted to each account."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    title = models.CharField(_("Title"), max_length=200, blank=True)
    summary = models.TextField(_("Summary"), max_length=1000, blank=True)
    body = models.TextField(_("Body"), blank=True)
    """Markdown; pictures are `![alt](/w/<workspace>/assets/<id>/file)`."""
    cover = models.ForeignKey(Asset, models.SET_NULL, null=True, blank=True, related_name="+")
    video = models.ForeignKey(
        Asset, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Video")
    )
    """What goes out instead of pictures, on accounts that take videos."""
    tags = models.JSONField(_("Tags"), default=list, blank=True)
    """List of words without #."""

    idea = models.ForeignKey(Idea, models.SET_NULL, null=True, blank=True, related_name="items")
    pillar = models.ForeignKey(
        Pillar, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Pillar")
    )
    personas = models.ManyToManyField(Persona, blank=True, related_name="+", verbose_name=_("Personas"))
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Campaign")
    )
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    assets = models.ManyToManyField(Asset, blank=True, related_name="items")
    """Where-used: every asset that the body or the cover shows, kept by drafting."""

    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    """Grows by one with every saved change; a writer who saves over another is told."""
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["workspace", "-changed_at"], name="items_by_change"),
            models.Index(fields=["workspace", "state", "-changed_at"], name="items_by_state"),
            models.Index(fields=["workspace", "archived_at", "state", "owner"], name="items_counted"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled"))

    def get_absolute_url(self) -> str:
        return reverse("content:item", args=[self.workspace.slug, self.pk])
