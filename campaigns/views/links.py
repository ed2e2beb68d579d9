import io

import segno
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaigns.actions import linking
from campaigns.forms import LinkForm
from campaigns.models import TrackedLink
from campaigns.views.forms import take_form
from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done
from mediaops.lib.robots import is_robot
from mediaops.models import Right


@team_view(needs=Right.SEE)
def links(request) -> HttpResponse:
    rows = TrackedLink.objects.in_workspace(request.workspace).select_related("campaign").with_clicks()
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    for row in page:
        row.address = settings.SITE_URL + reverse("follow-link", args=[row.code])
    return render(request, "campaigns/link/list.html", {"page": page})


@team_view(needs=Right.CAMPAIGNS)
def link_new(request) -> HttpResponse:
    form = LinkForm(
        request.POST or None, workspace=request.workspace, initial={"campaign": request.GET.get("campaign")}
    )
    to = team_url(request, "campaigns:links")

    def act(data):
        linking.make_link(request.workspace, by=request.member, now=timezone.now(), **data)
        return to

    return take_form(
        request,
        form,
        act,
        title=_("New tracked link"),
        verb=_("Make link"),
        back=to,
        event="link:made",
        said=_("Tracked link made"),
    )


@team_view(needs=Right.SEE)
def link(request, pk) -> HttpResponse:
    row = get_own(TrackedLink.objects.select_related("campaign").with_clicks(), request, pk=pk)
    row.address = settings.SITE_URL + reverse("follow-link", args=[row.code])
    return render(request, "campaigns/link/detail.html", {"link": row, "days": row.days.order_by("-day")[:90]})


@team_view(needs=Right.SEE)
def link_code(request, pk) -> HttpResponse:
    """The link as a QR code, for print."""
    row = get_own(TrackedLink.objects.all(), request, pk=pk)
    code = segno.make(settings.SITE_URL + reverse("follow-link", args=[row.code]), error="m")
    out = io.BytesIO()
    code.save(out, kind="svg", scale=8, border=2)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def link_close(request, pk) -> HttpResponse:
    row = get_own(TrackedLink.objects.all(), request, pk=pk)
    linking.close_link(row, by=request.member, now=timezone.now())
    return done(request, event="link:closed", to=team_url(request, "campaigns:links"), said=_("Tracked link closed"))


@require_safe
def follow(request, code) -> HttpResponse:
    """The public side: count the click, then go on. A closed link says so."""
    row = TrackedLink.objects.select_related("workspace").filter(code=code).first()
    if row is None or row.closed_at:
        return render(request, "errors/gone.html" if row else "errors/404.html", status=410 if row else 404)
    if request.method == "GET" and not is_robot(request.headers.get("User-Agent", "")):
        linking.count_click(row, timezone.now())
    answer = HttpResponse(status=302, headers={"Location": row.target, "Cache-Control": "no-store"})
    answer.headers["Referrer-Policy"] = "no-referrer-when-downgrade"
    return answer
