from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import translation

from content.actions import scheduling
from content.models import Publication, Slot
from mediaops.errors import WrongState
from mediaops.models import Activity
from platforms.models import Account
from tests.builders import make_item, make_variant
from tests.builders_publishing import NOW, approve, fresh, later, make_connected, make_ready, publish
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


@pytest.fixture
def variant(account):
    variant = make_variant(make_item(account.workspace, title="Tea"), account)
    approve(variant.item)
    return variant


def test_a_plan_is_a_row_with_its_maker_and_a_line_in_the_trail(variant, operator):
    row = scheduling.plan(variant, later(hours=1), by=operator, now=NOW)
    assert (row.state, row.attempt_after, row.made_by) == ("planned", later(hours=1), operator)
    assert Activity.objects.about(row).get().verb == "publication.planned"


def test_a_time_in_the_past_is_refused_in_words(variant, operator):
    with pytest.raises(scheduling.CannotPlan, match="That time has passed") as refusal:
        scheduling.plan(variant, NOW - timedelta(minutes=5), by=operator, now=NOW)
    assert list(refusal.value.fields) == ["due_at"]
    assert not Publication.objects.exists()


def test_nothing_is_planned_on_an_account_that_is_gone_or_not_ours(variant, operator):
    for fields in ({"state": "gone"}, {"state": "healthy", "relation": "partner"}):
        Account.objects.update(**fields)
        variant.refresh_from_db()
        with pytest.raises(scheduling.CannotPlan):
            scheduling.plan(variant, later(hours=1), by=operator, now=NOW)


def test_what_may_still_be_mended_does_not_stop_planning_but_stops_sending_now(account, operator):
    variant = make_variant(make_item(account.workspace), account)
    assert scheduling.plan(variant, later(hours=1), by=operator, now=NOW).state == "planned"
    with pytest.raises(scheduling.CannotPlan, match="Nobody has approved"):
        scheduling.publish_now(variant, by=operator, now=NOW)


def test_a_variant_may_go_out_more_than_once(variant, operator):
    first = scheduling.plan(variant, later(hours=1), by=operator, now=NOW)
    second = scheduling.plan(variant, later(days=1), by=operator, now=NOW)
    assert first.key != second.key


def test_moving_says_from_when_to_when(variant, operator):
    row = scheduling.plan(variant, later(hours=1), by=operator, now=NOW)
    scheduling.reschedule(row, later(hours=2), by=operator, now=NOW)
    detail = Activity.objects.about(row).get(verb="publication.moved").detail
    assert (fresh(row).due_at, detail["before"]) == (later(hours=2), later(hours=1).isoformat())


def test_a_failed_one_may_go_again(account, operator, scripted):  # noqa: F811
    scripted.will("refused")
    row = publish(make_ready(account))
    scheduling.send_now(row, by=operator, now=later(minutes=1))
    assert (row.state, row.tries, row.problem) == ("planned", 0, "")
    assert publish(row, later(minutes=1)).state == "live"


@pytest.mark.parametrize("state", ["sending", "processing", "unsure"])
def test_what_may_be_on_the_platform_is_not_moved(account, operator, state):
    row = make_ready(account, state=state)
    with pytest.raises(WrongState):
        scheduling.reschedule(row, later(hours=1), by=operator, now=NOW)
    with pytest.raises(WrongState):
        scheduling.cancel(row, by=operator, now=NOW)


def test_what_is_live_stays(account, operator):
    row = publish(make_ready(account))
    for change in (scheduling.send_now, scheduling.cancel):
        with pytest.raises(WrongState):
            change(row, by=operator, now=NOW)


def test_two_people_cannot_both_move_it(account, operator):
    mine, yours = make_ready(account), None
    yours = fresh(mine)
    scheduling.cancel(mine, by=operator, now=NOW)
    with pytest.raises(WrongState, match="changed while you were looking"):
        scheduling.reschedule(yours, later(hours=1), by=operator, now=NOW)


def test_the_next_free_slot_is_in_the_zone_of_the_workspace(account, variant, operator):
    Slot.objects.create(account=account, weekday=2, time=time(12, 0))  # Wednesday in Shanghai
    first = scheduling.next_free_slot(account, NOW)
    assert first == datetime(2026, 10, 21, 4, 0, tzinfo=UTC)
    scheduling.plan(variant, first, by=operator, now=NOW)
    assert scheduling.next_free_slot(account, NOW) == first + timedelta(days=7)


def test_an_account_without_slots_has_no_free_one(account):
    assert scheduling.next_free_slot(account, NOW) is None
