"""Collaborations with partners, and what they owe us."""

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.partner import Partner
from mediaops.lib.moves import Moves
from mediaops.models import Membership, WorkspaceQuerySet
from platforms.models import Post


class Stage(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    DELIVERED = "delivered", _("Delivered")
    PAID = "paid", _("Paid")
    OFF = "off", _("Called off")


STAGE_MOVES: Moves = {
    Stage.PROPOSED: {Stage.AGREED, Stage.OFF},
    Stage.AGREED: {Stage.DELIVERED, Stage.OFF, Stage.PROPOSED},
    Stage.DELIVERED: {Stage.PAID, Stage.AGREED},
    Stage.PAID: {Stage.DELIVERED},
    Stage.OFF: {Stage.PROPOSED},
}


class CollaborationQuerySet(WorkspaceQuerySet):
    workspace_path = "partner__workspace"


class Collaboration(models.Model):
    """One row is one agreement with a partner: what it costs and where it stands."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="collaborations")
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="collaborations",
        verbose_name=_("Campaign"),
    )
    title = models.CharField(_("What"), max_length=200)
    cost_amount = models.DecimalField(
        _("Cost"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")
    state = models.CharField(max_length=9, choices=Stage, default=Stage.PROPOSED)
    owner = models.ForeignKey(
        Membership, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Owner")
    )
    made_at = models.DateTimeField(default=timezone.now)

    objects = CollaborationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def delivered_count(self) -> int:
        """How many pieces are out; reads the prefetched pieces."""
        return sum(1 for piece in self.deliverables.all() if piece.delivered_at)

    def get_absolute_url(self) -> str:
        return reverse("campaigns:collaboration", args=[self.partner.workspace.slug, self.pk])


class DeliverableQuerySet(WorkspaceQuerySet):
    workspace_path = "collaboration__partner__workspace"


class Deliverable(models.Model):
    """One row is one piece a partner owes us; `post` is the real post once it is out."""

    collaboration = models.ForeignKey(Collaboration, models.CASCADE, related_name="deliverables")
    title = models.CharField(_("Piece"), max_length=200)
    due_on = models.DateField(_("Due"), null=True, blank=True)
    cost_amount = models.DecimalField(
        _("Cost"), max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    """This piece's part of the cost; None shares the collaboration's cost evenly."""
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collaboration", "post"], name="a_post_is_delivered_once_in_a_collaboration"
            )
        ]

    def __str__(self) -> str:
        return self.title
