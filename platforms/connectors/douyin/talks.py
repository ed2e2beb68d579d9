"""What people say under posts and in private, and what the account answers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mediaops.lib.said import said as _
from platforms.connectors.douyin import webhooks
from platforms.connectors.douyin.client import count, is_on, moment
from platforms.connectors.douyin.items import Items
from platforms.connectors.douyin.spec import COMMENTS, LIST, SPEC, TALKED_ABOUT
from platforms.connectors.douyin.webhooks import comment_key
from platforms.connectors.errors import Refused
from platforms.connectors.remote import (
    Callback,
    CallbackRequest,
    RemoteMessage,
    Understood,
)
from platforms.connectors.spec import CommentAct
from platforms.connectors.told import fields, rows

COMMENT_PAGE, COMMENT_PAGES = 50, 4
POSTS_WITH_TALK = 20


class Talks(Items):
    """Comments are asked for, private messages come through the webhook; both are answered by calls."""

    _given: dict[str, str]

    def messages(self, since: datetime) -> Iterator[RemoteMessage]:
        """Yield comments and answers since then under our newest posts.

        Private messages cannot be asked for: they come through the webhook.
        """
        if not (COMMENTS & self._client.scopes and LIST & self._client.scopes):
            return
        read = 0
        for item in self._own_items(datetime.now(UTC) - TALKED_ABOUT):
            if count(fields(item.get("statistics")).get("comment_count")) == 0:
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
        if act not in SPEC.comment_acts or not item or message_id.startswith("im|"):
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
            author_name=str(SPEC.label),
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
            yield from (row for row in rows(told.get("list")) if row.get("comment_id"))
            if not is_on(told.get("has_more")) or told.get("cursor") in (None, cursor):
                return
            cursor = told["cursor"]
