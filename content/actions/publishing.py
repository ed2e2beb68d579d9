"""Sending: one publication at a time, each to its platform at most once.

The row is the lock. A claim is one UPDATE that holds check and change, so any number of workers may
try; `claims` counts them, and what a worker writes later counts only for its own claim. The attempt
is written in the same transaction as the claim, before the call; no transaction is open during it.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation

from content import asset_refs
from content.actions import handing, leasing, settling, uploading
from content.checks import check_variant, stopping
from content.compose import compose
from content.models import Asset, Attempt, ContentItem, Publication, Review
from content.models.attempt import Outcome
from content.models.publication import MOVES, State, WayOut
from content.models.review import ReviewState
from mediaops.lib.moves import move_all
from mediaops.lib.said import reason
from mediaops.lib.said import said as _
from platforms import gateway, places
from platforms.actions import health, posting
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
)
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import HandOver, Ticket
from platforms.limits import Problem

log = logging.getLogger(__name__)

TRIES = 6
FIRST_WAIT_S = 15.0
GROWTH = 2.5
JITTER = 0.2
SLOW = timedelta(seconds=5)
DOUBTFUL = [Outcome.UNKNOWN, Outcome.LOST, Outcome.OPEN]
WAYS_OUT = {"account": WayOut.RECONNECT, "review": WayOut.REVIEW}


def publish_one(pk: int, now: datetime, *, worker: str = "") -> bool:
    """Try one publication; its state afterwards says what happened.

    Returns False when it was not ours to try: another worker has it, it was moved or cancelled, it
    is paused, or as many as the platform allows are already on their way to the account.
    """
    publication = load(pk)
    if publication is None or not _is_due(publication, now):
        return False
    with translation.override(publication.variant.item.workspace.language):
        if is_too_late(publication, now):
            return hold(publication, now)
        if _is_full(publication, now):
            handing.give_back([pk])
            return False
        found = stopping(check_variant(publication.variant, now=now))
        if found:
            return _refuse(publication, found[0], now)
        if not posting.can_publish(publication.variant.account):
            return settling.by_hand(publication, now)
        outgoing = replace(
            compose(publication.variant, key=publication.key, with_companions=True),
            upload=uploading.KeptUpload(publication),
        )
        with places.taken(publication.variant.account, "publishes") as is_free:
            if not is_free:
                handing.give_back([pk])
                return False
            attempt = claim(publication, outgoing, now, worker=worker)
            if attempt is None:
                return False
            send(publication, attempt, outgoing, now)
    return True


def load(pk: int) -> Publication | None:
    """Return the row with all that sending needs, or None when it is gone."""
    rows = Publication.objects.select_related("variant__item__workspace", "variant__account")
    publication = rows.filter(pk=pk).first()
    if publication is not None:
        publication.variant.account.workspace = publication.variant.item.workspace
    return publication


def is_too_late(publication: Publication, now: datetime) -> bool:
    """Say whether it could not start, or start again, within the workspace's grace after its moment."""
    return now > publication.attempt_after + grace(publication)


def grace(publication: Publication) -> timedelta:
    """Return how long after its time a publication may still go out by itself."""
    return timedelta(minutes=publication.variant.item.workspace.late_grace_min)


def hold(publication: Publication, now: datetime) -> bool:
    """Keep a publication that missed its time for a person to decide on; say whether it was ours to hold."""
    changes = {"late_at": now, "way_out": WayOut.DECIDE, "told_at": None, "handed_at": None}
    rows = Publication.objects.filter(
        pk=publication.pk, state=State.PLANNED, late_at=None, attempt_after=publication.attempt_after
    )
    with transaction.atomic():
        if not rows.update(**changes):
            return False
        settling.note(publication, "publication.late", due_at=publication.due_at.isoformat())
    for name, value in changes.items():
        setattr(publication, name, value)
    log.warning("publication %s: too late, waits for a person", publication.pk)
    return True


def claim(publication: Publication, outgoing: OutgoingPost, now: datetime, *, worker: str = "") -> Attempt | None:
    """Take the row for this worker and write the attempt down; None when another one was faster."""
    claims, tries = publication.claims + 1, publication.tries + 1
    rows = Publication.objects.waiting(now).filter(pk=publication.pk, claims=publication.claims)
    changes: dict[str, Any] = {
        "claims": claims, "tries": tries, "claimed_at": now, "claimed_until": leasing.lease_until(now),
        "problem": "", "way_out": "", "handed_at": None, "looks": 0,
    }  # fmt: skip
    with transaction.atomic():
        if not move_all(rows, MOVES, State.SENDING, **changes):
            return None
        attempt = Attempt.objects.create(
            publication=publication, number=claims, started_at=now, sent=as_sent(publication, outgoing), worker=worker
        )
        settling.note(publication, "publication.started")
    for name, value in {"state": State.SENDING, **changes}.items():
        setattr(publication, name, value)
    return attempt


