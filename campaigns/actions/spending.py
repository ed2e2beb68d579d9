"""Budgets and expenses."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import BudgetLine, Campaign, Expense
from campaigns.money import Sums, add_up
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership


def plan_line(campaign: Campaign, *, name: str, planned_amount: Decimal, by: Membership) -> BudgetLine:
    """Add a purpose to the campaign's budget."""
    if campaign.budget_lines.filter(name=name).exists():
        raise UserError(
            _("“%(name)s” is already in this budget.") % {"name": name}, fields={"name": [_("Choose another name.")]}
        )
    line = BudgetLine.objects.create(campaign=campaign, name=name, planned_amount=planned_amount)
    record(by=by, verb="budget.planned", subject=line, amount=str(planned_amount))
    return line


def change_line(line: BudgetLine, changes: dict[str, Any], *, by: Membership) -> BudgetLine:
    """Change a purpose's name or plan."""
    was = str(line.planned_amount)
    BudgetLine.objects.filter(pk=line.pk).update(**changes)
    for name, value in changes.items():
        setattr(line, name, value)
    record(by=by, verb="budget.changed", subject=line, was=was, now=str(line.planned_amount))
    return line


def drop_line(line: BudgetLine, *, by: Membership) -> None:
    """Remove a purpose on which nothing was spent."""
    if line.expenses.exists():
        raise UserError(_("Money was spent on “%(name)s”; remove its expenses first.") % {"name": line.name})
    record(by=by, verb="budget.dropped", subject=line)
    line.delete()


def spend(line: BudgetLine, *, by: Membership, now: datetime, **fields: Any) -> Expense:
    """Write down an expense: `amount`, `day`, `note`."""
    row = Expense.objects.create(line=line, made_by=by, made_at=now, **fields)
    record(by=by, verb="expense.made", subject=row, amount=str(row.amount))
    return row


def drop_expense(expense: Expense, *, by: Membership) -> None:
    """Remove an expense; the trail keeps its amount."""
    record(by=by, verb="expense.dropped", subject=expense, amount=str(expense.amount))
    expense.delete()


def budget_of(campaign: Campaign) -> tuple[list[BudgetLine], Sums]:
    """Return the campaign's lines, each with its `.expenses` read and `.spent` set, and their sums."""
    lines = list(campaign.budget_lines.prefetch_related("expenses"))
    for line in lines:
        line.spent = sum((expense.amount for expense in line.expenses.all()), Decimal(0))
    return lines, add_up((line.planned_amount, line.spent) for line in lines)
