from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
)
from platforms.connectors.http import Http
from platforms.connectors.remote import PostRef, RemotePost, Ticket
from platforms.connectors.weibo import Weibo
from platforms.connectors.weibo.connector import address_of_post, count_text, hosts_of
from platforms.connectors.weibo.errors import Delayed, Gone, error_for, until_next_hour
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.doubles.weibo import APP_KEY, APP_SECRET, DOMAIN, UID, WeiboDouble, person

SECRET = {
    "app_key": APP_KEY,
    "app_secret": APP_SECRET,
    "domain": f"https://www.{DOMAIN}/",
    "operator_ip": "203.0.113.7",
    "access_token": "token-1",
}
TEXT = f"春茶上市，第一锅在清明前。https://{DOMAIN}/tea?x=1"


class TestContract(Contract):
    connector = Weibo
    account = AccountRef(str(UID), "@岚序茶饮")
    secret = SECRET
    hidden = ("token-1", APP_SECRET)

    # Weibo takes no key of ours, and sharing is one call: nothing comes before it
    test_same_key_twice_makes_one_post = None
    test_key_finds_the_post_and_no_other = None
    test_failure_before_the_write_is_no_doubt = None
    test_real_connection_that_fails_before_the_write = None

    @pytest.fixture(autouse=True)
    def _settings(self, settings):
        self.settings = settings

    def world(self):
        world = WeiboDouble()
        world.say(world.make_status("一杯茶"), "多少钱？")
        return world

    def is_write(self, request):
        return request.url.path.endswith("/share.json")

    def at(self, address):
        self.settings.PLATFORM_ADDRESSES = self.settings.PLATFORM_ADDRESSES | {"weibo": address}
        return self.account, self.secret

    def outgoing(self):
        return make_outgoing(text=TEXT)


@pytest.fixture
def weibo():
    return WeiboDouble()


def connect(world, **secret):
    http = Http("weibo", transport=httpx.MockTransport(world), pause=lambda _s: None)
    return Weibo(AccountRef(str(UID)), SECRET | secret, http)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("春茶", 2), ("ab", 1), ("abc", 2), ("茶a", 2), (f"茶 https://{DOMAIN}/{'x' * 200}", 12), ("🍵", 1)],
)
def test_text_counts_as_weibo_counts(text, count):
    assert count_text(text) == count


def test_page_of_a_post_is_its_number_in_base_62():
    assert address_of_post(1404376560, "4885639100630954") == "https://weibo.com/1404376560/MzVRA2E8G"
    assert address_of_post(1404376560, "") == "https://weibo.com/u/1404376560"


@pytest.mark.parametrize(
    ("typed", "hosts"),
    [
        ("lanxu.example", ("lanxu.example",)),
        ("https://www.lanxu.example/tea", ("lanxu.example",)),
        ("*.lanxu.example", ("lanxu.example",)),
        ("lanxu", ()),
        ("", ()),
        ("http://[oops", ()),
    ],
)
def test_typed_domain_becomes_a_host(typed, hosts):
    assert hosts_of(typed) == hosts


def test_sign_in_brings_a_token_and_its_end(weibo):
    connector = connect(weibo, access_token="")
    begun = connector.begin_sign_in("https://media.example/connect/back/", "state-1")
    asked = dict(httpx.URL(begun.url).params)
    assert asked == {
        "client_id": APP_KEY,
        "response_type": "code",
        "redirect_uri": "https://media.example/connect/back/",
        "state": "state-1",
    }
    weibo(httpx.Request("GET", begun.url))
    code = next(iter(weibo.codes))
    secret = connector.finish_sign_in("https://media.example/connect/back/", begun.kept, {"code": code})
    assert (secret["access_token"], secret["uid"], secret["domain"]) == ("token-1", str(UID), SECRET["domain"])
    days = (datetime.fromisoformat(secret["expires_at"]) - datetime.now(UTC)).days
    assert days in {29, 30}
    with pytest.raises(Refused, match="used or is too old"):
        connector.finish_sign_in("https://media.example/connect/back/", begun.kept, {"code": code})


