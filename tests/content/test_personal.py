import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.personal import find_private, is_bank_card, is_id_card, is_phone

ID = "11010519491231002X"
CARD = "6222021234567890128"


def luhn(digits):
    total = sum(d * 2 - 9 if d * 2 > 9 else d * 2 for d in map(int, digits[::-2]))
    return digits + str(-(total + sum(map(int, digits[-2::-2]))) % 10)


def found(text, **how):
    return [(one.kind, text[one.start : one.end]) for one in find_private(text, **how)]


def test_an_id_card_has_a_province_a_date_and_a_check_digit():
    assert is_id_card(ID)
    assert is_id_card(ID.lower())
    assert not is_id_card("110105194912310021")
    assert not is_id_card("11010519490231002X")
    assert not is_id_card("99010519491231002X")
    assert not is_id_card(ID[:-1])


@given(st.dates(), st.integers(0, 999))
def test_of_all_last_signs_one_makes_an_id_card(day, place):
    start = f"440305{max(day.year, 1900):04}{day.month:02}{min(day.day, 28):02}{place:03}"
    good = [sign for sign in "0123456789X" if is_id_card(start + sign)]
    assert len(good) == (1 if day.year <= 2100 else 0)


@given(st.from_regex(r"62\d{13,16}", fullmatch=True))
def test_one_wrong_digit_is_no_card(digits):
    card = luhn(digits)
    if len(set(card)) < 3:
        return
    assert is_bank_card(card)
    assert not is_bank_card(card[:-1] + str((int(card[-1]) + 1) % 10))


@pytest.mark.parametrize("number", ["4" * 16, "6901234567892", "123456789012", "0" * 16])
def test_other_numbers_are_no_cards(number):
    assert not is_bank_card(number)


def test_mobile_numbers():
    assert is_phone("13812345678")
    assert is_phone("8613812345678")
    assert not is_phone("12812345678")
    assert not is_phone("1381234567")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("电话13812345678联系", ["phone"]),
        ("138 1234 5678", ["phone"]),
        ("138-1234-5678", ["phone"]),
        ("+86 13812345678", ["phone"]),
        ("13812345678 13912345678", ["phone", "phone"]),
        (f"身份证{ID}。", ["id_card"]),
        ("110105 19491231 002X", ["id_card"]),
        (f"卡号 {CARD}", ["bank_card"]),
        (luhn("622202123456789"), ["bank_card"]),
        ("6222 0212 3456 7894", ["bank_card"]),
        # none of these is anybody's
        ("订单 2026113812345678901", []),
        ("no13812345678x", []),
        ("3.13812345678", []),
        ("400-123-4567 或 95588", []),
        ("2026-11-25 10:30", []),
        ("阅读 12,345,678,901 次", []),
        ("1 2 3 4 5 6 7 8", []),
    ],
)
def test_numbers_are_judged_as_a_whole(text, kinds):
    assert [kind for kind, _words in found(text)] == kinds


def test_what_is_shown_hides_the_middle():
    assert [one.masked for one in find_private(f"138 1234 5678, {ID}")] == ["138 **** 5678", "110***********002X"]


def test_addresses_of_persons_are_told_only_when_asked_for():
    text = "wang.li@tea.example service@tea.example hr-cn@tea.example"
    assert found(text) == []
    assert found(text, emails=True) == [("email", "wang.li@tea.example")]


@given(st.text(alphabet="0123456789Xx -+.茶a", max_size=80))
def test_any_text_can_be_searched(text):
    for one in find_private(text, emails=True):
        assert 0 <= one.start < one.end <= len(text)
        assert sum(sign.isdigit() for sign in text[one.start : one.end]) >= 11
