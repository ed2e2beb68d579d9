"""The door: the only way from a request to a workspace's rows."""

import zoneinfo
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mediaops.errors import NotAllowed
from mediaops.models import Membership, Right, User, Workspace, WorkspaceQuerySet

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=models.Model)


class TeamRequest(HttpRequest):
    """What a team view gets: the request with its workspace and the member who asks."""

    user: User
    workspace: Workspace
    member: Membership


def team_view(needs: Right) -> Callable[[View], View]:
    """Open a view under `/w/<workspace>/` to members whose role includes `needs`.

    Strangers get 404, members without the right get NotAllowed (403), visitors the sign-in page.
    """

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, workspace: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            member = find_member(request.user, workspace)
            request.member, request.workspace = member, member.workspace
            speak_as(request, member)
            demand(member, needs)
            return view(request, *args, **kwargs)

        guarded.needs = needs  # type: ignore[attr-defined]
        return guarded

    return door


def speak_as(request: Any, member: Membership) -> None:
    """Use the workspace's language and zone where the member has none of their own."""
    if not member.user.language:
        translation.activate(member.workspace.language)
        request.LANGUAGE_CODE = member.workspace.language
    if not member.user.time_zone:
        timezone.activate(zoneinfo.ZoneInfo(member.workspace.time_zone))


def find_member(user: User, slug: str) -> Membership:
    """Return the active membership of `user` in the workspace, or raise Http404."""
    for member in memberships_of(user):
        if member.workspace.slug == slug:
            return member
    raise Http404


def memberships_of(user: Any) -> list[Membership]:
    """Return the active memberships of `user` with their workspaces; read once per request."""
    known = getattr(user, "memberships_read", None)
    if known is None:
        rows = Membership.objects.active().filter(user=user)
        known = list(rows.select_related("workspace", "user", "workspace__paused_by__user"))
        user.memberships_read = known
    return known


def demand(member: Membership, right: Right) -> None:
    """Raise NotAllowed when the member's role does not include `right`."""
    if not member.may(right):
        raise NotAllowed(_("Your role, %(role)s, does not include this.") % {"role": member.get_role_display()})


def get_own(rows: "WorkspaceQuerySet | models.QuerySet[M]", request: Any, **lookup: Any) -> Any:
    """Return one row of the request's workspace, or raise Http404."""
    return get_object_or_404(rows.in_workspace(request.workspace), **lookup)  # type: ignore[union-attr]


def team_url(request: Any, name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a team page in the request's workspace."""
    if kwargs:
        return reverse(name, kwargs={"workspace": request.workspace.slug, **kwargs})
    return reverse(name, args=[request.workspace.slug, *args])