def test_nonsense_for_a_domain_is_told_before_leaving(weibo):
    with pytest.raises(Refused, match="secure domain"):
        connect(weibo, domain="lanxu").begin_sign_in("https://media.example/connect/back/", "s")


def test_profile_tells_the_end_and_the_rules(weibo):
    profile = connect(weibo).profile()
    assert (profile.remote_id, profile.name, profile.handle) == (str(UID), "岚序茶饮", "@岚序茶饮")
    assert profile.limits == {"link_hosts": [DOMAIN]}
    assert profile.rights is None
    assert 29 <= (profile.expires_at - datetime.now(UTC)).days <= 30


def test_profile_without_the_right_to_ask_about_the_token(weibo):
    weibo.not_granted.add("oauth2/get_token_info")
    ends = datetime.now(UTC) + timedelta(days=5)
    profile = Weibo(
        AccountRef(""), SECRET | {"expires_at": ends.isoformat()}, Http("weibo", transport=httpx.MockTransport(weibo))
    ).profile()
    assert (profile.remote_id, profile.expires_at) == (str(UID), ends)


def test_post_goes_out_with_one_picture_and_the_operators_address(weibo):
    seen = []

    def world(request):
        seen.append(request)
        return weibo(request)

    picture = make_image()
    made = connect(world).publish(make_outgoing(text=TEXT, images=(picture,)))
    assert isinstance(made, RemotePost)
    assert made.url.startswith(f"https://weibo.com/{UID}/")
    assert weibo.pictures == [("picture.png", "image/png", picture.read())]
    assert "203.0.113.7" in seen[-1].content.decode("latin-1")
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "春" * 131 + f" https://{DOMAIN}/tea"}, "allows 140"),
        ({"text": f"#春茶# 上市 https://{DOMAIN}/tea"}, "no #topics#"),
        ({"text": "春茶上市 https://elsewhere.example/tea"}, "demands a link to lanxu.example"),
        ({"text": f"春茶上市 https://not{DOMAIN}/tea"}, "demands a link to lanxu.example"),
        ({"text": TEXT, "images": (make_image("/a"), make_image("/b"))}, "one picture"),
    ],
)
def test_rules_are_checked_before_anything_is_sent(weibo, fields, sentence):
    with pytest.raises(Refused, match=sentence):
        connect(weibo).publish(make_outgoing(**{"images": ()} | fields))
    assert weibo.asked == []


def test_link_below_the_domain_counts(weibo):
    text = f"春茶上市 https://shop.{DOMAIN}/tea"
    assert connect(weibo).publish(make_outgoing(text=text, images=())).remote_id


@pytest.mark.parametrize("says_200", [True, False])
def test_delayed_post_is_a_success_that_is_looked_for(weibo, says_200):
    weibo.is_delayed, weibo.says_200 = True, says_200
    connector = connect(weibo)
    ticket = connector.publish(make_outgoing(text=TEXT, images=()))
    assert isinstance(ticket, Ticket)
    assert ticket.step
    assert connector.check(ticket) == ticket
    weibo.show_hidden()
    found = connector.check(ticket)
    assert (found.remote_id, weibo.asked.count("/2/statuses/share.json")) == (weibo.statuses[0]["idstr"], 1)


def test_post_written_by_somebody_else_is_not_taken_for_a_delayed_one(weibo):
    weibo.is_delayed = True
    connector = connect(weibo)
    ticket = connector.publish(make_outgoing(text=TEXT, images=()))
    weibo.statuses.insert(0, weibo.make_status("别的内容"))
    assert connector.check(ticket) == ticket


