"""Tracked links: `/l/<code>`."""

import secrets
from typing import Self

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from campaigns.models.collaboration import Collaboration
from mediaops.models import Membership, Workspace, WorkspaceQuerySet

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 o 1 l i: codes are read aloud and typed


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _n in range(7))


class TrackedLinkQuerySet(WorkspaceQuerySet):
    def with_clicks(self) -> Self:
        """Add `clicks`, the sum over all days; 0 when nobody came. The newest link comes first."""
        rows = self.annotate(clicks=Coalesce(models.Sum("days__clicks"), 0))
        return rows.order_by("-made_at", "-pk")  # grouping drops the model's own order


class TrackedLink(models.Model):
    """One row is one short address whose clicks are counted."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="+")
    code = models.CharField(max_length=20, unique=True, default=new_code)
    name = models.CharField(_("Name"), max_length=120)
    target = models.URLField(_("Leads to"), max_length=2000)
    campaign = models.ForeignKey(
        Campaign, models.SET_NULL, null=True, blank=True, related_name="links", verbose_name=_("Campaign")
    )
    collaboration = models.ForeignKey(Collaboration, models.SET_NULL, null=True, blank=True, related_name="links")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TrackedLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class LinkDayQuerySet(WorkspaceQuerySet):
    workspace_path = "link__workspace"


class LinkDay(models.Model):
    """One row counts the clicks of one link on one day of the workspace's zone. Robots do not count."""

    link = models.ForeignKey(TrackedLink, models.CASCADE, related_name="days")
    day = models.DateField()
    clicks = models.PositiveIntegerField(default=0)

    objects = LinkDayQuerySet.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["link", "day"], name="a_link_has_one_row_per_day")]

    def __str__(self) -> str:
        return f"{self.link_id} {self.day}: {self.clicks}"
