"""Handing due rows to workers: fair between accounts, and never the same row every second.

An account has as many lanes as its platform takes publications at once. The clock's tick starts a
lane by handing over a row; the worker that finishes it goes on with the account's next row, so that
a thousand rows of one account are a handful of messages and nobody else's row waits behind them.

One server never gets more rows at once than it has places (`platforms.places`); its accounts take turns.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, zip_longest

from django.db import transaction
from django.db.models import Count, Q

from content.models import Publication
from content.models.publication import HANDED_FOR, State
from platforms import places
from platforms.connectors import CONNECTORS
from platforms.models import Account

ACCOUNTS_A_TICK = 500
Server = tuple[str, str]
"""A platform's key and the address of one of its servers, "" where the platform has but one."""


def hand_out(now: datetime) -> list[int]:
    """Mark due rows as handed over and return them, accounts taking turns, none beyond its lanes."""
    found = Publication.objects.due(now).order_by().values_list(*PLACE).distinct()[:ACCOUNTS_A_TICK]
    servers = {account: (platform, server) for account, platform, server in found}
    if not servers:
        return []
    busy, held = _busy({platform for platform, _server in servers.values()}, now)
    lanes = []
    for account, server in servers.items():
        most = CONNECTORS[server[0]].spec.max_in_flight if server[0] in CONNECTORS else 1
        room = min(most - busy[account], places.lanes() - held[server])
        if room > 0:
            rows = Publication.objects.due(now).filter(variant__account=account).order_by("attempt_after", "pk")
            lanes.append([(pk, server) for pk in rows.values_list("pk", flat=True)[:room]])
    chosen = []
    for turn in chain.from_iterable(zip_longest(*lanes)):
        if turn and held[turn[1]] < places.lanes():
            held[turn[1]] += 1
            chosen.append(turn[0])
    return _mark(chosen, now)


def calls_open(account: Account) -> list[datetime | None]:
    """Return since when publications are on their way to the account.

    Asked by server: of an account with many rows PostgreSQL would look at each.
    """
    rows = Publication.objects.filter(state=State.SENDING, **_at(account)).order_by()
    return [at for pk, at in rows.values_list("variant__account", "claimed_at") if pk == account.pk]


def _at(account: Account) -> dict[str, str]:
    return {"variant__account__platform": account.platform, "variant__account__server": account.server}


def take_beside(account: int, now: datetime) -> list[int]:
    """Mark one due row of the next account on the same server as handed over; empty where none waits.

    The accounts of a server come round by their ids.
    """
    own = Account.objects.filter(pk=account).only("platform", "server").first()
    if own is None:
        return []
    due = Publication.objects.due(now).filter(**_at(own))
    others = sorted(due.exclude(variant__account=account).order_by().values_list(PLACE[0], flat=True).distinct())
    following = [other for other in others if other > account] + [other for other in others if other < account]
    return next((taken for other in following[:3] if (taken := take_next(other, now))), [])


def take_next(account: int, now: datetime, *, count: int = 1) -> list[int]:
    """Mark the account's next due rows (at most `count`) as handed over and return them.

    Pauses are not asked about: the worker that was just allowed to publish asks before each row.
    """
    for _try in range(3):
        rows = Publication.objects.waiting(now).filter(_free(now), variant__account=account)
        pks = list(rows.order_by("attempt_after", "pk").values_list("pk", flat=True)[:count])
        taken = _mark_together(pks, now)
        if taken or not pks:
            return taken
    return []


def give_back(pks: Iterable[int]) -> None:
    """Let rows that were taken, but not tried, be handed over anew."""
    Publication.objects.filter(pk__in=list(pks), state=State.PLANNED).update(handed_at=None)


def _mark_together(pks: list[int], now: datetime) -> list[int]:
    """Set `handed_at` of all rows in one statement, or none where another worker took some of them."""
    if len(pks) < 2:
        return _mark(pks, now)
    free = Publication.objects.waiting(now).filter(_free(now))
    with transaction.atomic():
        if free.filter(pk__in=pks).update(handed_at=now) == len(pks):
            return pks
        transaction.set_rollback(True)
    return _mark(pks, now)


def _mark(pks: Iterable[int], now: datetime) -> list[int]:
    """Set `handed_at` where nobody did so meanwhile; return the rows in the given order."""
    free = Publication.objects.waiting(now).filter(_free(now))
    return [pk for pk in pks if free.filter(pk=pk).update(handed_at=now)]


def _free(now: datetime) -> Q:
    return Q(handed_at=None) | Q(handed_at__lt=now - HANDED_FOR)


PLACE = ("variant__account", "variant__account__platform", "variant__account__server")


def _busy(platforms: Iterable[str], now: datetime) -> tuple[Counter[int], Counter[Server]]:
    """Count the lanes that run, by account and by server: rows being sent, and handed ones not claimed yet."""
    handed = Q(state=State.PLANNED, handed_at__gte=now - HANDED_FOR)
    rows = Publication.objects.filter(Q(state=State.SENDING) | handed, variant__account__platform__in=list(platforms))
    of_account: Counter[int] = Counter()
    of_server: Counter[Server] = Counter()
    for account, platform, server, n in rows.order_by().values_list(*PLACE).annotate(n=Count("pk")):
        of_account[account] += n
        of_server[platform, server] += n
    return of_account, of_server
