"""Figures of an Official Account: articles by day of publishing, whole days of the account, never twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.actions import collecting
from analytics.models import AccountDay, AccountFigures, AccountSnapshot, PostFigures, PostSnapshot
from platforms.connectors import CONNECTORS
from platforms.connectors.errors import NothingSent
from platforms.connectors.remote import AccountDayReading, PostRef
from platforms.connectors.wechat import figures
from platforms.connectors.wechat.connector import OfficialAccount
from platforms.gateway import connect
from tests.builders import make_post
from tests.platforms.wechat_world import AtNoon

pytestmark = pytest.mark.django_db
BEIJING = figures.BEIJING


def days_ago(n):
    return (datetime.now(BEIJING) - timedelta(days=n)).date()


class AtSeven(OfficialAccount):
    def _now(self):
        return datetime.now(BEIJING).replace(hour=7, minute=0)


@pytest.fixture
def ready(monkeypatch):
    monkeypatch.setitem(CONNECTORS, "wechat", AtNoon)


def collect(account, now=None):
    now = now or datetime.now(UTC)
    collecting.know_new(now)
    AccountFigures.objects.update(next_at=now)
    PostFigures.objects.update(next_at=now)
    return collecting.collect_account(account, now)


def article(official, n, *, title="春茶", send=2247490098, **data):
    at = datetime.combine(days_ago(n), datetime.min.time(), BEIJING) + timedelta(hours=10)
    data = {"msg_data_id": str(send), "index": 1} | data
    return make_post(official, remote_id=f"a{n}_1", title=title, published_at=at, data=data)


def told(n, *reads, msgid="2247490098_1", **more):
    rows = [
        {"stat_date": (days_ago(n) + timedelta(days=k)).isoformat(), "read_user": value, "like_user": value // 10,
         "share_user": 3, "comment_count": 2, "read_finish_rate": 42.0, "read_avg_activetime": 1.5}
        for k, value in enumerate(reads)
    ]  # fmt: skip
    return {"ref_date": days_ago(n).isoformat(), "msgid": msgid, "title": "春茶", "detail_list": rows} | more


def test_days_are_filled_back_once_and_not_counted_twice(ready, wechat, official):
    for n in range(1, 31):
        wechat.day(days_ago(n).isoformat(), new=12, lost=3, total=2000 - 9 * n, reads=500)
    collect(official)
    days = list(AccountDay.objects.filter(account=official).exclude(day=days_ago(0)).order_by("day"))
    assert [row.followers for row in days] == [2000 - 9 * n for n in range(30, 0, -1)]
    assert all(row.views is None for row in days)  # reads of the account stay beside: its posts' gains are counted
    snapshot = AccountSnapshot.objects.get(account=official, extra__day=days_ago(2).isoformat())
    assert snapshot.extra["new_followers"] == 12
    assert snapshot.extra["lost_followers"] == 3
    assert snapshot.extra["views_of_day"] == 500
    assert snapshot.extra["new_by_source"] == {"0": 10, "30": 2}
    asked = wechat.calls("datacube_getusersummary")
    assert asked == 5  # seven days a call
    collect(official, datetime.now(UTC) + timedelta(minutes=2))
    assert wechat.calls("datacube_getusersummary") == asked
    assert AccountDay.objects.filter(account=official).exclude(day=days_ago(0)).count() == 30


def test_gap_in_the_middle_is_filled(ready, wechat, official):
    for n in (1, 2, 4):
        wechat.day(days_ago(n).isoformat(), total=100 + n)
    collect(official)
    assert AccountDay.objects.filter(account=official, followers=None, day__lt=days_ago(0)).count() == 0
    wechat.day(days_ago(3).isoformat(), total=103)
    collect(official, datetime.now(UTC) + timedelta(minutes=2))
    assert AccountDay.objects.get(account=official, day=days_ago(3)).followers == 103


def test_old_days_that_are_never_told_are_not_asked_for_again(ready, wechat, official):
    wechat.day(days_ago(1).isoformat(), total=100)
    collect(official)
    asked = wechat.calls("datacube_getusersummary")
    collect(official, datetime.now(UTC) + timedelta(minutes=2))
    assert wechat.calls("datacube_getusersummary") - asked == 1  # only the last days may still come


def test_before_eight_nothing_is_asked(monkeypatch, wechat, official):
    monkeypatch.setitem(CONNECTORS, "wechat", AtSeven)
    wechat.day(days_ago(1).isoformat(), total=100)
    collect(official)
    assert not [name for name in wechat.asked if name.startswith("datacube")]
    assert AccountFigures.objects.get().next_at > datetime.now(UTC)


def test_platform_is_ready_at_five_past_eight():
    early = datetime(2026, 11, 20, 7, 59, tzinfo=BEIJING)
    late = datetime(2026, 11, 20, 8, 5, tzinfo=BEIJING)
    assert figures.last_ready_day(early) == date(2026, 11, 18)
    assert figures.last_ready_day(late) == date(2026, 11, 19)
    assert figures.until_ready_s(early) == 360
    assert figures.until_ready_s(late) == 86_400


def test_right_that_is_missing_is_lost_and_written_down(ready, wechat, official):
    wechat.rights.discard("datacube")
    collect(official)
    official.refresh_from_db()
    assert "figures" not in official.rights


def test_day_told_again_replaces_what_was_told(ready, wechat, official):
    collecting.keep_account_days(
        official, [AccountDayReading(days_ago(2), followers=5)], BEIJING, [], datetime.now(UTC)
    )
    collecting.keep_account_days(
        official, [AccountDayReading(days_ago(2), followers=7)], BEIJING, [], datetime.now(UTC)
    )
    assert AccountDay.objects.get(account=official, day=days_ago(2)).followers == 7
    assert AccountSnapshot.objects.filter(account=official).count() == 1


def test_article_is_told_by_the_number_of_its_send(ready, wechat, official):
    post = article(official, 3)
    wechat.articles_read[days_ago(3).isoformat()] = [told(3, 100, 160, 180), told(3, 7, msgid="1_1", title="other")]
    collect(official)
    row = PostFigures.objects.get(post=post)
    assert (row.views, row.likes, row.comments, row.shares, row.saves) == (180, 18, 2, 3, None)
    extra = PostSnapshot.objects.get(post=post).extra
    assert (extra["reading"], extra["read_finish_rate"], extra["read_avg_activetime"]) == ("sum to date", 0.42, 1.5)
    assert '"read_user": 160' in extra["raw"]


def test_rows_that_fall_are_single_days_and_the_account_is_known_by_it(ready, wechat, official):
    first, second = article(official, 3), article(official, 4, send=5, title="other")
    wechat.articles_read[days_ago(3).isoformat()] = [told(3, 100, 60, 20)]
    collect(official)
    assert PostFigures.objects.get(post=first).views == 180
    assert PostSnapshot.objects.get(post=first).extra["reading"] == "days added"
    official.refresh_from_db()
    assert official.known["daily_rows"] is True
    wechat.articles_read[days_ago(4).isoformat()] = [told(4, 10, 20, 30, msgid="5_1")]
    collect(official, datetime.now(UTC) + timedelta(minutes=2))
    assert PostFigures.objects.get(post=second).views == 60


@pytest.mark.parametrize(("said", "fraction"), [(0.42, 0.42), (42.0, 0.42), (1, 1.0), (96.5, 0.965), ("x", None)])
def test_rates_come_as_fractions(said, fraction):
    assert figures._rate(said) == fraction


def test_article_without_its_number_is_known_by_its_title_or_not_at_all(ready, wechat, official):
    post = article(official, 3, send=0)
    wechat.articles_read[days_ago(3).isoformat()] = [told(3, 50, msgid="9_1")]
    assert (
        next(connect(official).post_readings([PostRef("x", title="春茶", published_at=post.published_at)])).views
        == 50
    )
    wechat.articles_read[days_ago(3).isoformat()] *= 2  # two of the same title: nobody can tell which
    assert not list(connect(official).post_readings([PostRef("x", title="春茶", published_at=post.published_at)]))


def test_older_figures_are_asked_for_where_the_newer_are_not_there(ready, wechat, official):
    wechat.has_new_figures = False
    post = article(official, 3)
    rows = [
        {"stat_date": "2026-01-01", "int_page_read_count": 40},
        {"stat_date": "2026-01-02", "int_page_read_count": 55},
    ]
    wechat.articles_read[days_ago(3).isoformat()] = [{"msgid": "2247490098_1", "details": rows}]
    collect(official)
    assert PostFigures.objects.get(post=post).views == 55
    assert PostSnapshot.objects.get(post=post).extra["reading"].startswith("older figures")


def test_article_of_today_waits_until_tomorrow_morning(ready, wechat, official):
    post = article(official, 0)
    ref = PostRef(post.remote_id, published_at=post.published_at)
    with pytest.raises(NothingSent) as caught:
        list(connect(official).post_readings([ref]))
    assert caught.value.wait_s == pytest.approx(20 * 3600 + 300, abs=120)


def test_article_older_than_thirty_days_is_left_out(ready, wechat, official):
    post = article(official, 40)
    assert not list(connect(official).post_readings([PostRef(post.remote_id, published_at=post.published_at)]))
    assert wechat.calls("datacube_getarticletotaldetail") == 0
