from datetime import timedelta

import pytest
from django.utils import timezone

from mediaops.errors import UserError, WrongState
from mediaops.models import Activity, Notice
from platforms import talks, tasks
from platforms.actions import answering, inbox, syncing
from platforms.models import Account, Conversation, Message, Reply
from tests.builders_platforms import make_conversation, make_message, make_scripted


@pytest.fixture
def account(scripted, workspace):
    return make_scripted(workspace)


@pytest.fixture
def talk(scripted, account):
    """A comment that stands on the platform and waits for an answer."""
    post = scripted.put(title="Tea", account="scripted-account")
    scripted.say(post, "How much?", author="Ann")
    syncing.sync_account(account, timezone.now())
    return Conversation.objects.select_related("account__workspace").get()


def fresh(row):
    return Reply.objects.select_related("to", "conversation__account__workspace", "by__user", "by__workspace").get(
        pk=row.pk
    )


def answer(talk, by, text="Ten."):
    return answering.reply(talk, text, by=by, now=timezone.now())


def url(path=""):
    return f"/w/lanxu/inbox/{path}"


def test_answer_is_sent_once_and_becomes_a_message(scripted, talk, operator):
    row = answer(talk, operator)
    answering.send(fresh(row), timezone.now())
    answering.send(fresh(row), timezone.now())
    row.refresh_from_db()
    talk.refresh_from_db()
    assert (row.state, row.message.text, row.message.is_own) == ("sent", "Ten.", True)
    assert (talk.waits_since, talk.assigned_to) == (None, operator)
    assert scripted.calls("reply") == 1
    verbs = set(Activity.objects.filter(subject_id=str(talk.pk)).values_list("verb", flat=True))
    assert verbs == {"conversation.answered", "reply.sent"}


def test_second_worker_sends_nothing(scripted, talk, operator):
    row = answer(talk, operator)
    one, two = fresh(row), fresh(row)
    answering.send(one, timezone.now())
    answering.send(two, timezone.now())
    assert scripted.calls("reply") == 1


def test_syncing_does_not_double_our_own_answer(scripted, talk, account, operator):
    answering.send(fresh(answer(talk, operator)), timezone.now())
    syncing.sync_account(Account.objects.get(), timezone.now() + timedelta(minutes=5))
    assert Message.objects.filter(is_own=True).count() == 1


def test_what_surely_was_not_sent_is_tried_again_and_then_fails(scripted, talk, operator):
    scripted.will(*["nothing_sent"] * answering.MAX_TRIES, method="reply")
    row, now = answer(talk, operator), timezone.now()
    for _ in range(answering.MAX_TRIES):
        assert answering.hand_over(now) == [row.pk]
        answering.send(fresh(row), now)
        row.refresh_from_db()
        now = row.try_after
    assert (row.state, row.tries) == ("failed", answering.MAX_TRIES)
    assert Notice.objects.get().member == operator


def test_refusal_fails_at_once_and_keeps_the_text(scripted, talk, operator):
    scripted.will("refused", method="reply")
    row = answer(talk, operator)
    answering.send(fresh(row), timezone.now())
    row.refresh_from_db()
    assert (row.state, row.text, row.problem) == ("failed", "Ten.", "The platform does not want this.")
    assert Conversation.objects.get().waits_since is not None


def test_dead_sign_in_fails_the_answer_and_marks_the_account(scripted, talk, operator, owner):
    scripted.will("needs_reconnect", method="reply")
    row = answer(talk, operator)
    answering.send(fresh(row), timezone.now())
    assert (fresh(row).state, Account.objects.get().state) == ("failed", "expired")


@pytest.mark.parametrize("step", ["unknown_live", "unknown_lost"])
def test_doubt_is_never_repeated_by_a_machine(scripted, talk, operator, step):
    scripted.will(step, method="reply")
    row, now = answer(talk, operator), timezone.now()
    answering.send(fresh(row), now)
    assert fresh(row).state == "unsure"
    for minutes in range(1, 5):
        assert answering.hand_over(now + timedelta(minutes=minutes)) == []
        answering.release_stuck(now + timedelta(minutes=minutes))
    assert scripted.calls("reply") == 1


def test_doubtful_answer_is_found_on_the_platform(scripted, talk, operator):
    scripted.will("unknown_live", method="reply")
    row = answer(talk, operator)
    answering.send(fresh(row), timezone.now())
    syncing.sync_account(Account.objects.get(), timezone.now())
    row = fresh(row)
    assert (row.state, row.message.text) == ("sent", "Ten.")
    assert answering.tell_of_doubts(timezone.now() + timedelta(hours=1)) == 0
    assert not Notice.objects.exists()


