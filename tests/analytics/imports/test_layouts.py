"""Every known file, in the form in which it is handed out, becomes the figures it tells."""

from datetime import UTC, date, datetime

import pytest

from analytics.imports import fields
from analytics.models import AccountDay, AccountSnapshot, PostFigures, PostSnapshot
from platforms.connectors import CONNECTORS
from platforms.connectors.exports import BY_KEY, LAYOUTS
from platforms.models import Post
from tests import builders_exports as exports
from tests.builders import make_account, make_post

NOW = datetime(2026, 9, 24, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def account(workspace):
    return lambda platform: make_account(workspace, platform=platform, name=platform, rights=[])


def figures_of(title):
    return PostFigures.objects.get(post__title=title)


def told_of(title):
    snapshot = PostSnapshot.objects.get(post__title=title)
    return {"views": snapshot.views, "likes": snapshot.likes, **(snapshot.extra or {})}


def told_on(day):
    snapshot = AccountSnapshot.objects.get(extra__day=day)
    return {"followers": snapshot.followers, **snapshot.extra}


def test_every_layout_speaks_of_a_known_platform_and_of_known_fields():
    for layout in LAYOUTS:
        assert layout.platform in CONNECTORS, layout.key
        wrong = [name for name in layout.columns.values() if layout.kind not in fields.FIELDS[name].kinds]
        assert not wrong, (layout.key, wrong)
    assert len(BY_KEY) == len(LAYOUTS)


def test_followers_of_an_official_account_come_as_a_page_called_xls(analyst, account):
    wechat = account("wechat")
    row = exports.bring(analyst, exports.wechat_followers(), "user_analysis.xls", now=NOW)
    assert (row.account, row.counts["new"], row.counts["bad"]) == (wechat, 2, 0)
    assert told_on("2026-09-23") == {
        "followers": 10019, "day": "2026-09-23", "followers_gained": 12, "followers_lost": 20, "followers_net": -8,
    }  # fmt: skip
    assert AccountDay.objects.get(day=date(2026, 9, 22)).followers == 10027


def test_three_tables_side_by_side_in_biff_are_read_as_three(analyst, account):
    account("wechat")
    row = exports.bring(analyst, exports.wechat_tendency(), "tendency_20260922_20260923.xls", now=NOW)
    assert [memo["layout"] for memo in row.parts] == ["wechat_reading", "wechat_sharing", "wechat_articles"]
    assert told_on("2026-09-22") == {
        "followers": None, "day": "2026-09-22", "readers": 412, "sharers": 9, "source_visitors": 3, "savers": 5,
        "published": 1,
    }  # fmt: skip
    assert told_on("2026-09-23")["readers"] == 88
    assert told_of("秋茶上新") == {"views": None, "likes": None, "readers": 390, "readers_share": 0.9466}
    assert row.as_of == datetime(2026, 9, 23, 15, 59, tzinfo=UTC)
    assert row.counts["total"] == 5


@pytest.mark.parametrize("newer", [False, True])
def test_notified_articles_are_found_by_their_address(analyst, account, newer):
    article = make_post(
        account("wechat"),
        title="Renamed since",
        url="https://mp.weixin.qq.com/s?__biz=MzA1&mid=2650001&idx=1&scene=27",
    )
    row = exports.bring(analyst, exports.wechat_notified(newer=newer), now=NOW)
    assert (row.counts["new"], row.counts["made"]) == (1, 0)
    snapshot = PostSnapshot.objects.get(post=article)
    assert (snapshot.views, snapshot.shares) == (520, 12)
    assert snapshot.extra["message_readers" if newer else "message_views"] == 300
    assert snapshot.extra["completion_rate"] == 0.641
    assert snapshot.extra["delivered_read_rate"] == 0.0299


def test_douyin_posts_are_strings_with_dashes_for_unknown(analyst, account):
    account("douyin")
    row = exports.bring(analyst, exports.douyin_posts(), "作品列表.xlsx", now=NOW)
    assert row.counts == {
        "total": 2,
        "new": 2,
        "changed": 0,
        "same": 0,
        "waiting": 0,
        "ignored": 0,
        "bad": 0,
        "made": 2,
    }
    first = told_of("第一泡茶为什么要倒掉 #茶 #冷知识")
    assert (first["views"], first["completion_rate"], first["average_play_s"]) == (15321, 0.074074, 14.73)
    assert first["followers_net"] == -2
    assert "cover_click_rate" not in first
    assert (figures_of("冷泡的三个误区").views, figures_of("冷泡的三个误区").likes) == (12000, None)
    assert Post.objects.get(title="冷泡的三个误区").published_at == datetime(2026, 9, 20, 4, tzinfo=UTC)


def test_days_of_a_douyin_account_are_the_accounts_days(analyst, account):
    account("douyin")
    exports.bring(analyst, exports.douyin_days(), now=NOW)
    day = AccountDay.objects.get(day=date(2026, 9, 22))
    assert (day.views, day.likes, day.rated_views, day.rated_interactions) == (16201, 420, 16201, 420 + 22 + 35)
    assert told_on("2026-09-22")["completion_5s_rate"] == 0.41


def test_a_merged_banner_above_the_notes_is_no_header(analyst, account):
    account("xiaohongshu")
    row = exports.bring(analyst, exports.xiaohongshu_notes(), "笔记列表明细表.xlsx", now=NOW)
    assert [memo["line"] for memo in row.parts] == [2]
    assert told_of("秋天的第一杯乌龙") == {
        "views": 1410, "likes": 88, "impressions": 4390, "cover_click_rate": 0.221, "followers_gained": 7,
        "average_play_s": 16.0, "danmaku": 0,
    }  # fmt: skip


def test_stars_and_percentages_of_bilibili(analyst, account):
    account("bilibili")
    exports.bring(analyst, exports.bilibili_recent(), "近期稿件对比.csv", now=NOW)
    told = told_of("一片茶叶的旅行")
    assert (told["views"], told["cover_stars"], told["bounce_3s_rate"], told["coins"]) == (2310, 3.5, 0.125, 33)
    assert PostSnapshot.objects.get().saves == 61


def test_channels_rows_keep_the_platforms_id_and_lines_inside_cells(analyst, account):
    account("wechat_channels")
    row = exports.bring(analyst, exports.channels_posts(), "动态数据明细.csv", now=NOW)
    assert row.counts["new"] == 2
    post = Post.objects.get(remote_id="export/UzFfBgAA1")
    assert (post.title, post.text) == ("掌柜说茶", "掌柜说茶\n第一集：看水温")
    snapshot = PostSnapshot.objects.get(post=post)
    assert (snapshot.likes, snapshot.extra["recommends"], snapshot.extra["average_play_s"]) == (66, 41, 32.5)
    assert snapshot.extra["completion_rate"] == 0.1114


def test_text_in_gb18030_called_xls_is_zhihus(analyst, account):
    account("zhihu")
    row = exports.bring(analyst, exports.zhihu_days(), "日报表.xls", now=NOW)
    assert row.counts["new"] == 2
    day = AccountDay.objects.get(day=date(2026, 9, 22))
    assert (day.views, day.likes, day.saves, day.shares) == (810, 22, 18, 2)
    assert told_on("2026-09-22")["plays"] == 40


def test_the_row_of_sums_of_toutiao_is_left_out(analyst, account):
    account("toutiao")
    row = exports.bring(analyst, exports.toutiao_days(), now=NOW)
    other = exports.bring(analyst, exports.toutiao_followers(), now=NOW)
    assert (row.counts["total"], other.counts["total"]) == (1, 1)
    day = AccountDay.objects.get(day=date(2026, 9, 22))
    assert (day.views, day.likes, day.followers) == (2100, 30, 1310)
