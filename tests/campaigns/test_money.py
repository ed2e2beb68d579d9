from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.money import add_up, cpe, cpm, shares_of

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
own_costs = st.lists(st.none() | amounts, max_size=30)


@given(cost=amounts, owns=own_costs)
def test_parts_add_up_exactly_to_what_is_to_be_shared(cost, owns):
    parts = shares_of(cost, owns)
    named = sum((own for own in owns if own is not None), Decimal(0))
    assert len(parts) == len(owns)
    assert all(part == own for part, own in zip(parts, owns, strict=True) if own is not None)
    if None in owns:
        assert sum(parts) == max(cost, named)


@given(cost=amounts, owns=own_costs)
def test_even_parts_differ_by_less_than_a_cent_each_and_none_is_negative(cost, owns):
    shared = [part for part, own in zip(shares_of(cost, owns), owns, strict=True) if own is None]
    assert all(part >= 0 for part in shared)
    if shared:
        assert max(shared) - min(shared) <= Decimal("0.01")


@given(owns=own_costs)
def test_without_a_total_the_unknown_stays_unknown(owns):
    assert shares_of(None, owns) == owns


@given(st.lists(st.tuples(amounts, amounts)))
def test_sums_lose_no_cent(pairs):
    sums = add_up(pairs)
    assert sums.left == sum((planned - spent for planned, spent in pairs), Decimal(0))


def test_cost_per_thousand_views_and_per_interaction():
    assert cpm(Decimal("12000"), 214880) == Decimal("55.85")
    assert cpe(Decimal("100"), 3) == Decimal("33.33")


@pytest.mark.parametrize("count", [None, 0])
def test_nobody_looked_or_nobody_told_is_no_price(count):
    assert cpm(Decimal(5), count) is None
    assert cpe(Decimal(5), count) is None


def test_no_cost_is_no_price_but_free_is_zero():
    assert cpm(None, 100) is None
    assert cpm(Decimal(0), 100) == 0


def test_a_plan_of_nothing_has_no_share():
    assert add_up([]).share == 0
    assert add_up([(Decimal(3), Decimal(1))]).share == 33
