"""From a draft out: left for a person, published, or sent to followers; and what becomes of it.

One call decides: `freepublish/submit`
or `message/mass/sendall`; the latter carries a `clientmsgid` made of the publication's key, so a
repeat cannot double within a day. What comes of either is asked for with a ticket.
"""

import contextlib
import hashlib
import html
import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mediaops.lib.said import said as _
from platforms.connectors.errors import ConnectorError, NotPermitted, OutcomeUnknown, Refused
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.remote import Fate, HandOver, PostRef, RemotePost, Ticket
from platforms.connectors.told import rows as rows_of
from platforms.connectors.wechat.client import answer_of, number
from platforms.connectors.wechat.drafts import Drafts
from platforms.connectors.wechat.spec import SPEC, is_on

log = logging.getLogger(__name__)

PUBLISHED, PUBLISHING, NOT_ORIGINAL, FAILED, REFUSED, DELETED, BANNED = range(7)
"""`publish_status` of `freepublish/get`."""
FIRST_CHECK_S, CONFIRM_CHECK_S = 10.0, 30.0
CONFIRM = timedelta(minutes=30)
"""So long may the administrator take to confirm a mass send on the phone."""
SENT_ALREADY, WAITS_FOR_CONFIRMATION = "45065", {"89504", "89505"}
A_PAGE, PAGES_MAX = 20, 50


