"""What Douyin tells by itself: comments, private messages, follows, a grant that was taken back.

The signature is `X-Douyin-Signature = hex(sha1(client_secret + body))` and holds no time, so a request
can be repeated by others for ever: the receiving side keeps what it has seen, known by its content, as
the header `Msg-Id` is not signed and a forger would write a new one. All accounts of one app share one
address; what is about another account is left out here.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Literal

from mediaops.lib.said import said as _
from platforms.connectors.douyin.client import count, moment
from platforms.connectors.errors import NotGenuine
from platforms.connectors.remote import Callback, CallbackRequest, RemoteEvent, RemoteMessage, Understood

BODY_MAX = 1_000_000
COMMENTS = {"item_comment_reply"}
PRIVATE = {"im_receive_msg", "receive_msg", "im_send_msg"}
FOLLOWS = {"new_follow_action"}
TAKEN_BACK = {"unauthorize"}
MADE = {"create_video"}


def read(request: CallbackRequest, *, client_key: str, client_secret: str) -> Callback:
    """Return what a genuine request holds; raise NotGenuine for any other.

    The address check (`verify_webhook`) is answered with its challenge, signed or not: the documents
    do not say whether it is signed, and the answer tells nothing.
    """
    if len(request.body) > BODY_MAX:
        raise NotGenuine(_("The request is too large."))
    told = _object(request.body)
    said = _header(request.headers, "x-douyin-signature")
    is_signed = bool(said) and hmac.compare_digest(
        said.lower().encode(), signature(client_secret, request.body).encode()
    )
    event = str(told.get("event") or "")
    if event == "verify_webhook" and (is_signed or not said):
        challenge = told["content"].get("challenge")
        answer = json.dumps({"challenge": challenge if isinstance(challenge, int | str) else None}).encode()
        return Callback(kind=event, answer=answer, content_type="application/json")
    if not is_signed:
        raise NotGenuine(_("The signature does not fit."))
    if told.get("client_key") not in (None, "", client_key):
        raise NotGenuine(_("The request is for another app."))
    key = _key_of(told)
    return Callback(key=key, kind=event, data={**told, "key": key})


def signature(client_secret: str, body: bytes) -> str:
    """Return the signature that Douyin sends with a body."""
    return hashlib.sha1(client_secret.encode() + body).hexdigest()  # noqa: S324 - the platform's choice


def understand(callback: Callback, *, open_id: str) -> Understood:
    """Return what a callback means to the account `open_id`; nothing when it is about another one."""
    told, kind = callback.data, callback.kind
    content = told.get("content")
    content = content if isinstance(content, dict) else {}
    sender, receiver = str(told.get("from_user_id") or ""), str(told.get("to_user_id") or "")
    if open_id not in (sender, receiver):
        return Understood()
    if kind in COMMENTS:
        return Understood(messages=_comment(content, sender, open_id))
    if kind in PRIVATE:
        return Understood(messages=_private(content, sender, receiver, open_id, callback.key))
    if kind in TAKEN_BACK:
        return Understood(is_revoked=sender == open_id)
    if kind in MADE:
        return Understood(tickets=(str(content["item_id"]),) if content.get("item_id") else ())
    if kind in FOLLOWS and receiver == open_id:
        kind_of: Literal["follow", "unfollow"] = "unfollow" if count(content.get("action_type")) == 2 else "follow"
        at = moment(content.get("action_time"))
        return Understood(events=(RemoteEvent(callback.key, kind_of, at, who_id=sender, data=dict(content)),))
    return Understood()


def comment_key(item_id: str, comment_id: str) -> str:
    """Return the id of a comment as we keep it: answering needs the post's id as well."""
    return f"{item_id}|{comment_id}"


def _key_of(told: Mapping[str, Any]) -> str:
    """Return what tells one event from another: all that is signed, but the number of the delivery."""
    said = {name: value for name, value in told.items() if name != "log_id"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _comment(content: Mapping[str, Any], sender: str, open_id: str) -> tuple[RemoteMessage, ...]:
    item, comment = str(content.get("reply_to_item_id") or ""), str(content.get("comment_id") or "")
    if not item or not comment:
        return ()
    parent = str(content.get("reply_to_comment_id") or "")
    parent = "" if parent == "0" else parent
    author = str(content.get("comment_user_id") or sender)
    return (
        RemoteMessage(
            remote_id=comment_key(item, comment),
            kind="comment",
            thread_id=comment_key(item, parent or comment),
            text=str(content.get("content") or "") or "–",
            at=moment(content.get("create_time")),
            author_id=author,
            author_name=str(content.get("nick_name") or "") or _("Somebody on Douyin"),
            avatar_url=str(content.get("avatar") or ""),
            post_id=item,
            reply_to=comment_key(item, parent) if parent else "",
            is_own=author == open_id,
            raw=dict(content),
        ),
    )


def _private(
    content: Mapping[str, Any], sender: str, receiver: str, open_id: str, key: str
) -> tuple[RemoteMessage, ...]:
    if count(content.get("conversation_type")) == 2:  # a group of fans, not a talk with one person
        return ()
    other = receiver if sender == open_id else sender
    people = content.get("user_infos")
    known = [one for one in people if isinstance(one, dict)] if isinstance(people, list) else []
    who = next((one for one in known if one.get("open_id") == sender), {})
    talk = str(content.get("conversation_short_id") or "")
    message = str(content.get("server_message_id") or key)
    return (
        RemoteMessage(
            remote_id=f"im|{other}|{talk}|{message}"[:400],
            kind="private",
            thread_id=f"im:{other}",
            text=_words(content),
            at=moment(content.get("create_time")),
            author_id=sender,
            author_name=str(who.get("nick_name") or "") or _("Somebody on Douyin"),
            avatar_url=str(who.get("avatar") or ""),
            is_own=sender == open_id,
            raw=dict(content),
        ),
    )


def _words(content: Mapping[str, Any]) -> str:
    """The text of a message, or what kind of thing it is where it has none."""
    if text := str(content.get("text") or "").strip():
        return text
    kind = str(content.get("message_type") or "") or "?"
    return " ".join(part for part in (f"[{kind}]", str(content.get("resource_url") or "")) if part)


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
        content = told.get("content") if isinstance(told, dict) else None
        content = json.loads(content) if isinstance(content, str) and content.strip() else content
    except (ValueError, RecursionError):
        raise NotGenuine(_("The request holds no data.")) from None
    if not isinstance(told, dict):
        raise NotGenuine(_("The request holds no data."))
    return {**told, "content": content if isinstance(content, dict) else {}}


def _header(headers: Mapping[str, str], name: str) -> str:
    return next((str(value) for key, value in headers.items() if key.lower() == name), "")
