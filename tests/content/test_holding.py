from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from content.actions import holding, scheduling, telling
from content.models import Publication
from mediaops.actions import notices, team
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Notice
from platforms.models import Account
from tests.builders_publishing import NOW, approve, fresh, later, make_connected, make_ready, publish, tick
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")
TOO_LATE = NOW + timedelta(minutes=31)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def account(workspace):
    return make_connected(workspace, name="Tea notes")


def test_what_could_not_start_within_the_grace_waits_for_a_person(account, scripted):  # noqa: F811
    row, soon = make_ready(account), make_ready(account, due_at=later(minutes=2))
    assert holding.hold_late(TOO_LATE) == 1
    assert (fresh(row).shown_state, fresh(row).way_out) == ("late", "decide")
    assert tick(TOO_LATE) == 1
    assert (fresh(soon).state, scripted.times(row.key)) == ("live", 0)


def test_a_message_that_lay_in_the_queue_too_long_fires_nothing(account, scripted):  # noqa: F811
    row = publish(make_ready(account), TOO_LATE)
    assert (row.shown_state, scripted.calls("publish")) == ("late", 0)


def test_the_workspace_sets_the_grace(account):
    type(account.workspace).objects.update(late_grace_min=120)
    make_ready(account)
    assert holding.hold_late(TOO_LATE) == 0
    assert holding.hold_late(later(minutes=121)) == 1


def test_a_retry_that_an_outage_held_up_for_hours_waits_too(account, scripted):  # noqa: F811
    scripted.will("nothing_sent")
    row = publish(make_ready(account))
    assert holding.hold_late(later(hours=4)) == 1
    assert fresh(row).shown_state == "late"


def test_a_late_one_may_be_sent_now(account, operator, scripted):  # noqa: F811
    row = publish(make_ready(account), TOO_LATE)
    scheduling.send_now(row, by=operator, now=TOO_LATE)
    tick(TOO_LATE)
    assert (fresh(row).state, fresh(row).due_at, scripted.times(row.key)) == ("live", TOO_LATE, 1)


def test_a_late_one_may_get_a_new_time(account, operator, scripted):  # noqa: F811
    row = publish(make_ready(account), TOO_LATE)
    scheduling.reschedule(row, TOO_LATE + timedelta(hours=1), by=operator, now=TOO_LATE)
    assert (fresh(row).state, fresh(row).late_at, tick(TOO_LATE)) == ("planned", None, 0)
    assert tick(TOO_LATE + timedelta(hours=1)) == 1


def test_a_late_one_may_be_dropped(account, operator, scripted):  # noqa: F811
    row = publish(make_ready(account), TOO_LATE)
    scheduling.cancel(row, by=operator, now=TOO_LATE)
    assert (fresh(row).state, tick(TOO_LATE)) == ("cancelled", 0)


def test_pausing_an_account_stops_only_that_account(account, workspace, operator, scripted):  # noqa: F811
    here, there = make_ready(account), make_ready(make_connected(workspace))
    holding.pause_account(account, by=operator, now=NOW)
    tick()
    assert (fresh(here).shown_state, fresh(there).state) == ("held", "live")
    assert Activity.objects.get(verb="account.paused").member == operator


def test_pausing_the_workspace_stops_everything(account, workspace, operator, scripted):  # noqa: F811
    make_ready(account)
    holding.pause_workspace(workspace, by=operator, now=NOW)
    assert tick() == 0
    with pytest.raises(WrongState):
        holding.pause_workspace(workspace, by=operator, now=NOW)


def test_a_paused_row_is_not_late_by_itself(account, operator):
    make_ready(account)
    holding.pause_account(account, by=operator, now=NOW)
    assert holding.hold_late(TOO_LATE) == 0


def test_lifting_a_pause_fires_no_late_one_unless_chosen(account, operator, scripted):  # noqa: F811
    left, chosen = make_ready(account), make_ready(account)
    soon = make_ready(account, due_at=TOO_LATE - timedelta(minutes=5))
    holding.pause_account(account, by=operator, now=NOW)
    held = holding.resume_account(account, release=[chosen.pk], by=operator, now=TOO_LATE)
    assert held == [left]
    assert (tick(TOO_LATE), tick(TOO_LATE)) == (1, 1)
    assert (fresh(left).shown_state, fresh(chosen).state, fresh(soon).state) == ("late", "live", "live")


def test_lifting_the_workspace_pause_leaves_a_paused_account_alone(account, workspace, operator):
    row = make_ready(account)
    holding.pause_account(account, by=operator, now=NOW)
    holding.pause_workspace(workspace, by=operator, now=NOW)
    assert holding.resume_workspace(workspace, by=operator, now=TOO_LATE) == []
    assert (fresh(row).shown_state, tick(TOO_LATE)) == ("held", 0)
    with pytest.raises(WrongState):
        holding.resume_workspace(workspace, by=operator, now=TOO_LATE)


def test_releasing_says_which_ones_must_stay_and_why(account, operator, scripted):  # noqa: F811
    good, bad = publish(make_ready(account), TOO_LATE), publish(make_ready(account, title="Changed"), TOO_LATE)
    type(bad.variant.item).objects.filter(pk=bad.variant.item_id).update(body="Other words.")
    sentences = holding.release([fresh(good), fresh(bad)], by=operator, now=TOO_LATE)
    assert sentences == ["“Changed” stays: The text changed after approval. Send it to review again."]
    assert fresh(good).shown_state == "planned"


