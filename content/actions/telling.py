"""Telling people, once each, what needs them: failures, doubts, lateness, posts to make by hand.

The rows say what is still to be told (`told_at`), so that a crash between a change and its notice
loses nothing, and many troubles at once are one notice.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from content import kit
from content.models import Publication, Review
from content.models.publication import State
from content.models.review import ReviewState
from mediaops.actions import chat
from mediaops.actions.notices import notify
from mediaops.models import Membership, Notice, ReasonOf, Right, Workspace
from platforms.models import Account
from platforms.models.account import Health

A_SWEEP = 500
ONE_BY_ONE = 5
"""More than these of a kind in one workspace at once are told as one."""
UNSURE_FOR = timedelta(seconds=20)
"""A doubt that looking settles within this time disturbs nobody."""
FALLEN_FOR = timedelta(days=2)
"""Posts that fell longer ago have been told of."""
AHEAD = timedelta(days=7)
"""How far ahead planned posts count when their account has stopped working."""

TEXTS: dict[str, Any] = {
    State.FAILED: _("“%(title)s” was not published on %(account)s: %(problem)s"),
    State.UNSURE: _("“%(title)s” was sent to %(account)s at %(time)s, no clear answer. It may be live."),
    State.BY_HAND: _("“%(title)s” is due on %(account)s at %(time)s. Post it by hand."),
    "late": _("“%(title)s” could not go out on %(account)s at %(time)s. It waits for you."),
}
WAYS: dict[str, Any] = {
    State.FAILED: _("Open it: the page says what to do and sends it again."),
    State.UNSURE: _("Look on the platform, then say whether it is live."),
    State.BY_HAND: _("Copy text and pictures from the page, then paste the link back."),
    "late": _("Send it now, choose a new time, or drop it."),
}
MANY: dict[str, Any] = {
    State.FAILED: _("%(n)s publications failed: %(titles)s …"),
    State.UNSURE: _("%(n)s publications may or may not be live: %(titles)s …"),
    State.BY_HAND: _("%(n)s publications are due by hand: %(titles)s …"),
    "late": _("%(n)s publications missed their time: %(titles)s …"),
}
OF_ACCOUNTS: dict[str, Any] = {
    Health.EXPIRED: _("%(account)s signed us out; planned posts that wait: %(n)s, the next at %(time)s."),
    Health.GONE: _("%(account)s was disconnected, but posts are planned on it: %(n)s, the next at %(time)s."),
    Health.SOON: _("The sign-in of %(account)s ends soon; planned posts: %(n)s, the next at %(time)s."),
}
LEVELS: dict[str, str] = {State.BY_HAND: Notice.Level.WARNING}


def tell_troubles(now: datetime) -> int:
    """Tell people about every row that came to need them; return how many rows."""
    rows = Publication.objects.needing_a_person().filter(told_at=None)
    rows = rows.exclude(state=State.UNSURE, settled_at__gt=now - UNSURE_FOR)
    rows = rows.select_related("variant__item__workspace", "variant__account", "variant__item__owner", "made_by")
    found = list(rows.order_by("due_at")[:A_SWEEP])
    groups: dict[tuple[int, str], list[Publication]] = defaultdict(list)
    for row in found:
        groups[row.variant.item.workspace_id, row.shown_state].append(row)
    for (_workspace, kind), publications in groups.items():
        if len(publications) > ONE_BY_ONE:
            _tell_many(publications, kind, now)
        else:
            for publication in publications:
                _tell_one(publication, kind)
    for row in found:  # each only if it is still what was told about
        Publication.objects.filter(pk=row.pk, state=row.state, claims=row.claims).update(told_at=now)
    return len(found)


def tell_of_accounts(now: datetime) -> int:
    """Say, before the next post is due, that an account it is planned on has stopped working."""
    waits = Q(state=State.PLANNED, due_at__lt=now + AHEAD, late_at=None)
    found = (
        Publication.objects.filter(waits, variant__account__state__in=[Health.EXPIRED, Health.GONE, Health.SOON])
        .order_by()
        .values("variant__account")
        .annotate(n=Count("pk"), first=Min("due_at"))
    )
    told = 0
    for row in found:
        account = Account.objects.select_related("workspace").get(pk=row["variant__account"])
        told += _tell_of_account(account, row["n"], row["first"])
    return told


def tell_of_fallen(now: datetime) -> int:
    """Tell of publications that were live and whose post the platform took down later; return how many are news.

    The notice's key is the post and its fall, so nobody is told twice however often this runs.
    """
    rows = Publication.objects.filter(state=State.LIVE, post__removed_at__gt=now - FALLEN_FOR)
    rows = rows.exclude(post__removed_why="").select_related(
        "variant__item__workspace", "variant__account", "variant__item__owner", "made_by", "post"
    )
    return sum(_tell_of_fall(row) for row in rows[:A_SWEEP])


def _tell_of_fall(publication: Publication) -> bool:
    post, account = publication.post, publication.variant.account
    if post is None:
        return False
    words = {"title": publication.variant.title or publication.variant.item, "account": account.name}
    told = notify(
        people_of(publication),
        kind="publication.fell",
        key=f"publication.fell:{publication.pk}:{_stamp(post.removed_at)}",
        text=Said(_("“%(title)s” no longer stands on %(account)s: %(reason)s"), reason=post.removed_why, **words),
        way_out=_("Look on the platform why; publishing it again is up to you."),
        url=publication.get_absolute_url(),
        level=Notice.Level.URGENT,
        mail=True,
        chat=True,
    )
    return bool(told)


def people_of(publication: Publication) -> list[Membership]:
    """Return whom a publication's trouble concerns: who planned, owns and approved it.

    Where none of them may publish (any more), everybody who may is told.
    """
    item = publication.variant.item
    approved = Review.objects.filter(item=item, state=ReviewState.APPROVED).order_by("-round")
    pks = {publication.made_by_id, item.owner_id, approved.values_list("decided_by", flat=True).first()}
    rows = Membership.objects.in_workspace(item.workspace_id).active().select_related("user", "workspace")
    people = list(rows.filter(pk__in=[pk for pk in pks if pk]))
    if not any(member.may(Right.PUBLISH) for member in people):
        people += publishers(item.workspace)
    return people


def publishers(workspace: Workspace) -> list[Membership]:
    """Return everybody who may publish in the workspace."""
    rows = Membership.objects.with_right(Right.PUBLISH).filter(workspace=workspace)
    return list(rows.select_related("user", "workspace"))


def _tell_one(publication: Publication, kind: str) -> None:
    since = publication.late_at if kind == "late" else publication.settled_at
    words = {
        "title": publication.variant.title or publication.variant.item,
        "account": publication.variant.account.name,
        "problem": ReasonOf(publication),
    }
    sent_at = publication.claimed_at if kind == State.UNSURE else publication.due_at
    for member in people_of(publication):
        notify(
            [member],
            kind=f"publication.{kind}",
            key=f"publication.{kind}:{publication.pk}:{_stamp(since)}",
            text=Said(TEXTS[kind], time=_Moment(sent_at, member), **words),
            way_out=WAYS[kind],
            url=_where(publication, kind, member),
            level=LEVELS.get(kind, Notice.Level.URGENT),
            mail=True,
        )
    chat.say(
        publication.variant.item.workspace,
        key=f"publication.{kind}:{publication.pk}:{_stamp(since)}",
        text=Said(TEXTS[kind], time=_Moment(sent_at, None, publication.variant.item.workspace), **words),
        way_out=WAYS[kind],
        url=_where(publication, kind, None),
        level=LEVELS.get(kind, Notice.Level.URGENT),
    )


def _where(publication: Publication, kind: str, member: Membership | None) -> str:
    """Return what opens: the kit for who posts by hand, else the publication's page."""
    if kind == State.BY_HAND and (member is None or member.may(Right.PUBLISH)):
        return kit.make_link(publication, member)
    return publication.get_absolute_url()


