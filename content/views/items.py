"""The list of pieces: saved views, filters, what is done with many at once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from campaigns.models import Campaign
from content.actions import drafting
from content.forms.items import BulkForm, UnarchiveForm
from content.models import ContentItem, Pillar, Publication, Variant
from content.models.item import ItemState
from content.models.publication import State
from mediaops.access import demand, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import Undo, done, show
from mediaops.models import Membership, Right
from platforms.models import Account

PAGE_SIZE = 25
SORTS = {
    "changed": ("changed_at", "pk"),
    "title": ("title", "pk"),
    "state": ("state", "pk"),
    "owner": ("owner__user__name", "pk"),
}


@team_view(needs=Right.SEE)
def items(request) -> HttpResponse:
    if request.method == "POST":
        demand(request.member, Right.WRITE)
        return _bulk(request)
    return show(request, "content/item/list.html", "content/item/_list.html", _list(request))


def _bulk(request) -> HttpResponse:
    """Do one thing with all chosen rows."""
    form = BulkForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        problem = " ".join(sentence for sentences in form.errors.values() for sentence in sentences)
        context = _list(request) | {"problem": problem}
        return show(request, "content/item/list.html", "content/item/_list.html", context, status=422)
    now = timezone.now()
    said = _do_in_bulk(form, request.member, now)
    undo = unarchive(request, now) if form.cleaned_data["do"] == "archive" else None
    to = f"{team_url(request, 'content:items')}?{request.GET.urlencode()}"
    return done(request, event="items:changed", to=to, said=said, undo=undo)


@team_view(needs=Right.WRITE)
@require_POST
def items_unarchive(request) -> HttpResponse:
    """Undo an archiving of one or many pieces, with the plans that it cancelled."""
    form = UnarchiveForm(request.POST)
    if not form.is_valid():
        raise UserError(_("Nothing was archived then. Choose the pieces in the archive."))
    at = form.cleaned_data["archived_at"]
    back, stay = drafting.undo_archiving(request.workspace, at, by=request.member, now=timezone.now())
    for sentence in stay:
        messages.warning(request, sentence)
    said = ngettext("%(n)s piece is back", "%(n)s pieces are back", len(back)) % {"n": len(back)}
    to = back[0].get_absolute_url() if len(back) == 1 else team_url(request, "content:items")
    return done(request, event="items:changed", to=to, said=said)


def unarchive(request, at: datetime) -> Undo:
    """Return the way back from what was archived at this very moment."""
    return Undo(team_url(request, "content:items-unarchive"), {"archived_at": at.isoformat()})


def _do_in_bulk(form: BulkForm, member: Membership, now: datetime) -> str:
    chosen = list(form.cleaned_data["pk"])
    if form.cleaned_data["do"] == "archive":
        n = drafting.archive(chosen, by=member, now=now)
        return ngettext("%(n)s piece archived", "%(n)s pieces archived", n) % {"n": n}
    if form.cleaned_data["do"] == "campaign":
        n = drafting.join_campaign(chosen, form.cleaned_data["campaign"], by=member, now=now)
        return ngettext("%(n)s piece moved", "%(n)s pieces moved", n) % {"n": n}
    owner = form.cleaned_data["owner"]
    n = drafting.hand_over(chosen, owner, by=member, now=now)
    words = {"n": n, "name": owner.name}
    return ngettext("%(name)s has %(n)s more piece", "%(name)s has %(n)s more pieces", n) % words


def _list(request: Any) -> dict[str, Any]:
    chosen = {
        name: request.GET.get(name, "") for name in ("view", "q", "account", "pillar", "campaign", "owner", "state")
    }
    base = _narrowed(ContentItem.objects.in_workspace(request.workspace), chosen)
    views = _views(request.member)
    view = chosen["view"] if chosen["view"] in views else "all"
    counts = _counts(base, views)
    sort, direction = _sort(request.GET.get("sort", ""))
    # without joins, so that the database walks the index of the order and stops after one page
    rows = base.filter(views[view][1]).defer("body").order_by(*(f"{direction}{name}" for name in SORTS[sort]))
    pager = Paginator(rows, PAGE_SIZE)
    pager.count = counts[view]  # known already: no second count
    page = pager.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    add_channels(page.object_list)
    everybody = list(Membership.objects.in_workspace(request.workspace).select_related("user"))
    pillars = list(Pillar.objects.in_workspace(request.workspace))
    campaigns = list(Campaign.objects.in_workspace(request.workspace))
    for name, known in (("pillar", pillars), ("campaign", campaigns), ("owner", everybody)):
        _attach(page.object_list, name, known)
    return {
        "page": page,
        "tabs": [(name, label, counts[name]) for name, (label, _rule) in views.items()],
        "view": view,
        "chosen": chosen,
        "is_filtered": any(value for name, value in chosen.items() if name != "view"),
        "sort": sort,
        "direction": direction,
        "accounts": Account.objects.in_workspace(request.workspace).own().connected(),
        "pillars": pillars,
        "campaigns": campaigns,
        "people": [member for member in everybody if member.left_at is None],
        "somebody_left": any(member.left_at for member in everybody),
        "states": ItemState.choices,
        "without_page": _without_page(request.GET),
    }


def _counts(base: "QuerySet[ContentItem]", views: dict[str, tuple[Any, Q]]) -> dict[str, int]:
    """Count every view: two queries, as what is in trouble is found from the publications' side."""
    rules = {name: rule for name, (_label, rule) in views.items() if name != "trouble"}
    counts = base.order_by().aggregate(**{name: Count("pk", filter=rule) for name, rule in rules.items()})
    return counts | {"trouble": base.order_by().filter(views["trouble"][1]).count()}


