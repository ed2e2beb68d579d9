"""What a platform would refuse, told before anything is sent.

The one judge of text and pictures: the editor, scheduling, publishing and the API all ask here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from platforms.connectors.base import FormField, Limits, OutgoingImage, OutgoingPost, PlatformSpec

Field = Literal["title", "summary", "body", "images", "tags", "options", "time", "account", "review"]
Level = Literal["stop", "warn"]

MIME_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/avif": "AVIF",
}


@dataclass(frozen=True)
class Fix:
    """A way out that one press takes. `key` names it among the fixes of one variant; `value` is what it leads to."""

    key: str
    label: str
    value: str = ""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, as a full sentence in the language active when it was found.

    `level` "stop" keeps the post from being sent, "warn" is advice. `value` and `limit` are the
    numbers of the sentence where there are two; `target` is the `ref` of the picture or the name of
    the option that is meant. Where words are meant, `excerpt` are these words, `start` and `end` (code
    points of the field as it was written) where they stand first, and `places` every place.
    """

    code: str
    text: str
    field: Field
    level: Level = "stop"
    value: int | None = None
    limit: int | None = None
    target: str = ""
    start: int | None = None
    end: int | None = None
    excerpt: str = ""
    category: str = ""
    places: tuple[tuple[int, int], ...] = ()
    fixes: tuple[Fix, ...] = ()

    @property
    def stops(self) -> bool:
        return self.level == "stop"


def problems(spec: PlatformSpec, limits: Limits, outgoing: OutgoingPost) -> list[Problem]:
    """Return everything that the platform would refuse, and advice, in reading order."""
    found = [
        *_of_title(spec, limits, outgoing),
        *_of_summary(spec, limits, outgoing),
        *_of_text(spec, limits, outgoing),
        *_of_image_count(spec, limits, outgoing),
    ]
    for number, image in enumerate(outgoing.images, start=1):
        found += _of_image(spec, limits, image, number)
    return [*found, *_of_tags(spec, limits, outgoing), *_of_options(spec, outgoing)]


def text_length(spec: PlatformSpec, outgoing: OutgoingPost) -> int:
    """Return the length of the text as the platform counts it (`spec.count_text`)."""
    return spec.count_text(outgoing.text)


