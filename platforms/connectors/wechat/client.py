"""The wire to the interface of Official Accounts: the shared token, raw UTF-8 JSON, what an `errcode` means.

Every answer is HTTP 200; `errcode` says what it was. Where the classes come from:
docs/platforms.md. Errors carry the code in `code` and the whole answer, with its `rid`, in `raw`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mediaops.lib.said import said as _
from platforms.connectors.account import TokenShelf
from platforms.connectors.addresses import address_of
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
)
from platforms.connectors.http import RAW_MAX, Answer, Http, Purpose

TOKEN = "cgi-bin/stable_token"  # noqa: S105 (a path)
UPLOAD_S = 120.0
RENEW_BEFORE_S, SHORTEST_S = 60.0, 30.0
"""A token leaves the shelf this long before it ends."""
BEIJING = ZoneInfo("Asia/Shanghai")
"""The platform's days end here."""

DEAD_TOKEN = {40001, 40014, 42001}
BUSY = {-1, 268487001, 268487002}
"""The platform does not say whether it did something before it gave up."""
WAITS = {45011: 60.0, 45066: 60.0, 61503: 600.0, 89503: 300.0, 89506: 86_400.0, 89507: 3600.0}
"""Surely nothing was done; the seconds to wait."""
USED_UP = {45009, 45028, 48006}
SETUP = {40013, 40125, 40164, 40243, 61004}
"""A person must mend something in the platform's back office before any call works."""
NO_RIGHT = {48001, 88000}


class Wire:
    """Calls to the interface for one account. Paths are relative to the base address (`cgi-bin/draft/add`)."""

    def __init__(self, http: Http, *, app_id: str, app_secret: str) -> None:
        self._http = http
        self._root = address_of("wechat")
        self._app_id, self._app_secret = app_id, app_secret
        self._shelf = TokenShelf()
        http.hide(app_secret)

    def use(self, shelf: TokenShelf) -> None:
        """Take tokens from a shelf that all workers share."""
        self._shelf = shelf

    def post(self, path: str, body: Mapping[str, Any], *, purpose: Purpose, **params: Any) -> dict[str, Any]:
        """Send `body` as raw UTF-8 JSON and return the answer's object.

        `purpose` is as in `connectors.http`: what a failure means depends on it. `params` go into the
        query. Raises the errors of `connectors.errors` with the platform's code in `code`.
        """
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        options = {"content": content, "headers": {"Content-Type": "application/json; charset=utf-8"}}
        return self._ask("POST", path, purpose, options, params)

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Read by GET; `params` go into the query."""
        return self._ask("GET", path, "read", {}, params)

    def upload(
        self,
        path: str,
        name: str,
        mime: str,
        content: bytes,
        *,
        fields: Mapping[str, str] | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Send one file as the form field `media`; harmless when nothing uses it. `name` is plain ASCII."""
        options = {"files": {"media": (name, content, mime)}, "data": dict(fields or {}), "read_s": UPLOAD_S}
        return self._ask("POST", path, "prepare", options, params)

    def prove(self) -> None:
        """Fetch a token, so that wrong credentials are told before anything else is asked."""
        self._token()

    def _ask(
        self, method: str, path: str, purpose: Purpose, options: Mapping[str, Any], params: Mapping[str, Any]
    ) -> dict[str, Any]:
        token = self._token()
        try:
            return self._once(method, path, purpose, options, {**params, "access_token": token})
        except _DeadToken:
            token = self._token(dead=token)
        try:
            return self._once(method, path, purpose, options, {**params, "access_token": token})
        except _DeadToken as error:
            sentence = _("WeChat does not accept the sign-in of this account. Connect it again.")
            raise _coded(NeedsReconnect(sentence, raw=error.raw), error.code) from None

    def _once(
        self, method: str, path: str, purpose: Purpose, options: Mapping[str, Any], params: Mapping[str, Any]
    ) -> dict[str, Any]:
        call = {"read": self._http.read, "prepare": self._http.prepare, "write": self._http.write}[purpose]
        answer = call(method, f"{self._root}/{path}", params=dict(params), **options)
        return self._judged(answer, purpose)

    def _judged(self, answer: Answer, purpose: Purpose, explain: "Explain | None" = None) -> dict[str, Any]:
        data = answer.data
        if not isinstance(data, dict):
            raise self._http.not_understood(answer, purpose)
        code = number(data.get("errcode"))
        if not code:
            return data
        raw = self._http.redacted(f"{answer.status} {answer.text}")[:RAW_MAX]
        error = (explain or error_for)(code, str(data.get("errmsg") or ""), purpose)
        error.raw = raw
        error.answer = data  # type: ignore[attr-defined]
        raise _coded(error, code)

    def _token(self, dead: str = "") -> str:
        mark = hashlib.sha256(self._app_secret.encode()).hexdigest()[:16]
        token = self._shelf.take(f"{self._app_id}:{mark}", self._fetch_token, dead=dead)
        self._http.hide(token)
        return token

    def _fetch_token(self) -> tuple[str, float]:
        """Fetch the stable token: asking again in its life gives the same one, so processes never fight over it."""
        asked = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": False,
        }
        content = json.dumps(asked, ensure_ascii=False).encode()
        answer = self._http.read(
            "POST", f"{self._root}/{TOKEN}", content=content, headers={"Content-Type": "application/json"}
        )
        data = self._judged(answer, "read", _token_error)
        token, seconds = data.get("access_token"), number(data.get("expires_in"))
        if not isinstance(token, str) or not token or seconds <= 0:
            raise self._http.not_understood(answer, "read")
        self._http.hide(token)
        return token, max(seconds - RENEW_BEFORE_S, min(seconds, SHORTEST_S))


