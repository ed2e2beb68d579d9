"""What the demo's team writes and what people answer. Invented, like all of it."""

from typing import NamedTuple


class Piece(NamedTuple):
    """A piece before it is written: `pillar` counts `PILLARS`, `body` is the middle of its text."""

    title: str
    summary: str
    pillar: int
    body: str
    language: str = "zh"


PILLARS = [
    ("茶知识", "一个问题讲明白，不用术语。", 40),
    ("人与茶", "产地、师傅、店员和客人的故事。", 35),
    ("新品与活动", "上新、节气、线下场次。", 25),
]
PERSONAS = [
    ("办公室喝茶的人", "25–40 岁，下午三点想喝点东西，怕麻烦。"),
    ("送长辈的人", "看包装和说法是否体面，也看能不能退换。"),
    ("Tea readers abroad", "Read English, like process and place, buy samples first."),
]

FIRE = """每年十月中旬，杭州满觉陇的桂花开到第三茬，我们才开焙。头茬太嫩，香气站不住火；末茬又太熟，一烘就散。

## 为什么不一次焙到位

火高了，花先焦。老师傅说，焙茶像劝人，话不能一次说完。

![{alt}]({picture})

- 第一道 95 °C 走水，四小时，茶还是青的
- 第二道 110 °C，八小时，桂花进炉
- 第三道退到 80 °C，只为把花香锁住

所以这一炉，我们只敢说：它值得等。
"""
CUP = """先说结论：水温比茶具要紧，时间比水温要紧。

![{alt}]({picture})

## 三步

1. 杯子先用热水烫一遍，水倒掉
2. 放 3 克茶，沸水沿杯壁注到七分
3. 数到 40，出汤；第二泡加 10 秒

> 手边没有秤，就用瓶盖：平平一盖，刚好 3 克。

如果觉得苦，不要减茶，先减时间。下次说说同一款茶在保温杯里怎么放。
"""
PEOPLE = """早上六点，门还没开，院子里已经有人扫叶子。

她在这里做了十一年，话不多，手很快。问她最难的是哪一步，她想了一会儿，说是「等」。

![{alt}]({picture})

## 等什么

等叶子自己软下来，等风停，等客人把第一杯喝完。茶这件事，催不得。

走的时候她装了一小包给我，说不值钱，是今年剩下的最后一点。我们泡了三道，都没舍得说话。
"""
SHOP = """地方不大，坐得下十六个人，靠窗的四个位子先到先得。

![{alt}]({picture})

## 怎么来

- 时间：周六 14:00–16:30，提前十分钟进场
- 地点：满觉陇路 12 号，地铁站步行八分钟
- 费用：88 元，含三款茶和一份茶点

带上你自己的杯子，能抵五元。下雨照常，只是要慢一点走。
"""
FIRES_EN = """Every October we wait for the third bloom of osmanthus in Manjuelong. The first is too young for
the fire; the last falls apart in it.

## Why not roast it once

Too hot, and the flowers burn before the leaf is ready. Our roaster says it is like giving advice: never all at once.

![{alt}]({picture})

- The first fire, 95 °C for four hours, only drives the water out
- The second, 110 °C for eight hours, is when the flowers go in
- The third goes back to 80 °C and keeps the scent where it is

So this is all we will say about the batch: it was worth the wait.
"""
PLACE_EN = """The bus stops where the road does, and from there you walk. By seven the mist is down in the terraces
and the pickers are already on their second basket.

![{alt}]({picture})

## What we tasted

Five teas from five gardens, all picked in the same week. The highest garden gave the quietest cup. The lowest one, by
the river, had a note of wet stone that stayed until lunch.

We took home two kilos of the quiet one. It is in the shop until it is gone.
"""

