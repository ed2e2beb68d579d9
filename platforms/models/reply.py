"""Answers we send."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.models import Membership, Reason, WorkspaceQuerySet
from platforms.models.message import Conversation, Message


class ReplyState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNSURE = "unsure", _("Unsure")
    DROPPED = "dropped", _("Dropped")


REPLY_MOVES: Moves = {
    ReplyState.WAITING: {ReplyState.SENDING, ReplyState.FAILED},
    ReplyState.SENDING: {ReplyState.SENT, ReplyState.FAILED, ReplyState.UNSURE, ReplyState.WAITING},
    ReplyState.UNSURE: {ReplyState.SENT, ReplyState.WAITING, ReplyState.FAILED, ReplyState.DROPPED},
    ReplyState.FAILED: {ReplyState.WAITING, ReplyState.DROPPED},
    ReplyState.SENT: frozenset(),
    ReplyState.DROPPED: frozenset(),
}


class ReplyQuerySet(WorkspaceQuerySet):
    workspace_path = "conversation__account__workspace"

    def due(self, now: datetime) -> Self:
        """Keep answers that a worker should send now."""
        return self.filter(state=ReplyState.WAITING, try_after__lte=now)

    def stuck(self, now: datetime) -> Self:
        """Keep answers whose worker went silent while it talked to the platform."""
        return self.filter(state=ReplyState.SENDING, claimed_until__lt=now)

    def pending(self) -> Self:
        """Keep answers that are not (known to be) out yet and still matter."""
        return self.exclude(state__in=[ReplyState.SENT, ReplyState.DROPPED])


class Reply(Reason, models.Model):
    """One row is one answer of ours on its way to a platform."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="replies")
    to = models.ForeignKey(Message, models.CASCADE, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ReplyState, default=ReplyState.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    try_after = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=400, blank=True)
    problem_raw = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    """The message that it became."""

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(
                fields=["state", "try_after"],
                name="replies_on_their_way",
                condition=models.Q(state__in=[ReplyState.WAITING, ReplyState.SENDING]),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
