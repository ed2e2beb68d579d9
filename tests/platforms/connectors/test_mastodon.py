import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NeedsReconnect, NothingSent, NotPermitted, Refused
from platforms.connectors.http import Http
from platforms.connectors.mastodon import Mastodon
from platforms.connectors.mastodon.client import BROAD, NARROW, server_address
from platforms.connectors.mastodon.connector import count_text, limits_told, words_of
from platforms.connectors.remote import PostRef
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.doubles.mastodon import US, MastodonDouble

SECRET = {"server": "tea.test", "access_token": "token-1", "client_id": "app-1", "client_secret": "secret-of-app"}
ACCOUNT = AccountRef(f"tea.test#{US}", "@lanxu@tea.test", "https://tea.test")


class TestContract(Contract):
    connector = Mastodon
    account = ACCOUNT
    secret = SECRET
    hidden = ("token-1", "secret-of-app")

    # only genuine servers keep keys, and none can be asked for one; see below
    test_key_finds_the_post_and_no_other = None

    def world(self):
        world = MastodonDouble()
        world.say("@lanxu 多少钱？")
        return world

    def is_write(self, request):
        return request.method == "POST" and request.url.path == "/api/v1/statuses"

    def at(self, address):
        return AccountRef(f"tea.test#{US}", "@lanxu", address), self.secret


@pytest.fixture
def server():
    return MastodonDouble()


def connect(world, account=ACCOUNT, **secret):
    http = Http("mastodon", transport=httpx.MockTransport(world), pause=lambda _s: None)
    return Mastodon(account, SECRET | secret, http)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("春茶上市", 4),
        ("👩🏽‍🌾", 1),
        (f"https://lanxu.example/{'x' * 200}", 23),
        ("@bob@far.example hi", 7),
        ("mail bob@far.example", 20),
    ],
)
def test_text_counts_as_mastodon_counts(text, count):
    assert count_text(text) == count


def test_server_that_counts_links_its_own_way():
    assert count_text("https://lanxu.example/tea", link_length=30) == 30


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mastodon.social", "https://mastodon.social"),
        (" https://tea.test/@lanxu ", "https://tea.test"),
        ("@lanxu@tea.test", "https://tea.test"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("", ""),
        ("not a server", ""),
        ("javascript://x", ""),
        ("https://[oops", ""),
    ],
)
def test_typed_server_becomes_its_origin(typed, address):
    assert server_address(typed) == address


@pytest.mark.parametrize(
    ("told", "limits"),
    [
        ({}, {}),
        ({"max_toot_chars": 5000, "upload_limit": 16_000_000}, {"text_max": 5000, "image_bytes_max": 16_000_000}),
        ({"configuration": None, "max_toot_chars": "many"}, {}),
        (
            {"configuration": {"statuses": {"max_characters": 1000, "characters_reserved_per_url": 25}}},
            {"text_max": 1000, "link_length": 25},
        ),
        (
            {"configuration": {"media_attachments": {"supported_mime_types": ["image/png", "audio/ogg"]}}},
            {"image_types": ["image/png"]},
        ),
    ],
)
def test_limits_are_read_leniently(told, limits):
    assert limits_told(told) == limits


def test_words_get_their_servers_and_links_back(server):
    text = "和 @bob@far.example 喝茶：https://lanxu.example/tea/spring/2026/first-flush?from=fedi\n\n第二段 & <完>"
    assert words_of(server.make(text)) == text


@pytest.mark.parametrize("status", [{}, {"content": None}, {"content": "<p>a", "mentions": [None, {"url": 3}]}])
def test_odd_posts_have_words_all_the_same(status):
    assert words_of(status) in {"", "a"}


@pytest.mark.parametrize("knows_narrow", [True, False])
def test_sign_in_registers_with_the_fewest_rights_the_server_knows(server, knows_narrow):
    server.scopes_known = knows_narrow
    connector, back = connect(server, access_token=""), "https://media.example/connect/back/"
    begun = connector.begin_sign_in(back, "state-1")
    asked = dict(httpx.URL(begun.url).params)
    assert asked["scope"] == begun.kept["scopes"] == (NARROW if knows_narrow else BROAD)
    assert (asked["state"], asked["redirect_uri"]) == ("state-1", back)
    server(httpx.Request("GET", begun.url))
    code = next(iter(server.codes))
    secret = connector.finish_sign_in(back, begun.kept, {"code": code})
    assert (secret["server"], secret["access_token"]) == ("tea.test", list(server.tokens)[-1])
    with pytest.raises(Refused, match="Sign in again"):
        connector.finish_sign_in(back, begun.kept, {"code": code})


