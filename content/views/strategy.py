from datetime import timedelta

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content.actions import planning
from content.forms.strategy import PersonaForm, PillarForm
from content.models import ContentItem, Persona, Pillar, Publication
from content.models.publication import State
from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done
from mediaops.models import Right

KINDS = {"pillar": (Pillar, PillarForm), "persona": (Persona, PersonaForm)}
LOOKED_BACK = timedelta(days=90)


@team_view(needs=Right.SEE)
def strategy(request) -> HttpResponse:
    pillars = list(Pillar.objects.in_workspace(request.workspace))
    _tell_shares(request.workspace, pillars)
    used = ContentItem.objects.in_workspace(request.workspace).current()
    counts = dict(used.filter(personas__isnull=False).order_by().values_list("personas").annotate(n=Count("pk")))
    personas = list(Persona.objects.in_workspace(request.workspace))
    for persona in personas:
        persona.pieces = counts.get(persona.pk, 0)
    for row in [*pillars, *personas]:
        row.kind = row._meta.model_name
    context = {
        "pillars": [row for row in pillars if row.closed_at is None],
        "personas": [row for row in personas if row.closed_at is None],
        "closed": [row for row in [*pillars, *personas] if row.closed_at is not None],
        "planned_total": sum(row.share or 0 for row in pillars if row.closed_at is None),
    }
    return render(request, "content/strategy/page.html", context)


@team_view(needs=Right.WRITE)
def strategy_new(request, kind) -> HttpResponse:
    model, form_class = _kind(kind)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planning.add_strategy(model, request.workspace, form.cleaned_data, by=request.member)
            return _back(request, kind, _("“%(name)s” is there now") % {"name": form.cleaned_data["name"]})
        except UserError as error:
            _tell(form, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "content/strategy/form.html", {"form": form, "kind": kind}, status=status)


@team_view(needs=Right.WRITE)
def strategy_edit(request, kind, pk) -> HttpResponse:
    model, form_class = _kind(kind)
    row = get_own(model.objects.select_related("workspace"), request, pk=pk)
    initial = {name: getattr(row, name) for name in form_class.base_fields}
    form = form_class(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            planning.change_strategy(row, form.cleaned_data, by=request.member)
            return _back(request, kind, _("“%(name)s” saved") % {"name": row.name})
        except UserError as error:
            _tell(form, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "content/strategy/form.html", {"form": form, "kind": kind, "row": row}, status=status)


@team_view(needs=Right.WRITE)
@require_POST
def strategy_close(request, kind, pk) -> HttpResponse:
    """Close an open one, reopen a closed one."""
    row = get_own(_kind(kind)[0].objects.all(), request, pk=pk)
    if row.closed_at is None:
        planning.close_strategy(row, by=request.member, now=timezone.now())
        return _back(request, kind, _("“%(name)s” is not offered any more") % {"name": row.name})
    planning.reopen_strategy(row, by=request.member)
    return _back(request, kind, _("“%(name)s” is offered again") % {"name": row.name})


def _kind(kind):
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _back(request, kind, said) -> HttpResponse:
    return done(request, event=f"{kind}:changed", to=team_url(request, "content:strategy"), said=said)


def _tell(form, error) -> None:
    for name, sentences in error.fields.items():
        form.add_error(name if name in form.fields else None, sentences)


def _tell_shares(workspace, pillars) -> None:
    """Set on each pillar its share of what was published in the last 90 days; None when nothing was."""
    live = Publication.objects.in_workspace(workspace).filter(
        state=State.LIVE, due_at__gte=timezone.now() - LOOKED_BACK, variant__item__pillar__isnull=False
    )
    counts = dict(
        live.order_by().values_list("variant__item__pillar").annotate(n=Count("variant__item", distinct=True))
    )
    open_items = ContentItem.objects.in_workspace(workspace).current().filter(~Q(pillar=None))
    pieces = dict(open_items.order_by().values_list("pillar").annotate(n=Count("pk")))
    total = sum(counts.values())
    for pillar in pillars:
        pillar.pieces = pieces.get(pillar.pk, 0)
        pillar.actual = round(counts.get(pillar.pk, 0) * 100 / total) if total else None
