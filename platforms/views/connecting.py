"""Connecting an account: choose a platform, prove the credentials, look, save."""

import contextlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediaops.access import demand, get_own, memberships_of, speak_as, team_url, team_view
from mediaops.errors import UserError
from mediaops.lib.sealing import seal, unseal
from mediaops.models import Right
from platforms import gateway
from platforms.abilities import Ability, abilities, limit_lines
from platforms.actions import connecting, signing_in
from platforms.connectors import CONNECTORS
from platforms.connectors.base import SignsIn
from platforms.connectors.spec import PlatformSpec
from platforms.forms import AddAccountForm, ByHandForm, ConnectForm, NameForm
from platforms.models import Account

PENDING_FOR = timedelta(minutes=20)
SESSION_KEY = "connecting"
AWAY_KEY, TYPED_KEY = "signing_in", "connecting_typed"

FORM = "platforms/connecting/form.html"
CONFIRM = "platforms/connecting/confirm.html"


@dataclass(frozen=True)
class Choice:
    """One platform to choose."""

    key: str
    spec: PlatformSpec
    abilities: list[Ability]

    @property
    def mark(self) -> str:
        return self.spec.mark

    @property
    def mark_slot(self) -> int:
        return self.spec.mark_slot


def _choices() -> dict[str, list[Choice]]:
    """Return the platforms to choose from: those with an interface, those published on by hand."""
    rows = [Choice(key, cls.spec, [each for each in abilities(key) if each.has]) for key, cls in CONNECTORS.items()]
    return {
        "direct": [row for row in rows if not row.spec.assisted],
        "by_hand": [row for row in rows if row.spec.assisted],
    }


def _spec_or_404(platform: str) -> PlatformSpec:
    if platform not in CONNECTORS:
        raise Http404
    return CONNECTORS[platform].spec


@team_view(needs=Right.ADMIN)
@require_GET
def choose(request) -> HttpResponse:
    return render(request, "platforms/connecting/page.html", {"choices": _choices()})


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def connect_platform(request, platform: str) -> HttpResponse:
    """Show a platform's setup fields; on POST try them by a real call and show what they open."""
    spec = _spec_or_404(platform)
    if spec.assisted:
        return _add_by_hand(request, platform, spec)
    if request.method == "POST" and not spec.setup_fields:
        row = connecting.connect_account(request.workspace, platform, {}, by=request.member, now=timezone.now())
        return redirect(row.get_absolute_url())
    return _try(request, platform, spec, None)


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def reconnect(request, pk: int) -> HttpResponse:
    """Replace the credentials of an account; its row and everything on it stay."""
    row = get_own(Account.objects.select_related("workspace"), request, pk=pk)
    spec = row.spec
    if request.method == "POST" and not spec.setup_fields and not spec.assisted:
        connecting.reconnect(row, {}, by=request.member, now=timezone.now())
        return redirect(row.get_absolute_url())
    return _try(request, row.platform, spec, row)


def _try(request, platform: str, spec: PlatformSpec, account: Account | None) -> HttpResponse:
    context = _form_context(platform, account)
    stored = _stored(request, platform, account) if context["signs_in"] else {}
    form = ConnectForm(spec, request.POST or None, stored=stored, initial=_visitor(request))
    if request.method != "POST":
        return render(request, FORM, context | {"form": form})
    if form.is_valid():
        try:
            given = {**stored, **form.credentials()}
            if signing_in.is_needed(platform, given):
                return _leave(request, signing_in.begin(platform, given, account=account))
            found = connecting.look(platform, given)
            if account is not None and account.rights != []:
                connecting.demand_same(account, found)
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
        else:
            token = _remember(request, found, account)
            return render(request, CONFIRM, context | _found_context(found, token))
    return render(request, FORM, context | {"form": form}, status=422)


def _form_context(platform: str, account: Account | None) -> dict[str, Any]:
    signs_in = issubclass(CONNECTORS[platform], SignsIn)
    return {
        "choices": _choices(),
        "platform": platform,
        "spec": CONNECTORS[platform].spec,
        "account": account,
        "signs_in": signs_in,
        "back_address": signing_in.back_address() if signs_in else "",
    }


def _visitor(request) -> dict[str, str]:
    """Propose the person's own address where a platform asks for it; a private one helps nobody."""
    address = request.META.get("REMOTE_ADDR", "")
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(address).is_global:
            return {"operator_ip": address}
    return {}


