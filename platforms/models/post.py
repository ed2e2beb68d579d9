"""Posts as they exist on a platform."""

from datetime import datetime
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from mediaops.models import WorkspaceQuerySet
from platforms.models.account import Account


class FirstSeen(models.TextChoices):
    PUBLISHED = "published"
    SYNCED = "synced"


class PostQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def standing(self) -> Self:
        """Keep posts that were not removed from their platform."""
        return self.filter(removed_at=None)

    def between(self, start: datetime, end: datetime) -> Self:
        """Keep posts published in [start, end)."""
        return self.filter(published_at__gte=start, published_at__lt=end)


class Post(models.Model):
    """One row is one post as it exists on a platform, whoever made it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="posts")
    remote_id = models.CharField(max_length=400)
    url = models.CharField(max_length=1000, blank=True)
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    kind = models.CharField(max_length=20, default="post")
    part_of = models.CharField(max_length=400, blank=True)

    published_at = models.DateTimeField()
    first_seen = models.CharField(max_length=10, choices=FirstSeen)
    seen_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_why = models.CharField(max_length=400, blank=True)
    """The platform's reason when it took the post down, as a sentence."""
    data = models.JSONField(default=dict, blank=True)
    """What the connector needs to find it again (`RemotePost.data`)."""

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="a_post_is_once_on_an_account")]
        indexes = [
            models.Index(fields=["account", "-published_at"], name="posts_by_account_and_time"),
            models.Index(fields=["-published_at"], name="posts_by_time"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60] or self.remote_id

    def get_absolute_url(self) -> str:
        return reverse("platforms:post", args=[self.account.workspace.slug, self.pk])