CODES = {
    # code: (on a write, on a read)
    10001: (OutcomeUnknown, NothingSent), 10002: (NothingSent, NothingSent), 10003: (OutcomeUnknown, NothingSent),
    10009: (NothingSent, NothingSent), 10010: (OutcomeUnknown, NothingSent), 10011: (OutcomeUnknown, NothingSent),
    10022: (NothingSent, NothingSent), 10023: (NothingSent, NothingSent), 10024: (NothingSent, NothingSent),
    20016: (NothingSent, NothingSent),
    **dict.fromkeys((10004, 10005, 10014, 21335, 21321, 20301), (NotPermitted, NotPermitted)),
    **dict.fromkeys((20005, 20006, 20007, 20008, 20012, 20013, 20017, 20018), (Refused, Refused)),
    **dict.fromkeys((20019, 20020, 20021, 20111, 21602), (Refused, Refused)),
    **dict.fromkeys((20015, 20022, 20031), (Refused, Refused)),
    **dict.fromkeys((20101, 20201), (Gone, Gone)),
    20032: (Delayed, Delayed),
    **dict.fromkeys((21314, 21315, 21316, 21317, 21319, 21327, 21332, 21301), (NeedsReconnect, NeedsReconnect)),
    99999: (Refused, Refused),
}  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_has_its_class(code):
    for purpose, kind in zip(("write", "read"), CODES[code], strict=True):
        error = error_for(code, "own words", purpose)
        assert type(error) is kind, (code, purpose)
        assert str(error).endswith(".")


@pytest.mark.parametrize("says_200", [True, False])
@pytest.mark.parametrize("code", [code for code in CODES if code != 20032])
def test_code_from_the_wire_is_told_with_its_raw_words(weibo, code, says_200):
    weibo.says_200 = says_200
    weibo.fail("statuses/share", code)
    with pytest.raises(ConnectorError) as told:
        connect(weibo).publish(make_outgoing(text=TEXT, images=()))
    assert type(told.value) is CODES[code][0]
    assert f'"error_code":{code}' in told.value.raw.replace(" ", "")
    assert "token-1" not in told.value.raw


def test_spent_quota_waits_until_weibo_counts_anew():
    at = datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    assert until_next_hour(at) == 10 * 60 + 30
    assert error_for(10023, "", "write", now=at).wait_s == 630


def test_timeline_is_read_to_its_age_and_over_pages(weibo):
    now = datetime.now(UTC)
    for days in range(70):
        weibo.statuses.append(weibo.make_status(f"第{days}天", at=now - timedelta(days=days)))
    weibo.statuses[3]["deleted"] = "1"
    found = list(connect(weibo).recent_posts(now - timedelta(days=60)))
    assert len(found) in {59, 60}
    assert weibo.asked.count("/2/statuses/user_timeline.json") == 2


def test_unknown_shapes_do_not_raise(weibo):
    odd = {"id": 1, "created_at": "yesterday", "text": None, "user": None}
    weibo.statuses.append(odd | {"raw": ""})
    found = list(connect(weibo).recent_posts(SINCE))
    assert (found[0].remote_id, found[0].text, found[0].published_at.tzinfo is not None) == ("1", "", True)


def test_comments_and_answers_form_talks(weibo):
    status = weibo.make_status("一杯茶")
    root = weibo.say(status, "多少钱？")
    ours = weibo.say(status, "回复@爱喝茶的猫:二十八元", user=person(UID, "岚序茶饮"), to=root)
    weibo.say(status, "好的", to=ours)
    found = {message.text: message for message in connect(weibo).messages(SINCE)}
    assert set(found) == {"多少钱？", "二十八元", "好的"}
    assert len({message.thread_id for message in found.values()}) == 1
    assert found["二十八元"].is_own
    assert not found["好的"].is_own
    assert found["多少钱？"].post_id == status["idstr"]


def test_comments_are_read_under_posts_where_all_at_once_is_not_granted(weibo):
    weibo.not_granted |= {"comments/to_me", "statuses/mentions"}
    status = weibo.make_status("一杯茶")
    weibo.statuses.append(status)
    weibo.say(status, "多少钱？")
    assert [message.text for message in connect(weibo).messages(SINCE)] == ["多少钱？"]