class Publishing(Drafts):
    """What an account brings out, what becomes of it, what stands there."""

    def publish(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver:
        """Make the draft and bring it as far as the post's `way` says.

        Raises the errors of `connectors.errors`. An account that turns out not to be allowed the last
        step keeps its draft: a person finishes it.
        """
        draft, way = self.draft(post), post.options.get("way")
        if way == "draft":
            return _for_a_person(draft, "", post)
        try:
            return self._mass(post, draft) if way == "mass" else self._submit(post, draft)
        except NotPermitted as error:
            log.info("wechat: the draft stays, %s", error.code)
            return _for_a_person(draft, _("This account may not publish by interface."), post)

    def publish_again(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver:
        """Repeat a mass send: its `clientmsgid` lets the platform find the first one."""
        if post.options.get("way") != "mass":
            raise OutcomeUnknown(_("Only a mass send can be repeated without making a second post."))
        return self.publish(post)

    def preview(self, post: OutgoingPost, to: str) -> None:
        """Show the post to one person by their WeChat name; its draft stays in the box."""
        body = {"towxname": to, "mpnews": {"media_id": self.draft(post)}, "msgtype": "mpnews"}
        self._wire.post("cgi-bin/message/mass/preview", body, purpose="prepare")

    def _submit(self, post: OutgoingPost, draft: str) -> Ticket:
        asked = {"media_id": draft}
        answer = self._wire.post("cgi-bin/freepublish/submit", asked, purpose="write")
        publish_id = str(answer.get("publish_id") or "")
        if not publish_id:
            raise OutcomeUnknown(_("WeChat took it but named no number to ask by. It may go out."))
        data = {
            "way": "publish",
            "publish_id": publish_id,
            "msg_data_id": str(answer.get("msg_data_id") or ""),
            **_told(post, draft),
        }
        return Ticket(f"publish:{publish_id}", wait_s=FIRST_CHECK_S, data=data)

    def _mass(self, post: OutgoingPost, draft: str) -> Ticket:
        body: dict[str, Any] = {
            "filter": self._audience(str(post.options.get("audience") or "").strip()),
            "mpnews": {"media_id": draft},
            "msgtype": "mpnews",
            "send_ignore_reprint": int(is_on(post.options, "reprint")),
            "clientmsgid": client_id(post.key),
        }
        return self._sent(body, {"way": "mass", **_told(post, draft)}, until=datetime.now(UTC) + CONFIRM)

    def _sent(self, body: Mapping[str, Any], data: Mapping[str, Any], *, until: datetime) -> Ticket:
        """Send, or send again: an answer that names the earlier send is as good as a first one."""
        try:
            answer = self._wire.post("cgi-bin/message/mass/sendall", body, purpose="write")
        except ConnectorError as error:
            if error.code in WAITS_FOR_CONFIRMATION:
                return _waiting(answer_of(error), body, data, until)
            if error.code != SENT_ALREADY:
                raise
            answer = answer_of(error)
        msg_id = _msg_id(answer)
        if not msg_id:
            raise OutcomeUnknown(_("WeChat took it but named no number to ask by. It may go out."))
        told = {**data, "msg_id": msg_id, "msg_data_id": str(answer.get("msg_data_id") or "")}
        return Ticket(f"mass:{msg_id}", wait_s=FIRST_CHECK_S, data=told)

    def _audience(self, said: str) -> dict[str, Any]:
        if not said:
            return {"is_to_all": True}
        if said.isdigit():
            return {"is_to_all": False, "tag_id": int(said)}
        for row in rows_of(self._wire.get("cgi-bin/tags/get").get("tags")):
            if str(row.get("name", "")).strip().casefold() == said.casefold():
                return {"is_to_all": False, "tag_id": number(row.get("id"))}
        raise Refused(_("There is no tag of followers called “%(name)s”.") % {"name": said})

    def check(self, ticket: Ticket) -> RemotePost | Ticket | HandOver:
        """Ask how far it is. What the platform does not say clearly is asked again, never guessed."""
        ask = self._check_mass if ticket.data.get("way") == "mass" else self._check_publish
        return ask(ticket)

    def _check_publish(self, ticket: Ticket) -> RemotePost | Ticket:
        answer = self._asked("cgi-bin/freepublish/get", {"publish_id": ticket.data["publish_id"]})
        status = answer.get("publish_status")
        match number(status) if str(status).strip().isdecimal() else PUBLISHING:
            case 0:
                return _published(answer, ticket)
            case 2:
                raise Refused(_about(answer, _("WeChat found that it is not original."), ticket), raw=_raw(answer))
            case 4:
                raise Refused(_about(answer, _("WeChat's review refused it."), ticket), raw=_raw(answer))
            case 3:
                raise Refused(_("WeChat could not publish it and does not say why."), raw=_raw(answer))
            case 5 | 6 as fell:
                raise Refused(FALLEN[fell](), raw=_raw(answer))
        return ticket

    def _check_mass(self, ticket: Ticket) -> RemotePost | Ticket:
        if not ticket.data.get("msg_id"):
            return self._confirmed(ticket)
        answer = self._asked("cgi-bin/message/mass/get", {"msg_id": ticket.data["msg_id"]})
        status = str(answer.get("msg_status") or "").upper().replace(" ", "_")
        if status in {"SEND_SUCCESS", "SENDSUCCESS", "SUCCESS"}:
            return self._mass_post(ticket)
        if status in {"SEND_FAIL", "FAIL", "FAILED", "DELETE", "DELETED"}:
            raise Refused(_("WeChat did not send it. The back office says why."), raw=_raw(answer))
        if ticket.until is not None and datetime.now(UTC) > ticket.until:
            raise Refused(_too_late())
        return ticket

    def _confirmed(self, ticket: Ticket) -> Ticket:
        """Ask by sending again under the same `clientmsgid`, as the platform gave no number yet.

        Never after the administrator's time has ended: that would ask them once more.
        """
        until = ticket.until or datetime.now(UTC)
        if datetime.now(UTC) >= until:
            raise Refused(_too_late())
        return self._sent(ticket.data["body"], _without(ticket.data, "body"), until=until)

    def _mass_post(self, ticket: Ticket) -> RemotePost:
        """Return the post that a mass send became; where its page is, only the list of publications may tell."""
        title, since = str(ticket.data.get("title") or ""), _moment_of(ticket)
        found = None
        with contextlib.suppress(Refused):  # an account may send but not list
            found = next((each for each in self.recent_posts(since) if each.title == title), None)
        told = {
            "msg_id": ticket.data["msg_id"],
            "msg_data_id": ticket.data.get("msg_data_id") or "",
            "index": 1,
        }
        if found is not None:
            return RemotePost(
                found.remote_id, found.url, found.published_at, title=title, kind="article",
                data={**found.data, **told},
            )  # fmt: skip
        return RemotePost(
            f"mass:{ticket.data['msg_id']}_1", "", datetime.now(UTC), title=title, kind="article",
            data={**told, "unlisted": True},
        )  # fmt: skip

    def _asked(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask about something already sent: a refusal to tell is no proof that it did not go out."""
        try:
            return self._wire.post(path, body, purpose="read")
        except Refused as error:
            raise OutcomeUnknown(str(error), raw=error.raw) from None

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]:
        """Yield what became of posts that were live; one that the platform cannot tell of yields nothing."""
        for post in posts:
            reason = self._fell(post)
            if reason is not None:
                yield Fate(post.remote_id, stands=not reason, reason=reason)

    def _fell(self, post: PostRef) -> str | None:
        """Return why the post fell, "" when it stands, None when nobody says."""
        if post.data.get("publish_id"):
            answer = self._wire.post(
                "cgi-bin/freepublish/get", {"publish_id": post.data["publish_id"]}, purpose="read"
            )
            if "publish_status" in answer and number(answer["publish_status"]) in FALLEN:
                return FALLEN[number(answer["publish_status"])]()
        article, index = _split(post)
        if not article:
            return None
        try:
            answer = self._wire.post("cgi-bin/freepublish/getarticle", {"article_id": article}, purpose="read")
        except Refused:
            return None
        rows = rows_of(answer.get("news_item"))
        if not 1 <= index <= len(rows):
            return None
        return FALLEN[DELETED]() if rows[index - 1].get("is_deleted") in (True, 1, "true", "1") else ""

    def recent_posts(self, since: datetime) -> Iterator[RemotePost]:
        """Yield what was published and stands, newest first, whoever did it. Mass sends may be missing."""
        for page in range(PAGES_MAX):
            asked = {"offset": page * A_PAGE, "count": A_PAGE, "no_content": 1}
            answer = self._wire.post("cgi-bin/freepublish/batchget", asked, purpose="read")
            rows = rows_of(answer.get("item"))
            moments = [_moment(row.get("update_time")) for row in rows]
            for row, at in zip(rows, moments, strict=True):
                if at is not None and at >= since:
                    yield from _listed(row, at)
            is_older = bool(moments) and all(at is not None and at < since for at in moments)
            if not rows or is_older or (page + 1) * A_PAGE >= number(answer.get("total_count")):
                return

    def delete(self, remote_id: str) -> None:
        """Delete for good. A mass send takes the links of every send of the same draft with it."""
        if remote_id.startswith("mass:"):
            msg_id, _sign, index = remote_id.removeprefix("mass:").rpartition("_")
            body: dict[str, Any] = {"msg_id": number(msg_id), "article_idx": number(index)}
            self._wire.post("cgi-bin/message/mass/delete", body, purpose="write")
            return
        article, index_of = _split(PostRef(remote_id))
        if not article:
            raise Refused(_("Nobody knows this article's number. Delete it in the back office."))
        body = {"article_id": article, "index": index_of}
        self._wire.post("cgi-bin/freepublish/delete", body, purpose="write")


def client_id(key: str) -> str:
    """Return the `clientmsgid` of a publication: 32 signs, the smallest limit that any page names."""
    plain = re.sub(r"[^0-9A-Za-z_-]", "", key)
    return plain[:32] if len(plain) >= 16 else hashlib.sha256(key.encode()).hexdigest()[:32]


def _for_a_person(draft: str, why: str, post: OutgoingPost) -> HandOver:
    sentence = _("“%(title)s” lies in the draft box. Publish it there, then paste the link.") % {"title": post.title}
    return HandOver(draft, f"{why} {sentence}".strip(), SPEC.back_office_url, {"media_id": draft})


def _told(post: OutgoingPost, draft: str) -> dict[str, Any]:
    titles = [post.title, *(each.title for each in post.companions)]
    return {"media_id": draft, "title": post.title, "titles": titles, "at": datetime.now(UTC).isoformat()}


def _waiting(answer: Mapping[str, Any], body: Mapping[str, Any], data: Mapping[str, Any], until: datetime) -> Ticket:
    msg_id = _msg_id(answer)
    told = {**data, "msg_id": msg_id, "msg_data_id": str(answer.get("msg_data_id") or "")}
    if not msg_id:
        told["body"] = dict(body)
    name = msg_id or str(body["clientmsgid"])
    step = _("The administrator confirms the mass send on the phone.")
    return Ticket(f"mass:{name}", wait_s=CONFIRM_CHECK_S, data=told, step=step, until=until)


def _published(answer: Mapping[str, Any], ticket: Ticket) -> RemotePost:
    article = _article_id(answer.get("article_id"))
    detail = answer.get("article_detail")
    rows = rows_of(detail.get("item") if isinstance(detail, dict) else None)
    rows = sorted(rows, key=lambda row: number(row.get("idx")))
    if not article or not rows:
        raise OutcomeUnknown(_("WeChat says that it is published but not where."), raw=_raw(answer))
    posts = [_one_of(row, place, article, ticket) for place, row in enumerate(rows, start=1)]
    first = posts[0]
    return RemotePost(
        first.remote_id, first.url, first.published_at, title=first.title, kind="article", data=first.data,
        parts=tuple(posts[1:]),
    )  # fmt: skip


def _one_of(row: Mapping[str, Any], place: int, article: str, ticket: Ticket) -> RemotePost:
    index, url = number(row.get("idx")) or place, str(row.get("article_url") or "").strip()
    titles = list(ticket.data.get("titles") or [])
    data = {
        "article_id": article,
        "index": index,
        "publish_id": ticket.data["publish_id"],
        "msg_data_id": str(ticket.data.get("msg_data_id") or ""),
        **_numbers_in(url),
    }
    title = titles[index - 1] if index <= len(titles) else ""
    part_of = "" if place == 1 else f"{article}_1"
    return RemotePost(
        f"{article}_{index}", url, datetime.now(UTC), title=title, kind="article", part_of=part_of, data=data
    )


def _listed(row: Mapping[str, Any], at: datetime) -> Iterator[RemotePost]:
    article, content = _article_id(row.get("article_id")), row.get("content")
    items = rows_of(content.get("news_item") if isinstance(content, dict) else None)
    for index, item in enumerate(items, start=1):
        if not article or item.get("is_deleted") in (True, 1, "true", "1"):
            continue
        url = str(item.get("url") or "").strip()
        yield RemotePost(
            f"{article}_{index}", url, at, title=html.unescape(str(item.get("title") or "")),
            text=html.unescape(str(item.get("digest") or "")), kind="article",
            part_of="" if index == 1 else f"{article}_1",
            data={"article_id": article, "index": index, **_numbers_in(url)},
        )  # fmt: skip


def _numbers_in(url: str) -> dict[str, str]:
    """Return the number under which figures know the article, where the address shows it (`mid`, `idx`)."""
    try:
        asked = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    except ValueError:
        return {}
    mid, idx = asked.get("mid", [""])[0], asked.get("idx", ["1"])[0]
    return {"msgid": f"{mid}_{idx}"} if mid.isdigit() and idx.isdigit() else {}


def _article_id(value: object) -> str:
    """Return an article's number; the platform's own sample breaks it over two lines."""
    return re.sub(r"\s+", "", str(value or ""))


def _split(post: PostRef) -> tuple[str, int]:
    """Return a post's article number and its place in the draft; "" for one that has none."""
    if post.data.get("article_id"):
        return str(post.data["article_id"]), number(post.data.get("index")) or 1
    article, sign, index = post.remote_id.rpartition("_")
    is_ours = sign and index.isdigit() and not post.remote_id.startswith(("mass:", "http"))
    return (article, int(index)) if is_ours else ("", 1)


def _msg_id(answer: Mapping[str, Any]) -> str:
    return str(answer.get("msg_id") or answer.get("msgid") or "")


def _about(answer: Mapping[str, Any], sentence: str, ticket: Ticket) -> str:
    """Name the articles that were refused, where there are several; counted from 1."""
    titles, failed = list(ticket.data.get("titles") or []), answer.get("fail_idx")
    places = [number(each) for each in failed] if isinstance(failed, list) else [number(failed)]
    names = [f"“{titles[place - 1]}”" for place in places if 1 <= place <= len(titles)]
    if len(titles) < 2 or not names:
        return sentence
    which = _("It is about %(titles)s.") % {"titles": ", ".join(names)}
    return f"{sentence} {which}"


def _too_late() -> str:
    return _(
        "The administrator did not confirm the mass send within 30 minutes, so WeChat did not send it. "
        "Look in the back office before sending again."
    )


FALLEN = {
    DELETED: lambda: _("It was deleted on WeChat after it had been published."),
    BANNED: lambda: _("WeChat banned it after it had been published."),
}


def _without(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}


def _moment(value: object) -> datetime | None:
    seconds = number(value)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 10**11 else None


def _moment_of(ticket: Ticket) -> datetime:
    """Return when it was sent, a little earlier, as the clocks may differ."""
    try:
        return datetime.fromisoformat(str(ticket.data.get("at"))) - timedelta(minutes=2)
    except ValueError:
        return datetime.now(UTC) - timedelta(hours=1)


def _raw(answer: Mapping[str, Any]) -> str:
    return json.dumps(answer, ensure_ascii=False)[:2000]
