"""A shipment's position: what it owes, what was captured for it, and its payment status (spec 2, 4)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.books import _accounts, account, accounts
from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.operations import order_balance
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import order_payment_status, overcharge, payment_statuses
from oms_tui.domain.positions import charges_of, position, position_status, positions
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.domain.totals import order_total
from tests.build import NOON, card, charge, eur, line, operation, order, shipment

K, S = OperationKind, OperationState


def two_shipments(*operations: Operation, authorized: int = 3490) -> Order:
    """Line 1 in S-1, which left; lines 2 and 3 in S-2, which is planned; 3 is cancelled."""
    return order(
        line(1, LineStatus.SHIPPED, 1000, shipment="S-1"),
        line(2, LineStatus.ALLOCATED, 2000, shipment="S-2"),
        line(3, LineStatus.CANCELLED, 500, shipment="S-2"),
        charges=(charge(),),
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2")),
        payments=(card(authorized, *operations),),
    )


def capture(minor: int, state: OperationState = S.SUCCEEDED, name: str | None = "S-1") -> Operation:
    """A capture for a shipment."""
    return operation(2, K.CAPTURE, minor, state=state, shipment=name)


def test_charges_go_on_the_first_shipment_to_leave() -> None:
    value = two_shipments()
    assert [one.number for one in charges_of(value, "S-1")] == [1]
    assert charges_of(value, "S-2") == ()
    assert position(value, "S-1").due == eur(1490)
    assert position(value, "S-2").due == eur(2000)


def test_charges_wait_while_nothing_has_left() -> None:
    value = order(line(1, shipment="S-1"), charges=(charge(),), shipments=(shipment("S-1"),))
    assert charges_of(value, "S-1") == ()


def test_of_two_that_left_the_earlier_carries_the_charges() -> None:
    value = order(
        line(1, LineStatus.SHIPPED, shipment="S-1"),
        line(2, LineStatus.SHIPPED, shipment="S-2"),
        charges=(charge(), charge(2, is_cancelled=True)),
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2", shipped_at=NOON - timedelta(hours=1))),
    )
    assert charges_of(value, "S-1") == ()
    assert [one.number for one in charges_of(value, "S-2")] == [1]


@pytest.mark.parametrize(
    ("operations", "first", "second"),
    [
        ((), PaymentStatus.AUTHORIZED, PaymentStatus.AUTHORIZED),
        ((capture(1490),), PaymentStatus.CAPTURED, PaymentStatus.AUTHORIZED),
        ((capture(500),), PaymentStatus.PARTLY_CAPTURED, PaymentStatus.AUTHORIZED),
        ((capture(1490, S.REQUESTED),), PaymentStatus.PENDING, PaymentStatus.AUTHORIZED),
        ((capture(1490, S.FAILED),), PaymentStatus.FAILED, PaymentStatus.AUTHORIZED),
        ((capture(1490, S.UNKNOWN),), PaymentStatus.UNKNOWN, PaymentStatus.AUTHORIZED),
        ((capture(1490, name=None),), PaymentStatus.CAPTURED, PaymentStatus.AUTHORIZED),
    ],
)
def test_status_of_each_position(
    operations: tuple[Operation, ...], first: PaymentStatus, second: PaymentStatus
) -> None:
    value = two_shipments(*operations)
    assert position_status(value, "S-1") is first
    assert position_status(value, "S-2") is second


def test_refunds_count_against_what_was_captured_for_the_shipment() -> None:
    refund = operation(3, K.REFUND, 400, shipment="S-1")
    assert position_status(two_shipments(capture(1490), refund), "S-1") is PaymentStatus.PARTLY_REFUNDED
    whole = operation(3, K.REFUND, 1490, shipment="S-1")
    assert position_status(two_shipments(capture(1490), whole), "S-1") is PaymentStatus.REFUNDED


def test_captured_is_the_sum_in_the_shipments_name() -> None:
    value = two_shipments(capture(1000), operation(3, K.CAPTURE, 490, shipment="S-1"))
    assert position(value, "S-1").captured == eur(1490)
    assert position(value, "S-2").captured == eur(0)


def both_asked(*answers: Operation) -> Order:
    """S-1 was asked for with the charges, S-2 in the same moment without."""
    first = operation(2, K.CAPTURE, 1490, state=S.REQUESTED, shipment="S-1")
    second = operation(3, K.CAPTURE, 2000, state=S.REQUESTED, shipment="S-2")
    return two_shipments(first, second, *answers)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("place", [0, 1])
def test_charges_stay_where_they_were_asked_for_whatever_is_answered(
    state: OperationState, place: int
) -> None:
    asked = both_asked().payments[0].operations[1 + place]
    value = both_asked(replace(asked, number=4, state=state, answers=asked.number))
    assert [one.number for one in charges_of(value, "S-1")] == [1]
    assert account(value, "S-2").due == 2000


def test_prepaid_money_stays_where_nothing_more_is_asked() -> None:
    """S-1 was paid by the gift card alone; of S-2 the card took a part, and what it lacks is its own."""
    gift = card(0, number=1, operations=(operation(1, K.CAPTURE, 1200),))
    own = operation(2, K.CAPTURE, 300, shipment="S-2")
    value = replace(settled(), payments=(gift, card(900, own, number=2)), tasks=(over("S-1"),))
    assert account(value, "S-2").to_capture == 200
    assert account(value, "S-1").prepaid == 1000


def over(name: str) -> FlowTask:
    """The Capture of a shipment that nothing more is asked for."""
    return FlowTask(task=Task.CAPTURE, shipment=name, state=TaskState.SKIPPED)


def test_prepaid_money_fills_what_left_first_and_then_the_rest() -> None:
    value = two_shipments(capture(1800, name=None))
    assert [position(value, number).captured for number in ("S-1", "S-2")] == [eur(1490), eur(310)]
    assert position(value, "S-2").to_capture == eur(1690)
    assert position(two_shipments(capture(4000, name=None), authorized=4000), None).overcharged == eur(510)


def test_the_orders_own_position_is_that_of_what_has_no_shipment() -> None:
    value = order(line(1, LineStatus.DELIVERED), is_carry_out=True, payments=(card(1000, capture(900)),))
    value = replace(value, payments=(card(1000, capture(900, name=None)),))
    (own,) = positions(value)
    assert (own.where, own.due, own.captured, own.to_capture) == (None, eur(1000), eur(900), eur(100))
    assert own.status is PaymentStatus.PARTLY_CAPTURED


def settled(*more: Operation, first: int = 1000) -> Order:
    """S-1 of 1000 captured and gone, S-2 of 700 to come; S-1 costs `first` since."""
    return order(
        line(1, LineStatus.SHIPPED, 1000, shipment="S-1", reduction=eur(1000 - first)),
        line(2, LineStatus.PACKED, 700, shipment="S-2"),
        shipments=(shipment("S-1", shipped_at=NOON), shipment("S-2")),
        payments=(card(1700, operation(2, K.CAPTURE, 1000, shipment="S-1"), *more),),
    )


@pytest.mark.parametrize("state", S)
def test_what_comes_of_a_refund_never_changes_what_another_shipment_owes(state: OperationState) -> None:
    value = settled(operation(3, K.REFUND, 100, state=state, shipment="S-1"), first=900)
    assert account(value, "S-2").to_capture == 700
    assert account(value, "S-1").to_capture == 0
    assert overcharge(value) == eur(100 if state is S.FAILED else 0)
    assert account(value, "S-1").to_return == 0


def test_a_refund_of_prepaid_money_that_failed_frees_nothing_for_another_shipment() -> None:
    """S-1 was paid 1000 by a gift card of 1200 and costs 900 since; S-2 still owes 700 - 200."""
    gift = card(0, number=1, operations=(operation(1, K.CAPTURE, 1200),))
    failed = operation(2, K.REFUND, 100, state=S.FAILED, shipment="S-1")
    gift = replace(gift, operations=(*gift.operations, failed))
    value = replace(settled(first=900), payments=(gift, card(500, number=2)))
    assert account(value, "S-2").to_capture == 500
    assert overcharge(value) == eur(100)


def test_each_position_is_overcharged_by_itself() -> None:
    value = settled(operation(3, K.CAPTURE, 50, shipment="S-1"))
    assert position(value, "S-1").status is PaymentStatus.OVERCHARGED
    assert position(value, "S-2").status is PaymentStatus.AUTHORIZED
    assert overcharge(value) == eur(50)


AMOUNTS = st.integers(0, 3000)
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from([K.CAPTURE, K.REFUND]),
        AMOUNTS,
        st.sampled_from(list(S)),
        st.sampled_from([None, "S-1", "S-2"]),
    ),
    max_size=8,
)


@given(OPERATIONS, st.integers(0, 1000), st.sampled_from([None, "S-1", "S-2"]))
def test_accounts_add_up_to_the_order(
    rows: list[tuple[OperationKind, int, OperationState, str | None]], first: int, turn: str | None
) -> None:
    """Nothing of the money is lost between positions, or counted for two of them."""
    operations = [
        operation(number, kind, minor, state=state, shipment=where)
        for number, (kind, minor, state, where) in enumerate(rows, 2)
    ]
    value = replace(settled(first=first), charges=(charge(),), payments=(card(9000, *operations),))
    found, sums = accounts(value, first=turn).values(), order_balance(value)
    assert sum(one.due for one in found) == order_total(value).minor
    assert sum(one.captured for one in found) == sums.captured
    assert sum(one.in_the_air for one in found) == sums.pending_capture
    assert sum(one.refunded + one.pending_refund for one in found) == sums.refunded + sums.pending_refund
    for one in found:
        assert one.to_capture == 0 or one.captured + one.in_the_air <= one.due + one.given_back
        assert one.to_return <= one.overcharged


def changes(value: Order) -> Iterator[Order]:
    """The order with one field of one of its parts, or of itself, different, for every field that a decision
    can change."""
    parcel, first = value.shipments[0], value.lines[0]
    one, fee = value.payments[0], value.charges[0]
    for what in (
        replace(first, status=LineStatus.CANCELLED),
        replace(first, shipment="S-2"),
        replace(first, shipment=None),
        replace(first, reduction=eur(10)),
        replace(first, discount=eur(10)),
    ):
        yield replace(value, lines=(what, *value.lines[1:]))
    yield replace(value, lines=(*value.lines, line(9, LineStatus.SHIPPED, shipment="S-1")))
    yield replace(value, charges=())
    yield replace(value, charges=(replace(fee, is_cancelled=True),))
    yield replace(value, charges=(replace(fee, reduction=eur(10)),))
    yield replace(value, shipments=(replace(parcel, shipped_at=NOON), *value.shipments[1:]))
    yield replace(value, shipments=value.shipments[1:])
    more = operation(3, K.CAPTURE, 500, shipment="S-1")
    yield replace(value, payments=(replace(one, operations=(*one.operations, more)),))
    yield replace(value, payments=(replace(one, operations=one.operations[:1]),))
    yield replace(value, tasks=(over("S-2"),))
    billed = DocumentPart(charge=1, quantity=1, amount=eur(490), tax=eur(78))
    yield replace(
        value,
        documents=(
            IssuedDocument(
                kind=DocumentKind.INVOICE,
                number="I-1",
                at=NOON,
                entity="acme-de",
                total=eur(490),
                shipment="S-2",
                parts=(billed,),
            ),
        ),
    )


def test_what_accounts_are_remembered_by_is_all_that_they_follow_from() -> None:
    """Asked of one order after another, each answer is that of somebody who remembers nothing."""
    whole = two_shipments(capture(700, name=None))
    for changed in changes(whole):
        for value in (whole, changed, replace(changed, version=2)):
            assert accounts(value) == _accounts(value, None)
            assert order_payment_status(value) == min(payment_statuses(value), key=list(PaymentStatus).index)
