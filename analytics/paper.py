"""A report as PDF and as a workbook. Drawn without a browser, with a font that ships beside this file."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from analytics import charts
from analytics.models import Report
from analytics.spreadsheet import HARMLESS, add_sheet
from mediaops.templatetags.ui import number, percent

FONTS = Path(__file__).parent / "fonts"
PAGE = Path(__file__).parent / "report.typ"


def report_pdf(report: Report) -> bytes:
    """Return the report as a tagged PDF on A4."""
    import typst  # here, as it takes 7 MB of every process

    with translation.override(report.language):
        data = {
            "team": report.workspace.name,
            "language": "zh" if report.language.startswith("zh") else "en",
            "title": _("Weekly report"),
            "days": f"{report.starts_on:%Y-%m-%d} – {report.ends_on:%Y-%m-%d}",
            "made": _("Made %(time)s; the figures do not change any more.") % {"time": _local(report)},
            "lead": report.numbers["lead"],
            "figures": [[row["name"], _value(row), _change(row)] for row in report.numbers["figures"]],
            "findings_title": _("What we saw"),
            "findings": [[row["title"], row["text"]] for row in report.numbers["findings"]],
            "chart_title": _("Views per day"),
            "chart": _chart(report, "views"),
            "best_title": _("Best posts"),
            "best_head": [_("Post"), _("Account"), _("Views"), _("Engagement rate")],
            "best": [
                [row["title"], row["account"], number(row["views"]), percent(row["rate"])]
                for row in report.numbers["best"]
            ],
            "accounts_title": _("Accounts"),
            "accounts_head": [_("Account"), _("Followers"), _("New followers"), _("Views"), _("Posts")],
            "accounts": [
                [
                    row["name"],
                    number(row["followers"]),
                    number(row["gained"]),
                    number(row["views"]),
                    str(row["posts"]),
                ]
                for row in report.numbers["accounts"]
            ],
            "problems_title": _("What went wrong"),
            "problems": report.numbers["problems"],
            "proposals_title": _("What to do"),
            "proposals": report.numbers["proposals"],
            "plan_title": _("The coming week"),
            "plan_head": [_("Time"), _("Account"), _("Piece"), _("Owner")],
            "plan": [[row["at"], row["account"], row["title"], row["owner"]] for row in report.numbers["plan"]],
            "method": method(report),
        }
    return typst.compile(
        str(PAGE),
        format="pdf",
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def report_xlsx(report: Report) -> bytes:
    """Return the report as a workbook: figures, days with a chart, accounts, posts, plan."""
    import xlsxwriter  # here, as few processes ever write one

    out = io.BytesIO()
    with (
        translation.override(report.language),
        xlsxwriter.Workbook(out, HARMLESS) as book,
    ):
        _figures_sheet(book, report)
        _days_sheet(book, report)
        head = [_("Account"), _("Followers"), _("New followers"), _("Views"), _("Interactions"), _("Posts")]
        names = ["name", "followers", "gained", "views", "interactions", "posts"]
        _sheet(book, _("Accounts"), head, [[row[n] for n in names] for row in report.numbers["accounts"]])
        best = [
            [row["title"], row["account"], row["published_at"][:10], row["views"], row["rate"], row["url"]]
            for row in report.numbers["best"]
        ]
        head = [_("Post"), _("Account"), _("Published"), _("Views"), _("Engagement rate"), _("Address")]
        _sheet(book, _("Best posts"), head, best)
        plan = [[row["at"], row["account"], row["title"], row["owner"]] for row in report.numbers["plan"]]
        _sheet(book, _("The coming week"), [_("Time"), _("Account"), _("Piece"), _("Owner")], plan)
    return out.getvalue()


def method(report: Report) -> str:
    """Say how the figures were made: the last lines of every report."""
    text = _("Engagement rate = interactions ÷ views, over posts that tell both; interactions are likes, comments, "
             "shares and saves. – means the platform does not tell: not 0, not in totals.")  # fmt: skip
    if report.numbers["unknown_views"]:
        text += " " + _("No views from: %(names)s.") % {"names": ", ".join(report.numbers["unknown_views"])}
    return text


def _figures_sheet(book: Any, report: Report) -> None:
    rows = [[row["name"], row["now"], row["before"], row["of"]] for row in report.numbers["figures"]]
    sheet = _sheet(book, _("Figures"), [_("Figure"), _("This week"), _("Week before"), _("Planned")], rows)
    start = len(rows) + 2
    for place, row in enumerate(report.numbers["findings"]):
        sheet.write_string(start + place, 0, f"{row['title']} {row['text']}")
    sheet.write_string(start + len(report.numbers["findings"]) + 1, 0, method(report))


def _days_sheet(book: Any, report: Report) -> None:
    names = [name for name in ("views", "interactions", "posts", "gained") if name in report.figures]
    labels = {"views": _("Views"), "interactions": _("Interactions"), "posts": _("Posts"), "gained": _("Followers")}
    days = report.figures["views"]["days"]
    rows = [[day, *[report.figures[name]["now"][n] for name in names]] for n, day in enumerate(days)]
    title = _("Days")
    sheet = _sheet(book, title, [_("Day"), *[labels[name] for name in names]], rows)
    chart = book.add_chart({"type": "line"})
    last = len(rows)
    chart.add_series(
        {
            "name": [title, 0, 1],
            "categories": [title, 1, 0, last, 0],
            "values": [title, 1, 1, last, 1],
            "line": {"color": charts.LIGHT["chart-1"]},
        }
    )
    chart.set_legend({"none": True})
    chart.set_title({"name": _("Views per day"), "name_font": {"size": 12}})
    sheet.insert_chart(1, len(names) + 2, chart)


def _sheet(book: Any, title: str, head: list[str], rows: list[list[Any]]) -> Any:
    sheet = add_sheet(book, title, head, rows)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, max(len(head) - 1, 1), 16)
    return sheet


def _chart(report: Report, name: str) -> str:
    series = report.figures[name]
    labels = [f"{date.fromisoformat(day):%m-%d}" for day in series["days"]]
    return charts.svg_trend(series["days"], series["now"], series["before"], labels=labels)


def _value(row: dict[str, Any]) -> str:
    if row["unit"] == "rate":
        return percent(row["now"])
    if row["unit"] == "pair":
        return f"{number(row['now'])} / {number(row['of'])}"
    return number(row["now"])


def _change(row: dict[str, Any]) -> str:
    """Say the change in words: +12.4%, −0.3 pt, or that there was no week before."""
    amount = row["amount"]
    if amount is None:
        return _("no week before")
    if not amount:
        return _("no change")
    sign = "+" if amount > 0 else "−"
    if row["unit"] == "rate":
        unit = _("pt")  # not within the f-string, where gettext does not see it
        return f"{sign}{abs(amount) * 100:.1f} {unit}"
    return f"{sign}{percent(abs(amount))}"


def _local(report: Report) -> str:
    return report.made_at.astimezone(ZoneInfo(report.workspace.time_zone)).strftime("%Y-%m-%d %H:%M")
