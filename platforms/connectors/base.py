"""The words connectors and the rest of the product share: plain data in, plain data out.

A connector gets an `AccountRef` (no model), its secret and an HTTP client, and promises only the
capability protocols whose methods its class defines. Ask with `isinstance(connector, Publishes)`
or, without an instance, `issubclass(cls, Publishes)`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable

Secret = Mapping[str, str]
AccountRight = Literal[
    "publish", "repeat", "update", "delete", "posts", "messages", "reply", "moderate", "figures", "contacts", "menu"
]
CommentAct = Literal["delete", "hide", "show", "elect", "unelect", "top", "untop"]


@dataclass(frozen=True)
class Quota:
    """How many publications with one choice of an option the platform takes per natural day or month."""

    option: str
    value: str
    """It counts publications whose option `option` is `value`."""
    per: Literal["day", "month"]
    most: int
    zone: str
    """Where the platform's days begin, an IANA name."""


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
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True)
class Advice:
    """One thing worth knowing while writing for a platform: shown, never judged. `text` is lazy."""

    field: Literal["title", "summary", "body", "images", "video", "tags", "time"]
    text: object


@dataclass(frozen=True)
class Finding:
    """Something wrong with a post that only its platform's own check sees; `text` is a full sentence.

    `level` "stop" keeps it from being sent, "warn" is advice. `target` is the option or picture that is meant.
    """

    code: str
    text: str
    field: Literal["title", "summary", "body", "images", "tags", "options"]
    level: Literal["stop", "warn"] = "stop"
    value: int | None = None
    limit: int | None = None
    target: str = ""


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
    check: "Callable[[OutgoingPost], Iterable[Finding]] | None" = None
    """What the limits cannot say, found without asking the platform."""
    show: "Callable[[OutgoingPost], str] | None" = None
    """An article as the platform shows it: HTML with inline styles, pictures by their `ref`; for previews."""
    repeats_where: Mapping[str, str] = field(default_factory=dict)
    """Options under which `RepeatsSafely` holds; empty is always."""
    companions_max: int = 0
    """How many other pieces may go out in one message with one (`OutgoingPost.companions`)."""
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
        """Tell people how far it is, in bytes.

        While `done` is below `total` nothing can have been published: the call that decides comes after
        the last byte. A worker that dies before that is followed by another one without a doubt.
        """


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
    companions: tuple["OutgoingPost", ...] = ()
    """What goes out in one piece with it, after it, in order; only where the platform's spec takes companions."""


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
class MenuType:
    """One thing that pressing a menu entry can do; `needs` and `may` name fields of the entry."""

    key: str
    label: object
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuRules:
    """How a platform's menu may be built. Names are counted in bytes of UTF-8, as are `field_bytes`."""

    entries_max: int
    below_max: int
    name_bytes: int
    below_name_bytes: int
    types: tuple[MenuType, ...]
    field_bytes: Mapping[str, int]


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
class Previews(Protocol):
    """Show a post on the platform to one person before it is published."""

    def preview(self, post: OutgoingPost, to: str) -> None:
        """Send it to the person whom the platform knows as `to`."""
        ...


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
class ReadsComments(Protocol):
    """The platform tells what stands under posts it is asked about, and has no list of everything."""

    def comments(self, posts: Sequence[PostRef]) -> Iterator[RemoteMessage]: ...


@runtime_checkable
class OpensComments(Protocol):
    """Let readers comment on a post, or not any more."""

    def set_comments_open(self, post: PostRef, is_open: bool) -> None: ...


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
class ReadsAccountDays(Protocol):
    """The platform tells whole days once they are over, and those of the past."""

    def day_zone(self) -> str:
        """Return the zone that its days are days of."""
        ...

    def account_days(self, since: date, until: date) -> Iterator[AccountDayReading]:
        """Yield the days from `since` to `until`, both included; a day that is not told is left out."""
        ...


@runtime_checkable
class KeepsContacts(Protocol):
    """The account's followers and their labels; every change is fine to make twice."""

    def contacts(self, after: str) -> ContactPage: ...
    def contact_tags(self) -> Sequence[RemoteTag]: ...
    def make_tag(self, name: str) -> RemoteTag: ...
    def rename_tag(self, tag_id: str, name: str) -> None: ...
    def drop_tag(self, tag_id: str) -> None: ...
    def tag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None: ...
    def untag_contacts(self, tag_id: str, contact_ids: Sequence[str]) -> None: ...
    def remark(self, contact_id: str, remark: str) -> None: ...


@runtime_checkable
class KeepsMenu(Protocol):
    """A menu below the account's private talks: entries are dicts of `name`, and `type` with its
    fields or `below` (entries without `below`)."""

    @staticmethod
    def menu_rules() -> MenuRules: ...
    def menu(self) -> list[dict[str, Any]]: ...
    def publish_menu(self, entries: Sequence[Mapping[str, Any]]) -> None: ...
    def remove_menu(self) -> None: ...


@runtime_checkable
class Learns(Protocol):
    """The connector finds out how the platform treats this account; `learned` is kept (`AccountRef.known`)."""

    def learned(self) -> Mapping[str, Any]: ...


@runtime_checkable
class RenewsSecret(Protocol):
    """The connector's sign-in changes while it works; the gateway seals `renewed` when it is set."""

    def renewed_secret(self) -> Secret | None: ...


@runtime_checkable
class RenewsAlone(Protocol):
    """A renewal kills the token before it, so workers take turns: the gateway gives the keeper."""

    def keep_with(self, keeper: SecretKeeper) -> None: ...


@runtime_checkable
class SharesTokens(Protocol):
    """The connector works with a short-lived token that all workers should share: the gateway gives the shelf."""

    def use(self, shelf: TokenShelf) -> None: ...


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


@runtime_checkable
class AnswersCallbacks(Protocol):
    """A callback can be answered with words, there and then. Both are fast and touch nothing."""

    def occasion(self, callback: Callback) -> Occasion | None: ...
    def passive(self, callback: Callback, text: str) -> Callback: ...
