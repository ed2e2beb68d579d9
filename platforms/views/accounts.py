"""Accounts: the list, one account, its health, letting it go."""

from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediaops.access import get_own, team_url, team_view
from mediaops.lib.parts import done
from mediaops.models import Activity, Right
from platforms import gateway
from platforms.abilities import abilities_of, limit_lines
from platforms.actions import answering, auto_replying, callbacks, connecting, health, menus
from platforms.forms import NameForm
from platforms.models import Account, Conversation, Post
from platforms.models.account import SILENT_AFTER, Health, Relation
from platforms.models.message import TalkState

VIEWS = {
    "own": Q(relation=Relation.OWN) & ~Q(state=Health.GONE),
    "others": ~Q(relation=Relation.OWN) & ~Q(state=Health.GONE),
    "gone": Q(state=Health.GONE),
}


def with_counts(rows: Any) -> Any:
    """Add `posts_n` and `waiting_n` to accounts, each counted by its own subquery."""
    posts = Post.objects.standing().filter(account=OuterRef("pk")).order_by().values("account").annotate(n=Count("*"))
    waits = Conversation.objects.waiting().filter(account=OuterRef("pk")).order_by().values("account")
    waiting = waits.annotate(n=Count("*"))
    return rows.annotate(
        posts_n=Coalesce(Subquery(posts.values("n"), output_field=IntegerField()), 0),
        waiting_n=Coalesce(Subquery(waiting.values("n"), output_field=IntegerField()), 0),
    )


def worst_first(rows: Any) -> Any:
    """Put accounts that need a person at the top."""
    rank = Case(
        When(state=Health.EXPIRED, then=Value(0)),
        When(state=Health.SOON, then=Value(1)),
        When(failures__gte=SILENT_AFTER, then=Value(1)),
        default=Value(2),
    )
    return rows.order_by(rank, "platform", "name", "pk")


@team_view(needs=Right.SEE)
@require_GET
def accounts(request) -> HttpResponse:
    shown = request.GET.get("show", "own")
    rows = Account.objects.in_workspace(request.workspace).select_related("paused_by__user")
    totals = rows.aggregate(
        **{name: Count("pk", filter=which) for name, which in VIEWS.items()},
        well=Count("pk", filter=VIEWS["own"] & Q(state=Health.HEALTHY, failures__lt=SILENT_AFTER)),
    )
    chosen = list(worst_first(with_counts(rows.filter(VIEWS.get(shown, VIEWS["own"])))))
    for row in chosen:
        row.abilities = abilities_of(row)
    context = {
        "accounts": chosen,
        "shown": shown if shown in VIEWS else "own",
        "totals": totals,
        "ill": [row for row in chosen if row.state == Health.EXPIRED],
    }
    return render(request, "platforms/accounts/page.html", context)


@team_view(needs=Right.SEE)
@require_GET
def account(request, pk: int) -> HttpResponse:
    rows = with_counts(Account.objects.select_related("workspace", "paused_by__user", "made_by__user"))
    row = get_own(rows, request, pk=pk)
    return render(request, "platforms/accounts/detail.html", _detail(row))


def _detail(row: Account, form: NameForm | None = None) -> dict[str, Any]:
    spec = row.spec
    return {
        "account": row,
        "spec": spec,
        "abilities": abilities_of(row),
        "limits": limit_lines(gateway.limits_of(row), spec.count_unit),
        "posts": Post.objects.standing().filter(account=row)[:6],
        "trail": Activity.objects.filter(
            workspace=row.workspace_id, subject_type="platforms.account", subject_id=str(row.pk)
        )[:8],
        "can_check": gateway.can(row, connecting.Connects),
        "is_unconnected": row.spec.assisted or row.rights == [],
        "can_reply": answering.can_reply(row),
        "can_answer_itself": auto_replying.can_answer(row),
        "has_menu": menus.keeps(row),
        "hook": _hook(row),
        "called_at": row.callbacks.order_by("-received_at").values_list("received_at", flat=True).first(),
        "form": form or NameForm(initial={"name": row.name}),
    }


def _hook(row: Account) -> str:
    """Return the address that the platform shall call for the account, "" where it cannot."""
    return callbacks.address_of(row) if callbacks.takes(row) else ""


@team_view(needs=Right.ADMIN)
@require_POST
def rename(request, pk: int) -> HttpResponse:
    row = get_own(Account.objects.select_related("workspace"), request, pk=pk)
    form = NameForm(request.POST)
    if not form.is_valid():
        return render(request, "platforms/accounts/detail.html", _detail(row, form), status=422)
    connecting.rename(row, form.cleaned_data["name"], by=request.member, now=timezone.now())
    return done(request, event="account:renamed", to=row.get_absolute_url(), said=_("Saved"))


@team_view(needs=Right.PUBLISH)
@require_POST
def check(request, pk: int) -> HttpResponse:
    row = get_own(Account.objects.connected().select_related("workspace"), request, pk=pk)
    health.check_account(row, timezone.now())
    well = row.is_working and not row.failures
    said = _("%(account)s works.") % {"account": row.name} if well else ""
    return done(request, event="account:checked", to=row.get_absolute_url(), said=said)


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def disconnect(request, pk: int) -> HttpResponse:
    row = get_own(Account.objects.connected().select_related("workspace"), request, pk=pk)
    if request.method == "POST":
        connecting.disconnect(row, by=request.member, now=timezone.now())
        said = _("%(account)s is disconnected.") % {"account": row.name}
        return done(request, event="account:disconnected", to=team_url(request, "platforms:accounts"), said=said)
    waiting = Conversation.objects.filter(account=row, state=TalkState.OPEN, waits_since__isnull=False).count()
    return render(request, "platforms/accounts/disconnect.html", {"account": row, "waiting_talks": waiting})


@team_view(needs=Right.SEE)
@require_GET
def accounts_today(request) -> HttpResponse:
    """Show, on Today, the accounts that need a person."""
    rows = worst_first(Account.objects.in_workspace(request.workspace).need_a_person())
    return render(request, "platforms/accounts/_today.html", {"accounts": list(rows)})


@team_view(needs=Right.ADMIN)
@require_POST
def check_all(request) -> HttpResponse:
    """Let the workers check every account now."""
    health.check_all(request.workspace, timezone.now())
    said = _("Every account is being checked; the list shows what came of it in a moment.")
    return done(request, event="accounts:checking", to=team_url(request, "platforms:accounts"), said=said)
