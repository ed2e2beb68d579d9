"""Posting slots of an account."""

from collections.abc import Iterable
from datetime import time

from content.models import Slot
from mediaops.actions.activity import record
from mediaops.models import Membership
from platforms.models import Account


def add_slots(account: Account, weekdays: Iterable[int], clock: time, *, by: Membership) -> list[Slot]:
    """Add a weekly time on each of these days; a slot that is there already stays one."""
    rows = [Slot.objects.get_or_create(account=account, weekday=day, time=clock) for day in weekdays]
    new = [slot for slot, is_new in rows if is_new]
    if new:
        record(by=by, verb="slots.added", subject=account, slots=[str(slot) for slot in new])
    return new


def drop_slot(slot: Slot, *, by: Membership) -> None:
    """Remove a weekly time; what is planned at it stays planned."""
    record(by=by, verb="slots.dropped", subject=slot.account, slot=str(slot))
    slot.delete()
