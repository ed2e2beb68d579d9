"""Finding out: dead workers' rows, tickets, doubts, and what people answer.

A machine decides only what is certain. Found on the platform: live. Surely not there, on a platform
that can be asked by key: once more, if its time has not passed. All else waits for a person.
"""

import logging
import random
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import translation

from content.actions import publishing, scheduling, settling, uploading
from content.models import Attempt, Publication
from content.models.attempt import Outcome
from content.models.publication import State, WayOut
from mediaops.errors import UserError, WrongState
from mediaops.lib.said import reason
from mediaops.lib.said import said as _
from mediaops.models import Membership
from platforms import gateway, places
from platforms.actions import health, posting
from platforms.connectors.base import ReadsPosts
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, Refused
from platforms.connectors.remote import HandOver, RemotePost, Ticket
from platforms.models import Account, Post, TicketNews
from platforms.models.post import FirstSeen

log = logging.getLogger(__name__)

A_SWEEP = 100
LOOK_AFTER_S = (10, 30, 60, 90, 300, 1800, 3600)
"""Waits after the first, second … look for an unsure post; then only a person can say."""
LOOKING_FOR = timedelta(minutes=2)
"""A look or check that takes longer than this is taken for a dead worker's, and made again."""
ABSENT_AFTER = timedelta(minutes=3)
"""A platform that does not refuse a repeat may still be working on the first request this long."""
DOUBTS = 2
"""How many doubtful attempts a machine may follow by another one where a repeat is not refused."""
CHECK_FIRST_S, CHECK_LAST_S = 5.0, 900.0
WAITING_S = 60.0
"""Seconds between two checks while the platform waits for somebody."""
CHECKING_FOR = timedelta(hours=24)
"""A platform that is not done after this leaves us unsure."""


def release_stuck(now: datetime) -> int:
    """Take the rows of dead workers from them; return how many.

    What may have been sent becomes unsure and is looked up at once; where no attempt is open, or an
    upload was still under way, nothing can have been published, and the row is due again.
    """
    rows = Publication.objects.filter(state=State.SENDING, claimed_until__lt=now)
    rows = rows.select_related("variant__item__workspace", "variant__account")
    return sum(_release(row, now) for row in rows[:A_SWEEP])


def _release(row: Publication, now: datetime) -> bool:
    still = Publication.objects.filter(pk=row.pk, claims=row.claims, state=State.SENDING, claimed_until__lt=now)
    with translation.override(row.variant.item.workspace.language), transaction.atomic():
        if not still.update(claimed_until=None):  # renewed or settled meanwhile
            return False
        attempt = row.attempts.filter(number=row.claims, outcome=Outcome.OPEN).first()
        if attempt is None:
            return settling.back(row, now, is_late=publishing.is_too_late(row, now), now=now)
        if uploading.is_under_way(row):
            sentence = _("The worker stopped while uploading. Nothing was published; it goes on from there.")
            settling.note_attempt(attempt, Outcome.NOTHING_SENT, now, NothingSent(sentence))
            return settling.back(row, now, sentence=sentence, is_late=publishing.is_too_late(row, now), now=now)
        sentence = _("The worker stopped while sending. It may be live, so we will not send it again unasked.")
        settling.note_attempt(attempt, Outcome.LOST, now)
        return settling.unsure(row, sentence, now)


def check_tickets(now: datetime) -> list[int]:
    """Mark the tickets to ask about now as taken, and return their publications.

    Those of which their platform has told news are asked about at once.
    """
    _hasten(now)
    return _take(State.PROCESSING, now)


def _hasten(now: datetime) -> None:
    """Let tickets with news be due; news that came before its ticket was written down waits for it."""
    for news in TicketNews.objects.all()[:A_SWEEP]:
        rows = Publication.objects.filter(
            state=State.PROCESSING, variant__account=news.account_id, ticket__remote_id=news.remote_id
        )
        if rows.update(check_after=now):
            news.delete()


