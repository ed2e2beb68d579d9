"""Team chats: the robots of a workspace's groups, and what is to be said there."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.lib.chat_robots import KINDS
from mediaops.models.notice import Notice
from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.workspace import Membership, Workspace


class ChatRobot(models.Model):
    """One row is one robot in one group chat; its address is a secret and is kept sealed."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    kind = models.CharField(_("Team chat"), max_length=10, choices=[(key, kind.label) for key, kind in KINDS.items()])
    name = models.CharField(_("Name of the group"), max_length=80)
    sealed = models.TextField()
    only_urgent = models.BooleanField(
        _("Only what is urgent"), default=False, help_text=_("Leaves out reminders; failures and doubts still come.")
    )
    is_on = models.BooleanField(default=True)
    problem = models.CharField(max_length=400, blank=True)
    """Why the last message did not arrive; empty while all is well."""
    reached_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return self.name


class ChatMessageQuerySet(WorkspaceQuerySet):
    workspace_path = "robot__workspace"

    def due(self, now: datetime) -> Self:
        """Keep messages that are still to be sent and whose moment has come."""
        return self.filter(ended_at=None, try_after__lte=now, robot__is_on=True)


class ChatMessage(models.Model):
    """One row is one thing to say in one group, once: `key` makes sure of it."""

    robot = models.ForeignKey(ChatRobot, models.CASCADE, related_name="messages")
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=400)
    way_out = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    level = models.CharField(max_length=8, choices=Notice.Level, default=Notice.Level.INFO)
    made_at = models.DateTimeField(default=timezone.now)
    try_after = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    """When it was said, or given up."""
    has_arrived = models.BooleanField(default=False)

    objects = ChatMessageQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["robot", "key"], name="a_group_is_told_once")]
        indexes = [models.Index(fields=["ended_at", "try_after"], name="chat_messages_due")]

    def __str__(self) -> str:
        return self.text
