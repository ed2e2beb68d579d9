"""Nothing from outside: what a browser loads lies in the repository, with licence and reason."""

import re
from itertools import chain

import pytest

from tests.house.sources import ROOT

VENDOR = ROOT / "static" / "vendor"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons.svg").read_text(encoding="utf-8")))
ICON = re.compile(r"""\{%\s*icon\s+["']([\w-]+)["']""")
MAILS = {path for path in TEMPLATES if path.stem in ("mail", "password_reset_email")}


def text_of(path):
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", sorted(path.name for path in VENDOR.iterdir()))
def test_each_library_has_its_licence_and_its_reason(folder):
    assert list((VENDOR / folder).glob("LICENSE*"))
    assert f"| {folder} |" in (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_loads_from_outside_or_carries_script_and_style(path):
    text = text_of(path)
    assert not re.findall(r"""<(?:script|link|img)[^>]+(?:src|href)=["']https?:""", text)
    if path in MAILS:
        return
    assert not re.findall(r"""<script(?![^>]*(?:\bsrc=|application/json))[^>]*>""", text)
    assert not re.findall(r"<style\b", text)
    assert not re.findall(r"""<[a-z][^>]*\s(?:style|on[a-z]+)=["']""", text)


def test_every_icon_that_a_template_names_is_in_the_sprite():
    named = set(chain.from_iterable(ICON.findall(text_of(path)) for path in TEMPLATES))
    assert named - SPRITE == set()


def test_every_state_has_its_icon():
    from mediaops.templatetags.ui import STATE_ICONS

    assert set(STATE_ICONS.values()) - SPRITE == set()


def test_style_sheets_load_only_our_files():
    for path in (ROOT / "static" / "css").glob("*.css"):
        assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", text_of(path)), path.name
