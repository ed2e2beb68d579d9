"""Group robots of team chats: how each is called, and how it says yes or no.

Facts read on the makers' pages (2026-11), none tried on a live group:

* 企业微信: developer.work.weixin.qq.com/document/path/91770 (`errcode`, 20 messages a minute)
* 钉钉: open.dingtalk.com/document/robots/custom-robot-access (`errcode`, signature in the address, 20 a minute)
* 飞书, Lark: open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (`code`, signature in the body, 100 a minute)
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mediaops.lib import outward

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
WHOLE_S = 20.0
"""A whole call, so that an answer dripping in ends as well."""
ANSWER_MAX = 20_000
BUSY = {45009, 130101, 11232, 9499}
"""Codes that ask us to slow down: 企业微信, 钉钉, 飞书 (two)."""


class RobotSilent(Exception):
    """Nothing reached the group for now; trying again later may help."""


class RobotRefused(Exception):
    """The robot does not take it and will not: the address, the secret or its settings are wrong."""


@dataclass(frozen=True)
class ChatText:
    """One message: what happened, what to do, and where (an absolute address)."""

    title: str
    text: str
    link: str = ""
    link_label: str = ""


@dataclass(frozen=True)
class Kind:
    """One maker of team chats. `hosts` are those that its robots' addresses may name."""

    key: str
    label: Any
    hosts: tuple[str, ...]
    help: Any
    request: Callable[[str, str, ChatText, datetime], tuple[str, dict[str, Any]]]
    code: str


def _wecom(url: str, secret: str, said: ChatText, now: datetime) -> tuple[str, dict[str, Any]]:
    return url, {"msgtype": "markdown", "markdown": {"content": _cut(_markdown(said), 4000)}}


def _dingtalk(url: str, secret: str, said: ChatText, now: datetime) -> tuple[str, dict[str, Any]]:
    if secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = _signature(secret.encode(), f"{stamp}\n{secret}".encode())
        joint = "&" if urlsplit(url).query else "?"
        url = f"{url}{joint}timestamp={stamp}&sign={quote_plus(sign)}"
    return url, {"msgtype": "markdown", "markdown": {"title": said.title, "text": _cut(_markdown(said), 18_000)}}


def _feishu(url: str, secret: str, said: ChatText, now: datetime) -> tuple[str, dict[str, Any]]:
    line: list[dict[str, str]] = [{"tag": "text", "text": said.text}]
    lines = [line]
    if said.link:
        lines.append([{"tag": "a", "text": said.link_label or said.link, "href": said.link}])
    body: dict[str, Any] = {
        "msg_type": "post",
        "content": {"post": {"zh_cn": {"title": said.title, "content": lines}}},
    }
    if secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _signature(f"{stamp}\n{secret}".encode(), b"")}
    return url, body


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "wecom", gettext_lazy("WeCom"), ("qyapi.weixin.qq.com",),
            gettext_lazy("In the group: ⋯, Add group robot; copy its webhook address. It needs no secret."),
            _wecom, "errcode",
        ),
        Kind(
            "dingtalk", gettext_lazy("DingTalk"), ("oapi.dingtalk.com",),
            gettext_lazy("In the group: Settings, Robots, Custom; choose “signature” and copy address and secret."),
            _dingtalk, "errcode",
        ),
        Kind(
            "feishu", gettext_lazy("Feishu"), ("open.feishu.cn", "open.larksuite.com"),
            gettext_lazy("In the group: Settings, Robots, Custom robot; switch signature checking on and copy both."),
            _feishu, "code",
        ),
    )
}  # fmt: skip


def address_problem(kind: str, url: str) -> str:
    """Say what is wrong with a robot's address as a sentence; "" when nothing is.

    Only the maker's own hosts are called; where private servers are allowed, any may stand in.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        parts, host = urlsplit(""), ""
    maker = KINDS[kind]
    if settings.ALLOW_LOCAL_SERVERS and parts.scheme in {"http", "https"} and host:
        return ""
    if parts.scheme != "https" or host not in maker.hosts:
        words = {"kind": maker.label, "host": maker.hosts[0]}
        return _("This is not the address of a %(kind)s robot; it begins with https://%(host)s/.") % words
    return ""


def send(kind: str, robot: Mapping[str, str], said: ChatText, now: datetime) -> None:
    """Post `said` through a robot (`{"url", "secret"}`), or raise RobotSilent or RobotRefused.

    The sentences hold neither address nor secret.
    """
    maker = KINDS[kind]
    url, body = maker.request(robot["url"], robot.get("secret", ""), said, now)
    words = {"kind": maker.label}
    try:
        with (
            outward.until(time.monotonic() + WHOLE_S),
            outward.client(timeout=TIMEOUT) as client,
            client.stream("POST", url, json=body) as answer,
        ):
            told = _read(answer)
    except outward.OutwardRefused as error:
        raise RobotRefused(str(error)) from None
    except httpx.InvalidURL:
        raise RobotRefused(_("The address of %(platform)s cannot be used.") % {"platform": maker.label}) from None
    except httpx.HTTPError:
        raise RobotSilent(_("%(kind)s did not answer.") % words) from None
    code = told.get(maker.code, told.get("StatusCode"))
    code = code if isinstance(code, int) else None
    if answer.status_code == 429 or answer.status_code >= 500 or code in BUSY:
        raise RobotSilent(_("%(kind)s asks us to slow down.") % words)
    if answer.status_code >= 400 or code != 0:
        why = str(told.get("errmsg") or told.get("msg") or answer.status_code)[:200]
        for hidden in robot.values():
            why = why.replace(hidden, "•••") if hidden else why
        raise RobotRefused(_("%(kind)s refused the message: %(why)s") % (words | {"why": why}))


def _read(answer: httpx.Response) -> dict[str, Any]:
    body = b""
    for part in answer.iter_bytes():
        body += part
        if len(body) > ANSWER_MAX:
            return {}
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


_PLAIN = str.maketrans("<>[]", "＜＞［］")
"""What people wrote may neither call somebody nor lead anywhere: these signs do in the makers' Markdown."""


def _markdown(said: ChatText) -> str:
    title, text = (words.translate(_PLAIN) for words in (said.title, said.text))
    lines = [f"**{title}**", text]
    if said.link:
        lines.append(f"[{said.link_label or said.link}]({said.link})")
    return "\n\n".join(line for line in lines if line)


def _cut(text: str, size_bytes: int) -> str:
    return text if len(text.encode()) <= size_bytes else text.encode()[: size_bytes - 4].decode(errors="ignore") + "…"


def _signature(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
