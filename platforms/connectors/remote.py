"""What comes back from a platform: posts, tickets, messages, events, contacts, figures.

Plain data, not saved anywhere by connectors. All moments are aware.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal


@dataclass(frozen=True)
class RemotePost:
    """One post as it exists on the platform. `published_at` is aware.

    `data` is what the connector needs to find it again beside its id (JSON); it comes back in `PostRef`.
    Its key `unlisted` (true) says that `recent_posts` will not tell this one, so that it is not missed.
    """

    remote_id: str
    url: str
    published_at: datetime
    title: str = ""
    text: str = ""
    kind: str = "post"
    part_of: str = ""
    key: str = ""
    """Our key, where the platform hands it back."""
    data: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple["RemotePost", ...] = ()
    """What went out in one piece with it: posts of their own whose `part_of` is its id."""


@dataclass(frozen=True)
class PostRef:
    """A post of ours as connectors get it back: `data` is what they gave in `RemotePost`."""

    remote_id: str
    url: str = ""
    title: str = ""
    published_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ticket:
    """The platform took it but is not done; ask again with `ChecksTickets.check` after `wait_s`.

    `step` says what it is waiting for when people should know ("the administrator confirms on the
    phone"), `until` when that chance ends. Both may change from one check to the next.
    """

    remote_id: str
    wait_s: float = 15.0
    data: Mapping[str, Any] = field(default_factory=dict)
    step: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class HandOver:
    """The platform holds it as far as we may bring it, a draft say; a person does the last step there.

    `sentence` says what is left to do, `url` where. The publication becomes one to finish by hand.
    """

    remote_id: str
    sentence: str
    url: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fate:
    """What became of a post after it was live. `reason` is a sentence when it no longer stands."""

    remote_id: str
    stands: bool
    reason: str = ""


@dataclass(frozen=True)
class RemoteMessage:
    """Something a person said to or about the account. `at` is aware.

    `thread_id` groups a talk (root comment, private conversation); `post_id` is the remote id of
    the post it stands under, "" for none. `is_own` marks what the account itself said.
    """

    remote_id: str
    kind: Literal["comment", "mention", "private"]
    thread_id: str
    text: str
    at: datetime
    author_id: str
    author_name: str
    author_handle: str = ""
    author_url: str = ""
    avatar_url: str = ""
    post_id: str = ""
    reply_to: str = ""
    url: str = ""
    is_own: bool = False
    window: "ReplyWindow | None" = None
    """Until when, and how often, this may be answered; None when the platform sets no such limit."""
    to_id: str = ""
    """Whom something of ours is said to, where nobody else may have spoken in the talk before."""
    marks: tuple[str, ...] | None = None
    """How it is shown there ("elected", "hidden", "top"); None when the platform does not say."""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplyWindow:
    """The platform takes answers `until` then, and at most `answers` of them."""

    until: datetime
    answers: int | None = None


@dataclass(frozen=True)
class RemoteEvent:
    """Something that happened to the account and is no message: a follow, a menu click, a scan.

    `key` is the same each time the platform tells it. `name` is the platform's word for what was
    pressed or scanned. `thread_id` is the private talk of who did it, `window` the time in which it
    opens that talk to words of ours.
    """

    key: str
    kind: Literal["follow", "unfollow", "menu", "scan", "revoked", "other"]
    at: datetime
    who_id: str = ""
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    thread_id: str = ""
    window: ReplyWindow | None = None


@dataclass(frozen=True)
class CallbackRequest:
    """A request that a platform made to our address for one account, as it came."""

    method: Literal["GET", "POST"]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Callback:
    """What a genuine callback holds. `key` tells repeats apart; "" is not kept (an address check).

    `data` is JSON, handed back to `TakesCallbacks.understand` by a worker; `answer` goes out at once.
    """

    key: str = ""
    kind: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    answer: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Understood:
    """What a callback means to us. `tickets` are remote ids of tickets that are worth a check now."""

    messages: tuple[RemoteMessage, ...] = ()
    events: tuple[RemoteEvent, ...] = ()
    tickets: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = ()
    is_revoked: bool = False


@dataclass(frozen=True)
class Occasion:
    """What a person did that may be answered at once, in the answer to the callback itself.

    `kind` is follow (they came), words (they wrote `text`) or press (a menu entry called `text`).
    """

    kind: Literal["follow", "words", "press"]
    thread_id: str
    who_id: str
    text: str = ""


@dataclass(frozen=True)
class RemoteTag:
    """A label of the account's contacts as the platform keeps it; its id never changes."""

    remote_id: str
    name: str
    contacts: int | None = None


@dataclass(frozen=True)
class RemoteContact:
    """A person who follows the account. What the platform does not tell is ""; `tags` are ids of tags."""

    remote_id: str
    name: str = ""
    remark: str = ""
    avatar_url: str = ""
    followed_at: datetime | None = None
    tags: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True)
class ContactPage:
    """Some of the account's contacts; `after` is where to go on, "" when these were the last."""

    contacts: tuple[RemoteContact, ...]
    after: str = ""


@dataclass(frozen=True)
class Reading:
    """Cumulative counters of one post at one moment. None is "not told", 0 is zero."""

    remote_id: str
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountReading:
    """Counters of the account at one moment. None is "not told"."""

    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    views: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountDayReading:
    """What one whole day brought the account. `day` is the platform's own; None is "not told".

    `followers` is the number at the day's end, the others are of the day alone.
    """

    day: date
    followers: int | None = None
    new_followers: int | None = None
    lost_followers: int | None = None
    views: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
