"""The grid under people's hands: dragged, moved by keys, clicked, in a browser of another time zone."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from content.models import Publication
from tests.builders import make_item, make_variant
from tests.builders_publishing import approve, fresh, make_connected, make_ready
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = [
    pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("scripted")
]  # fmt: skip

ZONE = ZoneInfo("Asia/Shanghai")


def noon(days=0):
    """Noon of the tenth of next month, and days after it: all in one grid, none in the past."""
    today = timezone.now().astimezone(ZONE).date()
    tenth = (today.replace(day=28) + timedelta(days=4)).replace(day=10)
    return datetime.combine(tenth + timedelta(days=days), time(12), ZONE)


def day_of(moment):
    return moment.astimezone(ZONE).date().isoformat()


@pytest.fixture
def account(workspace):
    return make_connected(workspace)


@pytest.fixture
def open_month(workspace, operator, browser, live, client_of):
    """Return a function: the month around a moment, in a browser that stands in New York."""
    opened = []

    def show(moment):
        context = browser.new_context(
            base_url=live, viewport={"width": 1440, "height": 1400}, timezone_id="America/New_York", locale="en-US"
        )
        opened.append(context)
        for name, cookie in client_of(operator).cookies.items():
            context.add_cookies([{"name": name, "value": cookie.value, "domain": "127.0.0.1", "path": "/"}])
        page = context.new_page()
        page.goto(f"/w/{workspace.slug}/calendar/?view=month&day={day_of(moment)}")
        expect(page.locator(".fc-daygrid-day").first).to_be_visible()
        return page

    yield show
    for context in opened:
        context.close()


def cell(page, moment):
    return page.locator(f".fc-daygrid-day[data-date='{day_of(moment)}']")


def drag(page, thing, target):
    start, end = thing.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 12)
    page.mouse.down()
    page.mouse.move(start["x"] + 48, start["y"] + 24, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()


def said(page):
    return page.locator("#calendar-said")


def test_today_is_the_members(workspace, open_month):
    page = open_month(timezone.now())
    assert page.locator(".fc-day-today").get_attribute("data-date") == day_of(timezone.now())


def test_a_chip_dragged_to_another_day_keeps_its_hour(account, open_month):
    row = make_ready(account, due_at=noon(), title="Osmanthus")
    page = open_month(noon())
    drag(page, page.get_by_role("link", name=re.compile("Osmanthus")), cell(page, noon(1)))
    expect(said(page)).to_contain_text("Moved to")
    assert fresh(row).due_at == noon(1)
    expect(cell(page, noon(1))).to_contain_text("Osmanthus")
    expect(cell(page, noon(1)).locator("time")).to_have_text("12:00")


def test_a_card_of_the_tray_dropped_on_a_day_is_planned_at_noon(workspace, account, open_month):
    variant = make_variant(make_item(workspace, title="Ready"), account)
    approve(variant.item)
    page = open_month(noon())
    drag(page, page.locator(".tray-card"), cell(page, noon()))
    expect(said(page)).to_contain_text("Planned for")
    assert Publication.objects.get(variant=variant).due_at == noon()
    expect(page.locator(".tray-card")).to_have_count(0)
    expect(cell(page, noon())).to_contain_text("Ready")


def test_arrow_keys_move_a_chip_by_a_day_and_keep_the_focus(account, open_month):
    row = make_ready(account, due_at=noon(), title="Osmanthus")
    page = open_month(noon())
    page.get_by_role("link", name=re.compile("Osmanthus")).focus()
    for days in (1, 2):
        with page.expect_response(re.compile("/calendar/feed/")):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.textContent.includes('Osmanthus')")
        assert fresh(row).due_at == noon(days)
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Shift+ArrowRight")
    expect(said(page)).to_contain_text("Moved to")
    assert fresh(row).due_at == noon(9)


def test_a_move_into_the_past_goes_back_and_says_why(account, open_month):
    tomorrow = (
        (timezone.now() + timedelta(days=1)).astimezone(ZONE).replace(hour=0, minute=1, second=0, microsecond=0)
    )
    row = make_ready(account, due_at=tomorrow, title="Osmanthus")
    page = open_month(tomorrow)
    drag(page, page.get_by_role("link", name=re.compile("Osmanthus")), page.locator(".fc-daygrid-day").first)
    expect(said(page)).to_contain_text("That time has passed")
    expect(cell(page, tomorrow)).to_contain_text("Osmanthus")
    assert fresh(row).due_at == tomorrow


def test_a_click_on_a_day_plans_for_that_day(open_month):
    page = open_month(noon())
    cell(page, noon()).click()
    expect(page).to_have_url(re.compile(rf"/calendar/new/\?at={day_of(noon())}"))
    expect(page.locator("[name=due_at]")).to_have_value(f"{day_of(noon())}T12:00")
