"""The transition table and what is derived from lines (spec 3.1, invariant S1)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.derive import ahead_in_words, standing
from oms_tui.domain.status import (
    BEFORE_PACKED,
    LINE_TRANSITIONS,
    UNDELIVERED_CAUSES,
    Cause,
    HoldKind,
    LineStatus,
    OrderStatus,
    PaymentStatus,
    TransitionRefused,
    glyph,
    next_status,
    word,
)
from tests.build import line

S = LineStatus

SPEC = """
pending_allocation allocation allocated
allocated location_told pending_ack
pending_ack acknowledged pending_confirm
pending_confirm location_confirmed confirmed
allocated short pending_allocation
pending_ack short pending_allocation
pending_confirm short pending_allocation
confirmed short pending_allocation
confirmed packing packed
packed handed_over shipped
shipped carrier_delivered delivered
shipped undelivered_address undelivered
shipped undelivered_refused undelivered
shipped undelivered_not_collected undelivered
shipped undelivered_damaged undelivered
shipped undelivered_lost undelivered
undelivered redelivery shipped
shipped return_accepted returned
delivered return_accepted returned
undelivered return_accepted returned
pending_allocation cancel cancelled
allocated cancel cancelled
pending_ack cancel cancelled
pending_confirm cancel cancelled
confirmed cancel cancelled
cancelled packed_anyway packed
"""
"""The table of spec 3.1; the last row is ours: one of the two ways on that spec 6 (Cancel) names."""


def test_every_status_and_cause_is_as_the_specification_says() -> None:
    """The whole product of statuses and causes: what the table of spec 3.1 does not name is refused."""
    spec = {(a, b): c for a, b, c in (row.split() for row in SPEC.strip().splitlines())}
    assert len(LINE_TRANSITIONS) == len(spec)
    for status, cause in product(LineStatus, Cause):
        if (status.value, cause.value) in spec:
            assert next_status(status, cause) == spec[status.value, cause.value]
        else:
            with pytest.raises(TransitionRefused, match=word(cause)):
                next_status(status, cause)


def test_undelivered_has_its_five_causes() -> None:
    assert len(UNDELIVERED_CAUSES) == 5


@pytest.mark.parametrize(
    ("statuses", "expected", "fraction"),
    [
        ([S.PENDING_ALLOCATION], OrderStatus.PENDING_ALLOCATION, ""),
        ([S.PENDING_ACK, S.PENDING_CONFIRM], OrderStatus.ALLOCATED, ""),
        ([S.CONFIRMED, S.SHIPPED], OrderStatus.CONFIRMED, "1/2"),
        ([S.CONFIRMED, S.CANCELLED], OrderStatus.CONFIRMED, ""),
        ([S.UNDELIVERED, S.DELIVERED], OrderStatus.UNDELIVERED, "1/2"),
        ([S.UNDELIVERED, S.SHIPPED], OrderStatus.UNDELIVERED, ""),
        ([S.UNDELIVERED, S.PACKED], OrderStatus.PACKED, "1/2"),
        ([S.DELIVERED, S.RETURNED], OrderStatus.DELIVERED, "1/2"),
        ([S.RETURNED, S.CANCELLED], OrderStatus.RETURNED, ""),
        ([S.CANCELLED, S.CANCELLED], OrderStatus.CANCELLED, ""),
    ],
)
def test_order_status(statuses: list[LineStatus], expected: OrderStatus, fraction: str) -> None:
    result = standing(line(number, status) for number, status in enumerate(statuses, 1))
    assert (result.status, result.fraction) == (expected, fraction)


def test_the_fraction_counts_pieces_not_lines() -> None:
    result = standing([line(1, S.CONFIRMED, quantity=5), line(2, S.PACKED, quantity=1)])
    assert result.text() == "◑ Confirmed 1/6"


def test_the_fraction_in_words_says_which_pieces_are_ahead() -> None:
    five = [line(1, S.SHIPPED, quantity=3), line(2, S.DELIVERED), line(3, S.SHIPPED)]
    assert ahead_in_words(five) == "1 of 5 delivered"
    more = [*five, line(4, S.CONFIRMED, quantity=2), line(5, S.CANCELLED)]
    assert ahead_in_words(more) == "4 of 7 shipped, 1 delivered"
    assert ahead_in_words(five[:1]) == ""


@given(st.lists(st.tuples(st.sampled_from(LineStatus), st.integers(1, 9)), min_size=1, max_size=8))
def test_the_status_is_never_ahead_of_any_piece(parts: list[tuple[LineStatus, int]]) -> None:
    result = standing(line(n, status, quantity=quantity) for n, (status, quantity) in enumerate(parts, 1))
    pieces = sum(quantity for status, quantity in parts if status is not S.CANCELLED)
    assert result.pieces == pieces
    assert 0 <= result.ahead < max(pieces, 1)
    assert (result.status is OrderStatus.CANCELLED) == (pieces == 0)


def test_every_status_has_a_word_and_single_cell_glyphs() -> None:
    for status in LineStatus:
        assert word(status)
        assert len(glyph(status)) == 1
        assert glyph(status, ascii_only=True).isascii()
    assert word(HoldKind.FRAUD) == "fraud review"
    assert word(PaymentStatus.NOT_KNOWN) == "Not known"
    assert len(BEFORE_PACKED) == 5
