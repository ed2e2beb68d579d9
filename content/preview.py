"""A piece as one platform shows it: order, cuts, pictures and line breaks, in our own type."""

from collections.abc import Callable
from dataclasses import dataclass, field

from content import markdown
from content.compose import compose
from content.models import ContentItem, Variant
from platforms.connectors.counting import links_of, mentions_of, tags_of
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost, OutgoingVideo
from platforms.connectors.spec import Limits, PlatformSpec
from platforms.gateway import limits_of, spec_for
from platforms.limits import text_length
from platforms.models import Account


@dataclass(frozen=True)
class Preview:
    """What a reader would see. `over` parts are beyond the platform's limit and would not fit."""

    layout: str
    """"article" or "note"."""
    account: Account | None
    title: str
    title_over: str = ""
    summary: str = ""
    text: str = ""
    text_over: str = ""
    html: str = ""
    cover: OutgoingImage | None = None
    images: tuple[OutgoingImage, ...] = ()
    images_over: tuple[OutgoingImage, ...] = ()
    tags: tuple[str, ...] = ()
    video: OutgoingVideo | None = None
    count: "Counts | None" = None
    frame: int | None = None
    """The variant whose page shows the article as the platform does; None where our own type shows it."""
    is_strip: bool = False
    """An article's account, but this one goes out as pictures with plain words."""


@dataclass(frozen=True)
class Counts:
    """Lengths as the account counts them, with its limits (None: none that we know of)."""

    title: int
    summary: int
    text: int
    images: int
    links: int
    hashtags: int
    mentions: int
    tags: int
    videos: int
    limits: Limits
    unit: object = field(default="")


def preview_of(variant: Variant) -> Preview:
    """Return what a reader of the variant's account would see."""
    account, post = variant.account, compose(variant)
    limits, spec = limits_of(account), spec_for(account)
    themed = spec.show(post) if spec.show else None
    title, title_over = _cut(post.title, limits.title_max, spec.count_title)
    text, text_over = _cut(post.text, limits.text_max, spec.count_text)
    shown = len(post.images) if limits.images_max is None else limits.images_max
    return Preview(
        layout=spec.body_format, account=account, title=title, title_over=title_over, summary=post.summary,
        text=text, text_over=text_over, html=post.html, cover=_cover(post), images=post.images[:shown],
        images_over=post.images[shown:], tags=post.tags, count=counts_of(spec, limits, post),
        video=post.video, frame=variant.pk if themed else None, is_strip=themed == "",
    )  # fmt: skip


def preview_plain(item: ContentItem) -> Preview:
    """Return the piece itself, before it is fitted to any account."""
    return Preview(
        layout="article", account=None, title=str(item), summary=item.summary, html=markdown.to_html(item.body)
    )


def counts_of(spec: PlatformSpec, limits: Limits, post: OutgoingPost) -> Counts:
    """Count a composed post as its platform does."""
    return Counts(
        title=spec.count_title(post.title), summary=len(post.summary), text=text_length(spec, post),
        images=len(post.images), links=len(links_of(post.text)), hashtags=len(tags_of(post.text)),
        mentions=len(mentions_of(post.text)), tags=len(post.tags), videos=int(post.video is not None),
        limits=limits, unit=spec.count_unit,
    )  # fmt: skip


def _cover(post: OutgoingPost) -> OutgoingImage | None:
    """The cover, unless the text shows it anyway."""
    return post.cover if post.cover and post.cover.ref not in post.html else None


def _cut(text: str, limit: int | None, count: Callable[[str], int]) -> tuple[str, str]:
    """Split where the limit ends; the longest start that fits is found by halving."""
    if limit is None or count(text) <= limit:
        return text, ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if count(text[:middle]) <= limit else (low, middle - 1)
    return text[:low], text[low:]
