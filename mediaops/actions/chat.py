"""Telling a team's group chats what the team must know."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.lib.chat_robots import ChatText, RobotRefused, RobotSilent, address_problem, send
from mediaops.lib.sealing import CannotOpen, seal, unseal
from mediaops.models import ChatMessage, ChatRobot, Membership, Notice, Workspace

log = logging.getLogger(__name__)

TRIES = 6
WAIT = timedelta(seconds=20)
HOLD = timedelta(minutes=2)
"""How long a worker may hold a message before another one takes it."""
STALE = timedelta(hours=6)
"""A message that could not be said for so long helps nobody any more."""
PACE = 15
"""Messages to one group in one go: the makers take about 20 a minute."""


def add_robot(
    workspace: Workspace,
    *,
    kind: str,
    name: str,
    url: str,
    secret: str = "",
    only_urgent: bool = False,
    by: Membership,
    now: datetime,
) -> ChatRobot:
    """Add a group's robot, proven by a message that the group sees; raise UserError when none arrives."""
    row = ChatRobot(
        workspace=workspace, kind=kind, name=name.strip(), only_urgent=only_urgent, made_by=by, made_at=now
    )
    row.sealed = seal(_prove(row, url.strip(), secret.strip(), now))
    row.reached_at = now
    with transaction.atomic():
        row.save()
        record(by=by, verb="chat.added", subject=row, kind=kind)
    return row


def change_robot(
    row: ChatRobot,
    *,
    name: str,
    only_urgent: bool,
    is_on: bool,
    url: str = "",
    secret: str = "",
    by: Membership,
    now: datetime,
) -> ChatRobot:
    """Change a robot; a new address is proven first, an empty one keeps what is there."""
    changes: dict[str, object] = {"name": name.strip(), "only_urgent": only_urgent, "is_on": is_on}
    if url.strip():
        sealed = seal(_prove(row, url.strip(), secret.strip(), now))
        changes |= {"sealed": sealed, "problem": "", "reached_at": now}
    with transaction.atomic():
        ChatRobot.objects.filter(pk=row.pk).update(**changes)
        record(by=by, verb="chat.changed", subject=row, is_on=is_on)
    row.refresh_from_db()
    return row


def drop_robot(row: ChatRobot, *, by: Membership) -> None:
    """Take a robot out; nothing more is said in its group."""
    with transaction.atomic():
        record(by=by, verb="chat.dropped", subject=row)
        row.delete()


def try_robot(row: ChatRobot, now: datetime) -> ChatRobot:
    """Say in the group that the connection works; raise UserError with the maker's reason when it does not."""
    try:
        secret = unseal(row.sealed)
    except CannotOpen:
        raise UserError(_("The stored address cannot be opened with today's keys. Enter it again.")) from None
    try:
        _prove(row, secret["url"], secret.get("secret", ""), now)
    except UserError as error:
        ChatRobot.objects.filter(pk=row.pk).update(problem=str(error)[:400])
        raise
    ChatRobot.objects.filter(pk=row.pk).update(problem="", reached_at=now)
    row.refresh_from_db()
    return row


def say(
    workspace: Workspace,
    *,
    key: str,
    text: object,
    way_out: object = "",
    url: str = "",
    level: str = Notice.Level.INFO,
) -> int:
    """Put a sentence into every group of the workspace, once per `key`; return how many are new.

    `text` and `way_out` are lazy translations, read in the workspace's language.
    """
    robots = ChatRobot.objects.in_workspace(workspace).filter(is_on=True)
    if level != Notice.Level.URGENT:
        robots = robots.filter(only_urgent=False)
    with translation.override(workspace.language):
        words = {"text": str(text)[:400], "way_out": str(way_out)[:400], "url": url[:1000], "level": level}
    made = [ChatMessage.objects.get_or_create(robot=robot, key=key[:120], defaults=words) for robot in robots]
    return sum(is_new for _row, is_new in made)


def hand_out(now: datetime) -> list[int]:
    """Mark messages that are due as taken and return them, a few per group."""
    taken: list[int] = []
    held: dict[int, int] = {}
    for pk, robot, was in ChatMessage.objects.due(now).values_list("pk", "robot_id", "try_after")[:200]:
        held[robot] = held.get(robot, 0) + 1
        mine = ChatMessage.objects.filter(pk=pk, ended_at=None, try_after=was)
        if held[robot] <= PACE and mine.update(try_after=now + HOLD):
            taken.append(pk)
    return taken


def deliver(pk: int, now: datetime) -> bool:
    """Say one message that was taken; return whether it arrived. What is hours old is given up."""
    row = ChatMessage.objects.select_related("robot__workspace").filter(pk=pk, ended_at=None).first()
    if row is None:
        return False
    rows = ChatMessage.objects.filter(pk=pk, ended_at=None)
    if now - row.made_at > STALE:
        rows.update(ended_at=now)
        return False
    try:
        with translation.override(row.robot.workspace.language):
            send(row.robot.kind, unseal(row.robot.sealed), _as_text(row), now)
    except RobotSilent as error:
        wait = WAIT * 2**row.tries
        rows.update(
            tries=row.tries + 1, try_after=now + wait, **({"ended_at": now} if row.tries + 1 >= TRIES else {})
        )
        _note(row.robot, str(error))
        return False
    except (RobotRefused, CannotOpen) as error:
        rows.update(tries=row.tries + 1, ended_at=now)
        _note(row.robot, str(error) or _("The stored address cannot be opened with today's keys. Enter it again."))
        return False
    rows.update(tries=row.tries + 1, ended_at=now, has_arrived=True)
    ChatRobot.objects.filter(pk=row.robot_id).update(problem="", reached_at=now)
    return True


def _note(robot: ChatRobot, problem: str) -> None:
    log.warning("chat robot %s: not reached", robot.pk)
    ChatRobot.objects.filter(pk=robot.pk).update(problem=problem[:400])


def _as_text(row: ChatMessage) -> ChatText:
    link = row.url if row.url.startswith("http") else f"{settings.SITE_URL}{row.url}" if row.url else ""
    said = f"{row.text}\n{row.way_out}".strip()
    return ChatText(title=row.robot.workspace.name, text=said, link=link, link_label=_("Open it"))


def _prove(row: ChatRobot, url: str, secret: str, now: datetime) -> dict[str, str]:
    if problem := address_problem(row.kind, url):
        raise UserError(problem, fields={"url": [problem]})
    words = {"team": row.workspace.name, "time": timezone.localtime(now).strftime("%H:%M")}
    text = _("This group is now told of what %(team)s must know (%(time)s).") % words
    try:
        send(row.kind, {"url": url, "secret": secret}, ChatText(row.workspace.name, text), now)
    except (RobotSilent, RobotRefused) as error:
        raise UserError(error, fields={"url": [str(error)]}) from None
    return {"url": url, "secret": secret}
