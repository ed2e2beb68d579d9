"""The kit of a post that a person makes: everything ready to copy, cut to the platform's rules.

It opens by a link that needs no sign-in, so that a phone gets there from a chat or a QR code. The
link is signed, names one publication and whom it was made for, and ends after some days; it opens
nothing else. One without a name (in a group chat) shows the kit, and asks who you are before it
takes an answer.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import segno
from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from content import asset_refs
from content.compose import compose
from content.models import Asset, Publication
from mediaops.models import Membership
from platforms.connectors.counting import cut_text
from platforms.connectors.outgoing import OutgoingPost
from platforms.connectors.spec import Limits, PlatformSpec
from platforms.gateway import limits_of

OPEN_FOR = timedelta(days=7)
SALT = "content.kit"


class KitGone(Exception):
    """The link is not one of ours, or too old."""


@dataclass(frozen=True)
class KitText:
    """A text to copy. `is_cut` says that `whole` was longer than the platform takes."""

    text: str
    length: int
    limit: int | None
    unit: Any
    is_cut: bool = False
    html: str = ""


@dataclass(frozen=True)
class KitFile:
    """A picture or video to save, in order."""

    pk: int
    name: str
    mime: str
    size_bytes: int
    alt: str


@dataclass(frozen=True)
class Kit:
    """What a person needs to post by hand. `title` is None where the platform has none."""

    title: KitText | None
    text: KitText
    tags: tuple[str, ...]
    files: tuple[KitFile, ...]
    check_list: tuple[Any, ...]
    app_url: str
    back_office_url: str


def kit_of(publication: Publication) -> Kit:
    """Return the publication's kit, from the text as it is now."""
    account = publication.variant.account
    spec, limits = account.spec, limits_of(account)
    outgoing = compose(publication.variant, key=publication.key)
    tags = _tags(spec, limits, outgoing)
    return Kit(
        title=_title(spec, limits, outgoing),
        text=_text(spec, limits, outgoing, tags),
        tags=tags,
        files=_files(publication, limits, outgoing),
        check_list=spec.check_list,
        app_url=spec.app_url,
        back_office_url=spec.back_office_url or account.url,
    )


def make_link(publication: Publication, member: Membership | None) -> str:
    """Return the path that opens the kit, for `member` or, in a group, for whoever signs in."""
    token = signing.dumps([publication.pk, member.pk if member else 0], salt=SALT)
    return reverse("kit", args=[token])


def qr_of(path: str) -> SafeString:
    """Return a QR code of one of our addresses as an SVG for a page."""
    code = segno.make(settings.SITE_URL + path, error="l")
    return mark_safe(code.svg_inline(border=2, light="white", omitsize=True, svgclass="qr"))  # noqa: S308 - our own


def read_link(token: str) -> tuple[int, int]:
    """Return the ids of publication and member (0: none) that a link names, or raise KitGone."""
    try:
        publication, member = signing.loads(token, salt=SALT, max_age=OPEN_FOR)
        return int(publication), int(member)
    except (signing.BadSignature, ValueError, TypeError):
        raise KitGone from None


def _title(spec: PlatformSpec, limits: Limits, outgoing: OutgoingPost) -> KitText | None:
    if limits.title_max is None and not limits.title_required and spec.body_format == "note":
        return None
    limit, whole = limits.title_max, outgoing.title
    text = whole if limit is None else cut_text(whole, limit, spec.count_title)
    return KitText(text, spec.count_title(text), limit, spec.count_unit, is_cut=text != whole)


def _text(spec: PlatformSpec, limits: Limits, outgoing: OutgoingPost, tags: tuple[str, ...]) -> KitText:
    """Return the words with the tags behind them; the tags stay whole, the words give way."""
    words = _without_title(spec, limits, outgoing)
    if spec.body_format == "article":
        return KitText(words, spec.count_text(words), limits.text_max, spec.count_unit, html=outgoing.html)
    ending = " ".join(spec.tag_form % tag for tag in tags)
    gap = "\n\n" if words and ending else ""
    limit = limits.text_max
    if limit is None or spec.count_text(words + gap + ending) <= limit:
        text, is_cut = words + gap + ending, False
    else:
        room = max(limit - spec.count_text(gap + ending), 0)
        text, is_cut = cut_text(words, room, spec.count_text) + gap + ending, True
    return KitText(text, spec.count_text(text), limit, spec.count_unit, is_cut=is_cut)


def _without_title(spec: PlatformSpec, limits: Limits, outgoing: OutgoingPost) -> str:
    """A platform with a title of its own does not get it a second time at the head of the text."""
    text = outgoing.text.strip()
    has_title = limits.title_max is not None or limits.title_required
    if has_title and outgoing.title and text.startswith(outgoing.title):
        rest = text[len(outgoing.title) :]
        return rest.strip() if not rest or rest[0] == "\n" else text
    return text


def _tags(spec: PlatformSpec, limits: Limits, outgoing: OutgoingPost) -> tuple[str, ...]:
    shown = {tag for tag in outgoing.tags if spec.tag_form % tag in outgoing.text}
    beside = [tag for tag in outgoing.tags if tag not in shown]
    return tuple(beside if limits.tags_max is None else beside[: limits.tags_max])


def _files(publication: Publication, limits: Limits, outgoing: OutgoingPost) -> tuple[KitFile, ...]:
    workspace = publication.variant.item.workspace
    refs = [(image.ref, image.alt) for image in outgoing.images]
    if limits.images_max is not None:
        refs = refs[: limits.images_max]
    if outgoing.video is not None:
        refs.insert(0, (outgoing.video.ref, ""))
    ids = [asset_refs.asset_id(ref, workspace) or 0 for ref, _alt in refs]
    known: dict[int, Asset] = asset_refs.assets_by_id(workspace, ids)
    return tuple(
        KitFile(pk, known[pk].name, known[pk].mime, known[pk].size_bytes, alt)
        for pk, (_ref, alt) in zip(ids, refs, strict=True)
        if pk in known
    )
