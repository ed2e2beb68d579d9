"""What a platform would refuse, told before anything is sent.

The one judge of text and pictures: the editor, scheduling, publishing and the API all ask here.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Literal
from urllib.parse import urlsplit

from django.utils.formats import number_format

from mediaops.lib.said import nsaid as ngettext
from mediaops.lib.said import said as _
from platforms.connectors.counting import Stretch, links_of, mentions_of, tags_of
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost, OutgoingVideo
from platforms.connectors.spec import FormField, Limits, PlatformSpec

Field = Literal["title", "summary", "body", "images", "video", "tags", "options", "time", "account", "review"]
Level = Literal["stop", "warn"]

MIME_NAMES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WebP",
    "image/avif": "AVIF",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "video/webm": "WebM",
}
GRID_MAX = 9
"""So many pictures fit into one that is still readable on a phone: three by three."""
RATIO_SLACK = 0.01
"""A picture whose sides were rounded to whole pixels is not out of shape."""


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
        *_of_links(spec, limits, outgoing),
        *_of_hashtags(spec, limits, outgoing),
        *_of_image_count(spec, limits, outgoing),
    ]
    for number, image in enumerate(outgoing.images, start=1):
        found += _of_image(spec, limits, image, number)
        found += _of_shape(spec, limits, image, number)
    found += _of_video(spec, limits, outgoing)
    own = spec.check(outgoing) if spec.check else ()
    return [
        *found,
        *_of_tags(spec, limits, outgoing),
        *_of_options(spec, outgoing),
        *(Problem(**asdict(finding)) for finding in own),
    ]


def text_length(spec: PlatformSpec, outgoing: OutgoingPost) -> int:
    """Return the length of the text as the platform counts it (`spec.count_text`)."""
    return spec.count_text(outgoing.text)


def megabytes(size_bytes: int) -> str:
    """Write a size for people: `12.6 MB`, `340 kB` (1 MB is 1,000,000 bytes; in the active language)."""
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{number_format(round(size_bytes / 1_000_000, 1), use_l10n=True)} MB".replace(".0 MB", " MB")


def duration(seconds: float) -> str:
    """Write a length of time for people: `0:42`, `15:00`."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def ratio_words(ratio: float) -> str:
    """Write width ÷ height as people do: `3:4`, `16:9`, `1.91:1`."""
    sides = Fraction(ratio).limit_denominator(16)
    if abs(sides - ratio) > 0.0005:
        return f"{ratio:.2f}:1"
    return f"{sides.numerator}:{sides.denominator}"


def nearest_ratio(limits: Limits, ratio: float) -> float:
    """Return the ratio that the account takes which is nearest to `ratio`."""
    low, high = limits.image_ratio_min or 0, limits.image_ratio_max or math.inf
    return min(max(ratio, low), high)


