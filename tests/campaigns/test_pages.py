"""What the pages show, to whom, and what they ask of the database."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import PostFigures
from campaigns.actions import partnering, spending
from tests.builders import make_account, make_post
from tests.builders_campaigns import (
    make_campaign,
    make_channel,
    make_deal,
    make_line,
    make_link,
    make_partner,
    make_piece,
    make_task,
)

AMOUNTS = ["7319", "7,319", "4447", "4,447", "9283", "9,283", "6161", "6,161", "3.66", "36.6"]
"""As typed, as shown, and the CPM that follows from them."""


@pytest.fixture
def everything(workspace, manager):
    """A campaign with amounts that appear nowhere else, and where they were changed."""
    campaign = make_campaign(workspace, owner=manager)
    line = make_line(campaign, name="KOL", planned_amount=Decimal("7319.00"))
    spending.change_line(line, {"planned_amount": Decimal("9283.00")}, by=manager)
    spending.spend(line, by=manager, now=timezone.now(), amount=Decimal("4447.00"), day=campaign.starts_on)
    partner = make_partner(workspace)
    make_channel(partner, price_amount=Decimal("6161.00"))
    deal = make_deal(partner, campaign=campaign, cost_amount=Decimal("7319.00"))
    post = make_post(make_account(workspace, relation="partner"))
    PostFigures.objects.create(post=post, taken_at=timezone.now(), views=200_000, likes=2_000)
    partnering.deliver(make_piece(deal), post, by=manager, now=timezone.now())
    make_link(workspace, by=manager, campaign=campaign)
    make_task(workspace, campaign=campaign)
    return {"campaign": campaign.pk, "partner": partner.pk, "deal": deal.pk}


PAGES = [
    "campaigns/", "campaigns/{campaign}/", "campaigns/{campaign}/edit/", "partners/", "partners/{partner}/",
    "partners/{partner}/collaborations/new/", "collaborations/{deal}/", "collaborations/{deal}/edit/",
    "tasks/?view=all", "links/", "activity/", "insights/parts/campaign/{campaign}/",
    "insights/parts/campaign/{campaign}/pieces/",
    "insights/parts/collaboration/{deal}/", "calendar/", "",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_operators_see_no_amount_anywhere(client_of, operator, everything, path):
    answer = client_of(operator).get("/w/lanxu/" + path.format(**everything))
    assert answer.status_code == 200
    shown = re.sub(r'datetime="[^"]*"|\w{64}', "", answer.content.decode())  # moments and tokens hold any digits
    assert [amount for amount in AMOUNTS if amount in shown] == []
    assert "¥" not in shown


def test_managers_see_them(client_of, manager, everything):
    pages = [client_of(manager).get("/w/lanxu/" + path.format(**everything)).content.decode() for path in PAGES]
    shown = "".join(pages)
    assert all(amount in shown for amount in ("¥9,283", "¥4,447", "¥7,319", "¥6,161", "¥36.60", "¥3.66"))


def test_operators_cannot_write_amounts_past_the_form(client_of, operator, everything):
    client = client_of(operator)
    client.post(
        f"/w/lanxu/partners/{everything['partner']}/channels/",
        {"name": "New", "price_amount": "5", "currency": "USD"},
    )
    client.post(f"/w/lanxu/collaborations/{everything['deal']}/edit/", {"title": "Renamed", "cost_amount": "5"})
    client.post(f"/w/lanxu/collaborations/{everything['deal']}/pieces/", {"title": "Extra", "cost_amount": "5"})
    deal = partnering.Collaboration.objects.get()
    assert (deal.title, deal.cost_amount) == ("Renamed", Decimal("7319.00"))
    assert deal.deliverables.get(title="Extra").cost_amount is None
    channel = deal.partner.channels.get(name="New")
    assert (channel.price_amount, channel.currency) == (None, "CNY")


LISTS = ["campaigns/", "tasks/?view=all", "partners/", "links/", "activity/"]


@pytest.mark.parametrize("path", LISTS)
def test_lists_ask_the_same_of_the_database_however_long(
    client_of, manager, editor, path, django_assert_max_num_queries
):
    for _n in range(12):
        campaign = make_campaign(manager.workspace, owner=editor)
        make_task(manager.workspace, campaign=campaign, assignee=editor)
        partner = make_partner(manager.workspace)
        make_channel(partner)
        make_deal(partner, campaign=campaign)
        make_link(manager.workspace, by=manager, campaign=campaign)
    client = client_of(manager)
    with django_assert_max_num_queries(13):
        assert client.get(f"/w/lanxu/{path}").status_code == 200


def test_a_campaign_page_asks_little_of_the_database(client_of, manager, editor, django_assert_max_num_queries):
    campaign = make_campaign(manager.workspace, owner=editor)
    partner = make_partner(manager.workspace)
    for _n in range(8):
        make_task(manager.workspace, campaign=campaign, assignee=editor)
        make_line(campaign)
        make_piece(make_deal(partner, campaign=campaign))
        make_link(manager.workspace, by=manager, campaign=campaign)
    client = client_of(manager)
    with django_assert_max_num_queries(18):
        client.get(campaign.get_absolute_url())
    with django_assert_max_num_queries(15):
        client.get(partner.get_absolute_url())


def test_empty_pages_say_what_to_do_next(client_of, operator):
    client = client_of(operator)
    for path, words in {"campaigns/": "No campaigns yet", "partners/": "No partners yet"}.items():
        assert words in client.get(f"/w/lanxu/{path}").content.decode()


def test_an_expense_can_be_taken_back(client_of, manager, stranger):
    row = make_campaign(manager.workspace)
    line = spending.plan_line(row, name="Print", planned_amount=Decimal("50"), by=manager)
    spent = spending.spend(line, by=manager, now=timezone.now(), amount=Decimal("9.50"), day=date(2026, 11, 2))
    path = f"/w/lanxu/campaigns/{row.pk}/budget/expenses/{spent.pk}/drop/"
    assert client_of(stranger).post(path).status_code == 404
    assert "9.50" in client_of(manager).get(row.get_absolute_url()).content.decode()
    assert client_of(manager).post(path).status_code == 302
    assert not line.expenses.exists()
