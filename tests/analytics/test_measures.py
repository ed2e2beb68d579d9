from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics import measures
from analytics.measures import Change, Day, Reading
from analytics.models import COUNTERS

SHANGHAI = ZoneInfo("Asia/Shanghai")


def gains_of(*rows):
    """Rows are (taken_at, published_at, views) of one post."""
    readings = [Reading(1, t, b, tuple(v if n == "views" else None for n in COUNTERS)) for t, b, v in rows]
    return [(gain.day, gain.counters[COUNTERS.index("views")]) for gain in measures.daily_gains(readings, SHANGHAI)]


def day(number):
    return date(2026, 11, number)


def utc(day, hour=0):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_days_gain_is_its_last_reading_less_the_one_before():
    gains = gains_of((utc(2, 1), utc(2), 10), (utc(3, 9), utc(2), 75), (utc(2, 9), utc(2), 30))
    assert gains == [(day(2), 30), (day(3), 45)]


def test_days_are_those_of_the_zone():
    assert gains_of((utc(2, 17), utc(2, 10), 10)) == [(day(3), 10)]  # 01:00 on the 3rd there


def test_an_old_posts_first_reading_is_no_gain():
    assert gains_of((utc(20), utc(2), 900), (utc(21), utc(2), 950)) == [(day(20), None), (day(21), 50)]


def test_a_counter_that_is_not_told_once_loses_nothing():
    assert gains_of((utc(2), utc(2), 10), (utc(3), utc(2), None), (utc(4), utc(2), 30)) == [
        (day(2), 10),
        (day(3), 0),
        (day(4), 20),
    ]


def test_a_counter_told_late_starts_where_it_is_first_told():
    assert gains_of((utc(2), utc(2), None), (utc(3), utc(2), 7), (utc(9), utc(2), 9)) == [
        (day(2), None),
        (day(3), 7),
        (day(9), 2),
    ]
    assert gains_of((utc(2), utc(2), None), (utc(9), utc(2), 7)) == [(day(2), None)]


def test_never_told_stays_unknown():
    assert gains_of((utc(2), utc(2), None)) == [(day(2), None)]


def test_zero_is_zero():
    assert gains_of((utc(2), utc(2), 0)) == [(day(2), 0)]


def test_taken_back_likes_are_a_loss():
    assert gains_of((utc(2), utc(2), 10), (utc(3), utc(2), 8)) == [(day(2), 10), (day(3), -2)]


def test_posts_do_not_mix():
    rows = [Reading(post, utc(at), utc(2), (post * at, *[None] * 5)) for at in (2, 3) for post in (1, 2)]
    gains = [(gain.post, gain.day, gain.counters[0]) for gain in measures.daily_gains(rows, SHANGHAI)]
    assert gains == [(1, day(2), 2), (1, day(3), 1), (2, day(2), 4), (2, day(3), 2)]


def test_followers_are_counted_from_the_day_before_the_period():
    now = [
        Day(1, date(2026, 11, 10), followers=120),
        Day(1, date(2026, 11, 9), followers=105),
        Day(2, date(2026, 11, 9)),
    ]
    before = [Day(1, date(2026, 11, 8), followers=100)]
    assert measures.follower_gain(now, before) == {1: (120, 20)}
    assert measures.follower_gain(now, []) == {1: (120, 15)}


def test_a_day_that_nobody_told_is_a_gap_and_what_is_known_is_added():
    first, second = date(2026, 11, 9), date(2026, 11, 10)
    days = [Day(1, first, likes=3), Day(2, first, likes=2, saves=1), Day(1, second, views=9)]
    assert measures.by_day(days, ["likes", "saves"], [second, first]) == [None, 6]
    assert (measures.interactions(days), measures.total(days, "shares")) == (6, None)


def test_a_rate_is_of_what_tells_both():
    days = [
        Day(1, date(2026, 11, 9), views=500, rated_views=100, rated_interactions=4),
        Day(2, date(2026, 11, 9), views=9),
    ]
    assert measures.engagement_rate(days) == 0.04
    assert measures.engagement_rate(days[1:]) is None


@pytest.mark.parametrize(
    ("change", "amount", "good"),
    [
        (Change(120, 100), 0.2, True),
        (Change(0.041, 0.059, is_rate=True), -0.018, False),
        (Change(38, 47, more_is_better=False), (38 - 47) / 47, True),
        (Change(5, None), None, None),
        (Change(5, 0), None, True),
        (Change(7, 7), 0, None),
    ],
)
def test_changes_say_how_much_and_whether_it_is_good(change, amount, good):
    assert change.amount == (pytest.approx(amount) if amount is not None else None)
    assert change.is_good is good


def test_a_post_is_measured_against_its_own_account():
    assert measures.medians([(1, 10), (1, 20), (1, 60), (2, 5), (3, 0), (3, 0), (3, 4)]) == {1: 20.0}
