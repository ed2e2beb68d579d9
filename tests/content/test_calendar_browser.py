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


def fill_day(account, moment, count):
    return [
        make_ready(account, due_at=moment + timedelta(minutes=40 * n), title=f"Piece {n + 1}") for n in range(count)
    ]


def test_a_full_day_opens_in_place_and_closes_with_escape(account, open_month):
    fill_day(account, noon(), 7)
    page = open_month(noon())
    expect(cell(page, noon()).locator(".day-chip")).to_have_count(4)
    more = page.get_by_role("link", name="3 more")
    more.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.locator(".day-chip")).to_have_count(7)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(more).to_be_focused()


def test_a_chip_of_an_opened_day_is_dragged_to_another_day(account, open_month):
    row = fill_day(account, noon(), 6)[-1]
    page = open_month(noon())
    page.get_by_role("link", name="2 more").click()
    drag(page, page.get_by_role("dialog").get_by_role("link", name=re.compile("Piece 6")), cell(page, noon(7)))
    expect(said(page)).to_contain_text("Moved to")
    assert fresh(row).due_at == row.due_at + timedelta(days=7)
    expect(cell(page, noon(7))).to_contain_text("Piece 6")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_chip_moved_by_a_key_into_a_full_day_stays_in_sight(account, open_month):
    fill_day(account, noon(1), 6)
    row = make_ready(account, due_at=noon() + timedelta(hours=9), title="Osmanthus")
    page = open_month(noon())
    page.get_by_role("link", name=re.compile("Osmanthus")).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, noon(1))).to_contain_text("Osmanthus")
    page.wait_for_function("document.activeElement.textContent.includes('Osmanthus')")
    assert fresh(row).due_at == noon(1) + timedelta(hours=9)


def test_a_phone_loads_the_agenda_and_a_desk_does_not(workspace, account, operator, page_of):
    make_ready(account, due_at=timezone.now() + timedelta(minutes=5), title="Osmanthus")
    to = f"/w/{workspace.slug}/calendar/"
    phone = page_of(operator, width=390)
    with phone.expect_response(re.compile("/calendar/agenda/")):
        phone.goto(to)
    expect(phone.locator(".agenda-row")).to_contain_text("Osmanthus")
    desk = page_of(operator)
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.goto(to)
    expect(desk.locator(".fc-event")).to_contain_text("Osmanthus")
    assert not [url for url in asked if "/agenda/" in url]
