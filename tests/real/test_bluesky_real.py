"""Against a real Bluesky PDS, and its AppView where the server has one."""

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.bluesky import Bluesky
from platforms.connectors.bluesky.connector import record_key
from platforms.connectors.errors import NeedsReconnect, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.remote import PostRef
from tests.platforms.connectors.posts import make_image, make_outgoing

pytestmark = pytest.mark.real


@pytest.fixture(scope="session")
def tokens():
    """Sign-ins of this run by person: servers allow few."""
    return {}


@pytest.fixture
def connect(bluesky_server, tokens):
    def as_person(person):
        name = person.upper()
        secret = tokens.get(person) or {
            "handle": bluesky_server[f"BSKY_{name}_HANDLE"],
            "password": bluesky_server[f"BSKY_{name}_APP_PASSWORD"],
            "server": bluesky_server["BSKY_PDS_URL"],
        }
        account = AccountRef(bluesky_server[f"BSKY_{name}_DID"], bluesky_server[f"BSKY_{name}_HANDLE"])
        connector = Bluesky(account, secret, Http("bluesky"))
        connector.profile()
        tokens[person] = connector.renewed_secret() or secret
        return connector

    return as_person


@pytest.fixture
def alice(connect):
    return connect("alice")


@pytest.fixture
def bob(connect):
    return connect("bob")


@pytest.fixture
def appview(bluesky_server):
    if bluesky_server.get("BSKY_MODE") != "full":
        pytest.skip("this Bluesky has no AppView")


@pytest.fixture
def stored(bluesky_server):
    def record(uri):
        repo, collection, rkey = uri.removeprefix("at://").split("/")
        return httpx.get(
            f"{bluesky_server['BSKY_PDS_URL']}/xrpc/com.atproto.repo.getRecord",
            params={"repo": repo, "collection": collection, "rkey": rkey},
            trust_env=False,
        ).json()["value"]

    return record


def eventually(look, wait_s=20):
    """The AppView follows the servers with a little delay."""
    end = time.monotonic() + wait_s
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.3)
    return found


def test_profile_tells_who(alice, bluesky_server):
    profile = alice.profile()
    assert (profile.remote_id, profile.handle) == (bluesky_server["BSKY_ALICE_DID"], "alice.test")


def test_wrong_password_is_told(bluesky_server):
    secret = {"handle": "alice.test", "password": "wrong-app-pass", "server": bluesky_server["BSKY_PDS_URL"]}
    with pytest.raises(NeedsReconnect, match="handle and app password") as told:
        Bluesky(AccountRef(""), secret, Http("bluesky")).profile()
    assert "wrong-app-pass" not in str(told.value) + told.value.raw


def test_dead_tokens_renew_themselves(alice, tokens):
    spent = {**tokens["alice"], "access": "dead", "refresh": "dead"}
    connector = Bluesky(AccountRef("", "alice.test"), spent, Http("bluesky"))
    made = connector.publish(make_outgoing(images=()))
    assert connector.renewed_secret()["access"] != "dead"
    connector.delete(made.remote_id)


