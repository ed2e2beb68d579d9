"""What people say to the accounts."""

from typing import Self

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mediaops.lib.moves import Moves
from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models.account import Account
from platforms.models.post import Post


class Kind(models.TextChoices):
    COMMENT = "comment", pgettext_lazy("conversation", "Comment")
    MENTION = "mention", _("Mention")
    PRIVATE = "private", _("Private message")


class TalkState(models.TextChoices):
    OPEN = "open", pgettext_lazy("conversation", "Open")
    CLOSED = "closed", pgettext_lazy("conversation", "Closed")


TALK_MOVES: Moves = {
    TalkState.OPEN: {TalkState.CLOSED},
    TalkState.CLOSED: {TalkState.OPEN},
}


class ConversationQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def waiting(self) -> Self:
        """Keep open talks whose last word is not ours."""
        return self.filter(state=TalkState.OPEN, waits_since__isnull=False)


class Conversation(models.Model):
    """One row is one talk: a root comment with its answers, a mention, or a private exchange."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="conversations")
    thread_id = models.CharField(max_length=400)
    kind = models.CharField(max_length=8, choices=Kind)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="conversations")
    who_id = models.CharField(max_length=200, blank=True)
    who_name = models.CharField(max_length=200)
    avatar_url = models.CharField(max_length=1000, blank=True)

    state = models.CharField(max_length=6, choices=TalkState, default=TalkState.OPEN)
    assigned_to = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    last_text = models.CharField(max_length=300, blank=True)
    last_at = models.DateTimeField()
    waits_since = models.DateTimeField(null=True, blank=True)
    """When the oldest message that nobody answered came in; None when the last word is ours."""
    answered_at = models.DateTimeField(null=True, blank=True)
    reply_until = models.DateTimeField(null=True, blank=True)
    """Until when the platform takes answers here; None when it sets no limit, or told none."""
    replies_left = models.PositiveSmallIntegerField(null=True, blank=True)
    """How many more it takes until then; None when it does not count."""
    made_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        ordering = ["-last_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "thread_id"], name="a_talk_is_once_on_an_account")]
        indexes = [
            models.Index(fields=["account", "state", "-last_at"], name="talks_by_account_and_state"),
            models.Index(
                fields=["waits_since"],
                name="talks_that_wait",
                condition=models.Q(state=TalkState.OPEN, waits_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who_name}: {self.last_text[:40]}"

    def get_absolute_url(self) -> str:
        return reverse("platforms:conversation", args=[self.account.workspace.slug, self.pk])


class MessageQuerySet(WorkspaceQuerySet):
    workspace_path = "conversation__account__workspace"


class Message(models.Model):
    """One row is one thing said in a talk, by them or by us."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    remote_id = models.CharField(max_length=400)
    text = models.TextField()
    at = models.DateTimeField()
    is_own = models.BooleanField(default=False)
    author_id = models.CharField(max_length=200, blank=True)
    author_name = models.CharField(max_length=200)
    author_handle = models.CharField(max_length=200, blank=True)
    author_url = models.CharField(max_length=1000, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    reply_to = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    marks = models.JSONField(default=list, blank=True)
    """How it is shown there (elected, hidden, top); of ours: auto, and holding when it answered nothing."""

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "remote_id"], name="a_message_is_once_in_a_talk")
        ]

    def __str__(self) -> str:
        return self.text[:60]