WRITTEN = [
    Piece("桂花乌龙怎么焙", "三道火，一炉茶：为什么不一次焙到位。", 0, FIRE),
    Piece("一分钟学会盖碗", "手不烫、水不洒的三个动作。", 0, CUP),
    Piece("茶渣别扔", "五个用得上的去处。", 0, CUP),
    Piece("凌晨四点的焙火间", "杭州焙火师傅的一天。", 1, PEOPLE),
    Piece("办公室泡茶不求人", "一只杯子，一壶热水，三分钟。", 0, CUP),
    Piece("给爸妈泡杯茶", "写给不在身边的人。", 1, PEOPLE),
    Piece("Three fires, one tea", "Why osmanthus oolong is roasted three times.", 0, FIRES_EN, "en"),
    Piece("明天上班，今晚喝淡一点", "假期最后一晚的一壶。", 1, CUP),
    Piece("猜猜这是第几道火", "看颜色，闻香气，猜一猜。", 0, FIRE),
    Piece("桂花从哪来", "一封满觉陇的产地来信。", 1, PEOPLE),
    Piece("天冷了喝什么", "三款暖胃的热饮，家里都能做。", 2, CUP),
    Piece("竹匾歇火九宫格", "九张照片，一天的光。", 1, FIRE),
    Piece("A week of oolong", "Seven cups, seven notes from the tasting room.", 1, PLACE_EN, "en"),
    Piece("茶包也能好喝", "水温、时间、杯子，少一个都不行。", 0, CUP),
    Piece("雨天来的人", "满觉陇路 12 号，一个下午的门店日记。", 1, PEOPLE),
    Piece("开售首日问答", "关于桂花乌龙的十二个问题。", 2, FIRE),
    Piece("围炉煮茶，现场直播", "周六晚上，一起守着炉子。", 2, SHOP),
    Piece("红茶和乌龙差在哪一步", "从一片叶子说起。", 0, FIRE),
]
SERIES = [
    # title, summary, pillar, body, language, words
    ("{}怎么泡", "一只杯子，三分钟，把{}泡明白。", 0, CUP, "zh",
     ["凤凰单丛", "白牡丹", "正山小种", "雨前龙井", "铁观音", "熟普洱", "茉莉银针", "六堡茶"]),
    ("{}来信", "写信的人在{}的山上，信里夹着一片叶子。", 1, PEOPLE, "zh",
     ["武夷山", "安溪", "福鼎", "勐海", "六安", "祁门", "蒙顶山"]),
    ("{}喝哪一款", "{}，我们会从柜子里拿这一罐。", 2, CUP, "zh",
     ["加班夜", "周一早上", "吃撑之后", "感冒刚好", "长途车上", "搬家那天"]),
    ("Notes from {}", "A morning in {}, and the tea that came of it.", 1, PLACE_EN, "en",
     ["Wuyishan", "Fuding", "Menghai", "Anxi", "Qimen"]),
    ("{}的一天", "跟着{}走一圈，从早上六点到打烊。", 1, PEOPLE, "zh",
     ["采茶工", "拼配师", "店长", "试茶员", "包装车间"]),
    ("{}，值不值得买", "我们用了三个月，说说{}的好处和麻烦。", 0, CUP, "zh",
     ["玻璃公道杯", "旅行茶具", "恒温壶", "银壶", "一次性滤袋"]),
    ("周六茶会：{}", "十六个座位，这一场的主题是{}。", 2, SHOP, "zh",
     ["老白茶", "岩茶三坑", "茶与面包", "盲品", "第一次喝普洱"]),
    ("{}，到底要不要洗茶", "问的人很多，{}的答案不一样。", 0, FIRE, "zh",
     ["白茶", "岩茶", "生普", "花茶"]),
    ("How to brew {}", "One cup, three minutes, and a spoon of {}.", 0, FIRES_EN, "en",
     ["white peony", "rock oolong", "jasmine pearls", "shou mei"]),
    ("{}里的茶味", "翻书时记下的几行，{}里的人怎么喝茶。", 1, PEOPLE, "zh",
     ["《红楼梦》", "《陶庵梦忆》", "汪曾祺", "《茶经》"]),
]  # fmt: skip