class _DeadToken(ConnectorError):
    """The token is not accepted; a fresh one may be."""


Explain = Callable[[int, str, Purpose], ConnectorError]


def answer_of(error: ConnectorError) -> dict[str, Any]:
    """Return the object that came with an `errcode`; empty for errors of other kinds."""
    return getattr(error, "answer", {})


def error_for(code: int, message: str, purpose: Purpose) -> ConnectorError:
    """Return what an `errcode` of a business call means."""
    if code in DEAD_TOKEN:
        return _DeadToken(message)
    if code in BUSY:
        if purpose == "write":
            return OutcomeUnknown(_("WeChat was busy and did not say whether it was carried out."))
        return NothingSent(_("WeChat is busy at the moment."))
    if code in WAITS:
        return NothingSent(_sentence(code, message), wait_s=WAITS[code])
    if code in USED_UP:
        return NothingSent(_sentence(code, message), wait_s=until_tomorrow_s(datetime.now(UTC)))
    if code in SETUP:
        return NeedsReconnect(_sentence(code, message))
    if code in NO_RIGHT:
        return NotPermitted(_sentence(code, message))
    return Refused(_sentence(code, message))


def _token_error(code: int, message: str, purpose: Purpose) -> ConnectorError:
    """A token is what this call fetches, so a code about tokens means that the secret is wrong."""
    if code in DEAD_TOKEN:
        return NeedsReconnect(_("WeChat does not accept the AppSecret. Copy it again from the back office."))
    return error_for(code, message, purpose)


def until_tomorrow_s(now: datetime) -> float:
    """Return the seconds until five minutes after the platform's next midnight."""
    here = now.astimezone(BEIJING)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=5, second=0, microsecond=0)
    return (midnight - here).total_seconds()


def number(value: object) -> int:
    """Return a whole number that may come as text; 0 for anything else."""
    text = str(value if value is not None else "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else 0


def _coded(error: ConnectorError, code: object) -> ConnectorError:
    error.code = str(code)
    return error


def _sentence(code: int, message: str) -> str:
    if code in SENTENCES:
        address = re.search(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]{6,}:[0-9a-fA-F:]+", message)
        return SENTENCES[code]() % {"address": address[0] if address else "?"}
    words = re.sub(r"\s*(rid:|hint:).*", "", message).strip()[:120]
    return _("WeChat refused it: %(message)s (%(code)s).") % {"message": words or "?", "code": code}


SENTENCES: dict[int, Callable[[], str]] = {
    45011: lambda: _("WeChat asks us to slow down."),
    45066: lambda: _("WeChat is still working on the same send."),
    61503: lambda: _("WeChat has not finished yesterday's figures yet."),
    89503: lambda: _("WeChat asks the administrator to confirm this server's address first; the phone shows it."),
    89506: lambda: _("The administrator refused this server's address twice; WeChat blocks it for 24 hours."),
    89507: lambda: _("The administrator refused this server's address; WeChat blocks it for an hour."),
    45009: lambda: _("Today's calls to WeChat are used up; they begin anew at midnight in Beijing."),
    48006: lambda: _("The calls to WeChat cannot be reset any more this month."),
    45028: lambda: _("The mass sends of this period are used up."),
    40013: lambda: _("WeChat does not know this AppID. Copy it again from the back office."),
    40125: lambda: _("WeChat does not accept the AppSecret. Copy it again from the back office."),
    40164: lambda: _("Add this server's address %(address)s to the IP white list in WeChat's back office."),
    61004: lambda: _("Add this server's address %(address)s to the IP white list in WeChat's back office."),
    40243: lambda: _("The AppSecret is frozen. Unfreeze it in WeChat's back office, then connect again."),
    48001: lambda: _("This account may not do that through WeChat's interface; it needs certification."),
    88000: lambda: _("This account has no right to comments; WeChat opens it in the back office."),
    40007: lambda: _("WeChat does not know a picture or the draft any more. Send it again."),
    40004: lambda: _("WeChat does not take a file of this kind."),
    40005: lambda: _("WeChat does not take a file of this kind."),
    40009: lambda: _("A picture is larger than WeChat takes."),
    40114: lambda: _("The number of the article does not fit the draft."),
    40130: lambda: _("WeChat sends to at least two people."),
    41039: lambda: _("The original link is not one that WeChat takes."),
    41040: lambda: _("The original link is not one that WeChat takes."),
    45002: lambda: _("The text is longer than WeChat takes."),
    45003: lambda: _("The title is longer than WeChat takes."),
    45004: lambda: _("The summary is longer than WeChat takes."),
    45005: lambda: _("The original link is longer than WeChat takes."),
    45008: lambda: _("There are more articles than WeChat takes at once."),
    45166: lambda: _("WeChat does not take the content; it may hold something forbidden."),
    48021: lambda: _("WeChat does not send content of this kind."),
    53404: lambda: _("WeChat has restricted this account's products; the article cannot hold them."),
    53405: lambda: _("WeChat has restricted this account's products; the article cannot hold them."),
    53406: lambda: _("WeChat has restricted this account's products; the article cannot hold them."),
    53503: lambda: _("The draft did not pass WeChat's check. Open it in the back office to see why."),
    53504: lambda: _("WeChat wants this draft published from the back office."),
    53505: lambda: _("WeChat wants this draft saved by hand in the back office first."),
}
