"""Money of a campaign: what was planned, what was spent."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaign import Campaign
from mediaops.models import Membership, WorkspaceQuerySet


class BudgetLineQuerySet(WorkspaceQuerySet):
    workspace_path = "campaign__workspace"


class BudgetLine(models.Model):
    """One row is one planned purpose of a campaign's money, in the campaign's currency."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="budget_lines")
    name = models.CharField(_("What for"), max_length=120)
    planned_amount = models.DecimalField(
        _("Planned"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )

    objects = BudgetLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(planned_amount__gte=0), name="a_plan_is_not_negative"),
            models.UniqueConstraint(fields=["campaign", "name"], name="a_purpose_is_once_in_a_campaign"),
        ]

    def __str__(self) -> str:
        return self.name

    spent = Decimal(0)
    """Filled by `budget_of`; not a column."""

    @property
    def left(self) -> Decimal:
        return self.planned_amount - self.spent

    @property
    def share(self) -> int:
        """Spent share of the plan, in whole per cent."""
        return int(self.spent / self.planned_amount * 100) if self.planned_amount else 0


class ExpenseQuerySet(WorkspaceQuerySet):
    workspace_path = "line__campaign__workspace"


class Expense(models.Model):
    """One row is money spent on a line; a refund is negative."""

    line = models.ForeignKey(BudgetLine, models.PROTECT, related_name="expenses")
    amount = models.DecimalField(_("Amount"), max_digits=14, decimal_places=2)
    day = models.DateField(_("Day"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(Membership, models.SET_NULL, null=True, related_name="+")

    objects = ExpenseQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.line}, {self.day}"  # no amount: the trail shows this to everybody
