"""What a log line may hold, and how it reads on a terminal."""

import re
from collections.abc import MutableMapping
from typing import Any

Event = MutableMapping[str, Any]
HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(
    r"(?i)(pass(word|wd|phrase)?|secret|token|authori[sz]ation|cookie|credential|api_?key|access_?key|sealed|jwt)s?$"
)
_SECRETS = [
    (re.compile(r"(?i)\b(bearer|basic|token)\s+[\w\-.~+/]{8,}=*"), rf"\1 {HIDDEN}"),
    (re.compile(r"\bmo_[A-Za-z0-9_\-]{8,}"), HIDDEN),
    (re.compile(r"(?i)\b([\w\-]*(?:token|secret|password|passwd|api_?key|access_?key|jwt))(=|\"?'?\s*:\s*[\"']?)[^\s&\"',}]{4,}"),
     rf"\1\2{HIDDEN}"),
    (re.compile(r"\b([a-z][a-z0-9+.\-]*://)[^\s/@:]*:[^\s/@]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(/(?:join|invitation|invite|reset)/)[^\s/?]{8,}(/[^\s/?]{8,})?"), rf"\1{HIDDEN}"),
]  # fmt: skip


def redact(text: str) -> str:
    """Return `text` without what looks like a token, a password or the user part of an address."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def hide_secrets(logger: object, method: str, event: Event) -> Event:
    """structlog's step: hide values by their name, and secrets inside texts."""
    for name, value in list(event.items()):
        event[name] = _clean(name, value)
    return event


def _clean(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and value not in (None, "", True, False):
        return HIDDEN
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _clean(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean("", inner) for inner in value]
    return value


def plain_line(logger: object, method: str, event: Event) -> str:
    """structlog's last step on a terminal: `warning  what happened  name=value`, trace below."""
    level = str(event.pop("level", "info"))
    words = str(event.pop("event", ""))
    trace = event.pop("exception", None)
    for noise in ("timestamp", "logger", "request"):
        event.pop(noise, None)
    parts = [] if level == "info" else [level.upper()]
    parts += [words, *(f"{name}={value}" for name, value in event.items())]
    return "  ".join(parts) + (f"\n{trace}" if trace else "")
