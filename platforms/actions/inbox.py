"""What people say, taken in once, and who looks after the talk."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.lib.said import said as _
from mediaops.models import Membership, Right
from platforms.connectors.remote import RemoteMessage, ReplyWindow
from platforms.models import Account, Contact, Conversation, Message, Post, Reply
from platforms.models.message import TALK_MOVES, TalkState
from platforms.models.reply import REPLY_MOVES, ReplyState

log = logging.getLogger(__name__)


def take_in(account: Account, remotes: Iterable[RemoteMessage], now: datetime) -> int:
    """Write what a platform told; what is known already is brought up to date. Return how many are new."""
    new = 0
    touched: dict[int, Conversation] = {}
    for remote in remotes:
        message, is_new = record_message(account, remote, now)
        touched[message.conversation_id] = message.conversation
        new += is_new
    for conversation in touched.values():
        renew(conversation)
    return new


def record_message(account: Account, remote: RemoteMessage, now: datetime) -> tuple[Message, bool]:
    """Write one message and the talk it belongs to; say whether it is new.

    An answer of ours that was in doubt is settled when its words turn up in the talk.
    """
    conversation = _conversation_of(account, remote)
    is_own = remote.is_own or (bool(remote.author_id) and remote.author_id == account.remote_id)
    told = {
        "text": remote.text,
        "at": remote.at,
        "is_own": is_own,
        "author_id": remote.author_id[:200],
        "author_name": _name_of(account, remote.author_id, remote)[:200],
        "author_handle": remote.author_handle[:200],
        "author_url": remote.author_url[:1000],
        "avatar_url": remote.avatar_url[:1000],
        "reply_to": remote.reply_to[:400],
        "url": remote.url[:1000],
        "seen_at": now,
        "removed_at": None,
        **({"marks": list(remote.marks)} if remote.marks is not None else {}),
    }
    known = Message.objects.filter(conversation=conversation, remote_id=remote.remote_id)
    is_new = not known.update(**told)
    if is_new:
        is_new = _create_once(conversation, remote.remote_id, told)
        known.update(seen_at=now)
    message = known.get()
    message.conversation = conversation
    if is_new and remote.window is not None:
        open_window(conversation, remote.window, now)
    if is_own:
        _settle_doubt(message, now)
    elif is_new and conversation.state == TalkState.CLOSED:
        _reopen_by_message(conversation)
    return message, is_new


def _create_once(conversation: Conversation, remote_id: str, told: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            Message.objects.create(conversation=conversation, remote_id=remote_id, **told)
    except IntegrityError:  # syncing and replying saw it in the same moment
        return False
    return True


def _conversation_of(account: Account, remote: RemoteMessage) -> Conversation:
    post = Post.objects.filter(account=account, remote_id=remote.post_id).first() if remote.post_id else None
    who_id = remote.to_id if remote.is_own and remote.to_id else remote.author_id
    first = {
        "kind": remote.kind,
        "post": post,
        "who_id": who_id[:200],
        "who_name": _name_of(account, who_id, remote)[:200],
        "avatar_url": remote.avatar_url[:1000],
        "last_text": remote.text[:300],
        "last_at": remote.at,
    }
    row, _made = Conversation.objects.select_related("account", "post").get_or_create(
        account=account, thread_id=remote.thread_id, defaults=first
    )
    if post and row.post_id is None:
        Conversation.objects.filter(pk=row.pk).update(post=post)
        row.post = post
    return row


def _name_of(account: Account, who_id: str, remote: RemoteMessage) -> str:
    """Return how a person is called: as the platform says, else as our contact, else by their id."""
    told = remote.author_name or remote.author_handle
    if told and who_id == remote.author_id:
        return told
    contact = Contact.objects.filter(account=account, remote_id=who_id).first() if who_id else None
    return contact.shown_name if contact else (told or _short(who_id))


def _short(who_id: str) -> str:
    """Return an id as people can tell it apart: long ones by their end."""
    return who_id if len(who_id) <= 20 else f"…{who_id[-6:]}"


def renew(conversation: Conversation) -> None:
    """Work out again who speaks in a talk, what was said last, and since when it waits for us.

    An automatic answer that only holds the line (`holding`) leaves the talk waiting.
    """
    messages = list(conversation.messages.filter(removed_at=None).order_by("at", "pk"))
    if not messages:
        return
    theirs = [m for m in messages if not m.is_own]
    unseen = conversation.replies.filter(state=ReplyState.SENT, message=None).values_list("sent_at", flat=True)
    own_at = max(
        [*(m.at for m in messages if m.is_own and "holding" not in m.marks), *(at for at in unseen if at)],
        default=None,
    )
    open_ones = [m.at for m in theirs if own_at is None or m.at > own_at]
    changes = {
        **_who_of(conversation, theirs[0] if theirs else messages[0]),
        "last_text": messages[-1].text[:300],
        "last_at": messages[-1].at,
        "waits_since": min(open_ones, default=None),
        "answered_at": own_at,
    }
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    for name, value in changes.items():
        setattr(conversation, name, value)


def _who_of(conversation: Conversation, first: Message) -> dict[str, Any]:
    if first.is_own and conversation.who_id:  # we began the talk: it is with whom we wrote to
        return {}
    contact = Contact.objects.filter(account=conversation.account_id, remote_id=first.author_id).first()
    name = (contact and (contact.remark or contact.name)) or first.author_name
    return {"who_id": first.author_id, "who_name": name, "avatar_url": first.avatar_url}


def open_window(conversation: Conversation, window: ReplyWindow, now: datetime) -> None:
    """Let a talk be answered until then; a wider window that is still open stays."""
    is_open = (
        conversation.reply_until is not None and conversation.reply_until > now and conversation.replies_left != 0
    )
    if is_open and conversation.reply_until and conversation.reply_until > window.until:
        return
    changes = {"reply_until": window.until, "replies_left": window.answers}
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    conversation.reply_until, conversation.replies_left = window.until, window.answers


def _reopen_by_message(conversation: Conversation) -> None:
    try:
        move(conversation, TALK_MOVES, TalkState.OPEN)
    except WrongState:
        return
    workspace = conversation.account.workspace
    record(by=None, verb="conversation.reopened", subject=conversation, workspace=workspace)


def _settle_doubt(message: Message, now: datetime) -> None:
    """Find the answer of ours that this message is, if one is in doubt or was confirmed unseen."""
    said, latest = _folded(message.text), message.at + timedelta(minutes=5)
    unlinked = Reply.objects.filter(conversation=message.conversation, message=None, made_at__lte=latest)
    for row in unlinked.filter(state__in=[ReplyState.UNSURE, ReplyState.SENT]):
        if _folded(row.text) != said or Reply.objects.filter(message=message).exists():
            continue
        if row.state == ReplyState.UNSURE:
            move(row, REPLY_MOVES, ReplyState.SENT, message=message, sent_at=message.at, problem="", problem_raw="")
            record_sent(row)
        else:
            Reply.objects.filter(pk=row.pk).update(message=message)
        return


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def record_sent(row: Reply) -> None:
    conversation = row.conversation
    record(by=None, verb="reply.sent", subject=conversation, workspace=conversation.account.workspace, reply=row.pk)


def close(conversation: Conversation, *, by: Membership, now: datetime) -> Conversation:
    """Say that nothing is left to do here. A new message opens the talk again."""
    move(conversation, TALK_MOVES, TalkState.CLOSED)
    record(by=by, verb="conversation.closed", subject=conversation)
    return conversation


def reopen(conversation: Conversation, *, by: Membership, now: datetime) -> Conversation:
    """Take a closed talk up again."""
    move(conversation, TALK_MOVES, TalkState.OPEN)
    record(by=by, verb="conversation.reopened", subject=conversation)
    return conversation


def assign(conversation: Conversation, to: Membership | None, *, by: Membership, now: datetime) -> Conversation:
    """Give the talk to a member who may answer, or to nobody; the member is told."""
    if to is not None and (to.workspace_id != by.workspace_id or not to.may(Right.ANSWER)):
        raise UserError(_("This person cannot answer in this team."), fields={"member": [_("Choose someone else.")]})
    Conversation.objects.filter(pk=conversation.pk).update(assigned_to=to)
    conversation.assigned_to = to
    record(by=by, verb="conversation.assigned", subject=conversation, to=to.name if to else "")
    if to is not None and to.pk != by.pk:
        notify(
            [to],
            kind="conversation.assigned",
            key=f"conversation.assigned:{conversation.pk}:{to.pk}:{now:%Y%m%d%H%M}",
            text=gettext_lazy("A conversation was given to you."),
            way_out=gettext_lazy("Read and answer it."),
            url=conversation.get_absolute_url(),
        )
    return conversation
