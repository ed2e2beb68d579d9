"""What we answer: sent at most once, and in doubt rather than twice."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.lib.said import reason
from mediaops.lib.said import said as _
from mediaops.models import Membership
from platforms import gateway, places
from platforms.actions import health, inbox
from platforms.connectors.base import Replies
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
    WindowClosed,
)
from platforms.connectors.remote import RemoteMessage
from platforms.models import Account, Conversation, Message, Reply
from platforms.models.reply import REPLY_MOVES, ReplyState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""Longer than any one call to a platform may take."""
HANDED_OVER = timedelta(minutes=1)
"""An answer handed to the broker is not handed over again before this has passed."""
LOOKING = timedelta(seconds=45)
"""How long a doubtful answer is looked for before its writer is told."""
RETRY_WAIT = timedelta(seconds=30)
MAX_TRIES = 6
SAME_AGAIN = timedelta(minutes=2)
"""The same words to the same message within this time are a double click, not a second answer."""
TEXT_MAX = 10_000


class WindowOver(UserError):
    """The platform takes no more answers in this talk until the other side speaks again."""

    status = HTTPStatus.CONFLICT
    code = "reply_window_closed"


class AnsweredMeanwhile(UserError):
    """A colleague answered while this answer was being written."""

    status = HTTPStatus.CONFLICT
    code = "answered_meanwhile"


def can_reply(account: Account) -> bool:
    """Say whether answers can be sent on this account from here."""
    return account.is_working and gateway.can(account, Replies)


def reply(
    conversation: Conversation,
    text: str,
    *,
    by: Membership,
    now: datetime,
    to: Message | None = None,
    seen: int | None = None,
) -> Reply:
    """Answer the talk: `to` one of its messages, or the last that is not ours. A worker sends it.

    `seen` is the id of the last own message the writer saw (0 for none): if a colleague answered
    since, AnsweredMeanwhile is raised and nothing is written. The same words given twice within
    two minutes are one answer.
    """
    words = text.strip()
    _demand_sendable(conversation.account, words)
    _demand_window(conversation, now)
    target = to or conversation.messages.filter(is_own=False, removed_at=None).order_by("at", "pk").last()
    if target is None or target.conversation_id != conversation.pk:
        raise UserError(_("There is nothing to answer in this conversation."))
    twin = conversation.replies.filter(to=target, text=words, made_at__gte=now - SAME_AGAIN)
    known = twin.exclude(state__in=[ReplyState.FAILED, ReplyState.DROPPED]).first()
    if known is not None:
        return known
    if seen is not None:
        _demand_unanswered(conversation, seen, by)
    with transaction.atomic():
        row = Reply.objects.create(
            conversation=conversation, to=target, text=words, by=by, made_at=now, try_after=now
        )  # fmt: skip
        record(by=by, verb="conversation.answered", subject=conversation, reply=row.pk)
        if conversation.assigned_to_id is None:
            Conversation.objects.filter(pk=conversation.pk, assigned_to=None).update(assigned_to=by)
            conversation.assigned_to = by
    return row


def _demand_sendable(account: Account, words: str) -> None:
    spec = gateway.spec_of(account)
    if not words:
        raise UserError(_("Write something first."), fields={"text": [_("Write something first.")]})
    if not gateway.can(account, Replies):
        raise UserError(
            _("Answers on %(platform)s cannot be sent from here; answer there.") % {"platform": spec.label}
        )
    if not account.is_working:
        raise UserError(_("“%(account)s” must be reconnected before it can answer.") % {"account": account.name})
    limit = gateway.limits_of(account).text_max if spec.body_format == "note" else None
    count = spec.count_text(words)
    if limit is not None and count > limit:
        sentence = _("%(n)d characters; %(platform)s allows %(max)d in an answer.") % {
            "n": count, "platform": spec.label, "max": limit,
        }  # fmt: skip
        raise UserError(sentence, fields={"text": [sentence]})
    if len(words) > TEXT_MAX:
        raise UserError(_("An answer has at most %(max)d characters.") % {"max": TEXT_MAX})


def window_problem(conversation: Conversation, now: datetime, *, on_the_way: int = 0) -> str:
    """Say in a sentence why the platform takes no answer in this talk, "" when it does."""
    platform = conversation.account.label
    if conversation.reply_until is None:
        return ""
    if now >= conversation.reply_until:
        return _("The time to reply is over; %(platform)s no longer allows it until they write again.") % {
            "platform": platform
        }
    if conversation.replies_left is not None and conversation.replies_left <= on_the_way:
        return _("The replies %(platform)s allows here are used up until they write again.") % {"platform": platform}
    return ""


