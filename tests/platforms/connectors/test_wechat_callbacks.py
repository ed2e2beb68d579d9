"""Being called by an Official Account: genuine or not, and what it means."""

import time
from datetime import timedelta

import defusedxml.ElementTree
import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NotGenuine
from platforms.connectors.http import Http
from platforms.connectors.remote import CallbackRequest, ReplyWindow
from platforms.connectors.wechat import crypto
from platforms.connectors.wechat.connector import OfficialAccount
from tests.platforms.doubles.wechat import APP_ID, APP_SECRET
from tests.platforms.doubles.wechat_people import AES_KEY, TOKEN, WeChatPeople

JOB = """<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oAnna]]></FromUserName>
<CreateTime>1481013459</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{word}]]></Event>{more}</xml>"""
PUBLISHED = (
    "<PublishEventInfo><publish_id>2247503051\n</publish_id><publish_status>0</publish_status></PublishEventInfo>"
)


@pytest.fixture(params=["safe", "plain"])
def world(request):
    return WeChatPeople(aes_key=AES_KEY if request.param == "safe" else "")


def connector_of(world, **secret):
    def nothing(request):
        raise AssertionError("a callback asks nobody")

    given = {"app_id": APP_ID, "app_secret": APP_SECRET, "token": TOKEN, "aes_key": world.aes_key} | secret
    return OfficialAccount(AccountRef(APP_ID), given, Http("wechat", transport=httpx.MockTransport(nothing)))


def told(world, called, **secret):
    query, body = called
    return connector_of(world, **secret).read_callback(CallbackRequest("POST", query, {}, body))


def understood(world, called):
    return connector_of(world).understand(told(world, called))


def test_message_becomes_a_private_message_with_its_window(world):
    found = understood(world, world.write("oAnna", "多少钱？", at=1_780_000_000, MsgId=77)).messages[0]
    assert (found.remote_id, found.thread_id, found.kind) == ("msg:oAnna:77", "user:oAnna", "private")
    assert (found.text, found.author_id, found.at.timestamp()) == ("多少钱？", "oAnna", 1_780_000_000)
    assert found.window == ReplyWindow(found.at + timedelta(hours=48), 5)


def test_a_message_from_the_future_is_of_now_and_opens_no_window_beyond_it(world):
    found = understood(world, world.write("oAnna", "hi", at=3_900_000_000, MsgId=78)).messages[0]
    assert abs(found.at.timestamp() - time.time()) < 60
    assert found.window == ReplyWindow(found.at + timedelta(hours=48), 5)


def test_message_is_known_by_its_number_and_an_event_by_who_when_and_what(world):
    assert told(world, world.write("oAnna", "hi", MsgId=77)).key == "msg:77"
    assert told(world, world.callback("oAnna", at=1_780_000_000, MsgType="text", Content="a")).key == (
        "msg:oAnna:1780000000"
    )
    press = world.event("oAnna", "CLICK", at=1_780_000_000, EventKey="MENU_1")
    assert told(world, press).key == "event:oAnna:1780000000:click:MENU_1"


@pytest.mark.parametrize(("fields", "text"), [
    ({"MsgType": "image", "PicUrl": "http://x", "MediaId": "m"}, "[Picture]"),
    ({"MsgType": "voice", "MediaId": "m", "Recognition": "你好"}, "[Voice message] 你好"),
    ({"MsgType": "voice", "MediaId": "m"}, "[Voice message]"),
    ({"MsgType": "shortvideo", "MediaId": "m"}, "[Short video]"),
    ({"MsgType": "location", "Location_X": "23.1", "Location_Y": "113.3", "Label": "广州"}, "[Location] 广州"),
    ({"MsgType": "link", "Title": "茶", "Url": "https://x.example"}, "[Link] 茶\nhttps://x.example"),
    ({"MsgType": "hologram"}, "[Message of the kind “hologram”]"),
])  # fmt: skip
def test_what_is_no_text_is_named(world, fields, text):
    found = understood(world, world.callback("oAnna", MsgId=1, **fields)).messages[0]
    assert found.text == text
    assert found.raw.get("MediaId", "") == fields.get("MediaId", "")


