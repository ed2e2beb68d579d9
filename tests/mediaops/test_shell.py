"""The shell in a real browser: keyboard, menus, dialogs, toasts, phone."""

import pytest

from mediaops.models import Membership, User


@pytest.fixture
def at_home(page_of, owner):
    page = page_of(owner)
    page.goto("/w/lanxu/members/")
    return page


def has_focus(page, selector):
    return page.evaluate("(selector) => document.activeElement?.matches(selector)", selector)


def test_the_first_key_leads_past_the_navigation(at_home):
    at_home.keyboard.press("Tab")
    assert has_focus(at_home, ".jump-link")
    at_home.keyboard.press("Enter")
    at_home.keyboard.press("Tab")
    assert at_home.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_menu_opens_walks_and_closes_by_keyboard(at_home):
    opener = at_home.locator(".side-foot summary")
    opener.focus()
    at_home.keyboard.press("Enter")
    at_home.keyboard.press("ArrowDown")
    assert has_focus(at_home, ".side-foot .dropdown-item")
    at_home.keyboard.press("Escape")
    assert has_focus(at_home, ".side-foot summary")
    assert at_home.locator(".side-foot details[open]").count() == 0


def test_opening_one_menu_closes_the_other(at_home):
    at_home.click(".side-foot summary")
    at_home.click("summary.workspace")
    assert at_home.locator("details[data-menu][open]").count() == 1


def test_the_theme_is_the_members_own(at_home, owner):
    at_home.click(".side-foot summary")
    at_home.click("button[value=dark]")
    at_home.wait_for_selector("html[data-bs-theme=dark]")
    assert User.objects.get(pk=owner.user_id).theme == "dark"


def test_no_is_the_easy_answer_to_what_cannot_be_undone(at_home, editor):
    at_home.reload()
    button = at_home.locator(f"form[action$='/members/{editor.pk}/remove/'] button")
    button.click()
    assert at_home.locator("dialog[open] [data-confirm-yes]").text_content() == button.text_content()
    at_home.keyboard.press("Escape")
    assert button.evaluate("(element) => element === document.activeElement")
    assert Membership.objects.get(pk=editor.pk).left_at is None


def test_yes_does_what_the_button_says(at_home, editor):
    at_home.reload()
    at_home.locator(f"form[action$='/members/{editor.pk}/remove/'] button").click()
    with at_home.expect_navigation():
        at_home.click("dialog[open] [data-confirm-yes]")
    assert Membership.objects.get(pk=editor.pk).left_at is not None
    assert at_home.locator("#toasts .toast-note").count() == 1


def test_the_first_wrong_field_has_the_focus(at_home):
    at_home.goto("/w/lanxu/profile/")
    at_home.fill("#id_name", "")
    at_home.click("form[action$='/profile/'] button[type=submit]")
    at_home.wait_for_selector("[data-wrong]")
    assert has_focus(at_home, "#id_name")
    assert at_home.locator("#id_name").get_attribute("aria-describedby")


def test_a_part_that_fails_says_so_in_its_place_and_can_be_tried_again(page_of, owner):
    page = page_of(owner)
    page.route("**/tasks/today/", lambda route: route.fulfill(status=500, body="no"))
    page.goto("/w/lanxu/")
    page.wait_for_selector(".url-part .notice")
    assert page.locator("#problems .notice").count() == 0
    page.unroute("**/tasks/today/")
    page.click(".url-part [data-retry]")
    page.wait_for_selector(".url-part .notice", state="detached")


def test_the_phone_reaches_every_page_through_more(page_of, owner):
    page = page_of(owner, width=390)
    page.goto("/w/lanxu/")
    assert not page.locator(".side-nav").is_visible()
    page.click(".phone-bar a[href='#sidebar']")
    assert page.locator(".side-nav").is_visible()
    page.keyboard.press("Escape")
    page.wait_for_selector(".side-nav", state="hidden")


def test_the_gate_speaks_both_languages(page, owner):
    page.goto("/sign-in/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.click("button[value=zh-hans]")
    page.wait_for_selector("html[lang=zh-CN]")
    assert page.locator("h1").text_content() == "登录"


def test_a_refused_sign_in_is_said_aloud_and_keeps_the_address(page, owner):
    page.goto("/sign-in/")
    page.fill("[name=username]", owner.user.email)
    page.fill("[name=password]", "not this one")
    page.click("main button[type=submit]")
    page.wait_for_selector("[role=alert]:not(:empty)")
    assert page.input_value("[name=username]") == owner.user.email
