import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import httpx
import pytest

from platforms.connectors import remote
from platforms.connectors.account import AccountRef
from platforms.connectors.errors import NeedsReconnect, NothingSent, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.remote import PostRef
from platforms.connectors.wordpress import WordPress
from platforms.connectors.wordpress.client import site_address
from platforms.connectors.wordpress.connector import slug_of
from tests.platforms.connectors.contract import SINCE, Contract
from tests.platforms.connectors.posts import make_image, make_outgoing
from tests.platforms.connectors.replies import reply

PASSWORD = "abcd EFGH 1234 ijkl"
LOGIN = {"username": "erin", "password": PASSWORD}


class Blog:
    """A WordPress in memory that answers in the documented shape."""

    def __init__(self):
        self.posts, self.files, self.terms, self.comments = [], [], [], reply("wordpress", "comments")
        self.asked = []
        self.me = reply("wordpress", "me")
        self.refuse = {}  # (method, collection) → name of the error

    def __call__(self, request):
        path = request.url.path
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        self.asked.append(f"{request.method} {path}")
        if path == "/wp-json/":
            return httpx.Response(200, json=reply("wordpress", "index"))
        if "/wp-json/wp/v2/" not in path:
            return httpx.Response(200, html="<html>front page</html>")
        user, _colon, password = (
            base64.b64decode(request.headers["authorization"].partition(" ")[2]).decode().partition(":")
        )
        if (user, password) != ("erin", PASSWORD):
            return self.error("incorrect_password")
        collection, _slash, number = path.partition("/wp-json/wp/v2/")[2].partition("/")
        if name := self.refuse.get((request.method, collection)):
            return self.error(name)
        return getattr(self, f"{request.method.lower()}_{collection}")(number, query, request)

    def error(self, name):
        told = reply("wordpress", "errors")[name]
        return httpx.Response(told["data"]["status"], json=told)

    def rows(self, rows):
        return httpx.Response(200, json=rows, headers={"X-WP-Total": str(len(rows)), "X-WP-TotalPages": "1"})

    def get_users(self, _number, _query, _request):
        return httpx.Response(200, json=self.me)

    def get_posts(self, _number, query, _request):
        rows = [row for row in self.posts if row["status"] != "trash"]
        if "slug" in query:
            rows = [row for row in rows if row["slug"] == query["slug"]]
        if "include" in query:
            rows = [row for row in rows if str(row["id"]) in query["include"].split(",")]
        return self.rows(rows)

    def post_posts(self, number, _query, request):
        values = json.loads(request.content)
        if number:
            row = next((row for row in self.posts if str(row["id"]) == number), None)
            if row is None:
                return self.error("rest_post_invalid_id")
        else:
            row = reply("wordpress", "post") | {"id": 41 + len(self.posts)}
            self.posts.append(row)
        row |= {"title": {"raw": values["title"], "rendered": values["title"]}, "sent": values}
        row |= {name: values[name] for name in ("slug", "status") if name in values}
        return httpx.Response(200 if number else 201, json=row)

    def delete_posts(self, number, query, _request):
        row = next(row for row in self.posts if str(row["id"]) == number)
        if query.get("force") == "true":
            self.posts.remove(row)
            return httpx.Response(200, json={"deleted": True, "previous": row})
        if self.refuse.get("trash"):
            return self.error("rest_trash_not_supported")
        row["status"] = "trash"
        return httpx.Response(200, json=row)

    def post_media(self, number, _query, request):
        if number:
            next(file for file in self.files if str(file["id"]) == number).update(json.loads(request.content))
            return httpx.Response(200, json={"id": int(number)})
        made = reply("wordpress", "media") | {"id": 12 + len(self.files), "headers": request.headers}
        made["source_url"] = f"https://blog.example/uploads/{made['id']}.png?a=1&b=2"
        self.files.append(made)
        return httpx.Response(201, json={"id": made["id"], "source_url": made["source_url"]})

    def get_terms(self, _number, query, _request):
        return self.rows([term for term in self.terms if query["search"].lower() in term["name"].lower()])

    def post_terms(self, _number, _query, request):
        self.terms.append({"id": 3 + len(self.terms), "name": json.loads(request.content)["name"]})
        return httpx.Response(201, json=self.terms[-1])

    get_tags = get_categories = get_terms
    post_tags = post_categories = post_terms

    def get_comments(self, number, query, _request):
        rows = self.comments
        if number:
            return httpx.Response(200, json=next(row for row in rows if str(row["id"]) == number))
        if "post" in query:
            rows = [
                row for row in rows if str(row["post"]) in query["post"].split(",") and row["status"] == "approved"
            ]
        if after := query.get("after"):
            moment = datetime.fromisoformat(after)
            rows = [row for row in rows if datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=UTC) > moment]
        return self.rows(rows)

    def post_comments(self, _number, _query, request):
        values = json.loads(request.content)
        return httpx.Response(
            201, json=self.comments[1] | values | {"id": 20, "content": {"rendered": values["content"]}}
        )