def test_mention_is_answered_by_a_comment(weibo):
    weibo.mentions.append(weibo.make_status("和 @岚序茶饮 约了读书会", user=person(90, "城西书店")))
    connector = connect(weibo)
    mention = next(message for message in connector.messages(SINCE) if message.kind == "mention")
    made = connector.reply(mention.remote_id, "周六见")
    assert (made.thread_id, weibo.comments[0]["text"]) == (mention.thread_id, "周六见")


def test_answer_goes_under_its_comment_and_is_found_again(weibo):
    status = weibo.make_status("一杯茶")
    weibo.say(status, "多少钱？")
    connector = connect(weibo)
    asked = next(iter(connector.messages(SINCE)))
    made = connector.reply(asked.remote_id, "二十八元")
    assert (made.is_own, made.thread_id, made.post_id) == (True, asked.thread_id, asked.post_id)
    again = [message for message in connector.messages(SINCE) if message.is_own]
    assert [(message.remote_id, message.thread_id) for message in again] == [(made.remote_id, made.thread_id)]
    with pytest.raises(Refused, match="allows 140"):
        connector.reply(asked.remote_id, "茶" * 141)


def test_delayed_answer_is_a_doubt_and_not_sent_twice(weibo):
    weibo.say(weibo.make_status("一杯茶"), "多少钱？")
    connector = connect(weibo)
    asked = next(iter(connector.messages(SINCE)))
    weibo.fail("comments/reply", 20032)
    with pytest.raises(OutcomeUnknown):
        connector.reply(asked.remote_id, "二十八元")


def test_comment_is_deleted_once_and_again(weibo):
    weibo.say(weibo.make_status("一杯茶"), "广告")
    connector = connect(weibo)
    message = next(iter(connector.messages(SINCE)))
    connector.moderate(message.remote_id, "delete")
    connector.moderate(message.remote_id, "delete")
    assert weibo.comments == []
    with pytest.raises(Refused):
        connector.moderate(message.remote_id, "elect")


def test_post_is_deleted_once_and_again(weibo):
    connector = connect(weibo)
    made = connector.publish(make_outgoing(text=TEXT, images=()))
    connector.delete(made.remote_id)
    connector.delete(made.remote_id)
    assert weibo.statuses == []


@pytest.mark.parametrize("says_200", [True, False])
def test_each_post_is_asked_whether_it_stands(weibo, says_200):
    weibo.statuses = [weibo.make_status(f"第{n}条") for n in range(2)]
    weibo.statuses[1]["deleted"] = "1"
    weibo.says_200 = says_200
    ids = [*(row["idstr"] for row in weibo.statuses), "4"]
    told = list(connect(weibo).fates([PostRef(remote_id) for remote_id in ids]))
    assert [(fate.remote_id, fate.stands) for fate in told] == [(ids[0], True), (ids[1], False), ("4", False)]
    assert told[0].reason == ""
    assert told[1].reason == told[2].reason == "The post is no longer on Weibo."
    assert weibo.asked.count("/2/statuses/show.json") == 3


def test_fates_told_before_the_hour_was_used_up_count(weibo):
    weibo.quota = 1
    told = connect(weibo).fates([PostRef("4"), PostRef("5"), PostRef("6")])
    assert not next(told).stands
    with pytest.raises(NothingSent):
        next(told)
    assert weibo.asked.count("/2/statuses/show.json") == 2


@pytest.mark.parametrize("may_count", [True, False])
def test_counts_are_told_and_views_are_unknown(weibo, may_count):
    weibo.statuses = [weibo.make_status(f"第{n}条") for n in range(3)]
    if not may_count:
        weibo.not_granted.add("statuses/count")
    ids = [row["idstr"] for row in weibo.statuses]
    found = list(connect(weibo).post_readings([PostRef(ids[0]), PostRef(ids[2]), PostRef("1")]))
    assert [(row.remote_id, row.likes, row.comments, row.shares, row.views) for row in found] == [
        (ids[0], 12, 0, 3, None),
        (ids[2], 12, 0, 3, None),
    ]


def test_account_is_counted(weibo):
    found = connect(weibo).account_reading()
    assert (found.followers, found.following, found.posts, found.views) == (90850, 210, 1200, None)
