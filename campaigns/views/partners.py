from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.actions import partnering
from campaigns.forms import ChannelForm, CollaborationForm, DeliverableForm, DeliverForm, PartnerForm
from campaigns.models import Collaboration, Partner
from campaigns.models.collaboration import STAGE_MOVES, Stage
from campaigns.models.partner import PartnerKind
from campaigns.views.forms import take_form
from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done
from mediaops.models import Right

WITH_ALL = Collaboration.objects.select_related("partner", "campaign", "owner__user")


@team_view(needs=Right.SEE)
def partners(request) -> HttpResponse:
    rows = Partner.objects.in_workspace(request.workspace).prefetch_related("channels__account", "collaborations")
    kind = request.GET.get("kind", "")
    if kind in PartnerKind.values:
        rows = rows.filter(kind=kind)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "kind": kind,
        "kinds": PartnerKind.choices,
    }
    return render(request, "campaigns/partner/list.html", context)


@team_view(needs=Right.CAMPAIGNS)
def partner_new(request) -> HttpResponse:
    form = PartnerForm(request.POST or None)
    return take_form(
        request,
        form,
        lambda data: _page_of(
            request, partnering.add_partner(request.workspace, by=request.member, now=timezone.now(), **data)
        ),
        title=_("New partner"),
        verb=_("Add partner"),
        back=team_url(request, "campaigns:partners"),
        event="partner:made",
        said=_("Partner added"),
    )


@team_view(needs=Right.CAMPAIGNS)
def partner_edit(request, pk) -> HttpResponse:
    row = get_own(Partner.objects.select_related("workspace"), request, pk=pk)
    form = PartnerForm(request.POST or None, instance=Partner.objects.get(pk=row.pk))
    return take_form(
        request,
        form,
        lambda data: _page_of(request, partnering.change_partner(row, data, by=request.member)),
        title=row.name,
        verb=_("Save partner"),
        back=_page_of(request, row),
        event="partner:changed",
        said=_("Partner saved"),
    )


@team_view(needs=Right.SEE)
def partner(request, pk) -> HttpResponse:
    return _partner_page(request, get_own(Partner.objects.all(), request, pk=pk))


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def channel_new(request, pk) -> HttpResponse:
    row = get_own(Partner.objects.all(), request, pk=pk)
    form = ChannelForm(request.POST, workspace=request.workspace)
    _hide_amounts(request, form)
    if not form.is_valid():
        return _partner_page(request, row, channel_form=form, status=422)
    partnering.add_channel(row, by=request.member, **form.cleaned_data)
    return done(request, event="partner:channel_added", to=_page_of(request, row), said=_("Channel added"))


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def channel_drop(request, pk, channel) -> HttpResponse:
    row = get_own(Partner.objects.all(), request, pk=pk)
    partnering.drop_channel(get_object_or_404(row.channels, pk=channel), by=request.member)
    return done(request, event="partner:channel_dropped", to=_page_of(request, row), said=_("Channel removed"))


@team_view(needs=Right.CAMPAIGNS)
def collaboration_new(request, pk) -> HttpResponse:
    row = get_own(Partner.objects.all(), request, pk=pk)
    start = {"owner": request.member, "campaign": request.GET.get("campaign")}
    form = CollaborationForm(request.POST or None, workspace=request.workspace, initial=start)
    _hide_amounts(request, form)
    return take_form(
        request,
        form,
        lambda data: _deal_of(request, partnering.propose(row, by=request.member, now=timezone.now(), **data)),
        title=_("Collaboration with %(name)s") % {"name": row.name},
        verb=_("Propose"),
        back=_page_of(request, row),
        event="collaboration:made",
        said=_("Collaboration proposed"),
    )


@team_view(needs=Right.SEE)
def collaboration(request, pk) -> HttpResponse:
    return _deal_page(request, get_own(WITH_ALL.all(), request, pk=pk))


