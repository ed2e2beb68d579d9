"""Risky words while typing, in headless Chromium."""

from urllib.parse import quote

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from content.actions import branding
from content.models import ContentItem, Variant
from tests.builders import make_account, make_item, make_variant
from tests.paths.test_accessibility import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHOSEN = """() => {
    const field = document.querySelector("#id_body");
    return field.value.slice(field.selectionStart, field.selectionEnd) === "便宜";
}"""
MORE = quote("最佳")
BODY = "#body-editor .vditor-ir .vditor-reset"


@pytest.fixture
def variant(workspace, owner):
    rule = {"kind": "banned", "phrase": "便宜", "instead": "实惠", "reason": "我们不谈便宜。"}
    branding.add_rule(workspace, rule, by=owner, now=timezone.now())
    account = make_account(workspace, platform="xiaohongshu", name="Tea notes")
    return make_variant(make_item(workspace, title="Tea", body="Words."), account)


def test_a_banned_word_is_told_while_typing_and_one_press_replaces_it(variant, editor, page_of):
    page = page_of(editor)
    page.goto(variant.get_absolute_url())
    page.locator("#id_body").press_sequentially("🍵 今天的茶很便宜")
    row = page.locator("#variant-checks li", has_text="便宜")
    expect(row).to_contain_text("我们不谈便宜。")
    row.get_by_role("link", name="Go there").click()
    page.wait_for_function(CHOSEN)
    row.get_by_role("button", name="Replace with “实惠”").click()
    expect(page.locator("#id_body")).to_have_value("🍵 今天的茶很实惠")
    expect(page.locator("#variant-checks")).not_to_contain_text("便宜")
    assert Variant.objects.get().body == "🍵 今天的茶很实惠"
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#id_body")).to_have_value("🍵 今天的茶很便宜")
    assert Variant.objects.get().body == "🍵 今天的茶很便宜"


def test_typing_goes_on_after_a_fix(variant, editor, page_of):
    page = page_of(editor)
    page.goto(variant.get_absolute_url())
    page.locator("#id_body").press_sequentially("很便宜")
    page.get_by_role("button", name="Replace with “实惠”").click()
    expect(page.locator("#id_body")).to_have_value("很实惠")
    page.locator("#id_body").press("Control+End")
    with page.expect_response(lambda answer: answer.url.endswith("/save") and MORE in answer.request.post_data):
        page.locator("#id_body").press_sequentially("，最佳")
    expect(page.locator("#variant-checks")).to_contain_text("Absolute claim")
    assert Variant.objects.get().body == "很实惠，最佳"


def test_a_phrase_is_allowed_with_one_press(variant, manager, page_of):
    page = page_of(manager)
    page.goto(variant.get_absolute_url())
    page.locator("#id_body").press_sequentially("这是最佳的茶")
    row = page.locator("#variant-checks li", has_text="最佳")
    row.get_by_role("button", name="Allow 最佳").click()
    expect(page.locator("#variant-checks")).not_to_contain_text("最佳")
    expect(page.locator("#id_body")).to_have_value("这是最佳的茶")


def test_words_of_the_piece_are_shown_and_replaced_in_the_editor(workspace, variant, editor, page_of):
    item = make_item(workspace, title="Tea", body="First line.\n\nSecond, 最佳 line.")
    page = page_of(editor)
    page.goto(item.get_absolute_url())
    expect(page.locator("body[data-editor-ready]")).to_have_count(1)
    row = page.locator("#checks li", has_text="最佳")
    row.get_by_role("link", name="Show").click()
    page.wait_for_function("() => getSelection().toString() === '最佳'")
    page.locator("#id_title").fill("Tea, again")
    with page.expect_navigation():
        row.get_by_role("button", name="Replace with “出色”").click()
    expect(page.locator(BODY)).to_contain_text("Second, 出色 line.")
    stored = ContentItem.objects.get(pk=item.pk)
    assert (stored.title, "出色" in stored.body) == ("Tea, again", True)


@pytest.mark.parametrize("look", [{"width": 1440}, {"width": 390, "dark": True}], ids=["desk", "phone"])
def test_axe_finds_nothing(look, workspace, variant, owner, page_of):
    type(variant).objects.update(body="最佳 便宜 13812345678 #春茶# https://a.example")
    now = timezone.now()
    from content.word_files import Words

    row = branding.import_list(workspace, Words(("代购\t广告\t改写",)), name="Words", by=owner, now=now)
    branding.allow_phrase(workspace, "最好", context="最好的时光", reason="A title", by=owner, now=now)
    page = page_of(owner, **look)
    brand = f"/w/{workspace.slug}/brand/"
    pages = [
        variant.get_absolute_url(), variant.item.get_absolute_url(), brand, f"{brand}rules/new/",
        f"{brand}lists/new/", f"{brand}lists/{row.pk}/",
    ]  # fmt: skip
    found = [fault for address in pages for fault in faults(page, address)]
    assert not found, "\n".join(found)