def told(member):
    return list(Notice.objects.filter(member=member).order_by("pk").values_list("kind", flat=True))


def test_a_failure_reaches_its_people_once_with_the_reason(account, operator, owner, scripted):  # noqa: F811
    scripted.will("refused")
    row = publish(make_ready(account, made_by=operator))
    assert telling.tell_troubles(later(seconds=5)) == 1
    assert telling.tell_troubles(later(seconds=10)) == 0
    notice = Notice.objects.get(member=operator)
    assert notice.text == "“First flush” was not published on Tea notes: The platform does not want this."
    assert (notice.url, notice.level, notice.way_out != "") == (row.get_absolute_url(), "urgent", True)
    assert told(owner) == []
    notices.mail_notices(later(seconds=10))
    assert [m.to for m in mail.outbox] == [[operator.user.email]]


def test_a_failure_after_a_retry_is_told_again(account, operator, scripted):  # noqa: F811
    scripted.will("refused", "refused")
    row = publish(make_ready(account, made_by=operator))
    telling.tell_troubles(later(seconds=5))
    scheduling.send_now(row, by=operator, now=later(minutes=1))
    publish(row, later(minutes=1))
    telling.tell_troubles(later(minutes=2))
    assert told(operator) == ["publication.failed"] * 2


def test_people_who_left_or_may_not_publish_are_not_enough(account, editor, operator, owner, scripted):  # noqa: F811
    scripted.will("refused")
    row = make_ready(account, made_by=operator)
    team.remove(operator, by=owner, now=NOW)
    type(row.variant.item).objects.update(owner=editor)
    publish(row)
    telling.tell_troubles(later(seconds=5))
    assert (told(operator), told(editor), told(owner)) == ([], ["publication.failed"], ["publication.failed"])


def test_who_approved_it_is_told_too(account, manager, operator, scripted):  # noqa: F811
    scripted.will("refused")
    row = make_ready(account, made_by=operator)
    approve(row.variant.item, by=manager)
    publish(row)
    telling.tell_troubles(later(seconds=5))
    assert told(manager) == ["publication.failed"]


def test_a_doubt_that_is_settled_at_once_disturbs_nobody(account, operator, scripted):  # noqa: F811
    scripted.will("unknown_live")
    publish(make_ready(account, made_by=operator))
    assert telling.tell_troubles(later(seconds=5)) == 0
    assert telling.tell_troubles(later(seconds=30)) == 1
    text = Notice.objects.get(member=operator).text
    assert text.endswith("at 20 Oct, 20:00, no clear answer. It may be live.")


def test_a_late_one_asks_with_its_time(account, operator):
    make_ready(account, made_by=operator)
    holding.hold_late(TOO_LATE)
    telling.tell_troubles(TOO_LATE)
    notice = Notice.objects.get(member=operator)
    assert notice.text == "“First flush” could not go out on Tea notes at 20 Oct, 20:00. It waits for you."
    assert notice.way_out == "Send it now, choose a new time, or drop it."


def test_many_at_once_are_one_notice(account, operator):
    for _ in range(7):
        make_ready(account, made_by=operator)
    holding.hold_late(TOO_LATE)
    assert telling.tell_troubles(TOO_LATE) == 7
    notice = Notice.objects.get(member=operator)
    assert notice.text.startswith("7 publications missed their time: First flush")
    assert telling.tell_troubles(TOO_LATE) == 0


def test_a_dead_account_is_told_before_the_next_post_is_due(account, operator, viewer):
    make_ready(account, due_at=later(hours=5))
    assert telling.tell_of_accounts(NOW) == 0
    Account.objects.update(state="expired", failing_since=NOW)
    assert telling.tell_of_accounts(NOW) == 1
    assert telling.tell_of_accounts(later(hours=1)) == 0
    text = Notice.objects.get(member=operator).text
    assert text == "Tea notes signed us out; planned posts that wait: 1, the next at 21 Oct, 01:00."
    assert told(viewer) == []


def test_a_disconnected_account_with_plans_is_told(account, operator):
    make_ready(account, due_at=later(hours=5))
    Account.objects.update(state="gone")
    assert telling.tell_of_accounts(NOW) == 1
    assert "was disconnected" in Notice.objects.get(member=operator).text


def test_by_hand_is_due_and_told(workspace, operator, monkeypatch, scripted):  # noqa: F811
    from dataclasses import replace

    from tests.platforms.scripted import BlindConnector

    monkeypatch.setattr(BlindConnector, "spec", replace(BlindConnector.spec, assisted=True))
    row = publish(make_ready(make_connected(workspace, "scripted_blind"), made_by=operator))
    assert (row.state, row.way_out, scripted.calls("publish")) == ("by_hand", "post", 0)
    telling.tell_troubles(later(seconds=5))
    assert "Post it by hand." in Notice.objects.get(member=operator).text


def test_a_member_may_leave_while_publications_of_theirs_are_planned(account, operator, owner, scripted):  # noqa: F811
    row = make_ready(account, made_by=operator)
    team.remove(operator, by=owner, now=NOW)
    assert publish(row).state == "live"


def test_cancelled_rows_need_nobody(account, operator):
    row = publish(make_ready(account), TOO_LATE)
    scheduling.cancel(row, by=operator, now=TOO_LATE)
    assert Publication.objects.needing_a_person().count() == 0
    with pytest.raises(UserError):
        scheduling.cancel(row, by=operator, now=TOO_LATE)
