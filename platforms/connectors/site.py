"""The workspace's own public site: a platform like any other, reached over its own small HTTP API.

The API lives beside the pages, under `<server>/api/`, and is written in `platforms/site/api.py`.
"""

import contextlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from platforms.connectors.account import AccountRef, Profile, Secret
from platforms.connectors.errors import ConnectorError, Refused
from platforms.connectors.http import Answer, Http, Purpose
from platforms.connectors.markup import rewrite_images
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.remote import AccountReading, PostRef, Reading, RemoteMessage, RemotePost
from platforms.connectors.spec import FormField, Limits, PlatformSpec

T = TypeVar("T")
Data = Mapping[str, Any]

READINGS_PER_CALL = 100
PAGES_MAX = 1000


class SiteConnector:
    """The workspace's own site. Its articles are known by the publication's key, so nothing doubles.

    It lives where the product lives: without a `server` its address follows SITE_URL.
    """

    spec = PlatformSpec(
        key="site",
        label=_("Own site"),
        mark="站",
        mark_slot=6,
        body_format="article",
        limits=Limits(
            title_max=200,
            title_required=True,
            summary_max=500,
            text_max=200_000,
            images_max=100,
            image_bytes_max=20_000_000,
            image_pixels_max=40_000_000,
            tags_max=20,
        ),
        count_unit=_("characters"),
        metrics=("views", "comments"),
        setup_help=_("Your own public site needs no sign-up. One click opens it."),
        option_fields=(FormField("author", _("Byline"), help=_("Shown under the title."), required=False),),
        max_in_flight=8,
    )

    def __init__(self, account: AccountRef, secret: Secret, http: Http) -> None:
        http.name = self.spec.label
        http.explain = _explain
        self.account, self.http = account, http
        self.key = secret.get("key", "")
        http.hide(self.key)
        home = account.server or f"{settings.SITE_URL}/site/{account.handle}"
        self.base = home.rstrip("/") + "/api"

    def profile(self) -> Profile:
        """Ask the site who it is. `remote_id` is the workspace's number."""
        return self._read("profile", _profile_of)

    def account_reading(self) -> AccountReading:
        """Return how many articles stand and how often all of them were opened. A site has no followers to tell."""
        return self._read("reading", _account_reading_of)

    def publish(self, post: OutgoingPost) -> RemotePost:
        """Upload the pictures, then PUT the article under the publication's key."""
        key = post.key or uuid.uuid4().hex
        return self._write("PUT", f"articles/{_part(key)}", _post_of, json=self._draft(post))

    def publish_again(self, post: OutgoingPost) -> RemotePost:
        """PUT once more: the key finds what stands already."""
        return self.publish(post)

    def find(self, key: str) -> RemotePost | None:
        """Return the article of a publication's key, None when there surely is none."""
        try:
            return self._read(f"articles/{_part(key)}", _post_of)
        except _NoSuchArticle:
            return None

    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost:
        """Replace an article; its address and its figures stay."""
        return self._write("PATCH", f"articles/{_part(remote_id)}", _post_of, json=self._draft(post))

    def delete(self, remote_id: str) -> None:
        """Take an article down. One that is not there any more is fine."""
        with contextlib.suppress(_NoSuchArticle):
            self.http.write("DELETE", f"{self.base}/articles/{_part(remote_id)}", headers=self._headers())

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield every standing article published at or after `since`, oldest first."""
        return self._pages("articles", since, _post_of)

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield comments written, shown or answered at or after `since`, those that still wait as well."""
        return self._pages("comments", since, _message_of)

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a comment as the team. A comment that waited is shown by that."""
        return self._write("POST", "comments", _message_of, json={"answers": message_id, "text": text})

    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]:
        """Yield views and shown comments of articles; removed and unknown ones are left out."""
        ids = [post.remote_id for post in posts]
        for start in range(0, len(ids), READINGS_PER_CALL):
            some = ",".join(ids[start : start + READINGS_PER_CALL])
            yield from self._read("readings", _readings_of, params={"ids": some})

    def _draft(self, post: OutgoingPost) -> dict[str, Any]:
        urls = {image.ref: self._upload(image) for image in post.images}
        if post.cover and post.cover.ref not in urls:
            urls[post.cover.ref] = self._upload(post.cover)
        return {
            "title": post.title,
            "summary": post.summary,
            "html": rewrite_images(post.html, {ref: {"src": url} for ref, url in urls.items()}),
            "author": str(post.options.get("author", "")),
            "language": post.language,
            "cover": urls[post.cover.ref] if post.cover else "",
            "cover_alt": post.cover.alt if post.cover else "",
            "tags": list(post.tags),
        }

    def _upload(self, image: OutgoingImage) -> str:
        file = (image.name or "image", image.read(), image.mime)
        answer = self.http.prepare("POST", f"{self.base}/media", headers=self._headers(), files={"file": file})
        return self._parsed(answer, "prepare", lambda data: str(data["url"]))

    def _read(self, path: str, parse: Callable[[Data], T], **options: Any) -> T:
        answer = self.http.read("GET", f"{self.base}/{path}", headers=self._headers(), **options)
        return self._parsed(answer, "read", parse)

    def _write(self, method: str, path: str, parse: Callable[[Data], T], **options: Any) -> T:
        answer = self.http.write(method, f"{self.base}/{path}", headers=self._headers(), **options)
        return self._parsed(answer, "write", parse)

    def _pages(self, path: str, since: datetime, parse: Callable[[Data], T]) -> Iterator[T]:
        params = {"since": since.isoformat()}
        for _page in range(PAGES_MAX):
            rows, following = self._read(
                path, lambda data: ([parse(row) for row in data[path]], data["next"]), params=params
            )
            yield from rows
            if not following:
                return
            params["after"] = str(following)

    def _parsed(self, answer: Answer, purpose: Purpose, parse: Callable[[Data], T]) -> T:
        try:
            return parse(answer.data)
        except (KeyError, TypeError, ValueError):
            raise self.http.not_understood(answer, purpose) from None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Accept-Language": get_language() or "en"}


class _NoSuchArticle(Refused):
    """The site stands and has no such article."""


def _explain(answer: Answer, purpose: Purpose) -> ConnectorError | None:
    """Read the site's problem documents; 401, 429 and 5xx mean what they mean everywhere."""
    problem = answer.data if isinstance(answer.data, dict) else {}
    sentence = str(problem.get("detail") or "")
    if answer.status in (401, 408, 429) or answer.status >= 500 or not sentence:
        return None
    return (_NoSuchArticle if problem.get("code") == "no_such_article" else Refused)(sentence)