class TestWordPress(Contract):
    connector = WordPress
    account = AccountRef("blog.example#2", "erin", "https://blog.example/wp-json/")
    secret = {"address": "https://blog.example", **LOGIN}
    hidden = (PASSWORD, PASSWORD.replace(" ", ""), base64.b64encode(f"erin:{PASSWORD}".encode()).decode())

    def world(self):
        return Blog()

    def is_write(self, request):
        return request.method == "POST" and request.url.path.endswith("/wp/v2/posts")

    def at(self, address):
        return AccountRef("x#2", "erin", f"{address}/wp-json/"), {"address": address, **LOGIN}


@pytest.fixture
def blog():
    return Blog()


def connect(world, *, root="https://blog.example/wp-json/", password=PASSWORD):
    http = Http("wordpress", transport=httpx.MockTransport(world), pause=lambda _s: None)
    secret = {"address": "blog.example/wp-admin/", "username": "erin", "password": password}
    return WordPress(AccountRef("blog.example#2", "erin", root), secret, http)


@pytest.mark.parametrize(
    "typed",
    [
        "blog.example",
        " https://blog.example/ ",
        "https://blog.example/wp-admin/profile.php",
        "https://blog.example/wp-json/",
        "https://blog.example/wp-login.php",
    ],
)
def test_typed_address_becomes_the_site(typed):
    assert site_address(typed) == "https://blog.example"


def test_site_in_a_folder_keeps_its_folder():
    assert site_address("http://team.example/blog/wp-admin/") == "http://team.example/blog"


def test_profile_names_site_user_and_rights(blog):
    profile = connect(blog, root="").profile()
    assert (profile.name, profile.handle, profile.remote_id) == ("岚序茶 & more", "erin", "blog.example#2")
    assert profile.server == "https://blog.example/wp-json/"
    assert len(profile.can) == 3


def test_contributor_is_told_that_posts_stay_drafts(blog):
    blog.me["capabilities"] = {"edit_posts": True}
    profile = connect(blog, root="").profile()
    assert "drafts only" in profile.can[0]
    assert profile.limits == {"images_max": 0}


def test_reader_is_refused(blog):
    blog.me["capabilities"] = {"read": True}
    with pytest.raises(Refused, match="may not write posts"):
        connect(blog, root="").profile()


@pytest.mark.parametrize("password", ["wrong password", ""])
def test_wrong_password_is_told_without_repeating_it(blog, password):
    with pytest.raises(NeedsReconnect, match="application password") as told:
        connect(blog, password=password).profile()
    assert "wrong password" not in told.value.raw


def test_site_without_pretty_links_is_found():
    def world(request):
        if request.url.params.get("rest_route") == "/":
            return httpx.Response(200, json=reply("wordpress", "index"))
        if request.url.params.get("rest_route") == "/wp/v2/users/me":
            return httpx.Response(200, json=reply("wordpress", "me"))
        return httpx.Response(404, html="<h1>Not found</h1>")

    assert connect(world, root="").profile().server == "https://blog.example/?rest_route=/"


