"""What the platform tells by calling us: plain, compatible and safe mode, messages and events.

Facts and doubts: docs/platforms.md. A request is genuine when its signature fits our token, it is
not old, and what is encrypted opens with our key for our AppID. Where a key is stored, only what
is encrypted counts: in the compatible mode the plain half beside it is not proven by anything.
"""

import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import defusedxml.ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from mediaops.lib.said import said as _
from platforms.connectors.account import Secret
from platforms.connectors.errors import NotGenuine
from platforms.connectors.remote import (
    Callback,
    CallbackRequest,
    Occasion,
    RemoteEvent,
    RemoteMessage,
    ReplyWindow,
    Understood,
)
from platforms.connectors.wechat import crypto
from platforms.connectors.wechat.client import number

BODY_MAX = 200_000
DEPTH_MAX, PARTS_MAX = 8, 500
FRESH_S = 3600
"""A signed request older than this is not taken; its key is kept much longer, so it cannot come twice."""
TALK_FOR, TALK_ANSWERS = timedelta(hours=48), 5
TOUCH_FOR, TOUCH_ANSWERS = timedelta(minutes=1), 3
"""How long, and how often, a person may be answered after a message, and after a follow, scan or press."""
TAKEN = b"success"

PUBLISHED = {"publishjobfinish", "freepublishjobfinish"}
TOUCHES = {"subscribe": "follow", "scan": "scan", "click": "menu", "view": "menu", "view_miniprogram": "menu"}
KINDS = {
    **TOUCHES, "unsubscribe": "unfollow", "scancode_push": "menu", "scancode_waitmsg": "menu", "pic_sysphoto": "menu",
    "pic_photo_or_album": "menu", "pic_weixin": "menu", "location_select": "menu",
}  # fmt: skip
REVOKES = {"unauthorized"}
"""Only the loss of our own access; a person who takes their consent back is no business of the sign-in."""