def _of_title(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    length = spec.count_title(post.title)
    if limits.title_required and not post.title.strip():
        yield Problem(
            "title_missing", _("%(platform)s needs a title. Write one.") % {"platform": spec.label}, "title"
        )
    if limits.title_max is not None and length > limits.title_max:
        text = _("The title has %(value)s characters; %(platform)s allows %(limit)s. Cut %(over)s.")
        fixes = (_cut_fix("title", limits.title_max),)
        yield _too_much("title_long", text, "title", spec, length, limits.title_max, fixes=fixes)


def _of_summary(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    length = len(post.summary)
    if limits.summary_max is not None and length > limits.summary_max:
        text = _("The summary has %(value)s characters; %(platform)s allows %(limit)s. Cut %(over)s.")
        fixes = (_cut_fix("summary", limits.summary_max),)
        yield _too_much("summary_long", text, "summary", spec, length, limits.summary_max, fixes=fixes)


def _of_text(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    if not post.text.strip() and not post.images:
        yield Problem("empty", _("There is nothing to send yet. Write something or add a picture."), "body")
    length = text_length(spec, post)
    if limits.text_max is not None and length > limits.text_max:
        text = _("The text has %(value)s %(unit)s; %(platform)s allows %(limit)s. Cut %(over)s.")
        fixes: tuple[Fix, ...] = (_cut_fix("body", limits.text_max),)
        yield _too_much("text_long", text, "body", spec, length, limits.text_max, fixes=fixes)
        return
    size = len((post.html if spec.body_format == "article" else post.text).encode())
    if limits.text_bytes_max is not None and size > limits.text_bytes_max:
        text = _("The text takes %(value)s bytes; %(platform)s allows %(limit)s. Cut %(over)s.")
        fixes = (_cut_fix("body", limits.text_bytes_max),) if spec.body_format == "note" else ()
        yield _too_much("text_bytes", text, "body", spec, size, limits.text_bytes_max, fixes=fixes)


def _cut_fix(field: Field, limit: int) -> Fix:
    return Fix(f"cut:{field}", _("Cut to %(limit)s") % {"limit": _number(limit)}, str(limit))


def _of_links(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    links = links_of(post.text)
    if limits.links_max is not None and len(links) > limits.links_max:
        if limits.links_max == 0:
            text = _("%(platform)s takes no links; there are %(value)s. Take them out.")
            fix = Fix("drop_links", _("Take the links out"), "0")
        else:
            text = _("%(value)s links; %(platform)s allows %(limit)s. Take %(over)s out.")
            fix = Fix(
                "drop_links", _("Keep the first %(limit)s") % {"limit": limits.links_max}, str(limits.links_max)
            )
        yield _too_much("links_many", text, "body", spec, len(links), limits.links_max, fixes=(fix,))
    if limits.link_hosts and not any(_is_below(link.word, limits.link_hosts) for link in links):
        text = _("%(platform)s needs a link to %(hosts)s in the text. Add it.")
        words = {"platform": spec.label, "hosts": _("or").join(f" {host} " for host in limits.link_hosts).strip()}
        yield Problem("link_missing", text % words, "body")


def _is_below(link: str, hosts: tuple[str, ...]) -> bool:
    try:
        host = urlsplit(link if "://" in link else f"https://{link}").hostname or ""
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def _of_hashtags(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    tags, mentions = tags_of(post.text), mentions_of(post.text)
    if limits.hashtags_refused and tags:
        text = _("%(platform)s takes no #tags in the text; there are %(value)s. Take them out.")
        fix = Fix("drop_hashtags", _("Take the #tags out"), "0")
        yield _too_much("hashtags_refused", text, "body", spec, len(tags), 0, fixes=(fix,))
    elif limits.hashtags_max is not None and len(tags) > limits.hashtags_max:
        text = _("%(value)s #tags in the text; %(platform)s allows %(limit)s. Take %(over)s out.")
        label = _("Keep the first %(limit)s") % {"limit": limits.hashtags_max}
        fix = Fix("drop_hashtags", label, str(limits.hashtags_max))
        yield _too_much("hashtags_many", text, "body", spec, len(tags), limits.hashtags_max, fixes=(fix,))
    if limits.mentions_max is not None and len(mentions) > limits.mentions_max:
        text = _("%(value)s @mentions; %(platform)s allows %(limit)s. Take %(over)s out.")
        yield _too_much("mentions_many", text, "body", spec, len(mentions), limits.mentions_max)
    if spec.body_format == "note" and not limits.hashtags_refused:
        yield from _of_tag_form(spec, tags)


def _of_tag_form(spec: PlatformSpec, tags: list[Stretch]) -> Iterator[Problem]:
    is_closed = spec.tag_form.endswith("#")
    wrong = [tag for tag in tags if tag.closed != is_closed]
    if not wrong:
        return
    words = {"platform": spec.label, "word": wrong[0].word}
    if is_closed:
        text = _("%(platform)s reads #%(word)s# as a tag; with one sign it stays plain text.") % words
        fix = Fix("close_tags", _("Write #%(word)s#") % words)
    else:
        text = _("%(platform)s reads #%(word)s as a tag; the second sign would be shown as text.") % words
        fix = Fix("open_tags", _("Write #%(word)s") % words)
    yield Problem("tags_form", text, "body", "warn", value=len(wrong), fixes=(fix,))


def _of_image_count(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    count = len(post.images)
    if count < limits.images_min and post.video is None:  # a video stands in for pictures
        text = ngettext(
            "%(platform)s needs at least %(limit)s picture; there are %(value)s. Add one.",
            "%(platform)s needs at least %(limit)s pictures; there are %(value)s. Add %(over)s.",
            limits.images_min,
        )
        yield _too_much("images_few", text, "images", spec, count, limits.images_min)
    if limits.images_max is not None and count > limits.images_max:
        text = _("%(value)s pictures; %(platform)s allows %(limit)s. Choose which ones go out.")
        yield _too_much(
            "images_many", text, "images", spec, count, limits.images_max, fixes=_fewer(count, limits.images_max)
        )


def _fewer(count: int, limit: int) -> tuple[Fix, ...]:
    if limit < 1:
        return ()
    fixes = [Fix("first_images", _("Keep the first %(limit)s") % {"limit": limit}, str(limit))]
    if count <= GRID_MAX:
        label = _("Make one picture of the %(count)s") % {"count": count}
        fixes.append(Fix("grid", label, str(count)))
    return tuple(fixes)


def _of_image(spec: PlatformSpec, limits: Limits, image: OutgoingImage, number: int) -> Iterator[Problem]:
    words = {"number": number, "platform": spec.label}
    if image.mime not in limits.image_types:
        kinds = ", ".join(MIME_NAMES.get(mime, mime) for mime in limits.image_types)
        text = _("Image %(number)s is %(kind)s; %(platform)s takes %(kinds)s. Replace it.")
        words |= {"kind": MIME_NAMES.get(image.mime, image.mime), "kinds": kinds}
        fixes = _convert_fix(limits, image)
        yield Problem("image_type", text % words, "images", target=image.ref, fixes=fixes)
    if limits.image_bytes_max is not None and image.size_bytes > limits.image_bytes_max:
        text = _("Image %(number)s is %(value)s; %(platform)s allows %(limit)s. Replace it with a smaller one.")
        words |= {"value": megabytes(image.size_bytes), "limit": megabytes(limits.image_bytes_max)}
        yield Problem(
            "image_bytes", text % words, "images",
            value=image.size_bytes, limit=limits.image_bytes_max, target=image.ref,
            fixes=(Fix(f"shrink:{image.ref}", _("Shrink below %(limit)s") % words, str(limits.image_bytes_max)),),
        )  # fmt: skip
    pixels = image.width * image.height
    if limits.image_pixels_max is not None and pixels > limits.image_pixels_max:
        text = _(
            "Image %(number)s has %(value)s pixels; %(platform)s allows %(limit)s. Replace it with a smaller one."
        )
        words |= {"value": _number(pixels), "limit": _number(limits.image_pixels_max)}
        label = _("Shrink below %(limit)s pixels") % words
        yield Problem(
            "image_pixels", text % words, "images", value=pixels, limit=limits.image_pixels_max, target=image.ref,
            fixes=(Fix(f"shrink:{image.ref}", label, str(limits.image_pixels_max)),),
        )  # fmt: skip
    if not image.alt.strip():
        text = _("Image %(number)s has no alternative text. Say in a few words what it shows.")
        yield Problem("alt_missing", text % words, "images", "warn", target=image.ref)


def _convert_fix(limits: Limits, image: OutgoingImage) -> tuple[Fix, ...]:
    kinds = [mime for mime in ("image/jpeg", "image/png") if mime in limits.image_types]
    if not kinds:
        return ()
    name = MIME_NAMES[kinds[0]]
    return (Fix(f"convert:{image.ref}", _("Convert to %(kind)s") % {"kind": name}, name),)


def _of_shape(spec: PlatformSpec, limits: Limits, image: OutgoingImage, number: int) -> Iterator[Problem]:
    if not image.width or not image.height:
        return
    words = {"number": number, "platform": spec.label, "size": f"{image.width} × {image.height}"}
    ratio = image.width / image.height
    nearest = nearest_ratio(limits, ratio)
    if abs(nearest / ratio - 1) > RATIO_SLACK:
        words |= {"ratio": ratio_words(nearest)}
        if nearest > ratio:
            text = _("Image %(number)s is too tall (%(size)s); %(platform)s takes %(ratio)s at most. Crop it.")
        else:
            text = _("Image %(number)s is too wide (%(size)s); %(platform)s takes %(ratio)s at most. Crop it.")
        fix = Fix(f"crop:{image.ref}", _("Crop to %(ratio)s") % words, ratio_words(nearest))
        yield Problem("image_ratio", text % words, "images", target=image.ref, fixes=(fix,))
    least = limits.image_width_min
    if least is not None and image.width < least:
        text = _(
            "Image %(number)s is %(value)s pixels wide; %(platform)s needs %(limit)s. Replace it with a larger one."
        )
        words |= {"value": _number(image.width), "limit": _number(least)}
        yield Problem("image_narrow", text % words, "images", value=image.width, limit=least, target=image.ref)


def _of_video(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    video, words = post.video, {"platform": spec.label}
    if video is None:
        if limits.video_required:
            yield Problem("video_missing", _("%(platform)s needs a video. Add one.") % words, "video")
        return
    if not limits.videos_max:
        yield Problem("videos_many", _("%(platform)s takes no video. Take it out.") % words, "video")
        return
    if video.mime not in limits.video_types:
        kinds = ", ".join(MIME_NAMES.get(mime, mime) for mime in limits.video_types)
        text = _("The video is %(kind)s; %(platform)s takes %(kinds)s. Replace it.")
        words |= {"kind": MIME_NAMES.get(video.mime, video.mime), "kinds": kinds}
        yield Problem("video_type", text % words, "video", target=video.ref)
    if limits.video_bytes_max is not None and video.size_bytes > limits.video_bytes_max:
        text = _("The video is %(value)s; %(platform)s allows %(limit)s. Replace it with a smaller one.")
        words |= {"value": megabytes(video.size_bytes), "limit": megabytes(limits.video_bytes_max)}
        yield Problem(
            "video_bytes",
            text % words,
            "video",
            value=video.size_bytes,
            limit=limits.video_bytes_max,
            target=video.ref,
        )
    yield from _of_length(spec, limits, video)


def _of_length(spec: PlatformSpec, limits: Limits, video: OutgoingVideo) -> Iterator[Problem]:
    words = {"platform": spec.label, "value": duration(video.seconds)}
    most, least = limits.video_seconds_max, limits.video_seconds_min
    if most is not None and video.seconds > most:
        text = _("The video takes %(value)s; %(platform)s allows %(limit)s. Cut it.")
        words |= {"limit": duration(most)}
        yield Problem("video_long", text % words, "video", value=round(video.seconds), limit=round(most))
    if least is not None and video.seconds < least:
        text = _("The video takes %(value)s; %(platform)s needs at least %(limit)s.")
        words |= {"limit": duration(least)}
        yield Problem("video_short", text % words, "video", value=round(video.seconds), limit=round(least))


def _of_tags(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Iterator[Problem]:
    count = len(post.tags)
    if limits.tags_max is not None and count > limits.tags_max:
        text = _("%(value)s tags; %(platform)s allows %(limit)s. Remove %(over)s.")
        label = _("Keep the first %(limit)s tags of the piece") % {"limit": limits.tags_max}
        fixes = (Fix("first_tags", label, str(limits.tags_max)),)
        yield _too_much("tags_many", text, "tags", spec, count, limits.tags_max, fixes=fixes)


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


def _too_much(
    code: str,
    text: str,
    field: Field,
    spec: PlatformSpec,
    value: int,
    limit: int,
    *,
    fixes: tuple[Fix, ...] = (),
) -> Problem:
    words = {
        "platform": spec.label,
        "unit": spec.count_unit or _("characters"),
        "value": _number(value),
        "limit": _number(limit),
        "over": _number(abs(value - limit)),
    }
    return Problem(code, text % words, field, value=value, limit=limit, fixes=fixes)


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
