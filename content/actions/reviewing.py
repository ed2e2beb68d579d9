"""Agreeing: rounds of review, what people said, and the approval that holds for one text only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.actions import versions
from content.digest import digest
from content.models import Comment, ContentItem, Review
from content.models.idea import IDEA_MOVES, Idea, IdeaState
from content.models.item import ITEM_MOVES, ItemState
from content.models.review import REVIEW_MOVES, ReviewState
from content.models.version import Reason
from mediaops.actions.activity import record
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move, move_all
from mediaops.models import Membership, Notice, Right


@transaction.atomic
def submit(item: ContentItem, *, by: Membership, now: datetime, note: str = "") -> Review:
    """Ask for a decision on the text as it stands; who may approve is told."""
    _demand_words(item)
    move(item, ITEM_MOVES, ItemState.IN_REVIEW)
    review = _new_review(item, ReviewState.OPEN, asked_by=by, asked_at=now, note=note)
    versions.take(item, reason=Reason.SUBMITTED, by=by, now=now)
    record(by=by, verb="item.submitted", subject=item, round=review.round, note=note)
    words = gettext_lazy("{name} asks you to review “{item}”.")
    notify(
        reviewers(item, besides=by), kind="review.asked", key=f"review-{review.pk}-asked", url=_path(item),
        text=format_lazy(words, name=by.name, item=item), mail=True,
    )  # fmt: skip
    return review


@transaction.atomic
def take_back(item: ContentItem, *, by: Membership, now: datetime) -> ContentItem:
    """Withdraw the question before it is decided; the piece is a draft again."""
    move(item, ITEM_MOVES, ItemState.DRAFT)
    _close_open(item, by=by, now=now)
    record(by=by, verb="item.taken_back", subject=item)
    return item


@transaction.atomic
def approve(item: ContentItem, *, by: Membership, now: datetime, note: str = "", seen: str = "") -> Review:
    """Approve exactly what is there now. `seen` is the digest the reviewer's page showed.

    Raises WrongState when the text changed since they read it.
    """
    current = digest(item)
    if seen and seen != current:
        raise WrongState(_("The text changed while you were reading. Look at it again, then decide."))
    _demand_words(item)
    move(item, ITEM_MOVES, ItemState.APPROVED)
    review = _decide(item, ReviewState.APPROVED, by=by, now=now, note=note, seen=current)
    versions.take(item, reason=Reason.APPROVED, by=by, now=now)
    _idea_is_done(item, now)
    record(by=by, verb="item.approved", subject=item, round=review.round, note=note)
    _tell_writer(item, review, by, format_lazy(gettext_lazy("{name} approved “{item}”."), name=by.name, item=item))
    return review


@transaction.atomic
def request_changes(item: ContentItem, *, by: Membership, now: datetime, note: str) -> Review:
    """Send the piece back with what to change; an approval ends."""
    if not note.strip():
        sentence = _("Say what to change, in a sentence.")
        raise UserError(sentence, fields={"note": [sentence]})
    move(item, ITEM_MOVES, ItemState.CHANGES)
    _end_approvals(item, by=by, now=now)
    review = _decide(item, ReviewState.CHANGES, by=by, now=now, note=note.strip(), seen=digest(item))
    record(by=by, verb="item.changes_requested", subject=item, round=review.round, note=review.note)
    words = gettext_lazy("{name} asks for changes to “{item}”: {note}")
    text = format_lazy(words, name=by.name, item=item, note=review.note)
    _tell_writer(item, review, by, text, level=Notice.Level.WARNING)
    return review


def withdraw_if_changed(item: ContentItem, *, by: Membership | None, now: datetime) -> bool:
    """End the approval of another text than the one that is there; return whether it did.

    Every action that changes what goes out calls this: items, variants, assets.
    """
    if ContentItem.objects.values_list("state", flat=True).get(pk=item.pk) != ItemState.APPROVED:
        return False
    last = Review.objects.filter(item=item, state=ReviewState.APPROVED).order_by("-round").first()
    if last is not None and last.digest == digest(item):
        return False
    with transaction.atomic():
        item.state = ItemState.APPROVED
        move(item, ITEM_MOVES, ItemState.STALE)
        _end_approvals(item, by=by, now=now)
        record(by=by, verb="item.approval_withdrawn", subject=item, workspace=item.workspace)
        _tell_of_withdrawal(item, last, by)
    return True


@transaction.atomic
def remind(item: ContentItem, *, by: Membership, now: datetime) -> list[Membership]:
    """Ask the reviewers once more; return who was told. Once a day is enough."""
    if item.state != ItemState.IN_REVIEW:
        raise WrongState(_("There is nothing to decide just now."))
    day = timezone.localtime(now).date()
    words = gettext_lazy("{name} waits for your review of “{item}”.")
    told = notify(
        reviewers(item, besides=by), kind="review.reminder", key=f"item-{item.pk}-reminder-{day}", url=_path(item),
        text=format_lazy(words, name=by.name, item=item), mail=True,
    )  # fmt: skip
    if not told:
        raise UserError(_("They were reminded today already."))
    record(by=by, verb="item.reminded", subject=item, names=[notice.member.name for notice in told])
    return [notice.member for notice in told]


@transaction.atomic
def say(
    item: ContentItem, *, text: str, by: Membership, now: datetime, quote: str = "", parent: Comment | None = None
) -> Comment:
    """Comment on a piece, or answer a comment. Who owns it, who spoke before and who is named (@) hears of it."""
    top = parent.parent or parent if parent else None
    comment = Comment.objects.create(
        item=item, parent=top, text=text.strip(), quote="" if top else quote.strip()[:300], by=by, at=now
    )
    if top is not None and top.resolved_at is not None:
        Comment.objects.filter(pk=top.pk).update(resolved_at=None, resolved_by=None)
    record(by=by, verb="comment.made", subject=comment, item=item.pk)
    words = format_lazy(gettext_lazy("{name} on “{item}”: {text}"), name=by.name, item=item, text=text[:200])
    notify(
        _listeners(item, top, comment.text, besides=by), kind="comment.made", key=f"comment-{comment.pk}",
        text=words, url=f"{_path(item)}#comment-{(top or comment).pk}", mail=True,
    )  # fmt: skip
    return comment


@transaction.atomic
def resolve(comment: Comment, *, by: Membership, now: datetime) -> Comment:
    """Mark a comment as dealt with."""
    _set_resolved(comment, now, by)
    record(by=by, verb="comment.resolved", subject=comment, item=comment.item_id)
    return comment


@transaction.atomic
def reopen(comment: Comment, *, by: Membership) -> Comment:
    """Open a resolved comment again."""
    _set_resolved(comment, None, None)
    record(by=by, verb="comment.reopened", subject=comment, item=comment.item_id)
    return comment


def reviewers(item: ContentItem, *, besides: Membership | None = None) -> list[Membership]:
    """Return who may approve in the item's workspace, managers before owners."""
    rows = Membership.objects.in_workspace(item.workspace).with_right(Right.APPROVE)
    people = rows.select_related("user", "workspace").order_by("role", "joined_at")
    return [member for member in people if besides is None or member.pk != besides.pk]


