from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics import charts
from analytics.forms import SPANS, ScopeForm
from analytics.overview import Scope, overview, own_accounts
from analytics.ranking import post_rows
from analytics.spreadsheet import csv_answer, xlsx_answer
from mediaops.access import team_view
from mediaops.lib.periods import week_of
from mediaops.models import Right

SERIES_NAMES = {
    "views": lambda: _("Views per day"),
    "interactions": lambda: _("Interactions per day"),
    "posts": lambda: _("Posts per day"),
    "gained": lambda: _("Followers, end of day"),
}
NEWEST_FIGURE = {"rate": "interactions", "live": "posts"}


@team_view(needs=Right.SEE)
def dashboard(request) -> HttpResponse:
    form, scope = _scope(request)
    whole = overview(scope)
    chosen = request.GET.get("show", "views")
    chosen = chosen if chosen in whole.series else NEWEST_FIGURE.get(chosen, "views")
    name = SERIES_NAMES[chosen]()
    figure = charts.trend(whole.series[chosen], name=_("This period"), before=_("Period before"))
    context = {
        "form": form,
        "whole": whole,
        "spans": SPANS,
        "span": (form.cleaned_data.get("days") or 28) if not form.cleaned_data.get("first") else None,
        "show": chosen,
        "until_yesterday": scope.period.last < form.today,
        "week_first": week_of(form.today).first.isoformat(),
        "today": form.today.isoformat(),
        "chart_name": name,
        "series": whole.series[chosen],
        "rows": list(zip(*_columns(whole.series[chosen]), strict=True)),
        "drawing": charts.drawing(figure),
    }
    return render(request, "analytics/dashboard/page.html", context, status=422 if form.errors else 200)


@team_view(needs=Right.SEE)
def days_csv(request) -> HttpResponse:
    return csv_answer("days", *_days_table(request))


@team_view(needs=Right.SEE)
def days_xlsx(request) -> HttpResponse:
    return xlsx_answer("days", *_days_table(request))


@team_view(needs=Right.SEE)
def posts(request) -> HttpResponse:
    form, scope = _scope(request)
    order = request.GET.get("order", "-views")
    rows = post_rows(scope, order)
    context = {
        "form": form,
        "scope": scope,
        "order": order,
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
    }
    return render(request, "analytics/post/list.html", context, status=422 if form.errors else 200)


@team_view(needs=Right.SEE)
def posts_csv(request) -> HttpResponse:
    return csv_answer("posts", *_posts_table(request))


@team_view(needs=Right.SEE)
def posts_xlsx(request) -> HttpResponse:
    return xlsx_answer("posts", *_posts_table(request))


def _scope(request) -> tuple[ScopeForm, Scope]:
    today = timezone.now().astimezone(ZoneInfo(request.workspace.time_zone)).date()
    every = own_accounts(request.workspace)
    form = ScopeForm(request.GET, workspace=request.workspace, accounts=every, today=today)
    form.is_valid()
    chosen = form.cleaned_data.get("account")
    accounts = [chosen] if chosen else every
    scope = Scope(
        request.workspace,
        form.period,
        accounts,
        pillar=form.cleaned_data.get("pillar"),
        campaign=form.cleaned_data.get("campaign"),
        campaigns=form.campaigns,
    )
    return form, scope


def _columns(series):
    return series.days, series.now, series.before


def _days_table(request):
    _form, scope = _scope(request)
    series = overview(scope).series
    head = [_("Day"), *[SERIES_NAMES[name]() for name in series]]
    rows = [
        [day.isoformat(), *[line.now[n] for line in series.values()]] for n, day in enumerate(scope.period.days())
    ]
    return head, rows


def _posts_table(request):
    _form, scope = _scope(request)
    head = [
        _("Post"),
        _("Account"),
        _("Published"),
        _("Views"),
        _("Likes"),
        _("Comments"),
        _("Shares"),
        _("Saves"),
        _("Address"),
    ]
    rows = [
        [
            str(row.post),
            row.post.account.name,
            row.post.published_at.astimezone(scope.zone).strftime("%Y-%m-%d %H:%M"),
            row.views,
            row.likes,
            row.comments,
            row.shares,
            row.saves,
            row.post.url,
        ]
        for row in post_rows(scope, "-views").select_related("post__account")
    ]
    return head, rows
