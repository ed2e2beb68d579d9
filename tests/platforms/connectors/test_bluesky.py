import base64
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.bluesky import Bluesky
from platforms.connectors.bluesky.connector import record_key
from platforms.connectors.errors import NeedsReconnect, NothingSent, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.remote import AccountReading, PostRef, Reading
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.connectors.replies import reply

PASSWORD = "abcd-efgh-1234-ijkl"
SETUP = {"handle": "@lanxu", "password": PASSWORD, "server": ""}
SESSION = reply("bluesky", "session")
DID = SESSION["did"]
ROOT = f"at://{DID}/app.bsky.feed.post/3lbroot"


def token(name, *, lasts=timedelta(hours=2)):
    ends = int((datetime.now(UTC) + lasts).timestamp())
    body = base64.urlsafe_b64encode(json.dumps({"exp": ends, "jti": name}).encode()).decode().rstrip("=")
    return f"header.{body}.{name}-signature"


class Server:
    """A PDS in memory that answers in the shape of the lexicons; `has_appview` says what stands behind it."""

    def __init__(self, *, has_appview=True, pds="https://pds.example"):
        self.has_appview, self.pds = has_appview, pds
        self.records, self.asked, self.uploads = {}, [], []
        self.sign_ins = 0
        self.good = set()
        self.blob_max = 10**9

    @property
    def posts(self):
        return list(self.records)

    def __call__(self, request):
        call = request.url.path.removeprefix("/xrpc/")
        self.asked.append(call)
        name = call.rpartition(".")[2]
        if call.startswith("com.atproto.server.create"):
            given = json.loads(request.content)
            if (given["identifier"], given["password"]) != ("lanxu.bsky.social", PASSWORD):
                return self.error("wrong_password", 401)
            return self.session()
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if bearer not in self.good:
            return self.error("bad_token" if "." in bearer else "spent")
        if name == "refreshSession":
            return self.session()
        if call.startswith("app.bsky.") and not self.has_appview:
            return self.error("no_appview")
        return getattr(self, name)(request)

    def error(self, name, status=400):
        return httpx.Response(status, json=reply("bluesky", "errors")[name])

    def session(self):
        self.sign_ins += 1
        access, refresh = token(f"access{self.sign_ins}"), token(f"refresh{self.sign_ins}", lasts=timedelta(days=60))
        self.good |= {access, refresh}
        told = SESSION | {"accessJwt": access, "refreshJwt": refresh}
        told["didDoc"] = {"service": [{"id": "#atproto_pds", "serviceEndpoint": self.pds}]}
        return httpx.Response(200, json=told)

    def getSession(self, _request):  # noqa: N802
        return httpx.Response(200, json=SESSION)

    def resolveHandle(self, request):  # noqa: N802
        handle = request.url.params["handle"]
        return (
            httpx.Response(200, json={"did": f"did:plc:{handle}"})
            if handle == "bob.test"
            else self.error("no_handle")
        )

    def uploadBlob(self, request):  # noqa: N802
        self.uploads.append((request.headers["content-type"], len(request.content)))
        told = reply("bluesky", "blob")
        told["blob"]["size"] = len(request.content)
        return httpx.Response(200, json=told)

    def createRecord(self, request):  # noqa: N802
        sent = json.loads(request.content)
        uri = f"at://{sent['repo']}/{sent['collection']}/{sent['rkey']}"
        images = ((sent["record"].get("embed") or {}).get("images")) or []
        if any(image["image"]["size"] > self.blob_max for image in images):
            return self.error("blob_too_big")
        if uri in self.records:
            return self.error("taken", 500)
        self.records[uri] = sent["record"]
        return httpx.Response(200, json={"uri": uri, "cid": "bafyreimade", "validationStatus": "valid"})

    def getRecord(self, request):  # noqa: N802
        asked = request.url.params
        uri = f"at://{asked['repo']}/{asked['collection']}/{asked['rkey']}"
        if uri not in self.records:
            return self.error("gone")
        return httpx.Response(200, json={"uri": uri, "cid": "bafyreimade", "value": self.records[uri]})

    def deleteRecord(self, request):  # noqa: N802
        sent = json.loads(request.content)
        self.records.pop(f"at://{sent['repo']}/{sent['collection']}/{sent['rkey']}", None)
        return httpx.Response(200, json={})

    def listRecords(self, request):  # noqa: N802
        rows = [{"uri": uri, "cid": "bafyreimade", "value": value} for uri, value in sorted(self.records.items())]
        start = int(request.url.params.get("cursor", "0"))
        told = {"records": rows[start : start + 2]}
        return httpx.Response(200, json=told | ({"cursor": str(start + 2)} if start + 2 < len(rows) else {}))

    def getAuthorFeed(self, _request):  # noqa: N802
        ours = [item for item in self.records.items() if DID in item[0]]
        rows = sorted(ours, key=lambda item: item[1]["createdAt"], reverse=True)
        feed = [{"post": {"uri": u, "cid": "c", "record": r, "indexedAt": r["createdAt"]}} for u, r in rows]
        repost = {
            "post": {"uri": "at://did:plc:x/app.bsky.feed.post/1", "record": {"text": "theirs"}},
            "reason": {"by": {}},
        }
        return httpx.Response(200, json={"feed": [repost, *feed]})

    def getProfile(self, _request):  # noqa: N802
        return httpx.Response(200, json=reply("bluesky", "profile"))

    def listNotifications(self, request):  # noqa: N802
        if request.url.params.get("cursor"):
            return httpx.Response(200, json={"notifications": []})
        return httpx.Response(200, json=reply("bluesky", "notifications"))

    def getPosts(self, request):  # noqa: N802
        posts = []
        for uri in request.url.params.get_list("uris"):
            record = self.records.get(uri) or {"text": "any"}
            if uri.startswith("at://"):
                posts.append(reply("bluesky", "counters") | {"uri": uri, "record": record})
        return httpx.Response(200, json={"posts": posts})


