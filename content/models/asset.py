"""The media library."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class AssetKind(models.TextChoices):
    IMAGE = "image", _("Picture")
    VIDEO = "video", _("Video")


class AssetQuerySet(WorkspaceQuerySet):
    def images(self) -> Self:
        """Keep pictures."""
        return self.filter(kind=AssetKind.IMAGE)

    def videos(self) -> Self:
        """Keep videos."""
        return self.filter(kind=AssetKind.VIDEO)


class Asset(models.Model):
    """One row is one file of the library; the same bytes are kept once per workspace.

    `file` and `thumbnail` are names in the default storage; pages reach them only through the door
    (`content:asset-file`). Text refers to an asset by that path, see `content/asset_refs.py`.
    """

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    file = models.FileField(max_length=300)
    thumbnail = models.FileField(max_length=300, blank=True)
    name = models.CharField(_("Name"), max_length=200)
    kind = models.CharField(max_length=5, choices=AssetKind, default=AssetKind.IMAGE)
    mime = models.CharField(max_length=60)
    size_bytes = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    seconds = models.FloatField(null=True, blank=True)
    """How long a video is; None for a picture."""
    sha256 = models.CharField(max_length=64)
    alt_text = models.CharField(_("Alternative text"), max_length=1000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="the_same_bytes_are_kept_once")]
        indexes = [models.Index(fields=["workspace", "kind", "-made_at"], name="assets_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_video(self) -> bool:
        return self.kind == AssetKind.VIDEO

    def get_absolute_url(self) -> str:
        return reverse("content:asset", args=[self.workspace.slug, self.pk])
