import pytest

from platforms.connectors import CONNECTORS
from platforms.connectors.account import AccountRef
from platforms.connectors.base import FindsByKey, RepeatsSafely
from platforms.connectors.errors import OutcomeUnknown
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import Ticket

POST = OutgoingPost("k1", "Title", "", "Words.", "<p>Words.</p>")


def a(platform):
    return CONNECTORS[platform](AccountRef("acc"), {}, None)


def test_script_is_followed_step_by_step(scripted):
    scripted.will("unknown_live", "unknown_lost")
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            a("scripted").publish(POST)
    assert scripted.times("k1") == 1
    a("scripted").publish(POST)
    assert (scripted.times("k1"), scripted.calls("publish", "k1")) == (2, 3)


def test_repeating_platform_never_doubles(scripted):
    assert {a("scripted_repeating").publish(POST).remote_id for _ in range(3)} == {"1"}
    assert issubclass(CONNECTORS["scripted_repeating"], RepeatsSafely)
    assert not issubclass(CONNECTORS["scripted"], RepeatsSafely)
    assert not issubclass(CONNECTORS["scripted_blind"], FindsByKey)


def test_ticket_becomes_a_post_after_its_checks(scripted):
    scripted.will("ticket", checks=2)
    ticket = a("scripted").publish(POST)
    assert isinstance(ticket, Ticket)
    ticket = a("scripted").check(ticket)
    assert a("scripted").check(ticket).key == "k1"


def test_comments_and_answers_share_a_thread(scripted):
    post = scripted.put(title="Elsewhere")
    said = scripted.say(post, "Nice")
    answer = a("scripted").reply(said, "Thank you")
    assert (answer.thread_id, answer.post_id, answer.is_own) == (said, post, True)
