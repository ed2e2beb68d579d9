"""Review: rounds of agreeing, and what people said about the text."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models.item import ContentItem
from mediaops.lib.moves import Moves
from mediaops.models import Membership, WorkspaceQuerySet


class ReviewState(models.TextChoices):
    OPEN = "open", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    CHANGES = "changes", _("Changes requested")
    WITHDRAWN = "withdrawn", _("Withdrawn")


REVIEW_MOVES: Moves = {
    ReviewState.OPEN: {ReviewState.APPROVED, ReviewState.CHANGES, ReviewState.WITHDRAWN},
    ReviewState.APPROVED: {ReviewState.WITHDRAWN},
}


class ReviewQuerySet(WorkspaceQuerySet):
    workspace_path = "item__workspace"


class Review(models.Model):
    """One row is one round: asked by somebody, decided by somebody, for exactly this text."""

    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="reviews")
    round = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    digest = models.CharField(max_length=64)
    """`content.digest` of item, variants and files as submitted; replaced by that of the approval."""
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-round"]
        constraints = [
            models.UniqueConstraint(fields=["item", "round"], name="a_review_round_is_once"),
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state="open"), name="one_review_is_open_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} · {self.round}"


class CommentQuerySet(WorkspaceQuerySet):
    workspace_path = "item__workspace"


class Comment(models.Model):
    """One row is what a member said about an item, or an answer to it."""

    item = models.ForeignKey(ContentItem, models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answers")
    text = models.TextField(_("Comment"), max_length=4000)
    quote = models.CharField(max_length=300, blank=True)
    """The words of the text it speaks of."""
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