@team_view(needs=Right.CAMPAIGNS)
def collaboration_edit(request, pk) -> HttpResponse:
    row = get_own(WITH_ALL.all(), request, pk=pk)
    form = CollaborationForm(request.POST or None, workspace=request.workspace, instance=row)
    _hide_amounts(request, form)
    return take_form(
        request,
        form,
        lambda data: _deal_of(request, partnering.change_collaboration(row, data, by=request.member)),
        title=row.title,
        verb=_("Save collaboration"),
        back=_deal_of(request, row),
        event="collaboration:changed",
        said=_("Collaboration saved"),
    )


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def collaboration_move(request, pk) -> HttpResponse:
    row = get_own(WITH_ALL.all(), request, pk=pk)
    partnering.move_collaboration(row, request.POST.get("to", ""), by=request.member)
    return done(request, event="collaboration:moved", to=_deal_of(request, row), said=_("Collaboration moved on"))


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def deliverable_new(request, pk) -> HttpResponse:
    row = get_own(WITH_ALL.all(), request, pk=pk)
    form = DeliverableForm(request.POST)
    _hide_amounts(request, form)
    if not form.is_valid():
        return _deal_page(request, row, piece_form=form, status=422)
    partnering.owe(row, by=request.member, **form.cleaned_data)
    return done(request, event="deliverable:made", to=_deal_of(request, row), said=_("Piece agreed"))


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def deliverable_deliver(request, pk, piece) -> HttpResponse:
    row = get_own(WITH_ALL.all(), request, pk=pk)
    form = DeliverForm(request.POST, workspace=request.workspace)
    owed = get_object_or_404(row.deliverables.select_related("collaboration"), pk=piece)
    if not form.is_valid():
        return _deal_page(request, row, deliver_form=form, deliver_piece=piece, status=422)
    partnering.deliver(owed, form.cleaned_data["post_url"], by=request.member, now=timezone.now())
    return done(request, event="deliverable:delivered", to=_deal_of(request, row), said=_("Piece delivered"))


@team_view(needs=Right.CAMPAIGNS)
@require_POST
def deliverable_drop(request, pk, piece) -> HttpResponse:
    row = get_own(WITH_ALL.all(), request, pk=pk)
    partnering.drop_deliverable(get_object_or_404(row.deliverables, pk=piece), by=request.member)
    return done(request, event="deliverable:dropped", to=_deal_of(request, row), said=_("Piece removed"))


def _page_of(request, row: Partner) -> str:
    return team_url(request, "campaigns:partner", row.pk)


def _deal_of(request, row: Collaboration) -> str:
    return team_url(request, "campaigns:collaboration", row.pk)


def _hide_amounts(request, form) -> None:
    if not request.member.may(Right.AMOUNTS):
        for name in ("cost_amount", "price_amount", "currency"):
            form.fields.pop(name, None)


def _partner_page(request, row, *, channel_form=None, status=200) -> HttpResponse:
    channel_form = channel_form or ChannelForm(workspace=request.workspace)
    _hide_amounts(request, channel_form)
    context = {
        "partner": row,
        "channels": row.channels.select_related("account"),
        "collaborations": row.collaborations.select_related("campaign").prefetch_related("deliverables"),
        "channel_form": channel_form,
    }
    return render(request, "campaigns/partner/detail.html", context, status=status)


def _deal_page(request, row, *, piece_form=None, deliver_form=None, deliver_piece=None, status=200) -> HttpResponse:
    piece_form = piece_form or DeliverableForm()
    _hide_amounts(request, piece_form)
    context = {
        "collaboration": row,
        "pieces": row.deliverables.select_related("post__account"),
        "links": row.links.with_clicks(),
        "moves": [(to, label) for to, label in Stage.choices if to in STAGE_MOVES.get(row.state, ())],
        "piece_form": piece_form,
        "deliver_form": deliver_form,
        "deliver_piece": deliver_piece,
    }
    return render(request, "campaigns/collaboration/detail.html", context, status=status)
