"""The remainder of an authorization goes with the last shipment, never in part before it (spec 4)."""

from dataclasses import replace

from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.payment import is_uncaptured, order_balance
from oms_tui.domain.status import OperationKind, OperationState
from tests.build import NOON, card
from tests.domain.shop import Shop, paid_by, placed, released, task_of, wanted

STOCK = {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 9}


def voids(value: Order) -> list[tuple[int, OperationState, int]]:
    return [
        (payment.number, one.state, one.amount.minor)
        for payment in value.payments
        for one in payment.operations
        if one.kind is OperationKind.VOID
    ]


def test_the_remainder_is_voided_with_the_last_shipment() -> None:
    """Less is captured than was authorized, since something became cheaper; nothing is voided in part."""
    shop = Shop(STOCK)
    value = released(shop, placed(wanted(1), wanted(2), payments=paid_by(1500, 700)))
    value = shop.hear(shop.hear(value, "packed", "S-1"), "captured", "S-1", reference="c1")
    assert voids(value) == []
    value = shop.hear(value, "packed", "S-2")
    for one, reference in ((1, "c2"), (2, "c3")):
        value = shop.hear(value, "captured", "S-2", payment=one, reference=reference)
    assert voids(value) == [(2, OperationState.REQUESTED, 200)]
    assert [(x.kind, x.payment, x.shipment) for x in shop.intents][-1] == ("void", 2, None)
    assert not is_uncaptured(value)
    value = shop.hear(value, "voided", payment=2, reference="v1")
    assert order_balance(value).voided == 200
    assert shop.go(value, 60).payments == value.payments


def test_a_lapsed_authorization_is_not_voided() -> None:
    shop = Shop(STOCK)
    lapsed = replace(card(700, number=2), lapsed_at=NOON)
    value = released(shop, placed(payments=(card(1000), lapsed)))
    value = shop.hear(shop.hear(value, "packed", "S-1"), "captured", "S-1", payment=1)
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.COMPLETE
    assert voids(value) == []
