"""From our sanitised HTML to what an article may hold: inline styles, our pictures, no links outside.

The platform drops style sheets, classes, scripts and pictures that were not uploaded to it, and an
ordinary article cannot link elsewhere. So styles are written into each tag, a link outside becomes a
footnote with its address, and a picture without a new address is left out. Pure: nothing is asked.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import SplitResult, urlsplit

from platforms.connectors.wechat.themes import DEFAULT, THEMES, Theme

INSIDE = {"mp.weixin.qq.com"}
"""Hosts that an article may link to."""
CONTENT_MAX = 20_000
CONTENT_BYTES_MAX = 1_000_000
TYPICAL_ADDRESS = "http://mmbiz.qpic.cn/mmbiz_jpg/" + "x" * 110
"""As long as the addresses that uploaded pictures get, for measuring before there are any."""
PASSED = {"br", "em", "del", "s", "tbody", "thead", "tr"}
OWN_STEPS = {
    "a",
    "blockquote",
    "code",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "td",
    "th",
    "tr",
    "ul",
}
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
VOID = {"br", "hr", "img"}
BLANK = re.compile(r" (?= )|^ ", re.MULTILINE)
ALIGNS = {"left", "center", "right"}


@dataclass
class _Node:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: "list[_Node | str]" = field(default_factory=list)

    @property
    def words(self) -> str:
        return "".join(child if isinstance(child, str) else child.words for child in self.children)


def article(
    source: str,
    places: Mapping[str, str],
    *,
    theme: str = DEFAULT,
    notes_title: str = "",
    captions: bool = False,
) -> str:
    """Return the article's HTML.

    `places` maps a picture's `src` to its address at the platform; others are left out. A picture's
    title is its caption, with `captions` else its alternative text. `notes_title` heads the footnotes.
    """
    writer = _Writer(THEMES.get(theme, THEMES[DEFAULT]), places, captions=captions)
    body = writer.children(_without_blanks(_tree(source)))
    return f'<section style="{writer.style("body")}">{body}{writer.footnotes(notes_title)}</section>'


def measured(source: str, pictures: Iterable[str], *, theme: str = DEFAULT, captions: bool = False) -> str:
    """Return the article with addresses of the usual length, to see how long it will be."""
    return article(
        source, dict.fromkeys(pictures, TYPICAL_ADDRESS), theme=theme, notes_title="参考", captions=captions
    )


class _Builder(HTMLParser):
    """Reads well-formed HTML (ours is) into a tree; what is left open is closed at the end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("root")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(_Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def _tree(source: str) -> _Node:
    builder = _Builder()
    builder.feed(source)
    builder.close()
    return builder.root


class _Writer:
    def __init__(self, theme: Theme, places: Mapping[str, str], *, captions: bool) -> None:
        self._theme, self._places, self._captions = theme, places, captions
        self._depth = 0
        """How many lists and quotations are open: paragraphs stand closer in them."""
        self._notes: dict[str, tuple[int, str]] = {}
        """By address: number and words of the link."""

    def style(self, part: str) -> str:
        return self._theme.styles.get(part, "")

    def children(self, node: _Node) -> str:
        return "".join(_text(child) if isinstance(child, str) else self.one(child) for child in node.children)

    def one(self, node: _Node) -> str:
        own = getattr(self, f"_{node.tag}") if node.tag in OWN_STEPS else None
        if own is not None:
            return str(own(node))
        if node.tag in HEADINGS:
            return self._tag(HEADINGS[node.tag], node, HEADINGS[node.tag])
        if node.tag in PASSED:
            return "<br>" if node.tag == "br" else f"<{node.tag}>{self.children(node)}</{node.tag}>"
        return self.children(node)

    def footnotes(self, title: str) -> str:
        if not self._notes:
            return ""
        lines = "".join(
            f'<p style="{self.style("note")}">[{number}] {_text(_note(words, address))}</p>'
            for address, (number, words) in self._notes.items()
        )
        return f'<p style="{self.style("notes")}">{_text(title)}</p>{lines}'

    def _tag(self, tag: str, node: _Node, part: str, more: str = "") -> str:
        style = ";".join(each for each in (self.style(part), more) if each)
        return f'<{tag} style="{style}">{self.children(node)}</{tag}>' if style else self._bare(tag, node)

    def _bare(self, tag: str, node: _Node) -> str:
        return f"<{tag}>{self.children(node)}</{tag}>"

    def _p(self, node: _Node) -> str:
        """A paragraph; one that is nothing but pictures becomes figures."""
        parts = [child for child in node.children if not isinstance(child, str) or child.strip()]
        pictures = [child for child in parts if isinstance(child, _Node) and child.tag == "img"]
        if parts and len(pictures) == len([child for child in parts if not _is_break(child)]):
            return "".join(self._picture(picture) for picture in pictures)
        return self._tag("p", node, "inner" if self._depth else "p")

    def _picture(self, node: _Node) -> str:
        picture = self._img(node)
        words = node.attrs.get("title", "").strip()
        words = words or (node.attrs.get("alt", "").strip() if self._captions else "")
        caption = f'<p style="{self.style("caption")}">{_text(words)}</p>' if picture and words else ""
        return f'<section style="{self.style("figure")}">{picture}{caption}</section>' if picture else ""

    def _img(self, node: _Node) -> str:
        address = self._places.get(node.attrs.get("src", ""))
        if not address:
            return ""
        alt = html.escape(node.attrs.get("alt", ""))
        return f'<img src="{html.escape(address)}" alt="{alt}" style="{self.style("img")}">'

    def _a(self, node: _Node) -> str:
        address = node.attrs.get("href", "")
        parts = _parts(address)
        if parts is not None and parts.scheme in {"http", "https"} and parts.hostname in INSIDE:
            return f'<a href="{html.escape(address)}" style="{self.style("link")}">{self.children(node)}</a>'
        shown, words = self.children(node), node.words.strip()
        plain = address.removeprefix("mailto:").removeprefix("tel:")
        if not address or words in {address, plain}:
            return shown
        number, _words = self._notes.setdefault(address, (len(self._notes) + 1, words))
        return f'{shown}<sup style="{self.style("mark")}">[{number}]</sup>'

    def _strong(self, node: _Node) -> str:
        return self._tag("strong", node, "strong")

    def _blockquote(self, node: _Node) -> str:
        return self._nested("blockquote", node, "blockquote")

    def _ul(self, node: _Node) -> str:
        return self._nested("ul", node, "list")

    def _nested(self, tag: str, node: _Node, part: str) -> str:
        self._depth += 1
        made = self._tag(tag, _without_blanks(node), part)
        self._depth -= 1
        return made

    def _ol(self, node: _Node) -> str:
        start = node.attrs.get("start", "")
        made = self._nested("ol", node, "list")
        return made.replace("<ol", f'<ol start="{int(start)}"', 1) if start.isdigit() and len(start) < 7 else made

    def _li(self, node: _Node) -> str:
        """A list item; a single paragraph in it would only make space, so it goes."""
        is_loose = any(isinstance(child, _Node) and child.tag == "p" for child in node.children)
        inner = _without_blanks(node) if is_loose else node
        only = inner.children[0] if len(inner.children) == 1 else None
        return self._tag("li", only if isinstance(only, _Node) and only.tag == "p" else inner, "li")

    def _code(self, node: _Node) -> str:
        return self._tag("code", node, "code")

    def _pre(self, node: _Node) -> str:
        """A block of code, with every break and space written out: the platform folds them."""
        lines = html.escape(node.words.rstrip("\n").expandtabs(4), quote=False).split("\n")
        shown = "<br>".join(BLANK.sub("&nbsp;", line) for line in lines)
        return f'<section style="{self.style("pre")}">{shown}</section>'

    def _hr(self, node: _Node) -> str:
        return f'<hr style="{self.style("hr")}">'

    def _table(self, node: _Node) -> str:
        """A table that scrolls by itself when the phone is too narrow."""
        for part in (node, *(child for child in node.children if isinstance(child, _Node))):
            part.children = _without_blanks(part).children
        made = self._tag("table", node, "table")
        return f'<section style="{self.style("scroll")}">{made}</section>'

    def _tr(self, node: _Node) -> str:
        return self._bare("tr", _without_blanks(node))

    def _th(self, node: _Node) -> str:
        return self._cell(node)

    def _td(self, node: _Node) -> str:
        return self._cell(node)

    def _cell(self, node: _Node) -> str:
        align = node.attrs.get("align", "")
        return self._tag(node.tag, node, node.tag, f"text-align:{align}" if align in ALIGNS else "")


def _text(words: str) -> str:
    return html.escape(words, quote=False)


def _note(words: str, address: str) -> str:
    return f"{words}: {address}" if words else address


def _is_break(child: "_Node | str") -> bool:
    return isinstance(child, _Node) and child.tag == "br"


def _without_blanks(node: _Node) -> _Node:
    """Return the node without the white space between its blocks."""
    return _Node(
        node.tag, node.attrs, [child for child in node.children if not isinstance(child, str) or child.strip()]
    )


def _parts(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
