"""Words that go out by themselves, at once."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models.account import Account


class Trigger(models.TextChoices):
    WELCOME = "welcome", _("Somebody follows")
    KEYWORD = "keyword", _("A keyword")
    OTHERWISE = "otherwise", _("Any other message")


class Match(models.TextChoices):
    EXACT = "exact", _("is exactly")
    CONTAINS = "contains", _("contains")
    PATTERN = "pattern", _("fits the pattern")


class AutoReplyQuerySet(WorkspaceQuerySet):
    workspace_path = "account__workspace"

    def on(self, account: Account) -> Self:
        """Keep the answers that are switched on, in the order in which they are tried."""
        return self.filter(account=account, is_on=True).order_by("order", "pk")


class AutoReply(models.Model):
    """One row is one automatic answer of an account. The first that fits is given, no other."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="auto_replies")
    trigger = models.CharField(_("Answers when"), max_length=9, choices=Trigger)
    match = models.CharField(_("The message"), max_length=8, choices=Match, default=Match.EXACT)
    words = models.TextField(_("Keywords"), blank=True)
    """One keyword or pattern per line; pressing a menu entry counts as writing its key."""
    text = models.TextField(_("Answer"))
    is_on = models.BooleanField(_("Switched on"), default=True)
    yields_to_people = models.BooleanField(_("Keep quiet while somebody of the team is talking"), default=True)
    order = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AutoReplyQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        indexes = [models.Index(fields=["account", "is_on", "order"], name="auto_replies_in_order")]

    def __str__(self) -> str:
        return ", ".join(self.word_list) or str(self.get_trigger_display())

    @property
    def word_list(self) -> list[str]:
        return [line.strip() for line in self.words.splitlines() if line.strip()]