def test_note_arrives_whole(alice, stored, bluesky_server):
    text = "春茶上市 🍵👩‍👩‍👧 感谢@bob.test的推荐和@nobody.test，见https://lanxu.example/tea?x=1。#春茶 #上新#"
    images = tuple(make_image(f"/m/{n}", alt=f"图 {n}") for n in range(4))
    made = alice.publish(make_outgoing(text=text, images=images, tags=("春茶", "白茶")))
    record = stored(made.remote_id)
    encoded = record["text"].encode()
    marked = {
        encoded[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"][0]
        for facet in record["facets"]
    }
    assert set(marked) == {"@bob.test", "https://lanxu.example/tea?x=1", "#春茶", "#上新#"}
    assert marked["@bob.test"]["did"] == bluesky_server["BSKY_BOB_DID"]
    assert marked["#上新#"]["tag"] == "上新"
    assert [image["alt"] for image in record["embed"]["images"]] == ["图 0", "图 1", "图 2", "图 3"]
    assert record["embed"]["images"][0]["aspectRatio"] == {"width": 640, "height": 400}
    assert (record["tags"], record["langs"]) == (["白茶"], ["zh"])


def test_large_picture_is_made_to_fit(alice, stored):
    large = make_image(size=(3000, 2400), noise=True)
    assert large.size_bytes > 2_000_000
    made = alice.publish(make_outgoing(images=(large,)))
    assert stored(made.remote_id)["embed"]["images"][0]["image"]["size"] <= 2_000_000


def test_link_card(alice, stored):
    made = alice.publish(make_outgoing(images=(), options={"link": "https://lanxu.example/tea"}))
    card = stored(made.remote_id)["embed"]["external"]
    assert (card["uri"], card["description"]) == ("https://lanxu.example/tea", "一句话摘要")


def test_three_hundred_graphemes_and_no_more(alice):
    alice.publish(make_outgoing(text="茶" * 299 + "🍵", images=()))
    with pytest.raises(Refused) as told:
        alice.publish(make_outgoing(text="茶" * 301, images=()))
    assert "grapheme" in told.value.raw


def test_repeat_makes_no_second_post(alice):
    post = make_outgoing(images=())
    since = datetime.now(UTC) - timedelta(seconds=5)
    first = alice.publish(post)
    assert alice.publish(post).remote_id == first.remote_id
    assert alice.publish_again(post).remote_id == first.remote_id
    assert alice.find(post.key).remote_id == first.remote_id
    assert alice.find("another key") is None
    with pytest.raises(OutcomeUnknown):  # two workers in the same moment: the server refuses the second
        alice._create(record_key(post.key), alice._record(post, 2_000_000))
    seen = eventually(lambda: [p for p in alice.recent_posts(since) if p.remote_id == first.remote_id])
    assert len(seen) == 1


def test_delete_and_find_nothing(alice):
    post = make_outgoing(images=())
    made = alice.publish(post)
    alice.delete(made.remote_id)
    alice.delete(made.remote_id)
    assert alice.find(post.key) is None


def test_talk_and_figures(alice, bob, appview, bluesky_server):
    since = datetime.now(UTC) - timedelta(seconds=5)
    made = alice.publish(make_outgoing(text="谁来喝茶？", images=()))
    eventually(lambda: list(bob.post_readings([PostRef(made.remote_id)])))
    said = bob.reply(made.remote_id, "我来 🙋")
    heard = eventually(lambda: [m for m in alice.messages(since) if m.remote_id == said.remote_id])[0]
    assert (heard.text, heard.post_id, heard.thread_id) == ("我来 🙋", made.remote_id, made.remote_id)
    assert (heard.author_handle, heard.kind, heard.is_own) == ("bob.test", "comment", False)
    answer = alice.reply(said.remote_id, "欢迎！")
    assert alice.reply(said.remote_id, "欢迎！").remote_id == answer.remote_id
    own = eventually(lambda: [m for m in alice.messages(since) if m.remote_id == answer.remote_id])[0]
    assert (own.is_own, own.thread_id, own.reply_to) == (True, made.remote_id, said.remote_id)
    reading = eventually(lambda: [r for r in alice.post_readings([PostRef(made.remote_id)]) if r.comments])[0]
    assert (reading.comments, reading.likes, reading.views) == (1, 0, None)
    assert alice.account_reading().posts >= 1
    recent = [post.remote_id for post in alice.recent_posts(since)]
    assert made.remote_id in recent
    assert answer.remote_id not in recent


def test_mention_reaches_the_other(alice, bob, appview):
    since = datetime.now(UTC) - timedelta(seconds=5)
    made = alice.publish(make_outgoing(text="你好@bob.test", images=()))
    heard = eventually(lambda: [m for m in bob.messages(since) if m.remote_id == made.remote_id])[0]
    assert (heard.kind, heard.post_id, heard.author_handle) == ("mention", "", "alice.test")


def test_answer_to_nothing_is_refused(alice, bluesky_server):
    gone = f"at://{bluesky_server['BSKY_BOB_DID']}/app.bsky.feed.post/3jzfcijpj2z2a"
    with pytest.raises(Refused, match="no longer there"):
        alice.reply(gone, "Hello?")
