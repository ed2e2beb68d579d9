from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from analytics import measures
from analytics.measures import Change, Day
from analytics.models import COUNTERS

SHANGHAI = ZoneInfo("Asia/Shanghai")


def frame_of(*rows):
    """Rows are (post, taken_at, published_at, views)."""
    frame = pd.DataFrame(
        [(p, t, b, v, *[None] * 5) for p, t, b, v in rows], columns=["post", "taken_at", "published_at", *COUNTERS]
    )
    return frame.astype(dict.fromkeys(COUNTERS, "Int64"))


def utc(day, hour=0):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_days_gain_is_its_last_reading_less_the_one_before():
    gains = measures.daily_gains(
        frame_of((1, utc(2, 1), utc(2), 10), (1, utc(2, 9), utc(2), 30), (1, utc(3, 9), utc(2), 75)), SHANGHAI
    )
    assert list(gains["day"]) == [date(2026, 11, 2), date(2026, 11, 3)]
    assert list(gains["views"]) == [30, 45]


def test_days_are_those_of_the_zone():
    late = measures.daily_gains(frame_of((1, utc(2, 17), utc(2, 10), 10)), SHANGHAI)  # 01:00 on the 3rd there
    assert list(late["day"]) == [date(2026, 11, 3)]


def test_an_old_posts_first_reading_is_no_gain():
    gains = measures.daily_gains(frame_of((1, utc(20), utc(2), 900), (1, utc(21), utc(2), 950)), SHANGHAI)
    assert list(gains["views"].fillna(-1)) == [-1, 50]


def test_a_counter_that_is_not_told_once_loses_nothing():
    gains = measures.daily_gains(
        frame_of((1, utc(2), utc(2), 10), (1, utc(3), utc(2), None), (1, utc(4), utc(2), 30)), SHANGHAI
    )
    assert sum(gains["views"].fillna(0)) == 30


def test_never_told_stays_unknown():
    gains = measures.daily_gains(frame_of((1, utc(2), utc(2), None)), SHANGHAI)
    assert gains["views"].isna().all()
    assert gains["views"].isna().all()


def test_zero_is_zero():
    assert list(measures.daily_gains(frame_of((1, utc(2), utc(2), 0)), SHANGHAI)["views"]) == [0]


def test_taken_back_likes_are_a_loss():
    gains = measures.daily_gains(frame_of((1, utc(2), utc(2), 10), (1, utc(3), utc(2), 8)), SHANGHAI)
    assert list(gains["views"]) == [10, -2]


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
