"""The words connectors and the rest of the product share: plain data in, plain data out.

A connector gets an `AccountRef` (no model), its secret and an HTTP client, and promises only the
capability protocols whose methods its class defines. Ask with `isinstance(connector, Publishes)`
or, without an instance, `issubclass(cls, Publishes)`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

Secret = Mapping[str, str]


@dataclass(frozen=True)
class Limits:
    """What one account may publish. None means no limit that we know of.

    `count_unit` names how `text_max` is counted: see `PlatformSpec.count_text`.
    """

    title_max: int | None = None
    title_required: bool = False
    summary_max: int | None = None
    text_max: int | None = None
    text_bytes_max: int | None = None
    images_min: int = 0
    images_max: int | None = None
    image_bytes_max: int | None = None
    image_pixels_max: int | None = None
    image_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "image/webp")
    tags_max: int | None = None
    min_gap_min: int = 0
    """Advice: minutes that should lie between two posts of the account."""
    posts_per_day_max: int | None = None
    """How many posts a day (in the workspace's zone) the platform takes from the account."""


@dataclass(frozen=True)
class FormField:
    """One field of a connect screen or of a variant's options.

    `kind` is text, url, secret, choice, flag or textarea; `choices` are (value, label) pairs.
    Labels and helps are lazy translations.
    """

    name: str
    label: object
    kind: Literal["text", "url", "secret", "choice", "flag", "textarea"] = "text"
    help: object = ""
    required: bool = True
    choices: tuple[tuple[str, object], ...] = ()
    default: str = ""
    placeholder: str = ""


@dataclass(frozen=True)
class PlatformSpec:
    """The facts of a platform; editor, forms, charts and quotas read them here and nowhere else.

    `mark` is the monogram's letter and `mark_slot` its hue (0-10 of `[data-mark]` in tokens.css).
    `body_format` says what the platform shows: "article" (title and formatted body) or "note"
    (plain text with pictures). `metrics` names the counters it can tell (fields of `Reading`).
    `assisted` platforms have no API: a person posts and pastes the link.
    """

    key: str
    label: object
    mark: str
    mark_slot: int
    body_format: Literal["article", "note"]
    limits: Limits
    count_text: Callable[[str], int] = len
    count_unit: object = ""
    metrics: tuple[str, ...] = ()
    setup_fields: tuple[FormField, ...] = ()
    setup_help: object = ""
    option_fields: tuple[FormField, ...] = ()
    back_office_url: str = ""
    assisted: bool = False
    max_in_flight: int = 4
    """How many publications to one account may be talking to the platform at once."""


@dataclass(frozen=True)
class AccountRef:
    """The account as a connector sees it. `server` is the address it lives at ("" if fixed)."""

    remote_id: str
    handle: str = ""
    server: str = ""


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


@dataclass(frozen=True)
class OutgoingImage:
    """One picture to upload. `read()` returns its bytes; `ref` is how the text refers to it."""

    ref: str
    name: str
    mime: str
    size_bytes: int
    width: int
    height: int
    alt: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class OutgoingPost:
    """One post, composed: overrides are resolved, pictures are listed once each in order of use.

    `key` never changes for a publication; connectors that can, use it so that a repeat cannot
    double. `html` is sanitised and its `<img src>` are `ref`s of `images`; `text` is the plain text
    of a note. `cover` is one of `images` or None.
    """

    key: str
    title: str
    summary: str
    text: str
    html: str
    images: tuple[OutgoingImage, ...] = ()
    cover: OutgoingImage | None = None
    tags: tuple[str, ...] = ()
    language: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RemotePost:
    """One post as it exists on the platform. `published_at` is aware."""

    remote_id: str
    url: str
    published_at: datetime
    title: str = ""
    text: str = ""
    kind: str = "post"
    part_of: str = ""
    key: str = ""
    """Our key, where the platform hands it back."""


@dataclass(frozen=True)
class Ticket:
    """The platform took it but is not done; ask again with `Checks.check` after `wait_s`."""

    remote_id: str
    wait_s: float = 15.0
    data: Mapping[str, Any] = field(default_factory=dict)


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
    raw: Mapping[str, Any] = field(default_factory=dict)


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


@runtime_checkable
class Connects(Protocol):
    """Every connector: prove the credentials by a real call."""

    def profile(self) -> Profile: ...


@runtime_checkable
class Publishes(Protocol):
    def publish(self, post: OutgoingPost) -> RemotePost | Ticket: ...


@runtime_checkable
class RepeatsSafely(Protocol):
    """Publishing again with the same key finds the first post instead of making a second."""

    def publish_again(self, post: OutgoingPost) -> RemotePost | Ticket: ...


@runtime_checkable
class FindsByKey(Protocol):
    """Look whether a publication's key already stands on the platform; None if surely not."""

    def find(self, key: str) -> RemotePost | None: ...


@runtime_checkable
class ChecksTickets(Protocol):
    def check(self, ticket: Ticket) -> RemotePost | Ticket: ...


@runtime_checkable
class Updates(Protocol):
    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost: ...


@runtime_checkable
class Deletes(Protocol):
    def delete(self, remote_id: str) -> None: ...


@runtime_checkable
class ReadsPosts(Protocol):
    def recent_posts(self, since: datetime) -> Iterator[RemotePost]: ...


@runtime_checkable
class ReadsMessages(Protocol):
    def messages(self, since: datetime) -> Iterator[RemoteMessage]: ...


@runtime_checkable
class Replies(Protocol):
    def reply(self, message_id: str, text: str) -> RemoteMessage: ...


@runtime_checkable
class ReadsMetrics(Protocol):
    def post_readings(self, ids: Sequence[str]) -> Iterator[Reading]: ...


@runtime_checkable
class ReadsAccountMetrics(Protocol):
    def account_reading(self) -> AccountReading: ...


@runtime_checkable
class RenewsSecret(Protocol):
    """The connector's sign-in changes while it works; the gateway seals `renewed` when it is set."""

    def renewed_secret(self) -> Secret | None: ...
