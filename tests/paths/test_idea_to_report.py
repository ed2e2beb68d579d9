"""The whole line with real parts: browser, Celery worker and clock, the site over HTTP, from an idea to the report.

The clock is helped along in three places where people would wait minutes: the planned minute, the next
look for comments, and the next reading of figures. Nothing is faked and no action is called from here.
"""

import io
import re
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from analytics.models import PostFigures
from analytics.tasks import collect_due
from content.models import ContentItem, Idea, Publication
from platforms.models import Account, Conversation, Post
from tests.builders_assets import picture

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]

PASSWORD = "first frost, second flush"
TITLE = "Why the second flush waits for rain"


@pytest.fixture
def sign_in(new_page):
    """Return a function: a browser in which the member signed in by e-mail and password."""

    def through_the_gate(member, **how):
        member.user.set_password(PASSWORD)
        member.user.save()
        page = new_page(**how)
        page.goto("/")
        page.get_by_label("E-mail").fill(member.user.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile("/w/lanxu/"))
        return page

    return through_the_gate


def until(look, what, *, wait_s=25, log=lambda: ""):
    """Wait for what a worker does; return what `look` found."""
    end = time.monotonic() + wait_s
    while not (found := look()):
        assert time.monotonic() < end, f"{what}\n{log()[-4000:]}"
        time.sleep(0.1)
    return found


def test_from_an_idea_to_a_line_in_the_weekly_report(
    workspace, owner, manager, editor, operator, worker, sign_in, new_page
):
    open_site(sign_in(owner))
    write(sign_in(editor))
    approve(sign_in(manager))
    desk = sign_in(operator)
    plan(desk)
    post = until(lambda: Post.objects.filter(title=TITLE).first(), "the worker did not publish", log=worker.log)
    until(lambda: Publication.objects.filter(state="live").exists(), "the publication did not settle", log=worker.log)

    visitor = new_page()
    read_and_comment(visitor, post)
    answer(desk, worker)
    expect_answer(visitor, worker)
    collect(post, worker)
    report_on(sign_in(manager), workspace)


def open_site(page):
    """The owner opens the workspace's own site and connects it."""
    page.goto("/w/lanxu/accounts/connect/")
    page.get_by_role("link", name="Own site").click()
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Own site")
    assert Account.objects.get().state == "healthy"


def write(page):
    """The editor notes an idea, makes a piece of it, writes, adds cover and account, submits."""
    page.goto("/w/lanxu/ideas/new/")
    page.get_by_label("Idea", exact=True).fill(TITLE)
    page.get_by_role("button", name="Keep the idea").click()
    page.goto(f"/w/lanxu/ideas/{Idea.objects.get().pk}/")
    page.get_by_role("button", name="Write it").click()
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    expect(page.get_by_label("Title", exact=True)).to_have_value(TITLE)
    page.get_by_label("Summary", exact=True).fill("Rain first, then the leaf.")
    page.locator("#body-editor .vditor-ir .vditor-reset").click()
    page.keyboard.type("## Rain\n\nThe leaf waits for **rain**, and so do we.")

    page.locator("[data-pick-asset=cover]").click()
    page.set_input_files("#picker-file", {"name": "leaf.png", "mimeType": "image/png", "buffer": picture(640, 360)})
    page.locator("#asset-picks [data-pick]").click()
    expect(page.locator("#cover img")).to_be_visible()
    expect(page.locator("#save-state")).to_contain_text(re.compile(r"Saved \d\d:\d\d"))

    page.get_by_label("Add an account").click()
    page.locator(".accounts-menu button").click()
    expect(page).to_have_url(re.compile(r"/variants/\d+/$"))
    page.get_by_role("link", name="The piece").click()
    expect(page).to_have_url(re.compile(r"/items/\d+/$"))
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#item-head .pill")).to_contain_text("In review")
    item = ContentItem.objects.get()
    assert item.cover is not None and "**rain**" in item.body and item.idea_id


def approve(page):
    """The manager finds it on Today and approves."""
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    page.locator("#item-head").get_by_role("button", name="Approve").click()
    expect(page.locator("#item-head .pill")).to_contain_text("Approved")


