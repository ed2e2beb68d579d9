"""What a Douyin account means to us: videos and pictures, their review, comments, talks, figures.

Facts and their sources: docs/platforms.md. Nothing here was tried on a live account; where the documents
leave a doubt, both readings are survived.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, AccountRight, Profile, Secret, SecretKeeper, SignIn
from platforms.connectors.addresses import address_of
from platforms.connectors.douyin import uploading, webhooks
from platforms.connectors.douyin.client import API, Client, count, moment, number
from platforms.connectors.douyin.webhooks import comment_key
from platforms.connectors.errors import NotPermitted, Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import (
    AccountReading,
    Callback,
    CallbackRequest,
    Fate,
    PostRef,
    Reading,
    RemoteMessage,
    RemotePost,
    Ticket,
    Understood,
)
from platforms.connectors.spec import CommentAct, FormField, Limits, PlatformSpec

VIDEO_BYTES_MAX = 4_000_000_000
VIDEO_SECONDS_MAX = 900.0
VIDEO_TYPES = ("video/mp4", "video/webm")
IMAGES_MAX = 30
IMAGE_BYTES_MAX = 20_000_000
PAGE, COMMENT_PAGE, COMMENT_PAGES, ITEMS_PER_CALL = 20, 50, 4, 20
TALKED_ABOUT = timedelta(days=30)
"""Comments are read under posts of this age; so are the platform's daily figures."""
POSTS_WITH_TALK = 20
CHECK_S = 30.0

REVIEWING, UNFIT, PRIVATE = 4, 2, 7
OUT = {1, 5, 6, 7}
"""`video_status` of what review let through: published; public, for friends, private."""

PUBLISH = {"video.create.bind", "video.create"}
LIST = {"video.list.bind", "video.list"}
DATA = {"video.data.bind", "video.data"}
COMMENTS = {"item.comment"}
TALKS = {"im", "im.direct_message.bind", "im.direct_message", "im.message"}
ITEM_FIGURES, USER_FIGURES = {"data.external.item"}, {"data.external.user"}

WANTED: tuple[tuple[str, str], ...] = (
    ("want_publish", "video.create.bind"),
    ("want_posts", "video.list.bind,video.data.bind"),
    ("want_comments", "item.comment"),
    ("want_messages", "im.direct_message.bind"),
    ("want_figures", "data.external.item,data.external.user"),
    ("want_renewal", "renew_refresh_token"),
)
"""Which scopes each choice of the connect screen asks for."""


