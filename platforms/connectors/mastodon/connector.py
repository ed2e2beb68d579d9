"""What an account on a server that speaks the Mastodon API means to us.

Genuine Mastodon keeps an `Idempotency-Key` for an hour, so a repeat finds the first post. Look-alikes
were seen to ignore it and post twice; an account on one of them is not given the right to repeat, and
a doubt is settled by looking at what stands there.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import regex
from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, AccountRight, Profile, Secret, SignIn
from platforms.connectors.counting import count_graphemes, links_of
from platforms.connectors.errors import NotPermitted, Refused
from platforms.connectors.http import Http
from platforms.connectors.markup import plain_text
from platforms.connectors.mastodon.client import NotThere, Wire, server_address
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.remote import AccountReading, PostRef, Reading, RemoteMessage, RemotePost
from platforms.connectors.spec import FormField, Limits, PlatformSpec

TEXT_MAX = 500
LINK_LENGTH = 23
IDS_PER_CALL = 20
COUNT_END = 10**15
TALKS_MAX = 40
"""How many talks one look follows to their root; those beyond are read the next time."""
DOMAIN_OF_MENTION = regex.compile(r"(?<![\w/])(@[\p{L}\p{N}_.\-]+)@[\p{L}\p{N}.\-]+[\p{L}\p{N}]")
LEADING_MENTIONS = re.compile(r"^(?:@[\w.\-]+(?:@[\w.\-]+)?\s+)+")
ALL_BUT_REPEATING: tuple[AccountRight, ...] = (
    "publish",
    "update",
    "delete",
    "posts",
    "messages",
    "reply",
    "figures",
)
VISIBILITIES = (
    ("public", gettext_lazy("Everyone")),
    ("unlisted", gettext_lazy("Everyone, but not in lists")),
    ("private", gettext_lazy("Followers only")),
)


def count_text(text: str, link_length: int = LINK_LENGTH) -> int:
    """Count as Mastodon does: signs as readers see them, each link as 23, mentions without their server."""
    for link in reversed(links_of(text)):
        text = text[: link.start] + "x" * link_length + text[link.end :]
    return count_graphemes(DOMAIN_OF_MENTION.sub(r"\1", text))


class Mastodon:
    """One account on one server."""

    spec = PlatformSpec(
        key="mastodon",
        label="Mastodon",
        mark="M",
        mark_slot=6,
        body_format="note",
        repeats_for_s=3600,
        limits=Limits(text_max=TEXT_MAX, images_max=4),
        count_text=count_text,
        count_unit=gettext_lazy("characters"),
        counting_note=gettext_lazy("A link counts 23 characters, a mention only its name."),
        metrics=("likes", "comments", "shares"),
        setup_fields=(
            FormField(
                "server",
                gettext_lazy("Server"),
                "url",
                gettext_lazy("Where the account lives. Other software that speaks Mastodon’s API works, too."),
                placeholder="mastodon.social",
            ),
            FormField(
                "access_token",
                gettext_lazy("Access token"),
                "secret",
                gettext_lazy("Only if you hold one already. Without it you sign in on the server’s page."),
                required=False,
                advanced=True,
            ),
        ),
        setup_help=gettext_lazy("You sign in on your server’s own page; nothing has to be set up there."),
        option_fields=(
            FormField(
                "visibility",
                gettext_lazy("Who sees it"),
                "choice",
                choices=VISIBILITIES,
                default="public",
                required=False,
            ),
            FormField(
                "spoiler_text",
                gettext_lazy("Content warning"),
                help=gettext_lazy("Stands above the post, which is folded away until a reader opens it."),
                required=False,
            ),
            FormField("sensitive", gettext_lazy("Hide pictures until clicked"), "flag", required=False),
            FormField(
                "language",
                gettext_lazy("Language"),
                help=gettext_lazy("As a code, such as zh or en. Empty: guessed from the text."),
                required=False,
            ),
        ),
        back_office_url="https://joinmastodon.org/",
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        self._secret = secret
        self._id = account.remote_id.rpartition("#")[2]
        self._wire = Wire(
            http,
            server=server_address(account.server or secret.get("server", "")),
            token=secret.get("access_token", "").strip(),
            secrets=(secret.get("client_secret", ""),),
        )

    def begin_sign_in(self, redirect_uri: str, state: str) -> SignIn:
        """Register with the server and return its page on which a person allows us to act for them."""
        if not self._wire.server:
            raise Refused(_("This is not the address of a server. Write it like mastodon.social."))
        parts = urlsplit(redirect_uri)
        app, scopes = self._wire.make_app(redirect_uri, f"{parts.scheme}://{parts.netloc}")
        kept = {
            "client_id": str(app["client_id"]),
            "client_secret": str(app["client_secret"]),
            "scopes": scopes,
        }
        return SignIn(self._wire.sign_in_address(kept["client_id"], scopes, redirect_uri, state), kept)

    def finish_sign_in(self, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Secret:
        """Trade the code for a token, which does not end by itself."""
        token = self._wire.token_for(answer.get("code", ""), redirect_uri, kept)
        return {**self._secret, **kept, "access_token": token}

    def profile(self) -> Profile:
        """Tell who has signed in, what their server allows, and whether it honours our keys."""
        if not self._wire.server:
            raise Refused(_("This is not the address of a server. Write it like mastodon.social."))
        me = self._wire.read_object("v1/accounts/verify_credentials")
        host = urlsplit(self._wire.server).netloc
        number, name = str(me.get("id") or ""), str(me.get("username") or me.get("acct") or "")
        if not number:
            raise Refused(_("The server did not say whose account this is."))
        return Profile(
            remote_id=f"{host}#{number}",
            name=str(me.get("display_name") or name),
            handle=f"@{name}@{host}",
            url=str(me.get("url") or ""),
            avatar_url=str(me.get("avatar_static") or me.get("avatar") or ""),
            server=self._wire.server,
            limits=limits_told(self._instance()),
            can=(_("Publish posts"), _("Upload pictures"), _("Read and answer mentions")),
            rights=None if self._is_genuine() else ALL_BUT_REPEATING,
        )

    def publish(self, post: OutgoingPost) -> RemotePost:
        """Post it under `post.key`; a server that honours keys returns the first post for a repeat.

        Pictures come first and harm nobody when the post fails. Raises the errors of `connectors.errors`.
        """
        values = self._values(post) | {"visibility": str(post.options.get("visibility") or "public")}
        return self._remote(self._wire.write("POST", "v1/statuses", values, key=post.key), key=post.key)

    def publish_again(self, post: OutgoingPost) -> RemotePost:
        """Settle a doubt with the same key, on a server that keeps keys (Mastodon does for an hour)."""
        return self.publish(post)

    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost:
        """Bring the post to what `post` says; pictures are uploaded anew, who sees it stays."""
        return self._remote(self._wire.write("PUT", f"v1/statuses/{remote_id}", self._values(post)), key=post.key)

    def delete(self, remote_id: str) -> None:
        """Delete the post; one that is gone already is fine."""
        with contextlib.suppress(NotThere):
            self._wire.write("DELETE", f"v1/statuses/{remote_id}", {}, expects="")

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield the account's own posts since then, newest first; answers to others and private words are none."""
        for status in self._own_statuses(since):
            if not self._is_answer(status) and status.get("visibility") != "direct":
                yield self._remote(status)

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield answers under own posts, mentions and private talks since then, and own answers in them.

        A look-alike that lacks one of the three lists still tells the others.
        """
        seen: set[str] = set()
        for part in (self._answers, self._private_talks, self._mentions):
            with contextlib.suppress(NotThere, NotPermitted):
                for message in part(since, seen):
                    if message.remote_id not in seen and message.at >= since and message.text:
                        seen.add(message.remote_id)
                        yield message

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a message to the same readers; the same answer to the same message has the same key."""
        to = self._wire.read_object(f"v1/statuses/{message_id}")
        author = str(_account(to).get("acct") or "")
        words = text if not author or f"@{author}" in text else f"@{author} {text}"
        values = {
            "status": words,
            "in_reply_to_id": message_id,
            "visibility": str(to.get("visibility") or "unlisted"),
        }
        if warning := str(to.get("spoiler_text") or ""):
            values["spoiler_text"] = warning
        key = hashlib.sha256(f"reply {message_id} {text}".encode()).hexdigest()[:32]
        made = self._wire.write("POST", "v1/statuses", values, key=key)
        thread, post = self._place(made)
        return self._message(made, kind=_kind(to, post), thread=thread, post=post)

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield favourites, answers and boosts; views are not counted. Posts that are gone yield nothing."""
        ids = [post.remote_id for post in posts]
        for start in range(0, len(ids), IDS_PER_CALL):
            asked = ids[start : start + IDS_PER_CALL]
            for status in self._statuses(asked):
                yield Reading(
                    str(status.get("id")),
                    likes=_number(status.get("favourites_count")),
                    comments=_number(status.get("replies_count")),
                    shares=_number(status.get("reblogs_count")),
                )

    def account_reading(self) -> AccountReading:
        """Return followers, following and posts."""
        me = self._wire.read_object("v1/accounts/verify_credentials")
        return AccountReading(
            followers=_number(me.get("followers_count")),
            following=_number(me.get("following_count")),
            posts=_number(me.get("statuses_count")),
        )

    def _instance(self) -> Mapping[str, Any]:
        for call in ("v2/instance", "v1/instance"):
            with contextlib.suppress(Refused):
                told = self._wire.read(call, signed=False)
                if isinstance(told, Mapping):
                    return told
        return {}

    def _is_genuine(self) -> bool:
        """Say whether Mastodon itself runs here; look-alikes call themselves compatible with one."""
        name, version = self._wire.software()
        return name == "mastodon" and "compatible" not in version.lower()

    def _values(self, post: OutgoingPost) -> dict[str, Any]:
        values: dict[str, Any] = {"status": post.text.strip()}
        if warning := str(post.options.get("spoiler_text") or "").strip():
            values["spoiler_text"] = warning
        if str(post.options.get("sensitive") or "").lower() in {"true", "1", "on"}:
            values["sensitive"] = "true"
        if language := str(post.options.get("language") or post.language).strip().partition("-")[0]:
            values["language"] = language
        if post.images:
            values["media_ids[]"] = [self._upload(image) for image in post.images]
        return values

    def _upload(self, image: OutgoingImage) -> str:
        ending = image.mime.rpartition("/")[2]
        content = image.read()
        return self._wire.upload(f"picture.{ending}", content, image.mime, image.alt)

    def _own_statuses(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        for status in self._wire.rows(f"v1/accounts/{self._id}/statuses", exclude_reblogs="true"):
            if _moment(status.get("created_at")) < since:
                return
            if not status.get("reblog"):
                yield status

    def _is_answer(self, status: Mapping[str, Any]) -> bool:
        """Say whether we speak to others here; a thread of our own is a post in several parts."""
        to = status.get("in_reply_to_account_id")
        return bool(status.get("in_reply_to_id")) and str(to or "") != self._id

    def _answers(self, since: datetime, seen: set[str]) -> Iterator[RemoteMessage]:
        for status in self._own_statuses(since):
            if self._is_answer(status) or status.get("visibility") == "direct" or status.get("replies_count") == 0:
                continue
            root = str(status["id"])
            yield from self._below(root, self._context(root)[1])

    def _below(self, root: str, descendants: Sequence[Mapping[str, Any]]) -> Iterator[RemoteMessage]:
        """Yield what others said under a post of ours; each direct answer begins a talk."""
        threads: dict[str, str] = {}
        parts = {root, ""}
        for status in descendants:
            number, to = str(status.get("id") or ""), str(status.get("in_reply_to_id") or "")
            if to in parts and self._is_own(status):  # a further part of our own post
                parts.add(number)
                continue
            threads[number] = threads.get(to, number)
            if status.get("visibility") != "direct":
                yield self._message(status, kind="comment", thread=threads[number], post=root)

    def _private_talks(self, since: datetime, seen: set[str]) -> Iterator[RemoteMessage]:
        for number, talk in enumerate(self._wire.rows("v1/conversations")):
            last = talk.get("last_status")
            if not isinstance(last, Mapping) or not last.get("id"):
                continue
            if _moment(last.get("created_at")) < since or number >= TALKS_MAX:
                return
            before, after = self._context(str(last["id"]))
            said = [status for status in (*before, last, *after) if status.get("visibility") == "direct"]
            for status in said:
                yield self._message(status, kind="private", thread=str(said[0].get("id") or ""), post="")

    def _mentions(self, since: datetime, seen: set[str]) -> Iterator[RemoteMessage]:
        followed = 0
        for told in self._wire.rows("v1/notifications", **{"types[]": "mention"}):
            if _moment(told.get("created_at")) < since:
                return
            status = told.get("status")
            if told.get("type") != "mention" or not isinstance(status, Mapping) or str(status.get("id")) in seen:
                continue
            thread, post = str(status.get("id") or ""), ""
            if status.get("in_reply_to_id") and followed < TALKS_MAX:
                followed += 1
                thread, post = self._place(status)
            yield self._message(status, kind=_kind(status, post), thread=thread, post=post)

    def _place(self, status: Mapping[str, Any]) -> tuple[str, str]:
        """Return the talk a message belongs to, and the post of ours that it stands under ("" for none)."""
        number = str(status.get("id") or "")
        before, _after = self._context(number)
        if not before:
            return number, ""
        if status.get("visibility") == "direct":
            talk = [one for one in before if one.get("visibility") == "direct"]
            return str((talk or [status])[0].get("id") or number), ""
        root = before[0]
        if not self._is_own(root):
            return str(root.get("id") or number), ""
        begins = next((one for one in before[1:] if not self._is_own(one)), status)
        return str(begins.get("id") or number), str(root.get("id") or "")

    def _context(self, number: str) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """Return what stands above and below a status; nothing where the server does not tell."""
        with contextlib.suppress(NotThere, NotPermitted):
            told = self._wire.read(f"v1/statuses/{number}/context")
            if isinstance(told, Mapping):
                return _statuses_of(told.get("ancestors")), _statuses_of(told.get("descendants"))
        return [], []

    def _statuses(self, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield posts by their ids: at once where the server can (Mastodon since 4.3), else one by one."""
        found: dict[str, Mapping[str, Any]] = {}
        with contextlib.suppress(Refused):
            asked: dict[str, Any] = {"id[]": list(ids)}
            told = self._wire.read("v1/statuses", **asked)
            found = {str(row.get("id")): row for row in _statuses_of(told)}
        for number in ids:
            if number in found:
                yield found[number]
                continue
            with contextlib.suppress(NotThere):
                told = self._wire.read(f"v1/statuses/{number}")
                if isinstance(told, Mapping) and str(told.get("id") or "") == number:
                    yield told

    def _is_own(self, status: Mapping[str, Any]) -> bool:
        return str(_account(status).get("id") or "") == self._id

    def _remote(self, status: Mapping[str, Any], key: str = "") -> RemotePost:
        is_part = bool(status.get("in_reply_to_id")) and not self._is_answer(status)
        return RemotePost(
            remote_id=str(status["id"]),
            url=str(status.get("url") or status.get("uri") or ""),
            published_at=_moment(status.get("created_at")),
            text=words_of(status),
            kind="note",
            part_of=str(status["in_reply_to_id"]) if is_part else "",
            key=key,
        )

    def _message(self, status: Mapping[str, Any], *, kind: Any, thread: str, post: str) -> RemoteMessage:
        author, is_own = _account(status), self._is_own(status)
        words = words_of(status)
        return RemoteMessage(
            remote_id=str(status.get("id") or ""),
            kind=kind,
            thread_id=thread,
            text=(LEADING_MENTIONS.sub("", words) or words) if is_own else words or _attached(status),
            at=_moment(status.get("created_at")),
            author_id=str(author.get("id") or ""),
            author_name=str(author.get("display_name") or author.get("username") or ""),
            author_handle=f"@{author['acct']}" if author.get("acct") else "",
            author_url=str(author.get("url") or ""),
            avatar_url=str(author.get("avatar_static") or author.get("avatar") or ""),
            post_id=post,
            reply_to=str(status.get("in_reply_to_id") or ""),
            url=str(status.get("url") or status.get("uri") or ""),
            is_own=is_own,
            raw={"visibility": str(status.get("visibility") or "")},
        )


