"""A shipment's position: what it owes, what was captured for it, and its payment status (spec 2, 4)."""

from datetime import timedelta

import pytest

from oms_tui.domain.order import Operation, Order
from oms_tui.domain.positions import charges_of, position, position_status
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentStatus
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
        ((capture(1490, S.FAILED),), PaymentStatus.FAILED, PaymentStatus.FAILED),
        ((capture(1490, S.UNKNOWN),), PaymentStatus.UNKNOWN, PaymentStatus.UNKNOWN),
        ((capture(1490, name=None),), PaymentStatus.PARTLY_CAPTURED, PaymentStatus.PARTLY_CAPTURED),
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


def test_captures_for_the_whole_order_belong_to_no_shipment() -> None:
    assert position(two_shipments(capture(1490, name=None)), "S-1").captured is None
