"""Tables out of the product: CSV and XLSX with the same rows."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HARMLESS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
"""Options of every workbook: text stays text, whatever it begins with."""
RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with a CSV that Excel reads as UTF-8. Text that a sheet would run as a formula is quoted."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(answer)
    writer.writerow(head)
    writer.writerows([[_harmless(value) for value in row] for row in rows])
    return answer


def xlsx_answer(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Answer with a workbook of one sheet; numbers stay numbers, unknown stays empty."""
    import xlsxwriter  # here, as few processes ever write one

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, HARMLESS) as book:
        add_sheet(book, name, head, rows).autofit()
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def add_sheet(book: Any, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """Add a sheet: bold head that stays, one row each; numbers stay numbers, unknown stays empty."""
    sheet = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, words in enumerate(head):
        sheet.write_string(0, column, words, bold)
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, int | float):
                sheet.write_number(line, column, value)
            elif value is not None:
                sheet.write_string(line, column, str(value))
    sheet.freeze_panes(1, 0)
    return sheet


def _harmless(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
