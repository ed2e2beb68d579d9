"""The words connectors and the rest of the product share: plain data in, plain data out.

A connector gets an `AccountRef` (no model), its secret and an HTTP client, and promises only the
capability protocols whose methods its class defines. Ask with `isinstance(connector, Publishes)`
or, without an instance, `issubclass(cls, Publishes)`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable

Secret = Mapping[str, str]
AccountRight = Literal["publish", "repeat", "update", "delete", "posts", "messages", "reply", "moderate", "figures"]
CommentAct = Literal["delete", "hide", "show", "elect", "unelect", "top", "untop"]


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
    hashtags_max: int | None = None
    mentions_max: int | None = None
    links_max: int | None = None
    link_length: int | None = None
    """How many characters a link counts whatever its length, where the account's server tells its own number;
    given to `PlatformSpec.count_text` by this name."""
    link_hosts: tuple[str, ...] = ()
    """Where it is not empty, the text must hold a link to one of these hosts (or below them)."""
    hashtags_refused: bool = False
    image_width_min: int | None = None
    image_ratio_min: float | None = None
    """Least width ÷ height of a picture."""
    image_ratio_max: float | None = None
    videos_max: int = 0
    video_required: bool = False
    video_bytes_max: int | None = None
    video_seconds_min: float | None = None
    video_seconds_max: float | None = None
    video_types: tuple[str, ...] = ("video/mp4",)


@dataclass(frozen=True)
class Advice:
    """One thing worth knowing while writing for a platform: shown, never judged. `text` is lazy."""

    field: Literal["title", "summary", "body", "images", "video", "tags", "time"]
    text: object


@dataclass(frozen=True)
class CoverSize:
    """A cover as the platform shows it, in pixels; `name` is lazy and says where it is shown."""

    name: object
    width: int
    height: int


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
    advanced: bool = False
    """Few need it: it is folded away on the connect screen."""


@dataclass(frozen=True)
class PlatformSpec:
    """The facts of a platform; editor, forms, charts and quotas read them here and nowhere else.

    `mark` is the monogram's letter and `mark_slot` its hue (0-10 of `[data-mark]` in tokens.css).
    `body_format` says what the platform shows: "article" (title and formatted body) or "note"
    (plain text with pictures). `metrics` names the counters it can tell (fields of `Reading`).
    `assisted` platforms have no API: a person posts and pastes the link. Where there is one, a single
    account may still lack the right to publish: see `Profile.rights`.
    `comment_acts` names what `Moderates.moderate` can do to a comment here.
    """

    key: str
    label: object
    mark: str
    mark_slot: int
    body_format: Literal["article", "note"]
    limits: Limits
    count_text: Callable[[str], int] = len
    count_title: Callable[[str], int] = len
    count_unit: object = ""
    counting_note: object = ""
    """How the platform counts, in a sentence, where it is not what people expect."""
    advice: tuple[Advice, ...] = ()
    cover_sizes: tuple[CoverSize, ...] = ()
    metrics: tuple[str, ...] = ()
    setup_fields: tuple[FormField, ...] = ()
    setup_help: object = ""
    needs_back_address: object = ""
    """Where people enter, in the platform's console, the address that a sign-in comes back to; "" where we say
    it to the platform ourselves."""
    option_fields: tuple[FormField, ...] = ()
    back_office_url: str = ""
    app_url: str = ""
    """Opens the platform's app on a phone; "" where none is known."""
    tag_form: str = "#%s"
    """How a tag is written in the text of a note, for people who copy it."""
    check_list: tuple[object, ...] = ()
    """What a person should look at before posting by hand, as lazy sentences."""
    assisted: bool = False
    by_hand_limits: Limits | None = None
    """What a person may post where the interface allows less; None where there is no difference."""
    comment_acts: tuple["CommentAct", ...] = ()
    warn_before_days: int = 7
    """How long before a sign-in ends (`Profile.expires_at`) people are told."""
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
    rights: tuple["AccountRight", ...] | None = None
    """What this very account may do; None is all that the connector promises, () is nothing: people
    serve the account by hand."""
    expires_at: datetime | None = None
    """When the sign-in ends unless a person renews it; None when it does not end or is not told."""


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
class OutgoingVideo:
    """One video to upload. `open()` returns its bytes as a seekable file, to be closed by the caller."""

    ref: str
    name: str
    mime: str
    size_bytes: int
    width: int
    height: int
    seconds: float
    open: Callable[[], BinaryIO]


