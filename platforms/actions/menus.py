"""The menu of an account: drafted here, checked, sent out, read back, taken off."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership
from platforms import gateway
from platforms.actions import health
from platforms.connectors.base import KeepsMenu
from platforms.connectors.spec import MenuRules
from platforms.models import Account, Menu

log = logging.getLogger(__name__)

Entry = dict[str, Any]
FIELD_MAX = 2000
"""Characters that a draft keeps of any field; what a platform takes is less."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a menu. `place` is where ("1" the second entry, "1.0" the first below it)."""

    place: str
    field: str
    text: str


def keeps(account: Account) -> bool:
    """Say whether the account's menu can be changed from here."""
    return gateway.can(account, KeepsMenu)


def rules_of(account: Account) -> MenuRules:
    """Return how a menu of this account may be built."""
    return gateway.connector_class(account.platform).menu_rules()


def menu_of(account: Account) -> Menu:
    """Return the account's menu row; a new one, not saved, when there is none."""
    return Menu.objects.filter(account=account).first() or Menu(account=account)


def cleaned(entries: Any, rules: MenuRules) -> list[Entry]:
    """Return what was given as the entries of a draft: known fields, plain text, at most two levels."""
    return [_cleaned(entry, rules, 1) for entry in _dicts(entries)]


def _cleaned(entry: Mapping[str, Any], rules: MenuRules, levels: int) -> Entry:
    kept: Entry = {"name": _text(entry.get("name"))}
    below = [_cleaned(each, rules, levels - 1) for each in _dicts(entry.get("below"))] if levels else []
    if below:
        return kept | {"below": below}
    kind = _text(entry.get("type")) or rules.types[0].key
    names = next((each.needs + each.may for each in rules.types if each.key == kind), ("value",))
    return kept | {"type": kind} | {name: _text(entry.get(name)) for name in names}


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)][:20] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return " ".join(str(value if value is not None else "").split())[:FIELD_MAX]


def faults(entries: Sequence[Entry], rules: MenuRules) -> list[Fault]:
    """Return everything that the platform would refuse about a menu, in order."""
    found = [] if entries else [Fault("", "", _("The menu has no entry yet."))]
    if len(entries) > rules.entries_max:
        found.append(Fault("", "", _("At most %(max)d entries side by side.") % {"max": rules.entries_max}))
    for place, entry in enumerate(entries):
        found += _faults_of(entry, str(place), rules.name_bytes, rules)
        below = entry.get("below") or []
        if len(below) > rules.below_max:
            sentence = _("At most %(max)d entries below one.") % {"max": rules.below_max}
            found.append(Fault(str(place), "", sentence))
        for under, each in enumerate(below):
            found += _faults_of(each, f"{place}.{under}", rules.below_name_bytes, rules)
    return found


