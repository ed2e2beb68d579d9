"""Make a picture fit a platform's size in bytes."""

import io

from PIL import Image, ImageOps

SIDE_MAX = 4096
QUALITIES = (88, 80, 70)
SHRINKS = (1.0, 0.75, 0.55, 0.4, 0.25)


class Unreadable(Exception):
    """The bytes are no picture, or not one that can be made small enough."""


def fit(content: bytes, mime: str, size: tuple[int, int], max_bytes: int) -> tuple[bytes, str, tuple[int, int]]:
    """Return the picture, its type and its (width, height), in at most `max_bytes`.

    A picture that fits is passed on untouched. Others become JPEG: first with less quality, then
    with fewer pixels; transparency turns white, an animation becomes its first frame.
    """
    if len(content) <= max_bytes:
        return content, mime, size
    return as_jpeg(content, max_bytes)


def as_jpeg(content: bytes, max_bytes: int) -> tuple[bytes, str, tuple[int, int]]:
    """Return the picture as JPEG, its type and its (width, height), in at most `max_bytes`; see `fit`."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            picture = _flat(ImageOps.exif_transpose(opened))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Unreadable(str(error)) from None
    for share in SHRINKS:
        smaller = _scaled(picture, share)
        for quality in QUALITIES:
            written = io.BytesIO()
            smaller.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
            if written.tell() <= max_bytes:
                return written.getvalue(), "image/jpeg", smaller.size
    raise Unreadable("too large")


def _flat(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _scaled(picture: Image.Image, share: float) -> Image.Image:
    side = max(picture.size)
    share = min(share, share * SIDE_MAX / side)
    if share >= 1:
        return picture
    return picture.resize((max(1, round(picture.width * share)), max(1, round(picture.height * share))))
