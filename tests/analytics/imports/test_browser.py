"""Files dropped on the page, through a real worker, to figures."""

import base64
import re

import pytest
from playwright.sync_api import expect

from analytics.models import PostFigures
from tests import builders_exports as exports
from tests.builders import make_account

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """files => {
  const carried = new DataTransfer();
  for (const [name, content] of files)
    carried.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name));
  for (const type of ["dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def test_dropped_files_are_recognised_confirmed_and_imported(worker, analyst, workspace, page_of):
    make_account(workspace, platform="douyin", name="Tea", rights=[])
    page = page_of(analyst)
    page.goto(f"/w/{workspace.slug}/insights/imports/")
    files = [
        ("posts.xlsx", exports.douyin_posts()),
        ("me.xls", b"\x89PNG\r\n\x1a\n"),
        ("other.csv", b"Text,Seen\nTea,3\n"),
    ]
    page.evaluate(DROP, [[name, base64.b64encode(content).decode()] for name, content in files])
    expect(page.locator("[data-import-list]")).to_contain_text("This is a picture, not a table.")
    row = page.locator("#import-list tr", has_text="posts.xlsx")
    expect(row).to_contain_text("To confirm")
    expect(row).to_contain_text("Posts (作品列表)")
    expect(page.locator("#import-list tr", has_text="other.csv")).to_contain_text("Columns to map")
    row.get_by_role("link", name="posts.xlsx").click()
    expect(page.locator(".import-counts")).to_contain_text("2 make posts")
    page.get_by_label("Make posts of rows we do not know").uncheck()
    expect(page.locator(".import-counts")).not_to_contain_text("make posts")
    page.get_by_label("Make posts of rows we do not know").check()
    expect(page.locator(".import-counts")).to_contain_text("2 make posts")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import-file")).to_contain_text(re.compile("2 of 2 rows are in the figures of Tea"))
    assert PostFigures.objects.filter(views=12_000).count() == 1
    page.get_by_role("button", name="Undo the import").click()
    expect(page.locator("#confirm-words")).to_contain_text("2 posts that only this file told of go with it")
    page.locator("[data-confirm-yes]").click()
    expect(page.locator("#import-file")).to_contain_text("Every figure is what it was")
    assert not PostFigures.objects.exists()
