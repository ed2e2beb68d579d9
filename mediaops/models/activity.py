"""The trail: who did what, when."""

from django.db import models
from django.utils import timezone

from mediaops.models.owned import WorkspaceQuerySet
from mediaops.models.workspace import Membership, Workspace


class ActivityQuerySet(WorkspaceQuerySet):
    def about(self, subject: models.Model) -> "ActivityQuerySet":
        """Keep what was done to `subject`, oldest first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk)).order_by("at", "pk")


class Activity(models.Model):
    """One row is one thing that a member or the machine did. It outlives what it speaks of."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    member = models.ForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    member_name = models.CharField(max_length=80, blank=True)
    """Empty when the machine did it."""
    by_token = models.CharField(max_length=80, blank=True)
    """Name of the API token, when a client did it."""

    verb = models.CharField(max_length=60)
    """`noun.past`, such as `item.approved`."""
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200)
    detail = models.JSONField(default=dict, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["workspace", "-at"], name="activity_by_workspace"),
            models.Index(fields=["subject_type", "subject_id"], name="activity_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"