def test_site_that_announces_its_interface_elsewhere_is_found():
    def world(request):
        if request.url.path == "/api/":
            return httpx.Response(200, json=reply("wordpress", "index"))
        if request.url.path.startswith("/api/wp/v2/users"):
            return httpx.Response(200, json=reply("wordpress", "me"))
        link = '<https://blog.example/api/>; rel="https://api.w.org/"'
        return httpx.Response(200, html="<h1>Tea</h1>", headers={"Link": link})

    assert connect(world, root="").profile().server == "https://blog.example/api/"


def test_site_that_is_no_wordpress_is_told():
    with pytest.raises(Refused, match="No WordPress was found at https://blog.example"):
        connect(lambda _request: httpx.Response(200, html="<h1>Tea</h1>"), root="").profile()


def test_article_is_sent_whole(blog):
    inside, cover = make_image("/m/1"), make_image("/m/2", alt="")
    html = '<p>a &lt; b &amp; c</p><img alt="a > b" src="/m/1"><img src="https://elsewhere.example/x.png">'
    post = make_outgoing(
        html=html, images=(inside, cover), cover=cover, tags=("春茶",), options={"categories": "新闻, "}
    )
    connect(blog).publish(post)
    sent = blog.posts[0]["sent"]
    assert sent["content"] == (
        '<p>a &lt; b &amp; c</p><img alt="a &gt; b" src="https://blog.example/uploads/12.png?a=1&amp;b=2"'
        ' class="wp-image-12"><img src="https://elsewhere.example/x.png">'
    )
    assert (sent["title"], sent["excerpt"], sent["status"]) == (post.title, post.summary, "publish")
    assert (sent["featured_media"], sent["slug"]) == (13, slug_of(post.key))
    assert [term["name"] for term in blog.terms] == ["春茶", "新闻"]
    assert (sent["tags"], sent["categories"]) == ([3], [4])
    assert blog.files[0]["headers"]["content-disposition"] == 'attachment; filename="tea-garden.png"'
    assert [file["alt_text"] for file in blog.files] == ["一片茶园", ""]


def test_known_tag_is_used_and_not_made_again(blog):
    blog.terms = [{"id": 30, "name": "Tea &amp; co"}, {"id": 31, "name": "Tea &amp; Co Ltd"}]
    blog.get_tags = lambda *_args: blog.rows(blog.terms)
    connect(blog).publish(make_outgoing(images=(), tags=("Tea & Co",)))
    assert blog.posts[0]["sent"]["tags"] == [30]
    assert len(blog.terms) == 2


def test_tag_that_the_search_misses_is_used_all_the_same(blog):
    blog.refuse["POST", "tags"] = "term_exists"
    connect(blog).publish(make_outgoing(images=(), tags=("茶",)))
    assert blog.posts[0]["sent"]["tags"] == [3]


def test_category_that_may_not_be_made_is_named(blog):
    blog.refuse["POST", "categories"] = "rest_cannot_create"
    with pytest.raises(Refused, match="新闻"):
        connect(blog).publish(make_outgoing(images=(), options={"categories": "新闻"}))
    assert blog.posts == []


def test_picture_of_a_kind_the_site_refuses_stops_the_post(blog):
    blog.refuse["POST", "media"] = "rest_upload_unknown_error"
    with pytest.raises(Refused, match="does not accept a picture"):
        connect(blog).publish(make_outgoing())
    assert blog.posts == []


def test_failed_upload_is_safe_to_repeat():
    blog = Blog()

    def world(request):
        if request.url.path.endswith("/media"):
            raise httpx.ReadTimeout("slow", request=request)
        return blog(request)

    with pytest.raises(NothingSent):
        connect(world).publish(make_outgoing())
    assert blog.posts == []


def test_post_that_went_out_without_an_answer_is_found_by_its_key(blog):
    def world(request):
        answer = blog(request)
        if request.method == "POST" and request.url.path.endswith("/posts"):
            raise httpx.ReadError("cut", request=request)
        return answer

    post = make_outgoing()
    with pytest.raises(OutcomeUnknown):
        connect(world).publish(post)
    assert connect(blog).find(post.key).remote_id == "41"
    assert connect(blog).publish(post).remote_id == "41"
    assert len(blog.posts) == 1


