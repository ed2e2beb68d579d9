"""What an account takes, in words, beside how much of it is there: for the side of the editor."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from content.preview import Counts
from platforms.connectors.spec import PlatformSpec
from platforms.limits import MIME_NAMES, duration, megabytes, ratio_words


@dataclass(frozen=True)
class Fact:
    """One limit: `now` is how much is there (None where nothing is counted), `text` what is allowed."""

    name: str
    text: str
    now: int | None = None
    is_over: bool = False


def facts_of(spec: PlatformSpec, count: Counts) -> list[Fact]:
    """Return the account's limits with what is there, only those that we know of."""
    return [*_words(spec, count), *_marks(count), *_images(count), *_video(count)]


def _words(spec: PlatformSpec, count: Counts) -> Iterator[Fact]:
    limits = count.limits
    if limits.title_max is not None:
        yield _most(_("Title"), count.title, limits.title_max)
    if limits.summary_max is not None:
        yield _most(_("Summary"), count.summary, limits.summary_max)
    if limits.text_max is not None:
        yield _most(_("Text"), count.text, limits.text_max, unit=str(spec.count_unit))
    elif limits.text_bytes_max is not None:
        yield Fact(_("Text"), _("up to %(limit)s") % {"limit": megabytes(limits.text_bytes_max)})


def _marks(count: Counts) -> Iterator[Fact]:
    limits = count.limits
    if limits.links_max is not None:
        yield _most(_("Links in the text"), count.links, limits.links_max)
    if limits.link_hosts:
        yield Fact(_("Link needed"), ", ".join(limits.link_hosts))
    if limits.hashtags_refused:
        yield _most(_("#tags in the text"), count.hashtags, 0)
    elif limits.hashtags_max is not None:
        yield _most(_("#tags in the text"), count.hashtags, limits.hashtags_max)
    if limits.mentions_max is not None:
        yield _most(_("@mentions"), count.mentions, limits.mentions_max)
    if limits.tags_max is not None:
        yield _most(_("Tags"), count.tags, limits.tags_max)


def _images(count: Counts) -> Iterator[Fact]:
    limits = count.limits
    if limits.images_max is not None:
        text = _("%(most)s, at least %(least)s") % {"least": limits.images_min, "most": limits.images_max}
        text = text if limits.images_min else _number(limits.images_max)
        is_over = not limits.images_min <= count.images <= limits.images_max
        yield Fact(_("Pictures"), text, count.images, is_over)
    about = [", ".join(MIME_NAMES.get(mime, mime) for mime in limits.image_types)]
    if limits.image_bytes_max is not None:
        about.append(_("up to %(limit)s") % {"limit": megabytes(limits.image_bytes_max)})
    if limits.image_width_min is not None:
        about.append(_("%(limit)s px wide or more") % {"limit": _number(limits.image_width_min)})
    low, high = limits.image_ratio_min, limits.image_ratio_max
    if low is not None or high is not None:
        shapes = [ratio_words(ratio) for ratio in (low, high) if ratio is not None]
        about.append(pgettext("from … to", " – ").join(dict.fromkeys(shapes)))
    if limits.images_max != 0:
        yield Fact(_("Each picture"), ", ".join(about))


def _video(count: Counts) -> Iterator[Fact]:
    limits = count.limits
    if not limits.videos_max:
        return
    about = [", ".join(MIME_NAMES.get(mime, mime) for mime in limits.video_types)]
    if limits.video_bytes_max is not None:
        about.append(_("up to %(limit)s") % {"limit": megabytes(limits.video_bytes_max)})
    low, high = limits.video_seconds_min, limits.video_seconds_max
    if high is not None:
        span = [duration(seconds) for seconds in (low, high) if seconds is not None]
        about.append(pgettext("from … to", " – ").join(span))
    yield Fact(_("Video"), ", ".join(about), is_over=limits.video_required and not count.videos)


def _most(name: str, now: int, limit: int, *, unit: str = "") -> Fact:
    return Fact(name, f"{_number(limit)} {unit}".strip(), now, now > limit)


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
