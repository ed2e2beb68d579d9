"""The way back in the toast: what was just done is undone by one press, or by a plain form."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Task
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_publication, make_variant
from tests.builders_campaigns import make_task
from tests.builders_platforms import make_conversation
from tests.builders_publishing import fresh, make_connected, make_ready
from tests.platforms.scripted import scripted  # noqa: F401

pytestmark = pytest.mark.usefixtures("scripted")


def soon(**more):
    return (timezone.now() + timedelta(**more)).replace(second=0, microsecond=0)


def offered(client, page="/w/lanxu/members/"):
    """Return what the toast of the next page offers: an address and fields; None without a way back."""
    html = client.get(page).content.decode()
    form = re.search(r'<form method="post" action="([^"]+)" data-undo>(.*?)</form>', html.split("undo-template")[0])
    if form is None:
        return None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    fields.pop("csrfmiddlewaretoken", None)
    return form[1], fields


def press(client, undo):
    return client.post(undo[0], undo[1])


def test_a_new_time_goes_back_to_the_former_one(workspace, operator, client_of):
    row, client = make_ready(make_connected(workspace), due_at=soon(days=1)), client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/reschedule/", {"due_at": soon(days=3).isoformat()})
    assert fresh(row).due_at != row.due_at
    press(client, offered(client))
    assert fresh(row).due_at == row.due_at


def test_a_chip_that_was_moved_carries_its_way_back(workspace, operator, client_of):
    row, client = make_ready(make_connected(workspace), due_at=soon(days=1)), client_of(operator)
    to = f"/w/lanxu/calendar/publications/{row.pk}/move/"
    undo = client.post(to, {"due_at": soon(days=3).isoformat()}).json()["undo"]
    client.post(undo["to"], undo["fields"])
    assert fresh(row).due_at == row.due_at


@pytest.mark.parametrize("fields", [{"state": "failed"}, {"late_at": timezone.now()}, {"due_at": soon(days=-1)}])
def test_where_more_than_the_time_changed_there_is_no_way_back(workspace, operator, client_of, fields):
    row, client = make_ready(make_connected(workspace), **{"due_at": soon(days=1)} | fields), client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/reschedule/", {"due_at": soon(days=3).isoformat()})
    assert fresh(row).state == "planned"
    assert offered(client) is None


def test_an_archived_piece_comes_back(workspace, editor, client_of):
    item, client = make_item(workspace), client_of(editor)
    client.post(f"/w/lanxu/items/{item.pk}/archive/")
    item.refresh_from_db()
    assert item.archived_at
    undo = offered(client)
    press(client, undo)
    item.refresh_from_db()
    assert item.archived_at is None
    assert press(client, undo).status_code == 409  # a second press does not archive it again
    item.refresh_from_db()
    assert item.archived_at is None


def test_archiving_that_cancelled_a_plan_offers_no_way_back(workspace, editor, client_of):
    item, client = make_item(workspace), client_of(editor)
    make_publication(make_variant(item, make_account(workspace)), due_at=soon(days=1))
    client.post(f"/w/lanxu/items/{item.pk}/archive/")
    assert offered(client) is None


def test_a_closed_talk_opens_again(workspace, operator, client_of):
    talk, client = make_conversation(make_account(workspace)), client_of(operator)
    client.post(f"/w/lanxu/inbox/{talk.pk}/close/")
    press(client, offered(client))
    talk.refresh_from_db()
    assert talk.state == "open"
    assert list(Activity.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "conversation.closed",
        "conversation.reopened",
    ]


def test_a_done_task_opens_again_and_htmx_hears_of_it(viewer, client_of):
    task, client = make_task(viewer.workspace, assignee=viewer), client_of(viewer)
    answer = client.post(f"/w/lanxu/tasks/{task.pk}/move/", {"to": "done"}, headers={"HX-Request": "true"})
    undo = json.loads(answer.headers["HX-Trigger"])["task:moved"]["undo"]
    client.post(undo["to"], undo["fields"])
    assert Task.objects.get().state == "open"


def test_a_message_of_an_ordinary_kind_has_no_button(viewer, client_of):
    task, client = make_task(viewer.workspace, assignee=viewer, state="done"), client_of(viewer)
    client.post(f"/w/lanxu/tasks/{task.pk}/move/", {"to": "open"})
    assert offered(client) is None


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_ctrl_z_takes_the_way_back_that_is_shown(workspace, operator, page_of):
    task = make_task(workspace, assignee=operator, title="Order tins")
    page = page_of(operator)
    page.goto("/w/lanxu/tasks/")
    page.get_by_role("button", name="Done: Order tins").click()
    expect(page.locator(".toast-note").get_by_role("button", name="Undo")).to_be_visible()
    with page.expect_navigation():
        page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name="Done: Order tins")).to_be_visible()
    assert Task.objects.get(pk=task.pk).state == "open"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_dragged_chip_goes_back_in_place(workspace, operator, page_of):
    row = make_ready(make_connected(workspace), due_at=soon(days=1), title="Osmanthus")
    page = page_of(operator)
    page.goto(f"/w/lanxu/calendar/?day={row.due_at.date().isoformat()}")
    page.get_by_role("link", name=re.compile("Osmanthus")).focus()
    with page.expect_response(re.compile("/calendar/feed/")):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.textContent.includes('Osmanthus')")
    page.locator("#calendar-said").get_by_role("button", name="Undo").focus()
    with page.expect_response(re.compile("/calendar/feed/")):
        page.keyboard.press("Enter")
    assert fresh(row).due_at == row.due_at
