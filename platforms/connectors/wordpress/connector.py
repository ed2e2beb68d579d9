"""What a WordPress site means to us: posts, pictures, tags, comments.

Facts checked against WordPress 6.1 and https://developer.wordpress.org/rest-api/ (2026-11).
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, Profile, Secret
from platforms.connectors.errors import Refused
from platforms.connectors.http import Http
from platforms.connectors.markup import plain_text, rewrite_images
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.remote import AccountReading, PostRef, Reading, RemoteMessage, RemotePost
from platforms.connectors.spec import FormField, Limits, PlatformSpec
from platforms.connectors.wordpress.client import SENTENCES, NoTrash, TermExists, Wire, number, site_address

POST_FIELDS = "id,slug,status,link,date_gmt,modified_gmt,title,excerpt"
COMMENT_FIELDS = (
    "id,post,parent,author,author_name,author_url,author_email,author_avatar_urls,date_gmt,content,link,status"
)
STANDING = "publish,private,draft,pending"
OUR_SLUG = re.compile(r"p[0-9a-f]{12}(-\d+)?")
IDS_PER_CALL = 50
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


class WordPress:
    """One user on one WordPress site."""

    spec = PlatformSpec(
        key="wordpress",
        label="WordPress",
        mark="W",
        mark_slot=0,
        body_format="article",
        limits=Limits(title_required=True, title_max=250),
        count_unit=gettext_lazy("characters"),
        metrics=("comments",),
        setup_fields=(
            FormField(
                "address",
                gettext_lazy("Address of the site"),
                "url",
                gettext_lazy("As you open it in the browser."),
                placeholder="https://blog.example.com",
            ),
            FormField("username", gettext_lazy("User name")),
            FormField(
                "password",
                gettext_lazy("Application password"),
                "secret",
                gettext_lazy("Not the password you sign in with. It looks like “abcd EFGH 1234 …”."),
            ),
        ),
        setup_help=gettext_lazy(
            "In WordPress, open Users, Profile, Application Passwords. Enter a name such as Mediaops, "
            "add the password and paste it here. The user should be an editor or an author."
        ),
        option_fields=(
            FormField(
                "status",
                gettext_lazy("Appears as"),
                "choice",
                choices=(
                    ("publish", gettext_lazy("Public post")),
                    ("draft", gettext_lazy("Draft in WordPress")),
                    ("private", gettext_lazy("Private post")),
                ),
                default="publish",
                required=False,
            ),
            FormField(
                "categories",
                gettext_lazy("Categories"),
                help=gettext_lazy("Separated by commas. New ones are created."),
                required=False,
            ),
        ),
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        self._account = account
        self._username = secret.get("username", "").strip()
        self._wire = Wire(
            http,
            root=account.server,
            address=secret.get("address", ""),
            username=self._username,
            password=secret.get("password", "").strip(),
        )

    def profile(self) -> Profile:
        """Sign in and tell who and where we are; `server` becomes the REST interface's address.

        Raises Refused for a user who may not even write drafts.
        """
        root, index = self._wire.find_root()
        me = self._wire.get("users/me", context="edit").data or {}
        rights = me.get("capabilities") or {}
        if not rights.get("edit_posts"):
            raise Refused(SENTENCES["rest_cannot_create"]())
        home = str(index.get("home") or index.get("url") or site_address(root))
        parts = urlsplit(home)
        return Profile(
            remote_id=f"{parts.netloc}{parts.path.rstrip('/')}#{me.get('id')}",
            name=html.unescape(index.get("name") or "") or parts.netloc,
            handle=str(me.get("username") or me.get("slug") or self._username),
            url=home,
            avatar_url=index.get("site_icon_url") or (me.get("avatar_urls") or {}).get("96", ""),
            server=root,
            limits={} if rights.get("upload_files") else {"images_max": 0},
            can=tuple(_rights(rights)),
        )

    def publish(self, post: OutgoingPost) -> RemotePost:
        """Make the post, unless one with the same key stands there already.

        Pictures, tags and categories come first and harm nobody when the post fails. Raises the
        four errors of `connectors.errors`.
        """
        if known := self.find(post.key):
            return known
        values = self._values(post) | {"slug": slug_of(post.key), "status": _status(post)}
        return self._remote(self._wire.write("posts", values), key=post.key)

    def find(self, key: str) -> RemotePost | None:
        """Look for the key's post in any state but the trash."""
        answer = self._wire.get("posts", slug=slug_of(key), status="any", context="edit", _fields=POST_FIELDS)
        rows = self._wire.rows(answer)
        return self._remote(rows[0], key=key) if rows else None

    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost:
        """Bring the post to what `post` says; pictures are uploaded anew, the address stays."""
        values = self._values(post)
        if "status" in post.options:
            values["status"] = _status(post)
        return self._remote(self._wire.write(f"posts/{remote_id}", values), key=post.key)

    def delete(self, remote_id: str) -> None:
        """Move the post to the trash, or remove it where the site has none; gone already is fine."""
        answer = self._wire.get("posts", include=remote_id, status="any", context="edit", _fields="id")
        if not self._wire.rows(answer):
            return
        try:
            self._wire.write(f"posts/{remote_id}", {"force": "false"}, method="DELETE")
        except NoTrash:
            self._wire.write(f"posts/{remote_id}", {"force": "true"}, method="DELETE")

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield all posts that stand since then, newest first, whoever wrote them.

        Drafts are left out, except those that we were asked to make.
        """
        after = since.astimezone(UTC).isoformat()
        for row in self._wire.pages("posts", after=after, status=STANDING, context="edit", _fields=POST_FIELDS):
            post = self._remote(row)
            is_out = row["status"] in {"publish", "private"} or OUR_SLUG.fullmatch(row.get("slug") or "")
            if is_out and post.published_at >= since:
                yield post

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield comments after `since`, oldest first; held ones too where the user may moderate."""
        asked: dict[str, Any] = {
            "after": since.astimezone(UTC).isoformat(),
            "order": "asc",
            "_fields": COMMENT_FIELDS,
        }
        try:
            rows = list(self._wire.pages("comments", **asked, context="edit", status="all"))
        except Refused:
            rows = list(self._wire.pages("comments", **asked))
        parents = {row["id"]: row.get("parent") or 0 for row in rows}
        for row in rows:
            message = self._message(row, self._root_comment(row["id"], parents))
            if message.at >= since:
                yield message

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a comment under the same post."""
        asked = self._wire.get(f"comments/{message_id}", _fields="id,post,parent").data
        root = self._root_comment(asked["id"], {asked["id"]: asked.get("parent") or 0})
        values = {"post": asked["post"], "parent": asked["id"], "content": html.escape(text, quote=False)}
        return self._message(self._wire.write("comments", values), root)

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield the number of public comments; WordPress counts no views. Posts that are gone yield nothing."""
        ids = [post.remote_id for post in posts]
        for start in range(0, len(ids), IDS_PER_CALL):
            asked = ",".join(ids[start : start + IDS_PER_CALL])
            standing = [
                str(row["id"])
                for row in self._wire.pages("posts", include=asked, status="any", context="edit", _fields="id")
            ]
            if not standing:
                continue
            counts = dict.fromkeys(standing, 0)
            for row in self._wire.pages("comments", post=",".join(standing), _fields="id,post"):
                counts[str(row["post"])] += 1
            for remote_id, count in counts.items():
                yield Reading(remote_id, comments=count)

    def account_reading(self) -> AccountReading:
        """Return how many public posts the site has; WordPress knows no followers."""
        answer = self._wire.get("posts", per_page=1, _fields="id")
        return AccountReading(posts=number(answer.headers.get("x-wp-total")))

    def _values(self, post: OutgoingPost) -> dict[str, Any]:
        stored = {image.ref: self._upload(image, post.key) for image in post.images}
        places = {
            ref: {"src": str(row["source_url"]), "class": f"wp-image-{row['id']}"} for ref, row in stored.items()
        }
        return {
            "title": post.title,
            "content": rewrite_images(post.html or linebreaks(post.text, autoescape=True), places),
            "excerpt": post.summary,
            "featured_media": stored[post.cover.ref]["id"] if post.cover and post.cover.ref in stored else 0,
            "tags": [self._term("tags", name) for name in post.tags],
        } | self._categories(post)

    def _categories(self, post: OutgoingPost) -> dict[str, list[int]]:
        """Return nothing when none are named: WordPress then uses the site's default category."""
        said = post.options.get("categories") or ()
        names = re.split(r"[,，、]", said) if isinstance(said, str) else said
        ids = [self._term("categories", name.strip()) for name in names if name.strip()]
        return {"categories": ids} if ids else {}

    def _term(self, kind: str, name: str) -> int:
        """Return the id of a tag or category, made when it is missing."""
        for row in self._wire.rows(self._wire.get(kind, search=name, per_page=100, _fields="id,name")):
            if html.unescape(row["name"]).casefold() == name.casefold():
                return int(row["id"])
        try:
            return int(self._wire.prepare(kind, {"name": name})["id"])
        except TermExists as error:  # the search does not find every name, one with & for example
            return error.term_id
        except Refused as error:
            sentence = _("“%(name)s” does not exist on the site, and this user may not create it.")
            raise Refused(sentence % {"name": name}, raw=error.raw) from None

    def _upload(self, image: OutgoingImage, key: str) -> dict[str, Any]:
        row = self._wire.upload(_file_name(image, key), image.mime, image.read())
        if not row.get("source_url") or not row.get("id"):
            raise Refused(_("The site did not store a picture."))
        if image.alt:
            self._wire.prepare(f"media/{row['id']}", {"alt_text": image.alt})
        return row

    def _remote(self, row: Mapping[str, Any], key: str = "") -> RemotePost:
        """Read a post; a draft has no publishing time yet and is given its last change."""
        return RemotePost(
            remote_id=str(row["id"]),
            url=row.get("link") or "",
            published_at=_moment(row.get("date_gmt")) or _moment(row.get("modified_gmt")) or datetime.now(UTC),
            title=html.unescape(plain_text(_rendered(row, "title"))),
            text=plain_text(_rendered(row, "excerpt")),
            kind="article",
            key=key,
        )

    def _message(self, row: Mapping[str, Any], root: str) -> RemoteMessage:
        content = row.get("content") or {}
        author = int(row.get("author") or 0)
        parent = row.get("parent") or ""
        return RemoteMessage(
            remote_id=str(row["id"]),
            kind="comment",
            thread_id=root,
            text=plain_text(content.get("rendered") or content.get("raw") or ""),
            at=_moment(row.get("date_gmt")) or datetime.now(UTC),
            author_id=str(author) if author else _guest(row),
            author_name=html.unescape(row.get("author_name") or ""),
            author_url=row.get("author_url") or "",
            avatar_url=(row.get("author_avatar_urls") or {}).get("96", ""),
            post_id=str(row.get("post") or ""),
            reply_to=str(parent),
            url=row.get("link") or "",
            is_own=bool(author) and str(author) == self._account.remote_id.rpartition("#")[2],
            raw={"status": row.get("status", "")},
        )

    def _root_comment(self, comment: int, parents: dict[int, int]) -> str:
        """Climb to the comment that began the talk; parents outside the window are asked for once."""
        for _step in range(20):
            if comment not in parents:
                try:
                    row = self._wire.get(f"comments/{comment}", _fields="id,parent").data
                except Refused:  # the parent was deleted: the talk begins here now
                    row = {}
                parents[comment] = row.get("parent") or 0
            if not parents[comment]:
                break
            comment = parents[comment]
        return str(comment)


