"""What Weibo's error codes mean to us.

Source: https://open.weibo.com/wiki/Error_code, as collected in 2026-11. Codes that are not listed
there are refusals with Weibo's own words.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from mediaops.lib.said import said as _
from platforms.connectors.errors import (
    ConnectorError,
    NeedsReconnect,
    NothingSent,
    NotPermitted,
    OutcomeUnknown,
    Refused,
)
from platforms.connectors.http import Answer, Purpose

Sentence = Callable[[], str]

HOUR_S = 3600
SPARE_S = 30
TOO_OFTEN_S = 300.0


class Delayed(ConnectorError):
    """20032: it is written, and shown after a minute or two."""


class Gone(Refused):
    """The post or comment is not there (any more)."""


BUSY = frozenset({10002, 10009})
"""Turned away before anything was done."""
BROKEN = frozenset({10001, 10003, 10010, 10011})
"""Something broke on the way. Reading may be repeated; whether a post was written, the code does not say."""
SPENT = frozenset({10022, 10023, 10024})
"""The hour's calls of the address, of the user, of the user for this call."""
TOO_OFTEN = 20016
DELAYED = 20032
POST_GONE = 20101

SIGNED_OUT = frozenset({21301, 21314, 21315, 21316, 21317, 21319, 21327, 21332})

NOT_PERMITTED: dict[int, Sentence] = {
    10004: lambda: _("Weibo does not take this call from the address of this server."),
    10005: lambda: _("Weibo has not granted this to your app."),
    10014: lambda: _("Weibo has not granted this to your app."),
    20301: lambda: _("Weibo lets only certified accounts of its fan service do this."),
    21321: lambda: _("Weibo has not reviewed your app yet; until then only its test users may use it."),
    21335: lambda: _("Weibo has not granted this to your app."),
}

REFUSED: dict[int, Sentence] = {
    20005: lambda: _("Weibo takes JPEG, GIF and PNG pictures only."),
    20006: lambda: _("The picture is too large for Weibo."),
    20007: lambda: _("Weibo received no picture. Choose it again."),
    20008: lambda: _("There is nothing to send yet."),
    20012: lambda: _("The text is longer than Weibo allows."),
    20013: lambda: _("The text is longer than Weibo allows."),
    20017: lambda: _("Weibo says that you just posted something very much like this."),
    20018: lambda: _("The text holds an address that Weibo does not allow."),
    20019: lambda: _("Weibo says that you posted exactly this already."),
    20020: lambda: _("Weibo takes this for advertising and does not publish it."),
    20021: lambda: _("Weibo does not publish this text; something in it is not allowed there."),
    20111: lambda: _("Weibo says that you posted exactly this already."),
    21602: lambda: _("The text holds a word that Weibo does not allow."),
    # a person has to do something on Weibo first
    20015: lambda: _("Weibo wants to see a person: sign in at weibo.com, do what it asks, then send again."),
    20022: lambda: _("Weibo has closed posting for this account or address. Sign in at weibo.com to see why."),
    20031: lambda: _("Weibo asks for a check code: post something at weibo.com first, then send again."),
    # connecting
    21322: lambda: _(
        "The address to come back to is not the one entered in Weibo’s console. Copy it from this page into "
        "the console, under 高级信息."
    ),
    21324: lambda: _("Weibo does not know this app key and secret. Copy both again."),
    21325: lambda: _("Weibo no longer accepts this sign-in; it was used or is too old. Sign in again."),
    21330: lambda: _("The sign-in was not allowed on Weibo’s page."),
}

GONE: dict[int, Sentence] = {
    POST_GONE: lambda: _("The post is no longer on Weibo."),
    20201: lambda: _("The comment is no longer on Weibo."),
}


def explain(answer: Answer, purpose: Purpose) -> ConnectorError | None:
    """Read Weibo's `{"request", "error_code", "error"}`, which comes with any status; None when there is none."""
    code = code_of(answer.data)
    if code is None:
        return None
    error = error_for(code, words_of(answer.data), purpose)
    is_unlisted = type(error) is Refused and code not in REFUSED
    return None if is_unlisted and answer.status >= 500 else error  # a server that broke proves no refusal


def code_of(data: Any) -> int | None:
    """Return the error code of an answer; None where it is not an error."""
    if not isinstance(data, Mapping):
        return None
    try:
        return int(data.get("error_code") or 0) or None
    except (TypeError, ValueError):
        return None


def words_of(data: Mapping[str, Any]) -> str:
    """Return Weibo's own words about an error."""
    return str(data.get("error") or data.get("error_description") or "")[:200]


def error_for(code: int, words: str, purpose: Purpose, *, now: datetime | None = None) -> ConnectorError:
    """Return the error that a code means. `now` is for the wait until the next full hour."""
    if code == DELAYED:
        return Delayed(_("Weibo published it and shows it in a minute or two."))
    if code in SIGNED_OUT:
        return NeedsReconnect(_("Weibo signed us out. Connect again."))
    if code in BUSY:
        return NothingSent(_("Weibo is busy at the moment."))
    if code in BROKEN:
        return _broken(purpose)
    if code in SPENT:
        sentence = _("Weibo’s calls for this hour are used up.")
        return NothingSent(sentence, wait_s=until_next_hour(now or datetime.now(UTC)))
    if code == TOO_OFTEN:
        return NothingSent(_("Weibo says that you post too often."), wait_s=TOO_OFTEN_S)
    if code in NOT_PERMITTED:
        return NotPermitted(NOT_PERMITTED[code]())
    if code in GONE:
        return Gone(GONE[code]())
    if code in REFUSED:
        return Refused(REFUSED[code]())
    return Refused(_("Weibo refused it (%(code)s): %(words)s.") % {"code": code, "words": words.rstrip(".。")})


def until_next_hour(now: datetime) -> float:
    """Return the seconds until Weibo counts calls anew: its limits are by the full hour."""
    return HOUR_S - now.timestamp() % HOUR_S + SPARE_S


def _broken(purpose: Purpose) -> ConnectorError:
    if purpose == "write":
        return OutcomeUnknown(_("Something broke at Weibo while it took this. It may have been carried out."))
    return NothingSent(_("Something broke at Weibo."))
