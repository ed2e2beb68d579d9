"""Taking an import back: every figure as it was before."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.actions.rolling import roll_account_days, roll_post_days
from analytics.imports.writing import (
    ACCOUNT_COLUMNS,
    BATCH,
    Told,
    renew_account_figures,
    renew_figures,
    told_of_posts,
)
from analytics.models import (
    COUNTERS,
    AccountDay,
    AccountSnapshot,
    ImportedFile,
    Overwritten,
    PostDay,
    PostSnapshot,
)
from analytics.models.imported_file import IMPORT_MOVES, ImportState
from campaigns.models import Deliverable
from content.models import Publication
from mediaops.actions.activity import record
from mediaops.errors import WrongState
from mediaops.lib import bulk
from mediaops.lib.moves import move
from mediaops.lib.periods import day_of, start_of_day
from mediaops.models import Membership
from platforms.models import Account, Conversation, Post
from platforms.models.post import FirstSeen

log = logging.getLogger(__name__)


def start_undo(imported: ImportedFile, *, by: Membership) -> None:
    """Let a worker take an import back. Raises WrongState while a later file stands on its figures."""
    later = Overwritten.objects.filter(before__imported=imported.pk).select_related("imported").first()
    if later:
        raise WrongState(
            _("“%(name)s” was imported after this and changed the same figures. Undo that one first.")
            % {"name": later.imported.name}
        )
    move(imported, IMPORT_MOVES, ImportState.UNDOING, worked_at=None, tries=0)
    record(by=by, verb="import.undone", subject=imported)


@bulk.few_collections()
def undo_rows(imported: ImportedFile, now: datetime) -> None:
    """Remove what a file told, put back what it overwrote, and derive days and newest figures anew.

    Posts that only files told of, and none tells of any more, go with it, unless something else refers to them.
    """
    account = imported.account
    if account is not None:
        while posts := _told_posts(imported):
            with transaction.atomic():
                _undo_posts(imported, account, posts)
                ImportedFile.objects.filter(pk=imported.pk).update(worked_at=timezone.now())
        with transaction.atomic():
            _undo_account(imported, account, now)
    with transaction.atomic():
        if account is not None:
            _roll_every_day(account)
        imported.rows.all().delete()
        move(imported, IMPORT_MOVES, ImportState.UNDONE, done_at=now, worked_at=None, tries=0)
    log.info("file %s undone", imported.pk)


def what_undoing_takes(imported: ImportedFile) -> dict[str, int]:
    """Count what undoing takes back: snapshots, posts that only this file told of, overwritten minutes put back."""
    of_posts = PostSnapshot.objects.filter(imported=imported)
    posts = Post.objects.filter(account=imported.account_id, first_seen=FirstSeen.IMPORTED)
    others = PostSnapshot.objects.exclude(imported=imported).filter(post__in=posts)
    only_here = posts.filter(pk__in=of_posts.values("post")).exclude(pk__in=others.values("post"))
    return {
        "figures": of_posts.count() + AccountSnapshot.objects.filter(imported=imported).count(),
        "posts": _unused(only_here).count(),
        "restored": imported.overwritten.count(),
    }


def _told_posts(imported: ImportedFile) -> list[int]:
    rows = PostSnapshot.objects.filter(imported=imported).order_by()
    return list(rows.values_list("post_id", flat=True).distinct()[:BATCH])


def _undo_posts(imported: ImportedFile, account: Account, posts: Sequence[int]) -> None:
    rows = PostSnapshot.objects.filter(imported=imported, post__in=posts)
    kept = imported.overwritten.filter(post__in=posts)
    _put_back(rows, "post_id", kept, COUNTERS)
    rows.delete()  # (what was put back names its own file again)
    kept.delete()
    zone = ZoneInfo(account.workspace.time_zone)
    PostDay.objects.filter(post__in=posts, day__gte=day_of(imported.as_of, zone)).delete()
    roll_post_days(account, posts, since=imported.as_of)
    left: dict[int, list[Told]] = {pk: [] for pk in posts}
    for told in told_of_posts(posts):
        left[told.subject].append(told)
    renew_figures(left, next_at=None)
    untold = [pk for pk, snapshots in left.items() if not snapshots]
    _unused(Post.objects.filter(pk__in=untold, first_seen=FirstSeen.IMPORTED)).delete()


def _undo_account(imported: ImportedFile, account: Account, now: datetime) -> None:
    rows = AccountSnapshot.objects.filter(imported=imported)
    if not rows.exists():
        return
    kept = imported.overwritten.exclude(account=None)
    _put_back(rows, "account_id", kept, ACCOUNT_COLUMNS)
    rows.delete()
    kept.delete()
    renew_account_figures(account, now)


def _put_back(rows: QuerySet, subject: str, kept: QuerySet[Overwritten], names: Sequence[str]) -> None:
    """Write back what snapshots said before the file, where the file's word still stands."""
    standing = {(of, at): pk for pk, of, at in rows.order_by().values_list("pk", subject, "taken_at")}
    found = [
        (before["imported"], before["extra"], *(before[name] for name in names), standing[of, at])
        for of, at, before in kept.values_list(subject, "taken_at", "before")
        if (of, at) in standing
    ]
    bulk.update(rows.model, ["imported_id", "extra", *names], found)


def _unused(posts: Any) -> Any:
    """Leave out posts that something else refers to."""
    return (
        posts.exclude(pk__in=Publication.objects.filter(post__in=posts).values("post"))
        .exclude(pk__in=Deliverable.objects.filter(post__in=posts).values("post"))
        .exclude(pk__in=Conversation.objects.filter(post__in=posts).values("post"))
    )


def _roll_every_day(account: Account) -> None:
    """Make all of the account's days anew: which ones an import reached is not written down anywhere."""
    zone = ZoneInfo(account.workspace.time_zone)
    days = AccountDay.objects.filter(account=account).values_list("day", flat=True)
    told = PostDay.objects.filter(account=account).order_by().values_list("day", flat=True).distinct()
    roll_account_days(account, {start_of_day(day, zone) for day in {*days, *told}})
