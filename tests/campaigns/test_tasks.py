from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.actions import assigning
from campaigns.models import Task
from mediaops.errors import WrongState
from mediaops.models import Activity, Notice
from tests.builders_campaigns import make_campaign, make_task


def test_who_gets_a_task_is_told_once(operator, editor):
    task = assigning.give_task(
        operator.workspace, by=operator, now=timezone.now(), title="Book the hall", assignee=editor
    )
    assigning.change_task(task, {"note": "Ask twice"}, by=operator)
    notice = Notice.objects.get()
    assert (notice.member, notice.url) == (editor, f"/w/lanxu/tasks/{task.pk}/")
    assert "Book the hall" in notice.text


def test_a_task_for_myself_tells_nobody(operator):
    assigning.give_task(operator.workspace, by=operator, now=timezone.now(), title="Mine", assignee=operator)
    assert not Notice.objects.exists()


def test_the_next_assignee_is_told_too(client_of, operator, editor):
    task = make_task(operator.workspace, title="Hall", assignee=operator)
    client_of(operator).post(f"/w/lanxu/tasks/{task.pk}/", {"title": "Hall", "assignee": editor.pk})
    task.refresh_from_db()
    assert task.assignee == editor
    assert Notice.objects.get().member == editor


def test_done_says_when_and_coming_back_forgets_it(operator):
    task = make_task(operator.workspace)
    assigning.move_task(task, "done", by=operator, now=timezone.now())
    assert task.done_at
    with pytest.raises(WrongState):
        assigning.move_task(task, "doing", by=operator, now=timezone.now())
    assigning.move_task(task, "open", by=operator, now=timezone.now())
    assert Task.objects.get().done_at is None
    assert Activity.objects.filter(verb="task.moved").count() == 2


def test_anybody_finishes_their_own_task(client_of, viewer):
    task = make_task(viewer.workspace, assignee=viewer)
    client_of(viewer).post(f"/w/lanxu/tasks/{task.pk}/move/", {"to": "done"})
    assert Task.objects.get().state == "done"


def test_a_viewer_cannot_take_a_task_by_naming_themselves(client_of, viewer, operator):
    task = make_task(viewer.workspace, title="Not yours", assignee=operator)
    answer = client_of(viewer).post(f"/w/lanxu/tasks/{task.pk}/", {"title": "Now mine", "assignee": viewer.pk})
    task.refresh_from_db()
    assert answer.status_code == 403
    assert (task.title, task.assignee) == ("Not yours", operator)
    assert client_of(viewer).post(f"/w/lanxu/tasks/{task.pk}/move/", {"to": "done"}).status_code == 403


def test_only_the_campaigns_people_give_tasks(client_of, editor):
    assert client_of(editor).post("/w/lanxu/tasks/new/", {"title": "Do this"}).status_code == 403


def test_a_new_task_of_a_campaign_leads_back_to_it(client_of, operator):
    row = make_campaign(operator.workspace)
    answer = client_of(operator).post(
        f"/w/lanxu/tasks/new/?campaign={row.pk}", {"title": "Brief", "campaign": row.pk}
    )
    assert answer["Location"] == row.get_absolute_url()
    assert Task.objects.get().campaign == row


@pytest.mark.parametrize("path", ["", "move/"])
def test_a_task_of_another_team_does_not_exist(client_of, owner, other_workspace, path):
    task = make_task(other_workspace)
    assert client_of(owner).post(f"/w/lanxu/tasks/{task.pk}/{path}", {"to": "done"}).status_code == 404


def test_people_and_campaigns_of_another_team_cannot_be_chosen(client_of, operator, stranger):
    foreign = make_campaign(stranger.workspace)
    for field, value in {"assignee": stranger.pk, "campaign": foreign.pk}.items():
        assert client_of(operator).post("/w/lanxu/tasks/new/", {"title": "X", field: value}).status_code == 422
    assert not Task.objects.exists()


def test_views_of_the_list_hold_what_they_say(client_of, operator, editor):
    today = timezone.localdate()
    make_task(operator.workspace, title="Mine late", assignee=operator, due_on=today - timedelta(days=2))
    make_task(operator.workspace, title="Theirs", assignee=editor)
    make_task(operator.workspace, title="Finished", assignee=operator, state="done")
    client = client_of(operator)

    def shown(view):
        page = client.get(f"/w/lanxu/tasks/?view={view}").content.decode()
        return {title for title in ("Mine late", "Theirs", "Finished") if title in page}

    assert shown("mine") == {"Mine late"}
    assert shown("all") == {"Mine late", "Theirs"}
    assert shown("overdue") == {"Mine late"}
    assert shown("done") == {"Finished"}


def test_today_shows_my_open_tasks(client_of, operator, editor):
    make_task(operator.workspace, title="Mine to do", assignee=operator)
    make_task(operator.workspace, title="Theirs", assignee=editor)
    part = client_of(operator).get("/w/lanxu/tasks/today/").content.decode()
    assert "Mine to do" in part and "Theirs" not in part
