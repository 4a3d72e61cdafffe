"""What a list is about, of one of its orders: the amount, the moment and the words for each kind."""

from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.filter import FilterError, parse
from oms_tui.domain.order import Note, Operation, Order
from oms_tui.domain.own_facts import OwnFact, OwnKind, own_fact, own_kind
from oms_tui.domain.status import LineStatus, OperationKind, OperationState
from tests.build import NOON, card, eur, line, operation, order, shipment

K, S = OperationKind, OperationState
LEFT = NOON - timedelta(days=2)


def sold(*operations: Operation, status: LineStatus = LineStatus.SHIPPED, **rest: Any) -> Order:
    """Two lines for 10 euro each: S-1 has left if `status` says so, S-2 has not; one card for both."""
    return order(
        line(1, status, 1000, shipment="S-1"),
        line(2, LineStatus.PACKED, 1000, shipment="S-2"),
        shipments=(shipment("S-1", shipped_at=LEFT), shipment("S-2")),
        payments=(card(2000, *operations, **rest),),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("status:shipped uncaptured:shipped", OwnKind.UNCAPTURED),
        ("lapses<2d sort:lapses", OwnKind.LAPSES),
        ("refund:failed,unknown", OwnKind.REFUND),
        ("cancel:requested", OwnKind.ASKED),
        ("-cancel:requested status:shipped", None),
        ("", None),
    ],
)
def test_a_filter_says_what_its_list_is_about(text: str, kind: OwnKind | None) -> None:
    assert own_kind(parse(text).conditions) is kind


def test_only_what_has_left_counts_as_uncaptured_after_shipment() -> None:
    fact = OwnFact(kind=OwnKind.UNCAPTURED, amount=eur(1000), at=LEFT)
    assert own_fact(sold(), OwnKind.UNCAPTURED) == fact
    assert own_fact(sold(operation(2, K.CAPTURE, 1000, shipment="S-1")), OwnKind.UNCAPTURED) == OwnFact(
        kind=OwnKind.UNCAPTURED, amount=eur(1000)
    )
    whole = own_fact(sold(status=LineStatus.PACKED), OwnKind.UNCAPTURED)
    assert whole == OwnFact(kind=OwnKind.UNCAPTURED, amount=eur(2000))
    assert own_fact(sold(operation(2, K.CAPTURE, 2000)), OwnKind.UNCAPTURED) is None


def test_what_lapses_is_what_can_still_be_captured() -> None:
    at = NOON + timedelta(hours=5)
    taken = operation(2, K.CAPTURE, 500, shipment="S-1")
    assert own_fact(sold(taken, expires_at=at), OwnKind.LAPSES) == OwnFact(
        kind=OwnKind.LAPSES, amount=eur(1500), at=at
    )
    assert own_fact(sold(), OwnKind.LAPSES) is None


@pytest.mark.parametrize(
    ("states", "text"),
    [
        ((S.FAILED,), "failed: card closed"),
        ((S.UNKNOWN,), "unknown"),
        ((S.REQUESTED,), "asked for, no answer yet"),
        ((S.UNKNOWN, S.FAILED), "failed: card closed (and 1 more)"),
    ],
)
def test_of_refunds_the_one_that_failed_is_told_first(states: tuple[OperationState, ...], text: str) -> None:
    rows = [
        operation(
            3 + place,
            K.REFUND,
            400 if place == len(states) - 1 else 100,
            state=state,
            at=LEFT,
            cause="card closed" if state is S.FAILED else "cancel",
        )
        for place, state in enumerate(states)
    ]
    value = sold(operation(2, K.CAPTURE, 2000), *rows)
    assert own_fact(value, OwnKind.REFUND) == OwnFact(
        kind=OwnKind.REFUND, amount=eur(400), at=LEFT, text=text
    )


@pytest.mark.parametrize("answer", [None, S.UNKNOWN, S.FAILED])
def test_a_refund_asked_for_again_is_as_old_as_the_last_request(answer: OperationState | None) -> None:
    rows = [
        operation(3, K.REFUND, 400, state=S.REQUESTED, at=LEFT),
        operation(4, K.REFUND, 400, state=S.FAILED, at=LEFT + timedelta(hours=1), answers=3),
        operation(5, K.REFUND, 400, state=S.REQUESTED, at=NOON, answers=4),
    ]
    if answer is not None:
        rows.append(operation(6, K.REFUND, 400, state=answer, at=NOON + timedelta(hours=1), answers=5))
    fact = own_fact(sold(operation(2, K.CAPTURE, 2000), *rows), OwnKind.REFUND)
    assert fact is not None
    assert fact.at == NOON


def test_a_wish_to_cancel_is_told_in_the_customers_words() -> None:
    note = Note(number=1, at=LEFT, person="customer", text="The customer asks to cancel: ordered twice")
    assert own_fact(order(notes=(note,)), OwnKind.ASKED) == OwnFact(
        kind=OwnKind.ASKED, at=LEFT, text="ordered twice"
    )
    assert own_fact(order(), OwnKind.ASKED) is None


@pytest.mark.parametrize(
    "text", ["sort:asked", "-cancel:requested sort:asked", "cancel:requested sort:lapses"]
)
def test_rows_are_sorted_by_a_moment_only_where_all_have_it(text: str) -> None:
    with pytest.raises(FilterError, match="sorted by") as refused:
        parse(text)
    (example,) = refused.value.expected
    assert parse(example).sort is not None
