"""What a Weibo account means to us: short posts with a link, comments, counters.

An ordinary app may publish through `statuses/share` only: the text must hold a link into the app's
own domain (安全域名), no #话题#, at most one picture. Source: https://open.weibo.com/wiki/2/statuses/share,
gathered 2026-11; what was never tried on a live account is listed in docs/platforms.md.
"""

import contextlib
import html
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, Profile, Secret, SignIn
from platforms.connectors.counting import links_of, wide_count
from platforms.connectors.errors import NotPermitted, OutcomeUnknown, Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.remote import AccountReading, Fate, PostRef, Reading, RemoteMessage, RemotePost, Ticket
from platforms.connectors.spec import CommentAct, FormField, Limits, PlatformSpec
from platforms.connectors.told import fields, rows
from platforms.connectors.weibo.client import Wire, id_of
from platforms.connectors.weibo.errors import GONE, POST_GONE, Delayed, Gone

TEXT_MAX = 140
ANSWER_MAX = 140
NUMBER_END = 10**18
LONGEST_LIFE_S = 10**10
"""No token lives 300 years: whoever says so says nothing."""
LINK_SIGNS = "x" * 20
"""Weibo shows every link as `http://t.cn/` and a short word, 20 narrow signs: 10 汉字. Not tried on the interface."""
PICTURE_BYTES_MAX = 5_000_000 - 1
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif")
TOPIC = re.compile(r"[#＃][^#＃\n]+[#＃]")
SHOWN_AFTER_S = 60.0
IDS_PER_CALL = 100
READ_UNDER = 20
"""Under how many recent posts comments are read where the account may not read them all at once."""
ANSWERS_TO = re.compile(r"^回复@[^:：\s]+\s*[:：]\s*")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def count_text(text: str) -> int:
    """Count as Weibo does: a wide sign is 1, two narrow ones are 1, a link is 10."""
    for link in reversed(links_of(text)):
        text = text[: link.start] + LINK_SIGNS + text[link.end :]
    return wide_count(text)


