"""The wire to Douyin's open platform: the sign-in and its renewals, calls, what an error code means.

Every answer is HTTP 200 with an envelope: `data.error_code`, `extra.error_code` or, on newer addresses,
`err_no`; `extra.logid` is what the platform asks for when one complains, so errors keep the whole answer.
Numbers come as numbers or as strings. Where the codes come from: docs/platforms.md.

The access token lives 15 days and is refreshed by one that lives 30; that one is renewed at most five
times. A renewal kills the token before it, so one worker does it at a time (`SecretKeeper`).
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from mediaops.lib.said import said as _
from platforms.connectors.account import Secret, SecretKeeper
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

API = "api/douyin/v1/video"
DAY_S = 86_400.0
REFRESH_BEFORE_S = DAY_S
"""An access token is refreshed this long before it ends."""
RENEW_BEFORE_S = DAY_S / 2
"""The refreshing token is renewed this late, because each of its five renewals begins 30 days anew."""
RENEWALS_MAX = 5
REFRESH_LIFE_S = 30 * DAY_S
BEIJING = ZoneInfo("Asia/Shanghai")
"""The platform's days, and its quotas with them, end here."""

PASSES = {28001005, 28001006, 2100004, -1}
"""Trouble on their side; whether something was done is not said."""
TOO_FAST = {28003018: 60.0, 28001052: 60.0}
"""The seconds to wait; the platform names none."""
USED_UP = {28003017, 2190001}
SPENT = {28001003, 28001008, 2190002, 2190008, 10008}
SIGNED_OUT = {28001012, 10010, 10020}
NO_RIGHT = {28001014, 28001018, 28001019, 28001056, 2100007, 10004}
BARRED = {28001045, 28001046, 28001047, 2100009}
NUMBER_END = 1e15
"""No number that the platform tells is as large; not a number compares as larger."""
OUR_FAULT = {28001007, 28001015, 2100005, 10005}


class TokenSpent(NeedsReconnect):
    """The access token is no longer accepted. It is checked before anything else, so nothing was done."""


