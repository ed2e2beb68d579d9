"""Automatic answers of one account: the list in order, and one of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mediaops.access import get_own, team_view
from mediaops.errors import UserError
from mediaops.lib.parts import done
from mediaops.models import Right
from platforms.actions import auto_replying
from platforms.forms import AutoReplyForm, StepForm
from platforms.models import Account, AutoReply

PAGE = "platforms/auto_replies/page.html"
LIST = "platforms/auto_replies/_list.html"
FORM = "platforms/auto_replies/form.html"


def _account(request, pk: int) -> Account:
    row = get_own(Account.objects.own().select_related("workspace"), request, pk=pk)
    auto_replying.demand_able(row)
    return row


def _row(request, pk: int) -> AutoReply:
    return get_own(AutoReply.objects.select_related("account__workspace"), request, pk=pk)


def _context(account: Account) -> dict[str, Any]:
    return {"account": account, "rows": list(AutoReply.objects.filter(account=account))}


def _address(account: Account) -> str:
    return reverse("platforms:auto-replies", args=[account.workspace.slug, account.pk])


@team_view(needs=Right.SEE)
@require_GET
def auto_replies(request, pk: int) -> HttpResponse:
    return render(request, PAGE, _context(_account(request, pk)))


@team_view(needs=Right.ANSWER)
@require_http_methods(["GET", "POST"])
def add(request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    form = AutoReplyForm(request.POST or None, initial={"is_on": True, "yields_to_people": True})

    def save(given: dict[str, Any]) -> None:
        auto_replying.add(account, by=request.member, now=timezone.now(), **given)

    return _edit(request, account, form, save, None)


@team_view(needs=Right.ANSWER)
@require_http_methods(["GET", "POST"])
def edit(request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    initial = {name: getattr(row, name) for name in AutoReplyForm.Meta.fields}
    form = AutoReplyForm(request.POST or None, initial=initial)

    def save(given: dict[str, Any]) -> None:
        auto_replying.change(row, by=request.member, now=timezone.now(), **given)

    return _edit(request, row.account, form, save, row)


def _edit(request, account: Account, form: AutoReplyForm, save: Any, row: AutoReply | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except UserError as problem:
            form.show_problem(str(problem), problem.fields)
        else:
            return done(request, event="auto-reply:saved", to=_address(account), said=_("Saved"))
    context = {"account": account, "form": form, "row": row}
    return render(request, FORM, context, status=422 if request.method == "POST" else 200)


@team_view(needs=Right.ANSWER)
@require_POST
def turn(request, pk: int) -> HttpResponse:
    """Switch an answer on or off."""
    row = _row(request, pk)
    auto_replying.change(row, is_on=not row.is_on, by=request.member, now=timezone.now())
    return _list_again(request, row.account)


@team_view(needs=Right.ANSWER)
@require_POST
def shift(request, pk: int) -> HttpResponse:
    row, form = _row(request, pk), StepForm(request.POST)
    if form.is_valid():
        auto_replying.shift(row, int(form.cleaned_data["steps"]), by=request.member, now=timezone.now())
    return _list_again(request, row.account)


@team_view(needs=Right.ANSWER)
@require_POST
def drop(request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    auto_replying.drop(row, by=request.member, now=timezone.now())
    return _list_again(request, row.account, said=_("Removed"))


def _list_again(request, account: Account, said: str = "") -> HttpResponse:
    return done(request, LIST, _context(account), event="auto-reply:changed", to=_address(account), said=said)
