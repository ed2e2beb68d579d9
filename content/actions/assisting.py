"""Posts that people make: told when due, reminded, escalated; settled by a link, or by the post itself."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from content import kit
from content.actions import settling, telling
from content.models import Publication
from content.models.publication import State, WayOut
from mediaops.actions import chat
from mediaops.actions.notices import notify
from mediaops.errors import UserError, WrongState
from mediaops.lib.said import said as _
from mediaops.models import Membership, Notice, Right
from platforms.models import Post

A_SWEEP = 200
EARLY = timedelta(hours=2)
LATE = timedelta(days=3)
"""A post with the same words, made so long before or after the planned time, is taken for the planned one."""

REMINDER = gettext_lazy("“%(title)s” still waits to be posted on %(account)s, for %(n)s minutes now.")
ESCALATION = gettext_lazy("Nobody has posted “%(title)s” on %(account)s, due %(n)s minutes ago.")


def nudge(now: datetime) -> int:
    """Remind who has to post, and later their managers, once each; return how many were nudged."""
    workspace = "variant__item__workspace"
    rows = Publication.objects.filter(state=State.BY_HAND, posted_at=None, nudges__lt=2, told_at__isnull=False)
    found = rows.select_related(workspace, "variant__account", "variant__item__owner", "made_by").order_by("due_at")
    return sum(_nudge(row, now) for row in found[:A_SWEEP])


def open_early(publication: Publication, now: datetime) -> None:
    """Let a person answer before the planned minute: what they were to post is out, or cannot be."""
    if publication.state == State.PLANNED and publication.variant.account.is_by_hand:
        settling.by_hand(publication, now)


def say_posted(publication: Publication, *, by: Membership, now: datetime) -> Publication:
    """A person posted it and has no link yet: nobody is reminded any more, the link may still come."""
    rows = Publication.objects.filter(pk=publication.pk, state=State.BY_HAND)
    with transaction.atomic():
        if not rows.update(posted_at=now):
            raise WrongState(_("%(row)s does not wait for a link.") % {"row": publication})
        settling.note(publication, "publication.posted", by=by)
    publication.posted_at = now
    return publication


def say_cannot(publication: Publication, reason: str, *, by: Membership, now: datetime) -> Publication:
    """A person cannot post it: it failed with their words, and who planned it is told."""
    words = " ".join(reason.split())
    if not words:
        sentence = _("Say in a few words what is in the way.")
        raise UserError(sentence, fields={"reason": [sentence]})
    sentence = _("%(name)s could not post it: %(reason)s") % {"name": by.name, "reason": words}
    if not settling.failed(publication, sentence, WayOut.RETRY, now, was=[State.BY_HAND], by=by):
        raise WrongState(_("%(row)s changed while you were looking at it.") % {"row": publication})
    return publication


def settle_by_posts(now: datetime) -> int:
    """Find posts that appeared on an account (pulled, or imported) and are the ones people were to make.

    The words decide: the same title, or the same beginning, on the same account around the planned
    time; a post that another publication became does not count. Returns how many were settled.
    """
    rows = Publication.objects.filter(state=State.BY_HAND, due_at__gt=now - LATE)
    rows = rows.select_related("variant__item__workspace", "variant__account").order_by("due_at")
    return sum(_settle_by_post(row, now) for row in rows[:A_SWEEP])


def _settle_by_post(row: Publication, now: datetime) -> bool:
    taken = Publication.objects.exclude(post=None).values("post")
    posts = Post.objects.standing().filter(account=row.variant.account).exclude(pk__in=taken)
    around = posts.between(row.due_at - EARLY, row.due_at + LATE)
    same = [post for post in around.order_by("published_at")[:50] if _is_same(row, post)]
    return len(same) == 1 and settling.live(row, same[0], now, found=True)


def _is_same(row: Publication, post: Post) -> bool:
    made = kit.kit_of(row)
    titles = {_folded(made.title.text) if made.title else "", _folded(row.variant.title or row.variant.item.title)}
    if post.title and _folded(post.title) in titles - {""}:
        return True
    words = _folded(post.text or post.title)
    return len(words) >= 12 and _folded(made.text.text).startswith(words[:60])


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _nudge(row: Publication, now: datetime) -> bool:
    workspace = row.variant.item.workspace
    since = row.settled_at or row.due_at
    waited = (now - since).total_seconds() / 60
    if row.nudges == 0 and waited >= workspace.hand_reminder_min:
        is_ours = _mark(row, 1)
        if is_ours:
            people = {member.pk: member for member in [*telling.people_of(row), *telling.publishers(workspace)]}
            _tell(row, list(people.values()), REMINDER, "reminder", Notice.Level.WARNING, int(waited))
        return is_ours
    if row.nudges == 1 and waited >= workspace.hand_escalation_min:
        is_ours = _mark(row, 2)
        if is_ours:
            managers = Membership.objects.with_right(Right.APPROVE).filter(workspace=workspace)
            people = {member.pk: member for member in managers.select_related("user", "workspace")}
            _tell(row, list(people.values()), ESCALATION, "escalation", Notice.Level.URGENT, int(waited))
        return is_ours
    return False


def _mark(row: Publication, nudges: int) -> bool:
    same = Publication.objects.filter(pk=row.pk, state=State.BY_HAND, posted_at=None, nudges=nudges - 1)
    return bool(same.update(nudges=F("nudges") + 1))


def _tell(row: Publication, people: list[Membership], text: object, kind: str, level: str, minutes: int) -> None:
    words = {
        "title": row.variant.title or row.variant.item,
        "account": row.variant.account.name,
        "n": minutes,
    }
    key = f"publication.by_hand.{kind}:{row.pk}:{row.settled_at or row.due_at:%Y%m%d%H%M%S}"
    said = telling.Said(text, **words)
    way_out = telling.WAYS[State.BY_HAND]
    for member in people:
        url = kit.make_link(row, member) if member.may(Right.PUBLISH) else row.get_absolute_url()
        notify(
            [member], kind=f"publication.by_hand.{kind}", key=key, text=said, way_out=way_out, url=url,
            level=level, mail=True,
        )  # fmt: skip
    chat.say(
        row.variant.item.workspace, key=key, text=said, way_out=way_out, url=kit.make_link(row, None), level=level
    )
