"""Handing due rows to workers: fair between accounts, and never the same row every second.

An account has as many lanes as its platform takes publications at once. The clock's tick starts a
lane by handing over a row; the worker that finishes it goes on with the account's next row, so that
a thousand rows of one account are a handful of messages and nobody else's row waits behind them.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import chain, zip_longest

from django.db import transaction
from django.db.models import Count, Q

from content.models import Publication
from content.models.publication import HANDED_FOR, State
from platforms.connectors import CONNECTORS

ACCOUNTS_A_TICK = 500


def hand_out(now: datetime) -> list[int]:
    """Mark due rows as handed over and return them, accounts taking turns, none beyond its lanes."""
    found = Publication.objects.due(now).order_by().values_list("variant__account", "variant__account__platform")
    accounts = dict(found.distinct()[:ACCOUNTS_A_TICK])
    if not accounts:
        return []
    busy = _busy(accounts, now)
    lanes = []
    for account, platform in accounts.items():
        room = CONNECTORS[platform].spec.max_in_flight - busy[account] if platform in CONNECTORS else 1
        if room > 0:
            rows = Publication.objects.due(now).filter(variant__account=account).order_by("attempt_after", "pk")
            lanes.append(list(rows.values_list("pk", flat=True)[:room]))
    chosen = [pk for pk in chain.from_iterable(zip_longest(*lanes)) if pk is not None]
    return _mark(chosen, now)


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


def _busy(accounts: Iterable[int], now: datetime) -> Counter[int]:
    """Count the lanes that run: rows being sent, and rows handed over that no worker has claimed yet."""
    handed = Q(state=State.PLANNED, handed_at__gte=now - HANDED_FOR)
    rows = Publication.objects.filter(Q(state=State.SENDING) | handed, variant__account__in=list(accounts))
    counted = rows.order_by().values_list("variant__account").annotate(n=Count("pk"))
    return Counter(dict(counted))
