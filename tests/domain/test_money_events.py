"""Events of the payment provider: each answers what was asked, once, and never past its bounds (spec 3.3)."""

from dataclasses import replace
from typing import Any

import pytest

from oms_tui.domain.events import EventImpossible, apply_event
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import RETURN_CAUSE, balance, latest, overcharge
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState
from tests.build import card, eur, operation, order
from tests.domain.shop import Shop, placed, released, states, statuses, task_of

S, T, TS = LineStatus, Task, TaskState
ST = OperationState
STOCK = {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 9}


def take(shop: Shop, value: Order, kind: str, shipment: str = "", **rest: Any) -> Outcome:
    return apply_event(value, shop.event(value, kind, shipment, **rest), shop.context)


def asked() -> Order:
    request = operation(1, OperationKind.AUTHORIZE, 1000, state=ST.REQUESTED)
    return placed(payments=(replace(card(1000), operations=(request,)),))


def test_an_authorization_lets_the_order_go_on() -> None:
    shop = Shop(STOCK)
    value = shop.go(asked())
    assert statuses(value) == [S.PENDING_ALLOCATION]
    value = shop.hear(value, "authorized", reference="a1")
    assert statuses(value) == [S.PENDING_ACK]
    assert value.payments[0].operations[-1].answers == 1


def test_a_declined_one_holds_and_a_later_one_frees_it() -> None:
    shop = Shop(STOCK)
    value = shop.hear(shop.go(asked()), "authorization_failed", reference="a1", cause="insufficient funds")
    assert states(value)["payment_authorization"] is TS.FAILED
    assert [hold.kind for hold in value.open_holds()] == [HoldKind.PAYMENT]
    value = shop.hear(value, "authorized", reference="a2", amount=eur(1000))
    assert value.open_holds() == ()
    assert statuses(value) == [S.PENDING_ACK]


def test_the_later_word_on_a_reference_wins() -> None:
    shop = Shop(STOCK)
    value = shop.hear(shop.go(asked()), "authorized", reference="a1")
    same = take(shop, value, "authorized", reference="a1")
    assert same.order is value
    value = shop.hear(value, "authorization_failed", reference="a1")
    assert balance(value.payments[0]).authorized == 0
    assert len(latest(value.payments[0].operations)) == 1
    assert states(value)["payment_authorization"] is TS.FAILED


def captured(shop: Shop) -> Order:
    return shop.hear(released(shop, placed()), "packed", "S-1")


def test_a_capture_is_counted_once() -> None:
    shop = Shop(STOCK)
    value = shop.hear(captured(shop), "captured", "S-1", reference="c1")
    assert take(shop, value, "captured", "S-1", reference="c1").order is value
    with pytest.raises(EventImpossible, match="No capture was asked for"):
        take(shop, value, "captured", "S-1", reference="c2")
    assert balance(value.payments[0]).captured == 1000


def test_less_may_be_captured_and_never_more_than_is_authorized() -> None:
    shop = Shop(STOCK)
    value = captured(shop)
    with pytest.raises(EventImpossible, match=r"15.00 € would be captured where 10.00 € is authorized"):
        take(shop, value, "captured", "S-1", amount=eur(1500))
    value = shop.hear(value, "captured", "S-1", amount=eur(400))
    assert [i.amount for i in shop.intents] == [eur(1000), eur(600)]
    value = shop.hear(value, "captured", "S-1")
    assert balance(value.payments[0]).captured == 1000
    assert task_of(value, T.CAPTURE, "S-1").state is TS.COMPLETE


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ({"payment": 7}, "has no payment 7"),
        ({"amount": Money(1, "USD")}, "is in USD, the order in EUR"),
        ({"amount": eur(0)}, "must be above zero"),
    ],
)
def test_money_that_cannot_be(rest: dict[str, Any], why: str) -> None:
    shop = Shop(STOCK)
    with pytest.raises(EventImpossible, match=why):
        take(shop, captured(shop), "captured", **rest)


