from datetime import timedelta

import pytest
from django.utils import timezone, translation

from content import tasks
from content.actions import handing, publishing, scheduling
from content.models import Attempt, Publication
from mediaops.models import Activity
from platforms import places
from platforms.models import Account, Post
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_publishing import NOW, approve, fresh, later, make_connected, make_ready, publish, tick
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


def verbs(publication):
    return list(Activity.objects.about(publication).values_list("verb", flat=True))


def test_what_is_due_becomes_a_post(account, scripted):  # noqa: F811
    row = publish(make_ready(account))
    assert (row.state, row.settled_at is not None, row.claimed_until) == ("live", True, None)
    assert row.post.url.startswith("https://scripted.example/")
    assert scripted.times(row.key) == 1
    assert verbs(row) == ["publication.started", "publication.live"]


def test_the_attempt_keeps_word_for_word_what_was_sent(account):
    row = publish(make_ready(account, title="Tea"))
    attempt = row.attempts.get()
    assert (attempt.outcome, attempt.worker, attempt.number) == ("live", "test", 1)
    assert attempt.sent["title"] == "Tea"
    assert attempt.sent["html"] == "<p>Words.</p>"
    assert attempt.ended_at >= attempt.started_at


def test_second_worker_sends_nothing(account, scripted):  # noqa: F811
    row = make_ready(account)
    first, second = publishing.load(row.pk), publishing.load(row.pk)
    outgoing = publishing.compose(first.variant, key=row.key)
    assert publishing.claim(first, outgoing, NOW) is not None
    assert publishing.claim(second, outgoing, NOW) is None
    assert publishing.publish_one(row.pk, NOW) is False
    assert (Attempt.objects.count(), scripted.calls("publish")) == (1, 0)


def test_what_is_not_due_or_cancelled_is_left_alone(account, owner, scripted):  # noqa: F811
    early = make_ready(account, due_at=later(minutes=1))
    gone = scheduling.cancel(make_ready(account), by=owner, now=NOW)
    assert publish(early).state == "planned"
    assert publish(gone).state == "cancelled"
    assert tick() == 0
    assert scripted.calls("publish") == 0


def test_one_that_was_moved_after_it_was_handed_over_waits(account, owner, scripted):  # noqa: F811
    row = make_ready(account)
    assert handing.hand_out(NOW) == [row.pk]
    scheduling.reschedule(row, later(hours=1), by=owner, now=NOW)
    assert publish(row).state == "planned"
    assert scripted.calls("publish") == 0


def test_nothing_sent_is_tried_again_later_and_later(account, scripted):  # noqa: F811
    scripted.will("nothing_sent", "nothing_sent")
    row = publish(make_ready(account))
    first = row.attempt_after - NOW
    assert (row.state, row.due_at, row.problem) == ("planned", NOW, "The platform cannot be reached.")
    assert timedelta(seconds=12) <= first <= timedelta(seconds=19)
    assert publish(row, NOW).tries == 1
    row = publish(row, row.attempt_after)
    assert row.attempt_after - NOW > first * 2
    row = publish(row, row.attempt_after)
    assert (row.state, row.problem, row.attempts.count()) == ("live", "", 3)
    assert [a.outcome for a in row.attempts.all()] == ["nothing_sent", "nothing_sent", "live"]


def test_a_platform_that_names_the_wait_is_heard(account, scripted):  # noqa: F811
    scripted.will("nothing_sent", wait_s=300)
    row = publish(make_ready(account))
    assert later(seconds=300) < row.attempt_after < later(seconds=365)


def test_a_wait_beyond_the_grace_asks_a_person(account, scripted):  # noqa: F811
    scripted.will("nothing_sent", wait_s=7200)
    row = publish(make_ready(account))
    assert (row.state, row.shown_state, row.way_out) == ("planned", "late", "decide")
    assert tick(later(hours=3)) == 0


def test_tries_are_capped_and_then_the_reason_is_shown(account, scripted):  # noqa: F811
    scripted.will(*["nothing_sent"] * 10)
    row = make_ready(account)
    for _ in range(publishing.TRIES + 2):
        row = publish(row, row.attempt_after)
    assert (row.state, row.tries, scripted.calls("publish")) == ("failed", 6, 6)
    assert row.problem == "The platform cannot be reached. We tried 6 times; nothing was sent."
    assert row.way_out == "retry"


def test_backoff_grows_with_some_jitter():
    waits = [publishing.wait_s(n, None, chance=lambda: 0.5) for n in range(1, 6)]
    assert waits == [15, 37.5, 93.75, 234.375, 585.9375]
    assert publishing.wait_s(1, None, chance=lambda: 0) == 12
    assert publishing.wait_s(1, 60, chance=lambda: 1) == 73


def test_refused_fails_with_the_platforms_reason(account, scripted):  # noqa: F811
    scripted.will("refused")
    row = publish(make_ready(account))
    assert (row.state, row.problem, row.way_out) == ("failed", "The platform does not want this.", "edit")
    assert row.attempts.get().raw == "422 no"


