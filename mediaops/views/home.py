from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mediaops.access import team_view
from mediaops.models import Membership, Right


@login_required
def home(request) -> HttpResponse:
    """Go to the workspace of the last visit, or to the first one."""
    mine = Membership.objects.active().filter(user=request.user).select_related("workspace")
    last = mine.filter(workspace__slug=request.session.get("workspace", "")).first() or mine.first()
    if last is None:
        return render(request, "team/none.html")
    return redirect("team:today", last.workspace.slug)


@team_view(needs=Right.SEE)
def today(request) -> HttpResponse:
    request.session["workspace"] = request.workspace.slug
    return render(request, "team/today/page.html", {"today": timezone.localdate()})
