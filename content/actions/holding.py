"""Holding back: what missed its time, and pauses of an account or of the whole workspace."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from content.actions import publishing, scheduling, settling
from content.models import Publication
from mediaops.actions.activity import record
from mediaops.errors import WrongState
from mediaops.models import Membership, Workspace
from platforms.models import Account

LEAST_GRACE = timedelta(minutes=1)
A_SWEEP = 500


def hold_late(now: datetime) -> int:
    """Keep every publication that missed its time for a person; return how many.

    A paused one is not late, it is held by somebody's will: lifting the pause asks about it.
    """
    due = Publication.objects.due(now).filter(attempt_after__lt=now - LEAST_GRACE).order_by("attempt_after")
    rows = due.select_related("variant__item__workspace", "variant__account")[:A_SWEEP]
    late = [row for row in rows if publishing.is_too_late(row, now)]
    return sum(publishing.hold(row, now) for row in late)


def pause_workspace(workspace: Workspace, *, by: Membership, now: datetime) -> Workspace:
    """Stop everything that would be published by itself, at once."""
    _pause(Workspace.objects.filter(pk=workspace.pk), workspace, by=by, now=now)
    record(by=by, verb="workspace.paused", subject=workspace)
    return workspace


def pause_account(account: Account, *, by: Membership, now: datetime) -> Account:
    """Stop what would be published on the account, at once."""
    _pause(Account.objects.filter(pk=account.pk), account, by=by, now=now)
    record(by=by, verb="account.paused", subject=account)
    return account


def resume_workspace(
    workspace: Workspace, *, release: Iterable[int] = (), by: Membership, now: datetime
) -> list[Publication]:
    """Lift the pause; return what is too late now and waits for a decision.

    Of what is too late only the chosen rows (`release`, ids) go out. What is still within the
    workspace's grace goes out by itself.
    """
    rows = Publication.objects.in_workspace(workspace).filter(variant__account__paused_at=None)
    with transaction.atomic():
        missed = _settle_missed(rows, release, by=by, now=now)
        _resume(Workspace.objects.filter(pk=workspace.pk), workspace)
        record(by=by, verb="workspace.resumed", subject=workspace, released=list(release))
    return missed


def resume_account(
    account: Account, *, release: Iterable[int] = (), by: Membership, now: datetime
) -> list[Publication]:
    """Lift the pause of one account; see `resume_workspace`."""
    rows = Publication.objects.filter(variant__account=account)
    with transaction.atomic():
        missed = _settle_missed(rows, release, by=by, now=now)
        _resume(Account.objects.filter(pk=account.pk), account)
        record(by=by, verb="account.resumed", subject=account, released=list(release))
    return missed


def missed(rows: Any, now: datetime) -> list[Publication]:
    """Return the planned rows whose time passed while a pause held them."""
    due = rows.waiting(now).select_related("variant__item__workspace", "variant__account")
    return list(due.order_by("due_at", "pk"))


def release(publications: Iterable[Publication], *, by: Membership, now: datetime) -> list[str]:
    """Let late or paused-over publications go out now; return a sentence for each that cannot."""
    sentences = []
    for publication in publications:
        try:
            scheduling.send_now(publication, by=by, now=now)
        except (scheduling.CannotPlan, WrongState) as error:
            words = {"title": publication.variant.item, "problem": error}
            sentences.append(_("“%(title)s” stays: %(problem)s") % words)
    return sentences


def _settle_missed(rows: Any, release: Iterable[int], *, by: Membership, now: datetime) -> list[Publication]:
    """Before a pause is lifted: send the chosen ones on, and keep every other late row for a person."""
    chosen, held = set(release), []
    for row in missed(rows, now):
        if row.pk in chosen:
            scheduling.put_back(row, now)
            settling.note(row, "publication.released", by=by)
        elif publishing.is_too_late(row, now) and publishing.hold(row, now):
            held.append(row)
    return held


def _pause(rows: Any, row: Workspace | Account, *, by: Membership, now: datetime) -> None:
    if not rows.filter(paused_at=None).update(paused_at=now, paused_by=by):
        raise WrongState(_("%(row)s is paused already.") % {"row": row})
    row.paused_at, row.paused_by = now, by


def _resume(rows: Any, row: Workspace | Account) -> None:
    if not rows.exclude(paused_at=None).update(paused_at=None, paused_by=None):
        raise WrongState(_("%(row)s is not paused.") % {"row": row})
    row.paused_at, row.paused_by = None, None
