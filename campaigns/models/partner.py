"""Partners: people and houses the team works with."""

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mediaops.models import Workspace, WorkspaceQuerySet
from platforms.models import Account


class PartnerKind(models.TextChoices):
    KOL = "kol", _("KOL")
    MEDIA = "media", pgettext_lazy("partner", "Media")
    BRAND = "brand", _("Brand")


class Partner(models.Model):
    """One row is one partner: a KOL, a medium, or a brand."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=6, choices=PartnerKind, default=PartnerKind.KOL)
    contact = models.CharField(_("Contact"), max_length=200, blank=True)
    note = models.TextField(_("Note"), blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="a_partner_has_its_own_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:partner", args=[self.workspace.slug, self.pk])


class PartnerAccountQuerySet(WorkspaceQuerySet):
    workspace_path = "partner__workspace"


class PartnerAccount(models.Model):
    """One row is one channel of a partner, with its reach and price.

    `account` points at the row in platforms when the software knows the channel itself, so that its
    posts and figures can be read.
    """

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="channels")
    account = models.ForeignKey(Account, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(_("Channel"), max_length=120)
    url = models.URLField(_("Address"), max_length=500, blank=True)
    followers = models.PositiveBigIntegerField(_("Followers"), null=True, blank=True)
    price_amount = models.DecimalField(
        _("Price per piece"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("Currency"), max_length=3, default="CNY")

    objects = PartnerAccountQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
