"""Douyin at the level of its connector: the contract, token lives, scopes, codes, webhooks, figures."""

import io
import json
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings as product

from platforms.connectors.account import AccountRef, SecretKeeper
from platforms.connectors.douyin import Douyin, uploading
from platforms.connectors.douyin.client import error_for, until_tomorrow
from platforms.connectors.errors import (
    NeedsReconnect,
    NotGenuine,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
)
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingVideo, Upload
from platforms.connectors.remote import Callback, CallbackRequest, PostRef, Ticket
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.doubles.douyin import ALL, DAY, DouyinPlatform, scopes_asked

ACCOUNT = AccountRef("open-1", "岚序茶饮")


class TestDouyin(Contract):
    connector = Douyin
    account = ACCOUNT
    hidden = ("top-secret-of-the-app", "act.of-the-contract", "rft.of-the-contract")
    secret = {  # noqa: RUF012
        **DouyinPlatform().secret(),
        "access_token": "act.of-the-contract",
        "refresh_token": "rft.of-the-contract",
    }

    @pytest.fixture(autouse=True)
    def _settings(self, settings):
        self.settings = settings

    def world(self):
        platform = DouyinPlatform()
        platform.access["act.of-the-contract"] = ("open-1", time.time() + DAY, ALL)
        platform.refresh["rft.of-the-contract"] = {
            "open_id": "open-1", "scope": ALL, "ends": time.time() + 30 * DAY, "renewals": 0,
        }  # fmt: skip
        return platform

    def outgoing(self):
        return make_outgoing()

    def is_write(self, request):
        return request.url.path.endswith("/create_image_text/")

    def at(self, address):
        self.settings.PLATFORM_ADDRESSES = {**product.PLATFORM_ADDRESSES, "douyin": address}
        return self.account, self.secret

    def test_published_post_is_told_with_aware_time(self):
        world = self.world()
        connector = self.connect(world)
        ticket = connector.publish(self.outgoing())
        assert (type(ticket), len(world.posts)) == (Ticket, 1)
        made = connector.check(ticket)
        assert made.url.startswith("https://")
        assert made.published_at.tzinfo is not None

    # the platform takes no key of ours: a repeat is a second post, and doubts are settled by looking
    test_same_key_twice_makes_one_post = None
    test_key_finds_the_post_and_no_other = None


class Kept(Upload):
    """An upload that remembers, and tells what it was told."""

    def __init__(self, **known):
        self.told, self.data = [], known

    @property
    def known(self):
        return dict(self.data)

    def keep(self, **data):
        self.data |= data

    def progress(self, done, total):
        self.told.append((done, total))


def make_video(content, *, mime="video/mp4", seconds=9.0, size_bytes=None):
    size = len(content) if size_bytes is None else size_bytes
    return OutgoingVideo("/w/x/assets/9/file", "茶.mp4", mime, size, 720, 1280, seconds, lambda: io.BytesIO(content))


@pytest.fixture
def platform():
    return DouyinPlatform()


def connect(platform, secret=None, **fields):
    secret = {**(secret or platform.secret()), **fields}
    http = Http("douyin", transport=httpx.MockTransport(platform), pause=lambda _s: None)
    return Douyin(ACCOUNT, secret, http)


def test_signing_in_asks_for_what_was_chosen_and_brings_tokens(platform):
    given = {"client_key": platform.client_key, "client_secret": platform.client_secret, "want_figures": "False"}
    connector = connect(platform, given)
    begun = connector.begin_sign_in("https://media.example/connect/back/", "state-1")
    assert begun.url.startswith("https://open.douyin.com/platform/oauth/connect/?client_key=awkey123&")
    asked = scopes_asked(begun.url)
    assert {"user_info", "video.create.bind", "item.comment", "renew_refresh_token"} <= set(asked)
    assert not {"data.external.item", "im.direct_message.bind"} & set(asked)
    back = {"code": platform.grant(), "state": "state-1"}
    secret = connector.finish_sign_in("https://media.example/connect/back/", begun.kept, back)
    assert secret["open_id"] == "open-1"
    assert connect(platform, secret).profile().name == "岚序茶饮"


def test_a_sign_in_that_was_denied_says_so(platform):
    with pytest.raises(Refused, match="access_denied"):
        connect(platform).finish_sign_in("", {}, {"error": "access_denied"})
    with pytest.raises(Refused):
        connect(platform).finish_sign_in("", {}, {"code": "made-up"})