def check_ticket(pk: int, now: datetime) -> None:
    """Ask the platform what became of a ticket, and write down the answer."""
    publication = publishing.load(pk)
    if publication is None or publication.state != State.PROCESSING or not publication.ticket:
        return
    account = publication.variant.account
    ticket = settling.ticket_of(publication.ticket)
    with translation.override(publication.variant.item.workspace.language):
        try:
            result = posting.check(account, ticket, now)
        except Refused as error:
            _end_ticket(publication, Outcome.REFUSED, error)
            settling.failed(publication, error, WayOut.EDIT, now, was=[State.PROCESSING])
        except ConnectorError as error:
            if isinstance(error, NeedsReconnect):
                health.mark_expired(account, error, now)
            _ask_again(publication, ticket, now)
        else:
            if isinstance(result, Ticket):
                _ask_again(publication, result, now)
            elif isinstance(result, HandOver):
                if settling.handed_over(publication, result, now):
                    _end_ticket(publication, Outcome.HANDED_OVER)
            elif settling.live(publication, result, now):
                _end_ticket(publication, Outcome.LIVE)


def _end_ticket(publication: Publication, outcome: str, error: ConnectorError | None = None) -> None:
    words = reason(error, 600) | {"raw": error.raw} if error else {}
    publication.attempts.filter(number=publication.claims).update(outcome=outcome, **words)


def _ask_again(publication: Publication, ticket: Ticket, now: datetime) -> None:
    if publication.claimed_at and now - publication.claimed_at > CHECKING_FOR:
        sentence = _("The platform has not finished with it for a day. Look there whether it is live.")
        settling.unsure(publication, sentence, now)
        return
    first_s = max(ticket.wait_s, CHECK_FIRST_S)
    again_s = min(first_s * 1.5**publication.looks, CHECK_LAST_S) * random.uniform(0.9, 1.1)  # noqa: S311
    if ticket.until is not None:  # somebody is being waited for: look often, and once the chance has ended
        again_s = min(again_s, WAITING_S, max(CHECK_FIRST_S, (ticket.until - now).total_seconds() + CHECK_FIRST_S))
    Publication.objects.filter(pk=publication.pk, state=State.PROCESSING, claims=publication.claims).update(
        ticket=settling.ticket_data(ticket), check_after=now + timedelta(seconds=again_s), looks=F("looks") + 1
    )


def doubts_to_look_up(now: datetime) -> list[int]:
    """Mark the unsure rows to look up now as taken, and return them."""
    return _take(State.UNSURE, now)


def look_up(pk: int, now: datetime, *, by: Membership | None = None) -> Publication | None:
    """Look on the platform for an unsure publication; settle it if the answer is certain."""
    publication = publishing.load(pk)
    if publication is None or publication.state != State.UNSURE:
        return publication
    attempt = publication.attempts.filter(outcome__in=publishing.DOUBTFUL).order_by("-number").first()
    attempt = attempt or publication.attempts.order_by("-number").first()
    if attempt is None:
        return publication
    with translation.override(publication.variant.item.workspace.language):
        try:
            post = publishing.seen_on_platform(publication, attempt, now)
        except ConnectorError as error:
            if isinstance(error, NeedsReconnect):
                health.mark_expired(publication.variant.account, error, now)
            _look_again(publication, now, result="unreachable", problem=error, by=by)
            return publication
        if post is not None:
            settling.live(publication, post, now, attempt=attempt, found=True)
        elif _may_send_again(publication, attempt, now):
            settling.back(publication, now, is_late=_is_past(publication, now), now=now)
        else:
            _look_again(publication, now, result="absent", by=by)
    return publication


def _may_send_again(publication: Publication, attempt: Attempt, now: datetime) -> bool:
    """Say whether it is certain that another attempt cannot make a second post."""
    account = publication.variant.account
    is_sure = posting.finds_by_key(account)
    if publication.tries >= publishing.TRIES:
        return False
    doubts = publication.attempts.filter(outcome__in=publishing.DOUBTFUL).order_by("started_at")
    first = doubts.first() or attempt
    if posting.repeats_safely(account, attempt.sent.get("options") or {}, since=first.started_at, now=now):
        return is_sure or not _is_past(publication, now)
    is_absent = publication.looks >= 1 and now - attempt.started_at >= ABSENT_AFTER
    return is_sure and is_absent and doubts.count() < DOUBTS


def _is_past(publication: Publication, now: datetime) -> bool:
    return now > publication.due_at + publishing.grace(publication)


