import shutil

import polib
import pytest
from django.utils import translation

from mediaops.lib import catalogue
from mediaops.management.commands import prepare

needs_gettext = pytest.mark.skipif(not shutil.which("xgettext"), reason="no gettext here")


def gathered(tmp_path, code="", template=""):
    (tmp_path / "a.py").write_text(code)
    (tmp_path / "a.html").write_text(template)
    return catalogue.extract(tmp_path, [tmp_path / "a.py"], [tmp_path / "a.html"])


def po(*entries):
    file = polib.POFile()
    file.extend(polib.POEntry(**entry) for entry in entries)
    return file


@needs_gettext
def test_texts_of_code_and_templates_are_found(tmp_path):
    texts = gathered(
        tmp_path,
        'x = _("From code"), pgettext("verb", "Post"), ngettext("%(n)s day", "%(n)s days", n)',
        '{% translate "From a page" %}{% blocktranslate with a=b %}Hello {{ a }}{% endblocktranslate %}',
    )
    assert {entry.msgid for entry in texts} == {"From code", "Post", "%(n)s day", "From a page", "Hello %(a)s"}


@needs_gettext
def test_text_without_translation_is_named_with_its_place(tmp_path):
    found = catalogue.compare(gathered(tmp_path, 'x = _("New words")'), po())
    assert found.missing == ["a.py:1  'New words'"]


@needs_gettext
def test_lost_placeholder_is_named(tmp_path):
    texts = gathered(tmp_path, 'x = _("Hello %(name)s")')
    assert catalogue.compare(texts, po({"msgid": "Hello %(name)s", "msgstr": "你好"})).broken
    assert not catalogue.compare(texts, po({"msgid": "Hello %(name)s", "msgstr": "%(name)s 你好"})).broken


@needs_gettext
def test_renewing_keeps_what_is_translated_and_drops_what_nobody_says(tmp_path):
    texts = gathered(tmp_path, 'x = _("Kept"), _("New")')
    known = po({"msgid": "Kept", "msgstr": "留下"}, {"msgid": "Gone", "msgstr": "走了"})
    catalogue.renew(texts, known)
    assert {entry.msgid: entry.msgstr for entry in known} == {"Kept": "留下", "New": ""}


def test_texts_compiled_while_running_are_spoken_at_once(settings, tmp_path):
    settings.LOCALE_PATHS = [str(tmp_path)]
    with translation.override("zh-hans"):
        assert translation.gettext("Kettle on") == "Kettle on"  # the catalogue without it is read and kept
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(head + 'msgid "Kettle on"\nmsgstr "水开了"\n', encoding="utf-8")
    prepare.Command().translate(tmp_path)
    with translation.override("zh-hans"):
        assert translation.gettext("Kettle on") == "水开了"
