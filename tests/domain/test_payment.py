"""Payment status and balances computed from operations (spec 3.1, 4)."""

from dataclasses import replace

import pytest

from oms_tui.domain.order import Hold, Operation, Payment
from oms_tui.domain.payment import (
    balance,
    is_uncaptured,
    is_uncaptured_after_shipment,
    latest,
    order_balance,
    order_payment_status,
    overcharge,
)
from oms_tui.domain.status import (
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    PaymentStatus,
)
from tests.build import EUR, NOON, card, eur, line, operation, order

K, ST, PS = OperationKind, OperationState, PaymentStatus


def op(
    number: int, kind: OperationKind, minor: int, state: OperationState = ST.SUCCEEDED, **rest: object
) -> Operation:
    return operation(number, kind, minor, state=state, **rest)


@pytest.mark.parametrize(
    ("payment", "status"),
    [
        (card(1000), PS.AUTHORIZED),
        (card(1000, op(2, K.CAPTURE, 1000)), PS.CAPTURED),
        (card(1000, op(2, K.CAPTURE, 400)), PS.PARTLY_CAPTURED),
        (card(1000, op(2, K.CAPTURE, 400), op(3, K.VOID, 600)), PS.CAPTURED),
        (card(1000, op(2, K.CAPTURE, 400), op(3, K.CAPTURE, 600, ST.REQUESTED)), PS.PARTLY_CAPTURED),
        (card(1000, op(2, K.CAPTURE, 1000), op(3, K.REFUND, 300)), PS.PARTLY_REFUNDED),
        (card(1000, op(2, K.CAPTURE, 1000), op(3, K.REFUND, 1000)), PS.REFUNDED),
        (card(1000, op(2, K.CAPTURE, 1000, ST.UNKNOWN)), PS.UNKNOWN),
        (card(1000, op(2, K.CAPTURE, 1000, ST.FAILED)), PS.FAILED),
        (card(1000, op(2, K.CAPTURE, 1000, ST.FAILED), op(3, K.CAPTURE, 1000)), PS.CAPTURED),
        (
            card(1000, op(2, K.CAPTURE, 600, ST.FAILED, shipment="S-1"), op(3, K.CAPTURE, 1000)),
            PS.CAPTURED,
        ),
        (card(1000, op(2, K.CAPTURE, 1000, ST.UNKNOWN), op(3, K.CAPTURE, 1000, answers=2)), PS.CAPTURED),
        (card(1000, op(2, K.CAPTURE, 1000, ST.REQUESTED)), PS.AUTHORIZED),
        (card(1000, op(2, K.VOID, 1000)), PS.VOIDED),
        (card(1000, lapsed_at=NOON), PS.LAPSED),
        (card(1000, operations=(op(1, K.AUTHORIZE, 1000, ST.REQUESTED),)), PS.PENDING),
        (card(1000, operations=(op(1, K.AUTHORIZE, 1000, ST.FAILED),)), PS.FAILED),
        (card(1000, operations=(op(1, K.IMPORTED, 1000),)), PS.NOT_KNOWN),
        (card(1000, operations=()), PS.NOT_KNOWN),
    ],
)
def test_status_of_a_payment(payment: Payment, status: PaymentStatus) -> None:
    assert order_payment_status(order(line(minor=1000), payments=(payment,))) is status


def test_an_order_shows_the_first_match_over_its_payments() -> None:
    gift = card(400, op(2, K.CAPTURE, 400), method=PaymentMethod.GIFT_CARD)
    failed = card(600, op(2, K.CAPTURE, 600, ST.FAILED), number=2)
    assert order_payment_status(order(line(minor=1000), payments=(gift, failed))) is PS.FAILED


GIFT = card(400, op(2, K.CAPTURE, 400), method=PaymentMethod.GIFT_CARD)


