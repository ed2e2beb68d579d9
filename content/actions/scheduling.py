"""Choosing the moment: planning, moving and cancelling publications."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from content.checks import check_variant, stopping
from content.models import Publication, Slot, Variant
from content.models.publication import MOVES, TAKEN_BACK, State
from content.quotas import UNUSED, Room
from content.slots import free_moments
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.models import Membership, Workspace
from platforms.gateway import limits_of
from platforms.limits import Problem
from platforms.models import Account

FOR_GOOD = {"past", "account_gone", "account_foreign", "archived", "quota_full"}
"""What no later change mends: it stops planning. The rest may be mended until the moment comes."""
SLOTS_LOOKED_AT = 400
ANEW: dict[str, Any] = {
    "late_at": None, "handed_at": None, "tries": 0, "looks": 0, "check_after": None,
    "problem": "", "way_out": "", "told_at": None, "settled_at": None, "handed_over": None,
    "posted_at": None, "nudges": 0,
}  # fmt: skip
"""A person decided: what the machine noted about earlier tries no longer counts."""


class CannotPlan(UserError):
    """The piece cannot go out then; `problems` says why, in the order of reading."""

    code = "cannot_plan"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        fields: dict[str, list[str]] = {}
        for problem in self.problems:
            fields.setdefault("due_at" if problem.field == "time" else problem.field, []).append(problem.text)
        super().__init__(" ".join(problem.text for problem in self.problems), fields=fields)


@contextmanager
def planning_on(account: Account) -> Iterator[None]:
    """Look and plan in one transaction; where the platform has quotas, one person after the other.

    Otherwise two could both get the last place of a day. On SQLite transactions are one after the
    other anyway, as they begin IMMEDIATE.
    """
    with transaction.atomic():
        if limits_of(account).quotas:
            list(Account.objects.select_for_update(no_key=True).filter(pk=account.pk).values_list("pk"))
        yield


def plan(variant: Variant, due_at: datetime, *, by: Membership | None, now: datetime) -> Publication:
    """Plan `variant` for `due_at` (aware); raise CannotPlan when that can never work.

    What may still be mended until then, a missing approval or a text that is too long, does not
    stop planning; it is shown beside the plan, and checked again before sending.
    """
    with planning_on(variant.account):
        _demand(variant, due_at, now=now)
        row = Publication.objects.create(
            variant=variant, due_at=due_at, attempt_after=due_at, made_at=now, made_by=by
        )
        _record(row, "publication.planned", by, due_at=due_at.isoformat())
    return row


def plan_next(variants: Iterable[Variant], *, by: Membership, now: datetime) -> list[Publication]:
    """Plan each variant into its account's next free slot; what has no slot stays. Return what was planned."""
    planned = []
    for variant in variants:
        moment = next_free_slot(variant.account, now, variant=variant)
        if moment is not None:
            planned.append(plan(variant, moment, by=by, now=now))
    return planned


def publish_now(variant: Variant, *, by: Membership | None, now: datetime) -> Publication:
    """Plan `variant` for this moment; raise CannotPlan when anything stops it."""
    _demand(variant, now, now=now, every=True)
    return plan(variant, now, by=by, now=now)


def reschedule(publication: Publication, due_at: datetime, *, by: Membership | None, now: datetime) -> Publication:
    """Give a publication that has not gone out a new moment.

    Planned, late, failed and by-hand rows may move; an unsure one only once a person said that it
    is not live (`reconciling.not_live`).
    """
    before = publication.due_at
    _demand_known(publication)
    with planning_on(publication.variant.account):
        _demand(publication.variant, due_at, now=now, publication=publication)
        put_back(publication, due_at)
        _record(publication, "publication.moved", by, before=before.isoformat(), due_at=due_at.isoformat())
    return publication


def send_now(publication: Publication, *, by: Membership | None, now: datetime) -> Publication:
    """Let a planned, late or failed publication go out at once; raise CannotPlan when something stops it."""
    _demand_known(publication)
    with planning_on(publication.variant.account):
        _demand(publication.variant, now, now=now, publication=publication, every=True)
        put_back(publication, now)
        _record(publication, "publication.released", by)
    return publication


def cancel(publication: Publication, *, by: Membership | None, now: datetime) -> Publication:
    """Cancel a publication that has not gone out."""
    with transaction.atomic():
        move(
            publication, MOVES, State.CANCELLED,
            settled_at=now, late_at=None, check_after=None, problem="", way_out="", told_at=now,
        )  # fmt: skip
        _record(publication, "publication.cancelled", by)
    return publication