class Callbacks:
    """`TakesCallbacks` and `AnswersCallbacks` of an Official Account; the class it is mixed into has `_secret`."""

    _secret: Secret

    @property
    def _app_id(self) -> str:
        return self._secret.get("app_id", "").strip()

    @property
    def _callback_token(self) -> str:
        return self._secret.get("token", "").strip()

    @property
    def _aes_key(self) -> str:
        return self._secret.get("aes_key", "").strip()

    def read_callback(self, request: CallbackRequest) -> Callback:
        """Return what a genuine request holds; raise NotGenuine for any other."""
        query = request.query
        self._demand_fresh(query)
        if request.method == "GET":
            return self._address_check(query)
        if len(request.body) > BODY_MAX:
            raise NotGenuine("too large")
        told = _tree(request.body)
        if self._aes_key:
            told = self._opened_tree(query, str(told.get("Encrypt") or ""))
        else:
            self._demand_signed(query.get("signature", ""), query)
        return _callback_of(told, answer=TAKEN)

    def understand(self, callback: Callback) -> Understood:
        """Return what a callback means: a message, an event, a ticket to look at."""
        told = callback.data
        if str(told.get("MsgType") or "").lower() != "event":
            return Understood(messages=(_message(told, callback.key),))
        word = _event_of(told)
        if word in PUBLISHED:
            found = _dict(told.get("PublishEventInfo"))
            return Understood(tickets=_tickets("publish", found.get("publish_id")))
        if word == "masssendjobfinish":
            return Understood(tickets=_tickets("mass", told.get("MsgID") or told.get("MsgId")))
        return Understood(events=(_event(told, callback.key, word),), is_revoked=word in REVOKES)

    def occasion(self, callback: Callback) -> Occasion | None:
        """Return what a person did that may be answered at once; None for all else."""
        told = callback.data
        who = str(told.get("FromUserName") or "")
        if not who:
            return None
        kind = str(told.get("MsgType") or "").lower()
        if kind == "event":
            word = _event_of(told)
            if word == "subscribe":
                return Occasion("follow", thread_of(who), who)
            if word == "click":
                return Occasion("press", thread_of(who), who, str(told.get("EventKey") or ""))
            return None
        text = told.get("Content") or told.get("Recognition") or ""
        return Occasion("words", thread_of(who), who, str(text).strip())

    def passive(self, callback: Callback, text: str) -> Callback:
        """Return the callback with `text` as its answer to the person; sealed where the question was."""
        told = callback.data
        words = (
            f"<xml><ToUserName>{_cdata(told.get('FromUserName'))}</ToUserName>"
            f"<FromUserName>{_cdata(told.get('ToUserName'))}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content>{_cdata(text)}</Content></xml>"
        ).encode()
        body = self._envelope(words) if self._aes_key else words
        return Callback(callback.key, callback.kind, told, body, "application/xml; charset=utf-8")

    def _address_check(self, query: Mapping[str, str]) -> Callback:
        """Answer the check of our address; in the safe mode some accounts send the echo encrypted."""
        echo = query.get("echostr", "")
        if not echo:
            raise NotGenuine("nothing to echo")
        if self._aes_key and query.get("msg_signature"):
            self._demand_signed(query["msg_signature"], query, echo)
            return Callback(answer=self._unsealed(echo))
        self._demand_signed(query.get("signature", ""), query)
        return Callback(answer=echo.encode()[:1000])

    def _opened_tree(self, query: Mapping[str, str], encrypted: str) -> dict[str, Any]:
        self._demand_signed(query.get("msg_signature", ""), query, encrypted)
        return _tree(self._unsealed(encrypted))

    def _unsealed(self, encrypted: str) -> bytes:
        try:
            return crypto.opened(encrypted, crypto.key_of(self._aes_key), self._app_id)
        except crypto.Unreadable as error:
            raise NotGenuine(str(error)) from None

    def _envelope(self, words: bytes) -> bytes:
        stamp, nonce = str(int(time.time())), f"{time.time_ns() % 10**10:010}"
        encrypted = crypto.sealed(words, crypto.key_of(self._aes_key), self._app_id)
        signature = crypto.signature_of(self._callback_token, stamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _demand_signed(self, signature: str, query: Mapping[str, str], *more: str) -> None:
        parts = (self._callback_token, query.get("timestamp", ""), query.get("nonce", ""), *more)
        if not self._callback_token or not crypto.is_signed(signature, *parts):
            raise NotGenuine("wrong signature")

    def _demand_fresh(self, query: Mapping[str, str]) -> None:
        if abs(time.time() - number(query.get("timestamp"))) > FRESH_S:
            raise NotGenuine("too old")


def thread_of(open_id: str) -> str:
    """Return the private talk with a person."""
    return f"user:{open_id}"


def _callback_of(told: dict[str, Any], *, answer: bytes) -> Callback:
    kind = str(told.get("MsgType") or "").lower()
    if not kind:
        raise NotGenuine("neither a message nor an event")
    if kind == "event":
        word = _event_of(told)
        job = str(told.get("MsgID") or _dict(told.get("PublishEventInfo")).get("publish_id") or "")
        parts = (told.get("FromUserName"), told.get("CreateTime"), word, told.get("EventKey") or job)
        return Callback(":".join(["event", *(str(part or "") for part in parts)]), word, told, answer)
    number_of_it = told.get("MsgId") or f"{told.get('FromUserName')}:{told.get('CreateTime')}"
    return Callback(f"msg:{number_of_it}", kind, told, answer)


def _message(told: Mapping[str, Any], key: str) -> RemoteMessage:
    who, at = str(told.get("FromUserName") or ""), _moment(told.get("CreateTime"))
    return RemoteMessage(
        remote_id=f"msg:{who}:{key.removeprefix('msg:')}",
        kind="private",
        thread_id=thread_of(who),
        text=_words(told),
        at=at,
        author_id=who,
        author_name="",
        window=ReplyWindow(at + TALK_FOR, TALK_ANSWERS),
        raw=dict(told),
    )


def _words(told: Mapping[str, Any]) -> str:
    """Return a message in words; what is no text is named, with what is known of it."""
    kind = str(told.get("MsgType") or "").lower()
    if kind == "text":
        return str(told.get("Content") or "")
    if kind == "location":
        place = str(told.get("Label") or f"{told.get('Location_X')}, {told.get('Location_Y')}")
        return _("[Location] %(place)s") % {"place": place}
    if kind == "link":
        lines = (told.get("Title"), told.get("Description"), told.get("Url"))
        return _("[Link] %(what)s") % {"what": "\n".join(str(line) for line in lines if line)}
    if kind == "voice":
        said = str(told.get("Recognition") or "")
        return _("[Voice message] %(said)s") % {"said": said} if said else _("[Voice message]")
    names = {"image": _("[Picture]"), "video": _("[Video]"), "shortvideo": _("[Short video]"), "file": _("[File]")}
    return names.get(kind) or _("[Message of the kind “%(kind)s”]") % {"kind": kind}


def _event(told: Mapping[str, Any], key: str, word: str) -> RemoteEvent:
    who, at = str(told.get("FromUserName") or ""), _moment(told.get("CreateTime"))
    name = str(told.get("EventKey") or "").removeprefix("qrscene_")
    is_revoke = word in {"user_authorization_revoke", *REVOKES}
    kind: Any = "revoked" if is_revoke else KINDS.get(word, "other")
    window = ReplyWindow(at + TOUCH_FOR, TOUCH_ANSWERS) if word in {"subscribe", "scan", "click"} else None
    return RemoteEvent(key, kind, at, who, name[:200], {"event": word}, thread_of(who) if who else "", window)


def _event_of(told: Mapping[str, Any]) -> str:
    return str(told.get("Event") or "").strip().lower()


def _tickets(kind: str, told: object) -> tuple[str, ...]:
    found = re.sub(r"\s", "", str(told or ""))
    return (f"{kind}:{found}",) if found else ()


def _moment(told: object) -> datetime:
    """Read a time in seconds; one that cannot be, or has not come, is now."""
    seconds, now = number(told), datetime.now(UTC)
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < now.timestamp() else now


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _cdata(value: object) -> str:
    """Return text as CDATA that it cannot leave, whatever it holds."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(value or "")).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>"


def _tree(body: bytes) -> dict[str, Any]:
    """Return a request's XML, or JSON, as a dict; no document type, no entities, bounded depth and size."""
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"{"):
        return _json(text)
    try:
        root = SafeTree.fromstring(text, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except (DefusedXmlException, SafeTree.ParseError, ValueError, LookupError):
        raise NotGenuine("not readable") from None
    left = [PARTS_MAX]
    told = _part(root, 0, left)
    return told if isinstance(told, dict) else {}


def _json(text: bytes) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise NotGenuine("not readable") from None
    if not isinstance(told, dict):
        raise NotGenuine("not readable")
    return told


def _part(element: Any, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth > DEPTH_MAX or left[0] < 0:
        raise NotGenuine("too deep")
    if not len(element):
        return (element.text or "").strip().replace("\x00", "")
    found: dict[str, Any] = {}
    for child in element:
        value = _part(child, depth + 1, left)
        if child.tag in found:
            known = found[child.tag]
            found[child.tag] = [*known, value] if isinstance(known, list) else [known, value]
        else:
            found[child.tag] = value
    return found
