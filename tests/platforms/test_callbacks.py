"""The address that platforms call: genuine or nothing, kept once, answered at once whatever else is slow."""

import threading
import time
from datetime import timedelta

import pytest
from celery.signals import before_task_publish
from django.test import Client
from django.utils import timezone

from platforms import tasks
from platforms.actions import callbacks
from platforms.connectors.errors import NothingSent
from platforms.connectors.remote import Fate, RemoteEvent, Understood
from platforms.connectors.wechat.connector import OfficialAccount
from platforms.models import AccountEvent, CallbackEvent, Conversation, Message, TicketNews
from platforms.models.callback import CallbackState
from tests.builders import make_account, make_post
from tests.platforms.wechat_world import make_official

pytestmark = pytest.mark.django_db


def understand_all(now=None):
    now = now or timezone.now()
    for pk in callbacks.hand_over(now):
        tasks.understand_callback(pk)


def test_genuine_callback_is_kept_and_answered(tell, wechat, official):
    answer = tell(wechat.write("oAnna", "hi", MsgId=7))
    assert (answer.status_code, answer.content) == (200, b"success")
    row = CallbackEvent.objects.get()
    assert (row.account, row.key, row.kind, row.state) == (official, "msg:7", "text", CallbackState.WAITING)
    assert "token" not in str(row.data).casefold()


def test_address_check_is_answered_and_leaves_nothing(client, wechat, official):
    query, _body = wechat.envelope("")
    answer = client.get(f"/hooks/{official.callback_key}/", query_params=query | {"echostr": "x"})
    assert answer.status_code == 403  # the double's query holds a signature over a body
    query.pop("msg_signature")
    answer = client.get(f"/hooks/{official.callback_key}/", query_params=query | {"echostr": "812"})
    assert (answer.status_code, answer.content) == (200, b"812")
    assert not CallbackEvent.objects.exists()


def test_whatever_is_not_genuine_gets_the_same_answer(client, tell, wechat, official, workspace):
    query, body = wechat.write("oAnna", "hi")
    unknown = tell((query, body), key="x" * 32)
    wrong = tell((query | {"msg_signature": "0" * 40}, body))
    silent = tell((query, body), key=make_account(workspace, platform="weibo").callback_key)
    large = tell((query, b"<xml>" + b" " * 1_100_000 + b"</xml>"))
    answers = {
        (each.status_code, each.content, each.headers["Content-Type"]) for each in (unknown, wrong, silent, large)
    }
    assert answers == {(403, b"", "text/plain")}
    assert not CallbackEvent.objects.exists()
    assert client.put(f"/hooks/{official.callback_key}/").status_code == 405


def test_disconnected_account_takes_nothing(tell, wechat, official):
    official.state = "gone"
    official.save()
    assert tell(wechat.write("oAnna", "hi")).status_code == 403


def test_the_door_needs_no_session_and_no_csrf_token(wechat, official):
    query, body = wechat.write("oAnna", "hi")
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/hooks/{official.callback_key}/", body, content_type="text/xml", query_params=query)
    assert answer.status_code == 200
    assert not answer.cookies


def test_callback_keys_are_unguessable_and_differ(workspace):
    keys = {make_account(workspace, platform="wechat").callback_key for _ in range(20)}
    assert len(keys) == 20
    assert min(map(len, keys)) >= 32


def test_repeat_gets_the_same_answer_and_is_kept_once(tell, wechat):
    called = wechat.write("oAnna", "hi", MsgId=7)
    answers = [tell(called).content for _ in range(3)]
    assert answers == [b"success"] * 3
    understand_all()
    tell(called)
    understand_all()
    assert CallbackEvent.objects.count() == 1
    assert Message.objects.count() == 1


def test_same_number_on_another_account_is_another_callback(tell, wechat, official, other_workspace):
    tell(wechat.write("oAnna", "hi", MsgId=7))
    other = make_official(other_workspace, wechat)
    tell(wechat.write("oAnna", "hi", MsgId=7), key=other.callback_key)
    assert CallbackEvent.objects.count() == 2


