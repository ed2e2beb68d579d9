import io

import pytest
from PIL import Image

from platforms.connectors.markup import plain_text, rewrite_images
from platforms.connectors.pictures import Unreadable, fit
from tests.platforms.connectors.posts import make_image


def test_small_picture_is_passed_on_untouched():
    picture = make_image()
    assert fit(picture.read(), picture.mime, (640, 400), 2_000_000) == (picture.read(), "image/png", (640, 400))


def test_large_picture_becomes_a_smaller_jpeg_of_the_same_shape():
    picture = make_image(size=(1600, 1000), noise=True)
    content, mime, (width, height) = fit(picture.read(), picture.mime, (1600, 1000), 300_000)
    assert len(content) <= 300_000
    assert mime == "image/jpeg"
    assert abs(width / height - 1.6) < 0.02
    assert Image.open(io.BytesIO(content)).size == (width, height)


def test_transparency_turns_white():
    clear = io.BytesIO()
    Image.effect_noise((900, 900), 80).convert("RGBA").save(clear, "PNG")
    picture = Image.open(clear)
    picture.putalpha(0)
    written = io.BytesIO()
    picture.save(written, "PNG")
    content, _mime, _size = fit(written.getvalue() + b" " * 900_000, "image/png", (900, 900), 500_000)
    assert Image.open(io.BytesIO(content)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"x" * 5000, b"\x89PNG\r\n\x1a\n" + b"\0" * 5000])
def test_what_is_no_picture_is_told(content):
    with pytest.raises(Unreadable):
        fit(content, "image/png", (1, 1), 1000)


def test_only_named_pictures_are_rewritten():
    html = '<!-- x --><p>a &lt; b &amp; &#8211; c<br></p><img src="/a?x=1&amp;y=2" alt="&quot;"/><img src="/b">'
    assert rewrite_images(html, {"/a?x=1&y=2": {"src": "https://x.example/?a&b"}}) == (
        "<!-- x --><p>a &lt; b &amp; &#8211; c<br></p>"
        '<img src="https://x.example/?a&amp;b" alt="&quot;"><img src="/b">'
    )


def test_html_becomes_lines_of_words():
    assert (
        plain_text("<h2>Tea &amp; more</h2>\n<p>One<br/>two</p><ul><li>a</li><li>b</li></ul>")
        == "Tea & more\n\nOne\ntwo\na\nb"
    )
