"""The same number in the many ways in which exports write it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.imports import numbers
from analytics.imports.numbers import BEIJING, BadCell


@given(st.integers(0, 10**15))
def test_a_count_is_read_from_every_form_it_is_written_in(n):
    for form in (n, str(n), f"{n:,}", f" {n:,} ", f"{n}.0", f"+{n}", f"{n:,}".replace(",", "，")):
        assert numbers.count(form) == n, form


@given(st.integers(0, 10**9))
def test_ten_thousands_and_hundred_millions(n):
    assert numbers.count(f"{n / 100:.2f}万") == n * 100
    assert numbers.count(f"{n / 100:.2f} 亿") == n * 1_000_000


@given(st.integers(0, 10_000))
def test_a_percentage_and_a_fraction_are_the_same_rate(n):
    assert numbers.rate(f"{n / 100:.2f}%") == numbers.rate(f"{n / 10_000:.4f}") == numbers.rate(n / 10_000)


@given(st.integers(0, 10**6))
def test_lengths_in_seconds(n):
    minutes, rest = divmod(n, 60)
    for form in (n, f"{n}秒", f"{n}.00秒", f"{minutes}分{rest}秒", f"{minutes}m{rest}s", timedelta(seconds=n)):
        assert numbers.seconds(form) == n, form


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31)))
def test_a_moment_is_beijings_whatever_its_form(at):
    at = at.replace(microsecond=0)
    forms = [
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日%H时%M分%S秒",
        "%Y年%m月%d日 %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
    ]
    for form in forms:
        assert numbers.moment(at.strftime(form)) == (at.replace(tzinfo=BEIJING), False), form
    assert numbers.moment(at) == (at.replace(tzinfo=BEIJING), False)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_without_an_hour_is_the_day(day):
    serial = (day - date(1899, 12, 30)).days
    for form in (
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y年%m月%d日}",
        day,
        float(serial),
        int(f"{day:%Y%m%d}"),
    ):
        assert numbers.day(form) == day, form
        assert numbers.moment(form)[1], form


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_sentence(words):
    for parse in (numbers.count, numbers.rate, numbers.seconds, numbers.amount, numbers.moment):
        try:
            parse(words)
        except BadCell as error:
            assert str(error).endswith(".")


@given(st.one_of(st.floats(), st.integers(), st.booleans(), st.times(), st.timedeltas()))
def test_any_cell_of_a_workbook_is_a_value_or_a_sentence(cell):
    for parse in (numbers.count, numbers.rate, numbers.seconds, numbers.amount, numbers.moment):
        try:
            parse(cell)
        except BadCell as error:
            assert str(error).endswith(".")


@pytest.mark.parametrize("cell", [None, "", " ", "-", "--", "—", "–", "N/A", "暂无", "nan"])
def test_unknown_is_none_and_never_zero(cell):
    for parse in (numbers.count, numbers.rate, numbers.seconds, numbers.amount, numbers.moment):
        assert parse(cell) is None


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (numbers.count, "12.5"), (numbers.count, "-3"), (numbers.count, "10万+"), (numbers.count, "=1+1"),
        (numbers.count, "9" * 30), (numbers.count, True), (numbers.rate, "12.5"), (numbers.rate, "many"),
        (numbers.seconds, "-4秒"), (numbers.moment, "2026-02-30"), (numbers.moment, "1899-01-01"),
        (numbers.moment, "soon"),        (numbers.moment, "2026-13-01 00:00:00"), (numbers.count, "1,2345"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_refused(parse, cell):
    with pytest.raises(BadCell):
        parse(cell)


def test_stars_nets_and_the_odd_forms():
    assert numbers.amount("3.5星") == 3.5
    assert numbers.count("-8", may_fall=True) == -8
    assert numbers.seconds("00:01:20") == 80
    assert numbers.seconds(time(0, 1, 20)) == 80
    assert numbers.rate("11.14%") == 0.1114
    assert numbers.moment("2026-09-22 19:30:00")[0].astimezone(UTC) == datetime(2026, 9, 22, 11, 30, tzinfo=UTC)
