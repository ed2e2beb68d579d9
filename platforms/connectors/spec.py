"""What is true of a platform whatever the account: limits, form fields, quotas, menus, advice."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from platforms.connectors.outgoing import OutgoingPost

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
    repeats_for_s: int | None = None
    """How long the platform knows a key again, from the first time it saw it; None is for ever."""
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
