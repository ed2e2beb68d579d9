"""Publications: one variant, one moment."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models.variant import Variant
from mediaops.lib.moves import Moves
from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models import Post


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    PROCESSING = "processing", _("Processing")
    BY_HAND = "by_hand", _("By hand")
    UNSURE = "unsure", _("Unsure")
    LIVE = "live", _("Live")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


MOVES: Moves = {
    State.PLANNED: {State.SENDING, State.BY_HAND, State.CANCELLED, State.FAILED},
    State.SENDING: {State.LIVE, State.PROCESSING, State.UNSURE, State.FAILED, State.PLANNED},
    State.PROCESSING: {State.LIVE, State.FAILED, State.UNSURE},
    State.BY_HAND: {State.LIVE, State.CANCELLED},
    State.UNSURE: {State.LIVE, State.PLANNED, State.FAILED},
    State.LIVE: frozenset(),
    State.FAILED: {State.PLANNED, State.CANCELLED},
    State.CANCELLED: frozenset(),
}


def new_key() -> str:
    return secrets.token_hex(16)


class PublicationQuerySet(WorkspaceQuerySet):
    workspace_path = "variant__item__workspace"

    def due(self, now: datetime) -> Self:
        """Keep planned rows whose moment has come and that nobody handed to a worker lately."""
        free = models.Q(handed_at=None) | models.Q(handed_at__lt=now - HANDED_FOR)
        return self.filter(free, state=State.PLANNED, attempt_after__lte=now, held_at=None)

    def needing_a_person(self) -> Self:
        """Keep rows that wait for somebody: failed, unsure, by hand and due, late."""
        return self.filter(
            models.Q(state__in=[State.FAILED, State.UNSURE, State.BY_HAND])
            | models.Q(state=State.PLANNED, late_at__isnull=False)
        )


HANDED_FOR = timedelta(seconds=60)


class Publication(models.Model):
    """One row is our intention: this variant, at this moment. `post` is the fact, once it is one."""

    variant = models.ForeignKey(Variant, models.PROTECT, related_name="publications")
    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    """Never changes; platforms that honour a client's key get it."""
    due_at = models.DateTimeField(_("Time"))
    """What people see. `attempt_after` starts as this and is pushed on retry."""
    attempt_after = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")

    handed_at = models.DateTimeField(null=True, blank=True)
    """When the row was last handed to the broker, so that it is not handed over every second."""
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    """Renewed while the worker lives; past it the sweep takes the row for a dead worker's."""
    tries = models.PositiveSmallIntegerField(default=0)
    late_at = models.DateTimeField(null=True, blank=True)
    """When it was found too late to go out by itself; it waits for a person."""
    held_at = models.DateTimeField(null=True, blank=True)
    """Set while the account or workspace is paused, or the row is too late: never due."""
    ticket = models.JSONField(null=True, blank=True)
    """The platform's ticket while `processing`: `{remote_id, wait_s, data}`."""
    check_after = models.DateTimeField(null=True, blank=True)
    """When to ask about the ticket, or to look for an unsure post, again."""
    problem = models.CharField(max_length=600, blank=True)
    way_out = models.CharField(max_length=20, blank=True)
    """Word for what a person should do next: see `content.problems`."""

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it became live, failed, unsure or cancelled the last time."""

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], name="publications_by_time"),
            models.Index(fields=["attempt_after"], name="publications_due", condition=models.Q(state="planned")),
            models.Index(
                fields=["state", "claimed_until"],
                name="publications_in_flight",
                condition=models.Q(state__in=["sending", "processing", "unsure"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="live") | models.Q(post__isnull=False),
                name="what_is_live_has_a_post",
            )
        ]

    def __str__(self) -> str:
        return str(self.variant)

    def get_absolute_url(self) -> str:
        return reverse("content:publication", args=[self.variant.item.workspace.slug, self.pk])
