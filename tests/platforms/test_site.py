"""The public site: what visitors see, write and leave behind."""

import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from mediaops.errors import WrongState
from mediaops.models import Activity
from platforms.actions import site
from platforms.models import Account, Article, ArticleDay, SiteComment, SiteImage
from platforms.models.site import COMMENT_MOVES, CommentState
from platforms.site import cleaning
from platforms.site.excerpts import excerpt, is_robot, minutes_to_read
from tests.builders_site import make_article, make_comment, picture

NOW = datetime(2026, 10, 21, 4, tzinfo=UTC)
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36"
ATTACKS = """<h1>T</h1><script>alert(1)</script><p onclick="alert(1)" style="position:fixed">Hi</p>
<a href="javascript:alert(1)">a</a><a href="data:text/html,x">b</a><iframe src="//evil"></iframe><svg onload=alert(1)>
<img src="https://evil.example/pixel.gif"><img src=x onerror=alert(1)><form action="//evil"><input></form>
<math><mtext></math><style>*{display:none}</style><meta http-equiv=refresh content=0><base href="//evil">"""


@pytest.fixture
def own_site(workspace, owner):
    return site.open_site(workspace, by=owner, now=NOW)


@pytest.fixture
def visitor(own_site):
    return Client(headers={"Accept-Language": "en", "User-Agent": CHROME})


def draft(**fields):
    return site.Draft(**{"title": "A letter", "html": "<p>Words.</p>"} | fields)


def test_opening_twice_is_one_account_with_one_key(workspace, owner, own_site):
    assert site.open_site(workspace, by=owner, now=NOW) == own_site
    assert Account.objects.count() == 1
    assert own_site.url.endswith("/site/lanxu/")
    assert own_site.name == "Lanxu Tea"
    assert own_site.credential.sealed
    assert Activity.objects.filter(verb="account.connected").count() == 1


def test_owner_connects_the_site_with_one_click(workspace, owner, client_of):
    answer = client_of(owner).post(f"/w/lanxu/accounts/connect/{own_platform()}/")
    row = Account.objects.get()
    assert answer.status_code == 302
    assert row.state == "healthy"
    assert Client().get("/site/lanxu/").status_code == 200


def own_platform():
    return site.SiteConnector.spec.key


def test_site_that_nobody_opened_is_not_there(workspace, db):
    for path in ("", "search/", "feed.rss", "feed.atom", "sitemap.xml", "a-letter/"):
        assert Client().get(f"/site/lanxu/{path}").status_code == 404


def test_home_lists_newest_first_in_pages(workspace, visitor, django_assert_max_num_queries):
    for n in range(12):
        make_article(workspace, title=f"Letter no {n:02}", tags=["tea", f"t{n}"], now=NOW + timedelta(minutes=n))
    with django_assert_max_num_queries(5):
        page = visitor.get("/site/lanxu/").content.decode()
    assert page.index("Letter no 11") < page.index("Letter no 02")
    assert "Letter no 01" not in page
    assert "Letter no 01" in visitor.get("/site/lanxu/?page=2").content.decode()
    assert visitor.get("/site/lanxu/?page=99").status_code == 200


def test_article_page_shows_everything_in_few_queries(workspace, owner, visitor, django_assert_max_num_queries):
    image, _new = site.store_image(workspace, picture(size=(1200, 640)), now=NOW)
    url = image.get_absolute_url()
    row = make_article(
        workspace, title="桂花从哪来", summary="一封信", author="苏禾", tags=["桂花", "人与茶"], cover=url,
        cover_alt="竹匾", html=f'<p>写信的人叫老方。</p><p><img src="{url}" alt="火"></p>', now=NOW,
    )  # fmt: skip
    for n in range(5):
        talk = make_comment(row, name=f"Reader {n}", shown_by=owner)
        site.answer(talk, f"Thanks {n}", name="Lanxu Tea", now=timezone.now())
    with django_assert_max_num_queries(8):
        page = visitor.get(row.get_absolute_url()).content.decode()
    assert '<meta property="og:title" content="桂花从哪来">' in page
    assert re.search(rf'<meta property="og:image" content="http[^"]*{url}">', page)
    assert 'width="1200" height="640"' in page
    assert "21 October 2026" in page
    assert "苏禾" in page
    assert page.count("Thanks") == 5
    assert 'lang="zh-CN"' in page