def test_server_that_does_not_speak_the_api_is_told():
    def world(_request):
        return httpx.Response(404, html="<h1>Not here</h1>")

    with pytest.raises(Refused, match="speaks the Mastodon API"):
        connect(world).begin_sign_in("https://media.example/connect/back/", "s")


def test_nonsense_for_a_server_is_told(server):
    for call in (lambda c: c.begin_sign_in("https://media.example/", "s"), lambda c: c.profile()):
        with pytest.raises(Refused, match="not the address of a server"):
            call(connect(server, AccountRef(""), server="not a server"))


def test_profile_tells_the_servers_own_limits(server):
    server.max_characters = 1000
    profile = connect(server, AccountRef("")).profile()
    assert (profile.remote_id, profile.handle, profile.server) == (
        f"tea.test#{US}",
        "@lanxu@tea.test",
        "https://tea.test",
    )
    assert (profile.limits["text_max"], profile.limits["link_length"], profile.rights) == (1000, 23, None)
    assert profile.limits["image_types"] == ["image/jpeg", "image/png"]


@pytest.mark.parametrize("software", ["gotosocial", "snac", "pleroma", "unheard-of", "", None])
def test_look_alike_is_not_trusted_with_repeats(software):
    profile = connect(MastodonDouble(software), AccountRef("")).profile()
    assert "repeat" not in profile.rights
    assert {"publish", "update", "delete", "posts", "messages", "reply", "figures"} == set(profile.rights)


def test_software_is_not_asked_elsewhere(server):
    asked = []

    def world(request):
        asked.append(request.url.host)
        if request.url.path == "/.well-known/nodeinfo":
            return httpx.Response(200, json={"links": [{"href": "https://inside.example/nodeinfo"}, 7]})
        return server(request)

    assert "repeat" not in connect(world).profile().rights
    assert set(asked) == {"tea.test"}


def test_post_goes_out_whole(server):
    picture = make_image()
    options = {"visibility": "unlisted", "spoiler_text": "茶", "sensitive": "True", "language": "zh-Hans"}
    made = connect(server).publish(make_outgoing(images=(picture,), options=options))
    row = server.statuses[made.remote_id]
    assert (row["visibility"], row["spoiler_text"], row["sensitive"], row["language"]) == (
        "unlisted",
        "茶",
        True,
        "zh",
    )
    media = server.media[row["media"][0]]
    assert (media["bytes"], media["description"]) == (picture.read(), "一片茶园")
    assert media["looks"] == 0
    assert made.text == make_outgoing().text


def test_picture_that_takes_too_long_sends_nothing(server):
    connector = connect(lambda request: slow(server, request))
    with pytest.raises(NothingSent, match="still works"):
        connector.publish(make_outgoing())
    assert server.posts == []


def slow(server, request):
    for row in server.media.values():
        row["looks"] = 99
    return server(request)


def test_server_with_the_old_way_of_uploading(server):
    def world(request):
        if request.url.path == "/api/v2/media":
            return httpx.Response(404, json={"error": "Not Found"})
        if request.url.path == "/api/v1/media":
            return httpx.Response(200, json={"id": "7", "url": "https://tea.test/m/7"})
        server.media["7"] = {"looks": 0}
        return server(request)

    made = connect(world).publish(make_outgoing())
    assert server.statuses[made.remote_id]["media"] == ["7"]


def test_repeat_with_the_same_key_makes_one_post_on_mastodon_and_two_on_look_alikes():
    for software, count in (("mastodon", 1), ("gotosocial", 2)):
        server = MastodonDouble(software)
        post = make_outgoing()
        connect(server).publish(post)
        connect(server).publish_again(post)
        assert len(server.posts) == count


def test_edit_and_delete(server):
    connector = connect(server)
    made = connector.publish(make_outgoing())
    changed = connector.update(made.remote_id, make_outgoing(text="改过了", images=()))
    assert (changed.remote_id, changed.text) == (made.remote_id, "改过了")
    connector.delete(made.remote_id)
    connector.delete(made.remote_id)
    assert server.posts == []


def test_quota_waits_for_its_reset(server):
    server.left = 0
    with pytest.raises(NothingSent) as told:
        connect(server).publish(make_outgoing(images=()))
    assert 200 < told.value.wait_s <= 240


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (401, "The access token was revoked", NeedsReconnect),
        (403, "This action is outside the authorized scopes", NotPermitted),
        (403, "Your login is currently disabled", Refused),
        (422, "Validation failed: Text character limit of 500 exceeded", Refused),
    ],
)
def test_servers_own_words_are_told(status, words, kind):
    def world(_request):
        return httpx.Response(status, json={"error": words})

    with pytest.raises(kind) as told:
        connect(world).publish(make_outgoing(images=()))
    assert kind is NeedsReconnect or words in str(told.value)
    assert type(told.value) is kind


