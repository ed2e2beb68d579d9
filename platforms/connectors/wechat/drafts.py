"""From a composed post to a draft in the box: articles, pictures, covers.

All of it is harmless and kept on the publication, so that a later attempt neither uploads a picture
again nor leaves a second draft behind.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from mediaops.lib.said import said as _
from platforms.connectors import pictures
from platforms.connectors.errors import Refused
from platforms.connectors.outgoing import OutgoingImage, OutgoingPost
from platforms.connectors.wechat.client import Wire
from platforms.connectors.wechat.spec import check, is_on, is_pictures, rendered

INLINE_BYTES_MAX = 1_000_000
MATERIAL_BYTES_MAX = 10_000_000
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/bmp": "bmp"}
INLINE_TYPES = {"image/jpeg", "image/png"}
WIDE, SQUARE = 2.35, 1.0


class Drafts:
    """The drafts of one account; the class that uses it gives `_wire`."""

    _wire: Wire

    def draft(self, post: OutgoingPost) -> str:
        """Return the media id of the post's draft; one that an earlier attempt made of the same is used again."""
        for finding in (each for one in (post, *post.companions) for each in check(one)):
            if finding.level == "stop":
                raise Refused(finding.text)
        articles = [self._article(each) for each in (post, *post.companions)]
        mark = hashlib.sha256(json.dumps(articles, sort_keys=True).encode()).hexdigest()
        known = post.upload.known.get("draft") or {}
        if known.get("mark") == mark and self._is_there(str(known.get("media_id"))):
            return str(known["media_id"])
        answer = self._wire.post("cgi-bin/draft/add", {"articles": articles}, purpose="prepare")
        media_id = str(answer.get("media_id") or "")
        if not media_id:
            raise Refused(_("WeChat did not keep the draft."))
        post.upload.keep(draft={"mark": mark, "media_id": media_id})
        return media_id

    def _is_there(self, media_id: str) -> bool:
        try:
            self._wire.post("cgi-bin/draft/get", {"media_id": media_id}, purpose="read")
        except Refused:
            return False
        return True

    def _article(self, post: OutgoingPost) -> dict[str, Any]:
        options = post.options
        common = {
            "title": post.title,
            "need_open_comment": int(is_on(options, "comments")),
            "only_fans_can_comment": int(is_on(options, "fans_only")),
        }
        if is_pictures(post):
            return common | self._strip(post)
        places = {image.ref: self._inline(post, image) for image in post.images if image.ref in post.html}
        cover = post.cover or post.images[0]
        crops = {
            "pic_crop_235_1": crop(cover, WIDE, str(options.get("focus") or "")),
            "pic_crop_1_1": crop(cover, SQUARE, str(options.get("focus") or "")),
        }
        return common | {
            "article_type": "news",
            "author": str(options.get("author") or ""),
            "digest": post.summary,
            "content": rendered(post, places),
            "content_source_url": str(options.get("link") or ""),
            "thumb_media_id": self._material(post, cover),
            **{name: value for name, value in crops.items() if value},
        }

    def _strip(self, post: OutgoingPost) -> dict[str, Any]:
        images = [{"image_media_id": self._material(post, each)} for each in post.images]
        crops = [_crop_in_words(post, name, ratio) for name, ratio in (("1_1", SQUARE), ("2.35_1", WIDE))]
        return {
            "article_type": "newspic",
            "content": post.text,
            "image_info": {"image_list": images},
            "cover_info": {"crop_percent_list": [each for each in crops if each]},
        }

    def _inline(self, post: OutgoingPost, image: OutgoingImage) -> str:
        """Return the platform's address of a picture of the text."""
        content, mime = _fitted(image, INLINE_BYTES_MAX, INLINE_TYPES)

        def upload(name: str) -> object:
            return self._wire.upload("cgi-bin/media/uploadimg", f"{name}.{EXTENSIONS[mime]}", mime, content).get(
                "url"
            )

        return self._once(post, "inline", content, upload)

    def _material(self, post: OutgoingPost, image: OutgoingImage) -> str:
        """Return the media id of a picture in the account's library: covers and strips."""
        content, mime = _fitted(image, MATERIAL_BYTES_MAX, set(EXTENSIONS))

        def upload(name: str) -> object:
            file = f"{name}.{EXTENSIONS[mime]}"
            answer = self._wire.upload("cgi-bin/material/add_material", file, mime, content, type="image")
            return answer.get("media_id")

        return self._once(post, "material", content, upload)

    def _once(self, post: OutgoingPost, what: str, content: bytes, upload: Callable[[str], object]) -> str:
        """Upload a picture unless an earlier attempt of the same publication did."""
        name = hashlib.sha256(content).hexdigest()[:24]
        known = dict(post.upload.known.get(what) or {})
        if name not in known:
            made = upload(name)
            if not made:
                raise Refused(_("WeChat did not keep a picture."))
            known[name] = str(made)
            post.upload.keep(**{what: known})
        return str(known[name])


def crop(image: OutgoingImage, ratio: float, focus: str) -> str:
    """Return the part of the cover that fits `ratio`, as the draft names it: X1_Y1_X2_Y2 in shares of the picture."""
    if not image.width or not image.height:
        return ""
    own = image.width / image.height
    width, height = (ratio / own, 1.0) if own > ratio else (1.0, own / ratio)
    share = {"start": 0.0, "end": 1.0}.get(focus, 0.5)
    left, top = (1 - width) * share, (1 - height) * share
    return "_".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in (left, top, left + width, top + height))


def _fitted(image: OutgoingImage, most: int, types: set[str]) -> tuple[bytes, str]:
    """Return the picture in a type and size that the call takes."""
    content = image.read()
    try:
        if image.mime not in types:
            content, mime, _size = pictures.as_jpeg(content, most)
        else:
            content, mime, _size = pictures.fit(content, image.mime, (image.width, image.height), most)
    except pictures.Unreadable:
        raise Refused(
            _("The picture “%(name)s” cannot be made small enough for WeChat.") % {"name": image.name}
        ) from None
    return content, mime


def _crop_in_words(post: OutgoingPost, name: str, ratio: float) -> dict[str, str]:
    """Return the part of the first picture that fits `ratio`, as a picture message names it."""
    part = crop(post.images[0], ratio, str(post.options.get("focus") or ""))
    return {"ratio": name, **dict(zip(("x1", "y1", "x2", "y2"), part.split("_"), strict=True))} if part else {}