def test_cover_that_the_text_shows_is_not_shown_twice(workspace, visitor):
    image, _new = site.store_image(workspace, picture(), now=NOW)
    url = image.get_absolute_url()
    row = make_article(workspace, cover=url, html=f'<p><img src="{url}"></p>')
    assert visitor.get(row.get_absolute_url()).content.decode().count(f'<img src="{url}"') == 1


@pytest.mark.parametrize(
    ("accepted", "said"), [("zh-CN,zh;q=0.9", "评论"), ("en-GB", "Comments"), ("fr", "Comments")]
)
def test_page_speaks_the_visitors_language_else_the_workspaces(workspace, own_site, accepted, said):
    row = make_article(workspace)
    answer = Client(headers={"Accept-Language": accepted}).get(row.get_absolute_url())
    assert said in answer.content.decode()
    assert "Accept-Language" in answer.headers["Vary"]


def test_same_key_is_the_same_article(workspace, own_site):
    first, was_new = site.publish(workspace, "k1", draft(), now=NOW)
    again, is_new = site.publish(workspace, "k1", draft(title="Other"), now=NOW)
    assert (was_new, is_new) == (True, False)
    assert again.pk == first.pk
    assert again.title == "A letter"


def test_removed_article_is_gone_and_its_key_used_up(workspace, visitor):
    row, _new = site.publish(workspace, "k1", draft(tags=["tea"]), now=NOW)
    site.remove(row, now=NOW)
    assert visitor.get(row.get_absolute_url()).status_code == 410
    assert visitor.get("/site/lanxu/tags/tea/").status_code == 404
    assert "A letter" not in visitor.get("/site/lanxu/").content.decode()
    with pytest.raises(site.WasRemoved):
        site.publish(workspace, "k1", draft(), now=NOW)


def test_update_keeps_address_and_figures(workspace, own_site):
    row = make_article(workspace, title="First words", tags=["a", "b"])
    site.count_view(row, NOW.date(), is_first=True)
    site.update(row, draft(title="Better words", tags=["b", "c"]), now=NOW)
    after = Article.objects.get()
    assert (after.title, after.slug, after.views) == ("Better words", row.slug, 1)
    assert [tag.name for tag in after.tags.all()] == ["b", "c"]


def test_article_without_a_title_is_refused(workspace, own_site):
    with pytest.raises(site.BadArticle):
        site.publish(workspace, "k1", draft(title=" \x00 "), now=NOW)


def test_what_could_run_in_a_body_is_gone(workspace, visitor):
    row = make_article(
        workspace, html=ATTACKS, title="<script>alert(2)</script>", summary='"><script>alert(3)</script>'
    )
    page = visitor.get(row.get_absolute_url()).content.decode()
    body = page[page.index('<div class="article-body">') : page.index('<footer class="article-foot">')]
    for sign in (
        "<script",
        "onclick",
        "onerror",
        "javascript:",
        "data:",
        "<iframe",
        "<svg",
        "evil",
        "<form",
        "style",
        "<img",
    ):
        assert sign not in body
    assert "alert(2)" not in re.sub(r"&lt;script&gt;alert\(2\)", "", page).replace("<title>", "")
    assert "<script>alert" not in page
    assert "<h2>T</h2>" in body


def test_picture_whose_alt_breaks_out_is_harmless(workspace, own_site):
    image, _new = site.store_image(workspace, picture(), now=NOW)
    url = image.get_absolute_url()
    evil = f'<img src="https://evil.example{url}" alt=\'a>b" onerror="alert(1)\'>'
    assert make_article(workspace, html=evil).html == (
        f'<img src="{url}" alt="a&gt;b&quot; onerror=&quot;alert(1)" '
        'width="320" height="200" loading="lazy" decoding="async">'
    )


def test_tags_with_any_sign_have_a_page(workspace, visitor):
    make_article(workspace, title="Odd", tags=["a/b", "c?d", "茶 & 水", "50%"])
    page = visitor.get("/site/lanxu/").content.decode()
    for path in re.findall(r'href="(/site/lanxu/tags/[^"]+)"', page):
        assert "Odd" in visitor.get(path.replace("&amp;", "&")).content.decode()
    assert visitor.get("/site/lanxu/tags/%00/").status_code == 404