class Client:
    """Calls for one account. The secret holds the app's key and secret and, once signed in, the tokens.

    Beside the setup fields it keeps `open_id`, `scope` (what was granted, with commas), `access_token`,
    `access_ends`, `refresh_token`, `refresh_ends` (Unix times) and `renewals` (how many are used up).
    """

    def __init__(self, http: Http, secret: Secret) -> None:
        self._http = http
        self._secret: dict[str, str] = dict(secret)
        self._root = address_of("douyin")
        self._keeper = SecretKeeper()
        self.is_renewed = False
        http.explain = self._explain
        self._hide()

    def use(self, keeper: SecretKeeper) -> None:
        """Renew the sign-in through a keeper that all workers share."""
        self._keeper = keeper

    @property
    def secret(self) -> Secret:
        return dict(self._secret)

    @property
    def open_id(self) -> str:
        return self._secret.get("open_id", "")

    @property
    def scopes(self) -> frozenset[str]:
        """What the person granted."""
        return frozenset(name.strip() for name in self._secret.get("scope", "").split(",") if name.strip())

    def human_step_at(self) -> datetime | None:
        """Return when a person must sign in again: the last day that renewals can reach, about 180 in all."""
        ends = number(self._secret.get("refresh_ends"))
        if not ends:
            return None
        left = RENEWALS_MAX - self._renewals() if "renew_refresh_token" in self.scopes else 0
        return datetime.fromtimestamp(ends + max(left, 0) * (REFRESH_LIFE_S - RENEW_BEFORE_S), UTC)

    def sign_in(self, code: str) -> Secret:
        """Trade the code of the authorise page for tokens; return the whole secret."""
        asked = {**self._app(), "code": code, "grant_type": "authorization_code"}
        told = self._token_call("oauth/access_token/", asked)
        now = time.time()
        if not all(told.get(name) for name in ("access_token", "refresh_token", "open_id")):
            raise Refused(_("Douyin answered without a token. Sign in once more."))
        self._secret |= {
            "open_id": str(told["open_id"]),
            "scope": str(told.get("scope") or ""),
            "access_token": str(told["access_token"]),
            "access_ends": str(now + (number(told.get("expires_in")) or 15 * DAY_S)),
            "refresh_token": str(told["refresh_token"]),
            "refresh_ends": str(now + (number(told.get("refresh_expires_in")) or REFRESH_LIFE_S)),
            "renewals": "0",
        }
        self._hide()
        return self.secret

    def who(self) -> dict[str, Any]:
        """Return the account's public face: `nickname`, `avatar`."""

        def ask(token: str) -> dict[str, Any]:
            form = {"open_id": self.open_id, "access_token": token}
            answer = self._http.read("POST", f"{self._root}/oauth/userinfo/", data=form)
            return self._judged(answer, "read")

        return self._signed(ask)

    def read(
        self, path: str, *, json: Any = None, method: Literal["GET", "POST"] = "GET", **params: Any
    ) -> dict[str, Any]:
        """Ask; return the envelope's `data`. Some addresses are asked by POST with JSON."""
        options = {} if json is None else {"json": json}
        return self._call("read", "POST" if json is not None else method, path, params, options)

    def prepare(self, path: str, *, read_s: float | None = None, params: Mapping[str, Any], **options: Any) -> Any:
        """Upload something that is harmless while no post uses it; return the envelope's `data`."""
        return self._call("prepare", "POST", path, params, {"read_s": read_s, **options})

    def write(self, path: str, body: Mapping[str, Any], *, expects: str = "") -> dict[str, Any]:
        """Make the deciding call; `data`, or the envelope itself, must hold the field `expects`."""
        return self._call("write", "POST", path, {}, {"json": dict(body)}, expects)

    def _call(
        self,
        purpose: Purpose,
        method: str,
        path: str,
        params: Mapping[str, Any],
        options: Mapping[str, Any],
        expects: str = "",
    ) -> dict[str, Any]:
        send = {"read": self._http.read, "prepare": self._http.prepare, "write": self._http.write}[purpose]

        def ask(token: str) -> dict[str, Any]:
            for file in (options.get("files") or {}).values():
                rewind(file[1])
            query = {"open_id": self.open_id, **params}
            answer = send(method, f"{self._root}/{path}", params=query, headers={"access-token": token}, **options)
            data = self._judged(answer, purpose)
            if not expects:
                return data
            if expects not in data and isinstance(answer.data, dict):  # `im/send/msg/` answers beside `data`
                data = {**data, expects: answer.data.get(expects)}
            if not isinstance(data.get(expects), str | int) or not data[expects]:
                raise self._http.not_understood(answer, purpose)
            return data

        return self._signed(ask)

    def _signed(self, ask: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """Call with a token that lives; refresh it once if the platform finds it spent."""
        token = self._token()
        try:
            return ask(token)
        except TokenSpent:
            token = self._token(dead=token)
        try:
            return ask(token)
        except TokenSpent as error:
            raise NeedsReconnect(_("Douyin does not accept the sign-in. Connect again."), raw=error.raw) from None

    def _judged(self, answer: Answer, purpose: Purpose) -> dict[str, Any]:
        told = answer.data
        if not isinstance(told, dict) or not {"data", "extra", "err_no", "error_code"} & set(told):
            raise self._http.not_understood(answer, purpose)
        if error := self._error_in(told, purpose):
            error.raw = self._raw(answer)
            raise error
        data = told.get("data")
        return data if isinstance(data, dict) else {}

    def _explain(self, answer: Answer, purpose: Purpose) -> ConnectorError | None:
        """Read the envelope of an answer that is not 200."""
        told = answer.data if isinstance(answer.data, dict) else {}
        error = self._error_in(told, purpose)
        is_unlisted = type(error) is Refused and code_of(told)[0] not in BARRED | OUR_FAULT
        if error and not (is_unlisted and answer.status >= 500):  # a server that broke proves no refusal
            return error
        return TokenSpent(_("Douyin did not accept the sign-in.")) if answer.status == 401 else None

    def _error_in(self, told: Mapping[str, Any], purpose: Purpose) -> ConnectorError | None:
        code, words = code_of(told)
        return error_for(code, self._http.redacted(words), purpose) if code else None

    def _raw(self, answer: Answer) -> str:
        return self._http.redacted(f"{answer.status} {answer.text}")[:RAW_MAX]

    def _token(self, dead: str = "") -> str:
        """Return an access token that is good for a while yet and is not the `dead` one."""
        if self._is_fresh(dead):
            return self._secret["access_token"]
        if not self._secret.get("refresh_token"):
            raise NeedsReconnect(_("Nobody has signed in at Douyin yet. Connect again."))
        with self._keeper.alone() as newest:
            if newest is not None:
                self._secret |= newest
                self._hide()
            if not self._is_fresh(dead):
                self._refresh(dead)
        return self._secret["access_token"]

    def _is_fresh(self, dead: str) -> bool:
        token, now = self._secret.get("access_token", ""), time.time()
        if not token or token == dead:
            return False
        renews = "renew_refresh_token" in self.scopes and self._renewals() < RENEWALS_MAX
        left_s = (number(self._secret.get("refresh_ends")) or 0.0) - now
        is_ending = renews and 0 < left_s < RENEW_BEFORE_S
        return not is_ending and (number(self._secret.get("access_ends")) or 0.0) - now > REFRESH_BEFORE_S

    def _refresh(self, dead: str) -> None:
        """Renew what ends; a token that still works is used to its end when the platform cannot renew it."""
        works = self._secret.get("access_token", "") != dead and (number(self._secret.get("access_ends")) or 0) > (
            time.time() + 60
        )
        try:
            self._renew_refreshing()
            if self._needs_access(dead):
                self._refresh_access()
        except ConnectorError:
            if not works:
                raise
        self._keep()

    def _needs_access(self, dead: str) -> bool:
        ends = number(self._secret.get("access_ends")) or 0.0
        return self._secret.get("access_token", "") in ("", dead) or ends - time.time() <= REFRESH_BEFORE_S

    def _renew_refreshing(self) -> None:
        """Trade the refreshing token for one of 30 new days when it is about to end and may still be renewed."""
        ends = number(self._secret.get("refresh_ends")) or 0.0
        may = "renew_refresh_token" in self.scopes and self._renewals() < RENEWALS_MAX
        if not may or not 0 < ends - time.time() < RENEW_BEFORE_S:
            return
        asked = {"client_key": self._secret["client_key"], "refresh_token": self._secret["refresh_token"]}
        try:
            told = self._token_call("oauth/renew_refresh_token/", asked)
        except NeedsReconnect:  # used up: what is there works until it ends
            self._secret["renewals"] = str(RENEWALS_MAX)
            return
        self._secret |= {
            "refresh_token": str(told.get("refresh_token") or self._secret["refresh_token"]),
            "refresh_ends": str(time.time() + (number(told.get("expires_in")) or REFRESH_LIFE_S)),
            "renewals": str(self._renewals() + 1),
        }
        self._keep()  # at once: the token before it is dead now

    def _refresh_access(self) -> None:
        before = self._secret["refresh_token"]
        asked = {
            "client_key": self._secret["client_key"],
            "grant_type": "refresh_token",
            "refresh_token": before,
        }
        try:
            told = self._token_call("oauth/refresh_token/", asked)
        except TokenSpent as error:
            raise NeedsReconnect(_("Douyin does not accept the sign-in. Connect again."), raw=error.raw) from None
        if not told.get("access_token"):
            raise Refused(_("Douyin answered without a token. Sign in once more."))
        now = time.time()
        self._secret |= {
            "access_token": str(told["access_token"]),
            "access_ends": str(now + (number(told.get("expires_in")) or 15 * DAY_S)),
            "scope": str(told.get("scope") or self._secret.get("scope", "")),
        }
        ends = now + (number(told.get("refresh_expires_in")) or REFRESH_LIFE_S)
        if told.get("refresh_token") not in (None, "", before):
            self._secret |= {"refresh_token": str(told["refresh_token"]), "refresh_ends": str(ends)}
        else:  # it stays as long as it was; the answer may name its full life all the same
            self._secret["refresh_ends"] = str(min(ends, number(self._secret.get("refresh_ends")) or ends))

    def _token_call(self, path: str, form: Mapping[str, str]) -> dict[str, Any]:
        return self._judged(self._http.prepare("POST", f"{self._root}/{path}", data=dict(form)), "prepare")

    def _keep(self) -> None:
        self._hide()
        self.is_renewed = not self._keeper.store(self.secret)

    def _renewals(self) -> int:
        return int(number(self._secret.get("renewals")) or 0)

    def _app(self) -> dict[str, str]:
        return {
            "client_key": self._secret.get("client_key", ""),
            "client_secret": self._secret.get("client_secret", ""),
        }

    def _hide(self) -> None:
        names = ("client_secret", "access_token", "refresh_token")
        self._http.hide(*(self._secret.get(name, "") for name in names))


def code_of(told: Mapping[str, Any]) -> tuple[int, str]:
    """Return the error code an answer tells (0 for none) and the platform's words, wherever they stand."""
    places = [told.get("data"), told.get("extra"), told]
    for place in places:
        if not isinstance(place, Mapping):
            continue
        for name in ("error_code", "err_no"):
            if code := int(number(place.get(name)) or 0):
                words = place.get("description") or place.get("err_msg") or place.get("err_tips")
                return code, str(words or told.get("message") or "")
    return 0, ""


def error_for(code: int, words: str, purpose: Purpose) -> ConnectorError:
    """Return the error that a code means; `purpose` decides what trouble on their side leaves open."""
    about = {"words": words or "–", "code": code}
    if code in PASSES and purpose == "write":
        return OutcomeUnknown(_("Douyin had trouble (%(code)s). It may have been carried out.") % about)
    if code in PASSES:
        return NothingSent(_("Douyin has trouble at the moment (%(code)s).") % about)
    if code in TOO_FAST:
        return NothingSent(_("Douyin asks us to slow down."), wait_s=TOO_FAST[code])
    if code in USED_UP:
        return NothingSent(_("Douyin takes no more of this today: the quota is used up."), wait_s=until_tomorrow())
    if code in SPENT:
        return TokenSpent(_("Douyin did not accept the sign-in."))
    if code in SIGNED_OUT:
        return NeedsReconnect(_("The sign-in at Douyin has ended. Connect again."))
    if code in NO_RIGHT:
        return NotPermitted(_("Douyin does not grant this account or app the right to do that: %(words)s") % about)
    if code in BARRED:
        return Refused(_("Douyin says that something is wrong with the account: %(words)s") % about)
    if code in OUR_FAULT:
        return Refused(_("Douyin finds a fault in what we sent: %(words)s") % about)
    return Refused(_("Douyin refused it (%(code)s): %(words)s") % about)


def until_tomorrow(now: datetime | None = None) -> float:
    """Return the seconds until the platform's next day."""
    here = (now or datetime.now(UTC)).astimezone(BEIJING)
    tomorrow = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - here).total_seconds()


def number(told: Any) -> float | None:
    """Return a number that came as one or as text, None for anything else."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        found = float(told)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < NUMBER_END else None


def count(told: Any) -> int | None:
    """Return a counter that came as a number or as text, None when it is not told."""
    found = number(told)
    return None if found is None or found < 0 else int(found)


def moment(told: Any) -> datetime:
    """Return a time told in seconds or, as talks have it, milliseconds; the epoch when it is not told."""
    seconds = number(told) or 0.0
    try:
        return datetime.fromtimestamp(seconds / 1000 if seconds > 100_000_000_000 else seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def rewind(content: Any) -> None:
    """Go back to the start of a file that may have been sent in part."""
    if hasattr(content, "seek"):
        content.seek(0)


def is_on(told: Any) -> bool:
    """Say whether the platform, or an option, says yes."""
    return told in (True, 1) or str(told).lower() in ("1", "true", "on", "yes")
