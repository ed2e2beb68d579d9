"""What the tags and filters of every template write."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from mediaops.templatetags import ui

NOW = datetime(2026, 10, 21, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(autouse=True)
def ten_in_the_morning():
    with (
        time_machine.travel(NOW, tick=False),
        timezone.override(ZoneInfo("Asia/Shanghai")),
        translation.override("en"),
    ):
        yield


def words(html):
    return html.split(">")[1].split("<")[0]


def test_a_moment_is_told_in_the_readers_zone():
    assert words(ui.when(datetime(2026, 10, 21, 4, 0, tzinfo=UTC))) == "Today, 12:00"
    assert words(ui.when(datetime(2026, 10, 20, 12, 0, tzinfo=UTC))) == "Yesterday, 20:00"
    assert words(ui.when(datetime(2026, 10, 23, 4, 0, tzinfo=UTC))) == "23 Oct, 12:00"
    with timezone.override(ZoneInfo("America/New_York")):
        assert words(ui.when(datetime(2026, 10, 21, 4, 0, tzinfo=UTC))) == "Tomorrow, 00:00"


def test_a_moment_keeps_its_exact_time_for_machines():
    assert 'datetime="2026-10-21T04:00:00+00:00"' in ui.when(datetime(2026, 10, 21, 4, 0, tzinfo=UTC))


def test_chinese_dates_follow_the_house():
    with translation.override("zh-hans"):
        assert words(ui.when(datetime(2026, 10, 23, 4, 0, tzinfo=UTC))) == "10-23 12:00"
        assert words(ui.day(date(2025, 12, 31))) == "2025-12-31"
        assert ui.long_day(date(2026, 10, 23)) == "10 月 23 日"


def test_unknown_is_a_dash_everywhere():
    for show in (
        ui.when,
        ui.clock,
        ui.day,
        ui.long_day,
        ui.duration,
        ui.ago,
        ui.number,
        ui.big,
        ui.percent,
        ui.money,
    ):
        assert show(None) == "–"


def test_zero_is_not_unknown():
    assert ui.number(0) == "0"
    assert ui.big(0) == "0"
    assert ui.percent(0) == "0.0%"
    assert ui.money(Decimal(0)) == "¥0"


def test_tables_show_every_digit_and_headlines_do_not():
    assert ui.number(1284567) == "1,284,567"
    assert ui.big(1_280_000) == "1.28 M"
    with translation.override("zh-hans"):
        assert ui.big(1_285_000) == "128.5 万"
        assert ui.big(99_999) == "99,999"


def test_amounts_keep_their_cents():
    assert ui.money(Decimal("46800.00")) == "¥46,800"
    assert ui.money(Decimal("-12.50"), "USD") == "−$12.50"
    assert ui.money(Decimal("3"), "CHF") == "CHF 3"


def test_lengths_use_two_units():
    assert ui.duration(30) == "under 1 min"
    assert ui.duration(6480) == "1 h 48 min"
    assert ui.duration(timedelta(days=2, hours=3).total_seconds()) == "2 days 3 h"
    assert ui.ago(NOW - timedelta(minutes=5)) == "5 min ago"
    assert ui.ago(NOW + timedelta(hours=2)) == "in 2 h"


def test_a_state_is_an_icon_and_a_word():
    html = ui.pill("failed", "Failed")
    assert 'data-state="failed"' in html
    assert "#circle-x" in html
    assert html.endswith("Failed</span>")


def test_names_are_escaped():
    account = SimpleNamespace(mark="<b>", mark_slot=1)
    assert "<b>" not in ui.monogram(account)
    assert "<i>" not in ui.pill("live", "<i>")
    assert "<" not in ui.face("<script>")[ui.face("<script>").index(">") + 1 : -len("</span>")]


def test_a_missing_page_leaves_its_entry_out():
    request = RequestFactory().get("/w/lanxu/")
    request.resolver_match = None
    page = Context({"request": request, "workspace": SimpleNamespace(slug="lanxu")})
    assert Template("{% nav_link 'team:nowhere' 'bulb' 'Nowhere' %}").render(page).strip() == ""
    assert 'href="/w/lanxu/members/"' in Template("{% nav_link 'team:members' 'users' 'Members' %}").render(page)


def test_a_rise_is_not_always_good():
    assert 'data-good="yes"' in ui.delta(0.12)
    assert 'data-good="no"' in ui.delta(-0.12)
    assert 'data-good="yes"' in ui.delta(-0.12, "less")
    assert "data-good" not in ui.delta(0)
    assert ui.delta(None) == "–"


@pytest.mark.parametrize(("text", "language"), [("秋天第一炉", "zh-CN"), ("Osmanthus and oolong", "en"), ("", "en")])
def test_peoples_texts_carry_their_language(text, language):
    assert ui.lang_of(text) == language


class TeaForm(forms.Form):
    name = forms.CharField(help_text="As on the tin.")
    kind = forms.ChoiceField(choices=[("o", "Oolong")], required=False)
    roasts = forms.MultipleChoiceField(choices=[("l", "Light")], widget=forms.CheckboxSelectMultiple, required=False)


def test_a_bare_form_wears_the_houses_clothes():
    html = str(TeaForm())
    assert 'class="form-control"' in html
    assert 'class="form-select"' in html
    assert 'class="form-check-input"' in html
    assert 'aria-describedby="id_name_help"' in html
    assert "optional" in html


def test_a_problem_stands_at_its_field_and_is_read_with_it():
    html = str(TeaForm({"name": ""}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_problem"' in html
    assert 'id="id_name_problem"' in html
