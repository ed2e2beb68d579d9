"""Articles as they are sent, letter by letter: `tests/fixtures/wechat/<theme>.html` are the goldens.

After a wanted change write them anew: GOLDENS=write pytest tests/platforms/connectors/test_wechat_rendering.py
"""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from content import markdown
from platforms.connectors.wechat.rendering import CONTENT_MAX, article, measured
from platforms.connectors.wechat.spec import check, shown
from platforms.connectors.wechat.themes import THEMES
from tests.platforms.connectors.posts import make_image, make_outgoing

FOLDER = Path(__file__).parents[2] / "fixtures" / "wechat"
SOURCE = markdown.to_html((FOLDER / "article.md").read_text())
PLACES = {"/w/lanxu/assets/1/file": "http://mmbiz.qpic.cn/mmbiz_jpg/abc/0"}
ALLOWED = {
    *(
        "section",
        "p",
        "h2",
        "h3",
        "h4",
        "br",
        "hr",
        "img",
        "a",
        "strong",
        "em",
        "s",
        "del",
        "sup",
        "code",
        "ul",
        "ol",
    ),
    *("li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"),
}


class Tags(HTMLParser):
    def __init__(self, source):
        super().__init__()
        self.found = []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def made(source, **words):
    return article(source, PLACES, notes_title="参考链接", **words)


@pytest.mark.parametrize("theme", THEMES)
def test_theme_is_as_it_was(theme):
    golden, now = FOLDER / f"{theme}.html", made(SOURCE, theme=theme)
    if os.environ.get("GOLDENS") == "write":
        golden.write_text(now + "\n")
    assert now + "\n" == golden.read_text()


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_is_left_that_the_platform_drops(theme):
    for tag, attrs in Tags(made(SOURCE, theme=theme)).found:
        assert tag in ALLOWED
        assert set(attrs) <= {"style", "src", "alt", "href", "start"}
        assert "position" not in attrs.get("style", "")
    assert "<script" not in made(SOURCE, theme=theme)


def test_link_outside_becomes_a_footnote_once():
    words = made(SOURCE)
    assert words.count("https://lanxu.example/a?x=1&amp;y=2") == 1
    assert len(re.findall(r"<sup[^>]*>\[1\]</sup>", words)) == 2
    assert words.count('<a href="https://mp.weixin.qq.com/s/abc"') == 1
    assert "lanxu.example/b" in words
    assert words.count("<a ") == 1


def test_text_without_links_has_no_list_of_links():
    assert "参考链接" not in made("<p>茶</p>")


@pytest.mark.parametrize(
    "href",
    ["javascript:alert(1)", "https://mp.weixin.qq.com@evil.example/", "https://[", "//mp.weixin.qq.com/s", ""],
)
def test_odd_addresses_are_no_links(href):
    assert "<a " not in made(f'<p><a href="{href}">看</a></p>')


def test_picture_that_was_not_uploaded_is_left_out():
    words = made(SOURCE)
    assert "elsewhere.example" not in words
    assert re.findall(r'<img src="([^"]*)"', words) == [PLACES["/w/lanxu/assets/1/file"]]


def test_caption_is_the_title_and_if_wanted_the_description():
    source = '<p><img src="/w/lanxu/assets/1/file" alt="一片茶园"></p>'
    assert "一片茶园</p>" not in made(source)
    assert "一片茶园</p>" in made(source, captions=True)
    assert "清晨的茶园</p>" in made(SOURCE, captions=True)


def test_code_keeps_its_breaks_and_spaces():
    words = made("<pre><code>if a:\n    b  = 1 &lt; 2\n</code></pre>")
    assert "if a:<br>&nbsp;&nbsp;&nbsp; b&nbsp; = 1 &lt; 2</section>" in words


def test_wide_table_scrolls_by_itself():
    assert re.search(r'<section style="[^"]*overflow-x:auto"><table', made(SOURCE))


@pytest.mark.parametrize(
    "source", ["", "<p>", "</p></div>", "<p><b>x</p>", "<figure><img src='a'></figure>", "<p>&#0;"]
)
def test_broken_html_is_survived(source):
    assert made(source).startswith("<section")


def test_words_are_never_taken_for_markup():
    assert "<b>" not in made("<p>&lt;b&gt; &amp;amp;</p>")
    words = made('<p><img src="/w/lanxu/assets/1/file" alt="&quot;&gt;&lt;b"></p>')
    assert [tag for tag, _attrs in Tags(words).found] == ["section", "section", "img"]


def test_measure_counts_what_uploaded_pictures_will_add():
    source = '<p><img src="/a"></p>'
    assert len(measured(source, ["/a"])) > len(article(source, {"/a": "x"}))


def codes(post):
    return {finding.code: finding.level for finding in check(post)}


def test_text_that_fits_only_without_its_layout_is_a_warning():
    text = "茶" * 15
    html = f"<p>{text}</p>" * 500
    post = make_outgoing(text=text * 500, html=html, title="茶")
    assert len(post.text) < CONTENT_MAX < len(measured(html, []))
    assert codes(post) == {"article_maybe_long": "warn"}


def test_long_title_is_a_warning():
    assert codes(make_outgoing(title="茶" * 33)) == {"title_maybe_long": "warn"}
    assert codes(make_outgoing(title="x" * 64)) == {}


def test_preview_holds_no_markup_from_title_and_author():
    post = make_outgoing(title="<b>", options={"author": "<i>"}, images=(make_image(),))
    assert "<b>" not in shown(post)
    assert "<i>" not in shown(post)