@pytest.mark.parametrize("as_text", [False, True])
def test_the_human_step_is_told_of_in_time(platform, as_text):
    platform.string_numbers = as_text
    given = {"client_key": platform.client_key, "client_secret": platform.client_secret}
    secret = connect(platform, given).finish_sign_in("", {}, {"code": platform.grant()})
    ends = connect(platform, secret).profile().expires_at
    assert timedelta(days=177) <= ends - datetime.now(UTC) <= timedelta(days=178)
    assert Douyin.spec.warn_before_days == 30


def test_without_renewal_a_person_is_due_every_month(platform):
    scope = ALL.replace(",renew_refresh_token", "")
    ends = connect(platform, platform.secret(scope)).profile().expires_at
    assert timedelta(days=29) <= ends - datetime.now(UTC) <= timedelta(days=30)


def test_scopes_decide_what_the_account_can_do(platform):
    rights = connect(platform).profile().rights
    assert rights == ("publish", "posts", "messages", "reply", "moderate", "figures")
    assert connect(platform, platform.secret("user_info,video.data.bind")).profile().rights == ("figures",)
    assert connect(platform, platform.secret("user_info")).profile().rights == ()


def test_a_token_near_its_end_is_refreshed_ahead(platform):
    connector = connect(platform, access_ends=str(time.time() + 3600))
    connector.profile()
    renewed = connector.renewed_secret()
    assert renewed["access_token"] != platform.secret()["access_token"]
    assert float(renewed["access_ends"]) > time.time() + 14 * DAY
    assert platform.calls["renew_refresh_token"] == 0
    assert connect(platform, renewed).renewed_secret() is None


def test_a_refresh_does_not_lengthen_the_refreshing_token(platform):
    ends = time.time() + 9 * DAY
    connector = connect(platform, access_ends=str(time.time() + 3600), refresh_ends=str(ends))
    connector.profile()
    assert float(connector.renewed_secret()["refresh_ends"]) == pytest.approx(ends)


def test_five_renewals_and_no_sixth(platform):
    secret = platform.secret()
    days = []
    for _round in range(6):
        secret = {**secret, "refresh_ends": str(time.time() + 3600), "access_ends": str(time.time() + 12 * DAY)}
        connector = connect(platform, secret)
        days.append((connector.profile().expires_at - datetime.now(UTC)).total_seconds() / DAY)
        secret = connector.renewed_secret() or secret
    assert platform.calls["renew_refresh_token"] == 5
    assert secret["renewals"] == "5"
    assert days == pytest.approx([148, 118.5, 89, 59.5, 30, 0], abs=0.1)


def test_a_platform_that_has_counted_more_renewals_is_believed(platform):
    secret = platform.secret()
    platform.refresh[secret["refresh_token"]]["renewals"] = 5
    connector = connect(platform, secret, refresh_ends=str(time.time() + 3600))
    connector.profile()
    assert connector.renewed_secret()["renewals"] == "5"


@pytest.mark.parametrize("code", [28001003, 28001008, 2190002, 2190008, 10008])
def test_a_spent_token_is_refreshed_once_and_the_call_repeated_once(platform, code):
    connector = connect(platform)
    platform.will("create_image_text", code=code)
    connector.publish(make_outgoing())
    assert (len(platform.posts), platform.calls["create_image_text"], platform.calls["refresh_token"]) == (1, 2, 1)
    platform.will("create_image_text", code=code, times=2)
    with pytest.raises(NeedsReconnect):
        connector.publish(make_outgoing())
    assert len(platform.posts) == 1


def test_a_refreshing_token_that_has_ended_needs_a_person(platform):
    connector = connect(platform)
    platform.refresh.clear()
    platform.access.clear()
    with pytest.raises(NeedsReconnect):
        connector.profile()


def test_a_refresh_that_fails_ahead_of_time_stops_nothing(platform):
    platform.will("refresh_token", status=500)
    assert connect(platform, access_ends=str(time.time() + 3600)).profile().remote_id == "open-1"


def test_two_workers_renew_once(platform):
    first = {**platform.secret(), "refresh_ends": str(time.time() + 3600)}
    lies, lock = dict(first), threading.Lock()

    class Shared(SecretKeeper):
        @contextmanager
        def alone(self):
            with lock:
                yield dict(lies)

        def store(self, secret):
            lies.update(secret)
            return True

    def work():
        connector = connect(platform, first)
        connector.keep_with(Shared())
        told.append(connector.profile().remote_id)
        assert connector.renewed_secret() is None

    told = []
    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert told == ["open-1"] * 4
    assert platform.calls["renew_refresh_token"] == 1
    assert lies["refresh_token"] in platform.refresh


