"""What platforms told, as they told it."""

from django.db import models

from analytics.models.counters import Counters
from analytics.models.imported_file import ImportedFile
from mediaops.models import WorkspaceQuerySet
from platforms.models import Account, Post


class PostSnapshotQuerySet(WorkspaceQuerySet):
    workspace_path = "post__account__workspace"


class PostSnapshot(Counters):
    """One row is a post's cumulative counters at one minute."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    extra = models.JSONField(null=True, blank=True)
    """What else the platform told, by its own names; from a file, by those of `analytics.imports.fields`."""
    imported = models.ForeignKey(ImportedFile, models.RESTRICT, null=True, blank=True, related_name="+")
    """The file that told it; None when the platform's interface did."""

    objects = PostSnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "taken_at"], name="a_post_is_read_once_a_minute")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.taken_at:%Y-%m-%d %H:%M}"


class AccountSnapshotQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class AccountSnapshot(models.Model):
    """One row is an account's counters at one minute."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()
    followers = models.BigIntegerField(null=True, blank=True)
    following = models.BigIntegerField(null=True, blank=True)
    posts = models.BigIntegerField(null=True, blank=True)
    views = models.BigIntegerField(null=True, blank=True)
    extra = models.JSONField(null=True, blank=True)
    """What else was told. A file's `day` says which day's gains stand beside it, under the names of their fields."""
    imported = models.ForeignKey(ImportedFile, models.RESTRICT, null=True, blank=True, related_name="+")

    objects = AccountSnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "taken_at"], name="an_account_is_read_once_a_minute")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.taken_at:%Y-%m-%d %H:%M}"
