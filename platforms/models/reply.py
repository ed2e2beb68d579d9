"""Answers we send."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.moves import Moves
from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models.message import Conversation, Message


class ReplyState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    UNSURE = "unsure", _("Unsure")


REPLY_MOVES: Moves = {
    ReplyState.WAITING: {ReplyState.SENDING, ReplyState.FAILED},
    ReplyState.SENDING: {ReplyState.SENT, ReplyState.FAILED, ReplyState.UNSURE, ReplyState.WAITING},
    ReplyState.UNSURE: {ReplyState.SENT, ReplyState.WAITING, ReplyState.FAILED},
    ReplyState.FAILED: {ReplyState.WAITING},
    ReplyState.SENT: frozenset(),
}


class ReplyQuerySet(WorkspaceQuerySet):
    workspace_path = "conversation__account__workspace"


class Reply(models.Model):
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
    message = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    """The message that it became."""

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
