"""Pictures made to fit: cropped, shrunk, converted, joined, split. Bytes in, bytes out; no database.

The original is never touched; what is made is a new picture. What is cropped or split keeps its kind
(a moving picture becomes a still PNG); what is shrunk or joined becomes JPEG, see-through places white.
"""

import io
import math
from collections.abc import Sequence

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from content.pictures import KINDS, PictureRefused

GRID_SIDE = 2160
"""Pixels of the longer side of a grid: sharp on a phone, small enough for every platform."""
GAP = 12
QUALITIES = (88, 80, 70, 60)
SHRINK_STEPS = 12


def crop(data: bytes, ratio: float, *, focus: tuple[float, float] = (0.5, 0.5)) -> bytes:
    """Cut the picture to width ÷ height = `ratio`; as much as possible stays around `focus`.

    `focus` are shares of width and height from the upper left corner, each 0 to 1.
    """
    image = _open(data)
    width = min(image.width, max(1, math.floor(image.height * ratio + 1e-6)))
    height = min(image.height, max(1, math.floor(image.width / ratio + 1e-6)))
    left = _around(focus[0], width, image.width)
    top = _around(focus[1], height, image.height)
    return _write(image.crop((left, top, left + width, top + height)), image.format)


def shrink(data: bytes, *, bytes_max: int | None = None, pixels_max: int | None = None) -> bytes:
    """Make the picture small enough; first its quality goes down, then its size.

    Raises PictureRefused when it cannot get that small.
    """
    image = _open(data)
    kind = image.format
    if pixels_max is not None and image.width * image.height > pixels_max:
        image = _scaled(image, math.sqrt(pixels_max / (image.width * image.height)))
    if bytes_max is None:
        return _write(image, kind)
    for _step in range(SHRINK_STEPS):
        for quality in QUALITIES:
            made = _write(image, "JPEG", quality=quality)
            if len(made) <= bytes_max:
                return made
        image = _scaled(image, 0.8)
    raise PictureRefused(_("The picture cannot be made that small. Choose another one."))


def convert(data: bytes, mime: str) -> bytes:
    """Write the picture as `mime`, image/jpeg or image/png; what is see-through becomes white in JPEG."""
    return _write(_open(data), "JPEG" if mime == "image/jpeg" else "PNG")


def join(pictures: Sequence[bytes]) -> bytes:
    """Put two to nine pictures into one: squares in rows, three side by side from five on."""
    across = 2 if len(pictures) in (2, 3, 4) else 3
    rows = math.ceil(len(pictures) / across)
    side = (GRID_SIDE - GAP * (across - 1)) // across
    sheet = Image.new("RGB", (across * side + GAP * (across - 1), rows * side + GAP * (rows - 1)), "white")
    for place, data in enumerate(pictures):
        row, column = divmod(place, across)
        in_row = len(pictures) - row * across
        shift = (across - in_row) * (side + GAP) // 2 if in_row < across else 0  # a short last row is centred
        tile = ImageOps.fit(_flat(_open(data)), (side, side), Image.Resampling.LANCZOS)
        sheet.paste(tile, (column * (side + GAP) + shift, row * (side + GAP)))
    return _write(sheet, "JPEG")


def split(data: bytes) -> list[bytes]:
    """Cut the middle square of a picture into nine, row by row."""
    image = _open(data)
    side = min(image.width, image.height) // 3
    if side < 1:
        raise PictureRefused(_("The picture is too small to be cut into nine."))
    left, top = (image.width - 3 * side) // 2, (image.height - 3 * side) // 2
    corners = [(left + side * column, top + side * row) for row in range(3) for column in range(3)]
    return [_write(image.crop((x, y, x + side, y + side)), image.format) for x, y in corners]


def _open(data: bytes) -> Image.Image:
    """Open a picture of the library: upright and checked when it came in; of a moving one the first frame."""
    image = Image.open(io.BytesIO(data), formats=list(KINDS))
    image.load()
    return image


def _around(focus: float, part: int, whole: int) -> int:
    return min(max(round(focus * whole - part / 2), 0), whole - part)


def _scaled(image: Image.Image, by: float) -> Image.Image:
    size = (max(1, math.floor(image.width * by)), max(1, math.floor(image.height * by)))
    return (image if image.mode in ("RGB", "RGBA", "L") else _full(image)).resize(size, Image.Resampling.LANCZOS)


def _is_see_through(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


def _full(image: Image.Image) -> Image.Image:
    return image.convert("RGBA" if _is_see_through(image) else "RGB")


def _flat(image: Image.Image) -> Image.Image:
    """Return the picture without anything see-through, on white."""
    full = _full(image)
    if full.mode == "RGB":
        return full
    sheet = Image.new("RGB", full.size, "white")
    sheet.paste(full, mask=full.getchannel("A"))
    return sheet


def _write(image: Image.Image, kind: str | None, *, quality: int = 90) -> bytes:
    out = io.BytesIO()
    profile = image.info.get("icc_profile") if image.mode != "CMYK" else None
    if kind == "JPEG":
        _flat(image).save(out, "JPEG", quality=quality, optimize=True, icc_profile=profile)
    elif kind == "WEBP":
        _full(image).save(out, "WEBP", quality=quality, icc_profile=profile)
    else:
        _full(image).save(out, "PNG", optimize=True, icc_profile=profile)
    return out.getvalue()
