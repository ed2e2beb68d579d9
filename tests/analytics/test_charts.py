import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from analytics import charts
from analytics.overview import Series

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
SERIES = Series(
    [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)],
    [5, None, 8],
    [1, 2, 3],
    [(date(2026, 11, 3), "<b>节</b>")],
)


@pytest.mark.parametrize("name", charts.LIGHT)
def test_the_palette_is_that_of_the_tokens(name):
    light, dark = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", TOKENS).groups()
    assert (charts.LIGHT[name], charts.DARK[name]) == (light, dark)


def test_gaps_stay_gaps():
    figure = charts.trend(SERIES, name="now", before="before")
    assert figure["data"][1]["y"][1] is None
    assert figure["data"][1]["connectgaps"] is False


def test_a_campaigns_name_cannot_carry_markup():
    figure = charts.trend(SERIES, name="now", before="before")
    assert figure["layout"]["annotations"][0]["text"] == "&lt;b&gt;节&lt;/b&gt;"


def test_the_drawing_for_paper_lifts_the_pen_at_a_gap():
    drawing = charts.svg_trend(["a", "b", "c"], [5, None, 8], [None, None, None], labels=["一", "", "<三>"])
    assert drawing.count("M") == 2
    assert "&lt;三&gt;" in drawing


def test_an_empty_drawing_still_has_a_frame():
    assert "<svg" in charts.svg_trend([], [], [], labels=[])
