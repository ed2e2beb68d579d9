"""What happens on a workspace's own site: articles come and go, visitors read and comment."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mediaops.actions.activity import record
from mediaops.errors import UserError
from mediaops.lib.moves import move, move_all
from mediaops.models import Membership, Workspace
from platforms.actions import connecting
from platforms.connectors.site import SiteConnector
from platforms.models import Account, Article, ArticleDay, ArticleTag, SiteComment, SiteImage
from platforms.models.site import COMMENT_MOVES, CommentState
from platforms.site import cleaning
from platforms.site.cleaning import clean_line, clean_text

log = logging.getLogger(__name__)

COMMENT_MAX = 4000
NAME_MAX = 60
TAGS_MAX = 20
SAME_AGAIN = timedelta(minutes=10)
"""The same words at the same place within this time are a repeat, not a second comment."""


class BadArticle(UserError):
    """The article cannot be shown as it is; the text says why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_article"


class WasRemoved(UserError):
    """An article with this key stood here and was removed; the key is used up."""

    status = HTTPStatus.CONFLICT
    code = "removed"


@dataclass(frozen=True)
class Draft:
    """An article as it comes in. `cover` is the address of one of the site's pictures, "" for none."""

    title: str
    html: str = ""
    summary: str = ""
    author: str = ""
    language: str = ""
    cover: str = ""
    cover_alt: str = ""
    tags: Sequence[str] = ()


def open_site(workspace: Workspace, *, by: Membership, now: datetime) -> Account:
    """Open the workspace's site and connect it as an account; one that is connected is returned as it is."""
    connected = Account.objects.in_workspace(workspace).own().working()
    row = connected.filter(platform=SiteConnector.spec.key, credential__isnull=False).first()
    return row or connecting.connect_account(workspace, SiteConnector.spec.key, {}, by=by, now=now)


def publish(workspace: Workspace, key: str, draft: Draft, *, now: datetime) -> tuple[Article, bool]:
    """Make the article of `key`, or find the one that the key made before; say whether it is new.

    What stands is left as it is, so that a repeat is harmless. Raises BadArticle, or WasRemoved for
    a key whose article was taken down.
    """
    fields, images = _checked(workspace, draft)
    slug = cleaning.slug_of(fields["title"], key)
    article = Article(workspace=workspace, key=key, slug=slug, published_at=now, changed_at=now, **fields)
    try:
        with transaction.atomic():
            article.save(force_insert=True)
            _write_tags(article, draft.tags)
    except IntegrityError:
        return _standing(workspace, key), False
    log.info("site %s: article %s published, %s pictures", workspace.slug, article.pk, images)
    return article, True


def update(article: Article, draft: Draft, *, now: datetime) -> Article:
    """Replace what an article says. Its address stays."""
    fields, _images = _checked(article.workspace, draft)
    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(changed_at=now, **fields)
        article.tags.all().delete()
        _write_tags(article, draft.tags)
    for name, value in fields.items():
        setattr(article, name, value)
    article.changed_at = now
    return article


def remove(article: Article, *, now: datetime) -> Article:
    """Take an article down. The row, its figures and its comments stay; its key is used up."""
    Article.objects.filter(pk=article.pk, removed_at=None).update(removed_at=now, changed_at=now)
    article.removed_at = article.changed_at = now
    log.info("site: article %s removed", article.pk)
    return article


def _standing(workspace: Workspace, key: str) -> Article:
    article = Article.objects.select_related("workspace").get(workspace=workspace, key=key)
    if article.removed_at:
        raise WasRemoved(_("The article with this key was removed."))
    return article


def _checked(workspace: Workspace, draft: Draft) -> tuple[dict, int]:
    title = clean_line(draft.title, most=300)
    if not title:
        raise BadArticle(_("An article needs a title."), fields={"title": [_("Fill this in.")]})
    cleaned = cleaning.clean_html(draft.html)
    cover = cleaning.digest_in(draft.cover)
    images = _images(workspace, [*cleaning.digests_in(cleaned), *([cover] if cover else [])])
    shown = {digest: cleaning.Shown(row.get_absolute_url(), row.width, row.height) for digest, row in images.items()}
    return {
        "title": title,
        "summary": clean_text(draft.summary, most=2000),
        "author": clean_line(draft.author, most=80),
        "language": clean_line(draft.language, most=10),
        "html": cleaning.with_pictures(cleaned, shown),
        "text": cleaning.words_of(cleaned),
        "cover": images.get(cover),
        "cover_alt": clean_line(draft.cover_alt, most=400),
    }, len(images)


def _images(workspace: Workspace, digests: Sequence[str]) -> Mapping[str, SiteImage]:
    if not digests:
        return {}
    rows = SiteImage.objects.in_workspace(workspace).filter(sha256__in=set(digests))
    found = {row.sha256: row for row in rows}
    for row in found.values():
        row.workspace = workspace
    return found