def _demand_window(conversation: Conversation, now: datetime) -> None:
    moving = conversation.replies.filter(state__in=[ReplyState.WAITING, ReplyState.SENDING]).count()
    if problem := window_problem(conversation, now, on_the_way=moving):
        raise WindowOver(problem, fields={"text": [problem]})


def _demand_unanswered(conversation: Conversation, seen: int, by: Membership) -> None:
    said = conversation.messages.filter(is_own=True, pk__gt=seen).exists()
    on_the_way = conversation.replies.pending().exclude(by=by).select_related("by__user").last()
    if on_the_way is not None and on_the_way.state in {ReplyState.WAITING, ReplyState.SENDING}:
        name = on_the_way.by.name if on_the_way.by else _("A colleague")
        raise AnsweredMeanwhile(
            _("%(name)s answered a moment ago. Your text is kept; read theirs before you send it.") % {"name": name}
        )
    if said:
        raise AnsweredMeanwhile(
            _("This was answered meanwhile. Your text is kept; read the answer before you send it.")
        )


def hand_over(now: datetime, most: int = 200) -> list[int]:
    """Take answers that are due for handing to workers; what got lost is due again after a minute."""
    taken = []
    for pk, was in Reply.objects.due(now).order_by("try_after").values_list("pk", "try_after")[:most]:
        rows = Reply.objects.filter(pk=pk, state=ReplyState.WAITING, try_after=was)
        if rows.update(try_after=now + HANDED_OVER):
            taken.append(pk)
    return taken


def put_off(row: Reply, now: datetime) -> None:
    """Let an answer that was taken be due again in a moment: its server has no place for it now."""
    Reply.objects.filter(pk=row.pk, state=ReplyState.WAITING).update(try_after=now + places.SOON)


def send(row: Reply, now: datetime) -> Reply:
    """Send one waiting answer; its state afterwards says what happened.

    Only what surely was not sent is tried again by itself. Anything else that may have reached the
    platform is left in doubt for syncing to find, or a person to decide.
    """
    try:
        move(row, REPLY_MOVES, ReplyState.SENDING, claimed_until=now + LEASE, tries=row.tries + 1)
    except WrongState:  # another worker has it, or a person dropped it
        return row
    account = row.conversation.account
    try:
        if problem := window_problem(row.conversation, now):
            raise WindowClosed(problem)
        remote = _talk(account, row)
    except NothingSent as error:
        _wait_or_fail(row, error, now)
    except NeedsReconnect as error:
        health.mark_expired(account, error, now)
        _end(row, ReplyState.FAILED, error, now)
    except Refused as error:
        if isinstance(error, WindowClosed):
            _close_window(row.conversation, now)
        if isinstance(error, NotPermitted):
            health.lose_right(account, "reply", error, now)
        _end(row, ReplyState.FAILED, error, now)
    except Exception as error:  # it may have reached the platform: a machine never says it twice
        _end(row, ReplyState.UNSURE, error, now)
        _look_soon(account, now)
        if not isinstance(error, OutcomeUnknown):
            raise
    else:
        _settle(row, remote, now)
    log.info("reply %s: %s", row.pk, row.state)
    return row


def _close_window(conversation: Conversation, now: datetime) -> None:
    """The platform said that it takes no more answers here, whatever we reckoned."""
    until = min(conversation.reply_until or now, now)
    Conversation.objects.filter(pk=conversation.pk).update(reply_until=until, replies_left=0)
    conversation.reply_until, conversation.replies_left = until, 0


def _talk(account: Account, row: Reply) -> RemoteMessage:
    connector = gateway.connect(account)
    try:
        return connector.reply(row.to.remote_id, row.text)
    finally:
        gateway.keep_renewed(account, connector)


def _settle(row: Reply, remote: RemoteMessage, now: datetime) -> None:
    account = row.conversation.account
    with transaction.atomic():
        message, _new = inbox.record_message(account, _as_own(remote, row), now)
        row.refresh_from_db(fields=["state"])  # the sweep may have doubted a slow call
        if row.state != ReplyState.SENT:
            move(row, REPLY_MOVES, ReplyState.SENT, message=message, sent_at=now, problem="", problem_raw="")
            inbox.record_sent(row)
        Conversation.objects.filter(pk=row.conversation_id, replies_left__gt=0).update(
            replies_left=F("replies_left") - 1
        )
        inbox.renew(message.conversation)


def _as_own(remote: RemoteMessage, row: Reply) -> RemoteMessage:
    return replace(remote, is_own=True, thread_id=row.conversation.thread_id, kind=row.conversation.kind)  # type: ignore[arg-type]


