"""The newest figures of each post and account, and when to ask again."""

from datetime import datetime
from typing import Self

from django.db import models

from analytics.models.counters import Counters
from mediaops.models import WorkspaceQuerySet
from platforms.models import Account, Post


class PostFiguresQuerySet(WorkspaceQuerySet):
    workspace_path = "post__account__workspace"

    def due(self, now: datetime) -> Self:
        """Keep posts whose next reading is due."""
        return self.filter(next_at__lte=now)


class PostFigures(Counters):
    """One row is a post's newest counters; `next_at` says when to read again, None never."""

    post = models.OneToOneField(Post, models.CASCADE, related_name="+", primary_key=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    """When the counters were told; None before the first reading."""
    next_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = PostFiguresQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="posts_to_read", condition=models.Q(next_at__isnull=False))]

    def __str__(self) -> str:
        return f"figures of post {self.post_id}"


class AccountFiguresQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def due(self, now: datetime) -> Self:
        """Keep accounts whose next reading is due."""
        return self.filter(next_at__lte=now)


class AccountFigures(models.Model):
    """One row is an account's newest counters; `next_at` says when to read again, None never."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="+", primary_key=True)
    followers = models.BigIntegerField(null=True, blank=True)
    following = models.BigIntegerField(null=True, blank=True)
    posts = models.BigIntegerField(null=True, blank=True)
    views = models.BigIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = AccountFiguresQuerySet.as_manager()

    def __str__(self) -> str:
        return f"figures of account {self.account_id}"
