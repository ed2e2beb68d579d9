from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import assigning
from campaigns.forms import TaskForm
from campaigns.models import Campaign, Task
from campaigns.models.task import TaskState
from campaigns.views.forms import take_form
from mediaops.access import demand, get_own, team_url, team_view
from mediaops.lib.parts import Undo, done, show
from mediaops.models import Right


@team_view(needs=Right.SEE)
def tasks(request) -> HttpResponse:
    return _list(request)


@team_view(needs=Right.CAMPAIGNS)
def task_new(request) -> HttpResponse:
    start = {
        "assignee": request.member,
        "campaign": request.GET.get("campaign"),
        "title": request.GET.get("title", ""),
    }
    form = TaskForm(request.POST or None, workspace=request.workspace, initial=start)
    to = team_url(request, "campaigns:tasks")
    if request.GET.get("campaign", "").isdigit():
        to = team_url(
            request, "campaigns:campaign", get_own(Campaign.objects, request, pk=request.GET["campaign"]).pk
        )

    def act(data):
        assigning.give_task(request.workspace, by=request.member, now=timezone.now(), **data)
        return to

    return take_form(
        request, form, act, title=_("New task"), verb=_("Give task"), back=to, event="task:made", said=_("Task given")
    )


@team_view(needs=Right.SEE)
def task(request, pk) -> HttpResponse:
    row = get_own(Task.objects.select_related("workspace"), request, pk=pk)
    copy = Task.objects.get(pk=row.pk)  # a form writes into its row, also when nobody may
    form = TaskForm(request.POST or None, workspace=request.workspace, instance=copy)
    to = team_url(request, "campaigns:tasks")

    def act(data):
        _demand_touch(request, row)
        assigning.change_task(row, data, by=request.member)
        return to

    return take_form(
        request, form, act, title=row.title, verb=_("Save task"), back=to, event="task:changed", said=_("Task saved")
    )


@team_view(needs=Right.SEE)
@require_POST
def task_move(request, pk) -> HttpResponse:
    row = get_own(Task.objects.select_related("assignee__user", "campaign", "workspace"), request, pk=pk)
    _demand_touch(request, row)
    assigning.move_task(row, request.POST.get("to", ""), by=request.member, now=timezone.now())
    context = {"task": row, "today": timezone.localdate()}
    is_done, to = row.state == TaskState.DONE, team_url(request, "campaigns:tasks")
    return done(
        request,
        "campaigns/task/_row.html",
        context,
        event="task:moved",
        to=to,
        said=_("Task done") if is_done else _("Task saved"),
        undo=Undo(team_url(request, "campaigns:task-move", pk), {"to": TaskState.OPEN.value}) if is_done else None,
    )


@team_view(needs=Right.SEE)
def today_tasks(request) -> HttpResponse:
    """A part of Today: the member's undone tasks, the overdue first."""
    rows = Task.objects.in_workspace(request.workspace).undone().of(request.member).select_related("campaign")[:8]
    context = {"tasks": rows, "today": timezone.localdate()}
    return show(request, "campaigns/task/_today.html", "campaigns/task/_today.html", context)


def _demand_touch(request, row: Task) -> None:
    """The assignee may always work on their own task; others need the right."""
    if row.assignee_id != request.member.pk:
        demand(request.member, Right.CAMPAIGNS)


def _list(request) -> HttpResponse:
    rows = Task.objects.in_workspace(request.workspace).select_related("assignee__user", "campaign")
    view = request.GET.get("view", "mine")
    if view == "mine":
        rows = rows.undone().of(request.member)
    elif view == "overdue":
        rows = rows.overdue(timezone.localdate())
    elif view == "done":
        rows = rows.filter(state=TaskState.DONE).order_by("-done_at")
    else:
        view, rows = "all", rows.undone()
    context = {
        "page": Paginator(rows, 100).get_page(request.GET.get("page")),
        "view": view,
        "today": timezone.localdate(),
        "views": [("mine", _("Mine")), ("all", _("All open")), ("overdue", _("Overdue")), ("done", _("Done"))],
    }
    return show(request, "campaigns/task/list.html", "campaigns/task/_list.html", context)