def _part(text: str) -> str:
    return quote(text, safe="")


def _profile_of(data: Data) -> Profile:
    return Profile(str(data["id"]), str(data["name"]), handle=str(data["handle"]), url=str(data["url"]))


def _account_reading_of(data: Data) -> AccountReading:
    return AccountReading(posts=data["articles"], views=data["views"], extra={"visitors": data["visitors"]})


def _readings_of(data: Data) -> list[Reading]:
    return [
        Reading(row["key"], views=row["views"], comments=row["comments"], extra={"visitors": row["visitors"]})
        for row in data["readings"]
    ]


def _post_of(article: Data) -> RemotePost:
    return RemotePost(
        remote_id=article["key"],
        key=article["key"],
        url=article["url"],
        published_at=datetime.fromisoformat(article["published_at"]),
        title=article["title"],
        text=article["summary"] or article["excerpt"],
        kind="article",
    )


def _message_of(comment: Data) -> RemoteMessage:
    return RemoteMessage(
        remote_id=str(comment["id"]),
        kind="comment",
        thread_id=str(comment["root"] or comment["id"]),
        text=comment["text"],
        at=datetime.fromisoformat(comment["made_at"]),
        author_id="",
        author_name=comment["name"],
        post_id=comment["article"],
        reply_to=str(comment["root"] or ""),
        url=comment["url"],
        is_own=comment["is_team"],
        raw={"state": comment["state"]},
    )
