"""The wire to an AT Protocol server: the sign-in that renews itself, calls, what errors mean.

An app password is traded for a token of about two hours and one that renews it. Tokens are kept
between calls, because servers allow few sign-ins (bsky.social: 30 in 5 minutes, 300 a day).
"""

import base64
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from mediaops.lib.said import said as _
from platforms.connectors.account import Secret
from platforms.connectors.errors import ConnectorError, NeedsReconnect, Refused
from platforms.connectors.http import Answer, Http, Purpose

HOME = "https://bsky.social"
SPARE_S = 60
UPLOAD_S = 120.0
TOO_LARGE = re.compile(r"blob too big \(maximum (\d+)")
T = TypeVar("T")


class TokenSpent(NeedsReconnect):
    """The access token is no longer accepted. It is checked before anything else, so nothing was done."""


class NotOffered(Refused):
    """This server does not offer the call: a PDS without an AppView behind it."""


class RecordGone(Refused):
    """There is no such record."""


class BlobTooLarge(Refused):
    """The record was refused because this server allows pictures of `max_bytes` only; nothing was written."""

    max_bytes = 0


class Session:
    """Calls as one account. `secret` may hold `access`, `refresh`, `did` and `pds` of an earlier session."""

    def __init__(self, http: Http, *, server: str, identifier: str, password: str, secret: Secret) -> None:
        self._http = http
        self._server = server
        self._identifier = identifier
        self._password = password
        self._access, self._refresh = secret.get("access", ""), secret.get("refresh", "")
        self._did, self._pds = secret.get("did", ""), secret.get("pds", "")
        self.is_renewed = False
        http.hide(password, self._access, self._refresh)
        http.explain = _explain

    @property
    def did(self) -> str:
        """The account's lasting id; signs in when it is not known yet."""
        if not self._did:
            self._renew()
        return self._did

    def kept(self) -> dict[str, str]:
        """Return what makes the next session start where this one is."""
        return {"access": self._access, "refresh": self._refresh, "did": self._did, "pds": self._pds}

    def read(self, call: str, **params: Any) -> Any:
        """Ask (an XRPC query); return the parsed answer."""
        return self._signed(
            lambda headers: self._object(
                self._http.read("GET", self._address(call), params=params, headers=headers), "read"
            )
        )

    def upload(self, content: bytes, mime: str) -> dict[str, Any]:
        """Store a blob; one that no record uses disappears by itself. Return the reference to it."""

        def send(headers: Mapping[str, str]) -> dict[str, Any]:
            answer = self._http.prepare(
                "POST", self._address("com.atproto.repo.uploadBlob"),
                content=content, headers={**headers, "Content-Type": mime}, read_s=UPLOAD_S,
            )  # fmt: skip
            blob = self._object(answer, "prepare").get("blob")
            if not isinstance(blob, dict):
                raise self._http.not_understood(answer, "prepare")
            return blob

        return self._signed(send)

    def write(self, call: str, values: Mapping[str, Any], *, expects: str = "") -> dict[str, Any]:
        """Make the deciding call (an XRPC procedure); its answer must hold the field `expects`."""

        def send(headers: Mapping[str, str]) -> dict[str, Any]:
            answer = self._http.write("POST", self._address(call), json=values, headers=headers)
            told = self._object(answer, "write") if expects else {}
            if expects and not isinstance(told.get(expects), str):
                raise self._http.not_understood(answer, "write")
            return told

        return self._signed(send)

    def _signed(self, call: Callable[[Mapping[str, str]], T]) -> T:
        """Call with a fresh token; renew it once if the server finds it spent (before doing anything)."""
        if not self._access or _ends_at(self._access) < time.time() + SPARE_S:
            self._renew()
        try:
            return call(self._headers(self._access))
        except TokenSpent:
            self._renew()
            return call(self._headers(self._access))

    def _renew(self) -> None:
        """Get a new token by the renewing one; if that is spent as well, by the app password."""
        if self._refresh and _ends_at(self._refresh) > time.time() + SPARE_S:
            try:
                self._take(self._ask("com.atproto.server.refreshSession", headers=self._headers(self._refresh)))
                return
            except (NeedsReconnect, Refused):
                pass
        signed_in = {"identifier": self._identifier, "password": self._password}
        try:
            self._take(self._ask("com.atproto.server.createSession", json=signed_in))
        except TokenSpent as error:
            raise NeedsReconnect(str(error), raw=error.raw) from None

    def _ask(self, call: str, **options: Any) -> Answer:
        return self._http.prepare("POST", f"{self._server}/xrpc/{call}", **options)

    def _take(self, answer: Answer) -> None:
        told = self._object(answer, "prepare")
        if not all(isinstance(told.get(name), str) for name in ("accessJwt", "refreshJwt", "did")):
            raise self._http.not_understood(answer, "prepare")
        self._access, self._refresh, self._did = told["accessJwt"], told["refreshJwt"], told["did"]
        self._pds = _pds_of(told.get("didDoc")) or self._pds
        self._http.hide(self._access, self._refresh)
        self.is_renewed = True

    def _address(self, call: str) -> str:
        return f"{self._pds or self._server}/xrpc/{call}"

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def _object(self, answer: Answer, purpose: Purpose) -> dict[str, Any]:
        if not isinstance(answer.data, dict):
            raise self._http.not_understood(answer, purpose)
        return answer.data


