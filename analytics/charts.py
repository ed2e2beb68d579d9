"""Figures as drawings: plotly for pages, plain SVG for paper. One palette for both.

Plotly cannot read `light-dark()`, so the chart colours of `static/css/tokens.css` stand here once
more; a test compares them. Figures are drawn with the light values; the page's script puts the dark
ones in their place.
"""

from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any

import plotly.graph_objects as go

from analytics.overview import Series

LIGHT = {
    "chart-1": "#006f85",
    "chart-2": "#c17429",
    "chart-3": "#834791",
    "chart-4": "#57914a",
    "chart-5": "#4365b3",
    "chart-6": "#b54a46",
    "chart-before": "#8f9296",
    "chart-grid": "#e9e8e6",
    "chart-label": "#66696d",
    "raised": "#ffffff",
    "line": "#e3e3e1",
    "ink": "#1a1c1e",
}
DARK = {
    "chart-1": "#5bc1d9",
    "chart-2": "#e8a95c",
    "chart-3": "#c894d8",
    "chart-4": "#8aca8b",
    "chart-5": "#8aa5ed",
    "chart-6": "#ed8c84",
    "chart-before": "#717579",
    "chart-grid": "#292c2e",
    "chart-label": "#95999d",
    "raised": "#1f2224",
    "line": "#2a2d2f",
    "ink": "#ebedef",
}
CONFIG = {"displayModeBar": False, "responsive": True}
HEIGHT = 232
PAIR_HEIGHT = 176


Drawing = dict[str, Any]
"""A figure as plotly.js reads it: `data` and `layout`."""


def drawing(figure: Drawing) -> dict[str, Any]:
    """Return what a page's chart element needs: the figure, both palettes, the configuration."""
    return {"figure": figure, "light": LIGHT, "dark": DARK, "config": CONFIG}


def trend(series: Series, *, name: str, before: str, height: int = HEIGHT) -> Drawing:
    """Return a line per day for this period, a dotted grey one for the period before; gaps stay gaps.

    Plotly's Python side checks every value against the schema of what draws it, so that a slip is an
    error here and no empty chart there.
    """
    days = [day.isoformat() for day in series.days]
    lines = [
        _line(days, series.before, before, color=LIGHT["chart-before"], width=1.5, dash="dot"),
        _line(days, series.now, name, color=LIGHT["chart-1"], width=2, dash="solid"),
    ]
    marks = [_mark(day, words) for day, words in series.marks]
    layout = _layout(height) | {
        "shapes": [line for line, _word in marks],
        "annotations": [word for _l, word in marks],
    }
    return go.Figure({"data": lines, "layout": layout}).to_plotly_json()


def svg_trend(
    days: Sequence[str],
    now: Sequence[float | None],
    before: Sequence[float | None],
    *,
    labels: Sequence[str],
    classes: bool = False,
    width: float = 600,
    height: float = 200,
) -> str:
    """Return the same trend as an SVG drawn without a browser.

    For paper it carries the light palette; with `classes` it carries the stylesheet's class names
    instead and follows the page's theme. `labels` stand under the days; an empty one is left out.
    `width` and `height` are in units of a text of size 11.
    """
    top = _nice(max([value for value in [*now, *before] if value is not None] or [1]))
    left, right, foot = 44.0, 12.0, 24.0

    def at(place: int, value: float) -> tuple[float, float]:
        step = (width - left - right) / max(len(days) - 1, 1)
        return left + place * step, 8 + (height - foot - 8) * (1 - value / top)

    def paint(css: str, attribute: str, token: str) -> str:
        return f'class="{css}"' if classes else f'{attribute}="{LIGHT[token]}"'

    def words(x: float, y: float, text: str, anchor: str) -> str:
        look = paint("chart-label", "fill", "chart-label")
        return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" {look} text-anchor="{anchor}">{escape(text)}</text>'

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">']
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = at(0, top * share)[1]
        grid = paint("chart-grid", "stroke", "chart-grid")
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y:.1f}" y2="{y:.1f}" {grid}/>')
        parts.append(words(left - 6, y + 4, _short(top * share), "end"))
    for place, label in enumerate(labels):
        if label:
            parts.append(words(at(place, 0)[0], height - 6, label, "middle"))
    past = 'class="chart-line" data-series="before"' if classes else f'stroke="{LIGHT["chart-before"]}"'
    own = 'class="chart-line" data-series="1"' if classes else f'stroke="{LIGHT["chart-1"]}" stroke-width="2"'
    parts += [
        _path(before, at, f'{past} fill="none" stroke-dasharray="3 3"'),
        _path(now, at, f'{own} fill="none"'),
    ]
    return "".join([*parts, "</svg>"])


def _line(days: list[str], values: Sequence[Any], name: str, *, color: str, width: float, dash: str) -> Drawing:
    return {
        "type": "scatter",
        "x": days,
        "y": list(values),
        "name": name,
        "mode": "lines",
        "connectgaps": False,
        "line": {"color": color, "width": width, "dash": dash},
    }


def _layout(height: int) -> Drawing:
    return {
        "template": None,
        "height": height,
        "font": {"size": 12, "color": LIGHT["chart-label"]},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [LIGHT[f"chart-{n}"] for n in range(1, 7)],
        "margin": {"l": 44, "r": 8, "t": 8, "b": 28},
        "showlegend": False,
        "hovermode": "x unified",
        "bargap": 0.4,
        "hoverlabel": {"bgcolor": LIGHT["raised"], "bordercolor": LIGHT["line"], "font": {"color": LIGHT["ink"]}},
        "xaxis": {
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "ticks": "",
            "fixedrange": True,
            "tickformat": "%-m-%d",
            "ticklabelstandoff": 6,
            "type": "date",
        },
        "yaxis": {
            "gridcolor": LIGHT["chart-grid"],
            "zeroline": True,
            "zerolinecolor": LIGHT["chart-grid"],
            "rangemode": "tozero",
            "nticks": 5,
            "ticksuffix": "  ",
            "fixedrange": True,
        },
    }


def _mark(day: date, words: str) -> tuple[Drawing, Drawing]:
    """A campaign's start: a dotted vertical and a word."""
    at = {"yref": "paper", "xref": "x"}
    line = {"color": LIGHT["chart-label"], "width": 1, "dash": "dot"}
    vertical = at | {"type": "line", "x0": day.isoformat(), "x1": day.isoformat(), "y0": 0, "y1": 1, "line": line}
    word = {"x": day.isoformat(), "y": 1, "text": escape(words), "showarrow": False, "xanchor": "right", "xshift": -6}
    return vertical, at | word


def _path(values: Sequence[float | None], at: Any, look: str) -> str:
    """Draw runs of known values; a gap lifts the pen."""
    moves, pen_down = [], False
    for place, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x, y = at(place, value)
        moves.append(f"{'L' if pen_down else 'M'}{x:.1f} {y:.1f}")
        pen_down = True
    return f'<path d="{" ".join(moves)}" {look}/>' if moves else ""


def _nice(value: float) -> float:
    """Return a round number that is at least `value` and divides by four."""
    size = 4.0
    while size < value:
        for step in (2, 2.5, 2):
            size *= step
            if size >= value:
                break
    return size


def _short(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g}M"
    return f"{value / 1000:g}k" if value >= 10_000 else f"{value:g}"