def _leave(request, away: signing_in.Away) -> HttpResponse:
    """Send the person to the platform's page; its state waits in their session.

    By a page of ours: browsers let no form of ours lead to another site, not even through a redirect.
    """
    kept = away.as_data() | {
        "workspace": request.workspace.pk,
        "member": request.member.pk,
        "at": timezone.now().isoformat(),
    }
    fresh = {key: value for key, value in request.session.get(AWAY_KEY, {}).items() if _is_fresh(value)}
    request.session[AWAY_KEY] = dict(list(fresh.items())[-3:]) | {away.state: kept}
    request.session[TYPED_KEY] = kept
    spec = CONNECTORS[away.platform].spec
    return render(request, "platforms/connecting/away.html", {"url": away.url, "spec": spec})


def _stored(request, platform: str, account: Account | None) -> dict[str, str]:
    """Return what an account was connected with, or what was just typed before leaving for the platform's page."""
    if account is not None:
        return gateway.setup_of(account)
    typed = request.session.get(TYPED_KEY)
    if not typed or not _is_fresh(typed):
        return {}
    if (typed["platform"], typed["workspace"]) != (platform, request.workspace.pk):
        return {}
    return unseal(typed["given"])


@require_GET
def back(request) -> HttpResponse:
    """Take a person back from a platform's page: finish the sign-in, then show what it opened.

    One address for all workspaces and platforms. Only the member who began, in the session that holds
    the state (or with the state that their own API token began), gets any further; a state counts once.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    answer = {name: value[:4000] for name, value in request.GET.dict().items()}
    kept = _take_state(request, answer.pop("state", ""))
    _enter(request, kept)
    away = signing_in.away_from(kept["state"], kept)
    account = Account.objects.in_workspace(request.workspace).filter(pk=away.account or 0).first()
    try:
        found = signing_in.finish(away, answer)
        if account is not None and account.rights != []:
            connecting.demand_same(account, found)
    except connecting.CannotConnect as problem:
        return _not_signed_in(request, away, account, problem)
    return redirect(team_url(request, "platforms:connect-found", _remember(request, found, account)))


def _take_state(request, state: str) -> dict[str, Any]:
    """Return what was kept for a state, and forget it; raise UnknownState for any other."""
    waiting = request.session.get(AWAY_KEY, {})
    kept = waiting.pop(state, None)
    request.session[AWAY_KEY] = waiting
    if kept is None:
        kept = signing_in.awaited(state, request.user)
    elif not _is_fresh(kept):
        kept = None
    if kept is None:
        raise signing_in.UnknownState
    return kept | {"state": state}


def _enter(request, kept: dict[str, Any]) -> None:
    """Enter the workspace in which the sign-in began, as the member who began it."""
    member = next((one for one in memberships_of(request.user) if one.pk == kept["member"]), None)
    if member is None or member.workspace_id != kept["workspace"]:
        raise signing_in.UnknownState
    request.member, request.workspace = member, member.workspace
    speak_as(request, member)
    demand(member, Right.ADMIN)


def _not_signed_in(request, away: signing_in.Away, account: Account | None, problem: UserError) -> HttpResponse:
    """Show the form again with what was typed, secrets excepted, and what went wrong."""
    spec = CONNECTORS[away.platform].spec
    form = ConnectForm(spec, data=dict(away.given), stored=_stored(request, away.platform, account))
    form.full_clean()
    form.show_problem(str(problem), problem.fields)
    action = (
        team_url(request, "platforms:account-reconnect", account.pk)
        if account
        else team_url(request, "platforms:connect-platform", away.platform)
    )
    context = _form_context(away.platform, account) | {"form": form, "action": action}
    return render(request, FORM, context, status=422)


@team_view(needs=Right.ADMIN)
@require_GET
def found(request, token: str) -> HttpResponse:
    """Show what a sign-in opened, before it is saved."""
    seen, account = _recall(request, token)
    if seen is None:
        raise UserError(_("The check is more than 20 minutes old. Check the credentials again."))
    return render(request, CONFIRM, _form_context(seen.platform, account) | _found_context(seen, token))


def _found_context(found: connecting.Found, token: str, form: NameForm | None = None) -> dict[str, Any]:
    spec = CONNECTORS[found.platform].spec
    profile = found.profile
    return {
        "profile": profile,
        "token": token,
        "abilities": abilities(found.platform),
        "limits": limit_lines(gateway.limits_with(spec, profile.limits), spec.count_unit),
        "name_form": form or NameForm(initial={"name": profile.name or profile.handle}),
    }


@team_view(needs=Right.ADMIN)
@require_POST
def save(request, token: str) -> HttpResponse:
    """Save what the check found."""
    found, account = _recall(request, token)
    if found is None:
        problem = _("The check is more than 20 minutes old. Check the credentials again.")
        raise UserError(problem)
    form = NameForm(request.POST)
    if not form.is_valid():
        context = _form_context(found.platform, account)
        return render(request, CONFIRM, context | _found_context(found, token, form), status=422)
    name = form.cleaned_data["name"]
    now = timezone.now()
    row = connecting.keep(request.workspace, found, by=request.member, now=now, name=name, account=account)
    _forget(request, token)
    request.session.pop(TYPED_KEY, None)
    return redirect(row.get_absolute_url())


def _remember(request, found: connecting.Found, account: Account | None) -> str:
    """Keep what the check found in the session, the secret sealed; the browser gets a token only."""
    token = secrets.token_urlsafe(16)
    kept = {
        "found": found.as_data(),
        "sealed": seal(found.secret),
        "account": account.pk if account else None,
        "workspace": request.workspace.pk,
        "at": timezone.now().isoformat(),
    }
    fresh = {key: value for key, value in request.session.get(SESSION_KEY, {}).items() if _is_fresh(value)}
    request.session[SESSION_KEY] = dict(list(fresh.items())[-3:]) | {token: kept}
    return token


def _is_fresh(kept: dict[str, Any]) -> bool:
    return timezone.now() - datetime.fromisoformat(kept["at"]) < PENDING_FOR


def _recall(request, token: str) -> tuple[connecting.Found | None, Account | None]:
    kept = request.session.get(SESSION_KEY, {}).get(token)
    if kept is None or not _is_fresh(kept) or kept["workspace"] != request.workspace.pk:
        return None, None
    found = connecting.found_from(kept["found"], unseal(kept["sealed"]))
    account = Account.objects.in_workspace(request.workspace).filter(pk=kept["account"]).first()
    return found, account


def _forget(request, token: str) -> None:
    left = request.session.get(SESSION_KEY, {})
    left.pop(token, None)
    request.session[SESSION_KEY] = left


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def by_hand(request, platform: str) -> HttpResponse:
    """Add an account that people serve by hand, on a platform that has an interface for others."""
    spec = _spec_or_404(platform)
    form = ByHandForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = connecting.connect_by_hand(
                request.workspace, platform, by=request.member, now=timezone.now(), **form.cleaned_data
            )
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
        else:
            return redirect(row.get_absolute_url())
    context = {"choices": _choices(), "platform": platform, "spec": spec, "form": form, "is_by_hand": True}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


def _add_by_hand(request, platform: str, spec: PlatformSpec) -> HttpResponse:
    """Add an account that people serve by hand: there is nothing to check, so one step is enough."""
    form = ConnectForm(spec, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, now = form.credentials(), timezone.now()
        try:
            row = connecting.connect_account(request.workspace, platform, given, by=request.member, now=now)
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
        else:
            return redirect(row.get_absolute_url())
    context = {"choices": _choices(), "platform": platform, "spec": spec, "form": form}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


@team_view(needs=Right.ADMIN)
@require_http_methods(["GET", "POST"])
def add(request) -> HttpResponse:
    """Add a partner's or a watched account, by its name and address."""
    form = AddAccountForm(request.POST or None)
    context = {"choices": _choices(), "form": form, "is_other": True}
    if request.method == "POST" and form.is_valid():
        row = _add(request, form)
        if row is not None:
            return redirect(f"{team_url(request, 'platforms:accounts')}?show=others")
    return render(request, "platforms/connecting/add.html", context, status=422 if request.method == "POST" else 200)


def _add(request, form: AddAccountForm) -> Account | None:
    try:
        return connecting.add_account(request.workspace, by=request.member, now=timezone.now(), **form.cleaned_data)
    except UserError as problem:
        form.add_error("handle" if "handle" in problem.fields else None, str(problem))
        return None
