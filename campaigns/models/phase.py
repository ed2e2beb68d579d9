"""What runs when in a campaign."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from mediaops.models import WorkspaceQuerySet


class PhaseQuerySet(WorkspaceQuerySet):
    workspace_path = "campaign__workspace"


class Phase(models.Model):
    """One row is one stretch of a campaign's days with a name: warm-up, sale, thanks. Phases may overlap."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    name = models.CharField(_("Phase"), max_length=60)
    starts_on = models.DateField(_("First day"))
    ends_on = models.DateField(_("Last day"))

    objects = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="a_phase_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.name