def test_search_finds_words_of_title_text_and_tags(workspace, visitor):
    make_article(
        workspace, title="Osmanthus", html="<p>Weighed by hand, 三两花一斤茶.</p>", tags=["origin"], summary=""
    )
    make_article(workspace, title="Cold brew", summary="Eight hours")
    for words, hits in [
        ("三两", 1),
        ("OSMANTHUS hand", 1),
        ("Origin", 1),
        ("osmanthus brew", 0),
        ("hours", 1),
        ("%", 0),
        ("", 0),
    ]:
        page = visitor.get("/site/lanxu/search/", {"q": words}).content.decode()
        assert page.count('<article class="teaser"') == hits, words
    assert "<mark>三两</mark>" in visitor.get("/site/lanxu/search/", {"q": "三两"}).content.decode()
    assert "&lt;b&gt;" in visitor.get("/site/lanxu/search/", {"q": "<b>\x00"}).content.decode()


def test_excerpt_shows_what_was_searched_for():
    pieces = excerpt("x" * 200 + " tea " + "y" * 300, "Summary", "TEA")
    assert "".join(piece.text for piece in pieces).startswith("…")
    assert [piece.text for piece in pieces if piece.is_found] == ["tea"]
    assert [piece.text for piece in excerpt("text", "Summary", "")] == ["Summary"]


def test_reading_time_knows_both_scripts():
    assert minutes_to_read("") == 1
    assert minutes_to_read("茶" * 1000) == 3
    assert minutes_to_read("tea " * 1000) == 5


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom"])
def test_feed_is_valid_and_complete(workspace, visitor, settings, name):
    image, _new = site.store_image(workspace, picture(), now=NOW)
    html = f'<p>老方 &amp; me</p><img src="{image.get_absolute_url()}">'
    make_article(workspace, title="A & B \x0b<c>", html=html, tags=["茶"], author="苏禾", now=NOW)
    answer = visitor.get(f"/site/lanxu/{name}")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Lanxu Tea"
    entry = feed.entries[0]
    assert entry.title == "A & B <c>" or entry.title == "A &amp; B &lt;c&gt;"
    assert entry.link.startswith(settings.SITE_URL)
    assert entry.published_parsed[:4] == (2026, 10, 21, 4)
    assert f'src="{settings.SITE_URL}/site/lanxu/media/' in entry.content[0].value
    assert [tag.term for tag in entry.tags] == ["茶"]
    since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert visitor.get(f"/site/lanxu/{name}", headers=since).status_code == 304


def test_sitemap_and_robots_name_what_may_be_read(workspace, visitor, settings):
    row = make_article(workspace)
    sitemap = visitor.get("/site/lanxu/sitemap.xml").content.decode()
    assert f"<loc>{row.full_url}</loc>" in sitemap
    robots = visitor.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/site/lanxu/sitemap.xml" in robots
    assert "Disallow: /w/" in robots


def test_pictures_are_stored_once_and_kept_by_browsers(workspace, visitor):
    (first, was_new), (second, is_new) = (site.store_image(workspace, picture(), now=NOW) for _ in range(2))
    assert (first.pk, was_new, is_new) == (second.pk, True, False)
    answer = visitor.get(first.get_absolute_url())
    assert b"".join(answer.streaming_content) == picture()
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    again = visitor.get(first.get_absolute_url(), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert visitor.get(first.get_absolute_url().replace(".jpg", ".png")).status_code == 404


def test_picture_of_another_site_is_not_taken(workspace, other_workspace, own_site):
    theirs, _new = site.store_image(other_workspace, picture(), now=NOW)
    assert make_article(workspace, html=f'<img src="{theirs.get_absolute_url()}">').html == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\x00", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", picture()[:200]],
)
def test_what_is_not_a_picture_is_refused(workspace, data):
    with pytest.raises(cleaning.BadPicture):
        site.store_image(workspace, data, now=NOW)
    assert not SiteImage.objects.exists()