def send(publication: Publication, attempt: Attempt, outgoing: OutgoingPost, now: datetime) -> None:
    """Talk to the platform with no transaction open, then write down what came of it."""
    account, ended = publication.variant.account, _clock_from(now)
    try:
        with leasing.kept(publication):
            result = _deliver(publication, attempt, outgoing, now)
    except NothingSent as error:
        _try_later(publication, attempt, error, ended())
    except NotPermitted as error:
        _leave_to_people(publication, attempt, error, ended())
    except Refused as error:
        _fail(publication, attempt, error, Outcome.REFUSED, WayOut.EDIT, ended())
    except NeedsReconnect as error:
        _fail(publication, attempt, error, Outcome.RECONNECT, WayOut.RECONNECT, ended())
        health.mark_expired(account, error, ended())
    except Exception as error:  # it may have reached the platform: never send again by machine
        _doubt(publication, attempt, error, ended())
        if not isinstance(error, OutcomeUnknown):
            raise  # our bug: keep it loud
    else:
        if isinstance(result, Ticket):
            at = ended()
            settling.processing(publication, result, at, at + timedelta(seconds=result.wait_s), attempt)
        elif isinstance(result, HandOver):
            settling.handed_over(publication, result, ended(), attempt=attempt)
        else:
            settling.live(publication, result, ended(), attempt=attempt)


def _deliver(publication: Publication, attempt: Attempt, outgoing: OutgoingPost, now: datetime) -> posting.Published:
    """Publish; after an earlier doubt look first, and repeat in the platform's safe way where it has one."""
    account = publication.variant.account
    if publication.claims == 1:
        return posting.publish(account, outgoing, now)
    doubt = publication.attempts.filter(outcome__in=DOUBTFUL).exclude(pk=attempt.pk).order_by("started_at").first()
    if doubt is None:
        return posting.publish(account, outgoing, now)
    post = seen_on_platform(publication, doubt, now)
    if post is not None:
        return post
    if posting.repeats_safely(account, outgoing.options, since=doubt.started_at, now=now):
        return posting.publish_again(account, outgoing, now)
    return posting.publish(account, outgoing, now)


def seen_on_platform(publication: Publication, attempt: Attempt, now: datetime) -> Any:
    """Return the Post that a doubtful attempt became, or None when it is not seen.

    A post that another publication already became does not count: reposts have the same words.
    Raises ConnectorError when the platform cannot be asked.
    """
    sent = attempt.sent
    words = {name: sent.get(name, "") for name in ("title", "summary", "text", "html")}
    outgoing = OutgoingPost(key=publication.key, **words)
    try:
        post = posting.find(publication.variant.account, outgoing, since=attempt.started_at, now=now)
    except OutcomeUnknown as error:  # a look writes nothing
        raise NothingSent(str(error), raw=error.raw) from error
    if post is None or Publication.objects.filter(post=post).exclude(pk=publication.pk).exists():
        return None
    return post


def as_sent(publication: Publication, outgoing: OutgoingPost) -> dict[str, Any]:
    """Return what goes out, word for word, as `Attempt.sent` keeps it."""
    workspace = publication.variant.item.workspace
    ids = {image.ref: asset_refs.asset_id(image.ref, workspace) for image in outgoing.images}
    known = (
        dict(Asset.objects.filter(pk__in=[pk for pk in ids.values() if pk]).values_list("pk", "sha256"))
        if ids
        else {}
    )
    sent = {
        "title": outgoing.title,
        "summary": outgoing.summary,
        "text": outgoing.text,
        "html": outgoing.html,
        "tags": list(outgoing.tags),
        "images": [
            {"name": image.name, "ref": image.ref, "sha256": known.get(ids[image.ref] or 0, ""), "alt": image.alt}
            for image in outgoing.images
        ],
        "options": dict(outgoing.options),
        "companions": [{"title": each.title, "html": each.html} for each in outgoing.companions],
    }
    if outgoing.video is not None:
        pk = asset_refs.asset_id(outgoing.video.ref, workspace)
        sha256 = Asset.objects.filter(pk=pk or 0).values_list("sha256", flat=True).first() or ""
        sent["video"] = {"name": outgoing.video.name, "sha256": sha256, "seconds": outgoing.video.seconds}
    return sent


