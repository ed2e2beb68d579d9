from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.actions import team
from mediaops.forms import InviteForm, NewWorkspaceForm, RoleForm, WorkspaceForm
from mediaops.models import RIGHTS, Invitation, Membership, Right, Role


@team_view(needs=Right.SEE)
def members(request) -> HttpResponse:
    return _members_page(request)


@team_view(needs=Right.ADMIN)
@require_POST
def invite(request) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _members_page(request, form=form, status=422)
    now = timezone.now()
    row, token = team.invite(request.workspace, **form.cleaned_data, by=request.member, now=now)
    link = reverse("invitation", args=[token])
    mailed = team.mail_invitation(row, link)
    return _members_page(
        request, made={"invitation": row, "link": request.build_absolute_uri(link), "mailed": mailed}
    )


@team_view(needs=Right.ADMIN)
@require_POST
def withdraw_invitation(request, pk) -> HttpResponse:
    team.withdraw(get_own(Invitation.objects.all(), request, pk=pk), by=request.member, now=timezone.now())
    messages.success(request, _("Invitation withdrawn"))
    return redirect(team_url(request, "team:members"))


@team_view(needs=Right.ADMIN)
@require_POST
def change_role(request, pk) -> HttpResponse:
    member = get_own(Membership.objects.active().select_related("user", "workspace"), request, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _members_page(request, status=422)
    team.change_role(member, form.cleaned_data["role"], by=request.member)
    messages.success(request, _("%(name)s has a new role") % {"name": member.name})
    return redirect(team_url(request, "team:members"))


@team_view(needs=Right.ADMIN)
@require_POST
def remove_member(request, pk) -> HttpResponse:
    member = get_own(Membership.objects.active().select_related("user", "workspace"), request, pk=pk)
    team.remove(member, by=request.member, now=timezone.now())
    messages.success(request, _("%(name)s left the team; what they wrote stays") % {"name": member.name})
    return redirect(team_url(request, "team:members") if member != request.member else "home")


@team_view(needs=Right.ADMIN)
def workspace(request) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=request.workspace)
    if request.method == "POST":
        before = {name: form.initial[name] for name in form.fields}
        if form.is_valid():
            changes = form.cleaned_data
            for name, value in before.items():  # the form wrote its values into the row already
                setattr(request.workspace, name, value)
            team.change_workspace(request.workspace, changes, by=request.member)
            messages.success(request, _("Workspace saved"))
            return redirect(team_url(request, "team:workspace"))
    status = 422 if request.method == "POST" else 200
    return render(request, "team/workspace/page.html", {"form": form}, status=status)


@team_view(needs=Right.ADMIN)
def new_workspace(request) -> HttpResponse:
    form = NewWorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = team.make_workspace(request.user, **form.cleaned_data)
        return redirect("team:today", made.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "team/workspace/new.html", {"form": form}, status=status)


def _members_page(request, *, form=None, made=None, status=200) -> HttpResponse:
    rows = Membership.objects.in_workspace(request.workspace).select_related("user")
    context = {
        "active": rows.active(),
        "left": rows.exclude(left_at=None),
        "invitations": team.open_invitations(request.workspace, timezone.now()).select_related("made_by__user"),
        "form": form or InviteForm(),
        "made": made,
        "roles": Role.choices,
        "rights": {role: sorted(RIGHTS[role]) for role in Role.values},
    }
    return render(request, "team/members/page.html", context, status=status)
