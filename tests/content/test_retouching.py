import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from content import retouching
from content.pictures import PictureRefused, read_picture


def picture(width, height, kind="PNG", mode="RGB", colour="teal"):
    out = io.BytesIO()
    Image.new(mode, (width, height), colour).save(out, kind)
    return out.getvalue()


def noise(width, height, kind="PNG"):
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, kind)
    return out.getvalue()


def size(data):
    return Image.open(io.BytesIO(data)).size


def kind(data):
    return Image.open(io.BytesIO(data)).format


@given(
    st.integers(1, 120), st.integers(1, 120), st.sampled_from([3 / 4, 1, 16 / 9, 1.91, 0.05]),
    st.sampled_from([0, 0.3, 0.5, 1]), st.sampled_from([0, 0.5, 0.9, 1]),
)  # fmt: skip
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_cropped_picture_is_as_large_as_the_shape_allows(width, height, ratio, x, y):
    across, down = size(retouching.crop(picture(width, height), ratio, focus=(x, y)))
    assert across == width or down == height
    assert abs(across - min(width, height * ratio)) <= 1
    assert abs(down - min(height, width / ratio)) <= 1


def test_what_the_focus_names_stays():
    image = Image.new("RGB", (300, 100), "white")
    image.paste("red", (280, 0, 300, 100))
    out = io.BytesIO()
    image.save(out, "PNG")
    kept = Image.open(io.BytesIO(retouching.crop(out.getvalue(), 1, focus=(1, 0.5))))
    assert kept.getpixel((99, 50)) == (255, 0, 0)
    gone = Image.open(io.BytesIO(retouching.crop(out.getvalue(), 1)))
    assert (255, 0, 0) not in {colour for _n, colour in gone.getcolors()}


@pytest.mark.parametrize("source", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_shrunk_below_the_bytes(source):
    made = retouching.shrink(noise(600, 400, source), bytes_max=20_000)
    assert len(made) <= 20_000
    assert kind(made) == "JPEG"


def test_a_picture_is_shrunk_below_the_pixels_and_keeps_its_shape():
    across, down = size(retouching.shrink(picture(400, 200), pixels_max=20_000))
    assert across * down <= 20_000
    assert across == 2 * down == 200


def test_what_cannot_get_that_small_is_refused():
    with pytest.raises(PictureRefused):
        retouching.shrink(noise(600, 400), bytes_max=10)


def test_see_through_becomes_white_in_jpeg():
    made = retouching.convert(picture(10, 10, mode="RGBA", colour=(0, 0, 0, 0)), "image/jpeg")
    assert Image.open(io.BytesIO(made)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(("source", "mime"), [("GIF", "image/jpeg"), ("WEBP", "image/png"), ("JPEG", "image/png")])
def test_pictures_are_converted(source, mime):
    assert read_picture(retouching.convert(picture(10, 10, source), mime)).mime == mime


@pytest.mark.parametrize(("count", "shape"), [(2, 2.0), (3, 1.0), (4, 1.0), (5, 1.5), (9, 1.0)])
def test_pictures_are_joined_in_rows(count, shape):
    across, down = size(retouching.join([picture(30, 50)] * count))
    assert across / down == pytest.approx(shape, abs=0.02)
    assert max(across, down) <= retouching.GRID_SIDE


def test_one_picture_is_cut_into_nine_squares():
    parts = retouching.split(picture(100, 92))
    assert [size(part) for part in parts] == [(30, 30)] * 9


def test_a_picture_that_is_too_small_is_not_cut():
    with pytest.raises(PictureRefused):
        retouching.split(picture(2, 2))


@pytest.mark.parametrize("mode", ["P", "L", "CMYK", "1", "I;16"])
def test_odd_pictures_can_be_retouched(mode):
    out = io.BytesIO()
    image = Image.new("L", (40, 20), 90)
    image = image.convert("I").convert("I;16") if mode == "I;16" else image.convert(mode)
    image.save(out, "JPEG" if mode == "CMYK" else "PNG")
    data = out.getvalue()
    for made in (retouching.crop(data, 1), retouching.shrink(data, bytes_max=5000), retouching.join([data, data])):
        assert read_picture(made).width > 0
