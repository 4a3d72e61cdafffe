"""Splitting a line: no part costs less than nothing, whatever was taken off the whole (spec 4, M5)."""

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.money import Money
from oms_tui.domain.totals import price, split_line
from tests.build import line

FIELDS = ("amount", "discount", "reduction", "tax", "tax_reduction")


@st.composite
def split_lines(draw):
    """A line with anything taken off its amount and tax, and how many pieces go."""
    currency = draw(st.sampled_from(("JPY", "EUR", "KWD")))
    most = draw(st.sampled_from((9, 10**4, 10**15)))
    amount, tax = draw(st.integers(0, most)), draw(st.integers(0, most))
    discount = draw(st.integers(0, amount))
    amounts: dict[str, int] = {
        "discount": discount,
        "reduction": draw(st.integers(0, amount - discount)),
        "tax": tax,
        "tax_reduction": draw(st.integers(0, tax)),
    }
    quantity = draw(st.integers(2, 50))
    rest: dict[str, Any] = {name: Money(minor, currency) for name, minor in amounts.items()}
    rest |= {"currency": currency, "quantity": quantity, "tax_included": draw(st.booleans())}
    whole = line(1, minor=amount, **rest)
    return whole, draw(st.integers(1, quantity - 1))


@given(split_lines())
def test_a_split_is_exact_and_no_part_costs_less_than_nothing(given_line):
    whole, quantity = given_line
    parts = split_line(whole, quantity, 2)
    assert [part.quantity for part in parts] == [whole.quantity - quantity, quantity]
    for part in parts:
        assert price(part).minor >= 0
        assert part.amount.minor >= part.discount.minor + part.reduction.minor
        assert part.tax.minor >= part.tax_reduction.minor
        for name in FIELDS:
            exact = Fraction(getattr(whole, name).minor * part.quantity, whole.quantity)
            assert getattr(part, name).minor >= 0
            assert abs(getattr(part, name).minor - exact) < 1
    for name in FIELDS:
        assert sum(getattr(part, name).minor for part in parts) == getattr(whole, name).minor


def test_two_pieces_that_cost_nothing_cost_nothing_each():
    whole = line(1, minor=2, quantity=2, discount=Money(1, "EUR"), reduction=Money(1, "EUR"))
    assert [price(part).minor for part in split_line(whole, 1, 2)] == [0, 0]