def test_doubt_that_stays_reaches_its_writer_once(scripted, talk, operator):
    scripted.will("unknown_lost", method="reply")
    row, now = answer(talk, operator), timezone.now()
    answering.send(fresh(row), now)
    assert answering.tell_of_doubts(now) == 0
    assert answering.tell_of_doubts(now + timedelta(minutes=1)) == 1
    assert answering.tell_of_doubts(now + timedelta(minutes=2)) == 0
    assert Notice.objects.get().member == operator


def test_bug_of_ours_is_loud_and_leaves_doubt(scripted, talk, operator):
    scripted.will("bug", method="reply")
    row = answer(talk, operator)
    with pytest.raises(RuntimeError):
        answering.send(fresh(row), timezone.now())
    assert fresh(row).state == "unsure"


def test_dead_workers_answer_is_in_doubt_after_its_lease(scripted, talk, operator):
    row, now = answer(talk, operator), timezone.now()
    Reply.objects.update(state="sending", claimed_until=now - timedelta(seconds=1))
    assert answering.release_stuck(now) == 1
    assert fresh(row).state == "unsure"


def test_slow_answer_that_the_sweep_doubted_is_settled_after_all(scripted, talk, operator):
    row = fresh(answer(talk, operator))
    real = row.conversation.account
    answering.move(row, answering.REPLY_MOVES, "sending", claimed_until=timezone.now())
    remote = answering._talk(real, row)
    Reply.objects.update(state="unsure")
    answering._settle(row, remote, timezone.now())
    assert fresh(row).state == "sent"


def test_person_settles_a_doubt_both_ways(scripted, talk, operator):
    scripted.will("unknown_lost", method="reply")
    row = answer(talk, operator)
    answering.send(fresh(row), timezone.now())
    answering.send_again(fresh(row), by=operator, now=timezone.now())
    answering.send(fresh(row), timezone.now())
    assert (fresh(row).state, scripted.calls("reply")) == ("sent", 2)

    scripted.will("unknown_lost", method="reply")
    other = answer(talk, operator, text="Welcome.")
    answering.send(fresh(other), timezone.now())
    answering.confirm_sent(fresh(other), by=operator, now=timezone.now())
    assert fresh(other).state == "sent"
    with pytest.raises(WrongState):
        answering.confirm_sent(fresh(other), by=operator, now=timezone.now())


def test_double_click_is_one_answer(talk, operator):
    assert answer(talk, operator).pk == answer(talk, operator).pk
    assert Reply.objects.count() == 1


def test_handed_over_answer_is_not_handed_over_again_at_once(talk, operator):
    row, now = answer(talk, operator), timezone.now()
    assert answering.hand_over(now) == [row.pk]
    assert answering.hand_over(now) == []
    assert answering.hand_over(now + answering.HANDED_OVER) == [row.pk]


def test_two_people_do_not_answer_past_each_other(talk, operator, manager):
    answer(talk, operator)
    with pytest.raises(answering.AnsweredMeanwhile):
        answering.reply(talk, "Eleven.", by=manager, now=timezone.now(), seen=0)
    assert Reply.objects.count() == 1


def test_answer_needs_words_and_a_working_account(talk, operator):
    with pytest.raises(UserError):
        answer(talk, operator, text="  ")
    Account.objects.update(state="expired")
    talk.account.refresh_from_db()
    with pytest.raises(UserError):
        answer(talk, operator)


def test_platform_without_answers_says_so(scripted, workspace, operator):
    talk = make_conversation(make_scripted(workspace, platform="scripted_blind"))
    with pytest.raises(UserError):
        answer(talk, operator)


def test_clock_hands_waiting_answers_to_workers(talk, operator, scripted, settings):
    row = answer(talk, operator)
    for pk in answering.hand_over(timezone.now()):
        tasks.send_reply(pk)
    assert fresh(row).state == "sent"


def test_assigning_tells_the_member(talk, operator, manager, viewer, stranger):
    inbox.assign(talk, operator, by=manager, now=timezone.now())
    assert Notice.objects.get().member == operator
    for nobody in (viewer, stranger):
        with pytest.raises(UserError):
            inbox.assign(talk, nobody, by=manager, now=timezone.now())


def test_closed_talk_leaves_the_queue_and_opens_again(talk, operator):
    now = timezone.now()
    inbox.close(talk, by=operator, now=now)
    assert talks.count_waiting(talk.account.workspace) == 0
    with pytest.raises(WrongState):
        inbox.close(talk, by=operator, now=now)
    inbox.reopen(talk, by=operator, now=now)
    assert talks.count_waiting(talk.account.workspace) == 1


def test_the_count_of_those_who_wait_stops_at_a_thousand(talk, client_of, operator):
    many = [
        Conversation(
            account=talk.account, thread_id=f"t{n}", kind="comment", who_name="R", last_at=talk.last_at,
            waits_since=talk.last_at,
        )
        for n in range(1000)
    ]  # fmt: skip
    Conversation.objects.bulk_create(many)
    assert talks.count_waiting(talk.account.workspace) == 1000
    assert "999+" in client_of(operator).get(f"/w/{talk.account.workspace.slug}/inbox/").content.decode()