class TestBluesky(Contract):
    connector = Bluesky
    account = AccountRef(DID, "lanxu.bsky.social", "https://bsky.social")
    secret = SETUP
    hidden = (PASSWORD,)

    def world(self):
        return Server(pds="")

    def is_write(self, request):
        return request.url.path.endswith("createRecord")

    def at(self, address):
        return AccountRef(DID, "lanxu.bsky.social", address), SETUP | {"server": address}


class TestBlueskyWithoutAppView(TestBluesky):
    def world(self):
        return Server(has_appview=False, pds="")

    def test_times_are_aware(self):
        connector = self.connect(self.world())
        made = connector.publish(self.outgoing())
        assert [post.remote_id for post in connector.recent_posts(SINCE)] == [made.remote_id]


@pytest.fixture
def server():
    return Server()


def connect(world, **secret):
    http = Http("bluesky", transport=httpx.MockTransport(world), pause=lambda _s: None)
    return Bluesky(AccountRef(DID, "lanxu.bsky.social"), SETUP | secret, http)


def test_profile_comes_from_the_appview(server):
    profile = connect(server).profile()
    assert (profile.remote_id, profile.name, profile.handle) == (DID, "岚序茶", "lanxu.bsky.social")
    assert profile.server == "https://bsky.social"


def test_profile_without_an_appview_is_the_handle():
    assert connect(Server(has_appview=False)).profile().name == "lanxu.bsky.social"


def test_calls_go_to_the_server_that_holds_the_account(server):
    hosts = []

    def world(request):
        hosts.append(request.url.host)
        return server(request)

    connect(world).profile()
    assert hosts == ["bsky.social", "pds.example", "pds.example"]


def test_tokens_are_kept_and_used_again(server):
    first = connect(server)
    first.profile()
    kept = first.renewed_secret()
    second = connect(server, **{k: v for k, v in kept.items() if k not in SETUP})
    second.profile()
    assert server.sign_ins == 1
    assert second.renewed_secret() is None
    assert kept["password"] == PASSWORD


