"""What a platform takes per day or month: refused when planning, not when sending."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from content.actions import fitting, scheduling
from content.actions.slotting import add_slots
from content.models import Publication, Variant
from content.quotas import ledger
from content.tabs import tab_of
from platforms.connectors.spec import Quota
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_publishing import approve

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)  # noon in Beijing
DAILY = Quota("way", "mass", "day", 1, "Asia/Shanghai")
MONTHLY = Quota("way", "mass", "month", 4, "Asia/Shanghai")


@pytest.fixture
def account(workspace):
    return make_account(
        workspace, platform="wechat", name="岚序茶饮", rights=["publish"], limits={"quotas": [asdict(DAILY)]}
    )


def make_mass(account, due_at=None, *, way="mass", **fields):
    item = make_item(account.workspace, title=f"Tea {way}")
    variant = make_variant(item, account, options={"way": way})
    return make_publication(variant, due_at=due_at, **fields) if due_at else variant


def test_second_mass_send_of_a_day_is_refused_when_planning(account, owner):
    make_mass(account, NOW + timedelta(hours=1))
    with translation.override("zh-hans"), pytest.raises(scheduling.CannotPlan) as told:
        scheduling.plan(make_mass(account), NOW + timedelta(hours=8), by=owner, now=NOW)
    assert [problem.code for problem in told.value.problems] == ["quota_full"]
    assert str(told.value) == "岚序茶饮 10月20日的群发额度是 1 次，加上这条是第 2 次。换个日期。"
    assert told.value.fields["due_at"]


def test_the_day_ends_at_midnight_in_beijing(account, owner):
    make_mass(account, NOW + timedelta(hours=1))
    assert scheduling.plan(make_mass(account), NOW + timedelta(hours=12), by=owner, now=NOW)


@pytest.mark.parametrize(("way", "state"), [("publish", "planned"), ("mass", "cancelled"), ("mass", "failed")])
def test_what_does_not_count_leaves_the_day_free(account, owner, way, state):
    make_mass(account, NOW + timedelta(hours=1), way=way, state=state)
    assert scheduling.plan(make_mass(account), NOW + timedelta(hours=2), by=owner, now=NOW)


def test_other_ways_out_are_not_limited(account, owner):
    make_mass(account, NOW + timedelta(hours=1))
    assert scheduling.plan(make_mass(account, way="publish"), NOW + timedelta(hours=2), by=owner, now=NOW)


def test_fifth_mass_send_of_a_month_is_refused(account, owner):
    account.limits = {"quotas": [asdict(MONTHLY)]}
    account.save()
    for day in range(4):
        make_mass(account, NOW + timedelta(days=day))
    with pytest.raises(scheduling.CannotPlan):
        scheduling.plan(make_mass(account), NOW + timedelta(days=9), by=owner, now=NOW)
    assert scheduling.plan(make_mass(account), NOW + timedelta(days=20), by=owner, now=NOW)


def test_moving_one_within_its_day_does_not_count_it_twice(account, owner):
    row = make_mass(account, NOW + timedelta(hours=1))
    scheduling.reschedule(row, NOW + timedelta(hours=3), by=owner, now=NOW)
    assert row.due_at == NOW + timedelta(hours=3)


def test_dragging_onto_a_full_day_is_refused_with_the_sentence(account, owner, client_of):
    start = datetime.now(UTC).replace(hour=4, minute=0) + timedelta(days=3)
    make_mass(account, start)
    row = make_mass(account, start + timedelta(days=1))
    address = reverse("content:calendar-move", args=[account.workspace.slug, row.pk])
    answer = client_of(owner).post(address, {"due_at": (start + timedelta(hours=1)).isoformat()})
    assert answer.status_code == 422
    assert "岚序茶饮" in answer.json()["problem"]
    row.refresh_from_db()
    assert row.due_at == start + timedelta(days=1)


def test_rest_refuses_with_the_code(account, owner, api_of):
    start = datetime.now(UTC).replace(hour=4, minute=0) + timedelta(days=3)
    make_mass(account, start)
    variant = make_mass(account)
    approve(variant.item)
    asked = {"variant": variant.pk, "due_at": (start + timedelta(hours=1)).isoformat()}
    answer = api_of(owner).post("/api/v1/publications/", asked, format="json")
    assert answer.status_code == 400
    assert "quota_full" in str(answer.json())


def test_slot_finder_passes_over_full_days(account, owner):
    add_slots(account, list(range(7)), datetime(2026, 1, 1, 18, 0).time(), by=owner)
    make_mass(account, NOW + timedelta(hours=1))
    unlimited = make_mass(account, way="publish")
    assert scheduling.next_free_slot(account, NOW, variant=unlimited).date() == NOW.date()
    assert scheduling.next_free_slot(account, NOW, variant=make_mass(account)).date() == NOW.date() + timedelta(
        days=1
    )


def test_slots_of_a_full_month_are_passed_over(account, owner, django_assert_max_num_queries):
    account.limits = {"quotas": [asdict(MONTHLY)]}
    account.save()
    add_slots(account, list(range(7)), datetime(2026, 1, 1, 18, 0).time(), by=owner)
    for day in range(4):
        make_mass(account, NOW + timedelta(days=day))
    variants = [make_mass(account), make_mass(account, way="publish")]
    with django_assert_max_num_queries(3):
        mass, plain = scheduling.next_free_slots(variants, account.workspace, NOW)
    assert (mass.month, mass.day, plain.date()) == (11, 1, NOW.date())


def test_rest_finds_the_slot_of_a_variant(account, owner, api_of):
    today = datetime.now(UTC).replace(hour=4, minute=0, second=0, microsecond=0) + timedelta(days=2)
    add_slots(account, list(range(7)), datetime(2026, 1, 1, 18, 0).time(), by=owner)
    make_mass(account, today)
    asked = {"account": account.pk, "after": today.isoformat()}
    api, path = api_of(owner), "/api/v1/slots/next/"
    found = [
        datetime.fromisoformat(api.get(path, asked | {"variant": make_mass(account, way=way).pk}).json()["due_at"])
        for way in ("publish", "mass")
    ]
    assert [(at - today).days for at in found] == [0, 1]
    elsewhere = make_variant(make_item(account.workspace), make_account(account.workspace))
    answer = api.get(path, asked | {"variant": elsewhere.pk})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["variant"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("move", [False, True])
def test_two_who_plan_in_the_same_second_do_not_both_get_the_last_place(account, owner, move):
    """Each starts while the other's transaction is open."""
    day = NOW + timedelta(days=3)
    rows = [make_mass(account, NOW + timedelta(days=number)) for number in (0, 1)] if move else []
    variants = [make_mass(account) for _ in range(2)]
    start = threading.Barrier(2)

    def attempt(number):
        try:
            start.wait(5)
            if move:
                row = Publication.objects.get(pk=rows[number].pk)
                scheduling.reschedule(row, day + timedelta(hours=number), by=owner, now=NOW)
            else:
                variant = Variant.objects.get(pk=variants[number].pk)
                scheduling.plan(variant, day + timedelta(hours=number), by=owner, now=NOW)
            return "planned"
        except scheduling.CannotPlan as told:
            return told.problems[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(attempt, range(2)))
    assert told == ["planned", "quota_full"]
    assert Publication.objects.filter(due_at__gte=day).count() == 1


