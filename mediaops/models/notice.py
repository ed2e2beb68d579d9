"""Telling one member one thing, once."""

from django.db import models
from django.utils import timezone

from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.workspace import Membership


class NoticeQuerySet(WorkspaceQuerySet):
    workspace_path = "member__workspace"

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def to_mail(self) -> "NoticeQuerySet":
        """Notices whose e-mail has not gone out yet."""
        return self.filter(mail_wanted=True, mailed_at=None, member__left_at=None, member__user__is_active=True)


class Notice(models.Model):
    """One row tells one member one thing; `key` makes sure it is told once."""

    class Level(models.TextChoices):
        INFO = "info"
        WARNING = "warning"
        URGENT = "urgent"

    member = models.ForeignKey(Membership, models.CASCADE, related_name="notices")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    text = models.CharField(max_length=400)
    way_out = models.CharField(max_length=400, blank=True)
    url = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_wanted = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="a_notice_is_told_once")]
        indexes = [
            models.Index(fields=["at"], name="notices_to_mail", condition=models.Q(mail_wanted=True, mailed_at=None))
        ]

    def __str__(self) -> str:
        return self.text
