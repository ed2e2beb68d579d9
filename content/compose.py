"""From a variant to what is sent: overrides resolved once, pictures gathered, nothing cut."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from content import asset_refs, markdown
from content.models import Asset, ContentItem, Variant
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost, OutgoingVideo
from platforms.connectors.spec import PlatformSpec
from platforms.gateway import limits_of, spec_for
from platforms.limits import Field


@dataclass(frozen=True)
class Composition:
    """A composed post and the addresses of pictures that could not be taken along.

    `lost` holds what the text shows but the workspace's library does not have: pictures of other
    workspaces, removed ones, addresses elsewhere.
    """

    outgoing: OutgoingPost
    lost: tuple[str, ...] = ()


def compose(variant: Variant, *, key: str = "", with_companions: bool = False) -> OutgoingPost:
    """Return what would be sent for the variant. Bytes of pictures are read only when asked for."""
    return composition(variant, key=key, with_companions=with_companions).outgoing


def companions_of(variant: Variant) -> list[Variant]:
    """Return the pieces that go out in one message with this one, in order; none where the platform takes none."""
    if not spec_for(variant.account).companions_max:
        return []
    rows = variant.companions.select_related("companion__item__workspace", "companion__item__cover")
    found = [row.companion for row in rows]
    for each in found:
        each.account = variant.account
    return found


def composition(variant: Variant, *, key: str = "", with_companions: bool = False) -> Composition:
    """Return what would be sent, and which pictures of the text could not be found."""
    item, spec = variant.item, variant.account.spec
    body = variant.body.strip() or item.body
    is_article = spec.body_format == "article"
    pictures = _Pictures(variant, body if is_article else note_pictures(variant))
    title, summary = variant.title or item.title, variant.summary or item.summary
    text = markdown.to_plain(body) if is_article else note_text(variant)
    video = video_of(variant)
    images = pictures.strip() if variant.own_images and not is_article else pictures.in_order()
    return Composition(
        OutgoingPost(
            key=key,
            title=title.strip(),
            summary=summary.strip(),
            text=text,
            html=markdown.to_html(body, pictures.rewrite) if is_article else "",
            images=images if is_article or video is None else (),
            cover=pictures.cover if is_article or not variant.own_images else None,
            tags=tuple(item.tags),
            language=guess_language(f"{title} {text}"),
            options=options_of(spec_for(variant.account), variant.options),
            video=video,
            companions=tuple(compose(row) for row in companions_of(variant)) if with_companions else (),
        ),
        lost=tuple(pictures.lost),
    )


def video_of(variant: Variant) -> OutgoingVideo | None:
    """Return the video that goes out: the variant's own, else the item's where the account takes videos.

    A variant that chose pictures of its own, and no video, shows those.
    """
    asset = variant.video
    if asset is None and not variant.own_images and limits_of(variant.account).videos_max:
        asset = variant.item.video
    if asset is None or asset.removed_at is not None:
        return None
    return OutgoingVideo(
        ref=asset_refs.asset_path(asset, variant.item.workspace),
        name=asset.name,
        mime=asset.mime,
        size_bytes=asset.size_bytes,
        width=asset.width,
        height=asset.height,
        seconds=asset.seconds or 0.0,
        open=partial(_open, asset),
    )


def note_text(variant: Variant) -> str:
    """Return the words of a note: the variant's own; else title and summary; else title and body.

    Nothing is cut to fit: a text that is too long is a problem that a person solves.
    """
    if variant.body.strip():
        return markdown.to_plain(variant.body)
    item = variant.item
    title, summary = (variant.title or item.title).strip(), (variant.summary or item.summary).strip()
    return "\n\n".join(part for part in (title, summary or markdown.to_plain(item.body)) if part)


def spoken(variant: Variant) -> dict[Field, str]:
    """Return the words of each field as they were written, own or the piece's, where the post says them.

    Beside `composition` because both must take the words from the same place.
    """
    item, is_note = variant.item, variant.account.spec.body_format != "article"
    said: dict[Field, str] = {"title": variant.title or item.title, "summary": variant.summary or item.summary}
    if is_note and variant.body.strip():
        del said["summary"]
    if is_note and not variant.body.strip() and said["summary"].strip():
        return said
    return said | {"body": variant.body if variant.body.strip() else item.body}


def note_pictures(variant: Variant) -> str:
    """Return the text whose pictures a note takes along: its own if it shows any, else the item's."""
    return variant.body if markdown.images(variant.body) else variant.item.body


