"""Keeping the brand guide: rules of wording, imported word lists, phrases that pass."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from content.models import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.models.brand import RuleKind, new_stamp
from content.word_files import Words
from content.wording import fold
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership, Workspace

RULES_MAX = 2000
LISTS_MAX = 20
PHRASES_MAX = 5000
STARS_MAX = 2


def guide_row(workspace: Workspace) -> BrandGuide:
    """Return the workspace's settings of the guide; not saved where the team set none yet."""
    return BrandGuide.objects.in_workspace(workspace).first() or BrandGuide(workspace=workspace)


@transaction.atomic
def change_guide(workspace: Workspace, fields: Mapping[str, bool], *, by: Membership) -> BrandGuide:
    """Switch shipped checks on or off."""
    row, _made = BrandGuide.objects.get_or_create(workspace=workspace)
    changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if changes:
        BrandGuide.objects.filter(pk=row.pk).update(**changes, stamp=new_stamp())
        row.refresh_from_db()
        record(by=by, verb="brand_guide.changed", subject=row, workspace=workspace, **changes)
    return row


def touch_guide(workspace: Workspace) -> None:
    """Say that something of the guide changed, so that every process compiles it anew."""
    if not BrandGuide.objects.in_workspace(workspace).update(stamp=new_stamp()):
        BrandGuide.objects.get_or_create(workspace=workspace)


@transaction.atomic
def add_rule(workspace: Workspace, fields: Mapping[str, Any], *, by: Membership, now: datetime) -> BrandRule:
    """Add a rule. The same words of one kind are refused."""
    _demand_room(BrandRule, workspace, RULES_MAX)
    row = BrandRule(workspace=workspace, made_by=by, made_at=now, **fields)
    _demand_sense(row)
    _save_once(row, _("There is a rule for “%(row)s” already. Change that one.") % {"row": row}, "phrase")
    touch_guide(workspace)
    record(by=by, verb="brand_rule.made", subject=row, workspace=workspace, kind=row.kind)
    return row


@transaction.atomic
def change_rule(row: BrandRule, fields: Mapping[str, Any], *, by: Membership) -> BrandRule:
    """Change a rule."""
    changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not changes:
        return row
    for name, value in changes.items():
        setattr(row, name, value)
    _demand_sense(row)
    _save_once(row, _("There is a rule for “%(row)s” already. Change that one.") % {"row": row}, "phrase")
    touch_guide(row.workspace)
    record(by=by, verb="brand_rule.changed", subject=row, fields=sorted(changes))
    return row


@transaction.atomic
def drop_rule(row: BrandRule, *, by: Membership) -> None:
    """Remove a rule."""
    record(by=by, verb="brand_rule.dropped", subject=row, kind=row.kind, instead=row.instead)
    row.delete()
    touch_guide(row.workspace)


def _demand_sense(row: BrandRule) -> None:
    """Refuse what could never be found, or would be found everywhere."""
    if not fold(row.phrase).text.strip():
        _refuse("phrase", _("Write the words that are meant; marks alone cannot be looked for."))
    if row.kind == RuleKind.PREFERRED and not row.instead:
        _refuse("instead", _("Say how it is written."))
    if row.instead == row.phrase:
        _refuse("instead", _("These are the same words."))
    if row.kind == RuleKind.REQUIRED and "*" in row.phrase:
        _refuse("phrase", _("Words that must be there are written out, without *."))
    parts = row.phrase.split("*")
    if len(parts) > STARS_MAX + 1 or not all(fold(part).text.strip() for part in parts):
        _refuse("phrase", _("At most two *, and words before, between and behind them."))


@transaction.atomic
def import_list(
    workspace: Workspace, words: Words, *, name: str, source: str = "", by: Membership, now: datetime
) -> WordList:
    """Keep an imported list; it is looked for at once."""
    _demand_room(WordList, workspace, LISTS_MAX)
    text = "\n".join(words.lines)
    row = WordList(
        workspace=workspace, name=name, source=source, words=text, size=len(words.lines),
        digest=hashlib.sha256(text.encode()).hexdigest(), made_by=by, made_at=now,
    )  # fmt: skip
    _save_once(row, _("There is a list “%(row)s” already. Choose another name.") % {"row": row}, "name")
    touch_guide(workspace)
    record(by=by, verb="word_list.imported", subject=row, words=row.size)
    return row


@transaction.atomic
def change_list(row: WordList, fields: Mapping[str, Any], *, by: Membership) -> WordList:
    """Rename a list, or switch it on or off."""
    changes = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if not changes:
        return row
    for name, value in changes.items():
        setattr(row, name, value)
    sentence = _("There is a list “%(row)s” already. Choose another name.") % {"row": row}
    _save_once(row, sentence, "name", update_fields=list(changes))
    touch_guide(row.workspace)
    record(by=by, verb="word_list.changed", subject=row, **changes)
    return row


@transaction.atomic
def drop_list(row: WordList, *, by: Membership) -> None:
    """Delete a list with its words."""
    record(by=by, verb="word_list.dropped", subject=row, words=row.size)
    row.delete()
    touch_guide(row.workspace)


@transaction.atomic
def allow_phrase(
    workspace: Workspace, phrase: str, *, context: str = "", reason: str = "", by: Membership, now: datetime
) -> AllowedPhrase:
    """Let a phrase pass, everywhere or only within `context`; one that passes already is returned as it is."""
    _demand_room(AllowedPhrase, workspace, PHRASES_MAX)
    if not fold(phrase).text.strip():
        _refuse("phrase", _("Write the words that are meant; marks alone cannot be looked for."))
    if context and fold(phrase).text not in fold(context).text:
        _refuse("context", _("The phrase has to stand in the words around it."))
    row, is_new = AllowedPhrase.objects.get_or_create(
        workspace=workspace, phrase=phrase, context=context,
        defaults={"reason": reason, "made_by": by, "made_at": now},
    )  # fmt: skip
    if is_new:
        touch_guide(workspace)
        record(by=by, verb="phrase.allowed", subject=row, reason=reason)
    return row


@transaction.atomic
def forbid_phrase(row: AllowedPhrase, *, by: Membership) -> None:
    """Take a phrase off the white list."""
    record(by=by, verb="phrase.forbidden", subject=row, reason=row.reason)
    row.delete()
    touch_guide(row.workspace)


def _save_once(row: Any, sentence: str, field: str, **how: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError:
        _refuse(field, sentence)


def _demand_room(kind: Any, workspace: Workspace, most: int) -> None:
    if kind.objects.in_workspace(workspace).count() >= most:
        raise UserError(_("There are %(limit)s already. Remove some first.") % {"limit": most})


def _refuse(field: str, sentence: str) -> NoReturn:
    raise UserError(sentence, fields={field: [sentence]})
