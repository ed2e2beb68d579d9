"""The brand guide: its pages, actions, files and the white list."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from content.actions import branding
from content.checks import check_text, check_words
from content.models import AllowedPhrase, BrandGuide, BrandRule, WordList
from content.word_files import FileRefused, Words, read_words
from mediaops.errors import UserError
from mediaops.models import Activity
from tests.builders import make_account, make_item, make_variant
from tests.builders_assets import open_platforms

NOW = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _house(monkeypatch):
    open_platforms(monkeypatch)
    with translation.override("en"):
        yield


@pytest.fixture
def variant(workspace):
    account = make_account(workspace, platform="chirp", limits={"text_max": 500})
    return make_variant(make_item(workspace, title="Tea"), account, body="The cheap tea, 代购.")


def at(workspace, path=""):
    return f"/w/{workspace.slug}/brand/{path}"


def codes(variant):
    return [problem.code for problem in check_text(variant)]


def rule(workspace, by, **fields):
    return branding.add_rule(workspace, {"kind": "banned", "phrase": "cheap"} | fields, by=by, now=NOW)


def a_list(workspace, by, *words, name="Words"):
    return branding.import_list(workspace, Words(words), name=name, by=by, now=NOW)


def test_a_rule_is_looked_for_until_it_is_dropped(workspace, owner, variant):
    row = rule(workspace, owner, instead="fair", reason="We never say so.")
    (problem,) = check_text(variant)
    assert problem.text == "“cheap” is against the brand guide. We never say so. Try “fair”."
    assert (problem.category, problem.fixes[0].value) == ("Do not write", "fair")
    branding.change_rule(row, {"phrase": "dear"}, by=owner)
    assert codes(variant) == []
    branding.change_rule(row, {"phrase": "the"}, by=owner)
    assert codes(variant) == ["brand_word"]
    branding.drop_rule(row, by=owner)
    assert codes(variant) == []
    verbs = [line.verb for line in Activity.objects.filter(subject_type="content.brandrule").order_by("pk")]
    assert verbs == ["brand_rule.made", "brand_rule.changed", "brand_rule.changed", "brand_rule.dropped"]


def test_the_words_of_a_rule_are_told_in_the_readers_language(workspace, owner, variant):
    rule(workspace, owner)
    assert check_text(variant)[0].category == "Do not write"
    with translation.override("zh-hans"):
        assert check_text(variant)[0].category == "不要写"


def test_a_list_is_looked_for_while_it_is_on(workspace, owner, variant):
    row = a_list(workspace, owner, "代购\t广告\t改成“帮买”", "包邮")
    (problem,) = check_text(variant)
    assert (problem.code, problem.category, problem.excerpt) == ("list_word", "广告", "代购")
    assert problem.text == "“代购” is on the list “Words”. 改成“帮买”"
    branding.change_list(row, {"is_on": False}, by=owner)
    assert codes(variant) == []
    branding.change_list(row, {"is_on": True}, by=owner)
    assert codes(variant) == ["list_word"]
    branding.drop_list(row, by=owner)
    assert codes(variant) == []


def test_another_teams_guide_is_its_own(other_workspace, stranger, variant):
    rule(other_workspace, stranger)
    assert codes(variant) == []


def test_an_allowed_phrase_passes_until_it_is_taken_off(workspace, owner, manager, variant):
    a_list(workspace, owner, "代购")
    row = branding.allow_phrase(workspace, "代购", reason="Our column", by=manager, now=NOW)
    assert codes(variant) == []
    assert branding.allow_phrase(workspace, "代购", by=owner, now=NOW) == row
    branding.forbid_phrase(row, by=manager)
    assert codes(variant) == ["list_word"]
    assert [line.verb for line in Activity.objects.filter(subject_type="content.allowedphrase").order_by("pk")] == [
        "phrase.allowed",
        "phrase.forbidden",
    ]


def test_shipped_checks_can_be_switched_off(workspace, owner, variant):
    variant.body = "最佳 13812345678 wang@tea.example"
    assert codes(variant) == ["personal_phone", "law_term"]
    fields = {"checks_law": False, "checks_personal": False, "checks_email": True}
    branding.change_guide(workspace, fields, by=owner)
    assert codes(variant) == ["personal_email"]
    assert Activity.objects.get(verb="brand_guide.changed").detail == fields


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"phrase": "**"}, "phrase"),
        ({"phrase": "*x"}, "phrase"),
        ({"phrase": "a*b*c*d"}, "phrase"),
        ({"phrase": "a**b"}, "phrase"),
        ({"kind": "required", "phrase": "a*b"}, "phrase"),
        ({"kind": "preferred"}, "instead"),
        ({"kind": "preferred", "phrase": "ABC", "instead": "ABC"}, "instead"),
    ],
)
def test_rules_without_sense_are_refused(workspace, owner, fields, wrong):
    with pytest.raises(UserError) as told:
        rule(workspace, owner, **fields)
    assert list(told.value.fields) == [wrong]
    assert not BrandRule.objects.exists()


def test_the_same_rule_and_the_same_list_are_refused(workspace, owner):
    rule(workspace, owner)
    with pytest.raises(UserError, match="a rule for “cheap” already"):
        rule(workspace, owner)
    a_list(workspace, owner, "代购")
    with pytest.raises(UserError, match="a list “Words” already"):
        a_list(workspace, owner, "包邮")


def test_a_context_holds_its_phrase(workspace, owner):
    with pytest.raises(UserError) as told:
        branding.allow_phrase(workspace, "最好", context="时光", by=owner, now=NOW)
    assert list(told.value.fields) == ["context"]


def test_a_check_asks_for_the_guide_once_while_nothing_changes(workspace, owner, variant, django_assert_num_queries):
    rule(workspace, owner)
    a_list(workspace, owner, "代购")
    check_words(variant)
    with django_assert_num_queries(1):
        assert len(check_words(variant)) == 2


def lines(data):
    return list(read_words(data).lines)


def workbook(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


BOOK = workbook(["词", "类别", "建议"], ["代购", "广告", "改写"], ["包邮", "广告", None])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_of_every_encoding_are_read(encoding):
    assert lines("代购\r\n包邮,\n\n代购\n".encode(encoding)) == ["代购", "包邮"]


def test_columns_are_word_category_and_advice():
    wanted = ["代购\t广告\t改写", "包邮\t广告"]
    assert lines("代购,广告,改写\n包邮,广告\n".encode()) == wanted
    assert lines("代购\t广告\t改写\n包邮\t广告\n".encode()) == wanted
    assert lines("类别,敏感词,建议\n广告,代购,改写\n广告,包邮,\n".encode()) == wanted
    assert lines(workbook(["词", "类别", "建议"], ["代购", "广告", "改写"], ["包邮", "广告", None])) == wanted
    assert lines(workbook(["代购", "广告", "改写"], ["包邮", "广告"])) == wanted


def test_what_is_no_word_is_left_out_and_counted():
    found = read_words("代购\n代购\nＡＢ\nab\n好\n".encode() + ("长" * 61).encode())
    assert (found.lines, found.left_out) == (("代购", "ＡＢ"), 4)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no word"),
        (b"\n\n", "no word"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", "not a text file"),
        (b"a\0b\n", "not a text file"),
        (b"x" * 20_000_001, "up to 20 MB"),
    ],
)
def test_other_files_are_refused_in_a_sentence(data, said):
    with pytest.raises(FileRefused, match=said):
        read_words(data)


def test_more_words_than_we_keep_are_refused():
    with pytest.raises(FileRefused, match="200,000"):
        read_words("\n".join(f"word{n}" for n in range(200_001)).encode())


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data))
def test_any_file_is_read_or_refused(data):
    try:
        found = read_words(data)
    except FileRefused:
        return
    assert all(line.split("\t")[0].strip() and "\n" not in line for line in found.lines)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_workbook_is_read_or_refused(changes):
    data = bytearray(BOOK)
    for at_byte, value in changes:
        data[at_byte % len(data)] = value
    try:
        assert read_words(bytes(data)).lines
    except FileRefused as refused:
        assert str(refused)


def test_an_empty_guide_says_what_it_is_for(workspace, viewer, client_of):
    page = client_of(viewer).get(at(workspace)).content.decode()
    assert "Words you never write" in page
    assert "Add the first rule" not in page


def test_the_owner_keeps_rules_on_the_page(workspace, owner, client_of):
    client = client_of(owner)
    made = client.post(at(workspace, "rules/new/"), {"kind": "banned", "phrase": "cheap", "instead": "fair"})
    assert made.headers["Location"] == at(workspace)
    row = BrandRule.objects.get()
    assert "cheap" in client.get(at(workspace)).content.decode()
    client.post(at(workspace, f"rules/{row.pk}/"), {"kind": "banned", "phrase": "dear"})
    row.refresh_from_db()
    assert (row.phrase, row.instead) == ("dear", "")
    client.post(at(workspace, f"rules/{row.pk}/drop/"))
    assert not BrandRule.objects.exists()


def test_what_was_typed_is_kept_when_it_is_refused(workspace, owner, client_of):
    rule(workspace, owner)
    typed = {"kind": "banned", "phrase": "cheap", "reason": "A long thought"}
    answer = client_of(owner).post(at(workspace, "rules/new/"), typed)
    assert answer.status_code == 422
    assert "A long thought" in answer.content.decode()
    assert "There is a rule for “cheap” already" in answer.content.decode()


def test_a_list_is_imported_searched_switched_and_deleted(workspace, owner, client_of):
    client = client_of(owner)
    file = SimpleUploadedFile("words.txt", "代购\n包邮\n好\n".encode("gb18030"))
    client.post(at(workspace, "lists/new/"), {"name": "Platform", "source": "2026", "file": file})
    row = WordList.objects.get()
    assert (row.size, row.is_on) == (2, True)
    shown = client.get(at(workspace, f"lists/{row.pk}/"), {"q": "代"}).content.decode()
    assert "代购" in shown
    assert "包邮" not in shown
    client.post(at(workspace, f"lists/{row.pk}/"), {"name": "Renamed", "source": ""})
    client.post(at(workspace, f"lists/{row.pk}/switch/"))
    row.refresh_from_db()
    assert (row.name, row.is_on) == ("Renamed", False)
    client.post(at(workspace, f"lists/{row.pk}/drop/"))
    assert not WordList.objects.exists()


def test_a_file_that_cannot_be_read_is_told_under_the_field(workspace, owner, client_of):
    file = SimpleUploadedFile("words.xls", b"\xd0\xcf\x11\xe0")
    answer = client_of(owner).post(at(workspace, "lists/new/"), {"name": "Old", "file": file})
    assert answer.status_code == 422
    assert "Save it as .xlsx or CSV" in answer.content.decode()
    assert 'value="Old"' in answer.content.decode()


def test_a_manager_allows_a_phrase_with_one_press(workspace, manager, client_of):
    client = client_of(manager)
    answer = client.post(at(workspace, "allowed/"), {"phrase": "最好"}, HTTP_HX_REQUEST="true")
    assert "phrase:allowed" in answer.headers["HX-Trigger"]
    row = AllowedPhrase.objects.get()
    assert row.made_by == manager
    wrong = client.post(at(workspace, "allowed/"), {"phrase": "最好", "context": "时光"})
    assert wrong.status_code == 422
    assert "时光" in wrong.content.decode()
    client.post(at(workspace, f"allowed/{row.pk}/drop/"))
    assert not AllowedPhrase.objects.exists()


def test_checks_are_switched_on_the_page(workspace, owner, client_of):
    client_of(owner).post(at(workspace, "checks/"), {"checks_personal": "on"})
    row = BrandGuide.objects.get()
    assert (row.checks_law, row.checks_personal, row.checks_email) == (False, True, False)


def test_a_text_can_be_tried_without_keeping_it(workspace, viewer, client_of):
    client = client_of(viewer)
    answer = client.post(at(workspace, "try/"), {"text": "最佳"}, HTTP_HX_REQUEST="true").content.decode()
    assert "Absolute claim" in answer
    assert "Nothing to warn of" in client.post(at(workspace, "try/"), {"text": "Tea"}).content.decode()


@pytest.mark.parametrize("path", ["rules/new/", "lists/new/", "checks/"])
def test_only_the_owner_changes_the_guide(workspace, manager, client_of, path):
    assert client_of(manager).post(at(workspace, path), {}).status_code == 403


def test_an_editor_does_not_allow_phrases(workspace, editor, client_of):
    assert client_of(editor).post(at(workspace, "allowed/"), {"phrase": "x"}).status_code == 403
    assert not AllowedPhrase.objects.exists()


def test_the_page_asks_the_database_little(workspace, owner, client_of, django_assert_max_num_queries):
    for n in range(30):
        rule(workspace, owner, phrase=f"word {n}")
        branding.allow_phrase(workspace, f"phrase {n}", by=owner, now=NOW)
    client = client_of(owner)
    with django_assert_max_num_queries(18):
        client.get(at(workspace))