CODES = [
    *((code, OutcomeUnknown, NothingSent) for code in (28001005, 28001006, 2100004, -1)),
    *((code, NothingSent, NothingSent) for code in (28003018, 28001052, 28003017, 2190001)),
    *((code, NeedsReconnect, NeedsReconnect) for code in (28001012, 10010, 10020)),
    *((code, NotPermitted, NotPermitted) for code in (28001014, 28001018, 28001019, 28001056, 2100007, 10004)),
    *((code, Refused, Refused) for code in (28001045, 28001046, 28001047, 2100009)),
    *((code, Refused, Refused) for code in (28001007, 28001015, 2100005, 10005, 4711)),
]


@pytest.mark.parametrize(("code", "at_write", "before"), CODES)
def test_every_code_says_whether_anything_was_written(platform, code, at_write, before):
    platform.will("create_image_text", code=code)
    with pytest.raises(at_write) as told:
        connect(platform).publish(make_outgoing())
    assert type(told.value) is at_write
    assert "2020081214193601" in told.value.raw, "the log id is kept for complaints"
    assert platform.posts == []
    platform.will("upload_image", code=code)
    with pytest.raises(before) as told:
        connect(platform).publish(make_outgoing())
    assert type(told.value) is before


@pytest.mark.parametrize(
    "told", [{"err_no": 10004, "err_msg": "no", "data": {}}, {"data": {}, "extra": {"error_code": "10004"}}]
)
def test_the_code_is_found_wherever_it_stands(told):
    http = Http("douyin", transport=httpx.MockTransport(lambda _request: httpx.Response(200, json=told)))
    with pytest.raises(NotPermitted):
        Douyin(ACCOUNT, DouyinPlatform().secret(), http).publish(make_outgoing())


def test_a_used_up_quota_waits_for_the_platforms_next_day():
    late = datetime(2026, 11, 25, 15, 30, tzinfo=UTC)  # 23:30 in Beijing
    assert until_tomorrow(late) == 1800
    assert 0 < error_for(28003017, "", "write").wait_s <= DAY


def test_a_small_video_goes_in_one_call_and_out_after_review(platform):
    platform.reviews, connector = 2, connect(platform)
    upload = Kept()
    post = make_outgoing(
        images=(), video=make_video(b"small video"), upload=upload, tags=("春茶", "新品"),
        options={"private_status": "2", "download_type": "2", "cover_tsp": "2.5", "at_users": "o-2, o-3",
                 "poi_id": "p1", "poi_name": "茶山"},
    )  # fmt: skip
    ticket = connector.publish(post)
    body = platform.posts[0]["body"]
    assert body["text"].endswith("。#春茶 #新品")
    assert body["text"].count("#春茶") == 1
    assert (body["private_status"], body["download_type"], body["cover_tsp"]) == (2, 2, 2.5)
    assert (body["at_users"], body["poi_id"], body["poi_name"]) == (["o-2", "o-3"], "p1", "茶山")
    assert upload.told == [(0, 11), (11, 11)]
    assert platform.calls["init_video_part_upload"] == 0
    for _round in range(2):
        ticket = connector.check(ticket)
        assert isinstance(ticket, Ticket)
        assert ticket.step
    live = connector.check(ticket)
    assert (live.remote_id, live.kind) == (platform.posts[0]["item_id"], "video")
    assert live.data == {"private_status": "2"}


def test_what_review_turns_down_is_refused(platform):
    platform.reviews, connector = 5, connect(platform)
    ticket = connector.publish(make_outgoing())
    platform.turn_down(ticket.remote_id)
    with pytest.raises(Refused, match="turned it down") as told:
        connector.check(ticket)
    assert "video_status=2" in told.value.raw


def test_a_review_that_may_not_be_asked_about_is_no_refusal(platform):
    connector = connect(platform, platform.secret("user_info,video.create.bind"))
    ticket = connector.publish(make_outgoing())
    assert "Look in the app" in connector.check(ticket).step


def test_the_pieces_cover_is_uploaded_for_the_video(platform):
    cover = make_image("/w/x/assets/3/file")
    post = make_outgoing(images=(), cover=cover, video=make_video(b"v"), options={"own_cover": True})
    connect(platform).publish(post)
    assert platform.posts[0]["body"]["custom_cover_image_url"] in platform.images


