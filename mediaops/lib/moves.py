"""The only way a state column changes."""

from collections.abc import Mapping, Set
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from mediaops.errors import WrongState

Moves = Mapping[str, Set[str]]


def move(row: models.Model, moves: Moves, to: str, *, field: str = "state", **changes: Any) -> None:
    """Move `row` to state `to`, or raise WrongState.

    One UPDATE holds both the check and the change, so two workers racing for a row cannot both win;
    no lock is needed and SQLite behaves like PostgreSQL. `changes` are written in the same statement.
    """
    was = getattr(row, field)
    if to not in moves.get(was, frozenset()):
        raise WrongState(
            _("%(row)s is “%(was)s” and cannot become “%(to)s”.")
            % {"row": row, "was": _state_label(row, field, was), "to": _state_label(row, field, to)}
        )
    rows = type(row)._default_manager.filter(pk=row.pk, **{field: was})
    if not rows.update(**{field: to}, **changes):
        raise WrongState(_("%(row)s changed while you were looking at it.") % {"row": row})
    for name, value in {field: to, **changes}.items():
        setattr(row, name, value)


def move_all(rows: models.QuerySet, moves: Moves, to: str, *, field: str = "state", **changes: Any) -> int:
    """Move every row of the queryset whose state allows it; return how many moved."""
    allowed = [was for was, ends in moves.items() if to in ends]
    return rows.filter(**{f"{field}__in": allowed}).update(**{field: to}, **changes)


def _state_label(row: models.Model, field: str, state: str) -> str:
    choices = dict(row._meta.get_field(field).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(state, state))
