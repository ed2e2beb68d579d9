"""What comes in from outside, made safe to show. Pure: no database, no clock.

The connector sends HTML that was sanitised already; the site does not rely on it.
"""

import hashlib
import html
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import nh3
from django.utils.text import slugify
from django.utils.translation import gettext as _
from PIL import Image

from mediaops.errors import UserError
from platforms.connectors.markup import plain_text

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr"),
    *("img", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
LINKS = {"http", "https", "mailto", "tel"}
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}
IMAGE_BYTES_MAX = 20_000_000
IMAGE_PIXELS_MAX = 40_000_000
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
IMG = re.compile(r'<img((?:\s[\w-]+="[^"]*")*)\s*/?>')
"""A picture as nh3 writes it: every value in double quotes, and no other "<" that is not a tag."""
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
IMAGE_NAME = re.compile(r"/media/([0-9a-f]{64})\.(?:jpg|png|gif|webp)$")


class BadPicture(UserError):
    """The bytes are not a picture that the site shows."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "bad_picture"


@dataclass(frozen=True)
class Picture:
    """What the bytes of a picture turned out to be, whatever they were called."""

    sha256: str
    mime: str
    width: int
    height: int


@dataclass(frozen=True)
class Shown:
    """A picture of the site: its address and its size in pixels."""

    url: str
    width: int
    height: int


def clean_text(text: object, *, most: int | None = None) -> str:
    """Return the text without control characters (XML cannot hold them), cut to `most` characters."""
    words = CONTROLS.sub("", str(text or "")).strip()
    return words[:most] if most else words


def clean_line(text: object, *, most: int) -> str:
    """Return the text on one line, cut to `most` characters."""
    return " ".join(clean_text(text).split())[:most]


def digest_in(src: str) -> str:
    """Return the digest in the address of one of the site's pictures, "" for any other address."""
    found = IMAGE_NAME.search(src or "")
    return found[1] if found else ""


def digests_in(cleaned: str) -> list[str]:
    """Return the digests of the site's pictures in HTML from `clean_html`, in order."""
    found = (digest_in(_attributes(image[1]).get("src", "")) for image in IMG.finditer(cleaned))
    return [digest for digest in found if digest]


def clean_html(source: str) -> str:
    """Return the HTML with nothing in it that could run, load from elsewhere or break the page.

    A first heading becomes a second one: the page's title is the only h1.
    """
    levelled = re.sub(r"<(/?)h1\b", r"<\1h2", CONTROLS.sub("", source), flags=re.IGNORECASE)
    return nh3.clean(
        levelled,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=LINKS,
        link_rel="noopener",
        attribute_filter=_attribute,
    ).strip()


def with_pictures(cleaned: str, pictures: Mapping[str, Shown]) -> str:
    """Point every picture at its address on the site and say its size; leave out those it does not have.

    `pictures` is by digest; `cleaned` comes from `clean_html`.
    """

    def written(image: re.Match[str]) -> str:
        attributes = _attributes(image[1])
        shown = pictures.get(digest_in(attributes.get("src", "")))
        if shown is None:
            return ""
        size = {"width": str(shown.width), "height": str(shown.height)}
        words = {name: attributes[name] for name in ("alt", "title") if name in attributes}
        whole = {"src": shown.url, "alt": "", **words, **size, "loading": "lazy", "decoding": "async"}
        told = "".join(f' {name}="{html.escape(value)}"' for name, value in whole.items())
        return f"<img{told}>"

    return IMG.sub(written, cleaned)


def words_of(cleaned: str) -> str:
    """Return the words of cleaned HTML, one line per block."""
    return plain_text(cleaned)


def slug_of(title: str, key: str) -> str:
    """Return the last part of an article's address: its Latin words and a code taken from its key.

    The same key gives the same code, so that no look-up is needed to be unique.
    """
    code = hashlib.sha256(key.encode()).hexdigest()[:10]
    words = slugify(title)[:60].strip("-")
    return f"{words}-{code}" if words else code


def look_at(data: bytes) -> Picture:
    """Say what the bytes are by looking at them, or raise BadPicture with the reason."""
    if len(data) > IMAGE_BYTES_MAX:
        raise BadPicture(_("A picture may have %(n)d MB at most.") % {"n": IMAGE_BYTES_MAX // 1_000_000})
    try:
        with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
            kind, (width, height) = image.format or "", image.size
            if width * height > IMAGE_PIXELS_MAX:
                raise BadPicture(
                    _("A picture may have %(n)d megapixels at most.") % {"n": IMAGE_PIXELS_MAX // 1_000_000}
                )
            image.verify()
    except BadPicture:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadPicture(_("This is not a JPEG, PNG, GIF or WebP picture.")) from None
    return Picture(hashlib.sha256(data).hexdigest(), FORMATS[kind], width, height)


def _attributes(written: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(written)}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Leave out links that lead nowhere, pictures from elsewhere, and classes other than a code's language."""
    if tag == "a" and name == "href" and not re.match(r"(https?:|mailto:|tel:|#)", value, re.IGNORECASE):
        return None
    if tag == "img" and name == "src":
        return value if digest_in(value) else None
    if name == "class" and not re.fullmatch(r"language-[\w+#-]+", value):
        return None
    return value
