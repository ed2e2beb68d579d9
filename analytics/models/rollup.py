"""Figures by day, derived from the snapshots: always possible to make anew."""

from django.db import models

from analytics.models.counters import Counters
from mediaops.models import WorkspaceQuerySet
from platforms.models import Account, Post


class PostDayQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class PostDay(Counters):
    """One row is what a post gained on one day of the workspace's zone. Gains can be negative."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    """The post's account, again, so that a dashboard needs no join."""
    day = models.DateField()

    objects = PostDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["post", "day"], name="a_post_has_one_row_per_day")]
        indexes = [models.Index(fields=["account", "day"], name="post_days_by_account")]

    def __str__(self) -> str:
        return f"{self.post_id} {self.day}"


class AccountDayQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class AccountDay(Counters):
    """One row is one account on one day: what its posts gained, followers at the end, posts published."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    day = models.DateField()
    followers = models.BigIntegerField(null=True, blank=True)
    """At the end of the day; None when not told."""
    posts = models.PositiveIntegerField(default=0)
    """Published on that day."""
    rated_views = models.BigIntegerField(null=True, blank=True)
    """Views of posts that tell views and interactions: the ground of the engagement rate."""
    rated_interactions = models.BigIntegerField(null=True, blank=True)

    objects = AccountDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="an_account_has_one_row_per_day")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