@pytest.mark.parametrize(("word", "kind", "minutes"), [
    ("subscribe", "follow", 1), ("unsubscribe", "unfollow", None), ("SCAN", "scan", 1), ("CLICK", "menu", 1),
    ("VIEW", "menu", None), ("scancode_push", "menu", None), ("LOCATION", "other", None),
    ("user_authorization_revoke", "revoked", None),
])  # fmt: skip
def test_event_is_kept_with_the_window_it_opens(world, word, kind, minutes):
    found = understood(world, world.event("oAnna", word, EventKey="qrscene_shop"))
    event = found.events[0]
    assert (event.kind, event.who_id, event.name, event.thread_id) == (kind, "oAnna", "shop", "user:oAnna")
    assert event.window == (ReplyWindow(event.at + timedelta(minutes=1), 3) if minutes else None)
    assert not found.messages
    assert not found.is_revoked


@pytest.mark.parametrize("word", ["PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH", "PublishJobFinish"])
def test_end_of_publishing_is_news_of_a_ticket(world, word):
    called = world.envelope(JOB.format(word=word, more=PUBLISHED))
    assert understood(world, called).tickets == ("publish:2247503051",)


def test_end_of_a_mass_send_is_news_of_a_ticket(world):
    called = world.envelope(JOB.format(word="MASSSENDJOBFINISH", more="<MsgID>1000001625</MsgID>"))
    assert understood(world, called).tickets == ("mass:1000001625",)


def test_json_is_read_as_xml_is():
    world = WeChatPeople(aes_key="")
    text = '{"FromUserName": "oAnna", "CreateTime": 1482048670, "MsgType": "text", "Content": "hi", "MsgId": 9}'
    assert understood(world, world.envelope(text)).messages[0].text == "hi"


def test_compatible_mode_believes_only_what_is_encrypted():
    world = WeChatPeople()
    query, body = world.write("oAnna", "genuine", MsgId=5)
    forged = (
        b"<MsgType>text</MsgType><FromUserName>oEve</FromUserName><Content>forged</Content><MsgId>6</MsgId></xml>"
    )
    found = told(world, (query, body.replace(b"</xml>", forged)))
    assert (found.data["Content"], found.key) == ("genuine", "msg:5")


def test_compatible_mode_without_a_key_of_ours_reads_the_plain_half():
    world = WeChatPeople()
    query, body = world.write("oAnna", "sealed", MsgId=5)
    plain = b"<MsgType>text</MsgType><FromUserName>oAnna</FromUserName><Content>open</Content><MsgId>5</MsgId></xml>"
    assert told(world, (query, body.replace(b"</xml>", plain)), aes_key="").data["Content"] == "open"


def check(world, **changes):
    stamp = str(int(time.time()))
    query = {"signature": crypto.signature_of(TOKEN, stamp, "n"), "timestamp": stamp, "nonce": "n", "echostr": "812"}
    return connector_of(world).read_callback(CallbackRequest("GET", query | changes, {}))


def test_address_check_is_echoed_and_not_kept(world):
    answer = check(world)
    assert (answer.answer, answer.key) == (b"812", "")


def test_encrypted_echo_is_opened():
    world = WeChatPeople()
    echo, stamp = crypto.sealed(b"812", crypto.key_of(AES_KEY), APP_ID), str(int(time.time()))
    query = {"timestamp": stamp, "nonce": "n", "echostr": echo}
    query["msg_signature"] = crypto.signature_of(TOKEN, stamp, "n", echo)
    assert connector_of(world).read_callback(CallbackRequest("GET", query, {})).answer == b"812"


@pytest.mark.parametrize("changes", [
    {"signature": "0" * 40}, {"nonce": "other"}, {"echostr": ""}, {"timestamp": "1"}, {"signature": ""},
    {"signature": "é"},
])  # fmt: skip
def test_false_address_check_is_turned_away(world, changes):
    with pytest.raises(NotGenuine):
        check(world, **changes)


def test_wrong_signature_is_turned_away(world):
    query, body = world.write("oAnna", "hi")
    name = "msg_signature" if world.aes_key else "signature"
    with pytest.raises(NotGenuine, match="signature"):
        told(world, (query | {name: "0" * 40}, body))


