"""One HTTP client for every connector: guarded, bounded, redacted, and honest about what was written.

Every call says what it is. A `read` changes nothing and may repeat itself. A `prepare` leaves at
most a harmless orphan behind (an uploaded picture that no post uses), so its failure means that
nothing was sent. A `write` is the one call that decides; it is never repeated, and unless the
platform clearly answered, its outcome is unknown. The table of what becomes of a failure:

| what happened                                | read, prepare | write          |
|----------------------------------------------|---------------|----------------|
| no address, refused, no TLS, connect timeout | NothingSent   | NothingSent    |
| 429                                          | NothingSent   | NothingSent    |
| silence or a cut after sending, 5xx, 408     | NothingSent   | OutcomeUnknown |
| 401                                          | NeedsReconnect| NeedsReconnect |
| other 3xx and 4xx                            | Refused       | Refused        |
| 2xx that is not JSON, or is too large        | Refused       | OutcomeUnknown |
"""

import base64
import contextlib
import json
import logging
import math
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlsplit

import httpx
import tenacity
from django.conf import settings

from mediaops.lib.outward import OutwardRefused, OutwardTransport, until
from mediaops.lib.said import said as _
from platforms.connectors.errors import ConnectorError, NeedsReconnect, NothingSent, OutcomeUnknown, Refused

log = logging.getLogger(__name__)

CONNECT_S = 5.0
WHOLE = 3
"""A whole call takes at most so many times the read timeout, so that an answer dripping in ends as well."""
MAX_BYTES = 10_000_000
READ_TRIES = 3
REDIRECTS = 3
RAW_MAX = 2000
LONGEST_WAIT_S = 86_400.0
HIDDEN = "•••"

Purpose = Literal["read", "prepare", "write"]


@dataclass(frozen=True)
class Answer:
    """What came back. `data` is the parsed JSON, None for an empty or non-JSON body."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str
    data: Any = None
    is_json: bool = False

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Request:
    """One call, as `Http` carries it."""

    method: str
    url: str
    purpose: Purpose
    options: Mapping[str, Any]
    read_s: float
    wants_json: bool = True


Explain = Callable[[Answer, Purpose], ConnectorError | None]
"""A platform's own reading of an answer that is not 2xx; None leaves it to the table above."""


class Pace(Protocol):
    """What a worker's place asks of each request; see `platforms.places`."""

    def before(self, most_s: float) -> float | None: ...

    def after(self, seconds: float) -> None: ...