def _explain(answer: Answer, purpose: Purpose) -> ConnectorError | None:
    """Read an XRPC error: JSON `error` (a name) and `message`."""
    told = answer.data if isinstance(answer.data, dict) else {}
    name, message = str(told.get("error") or ""), str(told.get("message") or "")
    if name in {"ExpiredToken", "InvalidToken"}:
        return TokenSpent(_("Bluesky did not accept the sign-in. Connect again."))
    if name in SIGN_IN:
        return NeedsReconnect(SIGN_IN[name]())
    if answer.status == 401:
        is_sign_in = answer.url.endswith(("createSession", "refreshSession"))
        sentence = _("Bluesky did not accept the handle and app password.")
        return NeedsReconnect(sentence) if is_sign_in else TokenSpent(sentence)
    if "No service configured" in message or name in {"MethodNotImplemented", "XRPCNotSupported"}:
        return NotOffered(_("This server does not offer that."))
    if name == "RecordNotFound" or "Could not locate record" in message:
        return RecordGone(_("The post is no longer there."))
    if too_large := TOO_LARGE.search(message):
        error = BlobTooLarge(_("A picture is larger than Bluesky accepts."))
        error.max_bytes = int(too_large[1])
        return error
    if answer.status == 413 or name in {"BlobTooLarge", "PayloadTooLarge"}:
        return Refused(_("A picture is larger than Bluesky accepts."))
    return None


SIGN_IN: dict[str, Callable[[], str]] = {
    "AccountTakedown": lambda: _("Bluesky has suspended this account."),
    "AccountSuspended": lambda: _("Bluesky has suspended this account."),
    "AccountDeactivated": lambda: _("This account is deactivated. Activate it in the Bluesky app."),
    "AuthFactorTokenRequired": lambda: _(
        "Bluesky asks for a code by e-mail. Use an app password instead of your own password."
    ),
}


def server_address(typed: str) -> str:
    """Return the server's origin from what people type; empty means bsky.social."""
    address = typed.strip() or HOME
    parts = urlsplit(address if "://" in address else f"https://{address}")
    return f"{parts.scheme}://{parts.netloc}"


def _pds_of(did_document: Any) -> str:
    """Return the server that holds the account's data, "" when the document does not say."""
    services = did_document.get("service") if isinstance(did_document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            return str(service.get("serviceEndpoint") or "").rstrip("/")
    return ""


def _ends_at(token: str) -> float:
    """Return when a token ends (Unix time), as it says itself; far away when it does not say."""
    try:
        body = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return float("inf")
