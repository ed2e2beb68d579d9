from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from content.actions import planning
from content.forms.ideas import IdeaForm, MoveIdeaForm, QuickIdeaForm
from content.models import Idea, Pillar
from content.models.idea import IDEA_MOVES, IdeaState
from mediaops.access import get_own, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done, show, wants_part
from mediaops.models import Membership, Right

PAGE, BOARD = "content/idea/page.html", "content/idea/_board.html"
COLUMN_MAX = 60
"""Cards of one column; the best ones are shown, the filter finds the others."""
FOLDED = (IdeaState.DONE, IdeaState.PARKED)


@team_view(needs=Right.SEE)
def ideas(request) -> HttpResponse:
    return show(request, PAGE, BOARD, _board(request))


@team_view(needs=Right.WRITE)
def idea_new(request) -> HttpResponse:
    """A full form; the board's quick line posts here as well."""
    if request.method == "POST" and "quick" in request.POST:
        return _quick(request)
    form = IdeaForm(request.POST or None, workspace=request.workspace, initial={"owner": request.member.pk})
    if request.method == "POST" and form.is_valid():
        planning.add_idea(request.workspace, by=request.member, now=timezone.now(), **form.cleaned_data)
        return done(request, event="idea:made", to=team_url(request, "content:ideas"), said=_("Idea kept"))
    status = 422 if request.method == "POST" else 200
    return render(request, "content/idea/form.html", {"form": form}, status=status)


@team_view(needs=Right.SEE)
def idea(request, pk) -> HttpResponse:
    row = get_own(Idea.objects.select_related("pillar", "owner__user", "made_by__user"), request, pk=pk)
    may_write = request.member.may(Right.WRITE)
    posted = request.POST if request.method == "POST" and may_write else None
    form = IdeaForm(posted, workspace=request.workspace, idea=row)
    if posted is not None and form.is_valid():
        planning.change_idea(row, form.cleaned_data, by=request.member, now=timezone.now())
        return done(request, event="idea:changed", to=team_url(request, "content:ideas"), said=_("Idea saved"))
    context = {
        "idea": row,
        "form": form,
        "items": row.items.select_related("owner__user").order_by("-changed_at")[:20],
        "moves": _moves(row),
    }
    return render(request, "content/idea/detail.html", context, status=422 if posted is not None else 200)


@team_view(needs=Right.WRITE)
@require_POST
def idea_move(request, pk) -> HttpResponse:
    row = get_own(Idea.objects.all(), request, pk=pk)
    form = MoveIdeaForm(request.POST)
    if not form.is_valid():
        raise UserError(_("There is no such column. Choose one of the board."))
    planning.move_idea(row, form.cleaned_data["state"], by=request.member, now=timezone.now())
    said = _("“%(idea)s” is in “%(column)s” now") % {"idea": row.title, "column": row.get_state_display()}
    to = team_url(request, "content:ideas")
    return done(request, BOARD, _board(request) if wants_part(request) else {}, event="idea:moved", to=to, said=said)


@team_view(needs=Right.WRITE)
@require_POST
def idea_write(request, pk) -> HttpResponse:
    row = get_own(Idea.objects.select_related("workspace", "pillar", "owner__user"), request, pk=pk)
    item = planning.write(row, by=request.member, now=timezone.now())
    return redirect(item.get_absolute_url())


def _quick(request) -> HttpResponse:
    form = QuickIdeaForm(request.POST)
    if not form.is_valid():
        return show(request, PAGE, BOARD, _board(request) | {"quick": form}, status=422)
    fields = {"title": form.cleaned_data["title"], "state": form.cleaned_data["state"] or IdeaState.NEW}
    planning.add_idea(request.workspace, by=request.member, now=timezone.now(), owner=request.member, **fields)
    to = team_url(request, "content:ideas")
    return done(request, BOARD, _board(request), event="idea:made", to=to, said=_("Idea kept"))


def _board(request) -> dict:
    chosen = {name: request.GET.get(name, "") for name in ("pillar", "owner", "score", "q")}
    rows = _filtered(Idea.objects.in_workspace(request.workspace), chosen, request.member)
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    cards = rows.select_related("pillar", "owner__user", "made_by__user").annotate(pieces=Count("items"))
    columns = []
    for state in IdeaState:
        shown = (
            list(cards.filter(state=state).order_by("-score", "-made_at")[:COLUMN_MAX]) if counts.get(state) else []
        )
        for card in shown:
            card.moves = _moves(card)
        columns.append(
            {
                "state": state.value,
                "label": state.label,
                "cards": shown,
                "count": counts.get(state, 0),
                "is_folded": state in FOLDED,
                "from": [was.value for was, ends in IDEA_MOVES.items() if state in ends],
            }
        )
    everybody = list(Membership.objects.in_workspace(request.workspace).select_related("user"))
    return {
        "columns": columns,
        "total": sum(counts.values()),
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "pillars": Pillar.objects.in_workspace(request.workspace),
        "people": [member for member in everybody if member.left_at is None],
        "somebody_left": any(member.left_at for member in everybody),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "quick": QuickIdeaForm(),
        "scores": [80, 60, 40],
    }


def _filtered(rows, chosen, member):
    if chosen["pillar"].isdigit():
        rows = rows.filter(pillar=chosen["pillar"])
    if chosen["owner"] == "left":
        rows = rows.filter(owner__left_at__isnull=False)
    elif chosen["owner"] == "me":
        rows = rows.filter(owner=member)
    elif chosen["owner"].isdigit():
        rows = rows.filter(owner=chosen["owner"])
    if chosen["score"].isdigit():
        rows = rows.filter(score__gte=int(chosen["score"]))
    if chosen["q"]:
        rows = rows.filter(Q(title__icontains=chosen["q"]) | Q(note__icontains=chosen["q"]))
    return rows


def _moves(row) -> list[tuple[str, str]]:
    """Columns this card may go to, in the board's order."""
    return [(state.value, state.label) for state in IdeaState if state in IDEA_MOVES[row.state]]
