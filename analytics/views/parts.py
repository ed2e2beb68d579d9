"""Figures for pages of lower apps: each is a part that a page loads by its address."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from analytics import measures
from analytics.actions.rolling import readings_of
from analytics.costs import piece_rows
from analytics.imports.fields import FIELDS, Field
from analytics.models import COUNTERS, PostFigures, PostSnapshot
from analytics.overview import Scope, overview, own_accounts
from campaigns.models import Campaign, Collaboration, TrackedLink
from content.models import Publication
from content.models.publication import State
from mediaops.access import get_own, team_view
from mediaops.lib.periods import Period, start_of_day, week_of
from mediaops.models import Right
from platforms.models import Post


@team_view(needs=Right.SEE)
def post_figures(request, pk) -> HttpResponse:
    post = get_own(Post.objects.select_related("account"), request, pk=pk)
    figures = PostFigures.objects.filter(post=post).first()
    zone = ZoneInfo(request.workspace.time_zone)
    gains = measures.daily_gains(readings_of([post.pk]), zone)
    newest = PostSnapshot.objects.filter(post=post).select_related("imported").order_by("-taken_at").first()
    context = {
        "post": post,
        "figures": figures,
        "source": newest.imported if newest else None,
        "extras": _extras(newest),
        "rows": [(gain.day, gain.counters[COUNTERS.index("views")]) for gain in gains],
    }
    return render(request, "analytics/post/_figures.html", context)


def _extras(newest: PostSnapshot | None) -> list[tuple[Field, Any]]:
    """Return what a file told beside the counters, as (field, value), in the order in which fields are defined."""
    told = (newest.extra or {}) if newest and newest.imported_id else {}
    return [(one, told[name]) for name, one in FIELDS.items() if name in told]


@team_view(needs=Right.SEE)
def campaign_figures(request, pk) -> HttpResponse:
    campaign = get_own(Campaign.objects.all(), request, pk=pk)
    last = min(campaign.ends_on, timezone.now().astimezone(ZoneInfo(request.workspace.time_zone)).date())
    period = Period(campaign.starts_on, max(last, campaign.starts_on))
    whole = overview(Scope(request.workspace, period, own_accounts(request.workspace), campaign=campaign))
    rows = Publication.objects.in_workspace(request.workspace).filter(variant__item__campaign=campaign)
    clicks = sum(TrackedLink.objects.filter(campaign=campaign).with_clicks().values_list("clicks", flat=True))
    context = {
        "figures": {figure.key: figure for figure in whole.figures},
        "live": rows.filter(state=State.LIVE).count(),
        "planned": rows.exclude(state=State.CANCELLED).count(),
        "clicks": clicks,
    }
    return render(request, "analytics/campaign/_figures.html", context)


@team_view(needs=Right.SEE)
def campaign_deliverables(request, pk) -> HttpResponse:
    campaign = get_own(Campaign.objects.all(), request, pk=pk)
    deals = Collaboration.objects.in_workspace(request.workspace).filter(campaign=campaign)
    return _pieces(request, deals)


@team_view(needs=Right.SEE)
def collaboration_figures(request, pk) -> HttpResponse:
    deal = get_own(Collaboration.objects.all(), request, pk=pk)
    return _pieces(request, Collaboration.objects.filter(pk=deal.pk))


@team_view(needs=Right.SEE)
def today_week(request) -> HttpResponse:
    """The week so far, for Today."""
    zone = ZoneInfo(request.workspace.time_zone)
    today = timezone.now().astimezone(zone).date()
    week = week_of(today)
    start = start_of_day(week.first, zone)
    rows = Publication.objects.in_workspace(request.workspace).filter(
        due_at__gte=start, due_at__lt=start + timedelta(days=7)
    )
    whole = overview(Scope(request.workspace, Period(week.first, today), own_accounts(request.workspace)))
    context = {
        "live": rows.filter(state=State.LIVE).count(),
        "planned": rows.exclude(state=State.CANCELLED).count(),
        "figures": {figure.key: figure for figure in whole.figures},
    }
    return render(request, "analytics/dashboard/_week.html", context)


def _pieces(request, deals) -> HttpResponse:
    context = {"rows": piece_rows(deals), "may_amounts": request.member.may(Right.AMOUNTS)}
    return render(request, "analytics/campaign/_pieces.html", context)
