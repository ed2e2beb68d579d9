from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import translation

from content.actions import publishing, reconciling
from content.models import Publication
from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Workspace
from platforms.models import Account, Post
from tests.builders import make_post
from tests.builders_publishing import NOW, fresh, later, make_connected, make_ready, publish, tick
from tests.platforms.scripted import RepeatingConnector, scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


def sweep(now):
    """Do what the clock and the workers do about dead workers, tickets and doubts."""
    reconciling.release_stuck(now)
    for pk in reconciling.check_tickets(now):
        reconciling.check_ticket(pk, now)
    for pk in reconciling.doubts_to_look_up(now):
        reconciling.look_up(pk, now)


def sweep_until(row, *, seconds, step=5):
    """Let the clock run; return the row and after how many seconds it was no longer unsure."""
    for second in range(0, seconds, step):
        now = later(seconds=second)
        sweep(now)
        tick(now)
        if fresh(row).state not in {"unsure", "processing", "sending"}:
            return fresh(row), second
    return fresh(row), None


def claimed(row, now=NOW):
    """Do what a worker does up to the call, and die there."""
    loaded = publishing.load(row.pk)
    outgoing = publishing.compose(loaded.variant, key=loaded.key)
    return loaded, publishing.claim(loaded, outgoing, now), outgoing


def test_a_living_workers_row_is_left_alone(account):
    row, _attempt, _outgoing = claimed(make_ready(account))
    assert reconciling.release_stuck(later(seconds=14)) == 0
    assert fresh(row).state == "sending"


def test_a_dead_workers_row_becomes_unsure_and_its_attempt_lost(account):
    row, attempt, _outgoing = claimed(make_ready(account))
    assert reconciling.release_stuck(later(seconds=16)) == 1
    attempt.refresh_from_db()
    assert (fresh(row).state, attempt.outcome) == ("unsure", "lost")
    assert fresh(row).problem.startswith("The worker stopped")


def test_what_was_sent_before_the_worker_died_is_found_live_and_not_sent_again(account, scripted):  # noqa: F811
    row, _attempt, outgoing = claimed(make_ready(account))
    scripted.put(key=row.key, title=outgoing.title)
    sweep(later(seconds=16))
    assert (fresh(row).state, scripted.times(row.key), scripted.calls("publish")) == ("live", 1, 0)


def test_where_a_repeat_is_refused_an_absent_post_goes_out_at_once(workspace, scripted):  # noqa: F811
    row, _attempt, _outgoing = claimed(make_ready(make_connected(workspace, "scripted_repeating")))
    row, seconds = sweep_until(row, seconds=60)
    assert (row.state, scripted.times(row.key), scripted.calls("publish")) == ("live", 1, 1)
    assert seconds <= 20


def test_without_an_open_attempt_nothing_can_have_been_sent(account):
    row, attempt, _outgoing = claimed(make_ready(account))
    attempt.delete()
    reconciling.release_stuck(later(seconds=16))
    assert fresh(row).state == "planned"


def test_a_slow_workers_late_answer_still_counts(account, scripted):  # noqa: F811
    row, attempt, outgoing = claimed(make_ready(account))
    reconciling.release_stuck(later(seconds=16))
    publishing.send(row, attempt, outgoing, later(seconds=17))
    attempt.refresh_from_db()
    assert (fresh(row).state, attempt.outcome, scripted.times(row.key)) == ("live", "live", 1)


def test_a_slow_workers_failure_does_not_touch_another_ones_claim(account, scripted):  # noqa: F811
    slow, attempt, outgoing = claimed(make_ready(account))
    Publication.objects.update(state="planned", claims=slow.claims)
    other, _attempt, _outgoing = claimed(slow, later(seconds=20))
    scripted.will("refused")
    publishing.send(slow, attempt, outgoing, later(seconds=21))
    assert (fresh(other).state, fresh(other).claims) == ("sending", 2)


def test_a_doubt_that_is_live_is_found_at_once(account, scripted):  # noqa: F811
    scripted.will("unknown_live")
    row = publish(make_ready(account))
    sweep(NOW + timedelta(seconds=1))
    assert (fresh(row).state, scripted.times(row.key), scripted.calls("publish")) == ("live", 1, 1)
    assert row.attempts.get().outcome == "live"


