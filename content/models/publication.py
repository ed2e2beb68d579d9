"""Publications: one variant, one moment."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.models.variant import Variant
from mediaops.lib.moves import Moves
from mediaops.models import Membership, Reason, WorkspaceQuerySet
from platforms.models import Post


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    SENDING = "sending", _("Sending")
    PROCESSING = "processing", _("Processing")
    BY_HAND = "by_hand", _("By hand")
    UNSURE = "unsure", _("Unsure")
    LIVE = "live", _("Live")
    FAILED = "failed", pgettext_lazy("publication", "Failed")
    CANCELLED = "cancelled", _("Cancelled")


class WayOut(models.TextChoices):
    """What a person should do about a problem; the pages show the button for it."""

    EDIT = "edit", _("Change the text")
    REVIEW = "review", _("Send it to review")
    RECONNECT = "reconnect", _("Reconnect the account")
    RETRY = "retry", _("Send it again")
    LOOK = "look", _("Look on the platform")
    POST = "post", _("Post it by hand")
    DECIDE = "decide", _("Choose a time, or drop it")


MOVES: Moves = {
    # planned → live: it was given up for absent, or was late, and somebody found it on the platform after all
    State.PLANNED: {State.SENDING, State.BY_HAND, State.CANCELLED, State.FAILED, State.LIVE},
    # sending, processing → by_hand: the platform holds a draft that a person finishes, or the account lacks the right
    State.SENDING: {State.LIVE, State.PROCESSING, State.UNSURE, State.FAILED, State.PLANNED, State.BY_HAND},
    State.PROCESSING: {State.LIVE, State.FAILED, State.UNSURE, State.BY_HAND},
    State.BY_HAND: {State.LIVE, State.CANCELLED, State.PLANNED, State.FAILED},
    State.UNSURE: {State.LIVE, State.PLANNED, State.FAILED},
    State.LIVE: frozenset(),
    State.FAILED: {State.PLANNED, State.CANCELLED},
    State.CANCELLED: frozenset(),
}

TAKEN_BACK: Moves = {State.CANCELLED: {State.PLANNED}}
"""Only a person who takes a cancelling back makes this move."""


def new_key() -> str:
    return secrets.token_hex(16)


class PublicationQuerySet(WorkspaceQuerySet):
    workspace_path = "variant__item__workspace"

    def due(self, now: datetime) -> Self:
        """Keep planned rows whose moment has come and that nobody handed to a worker lately."""
        free = models.Q(handed_at=None) | models.Q(handed_at__lt=now - HANDED_FOR)
        return self.waiting(now).filter(
            free, variant__account__paused_at=None, variant__item__workspace__paused_at=None
        )

    def waiting(self, now: datetime) -> Self:
        """Keep planned rows whose moment has come and that no person has to decide on.

        Only the row's own columns are asked, so that it may stand in the condition of an UPDATE: a
        join would move the condition into a subquery, which PostgreSQL does not ask again when two
        workers meet.
        """
        return self.filter(state=State.PLANNED, attempt_after__lte=now, late_at=None)

    def paused(self) -> Self:
        """Keep planned rows that a pause of their account or workspace holds back."""
        stopped = models.Q(variant__account__paused_at__isnull=False)
        return self.filter(stopped | models.Q(variant__item__workspace__paused_at__isnull=False), state=State.PLANNED)

    def needing_a_person(self) -> Self:
        """Keep rows that wait for somebody: failed, unsure, by hand and due, late."""
        return self.filter(
            models.Q(state__in=[State.FAILED, State.UNSURE, State.BY_HAND])
            | models.Q(state=State.PLANNED, late_at__isnull=False)
        )


HANDED_FOR = timedelta(seconds=20)
"""After this long a row that no worker claimed is handed over again: its message was lost."""


class Publication(Reason, models.Model):
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
    claims = models.PositiveIntegerField(default=0)
    """Grows with every claim and never falls: what a worker writes counts only for its own claim."""
    tries = models.PositiveSmallIntegerField(default=0)
    """Claims since a person last decided; the machine gives up after `publishing.TRIES`."""
    late_at = models.DateTimeField(null=True, blank=True)
    """When it was found too late to go out by itself; it is never due until a person decides."""
    looks = models.PositiveSmallIntegerField(default=0)
    """How often we asked the platform about the ticket, or for the post, since the last attempt."""
    ticket = models.JSONField(null=True, blank=True)
    """The platform's ticket while `processing`: `{remote_id, wait_s, data, step, until}`."""
    handed_over = models.JSONField(null=True, blank=True)
    """What lies on the platform for a person to finish: `{remote_id, sentence, url, data}`."""
    upload = models.JSONField(null=True, blank=True)
    """How far a long upload got: `{done, total, known, claim}`; kept over attempts, forgotten once it is out."""
    check_after = models.DateTimeField(null=True, blank=True)
    """When to ask about the ticket, or to look for an unsure post, again."""
    problem = models.CharField(max_length=600, blank=True)
    way_out = models.CharField(max_length=20, choices=WayOut, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    """When a person said that they posted it by hand; the link may still be missing."""
    nudges = models.PositiveSmallIntegerField(default=0)
    """How far people were pushed to post it by hand: 1 reminded, 2 escalated to their managers."""
    told_at = models.DateTimeField(null=True, blank=True)
    """When people were told that it needs them; None while they need not be, or are still to be told."""

    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    """When it became live, failed, unsure or cancelled the last time."""

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], name="publications_by_time"),
            # not partial: SQLite uses a partial index only for literals, and Django binds its values
            models.Index(fields=["state", "attempt_after", "id"], name="publications_due"),
            models.Index(fields=["state", "claimed_until"], name="publications_in_flight"),
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

    @property
    def shown_state(self) -> str:
        """The state as people see it: a planned row that is too late, or held by a pause, says so."""
        if self.state != State.PLANNED:
            return self.state
        if self.late_at is not None:
            return "late"
        is_paused = self.variant.account.paused_at or self.variant.item.workspace.paused_at
        return "held" if is_paused else self.state

    @property
    def shown_state_label(self) -> str:
        return str({"late": _("Late"), "held": _("On hold")}.get(self.shown_state, self.get_state_display()))
