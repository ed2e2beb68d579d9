"""Files that the platforms' back offices hand out, as data: which headers make which file, what each column means.

Field names are those of `analytics.imports.fields`. Headers are compared after the same folding as those of a file
(white space, width, unit in brackets at the end). Times in these files are Beijing time. Sources: docs/platforms.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext_lazy as _

from platforms.connectors.by_hand import Bilibili, Channels, Toutiao, Xiaohongshu, Zhihu
from platforms.connectors.douyin import Douyin
from platforms.connectors.wechat import OfficialAccount

Kind = Literal["posts", "account_days"]


@dataclass(frozen=True)
class ExportLayout:
    """One table of one known file.

    `posts` tables have a row per post with counters up to now, `account_days` a row per day with what that day
    brought (and followers at its end). `needs` are the headers that make it this table; other columns may be missing.
    `only` names, by header, the one value that counts: the other rows are parts of that row.
    `text_is_title` says that the title column holds the whole text of a post.
    """

    key: str
    platform: str
    label: object
    kind: Kind
    columns: Mapping[str, str]
    needs: tuple[str, ...]
    only: Mapping[str, str] = field(default_factory=dict)
    text_is_title: bool = False


_WECHAT = OfficialAccount.spec.key
_DOUYIN = Douyin.spec.key

LAYOUTS: tuple[ExportLayout, ...] = (
    ExportLayout(
        key="wechat_followers",
        platform=_WECHAT,
        label=_("Followers by day (用户分析)"),
        kind="account_days",
        columns={
            "时间": "day",
            "新关注人数": "followers_gained",
            "取消关注人数": "followers_lost",
            "净增关注人数": "followers_net",
            "累积关注人数": "followers",
            "累计关注人数": "followers",
        },
        needs=("时间", "新关注人数", "取消关注人数", "净增关注人数"),
    ),
    ExportLayout(
        key="wechat_reading",
        platform=_WECHAT,
        label=_("Readers by day (内容分析)"),
        kind="account_days",
        columns={"日期": "day", "阅读人数": "readers"},
        needs=("日期", "渠道", "阅读人数"),
        only={"渠道": "全部"},
    ),
    ExportLayout(
        key="wechat_sharing",
        platform=_WECHAT,
        label=_("Sharing by day (内容分析)"),
        kind="account_days",
        columns={
            "日期": "day",
            "分享人数": "sharers",
            "跳转阅读原文人数": "source_visitors",
            "微信收藏人数": "savers",
            "发表篇数": "published",
        },
        needs=("日期", "分享人数", "跳转阅读原文人数", "微信收藏人数"),
    ),
    ExportLayout(
        key="wechat_articles",
        platform=_WECHAT,
        label=_("Readers by article (内容分析)"),
        kind="posts",
        columns={
            "发表日期": "published_at",
            "内容标题": "title",
            "阅读人数": "readers",
            "阅读人数占比": "readers_share",
        },
        needs=("传播渠道", "发表日期", "内容标题", "阅读人数"),
        only={"传播渠道": "全部"},
    ),
    ExportLayout(
        key="wechat_notified",
        platform=_WECHAT,
        label=_("Notified articles (已通知内容)"),
        kind="posts",
        columns={
            "内容标题": "title",
            "发表时间": "published_at",
            "总阅读人数": "readers",
            "总阅读次数": "views",
            "总分享人数": "sharers",
            "总分享次数": "shares",
            "阅读后关注人数": "followers_gained",
            "送达人数": "delivered",
            "公众号消息阅读次数": "message_views",
            "公众号消息阅读人数": "message_readers",
            "送达阅读率": "delivered_read_rate",
            "首次分享次数": "first_shares",
            "首次分享人数": "first_sharers",
            "分享产生阅读次数": "shared_views",
            "分享产生阅读人数": "shared_readers",
            "首次分享率": "first_share_rate",
            "每次分享带来阅读次数": "views_per_share",
            "每次分享带来阅读人数": "readers_per_share",
            "阅读完成率": "completion_rate",
            "内容url": "url",
        },
        needs=("内容标题", "发表时间", "总阅读人数", "总分享人数"),
    ),
    ExportLayout(
        key="douyin_posts",
        platform=_DOUYIN,
        label=_("Posts (作品列表)"),
        kind="posts",
        columns={
            "作品名称": "title",
            "发布时间": "published_at",
            "播放量": "views",
            "完播率": "completion_rate",
            "5s完播率": "completion_5s_rate",
            "封面点击率": "cover_click_rate",
            "2s跳出率": "bounce_2s_rate",
            "平均播放时长": "average_play_s",
            "点赞量": "likes",
            "分享量": "shares",
            "评论量": "comments",
            "收藏量": "saves",
            "主页访问量": "profile_visits",
            "粉丝增量": "followers_net",
        },
        needs=("作品名称", "发布时间", "播放量", "点赞量"),
        text_is_title=True,
    ),
    ExportLayout(
        key="douyin_days",
        platform=_DOUYIN,
        label=_("Account by day (账号趋势)"),
        kind="account_days",
        columns={
            "日期": "day",
            "投稿量": "published",
            "总播放量": "views",
            "总点赞量": "likes",
            "总分享量": "shares",
            "总评论量": "comments",
            "5秒完播率": "completion_5s_rate",
            "2秒跳出率": "bounce_2s_rate",
            "封面点击率": "cover_click_rate",
            "平均播放时长": "average_play_s",
        },
        needs=("日期", "投稿量", "总播放量", "总点赞量"),
    ),
    ExportLayout(
        key="xiaohongshu_notes",
        platform=Xiaohongshu.spec.key,
        label=_("Notes (笔记列表明细表)"),
        kind="posts",
        columns={
            "笔记标题": "title",
            "首次发布时间": "published_at",
            "曝光": "impressions",
            "观看量": "views",
            "封面点击率": "cover_click_rate",
            "点赞": "likes",
            "评论": "comments",
            "收藏": "saves",
            "涨粉": "followers_gained",
            "分享": "shares",
            "人均观看时长": "average_play_s",
            "弹幕": "danmaku",
        },
        needs=("笔记标题", "首次发布时间", "观看量"),
    ),
    ExportLayout(
        key="bilibili_recent",
        platform=Bilibili.spec.key,
        label=_("Recent videos (近期稿件对比)"),
        kind="posts",
        columns={
            "视频标题": "title",
            "发布时间": "published_at",
            "播放量": "views",
            "游客播放占比": "guest_play_share",
            "粉丝观看率": "follower_view_rate",
            "封标点击率": "cover_stars",
            "粉丝点击率": "follower_click_stars",
            "游客点击率": "guest_click_stars",
            "3秒跳出率": "bounce_3s_rate",
            "粉丝3秒跳出率": "follower_bounce_3s_rate",
            "游客3秒跳出率": "guest_bounce_3s_rate",
            "互动率": "told_engagement_rate",
            "粉丝互动率": "follower_engagement_rate",
            "游客互动率": "guest_engagement_rate",
            "涨粉量": "followers_gained",
            "播转粉率": "follow_rate",
            "取关量": "followers_lost",
            "点赞量": "likes",
            "点赞率": "like_rate",
            "评论量": "comments",
            "评论率": "comment_rate",
            "弹幕量": "danmaku",
            "弹幕率": "danmaku_rate",
            "收藏量": "saves",
            "收藏率": "save_rate",
            "投币量": "coins",
            "投币率": "coin_rate",
            "转发量": "shares",
            "转发率": "share_rate",
            "平均播放进度": "average_progress",
        },
        needs=("视频标题", "发布时间", "播放量", "投币量"),
    ),
    ExportLayout(
        key="channels_posts",
        platform=Channels.spec.key,
        label=_("Videos (动态数据明细)"),
        kind="posts",
        columns={
            "视频描述": "title",
            "视频id": "remote_id",
            "发布时间": "published_at",
            "完播率": "completion_rate",
            "平均播放时长": "average_play_s",
            "播放量": "views",
            "推荐": "recommends",  # the heart
            "喜欢": "likes",  # the thumb
            "评论量": "comments",
            "分享量": "shares",
            "关注量": "followers_gained",
            "转发聊天和朋友圈": "forwards",
            "设为铃声": "ringtones",
            "设为状态": "statuses",
            "设为朋友圈封面": "moments_covers",
            "企微链接点击次数": "work_link_clicks",
            "企微链接点击人数": "work_link_clickers",
            "添加到通讯录次数": "contact_adds",
            "添加到通讯录人数": "contact_adders",
        },
        needs=("视频描述", "视频id", "发布时间", "播放量"),
        text_is_title=True,
    ),
    ExportLayout(
        key="zhihu_days",
        platform=Zhihu.spec.key,
        label=_("Account by day (日报表)"),
        kind="account_days",
        columns={
            "日期": "day",
            "阅读": "views",
            "播放": "plays",
            "点赞": "likes",
            "喜欢": "hearts",
            "评论": "comments",
            "收藏": "saves",
            "分享": "shares",
        },
        needs=("日期", "阅读", "播放", "点赞", "喜欢"),
    ),
    ExportLayout(
        key="toutiao_days",
        platform=Toutiao.spec.key,
        label=_("Account by day (数据趋势)"),
        kind="account_days",
        columns={
            "时间": "day",
            "展现量": "impressions",
            "粉丝展现量": "follower_impressions",
            "阅读(播放)量": "views",
            "粉丝阅读(播放)量": "follower_views",
            "点赞量": "likes",
            "评论量": "comments",
        },
        needs=("时间", "展现量", "阅读(播放)量"),
    ),
    ExportLayout(
        key="toutiao_followers",
        platform=Toutiao.spec.key,
        label=_("Followers by day (粉丝趋势)"),
        kind="account_days",
        columns={
            "时间": "day",
            "总粉丝数": "followers",
            "粉丝变化数": "followers_net",
            "新增粉丝数": "followers_gained",
            "流失粉丝数": "followers_lost",
            "活跃粉丝数": "active_followers",
            "总铁粉数": "loyal_followers",
        },
        needs=("时间", "总粉丝数", "粉丝变化数"),
    ),
)

BY_KEY: dict[str, ExportLayout] = {layout.key: layout for layout in LAYOUTS}

_TELLING = ("__biz", "mid", "idx", "sn", "id", "p")
"""Parts of a query that say which post an address means; everything else follows the reader around."""


def address_key(url: str) -> str:
    """Return what two addresses of one post share: host, path and the telling part of the query; "" for none."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    query = parse_qs(parts.query)
    telling = {name: query[name][0] for name in _TELLING if name in query}
    if "mid" in telling:
        telling.pop("sn", None)  # article and issue number are enough; the signature is missing in some exports
    rest = "&".join(f"{name}={value}" for name, value in telling.items())
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{rest}"
