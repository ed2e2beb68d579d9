"""Being called by a platform: taken once and answered at once, understood by a worker.

The table is the queue: taking a callback in touches the database and nothing else, so that no slow
worker, broker or platform can delay the answer.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from mediaops.errors import WrongState
from mediaops.lib.moves import move
from platforms import gateway, places
from platforms.actions import auto_replying, contacts, following, health, inbox
from platforms.connectors.base import AnswersCallbacks, TakesCallbacks
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NotGenuine
from platforms.connectors.remote import Callback, CallbackRequest, RemoteEvent, RemoteMessage, Understood
from platforms.models import Account, AccountEvent, CallbackEvent, Conversation, TicketNews
from platforms.models.callback import CALLBACK_MOVES, UNDERSTANDING_FOR, CallbackState

log = logging.getLogger(__name__)

MAX_TRIES = 8
RETRY_WAIT = timedelta(seconds=20)
KEPT_FOR = timedelta(days=30)
"""Longer than any connector takes a signed request for fresh, so that none can be told twice."""
NEWS_FOR = timedelta(minutes=30)
"""News of a ticket that nobody waits for by then is dropped."""


@dataclass(frozen=True)
class Answer:
    """What goes back to the platform at once."""

    body: bytes
    content_type: str


def takes(account: Account) -> bool:
    """Say whether the platform can call us for this account."""
    return gateway.can(account, TakesCallbacks)


def address_of(account: Account) -> str:
    """Return the address that the platform calls for this account."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('hooks:account', args=[account.callback_key])}"


def receive(key: str, request: CallbackRequest, now: datetime) -> Answer:
    """Take what a platform told the account with this callback key; raise NotGenuine for anything else.

    A repeat gets the same answer again and is not kept twice.
    """
    account = Account.objects.connected().select_related("workspace").filter(callback_key=key).first()
    if account is None or not takes(account):
        raise NotGenuine("no such address")
    try:
        connector = gateway.connect(account)
    except NeedsReconnect:
        raise NotGenuine("no secret to check it with") from None
    callback = connector.read_callback(request)
    if callback.key:
        callback = _kept(account, connector, callback, now)
    return Answer(callback.answer, callback.content_type)


def _kept(account: Account, connector: Any, callback: Callback, now: datetime) -> Callback:
    said = auto_replying.choose(account, connector, callback, now)
    row = {"kind": callback.kind[:60], "data": dict(callback.data), "received_at": now, "try_after": now}
    try:
        with transaction.atomic():
            CallbackEvent.objects.create(
                account=account, key=_short(callback.key), answered=said.text, answered_marks=said.marks, **row
            )
        log.info("account %s was told: %s", account.pk, callback.kind)
        words = said.text
    except IntegrityError:  # told before: the answer is the one of then
        words = CallbackEvent.objects.get(account=account, key=_short(callback.key)).answered
    return connector.passive(callback, words) if words else callback


def _short(key: str) -> str:
    """Return a key that fits its column and is as unmistakable."""
    return key if len(key) <= 200 else f"{key[:120]}#{hashlib.sha256(key.encode()).hexdigest()}"


def hand_over(now: datetime, most: int = 200) -> list[int]:
    """Take callbacks that are due for handing to workers; what got lost is due again later."""
    taken = []
    for pk, was in CallbackEvent.objects.due(now).order_by("try_after", "pk").values_list("pk", "try_after")[:most]:
        rows = CallbackEvent.objects.filter(pk=pk, state=CallbackState.WAITING, try_after=was)
        if rows.update(try_after=now + UNDERSTANDING_FOR):
            taken.append(pk)
    return taken


def understand(row: CallbackEvent, now: datetime) -> CallbackEvent:
    """Write down what a callback means. Fine to do twice; what fails is tried again a few times."""
    if row.state != CallbackState.WAITING:
        return row
    account = row.account
    try:
        connector = gateway.connect(account)
        with translation.override(account.workspace.language):
            found = connector.understand(_callback_of(row))
            _take_in(row, connector, found, now)
        gateway.keep_renewed(account, connector)
    except ConnectorError as error:
        return _put_off(row, error, now)
    except Exception as error:
        _put_off(row, error, now)
        raise
    _end(row, CallbackState.DONE)
    return row