def _wait_or_fail(row: Reply, error: NothingSent, now: datetime) -> None:
    if row.tries >= MAX_TRIES:
        _end(row, ReplyState.FAILED, error, now)
        return
    wait = timedelta(seconds=error.wait_s) if error.wait_s else RETRY_WAIT * 2 ** (row.tries - 1)
    words: dict[str, Any] = {"problem_raw": error.raw, "claimed_until": None} | reason(error, 400)
    move(row, REPLY_MOVES, ReplyState.WAITING, try_after=now + wait, **words)


def _end(row: Reply, state: str, error: Exception, now: datetime) -> None:
    """Settle an answer that did not, or not surely, go out.

    Who wrote it is told: of a failure at once, of a doubt when looking for it did not help in time.
    """
    is_told = isinstance(error, ConnectorError)
    sentence = error if is_told else _("Something went wrong on our side while this was being sent.")
    raw = error.raw if isinstance(error, ConnectorError) else type(error).__name__
    tell_at = now + LOOKING if state == ReplyState.UNSURE else None
    move(row, REPLY_MOVES, state, problem_raw=raw, claimed_until=tell_at, **reason(sentence, 400))
    if state == ReplyState.FAILED:
        _tell_writer(row)


def tell_of_doubts(now: datetime) -> int:
    """Tell who wrote them of answers that stayed in doubt; return how many."""
    told = 0
    doubts = Reply.objects.filter(state=ReplyState.UNSURE, claimed_until__lt=now)
    for row in doubts.select_related("conversation__account__workspace", "by__user", "by__workspace"):
        if Reply.objects.filter(pk=row.pk, claimed_until=row.claimed_until).update(claimed_until=None):
            _tell_writer(row)
            told += 1
    return told


def _tell_writer(row: Reply) -> None:
    if row.by is None or row.by.left_at is not None:
        return
    is_doubt = row.state == ReplyState.UNSURE
    doubt = gettext_lazy("It is not clear whether your answer went out.")
    notify(
        [row.by],
        kind=f"reply.{row.state}",
        key=f"reply.{row.state}:{row.pk}:{row.tries}",
        text=doubt if is_doubt else gettext_lazy("Your answer was not sent."),
        way_out=gettext_lazy("Open the conversation and decide."),
        url=row.conversation.get_absolute_url(),
        level="warning",
        mail=True,
    )


def _look_soon(account: Account, now: datetime) -> None:
    """Let syncing read this account's talks at the next tick, to settle a doubt."""
    held = now + timedelta(minutes=3)  # further away: a worker holds it, or it waits after failures
    Account.objects.working().filter(pk=account.pk, sync_after__lte=held).update(sync_after=now)


def release_stuck(now: datetime) -> int:
    """Put answers whose worker went silent in doubt; return how many."""
    stuck = Reply.objects.stuck(now).select_related("conversation__account__workspace", "by__user", "by__workspace")
    released = 0
    for row in stuck:
        try:
            _end(row, ReplyState.UNSURE, OutcomeUnknown(_("The worker stopped while this was being sent.")), now)
        except WrongState:
            continue
        _look_soon(row.conversation.account, now)
        released += 1
    return released


def send_again(row: Reply, *, by: Membership, now: datetime) -> Reply:
    """A person decides that a failed or doubtful answer is not out there, and sends it again."""
    _demand_sendable(row.conversation.account, row.text)
    _demand_window(row.conversation, now)
    move(row, REPLY_MOVES, ReplyState.WAITING, try_after=now, tries=0, problem="", problem_raw="", claimed_until=None)
    record(by=by, verb="reply.sent_again", subject=row.conversation, reply=row.pk)
    return row


def confirm_sent(row: Reply, *, by: Membership, now: datetime) -> Reply:
    """A person saw on the platform that a doubtful answer is there."""
    if row.state != ReplyState.UNSURE:
        raise WrongState(_("This answer is not in doubt."))
    move(row, REPLY_MOVES, ReplyState.SENT, sent_at=row.made_at, problem="", problem_raw="")
    Conversation.objects.filter(pk=row.conversation_id, waits_since__lte=row.made_at).update(
        waits_since=None, answered_at=row.made_at
    )
    record(by=by, verb="reply.confirmed", subject=row.conversation, reply=row.pk)
    return row


def drop(row: Reply, *, by: Membership, now: datetime) -> Reply:
    """Give up an answer that failed or is in doubt."""
    move(row, REPLY_MOVES, ReplyState.DROPPED, claimed_until=None)
    record(by=by, verb="reply.dropped", subject=row.conversation, reply=row.pk)
    return row
