import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from content import ad_law, wording
from content.wording import Entry, Matcher, Required, find, fold, guide, judge

LAW = guide(matchers=[wording.law()])


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def terms(text, using=LAW):
    return [finding.term for finding in find(text, using)]


def brand(*words, **how):
    return guide([Entry(one, "brand") for one in words], **how)


def test_every_term_of_the_law_is_found_and_has_its_group():
    assert len(ad_law.terms()) > 150
    for term in ad_law.terms():
        assert term.group in ad_law.GROUPS, term
        found = find(f"这里说{term.words}，", LAW)
        assert [one.term for one in found] == [term.words]
        assert found[0].article
        assert found[0].reason


def test_no_term_stands_in_the_list_twice():
    words = [term.words.lower() for term in ad_law.terms()]
    assert len(words) == len(set(words))


def test_every_harmless_phrase_holds_its_term_and_is_let_alone():
    for term in ad_law.terms():
        for phrase in term.unless:
            assert term.words in phrase, (term.words, phrase)
            assert term.words not in terms(f"他说{phrase}吧"), phrase


@pytest.mark.parametrize(
    "text",
    [
        "第一次来店里", "最近上新", "最后一步", "最新一期", "首页", "一级标题", "第一章", "国家级非遗项目",
        "我最好的朋友", "你最好先打电话", "第一泡水要快", "最高气温 35 度", "十月第一周", "安全第一",
        "本次特效镜头", "货物转运中心", "事情发生发展", "100%棉", "https://a.example/No.1", "顶级域名",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_claims(text):
    assert terms(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全城最好喝的茶", ["最好喝"]),
        ("销量第一，第一次", ["销量第一"]),
        ("NO.1 品牌", ["NO.1"]),
        ("全网最低价", ["全网最低价"]),
        ("**最**佳", ["最**佳"]),
        ("最\u200b佳", ["最\u200b佳"]),
        ("１００％有效", ["１００％"]),
        ("稳赚不赔", ["稳赚不赔"]),
    ],
)
def test_claims_are_found_as_they_are_written(text, found):
    assert terms(text) == found


def test_a_finding_says_where_why_and_what_instead():
    (one,) = find("这是最佳的茶", LAW)
    assert (one.start, one.end, one.source) == (2, 4, "law")
    assert (one.category, one.article) == ("Absolute claim", "Advertising Law, art. 9 (3)")
    assert one.suggestion == "出色"


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ("AI", "with AI, SAID, ai", ["AI", "ai"]),
        ("AI", "用AI写", ["AI"]),
        ("cheap", "cheaper", []),
        ("24K", "124K 24k", ["24k"]),
        ("岚序", "岚序茶", ["岚序"]),
        ("全国*第一", "全国销量第一 全国\n第一", ["全国销量第一"]),
        ("a*z", "a12345678901z a1z", ["a1z"]),
        ("$5 (now)", "for $5 (now)", ["$5 (now)"]),
    ],
)
def test_words_of_the_brand_guide(words, text, found):
    assert terms(text, brand(words)) == found


@pytest.mark.parametrize(
    ("words", "instead", "text", "found"),
    [
        ("wechat", "WeChat", "WeChat, wechat and Wechat", ["wechat", "Wechat"]),
        ("岚序", "岚序茶饮", "岚序茶饮和岚序", ["岚序"]),
        ("tea", "Lanxu tea", "Lanxu tea or tea", ["tea"]),
        ("tea", "Lanxu tea", "tea", ["tea"]),
    ],
)
def test_words_that_are_written_right_already_are_let_alone(words, instead, text, found):
    assert terms(text, guide([Entry(words, "brand", suggestion=instead)])) == found


def test_a_brand_rule_is_told_beside_a_longer_term_of_the_law():
    using = guide([Entry("最低", "brand")], matchers=[wording.law()])
    assert sorted(terms("全网最低价", using)) == ["全网最低价", "最低"]


def test_the_longest_of_several_is_told_once():
    using = guide(
        matchers=[Matcher([Entry("代购", "list"), Entry("海外代购", "list")]), Matcher([Entry("代购", "law")])]
    )
    assert terms("海外代购", using) == ["海外代购"]


def test_allowed_phrases_pass_and_only_they():
    using = guide(matchers=[wording.law()], allowed=["最好的时光"])
    assert terms("最好的时光，最好的茶", using) == ["最好"]


def test_a_number_of_the_team_passes_however_it_is_grouped():
    using = guide(allowed=["138 1234 5678"])
    assert terms("13812345678 138-1234-5678 13912345678", using) == ["13912345678"]


def test_personal_data_can_be_left_out():
    assert terms("13812345678", guide(personal=False)) == []
    assert terms("wang@tea.example", guide(personal=False, emails=True)) == ["wang@tea.example"]


def test_one_problem_for_each_term_of_a_field_with_every_place():
    (problem,) = judge({"body": "最佳，还是最佳"}, LAW)
    assert (problem.code, problem.field, problem.level) == ("law_term", "body", "warn")
    assert (problem.start, problem.end, problem.excerpt, problem.places) == (0, 2, "最佳", ((0, 2), (5, 7)))
    assert problem.category == "Absolute claim"
    assert problem.text == (
        "“最佳”: Absolute claim, Advertising Law, art. 9 (3). “Best” and “highest” cannot be proven; "
        "fines begin at ¥200,000. Try “出色”. (2 times)"
    )
    assert [(fix.label, fix.value) for fix in problem.fixes] == [("Replace with “出色”", "出色")]


def test_wording_never_blocks():
    using = guide([Entry("x", "brand")], matchers=[wording.law()], required=[Required("广告")])
    texts = {"title": "最佳 x", "summary": "13812345678", "body": "稳赚不赔"}
    assert {problem.level for problem in judge(texts, using)} == {"warn"}
    assert [problem.code for problem in judge(texts, using)] == [
        "brand_word", "personal_phone", "law_term", "law_term", "brand_missing",
    ]  # fmt: skip


def test_required_wording_may_wait_for_other_words():
    using = guide(required=[Required("活动规则见详情页", "抽奖", "So says our lawyer.")])
    assert judge({"body": "上新"}, using) == []
    assert judge({"title": "抽奖", "body": "活动规则见详情页"}, using) == []
    (problem,) = judge({"body": "来抽奖"}, using)
    assert (
        problem.text
        == "With “抽奖” the brand guide asks for “活动规则见详情页”, which is missing. So says our lawyer."
    )
    assert problem.fixes[0].value == "活动规则见详情页"


def test_a_list_of_common_words_does_not_bury_the_rest():
    using = guide(
        [Entry("岚序", "brand")], matchers=[Matcher(Entry(f"词{chr(0x4E00 + n)}", "list") for n in range(200))]
    )
    text = "".join(f"词{chr(0x4E00 + n)}" for n in range(200)) + "岚序"
    found = judge({"body": text}, using)
    assert len(found) == wording.SHOWN_MAX
    assert found[0].code == "brand_word"


SIGNS = st.text(alphabet="最佳好第一次AIai*~ \u200bＡＩ１００%İß。\n", max_size=60)


@given(SIGNS)
def test_folding_knows_where_every_sign_stood(text):
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert fold(text[start:end]).text == folded.text[at]


@given(SIGNS)
def test_findings_are_in_order_and_are_what_stands_there(text):
    found = find(text, guide([Entry("AI", "brand"), Entry("最*次", "brand")], matchers=[wording.law()]))
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert text[one.start : one.end] == one.term


def test_many_harmless_phrases_take_no_long():
    text = "第一次" * 6000
    assert terms(text) == []