@pytest.mark.parametrize(
    ("access", "refresh", "call"),
    [
        (token("old"), "", "createSession"),
        (token("old", lasts=timedelta(hours=-1)), "", "createSession"),
        (token("old"), "good", "refreshSession"),
        (token("old"), token("dead", lasts=timedelta(days=-1)), "createSession"),
        (token("old"), token("revoked", lasts=timedelta(days=9)), "createSession"),
        ("no token at all", "", "createSession"),
    ],
    ids=["no refresh", "spent", "good refresh", "dead refresh", "revoked refresh", "nonsense"],
)
def test_spent_token_is_renewed_once_before_anything_is_written(server, access, refresh, call):
    if refresh == "good":
        refresh = token("fresh", lasts=timedelta(days=9))
        server.good.add(refresh)
    connector = connect(server, access=access, refresh=refresh, did=DID)
    connector.publish(make_outgoing(images=()))
    assert len(server.records) == 1
    assert f"com.atproto.server.{call}" in server.asked
    assert connector.renewed_secret()["access"] in server.good


def test_token_that_dies_at_the_write_does_not_double(server):
    refused = []

    def world(request):
        if request.url.path.endswith("createRecord") and not refused:
            refused.append(request)
            return server.error("spent")
        return server(request)

    connect(world).publish(make_outgoing(images=()))
    assert len(server.records) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wrong_password", "handle and app password"),
        ("taken_down", "suspended"),
        ("second_factor", "app password instead"),
    ],
)
def test_refused_sign_in_says_what_to_do(server, name, words):
    with pytest.raises(NeedsReconnect, match=words):
        connect(lambda _request: server.error(name, 401)).profile()


def test_deactivated_account_is_told(server):
    server.getSession = lambda _request: httpx.Response(
        200, json=SESSION | {"active": False, "status": "deactivated"}
    )
    with pytest.raises(NeedsReconnect, match="deactivated"):
        connect(server).profile()


def test_note_is_sent_whole(server):
    text = "春茶 🍵 感谢@bob.test和@nobody.test，见https://lanxu.example/x。#春茶"
    connect(server).publish(make_outgoing(text=f"  {text}\n", tags=("春茶", "白茶")))
    (record,) = server.records.values()
    assert record["text"] == text
    kinds = [facet["features"][0]["$type"].partition("#")[2] for facet in record["facets"]]
    assert kinds == ["mention", "link", "tag"]
    assert (record["tags"], record["langs"]) == (["白茶"], ["zh"])
    image = record["embed"]["images"][0]
    assert (image["alt"], image["aspectRatio"]) == ("一片茶园", {"width": 640, "height": 400})
    assert record["createdAt"].endswith("Z")


def test_record_key_depends_on_the_key_alone():
    keys = {record_key(f"key {n}") for n in range(2000)}
    assert len(keys) == 2000
    assert record_key("key 1") in keys
    assert all(
        len(key) == 13 and key[0] in "23" and set(key) <= set("234567abcdefghijklmnopqrstuvwxyz") for key in keys
    )


def test_doubt_is_settled_by_repeating(server):
    lost = []

    def world(request):
        answer = server(request)
        if request.url.path.endswith("createRecord") and not lost:
            lost.append(answer)
            raise httpx.ReadTimeout("slow", request=request)
        return answer

    post = make_outgoing()
    with pytest.raises(OutcomeUnknown):
        connect(world).publish(post)
    assert connect(world).publish_again(post).remote_id == server.posts[0]
    assert len(server.records) == 1


def test_link_becomes_a_card_or_joins_the_text_beside_pictures(server):
    link = {"link": "https://lanxu.example/tea"}
    connect(server).publish(make_outgoing(text="Tea", images=(), options=link))
    connect(server).publish(make_outgoing(text="Tea", options=link))
    card, pictures = server.records.values()
    assert card["embed"]["external"]["uri"] == link["link"]
    assert pictures["text"] == "Tea\nhttps://lanxu.example/tea"
    assert pictures["facets"][0]["features"][0]["uri"] == link["link"]


def test_server_with_an_older_limit_gets_smaller_pictures(server):
    server.blob_max = 1_000_000
    connect(server).publish(make_outgoing(images=(make_image(size=(2000, 1500), noise=True),)))
    assert [size > 1_000_000 for _mime, size in server.uploads] == [True, False]
    assert len(server.records) == 1


def test_failed_upload_is_safe_to_repeat(server):
    def world(request):
        if request.url.path.endswith("uploadBlob"):
            raise httpx.ReadTimeout("slow", request=request)
        return server(request)

    with pytest.raises(NothingSent):
        connect(world).publish(make_outgoing())
    assert server.posts == []