def _tell_many(publications: Sequence[Publication], kind: str, now: datetime) -> None:
    workspace = publications[0].variant.item.workspace
    titles = ", ".join(str(row.variant.item) for row in publications[:3])
    notify(
        {member.pk: member for row in publications for member in people_of(row)}.values(),
        kind=f"publication.{kind}",
        key=f"publication.{kind}:many:{workspace.pk}:{_stamp(now)}",
        text=Said(MANY[kind], n=len(publications), titles=titles),
        way_out=_("Open the list: it says what to do about each."),
        url=reverse("content:waiting", args=[workspace.slug]),
        level=LEVELS.get(kind, Notice.Level.URGENT),
        mail=True,
        chat=True,
    )


def _tell_of_account(account: Account, count: int, first: datetime) -> int:
    is_new = False
    since = _stamp(account.failing_since) if account.state == Health.EXPIRED else f"{first:%G-%V}"
    for member in publishers(account.workspace):
        told = notify(
            [member],
            kind=f"account.{account.state}.planned",
            key=f"account.{account.state}.planned:{account.pk}:{since}",
            text=Said(OF_ACCOUNTS[account.state], account=account.name, n=count, time=_Moment(first, member)),
            way_out=_("Reconnect it and they go out on time."),
            url=account.get_absolute_url(),
            level=Notice.Level.WARNING,
            mail=True,
            chat=True,
        )
        is_new = is_new or bool(told)
    return int(is_new)


class Said:
    """A sentence that is filled when it is read, in the language of that moment."""

    def __init__(self, sentence: Any, **words: Any) -> None:
        self.sentence, self.words = sentence, words

    def __str__(self) -> str:
        return str(self.sentence) % self.words


class _Moment:
    """A moment in the member's zone (in a group: the workspace's), written in the language of the reader."""

    def __init__(self, at: datetime | None, member: Membership | None, workspace: Workspace | None = None) -> None:
        own = member.user.time_zone or member.workspace.time_zone if member else ""
        self.at, self.zone = at, ZoneInfo(own or (workspace.time_zone if workspace else "UTC"))

    def __str__(self) -> str:
        if self.at is None:
            return "–"
        local = timezone.localtime(self.at, self.zone)
        is_chinese = (translation.get_language() or "").startswith("zh")
        return f"{local:%m-%d %H:%M}" if is_chinese else f"{local.day} {local:%b, %H:%M}"


def _stamp(at: datetime | None) -> str:
    return f"{at:%Y%m%d%H%M%S}" if at else "-"
