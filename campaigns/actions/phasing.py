"""Phases of a campaign: what runs when."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign, Phase
from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.models import Membership


def add_phase(campaign: Campaign, *, by: Membership, **fields: Any) -> Phase:
    """Add a stretch of the campaign's days; `fields` are those of Phase."""
    phase = Phase(campaign=campaign, **fields)
    _check_days(phase)
    phase.save()
    record(by=by, verb="phase.added", subject=phase)
    return phase


def change_phase(phase: Phase, changes: dict[str, Any], *, by: Membership) -> Phase:
    """Write changed fields; the trail names them."""
    for name, value in changes.items():
        setattr(phase, name, value)
    _check_days(phase)
    Phase.objects.filter(pk=phase.pk).update(**changes)
    record(by=by, verb="phase.changed", subject=phase, fields=sorted(changes))
    return phase


def drop_phase(phase: Phase, *, by: Membership) -> None:
    """Remove a phase; nothing else hangs on it."""
    record(by=by, verb="phase.dropped", subject=phase)
    phase.delete()


def problem_of_days(campaign: Campaign, first: date, last: date) -> dict[str, str]:
    """Return the field of a phase whose day cannot be, with the sentence that says why; {} when all is well."""
    if last < first:
        return {"ends_on": _("The last day is before the first. Choose a later one.")}
    days = {"starts_on": first, "ends_on": last}
    outside = [name for name, day in days.items() if not campaign.starts_on <= day <= campaign.ends_on]
    said = _("The campaign runs from %(first)s to %(last)s. Choose a day within it.")
    return {name: said % {"first": campaign.starts_on, "last": campaign.ends_on} for name in outside}


def _check_days(phase: Phase) -> None:
    if problem := problem_of_days(phase.campaign, phase.starts_on, phase.ends_on):
        raise UserError(next(iter(problem.values())), fields={name: [said] for name, said in problem.items()})
