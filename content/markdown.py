"""Markdown as the editor writes it: to clean HTML for articles, to plain text for notes.

GitHub's tables and strikethrough are on, footnotes off, a line break is a line break (as in the
editor). Raw HTML is shown as the words it is, never obeyed.
"""

import re
from collections.abc import Callable, Iterable

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"),
    *("pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
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

Rewrite = Callable[[str, str], tuple[str, str] | None]
"""Given a picture's (src, alt), say what to show instead; None leaves the picture out."""


def to_html(text: str, rewrite: Rewrite | None = None) -> str:
    """Return sanitised HTML. Without `rewrite`, pictures keep their addresses."""
    tokens = _parse(text)
    for token in _inline(tokens):
        token.children = [child for child in token.children or [] if _keep(child, rewrite)]
    raw = _parser.renderer.render(tokens, _parser.options, {})
    return nh3.clean(
        raw, tags=TAGS, attributes=ATTRIBUTES, url_schemes=LINKS, link_rel="noopener", attribute_filter=_attribute
    ).strip()


def to_plain(text: str) -> str:
    """Return the words alone: a blank line between blocks, links as `words address`, no pictures."""
    return _Plain().write(_parse(text))


def images(text: str) -> list[tuple[str, str]]:
    """Return (src, alt) of every picture in order of use; what stands in code is no picture."""
    return [
        (str(child.attrs.get("src", "")), child.content)
        for token in _inline(_parse(text))
        for child in token.children or []
        if child.type == "image"
    ]


def _parse(text: str) -> list[Token]:
    """Return the tokens with raw HTML turned into breaks and plain words."""
    tokens = _parser.parse(text.replace("\0", ""))
    for token in tokens:
        if token.type == "html_block":
            _as_words(token)
        for child in token.children or []:
            if child.type == "html_inline":
                _as_words(child)
    return tokens


def _as_words(token: Token) -> None:
    if token.type == "html_inline" and _BREAK.fullmatch(token.content):
        token.type, token.tag, token.content = "hardbreak", "br", ""
        return
    words = _COMMENT.sub("", token.content)
    if token.type == "html_inline":
        token.type, token.content = "text", words
        return
    inside = Token("text", "", 0, content=words.strip())
    token.type, token.content, token.children = "inline", words.strip(), [inside]


def _inline(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "inline"]


def _keep(child: Token, rewrite: Rewrite | None) -> bool:
    if child.type != "image" or rewrite is None:
        return True
    shown = rewrite(str(child.attrs.get("src", "")), child.content)
    if shown is None:
        return False
    src, alt = shown
    child.attrs["src"] = src
    child.content, child.children = alt, [Token("text", "", 0, content=alt)]
    return True


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Leave out links that lead nowhere outside, and classes other than a code block's language."""
    if tag == "a" and name == "href" and not re.match(r"(https?:|mailto:|tel:)", value, re.IGNORECASE):
        return None
    if name == "class" and not re.fullmatch(r"language-[\w+#-]+", value):
        return None
    return value


class _Plain:
    """Walks the tokens once and gathers lines; lists are numbered or get a dot."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.lists: list[int | None] = []
        self.row: list[str] | None = None
        self.mark = ""
        self.is_tight = False

    def write(self, tokens: list[Token]) -> str:
        for token in tokens:
            step = getattr(self, f"_{token.type}", None)
            if step is not None:
                step(token)
        return re.sub(r"\n{3,}", "\n\n", "".join(self.blocks)).strip()

    def _add(self, words: str) -> None:
        if self.row is not None:
            self.row.append(words)
        elif words.strip() or self.mark:
            self.blocks.append(f"{self.mark}{words.strip()}{self._end()}")
            self.mark = ""

    def _end(self) -> str:
        return "\n" if self.is_tight else "\n\n"

    def _inline(self, token: Token) -> None:
        self._add(_words(token.children or []))

    def _fence(self, token: Token) -> None:
        self._add(token.content.rstrip("\n"))

    _code_block = _fence

    def _bullet_list_open(self, token: Token) -> None:
        self.lists.append(None)

    def _ordered_list_open(self, token: Token) -> None:
        self.lists.append(int(token.attrs.get("start", 1)))

    def _bullet_list_close(self, token: Token) -> None:
        self.lists.pop()
        if not self.lists:
            self.is_tight = False
            self.blocks.append("\n")

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: Token) -> None:
        number = self.lists[-1]
        indent = "  " * (len(self.lists) - 1)
        self.mark = f"{indent}• " if number is None else f"{indent}{number}. "
        if number is not None:
            self.lists[-1] = number + 1

    def _paragraph_open(self, token: Token) -> None:
        self.is_tight = bool(self.lists) and token.hidden

    def _tr_open(self, token: Token) -> None:
        self.row = []

    def _tr_close(self, token: Token) -> None:
        cells, self.row = self.row or [], None
        self.blocks.append(" | ".join(cells) + "\n")

    def _table_close(self, token: Token) -> None:
        self.blocks.append("\n")


def _words(children: list[Token]) -> str:
    """Write inline tokens as plain words; a link whose words are not its address keeps both."""
    out: list[str] = []
    starts: list[tuple[int, str]] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            out.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            out.append("\n")
        elif child.type == "link_open":
            starts.append((len(out), str(child.attrs.get("href", ""))))
        elif child.type == "link_close" and starts:
            _close_link(out, *starts.pop())
    return "".join(out)


def _close_link(out: list[str], start: int, href: str) -> None:
    words = "".join(out[start:])
    if re.match(r"https?:", href) and words.strip() not in (href, href.removeprefix("mailto:")):
        out.append(f" {href}" if words.strip() else href)
