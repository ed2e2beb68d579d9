"""What platforms told by calling us: kept once, understood by a worker, pruned later."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from mediaops.lib.moves import Moves
from mediaops.models import WorkspaceQuerySet
from platforms.models.account import Account

UNDERSTANDING_FOR = timedelta(minutes=2)
"""A callback handed to a worker is handed out again when nothing came of it by then."""


class CallbackState(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


CALLBACK_MOVES: Moves = {
    CallbackState.WAITING: {CallbackState.DONE, CallbackState.FAILED},
    CallbackState.DONE: frozenset(),
    CallbackState.FAILED: frozenset(),
}


class CallbackEventQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def due(self, now: datetime) -> Self:
        """Keep callbacks that a worker should understand now."""
        return self.filter(state=CallbackState.WAITING, try_after__lte=now)


class CallbackEvent(models.Model):
    """One row is one genuine callback. Its key keeps repeats out for as long as the row is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="callbacks")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)
    data = models.JSONField(default=dict)
    """What the connector read, in its own shape (`Callback.data`); never a secret."""
    answered = models.TextField(blank=True)
    """The words that our answer carried to the person, "" for none."""
    answered_marks = models.JSONField(default=list, blank=True)
    """How those words are marked in the talk (`Message.marks`)."""
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=CallbackState, default=CallbackState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=400, blank=True)

    objects = CallbackEventQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="a_callback_is_taken_once")]
        indexes = [
            models.Index(
                fields=["try_after"],
                name="callbacks_to_understand",
                condition=models.Q(state=CallbackState.WAITING),
            ),
            models.Index(fields=["account", "-received_at"], name="callbacks_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class AccountEventQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def of(self, account: Account, who_id: str) -> Self:
        """Keep what one person did on an account."""
        return self.filter(account=account, who_id=who_id) if who_id else self.none()


class EventKind(models.TextChoices):
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    MENU = "menu"
    SCAN = "scan"
    REVOKED = "revoked"
    OTHER = "other"


class AccountEvent(models.Model):
    """One row is one thing that happened to an account and is no message: kept for figures."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="events")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=EventKind)
    at = models.DateTimeField()
    who_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    """What was pressed or scanned, in the platform's words."""

    objects = AccountEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="an_event_is_kept_once")]
        indexes = [
            models.Index(fields=["account", "kind", "-at"], name="events_by_account_and_kind"),
            models.Index(fields=["account", "who_id", "-at"], name="events_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".strip()


class TicketNewsQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"


class TicketNews(models.Model):
    """One row says that a platform has news of a ticket; who waits for it looks down here on a clock."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    remote_id = models.CharField(max_length=400)
    at = models.DateTimeField(default=timezone.now)

    objects = TicketNewsQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="news_of_a_ticket_is_one_row")]

    def __str__(self) -> str:
        return self.remote_id
