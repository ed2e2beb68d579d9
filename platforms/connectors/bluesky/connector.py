"""What a Bluesky account means to us: posts, pictures, answers, counters.

Facts checked against the lexicons of https://github.com/bluesky-social/atproto and a real server (2026-11).
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, Profile, Secret
from platforms.connectors.bluesky.facets import facets_of, pieces_of
from platforms.connectors.bluesky.session import HOME, BlobTooLarge, NotOffered, RecordGone, Session, server_address
from platforms.connectors.counting import count_graphemes
from platforms.connectors.errors import NeedsReconnect, Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.pictures import Unreadable, fit
from platforms.connectors.remote import AccountReading, PostRef, Reading, RemoteMessage, RemotePost
from platforms.connectors.spec import FormField, Limits, PlatformSpec

POSTS = "app.bsky.feed.post"
IMAGE_BYTES_MAX = 2_000_000
"""By the newest lexicon; servers that know an older one say so and get smaller pictures."""
TAGS_BESIDE_TEXT = 8
PAGE = 100
URIS_PER_CALL = 25
TID_SIGNS = "234567abcdefghijklmnopqrstuvwxyz"


class Bluesky:
    """One account on an AT Protocol server."""

    spec = PlatformSpec(
        key="bluesky",
        label="Bluesky",
        mark="B",
        mark_slot=7,
        body_format="note",
        # pictures of any size are accepted: those over Bluesky's 2,000,000 bytes are made smaller here
        limits=Limits(text_max=300, text_bytes_max=3000, images_max=4, tags_max=TAGS_BESIDE_TEXT),
        count_text=count_graphemes,
        count_unit=gettext_lazy("characters"),
        metrics=("likes", "comments", "shares", "saves"),
        setup_fields=(
            FormField("handle", gettext_lazy("Handle"), placeholder="lanxu.bsky.social"),
            FormField(
                "password",
                gettext_lazy("App password"),
                "secret",
                gettext_lazy("Not the password you sign in with."),
                placeholder="xxxx-xxxx-xxxx-xxxx",
            ),
            FormField(
                "server",
                gettext_lazy("Server"),
                "url",
                gettext_lazy("Leave it as it is unless the account lives on a server of its own."),
                required=False,
                default=HOME,
            ),
        ),
        setup_help=gettext_lazy("In Bluesky, open Settings, Privacy and security, App passwords, and add one."),
        option_fields=(
            FormField(
                "link",
                gettext_lazy("Link card"),
                "url",
                gettext_lazy("Shown as a card under a post without pictures."),
                required=False,
            ),
        ),
        back_office_url="https://bsky.app",
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        self._account = account
        self._secret = secret
        self._server = server_address(secret.get("server") or account.server)
        self._handle = _handle(account.handle or secret.get("handle", ""))
        self._session = Session(
            http,
            server=self._server,
            identifier=_handle(secret.get("handle", "")) or account.remote_id,
            password=secret.get("password", "").strip(),
            secret=secret,
        )

    def renewed_secret(self) -> Secret | None:
        """Return the secret with the tokens of a sign-in made meanwhile, None when nothing changed."""
        return {**self._secret, **self._session.kept()} if self._session.is_renewed else None

    def profile(self) -> Profile:
        """Sign in and tell who we are; the picture and name come from the AppView where there is one."""
        me = self._session.read("com.atproto.server.getSession")
        if me.get("active") is False:
            raise NeedsReconnect(_("This account is deactivated. Activate it in the Bluesky app."))
        shown: Mapping[str, Any] = {}
        with contextlib.suppress(Refused):
            shown = self._session.read("app.bsky.actor.getProfile", actor=self._session.did)
        handle = str(me.get("handle") or self._handle)
        return Profile(
            remote_id=self._session.did,
            name=str(shown.get("displayName") or handle),
            handle=handle,
            url=f"https://bsky.app/profile/{handle}",
            avatar_url=str(shown.get("avatar") or ""),
            server=self._server,
            can=(_("Publish posts"), _("Upload pictures")),
        )

    def publish(self, post: OutgoingPost) -> RemotePost:
        """Make the post under a record key made of `post.key`; one that stands there already is returned.

        The server refuses to create a second record under the same key, so a repeat cannot double.
        """
        if known := self.find(post.key):
            return known
        rkey = record_key(post.key)
        try:
            return self._create(rkey, self._record(post, IMAGE_BYTES_MAX), key=post.key)
        except BlobTooLarge as error:
            if not 0 < error.max_bytes < IMAGE_BYTES_MAX:
                raise
            return self._create(rkey, self._record(post, error.max_bytes), key=post.key)

    def publish_again(self, post: OutgoingPost) -> RemotePost:
        """Settle a doubt: the first post if it went out, else one now."""
        return self.publish(post)

    def find(self, key: str) -> RemotePost | None:
        """Ask the account's own server for the key's record; the answer is certain."""
        with contextlib.suppress(RecordGone):
            found = self._session.read(
                "com.atproto.repo.getRecord", repo=self._session.did, collection=POSTS, rkey=record_key(key)
            )
            return self._remote(found["uri"], found.get("value") or {}, key=key)
        return None

    def delete(self, remote_id: str) -> None:
        """Delete the record; one that is gone already is fine."""
        self._session.write(
            "com.atproto.repo.deleteRecord",
            {"repo": self._session.did, "collection": POSTS, "rkey": remote_id.rpartition("/")[2]},
        )

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield the account's own posts since then, newest first; answers to others are messages, not posts."""
        for uri, record in self._own_records(since):
            if not self._is_answer(record):
                yield self._remote(uri, record)

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield answers, mentions and quotes since then, and our own answers to others.

        Nothing where no AppView stands behind the server.
        """
        try:
            for told in self._pages("app.bsky.notification.listNotifications", "notifications"):
                if _moment(told.get("indexedAt")) < since:
                    break
                if told.get("reason") in {"reply", "mention", "quote"}:
                    yield self._message(told)
        except NotOffered:
            return
        for uri, record in self._own_records(since):
            if self._is_answer(record):
                yield self._own_message(uri, record, _root_of(record))

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a post; the same answer to the same post is made once."""
        if (length := count_graphemes(text)) > 300:
            sentence = _("The answer has %(value)s characters; Bluesky allows %(limit)s.")
            raise Refused(sentence % {"value": length, "limit": 300})
        key = f"reply {message_id} {text}"
        if known := self.find(key):
            return self._own_message(known.remote_id, {"text": text, "createdAt": known.published_at.isoformat()}, "")
        parent = self._reference(message_id)
        record = self._text_record(text) | {"reply": parent}
        made = self._create(record_key(key), record)
        return self._own_message(made.remote_id, record, parent["root"]["uri"])

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield counters by the AppView; without one every counter is None. Bluesky counts no views."""
        ids = [post.remote_id for post in posts]
        for start in range(0, len(ids), URIS_PER_CALL):
            asked = list(ids[start : start + URIS_PER_CALL])
            try:
                found = self._session.read("app.bsky.feed.getPosts", uris=asked).get("posts") or []
            except NotOffered:
                yield from (Reading(uri) for uri in asked)
                continue
            yield from (_reading(post) for post in found)

    def account_reading(self) -> AccountReading:
        """Return the account's counters by the AppView; all None without one."""
        try:
            shown = self._session.read("app.bsky.actor.getProfile", actor=self._session.did)
        except NotOffered:
            return AccountReading()
        return AccountReading(
            followers=shown.get("followersCount"), following=shown.get("followsCount"), posts=shown.get("postsCount")
        )

    def _create(self, rkey: str, record: Mapping[str, Any], key: str = "") -> RemotePost:
        values = {"repo": self._session.did, "collection": POSTS, "rkey": rkey, "record": record}
        made = self._session.write("com.atproto.repo.createRecord", values, expects="uri")
        return self._remote(made["uri"], record, key=key)

    def _record(self, post: OutgoingPost, image_bytes_max: int) -> dict[str, Any]:
        text, link = post.text.strip(), str(post.options.get("link") or "").strip()
        if link and post.images and link not in text:  # one embed only: the card would push the pictures out
            text = f"{text}\n{link}".strip()
        record = self._text_record(text)
        if post.language:
            record["langs"] = [post.language.partition("-")[0]]
        shown = {piece.value.casefold() for piece in pieces_of(text) if piece.kind == "tag"}
        if beside := [tag for tag in post.tags if tag.casefold() not in shown]:
            record["tags"] = beside[:TAGS_BESIDE_TEXT]
        if post.images:
            pictures = [self._picture(image, image_bytes_max) for image in post.images]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": pictures}
        elif link:
            card = {"uri": link, "title": post.title or link, "description": post.summary}
            record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
        return record

    def _text_record(self, text: str) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": now}
        if facets := facets_of(text, self._did_of):
            record["facets"] = facets
        return record

    def _picture(self, image: OutgoingImage, max_bytes: int) -> dict[str, Any]:
        try:
            size = (image.width, image.height)
            content, mime, (width, height) = fit(image.read(), image.mime, size, max_bytes)
        except Unreadable as error:
            sentence = _("The picture %(name)s cannot be made small enough for Bluesky.") % {"name": image.name}
            raise Refused(sentence, raw=str(error)) from None
        blob = self._session.upload(content, mime)
        return {"image": blob, "alt": image.alt, "aspectRatio": {"width": width, "height": height}}

    def _did_of(self, handle: str) -> str | None:
        with contextlib.suppress(Refused):
            return self._session.read("com.atproto.identity.resolveHandle", handle=handle).get("did")
        return None

    def _reference(self, uri: str) -> dict[str, Any]:
        """Return `root` and `parent` of an answer to the post at `uri`."""
        try:
            posts = self._session.read("app.bsky.feed.getPosts", uris=[uri]).get("posts") or []
            found = {"cid": posts[0]["cid"], "value": posts[0].get("record")} if posts else None
        except NotOffered:
            repo, collection, rkey = uri.removeprefix("at://").split("/")
            found = self._session.read("com.atproto.repo.getRecord", repo=repo, collection=collection, rkey=rkey)
        if not found:
            raise RecordGone(_("The post is no longer there."))
        parent = {"uri": uri, "cid": found["cid"]}
        root = ((found.get("value") or {}).get("reply") or {}).get("root")
        return {"root": root or parent, "parent": parent}

    def _own_records(self, since: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (uri, record) of our posts since then.

        The AppView's feed is in order of time. The server's own list is in order of record keys,
        which ours are not, so it is read to its end.
        """
        try:
            for told in self._pages("app.bsky.feed.getAuthorFeed", "feed", actor=self._session.did):
                post = told.get("post") or {}
                if told.get("reason"):  # a repost
                    continue
                if _moment(post.get("indexedAt")) < since:
                    return
                yield post["uri"], post.get("record") or {}
        except NotOffered:
            for row in self._pages(
                "com.atproto.repo.listRecords", "records", repo=self._session.did, collection=POSTS
            ):
                if _moment(row["value"].get("createdAt")) >= since:
                    yield row["uri"], row["value"]

    def _pages(self, call: str, rows: str, **params: Any) -> Iterator[dict[str, Any]]:
        while True:
            answer = self._session.read(call, **params, limit=PAGE)
            yield from answer.get(rows) or ()
            if answer.get("cursor") in {None, "", params.get("cursor")}:
                return
            params["cursor"] = answer["cursor"]

    def _is_ours(self, uri: str) -> bool:
        return uri.startswith(f"at://{self._session.did}/")

    def _is_answer(self, record: Mapping[str, Any]) -> bool:
        """Say whether we speak to others here; a thread of our own is a post in several parts."""
        root = _root_of(record)
        return bool(root) and not (self._is_ours(root) and self._is_ours(_parent_of(record)))

    def _remote(self, uri: str, record: Mapping[str, Any], key: str = "") -> RemotePost:
        root = _root_of(record)
        return RemotePost(
            remote_id=uri,
            url=_page_of(self._handle or self._session.did, uri),
            published_at=_moment(record.get("createdAt")),
            text=str(record.get("text") or ""),
            kind="note",
            part_of=root if root and self._is_ours(root) else "",
            key=key,
        )

    def _message(self, told: Mapping[str, Any]) -> RemoteMessage:
        record, author = told.get("record") or {}, told.get("author") or {}
        root = _root_of(record)
        ours = root if self._is_ours(root) else _quoted(record)
        handle = str(author.get("handle") or "")
        return RemoteMessage(
            remote_id=told["uri"],
            kind="comment" if told.get("reason") == "reply" else "mention",
            thread_id=root or told["uri"],
            text=str(record.get("text") or ""),
            at=_moment(told.get("indexedAt")),
            author_id=str(author.get("did") or ""),
            author_name=str(author.get("displayName") or handle),
            author_handle=handle,
            author_url=f"https://bsky.app/profile/{handle}",
            avatar_url=str(author.get("avatar") or ""),
            post_id=ours if self._is_ours(ours) else "",
            reply_to=_parent_of(record),
            url=_page_of(handle, told["uri"]),
            raw={"reason": told.get("reason")},
        )

    def _own_message(self, uri: str, record: Mapping[str, Any], root: str) -> RemoteMessage:
        return RemoteMessage(
            remote_id=uri,
            kind="comment",
            thread_id=root or uri,
            text=str(record.get("text") or ""),
            at=_moment(record.get("createdAt")),
            author_id=self._session.did,
            author_name=self._handle,
            author_handle=self._handle,
            post_id=root if self._is_ours(root) else "",
            reply_to=_parent_of(record),
            url=_page_of(self._handle or self._session.did, uri),
            is_own=True,
        )


def record_key(key: str) -> str:
    """Return a record key in TID syntax (13 signs) that depends on `key` alone.

    It is a fingerprint written as a time before 1988, so it never meets a key made by a clock.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 5
    signs = ""
    for _place in range(13):
        signs = TID_SIGNS[number & 31] + signs
        number >>= 5
    return signs


def _handle(typed: str) -> str:
    """Return a full handle (or an e-mail address) from what people type."""
    handle = typed.strip().removeprefix("@").lower()
    return handle if not handle or "." in handle or "@" in handle else f"{handle}.bsky.social"


def _page_of(who: str, uri: str) -> str:
    return f"https://bsky.app/profile/{who}/post/{uri.rpartition('/')[2]}"


def _root_of(record: Mapping[str, Any]) -> str:
    return str(((record.get("reply") or {}).get("root") or {}).get("uri") or "")


def _parent_of(record: Mapping[str, Any]) -> str:
    return str(((record.get("reply") or {}).get("parent") or {}).get("uri") or "")


def _quoted(record: Mapping[str, Any]) -> str:
    embed = record.get("embed") or {}
    quoted = embed.get("record") or {}
    return str(quoted.get("uri") or (quoted.get("record") or {}).get("uri") or "")


def _reading(post: Mapping[str, Any]) -> Reading:
    reposts, quotes = post.get("repostCount"), post.get("quoteCount")
    told = [count for count in (reposts, quotes) if count is not None]
    return Reading(
        post["uri"],
        likes=post.get("likeCount"),
        comments=post.get("replyCount"),
        shares=sum(told) if told else None,
        saves=post.get("bookmarkCount"),
        extra={"reposts": reposts, "quotes": quotes},
    )


def _moment(text: Any) -> datetime:
    """Read an ISO time; a record without a readable one is as old as can be."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
