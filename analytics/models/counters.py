"""The counters every figure row shares. Null is "not told", 0 is zero."""

from django.db import models

COUNTERS = ("views", "likes", "comments", "shares", "saves", "clicks")
INTERACTIONS = ("likes", "comments", "shares", "saves")


class Counters(models.Model):
    """Counters of a post, each unknown until a platform tells it."""

    views = models.BigIntegerField(null=True, blank=True)
    likes = models.BigIntegerField(null=True, blank=True)
    comments = models.BigIntegerField(null=True, blank=True)
    shares = models.BigIntegerField(null=True, blank=True)
    saves = models.BigIntegerField(null=True, blank=True)
    clicks = models.BigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def interactions(self) -> int | None:
        """Likes, comments, shares and saves that are known, added; None when none is known."""
        known = [value for name in INTERACTIONS if (value := getattr(self, name)) is not None]
        return sum(known) if known else None

    @property
    def engagement_rate(self) -> float | None:
        """Interactions per view; None when either is unknown or nobody looked."""
        if self.interactions is None or not self.views:
            return None
        return self.interactions / self.views
