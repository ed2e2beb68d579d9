"""Who follows an Official Account, what they say, what its menu shows, what its figures are.

A mixin: the class it belongs to has the wire (`_wire`), the account (`_account`) and the secret.
Shapes are those of the platform's documents; no call was tried on a live account (docs/platforms.md).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy

from mediaops.lib.said import said as _
from platforms.connectors.account import AccountRef, AccountRight
from platforms.connectors.errors import ConnectorError, NotPermitted, Refused, WindowClosed
from platforms.connectors.remote import ContactPage, PostRef, RemoteContact, RemoteMessage, RemoteTag
from platforms.connectors.spec import CommentAct, MenuRules, MenuType
from platforms.connectors.told import fields, rows
from platforms.connectors.wechat.callbacks import Callbacks, thread_of
from platforms.connectors.wechat.client import BEIJING, Wire, number
from platforms.connectors.wechat.figures import Figures

PEOPLE_PER_CALL = 100
COMMENTS_PER_CALL, COMMENTS_MAX = 50, 1000
NO_ARTICLE, GONE, REPLIED = {88001}, {88004, 88008}, {88005}
OVER = {45015, 45047}
"""The window of 48 hours is closed; its count of answers is used up."""
NO_PERSON = {40003, 43004, 50002, 50005, 70000}
"""The person does not follow any more, or the account may not write to them."""
NO_MENU = {46003}

WINDOW_SENTENCES = {
    45015: gettext_lazy("More than 48 hours have passed; WeChat no longer allows a reply until they write again."),
    45047: gettext_lazy("The replies WeChat allows within 48 hours are used up until they write again."),
}

NO_SEND = {"msg_data_id": 1, "index": 0, "begin": 0, "count": 1, "type": 0}

MENU_RULES = MenuRules(
    entries_max=3,
    below_max=5,
    name_bytes=16,
    below_name_bytes=60,
    types=(
        MenuType("view", gettext_lazy("Open a page"), ("url",)),
        MenuType("click", gettext_lazy("Send a keyword"), ("key",)),
        MenuType("miniprogram", gettext_lazy("Open a mini program"), ("appid", "pagepath", "url")),
        MenuType("article_id", gettext_lazy("Send an article"), ("article_id",)),
        MenuType("article_view_limited", gettext_lazy("Open an article"), ("article_id",)),
        MenuType("media_id", gettext_lazy("Send a file of the library"), ("media_id",)),
        MenuType("scancode_push", gettext_lazy("Scan a code"), ("key",)),
        MenuType("scancode_waitmsg", gettext_lazy("Scan a code and wait"), ("key",)),
        MenuType("pic_photo_or_album", gettext_lazy("Send a picture"), ("key",)),
        MenuType("location_select", gettext_lazy("Send a location"), ("key",)),
    ),
    field_bytes={"url": 1024, "key": 128, "appid": 64, "pagepath": 512, "article_id": 256, "media_id": 256},
)


class People(Callbacks, Figures):
    """Talks, comments, contacts and the menu of an Official Account."""

    _wire: Wire
    _account: AccountRef
    _first_index: int | None = None

    def learned(self) -> Mapping[str, Any]:
        """Return how the platform counts this account's articles, once known: in calls about comments from
        0 or 1, and in figures by single days rather than to date."""
        first = {} if self._first_index is None else {"first_index": self._first_index}
        return first | ({"daily_rows": True} if self._daily_rows else {})

    def rights_found(self) -> list[AccountRight]:
        """Ask, by calls that change nothing, what the account may do beside publishing.

        Only a plain "unauthorized" is a no; so "typing" is shown to nobody, and comments of no send listed.
        """
        asked: list[tuple[tuple[AccountRight, ...], bool]] = [
            (("reply",), self._lets("cgi-bin/message/custom/typing", {"touser": "", "command": "Typing"})),
            (("messages", "moderate"), self._lets("cgi-bin/comment/list", NO_SEND)),
            (("contacts",), self._lets("cgi-bin/tags/get")),
            (("menu",), self._lets("cgi-bin/menu/get")),
            (("figures",), self._lets("datacube/getusercumulate", _long_ago())),
        ]
        return [right for rights, has in asked if has for right in rights]

    def _lets(self, path: str, body: Mapping[str, Any] | None = None) -> bool:
        try:
            if body is None:
                self._wire.get(path)
            else:
                self._wire.post(path, body, purpose="read")
        except NotPermitted:
            return False
        except Refused:
            return True
        return True

    def reply(self, message_id: str, text: str) -> RemoteMessage:
        """Answer a private message (`msg:…`) or a comment (`comment:…`)."""
        if message_id.startswith("comment:"):
            return self._answer_comment(message_id, text)
        who = message_id.split(":")[1] if message_id.startswith("msg:") else ""
        if not who:
            raise Refused(_("WeChat does not know whom to answer here."))
        body = {"touser": who, "msgtype": "text", "text": {"content": text}}
        try:
            told = self._wire.post("cgi-bin/message/custom/send", body, purpose="write")
        except Refused as error:
            code = number(error.code)
            if code in OVER:
                raise _as(WindowClosed(WINDOW_SENTENCES[code], raw=error.raw), error) from None
            if code in NO_PERSON:
                sentence = _("This person does not follow the account any more, or cannot be written to.")
                raise _as(Refused(sentence, raw=error.raw), error) from None
            raise
        now = datetime.now(UTC)
        number_of_it = str(told.get("msgid") or told.get("msg_id") or f"{now.timestamp():.6f}")
        return self._own(f"msg:{who}:out:{number_of_it}", thread_of(who), text, now, "private", message_id, to=who)

    def _own(
        self, remote_id: str, thread: str, text: str, at: datetime, kind: Any, reply_to: str, *, to: str = ""
    ) -> RemoteMessage:
        name = self._account.handle or self._account.remote_id
        return RemoteMessage(
            remote_id, kind, thread, text, at, self._account.remote_id, name, reply_to=reply_to, is_own=True, to_id=to
        )

    def comments(self, posts: Sequence[PostRef]) -> Iterator[RemoteMessage]:
        """Yield what stands under these posts, with our answers; a post without its number is left out."""
        for post in posts:
            if not number(post.data.get("msg_data_id")):
                continue
            for index, told in self._comments_of(post):
                yield from self._comment(post, index, told)

    def _comments_of(self, post: PostRef) -> Iterator[tuple[int, Mapping[str, Any]]]:
        index, begin = self._index_of(post), 0
        if index is None:
            return
        while begin < COMMENTS_MAX:
            told = self._listed(post, index, begin, COMMENTS_PER_CALL)
            found = rows(told.get("comment"))
            yield from ((index, each) for each in found)
            begin += COMMENTS_PER_CALL
            if len(found) < COMMENTS_PER_CALL or begin >= number(told.get("total")):
                return

    def _listed(self, post: PostRef, index: int, begin: int, count: int) -> dict[str, Any]:
        send = number(post.data["msg_data_id"])
        body = {"msg_data_id": send, "index": index, "begin": begin, "count": count, "type": 0}
        return self._wire.post("cgi-bin/comment/list", body, purpose="read")

    def _index_of(self, post: PostRef) -> int | None:
        """Return the number of a post among the articles of its send, as calls about comments count; None
        when the platform knows none.

        Whether they are counted from 0 or from 1 is told differently in different places, so the first
        article decides: if the platform knows a number 0 the account counts from 0, else from 1.
        """
        place = max(number(post.data.get("index")) - 1, 0)
        first = self._first_index if self._first_index is not None else self._account.known.get("first_index")
        if first is None:
            first = next((each for each in (0, 1) if self._knows(post, each)), None)
            if first is None:
                return None
            self._first_index = first
        return int(first) + place

    def _knows(self, post: PostRef, index: int) -> bool:
        try:
            self._listed(post, index, 0, 1)
        except NotPermitted:
            raise
        except Refused as error:
            if number(error.code) in NO_ARTICLE:
                return False
            raise
        return True

    def _comment(self, post: PostRef, index: int, told: Mapping[str, Any]) -> Iterator[RemoteMessage]:
        remote_id = f"comment:{number(post.data['msg_data_id'])}:{index}:{told.get('user_comment_id')}"
        who = str(told.get("openid") or "")
        yield RemoteMessage(
            remote_id,
            "comment",
            remote_id,
            str(told.get("content") or ""),
            _moment(told.get("create_time")),
            author_id=who,
            author_name="" if who else _("A reader"),
            post_id=post.remote_id,
            url=post.url,
            marks=("elected",) if number(told.get("comment_type")) == 1 else (),
            raw=dict(told),
        )
        answers = told.get("reply")
        for answer in rows([answers] if isinstance(answers, Mapping) else answers):
            if answer.get("content"):
                at = _moment(answer.get("create_time"))
                own = self._own(f"{remote_id}:reply", remote_id, str(answer["content"]), at, "comment", remote_id)
                yield own

    def _answer_comment(self, message_id: str, text: str) -> RemoteMessage:
        body = _comment_ref(message_id) | {"content": text}
        try:
            self._wire.post("cgi-bin/comment/reply/add", body, purpose="write")
        except Refused as error:
            if number(error.code) in REPLIED:
                sentence = _("This comment has an answer already; WeChat takes one. Delete it to answer anew.")
                raise _as(Refused(sentence, raw=error.raw), error) from None
            raise
        return self._own(f"{message_id}:reply", message_id, text, datetime.now(UTC), "comment", message_id)

    def moderate(self, message_id: str, act: CommentAct) -> None:
        """Delete, elect or unelect a comment, or delete our answer to one; what is gone already is fine."""
        calls = {"delete": "delete", "elect": "markelect", "unelect": "unmarkelect"}
        if act not in calls:
            raise Refused(_("WeChat offers nothing of the kind."))
        is_answer = message_id.endswith(":reply")
        path = "reply/delete" if is_answer and act == "delete" else calls[act]
        try:
            body = _comment_ref(message_id.removesuffix(":reply"))
            self._wire.post(f"cgi-bin/comment/{path}", body, purpose="prepare")
        except Refused as error:
            if act != "delete" or number(error.code) not in GONE:
                raise

    def set_comments_open(self, post: PostRef, is_open: bool) -> None:
        """Let readers comment on an article, or not any more."""
        index = self._index_of(post) if number(post.data.get("msg_data_id")) else None
        if index is None:
            raise Refused(_("WeChat did not tell the number of this article, which comments need."))
        body = {"msg_data_id": number(post.data["msg_data_id"]), "index": index}
        self._wire.post(f"cgi-bin/comment/{'open' if is_open else 'close'}", body, purpose="prepare")

    def contacts(self, after: str) -> ContactPage:
        """Return the next followers (up to 10 000) with what the platform tells of them."""
        params = {"next_openid": after} if after else {}
        told = self._wire.get("cgi-bin/user/get", **params)
        named = fields(told.get("data")).get("openid")
        ids = [str(each) for each in named if each] if isinstance(named, list) else []
        found: list[RemoteContact] = []
        for start in range(0, len(ids), PEOPLE_PER_CALL):
            found += self._people(ids[start : start + PEOPLE_PER_CALL])
        follows = str(told.get("next_openid") or "") if ids else ""
        return ContactPage(tuple(found), follows)

    def _people(self, ids: Sequence[str]) -> list[RemoteContact]:
        body = {"user_list": [{"openid": each, "lang": "zh_CN"} for each in ids]}
        told = self._wire.post("cgi-bin/user/info/batchget", body, purpose="read")
        known = {str(each.get("openid")): each for each in rows(told.get("user_info_list"))}
        return [_contact(each, known.get(each, {})) for each in ids]

    def contact_tags(self) -> list[RemoteTag]:
        """Return the account's labels."""
        told = self._wire.get("cgi-bin/tags/get")
        return [_tag(each) for each in rows(told.get("tags"))]

    def make_tag(self, name: str) -> RemoteTag:
        """Make a label; one of this name that exists already (45157) is taken."""
        try:
            told = self._wire.post("cgi-bin/tags/create", {"tag": {"name": name}}, purpose="prepare")
        except Refused as error:
            known = [tag for tag in self.contact_tags() if tag.name == name] if number(error.code) == 45157 else []
            if known:
                return known[0]
            raise
        return _tag(fields(told.get("tag")), name)

    def rename_tag(self, tag_id: str, name: str) -> None:
        self._wire.post("cgi-bin/tags/update", {"tag": {"id": number(tag_id), "name": name}}, purpose="prepare")

    def drop_tag(self, tag_id: str) -> None:
        self._wire.post("cgi-bin/tags/delete", {"tag": {"id": number(tag_id)}}, purpose="prepare")

    def tag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None:
        body = {"openid_list": list(contact_ids), "tagid": number(tag_id)}
        self._wire.post("cgi-bin/tags/members/batchtagging", body, purpose="prepare")

    def untag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None:
        body = {"openid_list": list(contact_ids), "tagid": number(tag_id)}
        self._wire.post("cgi-bin/tags/members/batchuntagging", body, purpose="prepare")

    def remark(self, contact_id: str, remark: str) -> None:
        body = {"openid": contact_id, "remark": remark}
        self._wire.post("cgi-bin/user/info/updateremark", body, purpose="prepare")

    @staticmethod
    def menu_rules() -> MenuRules:
        """Return how a menu may be built."""
        return MENU_RULES

    def menu(self) -> list[dict[str, Any]]:
        """Return the menu as it is shown now, made here or in the back office; [] for none."""
        told = self._wire.get("cgi-bin/get_current_selfmenu_info")
        if not number(told.get("is_menu_open")):
            return []
        return [_entry(each) for each in rows(fields(told.get("selfmenu_info")).get("button"))]

    def publish_menu(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Make this the menu; phones show it within a day, or when the account is followed anew."""
        body = {"button": [_button(entry) for entry in entries]}
        self._wire.post("cgi-bin/menu/create", body, purpose="prepare")

    def remove_menu(self) -> None:
        try:
            self._wire.get("cgi-bin/menu/delete")
        except Refused as error:
            if number(error.code) not in NO_MENU:
                raise


def _long_ago() -> dict[str, str]:
    day = (datetime.now(BEIJING) - timedelta(days=3)).date().isoformat()
    return {"begin_date": day, "end_date": day}


def _as(error: ConnectorError, source: ConnectorError) -> ConnectorError:
    error.code = source.code
    return error


def _comment_ref(message_id: str) -> dict[str, int]:
    parts = message_id.split(":")
    if len(parts) != 4:
        raise Refused(_("This comment is not one of WeChat’s."))
    return {"msg_data_id": number(parts[1]), "index": number(parts[2]), "user_comment_id": number(parts[3])}


def _contact(open_id: str, told: Mapping[str, Any]) -> RemoteContact:
    """Read what is told of a follower; names and pictures are mostly left out since the end of 2021."""
    tags = told.get("tagid_list")
    return RemoteContact(
        open_id,
        name=str(told.get("nickname") or ""),
        remark=str(told.get("remark") or ""),
        avatar_url=re.sub(r"^http:", "https:", str(told.get("headimgurl") or "")),
        followed_at=_moment(told.get("subscribe_time")) if number(told.get("subscribe_time")) else None,
        tags=tuple(str(each) for each in tags) if isinstance(tags, list) else (),
        is_gone="subscribe" in told and not number(told.get("subscribe")),
    )


def _tag(told: Mapping[str, Any], name: str = "") -> RemoteTag:
    count = told.get("count")
    return RemoteTag(str(told.get("id")), str(told.get("name") or name), None if count is None else number(count))


def _entry(told: Mapping[str, Any]) -> dict[str, Any]:
    """Read a button of the live menu; kinds that only the back office can make keep their name."""
    below = told.get("sub_button")
    entries = rows(below.get("list") if isinstance(below, Mapping) else below)
    entry: dict[str, Any] = {"name": str(told.get("name") or "")}
    if entries:
        return entry | {"below": [_entry(each) for each in entries]}
    values = {name: str(told[name]) for name in MENU_RULES.field_bytes if told.get(name)}
    if told.get("value") and not values:
        values = {"value": str(told["value"])}
    return entry | {"type": str(told.get("type") or "")} | values


def _button(entry: Mapping[str, Any]) -> dict[str, Any]:
    button = {name: value for name, value in entry.items() if name != "below"}
    if entry.get("below"):
        return {"name": entry["name"], "sub_button": [_button(each) for each in entry["below"]]}
    return button


def _moment(told: object) -> datetime:
    seconds = number(told)
    moment = datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 4_000_000_000 else datetime.now(UTC)
    return min(moment, datetime.now(UTC) + timedelta(minutes=5))