class Weibo:
    """One Weibo account, used through one app of the open platform."""

    spec = PlatformSpec(
        key="weibo",
        label=gettext_lazy("Weibo"),
        mark="微",
        mark_slot=2,
        body_format="note",
        limits=Limits(
            text_max=TEXT_MAX,
            images_max=1,
            image_bytes_max=PICTURE_BYTES_MAX,
            image_types=PICTURE_TYPES,
            hashtags_refused=True,
            min_gap_min=30,
        ),
        by_hand_limits=Limits(text_max=2000, images_max=18, image_bytes_max=20_000_000, min_gap_min=30),
        count_text=count_text,
        count_unit=gettext_lazy("characters"),
        counting_note=gettext_lazy("Two Latin letters count as one character, a link as ten."),
        app_url="sinaweibo://",
        tag_form="#%s#",
        metrics=("likes", "comments", "shares"),
        setup_fields=(
            FormField("app_key", gettext_lazy("App key"), placeholder="1234567890"),
            FormField("app_secret", gettext_lazy("App secret"), "secret"),
            FormField(
                "domain",
                gettext_lazy("Secure domain (安全域名)"),
                help=gettext_lazy("As entered in Weibo’s console. Every post must hold a link to it."),
                placeholder="lanxu.example",
            ),
            FormField(
                "operator_ip",
                gettext_lazy("Public address of your office"),
                help=gettext_lazy("Weibo demands the address from which a person posts, such as 203.0.113.7."),
                placeholder="203.0.113.7",
            ),
            FormField(
                "access_token",
                gettext_lazy("Access token"),
                "secret",
                gettext_lazy("Only if you hold one already. Without it you sign in on Weibo’s page."),
                required=False,
                advanced=True,
            ),
        ),
        setup_help=gettext_lazy(
            "In Weibo’s open platform (open.weibo.com), make a web app. Its key and secret stand under 应用信息, "
            "基本信息."
        ),
        needs_back_address=gettext_lazy("In Weibo’s console under 应用信息, 高级信息, as 授权回调页."),
        back_office_url="https://weibo.com/",
        comment_acts=("delete",),
        warn_before_days=3,
        max_in_flight=1,
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        self._http = http
        self._secret = secret
        self._uid = account.remote_id or secret.get("uid", "")
        self._hosts = hosts_of(secret.get("domain", ""))
        self._wire = Wire(
            http,
            app_key=secret.get("app_key", "").strip(),
            app_secret=secret.get("app_secret", "").strip(),
            token=secret.get("access_token", "").strip(),
        )

    def begin_sign_in(self, redirect_uri: str, state: str) -> SignIn:
        """Return the page on which a person lets the app act for their account."""
        if not self._hosts:
            raise Refused(_("The secure domain is not a domain. Enter it as in Weibo’s console."))
        return SignIn(self._wire.sign_in_address(redirect_uri, state))

    def finish_sign_in(self, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Secret:
        """Trade the code for a token, whose end Weibo tells along with it."""
        told = self._wire.token_for(answer.get("code", ""), redirect_uri)
        token = {"access_token": str(told["access_token"]), "uid": str(told.get("uid") or "")}
        ends = _end_of(told)
        return {**self._secret, **token, "expires_at": ends.isoformat() if ends else ""}

    def profile(self) -> Profile:
        """Tell who has signed in, and when the sign-in ends."""
        about = self._about_token()
        uid = str(about.get("uid") or self._uid or fields(self._wire.read("account/get_uid")).get("uid") or "")
        if not uid:
            raise Refused(_("Weibo did not say whose account this is."))
        user = fields(self._wire.read("users/show", uid=uid))
        name = str(user.get("screen_name") or user.get("name") or uid)
        return Profile(
            remote_id=uid,
            name=name,
            handle=f"@{name}",
            url=f"https://weibo.com/u/{uid}",
            avatar_url=str(user.get("avatar_large") or user.get("profile_image_url") or ""),
            limits={"link_hosts": list(self._hosts)},
            can=(
                _("Publish short posts that hold a link to %(domain)s") % {"domain": self._hosts[0]},
                _("Read and answer comments"),
            )
            if self._hosts
            else (),
            expires_at=_end_of(about) or _moment_kept(self._secret.get("expires_at", "")),
        )

    def publish(self, post: OutgoingPost) -> RemotePost | Ticket:
        """Share the post; what Weibo takes but does not show yet becomes a ticket.

        The rules are checked first. Raises the errors of `connectors.errors`; NotPermitted where the
        app may not publish.
        """
        text = post.text.strip()
        self._demand_rules(text, post.images)
        values = {"status": text, "rip": self._secret.get("operator_ip", "").strip()}
        try:
            status = self._wire.write("statuses/share", values, picture=_picture(post.images))
        except Delayed:
            asked_at = datetime.now(UTC) - timedelta(minutes=2)
            return Ticket(
                post.key,
                wait_s=SHOWN_AFTER_S,
                data={"text": text, "since": asked_at.isoformat()},
                step=_("Weibo published it and shows it in a minute or two."),
            )
        return self._remote(status, key=post.key)

    def check(self, ticket: Ticket) -> RemotePost | Ticket:
        """Look for a post that Weibo was to show later; the ticket itself while it is not there."""
        since = datetime.fromisoformat(ticket.data["since"])
        said = without_links(ticket.data["text"])
        for post in self.recent_posts(since):
            if without_links(post.text) == said:
                return post
        return ticket

    def delete(self, remote_id: str) -> None:
        """Delete a post; one that is gone already is fine."""
        with contextlib.suppress(Gone):
            self._wire.write("statuses/destroy", {"id": remote_id})

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield the account's own posts since then, newest first."""
        for status in self._wire.rows("statuses/user_timeline", "statuses", uid=self._uid):
            if _is_deleted(status) or not id_of(status):
                continue
            post = self._remote(status)
            if post.published_at < since:
                if str(status.get("isTop") or "0") == "0":  # the one pinned to the top may be old
                    return
                continue
            yield post

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]:
        """Tell of each post whether it stands, one call each.

        Weibo has no other way to learn of one that was deleted or taken down (20101), and does not say
        which of both. Once the hour's calls are used up the rest is not asked for.
        """
        for post in posts:
            try:
                status = self._wire.read("statuses/show", id=post.remote_id)
            except Gone as error:
                yield Fate(post.remote_id, stands=False, reason=str(error))
                continue
            is_gone = isinstance(status, Mapping) and _is_deleted(status)
            yield Fate(post.remote_id, stands=not is_gone, reason=str(GONE[POST_GONE]()) if is_gone else "")

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield comments to the account, its own answers and mentions since then.

        Where the app may not read all comments at once they are read under the latest posts. Comments
        and mentions that it may not read at all yield nothing.
        """
        seen: set[str] = set()
        rows = sorted(self._comments(since), key=_order)
        roots = _roots(rows)
        for row in rows:
            message = self._comment(row, roots)
            if message.remote_id not in seen and message.text:
                seen.add(message.remote_id)
                yield message
        with contextlib.suppress(NotPermitted):
            for status in self._since("statuses/mentions", "statuses", since):
                yield self._mention(status)

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a comment, or a post that mentions the account."""
        if (length := count_text(text)) > ANSWER_MAX:
            sentence = _("The answer has %(value)s characters; Weibo allows %(limit)s.")
            raise Refused(sentence % {"value": length, "limit": ANSWER_MAX})
        status, _sep, comment = message_id.partition(":")
        rip: dict[str, Any] = {"rip": self._secret.get("operator_ip", "").strip()}
        if not comment:
            made = self._written("comments/create", {"id": status, "comment": text, **rip})
            return self._answer(made, text, status=status, thread=message_id, to=message_id)
        asked: dict[str, Any] = {
            "id": status,
            "cid": comment,
            "comment": text,
            "without_mention": 1,
            "comment_ori": 0,
            **rip,
        }
        made = self._written("comments/reply", asked)
        return self._answer(made, text, status=status, thread=comment, to=message_id)

    def moderate(self, message_id: str, act: CommentAct) -> None:
        """Delete a comment under an own post, or an own one; one that is gone already is fine."""
        if act != "delete":
            raise Refused(_("Weibo cannot do this to a comment."))
        with contextlib.suppress(Gone, Delayed):
            self._wire.write("comments/destroy", {"cid": message_id.partition(":")[2]})

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield counters; Weibo tells ordinary apps no views. Posts that are gone yield nothing."""
        ids = [post.remote_id for post in posts]
        for start in range(0, len(ids), IDS_PER_CALL):
            asked = ids[start : start + IDS_PER_CALL]
            try:
                told = self._wire.read("statuses/count", ids=",".join(asked))
            except NotPermitted:
                yield from self._counts_on_timeline(set(asked))
                continue
            found = rows(told.get("counts") or told.get("statuses") if isinstance(told, Mapping) else told)
            yield from (_reading(row) for row in found if id_of(row) in asked)

    def account_reading(self) -> AccountReading:
        """Return followers, following and posts."""
        user = fields(self._wire.read("users/show", uid=self._uid))
        return AccountReading(
            followers=_number(user.get("followers_count")),
            following=_number(user.get("friends_count")),
            posts=_number(user.get("statuses_count")),
        )

    def _about_token(self) -> Mapping[str, Any]:
        try:
            return self._wire.about_token()
        except Refused:  # not every app may ask; the end of the sign-in was told when it began
            return {}

    def _demand_rules(self, text: str, images: Sequence[OutgoingImage]) -> None:
        """Weibo would refuse, and count the try: say so before anything is sent."""
        if (length := count_text(text)) > TEXT_MAX:
            words = {"value": length, "limit": TEXT_MAX}
            raise Refused(_("The text has %(value)s characters; Weibo’s interface allows %(limit)s.") % words)
        if TOPIC.search(text):
            raise Refused(_("Weibo’s interface takes no #topics#. Write the word without its signs."))
        if self._hosts and not any(_is_below(link.word, self._hosts) for link in links_of(text)):
            sentence = _("Weibo’s interface demands a link to %(domain)s in the text.")
            raise Refused(sentence % {"domain": self._hosts[0]})
        if len(images) > 1:
            raise Refused(_("Weibo’s interface takes one picture; choose which."))
        for image in images:
            if image.mime not in PICTURE_TYPES:
                raise Refused(_("Weibo takes JPEG, GIF and PNG pictures only."))
            if image.size_bytes > PICTURE_BYTES_MAX:
                raise Refused(_("The picture is too large for Weibo."))

    def _remote(self, status: Mapping[str, Any], key: str = "") -> RemotePost:
        return RemotePost(
            remote_id=id_of(status),
            url=address_of_post(_author(status).get("id") or self._uid, id_of(status)),
            published_at=_moment(status.get("created_at")),
            text=_plain(status.get("text")),
            kind="repost" if status.get("retweeted_status") else "note",
            key=key,
        )

    def _comments(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        try:
            yield from self._since("comments/to_me", "comments", since)
        except NotPermitted:
            yield from self._comments_under_posts(since)
            return
        with contextlib.suppress(NotPermitted):  # what we answered, here or in the app
            yield from (row for row in self._since("comments/timeline", "comments", since) if self._is_own(row))

    def _comments_under_posts(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        posts = list(itertools.islice(self.recent_posts(since - timedelta(days=7)), READ_UNDER))
        for post in posts:
            with contextlib.suppress(NotPermitted, Gone):
                for row in self._since("comments/show", "comments", since, id=post.remote_id):
                    yield {"status": {"id": post.remote_id}, **row}

    def _since(self, call: str, name: str, since: datetime, **params: Any) -> Iterator[Mapping[str, Any]]:
        for row in self._wire.rows(call, name, **params):
            if _moment(row.get("created_at")) < since:
                return
            yield row

    def _is_own(self, row: Mapping[str, Any]) -> bool:
        return str(_author(row).get("id") or "") == self._uid

    def _comment(self, row: Mapping[str, Any], roots: Mapping[str, str]) -> RemoteMessage:
        author, is_own = _author(row), self._is_own(row)
        status = id_of(fields(row.get("status")))
        to = id_of(fields(row.get("reply_comment")))
        text = _plain(row.get("text"))
        return RemoteMessage(
            remote_id=f"{status}:{id_of(row)}",
            kind="comment",
            thread_id=f"{status}:{roots.get(id_of(row), id_of(row))}",
            text=ANSWERS_TO.sub("", text) if is_own else text,
            at=_moment(row.get("created_at")),
            post_id=status,
            reply_to=f"{status}:{to}" if to else "",
            url=address_of_post(_author(fields(row.get("status"))).get("id") or self._uid, status) if status else "",
            is_own=is_own,
            raw={"source": str(row.get("source") or "")},
            **_person(author),
        )

    def _mention(self, status: Mapping[str, Any]) -> RemoteMessage:
        author = _author(status)
        return RemoteMessage(
            remote_id=id_of(status),
            kind="mention",
            thread_id=id_of(status),
            text=_plain(status.get("text")) or "@",
            at=_moment(status.get("created_at")),
            url=address_of_post(author.get("id") or "", id_of(status)),
            is_own=self._is_own(status),
            **_person(author),
        )

    def _written(self, call: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Write an answer. One that Weibo shows only later is there, but its number is not known yet."""
        try:
            return self._wire.write(call, values)
        except Delayed as error:
            raise OutcomeUnknown(str(error), raw=error.raw) from None

    def _answer(self, made: Mapping[str, Any], text: str, *, status: str, thread: str, to: str) -> RemoteMessage:
        parent = fields(made.get("reply_comment"))
        root = str(made.get("rootidstr") or made.get("rootid") or parent.get("rootidstr") or thread)
        return RemoteMessage(
            remote_id=f"{status}:{id_of(made)}",
            kind="comment",
            thread_id=root if ":" in root or root == status else f"{status}:{root}",
            text=text,
            at=_moment(made.get("created_at")),
            post_id=status,
            reply_to=to,
            is_own=True,
            **_person(_author(made) or {"id": self._uid}),
        )

    def _counts_on_timeline(self, ids: set[str]) -> Iterator[Reading]:
        for status in self._wire.rows("statuses/user_timeline", "statuses", uid=self._uid):
            if id_of(status) in ids:
                ids.discard(id_of(status))
                yield _reading(status)
            if not ids:
                return


def hosts_of(domain: str) -> tuple[str, ...]:
    """Return the host of what people type as a domain: an address, a name, a name with a star; () for nonsense."""
    typed = domain.strip().lower().removeprefix("*.")
    with contextlib.suppress(ValueError):
        host = urlsplit(typed if "://" in typed else f"https://{typed}").hostname or ""
        if re.fullmatch(r"[\w\-]+(\.[\w\-]+)+", host):
            return (host.removeprefix("www."),)
    return ()


def address_of_post(uid: object, number: str) -> str:
    """Return the page of a post: its number is written there in base 62, seven decimal digits at a time."""
    if not number.isdigit():
        return f"https://weibo.com/u/{uid}"
    start = len(number) % 7
    groups = [number[:start]] if start else []
    groups += [number[at : at + 7] for at in range(start, len(number), 7)]
    word = "".join(_base62(int(group)).rjust(4, "0") for group in groups).lstrip("0")
    return f"https://weibo.com/{uid}/{word}"


def without_links(text: str) -> str:
    """Return the words alone: Weibo writes every link anew, and spaces as it likes."""
    for link in reversed(links_of(text)):
        text = text[: link.start] + text[link.end :]
    return "".join(text.split()).casefold()


def _base62(number: int) -> str:
    word = ""
    while number:
        number, rest = divmod(number, 62)
        word = DIGITS[rest] + word
    return word


def _picture(images: Sequence[OutgoingImage]) -> tuple[str, bytes, str] | None:
    if not images:
        return None
    image = images[0]
    return f"picture.{image.mime.rpartition('/')[2]}", image.read(), image.mime


def _is_below(link: str, hosts: Sequence[str]) -> bool:
    with contextlib.suppress(ValueError):
        host = urlsplit(link if "://" in link else f"http://{link}").hostname or ""
        return any(host == one or host.endswith(f".{one}") for one in hosts)
    return False


def _order(row: Mapping[str, Any]) -> tuple[datetime, int]:
    """Order by time, which Weibo tells in whole seconds, and by number within one."""
    return _moment(row.get("created_at")), _number(row.get("id")) or 0


def _roots(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the first comment of each comment's talk, by their numbers; rows are oldest first.

    Newer answers carry `rootid`; older ones only the comment that they answer.
    """
    roots: dict[str, str] = {}
    for row in rows:
        parent = fields(row.get("reply_comment"))
        told = row.get("rootidstr") or row.get("rootid") or parent.get("rootidstr") or parent.get("rootid")
        above = id_of(parent)
        roots[id_of(row)] = str(told or (roots.get(above, above) if above else "") or id_of(row))
    return roots


def _person(author: Mapping[str, Any]) -> dict[str, Any]:
    uid, name = str(author.get("idstr") or author.get("id") or ""), str(author.get("screen_name") or "")
    return {
        "author_id": uid,
        "author_name": name,
        "author_handle": f"@{name}" if name else "",
        "author_url": f"https://weibo.com/u/{uid}" if uid else "",
        "avatar_url": str(author.get("avatar_large") or author.get("profile_image_url") or ""),
    }


def _is_deleted(status: Mapping[str, Any]) -> bool:
    return str(status.get("deleted") or "0") != "0"


def _author(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields(row.get("user"))


def _reading(row: Mapping[str, Any]) -> Reading:
    """Read counters under the names of `statuses/count`, or of a post."""

    def told(short: str) -> int | None:
        return _number(row.get(short, row.get(f"{short}_count")))

    return Reading(id_of(row), likes=told("attitudes"), comments=told("comments"), shares=told("reposts"))


def _number(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < NUMBER_END else None


def _plain(text: Any) -> str:
    """Return the words: plain, though some answers carry links in HTML."""
    words = str(text or "")
    return html.unescape(re.sub(r"</?(?:a|span|img|br)\b[^>]*>", "", words)).strip()


def _end_of(told: Mapping[str, Any]) -> datetime | None:
    """Return when a token ends; `expires_in` and `expire_in` are seconds from now."""
    seconds = _number(told.get("expire_in", told.get("expires_in")))
    return datetime.now(UTC) + timedelta(seconds=seconds) if seconds and 0 < seconds < LONGEST_LIFE_S else None


def _moment_kept(text: str) -> datetime | None:
    with contextlib.suppress(ValueError):
        return datetime.fromisoformat(text)
    return None


def _moment(text: Any) -> datetime:
    """Read `Wed Oct 24 23:49:17 +0800 2012`; a time that cannot be read is taken for now."""
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.strptime(str(text), "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)
    return datetime.now(UTC)
