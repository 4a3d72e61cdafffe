"""Events of the payment provider: each answers what was asked, once, and never past its bounds (spec 3.3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.events import (
    EventImpossible,
    EventRefused,
    EventTooEarly,
    apply_event,
    take_as_fact,
)
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import (
    RETURN_CAUSE,
    balance,
    is_uncaptured,
    latest,
    order_payment_status,
    overcharge,
)
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState, PaymentStatus
from oms_tui.verbs import Subject, verb
from oms_tui.verbs.base import Policy
from tests.build import NOON, card, context, eur, line, operation, order, shipment
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


def test_less_may_be_captured_and_more_than_is_authorized_is_a_fact_and_a_problem() -> None:
    shop = Shop(STOCK)
    value = captured(shop)
    more = take(shop, value, "captured", "S-1", reference="c1", amount=eur(1500))
    assert more.warnings == (
        "More was captured than the order owes: 5.00 € is to go back to the customer (Refund overcharge).",
    )
    back = verb("order.refund-overcharge")
    assert back.apply is not None
    asked_back = back.apply(
        Subject(order=shop.go(shop.take(more))),
        back.read({"note": "psp-5"}, Subject(order=more.order), Policy()),
        context(Role.OP, now=shop.now),
    )
    assert [(one.kind, one.amount) for one in asked_back.intents] == [("refund", eur(500))]
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
    unasked = order(payments=(card(1000, operation(2, OperationKind.CAPTURE, 1000)),))
    with pytest.raises(EventImpossible, match="No refund was asked for"):
        take(Shop(), unasked, "refunded", amount=eur(1))


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
    with pytest.raises(EventTooEarly, match="above what is authorized"):
        take(shop, asked(), "voided", reference="v1", amount=eur(1000))


# -- until when an authorization stands --------------------------------------------------------------------

HOUR = timedelta(hours=1)


def expiring(shop: Shop, value: Order, reference: str, hours: int, **rest: Any) -> Order:
    """The order authorized until so many hours after noon."""
    until = (NOON + hours * HOUR).isoformat()
    return shop.hear(value, "authorized", reference=reference, data={"expires_at": until}, **rest)


def test_an_authorization_brings_its_expiry() -> None:
    shop = Shop(STOCK)
    value = expiring(shop, shop.go(asked()), "a1", 3)
    assert value.payments[0].expires_at == NOON + 3 * HOUR
    value = shop.go(value, 4 * 60)
    assert value.payments[0].lapsed_at == NOON + 3 * HOUR
    value = expiring(shop, value, "a2", 90, amount=eur(1000))
    assert (value.payments[0].expires_at, value.payments[0].lapsed_at) == (NOON + 90 * HOUR, None)
    assert balance(value.payments[0]).to_capture == 1000


def test_without_one_what_is_known_stands() -> None:
    shop = Shop(STOCK)
    value = shop.go(asked())
    value = replace(value, payments=(replace(value.payments[0], expires_at=NOON + HOUR),))
    assert shop.hear(value, "authorized", reference="a1").payments[0].expires_at == NOON + HOUR


def test_the_same_authorization_may_be_extended_and_counts_once() -> None:
    shop = Shop(STOCK)
    value = expiring(shop, shop.go(asked()), "a1", 3)
    first = value
    value = expiring(shop, value, "a1", 9, minutes=5)
    assert value.payments[0].expires_at == NOON + 9 * HOUR
    assert balance(value.payments[0]).authorized == 1000
    # The first word once more, late: the younger one stands.
    old: dict[str, Any] = {"data": {"expires_at": (NOON + 3 * HOUR).isoformat()}, "at": NOON}
    assert take(shop, value, "authorized", reference="a1", **old).order is value
    assert take(shop, first, "authorized", reference="a1", **old).order is first


def test_one_that_is_over_when_we_hear_of_it_lapses_at_once() -> None:
    shop = Shop(STOCK)
    shop.now += 5 * HOUR
    value = expiring(shop, shop.go(asked()), "a1", 3, at=NOON)
    assert value.payments[0].lapsed_at == NOON + 3 * HOUR
    assert [hold.kind for hold in value.open_holds()] == [HoldKind.PAYMENT]
    with pytest.raises(EventImpossible, match="expire before it was given, 2026-11-22 12:00 UTC"):
        expiring(shop, value, "a2", 0, amount=eur(1000))


# -- too early, or impossible ------------------------------------------------------------------------------


def refusal(value: Order, kind: str, shipment: str = "", **rest: Any) -> EventRefused:
    with pytest.raises(EventRefused) as refused:
        take(Shop(), value, kind, shipment, **rest)
    return refused.value


def test_a_void_before_its_authorization_waits() -> None:
    shop = Shop(STOCK)
    value = shop.go(asked())
    assert isinstance(refusal(value, "voided", reference="v1", amount=eur(1000)), EventTooEarly)
    assert isinstance(refusal(value, "voided", reference="v1", amount=eur(1001)), EventTooEarly)
    value = shop.hear(value, "authorized", reference="a1")
    assert isinstance(refusal(value, "voided", reference="v1", amount=eur(1001)), EventImpossible)
    assert balance(shop.hear(value, "voided", reference="v1", amount=eur(1000)).payments[0]).voided == 1000


def test_more_than_is_authorized_waits_for_an_authorization_that_is_asked_for() -> None:
    more = operation(3, OperationKind.AUTHORIZE, 500, state=ST.REQUESTED)
    capture = operation(2, OperationKind.CAPTURE, 1000, state=ST.REQUESTED)
    value = order(payments=(card(1000, capture, more),))
    assert isinstance(refusal(value, "captured", amount=eur(1500)), EventTooEarly)
    assert balance(take(Shop(), value, "captured", amount=eur(1501)).order.payments[0]).captured == 1501
    assert isinstance(refusal(value, "voided", amount=eur(1500)), EventTooEarly)
    assert isinstance(refusal(value, "voided", amount=eur(1501)), EventImpossible)


def test_a_void_of_what_was_imported_cannot_be() -> None:
    ledger = replace(card(0), operations=(operation(1, OperationKind.IMPORTED, 1000),))
    assert isinstance(refusal(order(payments=(ledger,)), "voided", amount=eur(1)), EventImpossible)


def test_a_capture_before_its_parcel_is_packed_waits_and_is_its_answer_then() -> None:
    shop = Shop(STOCK)
    for value in (shop.go(asked()), released(shop, placed())):
        early = refusal(value, "captured", reference="c1", amount=eur(1000))
        assert isinstance(early, EventTooEarly)
        assert str(early) == "No capture was asked for that this could answer yet."
    assert isinstance(refusal(value, "captured", "S-1", reference="c1"), EventTooEarly)
    assert isinstance(refusal(value, "captured", "S-2", reference="c1"), EventImpossible)
    value = shop.hear(value, "packed", "S-1")
    assert balance(shop.hear(value, "captured", reference="c1").payments[0]).captured == 1000


def test_a_capture_of_what_left_or_failed_or_is_cancelled_is_for_a_person_at_once() -> None:
    shop = Shop(STOCK)
    failed = shop.hear(captured(shop), "capture_failed", "S-1", reference="c1")
    gone = order(line(1, S.DELIVERED), is_carry_out=True)
    assert take(shop, cancelled(placed()), "captured", reference="c2", amount=eur(1000)).warnings
    for value in (failed, gone):
        assert isinstance(refusal(value, "captured", reference="c2", amount=eur(1000)), EventImpossible)


def test_a_refund_before_its_capture_waits() -> None:
    flying = operation(2, OperationKind.CAPTURE, 1000, state=ST.REQUESTED)
    for value in (order(), order(payments=(card(1000, flying),))):
        assert isinstance(refusal(value, "refunded", amount=eur(1)), EventTooEarly)
    voided = order(payments=(card(1000, operation(2, OperationKind.VOID, 1000)),))
    assert isinstance(refusal(voided, "refunded", amount=eur(1)), EventImpossible)
    rows = (
        operation(2, OperationKind.CAPTURE, 400),
        operation(3, OperationKind.CAPTURE, 600, state=ST.REQUESTED),
        operation(4, OperationKind.REFUND, 400, state=ST.REQUESTED),
    )
    partly = order(payments=(card(1000, *rows),))
    assert isinstance(refusal(partly, "refunded", amount=eur(1000)), EventTooEarly)
    assert isinstance(refusal(partly, "refunded", amount=eur(1001)), EventImpossible)


# -- facts that should not be ------------------------------------------------------------------------------


def cancelled(value: Order) -> Order:
    subject, cancel = Subject(order=value), verb("order.cancel")
    assert cancel.apply is not None
    return cancel.apply(subject, cancel.read({"reason": "duplicate"}, subject, Policy()), context()).order


def test_money_of_a_cancelled_order_that_came_all_the_same_is_a_problem() -> None:
    flying = operation(2, OperationKind.CAPTURE, 1000, state=ST.REQUESTED)
    value = cancelled(placed(payments=(card(1000, flying),)))
    told = take(Shop(), value, "captured", reference="c1")
    assert told.warnings == (
        "The order is cancelled: 10.00 € is to go back to the customer (Refund overcharge).",
    )
    assert overcharge(told.order) == eur(1000)
    assert not verb("order.refund-overcharge").blockers(
        Subject(order=told.order), context(Role.OP).actor, Policy()
    )
    assert take(Shop(), value, "capture_failed", reference="c1").warnings == ()


def test_more_than_is_owed_is_a_problem_and_what_is_owed_is_none() -> None:
    shop = Shop(STOCK)
    value = captured(shop)
    assert take(shop, value, "captured", "S-1", reference="c1").warnings == ()
    wide = replace(value, payments=(card(2000, *value.payments[0].operations[1:]),))
    assert take(shop, wide, "captured", "S-1", reference="c1", amount=eur(1100)).warnings == (
        "More was captured than the order owes: 1.00 € is to go back to the customer (Refund overcharge).",
    )


def test_an_authorization_after_cancel_is_asked_to_be_voided() -> None:
    """A cancel asks to void what is on its way; another authorization reserves for nothing."""
    value = cancelled(asked())
    assert take(Shop(), value, "authorized", reference="a1").intents == ()
    told = take(Shop(), value, "authorized", reference="a2", amount=eur(1500))
    void = told.order.payments[0].operations[-1]
    assert (void.kind, void.state, void.amount) == (OperationKind.VOID, ST.REQUESTED, eur(500))
    assert [(one.kind, one.operation, one.amount) for one in told.intents] == [
        ("void", void.number, eur(500))
    ]
    assert told.warnings == ()
    assert told.summary.endswith("; nothing is due, 5.00 € is asked to be voided")
    assert take(Shop(), told.order, "authorized", reference="a2", amount=eur(1500)).order is told.order


def test_an_authorization_for_what_is_paid_is_asked_to_be_voided_and_one_that_is_needed_is_not() -> None:
    rows = (operation(2, OperationKind.CAPTURE, 1000, shipment="S-1"),)
    left = order(line(1, S.SHIPPED, shipment="S-1"), shipments=(shipment(shipped_at=NOON),),
                 payments=(card(1000, *rows),))  # fmt: skip
    again = take(Shop(), left, "authorized", reference="a2", amount=eur(1000))
    assert [one.kind for one in again.intents] == ["void"]
    unpaid = replace(left, payments=(card(0, *(replace(one, state=ST.FAILED) for one in rows)),))
    assert take(Shop(), unpaid, "authorized", reference="a2", amount=eur(1000)).intents == ()
    inside = replace(left, lines=(replace(left.lines[0], status=S.PACKED),))
    assert len(take(Shop(), inside, "authorized", reference="a2", amount=eur(1000)).intents) == 1


def test_of_what_less_was_voided_than_was_asked_the_rest_is_asked_to_be_voided() -> None:
    rows = (
        operation(2, OperationKind.CAPTURE, 1000, shipment="S-1"),
        operation(3, OperationKind.VOID, 500, state=ST.REQUESTED),
    )
    left = order(line(1, S.SHIPPED, shipment="S-1"), shipments=(shipment(shipped_at=NOON),),
                 payments=(card(1500, *rows),))  # fmt: skip
    told = take(Shop(), left, "voided", reference="v1", amount=eur(200))
    assert [(one.kind, one.amount) for one in told.intents] == [("void", eur(300))]
    assert take(Shop(), left, "voided", reference="v1").intents == ()


def test_a_capture_is_taken_though_a_void_that_nobody_asked_for_came_before_it() -> None:
    """Money that was taken is money that was taken, and somebody is told that the two do not go together."""
    shop = Shop(STOCK)
    value = captured(shop)
    value = shop.hear(value, "voided", reference="v1", amount=eur(1000))
    told = take(shop, value, "captured", "S-1", reference="c1")
    assert balance(told.order.payments[0]).captured == 1000
    assert told.warnings == (
        "10.00 € of it was captured although it had been voided: ask the provider which of the two holds.",
    )
    assert order_payment_status(told.order) is PaymentStatus.CAPTURED
    more = take(shop, value, "captured", "S-1", reference="c1", amount=eur(1001))
    assert [said.split(":")[0] for said in more.warnings] == [
        "More was captured than the order owes",
        "10.00 € of it was captured although it had been voided",
    ]


def test_a_new_authorization_of_a_tender_whose_money_went_back_counts() -> None:
    """A gift card was charged at placement and refunded; what it reserves since may be captured."""
    rows = (operation(1, OperationKind.CAPTURE, 1000), operation(2, OperationKind.REFUND, 1000))
    shop = Shop(STOCK)
    value = order(line(1, S.SHIPPED, shipment="S-1"), shipments=(shipment(shipped_at=NOON),),
                  payments=(replace(card(0), operations=rows),))  # fmt: skip
    value = shop.take(take(shop, value, "authorized", reference="a1", amount=eur(1000)))
    assert balance(value.payments[0]).to_capture == 1000
    assert is_uncaptured(value)
    taken = operation(4, OperationKind.CAPTURE, 1000, state=ST.REQUESTED, shipment="S-1")
    value = replace(value, payments=(replace(card(0), operations=(*value.payments[0].operations, taken)),))
    value = take(shop, value, "captured", reference="c2").order
    assert (balance(value.payments[0]).captured, balance(value.payments[0]).to_capture) == (2000, 0)
    assert not is_uncaptured(value)


@pytest.mark.parametrize("back", [0, 400, 999])
def test_an_authorization_of_what_is_kept_reserves_nothing_more(back: int) -> None:
    """The word that a charge was authorized may come behind the charge itself."""
    rows = (operation(1, OperationKind.CAPTURE, 1000), operation(2, OperationKind.REFUND, back))
    late = operation(3, OperationKind.AUTHORIZE, 1000)
    assert balance(replace(card(0), operations=(*rows, late))).to_capture == 0


@pytest.mark.parametrize("written", ["c1", "C1", " c 1"])
def test_a_reference_is_the_same_however_it_is_written(written: str) -> None:
    """As Mark as paid and the settlement take it: one capture, whoever writes it down first."""
    shop = Shop(STOCK)
    value = shop.hear(captured(shop), "captured", "S-1", reference="C1")
    assert take(shop, value, "captured", "S-1", reference=written).order is value
    failed = shop.hear(value, "capture_failed", "S-1", reference=written)
    assert balance(failed.payments[0]).captured == 0
    disputed = shop.hear(value, "disputed", reference="D1")
    assert take(shop, disputed, "disputed", reference=written.lower().replace("c", "d")).order is disputed


# -- the later word on a reference, with another amount ----------------------------------------------------


def test_the_same_capture_with_another_amount_corrects_it_by_a_row_of_its_own() -> None:
    shop = Shop(STOCK)
    value = shop.hear(captured(shop), "captured", "S-1", reference="c1")
    told = take(shop, value, "captured", reference="C1", amount=eur(1100))
    rows = told.order.payments[0].operations
    assert rows[:-1] == value.payments[0].operations
    assert (rows[-1].answers, rows[-1].amount, rows[-1].shipment) == (rows[-2].number, eur(1100), "S-1")
    assert balance(told.order.payments[0]).captured == 1100
    assert told.summary == "Capture of 11.00 € succeeded, not 10.00 €"
    assert told.warnings == (
        "More was captured than the order owes: 1.00 € is to go back to the customer (Refund overcharge).",
    )
    assert take(shop, told.order, "captured", reference="c1", amount=eur(1100)).order is told.order
    less = shop.hear(told.order, "captured", reference="c1", amount=eur(900))
    assert shop.intents[-1].amount == eur(100), "what is lacking then is asked for"
    assert balance(less.payments[0]).captured == 900


def test_the_same_authorization_refund_or_void_with_another_amount_corrects_it() -> None:
    rows = (
        operation(2, OperationKind.CAPTURE, 600),
        operation(3, OperationKind.REFUND, 400, state=ST.REQUESTED),
        operation(4, OperationKind.VOID, 400, state=ST.REQUESTED),
    )
    value = order(payments=(card(1000, *rows),))
    for kind in ("refunded", "voided"):
        value = take(Shop(), value, kind, reference=kind, amount=eur(400)).order
        value = take(Shop(), value, kind, reference=kind, amount=eur(300)).order
    value = take(Shop(), value, "authorized", reference="a1", amount=eur(100)).order
    value = take(Shop(), value, "authorized", reference="a1", amount=eur(200)).order
    sums = balance(value.payments[0])
    assert (sums.refunded, sums.voided, sums.authorized) == (300, 300, 1200)


def test_an_amount_that_cannot_be_is_refused_and_both_are_said() -> None:
    rows = (
        operation(2, OperationKind.CAPTURE, 1000, reference="c1"),
        operation(3, OperationKind.REFUND, 800),
    )
    value = order(payments=(card(1000, *rows),))
    why = str(refusal(value, "captured", reference="c1", amount=eur(700)))
    assert why == "c1 is held with 10.00 €, this says 7.00 €. More would be refunded than was captured."


def test_one_reference_is_the_capture_of_one_shipment() -> None:
    """What names another shipment or another row that asked is not known already."""
    rows = (
        operation(2, OperationKind.CAPTURE, 400, shipment="S-1", state=ST.REQUESTED),
        operation(3, OperationKind.CAPTURE, 600, shipment="S-2", state=ST.REQUESTED),
    )
    value = order(payments=(card(1000, *rows),), shipments=(shipment(), shipment("S-2")))
    value = take(Shop(), value, "captured", "S-1", reference="c1").order
    for rest in ({"shipment": "S-2"}, {"data": {"operation": "3"}}):
        why = refusal(value, "captured", **rest, reference="c1", amount=eur(400))
        assert "c1 stands for the capture of 4.00 € for S-1" in str(why)
    assert take(Shop(), value, "captured", "S-1", reference="c1", data={"operation": "2"}).order is value


# -- as somebody decided -----------------------------------------------------------------------------------


def as_fact(value: Order, kind: str, shipment: str = "", **rest: Any) -> Outcome:
    shop = Shop(STOCK)
    return take_as_fact(value, shop.event(value, kind, shipment, **rest), shop.context)


def test_a_cancelled_order_takes_money_that_nobody_asked_for_at_once() -> None:
    told = take(Shop(), cancelled(placed()), "captured", reference="c1", amount=eur(1000))
    assert balance(told.order.payments[0]).captured == 1000
    assert told.warnings == (
        "The order is cancelled: 10.00 € is to go back to the customer (Refund overcharge).",
    )
    assert take(Shop(), told.order, "captured", reference="c1", amount=eur(1000)).order is told.order
    assert isinstance(refusal(told.order, "captured", reference="c2", amount=eur(1000)), EventImpossible)


def test_a_capture_that_nobody_asked_for_counts_once_somebody_decided_that_it_was_made() -> None:
    shop = Shop(STOCK)
    failed = shop.hear(captured(shop), "capture_failed", "S-1", reference="c1")
    assert task_of(failed, T.CAPTURE, "S-1").state is TS.FAILED
    for where in ("", "S-1", "S-9"):
        told = as_fact(failed, "captured", where, reference="c2", amount=eur(1000))
        assert told.intents == ()
        after = shop.go(told.order)
        assert task_of(after, T.CAPTURE, "S-1").state is (TS.COMPLETE if where == "S-1" else TS.SKIPPED)
        assert (balance(after.payments[0]).captured, overcharge(after)) == (1000, eur(0))
        with pytest.raises(EventImpossible, match="The capture C2 was known already"):
            as_fact(after, "captured", reference="C2", amount=eur(1000))
    paid = shop.hear(captured(shop), "captured", "S-1", reference="c1")
    again = as_fact(paid, "captured", reference="c2", amount=eur(1000))
    assert overcharge(again.order) == eur(1000)


def test_a_refund_that_nobody_asked_for_is_a_fact_within_what_was_captured() -> None:
    value = order(payments=(card(1000, operation(2, OperationKind.CAPTURE, 1000)),))
    told = as_fact(value, "refunded", reference="r1", amount=eur(400))
    assert balance(told.order.payments[0]).refunded == 400
    with pytest.raises(EventImpossible, match="More would be refunded"):
        as_fact(told.order, "refunded", reference="r2", amount=eur(601))
    with pytest.raises(EventImpossible, match="No refund was asked for"):
        as_fact(value, "refunded", amount=eur(1))
    with pytest.raises(EventImpossible, match="Only money"):
        as_fact(value, "voided", reference="v1", amount=eur(1))


def test_a_refund_that_was_closed_and_asked_for_anew_may_have_been_paid_twice() -> None:
    rows = (
        operation(2, OperationKind.CAPTURE, 1000),
        operation(3, OperationKind.REFUND, 400, state=ST.FAILED, reference="r1"),
        operation(4, OperationKind.REFUND, 400, reference="r2", answers=3),
    )
    value = order(payments=(card(1000, *rows),))
    told = as_fact(value, "refunded", reference="r1", amount=eur(400))
    assert balance(told.order.payments[0]).refunded == 800
    assert take(Shop(), told.order, "refunded", reference="r1", amount=eur(400)).order is told.order


def test_what_waits_for_an_authorization_that_never_comes_is_a_fact_too() -> None:
    more = operation(3, OperationKind.AUTHORIZE, 500, state=ST.REQUESTED)
    capture = operation(2, OperationKind.CAPTURE, 1000, state=ST.REQUESTED)
    value = order(payments=(card(1000, capture, more),))
    told = as_fact(value, "captured", reference="c1", amount=eur(1500))
    assert balance(told.order.payments[0]).captured == 1500
