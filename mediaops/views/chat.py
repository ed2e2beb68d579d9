"""Group chats of the team: which robots speak there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.actions import chat
from mediaops.errors import UserError
from mediaops.forms import ChatRobotForm
from mediaops.lib.chat_robots import KINDS
from mediaops.models import ChatRobot, Right

PAGE, FORM = "team/chats/page.html", "team/chats/form.html"


@team_view(needs=Right.ADMIN)
@require_GET
def robots(request) -> HttpResponse:
    rows = ChatRobot.objects.in_workspace(request.workspace).select_related("made_by__user")
    return render(request, PAGE, {"robots": rows})


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def robot_new(request) -> HttpResponse:
    form = ChatRobotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = _tried(
            form, lambda given: chat.add_robot(request.workspace, by=request.member, now=timezone.now(), **given)
        )
        if row is not None:
            messages.success(request, _("%(name)s is connected") % {"name": row.name})
            return redirect(team_url(request, "team:chats"))
    context = {"form": form, "kinds": KINDS.values()}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def robot(request, pk: int) -> HttpResponse:
    row = get_own(ChatRobot.objects.select_related("workspace"), request, pk=pk)
    initial = {"name": row.name, "only_urgent": row.only_urgent, "is_on": row.is_on}
    form = ChatRobotForm(request.POST or None, robot=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = _tried(form, lambda given: chat.change_robot(row, by=request.member, now=timezone.now(), **given))
        if saved is not None:
            messages.success(request, _("Saved"))
            return redirect(team_url(request, "team:chats"))
    context = {"form": form, "robot": row}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


@team_view(needs=Right.ADMIN)
@require_POST
def robot_try(request, pk: int) -> HttpResponse:
    row = chat.try_robot(get_own(ChatRobot.objects.select_related("workspace"), request, pk=pk), timezone.now())
    messages.success(request, _("%(name)s got a message") % {"name": row.name})
    return redirect(team_url(request, "team:chats"))


@team_view(needs=Right.ADMIN)
@require_POST
def robot_drop(request, pk: int) -> HttpResponse:
    row = get_own(ChatRobot.objects.all(), request, pk=pk)
    chat.drop_robot(row, by=request.member)
    messages.success(request, _("%(name)s is taken out") % {"name": row.name})
    return redirect(team_url(request, "team:chats"))


def _tried(form: ChatRobotForm, act: Any) -> ChatRobot | None:
    try:
        return act(form.cleaned_data)
    except UserError as error:
        form.add_error("url" if "url" in error.fields else None, str(error))
        return None