def test_an_absent_post_is_sent_once_more_only_after_looking_for_minutes(account, scripted):  # noqa: F811
    scripted.will("unknown_lost")
    row = publish(make_ready(account))
    row, seconds = sweep_until(row, seconds=600)
    assert row.state in {"planned", "live"}
    assert seconds >= 180
    tick(later(seconds=seconds + 1))
    assert (fresh(row).state, scripted.times(row.key), scripted.calls("publish")) == ("live", 1, 2)


def test_a_second_doubt_is_left_to_a_person(account, scripted):  # noqa: F811
    scripted.will("unknown_lost", "unknown_lost")
    row = publish(make_ready(account))
    row, _seconds = sweep_until(row, seconds=1000)
    row, seconds = sweep_until(row, seconds=3600, step=60)
    assert (row.state, seconds, scripted.calls("publish")) == ("unsure", None, 2)


def test_where_nobody_can_look_a_machine_never_sends_again(workspace, scripted):  # noqa: F811
    scripted.will("unknown_lost")
    row = publish(make_ready(make_connected(workspace, "scripted_blind")))
    row, _seconds = sweep_until(row, seconds=8000, step=60)
    assert (row.state, scripted.calls("publish"), row.check_after) == ("unsure", 1, None)
    assert row.looks == len(reconciling.LOOK_AFTER_S) + 1


def test_a_key_that_the_platform_has_forgotten_is_not_repeated(workspace, scripted, monkeypatch):  # noqa: F811
    monkeypatch.setattr(RepeatingConnector, "spec", replace(RepeatingConnector.spec, repeats_for_s=3600))
    Workspace.objects.update(late_grace_min=600)
    row, _attempt, _outgoing = claimed(make_ready(make_connected(workspace, "scripted_repeating")))
    sweep(later(minutes=59))
    assert (fresh(row).state, fresh(row).way_out) == ("unsure", "look")
    assert (tick(later(minutes=59)), scripted.calls("publish_again")) == (0, 0)


def test_an_absent_post_whose_time_has_passed_asks_a_person(workspace, scripted):  # noqa: F811
    row, _attempt, _outgoing = claimed(make_ready(make_connected(workspace, "scripted_repeating")))
    sweep(later(hours=3))
    assert (fresh(row).shown_state, fresh(row).way_out) == ("late", "decide")
    assert (tick(later(hours=3)), scripted.calls("publish")) == (0, 0)


def test_a_platform_that_cannot_be_asked_is_asked_again(account, scripted):  # noqa: F811
    scripted.will("unknown_live")
    row = publish(make_ready(account))
    scripted.will("nothing_sent", method="find")
    sweep(later(seconds=1))
    assert (fresh(row).state, fresh(row).looks) == ("unsure", 1)
    sweep(later(seconds=12))
    assert fresh(row).state == "live"
    looked = Activity.objects.about(row).get(verb="publication.looked")
    assert looked.detail["result"] == "unreachable"


def test_a_dead_sign_in_found_while_looking_marks_the_account(account, scripted):  # noqa: F811
    scripted.will("unknown_live")
    publish(make_ready(account))
    scripted.will("needs_reconnect", method="find")
    sweep(later(seconds=1))
    assert Account.objects.get().state == "expired"


def test_a_post_of_another_publication_is_not_taken_for_it(account, scripted):  # noqa: F811
    first = publish(make_ready(account))
    scripted.will("unknown_lost")
    second = publish(make_ready(account))
    Publication.objects.filter(pk=second.pk).update(key="f" * 32)
    Publication.objects.filter(pk=first.pk).update(key="e" * 32)
    scripted.put(key="f" * 32, title="First flush")
    known = Post.objects.get()
    Post.objects.filter(pk=known.pk).update(remote_id="2")
    sweep(later(seconds=1))
    assert fresh(second).state == "unsure"


def test_each_doubt_is_looked_up_by_one_worker(account, scripted):  # noqa: F811
    scripted.will("unknown_lost")
    row = publish(make_ready(account))
    assert reconciling.doubts_to_look_up(NOW + timedelta(seconds=1)) == [row.pk]
    assert reconciling.doubts_to_look_up(NOW + timedelta(seconds=1)) == []