def test_inbox_shows_who_waits_longest_first(client_of, viewer, account):
    now = timezone.now()
    make_conversation(account, who_name="Late", at=now - timedelta(days=2))
    make_conversation(account, who_name="New", at=now - timedelta(minutes=2))
    make_conversation(account, who_name="Done", waits=False)
    page = client_of(viewer).get(url())
    assert [row.who_name for row in page.context["page"].talks] == ["Late", "New"]
    assert page.context["talk"].who_name == "Late"
    every = client_of(viewer).get(url() + "?tab=all")
    assert [row.who_name for row in every.context["page"].talks] == ["Late", "New", "Done"]


@pytest.mark.parametrize("query", ["?account=x&kind=y&who=z&page=w&tab=v", "?page=999", "?kind=private"])
def test_odd_filters_are_no_error(client_of, viewer, account, query):
    make_conversation(account)
    assert client_of(viewer).get(url() + query).status_code == 200


def test_filters_narrow_the_list(client_of, viewer, operator, account, workspace):
    other = make_scripted(workspace, remote_id="second")
    make_conversation(account, who_name="Mine", assigned_to=operator)
    make_conversation(other, who_name="Other", kind="private")

    def names(query):
        page = client_of(viewer).get(url() + query)
        return [row.who_name for row in page.context["page"].talks]

    assert names(f"?account={other.pk}") == ["Other"]
    assert names("?kind=private") == ["Other"]
    assert names(f"?who={operator.pk}") == ["Mine"]
    assert names("?who=nobody") == ["Other"]


def test_answering_from_the_page(client_of, operator, talk):
    sent = client_of(operator).post(url(f"{talk.pk}/reply/"), {"text": "Ten.", "seen": "0"})
    assert (sent.status_code, Reply.objects.get().by) == (302, operator)
    part = client_of(operator).post(
        url(f"{talk.pk}/reply/"), {"text": "Eleven.", "seen": "0"}, headers={"HX-Request": "true"}
    )
    assert "conversation:answered" in part.headers["HX-Trigger"]
    assert b"Eleven." in part.content


def test_refused_answer_keeps_its_text(client_of, operator, talk):
    Account.objects.update(state="expired")
    page = client_of(operator).post(url(f"{talk.pk}/reply/"), {"text": "My long answer", "seen": "0"})
    assert page.status_code == 422
    assert "My long answer" in page.content.decode()


def test_answer_meanwhile_is_shown_and_sending_again_works(client_of, operator, manager, talk):
    make_message(talk, text="Already said", is_own=True)
    client = client_of(manager)
    page = client.post(url(f"{talk.pk}/reply/"), {"text": "Mine too", "seen": "0"})
    assert page.status_code == 422
    again = {"text": "Mine too", "seen": str(talks.last_own(page.context["lines"]))}
    assert client.post(url(f"{talk.pk}/reply/"), again).status_code == 302


def test_readers_cannot_answer(client_of, viewer, editor, talk):
    for member in (viewer, editor):
        assert client_of(member).post(url(f"{talk.pk}/reply/"), {"text": "Hi"}).status_code == 403
        assert client_of(member).post(url(f"{talk.pk}/close/")).status_code == 403


def test_strangers_find_no_conversation(client_of, stranger, operator, talk):
    row = answer(talk, operator)
    client = client_of(stranger)
    assert client.get(f"/w/elsewhere/inbox/{talk.pk}/").status_code == 404
    assert client.post(f"/w/elsewhere/inbox/replies/{row.pk}/again/").status_code == 404
    assert client.post(f"/w/elsewhere/inbox/{talk.pk}/reply/", {"text": "x"}).status_code == 404


def test_inbox_stays_within_its_query_ceiling(client_of, operator, account, django_assert_max_num_queries):
    for _ in range(12):
        talk = make_conversation(account, assigned_to=operator)
        make_message(talk, is_own=True)
    client = client_of(operator)
    client.get(url())
    with django_assert_max_num_queries(15):
        client.get(url())
    with django_assert_max_num_queries(15):
        client.get(url(f"{talk.pk}/"))


def test_words_of_people_are_never_markup(client_of, viewer, account):
    talk = make_conversation(account, who_name="<b>Eve</b>", text="<script>alert(1)</script>")
    page = client_of(viewer).get(url(f"{talk.pk}/")).content.decode()
    assert "<script>alert" not in page
    assert "<b>Eve</b>" not in page


def test_today_shows_who_waits(client_of, operator, account):
    assert client_of(operator).get(url("today/")).content.strip() == b""
    make_conversation(account, who_name="Ann")
    assert b"Ann" in client_of(operator).get(url("today/")).content
