"""Small pure steps on HTML that several connectors need."""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser

from django.core.exceptions import SuspiciousOperation
from django.utils.html import strip_tags

BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|blockquote|tr|figure|figcaption|pre)>", re.IGNORECASE)


def rewrite_images(source: str, attributes: Mapping[str, Mapping[str, str]]) -> str:
    """Return `source` with new attributes on its pictures; everything else is kept letter by letter.

    `attributes` maps a picture's `src` to what its tag gets (`src`, `class`, …); pictures that it
    does not name are left alone.
    """
    rewriter = _Rewriter(attributes)
    rewriter.feed(source)
    rewriter.close()
    return "".join(rewriter.parts)


def plain_text(source: str) -> str:
    """Return the words of a piece of HTML, one line per block."""
    source = BLOCK_END.sub("\n", source)
    try:
        words = html.unescape(strip_tags(source))
    except (AssertionError, SuspiciousOperation):  # the parser gives up on `<![…`, Django on a flood of open tags
        words = html.unescape(re.sub(r"<[^>]*>?", " ", source))
    lines = (" ".join(line.split()) for line in words.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Rewriter(HTMLParser):
    def __init__(self, attributes: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._attributes = attributes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        new = self._attributes.get(dict(attrs).get("src") or "") if tag == "img" else None
        if new is None:
            self.parts.append(self.get_starttag_text() or "")
            return
        merged = {**dict(attrs), **new}
        written = "".join(f' {name}="{html.escape(value or "")}"' for name, value in merged.items())
        self.parts.append(f"<img{written}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")