def slug_of(key: str) -> str:
    """Return the slug under which a publication's post is found again.

    It is made of the key alone, because a lookup by slug is the one exact and certain lookup that a
    stock WordPress offers for every state of a post.
    """
    return f"p{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def _status(post: OutgoingPost) -> str:
    return str(post.options.get("status") or "publish")


def _rights(rights: Mapping[str, Any]) -> Iterator[str]:
    yield _("Publish posts") if rights.get("publish_posts") else _("Write drafts only; this user may not publish")
    yield _("Upload pictures") if rights.get("upload_files") else _("No pictures; this user may not upload")
    if rights.get("moderate_comments"):
        yield _("Moderate comments")


def _file_name(image: OutgoingImage, key: str) -> str:
    """Return a plain ASCII name: headers carry nothing else safely."""
    stem = unicodedata.normalize("NFKD", PurePath(image.name).stem).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:60] or slug_of(key + image.ref)
    return f"{stem}.{EXTENSIONS.get(image.mime, 'bin')}"


def _guest(row: Mapping[str, Any]) -> str:
    """Name a commenter without an account, so that the same person is the same next time; no address is kept."""
    known_by = row.get("author_email") or row.get("author_name") or row["id"]
    return f"guest-{hashlib.sha256(str(known_by).casefold().encode()).hexdigest()[:16]}"


def _rendered(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name) or {}
    return str(value.get("raw") or value.get("rendered") or "")


def _moment(text: str | None) -> datetime | None:
    """Read WordPress's `…_gmt` times, which carry no zone; zeros mean none."""
    if not text or text.startswith("0000"):
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