def test_long_key_is_kept_unmistakably(tell, wechat):
    for end in ("a", "b"):
        called = wechat.event("oAnna", "VIEW", at=1_900_000_000, EventKey="https://x.example/" + "y" * 400 + end)
        assert tell(called).status_code == 200
    assert CallbackEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_stuck_worker_and_slow_platform_delay_no_answer(monkeypatch, tell, wechat, official):
    """A worker hangs in the middle of understanding one callback; thirty more come in meanwhile."""
    going, end = threading.Event(), threading.Event()

    class Slow(OfficialAccount):
        def understand(self, callback):
            going.set()
            end.wait(30)
            return super().understand(callback)

    monkeypatch.setitem(callbacks.gateway.CONNECTORS, "wechat", Slow)
    tell(wechat.write("oAnna", "first"))
    worker = threading.Thread(target=understand_all)
    worker.start()
    try:
        assert going.wait(10)
        took = []
        for n in range(30):
            began = time.monotonic()
            assert tell(wechat.write("oAnna", f"message {n}")).content == b"success"
            took.append(time.monotonic() - began)
    finally:
        end.set()
        worker.join(30)
    assert max(took) < 2
    assert CallbackEvent.objects.count() == 31


def test_nothing_on_the_way_to_the_answer_speaks_to_the_broker(tell, wechat):
    sent = []

    def note(**message):
        sent.append(message)

    before_task_publish.connect(note)
    try:
        assert tell(wechat.write("oAnna", "hi")).content == b"success"
    finally:
        before_task_publish.disconnect(note)
    assert not sent
    assert CallbackEvent.objects.get().state == CallbackState.WAITING  # nor was it understood on the spot


def test_lost_message_is_handed_over_again_after_a_while(tell, wechat):
    tell(wechat.write("oAnna", "hi"))
    now = timezone.now()
    assert len(callbacks.hand_over(now)) == 1
    assert callbacks.hand_over(now) == []
    assert len(callbacks.hand_over(now + timedelta(minutes=3))) == 1


def test_what_fails_is_tried_again_and_given_up_in_the_end(monkeypatch, tell, wechat):
    class Failing(OfficialAccount):
        def understand(self, callback):
            raise NothingSent("The platform is busy.")

    monkeypatch.setitem(callbacks.gateway.CONNECTORS, "wechat", Failing)
    tell(wechat.write("oAnna", "hi"))
    row, now = CallbackEvent.objects.select_related("account__workspace").get(), timezone.now()
    callbacks.understand(row, now)
    row.refresh_from_db()
    assert (row.state, row.tries, row.problem) == (CallbackState.WAITING, 1, "The platform is busy.")
    assert row.try_after > now
    for _ in range(callbacks.MAX_TRIES - 1):
        callbacks.understand(row, now)
    row.refresh_from_db()
    assert row.state == CallbackState.FAILED


def test_follow_and_press_are_kept_for_figures_once(tell, wechat, official):
    called = [wechat.follow("oAnna"), wechat.press("oAnna", "PRICE"), wechat.leave("oAnna")]
    for each in called + called:
        tell(each)
    understand_all()
    kinds = sorted(AccountEvent.objects.values_list("kind", "name"))
    assert kinds == [("follow", ""), ("menu", "PRICE"), ("unfollow", "")]
    assert official.contacts.get().left_at is not None


def test_news_of_tickets_fates_and_the_end_of_access_are_written_down(monkeypatch, tell, wechat, official):
    post = make_post(official, remote_id="a_1")

    class Telling(OfficialAccount):
        def understand(self, callback):
            event = RemoteEvent("k", "revoked", timezone.now())
            return Understood((), (event,), ("publish:1",), (Fate("a_1", False, "Taken down."),), is_revoked=True)

    monkeypatch.setitem(callbacks.gateway.CONNECTORS, "wechat", Telling)
    tell(wechat.write("oAnna", "hi"))
    understand_all()
    post.refresh_from_db()
    official.refresh_from_db()
    assert TicketNews.objects.get().remote_id == "publish:1"
    assert (post.removed_at is not None, post.removed_why) == (True, "Taken down.")
    assert official.state == "expired"


def test_old_callbacks_and_stale_news_go(tell, wechat, official):
    tell(wechat.write("oAnna", "hi"))
    tell(wechat.write("oAnna", "still waits"))
    now = timezone.now()
    callbacks.note_tickets(official, ["publish:1"], now)
    CallbackEvent.objects.filter(pk=CallbackEvent.objects.first().pk).update(state=CallbackState.DONE)
    assert callbacks.prune(now) == 0
    assert callbacks.prune(now + timedelta(days=31)) == 2
    assert CallbackEvent.objects.get().state == CallbackState.WAITING


def test_words_of_nobody_known_begin_a_talk(tell, wechat):
    tell(wechat.write("oAnna123456", "多少钱？"))
    understand_all()
    talk = Conversation.objects.get()
    assert (talk.who_id, talk.kind, talk.last_text) == ("oAnna123456", "private", "多少钱？")
    assert talk.who_name == "…123456"
    assert talk.waits_since is not None
