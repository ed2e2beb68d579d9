"""Files as the back offices hand them out: their headers, their forms, a few rows of our own.

Each function returns the bytes of one file. Sources of headers and forms: docs/platforms.md.
"""

# ruff: noqa: E501 - a row of a table is one line

import io

import xlsxwriter
import xlwt

from analytics.actions import importing, undoing
from analytics.models import ImportedFile


def csv_text(head, rows, *, quoted=False):
    def cell(value):
        words = str(value)
        return (
            f'"{words.replace(chr(34), chr(34) * 2)}"' if quoted or any(sign in words for sign in ',"\n') else words
        )

    return "\r\n".join(",".join(cell(value) for value in row) for row in [head, *rows]) + "\r\n"


def xlsx(rows, *, banner="", sheet="Sheet1", more=()):
    """A workbook; `banner` is merged over the first row, `more` are further (name, rows)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        start = 0
        if banner:
            page.merge_range(0, 0, 0, len(rows[0]) - 1, banner)
            start = 1
        _fill(page, rows, start)
        for name, others in more:
            _fill(book.add_worksheet(name), others, 0)
    return out.getvalue()


def _fill(page, rows, start):
    for line, row in enumerate(rows, start):
        for column, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(line, column, value)
            elif value is not None:
                page.write_number(line, column, value)


def biff(rows, *, sheet="New Sheet1"):
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet)
    for line, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                page.write(line, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html_table(title, head, rows):
    line = "<tr>" + "".join(f"<td>{cell}</td>" for cell in head) + "</tr>"
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta http-equiv="Content-Type" '
        f'content="text/html; charset=utf-8"></head><body><table><tr><td colspan="{len(head)}">{title}</td></tr>\n'
        f"{line}\n{body}</table></body></html>"
    ).encode()


def wechat_followers():
    head = ["时间", "新关注人数", "取消关注人数", "净增关注人数", "累积关注人数"]
    return html_table("用户增长", head, [["2026-09-22", 31, 4, 27, "10,027"], ["2026-09-23", 12, 20, -8, "10,019"]])


def wechat_tendency():
    head = [
        None, "日期", "渠道", "阅读人数", None, "日期", "分享人数", "跳转阅读原文人数", "微信收藏人数", "发表篇数",
        None, "传播渠道", "发表日期", "内容标题", "阅读人数", "阅读人数占比",
    ]  # fmt: skip
    rows = [
        [None, "2026-09-22", "全部", 412.0, None, "2026-09-22", 9.0, 3.0, 5.0, 1.0, None, "全部", "20260922", "秋茶上新", 390.0, "94.66%"],
        [None, "2026-09-22", "公众号消息", 300.0, None, "2026-09-23", 2.0, 0.0, 1.0, 0.0, None, "朋友圈", "20260922", "秋茶上新", 90.0, "21.84%"],
        [None, "2026-09-23", "全部", 88.0],
    ]  # fmt: skip
    return biff([["数据趋势概况"], head, *rows])


def wechat_notified(*, newer=False):
    head = [
        "内容标题", "发表时间", "总阅读人数", "总阅读次数", "总分享人数", "总分享次数", "阅读后关注人数", "送达人数",
        "公众号消息阅读次数", "送达阅读率", "首次分享次数", "分享产生阅读次数", "首次分享率", "每次分享带来阅读次数",
        "阅读完成率", "内容url",
    ]  # fmt: skip
    if newer:
        head = [name.replace("次数", "人数") if name in head[8:] else name for name in head]
    url = "http://mp.weixin.qq.com/s?__biz=MzA1&mid=2650001&idx=1&sn=ab12&chksm=99#rd"
    row = [
        "秋茶上新",
        "20260922",
        "390",
        "520",
        "9",
        "12",
        "6",
        "10027",
        "300",
        "2.99%",
        "8",
        "90",
        "2.67%",
        "11.25",
        "64.1%",
        url,
    ]
    return biff([head, row], sheet="已通知内容")


DOUYIN_HEAD = [
    "作品名称", "发布时间", "体裁", "审核状态", "播放量", "完播率", "5s完播率", "封面点击率", "2s跳出率", "平均播放时长",
    "点赞量", "分享量", "评论量", "收藏量", "主页访问量", "粉丝增量",
]  # fmt: skip


def douyin_row(title="第一泡茶为什么要倒掉 #茶 #冷知识", at="2026-09-22 19:30:00", views="15321", likes="402"):
    return [
        title, at, "1min-视频", "公开", views, "0.074074", "0.412", "-", "0.311", "14.73",
        likes, "21", "33", "87", "65", "-2",
    ]  # fmt: skip


def douyin_posts(*rows):
    return xlsx(
        [DOUYIN_HEAD, *(rows or [douyin_row(), douyin_row("冷泡的三个误区", "2026-09-20 12:00:00", "1.2万", "-")])]
    )


def douyin_days():
    head = [
        "日期",
        "投稿量",
        "总播放量",
        "总点赞量",
        "总分享量",
        "总评论量",
        "5秒完播率",
        "2秒跳出率",
        "封面点击率",
        "平均播放时长",
    ]
    rows = [["2026-09-22", "1", "16,201", "420", "22", "35", "0.41", "0.3", "-", "14.73"]]
    return xlsx([head, *rows])


XIAOHONGSHU_HEAD = [
    "笔记标题", "首次发布时间", "体裁", "曝光", "观看量", "封面点击率", "点赞", "评论", "收藏", "涨粉", "分享", "人均观看时长(s)", "弹幕",
]  # fmt: skip


def xiaohongshu_notes():
    rows = [
        [
            "秋天的第一杯乌龙",
            "2026年09月21日17时33分05秒",
            "图文",
            4390.0,
            1410.0,
            0.221,
            88.0,
            9.0,
            42.0,
            7.0,
            3.0,
            16.0,
            0.0,
        ],
        [
            "茶馆的一天",
            "2026年09月20日08时00分38秒",
            "视频",
            1324.0,
            300.0,
            0.062,
            14.0,
            0.0,
            8.0,
            2.0,
            0.0,
            24.0,
            1.0,
        ],
    ]
    return xlsx([XIAOHONGSHU_HEAD, *rows], banner="最多导出排序后前1000条笔记")


def bilibili_recent():
    head = [
        "视频标题", "发布时间", "播放量", "游客播放占比", "粉丝观看率", "封标点击率", "粉丝点击率", "游客点击率", "3秒跳出率",
        "粉丝3秒跳出率", "游客3秒跳出率", "互动率", "粉丝互动率", "游客互动率", "涨粉量", "播转粉率", "取关量", "点赞量", "点赞率",
        "评论量", "评论率", "弹幕量", "弹幕率", "收藏量", "收藏率", "投币量", "投币率", "转发量", "转发率", "平均播放进度",
    ]  # fmt: skip
    row = [
        "一片茶叶的旅行", "2026年09月19日 16:41:25", "2,310", "81.2%", "3.1%", "3.5星", "2星", "4星", "12.5%", "8%", "13%", "6.2%",
        "9%", "5%", "12", "0.5%", "1", "140", "6.06%", "18", "0.78%", "25", "1.08%", "61", "2.64%", "33", "1.43%", "7", "0.3%", "41.9%",
    ]  # fmt: skip
    return csv_text(head, [row]).encode()


def channels_posts():
    head = [
        "视频描述", "视频ID", "发布时间", "完播率", "平均播放时长", "播放量", "推荐", "喜欢", "评论量", "分享量", "关注量",
        "转发聊天和朋友圈", "设为铃声", "设为状态", "设为朋友圈封面",
    ]  # fmt: skip
    rows = [
        ["掌柜说茶\n第一集：看水温", "export/UzFfBgAA1", "2026/09/22", "11.14%", "32.50秒", "2210", "41", "66", "8", "19", "5", "30", "0", "1", "0"],
        ["掌柜说茶\n第二集：看叶底", "export/UzFfBgAA2", "2026/09/23", "9.02%", "28秒", "904", "12", "31", "2", "7", "1", "9", "0", "0", "0"],
    ]  # fmt: skip
    return b"\xef\xbb\xbf" + csv_text(head, rows, quoted=True).encode()


def zhihu_days():
    head = ["日期", "阅读", "播放", "点赞", "喜欢", "评论", "收藏", "分享"]
    return csv_text(head, [["2026-09-22", 810, 40, 22, 3, 5, 18, 2], ["2026-09-23", 702, 12, 9, 1, 0, 7, 1]]).encode(
        "gb18030"
    )


def toutiao_days():
    head = ["时间", "展现量", "粉丝展现量", "阅读(播放)量", "粉丝阅读(播放)量", "点赞量", "评论量"]
    return xlsx([head, ["累计", 90000, 1200, 4100, 210, 55, 9], ["2026-09-22", 50000, 700, 2100, 110, 30, 5]])


def toutiao_followers():
    head = ["时间", "总粉丝数", "粉丝变化数", "新增粉丝数", "流失粉丝数", "活跃粉丝数", "总铁粉数"]
    return xlsx([head, ["累计", 1310, 12, 20, 8, 90, 4], ["2026-09-22", 1310, 12, 20, 8, 90, 4]])


def upload(member, content, name="figures.xls", *, now):
    return importing.add_file(io.BytesIO(content), name, len(content), by=member, now=now).imported


def read(imported, now):
    """Let a worker read it; return it as it is then."""
    importing.read_file(importing.claim(imported.pk, now), now)
    return ImportedFile.objects.select_related("account__workspace", "workspace").get(pk=imported.pk)


def run(imported, member, now):
    """Confirm it and let a worker import it."""
    importing.confirm(imported, by=member, now=now)
    importing.import_rows(importing.claim(imported.pk, now), now)
    return ImportedFile.objects.select_related("account__workspace", "workspace").get(pk=imported.pk)


def bring(member, content, name="figures.xls", *, now, account=None, makes_posts=None, as_of=None):
    """Upload, read, choose and import in one; return the file."""
    row = read(upload(member, content, name, now=now), now)
    if account is not None or makes_posts is not None or as_of is not None:
        importing.choose(
            row, account=account or row.account, as_of=as_of or row.as_of, makes_posts=makes_posts, now=now
        )
        row = read(row, now)
    return run(row, member, now)


def take_back(imported, member, now):
    undoing.start_undo(imported, by=member)
    undoing.undo_rows(importing.claim(imported.pk, now), now)
    return ImportedFile.objects.get(pk=imported.pk)
