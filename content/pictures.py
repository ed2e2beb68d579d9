"""Picture files: what they are, made safe, made small. Bytes in, bytes out; no database.

The type is told by the bytes, never by the name. What a camera or a phone wrote beside the picture
(place, device, person) is taken out without touching the pixels; only a picture that lies on its
side is written anew.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from mediaops.errors import UserError
from platforms.limits import megabytes

MAX_BYTES = 20_000_000
MAX_PIXELS = 25_000_000
"""24-megapixel cameras fit; the decoded picture stays at 100 MB."""
MAX_SIDE = 16_000
THUMB_SIDE = 480

KINDS = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}
ORIENTATION = 0x0112
PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}


class PictureRefused(UserError):
    """The file cannot be taken into the library; the text says why and what to do."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "picture_refused"


@dataclass(frozen=True)
class Picture:
    """A picture made safe: upright, without metadata."""

    data: bytes
    mime: str
    extension: str
    width: int
    height: int
    thumbnail: bytes
    """WebP, at most 480 px on the longer side."""


def read_picture(data: bytes) -> Picture:
    """Return the picture that `data` holds, made safe, or raise PictureRefused."""
    _refuse_by_look(data)
    image = _open(data)
    kind = image.format or ""
    _refuse_by_size(image)
    try:
        clean, size = _clean(data, image)
        thumbnail = _thumbnail(clean)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError):
        raise PictureRefused(
            _("The file is damaged and cannot be opened. Export it again and upload that.")
        ) from None
    mime, extension = KINDS[kind]
    return Picture(clean, mime, extension, size[0], size[1], thumbnail)


def _refuse_by_look(data: bytes) -> None:
    if not data:
        raise PictureRefused(_("The file is empty."))
    if len(data) > MAX_BYTES:
        text = _("The file is %(value)s; the library takes up to %(limit)s. Make it smaller and upload it again.")
        raise PictureRefused(text % {"value": megabytes(len(data)), "limit": megabytes(MAX_BYTES)})
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<!doctype svg")) or (head.startswith((b"<?xml", b"<!--")) and b"<svg" in head):
        raise PictureRefused(_("SVG files can carry scripts, so the library does not take them. Export it as PNG."))
    if data.startswith(PROGRAMS):
        raise PictureRefused(_("This is a program, not a picture, whatever its name says. It was not kept."))
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise PictureRefused(_("This is a HEIC photo; platforms do not take those. Save it as JPEG and upload that."))


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=list(KINDS))
    except UnidentifiedImageError:
        text = _("This is not a picture that the library takes. Use JPEG, PNG, GIF or WebP.")
        raise PictureRefused(text) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(_too_many_pixels(_("more than 89 million"))) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error):
        raise PictureRefused(
            _("The file is damaged and cannot be opened. Export it again and upload that.")
        ) from None


def _refuse_by_size(image: Image.Image) -> None:
    """Judge by the header, before a pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        millions = _("%(count)s million") % {"count": round(width * height / 1e6)}
        raise PictureRefused(_too_many_pixels(f"{width} × {height}, {millions}"))
    if max(width, height) > MAX_SIDE:
        text = _("The picture is %(width)s × %(height)s; no side may be longer than %(limit)s pixels. Cut it.")
        raise PictureRefused(text % {"width": width, "height": height, "limit": MAX_SIDE})


def _too_many_pixels(size: str) -> str:
    text = _(
        "The picture has too many pixels (%(size)s); the library takes up to %(limit)s million. Make it smaller."
    )
    return text % {"size": size, "limit": MAX_PIXELS // 1_000_000}


def _clean(data: bytes, image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """Return the bytes upright and without metadata, and the size in pixels."""
    turn = image.getexif().get(ORIENTATION, 1)
    if turn not in (1, None) and not getattr(image, "is_animated", False):
        return _upright(image)
    strip = {"JPEG": _strip_jpeg, "PNG": _strip_png, "WEBP": _strip_webp}.get(image.format or "")
    return (strip(data) if strip else data), image.size


def _upright(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    kind = image.format
    options: dict[str, object] = {"icc_profile": image.info.get("icc_profile")}
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        image.load()
        options |= {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
        if options["subsampling"] == -1:
            del options["subsampling"]
    elif kind == "WEBP":
        options |= {"quality": 90}
    turned = ImageOps.exif_transpose(image)
    for name in ("exif", "xmp", "XML:com.adobe.xmp"):
        turned.info.pop(name, None)
    out = io.BytesIO()
    turned.save(out, kind, exif=b"", **options)
    return out.getvalue(), turned.size


def _strip_jpeg(data: bytes) -> bytes:
    """Leave out Exif and XMP (APP1), IPTC (APP13), comments, and what follows the picture's end.

    Phones hang further pictures with an Exif of their own behind the first (multi-picture format,
    announced in an APP2); colour profiles, APP2 as well, stay.
    """
    out, at = bytearray(data[:2]), 2
    while at + 2 <= len(data):
        mark = data[at + 1]
        if data[at] != 0xFF or mark == 0xFF:  # coded pixels, or filling between two segments
            after = data.find(b"\xff", at + 1)
            after = len(data) if after < 0 else after
            out += data[at:after]
            at = after
        elif mark == 0xD9:
            return bytes(out) + b"\xff\xd9"
        elif mark in (0x00, 0x01) or 0xD0 <= mark <= 0xD8:  # markers without a body
            out += data[at : at + 2]
            at += 2
        else:
            end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
            if not _is_told_aside(mark, data[at + 4 : end]):
                out += data[at:end]
            at = end
    return bytes(out)  # cut off before its end: decoding will tell


def _is_told_aside(mark: int, body: bytes) -> bool:
    return mark in (0xE1, 0xED, 0xFE) or (mark == 0xE2 and body.startswith(b"MPF\0"))


def _strip_png(data: bytes) -> bytes:
    """Leave out eXIf, text and time chunks, and whatever follows the end of the picture."""
    out, at = bytearray(data[:8]), 8
    while at + 8 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + length
        if name not in (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"):
            out += data[at:end]
        at = end
        if name == b"IEND":
            break
    return bytes(out)


def _strip_webp(data: bytes) -> bytes:
    """Leave out EXIF and XMP chunks and their flags in the header."""
    chunks = bytearray()
    for name, chunk in _webp_chunks(data):
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if name not in (b"EXIF", b"XMP "):
            chunks += chunk
    return data[:4] + struct.pack("<I", len(chunks) + 4) + b"WEBP" + bytes(chunks)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, stop = 12, min(len(data), 8 + struct.unpack("<I", data[4:8])[0])
    while at + 8 <= stop:
        length = struct.unpack("<I", data[at + 4 : at + 8])[0]
        end = at + 8 + length + (length & 1)
        yield data[at : at + 4], data[at:end]
        at = end


def _thumbnail(data: bytes) -> bytes:
    image = Image.open(io.BytesIO(data), formats=list(KINDS))
    image.draft("RGB", (THUMB_SIDE * 2, THUMB_SIDE * 2))
    image.load()
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    small = image.convert("RGBA" if has_alpha else "RGB")
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()
