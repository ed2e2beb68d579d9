from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import phasing, running, spending
from campaigns.forms import BudgetLineForm, CampaignForm, ExpenseForm, PhaseForm
from campaigns.models import Campaign, Collaboration, Expense, TrackedLink
from campaigns.models.campaign import MOVES, State
from campaigns.timeline import lanes_of
from campaigns.views.forms import take_form
from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done
from mediaops.models import Right


@team_view(needs=Right.SEE)
def campaigns(request) -> HttpResponse:
    rows = Campaign.objects.in_workspace(request.workspace).select_related("owner__user")
    state = request.GET.get("state", "")
    if state in State.values:
        rows = rows.filter(state=state)
    context = {"page": Paginator(rows, 50).get_page(request.GET.get("page")), "state": state, "states": State.choices}
    return render(request, "campaigns/campaign/list.html", context)


@team_view(needs=Right.CAMPAIGNS)
def campaign_new(request) -> HttpResponse:
    form = CampaignForm(request.POST or None, workspace=request.workspace, initial={"owner": request.member})
    return take_form(
        request,
        form,
        lambda data: _page_of(
            request, running.start_campaign(request.workspace, by=request.member, now=timezone.now(), **data)
        ),
        title=_("New campaign"),
        verb=_("Make campaign"),
        back=team_url(request, "campaigns:campaigns"),
        event="campaign:made",
        said=_("Campaign made"),
    )


@team_view(needs=Right.CAMPAIGNS)
def campaign_edit(request, pk) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    form = CampaignForm(request.POST or None, workspace=request.workspace, instance=row)
    return take_form(
        request,
        form,
        lambda data: _page_of(request, running.change_campaign(row, data, by=request.member)),
        title=row.name,
        verb=_("Save campaign"),
        back=_page_of(request, row),
        event="campaign:changed",
        said=_("Campaign saved"),
    )


@team_view(needs=Right.SEE)
def campaign(request, pk) -> HttpResponse:
    row = get_own(Campaign.objects.select_related("owner__user"), request, pk=pk)
    return _show(request, row)


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def campaign_move(request, pk) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    running.move_campaign(row, request.POST.get("to", ""), by=request.member)
    return done(request, event="campaign:moved", to=_page_of(request, row), said=_("Campaign moved on"))


@team_view(needs=Right.CAMPAIGNS)
def phase_new(request, pk) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    days = {"starts_on": row.starts_on, "ends_on": row.ends_on}
    return take_form(
        request,
        PhaseForm(request.POST or None, campaign=row, initial=days),
        lambda data: _page_of(request, phasing.add_phase(row, by=request.member, **data).campaign) + "#time",
        title=_("New phase"),
        verb=_("Add phase"),
        back=_page_of(request, row),
        event="phase:added",
        said=_("Phase added"),
    )


@team_view(needs=Right.CAMPAIGNS)
def phase_edit(request, pk, phase) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    found = get_object_or_404(row.phases, pk=phase)
    return take_form(
        request,
        PhaseForm(request.POST or None, campaign=row, instance=found),
        lambda data: _page_of(request, phasing.change_phase(found, data, by=request.member).campaign) + "#time",
        title=found.name,
        verb=_("Save phase"),
        back=_page_of(request, row),
        event="phase:changed",
        said=_("Phase saved"),
        drop=team_url(request, "campaigns:campaign-phase-drop", row.pk, found.pk),
    )


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def phase_drop(request, pk, phase) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    phasing.drop_phase(get_object_or_404(row.phases, pk=phase), by=request.member)
    return done(request, event="phase:dropped", to=_page_of(request, row) + "#time", said=_("Phase removed"))


@team_view(needs=Right.AMOUNTS)
@require_POST
def budget_line_new(request, pk) -> HttpResponse:
    row = get_own(Campaign.objects.select_related("owner__user"), request, pk=pk)
    form = BudgetLineForm(request.POST)
    if not form.is_valid():
        return _show(request, row, line_form=form, status=422)
    spending.plan_line(row, by=request.member, **form.cleaned_data)
    return done(request, event="budget:planned", to=_page_of(request, row) + "#budget", said=_("Budget line added"))


@team_view(needs=Right.AMOUNTS)
@require_POST
def budget_line_drop(request, pk, line) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    spending.drop_line(get_object_or_404(row.budget_lines, pk=line), by=request.member)
    return done(request, event="budget:dropped", to=_page_of(request, row) + "#budget", said=_("Budget line removed"))


@team_view(needs=Right.AMOUNTS)
@require_POST
def expense_new(request, pk, line) -> HttpResponse:
    row = get_own(Campaign.objects.select_related("owner__user"), request, pk=pk)
    form = ExpenseForm(request.POST)
    if not form.is_valid():
        return _show(request, row, expense_form=form, expense_line=line, status=422)
    spending.spend(
        get_object_or_404(row.budget_lines, pk=line), by=request.member, now=timezone.now(), **form.cleaned_data
    )
    return done(request, event="expense:made", to=_page_of(request, row) + "#budget", said=_("Expense written down"))


@team_view(needs=Right.AMOUNTS)
@require_POST
def expense_drop(request, pk, expense) -> HttpResponse:
    row = get_own(Campaign.objects.all(), request, pk=pk)
    spending.drop_expense(get_object_or_404(Expense, pk=expense, line__campaign=row), by=request.member)
    return done(request, event="expense:dropped", to=_page_of(request, row) + "#budget", said=_("Expense removed"))


def _page_of(request, row: Campaign) -> str:
    return team_url(request, "campaigns:campaign", row.pk)


def _show(request, row, *, line_form=None, expense_form=None, expense_line=None, status=200) -> HttpResponse:
    today = timezone.localdate()
    tasks = list(row.tasks.select_related("assignee__user"))
    lines, sums = spending.budget_of(row)
    pieces = Collaboration.objects.filter(campaign=row).select_related("partner").prefetch_related("deliverables")
    context = {
        "campaign": row,
        "today": today,
        "day_number": (today - row.starts_on).days + 1,
        "day_count": (row.ends_on - row.starts_on).days + 1,
        "tasks": tasks,
        "undone": [task for task in tasks if task.state != "done"],
        "lines": lines,
        "sums": sums,
        "collaborations": pieces,
        "links": TrackedLink.objects.filter(campaign=row).with_clicks(),
        "lanes": lanes_of(row, row.phases.all(), tasks, today),
        "moves": [(to, label) for to, label in State.choices if to in MOVES.get(row.state, ())],
        "line_form": line_form or BudgetLineForm(),
        "expense_form": expense_form or ExpenseForm(initial={"day": today}),
        "expense_line": expense_line,
    }
    return render(request, "campaigns/campaign/detail.html", context, status=status)
