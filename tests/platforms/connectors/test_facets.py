import pytest

from platforms.connectors.bluesky.facets import facets_of, pieces_of


def marked(text):
    return [(piece.kind, text[piece.start : piece.end], piece.value) for piece in pieces_of(text)]


def in_bytes(text):
    """What a reader of the record would cut out of the UTF-8 text."""
    encoded = text.encode()
    facets = facets_of(text, lambda handle: f"did:plc:{handle}")
    return [encoded[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in facets]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("见https://a.example/x吧", "https://a.example/x"),
        ("https://a.example/x。", "https://a.example/x"),
        ("(https://a.example/x).", "https://a.example/x"),
        ("https://a.example/wiki/Tea_(drink)", "https://a.example/wiki/Tea_(drink)"),
        ("HTTP://A.example?q=1&b=%E8%8C%B6#top!", "HTTP://A.example?q=1&b=%E8%8C%B6#top"),
        ("《https://a.example/》", "https://a.example/"),
    ],
)
def test_link_ends_where_the_address_ends(text, link):
    assert marked(text) == [("link", link, link)]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#春茶 好", [("#春茶", "春茶")]),
        ("#春茶#好 #", [("#春茶#", "春茶")]),
        ("#春茶##白茶#", [("#春茶#", "春茶"), ("#白茶#", "白茶")]),
        ("上新#春茶# 好", [("#春茶#", "春茶")]),
        ("＃春茶，#白茶。", [("＃春茶", "春茶"), ("#白茶", "白茶")]),
        ("#tea_time-2026!", [("#tea_time-2026", "tea_time-2026")]),
        ("#2026 #1 C# a#b &#39; #️⃣", []),
        ("#🍵tea", [("#🍵tea", "🍵tea")]),
        (f"#{'长' * 65}", []),
    ],
)
def test_tags(text, tags):
    assert marked(text) == [("tag", shown, value) for shown, value in tags]


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("感谢@Bob.test的推荐", ["bob.test"]),
        ("(@a.bsky.social)", ["a.bsky.social"]),
        ("mail bob@tea.example", []),
        ("@bob", []),
        ("https://a.example/@bob.test", []),
    ],
)
def test_mentions(text, handles):
    assert [value for kind, _shown, value in marked(text) if kind == "mention"] == handles


def test_offsets_count_bytes():
    assert in_bytes("🍵春 #茶 @a.test é https://a.example") == ["#茶", "@a.test", "https://a.example"]


def test_nothing_lies_inside_another():
    assert [kind for kind, *_rest in marked("https://a.example/x#tag@b.test #tag")] == ["link", "tag"]


def test_mention_of_nobody_stays_plain():
    assert facets_of("@nobody.test", lambda _handle: None) == []
