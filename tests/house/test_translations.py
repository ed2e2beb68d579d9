"""Every text of code and templates is there in Chinese."""

import shutil

import polib
import pytest
from django.core.management import call_command

from tests.house.sources import ROOT

CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))


@pytest.mark.skipif(not shutil.which("xgettext"), reason="no gettext here")
def test_every_text_is_translated(capsys):
    call_command("messages", check=True)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_no_translation_is_a_guess(file):
    entries = polib.pofile(str(file))
    assert [entry.msgid for entry in entries if entry.fuzzy] == []


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])
def test_chinese_is_set_as_the_house_sets_it(file):
    """你 rather than 您, no exclamation marks, 「」 rather than “”."""
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(file))
        for said in [entry.msgstr, *entry.msgstr_plural.values()]
        if any(sign in said for sign in "您！“”")
    ]
    assert not wrong, wrong
