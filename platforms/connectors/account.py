"""An account as its connector sees it: who it is, what it may do, and where its secrets and tokens lie."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Secret = Mapping[str, str]


AccountRight = Literal[
    "publish", "repeat", "update", "delete", "posts", "messages", "reply", "moderate", "figures", "contacts", "menu"
]


@dataclass(frozen=True)
class AccountRef:
    """The account as a connector sees it. `server` is the address it lives at ("" if fixed).

    `known` is what a connector found out about this account earlier, see `Learns`.
    """

    remote_id: str
    handle: str = ""
    server: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """What a real call told about an account while connecting or checking it."""

    remote_id: str
    name: str
    handle: str = ""
    url: str = ""
    avatar_url: str = ""
    server: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)
    """Only what differs from the platform's limits, by field name of `Limits`."""
    can: tuple[str, ...] = ()
    """Rights told by the platform, in words for the connect screen."""
    rights: tuple["AccountRight", ...] | None = None
    """What this very account may do; None is all that the connector promises, () is nothing: people
    serve the account by hand."""
    expires_at: datetime | None = None
    """When the sign-in ends unless a person renews it; None when it does not end or is not told."""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Which choices of an option field this account may take, where they are fewer than the platform's."""


class SecretKeeper:
    """Where a sign-in lies that only one worker may renew at a time. This one knows its connector alone."""

    @contextmanager
    def alone(self) -> Iterator[Secret | None]:
        """Hold everybody else back; gives the secret as it lies there now, None when only we have it."""
        yield None

    def store(self, secret: Secret) -> bool:
        """Keep a renewed secret at once; False when it is left to `RenewsSecret.renewed_secret`."""
        return False


class TokenShelf:
    """Where a connector's short-lived token stands. This one keeps it for its connector alone.

    Platforms count how often a token is fetched, so workers share one through a shelf of their own
    kind: see `SharesTokens`.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def take(self, name: str, make: Callable[[], tuple[str, float]], *, dead: str = "") -> str:
        """Return the token called `name`; where there is none, or only the `dead` one, it is made.

        `make` fetches (token, seconds that it lives) from the platform; what it raises comes through.
        """
        if self._tokens.get(name, dead) == dead:
            self._tokens[name] = make()[0]
        return self._tokens[name]


@dataclass(frozen=True)
class SignIn:
    """Where a person signs in, and what finishing needs (kept sealed until they come back)."""

    url: str
    kept: Mapping[str, str] = field(default_factory=dict)