def _write_tags(article: Article, tags: Sequence[str]) -> None:
    names = dict.fromkeys(clean_line(tag, most=60).lstrip("#") for tag in tags[:TAGS_MAX])
    rows = [ArticleTag(article=article, name=name) for name in names if name]
    if rows:
        ArticleTag.objects.bulk_create(rows)


def store_image(workspace: Workspace, data: bytes, *, now: datetime) -> tuple[SiteImage, bool]:
    """Keep a picture on the site; the same bytes are kept once. Say whether it is new.

    Raises `cleaning.BadPicture` for what is not a picture, or too large a one.
    """
    picture = cleaning.look_at(data)
    own = SiteImage.objects.in_workspace(workspace).filter(sha256=picture.sha256)
    if known := own.first():
        known.workspace = workspace
        return known, False
    row = SiteImage(
        workspace=workspace, sha256=picture.sha256, mime=picture.mime, width=picture.width,
        height=picture.height, size_bytes=len(data), made_at=now,
    )  # fmt: skip
    row.file.name = _stored(f"site/{workspace.pk}/{row.sha256[:2]}/{row.name}", data)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same picture came twice in the same moment
        row = own.get()
        row.workspace = workspace
        return row, False
    return row, True


def _stored(name: str, data: bytes) -> str:
    """Write the bytes; a file of that name holds the very same ones, since the name is their digest."""
    if default_storage.exists(name) and default_storage.size(name) == len(data):
        return name
    return default_storage.save(name, ContentFile(data))


def add_comment(article: Article, name: str, text: str, *, now: datetime) -> SiteComment:
    """Write a visitor's comment; nobody sees it until the team shows it. A repeat is the same comment."""
    return _say(article, None, name=name, text=text, is_team=False, now=now)[0]


def answer(comment: SiteComment, text: str, *, name: str, now: datetime) -> tuple[SiteComment, bool]:
    """Write the team's answer under a comment, and show the comment if it still waited.

    Talks have one level: an answer to an answer stands under the first comment. Say whether the
    answer is new; the same words said just before are found instead.
    """
    root = comment.root or comment
    waiting = SiteComment.objects.filter(pk=root.pk, state=CommentState.WAITING)
    move_all(waiting, COMMENT_MOVES, CommentState.SHOWN, changed_at=now)
    return _say(root.article, root, name=name, text=text, is_team=True, now=now)


def _say(
    article: Article, root: SiteComment | None, *, name: str, text: str, is_team: bool, now: datetime
) -> tuple[SiteComment, bool]:
    said, who = clean_text(text, most=COMMENT_MAX), clean_line(name, most=NAME_MAX)
    if not said or not who:
        raise UserError(_("A comment needs a name and words."))
    place = {"article": article, "root": root, "name": who, "is_team": is_team}
    again = SiteComment.objects.filter(**place, text=said, made_at__gt=now - SAME_AGAIN).first()
    if again:
        return again, False
    state = CommentState.SHOWN if is_team else CommentState.WAITING
    row = SiteComment.objects.create(**place, text=said, state=state, made_at=now, changed_at=now)
    log.info("site: comment %s on article %s, %s", row.pk, article.pk, state)
    return row, True


def show_comment(comment: SiteComment, *, by: Membership, now: datetime) -> SiteComment:
    """Let visitors see a comment."""
    return _moderate(comment, CommentState.SHOWN, "comment.shown", by=by, now=now)


def hide_comment(comment: SiteComment, *, by: Membership, now: datetime) -> SiteComment:
    """Keep a comment, and the answers under it, from visitors."""
    return _moderate(comment, CommentState.HIDDEN, "comment.hidden", by=by, now=now)


def _moderate(comment: SiteComment, to: str, verb: str, *, by: Membership, now: datetime) -> SiteComment:
    if comment.state == to:  # two people pressed it
        return comment
    with transaction.atomic():
        move(comment, COMMENT_MOVES, to, changed_at=now)
        record(by=by, verb=verb, subject=comment)
    return comment


def count_view(article: Article, day: date, *, is_first: bool) -> None:
    """Count one view on `day` (the workspace's zone); `is_first` for a visitor not yet seen that day."""
    more = {"views": F("views") + 1, "visitors": F("visitors") + int(is_first)}
    with transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**more)
        today = ArticleDay.objects.filter(article=article, day=day)
        if not today.update(**more):
            try:
                with transaction.atomic():
                    ArticleDay.objects.create(article=article, day=day, views=1, visitors=int(is_first))
            except IntegrityError:  # two visitors opened the day together
                today.update(**more)


def visitor_of(salt: str, address: str, agent: str) -> str:
    """Return a visitor's mark for one day. The salt is thrown away, and then nobody can tell who it was."""
    return hashlib.sha256(f"{salt}\n{address}\n{agent}".encode()).hexdigest()[:24]