def wait_for_place(row: CallbackEvent, now: datetime) -> None:
    """Let a callback that was taken be due again in a moment: its server has no place for it now."""
    rows = CallbackEvent.objects.filter(pk=row.pk, state=CallbackState.WAITING)
    rows.update(try_after=now + places.SOON)


def _callback_of(row: CallbackEvent) -> Callback:
    return Callback(row.key, row.kind, row.data)


def _take_in(row: CallbackEvent, connector: Any, found: Understood, now: datetime) -> None:
    account = row.account
    for message in found.messages:
        if message.kind == "private" and not message.is_own:
            contacts.note_person(account, message.author_id, now)
    inbox.take_in(account, [*found.messages, *_said_by_us(row, connector, found)], now)
    note_events(account, found.events, now)
    note_tickets(account, found.tickets, now)
    following.take_in(account, found.fates, now)
    if found.is_revoked:
        problem = _("%(platform)s says that our access to this account was taken back.")
        health.mark_expired(account, problem % {"platform": account.label}, now)


def _said_by_us(row: CallbackEvent, connector: Any, found: Understood) -> Iterable[RemoteMessage]:
    """Return what our answer said to the person, as a message of ours in their talk; never before theirs,
    though the platform's clock may be ahead of ours."""
    if not row.answered or not isinstance(connector, AnswersCallbacks):
        return []
    occasion = connector.occasion(_callback_of(row))
    if occasion is None:
        return []
    return [
        RemoteMessage(
            f"auto:{row.key}"[:400],
            "private",
            occasion.thread_id,
            row.answered,
            max([row.received_at, *(message.at for message in found.messages)]),
            author_id=row.account.remote_id,
            author_name=row.account.name,
            is_own=True,
            marks=tuple(row.answered_marks),
            to_id=occasion.who_id,
        )
    ]


def note_events(account: Account, events: Iterable[RemoteEvent], now: datetime) -> None:
    """Keep what happened to an account, once each, and let it open talks and change contacts."""
    for event in events:
        row = AccountEvent(
            account=account, key=_short(event.key), kind=event.kind, at=event.at,
            who_id=event.who_id[:200], name=event.name[:200],
        )  # fmt: skip
        AccountEvent.objects.bulk_create([row], ignore_conflicts=True)
        contacts.note_event(account, event)
        if event.window is not None and event.thread_id:
            talks = Conversation.objects.filter(account=account, thread_id=event.thread_id)
            for talk in talks:
                inbox.open_window(talk, event.window, now)


def note_tickets(account: Account, remote_ids: Iterable[str], now: datetime) -> None:
    """Leave word that these tickets are worth a look; whoever waits for them looks down here on a clock."""
    rows = [TicketNews(account=account, remote_id=remote_id[:400], at=now) for remote_id in remote_ids]
    TicketNews.objects.bulk_create(rows, ignore_conflicts=True)


def _put_off(row: CallbackEvent, error: Exception, now: datetime) -> CallbackEvent:
    row.tries += 1
    sentence = str(error) if isinstance(error, ConnectorError) else type(error).__name__
    if row.tries >= MAX_TRIES:
        log.error("callback %s is given up: %s", row.pk, type(error).__name__)
        _end(row, CallbackState.FAILED, problem=sentence[:400], tries=row.tries)
        return row
    wait = RETRY_WAIT * 2 ** (row.tries - 1)
    CallbackEvent.objects.filter(pk=row.pk, state=CallbackState.WAITING).update(
        tries=row.tries, try_after=now + wait, problem=sentence[:400]
    )
    log.warning("callback %s: not understood yet, %s", row.pk, type(error).__name__)
    return row


def _end(row: CallbackEvent, state: str, **changes: Any) -> None:
    try:
        move(row, CALLBACK_MOVES, state, **changes)
    except WrongState:  # another worker had it too, with the same result
        row.refresh_from_db()


def prune(now: datetime) -> int:
    """Drop old callbacks, and news of tickets that nobody waited for; return how many rows went."""
    old = CallbackEvent.objects.filter(received_at__lt=now - KEPT_FOR).exclude(state=CallbackState.WAITING)
    gone, _rows = old.delete()
    dropped, _rows = TicketNews.objects.filter(at__lt=now - NEWS_FOR).delete()
    return gone + dropped