def limits_told(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a server allows, by field name of `Limits`: `configuration`, or the names of older ones."""
    told = _object(instance, "configuration")
    posts, media = _object(told, "statuses"), _object(told, "media_attachments")
    mimes = media.get("supported_mime_types")
    pictures = [mime for mime in mimes if mime in Limits().image_types] if isinstance(mimes, list) else []
    found = {
        "text_max": _number(posts.get("max_characters")) or _number(instance.get("max_toot_chars")),
        "images_max": _number(posts.get("max_media_attachments")) or _number(instance.get("max_media_attachments")),
        "link_length": _number(posts.get("characters_reserved_per_url")),
        "image_bytes_max": _number(media.get("image_size_limit")) or _number(instance.get("upload_limit")),
        "image_pixels_max": _number(media.get("image_matrix_limit")),
        "image_types": pictures,
    }
    return {name: value for name, value in found.items() if value}


def words_of(status: Mapping[str, Any]) -> str:
    """Return a post's words as its writer wrote them: mentions get back the server that HTML leaves out."""
    mentions = status.get("mentions")
    accounts = {
        str(one.get("url")): str(one.get("acct"))
        for one in (mentions if isinstance(mentions, list) else [])
        if isinstance(one, Mapping) and one.get("url") and one.get("acct")
    }
    content = str(status.get("content") or "").replace("</p><p", "</p>\n<p")
    return plain_text(_with_servers(content, accounts))


def _with_servers(source: str, accounts: Mapping[str, str]) -> str:
    if not accounts:
        return source
    reader = _Mentions(accounts)
    try:
        reader.feed(source)
        reader.close()
    except AssertionError:  # the parser's way of saying that it cannot make sense of `<![…`
        return source
    return "".join(reader.parts)


class _Mentions(HTMLParser):
    """Write `@name@server` for every link to a mentioned account; keep the rest letter by letter."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._accounts, self._inside = accounts, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        account = self._accounts.get(dict(attrs).get("href") or "") if tag == "a" else None
        if account:
            self.parts.append(f"@{account}")
            self._inside = True
        elif not self._inside:
            self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if not self._inside:
            self.parts.append(f"</{tag}>")
        elif tag == "a":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")


def _kind(status: Mapping[str, Any], post: str) -> str:
    if status.get("visibility") == "direct":
        return "private"
    return "comment" if post else "mention"


def _attached(status: Mapping[str, Any]) -> str:
    """Name what a message without words consists of."""
    attached = status.get("media_attachments")
    return _("(a picture or video)") if isinstance(attached, list) and attached else ""


def _account(status: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object(status, "account")


def _object(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = row.get(name)
    return value if isinstance(value, Mapping) else {}


def _statuses_of(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping) and row.get("id")] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    """Return a whole number; None for what is missing or hidden (some servers say -1)."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < COUNT_END else None


def _moment(text: Any) -> datetime:
    """Read an ISO time; one that cannot be read is taken for now."""
    with contextlib.suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(str(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return datetime.now(UTC)
