"""Answers that go out by themselves: which one fits, and keeping the list of them."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import regex
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership
from platforms import gateway
from platforms.connectors.base import AnswersCallbacks
from platforms.connectors.remote import Callback, Occasion
from platforms.models import Account, AutoReply, Reply
from platforms.models.auto_reply import Match, Trigger

log = logging.getLogger(__name__)

TALKING_FOR = timedelta(minutes=30)
"""Somebody of the team is talking to a person until this long after their last words."""
PATTERN_S = 0.05
"""A pattern that thinks longer than this about one message does not fit."""
TEXT_BYTES_MAX = 2048
"""What a platform takes as the text of such an answer (bytes of UTF-8)."""
WORDS_MAX, LIST_MAX = 50, 100


@dataclass(frozen=True)
class Said:
    """What goes out by itself; "" is nothing. `marks` are those of the message that it becomes."""

    text: str = ""
    marks: list[str] = field(default_factory=list)


def can_answer(account: Account) -> bool:
    """Say whether this account can answer by itself."""
    return gateway.can(account, AnswersCallbacks)


def choose(account: Account, connector: Any, callback: Callback, now: datetime) -> Said:
    """Return the answer that fits what a person just did: the first in order, or none."""
    if not isinstance(connector, AnswersCallbacks):
        return Said()
    occasion = connector.occasion(callback)
    if occasion is None:
        return Said()
    row = fitting(list(AutoReply.objects.on(account)), occasion)
    if row is None or (row.yields_to_people and _somebody_talks(account, occasion.thread_id, now)):
        return Said()
    return Said(row.text, ["auto"] if row.trigger == Trigger.KEYWORD else ["auto", "holding"])


def fitting(rows: list[AutoReply], occasion: Occasion) -> AutoReply | None:
    """Return the first answer that fits; one for any other message only when no keyword does."""
    if occasion.kind == "follow":
        return next((row for row in rows if row.trigger == Trigger.WELCOME), None)
    keyword = next((row for row in rows if row.trigger == Trigger.KEYWORD and _fits(row, occasion.text)), None)
    if keyword is not None or occasion.kind == "press":
        return keyword
    return next((row for row in rows if row.trigger == Trigger.OTHERWISE), None)


def _fits(row: AutoReply, text: str) -> bool:
    said = " ".join(text.split()).casefold()
    if not said:
        return False
    if row.match == Match.PATTERN:
        return any(_pattern_fits(pattern, text) for pattern in row.word_list)
    words = [" ".join(word.split()).casefold() for word in row.word_list]
    return said in words if row.match == Match.EXACT else any(word in said for word in words)


def _pattern_fits(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text[:2000], flags=regex.IGNORECASE, timeout=PATTERN_S) is not None
    except (regex.error, TimeoutError):
        return False


def _somebody_talks(account: Account, thread_id: str, now: datetime) -> bool:
    rows = Reply.objects.filter(conversation__account=account, conversation__thread_id=thread_id)
    return rows.filter(made_at__gte=now - TALKING_FOR).exclude(by=None).exists()


def add(account: Account, *, by: Membership, now: datetime, **given: Any) -> AutoReply:
    """Add an automatic answer at the end of the account's list. `given` are fields of the row."""
    demand_able(account)
    row = AutoReply(account=account, made_at=now, made_by=by, **given)
    _demand_sound(row)
    with transaction.atomic():
        rows = AutoReply.objects.filter(account=account)
        if rows.count() >= LIST_MAX:
            raise UserError(_("An account has at most %(max)d automatic answers.") % {"max": LIST_MAX})
        row.order = (rows.aggregate(last=Max("order"))["last"] or 0) + 1
        row.save()
        record(by=by, verb="auto_reply.made", subject=row)
    return row


def change(row: AutoReply, *, by: Membership, now: datetime, **given: Any) -> AutoReply:
    """Change an automatic answer."""
    for name, value in given.items():
        setattr(row, name, value)
    _demand_sound(row)
    with transaction.atomic():
        row.save(update_fields=list(given))
        record(by=by, verb="auto_reply.changed", subject=row)
    return row


def shift(row: AutoReply, steps: int, *, by: Membership, now: datetime) -> AutoReply:
    """Try the answer earlier (-1) or later (1) than its neighbour."""
    with transaction.atomic():
        rows = list(AutoReply.objects.filter(account=row.account_id).order_by("order", "pk"))
        at = next(place for place, each in enumerate(rows) if each.pk == row.pk)
        rows.insert(max(at + steps, 0), rows.pop(at))
        for place, each in enumerate(rows, 1):
            each.order = place
        AutoReply.objects.bulk_update(rows, ["order"])
        record(by=by, verb="auto_reply.changed", subject=row)
    row.order = next(each.order for each in rows if each.pk == row.pk)
    return row


def drop(row: AutoReply, *, by: Membership, now: datetime) -> None:
    """Remove an automatic answer."""
    with transaction.atomic():
        record(by=by, verb="auto_reply.dropped", subject=row)
        row.delete()


def demand_able(account: Account) -> None:
    """Raise UserError unless this account can answer by itself."""
    if not can_answer(account):
        raise UserError(_("%(platform)s cannot answer by itself from here.") % {"platform": account.label})


def _demand_sound(row: AutoReply) -> None:
    row.text = row.text.strip()
    if not row.text:
        raise _wrong("text", _("Write something first."))
    size = len(row.text.encode())
    if size > TEXT_BYTES_MAX:
        raise _wrong("text", _("%(n)d bytes; at most %(max)d are taken.") % {"n": size, "max": TEXT_BYTES_MAX})
    if row.trigger != Trigger.KEYWORD:
        row.words, row.match = "", Match.EXACT
        return
    if not row.word_list:
        raise _wrong("words", _("Name at least one keyword."))
    if len(row.word_list) > WORDS_MAX or max(map(len, row.word_list)) > 200:
        raise _wrong("words", _("At most %(n)d keywords of 200 characters.") % {"n": WORDS_MAX})
    if row.match == Match.PATTERN:
        for pattern in row.word_list:
            _demand_pattern(pattern)


def _demand_pattern(pattern: str) -> None:
    try:
        regex.compile(pattern)
    except regex.error as error:
        sentence = _("“%(pattern)s” is not a pattern: %(problem)s.")
        raise _wrong("words", sentence % {"pattern": pattern, "problem": error}) from None


def _wrong(name: str, sentence: str) -> UserError:
    return UserError(sentence, fields={name: [sentence]})
