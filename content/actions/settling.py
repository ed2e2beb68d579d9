"""Writing down what became of an attempt: row, attempt and trail together."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from content.models import Attempt, Publication
from content.models.attempt import Outcome
from content.models.publication import MOVES, State, WayOut
from mediaops.actions.activity import record
from mediaops.lib.moves import move_all
from mediaops.lib.said import reason
from platforms.connectors.errors import ConnectorError
from platforms.connectors.remote import HandOver, Ticket
from platforms.models import Post

log = logging.getLogger(__name__)

OURS = [State.SENDING, State.PROCESSING, State.UNSURE]
"""States in which what a worker learned about its own claim still decides."""
SETTLED: dict[str, Any] = {
    "claimed_until": None, "check_after": None, "handed_at": None, "told_at": None, "ticket": None, "late_at": None,
    "handed_over": None, "posted_at": None, "nudges": 0,
}  # fmt: skip


def note_attempt(attempt: Attempt, outcome: str, at: datetime, error: Exception | None = None) -> None:
    """Write down how an attempt ended."""
    changes = {"outcome": outcome, "ended_at": at, "raw": raw_of(error)} | reason(error, 600)
    Attempt.objects.filter(pk=attempt.pk).update(**changes)


def raw_of(error: Exception | None) -> str:
    """Return the platform's own words; for a bug of ours only its kind, as its text may hold anything."""
    if error is None:
        return ""
    return error.raw if isinstance(error, ConnectorError) else type(error).__name__


def live(
    publication: Publication, post: Post, at: datetime, *, attempt: Attempt | None = None, **detail: Any
) -> bool:
    """The post exists. Holds for whatever state the row of this claim is in, cancelled excepted."""
    changes = {"post": post, "settled_at": at, "problem": "", "way_out": "", "upload": None, **SETTLED}
    with transaction.atomic():
        if attempt is not None:
            note_attempt(attempt, Outcome.LIVE, at)
        return _settle(publication, State.LIVE, changes, list(State), url=post.url, **detail)


def processing(
    publication: Publication, ticket: Ticket, at: datetime, check_after: datetime, attempt: Attempt
) -> bool:
    """The platform took it and is not done."""
    changes = SETTLED | {
        "ticket": ticket_data(ticket),
        "check_after": check_after,
        "looks": 0,
        "problem": "",
        "way_out": "",
    }
    with transaction.atomic():
        note_attempt(attempt, Outcome.PROCESSING, at)
        return _settle(publication, State.PROCESSING, changes, [State.SENDING])


def handed_over(publication: Publication, what: HandOver, at: datetime, *, attempt: Attempt | None = None) -> bool:
    """The platform holds it as far as we may bring it; a person does the last step there."""
    told = {"remote_id": what.remote_id, "sentence": what.sentence, "url": what.url, "data": dict(what.data)}
    changes = SETTLED | {"handed_over": told, "settled_at": at, "problem": "", "way_out": WayOut.POST}
    with transaction.atomic():
        if attempt is not None:
            note_attempt(attempt, Outcome.HANDED_OVER, at)
        return _settle(publication, State.BY_HAND, changes, [State.SENDING, State.PROCESSING], is_draft=True)


def by_hand(publication: Publication, at: datetime) -> bool:
    """A person must post it: no machine may, on this account."""
    changes = SETTLED | {"settled_at": at, "problem": "", "way_out": WayOut.POST}
    with transaction.atomic():
        return _settle(publication, State.BY_HAND, changes, [State.PLANNED, State.SENDING])


def ticket_data(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as JSON can hold it; `ticket_of` reads it back."""
    return {
        "remote_id": ticket.remote_id,
        "wait_s": ticket.wait_s,
        "data": dict(ticket.data),
        "step": ticket.step,
        "until": ticket.until.isoformat() if ticket.until else None,
    }


def ticket_of(told: dict[str, Any]) -> Ticket:
    """Return the ticket that `ticket_data` wrote down."""
    until = told.get("until")
    return Ticket(**told | {"until": datetime.fromisoformat(until) if until else None})


def unsure(publication: Publication, sentence: object, at: datetime) -> bool:
    """Nobody knows whether it is live; it is looked up at once."""
    changes = SETTLED | reason(sentence, 600) | {
        "way_out": WayOut.LOOK, "settled_at": at, "check_after": at, "looks": 0,
    }  # fmt: skip
    with transaction.atomic():
        return _settle(publication, State.UNSURE, changes, [State.SENDING, State.PROCESSING], problem=str(sentence))


def failed(
    publication: Publication, sentence: object, way_out: str, at: datetime, *, was: Sequence[str], by: Any = None
) -> bool:
    """It is surely not live and needs a person."""
    changes = SETTLED | reason(sentence, 600) | {"way_out": way_out, "settled_at": at}
    with transaction.atomic():
        return _settle(publication, State.FAILED, changes, was, problem=str(sentence), by=by)


def back(publication: Publication, at: datetime, *, sentence: object = "", is_late: bool, now: datetime) -> bool:
    """It is surely not live and waits for `at`; a late one waits for a person instead."""
    changes = SETTLED | reason(sentence, 600) | {"attempt_after": at, "way_out": ""}
    if is_late:
        changes |= {"late_at": now, "way_out": WayOut.DECIDE}
    with transaction.atomic():
        detail = {"problem": str(sentence), "attempt_after": at.isoformat()}
        return _settle(publication, State.PLANNED, changes, [State.SENDING, State.UNSURE], is_late=is_late, **detail)


VERBS = {
    State.LIVE: "publication.live",
    State.PROCESSING: "publication.processing",
    State.UNSURE: "publication.unsure",
    State.FAILED: "publication.failed",
    State.PLANNED: "publication.put_back",
    State.BY_HAND: "publication.by_hand",
    State.SENDING: "publication.started",
}


def _settle(publication: Publication, to: State, changes: dict[str, Any], was: Sequence[str], **detail: Any) -> bool:
    by = detail.pop("by", None)
    rows = Publication.objects.filter(pk=publication.pk, claims=publication.claims, state__in=was)
    if not move_all(rows, MOVES, to, **changes):
        log.warning("publication %s: %s came too late, the row has moved on", publication.pk, to)
        return False
    for name, value in {"state": to, **changes}.items():
        setattr(publication, name, value)
    note(publication, VERBS[to], by=by, **detail)
    log.info("publication %s: %s", publication.pk, to)
    return True


def note(publication: Publication, verb: str, *, by: Any = None, **detail: Any) -> None:
    """Write one line of the trail about a publication."""
    record(by=by, verb=verb, subject=publication, workspace=publication.variant.item.workspace, **detail)