PIECES = WRITTEN + [
    Piece(title.format(words[round_]), summary.format(words[round_]), pillar, body, language)
    for round_ in range(8)
    for title, summary, pillar, body, language, words in SERIES
    if round_ < len(words)
]
"""Every title once, the series taking turns."""

SITE_COMMENTS = [
    # name, words, the team's answer
    ("小满爱喝茶", "礼盒压坏了一个角，送长辈的，能换吗？", ""),
    ("阿岑", "第三道火为什么反而低？讲得真清楚。", "谢谢，问到点上了：那时香气已经在叶子里，再高就跑了。"),
    ("Juniper & Kettle", "Do you ship the osmanthus oolong to Lisbon?", ""),
    ("周末人", "上周买的已经喝完了，什么时候补货？", "周四上午补一批，每人限两盒。"),
    ("山里来的", "茶包的水温写错了吧，我这边 85 度更好喝。", ""),
    ("Rosa", "Lovely photographs. Who took them?", "Xu Yan did, with her phone and a lot of patience."),
    ("老陈", "竹匾哪里能买到？家里也想试试。", "不单卖，不过门店有一面墙，欢迎来看。"),
    ("茉莉", "看完去泡了一壶，果然要等。", ""),
    (
        "Tom B.",
        "What does 走水 mean? My dictionary says “walk water”.",
        "It is the stage that drives the water out.",
    ),
    ("不喝咖啡了", "办公室只有饮水机，80 度够吗？", "够，多等 20 秒。"),
    ("听雨", "写得真好，像坐在旁边。", ""),
    ("Ines", "Is there a sample set for people who have never tried oolong?", ""),
    ("四维", "价格比去年高了一点，是因为收成吗？", "是，今年花期短，收了不到七成。"),
    ("小葵", "周六的茶会还有位子吗？", "还有三个，私信留名字就行。"),
]
TALKS = [
    # account, kind, name, hours ago, words, the account's answer
    ("wechat", "private", "宋女士", 3, "你好，企业采购 200 盒，能开专票吗？最晚什么时候发货？", ""),
    ("weibo", "comment", "@茶山行者", 2, "同一款茶，为什么今年的香气更收着？", ""),
    ("weibo", "mention", "@城西书店", 7, "和 @岚序茶饮 约了一场读书会，主题是「等」。", ""),
    ("red", "comment", "一只栗子", 5, "求盖碗链接。图二那只。", ""),
    ("douyin", "comment", "阿木", 20, "三道火听着玄，能不能拍一次完整的？", "下周就拍，全程不剪。"),
    ("wechat", "private", "李先生", 30, "上个月订的礼盒少了一只杯子。", "对不起，今天补寄，单号晚上发给您。"),
    ("journal", "comment", "Mei-Lin", 26, "Could you write about storage? Mine lost its scent after a month.", ""),
    ("channels", "comment", "周老师", 44, "讲得明白，已转给学生。", "谢谢周老师。"),
]

BRAND_RULES: list[tuple[str, str, dict[str, str]]] = [
    ("banned", "养生", {"instead": "日常喝", "reason": "茶是食品，不说功效。"}),
    ("banned", "排毒", {"reason": "茶是食品，不说功效。"}),
    ("banned", "吊打", {"reason": "不比别家。"}),
    ("banned", "detox", {"reason": "Tea is food: no health claims."}),
    ("preferred", "兰序", {"instead": "岚序", "reason": "店名写对。"}),
    ("preferred", "Lan Xu", {"instead": "Lanxu", "reason": "One word."}),
    ("required", "过敏提示：含桂花", {"only_with": "桂花乌龙", "reason": "礼盒与活动页必须写明。"}),
]
"""Kind, words, and what goes with them."""
ALLOWED = [("第一炉", "产品名，不是排名。"), ("最后一炉", "说的是日子。")]
