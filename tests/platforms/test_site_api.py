"""The site's own API, asked by its connector over a real socket, and by clients that behave badly."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from platforms import gateway
from platforms.actions import posting, site, syncing
from platforms.actions.site_key import make_key
from platforms.connectors.errors import NeedsReconnect, NothingSent, Refused
from platforms.connectors.remote import PostRef
from platforms.models import Article, ArticleDay, Conversation, Message, SiteComment, SiteImage
from platforms.models.site import CommentState
from platforms.site.api import CALLS, WRONG_KEYS
from tests.builders_site import make_article, make_comment, picture
from tests.platforms.connectors.posts import make_image, make_outgoing

NOW = datetime(2026, 10, 21, 4, tzinfo=UTC)


@pytest.fixture
def account(live, workspace, owner):
    return site.open_site(workspace, by=owner, now=timezone.now())


@pytest.fixture
def connector(account):
    return gateway.connect(account)


def test_profile_is_the_account_that_was_opened(account, connector):
    profile = connector.profile()
    assert (profile.remote_id, profile.name, profile.url) == (account.remote_id, account.name, account.url)


def test_site_follows_the_product_to_another_address(workspace, owner, live, settings):
    home, settings.SITE_URL = settings.SITE_URL, "https://before.example"
    account = site.open_site(workspace, by=owner, now=NOW)
    settings.SITE_URL = home
    assert gateway.connect(account).profile().url == f"{live}/site/lanxu/"


def test_publish_makes_an_article_that_visitors_read(account, workspace, live):
    image = make_image()
    post = posting.publish(account, make_outgoing(cover=image, options={"author": "苏禾"}), timezone.now())
    page = Client(headers={"Accept-Language": "en"}).get(post.url.removeprefix(live)).content.decode()
    row = Article.objects.get()
    assert post.url == row.full_url
    assert (row.author, row.cover, row.language) == ("苏禾", SiteImage.objects.get(), "zh-hans")
    assert "春茶上市 &amp; more 🍵" in page
    assert f'src="{row.cover.get_absolute_url()}"' in page
    assert image.ref not in page


def test_repeating_with_the_same_key_makes_nothing_new(account, connector):
    outgoing = make_outgoing()
    first = connector.publish(outgoing)
    assert connector.publish_again(outgoing) == first
    assert connector.find(outgoing.key) == first
    assert connector.find("never") is None
    assert Article.objects.count() == SiteImage.objects.count() == 1


def test_update_and_delete_reach_the_page(account, connector, live):
    made = connector.publish(make_outgoing())
    connector.update(made.remote_id, make_outgoing(key=made.key, title="Better", html="<p>New words</p>"))
    page = Client().get(made.url.removeprefix(live)).content.decode()
    assert "Better" in page
    assert "New words" in page
    connector.delete(made.remote_id)
    connector.delete(made.remote_id)
    assert Client().get(made.url.removeprefix(live)).status_code == 410
    assert connector.find(made.key) is None
    with pytest.raises(Refused):
        connector.publish(make_outgoing(key=made.key))


def test_posts_made_before_are_told_and_removed_ones_are_not(workspace, connector):
    since = timezone.now() - timedelta(days=1)
    make_article(workspace, key="old", now=since - timedelta(days=9))
    make_article(workspace, key="new")
    site.remove(make_article(workspace, key="gone"), now=timezone.now())
    assert [post.key for post in connector.recent_posts(since)] == ["new"]


def test_long_lists_come_in_pages(workspace, connector, monkeypatch):
    monkeypatch.setattr("platforms.site.api.PAGE", 3)
    made = [make_article(workspace, key=f"a{n}").key for n in range(8)]
    assert [post.key for post in connector.recent_posts(NOW - timedelta(days=9999))] == made


def test_comment_reaches_the_inbox_and_the_answer_the_page(account, workspace, live, operator):
    post = posting.publish(account, make_outgoing(), timezone.now())
    visitor = Client(headers={"Accept-Language": "en"})
    path = post.url.removeprefix(live)
    visitor.post(f"{path}comments/", {"name": "Mira", "text": "Lovely letter."})
    account.refresh_from_db()
    assert syncing.sync_account(account, timezone.now())
    talk = Conversation.objects.get()
    assert (talk.who_name, talk.post, talk.last_text) == ("Mira", post, "Lovely letter.")
    assert talk.waits_since is not None
    sent = gateway.connect(account).reply(talk.messages.get().remote_id, "Thank you.")
    assert (sent.is_own, sent.thread_id) == (True, talk.thread_id)
    page = visitor.get(path).content.decode()
    assert "Lovely letter." in page
    assert "Thank you." in page
    syncing.sync_account(account, timezone.now())
    assert Message.objects.count() == 2
    assert Conversation.objects.get().waits_since is None


def test_hidden_comment_is_not_told(account, workspace, connector, owner):
    said = make_comment(make_article(workspace))
    site.hide_comment(said, by=owner, now=timezone.now())
    assert list(connector.messages(NOW - timedelta(days=9999))) == []
    with pytest.raises(Refused):
        connector.reply(str(said.pk), "Too late")


def test_figures_are_cumulative_and_unknown_ones_stay_unknown(workspace, connector, owner):
    row, other = make_article(workspace, key="a"), make_article(workspace, key="b")
    for is_first in (True, False):
        site.count_view(row, NOW.date(), is_first=is_first)
    talk = make_comment(row, shown_by=owner)
    make_comment(row, name="Waiting")
    site.answer(talk, "Thanks", name="us", now=NOW)
    first, second = sorted(
        connector.post_readings([PostRef(row.key), PostRef(other.key), PostRef("never")]),
        key=lambda told: told.remote_id,
    )
    assert (first.views, first.comments, first.likes, first.extra) == (2, 1, None, {"visitors": 1})
    assert (second.views, second.comments) == (0, 0)
    whole = connector.account_reading()
    assert (whole.posts, whole.views, whole.followers) == (2, 2, None)


def test_wrong_picture_is_refused_in_words(connector):
    bad = make_image()
    bad = type(bad)(**{**bad.__dict__, "read": lambda: b"MZ not a picture"})
    with pytest.raises(Refused, match="JPEG"):
        connector.publish(make_outgoing(images=(bad,)))
    assert not Article.objects.exists()


def test_new_key_ends_the_old_one(account, connector, workspace, owner):
    make_key(workspace, by=owner, now=NOW)
    with pytest.raises(NeedsReconnect):
        connector.profile()


def test_too_many_calls_are_asked_to_wait(account, connector, monkeypatch):
    monkeypatch.setattr("platforms.site.api.CALLS", type(CALLS)("calls", 1, 60))
    connector.profile()
    with pytest.raises(NothingSent) as told:
        connector.publish(make_outgoing(images=(), html="<p>x</p>"))
    assert told.value.wait_s == 60


@pytest.fixture
def key(workspace, owner):
    return make_key(workspace, by=owner, now=NOW)[1]["key"]


@pytest.fixture
def client(key):
    return Client(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"}, enforce_csrf_checks=True)


def put(client, key, body):
    return client.put(f"/site/lanxu/api/articles/{key}", json.dumps(body), content_type="application/json")


ENDPOINTS = [
    *[(method, "articles/k") for method in ("get", "put", "patch", "delete")],
    *[("get", path) for path in ("profile", "articles", "comments", "readings", "reading")],
    *[("post", path) for path in ("media", "comments")],
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_no_key_is_401_and_another_sites_key_404(workspace, other_workspace, key, method, path):
    other = make_key(other_workspace, by=None, now=NOW)[1]["key"]
    make_article(workspace, key="k")
    for authorization, status in [("", 401), ("Bearer nobody", 401), (f"Bearer {other}", 404), (f"Basic {key}", 401)]:
        headers = {"Authorization": authorization} if authorization else {}
        answer = getattr(Client(headers=headers), method)(f"/site/lanxu/api/{path}")
        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Article.objects.get().removed_at is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"\xff\xfe", b'{"title": 3}', b'{"title": "a", "tags": "tea"}', b'{"title": "a", "tags": [1]}',
     b'{"title": " "}', b'{"title": "\\ud800"}'],
)  # fmt: skip
def test_bad_article_is_a_problem_and_makes_nothing(client, body):
    answer = client.put("/site/lanxu/api/articles/k", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].endswith(".")
    assert not Article.objects.exists()


def test_too_large_an_article_is_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert put(client, "k", {"title": "a", "html": "x" * 2000}).status_code == 413


@pytest.mark.parametrize(
    "path",
    ["articles?since=yesterday", "articles?since=2026-10-21T04:00:00", "comments?since=2026-13-01T00:00:00Z"],
)
def test_bad_time_is_400(client, path):
    assert client.get(f"/site/lanxu/api/{path}").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [("articles?after=99999999999999999999999", 200), ("readings?ids=%00,a", 200), ("articles/%00", 422),
     ("nothing/here", 404), ("articles/never", 404)],
)  # fmt: skip
def test_odd_values_are_no_crash(client, path, status):
    assert client.get(f"/site/lanxu/api/{path}").status_code == status


@pytest.mark.parametrize("number", ["", "x", "0", "99999999999999999999999", "²", 7, None, [1]])
def test_answer_to_no_comment_is_404(client, number):
    body = json.dumps({"answers": number, "text": "Hello"})
    answer = client.post("/site/lanxu/api/comments", body, content_type="application/json")
    assert answer.status_code == 404


def test_guessing_keys_is_slowed_down(workspace, key, monkeypatch):
    monkeypatch.setattr("platforms.site.api.WRONG_KEYS", type(WRONG_KEYS)("wrong-keys", 3, 60))
    answers = [Client(headers={"Authorization": "Bearer x"}).get("/site/lanxu/api/profile") for _n in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].headers["Retry-After"] == "60"


def test_wrong_method_is_405(client):
    answer = client.delete("/site/lanxu/api/articles")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"


def test_patch_changes_only_what_it_names(client, workspace):
    image, _new = site.store_image(workspace, picture(), now=NOW)
    told = {
        "title": "A",
        "html": f'<img src="{image.get_absolute_url()}">',
        "cover": image.get_absolute_url(),
        "tags": ["x"],
    }
    put(client, "k", told)
    before = Article.objects.get()
    client.patch("/site/lanxu/api/articles/k", json.dumps({"title": "B"}), content_type="application/json")
    after = Article.objects.get()
    assert (after.title, after.html, after.cover, after.slug) == ("B", before.html, image, before.slug)
    assert [tag.name for tag in after.tags.all()] == ["x"]


def test_publishing_is_few_queries(client, workspace, django_assert_max_num_queries):
    image, _new = site.store_image(workspace, picture(), now=NOW)
    with django_assert_max_num_queries(6):  # key, images, savepoint or transaction, article, tags
        put(client, "k", {"title": "A", "html": f'<img src="{image.get_absolute_url()}">', "tags": ["x", "y"]})
    with django_assert_max_num_queries(4):
        put(client, "k2", {"title": "B"})
    with django_assert_max_num_queries(2):
        client.get("/site/lanxu/api/readings?ids=k,k2")
    with django_assert_max_num_queries(5):
        client.post("/site/lanxu/api/media", {"file": _file()})


def _file():
    import io

    file = io.BytesIO(picture(color=(1, 2, 3)))
    file.name = "../../etc/passwd.exe"
    return file


def test_upload_name_is_never_used(client):
    told = client.post("/site/lanxu/api/media", {"file": _file()}).json()
    row = SiteImage.objects.get()
    assert "passwd" not in row.file.name + told["url"]
    assert told["url"].endswith(f"{row.sha256}.jpg")
    assert client.post("/site/lanxu/api/media", {"other": "x"}).status_code == 422


def test_team_states_are_told(client, workspace, owner):
    make_comment(make_article(workspace), shown_by=owner)
    told = client.get("/site/lanxu/api/comments").json()["comments"][0]
    assert told["state"] == CommentState.SHOWN
    assert SiteComment.objects.count() == 1
    assert not ArticleDay.objects.exists()