class Http:
    """The HTTP client of one connector.

    `secrets` never appear in an error or a log line. `transport` is for tests (`httpx.MockTransport`);
    without it calls go through the outward guard. `read_s` is how long the platform may be silent
    (`settings.PLATFORM_TIMEOUT_S` without it), `whole_s` how long a whole call may take. `pause`
    sleeps between repeated reads. `pace` is asked before each request and told how long it took.
    """

    def __init__(
        self,
        platform: str,
        *,
        secrets: Iterable[str] = (),
        transport: httpx.BaseTransport | None = None,
        connect_s: float = CONNECT_S,
        read_s: float | None = None,
        whole_s: float | None = None,
        max_bytes: int = MAX_BYTES,
        pause: Callable[[float], None] = time.sleep,
        pace: Pace | None = None,
    ) -> None:
        self.platform = platform
        self.name: object = platform
        """What sentences call the platform; connectors set their label."""
        self.explain: Explain | None = None
        self._hidden: set[str] = set()
        self._transport = transport
        self._connect_s, self._max_bytes, self._pause = connect_s, max_bytes, pause
        self._pace = pace
        self._read_s = read_s or float(settings.PLATFORM_TIMEOUT_S)
        self._whole_s = whole_s or WHOLE * self._read_s
        self._clients: dict[bool, httpx.Client] = {}
        weakref.finalize(self, _close, self._clients)
        self.hide(*secrets)

    def hide(self, *secrets: str) -> None:
        """Keep these values, and the forms they travel in, out of every message."""
        for secret in secrets:
            if len(secret) >= 4:
                encoded = base64.b64encode(secret.encode()).decode()
                self._hidden |= {secret, secret.replace(" ", ""), quote(secret, safe=""), encoded}

    def redacted(self, text: str) -> str:
        """Return `text` with every hidden value struck out."""
        for secret in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    def read(
        self, method: str, url: str, *, wants_json: bool = True, read_s: float | None = None, **options: Any
    ) -> Answer:
        """Ask without changing anything; repeats itself a little on trouble that passes.

        `options` are httpx's (`params`, `headers`, `auth`, `json`, `follow_redirects`).
        """
        request = Request(method, url, "read", options, read_s or self._read_s, wants_json)
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception(_passes),
            wait=tenacity.wait_random_exponential(multiplier=0.3, max=2),
            stop=tenacity.stop_after_attempt(READ_TRIES),
            sleep=self._pause,
            reraise=True,
        )(self._call, request)

    def prepare(self, method: str, url: str, *, read_s: float | None = None, **options: Any) -> Answer:
        """Do something that is harmless if it is never used: upload a picture, make a tag."""
        return self._call(Request(method, url, "prepare", options, read_s or self._read_s))

    def write(self, method: str, url: str, *, read_s: float | None = None, **options: Any) -> Answer:
        """Make the one call that decides. Never repeated; see the table for what a failure means."""
        return self._call(Request(method, url, "write", options, read_s or self._read_s))

    def not_understood(self, answer: Answer, purpose: Purpose) -> ConnectorError:
        """Return the error for a 2xx whose content is not what the platform's documents say."""
        raw = self._raw(answer)
        if purpose == "write":
            sentence = _("%(platform)s took the request but its answer cannot be read. It may have been carried out.")
            return OutcomeUnknown(sentence % {"platform": self.name}, raw=raw)
        sentence = _("%(platform)s answered with something that is not its data. Check the address.")
        return Refused(sentence % {"platform": self.name}, raw=raw)

    def wait(self, seconds: float) -> None:
        """Let a moment pass while the platform works on something."""
        self._pause(seconds)

    def close(self) -> None:
        """Close the connections; forgetting the object does it too."""
        _close(self._clients)

    def _call(self, request: Request) -> Answer:
        most_s = self._most_s(request)
        began = time.monotonic()
        outcome: object = "failed"
        try:
            answer = self._exchange(request, most_s)
            outcome = answer.status
            self._judge(answer, request)
            return answer
        except ConnectorError as error:
            if outcome == "failed":
                outcome = type(error).__name__
            raise
        finally:
            seconds = time.monotonic() - began
            if self._pace:
                self._pace.after(seconds)
            milliseconds = round(seconds * 1000)
            path = self.redacted(_path_of(request.url))
            log.info("%s %s %s: %s in %s ms", self.platform, request.method, path, outcome, milliseconds)

    def _most_s(self, request: Request) -> float:
        """Return how long the call may take. One that changes nothing may have to be shorter; a write never."""
        most_s = max(self._whole_s, request.read_s)
        shorter = self._pace.before(most_s) if self._pace else None
        return most_s if shorter is None or request.purpose == "write" else min(most_s, shorter)

    def _exchange(self, request: Request, most_s: float) -> Answer:
        client = self._client(fresh=request.purpose == "write")
        timeout = httpx.Timeout(min(request.read_s, most_s), connect=min(self._connect_s, most_s))
        deadline = time.monotonic() + most_s
        try:
            with (
                until(deadline),
                client.stream(request.method, request.url, timeout=timeout, **request.options) as response,
            ):
                body = self._body(response, deadline)
        except OutwardRefused as error:
            raise Refused(str(error)) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
            sentence = _("The address of %(platform)s cannot be used.") % {"platform": self.name}
            raise Refused(sentence, raw=self._cut(repr(error))) from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            sentence = _("%(platform)s cannot be reached at the moment.") % {"platform": self.name}
            raise NothingSent(sentence, raw=self._cut(repr(error))) from None
        except (httpx.TransportError, httpx.DecodingError, _TooLate) as error:
            raise self._silence(error, request) from None
        except _TooLarge:
            raise self._too_large(request) from None
        return _answer(response, body)

    def _body(self, response: httpx.Response, deadline: float) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > self._max_bytes:
                raise _TooLarge
            if time.monotonic() > deadline:
                raise _TooLate
        return b"".join(parts)

    def _judge(self, answer: Answer, request: Request) -> None:
        if not 200 <= answer.status < 300:
            own = self.explain(answer, request.purpose) if self.explain else None
            error = own or self._refusal(answer, request)
            error.raw = error.raw or self._raw(answer)
            raise error
        if request.wants_json and answer.body.strip() and not answer.is_json:
            raise self.not_understood(answer, request.purpose)

    def _refusal(self, answer: Answer, request: Request) -> ConnectorError:
        words = {"platform": self.name, "status": answer.status}
        raw = self._raw(answer)
        wait_s = wait_of(answer)
        if answer.status == 429:
            return NothingSent(_("%(platform)s asks us to slow down.") % words, wait_s=wait_s, raw=raw)
        if answer.status == 401:
            return NeedsReconnect(_("%(platform)s did not accept the sign-in. Connect again.") % words, raw=raw)
        if answer.status >= 500 or answer.status in (303, 408):
            if request.purpose == "write":
                return OutcomeUnknown(
                    _("%(platform)s answered with an error (%(status)s). It may have been carried out.") % words,
                    raw=raw,
                )
            return NothingSent(
                _("%(platform)s has trouble at the moment (error %(status)s).") % words, wait_s=wait_s, raw=raw
            )
        if answer.status < 400:
            return Refused(
                _("%(platform)s has moved to another address. Connect again with that one.") % words, raw=raw
            )
        return Refused(_("%(platform)s refused the request (error %(status)s).") % words, raw=raw)

    def _silence(self, error: Exception, request: Request) -> ConnectorError:
        words, raw = {"platform": self.name}, self._cut(repr(error))
        is_slow = isinstance(error, httpx.TimeoutException | _TooLate)
        if request.purpose == "write":
            if is_slow:
                sentence = _("%(platform)s did not answer in time. It may have been carried out.")
            else:
                sentence = _("The connection to %(platform)s broke before it answered. It may have been carried out.")
            return OutcomeUnknown(sentence % words, raw=raw)
        if is_slow:
            return NothingSent(_("%(platform)s did not answer in time.") % words, raw=raw)
        return NothingSent(_("The connection to %(platform)s broke.") % words, raw=raw)

    def _too_large(self, request: Request) -> ConnectorError:
        words = {"platform": self.name}
        if request.purpose == "write":
            sentence = _("%(platform)s took the request but its answer cannot be read. It may have been carried out.")
            return OutcomeUnknown(sentence % words)
        return Refused(_("The answer of %(platform)s is too large to be read.") % words)

    def _client(self, *, fresh: bool) -> httpx.Client:
        """Return the client of reads, or the one of writes, which takes a new connection each time.

        A kept-alive connection that the platform closes in the same moment would look like a cut
        after sending, and be a doubt for nothing.
        """
        if fresh not in self._clients:
            kept = httpx.Limits(max_keepalive_connections=0 if fresh else 4)
            transport = self._transport or OutwardTransport(limits=kept)
            headers = {"User-Agent": "Mediaops", "Accept": "application/json, */*;q=0.5"}
            self._clients[fresh] = httpx.Client(
                transport=transport, trust_env=False, headers=headers, max_redirects=REDIRECTS
            )
        return self._clients[fresh]

    def _raw(self, answer: Answer) -> str:
        return self._cut(f"{answer.status} {answer.text}")

    def _cut(self, text: str) -> str:
        return self.redacted(text)[:RAW_MAX]