def plan_again(publication: Publication, *, by: Membership | None, now: datetime) -> Publication:
    """Take a cancelling back: the same row waits for the same moment.

    Raises CannotPlan where that moment has passed, or takes no more by now, and WrongState where the
    variant was planned anew meanwhile.
    """
    with planning_on(publication.variant.account):
        since = Publication.objects.filter(variant=publication.variant_id, made_at__gte=publication.settled_at or now)
        if since.exclude(state=State.CANCELLED).exists():
            raise WrongState(_("%(row)s was planned anew meanwhile.") % {"row": publication})
        due_at = publication.due_at
        _demand(publication.variant, due_at, now=now, publication=publication)
        move(publication, TAKEN_BACK, State.PLANNED, **ANEW | {"attempt_after": due_at})
        _record(publication, "publication.planned", by, due_at=due_at.isoformat())
    return publication


def put_back(publication: Publication, due_at: datetime) -> None:
    """Make the row wait for `due_at` as if nothing had been tried; raise WrongState when it cannot."""
    changes = {"due_at": due_at, "attempt_after": due_at, **ANEW}
    if publication.state != State.PLANNED:
        if publication.state in {State.SENDING, State.PROCESSING}:
            raise WrongState(_("%(row)s is on its way to the platform and cannot be moved.") % {"row": publication})
        move(publication, MOVES, State.PLANNED, **changes)
        return
    if not Publication.objects.filter(pk=publication.pk, state=State.PLANNED).update(**changes):
        raise WrongState(_("%(row)s changed while you were looking at it.") % {"row": publication})
    for name, value in changes.items():
        setattr(publication, name, value)


def next_free_slot(account: Account, after: datetime, *, variant: Variant | None = None) -> datetime | None:
    """Return the first posting slot of the account after `after` that nothing is planned for.

    It is one whose day or month the platform still takes `variant` on; without one, a publication
    that leaves all options as they are. None when the account has no slots, or none is free within
    eight weeks.
    """
    return next_free_slots([variant or Variant(account=account)], account.workspace, after)[0]


def next_free_slots(variants: Sequence[Variant], workspace: Workspace, after: datetime) -> list[datetime | None]:
    """Return the next free slot of each variant, as `next_free_slot` does. At most three queries."""
    zone = ZoneInfo(workspace.time_zone)
    accounts = {variant.account_id: variant.account for variant in variants}
    weekly: dict[int, list[tuple[int, time]]] = defaultdict(list)
    for pk, weekday, clock in Slot.objects.filter(account__in=accounts).values_list("account", "weekday", "time"):
        weekly[pk].append((weekday, clock))
    busy = Publication.objects.filter(variant__account__in=weekly, due_at__gt=after)
    taken: dict[int, set[datetime]] = defaultdict(set)
    for pk, due_at in busy.exclude(state__in=UNUSED).values_list("variant__account", "due_at"):
        taken[pk].add(due_at)
    room = Room([accounts[pk] for pk in weekly], after)

    def first(variant: Variant) -> datetime | None:
        pk = variant.account_id
        count = SLOTS_LOOKED_AT if limits_of(variant.account).quotas else 1
        moments = free_moments(weekly[pk], taken[pk], after, zone, count=count) if pk in weekly else []
        return next((at for at in moments if room.takes(variant.account, variant.options, at)), None)

    return [first(variant) for variant in variants]


def _demand(
    variant: Variant, due_at: datetime, *, now: datetime, publication: Publication | None = None, every: bool = False
) -> None:
    found = stopping(check_variant(variant, due_at=due_at, now=now, publication=publication))
    against = [problem for problem in found if every or problem.code in FOR_GOOD]
    if against:
        raise CannotPlan(against)


def demand_plan(variant: Variant, due_at: datetime, *, now: datetime) -> None:
    """Raise CannotPlan when the variant can never go out at `due_at`."""
    _demand(variant, due_at, now=now)


def demand_time(publication: Publication, due_at: datetime, *, now: datetime) -> None:
    """Raise CannotPlan when the publication can never go out at `due_at`."""
    _demand(publication.variant, due_at, now=now, publication=publication)


def _demand_known(publication: Publication) -> None:
    if publication.state == State.UNSURE:
        raise WrongState(_("Say first whether it is live; sending it again could make a second post."))


def _record(publication: Publication, verb: str, by: Membership | None, **detail: Any) -> None:
    record(by=by, verb=verb, subject=publication, workspace=publication.variant.item.workspace, **detail)