def test_a_ticket_becomes_live_after_its_checks(account, scripted):  # noqa: F811
    scripted.will("ticket", checks=3)
    row = publish(make_ready(account))
    row, seconds = sweep_until(row, seconds=120, step=1)
    assert (row.state, row.ticket, scripted.times(row.key)) == ("live", None, 1)
    assert row.attempts.get().outcome == "live"
    assert 10 <= seconds <= 20


def test_a_ticket_that_the_platform_refuses_fails(account, scripted):  # noqa: F811
    scripted.will("ticket")
    row = publish(make_ready(account))
    scripted.will("refused", method="check")
    sweep(later(seconds=2))
    assert (fresh(row).state, row.attempts.get().outcome) == ("failed", "refused")


def test_a_ticket_that_cannot_be_asked_about_is_asked_again(account, scripted):  # noqa: F811
    scripted.will("ticket")
    row = publish(make_ready(account))
    scripted.will("nothing_sent", method="check")
    row, _seconds = sweep_until(row, seconds=60)
    assert row.state == "live"


def test_a_ticket_that_never_ends_becomes_a_doubt(account, scripted):  # noqa: F811
    scripted.will("ticket", checks=10_000)
    row = publish(make_ready(account))
    sweep(later(hours=25))
    assert (fresh(row).state, fresh(row).way_out) == ("unsure", "look")


@pytest.fixture
def doubt(workspace, scripted):  # noqa: F811
    scripted.will("unknown_lost")
    return publish(make_ready(make_connected(workspace, "scripted_blind")))


def test_it_is_live_at_this_link(doubt, operator):
    reconciling.confirm(doubt, "https://out.example/tea", by=operator, now=later(minutes=5))
    row = fresh(doubt)
    assert (row.state, row.post.url, row.post.title) == ("live", "https://out.example/tea", "First flush")
    assert Activity.objects.about(row).last().member == operator


def test_a_link_that_is_known_already_is_that_post(doubt, operator):
    known = make_post(doubt.variant.account, url="https://out.example/tea")
    assert reconciling.confirm(doubt, "https://out.example/tea/", by=operator, now=later(minutes=5)) == known


def test_a_link_that_the_platform_shows_is_that_post(account, operator, scripted):  # noqa: F811
    scripted.will("unknown_lost")
    row = publish(make_ready(account))
    remote = scripted.put(title="First flush", at=NOW)
    post = reconciling.confirm(row, f"https://scripted.example/{remote}", by=operator, now=later(minutes=5))
    assert post.remote_id == remote


def test_a_link_of_another_publication_is_not_taken(doubt, operator):
    other = publish(make_ready(doubt.variant.account))
    with pytest.raises(UserError, match="another publication"):
        reconciling.confirm(doubt, other.post.url, by=operator, now=later(minutes=5))
    assert fresh(doubt).state == "unsure"


def test_it_is_not_live_send_it_again(doubt, operator, scripted):  # noqa: F811
    reconciling.not_live(doubt, later(minutes=10), by=operator, now=later(minutes=5))
    assert (fresh(doubt).state, fresh(doubt).tries) == ("planned", 0)
    tick(later(minutes=10))
    assert (fresh(doubt).state, scripted.times(doubt.key)) == ("live", 1)


def test_before_sending_again_the_machine_looks_once_more(account, operator, scripted):  # noqa: F811
    scripted.will("unknown_live")
    row = publish(make_ready(account))
    reconciling.not_live(row, later(minutes=10), by=operator, now=later(minutes=5))
    tick(later(minutes=10))
    assert (fresh(row).state, scripted.times(row.key), scripted.calls("publish")) == ("live", 1, 1)


def test_not_live_at_a_time_in_the_past_is_refused(doubt, operator):
    with pytest.raises(UserError, match="That time has passed"):
        reconciling.not_live(doubt, NOW, by=operator, now=later(minutes=5))


def test_only_what_is_open_can_be_answered(account, operator):
    row = publish(make_ready(account))
    with pytest.raises(WrongState):
        reconciling.confirm(row, "https://out.example/tea", by=operator, now=NOW)
    with pytest.raises(WrongState):
        reconciling.not_live(row, later(hours=1), by=operator, now=NOW)


def test_a_doubt_may_be_given_up(doubt, operator):
    reconciling.give_up(doubt, by=operator, now=later(minutes=5))
    assert fresh(doubt).state == "cancelled"
