"""The public site in a real browser."""

import pytest
from django.utils import timezone

from platforms.actions import site
from platforms.models import ArticleDay, SiteComment
from tests.builders_site import make_article, make_comment, picture


@pytest.fixture
def article(live, workspace, owner):
    now = timezone.now()
    site.open_site(workspace, by=owner, now=now)
    image, _new = site.store_image(workspace, picture(size=(1200, 640)), now=now)
    url = image.get_absolute_url()
    wide = "<table><tr>" + "<td>一二三四五六七八</td>" * 20 + "</tr></table><pre><code>" + "x" * 300 + "</code></pre>"
    row = make_article(workspace, html=f'<p>老方</p><img src="{url}" alt="火">{wide}', cover=url, tags=["tea"] * 2)
    make_comment(row, text="w" * 400, shown_by=owner)
    return row


def seen_by_now(page):
    page.wait_for_load_state("networkidle")
    return ArticleDay.objects.values_list("views", "visitors").first()


def test_reading_an_article_counts_one_view_without_cookies(article, page):
    page.goto(article.get_absolute_url())
    assert seen_by_now(page) == (1, 1)
    page.reload()
    assert seen_by_now(page) == (2, 1)
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"csrftoken"}


def test_visitor_comments_and_is_told_what_happens(article, page):
    page.goto(article.get_absolute_url())
    page.get_by_label("Name").fill("Mira")
    page.get_by_label("Comment", exact=True).fill("Lovely letter.")
    page.get_by_role("button", name="Send comment").click()
    page.get_by_role("status").get_by_text("Your comment has arrived").wait_for()
    assert SiteComment.objects.filter(name="Mira", state="waiting").count() == 1


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", ["article", "home", "search"])
def test_nothing_runs_out_of_the_window(article, new_page, width, path):
    address = {"article": article.get_absolute_url(), "home": "/site/lanxu/", "search": "/site/lanxu/search/?q=老方"}
    page = new_page(width=width, language="zh-hans")
    page.goto(address[path])
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_operator_shows_a_comment_with_one_press(article, page_of, operator):
    make_comment(article, name="Waiting one", text="Show me")
    page = page_of(operator)
    page.goto("/w/lanxu/site/comments/")
    page.get_by_role("button", name="Show it").click()
    page.get_by_text("No comment waits.").wait_for()
    assert SiteComment.objects.get(name="Waiting one").state == "shown"