def test_too_many_pixels_are_refused(workspace):
    with pytest.raises(cleaning.BadPicture, match="40"):
        site.store_image(workspace, picture(kind="PNG", size=(8000, 6000)), now=NOW)


def write(visitor, row, **words):
    said = {"name": "Mira", "text": "Lovely letter.", "website": ""} | words
    return visitor.post(f"{row.get_absolute_url()}comments/", said)


def test_comment_waits_until_the_team_shows_it(workspace, visitor, operator, client_of):
    row = make_article(workspace)
    answer = write(visitor, row)
    assert answer.status_code == 302
    assert "has arrived" in visitor.get(answer.url).content.decode()
    assert "Lovely letter." not in visitor.get(row.get_absolute_url()).content.decode()
    said = SiteComment.objects.get()
    team = client_of(operator)
    assert "Lovely letter." in team.get("/w/lanxu/site/comments/").content.decode()
    assert team.post(f"/w/lanxu/site/comments/{said.pk}/show/").status_code == 302
    assert "Lovely letter." in visitor.get(row.get_absolute_url()).content.decode()
    team.post(f"/w/lanxu/site/comments/{said.pk}/hide/")
    assert "Lovely letter." not in visitor.get(row.get_absolute_url()).content.decode()
    assert [line.verb for line in Activity.objects.filter(verb__startswith="comment.").order_by("pk")] == [
        "comment.shown",
        "comment.hidden",
    ]


def test_moderating_needs_the_right_and_the_workspace(workspace, own_site, editor, stranger, viewer, client_of):
    said = make_comment(make_article(workspace))
    path = f"/w/lanxu/site/comments/{said.pk}/show/"
    assert client_of(viewer).get("/w/lanxu/site/comments/").status_code == 200
    assert client_of(editor).post(path).status_code == 403
    assert client_of(stranger).post(path).status_code == 404
    elsewhere = f"/w/{stranger.workspace.slug}/site/comments/{said.pk}/show/"
    assert client_of(stranger).post(elsewhere).status_code == 404
    said.refresh_from_db()
    assert said.state == CommentState.WAITING


def test_answer_is_marked_as_the_teams_and_shows_what_waited(workspace, visitor):
    row = make_article(workspace)
    said = make_comment(row)
    site.answer(said, "Thank you.", name="Lanxu Tea", now=NOW)
    site.answer(said, "Thank you.", name="Lanxu Tea", now=NOW)
    page = visitor.get(row.get_absolute_url()).content.decode()
    assert page.count("Thank you.") == 1
    assert '<span class="label">Author</span>' in page
    assert "Lovely letter." in page


def test_answers_to_answers_stand_under_the_first_comment(workspace, own_site):
    said = make_comment(make_article(workspace))
    answer, _new = site.answer(said, "One", name="Lanxu Tea", now=NOW)
    second, _new = site.answer(answer, "Two", name="Lanxu Tea", now=NOW)
    assert second.root == said


def test_hiding_a_comment_hides_its_answers(workspace, visitor, owner):
    row = make_article(workspace)
    said = make_comment(row, shown_by=owner)
    site.answer(said, "Thank you.", name="Lanxu Tea", now=NOW)
    site.hide_comment(SiteComment.objects.get(pk=said.pk), by=owner, now=NOW)
    assert "Thank you." not in visitor.get(row.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "javascript:alert(1)", '"><u>', "[a](b)"]
)
def test_words_of_a_comment_never_become_markup(workspace, visitor, owner, client_of, words):
    row = make_article(workspace)
    write(visitor, row, name=words[:60], text=words)
    said = SiteComment.objects.get()
    team = client_of(owner).get("/w/lanxu/site/comments/").content.decode()
    site.show_comment(said, by=owner, now=NOW)
    page = visitor.get(row.get_absolute_url()).content.decode()
    for shown in (team, page):
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript' not in shown
        assert '"><u>' not in shown


def test_comment_without_words_comes_back_with_the_form(workspace, visitor):
    row = make_article(workspace)
    for words in ({"name": ""}, {"text": " "}, {"text": "x" * 4001}, {"name": "a\x00b"}):
        assert write(visitor, row, **words).status_code == 422
    assert not SiteComment.objects.exists()


