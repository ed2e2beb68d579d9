"""Campaigns and their budgets."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from campaigns.actions import running, spending
from campaigns.models import BudgetLine, Campaign, Expense
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity
from tests.builders_campaigns import make_campaign, make_expense, make_line

NEW = {"name": "Autumn tea", "starts_on": "2026-10-01", "ends_on": "2026-10-31", "currency": "CNY"}


def verbs():
    return list(Activity.objects.order_by("pk").values_list("verb", flat=True))


def test_operator_starts_a_campaign_and_lands_on_it(client_of, operator):
    answer = client_of(operator).post("/w/lanxu/campaigns/new/", NEW)
    row = Campaign.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    assert (row.name, row.state, row.workspace) == ("Autumn tea", "planned", operator.workspace)
    assert verbs() == ["campaign.made"]


def test_days_that_end_before_they_begin_are_refused_at_the_field(client_of, manager):
    answer = client_of(manager).post("/w/lanxu/campaigns/new/", NEW | {"ends_on": "2026-09-01"})
    assert answer.status_code == 422
    assert b"The last day is before the first" in answer.content
    assert not Campaign.objects.exists()


def test_changed_fields_are_on_the_trail(manager):
    row = running.change_campaign(make_campaign(manager.workspace), {"goal": "2,000 sign-ups"}, by=manager)
    assert Campaign.objects.get(pk=row.pk).goal == "2,000 sign-ups"
    assert Activity.objects.get().detail == {"fields": ["goal"]}


def test_states_follow_their_moves(manager):
    row = make_campaign(manager.workspace)
    running.move_campaign(row, "running", by=manager)
    running.move_campaign(row, "done", by=manager)
    with pytest.raises(WrongState):
        running.move_campaign(row, "dropped", by=manager)
    row.refresh_from_db()
    assert row.state == "done"


def test_an_unknown_state_is_a_conflict(client_of, manager):
    row = make_campaign(manager.workspace)
    assert client_of(manager).post(f"{row.get_absolute_url()}move/", {"to": "nowhere"}).status_code == 409


@pytest.mark.parametrize("path", ["new/", "{pk}/edit/", "{pk}/move/"])
def test_editors_do_not_run_campaigns(client_of, editor, path):
    row = make_campaign(editor.workspace)
    assert client_of(editor).post(f"/w/lanxu/campaigns/{path.format(pk=row.pk)}", NEW).status_code == 403


@pytest.mark.parametrize("path", ["", "edit/", "move/", "budget/"])
def test_a_campaign_of_another_team_does_not_exist(client_of, owner, other_workspace, path):
    row = make_campaign(other_workspace)
    client = client_of(owner)
    answer = (
        client.get(f"/w/lanxu/campaigns/{row.pk}/")
        if not path
        else client.post(f"/w/lanxu/campaigns/{row.pk}/{path}")
    )
    assert answer.status_code == 404


def test_a_purpose_is_once_in_a_budget(manager):
    row = make_campaign(manager.workspace)
    spending.plan_line(row, name="KOL", planned_amount=Decimal("10"), by=manager)
    with pytest.raises(UserError, match="already in this budget"):
        spending.plan_line(row, name="KOL", planned_amount=Decimal("20"), by=manager)


def test_the_trail_keeps_what_was_planned_before(manager):
    line = make_line(make_campaign(manager.workspace))
    spending.change_line(line, {"planned_amount": Decimal("1200.00")}, by=manager)
    assert Activity.objects.get().detail == {"was": "1000.00", "now": "1200.00"}


def test_spent_and_left_are_exact(manager):
    line = make_line(make_campaign(manager.workspace))
    for amount in ("0.10", "0.20", "-0.05"):
        spending.spend(line, by=manager, now=timezone.now(), amount=Decimal(amount), day=date(2026, 10, 2))
    [found], sums = spending.budget_of(line.campaign)
    assert (found.spent, found.left, sums.left) == (Decimal("0.25"), Decimal("999.75"), Decimal("999.75"))


def test_a_line_with_expenses_cannot_go_and_loses_nothing(manager):
    line = make_line(make_campaign(manager.workspace), name="Print")
    expense = make_expense(line)
    with pytest.raises(UserError, match="Money was spent on “Print”"):
        spending.drop_line(line, by=manager)
    spending.drop_expense(expense, by=manager)
    spending.drop_line(line, by=manager)
    assert not BudgetLine.objects.exists()
    assert verbs() == ["expense.dropped", "budget.dropped"]


def test_manager_plans_and_spends_on_the_page(client_of, manager):
    row = make_campaign(manager.workspace)
    client = client_of(manager)
    client.post(f"{row.get_absolute_url()}budget/", {"name": "KOL", "planned_amount": "5000"})
    line = BudgetLine.objects.get()
    client.post(f"{row.get_absolute_url()}budget/{line.pk}/spend/", {"amount": "1250.50", "day": "2026-10-04"})
    assert Expense.objects.get().amount == Decimal("1250.50")
    assert "¥1,250.50" in client.get(row.get_absolute_url()).content.decode()


def test_a_wrong_amount_keeps_what_was_typed(client_of, manager):
    row = make_campaign(manager.workspace)
    answer = client_of(manager).post(f"{row.get_absolute_url()}budget/", {"name": "KOL", "planned_amount": "-1"})
    assert answer.status_code == 422
    assert 'value="KOL"' in answer.content.decode()


@pytest.mark.parametrize("path", ["budget/", "budget/{line}/drop/", "budget/{line}/spend/"])
def test_operators_do_not_touch_money(client_of, operator, path):
    line = make_line(make_campaign(operator.workspace))
    address = line.campaign.get_absolute_url() + path.format(line=line.pk)
    assert client_of(operator).post(address, {"amount": "1"}).status_code == 403


@pytest.mark.parametrize("path", ["drop/", "spend/"])
def test_a_line_of_another_campaign_is_not_found(client_of, manager, path):
    mine, other = make_campaign(manager.workspace), make_line(make_campaign(manager.workspace))
    form = {"amount": "1", "day": "2026-10-04"}
    answer = client_of(manager).post(f"{mine.get_absolute_url()}budget/{other.pk}/{path}", form)
    assert answer.status_code == 404
    assert BudgetLine.objects.filter(pk=other.pk).exists() and not Expense.objects.exists()