def test_a_dead_sign_in_fails_and_marks_the_account(account, owner, scripted):  # noqa: F811
    scripted.will("needs_reconnect")
    row = publish(make_ready(account))
    assert (row.state, row.way_out) == ("failed", "reconnect")
    assert Account.objects.get().state == "expired"
    assert owner.notices.filter(kind="account.expired").count() == 1


def test_no_clear_answer_is_unsure_and_never_sent_again_by_machine(workspace, scripted):  # noqa: F811
    row = make_ready(make_connected(workspace, "scripted_blind"))
    scripted.will("unknown_lost")
    row = publish(row)
    assert (row.state, row.way_out, row.attempts.get().outcome) == ("unsure", "look", "unknown")
    assert tick(later(minutes=5)) == 0
    assert publish(row, later(minutes=5)).state == "unsure"
    assert scripted.calls("publish") == 1


def test_a_bug_of_ours_is_doubt_and_stays_loud(account, scripted):  # noqa: F811
    scripted.will("bug")
    row = make_ready(account)
    with pytest.raises(RuntimeError):
        publish(row)
    row = fresh(row)
    assert row.state == "unsure"
    assert "a bug of ours" not in row.problem + row.attempts.get().raw + row.attempts.get().problem


def test_a_ticket_is_processing_until_it_is_asked_about(account, scripted):  # noqa: F811
    scripted.will("ticket", checks=2)
    row = publish(make_ready(account))
    assert (row.state, row.ticket["data"]["checks"]) == ("processing", 2)
    assert Post.objects.count() == 0


def test_a_change_after_approval_is_not_sent_and_names_the_reviewer(account, manager, scripted):  # noqa: F811
    row = make_ready(account)
    approve(row.variant.item, by=manager)
    type(row.variant.item).objects.update(body="Other words.")
    row = publish(row)
    assert (row.state, row.way_out) == ("failed", "review")
    assert row.problem == "The text changed after approval, so it was not sent. Ask Manager to look again."
    assert (scripted.calls("publish"), row.attempts.count()) == (0, 0)


def test_the_reason_is_in_the_language_of_the_workspace(account):
    account.workspace.language = "zh-hans"
    account.workspace.save()
    row = make_ready(account)
    type(row.variant.item).objects.update(body="Other words.")
    with translation.override("en"):
        assert "审核" in publish(row).problem


@pytest.mark.parametrize(("state", "words"), [("gone", "was disconnected"), ("expired", "signed us out")])
def test_an_account_that_is_gone_or_dead_fails_what_was_planned(account, state, words, scripted):  # noqa: F811
    row = make_ready(account)
    Account.objects.update(state=state)
    row = publish(row)
    assert (row.state, row.way_out, scripted.calls("publish")) == ("failed", "reconnect", 0)
    assert words in row.problem


def test_an_account_without_its_secret_fails_with_a_sentence(workspace, scripted):  # noqa: F811
    row = publish(make_ready(make_account(workspace, platform="scripted")))
    assert (row.state, row.way_out) == ("failed", "reconnect")
    assert "is not connected" in row.problem


def test_a_piece_that_nobody_approved_is_not_sent(account, scripted):  # noqa: F811
    row = publish(make_publication(make_variant(make_item(account.workspace), account), due_at=NOW))
    assert (row.state, row.way_out, scripted.calls("publish")) == ("failed", "review", 0)


def test_a_row_is_handed_over_once_until_its_message_must_be_lost(account):
    row = make_ready(account)
    assert handing.hand_out(NOW) == [row.pk]
    assert handing.hand_out(later(seconds=1)) == []
    assert handing.hand_out(later(seconds=21)) == [row.pk]


def test_an_account_gets_no_more_lanes_than_its_platform_takes(account, settings):
    settings.CELERY_WORKER_CONCURRENCY = 9
    rows = [make_ready(account) for _ in range(7)]
    lanes = account.spec.max_in_flight
    assert handing.hand_out(NOW) == [row.pk for row in rows[:lanes]]
    assert handing.hand_out(NOW) == []
    publish(rows[0])
    assert handing.take_next(account.pk, NOW) == [rows[lanes].pk]


def test_rows_taken_together_are_taken_by_one(account):
    rows = [make_ready(account).pk for _ in range(3)]
    assert handing.take_next(account.pk, NOW, count=2) == rows[:2]
    assert handing.take_next(account.pk, NOW, count=2) == rows[2:]
    assert handing.take_next(account.pk, NOW, count=2) == []
    handing.give_back(rows[:1])
    assert handing.take_next(account.pk, NOW, count=2) == rows[:1]


def test_accounts_take_turns(workspace, settings):
    settings.CELERY_WORKER_CONCURRENCY = 9
    busy, quiet = make_connected(workspace), make_connected(workspace)
    many = [make_ready(busy) for _ in range(5)]
    one = make_ready(quiet)
    assert handing.hand_out(NOW)[:2] in ([many[0].pk, one.pk], [one.pk, many[0].pk])