def _attach(rows: list[ContentItem], name: str, known: Iterable[Any]) -> None:
    """Give each row the `known` row that its foreign key `name` points to."""
    by_id = {row.pk: row for row in known}
    for row in rows:
        setattr(row, name, by_id.get(getattr(row, f"{name}_id")))


def _views(member: Membership) -> dict[str, tuple[Any, Q]]:
    going = Publication.objects.filter(variant__item=OuterRef("pk")).exclude(state=State.CANCELLED)
    plans = Publication.objects.in_workspace(member.workspace).order_by()
    trouble = plans.needing_a_person().exclude(state=State.BY_HAND).values("variant__item")
    here = Q(archived_at=None)
    return {
        "all": (_("All"), here),
        "mine": (_("Mine"), here & Q(owner=member)),
        "review": (_("To review"), here & Q(state=ItemState.IN_REVIEW)),
        "changes": (_("To change"), here & Q(state__in=[ItemState.CHANGES, ItemState.STALE])),
        "ready": (_("Approved, not planned"), here & Q(state=ItemState.APPROVED) & ~Exists(going)),
        "trouble": (_("Trouble"), here & Q(pk__in=trouble)),
        "old": (_("Archived"), ~here),
    }


def _narrowed(rows: "QuerySet[ContentItem]", chosen: dict[str, str]) -> "QuerySet[ContentItem]":
    if chosen["account"].isdigit():
        rows = rows.filter(Exists(Variant.objects.filter(item=OuterRef("pk"), account=chosen["account"])))
    for name in ("pillar", "campaign"):
        if chosen[name].isdigit():
            rows = rows.filter(**{name: chosen[name]})
    if chosen["owner"] == "left":
        rows = rows.filter(owner__left_at__isnull=False)
    elif chosen["owner"] == "none":
        rows = rows.filter(owner=None)
    elif chosen["owner"].isdigit():
        rows = rows.filter(owner=chosen["owner"])
    if chosen["state"] in ItemState.values:
        rows = rows.filter(state=chosen["state"])
    for word in chosen["q"].split():
        rows = rows.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(body__icontains=word))
    return rows


def _sort(wanted: str) -> tuple[str, str]:
    name = wanted.removeprefix("-")
    if name not in SORTS:
        return "changed", "-"
    return name, "-" if wanted.startswith("-") else ""


def _without_page(query: QueryDict) -> str:
    kept = query.copy()
    kept.pop("page", None)
    return kept.urlencode()


def add_channels(rows: list[ContentItem]) -> None:
    """Give each row its accounts and the publication that matters most: two queries for all rows."""
    variants = Variant.objects.filter(item__in=rows).select_related("account").only("item_id", "account", "made_at")
    plans = Publication.objects.filter(variant__item__in=rows).exclude(state=State.CANCELLED)
    of_item: dict[int, list[Publication]] = {}
    for plan in plans.select_related("variant").order_by("due_at"):
        of_item.setdefault(plan.variant.item_id, []).append(plan)
    accounts: dict[int, list[Account]] = {}
    for variant in variants:
        accounts.setdefault(variant.item_id, []).append(variant.account)
    for row in rows:
        row.accounts = accounts.get(row.pk, [])
        row.latest = _that_matters(of_item.get(row.pk, []))


def _that_matters(plans: list[Publication]) -> Publication | None:
    """Trouble first, then what comes next, then what was last."""
    loud = [plan for plan in plans if plan.state in (State.FAILED, State.UNSURE, State.BY_HAND) or plan.late_at]
    waiting = [plan for plan in plans if plan.state in (State.PLANNED, State.SENDING, State.PROCESSING)]
    past = sorted(plans, key=lambda plan: plan.due_at, reverse=True)
    return next(iter([*loud, *waiting, *past]), None)