class Douyin:
    """One Douyin account whose owner granted our app some scopes; they decide what it can do."""

    spec = PlatformSpec(
        key="douyin",
        label=gettext_lazy("Douyin"),
        mark="抖",
        mark_slot=8,
        body_format="note",
        limits=Limits(
            title_max=55,
            text_max=1000,
            images_max=IMAGES_MAX,
            image_bytes_max=IMAGE_BYTES_MAX,
            min_gap_min=60,
            videos_max=1,
            video_bytes_max=VIDEO_BYTES_MAX,
            video_seconds_max=VIDEO_SECONDS_MAX,
            video_types=VIDEO_TYPES,
        ),
        by_hand_limits=Limits(
            title_max=55,
            text_max=1000,
            images_max=35,
            min_gap_min=60,
            videos_max=1,
            video_bytes_max=VIDEO_BYTES_MAX,
            video_seconds_max=VIDEO_SECONDS_MAX,
            video_types=(*VIDEO_TYPES, "video/quicktime"),
        ),
        count_unit=gettext_lazy("characters"),
        metrics=("views", "likes", "comments", "shares"),
        setup_fields=(
            FormField("client_key", "Client Key", help=gettext_lazy("On the app’s page of the open platform.")),
            FormField("client_secret", "Client Secret", "secret"),
            FormField("want_publish", gettext_lazy("Ask to publish"), "flag", required=False, default="1"),
            FormField("want_posts", gettext_lazy("Ask to read posts"), "flag", required=False, default="1"),
            FormField("want_comments", gettext_lazy("Ask to read comments"), "flag", required=False, default="1"),
            FormField("want_messages", gettext_lazy("Ask for private messages"), "flag", required=False),
            FormField("want_figures", gettext_lazy("Ask for figures"), "flag", required=False, default="1"),
            FormField(
                "want_renewal",
                gettext_lazy("Ask to renew the sign-in"),
                "flag",
                gettext_lazy("Without it somebody must sign in again every 30 days."),
                required=False,
                default="1",
            ),
            FormField(
                "more_scopes",
                gettext_lazy("More scopes"),
                help=gettext_lazy("Names with commas, as the app’s page lists them."),
                required=False,
                advanced=True,
            ),
        ),
        setup_help=gettext_lazy(
            "Needs a web app of a company or public body that the open platform has approved. Ask only for what "
            "the app was granted: Douyin refuses the sign-in otherwise."
        ),
        needs_back_address=gettext_lazy("On the app’s page of the open platform, as 授权回调地址; it must be https."),
        option_fields=(
            FormField(
                "private_status",
                gettext_lazy("Who may see it"),
                "choice",
                choices=(
                    ("0", gettext_lazy("Everybody")),
                    ("2", gettext_lazy("Friends")),
                    ("1", gettext_lazy("Only we")),
                ),
                default="0",
            ),
            FormField(
                "download_type",
                gettext_lazy("Saving the video"),
                "choice",
                choices=(("1", gettext_lazy("Allowed")), ("2", gettext_lazy("Not allowed"))),
                required=False,
            ),
            FormField(
                "own_cover",
                gettext_lazy("Show the piece’s cover as the video’s cover"),
                "flag",
                required=False,
            ),
            FormField(
                "cover_tsp",
                gettext_lazy("Cover from second"),
                help=gettext_lazy("The moment of the video that is shown as its cover, for example 2.5."),
                required=False,
            ),
            FormField(
                "at_users",
                gettext_lazy("People named with @"),
                help=gettext_lazy("Their open_ids with commas, in the order in which the text names them."),
                required=False,
            ),
            FormField("poi_id", gettext_lazy("Place (poi_id)"), required=False),
            FormField("poi_name", gettext_lazy("Name of the place"), required=False),
        ),
        back_office_url="https://creator.douyin.com/",
        app_url="snssdk1128://",
        check_list=(
            gettext_lazy("Set the cover; the first frame is taken otherwise."),
            gettext_lazy("Tick the declaration where pictures or voice were made with AI."),
        ),
        comment_acts=("top", "untop"),
        warn_before_days=30,
        max_in_flight=1,
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        self._given = dict(secret)
        self._client = Client(http, secret)

    def keep_with(self, keeper: SecretKeeper) -> None:
        """Renew the sign-in through the keeper that all workers share."""
        self._client.use(keeper)

    def renewed_secret(self) -> Secret | None:
        """Return the secret with tokens renewed meanwhile, None when nothing is left to keep."""
        return self._client.secret if self._client.is_renewed else None

    # --- the sign-in ----------------------------------------------------------------------------------

    def begin_sign_in(self, redirect_uri: str, state: str) -> SignIn:
        """Return the authorise page; it shows a code that the account's owner scans in the app."""
        asked = {
            "client_key": self._given.get("client_key", ""),
            "response_type": "code",
            "scope": ",".join(wanted_scopes(self._given)),
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return SignIn(f"{address_of('douyin')}/platform/oauth/connect/?{urlencode(asked)}")

    def finish_sign_in(self, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Secret:
        """Trade the code that came back for tokens; return the whole secret."""
        if not answer.get("code"):
            said = answer.get("error_description") or answer.get("errCode") or answer.get("error") or ""
            words = {"said": said[:200] or "–"}
            raise Refused(_("Douyin sent no sign-in back (%(said)s). Sign in once more.") % words)
        return self._client.sign_in(answer["code"])

    def profile(self) -> Profile:
        """Ask who we are; what the account may do follows from the scopes its owner granted."""
        me, scopes = self._client.who(), self._client.scopes
        name = str(me.get("nickname") or "") or self._client.open_id
        rights = rights_of(scopes)
        return Profile(
            remote_id=self._client.open_id,
            name=name,
            handle=name,
            avatar_url=str(me.get("avatar") or ""),
            can=tuple(str(CAN[right]) for right in rights if right in CAN),
            rights=rights,
            expires_at=self._client.human_step_at(),
        )

    # --- publishing -----------------------------------------------------------------------------------

    def publish(self, post: OutgoingPost) -> Ticket:
        """Upload what is shown and make the post; it is in review afterwards and only we see it."""
        if post.video is not None:
            return self._publish_video(post)
        if post.images:
            return self._publish_images(post)
        raise Refused(_("Douyin takes a video or pictures. Choose one."))

    def check(self, ticket: Ticket) -> RemotePost | Ticket:
        """Ask how the review stands: the post, Refused when it was turned down, or the ticket again."""
        try:
            found = self._items([ticket.remote_id])
        except Refused as error:  # not being allowed to ask says nothing about the post
            step = _("Douyin does not tell us how the review ended. Look in the app.")
            return _waiting(ticket, step, str(error))
        if not found:
            return _waiting(ticket, _("Douyin is reviewing it."), "")
        item = found[0]
        status, is_reviewed = _status(item), item.get("is_reviewed")
        if status == UNFIT:
            raise Refused(_("Douyin turned it down in review: it is not fit for the public."), raw=_told(item))
        if status not in OUT or (is_reviewed is not None and not _is_on(is_reviewed)):
            return _waiting(ticket, _("Douyin is reviewing it."), _told(item))
        post = _remote(item)
        return replace(post, data={"private_status": ticket.data.get("private_status", "0")})

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield the account's posts since then, newest first; what review turned down is left out."""
        for item in self._own_items(since):
            if _status(item) != UNFIT:
                yield _remote(item)

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]:
        """Tell which of our posts still stand. What the platform says nothing about is left out."""
        asked = {post.remote_id: post for post in posts}
        for item in self._items(list(asked)):
            post = asked.get(str(item.get("item_id")))
            if post is None:
                continue
            status, wanted = _status(item), str(post.data.get("private_status") or "0")
            if status == UNFIT:
                yield Fate(post.remote_id, stands=False, reason=_("Douyin took it out of public view."))
            elif status == PRIVATE and wanted != "1":
                yield Fate(post.remote_id, stands=False, reason=_("It was set to private on Douyin."))
            elif status in OUT:
                yield Fate(post.remote_id, stands=True)

    def _publish_video(self, post: OutgoingPost) -> Ticket:
        video = post.video
        assert video is not None
        if problem := problem_of(video.mime, video.size_bytes, video.seconds):
            raise Refused(problem)
        body = {**self._words(post), **_options(post.options)}
        if _is_on(post.options.get("own_cover")) and post.cover is not None:
            body["custom_cover_image_url"] = uploading.upload_image(self._client, post.cover)
        elif (second := number(post.options.get("cover_tsp"))) is not None and 0 <= second <= video.seconds:
            body["cover_tsp"] = second
        body["video_id"] = uploading.upload_video(self._client, video, post.upload)
        return self._create("create_video", body, post)

    def _publish_images(self, post: OutgoingPost) -> Ticket:
        if len(post.images) > IMAGES_MAX:
            words = {"count": len(post.images), "limit": IMAGES_MAX}
            raise Refused(_("Douyin takes at most %(limit)s pictures; these are %(count)s.") % words)
        large = next((image for image in post.images if image.size_bytes > IMAGE_BYTES_MAX), None)
        if large is not None:
            raise Refused(_("The picture %(name)s is larger than 20 MB.") % {"name": large.name})
        found = uploading.upload_images(self._client, post.images, post.upload)
        body = {**self._words(post), **_options(post.options), "image_list": found}
        return self._create("create_image_text", body, post)

    def _create(self, call: str, body: Mapping[str, Any], post: OutgoingPost) -> Ticket:
        uploading.forget(post.upload)
        told = self._client.write(f"{API}/{call}/", body, expects="item_id")
        kept = {
            "video_id": str(told.get("video_id") or body.get("video_id") or ""),
            "private_status": str(post.options.get("private_status") or "0"),
        }
        return Ticket(str(told["item_id"]), wait_s=CHECK_S, data=kept, step=_("Douyin is reviewing it."))

    def _words(self, post: OutgoingPost) -> dict[str, Any]:
        people = [one.strip() for one in str(post.options.get("at_users") or "").split(",") if one.strip()]
        return {"text": text_of(post), **({"at_users": people} if people else {})}

    # --- comments and talks ---------------------------------------------------------------------------

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield comments and answers since then under our newest posts.

        Private messages cannot be asked for: they come through the webhook.
        """
        if not (COMMENTS & self._client.scopes and LIST & self._client.scopes):
            return
        read = 0
        for item in self._own_items(datetime.now(UTC) - TALKED_ABOUT):
            if count((item.get("statistics") or {}).get("comment_count")) == 0:
                continue
            yield from self._comments(str(item.get("item_id") or ""), since)
            read += 1
            if read >= POSTS_WITH_TALK:
                return

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a comment, or say something in a private talk."""
        if message_id.startswith("im|"):
            return self._say(message_id, text)
        item, _sign, comment = message_id.rpartition("|")
        body = {"item_id": item, "comment_id": comment, "content": text}
        told = self._client.write("item/comment/reply/", body, expects="comment_id")
        made = comment_key(item, str(told["comment_id"]))
        return self._own(made, "comment", message_id, text, post_id=item, reply_to=message_id)

    def moderate(self, message_id: str, act: CommentAct) -> None:
        """Put a comment on top, or take it down from there."""
        item, _sign, comment = message_id.rpartition("|")
        if act not in self.spec.comment_acts or not item or message_id.startswith("im|"):
            raise Refused(_("Douyin cannot do that to this message."))
        body = {"item_id": item, "comment_id": comment, "top": act == "top"}
        self._client.write("item/comment/top/", body)

    def read_callback(self, request: CallbackRequest) -> Callback:
        """See `webhooks.read`."""
        key, secret = self._given.get("client_key", ""), self._given.get("client_secret", "")
        return webhooks.read(request, client_key=key, client_secret=secret)

    def understand(self, callback: Callback) -> Understood:
        """See `webhooks.understand`."""
        return webhooks.understand(callback, open_id=self._client.open_id)

    def _say(self, message_id: str, text: str) -> RemoteMessage:
        _mark, other, talk, message = message_id.split("|", 3)
        body = {
            "msg_id": message,
            "conversation_id": talk,
            "to_user_id": other,
            "content": {"msg_type": 1, "text": {"text": text}},
        }
        told = self._client.write("im/send/msg/", body, expects="msg_id")
        made = f"im|{other}|{talk}|{told['msg_id']}"[:400]
        return self._own(made, "private", f"im:{other}", text, reply_to=message_id)

    def _own(
        self, remote_id: str, kind: Any, thread_id: str, text: str, *, post_id: str = "", reply_to: str
    ) -> RemoteMessage:
        return RemoteMessage(
            remote_id=remote_id,
            kind=kind,
            thread_id=thread_id,
            text=text,
            at=datetime.now(UTC),
            author_id=self._client.open_id,
            author_name=str(self.spec.label),
            is_own=True,
            post_id=post_id,
            reply_to=reply_to,
        )

    def _comments(self, item: str, since: datetime) -> Iterator[RemoteMessage]:
        """Newest first; answers are asked for where there are any, as an old comment may have a new one."""
        for told in self._pages("item/comment/list/", item_id=item, sort_type="time"):
            message = self._comment(told, item)
            if message.at >= since:
                yield message
            if count(told.get("reply_comment_total")):
                answers = self._pages("item/comment/reply/list/", item_id=item, comment_id=told.get("comment_id"))
                for answer in answers:
                    found = self._comment(answer, item, root=message.remote_id)
                    if found.at >= since:
                        yield found

    def _comment(self, told: Mapping[str, Any], item: str, root: str = "") -> RemoteMessage:
        key = comment_key(item, str(told.get("comment_id") or ""))
        author = str(told.get("comment_user_id") or "")
        return RemoteMessage(
            remote_id=key,
            kind="comment",
            thread_id=root or key,
            text=str(told.get("content") or "") or "–",
            at=moment(told.get("create_time")),
            author_id=author,
            author_name=str(told.get("nick_name") or "") or _("Somebody on Douyin"),
            avatar_url=str(told.get("avatar") or ""),
            post_id=item,
            reply_to=root,
            is_own=author == self._client.open_id,
            raw=dict(told),
        )

    def _pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        cursor: Any = 0
        for _page in range(COMMENT_PAGES):
            told = self._client.read(path, cursor=cursor, count=COMMENT_PAGE, **params)
            yield from (row for row in told.get("list") or () if isinstance(row, dict) and row.get("comment_id"))
            if not _is_on(told.get("has_more")) or told.get("cursor") in (None, cursor):
                return
            cursor = told["cursor"]

    # --- figures --------------------------------------------------------------------------------------

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield counters in real time, and in `extra` the platform's daily figures of posts up to 30 days old."""
        asked = {post.remote_id: post for post in posts}
        for item in self._items(list(asked)):
            post = asked.get(str(item.get("item_id")))
            if post is not None:
                yield self._reading(post, item)

    def account_reading(self) -> AccountReading:
        """Return followers and posts by the newest daily row; the days themselves are in `extra`.

        The platform tells them only for accounts with at least 1,000 followers, from the day after.
        """
        if not USER_FIGURES & self._client.scopes:
            return AccountReading()
        days: dict[str, dict[str, int | None]] = {}
        for kind in ("fans", "item", "like", "comment", "share", "profile"):
            for row in self._days(f"data/external/user/{kind}/", date_type=7):
                days.setdefault(str(row["date"]), {}).update(
                    {name: count(value) for name, value in row.items() if name != "date"}
                )
        return AccountReading(
            followers=_newest(days, "total_fans"),
            posts=_newest(days, "total_issue"),
            extra={"days": days} if days else {},
        )

    def _reading(self, post: PostRef, item: Mapping[str, Any]) -> Reading:
        told = item.get("statistics")
        told = told if isinstance(told, dict) else {}
        extra: dict[str, Any] = {
            name: count(told.get(name)) for name in ("download_count", "forward_count") if told.get(name) is not None
        }
        made_at = moment(item.get("create_time")) if item.get("create_time") else post.published_at
        age = datetime.now(UTC) - made_at if made_at else None
        if age is not None and timedelta(days=1) <= age <= TALKED_ABOUT and ITEM_FIGURES & self._client.scopes:
            extra |= self._daily(post.remote_id)
        return Reading(
            remote_id=post.remote_id,
            views=count(told.get("play_count")),
            likes=count(told.get("digg_count")),
            comments=count(told.get("comment_count")),
            shares=count(told.get("share_count")),
            extra=extra,
        )

    def _daily(self, item_id: str) -> dict[str, Any]:
        """The figures by day; a grant that was taken back leaves them out."""
        try:
            base = self._client.read("data/external/item/base/", item_id=item_id).get("result")
            found = {name: number(value) for name, value in base.items()} if isinstance(base, dict) else {}
            days: dict[str, dict[str, int | None]] = {}
            for kind in ("play", "like", "comment", "share"):
                for row in self._days(f"data/external/item/{kind}/", item_id=item_id, date_type=30):
                    days.setdefault(str(row["date"]), {})[kind] = count(row.get(kind))
        except NotPermitted:
            return {}
        return {**{name: value for name, value in found.items() if value is not None}, "days": days}

    def _days(self, path: str, **params: Any) -> list[dict[str, Any]]:
        rows = self._client.read(path, **params).get("result_list")
        return [row for row in rows if isinstance(row, dict) and row.get("date")] if isinstance(rows, list) else []

    # --- posts as the platform tells them -------------------------------------------------------------

    def _items(self, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for start in range(0, len(ids), ITEMS_PER_CALL):
            asked = {"item_ids": ids[start : start + ITEMS_PER_CALL]}
            rows = self._client.read(f"{API}/video_data/", json=asked).get("list")
            found += [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return found

    def _own_items(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield our items since then, newest first; pinned ones come first whatever their age."""
        cursor: Any = 0
        while True:
            told = self._client.read(f"{API}/video_list/", cursor=cursor, count=PAGE)
            rows = [row for row in told.get("list") or () if isinstance(row, dict) and row.get("item_id")]
            for item in rows:
                if moment(item.get("create_time")) >= since:
                    yield item
                elif not _is_on(item.get("is_top")):
                    return
            if not rows or not _is_on(told.get("has_more")) or told.get("cursor") in (None, cursor):
                return
            cursor = told["cursor"]


CAN: dict[str, Any] = {
    "publish": gettext_lazy("Publish videos and pictures"),
    "posts": gettext_lazy("Read posts"),
    "messages": gettext_lazy("Read what people say"),
    "reply": gettext_lazy("Answer"),
    "moderate": gettext_lazy("Put comments on top"),
    "figures": gettext_lazy("Read figures"),
}


def wanted_scopes(given: Mapping[str, str]) -> list[str]:
    """Return the scopes to ask for, each once: `user_info`, those of the choices, and further names."""
    defaults = {field.name: field.default for field in Douyin.spec.setup_fields}
    names = ["user_info"]
    for choice, scopes in WANTED:
        if _is_on(given.get(choice, defaults.get(choice))):
            names += scopes.split(",")
    names += [name.strip() for name in re.split(r"[,，\s]+", given.get("more_scopes", "")) if name.strip()]
    return list(dict.fromkeys(names))


def rights_of(scopes: frozenset[str]) -> tuple[AccountRight, ...]:
    """Return what an account may do whose owner granted `scopes`."""
    told: tuple[tuple[AccountRight, bool], ...] = (
        ("publish", bool(PUBLISH & scopes)),
        ("posts", bool(LIST & scopes)),
        ("messages", bool((COMMENTS | TALKS) & scopes)),
        ("reply", bool((COMMENTS | TALKS) & scopes)),
        ("moderate", bool(COMMENTS & scopes)),
        ("figures", bool((DATA | ITEM_FIGURES | USER_FIGURES) & scopes)),
    )
    return tuple(right for right, is_granted in told if is_granted)


def text_of(post: OutgoingPost) -> str:
    """Return the words with the tags behind them that they do not hold yet, as #topics."""
    text = post.text.strip()
    shown = {found.casefold() for found in re.findall(r"#(\S+)", text)}
    beside = [f"#{tag}" for tag in (tag.replace(" ", "") for tag in post.tags) if tag.casefold() not in shown]
    return " ".join([text, *beside]).strip()


def problem_of(mime: str, size_bytes: int, seconds: float) -> str:
    """Return why Douyin would not take a video, "" when it would."""
    if mime not in VIDEO_TYPES:
        return _("Douyin takes MP4 and WebM. Export the video as MP4.")
    if size_bytes > VIDEO_BYTES_MAX:
        return _("Douyin takes videos up to 4 GB.")
    if seconds > VIDEO_SECONDS_MAX:
        return _("Douyin takes videos of at most 15 minutes.")
    return ""


def _options(chosen: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in ("private_status", "download_type"):
        if (number_chosen := count(chosen.get(name))) is not None:
            kept[name] = number_chosen
    for name in ("poi_id", "poi_name"):
        if value := str(chosen.get(name) or "").strip():
            kept[name] = value
    return kept


def _remote(item: Mapping[str, Any]) -> RemotePost:
    kind = {2: "images", 4: "video"}.get(count(item.get("media_type")) or 0, "video")
    return RemotePost(
        remote_id=str(item.get("item_id") or ""),
        url=str(item.get("share_url") or ""),
        published_at=moment(item.get("create_time")),
        text=str(item.get("title") or ""),
        kind=kind,
    )


def _waiting(ticket: Ticket, step: str, told: str) -> Ticket:
    """The ticket again; the platform's last word stays with it."""
    data = {**ticket.data, **({"told": told} if told else {})}
    return Ticket(ticket.remote_id, wait_s=CHECK_S, data=data, step=step)


def _told(item: Mapping[str, Any]) -> str:
    names = ("video_status", "is_reviewed", "media_type", "create_time")
    return ", ".join(f"{name}={item[name]}" for name in names if name in item)


def _status(item: Mapping[str, Any]) -> int:
    return count(item.get("video_status")) or 0


def _is_on(told: Any) -> bool:
    return told in (True, 1) or str(told).lower() in ("1", "true", "on", "yes")


def _newest(days: Mapping[str, Mapping[str, int | None]], name: str) -> int | None:
    """Return the value of the last day that tells it."""
    return next((days[day][name] for day in sorted(days, reverse=True) if days[day].get(name) is not None), None)