def test_wait_may_be_told_as_a_moment(server):
    reset = str(int((datetime.now(UTC) + timedelta(minutes=5)).timestamp()))

    def world(request):
        return httpx.Response(429, json={"error": "RateLimitExceeded"}, headers={"RateLimit-Reset": reset})

    with pytest.raises(NothingSent) as told:
        connect(world).publish(make_outgoing())
    assert 290 <= told.value.wait_s <= 300


def test_delete_is_done_once_and_again(server):
    post = make_outgoing(images=())
    made = connect(server).publish(post)
    for _ in range(2):
        connect(server).delete(made.remote_id)
    assert connect(server).find(post.key) is None


@pytest.mark.parametrize("has_appview", [True, False])
def test_recent_posts_are_ours_without_reposts_and_answers(has_appview):
    server = Server(has_appview=has_appview)
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    for number, (text, hours, root, parent) in enumerate(
        [
            ("old", 50, "", ""),
            ("new", 1, "", ""),
            ("second part", 1, ROOT, ROOT),
            ("answer", 1, ROOT, "at://did:plc:reader/app.bsky.feed.post/3"),
            ("abroad", 1, "at://did:plc:x/app.bsky.feed.post/3", "at://did:plc:x/app.bsky.feed.post/3"),
        ]
    ):
        record = {"text": text, "createdAt": (now - timedelta(hours=hours)).isoformat()}
        if root:
            record["reply"] = {"root": {"uri": root, "cid": "c"}, "parent": {"uri": parent, "cid": "c"}}
        server.records[f"at://{DID}/app.bsky.feed.post/{number}"] = record
    found = {post.text: post for post in connect(server).recent_posts(now - timedelta(days=1))}
    assert set(found) == {"new", "second part"}
    assert found["second part"].part_of == ROOT
    assert found["new"].url == "https://bsky.app/profile/lanxu.bsky.social/post/1"


def test_notifications_become_messages(server):
    answer, mention = connect(server).messages(SINCE)
    assert (answer.kind, answer.text, answer.author_name) == ("comment", "我来 🙋", "读者")
    assert (answer.thread_id, answer.post_id, answer.reply_to) == (ROOT, ROOT, ROOT)
    assert (mention.kind, mention.post_id, mention.thread_id) == ("mention", "", mention.remote_id)
    assert [m.remote_id for m in connect(server).messages(mention.at + timedelta(minutes=1))] == [answer.remote_id]


def test_answer_points_at_parent_and_root_and_is_made_once(server):
    heard = next(iter(connect(server).messages(SINCE)))
    server.records[heard.remote_id] = {"text": heard.text, "reply": {"root": {"uri": ROOT, "cid": "r"}}}
    answers = [connect(server).reply(heard.remote_id, "欢迎 🍵") for _ in range(2)]
    assert answers[0].remote_id == answers[1].remote_id
    assert (answers[0].thread_id, answers[0].post_id, answers[0].is_own) == (ROOT, ROOT, True)
    made = server.records[answers[0].remote_id]
    assert made["reply"]["root"]["uri"] == ROOT
    assert made["reply"]["parent"] == {"uri": heard.remote_id, "cid": "bafyreiroot"}
    own = [message for message in connect(server).messages(SINCE) if message.is_own]
    assert [(message.remote_id, message.thread_id) for message in own] == [(answers[0].remote_id, ROOT)]


def test_long_answer_is_refused_before_it_is_sent(server):
    with pytest.raises(Refused, match="301"):
        connect(server).reply(ROOT, "茶" * 301)
    assert server.asked == []


def test_figures_are_told_as_they_are(server):
    (reading,) = connect(server).post_readings([PostRef(ROOT)])
    assert (reading.likes, reading.comments, reading.shares, reading.saves, reading.views) == (5, 1, 3, 0, None)
    assert connect(server).account_reading() == AccountReading(followers=120, following=0, posts=34)


def test_server_without_an_appview_tells_no_figures_and_no_talk():
    alone = connect(Server(has_appview=False))
    assert list(alone.post_readings([PostRef(ROOT)])) == [Reading(ROOT)]
    assert alone.account_reading() == AccountReading()
    assert list(alone.messages(SINCE)) == []