@pytest.mark.parametrize(
    "video",
    [
        make_video(b"v", mime="video/quicktime"),
        make_video(b"v", size_bytes=4_000_000_001),
        make_video(b"v", seconds=901.0),
    ],
)
def test_what_douyin_would_not_take_is_not_sent(platform, video):
    with pytest.raises(Refused):
        connect(platform).publish(make_outgoing(images=(), video=video))
    assert not platform.calls


def test_thirty_pictures_and_no_more(platform):
    images = tuple(make_image(f"/media/{n}") for n in range(31))
    with pytest.raises(Refused, match="at most 30"):
        connect(platform).publish(make_outgoing(images=images))
    connect(platform).publish(make_outgoing(images=images[:30]))
    assert len(platform.posts[0]["body"]["image_list"]) == 30
    with pytest.raises(Refused, match="video or pictures"):
        connect(platform).publish(make_outgoing(images=()))


def test_pictures_that_arrived_are_not_sent_again(platform):
    images = tuple(make_image(f"/media/{n}") for n in range(3))
    upload, connector = Kept(), connect(platform)
    platform.will("upload_image", status=500)
    with pytest.raises(NothingSent):
        connector.publish(make_outgoing(images=images, upload=upload))
    connector.publish(make_outgoing(images=images, upload=upload))
    assert platform.calls["upload_image"] == 4