def test_program_that_fills_every_field_is_thanked_and_forgotten(workspace, visitor):
    row = make_article(workspace)
    assert write(visitor, row, website="https://spam.example").status_code == 302
    assert not SiteComment.objects.exists()


def test_sixth_comment_in_ten_minutes_is_asked_to_wait(workspace, visitor):
    row = make_article(workspace)
    answers = [write(visitor, row, text=f"Words {n}").status_code for n in range(6)]
    assert answers == [302] * 5 + [429]
    assert SiteComment.objects.count() == 5


def test_same_comment_twice_is_one(workspace, visitor):
    row = make_article(workspace)
    write(visitor, row)
    write(visitor, row)
    assert SiteComment.objects.count() == 1


def test_comment_from_another_page_is_refused(workspace, own_site):
    row = make_article(workspace)
    answer = write(Client(enforce_csrf_checks=True), row)
    assert answer.status_code == 403
    assert not SiteComment.objects.exists()


def test_moderating_twice_is_calm(workspace, own_site, owner):
    said = make_comment(make_article(workspace), shown_by=owner)
    site.show_comment(said, by=owner, now=NOW)
    assert Activity.objects.filter(verb="comment.shown").count() == 1
    assert CommentState.WAITING not in COMMENT_MOVES[CommentState.SHOWN]
    stale = SiteComment.objects.get()
    site.hide_comment(said, by=owner, now=NOW)
    stale.state = CommentState.WAITING
    with pytest.raises(WrongState):
        site.show_comment(stale, by=owner, now=NOW)


def look(visitor, row, agent=CHROME, address="203.0.113.7", **headers):
    return visitor.post(
        f"{row.get_absolute_url()}seen/", headers={"User-Agent": agent, **headers}, REMOTE_ADDR=address
    ).status_code


def test_views_and_visitors_are_counted_by_day(workspace, visitor):
    row = make_article(workspace)
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        assert look(visitor, row, address=address) == 204
    look(visitor, row, agent=CHROME.replace("140", "141"))
    row.refresh_from_db()
    day = ArticleDay.objects.get()
    assert (row.views, row.visitors) == (day.views, day.visitors) == (4, 3)
    assert day.day == timezone.now().astimezone(timezone.get_fixed_timezone(480)).date()


def test_reading_a_page_alone_changes_nothing(workspace, visitor):
    row = make_article(workspace)
    visitor.get(row.get_absolute_url())
    assert not ArticleDay.objects.exists()


def test_cookies_are_not_needed_and_not_made(workspace, own_site):
    row = make_article(workspace)
    client = Client(headers={"User-Agent": CHROME}, enforce_csrf_checks=True)
    assert look(client, row) == 204
    assert not client.cookies
    assert ArticleDay.objects.get().views == 1


@pytest.mark.parametrize(
    "agent",
    ["", "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.5", "Baiduspider", "python-requests/2.32",
     "facebookexternalhit/1.1"],
)  # fmt: skip
def test_robots_are_not_counted(workspace, visitor, agent):
    row = make_article(workspace)
    assert look(visitor, row, agent=agent) == 204
    assert is_robot(agent)
    assert not ArticleDay.objects.exists()


@pytest.mark.parametrize(
    "agent",
    [CHROME, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50",
     "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605"],
)  # fmt: skip
def test_people_are_no_robots(agent):
    assert not is_robot(agent)


def test_beacon_from_another_site_is_not_counted(workspace, visitor):
    row = make_article(workspace)
    look(visitor, row, **{"Sec-Fetch-Site": "cross-site"})
    assert not ArticleDay.objects.exists()


def test_one_visitor_cannot_drive_the_counter(workspace, visitor):
    row = make_article(workspace)
    for _n in range(60):
        look(visitor, row)
    assert ArticleDay.objects.get().views == 50


def test_nothing_kept_says_who_it_was(workspace, visitor):
    row = make_article(workspace)
    look(visitor, row, address="203.0.113.99")
    kept = [key.decode() for key in cache._cache.get_client().keys("*site:*")]
    assert kept
    assert not any("203.0.113.99" in key for key in kept if ":seen:" in key)
    today, mark = "salt of today", ("203.0.113.99", CHROME)
    assert site.visitor_of(today, *mark) != site.visitor_of("salt of tomorrow", *mark)
