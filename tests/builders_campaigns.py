"""Rows of campaigns for tests."""

import datetime
import itertools
from decimal import Decimal

from django.utils import timezone

from campaigns.actions import linking
from campaigns.models import BudgetLine, Campaign, Collaboration, Deliverable, Expense, Partner, PartnerAccount, Task

_numbers = itertools.count(1)


def make_campaign(workspace, **fields):
    n = next(_numbers)
    days = {"starts_on": datetime.date(2026, 10, 1), "ends_on": datetime.date(2026, 10, 31)}
    return Campaign.objects.create(**{"workspace": workspace, "name": f"Campaign {n}"} | days | fields)


def make_line(campaign, **fields):
    n = next(_numbers)
    values = {"campaign": campaign, "name": f"Line {n}", "planned_amount": Decimal("1000.00")}
    return BudgetLine.objects.create(**values | fields)


def make_expense(line, **fields):
    values = {"line": line, "amount": Decimal("10.00"), "day": datetime.date(2026, 10, 5)}
    return Expense.objects.create(**values | fields)


def make_task(workspace, **fields):
    n = next(_numbers)
    return Task.objects.create(**{"workspace": workspace, "title": f"To-do {n}"} | fields)


def make_partner(workspace, **fields):
    n = next(_numbers)
    return Partner.objects.create(**{"workspace": workspace, "name": f"Partner {n}"} | fields)


def make_channel(partner, **fields):
    n = next(_numbers)
    return PartnerAccount.objects.create(**{"partner": partner, "name": f"Channel {n}"} | fields)


def make_deal(partner, **fields):
    n = next(_numbers)
    return Collaboration.objects.create(**{"partner": partner, "title": f"Deal {n}"} | fields)


def make_piece(deal, **fields):
    n = next(_numbers)
    return Deliverable.objects.create(**{"collaboration": deal, "title": f"Video {n}"} | fields)


def make_link(workspace, *, by, now=None, **fields):
    n = next(_numbers)
    values = {"name": f"Link {n}", "target": f"https://shop.example/{n}"} | fields
    return linking.make_link(workspace, by=by, now=now or timezone.now(), **values)