def test_one_server_never_gets_every_worker_process(workspace, settings):
    settings.CELERY_WORKER_CONCURRENCY = 2
    ours, mates = make_connected(workspace), make_connected(workspace)
    elsewhere = make_connected(workspace, server="https://there.example")
    many = [make_ready(account).pk for account in (ours, ours, mates)]
    there = make_ready(elsewhere).pk
    handed = handing.hand_out(NOW)
    assert there in handed and len(set(handed) & set(many)) == 1
    assert handing.hand_out(later(seconds=1)) == []
    settings.CELERY_WORKER_CONCURRENCY = 3
    assert len(handing.hand_out(later(seconds=2))) == 1


def test_a_row_that_was_handed_over_too_much_waits_for_the_server(workspace, scripted, settings):  # noqa: F811
    settings.CELERY_WORKER_CONCURRENCY = 2
    hung, row = make_connected(workspace), make_ready(make_connected(workspace), handed_at=NOW)
    with places.taken(hung, "publishes"):
        assert publishing.publish_one(row.pk, NOW) is False
    assert (fresh(row).state, fresh(row).handed_at, scripted.calls("publish")) == ("planned", None, 0)


def test_accounts_of_one_server_come_round(workspace):
    accounts = [make_connected(workspace) for _ in range(3)]
    elsewhere = make_connected(workspace, server="https://there.example")
    rows = {account.pk: make_ready(account).pk for account in [*accounts, elsewhere]}
    first, second, third = accounts
    assert handing.take_beside(first.pk, NOW) == [rows[second.pk]]
    assert handing.take_beside(second.pk, NOW) == [rows[third.pk]]
    assert handing.take_beside(third.pk, NOW) == [rows[first.pk]]
    assert handing.take_beside(third.pk, NOW) == []
    Account.objects.filter(pk=second.pk).update(paused_at=NOW)
    handing.give_back(rows.values())
    assert handing.take_beside(first.pk, NOW) == [rows[third.pk]]


def test_looks_and_publications_share_what_a_server_gets(workspace, scripted, settings):  # noqa: F811
    settings.CELERY_WORKER_CONCURRENCY = 2
    account, elsewhere = make_connected(workspace), make_connected(workspace, server="https://there.example")
    row, there = make_ready(account), make_ready(elsewhere)
    with places.taken(account) as is_free:
        assert is_free
        with places.taken(account) as is_free_twice:
            assert not is_free_twice
        assert publishing.publish_one(row.pk, NOW) is False
        assert publishing.publish_one(there.pk, NOW) is True
    assert fresh(row).handed_at is None, "given back"
    assert publish(row).state == "live"


def test_a_look_that_has_to_wait_is_made_soon(workspace, scripted, settings):  # noqa: F811
    settings.CELERY_WORKER_CONCURRENCY = 2
    account = make_connected(workspace)
    scripted.will("unknown_lost")
    doubt = publish(make_ready(account))
    assert doubt.state == "unsure"
    asked = scripted.calls("find")
    with places.taken(account):
        tasks.look_up(doubt.pk)
    assert scripted.calls("find") == asked
    assert fresh(doubt).check_after < timezone.now() + timedelta(seconds=5)
    tasks.look_up(doubt.pk)
    assert scripted.calls("find") == asked + 1


def test_a_full_account_puts_the_row_back(account, scripted, settings):  # noqa: F811
    settings.CELERY_WORKER_CONCURRENCY = 9
    for row in [make_ready(account) for _ in range(account.spec.max_in_flight)]:
        Publication.objects.filter(pk=row.pk).update(state="sending", claimed_until=later(minutes=1))
    row = make_ready(account, handed_at=NOW)
    assert publishing.publish_one(row.pk, NOW) is False
    assert (fresh(row).state, fresh(row).handed_at, scripted.calls("publish")) == ("planned", None, 0)


def test_a_platform_that_hangs_gets_one_call_at_a_time(account, workspace, scripted, settings):  # noqa: F811
    settings.CELERY_WORKER_CONCURRENCY = 9
    hung = make_ready(account)
    Publication.objects.filter(pk=hung.pk).update(state="sending", claimed_at=NOW, claimed_until=later(minutes=1))
    here, there = make_ready(account), make_ready(make_connected(workspace))
    assert publishing.publish_one(here.pk, later(seconds=6)) is False
    assert publishing.publish_one(there.pk, later(seconds=6)) is True
    assert publishing.publish_one(here.pk, later(seconds=3)) is True


def test_a_paused_account_or_workspace_sends_nothing(account, scripted):  # noqa: F811
    row = make_ready(account)
    Account.objects.update(paused_at=NOW)
    assert (tick(), publish(row).shown_state) == (0, "held")
    Account.objects.update(paused_at=None)
    type(account.workspace).objects.update(paused_at=NOW)
    assert (tick(), publish(row).shown_state, scripted.calls("publish")) == (0, "held", 0)


def test_sending_asks_the_database_little(account, django_assert_max_num_queries):
    row = make_ready(account)
    with django_assert_max_num_queries(40):
        publish(row)
