from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from analytics.actions import reporting
from analytics.charts import svg_trend
from analytics.forms import WeekForm
from analytics.models import Report, Subscription
from analytics.paper import method, report_pdf, report_xlsx
from analytics.spreadsheet import XLSX
from mediaops.access import get_own, team_url, team_view
from mediaops.models import Right


@team_view(needs=Right.SEE)
def reports(request) -> HttpResponse:
    return _list(request)


@team_view(needs=Right.FIGURES)
@require_POST
def report_make(request) -> HttpResponse:
    form = WeekForm(request.POST, today=_today(request))
    if not form.is_valid():
        return _list(request, form=form, status=422)
    report = reporting.make_report(request.workspace, form.week, by=request.member, now=timezone.now())
    return redirect(team_url(request, "analytics:report", report.pk))


@team_view(needs=Right.SEE)
def report(request, pk) -> HttpResponse:
    row = _told(get_own(Report.objects.select_related("workspace", "made_by__user"), request, pk=pk))
    sent = list(row.deliveries.exclude(mailed_at=None).values_list("mailed_at", flat=True))
    with translation.override(row.language):  # head and findings in one language, whichever it is
        return render(request, "analytics/report/page.html", _context(request, row, sent))


def _context(request, row: Report, sent: list[datetime | None]) -> dict[str, Any]:
    return {
        "report": row,
        "numbers": row.numbers,
        "findings": [
            {"title": _linked(request, finding["title"], finding), "text": _linked(request, finding["text"], finding)}
            for finding in row.numbers["findings"]
        ],
        "week": row.starts_on.isocalendar().week,
        "method": method(row),
        "sent": sent,
        "subscribers": Subscription.objects.in_workspace(request.workspace).count(),
        "charts": [
            (_("Views per day"), _drawn(row, "views")),
            (_("Interactions per day"), _drawn(row, "interactions")),
        ],
    }


@team_view(needs=Right.FIGURES)
@require_POST
def report_send(request, pk) -> HttpResponse:
    row = get_own(Report.objects.select_related("workspace"), request, pk=pk)
    count = reporting.send_to_team(row, by=request.member, now=timezone.now())
    said = (
        ngettext("On its way to %(n)d person", "On its way to %(n)d people", count) % {"n": count}
        if count
        else _("Everybody who subscribed has it already")
    )
    messages.success(request, said)
    return redirect(team_url(request, "analytics:report", row.pk))


@team_view(needs=Right.SEE)
def report_file(request, pk, kind) -> HttpResponse:
    row = _told(get_own(Report.objects.select_related("workspace"), request, pk=pk))
    body, mime = (report_pdf(row), "application/pdf") if kind == "pdf" else (report_xlsx(row), XLSX)
    answer = HttpResponse(body, content_type=mime)
    name = f"{request.workspace.slug}-{row.starts_on:%Y-%m-%d}.{kind}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@team_view(needs=Right.SEE)
@require_POST
def subscribe(request) -> HttpResponse:
    if request.POST.get("on") == "1":
        reporting.subscribe(request.member, timezone.now())
        messages.success(request, _("The weekly report comes to you by e-mail"))
    else:
        reporting.unsubscribe(request.member)
        messages.success(request, _("No more reports by e-mail"))
    return redirect(team_url(request, "analytics:reports"))


def _told(row: Report) -> Report:
    """The report in the reader's language."""
    return row.told_in(translation.get_language())


def _today(request):
    return timezone.now().astimezone(ZoneInfo(request.workspace.time_zone)).date()


def _list(request, *, form=None, status=200) -> HttpResponse:
    rows = Report.objects.in_workspace(request.workspace).select_related("made_by__user").defer("figures")
    page = Paginator(rows, 26).get_page(request.GET.get("page"))
    page.object_list = [_told(row) for row in page.object_list]
    context = {
        "page": page,
        "form": form or WeekForm(today=_today(request)),
        "is_subscribed": Subscription.objects.filter(member=request.member).exists(),
    }
    return render(request, "analytics/report/list.html", context, status=status)


def _drawn(row: Report, name: str) -> str:
    series = row.figures[name]
    words = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    labels = [words[date.fromisoformat(day).weekday()] for day in series["days"]]
    return svg_trend(
        series["days"], series["now"], series["before"], labels=labels, classes=True, width=390, height=176
    )


def _linked(request, text: str, finding) -> SafeString:
    """Return a finding's sentence with its figures as links to their rows."""
    html = escape(text)
    for words, to in finding["figures"].items():
        link = format_html('<a href="/w/{}/{}">{}</a>', request.workspace.slug, to, words)
        html = html.replace(escape(words), link, 1)
    return mark_safe(html)  # noqa: S308
