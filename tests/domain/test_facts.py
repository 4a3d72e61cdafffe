"""Facts and words of an order: what filters and search find it by (spec 8)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.facts import facts
from oms_tui.domain.filter import index_words, order_words, words
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Customer, Note, Order
from oms_tui.domain.returns import Return, ReturnLine
from oms_tui.domain.status import CreditNoteStatus, RefundStatus, ReturnStatus
from tests import build

TEXT = st.text(max_size=30) | st.sampled_from(
    ["LS-204 W", "山田太郎", "Łódź", "김서연", "株式会社 山田", "1Z 999-AA1", "o'brien", "ﾔﾏﾀﾞ", "สมชาย", "--"]
)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """An order whose texts are anything."""
    address = Address(recipient=draw(TEXT), company=draw(TEXT), city=draw(TEXT), postal_code=draw(TEXT))
    lines = [
        replace(build.line(number), sku=draw(TEXT), name=draw(TEXT))
        for number in range(1, draw(st.integers(2, 4)))
    ]
    return build.order(
        *lines,
        id=draw(TEXT),
        customer=Customer(first_name=draw(TEXT), last_name=draw(TEXT), email=draw(TEXT)),
        bill_to=address,
        shipments=(build.shipment(tracking=draw(TEXT)),),
        notes=(Note(number=1, at=build.NOON, person="ana", text=draw(TEXT)),),
    )


@given(order=orders())
def test_words_of_an_order_are_those_of_its_facts(order: Order) -> None:
    """The search index and `matches` cannot disagree about what words an order has."""
    assert order_words(order) == index_words(facts(order))


@given(order=orders())
def test_words_can_be_told_apart_by_blanks(order: Order) -> None:
    """The search index keeps them side by side: none is empty, none holds an ASCII sign or a blank."""
    for word in order_words(order):
        assert word
        assert all(char.isalnum() for char in word if char.isascii())
        assert not any(char.isspace() for char in word)


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("山田", "太郎", "山田"),
        ("太郎", "", "山田太郎"),
        ("田太", "", "山田太郎"),
        ("山田太郎", "太郎", "山田"),
        ("太郎山田", "太郎", "山田"),
        ("서연", "", "김서연"),
        ("ﾔﾏﾀﾞ", "", "ヤマダ"),
        ("ชาย", "", "สมชาย"),
    ],
)
def test_half_a_name_without_blanks_is_found(typed: str, first: str, last: str) -> None:
    customer = Customer(first_name=first, last_name=last)
    found = order_words(build.order(customer=customer))
    (word,) = words(typed)
    assert any(known.startswith(word) for known in found)


def test_codes_are_found_with_and_without_their_signs() -> None:
    found = order_words(build.order(build.line(sku="LS-204 W")))
    assert {"ls", "204", "w", "ls204w"} <= found


def test_returns_and_claims_stand_beside_the_order() -> None:
    line = ReturnLine(
        number=1,
        order_line=1,
        sku="SKU-1",
        name="Article 1",
        quantity=1,
        status=ReturnStatus.PENDING_REVIEW,
        refund=Money(100, "EUR"),
        refund_status=RefundStatus.REVIEW_PENDING,
        credit_note_status=CreditNoteStatus.PENDING,
    )
    back = Return(id="R1", order_id="10427", created=build.NOON + timedelta(days=3), lines=(line,))
    found = facts(build.order(), [back], claimed_by="ana")
    assert found.returns == {ReturnStatus.PENDING_REVIEW}
    assert found.claimed_by == "ana"
    assert facts(build.order()).returns == frozenset()