class Upload:
    """How far a long upload got. Kept on the publication, so that a later attempt goes on from there.

    `known` is what an earlier attempt kept (its upload id, the parts that arrived); `keep` adds to
    it, `progress` says how many of how many bytes are through. This one forgets everything.
    """

    @property
    def known(self) -> Mapping[str, Any]:
        return {}

    def keep(self, **data: Any) -> None:
        """Remember `data` (JSON) for a later attempt."""

    def progress(self, done: int, total: int) -> None:
        """Tell people how far it is, in bytes."""


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
    video: OutgoingVideo | None = None
    upload: Upload = field(default_factory=Upload)


@dataclass(frozen=True)
class RemotePost:
    """One post as it exists on the platform. `published_at` is aware.

    `data` is what the connector needs to find it again beside its id (JSON); it comes back in `PostRef`.
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
    pressed or scanned.
    """

    key: str
    kind: Literal["follow", "unfollow", "menu", "scan", "revoked", "other"]
    at: datetime
    who_id: str = ""
    name: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


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
class SignIn:
    """Where a person signs in, and what finishing needs (kept sealed until they come back)."""

    url: str
    kept: Mapping[str, str] = field(default_factory=dict)


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
    def publish(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class RepeatsSafely(Protocol):
    """Publishing again with the same key finds the first post instead of making a second."""

    def publish_again(self, post: OutgoingPost) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class FindsByKey(Protocol):
    """Look whether a publication's key already stands on the platform; None if surely not."""

    def find(self, key: str) -> RemotePost | None: ...


@runtime_checkable
class ChecksTickets(Protocol):
    def check(self, ticket: Ticket) -> RemotePost | Ticket | HandOver: ...


@runtime_checkable
class Updates(Protocol):
    def update(self, remote_id: str, post: OutgoingPost) -> RemotePost: ...


@runtime_checkable
class Deletes(Protocol):
    def delete(self, remote_id: str) -> None: ...


@runtime_checkable
class FollowsPosts(Protocol):
    """Tell whether live posts still stand, and why not: a platform may take one down days later."""

    def fates(self, posts: Sequence[PostRef]) -> Iterator[Fate]: ...


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
class Moderates(Protocol):
    """Do one of `spec.comment_acts` to a comment; doing it twice is fine."""

    def moderate(self, message_id: str, act: CommentAct) -> None: ...


@runtime_checkable
class ReadsMetrics(Protocol):
    def post_readings(self, posts: Sequence[PostRef]) -> Iterator[Reading]: ...


@runtime_checkable
class ReadsAccountMetrics(Protocol):
    def account_reading(self) -> AccountReading: ...


@runtime_checkable
class RenewsSecret(Protocol):
    """The connector's sign-in changes while it works; the gateway seals `renewed` when it is set."""

    def renewed_secret(self) -> Secret | None: ...


@runtime_checkable
class SignsIn(Protocol):
    """Connecting goes through the platform's own page. The connector is built from the setup fields."""

    def begin_sign_in(self, redirect_uri: str, state: str) -> SignIn: ...

    def finish_sign_in(self, redirect_uri: str, kept: Mapping[str, str], answer: Mapping[str, str]) -> Secret:
        """Return the whole secret for what the platform sent back with the person (`answer`)."""
        ...


@runtime_checkable
class TakesCallbacks(Protocol):
    """The platform calls us. Reading is fast and touches nothing; understanding may take its time."""

    def read_callback(self, request: CallbackRequest) -> Callback:
        """Return what a genuine request holds; raise NotGenuine for any other."""
        ...

    def understand(self, callback: Callback) -> Understood: ...
