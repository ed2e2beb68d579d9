"""The way back in the toast: what was just done is undone by one press, or by a plain form."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from campaigns.models import Task
from content.actions import scheduling
from content.models import ContentItem
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
    shown = client.get(page).content.decode()
    form = re.search(r'<form method="post" action="([^"]+)" data-undo>(.*?)</form>', shown.split("undo-template")[0])
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


def test_an_archived_piece_comes_back_with_its_plans(workspace, editor, client_of):
    item, client = make_item(workspace), client_of(editor)
    variant = make_variant(item, make_account(workspace))
    row = make_publication(variant, due_at=soon(days=1))
    dropped = make_publication(variant, due_at=soon(days=2), state="cancelled")
    client.post(f"/w/lanxu/items/{item.pk}/archive/")
    assert fresh(row).state == "cancelled"
    press(client, offered(client))
    assert (fresh(row).state, fresh(row).due_at, fresh(row).settled_at) == ("planned", row.due_at, None)
    assert fresh(dropped).state == "cancelled", "it was cancelled before"


def test_a_plan_whose_time_passed_stays_cancelled_and_is_told(workspace, editor, client_of):
    items, client = [make_item(workspace, title=f"Piece {number}") for number in range(3)], client_of(editor)
    account = make_account(workspace)
    rows = [make_publication(make_variant(item, account), due_at=soon(days=1)) for item in items[:2]]
    client.post("/w/lanxu/items/", {"do": "archive", "pk": [item.pk for item in items]})
    assert not ContentItem.objects.current().exists()
    undo = offered(client)
    type(rows[0]).objects.filter(pk=rows[0].pk).update(due_at=soon(minutes=-5))
    press(client, undo)
    assert ContentItem.objects.current().count() == 3
    assert [fresh(row).state for row in rows] == ["cancelled", "planned"]
    page = html.unescape(client.get("/w/lanxu/members/").content.decode())
    assert "3 pieces are back" in page
    assert f"{rows[0]} stays cancelled. That time has passed." in page
    assert press(client, undo).status_code == 409


@pytest.mark.parametrize("given", ["", "yesterday", "2026-01-01T00:00:00+00:00"])
def test_an_archiving_that_never_was_cannot_be_undone(workspace, editor, client_of, given):
    make_item(workspace, archived_at=soon(days=-1))
    answer = client_of(editor).post("/w/lanxu/items/unarchive/", {"archived_at": given})
    assert answer.status_code in (400, 409)
    assert not ContentItem.objects.current().exists()


def test_another_teams_archiving_cannot_be_undone(workspace, editor, stranger, client_of):
    item = make_item(workspace)
    client_of(editor).post(f"/w/lanxu/items/{item.pk}/archive/")
    item.refresh_from_db()
    slug = stranger.workspace.slug
    answer = client_of(stranger).post(f"/w/{slug}/items/unarchive/", {"archived_at": item.archived_at.isoformat()})
    assert answer.status_code == 409
    assert not ContentItem.objects.current().exists()


def test_a_cancelled_plan_comes_back(workspace, operator, client_of):
    row, client = make_ready(make_connected(workspace), due_at=soon(days=1)), client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/cancel/")
    assert fresh(row).state == "cancelled"
    undo = offered(client)
    press(client, undo)
    assert (fresh(row).state, fresh(row).due_at, fresh(row).attempt_after) == ("planned", row.due_at, row.due_at)
    verbs = list(Activity.objects.about(row).values_list("verb", flat=True))
    assert verbs == ["publication.cancelled", "publication.planned"]
    assert press(client, undo).status_code == 409


def test_a_cancelled_plan_whose_time_passed_says_so(workspace, operator, client_of):
    row, client = make_ready(make_connected(workspace), due_at=soon(days=1)), client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/cancel/")
    undo = offered(client)
    type(row).objects.filter(pk=row.pk).update(due_at=soon(minutes=-5))
    answer = press(client, undo)
    assert answer.status_code == 400
    assert "That time has passed" in answer.content.decode()
    assert fresh(row).state == "cancelled"


def test_a_plan_made_anew_meanwhile_is_not_made_twice(workspace, operator, client_of, api_of):
    row, client = make_ready(make_connected(workspace), due_at=soon(days=1)), client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/cancel/")
    scheduling.plan(fresh(row).variant, soon(days=2), by=operator, now=timezone.now())
    assert press(client, offered(client)).status_code == 409
    answer = api_of(operator).post(f"/api/v1/publications/{row.pk}/plan-again/")
    assert (answer.status_code, fresh(row).state) == (409, "cancelled")


def test_what_was_given_up_is_not_offered_again(workspace, operator, client_of):
    row = make_ready(make_connected(workspace), due_at=soon(days=1), state="failed")
    client = client_of(operator)
    client.post(f"/w/lanxu/publications/{row.pk}/cancel/")
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