def _set_resolved(comment: Comment, at: datetime | None, by: Membership | None) -> None:
    rows = Comment.objects.filter(pk=comment.pk, parent=None, resolved_at__isnull=at is not None)
    if not rows.update(resolved_at=at, resolved_by=by):
        raise WrongState(_("This comment changed while you were looking at it."))
    comment.resolved_at, comment.resolved_by = at, by


def _demand_words(item: ContentItem) -> None:
    if not (item.title.strip() or item.body.strip()):
        raise UserError(_("There is nothing to review yet. Write a title or some text first."))


def _new_review(item: ContentItem, state: str, **fields: object) -> Review:
    last = Review.objects.filter(item=item).aggregate(last=Max("round"))["last"] or 0
    return Review.objects.create(**{"item": item, "round": last + 1, "state": state, "digest": digest(item)} | fields)


def _decide(item: ContentItem, state: str, *, by: Membership, now: datetime, note: str, seen: str) -> Review:
    """Settle the open round, or make one: a manager may decide without being asked."""
    decision: dict[str, Any] = {"decided_by": by, "decided_at": now, "note": note, "digest": seen}
    review = Review.objects.filter(item=item, state=ReviewState.OPEN).first()
    if review is None:
        return _new_review(item, state, asked_by=by, asked_at=now, **decision)
    move(review, REVIEW_MOVES, state, **decision)
    return review


def _close_open(item: ContentItem, *, by: Membership, now: datetime) -> None:
    rows = Review.objects.filter(item=item, state=ReviewState.OPEN)
    move_all(rows, REVIEW_MOVES, ReviewState.WITHDRAWN, decided_at=now, decided_by=by)


def _end_approvals(item: ContentItem, *, by: Membership | None, now: datetime) -> None:
    rows = Review.objects.filter(item=item, state=ReviewState.APPROVED)
    move_all(rows, REVIEW_MOVES, ReviewState.WITHDRAWN)


def _idea_is_done(item: ContentItem, now: datetime) -> None:
    if item.idea_id:
        rows = Idea.objects.filter(pk=item.idea_id, state=IdeaState.WRITING)
        move_all(rows, IDEA_MOVES, IdeaState.DONE, changed_at=now)


def _tell_writer(
    item: ContentItem, review: Review, by: Membership, text: object, *, level: str = Notice.Level.INFO
) -> None:
    people = _here([item.owner, review.asked_by], besides=by)
    notify(
        people, kind=f"review.{review.state}", key=f"review-{review.pk}-{review.state}",
        text=text, url=_path(item), level=level, mail=True,
    )  # fmt: skip


def _tell_of_withdrawal(item: ContentItem, review: Review | None, by: Membership | None) -> None:
    words = gettext_lazy("“{item}” changed after approval and needs another look before it goes out.")
    notify(
        _here([item.owner, review.decided_by if review else None], besides=by),
        kind="review.withdrawn", key=f"review-{review.pk if review else 0}-withdrawn-{item.revision}",
        text=format_lazy(words, item=item),
        url=_path(item), level=Notice.Level.WARNING, mail=True,
    )  # fmt: skip


def _listeners(item: ContentItem, top: Comment | None, text: str, *, besides: Membership) -> list[Membership]:
    answers = Comment.objects.filter(item=item, parent=top) if top else Comment.objects.none()
    people = [item.owner, top.by if top else None, *(row.by for row in answers.select_related("by"))]
    if "@" in text:
        team = Membership.objects.in_workspace(item.workspace).active().select_related("user")
        people += [member for member in team if f"@{member.name}" in text]
    return _here(people, besides=besides)


def _here(people: Iterable[Membership | None], *, besides: Membership | None) -> list[Membership]:
    """Leave out nobody, the one who acts, and who left the team."""
    wanted = {person.pk for person in people if person is not None} - {besides.pk if besides else None}
    return list(Membership.objects.active().filter(pk__in=wanted).select_related("user", "workspace"))


def _path(item: ContentItem) -> str:
    return reverse("content:item", args=[item.workspace.slug, item.pk])