def _look_again(
    publication: Publication, now: datetime, *, result: str, problem: object = "", by: Membership | None
) -> None:
    waits = LOOK_AFTER_S[publication.looks :]
    check_after = now + timedelta(seconds=waits[0]) if waits else None
    rows = Publication.objects.filter(pk=publication.pk, state=State.UNSURE, claims=publication.claims)
    with transaction.atomic():
        if rows.update(check_after=check_after, looks=F("looks") + 1):
            settling.note(publication, "publication.looked", by=by, result=result, **reason(problem, 600))


def _take(state: str, now: datetime) -> list[int]:
    due = Publication.objects.filter(state=state, check_after__lte=now)
    pks = due.order_by("check_after").values_list("pk", flat=True)[:A_SWEEP]
    return [pk for pk in list(pks) if due.filter(pk=pk).update(check_after=now + LOOKING_FOR)]


def ask_later(publication: Publication, now: datetime) -> None:
    """Let a row that was taken for a look, but not asked about, be taken again in a moment."""
    rows = Publication.objects.filter(pk=publication.pk, state__in=[State.UNSURE, State.PROCESSING])
    rows.filter(claims=publication.claims).update(check_after=now + places.SOON)


def confirm(publication: Publication, url: str, *, by: Membership | None, now: datetime) -> Post:
    """A person says that it is live at `url`: posted by hand, or unsure and seen there.

    The post is the one we know at that address, else one the platform shows there, else a new row.
    """
    is_open = publication.state in {State.UNSURE, State.BY_HAND} or publication.late_at is not None
    if not is_open:
        raise WrongState(_("%(row)s does not wait for a link.") % {"row": publication})
    account = publication.variant.account
    post = _known_at(account, url) or _told_at(account, url, publication.due_at, now)
    if post is None:
        title = publication.variant.title or publication.variant.item.title
        remote = RemotePost(remote_id=url[:400], url=url, published_at=min(publication.due_at, now), title=title)
        post = posting.record_post(account, remote, first_seen=FirstSeen.PUBLISHED, now=now)
    if Publication.objects.filter(post=post).exclude(pk=publication.pk).exists():
        raise UserError(
            _("That link belongs to another publication. Paste the link of this one."),
            fields={"url": [_("That link belongs to another publication.")]},
        )
    if not settling.live(publication, post, now, by=by, confirmed=True):
        raise WrongState(_("%(row)s changed while you were looking at it.") % {"row": publication})
    return post


def not_live(publication: Publication, due_at: datetime, *, by: Membership | None, now: datetime) -> Publication:
    """A person looked and says that an unsure publication is not live: it goes out at `due_at`."""
    if publication.state != State.UNSURE:
        raise WrongState(_("%(row)s is not unsure.") % {"row": publication})
    with scheduling.planning_on(publication.variant.account):
        scheduling.demand_time(publication, due_at, now=now)
        scheduling.put_back(publication, due_at)
        settling.note(publication, "publication.not_live", by=by, due_at=due_at.isoformat())
    return publication


def give_up(publication: Publication, *, by: Membership | None, now: datetime) -> Publication:
    """A person looked, and an unsure publication that is not live shall not go out any more."""
    if publication.state != State.UNSURE:
        raise WrongState(_("%(row)s is not unsure.") % {"row": publication})
    with transaction.atomic():
        settling.failed(publication, _("Not live; nobody sends it again."), "", now, was=[State.UNSURE])
        scheduling.cancel(publication, by=by, now=now)
    return publication


def _known_at(account: Account, url: str) -> Post | None:
    same = Post.objects.filter(account=account, url__in={url, url.rstrip("/"), url.rstrip("/") + "/"})
    return same.order_by("-published_at").first()


def _told_at(account: Account, url: str, due_at: datetime, now: datetime) -> Post | None:
    if not gateway.can(account, ReadsPosts):
        return None
    try:
        connector = gateway.connect(account)
        recent = connector.recent_posts(min(due_at, now) - timedelta(days=1))
        remote = next((post for post in recent if _address(post.url) == _address(url)), None)
    except ConnectorError as error:
        log.info("account %s: the link could not be looked up, %s", account.pk, type(error).__name__)
        return None
    return posting.record_post(account, remote, first_seen=FirstSeen.PUBLISHED, now=now) if remote else None


def _address(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc.casefold(), parts.path.rstrip("/"), parts.query
