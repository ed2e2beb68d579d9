"""What a Douyin account means to us: videos and pictures, their review, comments, talks, figures.

Facts and their sources: docs/platforms.md. Nothing here was tried on a live account; where the documents
leave a doubt, both readings are survived.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, Profile, Secret, SecretKeeper, SignIn
from platforms.connectors.addresses import address_of
from platforms.connectors.douyin import uploading
from platforms.connectors.douyin.client import API, Client, count, is_on, number
from platforms.connectors.douyin.figures import Figures
from platforms.connectors.douyin.items import remote_of, status_of
from platforms.connectors.douyin.spec import (
    CAN,
    IMAGE_BYTES_MAX,
    IMAGES_MAX,
    SPEC,
    VIDEO_BYTES_MAX,
    VIDEO_SECONDS_MAX,
    VIDEO_TYPES,
    rights_of,
    wanted_scopes,
)
from platforms.connectors.douyin.talks import Talks
from platforms.connectors.errors import Refused
from platforms.connectors.http import Http
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import Fate, PostRef, RemotePost, Ticket

CHECK_S = 30.0
UNFIT, PRIVATE = 2, 7
OUT = {1, 5, 6, 7}
"""`video_status` of what review let through: published; public, for friends, private."""


class Douyin(Talks, Figures):
    """One Douyin account whose owner granted our app some scopes; they decide what it can do."""

    spec = SPEC

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
            told = self._items([ticket.remote_id])
        except Refused as error:  # not being allowed to ask says nothing about the post
            step = _("Douyin does not tell us how the review ended. Look in the app.")
            return _waiting(ticket, step, str(error))
        item = next((each for each in told if str(each.get("item_id")) == ticket.remote_id), None)
        if item is None:
            return _waiting(ticket, _("Douyin is reviewing it."), "")
        status, is_reviewed = status_of(item), item.get("is_reviewed")
        if status == UNFIT:
            raise Refused(_("Douyin turned it down in review: it is not fit for the public."), raw=_told(item))
        if status not in OUT or (is_reviewed is not None and not is_on(is_reviewed)):
            return _waiting(ticket, _("Douyin is reviewing it."), _told(item))
        post = remote_of(item)
        return replace(post, data={"private_status": ticket.data.get("private_status", "0")})

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield the account's posts since then, newest first; what review turned down is left out."""
        for item in self._own_items(since):
            if status_of(item) != UNFIT:
                yield remote_of(item)

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]:
        """Tell which of our posts still stand. What the platform says nothing about is left out."""
        asked = {post.remote_id: post for post in posts}
        for item in self._items(list(asked)):
            post = asked.get(str(item.get("item_id")))
            if post is None:
                continue
            status, wanted = status_of(item), str(post.data.get("private_status") or "0")
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
        if is_on(post.options.get("own_cover")) and post.cover is not None:
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


def _waiting(ticket: Ticket, step: str, told: str) -> Ticket:
    """The ticket again; the platform's last word stays with it."""
    data = {**ticket.data, **({"told": told} if told else {})}
    return Ticket(ticket.remote_id, wait_s=CHECK_S, data=data, step=step)


def _told(item: Mapping[str, Any]) -> str:
    names = ("video_status", "is_reviewed", "media_type", "create_time")
    return ", ".join(f"{name}={item[name]}" for name in names if name in item)