def megabytes(size_bytes: int) -> str:
    """Write a size for people: `12.6 MB`, `340 kB` (1 MB is 1,000,000 bytes; in the active language)."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{number_format(round(size_bytes / 1_000_000, 1), use_l10n=True)} MB".replace(".0 MB", " MB")


def _of_title(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    length = len(post.title)
    if limits.title_required and not post.title.strip():
        yield Problem(
            "title_missing", _("%(platform)s needs a title. Write one.") % {"platform": spec.label}, "title"
        )
    if limits.title_max is not None and length > limits.title_max:
        text = _("The title has %(value)s characters; %(platform)s allows %(limit)s. Cut %(over)s.")
        yield _too_much("title_long", text, "title", spec, length, limits.title_max)


def _of_summary(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    length = len(post.summary)
    if limits.summary_max is not None and length > limits.summary_max:
        text = _("The summary has %(value)s characters; %(platform)s allows %(limit)s. Cut %(over)s.")
        yield _too_much("summary_long", text, "summary", spec, length, limits.summary_max)


def _of_text(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    if not post.text.strip() and not post.images:
        yield Problem("empty", _("There is nothing to send yet. Write something or add a picture."), "body")
    length = text_length(spec, post)
    if limits.text_max is not None and length > limits.text_max:
        text = _("The text has %(value)s %(unit)s; %(platform)s allows %(limit)s. Cut %(over)s.")
        yield _too_much("text_long", text, "body", spec, length, limits.text_max)
        return
    size = len((post.html if spec.body_format == "article" else post.text).encode())
    if limits.text_bytes_max is not None and size > limits.text_bytes_max:
        text = _("The text takes %(value)s bytes; %(platform)s allows %(limit)s. Cut %(over)s.")
        yield _too_much("text_bytes", text, "body", spec, size, limits.text_bytes_max)


def _of_image_count(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    count = len(post.images)
    if count < limits.images_min:
        text = ngettext(
            "%(platform)s needs at least %(limit)s picture; there are %(value)s. Add one.",
            "%(platform)s needs at least %(limit)s pictures; there are %(value)s. Add %(over)s.",
            limits.images_min,
        )
        yield _too_much("images_few", text, "images", spec, count, limits.images_min)
    if limits.images_max is not None and count > limits.images_max:
        text = _("%(value)s pictures; %(platform)s allows %(limit)s. Choose which ones go out.")
        yield _too_much("images_many", text, "images", spec, count, limits.images_max)


def _of_image(spec: PlatformSpec, limits: Limits, image: OutgoingImage, number: int) -> Iterator[Problem]:
    words = {"number": number, "platform": spec.label}
    if image.mime not in limits.image_types:
        kinds = ", ".join(MIME_NAMES.get(mime, mime) for mime in limits.image_types)
        text = _("Image %(number)s is %(kind)s; %(platform)s takes %(kinds)s. Replace it.")
        words |= {"kind": MIME_NAMES.get(image.mime, image.mime), "kinds": kinds}
        yield Problem("image_type", text % words, "images", target=image.ref)
    if limits.image_bytes_max is not None and image.size_bytes > limits.image_bytes_max:
        text = _("Image %(number)s is %(value)s; %(platform)s allows %(limit)s. Replace it with a smaller one.")
        words |= {"value": megabytes(image.size_bytes), "limit": megabytes(limits.image_bytes_max)}
        yield Problem(
            "image_bytes", text % words, "images",
            value=image.size_bytes, limit=limits.image_bytes_max, target=image.ref,
        )  # fmt: skip
    pixels = image.width * image.height
    if limits.image_pixels_max is not None and pixels > limits.image_pixels_max:
        text = _(
            "Image %(number)s has %(value)s pixels; %(platform)s allows %(limit)s. Replace it with a smaller one."
        )
        words |= {"value": _number(pixels), "limit": _number(limits.image_pixels_max)}
        yield Problem(
            "image_pixels", text % words, "images", value=pixels, limit=limits.image_pixels_max, target=image.ref
        )
    if not image.alt.strip():
        text = _("Image %(number)s has no alternative text. Say in a few words what it shows.")
        yield Problem("alt_missing", text % words, "images", "warn", target=image.ref)


def _of_tags(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    count = len(post.tags)
    if limits.tags_max is not None and count > limits.tags_max:
        text = _("%(value)s tags; %(platform)s allows %(limit)s. Remove %(over)s.")
        yield _too_much("tags_many", text, "tags", spec, count, limits.tags_max)


def _of_options(spec: PlatformSpec, post: OutgoingPost) -> Iterator[Problem]:
    for field in spec.option_fields:
        value = post.options.get(field.name, "")
        words = {"field": field.label, "platform": spec.label, "value": value}
        if field.required and field.kind != "flag" and not value:
            text = _("“%(field)s” is empty; %(platform)s needs it.")
            yield Problem("option_missing", text % words, "options", target=field.name)
        elif _is_unknown_choice(field, value):
            text = _("“%(field)s” cannot be “%(value)s”. Choose from the list.")
            yield Problem("option_unknown", text % words, "options", target=field.name)


def _is_unknown_choice(field: FormField, value: object) -> bool:
    return field.kind == "choice" and bool(value) and value not in {choice for choice, _label in field.choices}


def _too_much(code: str, text: str, field: Field, spec: PlatformSpec, value: int, limit: int) -> Problem:
    words = {
        "platform": spec.label,
        "unit": spec.count_unit or _("characters"),
        "value": _number(value),
        "limit": _number(limit),
        "over": _number(abs(value - limit)),
    }
    return Problem(code, text % words, field, value=value, limit=limit)


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
