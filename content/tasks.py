"""What the clock starts in content. The tables are the queue; a lost message is found at a later tick."""

import logging
import os
import socket
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from celery import Task, current_app, shared_task
from django.utils import timezone

from content.actions import assisting, handing, holding, publishing, reconciling, telling
from content.models import Publication
from platforms import places

log = logging.getLogger(__name__)
TURN_S = 0.25
"""A lane works this long before others get their turn."""
FAST_S, AT_ONCE = 0.1, 4


@shared_task
def publish_due() -> int:
    """Hand what is due to workers; return how many rows."""
    now = timezone.now()
    holding.hold_late(now)
    return _hand(publish_publication, handing.hand_out(now))


@shared_task
def publish_publication(*pks: int) -> None:
    """Publish rows of one account and, for a moment, more of it; hand on the ones after.

    Where the platform answers fast, a few rows are taken at once, as taking has a price of its own.
    At the end of its turn, or of its rows, the account leaves the lane to the next one on its server.
    """
    rows, end = list(pks), time.monotonic() + TURN_S
    account = Publication.objects.filter(pk=rows[0]).values_list("variant__account", flat=True).first()
    while rows and account is not None:
        began = time.monotonic()
        if not publishing.publish_one(rows.pop(0), timezone.now(), worker=_name()):
            handing.give_back(rows)
            return
        now = time.monotonic()
        if not rows:
            rows = handing.take_next(account, timezone.now(), count=AT_ONCE if now - began < FAST_S else 1)
        if not rows or now >= end:
            beside = handing.take_beside(account, timezone.now())
            if beside:
                handing.give_back(rows)
            if beside or rows:
                publish_publication.delay(*(beside or rows))
            return


@shared_task
def settle_doubts() -> None:
    """Find dead workers' rows, and hand out the tickets and doubts to ask the platforms about."""
    now = timezone.now()
    reconciling.release_stuck(now)
    _hand(check_ticket, reconciling.check_tickets(now))
    _hand(look_up, reconciling.doubts_to_look_up(now))


@shared_task
def check_ticket(pk: int) -> None:
    _ask(pk, reconciling.check_ticket)


@shared_task
def look_up(pk: int) -> None:
    _ask(pk, reconciling.look_up)


def _ask(pk: int, act: Callable[[int, datetime], object]) -> None:
    """Ask the platform about one row, unless its server has all the calls that it may have."""
    publication, now = publishing.load(pk), timezone.now()
    if publication is None:
        return
    with places.taken(publication.variant.account, "answers") as is_free:
        if is_free:
            act(pk, now)
        else:
            reconciling.ask_later(publication, now)


@shared_task
def tell_troubles() -> int:
    return telling.tell_troubles(timezone.now())


@shared_task
def push_by_hand() -> None:
    """Settle what people posted and we have seen; remind of what still waits for them."""
    now = timezone.now()
    assisting.settle_by_posts(now)
    assisting.nudge(now)


@shared_task
def tell_of_accounts() -> int:
    return telling.tell_of_accounts(timezone.now())


@shared_task
def tell_of_fallen() -> int:
    return telling.tell_of_fallen(timezone.now())


def _hand(task: Task, pks: Iterable[int]) -> int:
    """Send one message per row over one connection; return how many."""
    rows = list(pks)
    if rows:
        with current_app.producer_pool.acquire(block=True) as producer:
            for pk in rows:
                task.apply_async((pk,), producer=producer)
    return len(rows)


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:80]
