"""Ideas: what could become a piece."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from content.models.strategy import Pillar
from mediaops.lib.moves import Moves
from mediaops.models import Membership, Workspace, WorkspaceQuerySet


class IdeaState(models.TextChoices):
    NEW = "new", _("Fresh")
    CHOSEN = "chosen", _("Chosen")
    WRITING = "writing", _("Being written")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


IDEA_MOVES: Moves = {
    IdeaState.NEW: {IdeaState.CHOSEN, IdeaState.WRITING, IdeaState.PARKED, IdeaState.DONE},
    IdeaState.CHOSEN: {IdeaState.NEW, IdeaState.WRITING, IdeaState.PARKED, IdeaState.DONE},
    IdeaState.WRITING: {IdeaState.CHOSEN, IdeaState.DONE, IdeaState.PARKED},
    IdeaState.DONE: {IdeaState.WRITING},
    IdeaState.PARKED: {IdeaState.NEW, IdeaState.CHOSEN},
}


class Idea(models.Model):
    """One row is one thought worth keeping."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    title = models.CharField(_("Idea"), max_length=200)
    note = models.TextField(_("Note"), blank=True)
    source_url = models.URLField(_("Source"), max_length=1000, blank=True)
    pillar = models.ForeignKey(
        Pillar, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Pillar")
    )
    score = models.PositiveSmallIntegerField(_("Score"), null=True, blank=True, validators=[MaxValueValidator(100)])
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    state = models.CharField(max_length=8, choices=IdeaState, default=IdeaState.NEW)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "-made_at"]
        indexes = [models.Index(fields=["workspace", "state", "-score"], name="ideas_by_state")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("content:idea", args=[self.workspace.slug, self.pk])
