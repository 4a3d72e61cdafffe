"""The total formula of spec 4 and the split of lines (invariants M4, M5)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.money import Money
from oms_tui.domain.order import Line
from oms_tui.domain.status import LineStatus
from oms_tui.domain.totals import order_total, price, split_line, total_of, totals
from tests.build import charge, eur, line, order

amounts = st.integers(0, 10**9)


@st.composite
def priced_lines(draw: st.DrawFn) -> Line:
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    amount = draw(amounts)
    discount = draw(st.integers(0, amount))
    reduction = draw(st.integers(0, amount - discount))
    tax = draw(st.integers(0, amount))
    return line(
        1,
        minor=amount,
        currency=currency,
        quantity=draw(st.integers(2, 80_000)),
        discount=Money(discount, currency),
        reduction=Money(reduction, currency),
        tax=Money(tax, currency),
        tax_reduction=Money(draw(st.integers(0, tax)), currency),
        tax_included=draw(st.booleans()),
    )


@given(priced_lines(), st.data())
def test_a_split_loses_no_minor_unit(whole: Line, data: st.DataObject) -> None:
    """Every amount of the parts sums to the whole and stays within one unit of its exact share."""
    quantity = data.draw(st.integers(1, whole.quantity - 1))
    stays, part = split_line(whole, quantity, 7)
    assert (stays.number, part.number, part.parent) == (whole.number, 7, whole.number)
    assert (stays.quantity, part.quantity) == (whole.quantity - quantity, quantity)
    for name in ("amount", "discount", "tax", "reduction", "tax_reduction"):
        total = getattr(whole, name).minor
        first, second = getattr(stays, name).minor, getattr(part, name).minor
        assert first + second == total
        assert abs(second * whole.quantity - total * quantity) < whole.quantity
    assert price(stays) + price(part) == price(whole)


def test_a_part_remembers_the_line_as_placed() -> None:
    _, part = split_line(line(2, quantity=3), 2, 5)
    _, again = split_line(part, 1, 6)
    assert (again.parent, again.placed_as, again.number) == (2, 2, 6)


@pytest.mark.parametrize("quantity", [0, 3, 4, -1])
def test_a_split_takes_some_and_leaves_some(quantity: int) -> None:
    with pytest.raises(ValueError, match="cannot split"):
        split_line(line(quantity=3), quantity, 2)


def test_total_is_subtotal_charges_discount_adjustments_and_added_tax() -> None:
    value = order(
        line(1, minor=10_000, discount=eur(1_000), tax=eur(1_437), reduction=eur(500)),
        line(2, minor=2_000, tax=eur(380), tax_included=False, tax_reduction=eur(80)),
        line(3, minor=9_999, status=LineStatus.CANCELLED),
        charges=(charge(1, 490), charge(2, 999, is_cancelled=True)),
        payments=(),
    )
    sums = totals(value)
    assert sums.subtotal == eur(12_000)
    assert sums.charges == eur(490)
    assert sums.discount == eur(1_000)
    assert sums.adjustments == eur(500)
    assert (sums.tax_included, sums.tax_added) == (eur(1_437), eur(300))
    assert sums.total == eur(12_000 + 490 - 1_000 - 500 + 300)
    assert order_total(value) == sums.total


def test_placed_total_ignores_what_came_later() -> None:
    lines = (line(1, minor=1_000, reduction=eur(200)), line(2, minor=500, status=LineStatus.CANCELLED))
    value = order(*lines, payments=())
    assert value.placed_total == eur(1_500)
    assert order_total(value) == eur(800)
    assert total_of("EUR", lines, ()) == eur(1_500)


def test_returned_lines_stay_in_the_total() -> None:
    value = order(line(1, LineStatus.DELIVERED))
    assert order_total(replace(value, lines=(line(1, LineStatus.RETURNED),))) == order_total(value)
