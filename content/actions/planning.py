"""Ideas, and the strategy they serve: pillars and personas."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from content.actions import drafting
from content.models import ContentItem, Idea, Persona, Pillar
from content.models.idea import IDEA_MOVES, IdeaState
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace

Strategy = TypeVar("Strategy", Pillar, Persona)


@transaction.atomic
def add_idea(workspace: Workspace, *, by: Membership | None, now: datetime, **fields: Any) -> Idea:
    """Keep a thought. `fields` are those of Idea."""
    idea = Idea.objects.create(workspace=workspace, made_by=by, made_at=now, changed_at=now, **fields)
    record(by=by, verb="idea.made", subject=idea, workspace=workspace)
    return idea


@transaction.atomic
def change_idea(idea: Idea, fields: dict[str, Any], *, by: Membership, now: datetime) -> Idea:
    """Change what an idea says; its state moves by `move_idea` only."""
    changes = {name: value for name, value in fields.items() if getattr(idea, name) != value}
    if changes:
        Idea.objects.filter(pk=idea.pk).update(**changes, changed_at=now)
        for name, value in changes.items():
            setattr(idea, name, value)
        record(by=by, verb="idea.changed", subject=idea, fields=sorted(changes))
    return idea


@transaction.atomic
def move_idea(idea: Idea, to: str, *, by: Membership, now: datetime) -> Idea:
    """Move an idea to another column of the board; moving it to where it is changes nothing."""
    was = idea.state
    if was == to:
        return idea
    move(idea, IDEA_MOVES, to, changed_at=now)
    record(by=by, verb="idea.moved", subject=idea, was=was, now=to)
    return idea


@transaction.atomic
def write(idea: Idea, *, by: Membership, now: datetime) -> ContentItem:
    """Start a piece from an idea: title, note, pillar and owner come along, the idea is being written.

    An idea that was parked is taken up again. Several pieces may come from one idea.
    """
    if idea.state == IdeaState.PARKED:
        move_idea(idea, IdeaState.CHOSEN, by=by, now=now)
    if idea.state != IdeaState.WRITING:
        move_idea(idea, IdeaState.WRITING, by=by, now=now)
    owner = idea.owner if idea.owner and idea.owner.left_at is None else by
    return drafting.create_item(
        idea.workspace, by=by, now=now,
        title=idea.title, body=_first_words(idea), pillar=idea.pillar, owner=owner, idea=idea,
    )  # fmt: skip


def _first_words(idea: Idea) -> str:
    return "\n\n".join(part for part in (idea.note.strip(), idea.source_url) if part)


@transaction.atomic
def add_strategy(kind: type[Strategy], workspace: Workspace, fields: dict[str, Any], *, by: Membership) -> Strategy:
    """Add a pillar or a persona. Two of one name are refused."""
    _refuse_same_name(kind, workspace, fields["name"])
    row = kind.objects.create(workspace=workspace, **fields)
    record(by=by, verb=f"{kind._meta.model_name}.made", subject=row)
    return row


@transaction.atomic
def change_strategy(row: Strategy, fields: dict[str, Any], *, by: Membership) -> Strategy:
    """Change a pillar or a persona."""
    _refuse_same_name(type(row), row.workspace, fields.get("name", row.name), besides=row.pk)
    changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if changes:
        type(row).objects.filter(pk=row.pk).update(**changes)
        for name, value in changes.items():
            setattr(row, name, value)
        record(by=by, verb=f"{row._meta.model_name}.changed", subject=row, fields=sorted(changes))
    return row


@transaction.atomic
def close_strategy(row: Strategy, *, by: Membership, now: datetime) -> Strategy:
    """Take a pillar or a persona out of the choices; pieces that have it keep it."""
    _set_closed(row, now, by=by, verb="closed")
    return row


@transaction.atomic
def reopen_strategy(row: Strategy, *, by: Membership) -> Strategy:
    """Offer a closed pillar or persona again."""
    _set_closed(row, None, by=by, verb="reopened")
    return row


def _set_closed(row: Strategy, at: datetime | None, *, by: Membership, verb: str) -> None:
    if not type(row).objects.filter(pk=row.pk, closed_at__isnull=at is not None).update(closed_at=at):
        raise WrongState(_("%(row)s changed while you were looking at it.") % {"row": row})
    row.closed_at = at
    record(by=by, verb=f"{row._meta.model_name}.{verb}", subject=row)


def _refuse_same_name(kind: type[Strategy], workspace: Workspace, name: str, *, besides: int | None = None) -> None:
    same = kind.objects.in_workspace(workspace).filter(name__iexact=name).values_list("pk", flat=True)
    if any(pk != besides for pk in same):
        sentence = _("“%(name)s” is there already. Choose another name.") % {"name": name}
        raise UserError(sentence, fields={"name": [sentence]})