def plan(page):
    """The operator gives it a minute; the calendar shows it; then its minute comes sooner."""
    item = ContentItem.objects.get()
    page.goto(f"/w/lanxu/items/{item.pk}/")
    page.locator("#item-head").get_by_role("link", name="Schedule").click()
    soon = timezone.now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=3)
    page.locator("input[type=datetime-local]").fill(f"{soon:%Y-%m-%dT%H:%M}")
    page.locator("main form .actions .btn-primary").click()
    expect(page.locator("main")).to_contain_text("Planned and sent")
    row = Publication.objects.get()
    assert row.state == "planned" and row.due_at > timezone.now()
    page.goto(f"/w/lanxu/calendar/?view=list&day={soon:%Y-%m-%d}")
    expect(page.locator("main")).to_contain_text(TITLE)
    in_a_moment = timezone.now() + timedelta(seconds=2)
    Publication.objects.filter(pk=row.pk).update(due_at=in_a_moment, attempt_after=in_a_moment)


def read_and_comment(page, post):
    """A visitor finds it on the site's front page, reads, comments."""
    page.goto("/site/lanxu/")
    page.get_by_role("link", name=TITLE).first.click()
    expect(page).to_have_url(post.url)
    expect(page.locator(".article-body")).to_contain_text("The leaf waits for rain")
    expect(page.locator(".article-image img")).to_have_js_property("naturalWidth", 640)
    page.get_by_label("Name").fill("Mira")
    page.get_by_label("Comment", exact=True).fill("How long does it wait?")
    page.get_by_role("button", name="Send comment").click()
    page.get_by_role("status").get_by_text("Your comment has arrived").wait_for()
    page.goto(post.url)
    expect(page.locator(".comments")).not_to_contain_text("How long does it wait?")


def answer(page, worker):
    """The operator shows the comment; the sync brings it to the inbox; the operator answers there."""
    page.goto("/w/lanxu/site/comments/")
    page.get_by_role("button", name="Show it").click()
    page.get_by_text("No comment waits.").wait_for()
    Account.objects.update(sync_after=timezone.now())
    until(Conversation.objects.exists, "the sync brought no comment", log=worker.log)
    page.goto("/w/lanxu/inbox/")
    page.locator("a.talk", has_text="Mira").click()
    page.get_by_label("Answer", exact=True).fill("Four days, this year.")
    page.locator("form.reply").get_by_role("button", name="Send").click()
    expect(page.locator("#messages [data-ours]")).to_contain_text("Four days, this year.")


def expect_answer(page, worker):
    """The visitor comes back and finds the answer under the comment."""

    def is_there():
        page.reload()
        return page.locator(".comments li li", has_text="Four days, this year.").count()

    until(is_there, "the answer did not reach the site", log=worker.log)
    expect(page.locator(".comments")).to_contain_text("How long does it wait?")


def collect(post, worker):
    """The worker reads the figures again, as it would ten minutes later."""
    until(PostFigures.objects.filter(post=post).exists, "the post is not followed", log=worker.log)
    PostFigures.objects.filter(post=post).update(next_at=timezone.now())
    collect_due.delay()
    told = PostFigures.objects.filter(post=post, views__gte=1, comments__gte=1)
    until(told.exists, "no figures came", log=worker.log)


def report_on(page, workspace):
    """The manager makes this week's report, finds the visitor's view and the post in it, and takes both files."""
    page.goto("/w/lanxu/reports/")
    today = datetime.now(ZoneInfo(workspace.time_zone)).date()
    page.get_by_label("A day of the week").fill(today.isoformat())
    page.get_by_role("button", name="Make the report").click()
    views = PostFigures.objects.get().views
    row = page.locator("article.report tbody tr", has_text=TITLE).first
    expect(row.locator("td").first).to_have_text(str(views))
    headline = page.locator(".headline > div", has=page.get_by_text("Views", exact=True))
    expect(headline.locator("dd").first).to_have_text(str(views))
    assert taken(page, "PDF").startswith(b"%PDF-")
    book = openpyxl.load_workbook(io.BytesIO(taken(page, "XLSX")))
    cells = {cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line}
    assert TITLE in cells


def taken(page, name):
    with page.expect_download() as coming:
        page.locator(".side-actions").get_by_role("link", name=name).click()
    return coming.value.path().read_bytes()
