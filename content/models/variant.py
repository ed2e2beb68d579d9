"""Variants: an item fitted to one account."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models.asset import Asset
from content.models.item import ContentItem
from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models import Account


class VariantQuerySet(WorkspaceQuerySet):
    workspace_path = "item__workspace"


class Variant(models.Model):
    """One row fits one item to one account; what is blank is taken from the item."""

    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="variants")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    title = models.CharField(_("Title"), max_length=200, blank=True)
    summary = models.TextField(_("Summary"), max_length=1000, blank=True)
    body = models.TextField(_("Body"), blank=True)
    own_images = models.BooleanField(_("Own choice of pictures"), default=False)
    """True when `images` replace the pictures of the item (posts with a picture strip)."""
    images = models.ManyToManyField(Asset, through="VariantImage", blank=True, related_name="+")
    options = models.JSONField(default=dict, blank=True)
    """Platform options by field name of the platform's `option_fields`."""
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = VariantQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "account"], name="an_item_has_one_variant_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.title or self.item} → {self.account}"

    def get_absolute_url(self) -> str:
        return reverse("content:variant", args=[self.item.workspace.slug, self.pk])


class VariantImage(models.Model):
    """One row is one picture of a variant's own choice, in order."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="picks")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["variant", "asset"], name="a_picture_is_once_in_a_variant")]

    def __str__(self) -> str:
        return f"{self.variant_id}/{self.place}"


class VariantCompanion(models.Model):
    """One row lets another piece of the same account go out in one message with a variant, after it."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="companions")
    companion = models.ForeignKey(Variant, models.CASCADE, related_name="companion_of")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["variant", "companion"], name="a_companion_is_once_in_a_message"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}+{self.companion_id}"