def test_parts_are_never_below_the_least_size():
    for size in (50_000_001, 128 * 1024 * 1024, 130_000_000, 41 * 1024 * 1024):
        parts = uploading.parts_of(size)
        assert sum(length for _start, length in parts) == size
        assert all(start == before + length for (before, length), (start, _l) in zip(parts, parts[1:], strict=False))
        assert min(length for _start, length in parts) >= 5 * 1024 * 1024


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of six megabytes stand in for twenty: the same way, with less to carry."""
    monkeypatch.setattr(uploading, "PART_BYTES", 6 * 1024 * 1024)
    monkeypatch.setattr(uploading, "AT_ONCE_BYTES", 10_000_000)


CONTENT = bytes(range(256)) * 4096 * 20


def test_a_cut_upload_goes_on_where_it_was(platform, small_parts):
    upload, connector = Kept(), connect(platform)
    post = make_outgoing(images=(), video=make_video(CONTENT), upload=upload)
    count = len(uploading.parts_of(len(CONTENT)))
    platform.will("complete_video_part_upload", status=502)
    with pytest.raises(NothingSent):
        connector.publish(post)
    assert upload.data["parts"] == count
    assert upload.told[-1] == (len(CONTENT) - 1, len(CONTENT)), "not the last byte before it is put together"
    connector.publish(post)
    assert platform.calls["upload_video_part"] == count
    assert len(platform.posts) == 1


def test_a_part_is_tried_twice(platform, small_parts):
    platform.will("upload_video_part", status=500)
    connect(platform).publish(make_outgoing(images=(), video=make_video(CONTENT), upload=Kept()))
    assert platform.calls["upload_video_part"] == len(uploading.parts_of(len(CONTENT))) + 1


def test_an_upload_the_platform_forgot_is_begun_anew(platform, small_parts):
    upload = Kept(of=f"/w/x/assets/9/file#{len(CONTENT)}", upload_id="@gone", parts=1, video_id="")
    connect(platform).publish(make_outgoing(images=(), video=make_video(CONTENT), upload=upload))
    assert platform.calls["init_video_part_upload"] == 1
    assert len(platform.posts) == 1


def test_another_video_forgets_the_parts_of_the_first(platform, small_parts):
    upload = Kept(of="/w/x/assets/1/file#5", upload_id="@up1/=", parts=2, video_id="v-old")
    connect(platform).publish(make_outgoing(images=(), video=make_video(CONTENT), upload=upload))
    assert platform.calls["upload_video_part"] == len(uploading.parts_of(len(CONTENT)))


def test_posts_are_listed_page_by_page_and_what_was_turned_down_is_not(platform):
    connector = connect(platform)
    for _round in range(23):
        connector.publish(make_outgoing())
    platform.turn_down(platform.posts[0]["item_id"])
    found = list(connector.recent_posts(SINCE))
    assert len(found) == 22
    assert platform.calls["video_list"] == 2
    platform.posts[0] |= {"video_status": 1, "is_top": True, "create_time": 1}
    assert len(list(connector.recent_posts(datetime.now(UTC) - timedelta(hours=1)))) == 22


def test_fates_tell_what_no_longer_stands(platform):
    connector = connect(platform)
    made = [connector.check(connector.publish(make_outgoing())) for _ in range(4)]
    wanted = [PostRef(post.remote_id, data=post.data) for post in made]
    wanted[2] = replace(wanted[2], data={"private_status": "1"})
    for item, status in zip(platform.posts, (2, 7, 7, 5), strict=True):
        item["video_status"] = status
    told = {fate.remote_id: fate for fate in connector.fates([*wanted, PostRef("@unknown")])}
    assert [told[post.remote_id].stands for post in made] == [False, False, True, True]
    assert told[made[0].remote_id].reason
    assert "@unknown" not in told


def test_comments_and_their_answers_are_read_and_answered(platform):
    connector = connect(platform)
    item = connector.publish(make_outgoing()).remote_id
    first = platform.comment(item, "多少钱？")
    made = connector.reply(f"{item}|{first}", "28 元")
    assert (made.is_own, made.post_id) == (True, item)
    told = {message.text: message for message in connector.messages(SINCE)}
    assert set(told) == {"想喝", "多少钱？", "28 元"}
    assert told["28 元"].is_own
    assert told["28 元"].thread_id == told["多少钱？"].remote_id == told["28 元"].reply_to
    assert told["28 元"].remote_id == made.remote_id
    assert any("item_id=%40item1%2FT%2B8%3D%3D" in query for query in platform.queries), "coded alone, and once"


def test_a_comment_is_put_on_top_and_taken_down(platform):
    connector = connect(platform)
    item = connector.publish(make_outgoing()).remote_id
    key = next(connector.messages(SINCE)).remote_id
    connector.moderate(key, "top")
    assert platform.comments[0]["told"]["top"] is True
    connector.moderate(key, "untop")
    assert platform.comments[0]["told"]["top"] is False
    for message, act in ((key, "delete"), ("im|a|b|c", "top")):
        with pytest.raises(Refused):
            connector.moderate(message, act)
    assert item


def test_comments_without_the_scope_are_not_asked_for(platform):
    connector = connect(platform, platform.secret("user_info,video.list.bind"))
    assert list(connector.messages(SINCE)) == []
    assert not platform.calls


def call(headers, body):
    return CallbackRequest("POST", {}, headers, body)


def test_the_address_check_is_answered(platform):
    body = json.dumps({"event": "verify_webhook", "client_key": "", "content": {"challenge": 12345}}).encode()
    told = connect(platform).read_callback(call({}, body))
    assert (json.loads(told.answer), told.key) == ({"challenge": 12345}, "")


@pytest.mark.parametrize("as_text", [False, True])
def test_a_comment_comes_by_webhook(platform, as_text):
    content = {
        "comment_id": "@c9", "comment_user_id": "reader-1", "content": "好喝", "create_time": 1700000000,
        "reply_to_comment_id": "@c1", "reply_to_item_id": "@item1",
    }  # fmt: skip
    headers, body = platform.webhook("item_comment_reply", content, sender="reader-1", as_text=as_text)
    told = connect(platform).read_callback(call(headers, body))
    assert (len(told.key), told.kind) == (64, "item_comment_reply")
    again = connect(platform).read_callback(call(headers | {"Msg-Id": "forged"}, body))
    assert again.key == told.key  # the header is not signed: under a new one it is the same event
    with pytest.raises(NotGenuine):
        connect(platform).read_callback(call(headers | {"X-Douyin-Signature": "é"}, body))
    kept = Callback(told.key, told.kind, json.loads(json.dumps(told.data)))  # as the store gives it back
    (message,) = connect(platform).understand(kept).messages
    assert (message.text, message.thread_id, message.remote_id) == ("好喝", "@item1|@c1", "@item1|@c9")
    assert message.at == datetime.fromtimestamp(1700000000, UTC)


def test_a_private_message_comes_by_webhook_and_is_answered(platform):
    content = {
        "conversation_short_id": "@talk", "server_message_id": "@m", "conversation_type": 1,
        "create_time": 1681303285997, "message_type": "text", "text": "在吗",
        "user_infos": [{"open_id": "reader-1", "nick_name": "刘东", "avatar": "https://p.example/l.jpg"}],
    }  # fmt: skip
    connector = connect(platform)
    headers, body = platform.webhook("im_receive_msg", content, sender="reader-1")
    (message,) = connector.understand(connector.read_callback(call(headers, body))).messages
    assert (message.kind, message.thread_id, message.author_name) == ("private", "im:reader-1", "刘东")
    assert (message.at.year, message.window) == (2023, None)
    made = connector.reply(message.remote_id, "在的")
    assert made.thread_id == "im:reader-1"
    assert platform.said == [
        {
            "msg_id": "@m", "conversation_id": "@talk", "to_user_id": "reader-1",
            "content": {"msg_type": 1, "text": {"text": "在的"}},
        }
    ]  # fmt: skip


def test_other_callbacks_say_what_they_are(platform):
    connector = connect(platform)

    def understood(event, content, **who):
        return connector.understand(connector.read_callback(call(*platform.webhook(event, content, **who))))

    assert understood("unauthorize", {"scopes": []}, sender="open-1", receiver="").is_revoked
    assert understood("create_video", {"item_id": "@i"}, sender="open-1").tickets == ("@i",)
    (event,) = understood("new_follow_action", {"action_type": 1, "action_time": 1686811643}, sender="r").events
    assert (event.kind, event.who_id) == ("follow", "r")
    assert understood("im_receive_msg", {"text": "hi"}, sender="a", receiver="other-account").messages == ()
    (picture,) = understood(
        "receive_msg", {"message_type": "image", "resource_url": "https://x/y"}, sender="r"
    ).messages
    assert picture.text == "[image] https://x/y"
    assert understood("dial_phone", {}, sender="r").events == ()


def test_what_is_not_signed_is_not_believed(platform):
    connector = connect(platform)
    headers, body = platform.webhook("unauthorize", {}, sender="open-1")
    wrong = [
        ({}, body),
        (headers, body + b" "),
        ({"X-Douyin-Signature": "0" * 40}, body),
        (headers | {"X-Douyin-Signature": ""}, body),
        ({}, b"\xff\xfe not json"),
        ({}, b"[1]"),
        ({}, b"[" * 100_000),
        ({"X-Douyin-Signature": "0" * 40}, b'{"event":"verify_webhook","content":{"challenge":1}}'),
        ({}, b" " * 1_000_001),
    ]
    for told in wrong:
        with pytest.raises(NotGenuine):
            connector.read_callback(call(*told))
    platform.client_key = "another-app"
    with pytest.raises(NotGenuine):
        connector.read_callback(call(*platform.webhook("unauthorize", {}, sender="open-1")))


@pytest.mark.parametrize("as_text", [False, True])
def test_figures_are_read_in_real_time_and_by_day(platform, as_text):
    connector = connect(platform)
    item = connector.publish(make_outgoing()).remote_id
    platform.posts[0]["statistics"] |= {"play_count": 300, "digg_count": 20}
    platform.string_numbers = as_text
    (fresh,) = connector.post_readings([PostRef(item)])
    assert (fresh.views, fresh.likes, fresh.comments, fresh.shares, fresh.saves) == (300, 20, 1, 0, None)
    assert "days" not in fresh.extra, "there are none before the next day"
    platform.posts[0]["create_time"] = int(time.time()) - 3 * DAY
    (older,) = connector.post_readings([PostRef(item)])
    assert older.extra["avg_play_duration"] == 7
    assert older.extra["days"] == {"2026-11-24": dict.fromkeys(("play", "like", "comment", "share"), 12)}
    platform.posts[0]["create_time"] = int(time.time()) - 31 * DAY
    (old,) = connector.post_readings([PostRef(item)])
    assert "days" not in old.extra


def test_the_accounts_figures_come_by_day(platform):
    told = connect(platform).account_reading()
    assert (told.followers, told.posts, told.views) == (1205, 42, None)
    assert told.extra["days"]["2026-11-24"]["profile_uv"] == 30
    none = connect(platform, platform.secret("user_info")).account_reading()
    assert (none.followers, none.extra) == (None, {})


def test_a_grant_taken_back_leaves_the_daily_figures_out(platform):
    connector = connect(platform)
    item = connector.publish(make_outgoing()).remote_id
    platform.posts[0]["create_time"] = int(time.time()) - 3 * DAY
    platform.will("data/external/item", code=28001014)
    (told,) = connector.post_readings([PostRef(item)])
    assert "days" not in told.extra
    assert told.likes == 0