def test_changing_the_way_out_is_told_on_what_is_planned(account, owner):
    make_mass(account, NOW + timedelta(hours=1))
    row = make_mass(account, NOW + timedelta(hours=2), way="publish")
    assert "quota_full" not in {problem.code for problem in tab_of(row.variant).problems}
    changed = fitting.save_variant(row.variant, {"options": {"way": "mass"}}, revision=1, by=owner, now=NOW)
    assert "quota_full" in {problem.code for problem in tab_of(changed).problems}


def test_account_that_people_serve_by_hand_has_no_quota(account, owner):
    account.rights = []
    account.save()
    make_mass(account, NOW + timedelta(hours=1))
    assert scheduling.plan(make_mass(account), NOW + timedelta(hours=2), by=owner, now=NOW)


def test_ledger_counts_today_and_shows_where_it_is_overdrawn(account, django_assert_num_queries):
    for hours in (1, 30, 31):
        make_mass(account, NOW + timedelta(hours=hours))
    with django_assert_num_queries(1):
        (line,) = ledger([account], NOW.date(), NOW.date() + timedelta(days=30), NOW)
    assert (line.used, line.most, line.per) == (1, 1, "day")
    assert line.over == ((NOW.date() + timedelta(days=1), 2),)


def test_calendar_shows_the_ledger(account, owner, client_of):
    owner.user.language = "zh-hans"
    owner.user.save()
    make_mass(account, datetime.now(UTC))
    page = client_of(owner).get(f"/w/{account.workspace.slug}/calendar/").content.decode()
    assert "quota-line" in page
    assert "<strong>1/1</strong>" in page


def test_calendar_without_quotas_says_nothing_of_them(workspace, owner, client_of):
    make_account(workspace)
    assert "quota-line" not in client_of(owner).get(f"/w/{workspace.slug}/calendar/").content.decode()