def test_an_answer_must_say_which_payment_it_is_about() -> None:
    value = order(payments=(card(500, number=1), card(500, number=2)))
    with pytest.raises(EventImpossible, match="does not say which payment"):
        take(Shop(), value, "voided", amount=eur(1))
    with pytest.raises(EventImpossible, match="does not say how much"):
        take(Shop(), value, "voided", payment=1)
    assert balance(take(Shop(), value, "voided", payment=1, amount=eur(500)).order.payments[0]).voided == 500
    with pytest.raises(EventImpossible, match="above what is authorized"):
        take(Shop(), value, "voided", payment=1, amount=eur(501))


def test_refunds_answer_what_was_asked_and_never_exceed_what_was_captured() -> None:
    refund = operation(3, OperationKind.REFUND, 400, state=ST.REQUESTED)
    paid = card(1000, operation(2, OperationKind.CAPTURE, 1000), refund)
    value = order(payments=(paid,))
    done = take(Shop(), value, "refunded", reference="r1").order
    assert balance(done.payments[0]).refunded == 400
    failed = take(Shop(), value, "refund_failed", reference="r1", cause="closed").order
    assert balance(failed.payments[0]).refunded == 0
    with pytest.raises(EventImpossible, match="More would be refunded"):
        take(Shop(), value, "refunded", amount=eur(1001))
    with pytest.raises(EventImpossible, match="No refund was asked for"):
        take(Shop(), order(), "refunded", amount=eur(1))


def test_a_refund_asked_for_anew_closes_the_old_one() -> None:
    """Its old reference tells nothing new; that it succeeded after all is for a person to look at."""
    rows = (
        operation(2, OperationKind.CAPTURE, 1000),
        operation(3, OperationKind.REFUND, 400, state=ST.REQUESTED),
        operation(4, OperationKind.REFUND, 400, state=ST.FAILED, reference="r1", answers=3),
        operation(5, OperationKind.REFUND, 400, state=ST.REQUESTED, answers=4),
    )
    value = order(payments=(card(1000, *rows),))
    assert take(Shop(), value, "refund_failed", reference="r1").order is value
    with pytest.raises(EventImpossible, match="closed and asked for anew"):
        take(Shop(), value, "refunded", reference="r1")
    done = take(Shop(), value, "refunded", reference="r2").order
    assert balance(done.payments[0]).refunded == 400


def test_a_refund_of_a_return_stays_one_whatever_is_said_of_it() -> None:
    asked_for = operation(3, OperationKind.REFUND, 400, state=ST.REQUESTED, cause=RETURN_CAUSE)
    value = order(payments=(card(1000, operation(2, OperationKind.CAPTURE, 1000), asked_for),))
    failed = take(Shop(), value, "refund_failed", reference="r1", cause="closed account").order
    after = take(Shop(), failed, "refunded", reference="r1").order
    assert balance(after.payments[0]).refunded_for_returns == 400
    assert not overcharge(failed)


def test_a_dispute_holds_once() -> None:
    shop = Shop(STOCK)
    value = shop.hear(shop.go(placed()), "disputed", reference="d1", cause="not recognised")
    assert [hold.reason for hold in value.open_holds()] == [
        "the customer disputes the payment: not recognised"
    ]
    assert take(shop, value, "disputed", reference="d1").order is value


def test_a_refund_that_failed_is_never_more_than_was_asked_for() -> None:
    shop = Shop(STOCK)
    parts = (
        operation(2, OperationKind.CAPTURE, 1000),
        operation(3, OperationKind.REFUND, 100, state=ST.REQUESTED),
    )
    value = order(payments=(card(1000, *parts),))
    after = take(shop, value, "refund_failed", reference="r1", amount=eur(500)).order
    assert latest(after.payments[0].operations)[-1].amount == eur(100)


def test_what_is_voided_as_we_asked_is_taken_though_nobody_told_that_it_was_authorized() -> None:
    shop = Shop(STOCK)
    value = asked()
    void = operation(2, OperationKind.VOID, 1000, state=ST.REQUESTED)
    payment = value.payments[0]
    value = replace(value, payments=(replace(payment, operations=(*payment.operations, void)),))
    after = take(shop, value, "voided", reference="v1").order
    assert balance(after.payments[0]).voided == 1000
    with pytest.raises(EventImpossible, match="above what is authorized"):
        take(shop, asked(), "voided", reference="v1", amount=eur(1000))