def test_update_keeps_address_and_state(blog):
    post = make_outgoing(options={"status": "draft"})
    made = connect(blog).publish(post)
    changed = make_outgoing(key=post.key, title="New title")
    assert connect(blog).update(made.remote_id, changed).title == "New title"
    assert (blog.posts[0]["slug"], blog.posts[0]["status"]) == (slug_of(post.key), "draft")
    with pytest.raises(Refused, match="no longer there"):
        connect(blog).update("999", changed)


@pytest.mark.parametrize("has_trash", [True, False])
def test_delete_is_done_once_and_again(blog, has_trash):
    blog.refuse["trash"] = not has_trash
    post = make_outgoing()
    made = connect(blog).publish(post)
    for _ in range(2):
        connect(blog).delete(made.remote_id)
    assert connect(blog).find(post.key) is None


def test_draft_without_a_date_has_an_aware_time(blog):
    made = connect(blog).publish(make_outgoing(options={"status": "draft"}))
    blog.posts[0] |= {"date_gmt": None, "modified_gmt": "2026-11-23T08:43:14"}
    assert connect(blog).find("x") is None
    assert made.published_at == datetime(2026, 11, 23, 8, 43, 14, tzinfo=UTC)


def test_our_own_draft_stands_and_those_of_others_do_not(blog):
    connect(blog).publish(make_outgoing(options={"status": "draft"}))
    connect(blog).publish(make_outgoing(options={"status": "private"}))
    blog.posts.append(blog.posts[0] | {"id": 90, "slug": "unfinished"})
    blog.posts.append(blog.posts[1] | {"id": 91, "slug": "elsewhere"})
    assert [post.remote_id for post in connect(blog).recent_posts(SINCE)] == ["41", "42", "91"]


def test_comments_form_threads(blog):
    first, ours, last = connect(blog).messages(SINCE)
    assert [message.thread_id for message in (first, ours, last)] == ["7", "7", "7"]
    assert (first.text, first.author_name, first.is_own) == ("很好喝 <3", "小林 & Co", False)
    assert (ours.is_own, ours.author_id, ours.reply_to) == (True, "2", "7")
    assert last.text == "哪里买\n请问"
    assert first.author_id == last.author_id
    assert "lin@" not in repr(last)


def test_thread_of_a_late_answer_is_found_by_its_parent(blog):
    (late,) = connect(blog).messages(datetime(2026, 11, 23, 9, 7, tzinfo=UTC))
    assert (late.remote_id, late.thread_id) == ("9", "7")


def test_user_who_may_not_moderate_reads_public_comments(blog):
    def world(request):
        if request.url.path.endswith("/comments") and request.url.params.get("context") == "edit":
            return httpx.Response(403, json={"code": "rest_forbidden_context", "data": {"status": 403}})
        return blog(request)

    assert len(list(connect(world).messages(SINCE))) == 3


def test_answer_goes_under_its_comment(blog):
    said = connect(blog).reply("9", "茶 <b>好</b>")
    assert (said.text, said.thread_id, said.is_own) == ("茶 <b>好</b>", "7", True)


@pytest.mark.parametrize(("code", "error"), [("comment_flood", NothingSent), ("comment_duplicate", Refused)])
def test_refused_answer_is_told(blog, code, error):
    blog.refuse["POST", "comments"] = code
    with pytest.raises(error):
        connect(blog).reply("7", "谢谢")


def test_figures_count_public_comments_of_posts_that_stand(blog):
    connect(blog).publish(make_outgoing())
    connect(blog).publish(make_outgoing())
    readings = {
        reading.remote_id: reading
        for reading in connect(blog).post_readings([PostRef("41"), PostRef("42"), PostRef("999")])
    }
    assert {key: reading.comments for key, reading in readings.items()} == {"41": 2, "42": 0}
    assert connect(blog).account_reading() == remote.AccountReading(posts=2)
