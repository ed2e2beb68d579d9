"""Rows that no post matched: a person says what they are, and the next file remembers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from analytics.actions.rolling import roll_account_days
from analytics.imports.layouts import Row, part_of, values_of
from analytics.imports.numbers import folded
from analytics.imports.writing import BATCH, PostWriter
from analytics.models import ImportedFile, ImportedRow
from analytics.models.imported_file import ROW_MOVES, ImportState, RowState
from mediaops.actions.activity import record
from mediaops.errors import UserError, WrongState
from mediaops.lib.moves import move
from mediaops.models import Membership
from platforms.models import Account, Post

AROUND = timedelta(days=2)
OFFERED = 8


def match_row(row: ImportedRow, post: Post, *, by: Membership, now: datetime) -> None:
    """Put a waiting row to a post of the file's account and write its figures."""
    account = _account_of(row)
    if post.account_id != account.pk:
        raise UserError(_("That post is not on %(account)s.") % {"account": account.name})
    with transaction.atomic():
        move(row, ROW_MOVES, RowState.MATCHED, post=post)
        writer = PostWriter(row.imported, account, now=now, writes=True)
        writer.put(_read(row), post.pk)
        roll_account_days(account, writer.moments)
        record(by=by, verb="import.row_matched", subject=row.imported, line=row.line, post=post.pk)


def make_posts(rows: Sequence[ImportedRow], *, by: Membership, now: datetime) -> int:
    """Make a post made elsewhere of each waiting row (all of one file); return how many.

    Raises UserError when one does not say when it was published.
    """
    if not rows:
        return 0
    account = _account_of(rows[0])
    if untimed := next((row for row in rows if "published_at" not in row.values), None):
        raise UserError(
            _("Line %(line)s does not say when it was published, so no post can be made of it.")
            % {"line": untimed.line}
        )
    writer = PostWriter(rows[0].imported, account, now=now, writes=True)
    writer.text_is_title = any(
        part.layout and part.layout.text_is_title for part in map(part_of, rows[0].imported.parts)
    )
    with transaction.atomic():
        for row, outcome in zip(rows, writer.make([_read(row) for row in rows]), strict=True):
            move(row, ROW_MOVES, RowState.MADE, post_id=outcome.post)
        roll_account_days(account, writer.moments)
        record(by=by, verb="import.rows_made", subject=rows[0].imported, rows=len(rows))
    return len(rows)


def ignore_rows(rows: Sequence[ImportedRow], *, by: Membership) -> int:
    """Leave waiting rows (all of one file) out, now and in later files; return how many."""
    if not rows:
        return 0
    _account_of(rows[0])
    with transaction.atomic():
        for row in rows:
            move(row, ROW_MOVES, RowState.IGNORED)
        record(by=by, verb="import.rows_ignored", subject=rows[0].imported, rows=len(rows))
    return len(rows)


def waiting_rows(imported: ImportedFile) -> list[ImportedRow]:
    """Return waiting rows of a file, as many as one request may settle."""
    rows = list(imported.rows.waiting()[:BATCH])
    for row in rows:
        row.imported = imported
    return rows


def find_post(account: Account, words: str) -> Post:
    """Return the post of an account that an address or its exact title names; raise UserError for none or several."""
    words = words.strip()
    found = list(Post.objects.filter(account=account).filter(Q(url=words) | Q(remote_id=words) | Q(title=words))[:2])
    if len(found) == 1:
        return found[0]
    raise UserError(
        _("No post of %(account)s has this address or title.") % {"account": account.name}
        if not found
        else _("Several posts of %(account)s have this title. Paste the address.") % {"account": account.name}
    )


@dataclass(frozen=True)
class Offer:
    """A post that a row may speak of; `is_same_title` where only the time differs."""

    post: Post
    is_same_title: bool


def offers(account: Account, rows: Iterable[ImportedRow]) -> dict[int, list[Offer]]:
    """Return, by row, the posts it may speak of: same title, or published around its time. One query for all."""
    rows = list(rows)
    wanted = Q(pk__in=[])
    for row in rows:
        if at := values_of(row.values).get("published_at"):
            wanted |= Q(published_at__gte=at - AROUND, published_at__lte=at + AROUND)
        if title := row.values.get("title"):
            wanted |= Q(title=title[:300])
    posts = list(Post.objects.filter(account=account).filter(wanted).order_by("-published_at")[:500])
    return {row.pk: _ranked(row, posts) for row in rows}


def _ranked(row: ImportedRow, posts: list[Post]) -> list[Offer]:
    values = values_of(row.values)
    title, at = folded(values.get("title") or ""), values.get("published_at")
    found = []
    for post in posts:
        is_same = bool(title) and folded(post.title or post.text[:300]) == title[:300]
        far = abs(post.published_at - at) if at else timedelta()
        if is_same or (at and far <= AROUND):
            found.append((not is_same, far, post.pk, Offer(post, is_same)))
    return [offer for *_rank, offer in sorted(found, key=lambda one: one[:3])[:OFFERED]]


def _account_of(row: ImportedRow) -> Account:
    imported = row.imported
    if imported.state != ImportState.DONE or imported.account is None:
        raise WrongState(
            _("“%(name)s” is not imported, so its rows do not wait for anybody.") % {"name": imported.name}
        )
    return imported.account


def _read(row: ImportedRow) -> Row:
    values = values_of(row.values)
    return Row(row.line, values, is_day_only=bool(values.pop("is_day_only", False)))