def _faults_of(entry: Entry, place: str, name_bytes: int, rules: MenuRules) -> Iterator[Fault]:
    size = len(entry.get("name", "").encode())
    if not size:
        yield Fault(place, "name", _("Give the entry a name."))
    elif size > name_bytes:
        sentence = _("%(n)d of %(max)d bytes: at most %(wide)d Chinese characters or %(max)d letters.")
        yield Fault(place, "name", sentence % {"n": size, "max": name_bytes, "wide": name_bytes // 3})
    if entry.get("below"):
        return
    kind = next((each for each in rules.types if each.key == entry.get("type")), None)
    if kind is None:
        yield Fault(place, "type", _("This kind of entry can only be made in the platform's back office."))
        return
    for name in kind.needs:
        value = entry.get(name, "")
        if not value:
            yield Fault(place, name, _("Fill this in."))
        elif len(value.encode()) > rules.field_bytes.get(name, FIELD_MAX):
            yield Fault(place, name, _("At most %(max)d bytes.") % {"max": rules.field_bytes[name]})
        elif name == "url" and not value.startswith(("https://", "http://")):
            yield Fault(place, name, _("An address begins with https://."))


def draft(account: Account, entries: Any, *, by: Membership, now: datetime) -> Menu:
    """Keep the draft as it is, right or wrong; nothing goes out."""
    demand_able(account)
    kept = cleaned(entries, rules_of(account))
    before = menu_of(account)
    row, _made = Menu.objects.update_or_create(
        account=account, defaults={"entries": kept, "changed_at": now, "changed_by": by}
    )
    if before.entries != kept:
        record(by=by, verb="menu.changed", subject=account)
    return row


def publish(account: Account, *, by: Membership, now: datetime) -> Menu:
    """Make the draft the account's menu. Raises UserError with the first fault, if there is one."""
    demand_able(account)
    row = menu_of(account)
    wrong = faults(row.entries, rules_of(account))
    if wrong:
        raise UserError(wrong[0].text, fields={f"{fault.place}.{fault.field}": [fault.text] for fault in wrong})
    _ask(account, now, lambda connector: connector.publish_menu(row.entries))
    return _live(account, row.entries, by, now, "menu.published")


def read_live(account: Account, *, by: Membership, now: datetime) -> Menu:
    """Ask what the account shows now; an empty draft becomes that."""
    demand_able(account)
    shown = _ask(account, now, lambda connector: connector.menu())
    row = menu_of(account)
    changes: dict[str, Any] = {"live": shown, "live_at": now}
    if not row.entries:
        changes |= {"entries": shown, "changed_at": now, "changed_by": by}
    return Menu.objects.update_or_create(account=account, defaults=changes)[0]


def take_over(account: Account, *, by: Membership, now: datetime) -> Menu:
    """Begin the draft anew from what the account shows."""
    row = menu_of(account)
    if row.live is None:
        raise UserError(_("First ask what the account shows."))
    return draft(account, row.live, by=by, now=now)


def remove(account: Account, *, by: Membership, now: datetime) -> Menu:
    """Take the menu off the account; the draft stays here."""
    demand_able(account)
    _ask(account, now, lambda connector: connector.remove_menu())
    return _live(account, [], by, now, "menu.removed")


def _live(account: Account, shown: list[Entry], by: Membership, now: datetime, verb: str) -> Menu:
    with transaction.atomic():
        row, _made = Menu.objects.update_or_create(account=account, defaults={"live": shown, "live_at": now})
        record(by=by, verb=verb, subject=account)
    log.info("account %s: %s", account.pk, verb)
    return row


def demand_able(account: Account) -> None:
    """Raise UserError unless the account's menu can be changed from here."""
    if not keeps(account):
        raise UserError(_("%(platform)s has no menu that can be changed from here.") % {"platform": account.label})


def _ask(account: Account, now: datetime, what: Any) -> Any:
    return health.ask(account, KeepsMenu, "menu", what, now)


def rearranged(entries: list[Entry], act: str, place: str, to: str = "") -> list[Entry]:
    """Return the entries after an act of the editor: add, below (add one below), drop, up, down, or move
    (`place` before `to`). What does not fit leaves them as they are."""
    rows = [dict(entry) | ({"below": list(entry["below"])} if entry.get("below") else {}) for entry in entries]
    if act == "add":
        return [*rows, {"name": ""}]
    home, at = _home(rows, place)
    if home is None:
        return rows
    if act == "below":
        known = home[at].get("below") or []
        home[at] = {"name": home[at]["name"], "below": [*known, _first_below(home[at], known)]}
    elif act == "drop":
        home.pop(at)
    elif act in {"up", "down"}:
        other = at + (1 if act == "down" else -1)
        if 0 <= other < len(home):
            home[at], home[other] = home[other], home[at]
    elif act == "move":
        target, before = _home(rows, to)
        if target is home:
            home.insert(before, home.pop(at))
    return _without_empty(rows)


def _first_below(entry: Entry, known: list[Entry]) -> Entry:
    """The first entry below takes over what its parent did."""
    if known or not any(value for name, value in entry.items() if name not in {"name", "type"}):
        return {"name": ""}
    return {name: value for name, value in entry.items() if name != "below"}


def _home(rows: list[Entry], place: str) -> tuple[list[Entry] | None, int]:
    parts = [int(part) for part in place.split(".") if part.isdigit()]
    home = rows
    if len(parts) == 2:
        home = rows[parts[0]].get("below") or [] if parts[0] < len(rows) else []
    if not parts or len(parts) > 2 or parts[-1] >= len(home):
        return None, 0
    return home, parts[-1]


def _without_empty(rows: list[Entry]) -> list[Entry]:
    return [{k: v for k, v in row.items() if k != "below" or v} for row in rows]
