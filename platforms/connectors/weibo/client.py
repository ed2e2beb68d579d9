"""The wire to Weibo's open platform: signing in, calls with a token, pages."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from mediaops.lib.said import said as _
from platforms.connectors.addresses import address_of
from platforms.connectors.errors import NeedsReconnect
from platforms.connectors.http import Answer, Http, Purpose
from platforms.connectors.told import rows
from platforms.connectors.weibo.errors import code_of, error_for, explain, words_of

PER_PAGE = 50
PAGES_MAX = 20
UPLOAD_S = 60.0


class Wire:
    """Calls as one user of one app. `token` is "" before the person has signed in."""

    def __init__(self, http: Http, *, app_key: str, app_secret: str, token: str) -> None:
        self._http = http
        self._app_key, self._app_secret, self._token = app_key, app_secret, token
        self._home = address_of("weibo")
        http.hide(app_secret, token)
        http.explain = explain

    def sign_in_address(self, redirect_uri: str, state: str) -> str:
        """Return the page on which a person allows the app."""
        asked = {
            "client_id": self._app_key,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._home}/oauth2/authorize?{urlencode(asked)}"

    def token_for(self, code: str, redirect_uri: str) -> Mapping[str, Any]:
        """Trade the code of the sign-in page, which counts once, for `access_token`, `expires_in`, `uid`."""
        asked = {
            "client_id": self._app_key,
            "client_secret": self._app_secret,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code": code,
        }
        self._http.hide(code)
        answer = self._http.prepare("POST", f"{self._home}/oauth2/access_token", data=asked)
        told = self._judged(answer, "prepare")
        if not isinstance(told, Mapping) or not told.get("access_token"):
            raise self._http.not_understood(answer, "prepare")
        return told

    def about_token(self) -> Mapping[str, Any]:
        """Return what Weibo knows of the token: `uid`, `expire_in` (seconds), `scope`."""
        given = {"access_token": self._signed()}
        answer = self._http.read("POST", f"{self._home}/oauth2/get_token_info", data=given)
        return self._object(answer, "read")

    def read(self, call: str, **params: Any) -> Any:
        """Ask `/2/<call>.json`."""
        answer = self._http.read("GET", self._address(call), params={"access_token": self._signed(), **params})
        told = self._judged(answer, "read")
        if not isinstance(told, Mapping | list):
            raise self._http.not_understood(answer, "read")
        return told

    def write(self, call: str, values: Mapping[str, Any], *, picture: tuple[str, bytes, str] | None = None) -> Any:
        """Make the deciding call. `picture` is (name, bytes, type) and makes the body multipart."""
        form = {"access_token": self._signed(), **values}
        files: dict[str, Any] = {"files": {"pic": picture}, "read_s": UPLOAD_S} if picture else {}
        answer = self._http.write("POST", self._address(call), data=form, **files)
        return self._object(answer, "write", expects=("id", "idstr"))

    def rows(self, call: str, name: str, **params: Any) -> Iterator[Mapping[str, Any]]:
        """Yield the rows of all pages, newest first; ends at an empty page or one that brings nothing new."""
        seen: set[str] = set()
        for page in range(1, PAGES_MAX + 1):
            told = self.read(call, count=PER_PAGE, page=page, **params)
            found = rows(told.get(name) if isinstance(told, Mapping) else told)
            new = [row for row in found if id_of(row) not in seen]
            seen |= {id_of(row) for row in new}
            yield from new
            if not new:
                return

    def _address(self, call: str) -> str:
        return f"{self._home}/2/{call}.json"

    def _signed(self) -> str:
        if not self._token:
            raise NeedsReconnect(_("Nobody has signed in to Weibo for this account yet."))
        return self._token

    def _judged(self, answer: Answer, purpose: Purpose) -> Any:
        """Weibo tells some errors with status 200."""
        if (code := code_of(answer.data)) is not None:
            error = error_for(code, words_of(answer.data), purpose)
            error.raw = self._http.redacted(f"{answer.status} {answer.text}")[:2000]
            raise error
        return answer.data

    def _object(self, answer: Answer, purpose: Purpose, expects: tuple[str, ...] = ()) -> Mapping[str, Any]:
        told = self._judged(answer, purpose)
        if not isinstance(told, Mapping) or (expects and not any(told.get(name) for name in expects)):
            raise self._http.not_understood(answer, purpose)
        return told


def id_of(row: Mapping[str, Any]) -> str:
    """Return a row's number; as text, since it is larger than some readers of JSON can hold."""
    return str(row.get("idstr") or row.get("id") or row.get("mid") or "")