@pytest.mark.parametrize(
    ("gift", "beside", "status"),
    [
        (GIFT, card(600, op(2, K.CAPTURE, 600)), PS.CAPTURED),
        (GIFT, card(600, op(2, K.CAPTURE, 200), op(3, K.VOID, 400)), PS.CAPTURED),
        (GIFT, card(600, op(2, K.CAPTURE, 200)), PS.PARTLY_CAPTURED),
        (GIFT, card(600), PS.PARTLY_CAPTURED),
        (GIFT, card(600, operations=(op(1, K.AUTHORIZE, 600, ST.REQUESTED),)), PS.PARTLY_CAPTURED),
        (GIFT, card(600, lapsed_at=NOON), PS.PARTLY_CAPTURED),
        (card(1000, op(2, K.CAPTURE, 1000)), card(1000, lapsed_at=NOON), PS.CAPTURED),
        (GIFT, card(600, op(2, K.VOID, 600)), PS.CAPTURED),
        (card(400, op(2, K.CAPTURE, 400), op(3, K.REFUND, 400)), card(600), PS.REFUNDED),
        (
            card(400, op(2, K.CAPTURE, 400), op(3, K.REFUND, 400)),
            card(600, op(2, K.CAPTURE, 600)),
            PS.PARTLY_REFUNDED,
        ),
    ],
)
def test_an_order_is_captured_or_refunded_only_where_all_its_payments_are(
    gift: Payment, beside: Payment, status: PaymentStatus
) -> None:
    value = order(line(minor=1000), payments=(gift, replace(beside, number=2)))
    assert order_payment_status(value) is status


def test_overcharged_is_captured_above_what_is_owed() -> None:
    value = order(line(minor=1000), payments=(card(1500, op(2, K.CAPTURE, 1500)),))
    assert overcharge(value) == eur(500)
    assert order_payment_status(value) is PS.OVERCHARGED
    on_its_way = card(1500, op(2, K.CAPTURE, 1500), op(3, K.REFUND, 500, ST.REQUESTED))
    assert not overcharge(replace(value, payments=(on_its_way,)))


def test_a_dispute_is_shown_before_what_was_captured() -> None:
    hold = Hold(number=1, kind=HoldKind.DISPUTE, reason="chargeback", placed_at=NOON, placed_by="system")
    value = order(line(), payments=(card(1000, op(2, K.CAPTURE, 1000)),), holds=(hold,))
    assert order_payment_status(value) is PS.DISPUTED
    assert order_payment_status(replace(value, holds=(replace(hold, released_at=NOON),))) is PS.CAPTURED


def test_the_later_word_on_an_operation_counts() -> None:
    operations = (
        op(1, K.CAPTURE, 10, ST.REQUESTED),
        op(2, K.CAPTURE, 10, ST.UNKNOWN, answers=1),
        op(3, K.CAPTURE, 10, answers=2),
    )
    assert [o.number for o in latest(operations)] == [3]


def test_balances_keep_what_is_in_the_air_apart() -> None:
    payment = card(1000, op(2, K.CAPTURE, 700), op(3, K.REFUND, 100), op(4, K.REFUND, 50, ST.UNKNOWN))
    sums = balance(payment)
    assert (sums.authorized, sums.captured, sums.refunded, sums.pending_refund) == (1000, 700, 100, 50)
    assert sums.refundable == 550
    assert sums.to_capture == 300
    assert order_balance(order(payments=(payment,))).refundable == 550


def test_authorized_after_shipment() -> None:
    shipped = order(line(1, LineStatus.SHIPPED), line(2, LineStatus.CONFIRMED))
    assert is_uncaptured_after_shipment(shipped)
    captured = replace(shipped, payments=(card(2000, op(2, K.CAPTURE, 1000)),))
    assert is_uncaptured(captured)
    assert not is_uncaptured_after_shipment(captured)
    assert not is_uncaptured_after_shipment(order(line(1, LineStatus.CONFIRMED)))


def test_a_payment_is_in_the_orders_currency() -> None:
    assert balance(card(5)).currency == EUR


def test_tax_on_top_counts_among_what_shipped_goods_owe() -> None:
    taxed = line(1, LineStatus.SHIPPED, minor=5000, tax=eur(1000), tax_included=False)
    value = order(taxed, payments=(card(6000, op(2, K.CAPTURE, 5000)),))
    assert is_uncaptured_after_shipment(value)
