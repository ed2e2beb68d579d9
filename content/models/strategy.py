"""Strategy: what we speak about, and to whom."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mediaops.models import Workspace, WorkspaceQuerySet


class Pillar(models.Model):
    """One row is one pillar (栏目): a subject the team keeps coming back to."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    description = models.TextField(_("What belongs here"), blank=True)
    share = models.PositiveSmallIntegerField(
        _("Share of posts, in per cent"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    """Planned share of published pieces, per cent; None when the team set none."""
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="a_pillar_has_its_own_name")]

    def __str__(self) -> str:
        return self.name


class Persona(models.Model):
    """One row is one kind of reader the team writes for."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=60)
    description = models.TextField(_("Who they are, what they want"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="a_persona_has_its_own_name")]

    def __str__(self) -> str:
        return self.name
