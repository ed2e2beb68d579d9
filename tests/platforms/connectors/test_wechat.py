"""Official Accounts against a double that behaves as the documents say; never tried on a live account."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms.connectors.account import AccountRef, TokenShelf
from platforms.connectors.errors import NeedsReconnect, NothingSent, NotPermitted, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import Upload
from platforms.connectors.remote import HandOver, PostRef, Ticket
from platforms.connectors.wechat import OfficialAccount
from platforms.connectors.wechat.client import BEIJING, Wire, until_tomorrow_s
from platforms.connectors.wechat.drafts import crop
from platforms.connectors.wechat.publishing import client_id
from platforms.token_shelf import SharedShelf
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.doubles.wechat import APP_ID, APP_SECRET, CUT, LOST, WeChat
from tests.platforms.doubles.wechat_people import WeChatPeople
from tests.platforms.wechat_world import AtNoon

SECRET = {"name": "岚序茶饮", "kind": "subscription", "certified": "True", "app_id": APP_ID, "app_secret": APP_SECRET}
ACCOUNT = AccountRef(APP_ID, "岚序茶饮")


def connect(world, **secret):
    known = {**SECRET, **secret}
    http = Http("wechat", secrets=tuple(known.values()), transport=httpx.MockTransport(world), pause=lambda _s: None)
    return OfficialAccount(ACCOUNT, known, http)


def outgoing(**options):
    return make_outgoing(options=options)


def followed(connector, made):
    while isinstance(made, Ticket):
        made = connector.check(made)
    return made


class Kept(Upload):
    """What a publication keeps between two attempts."""

    def __init__(self):
        self.kept = {}

    @property
    def known(self):
        return dict(self.kept)

    def keep(self, **data):
        self.kept |= json.loads(json.dumps(data))


class TestOfficialAccount(Contract):
    connector = AtNoon
    account = ACCOUNT
    secret = SECRET
    hidden = (APP_SECRET,)

    @pytest.fixture(autouse=True)
    def _settings(self, settings):
        self.settings = settings

    def world(self):
        world = WeChatPeople()
        day = self.ref("").published_at.date().isoformat()
        rows = [{"stat_date": day, "read_user": 7}]
        world.articles_read[day] = [{"ref_date": day, "msgid": "5_1", "detail_list": rows}]
        return world

    def ref(self, remote_id):
        at = datetime.now(BEIJING).replace(hour=10) - timedelta(days=3)
        return PostRef(remote_id, published_at=at, data={"msg_data_id": "5", "index": 1})

    def outgoing(self):
        return outgoing(way="publish")

    def is_write(self, request):
        return request.url.path.endswith("freepublish/submit")

    def at(self, address):
        self.settings.PLATFORM_ADDRESSES = {**self.settings.PLATFORM_ADDRESSES, "wechat": address}
        return ACCOUNT, SECRET

    def test_spec_is_usable(self):
        assert {each.name for each in self.connector.spec.setup_fields if each.kind == "secret"} == {
            "app_secret", "token", "aes_key",
        }  # fmt: skip

    def test_same_key_twice_makes_one_post(self):
        """Only a mass send carries our key; publishing twice would make two articles."""
        world, post = self.world(), outgoing(way="mass")
        first = connect(world).publish(post)
        second = connect(world).publish_again(post)
        assert second.remote_id == first.remote_id
        assert len(world.posts) == 1


def test_token_is_fetched_once_and_hidden():
    world = WeChat()
    connector = connect(world)
    connector.profile()
    list(connector.recent_posts(SINCE))
    assert world.calls("stable_token") == 1


def test_twenty_calls_of_two_workers_fetch_one_token():
    world = WeChat()
    workers = [connect(world) for _ in range(2)]
    for worker in workers:
        worker.use(SharedShelf("wechat"))
    threads = [
        threading.Thread(target=lambda worker=worker: [list(worker.recent_posts(SINCE)) for _ in range(5)])
        for worker in workers
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (world.calls("freepublish_batchget"), world.calls("stable_token")) == (20, 1)


def test_shelf_holds_no_readable_token():
    from django.core.cache import cache

    shelf = SharedShelf("wechat")
    assert shelf.take("a", lambda: ("open sesame", 100.0)) == "open sesame"
    assert "open sesame" not in str(cache.get("token:wechat:a"))
    assert shelf.take("a", lambda: ("another", 100.0)) == "open sesame"
    assert shelf.take("a", lambda: ("another", 100.0), dead="open sesame") == "another"
    cache.clear()
    assert shelf.take("a", lambda: ("a third", 100.0)) == "a third"


def test_failed_fetch_frees_the_shelf_for_the_next():
    shelf = SharedShelf("wechat")

    def fails():
        raise NothingSent("away")

    with pytest.raises(NothingSent):
        shelf.take("b", fails)
    assert shelf.take("b", lambda: ("works", 100.0)) == "works"


def test_shelf_of_a_cache_that_is_away_still_gives_tokens(settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0",
        }
    }  # fmt: skip
    assert SharedShelf("wechat").take("c", lambda: ("works", 100.0)) == "works"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_dead_token_is_renewed_and_the_call_repeated_once(code):
    world = WeChat()
    connector = connect(world)
    world.will("freepublish_submit", code)
    assert isinstance(connector.publish(outgoing(way="publish")), Ticket)
    assert world.calls("freepublish_submit") == 2
    world.will("freepublish_submit", code, code)
    with pytest.raises(NeedsReconnect):
        connector.publish(outgoing(way="publish"))
    assert world.calls("freepublish_submit") == 4


def test_token_that_ended_midway_is_noticed():
    world = WeChat()
    connector = connect(world)
    connector.profile()
    world.expire()
    assert connector.profile().name == "岚序茶饮"
    assert world.calls("stable_token") == 2


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ({"app_secret": "f" * 32}, "AppSecret"),
        ({"app_id": "wx9999999999999999"}, "AppID"),
    ],
)
def test_wrong_credentials_are_told_for_good(secret, words):
    with pytest.raises(NeedsReconnect, match=words):
        connect(WeChat(), **secret).profile()


def test_address_missing_in_the_white_list_is_named():
    world = WeChat()
    world.is_white_listed = False
    with pytest.raises(NeedsReconnect, match=r"203\.0\.113\.9"):
        connect(world).profile()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (-1, OutcomeUnknown), (45011, NothingSent), (45009, NothingSent), (45028, NothingSent),
        (89503, NothingSent), (40164, NeedsReconnect), (40243, NeedsReconnect), (53503, Refused), (45166, Refused),
        (99999, Refused),
    ],
)  # fmt: skip
def test_errcode_at_the_write_says_whether_anything_was_written(code, error):
    world = WeChat()
    world.will("freepublish_submit", code)
    with pytest.raises(error) as told:
        connect(world).publish(outgoing(way="publish"))
    assert told.value.code == str(code)
    assert "rid: 6235dc3e-34915e43-7c8701db" in told.value.raw
    assert world.calls("freepublish_submit") == 1


def test_busy_before_the_write_is_no_doubt():
    world = WeChat()
    world.will("draft_add", -1)
    with pytest.raises(NothingSent):
        connect(world).publish(outgoing(way="publish"))


def test_used_up_quota_waits_for_midnight_in_beijing():
    noon = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)
    assert until_tomorrow_s(noon) == 12 * 3600 + 300


def test_escaped_text_would_be_refused_and_ours_is_not():
    world = WeChat()
    http = Http("wechat", transport=httpx.MockTransport(world))
    wire = Wire(http, app_id=APP_ID, app_secret=APP_SECRET)
    wire.prove()
    escaped = http.prepare(
        "POST", "https://api.weixin.qq.com/cgi-bin/draft/add", content=b'{"articles":[{"title":"\\u8336"}]}',
        params={"access_token": world.tokens[-1][0]},
    )  # fmt: skip
    assert escaped.data["errcode"] == 40033
    followed(connect(world), connect(world).publish(outgoing(way="publish")))
    assert world.posts[0]["items"][0]["title"] == "春茶上市 & more 🍵"


def test_every_picture_of_the_text_is_uploaded_and_rewritten():
    world = WeChat()
    connect(world).draft(outgoing(author="许言", link="https://lanxu.example/a", comments=True))
    (article,) = next(iter(world.drafts.values()))
    assert world.filtered == []
    assert list(world.pictures)[0] in article["content"]
    assert "/media/1" not in article["content"]
    assert (article["author"], article["digest"], article["content_source_url"]) == (
        "许言", "一句话摘要", "https://lanxu.example/a",
    )  # fmt: skip
    assert (article["need_open_comment"], article["only_fans_can_comment"]) == (1, 0)


def test_picture_that_is_too_large_for_the_text_is_made_smaller():
    world = WeChat()
    large = make_image(size=(1500, 1200), noise=True)
    assert large.size_bytes > 1_000_000
    connect(world).draft(make_outgoing(images=(large,)))
    assert all(len(content) <= 1_000_000 for content in world.pictures.values())


def test_second_attempt_uploads_nothing_again_and_leaves_one_draft():
    world, post = WeChat(), replace(outgoing(way="publish"), upload=Kept())
    world.will("freepublish_submit", 45011)
    with pytest.raises(NothingSent):
        connect(world).publish(post)
    connect(world).publish(post)
    assert (world.calls("media_uploadimg"), world.calls("draft_add")) == (1, 1)


def test_changed_text_makes_another_draft():
    world, post = WeChat(), replace(outgoing(way="draft"), upload=Kept())
    connect(world).publish(post)
    connect(world).publish(replace(post, title="夏茶"))
    assert world.calls("draft_add") == 2


def test_draft_that_somebody_deleted_is_made_anew():
    world, post = WeChat(), replace(outgoing(way="draft"), upload=Kept())
    connect(world).publish(post)
    world.drafts.clear()
    connect(world).publish(post)
    assert len(world.drafts) == 1


def test_picture_message_has_plain_words_and_a_strip():
    world = WeChat()
    images = tuple(make_image(f"/media/{n}", color=(n, 9, 9)) for n in range(3))
    connect(world).draft(make_outgoing(images=images, options={"kind": "pictures"}))
    (article,) = next(iter(world.drafts.values()))
    assert (article["article_type"], len(article["image_info"]["image_list"])) == ("newspic", 3)
    assert "<" not in article["content"]
    assert article["cover_info"]["crop_percent_list"][0] == {
        "ratio": "1_1", "x1": "0.1875", "y1": "0", "x2": "0.8125", "y2": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("size", "ratio", "focus", "part"),
    [
        ((900, 383), 1.0, "", "0.287222_0_0.712778_1"),
        ((400, 400), 2.35, "start", "0_0_1_0.425532"),
        ((400, 400), 2.35, "end", "0_0.574468_1_1"),
        ((400, 400), 1.0, "", "0_0_1_1"),
    ],
)
def test_cover_is_cut_where_one_wants_it(size, ratio, focus, part):
    assert crop(make_image(size=size), ratio, focus) == part


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"images": (), "html": "<p>x</p>"}, "cover"),
        ({"options": {"author": "x" * 17}}, "author"),
        ({"options": {"link": "https://a.example/" + "x" * 1000}}, "original link"),
        ({"html": "<p>" + "茶" * 400_000 + "</p>"}, "bytes"),
        ({"images": (), "options": {"kind": "pictures"}}, "picture message"),
    ],
)
def test_what_would_be_refused_is_told_before_anything_is_sent(fields, words):
    world = WeChat()
    with pytest.raises(Refused, match=words):
        connect(world).publish(make_outgoing(**fields))
    assert world.calls("draft_add") == 0


def test_draft_is_handed_to_a_person():
    world = WeChat()
    made = connect(world).publish(outgoing(way="draft"))
    assert isinstance(made, HandOver)
    assert made.remote_id in world.drafts
    assert "draft box" in made.sentence
    assert world.posts == []


def test_publishing_is_followed_to_its_end():
    world = WeChat()
    world.course = [1, 1, 0]
    connector = connect(world)
    ticket = connector.publish(outgoing(way="publish"))
    assert ticket.remote_id == f"publish:{ticket.data['publish_id']}"
    assert connector.check(ticket) == ticket
    assert connector.check(ticket) == ticket
    post = connector.check(ticket)
    assert post.remote_id.startswith("article-")
    assert "\n" not in post.remote_id
    assert post.data["msgid"] == f"{ticket.data['publish_id']}_1"
    assert post.data["msg_data_id"]
    listed = list(connector.recent_posts(SINCE))
    assert [each.remote_id for each in listed] == [post.remote_id]


@pytest.mark.parametrize(
    ("status", "words"), [(2, "original"), (3, "does not say why"), (4, "review"), (5, "deleted"), (6, "banned")]
)
def test_publishing_that_fails_says_why(status, words):
    world = WeChat()
    world.course = [1, status]
    connector = connect(world)
    ticket = connector.publish(outgoing(way="publish"))
    with pytest.raises(Refused, match=words):
        followed(connector, connector.check(ticket))


def test_refusal_of_several_articles_names_the_ones_meant():
    world = WeChat()
    world.course = [1, 2]
    connector = connect(world)
    post = replace(outgoing(way="publish"), companions=(make_outgoing(title="次条"),))
    ticket = connector.publish(post)
    with pytest.raises(Refused, match="春茶上市 & more 🍵") as told:
        followed(connector, connector.check(ticket))
    assert "次条" not in str(told.value), "the documents' fail_idx counts from 1"


@pytest.mark.parametrize("answer", [{}, {"publish_status": None}, {"publish_status": "9"}])
def test_answer_without_a_status_is_asked_again(answer):
    connector = connect(WeChat())
    ticket = connector.publish(outgoing(way="publish"))

    class Odd(WeChat):
        def freepublish_get(self, body):
            return answer

    assert connect(Odd()).check(ticket) == ticket


def test_refusal_to_tell_is_no_proof_that_it_failed():
    world = WeChat()
    connector = connect(world)
    ticket = connector.publish(outgoing(way="publish"))
    world.will("freepublish_get", 53600)
    with pytest.raises(OutcomeUnknown):
        connector.check(ticket)


@pytest.mark.parametrize("way", ["publish", "mass"])
def test_account_without_the_last_right_keeps_its_draft(way):
    world = WeChat(rights=["draft"])
    made = connect(world).publish(outgoing(way=way))
    assert isinstance(made, HandOver)
    assert made.remote_id in world.drafts


def test_account_without_drafts_may_not_publish():
    with pytest.raises(NotPermitted):
        connect(WeChat(rights=[])).publish(outgoing(way="draft"))


def test_mass_send_is_followed_to_its_end():
    world = WeChat()
    connector = connect(world)
    post = outgoing(way="mass", audience="广东", reprint=True)
    ticket = connector.publish(post)
    body = world.bodies["mass_sendall"][0]
    assert body["filter"] == {"is_to_all": False, "tag_id": 127}
    assert body["clientmsgid"] == client_id(post.key)
    assert body["send_ignore_reprint"] == 1
    made = followed(connector, ticket)
    assert made.data["msg_id"] == ticket.remote_id.removeprefix("mass:")
    assert made.data["unlisted"] is True
    connector.delete(made.remote_id)
    assert world.posts == []


def test_mass_send_that_is_listed_is_known_by_its_article():
    world = WeChat()
    world.lists_sends = True
    connector = connect(world)
    made = followed(connector, connector.publish(outgoing(way="mass")))
    assert made.url.startswith("http://mp.weixin.qq.com/")
    assert "unlisted" not in made.data


def test_lost_answer_of_a_mass_send_is_settled_by_repeating():
    world, post = WeChat(), outgoing(way="mass")
    world.will("mass_sendall", LOST)
    with pytest.raises(OutcomeUnknown):
        connect(world).publish(post)
    ticket = connect(world).publish_again(post)
    assert isinstance(ticket, Ticket)
    assert len(world.sends) == 1


def test_lost_answer_of_publishing_is_never_repeated():
    world, post = WeChat(), outgoing(way="publish")
    world.will("freepublish_submit", LOST)
    with pytest.raises(OutcomeUnknown):
        connect(world).publish(post)
    with pytest.raises(OutcomeUnknown):
        connect(world).publish_again(post)
    assert world.calls("freepublish_submit") == 1


def test_unknown_tag_is_told():
    with pytest.raises(Refused, match="上海"):
        connect(WeChat()).publish(outgoing(way="mass", audience="上海"))


@pytest.mark.parametrize("tells_number", [True, False])
def test_administrator_confirms_on_the_phone(tells_number):
    world = WeChat()
    world.is_protected, world.tells_number = True, tells_number
    connector = connect(world)
    ticket = connector.publish(outgoing(way="mass"))
    assert "administrator" in ticket.step
    assert timedelta(minutes=29) < ticket.until - datetime.now(UTC) <= timedelta(minutes=30)
    again = connector.check(ticket)
    assert (again.step, again.until) == (ticket.step, ticket.until)
    assert world.posts == []
    world.confirm()
    made = followed(connector, connector.check(again))
    assert made.remote_id.startswith("mass:")
    assert len(world.sends) == 1


@pytest.mark.parametrize("tells_number", [True, False])
def test_administrator_who_is_too_late_is_not_asked_again(tells_number):
    world = WeChat()
    world.is_protected, world.tells_number = True, tells_number
    connector = connect(world)
    ticket = replace(connector.publish(outgoing(way="mass")), until=datetime.now(UTC) - timedelta(seconds=1))
    with pytest.raises(Refused, match="30 minutes"):
        connector.check(ticket)
    assert world.calls("mass_sendall") == 1


@pytest.mark.parametrize("kind", ["subscription", "service"])
def test_used_up_sends_are_told(kind):
    world = WeChat(kind=kind)
    for _ in range(1 if kind == "subscription" else 4):
        connect(world).publish(outgoing(way="mass"))
    with pytest.raises(NothingSent, match="used up") as told:
        connect(world).publish(outgoing(way="mass"))
    assert told.value.wait_s > 0


def test_preview_goes_to_one_person():
    world = WeChat()
    connect(world).preview(outgoing(), "lanxu_editor")
    assert [to for to, _articles in world.previews] == ["lanxu_editor"]
    assert world.posts == []
    with pytest.raises(Refused):
        connect(world).preview(outgoing(), "nobody")


def ref_of(post):
    return PostRef(post.remote_id, post.url, post.title, post.published_at, post.data)


def test_post_that_fell_later_is_told_with_the_reason():
    world = WeChat()
    connector = connect(world)
    post = followed(connector, connector.publish(outgoing(way="publish")))
    assert [fate.stands for fate in connector.fates([ref_of(post)])] == [True]
    world.ban(post.data["publish_id"])
    (fate,) = connector.fates([ref_of(post)])
    assert (fate.remote_id, fate.stands) == (post.remote_id, False)
    assert "banned" in fate.reason
    assert list(connector.recent_posts(SINCE)) == []


def test_article_deleted_in_the_back_office_is_noticed():
    world = WeChat()
    connector = connect(world)
    followed(connector, connector.publish(outgoing(way="publish")))
    (listed,) = connector.recent_posts(SINCE)
    connector.delete(listed.remote_id)
    (fate,) = connector.fates([ref_of(listed)])
    assert not fate.stands


def test_fate_that_nobody_tells_is_left_out():
    connector = connect(WeChat())
    asked = [PostRef("https://mp.weixin.qq.com/s/abc"), PostRef("mass:7_1"), PostRef("gone_1")]
    assert list(connector.fates(asked)) == []


def test_long_list_is_read_to_its_end():
    world = WeChat()
    for number in range(45):
        item = {"title": f"T{number}", "url": "", "is_deleted": False}
        world.articles[f"a{number}"] = {"items": [item], "at": 1_700_000_000 + number}
    assert len(list(connect(world).recent_posts(SINCE))) == 45
    since = datetime.fromtimestamp(1_700_000_040, UTC)
    assert len(list(connect(world).recent_posts(since))) == 5


@pytest.mark.parametrize(
    ("rights", "secret", "ways"),
    [
        (["draft", "freepublish", "mass"], {}, None),
        (["draft", "freepublish"], {}, ("draft", "publish")),
        (["draft"], {}, ("draft",)),
        (["draft", "freepublish", "mass"], {"certified": "False"}, ("draft",)),
        (["draft", "freepublish", "mass"], {"certified": "", "kind": "service"}, None),
    ],
)
def test_ways_out_are_asked_for(rights, secret, ways):
    profile = connect(WeChat(rights=rights), **secret).profile()
    assert profile.choices.get("way") == ways
    assert "publish" in profile.rights
    assert ("posts" in profile.rights) == (ways != ("draft",))


def test_account_without_drafts_is_served_by_hand():
    assert "publish" not in connect(WeChat(rights=[])).profile().rights


@pytest.mark.parametrize(("kind", "per", "most"), [("subscription", "day", 1), ("service", "month", 4)])
def test_quota_depends_on_the_kind_of_account(kind, per, most):
    (quota,) = connect(WeChat(), kind=kind).profile().limits["quotas"]
    assert (quota["per"], quota["most"]) == (per, most)


def test_trouble_while_asking_for_rights_is_no_answer():
    world = WeChat()
    world.will("freepublish_batchget", CUT, CUT, CUT)
    with pytest.raises(NothingSent):
        connect(world).profile()


def test_shelf_of_one_connector_is_enough_without_workers():
    shelf = TokenShelf()
    assert shelf.take("a", lambda: ("1", 60.0)) == "1"
    assert shelf.take("a", lambda: ("2", 60.0)) == "1"
    assert shelf.take("a", lambda: ("2", 60.0), dead="1") == "2"