class _TooLarge(Exception):
    pass


class _TooLate(Exception):
    pass


def wait_of(answer: Answer) -> float | None:
    """Return how many seconds the platform asks us to wait, None when it does not say.

    `Retry-After` holds seconds or an HTTP date (RFC 9110, 10.2.3); `RateLimit-Reset` seconds or, as
    some platforms have it, a Unix time.
    """
    said = answer.headers.get("retry-after") or answer.headers.get("ratelimit-reset") or ""
    seconds = _seconds(said.strip())
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT_S)


def _seconds(said: str) -> float | None:
    now = datetime.now(UTC)
    try:
        number = float(said)
    except ValueError:
        pass
    else:
        if math.isnan(number):
            return None
        return number - now.timestamp() if number > 1_000_000_000 else number
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()


def _close(clients: dict[bool, httpx.Client]) -> None:
    while clients:
        clients.popitem()[1].close()


def _passes(error: BaseException) -> bool:
    """Say whether a read is worth another try at once: not when asked to wait, not after a long silence."""
    was_slow = isinstance(error, NothingSent) and ("Timeout" in error.raw or "TooLate" in error.raw)
    return isinstance(error, NothingSent) and error.wait_s is None and not was_slow


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return "?"


def _answer(response: httpx.Response, body: bytes) -> Answer:
    data, is_json = None, False
    if body.strip():
        with contextlib.suppress(ValueError, RecursionError):
            data, is_json = _storable(json.loads(body, parse_float=_finite, parse_constant=_finite)), True
    return Answer(response.status_code, response.headers, body, str(response.url), data, is_json)


def _finite(told: str) -> float:
    """Return a number; raise ValueError for one without end, which JSON does not know and no column holds."""
    number = float(told)
    if not math.isfinite(number):
        raise ValueError(told)
    return number


def _storable(data: Any) -> Any:
    """Return parsed JSON without signs that no database takes: NUL, and halves of a pair."""
    if isinstance(data, str):
        return data.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(data, list):
        return [_storable(each) for each in data]
    if isinstance(data, dict):
        return {_storable(name): _storable(value) for name, value in data.items()}
    return data