def options_of(spec: PlatformSpec, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return the platform's options: what was chosen over the fields' defaults; unknown names are left out."""
    known = {field.name: field.default for field in spec.option_fields}
    values = {name: chosen.get(name, default) for name, default in known.items()}
    return {name: value for name, value in values.items() if value not in ("", None)}


def guess_language(text: str) -> str:
    """Return "zh", "ja", "ko" or "en" by the script of most letters; "" when there are too few to tell."""
    kana = len(re.findall(r"[\u3040-\u30ff]", text))
    hangul = len(re.findall(r"[\uac00-\ud7af]", text))
    han = len(re.findall(r"[\u3400-\u9fff\uf900-\ufaff]", text))
    latin_words = len(re.findall(r"[A-Za-z]{2,}", text))
    if max(han + kana, hangul, latin_words) < 2:
        return "zh" if han and not kana else ""
    if hangul > max(han + kana, latin_words):
        return "ko"
    if han + kana >= latin_words:
        return "ja" if kana > han / 4 else "zh"
    return "en"


class _Pictures:
    """The pictures of one variant: found once, listed once each in order of use."""

    def __init__(self, variant: Variant, body: str) -> None:
        self.item: ContentItem = variant.item
        self.workspace = self.item.workspace
        self.shown = markdown.images(body)
        self.picks = [pick.asset for pick in variant.picks.select_related("asset")] if variant.own_images else []
        self.picks = [asset for asset in self.picks if asset.removed_at is None]
        self.assets = asset_refs.assets_by_id(self.workspace, self._ids())
        self.alts: dict[int, str] = {}
        self.lost: list[str] = []
        self.found = self._find()
        self.cover = self._cover(is_own=variant.own_images)

    def _ids(self) -> list[int]:
        ids = [asset_refs.asset_id(src, self.workspace) for src, _alt in self.shown]
        return [pk for pk in [*ids, self.item.cover_id] if pk is not None]

    def _find(self) -> list[Asset]:
        found: dict[int, Asset] = {}
        for src, alt in self.shown:
            asset = self.assets.get(asset_refs.asset_id(src, self.workspace) or 0)
            if asset is None or asset.is_video:
                self.lost.append(src)
                continue
            found[asset.pk] = asset
            if alt.strip() and alt.strip() != asset.name:
                self.alts.setdefault(asset.pk, alt.strip())
        return list(found.values())

    def _cover(self, *, is_own: bool) -> OutgoingImage | None:
        asset = self.picks[0] if is_own and self.picks else self.assets.get(self.item.cover_id or 0)
        return self._outgoing(asset) if asset else None

    def rewrite(self, src: str, alt: str) -> tuple[str, str] | None:
        asset = self.assets.get(asset_refs.asset_id(src, self.workspace) or 0)
        if asset is None or asset.is_video:
            return None
        own = alt.strip() if alt.strip() != asset.name else ""
        return asset_refs.asset_path(asset, self.workspace), own or asset.alt_text

    def in_order(self) -> tuple[OutgoingImage, ...]:
        """The cover first, then the text's pictures."""
        images = [self._outgoing(asset) for asset in self.found]
        if self.cover and self.cover.ref not in {image.ref for image in images}:
            images.insert(0, self.cover)
        return tuple(images)

    def strip(self) -> tuple[OutgoingImage, ...]:
        """The variant's own choice."""
        return tuple(self._outgoing(asset) for asset in self.picks)

    def _outgoing(self, asset: Asset) -> OutgoingImage:
        return OutgoingImage(
            ref=asset_refs.asset_path(asset, self.workspace),
            name=asset.name,
            mime=asset.mime,
            size_bytes=asset.size_bytes,
            width=asset.width,
            height=asset.height,
            alt=self.alts.get(asset.pk) or asset.alt_text,
            read=partial(_read, asset),
        )


def _read(asset: Asset) -> bytes:
    with asset.file.storage.open(str(asset.file.name), "rb") as stored:
        return stored.read()


def _open(asset: Asset) -> BinaryIO:
    return cast(BinaryIO, asset.file.storage.open(str(asset.file.name), "rb"))
