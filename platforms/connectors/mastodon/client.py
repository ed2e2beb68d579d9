"""The wire to one server that speaks the Mastodon API: app and sign-in, calls, pages, what errors mean.

Source: https://docs.joinmastodon.org/api/ (2026-11). Look-alikes leave things out and add others, so
answers are read leniently: what is missing is unknown, never an error.
"""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from mediaops.lib.said import said as _
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, NotPermitted, Refused
from platforms.connectors.http import Answer, Http, Purpose, wait_of

APP_NAME = "Mediaops"
NARROW = "read:accounts read:notifications read:statuses write:media write:statuses"
BROAD = "read write"
PER_PAGE = 40
PAGES_MAX = 50
UPLOAD_S = 120.0
PROCESSING_S = (0.5, 1, 2, 3, 5, 5, 5, 10, 10, 15)
"""Waits between looks at a file that the server still works on; about a minute in all."""
LONGEST_WAIT_S = 86_400.0
SCOPE_WORDS = ("scope", "not authorized", "not authorised", "insufficient")


class NotThere(Refused):
    """The server has no such row, or does not offer the call."""


class Wire:
    """Calls as one account on one server. `token` is "" before the person has signed in."""

    def __init__(self, http: Http, *, server: str, token: str, secrets: Sequence[str] = ()) -> None:
        self._http = http
        self.server = server
        self._token = token
        http.hide(token, *secrets)
        http.explain = self._explain

    def make_app(self, redirect_uri: str, website: str) -> tuple[Mapping[str, Any], str]:
        """Register us with the server, with the fewest rights it knows; return the app and its rights."""
        try:
            return self._make_app(redirect_uri, website, NARROW), NARROW
        except Refused as error:
            if isinstance(error, NotThere):
                raise Refused(_("There is no server here that speaks the Mastodon API."), raw=error.raw) from None
            return self._make_app(redirect_uri, website, BROAD), BROAD

    def _make_app(self, redirect_uri: str, website: str, scopes: str) -> Mapping[str, Any]:
        asked = {"client_name": APP_NAME, "redirect_uris": redirect_uri, "scopes": scopes, "website": website}
        answer = self._http.prepare("POST", f"{self.server}/api/v1/apps", data=asked)
        app = answer.data
        if not isinstance(app, Mapping) or not app.get("client_id") or not app.get("client_secret"):
            raise self._http.not_understood(answer, "prepare")
        self._http.hide(str(app["client_secret"]))
        return app

    def sign_in_address(self, client_id: str, scopes: str, redirect_uri: str, state: str) -> str:
        """Return the server's page on which a person allows the app."""
        asked = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": scopes,
            "state": state,
        }
        return f"{self.server}/oauth/authorize?{urlencode(asked)}"

    def token_for(self, code: str, redirect_uri: str, app: Mapping[str, str]) -> str:
        """Trade the code of the sign-in page, which counts once, for a token."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "redirect_uri": redirect_uri,
            "scope": app["scopes"],
        }
        self._http.hide(code)
        answer = self._http.prepare("POST", f"{self.server}/oauth/token", data=asked)
        token = answer.data.get("access_token") if isinstance(answer.data, Mapping) else None
        if not isinstance(token, str) or not token:
            raise self._http.not_understood(answer, "prepare")
        return token

    def read(self, call: str, *, signed: bool = True, **params: Any) -> Any:
        """Ask `/api/<call>`; return the parsed answer, whatever its shape."""
        headers = self._headers() if signed else {}
        return self._http.read("GET", f"{self.server}/api/{call}", params=params, headers=headers).data

    def read_object(self, call: str, **params: Any) -> Mapping[str, Any]:
        """Ask for one object; raise Refused when the answer is none."""
        answer = self._http.read("GET", f"{self.server}/api/{call}", params=params, headers=self._headers())
        if not isinstance(answer.data, Mapping):
            raise self._http.not_understood(answer, "read")
        return answer.data

    def rows(self, call: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of all pages, newest first; ends where a page brings nothing new."""
        seen: set[str] = set()
        asked = {"limit": PER_PAGE, **params}
        for _page in range(PAGES_MAX):
            rows = self.read(call, **asked)
            new = [row for row in rows if _is_new(row, seen)] if isinstance(rows, list) else []
            if not new:
                return
            seen |= {str(row["id"]) for row in new}
            yield from new
            asked["max_id"] = str(new[-1]["id"])

    def write(
        self, method: str, call: str, values: Mapping[str, Any], *, key: str = "", expects: str = "id"
    ) -> Mapping[str, Any]:
        """Make the deciding call; its answer must hold the field `expects`, "" for none."""
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        answer = self._http.write(method, f"{self.server}/api/{call}", data=values, headers=headers)
        told = answer.data if isinstance(answer.data, Mapping) else {}
        if expects and not told.get(expects):
            raise self._http.not_understood(answer, "write")
        return told

    def upload(self, name: str, content: bytes, mime: str, description: str) -> str:
        """Store a file and wait until the server is done with it; return its id.

        A file that no post uses disappears by itself.
        """
        try:
            answer = self._send_file("v2/media", name, content, mime, description)
        except NotThere:  # older servers know the first version only, which answers when it is done
            answer = self._send_file("v1/media", name, content, mime, description)
        stored = answer.data
        if not isinstance(stored, Mapping) or not stored.get("id"):
            raise self._http.not_understood(answer, "prepare")
        if answer.status == 202 or ("url" in stored and stored["url"] is None):
            self._wait_for(str(stored["id"]))
        return str(stored["id"])

    def _send_file(self, call: str, name: str, content: bytes, mime: str, description: str) -> Answer:
        values = {"description": description} if description else {}
        return self._http.prepare(
            "POST", f"{self.server}/api/{call}", data=values, files={"file": (name, content, mime)},
            headers=self._headers(), read_s=UPLOAD_S,
        )  # fmt: skip

    def _wait_for(self, media: str) -> None:
        for wait_s in PROCESSING_S:
            answer = self._http.read("GET", f"{self.server}/api/v1/media/{media}", headers=self._headers())
            if answer.status != 206:
                return
            self._http.wait(wait_s)
        raise NothingSent(_("The server still works on a picture; nothing was posted yet."), wait_s=30)

    def software(self) -> tuple[str, str]:
        """Return what runs the server and its version, by NodeInfo; "" where it does not say."""
        with contextlib.suppress(ConnectorError):
            listed = self._http.read("GET", f"{self.server}/.well-known/nodeinfo").data
            links = listed.get("links") if isinstance(listed, Mapping) else None
            for link in reversed(links if isinstance(links, list) else []):
                href = str(link.get("href") or "") if isinstance(link, Mapping) else ""
                if urlsplit(href).netloc != urlsplit(self.server).netloc:
                    continue
                told = self._http.read("GET", href).data
                software = told.get("software") if isinstance(told, Mapping) else None
                if isinstance(software, Mapping):
                    return str(software.get("name") or "").lower(), str(software.get("version") or "")
        return "", ""

    def _headers(self) -> dict[str, str]:
        if not self._token:
            raise NeedsReconnect(_("Nobody has signed in for this account yet."))
        return {"Authorization": f"Bearer {self._token}"}

    def _explain(self, answer: Answer, _purpose: Purpose) -> ConnectorError | None:
        """Read Mastodon's `{"error": "…"}`; the server's own words help people most."""
        told = answer.data if isinstance(answer.data, Mapping) else {}
        words = str(told.get("error_description") or told.get("error") or "").strip()[:300].rstrip(".。")
        if answer.status == 429:
            return NothingSent(_("The server asks us to slow down."), wait_s=_until_reset(answer))
        if str(told.get("error")) in {"invalid_grant", "invalid_client"}:
            return Refused(_("The server no longer accepts this sign-in. Sign in again."))
        if answer.status == 403 and any(word in words.lower() for word in SCOPE_WORDS):
            return NotPermitted(_("The sign-in does not include this: %(words)s.") % {"words": words})
        if answer.status in {404, 410}:
            return NotThere(_("It is no longer on the server."))
        if answer.status in {400, 403, 413, 422} and words:
            return Refused(_("The server refused it: %(words)s.") % {"words": words})
        return None


def server_address(typed: str) -> str:
    """Return the server's origin from what people type: a name, an address, `@name@server`."""
    address = typed.strip()
    if "://" not in address:
        address = f"https://{address.rpartition('@')[2]}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    is_name = re.fullmatch(r"[\w\-]+(\.[\w\-]+)*|[0-9a-f:]+", host)
    return f"{parts.scheme}://{host}{port}" if is_name and parts.scheme in {"http", "https"} else ""


def _is_new(row: Any, seen: set[str]) -> bool:
    return isinstance(row, Mapping) and bool(row.get("id")) and str(row["id"]) not in seen


def _until_reset(answer: Answer) -> float | None:
    """Return the seconds until `X-RateLimit-Reset`, an ISO time; else what the usual headers say."""
    if (wait_s := wait_of(answer)) is not None:
        return wait_s
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(answer.headers.get("x-ratelimit-reset", ""))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT_S)
    return None
