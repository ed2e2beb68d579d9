"""Files that lie about what they are, that are broken, or that are larger than they look."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.imports import files
from analytics.imports.files import FileRefused
from mediaops.errors import UserError
from tests import builders_exports as exports


def lines_of(content):
    with files.tables(io.BytesIO(content)) as tables:
        return [line for table in tables for line in table()]


def refused(content):
    with pytest.raises(FileRefused) as caught:
        lines_of(content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b"MZ\x90\x00\x03" + b"\x00" * 60, "a program"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"Rar!\x1a\x07\x00", "an archive"),
        (b"\x00\x00\x00 ftypisom\x00", "a film"),
        (b"a,b\x00\x01,c", "no table that we can read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "broken"),
        (b"PK\x03\x04" + b"rest", "broken"),
        (b"<html><body><p>Sign in again</p></body></html>", "no table in this page"),
        (b"\xff\xff\x80,\x81\xff", "neither UTF-8 nor GB18030"),
        (b'a,b\n"' + b"x" * 200_000, "longer than a cell"),
    ],
)
def test_what_is_no_table_is_named(content, said):
    assert said in refused(content)


def test_words_that_begin_like_another_kind_are_still_text():
    assert [line.cells for line in lines_of("MZ销量,BM\n1,2\n".encode())] == [["MZ销量", "BM"], ["1", "2"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_in_every_encoding_and_with_every_delimiter(encoding, delimiter):
    content = f'日期{delimiter}阅读\r\n2026-09-22{delimiter}"1\n2"\r\n\r\n2026-09-23{delimiter}3\r\n'.encode(encoding)
    assert [(line.number, line.cells) for line in lines_of(content)] == [
        (1, ["日期", "阅读"]), (2, ["2026-09-22", "1\n2"]), (5, ["2026-09-23", "3"]),
    ]  # fmt: skip


def packed(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def with_sheet(rows):
    """A workbook whose sheet is what the test says."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(exports.xlsx([["a", "b"], [1, 2]]))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    head = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    parts["xl/worksheets/sheet1.xml"] = head + rows + b"</sheetData></worksheet>"
    return packed(parts)


def test_a_document_of_another_kind_is_no_workbook():
    assert "not a workbook" in refused(packed({"[Content_Types].xml": "x", "word/document.xml": "x"}))
    assert "not a workbook" in refused(packed({"holiday.jpg": "x"}))


def test_cells_that_lie_far_apart_are_not_laid_out():
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "columns wide" in refused(with_sheet(far))
    deep = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c r="A900000"><v>1</v></c></row>'
    assert "more than 200,000 rows" in refused(with_sheet(deep))
    both = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="190000"><c r="GA190000"><v>1</v></c></row>'
    assert "unpacks to more" in refused(with_sheet(both))


def test_a_bomb_is_measured_while_it_unpacks(monkeypatch):
    monkeypatch.setattr(files, "UNPACKED_MAX", 3_000_000)
    assert "unpacks to more" in refused(with_sheet(b"<row r='1'>" + b" " * 5_000_000 + b"</row>"))


def test_formulas_are_never_computed():
    rows = b'<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>2+2</f><v>9</v></c></row>'
    assert lines_of(with_sheet(rows))[0].cells[1] == 9


def test_entities_and_addresses_of_a_page_are_left_alone():
    page = (
        b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><head><link href="http://127.0.0.1:1/x.css">'
        b"</head><body><table><tr><td>a</td><td>&x;</td></tr></table></body></html>"
    )
    assert "root:" not in str(lines_of(page))


def test_a_page_cannot_claim_a_million_columns():
    assert len(lines_of(b'<table><tr><td colspan="99999">a</td></tr></table>')[0].cells) == files.COLUMNS_MAX
    assert "columns wide" in refused(b"<table><tr>" + b"<td>a</td>" * 300 + b"</tr></table>")


def test_a_page_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(files, "ROWS_MAX", 5)
    assert "more than 5 rows" in refused(b"<table>" + b"<tr><td>a</td></tr>" * 9 + b"</table>")
    assert "more than 5 rows" in refused(b"a\n" * 40)


def test_a_file_larger_than_the_setting_is_refused(settings, analyst):
    settings.IMPORT_MAX_MB = 1
    with pytest.raises(UserError, match=r"1\.2 MB; at most 1 MB"):
        files.check_upload("big.xlsx", 1_200_000)


@given(st.binary(max_size=400))
def test_any_bytes_are_lines_or_a_sentence(content):
    try:
        lines_of(content)
    except FileRefused as error:
        assert str(error).endswith((".", "first."))


@given(st.binary(max_size=60), st.integers(0, 3000))
def test_a_damaged_workbook_is_lines_or_a_sentence(noise, at):
    for whole in (exports.xlsx([["a", "b"], [1, 2]]), exports.biff([["a", "b"], [1, 2]])):
        at %= len(whole)
        try:
            lines_of(whole[:at] + noise + whole[at + len(noise) :])
        except FileRefused as error:
            assert str(error)