def test_account_without_a_token_takes_nothing(world):
    with pytest.raises(NotGenuine):
        told(world, world.envelope("<xml><MsgType>text</MsgType></xml>", token=""), token="")


def test_content_for_another_account_is_turned_away():
    world = WeChatPeople()
    called = world.envelope("<xml><MsgType>text</MsgType></xml>", app_id="wx9999999999999999")
    with pytest.raises(NotGenuine, match="another account"):
        told(world, called)


def test_old_request_is_turned_away(world):
    called = world.envelope("<xml><MsgType>text</MsgType></xml>", stamp=time.time() - 2 * 86_400)
    with pytest.raises(NotGenuine, match="old"):
        told(world, called)


def test_plain_text_is_turned_away_where_a_key_is_stored():
    query, body = WeChatPeople(aes_key="").write("oAnna", "forged")
    with pytest.raises(NotGenuine):
        told(WeChatPeople(), (query, body))


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<xml><MsgType>text</MsgType><Content>&b;</Content></xml>"""
FILE = """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><MsgType>text</MsgType><Content>&f;</Content></xml>"""


@pytest.mark.parametrize("inside", [
    BOMB, FILE, "", "<xml>", "<a>" * 50 + "</a>" * 50, "<xml>" + "<a>1</a>" * 600 + "</xml>", "not xml at all",
    "[1, 2]", '{"MsgType": ', "<xml></xml>", "<xml><MsgType></MsgType></xml>", "[" * 5000, "{" * 5000,
    '<?xml version="1.0" encoding="no-such"?><xml/>',
])  # fmt: skip
def test_hostile_content_is_turned_away(world, inside):
    with pytest.raises(NotGenuine):
        told(world, world.envelope(inside))


def test_oversize_is_turned_away(world):
    with pytest.raises(NotGenuine):
        told(world, world.write("oAnna", "x" * 300_000))


@pytest.mark.parametrize("fields", [
    {"CreateTime": "soon"}, {"CreateTime": "9" * 30}, {"CreateTime": ""}, {"Content": "\x00"}, {"FromUserName": ""},
])  # fmt: skip
def test_odd_values_are_survived(world, fields):
    query, body = world.envelope(
        "<xml>" + "".join(f"<{k}>{v}</{k}>" for k, v in (
            {"FromUserName": "oAnna", "CreateTime": "1780000000", "MsgType": "text", "Content": "x"} | fields
        ).items() if "\x00" not in v) + "</xml>"
    )  # fmt: skip
    assert understood(world, (query, body)).messages[0].at.year >= 2020


def test_passive_answer_speaks_to_the_person_and_is_sealed_in_safe_mode(world):
    connector = connector_of(world)
    callback = told(world, world.write("oAnna", "hi"))
    answer = connector.passive(callback, "价格 ]]> <b>38</b> 元").answer
    tree = defusedxml.ElementTree.fromstring(answer)
    if world.aes_key:
        sealed = tree.findtext("Encrypt")
        parts = (tree.findtext("TimeStamp"), tree.findtext("Nonce"), sealed)
        assert crypto.is_signed(tree.findtext("MsgSignature"), TOKEN, *parts)
        tree = defusedxml.ElementTree.fromstring(crypto.opened(sealed, crypto.key_of(AES_KEY), APP_ID))
    assert (tree.findtext("ToUserName"), tree.findtext("FromUserName")) == ("oAnna", "gh_lanxu")
    assert (tree.findtext("MsgType"), tree.findtext("Content")) == ("text", "价格 ]]> <b>38</b> 元")


def test_occasions(world):
    connector = connector_of(world)

    def occasion(called):
        found = connector.occasion(told(world, called))
        return found and (found.kind, found.text)

    assert occasion(world.follow("oAnna")) == ("follow", "")
    assert occasion(world.write("oAnna", " 价格 ")) == ("words", "价格")
    assert occasion(world.press("oAnna", "PRICE")) == ("press", "PRICE")
    assert occasion(world.leave("oAnna")) is None
    assert occasion(world.event("oAnna", "VIEW", EventKey="https://x.example")) is None
