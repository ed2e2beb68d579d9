"""Against a real WordPress 6.1: what the replies in tests/fixtures only claim."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NeedsReconnect, Refused
from platforms.connectors.http import Http
from platforms.connectors.remote import PostRef
from platforms.connectors.wordpress import WordPress
from tests.platforms.connectors.posts import make_image, make_outgoing

pytestmark = pytest.mark.real


@pytest.fixture
def connect(wordpress_server):
    def as_user(user, *, address="", password=""):
        secret = {
            "address": address or wordpress_server["WP_URL"],
            "username": user,
            "password": password or wordpress_server[f"WP_{user.upper()}_APP_PASSWORD"],
        }
        profile = WordPress(AccountRef(""), secret, Http("wordpress")).profile()
        account = AccountRef(profile.remote_id, profile.handle, profile.server)
        return WordPress(account, secret, Http("wordpress"))

    return as_user


@pytest.fixture
def blog(connect):
    return connect("erin")


@pytest.fixture
def stored(wordpress_server):
    """Return a function: a row of the site as its administrator sees it."""
    auth = ("admin", wordpress_server["WP_ADMIN_APP_PASSWORD"])

    def row(path, **params):
        address = f"{wordpress_server['WP_URL']}/wp-json/wp/v2/{path}"
        return httpx.get(address, params={"context": "edit", **params}, auth=auth, trust_env=False).json()

    return row


def test_profile_tells_site_and_rights(connect, wordpress_server):
    secret = {"username": "ann", "password": wordpress_server["WP_ANN_APP_PASSWORD"]}
    for address in (wordpress_server["WP_URL"], wordpress_server["WP_URL"] + "/wp-admin/"):
        profile = WordPress(AccountRef(""), {"address": address, **secret}, Http("wordpress")).profile()
        assert (profile.name, profile.handle) == ("Test 博客", "ann")
        assert profile.server.endswith("/wp-json/")


def test_wrong_password_is_told(connect):
    with pytest.raises(NeedsReconnect, match="user name and application password") as told:
        connect("erin", password="abcd efgh ijkl mnop qrst uvwx")
    assert "abcd" not in str(told.value) + told.value.raw


def test_reader_without_rights_is_refused(connect):
    with pytest.raises(Refused, match="may not write"):
        connect("sub")


def test_not_a_wordpress_is_told(connect, bluesky_server):
    with pytest.raises(Refused, match="No WordPress"):
        connect("erin", address=bluesky_server["BSKY_PDS_URL"])


def test_article_arrives_whole(blog, stored):
    inside, cover = make_image("/m/1"), make_image("/m/2", color=(200, 30, 30), alt="封面")
    html = '<p>你好 &amp; 世界 🍵</p><figure><img src="/m/1" alt="一片茶园"></figure><p>完</p>'
    post = make_outgoing(
        html=html,
        images=(inside, cover),
        cover=cover,
        tags=("春茶", "Tea & Co"),
        options={"categories": "新闻，活动"},
    )
    made = blog.publish(post)
    row = stored(f"posts/{made.remote_id}")
    assert (row["status"], row["title"]["raw"], row["excerpt"]["raw"]) == ("publish", post.title, post.summary)
    assert "/m/1" not in row["content"]["raw"]
    assert "你好 &amp; 世界 🍵" in row["content"]["raw"]
    picture = stored(f"media/{row['featured_media']}")
    assert picture["alt_text"] == "封面"
    names = {term["name"] for term in stored("tags", include=",".join(map(str, row["tags"])))}
    assert names == {"春茶", "Tea &amp; Co"}
    assert len(row["categories"]) == 2
    assert 'alt="一片茶园" class="wp-image-' in row["content"]["raw"]
    assert httpx.get(row["content"]["raw"].split('src="')[1].split('"')[0], trust_env=False).content == inside.read()
    assert (made.title, made.published_at.tzinfo) == (post.title, UTC)


def test_repeat_makes_no_second_post_and_key_finds_it(blog, stored):
    post = make_outgoing(images=(), html="<p>Once.</p>", text="Once.")
    first = blog.publish(post)
    assert blog.publish(post).remote_id == first.remote_id
    assert blog.find(post.key).remote_id == first.remote_id
    assert blog.find("another key") is None


@pytest.mark.parametrize("status", ["draft", "private"])
def test_state_is_chosen_and_still_found(blog, stored, status):
    post = make_outgoing(images=(), options={"status": status})
    made = blog.publish(post)
    assert stored(f"posts/{made.remote_id}")["status"] == status
    assert blog.find(post.key).remote_id == made.remote_id


def test_author_publishes_and_finds_own_draft(connect):
    author = connect("ann")
    post = make_outgoing(images=(), options={"status": "draft"}, tags=())
    assert author.find(author.publish(post).key).title == post.title


def test_author_cannot_make_categories(connect):
    with pytest.raises(Refused, match="may not create it"):
        connect("ann").publish(make_outgoing(images=(), options={"categories": "不存在的分类"}))


def test_update_and_delete(blog, stored):
    post = make_outgoing(images=(), html="<p>Before.</p>")
    made = blog.publish(post)
    changed = make_outgoing(key=post.key, title="After", html="<p>After.</p>", images=())
    assert blog.update(made.remote_id, changed).url == made.url
    assert stored(f"posts/{made.remote_id}")["content"]["raw"] == "<p>After.</p>"
    blog.delete(made.remote_id)
    blog.delete(made.remote_id)
    assert stored(f"posts/{made.remote_id}")["status"] == "trash"
    assert blog.find(post.key) is None
    with pytest.raises(Refused, match="no longer there"):
        blog.update("987654", post)


def test_comments_come_in_and_are_answered(blog, wordpress_server):
    since = datetime.now(UTC) - timedelta(seconds=2)
    made = blog.publish(make_outgoing(images=(), html="<p>Talk.</p>"))
    said = _comment(wordpress_server, made.remote_id, "很好喝 <3 👍")
    heard = next(message for message in blog.messages(since) if message.remote_id == said)
    assert (heard.text, heard.post_id, heard.thread_id, heard.is_own) == ("很好喝 <3 👍", made.remote_id, said, False)
    answer = blog.reply(said, "谢谢 <3")
    assert (answer.text, answer.thread_id, answer.is_own) == ("谢谢 <3", said, True)
    with pytest.raises(Refused, match="already stands"):
        blog.reply(said, "谢谢 <3")
    reading = next(blog.post_readings([PostRef(made.remote_id), PostRef("987654")]))
    assert (reading.comments, reading.views) == (2, None)


def test_site_tells_recent_posts_and_size(blog):
    since = datetime.now(UTC) - timedelta(seconds=2)
    made = blog.publish(make_outgoing(images=(), html="<p>New.</p>"))
    found = list(blog.recent_posts(since))
    assert made.remote_id in {post.remote_id for post in found}
    assert all(post.published_at >= since for post in found)
    assert blog.account_reading().posts >= 1
    assert blog.account_reading().followers is None


def test_site_without_pretty_links(connect, blog, wordpress_server):
    """The same interface behind `?rest_route=`."""
    root = wordpress_server["WP_URL"] + "/?rest_route=/"
    secret = {"username": "erin", "password": wordpress_server["WP_ERIN_APP_PASSWORD"]}
    plain = WordPress(AccountRef("x#2", "erin", root), secret, Http("wordpress"))
    post = make_outgoing(images=(make_image(size=(80, 60)),), tags=("春茶",))
    made = plain.publish(post)
    assert blog.find(post.key).remote_id == made.remote_id
    plain.delete(made.remote_id)


def _comment(server, post, text):
    """Say something as another user (comments of guests need the browser's form)."""
    answer = httpx.post(
        f"{server['WP_URL']}/wp-json/wp/v2/comments",
        json={"post": int(post), "content": text},
        auth=("admin", server["WP_ADMIN_APP_PASSWORD"]),
        trust_env=False,
    )
    return str(answer.json()["id"])