def wait_s(tries: int, asked_s: float | None, chance: Callable[[], float] = random.random) -> float:
    """Return the seconds until the next try: as asked, or 15 s growing 2.5-fold, each with some jitter.

    Jitter keeps many rows that failed together from coming back together: ±20 %, and only upwards
    where the platform named the time.
    """
    if asked_s is not None:
        return asked_s + 1 + chance() * max(asked_s * JITTER, 2)
    return FIRST_WAIT_S * GROWTH ** (tries - 1) * (1 - JITTER + 2 * JITTER * chance())


def _is_due(publication: Publication, now: datetime) -> bool:
    account, workspace = publication.variant.account, publication.variant.item.workspace
    is_waiting = publication.state == State.PLANNED and publication.late_at is None
    return is_waiting and publication.attempt_after <= now and not (account.paused_at or workspace.paused_at)


def _is_full(publication: Publication, now: datetime) -> bool:
    """Say whether the account must wait: its platform takes no more at once, or one call at a time while slow."""
    account = publication.variant.account
    calls = handing.calls_open(account)
    is_slow = any(at is not None and now - at > SLOW for at in calls)
    return len(calls) >= (1 if is_slow else gateway.spec_of(account).max_in_flight)


def _refuse(publication: Publication, problem: Problem, now: datetime) -> bool:
    way_out = WAYS_OUT.get(problem.field, WayOut.EDIT)
    sentence = _sentence(problem, publication.variant.item)
    return settling.failed(publication, sentence, way_out, now, was=[State.PLANNED])


def _sentence(problem: Problem, item: ContentItem) -> str:
    if problem.code != "changed_since_approval":
        return problem.text
    last = Review.objects.filter(item=item, state__in=[ReviewState.APPROVED, ReviewState.WITHDRAWN])
    review = last.exclude(decided_by=None).select_related("decided_by__user").order_by("-round").first()
    if review is None or review.decided_by is None:
        return _("The text changed after approval, so it was not sent. Send it to review again.")
    words = {"name": review.decided_by.name}
    return _("The text changed after approval, so it was not sent. Ask %(name)s to look again.") % words


def _try_later(publication: Publication, attempt: Attempt, error: NothingSent, at: datetime) -> None:
    next_at = at + timedelta(seconds=wait_s(publication.tries, error.wait_s))
    is_late = next_at > publication.due_at + grace(publication) + timedelta(seconds=FIRST_WAIT_S)
    with transaction.atomic():
        settling.note_attempt(attempt, Outcome.NOTHING_SENT, at, error)
        if publication.tries >= TRIES:
            words = {"problem": error, "count": publication.tries}
            sentence = _("%(problem)s We tried %(count)s times; nothing was sent.") % words
            settling.failed(publication, sentence, WayOut.RETRY, at, was=settling.OURS)
        else:
            settling.back(publication, next_at, sentence=error, is_late=is_late, now=at)


def _fail(
    publication: Publication, attempt: Attempt, error: ConnectorError, outcome: str, way_out: str, at: datetime
) -> None:
    with transaction.atomic():
        settling.note_attempt(attempt, outcome, at, error)
        settling.failed(publication, error, way_out, at, was=settling.OURS)


def _leave_to_people(publication: Publication, attempt: Attempt, error: NotPermitted, at: datetime) -> None:
    """The account may not publish through us: it goes out by hand, now and from here on."""
    with transaction.atomic():
        settling.note_attempt(attempt, Outcome.REFUSED, at, error)
        settling.by_hand(publication, at)
    health.lose_right(publication.variant.account, "publish", error, at)


def _doubt(publication: Publication, attempt: Attempt, error: Exception, at: datetime) -> None:
    is_known = isinstance(error, OutcomeUnknown)
    sentence = error if is_known else _("Something went wrong on our side while sending. It may be live.")
    with transaction.atomic():
        settling.note_attempt(attempt, Outcome.UNKNOWN, at, error)
        if not is_known:
            Attempt.objects.filter(pk=attempt.pk).update(**reason(sentence, 600))
        settling.unsure(publication, sentence, at)


def _clock_from(now: datetime) -> Callable[[], datetime]:
    """Return a clock that stands at `now` and goes on from there."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - began)
