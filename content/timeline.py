"""Who did what with a piece, and who said what: one line of time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from content.models import Comment, ContentItem, Publication
from mediaops.lib.verbs import sentence_of
from mediaops.models import Activity

ENTRIES_MAX = 200

WORDS: dict[str, tuple[str, Any]] = {
    # verb: (icon, what is said after the name)
    "item.made": ("pencil", _("started this piece")),
    "item.edited": ("pencil", _("wrote on it")),
    "item.submitted": ("send", _("sent it to review")),
    "item.taken_back": ("arrow-back-up", _("took it back from review")),
    "item.approved": ("checks", _("approved it")),
    "item.changes_requested": ("arrow-back-up", _("asked for changes")),
    "item.approval_withdrawn": ("refresh-alert", _("changed it, which ended the approval")),
    "item.reminded": ("bell", _("reminded the reviewers")),
    "item.restored": ("history", _("went back to an older version")),
    "item.archived": ("archive", _("archived it")),
    "item.brought_back": ("archive", _("took it out of the archive")),
    "item.handed_over": ("user", _("changed the owner")),
    "item.joined_campaign": ("flag", _("put it into a campaign")),
    "variant.added": ("plus", _("added an account")),
    "variant.changed": ("pencil", _("fitted it to an account")),
    "variant.dropped": ("trash", _("took an account away")),
    "publication.planned": ("calendar-plus", _("planned it")),
    "publication.moved": ("calendar", _("moved its time")),
    "publication.cancelled": ("ban", _("cancelled a publication")),
    "publication.live": ("circle-check", _("published it")),
    "publication.updated": ("edit", _("changed it where it is live")),
    "publication.failed": ("circle-x", _("could not publish it")),
    "publication.unsure": ("help-circle", _("does not know whether it is live")),
    "publication.by_hand": ("hand-click", _("asks to publish it by hand")),
    "publication.late": ("clock-exclamation", _("missed its time")),
}


QUIET = ("publication.started", "publication.put_back", "publication.looked", "publication.processing")
"""Steps of the machine that the publication's own page tells."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened. Either a deed (`words`) or a comment with its answers."""

    at: datetime
    who: str
    words: str = ""
    icon: str = ""
    note: str = ""
    token: str = ""
    comment: Comment | None = None
    answers: list[Comment] = field(default_factory=list)


def timeline(item: ContentItem) -> list[Entry]:
    """Return everything that happened to the piece, newest first. Comments stand where their thread began."""
    return sorted([*_deeds(item), *_threads(item)], key=lambda entry: entry.at, reverse=True)


def _deeds(item: ContentItem) -> Iterable[Entry]:
    plans = [str(pk) for pk in Publication.objects.filter(variant__item=item).values_list("pk", flat=True)]
    about = Q(subject_type=ContentItem._meta.label_lower, subject_id=str(item.pk))
    about |= Q(subject_type=Publication._meta.label_lower, subject_id__in=plans)
    rows = (
        Activity.objects.in_workspace(item.workspace_id).filter(about).exclude(verb__in=QUIET).order_by("-at", "-pk")
    )
    for row in rows.order_by("-at", "-pk")[:ENTRIES_MAX]:
        icon, words = WORDS.get(row.verb, ("circle", None))
        yield Entry(
            at=row.at,
            who=row.member_name,
            words=str(words) if words else sentence_of(row.verb),
            icon=icon,
            note=_note(row),
            token=row.by_token,
        )


def _note(row: Activity) -> str:
    detail = row.detail
    if row.verb == "item.handed_over":
        return f"{detail.get('was') or '–'} → {detail.get('now') or '–'}"
    return str(detail.get("note") or detail.get("account") or detail.get("problem") or "")


def _threads(item: ContentItem) -> Iterable[Entry]:
    rows = list(Comment.objects.filter(item=item).select_related("by__user", "resolved_by__user"))
    for top in rows:
        if top.parent_id is None:
            answers = [row for row in rows if row.parent_id == top.pk]
            yield Entry(at=top.at, who=str(top.by or ""), comment=top, answers=answers)
