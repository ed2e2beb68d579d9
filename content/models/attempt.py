"""Attempts: every time we talked to a platform for a publication."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from content.models.publication import Publication
from mediaops.models import Reason, WorkspaceQuerySet


class Outcome(models.TextChoices):
    OPEN = "open", _("Under way")
    LIVE = "live", _("Live")
    PROCESSING = "processing", _("Taken, being processed")
    HANDED_OVER = "handed_over", _("Handed over to a person")
    NOTHING_SENT = "nothing_sent", _("Nothing was sent")
    REFUSED = "refused", _("Refused")
    RECONNECT = "reconnect", _("Signed out")
    UNKNOWN = "unknown", _("No clear answer")
    LOST = "lost", _("The worker stopped")


class AttemptQuerySet(WorkspaceQuerySet):
    workspace_path = "publication__variant__item__workspace"


class Attempt(Reason, models.Model):
    """One row is one attempt, written before the call and settled after it."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.OPEN)
    sent = models.JSONField(default=dict)
    """Exactly what went out: `{title, summary, text, html, tags, images: [{name, sha256, alt}], options}`."""
    problem = models.CharField(max_length=600, blank=True)
    raw = models.TextField(blank=True)
    """The platform's own words, cut and redacted."""
    worker = models.CharField(max_length=80, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["publication", "number"], name="attempts_are_numbered")]

    def __str__(self) -> str:
        return f"{self.publication_id}/{self.number}"
