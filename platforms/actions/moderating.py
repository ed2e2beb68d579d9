"""Comments under our posts: deleted, hidden, put forward; and whether there may be any."""

import logging
from datetime import datetime
from typing import get_args

from django.db import transaction
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership
from platforms import gateway
from platforms.actions import health, inbox, posting
from platforms.connectors.base import Moderates, OpensComments
from platforms.connectors.spec import CommentAct
from platforms.models import Account, Message, Post
from platforms.models.message import Kind

log = logging.getLogger(__name__)

ACTS: tuple[CommentAct, ...] = get_args(CommentAct)
MARKS: dict[str, tuple[str, bool]] = {
    "hide": ("hidden", True), "show": ("hidden", False), "elect": ("elected", True), "unelect": ("elected", False),
    "top": ("top", True), "untop": ("top", False),
}  # fmt: skip
"""What an act does to a message's marks: which, and whether it is there afterwards."""


def acts_on(account: Account, message: Message) -> list[CommentAct]:
    """Return what can be done to a message at this moment, in the order of the platform's own list."""
    if message.conversation.kind != Kind.COMMENT or message.removed_at or not gateway.can(account, Moderates):
        return []
    acts = gateway.spec_of(account).comment_acts
    if message.is_own:
        return [act for act in acts if act == "delete"]
    return [act for act in acts if act not in MARKS or (MARKS[act][0] in message.marks) != MARKS[act][1]]


def moderate(message: Message, act: CommentAct, *, by: Membership, now: datetime) -> Message:
    """Do something to a comment on its platform and write it down; doing it twice is fine."""
    account = message.conversation.account
    if act not in gateway.spec_of(account).comment_acts or message.conversation.kind != Kind.COMMENT:
        raise UserError(_("%(platform)s offers nothing of the kind.") % {"platform": account.label})
    health.ask(account, Moderates, "moderate", lambda connector: connector.moderate(message.remote_id, act), now)
    with transaction.atomic():
        if act == "delete":
            message.removed_at = now
        else:
            mark, is_there = MARKS[act]
            message.marks = [*(each for each in message.marks if each != mark), *([mark] if is_there else [])]
        Message.objects.filter(pk=message.pk).update(removed_at=message.removed_at, marks=message.marks)
        record(by=by, verb="message.moderated", subject=message.conversation, message=message.pk, act=act)
        inbox.renew(message.conversation)
    log.info("message %s: %s", message.pk, act)
    return message


def can_open(account: Account) -> bool:
    """Say whether comments under this account's posts can be opened and closed from here."""
    return gateway.can(account, OpensComments)


def set_comments_open(post: Post, is_open: bool, *, by: Membership, now: datetime) -> Post:
    """Let readers comment on a post, or not any more. The platform does not tell which it is."""
    ref = posting.ref_of(post)
    ask = health.ask
    ask(post.account, OpensComments, "moderate", lambda connector: connector.set_comments_open(ref, is_open), now)
    record(by=by, verb="post.comments_opened" if is_open else "post.comments_closed", subject=post)
    return post
