"""The inbox as its screen needs it: talks in order, and one talk's lines in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from mediaops.models import Membership, Workspace
from platforms.actions import answering, moderating
from platforms.models import Account, AccountEvent, Conversation, Message, Reply
from platforms.models.message import Kind, TalkState
from platforms.models.reply import ReplyState

SOON = timedelta(hours=4)
LATE = timedelta(hours=24)
COUNT_MOST = 1000
LAST_HOURS, LAST_DAY = timedelta(hours=3), timedelta(hours=12)
"""From here on a talk's time to reply is short."""
EVENTS_SHOWN = 20
TABS = ("waiting", "mine", "all", "closed")
"""Views of the inbox: what waits for an answer, my open talks, everything, what is done."""


@dataclass(frozen=True)
class Line:
    """One line of a talk: a message, an answer of ours on its way (`reply` without `message`), or something
    that the person did (`event`). `acts` are what may be done to a comment now."""

    at: datetime
    text: str
    is_own: bool
    name: str
    message: Message | None = None
    reply: Reply | None = None
    event: AccountEvent | None = None
    acts: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The reader's day, for the lines between days."""
        return timezone.localtime(self.at).date()


def in_tab(rows: Any, tab: str, member: Membership) -> Any:
    """Keep the talks of one view."""
    if tab == "mine":
        return rows.filter(state=TalkState.OPEN, assigned_to=member)
    if tab == "closed":
        return rows.filter(state=TalkState.CLOSED)
    if tab == "all":
        return rows
    return rows.waiting()


def in_order(rows: QuerySet[Conversation], tab: str, now: datetime) -> list[QuerySet[Conversation]]:
    """Put the talk whose time to reply ends first at the top, then who waits longest, then the latest words.

    Parts to be read one after the other, so that each may walk an index of its own.
    """
    if tab == "closed":
        return [rows.order_by("-last_at", "-pk")]
    runs = Q(waits_since__isnull=False, reply_until__gt=now) & ~Q(replies_left=0)
    waits = "waits_since" if tab == "waiting" else F("waits_since").asc(nulls_last=True)
    return [rows.filter(runs).order_by("reply_until", "-pk"), rows.filter(~runs).order_by(waits, "-last_at", "-pk")]


def read_on(parts: Sequence[QuerySet[Conversation]], start: int, most: int) -> list[Conversation]:
    """Return at most `most` rows of the parts, read one after the other, from number `start` on."""
    found: list[Conversation] = []
    for part in parts:
        found += part[start : start + most - len(found)]
        if len(found) >= most or part is parts[-1]:
            break
        start = max(start - part.count(), 0) if not found else 0
    return found


@dataclass(frozen=True)
class Clock:
    """How long a talk may still be answered; `problem` says in a sentence why it may not any more."""

    until: datetime | None
    left: int | None
    problem: str
    tone: str

    @property
    def runs(self) -> bool:
        return self.until is not None and not self.problem


def clock_of(talk: Conversation, now: datetime) -> Clock:
    """Return a talk's time to reply, as the list and the answer's form show it."""
    problem = answering.window_problem(talk, now)
    rest = talk.reply_until - now if talk.reply_until else None
    tone = "" if rest is None or problem else "late" if rest < LAST_HOURS else "soon" if rest < LAST_DAY else ""
    return Clock(talk.reply_until, talk.replies_left, problem, tone)


def dress(talk: Any, now: datetime) -> None:
    """Give a talk what its row in a list shows beside the columns: `tone` and `clock`."""
    talk.tone, talk.clock = tone(talk, now), clock_of(talk, now)


def counts(workspace: Workspace, member: Membership) -> dict[str, int]:
    """Count the open talks of the views; what waits up to `COUNT_MOST`."""
    mine = Conversation.objects.filter(assigned_to=member, state=TalkState.OPEN)  # a member is of one workspace
    return {"waiting": count_waiting(workspace), "mine": mine.count()}


def count_waiting(workspace: Workspace) -> int:
    """Count the talks that wait for an answer, up to `COUNT_MOST`: every page shows it, so it must not grow."""
    return Conversation.objects.in_workspace(workspace).waiting().order_by()[:COUNT_MOST].count()


def tone(talk: Conversation, now: datetime) -> str:
    """Say how urgent a talk's clock is: "", "soon" or "late"."""
    if talk.waits_since is None or talk.state != TalkState.OPEN:
        return ""
    waited = now - talk.waits_since
    return "late" if waited >= LATE else "soon" if waited >= SOON else ""


def lines_of(conversation: Conversation) -> list[Line]:
    """Return a talk's messages with our answers among them, oldest first."""
    replies = list(conversation.replies.select_related("by__user").exclude(state=ReplyState.DROPPED))
    by_message = {row.message_id: row for row in replies if row.message_id}
    lines = []
    for m in conversation.messages.filter(removed_at=None).order_by("at", "pk"):
        answer = by_message.get(m.pk)
        name = answer.by.name if answer and answer.by else m.author_name
        m.conversation = conversation
        acts = tuple(moderating.acts_on(conversation.account, m))
        lines.append(Line(m.at, m.text, m.is_own, name, message=m, reply=answer, acts=acts))
    for row in replies:
        if row.message_id is None:
            name = row.by.name if row.by else ""
            lines.append(Line(row.sent_at or row.made_at, row.text, True, name, reply=row))
    if conversation.kind == Kind.PRIVATE and conversation.who_id:
        events = AccountEvent.objects.of(conversation.account, conversation.who_id)
        lines += [Line(each.at, "", False, "", event=each) for each in events[:EVENTS_SHOWN]]
    return sorted(lines, key=lambda line: line.at)


def is_busy(lines: list[Line]) -> bool:
    """Say whether an answer is on its way, so that the page asks again soon."""
    moving = {ReplyState.WAITING, ReplyState.SENDING}
    return any(line.reply is not None and line.reply.state in moving for line in lines)


def last_own(lines: list[Line]) -> int:
    """Return the id of the last own message on the page, 0 for none."""
    return max((line.message.pk for line in lines if line.message and line.is_own), default=0)


def talk_accounts(workspace: Workspace) -> QuerySet[Account]:
    """Return the accounts that can have talks, and those that once could."""
    return Account.objects.in_workspace(workspace).select_related("workspace").order_by("platform", "name")
