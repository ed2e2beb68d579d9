from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.actions.notices import mark_read
from mediaops.lib.parts import done, show
from mediaops.models import Activity, Notice, Right


@team_view(needs=Right.SEE)
def notices(request) -> HttpResponse:
    rows = Notice.objects.filter(member=request.member)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return show(request, "team/notices/page.html", "team/notices/_list.html", {"page": page})


@team_view(needs=Right.SEE)
@require_POST
def open_notice(request, pk) -> HttpResponse:
    """Mark it read and go where it points."""
    notice = get_own(Notice.objects.filter(member=request.member), request, pk=pk)
    mark_read(request.member, timezone.now(), notice=notice)
    return redirect(notice.url or team_url(request, "team:notices"))


@team_view(needs=Right.SEE)
@require_POST
def read_all(request) -> HttpResponse:
    mark_read(request.member, timezone.now())
    page = Paginator(Notice.objects.filter(member=request.member), 50).get_page(1)
    to = team_url(request, "team:notices")
    return done(request, "team/notices/_list.html", {"page": page}, event="notices:read", to=to)


@team_view(needs=Right.SEE)
def activity(request) -> HttpResponse:
    rows = Activity.objects.in_workspace(request.workspace)
    if who := request.GET.get("member", ""):
        rows = rows.filter(member_id=who) if who.isdigit() else rows.none()
    if noun := request.GET.get("noun", ""):
        rows = rows.filter(verb__startswith=f"{noun}.")
    page = Paginator(rows, 100).get_page(request.GET.get("page"))
    people = request.workspace.memberships.select_related("user")
    context = {"page": page, "people": people, "who": who, "noun": noun}
    return show(request, "team/activity/page.html", "team/activity/_list.html", context)
