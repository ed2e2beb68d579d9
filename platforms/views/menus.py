"""The menu of one account: the editor, sending it out, what is shown now."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from mediaops.access import get_own, team_view
from mediaops.lib.parts import done, show
from mediaops.models import Right
from platforms.actions import menus
from platforms.connectors.spec import MenuRules
from platforms.forms import menu_act, menu_entries
from platforms.models import Account, AutoReply, Menu
from platforms.models.auto_reply import Trigger

PAGE = "platforms/menus/page.html"
EDITOR = "platforms/menus/_editor.html"


def _account(request, pk: int) -> Account:
    row = get_own(Account.objects.own().select_related("workspace"), request, pk=pk)
    menus.demand_able(row)
    return row


def _context(account: Account, row: Menu, *, is_refused: bool = False) -> dict[str, Any]:
    """What the editor shows. An entry in which nobody wrote yet is not told off before the menu is to go out."""
    rules = menus.rules_of(account)
    wrong = menus.faults(row.entries, rules)
    if not is_refused:
        blank = set(_blank(row.entries))
        wrong = [fault for fault in wrong if fault.place not in blank]
    at: dict[str, list[menus.Fault]] = {}
    for fault in wrong:
        at.setdefault(fault.place, []).append(fault)
    rows = AutoReply.objects.on(account).filter(trigger=Trigger.KEYWORD)
    return {
        "account": account,
        "menu": row,
        "rules": rules,
        "rows": [_shown(entry, str(n), rules, at, rules.below_max) for n, entry in enumerate(row.entries)],
        "faults": wrong,
        "is_refused": is_refused,
        "of_all": at.get("", []),
        "may_add": len(row.entries) < rules.entries_max,
        "keywords": sorted({word for each in rows for word in each.word_list})[:100],
    }


def _blank(entries: list[menus.Entry], above: str = "") -> Iterator[str]:
    """Yield the places of entries that hold nothing but the type they were added with."""
    for number, entry in enumerate(entries):
        place = f"{above}{number}"
        if not any(value for name, value in entry.items() if name != "type"):
            yield place
        yield from _blank(entry.get("below") or [], f"{place}.")


def _shown(entry: menus.Entry, place: str, rules: MenuRules, at: Any, below_max: int) -> dict[str, Any]:
    """Return an entry as the editor's template needs it."""
    below = entry.get("below") or []
    kind = next((each for each in rules.types if each.key == entry.get("type")), None)
    problems = {fault.field: fault.text for fault in at.get(place, [])}
    fields = [
        {"name": name, "value": entry.get(name, ""), "problem": problems.get(name), "label": _label(name)}
        for name in (kind.needs + kind.may if kind else ())
    ]
    return {
        "place": place,
        "name": entry.get("name", ""),
        "type": entry.get("type") or rules.types[0].key,
        "is_foreign": bool(entry.get("type")) and kind is None,
        "fields": fields if entry.get("type") else [],
        "problems": problems,
        "problem": problems.get("", ""),
        "below": [_shown(each, f"{place}.{n}", rules, at, 0) for n, each in enumerate(below)],
        "may_add": len(below) < below_max,
    }


def _label(name: str) -> str:
    labels = {
        "url": _("Address"), "key": _("Keyword"), "appid": "AppID", "pagepath": _("Page of the mini program"),
        "article_id": _("Number of the article"), "media_id": _("Number of the file"),
    }  # fmt: skip
    return labels.get(name, name)


def _address(account: Account) -> str:
    return reverse("platforms:menu", args=[account.workspace.slug, account.pk])


def _again(request, account: Account, row: Menu, event: str, said: str = "") -> HttpResponse:
    return done(request, EDITOR, _context(account, row), event=event, to=_address(account), said=said)


@team_view(needs=Right.SEE)
@require_GET
def menu(request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    return show(request, PAGE, EDITOR, _context(account, menus.menu_of(account)))


@team_view(needs=Right.ANSWER)
@require_POST
def save(request, pk: int) -> HttpResponse:
    """Keep what was typed, after the act of the button that was pressed."""
    account = _account(request, pk)
    entries = menu_entries(request.POST, menus.rules_of(account))
    act, place, to = menu_act(request.POST)
    if act:
        entries = menus.rearranged(entries, act, place, to)
    row = menus.draft(account, entries, by=request.member, now=timezone.now())
    if act == "publish":
        return _publish(request, account)
    return _again(request, account, row, "menu:saved", "" if act else _("Saved"))


def _publish(request, account: Account) -> HttpResponse:
    row = menus.menu_of(account)
    if menus.faults(row.entries, menus.rules_of(account)):
        return show(request, PAGE, EDITOR, _context(account, row, is_refused=True), status=422)
    row = menus.publish(account, by=request.member, now=timezone.now())
    said = _("The menu is out. Phones show it within a day.")
    return _again(request, account, row, "menu:published", said)


@team_view(needs=Right.ANSWER)
@require_POST
def read(request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    row = menus.read_live(account, by=request.member, now=timezone.now())
    return _again(request, account, row, "menu:read", _("This is what the account shows."))


@team_view(needs=Right.ANSWER)
@require_POST
def take_over(request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    row = menus.take_over(account, by=request.member, now=timezone.now())
    return _again(request, account, row, "menu:saved", _("The draft is what the account shows."))


@team_view(needs=Right.ANSWER)
@require_POST
def remove(request, pk: int) -> HttpResponse:
    account = _account(request, pk)
    row = menus.remove(account, by=request.member, now=timezone.now())
    return _again(request, account, row, "menu:removed", _("The menu is off. The draft stays."))