def test_timeline_is_paged_and_leaves_out_answers_and_private_words(server):
    now = datetime.now(UTC)
    for days in range(100, 0, -1):
        server.make(f"第{days}天", at=now - timedelta(days=days))
    first = server.make("第一部分")["id"]
    server.make("第二部分", to=first)
    server.make("@bob@far.example 好", to=server.say("@lanxu 你好"))
    server.make("悄悄话", visibility="direct")
    found = list(connect(server).recent_posts(now - timedelta(days=60, hours=1)))
    assert [post.text for post in found[:2]] == ["第二部分", "第一部分"]
    assert (found[0].part_of, len(found)) == (first, 62)
    assert all(a.published_at >= b.published_at for a, b in pairwise(found))


def test_server_that_ignores_paging_is_read_once(server):
    rows = [server.shown(server.make(f"{n}")["id"]).json() for n in range(3)]
    found = connect(lambda _request: httpx.Response(200, json=rows)).recent_posts(SINCE)
    assert len(list(found)) == 3


def test_answers_mentions_and_private_talks(server):
    root = server.make("春茶上市")["id"]
    ask = server.say("多少钱？", to=root)
    server.make("@bob@far.example 二十八", to=ask)
    more = server.say("@lanxu 好的", to=ask)
    alone = server.say("@lanxu 在吗")
    letter = server.say("@lanxu 私下问问", visibility="direct")
    server.make("@bob@far.example 请讲", to=letter, visibility="direct")
    found = {message.text: message for message in connect(server).messages(SINCE)}
    assert set(found) == {"多少钱？", "二十八", "@lanxu 好的", "@lanxu 在吗", "@lanxu 私下问问", "请讲"}
    assert {found[text].thread_id for text in ("多少钱？", "二十八", "@lanxu 好的")} == {ask}
    assert (found["@lanxu 好的"].remote_id, found["@lanxu 好的"].post_id) == (more, root)
    assert (found["@lanxu 在吗"].kind, found["@lanxu 在吗"].thread_id) == ("mention", alone)
    assert {found[text].kind for text in ("@lanxu 私下问问", "请讲")} == {"private"}
    assert found["请讲"].is_own
    assert found["请讲"].thread_id == found["@lanxu 私下问问"].thread_id == letter


def test_further_parts_of_our_own_post_are_no_answers(server):
    last = server.make("一")["id"]
    for words in ("二", "三", "四"):
        last = server.make(words, to=last)["id"]
    server.say("然后呢？", to=last)
    assert [(message.text, message.is_own) for message in connect(server).messages(SINCE)] == [("然后呢？", False)]


@pytest.mark.parametrize("software", ["snac", "pleroma", "gotosocial"])
def test_look_alikes_tell_what_they_have(software):
    server = MastodonDouble(software)
    root = server.make("春茶上市")["id"]
    server.say("@lanxu 多少钱？", to=root)
    found = list(connect(server).messages(SINCE))
    assert [(message.text, message.post_id) for message in found] == [("@lanxu 多少钱？", root)]
    readings = list(connect(server).post_readings([PostRef(root), PostRef("9")]))
    assert [(row.remote_id, row.likes) for row in readings] == [(root, 5)]
    assert readings[0].comments == (None if software == "snac" else 1)


def test_late_answer_to_an_old_post_is_put_under_it(server):
    old = server.make("去年的茶", at=datetime.now(UTC) - timedelta(days=200))["id"]
    server.say("@lanxu 还有吗？", to=old)
    found = list(connect(server).messages(datetime.now(UTC) - timedelta(days=2)))
    assert [(message.kind, message.post_id) for message in found] == [("comment", old)]


def test_answer_goes_to_the_same_readers(server):
    root = server.make("春茶上市")["id"]
    ask = server.say("多少钱？", to=root)
    letter = server.say("@lanxu 私下问问", visibility="direct")
    connector = connect(server)
    made = connector.reply(ask, "二十八元")
    assert (made.text, made.thread_id, made.post_id, made.is_own) == ("二十八元", ask, root, True)
    assert server.statuses[made.remote_id]["source"] == "@bob@far.example 二十八元"
    private = connector.reply(letter, "请讲")
    assert (private.kind, server.statuses[private.remote_id]["visibility"]) == ("private", "direct")
    assert connector.reply(ask, "二十八元").remote_id == made.remote_id


def test_unknown_counts_are_none(server):
    hidden = server.account(US) | {"followers_count": -1}
    del hidden["statuses_count"]
    found = connect(lambda _request: httpx.Response(200, text=json.dumps(hidden))).account_reading()
    assert (found.followers, found.following, found.posts) == (None, 31, None)
