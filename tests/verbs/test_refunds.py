"""Refunds that failed or are unknown, and what was taken above what is owed (spec 6)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.events import EventImpossible, apply_event
from oms_tui.domain.operations import RETURN_CAUSE, balance, latest, order_balance
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import order_payment_status, overcharge
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, PaymentMethod, PaymentStatus
from oms_tui.domain.world import World
from oms_tui.verbs import ArgumentError, Policy, Refused, Subject, verb
from oms_tui.verbs.price import ADJUST_PRICE
from tests.build import NOON, actor, card, context, eur, line, operation, order, shipment
from tests.domain.shop import Shop

S, K, ST = LineStatus, OperationKind, OperationState
RETRY, RECORD, OVERCHARGE = "order.retry-refund", "order.record-refund", "order.refund-overcharge"


def refunded(state: OperationState, minor: int = 100, **rest: Any) -> Order:
    """10.00 captured for S-1, which costs 9.00 since; a refund of the difference."""
    rows = (
        operation(2, K.CAPTURE, 1000, shipment="S-1"),
        operation(3, K.REFUND, minor, state=ST.REQUESTED, shipment="S-1", cause="price adjustment: late"),
        operation(4, K.REFUND, minor, state=state, shipment="S-1", reference="r1", answers=3),
    )
    values: dict[str, Any] = {"payments": (card(1000, *rows),)}
    bought = line(1, S.SHIPPED, 1000, shipment="S-1", reduction=eur(100))
    return order(bought, shipments=(shipment(shipped_at=NOON),), **(values | rest))


def captured(minor: int, *more: Operation) -> Order:
    rows = (operation(2, K.CAPTURE, minor, shipment="S-1"), *more)
    bought = line(1, S.SHIPPED, 1000, shipment="S-1")
    return order(bought, shipments=(shipment(shipped_at=NOON),), payments=(card(2000, *rows),))


def do(name: str, value: Order, world: World | None = None, **raw: object) -> Outcome:
    one, subject = verb(name), Subject(order=value)
    assert one.apply is not None
    rest: dict[str, Any] = {} if world is None else {"world": world}
    return one.apply(subject, one.read(raw, subject, Policy()), context(Role.OP, **rest))


def record(value: Order, world: World | None = None, **raw: Any) -> Outcome:
    given = {
        "tender": "bank_transfer",
        "reference": "tr-1",
        "refunded": "2026-11-22T12:00",
        "note": "paid out by hand",
    }
    given |= raw
    return do(RECORD, value, world, **given)


def blockers(name: str, value: Order) -> list[tuple[str, str | None]]:
    found = verb(name).blockers(Subject(order=value), actor(Role.OP), Policy())
    return [(one.reason, one.fix) for one in found]


# -- retry -------------------------------------------------------------------------------------------------


def test_a_failed_refund_is_asked_for_again_under_a_new_reference() -> None:
    outcome = do(RETRY, refunded(ST.FAILED), note="card replaced")
    row = outcome.order.payments[0].operations[-1]
    assert (row.state, row.amount, row.reference, row.answers) == (ST.REQUESTED, eur(100), "", 4)
    (intent,) = outcome.intents
    assert (intent.kind, intent.operation, intent.amount) == ("refund", 5, eur(100))
    assert outcome.warnings == ()
    assert order_balance(outcome.order).pending_refund == 100
    assert blockers(RETRY, outcome.order)[0][0].startswith("A refund of 1.00 € is on its way")


def test_a_retried_refund_counts_once_however_often_it_fails() -> None:
    shop, value = Shop(), refunded(ST.FAILED)
    for number in range(3):
        value = do(RETRY, value).order
        value = shop.hear(value, "refund_failed", reference=f"x{number}")
        assert len(latest(value.payments[0].operations)) == 3
    value = shop.hear(do(RETRY, value).order, "refunded", reference="y")
    assert balance(value.payments[0]).refunded == 100
    assert order_payment_status(value) is PaymentStatus.PARTLY_REFUNDED
    assert not overcharge(value)


def test_an_unknown_refund_spells_out_the_danger_and_is_closed() -> None:
    value = refunded(ST.UNKNOWN)
    outcome = do(RETRY, value)
    assert "the customer gets 1.00 € twice" in outcome.warnings[0]
    assert "(r1)" in outcome.warnings[0]
    assert order_balance(outcome.order).pending_refund == 100
    shop = Shop()
    with pytest.raises(EventImpossible, match="closed and asked for anew"):
        apply_event(outcome.order, shop.event(value, "refunded", reference="r1"), shop.context)


@pytest.mark.parametrize("name", [RETRY, RECORD])
def test_without_an_open_refund_there_is_nothing_to_do(name: str) -> None:
    assert blockers(name, order()) == [("No refund failed, and none is unknown.", None)]
    assert blockers(name, captured(1200))[0][1] == OVERCHARGE
    assert blockers(name, refunded(ST.SUCCEEDED)) == [("No refund failed, and none is unknown.", None)]


@pytest.mark.parametrize("does", [lambda value: do(RETRY, value), record])
def test_never_above_what_was_captured_less_refunded_less_pending(does: Any) -> None:
    value = refunded(ST.FAILED)
    taken = operation(5, K.REFUND, 950, state=ST.REQUESTED, cause=RETURN_CAUSE)
    paid = value.payments[0]
    value = replace(value, payments=(replace(paid, operations=(*paid.operations, taken)),))
    with pytest.raises(Refused, match=r"Only 0\.50 € of payment 1 can still be refunded"):
        does(value)


def test_what_went_back_another_way_is_not_asked_for_again() -> None:
    value = refunded(ST.FAILED)
    other = operation(5, K.REFUND, 60, shipment="S-1", cause="goodwill")
    paid = value.payments[0]
    value = replace(value, payments=(replace(paid, operations=(*paid.operations, other)),))
    with pytest.raises(Refused, match=r"Only 0\.40 € is owed back any more"):
        do(RETRY, value)


def test_the_refund_of_a_return_is_owed_whatever_the_order_costs() -> None:
    failed = operation(3, K.REFUND, 400, state=ST.FAILED, cause=RETURN_CAUSE)
    row = do(RETRY, captured(1000, failed)).order.payments[0].operations[-1]
    assert (row.state, row.cause) == (ST.REQUESTED, RETURN_CAUSE)


def test_of_several_one_must_be_named() -> None:
    value = captured(1000, operation(3, K.REFUND, 10, state=ST.FAILED, cause=RETURN_CAUSE),
        operation(4, K.REFUND, 20, state=ST.UNKNOWN, cause=RETURN_CAUSE))  # fmt: skip
    with pytest.raises(ArgumentError, match="Refund is needed"):
        do(RETRY, value)
    assert do(RETRY, value, refund="1.4").intents[0].amount == eur(20)
    with pytest.raises(ArgumentError, match=r"choose 1.3 0.10 € failed: return \(card\)"):
        do(RETRY, value, refund="9.9")


# -- record ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [ST.FAILED, ST.UNKNOWN])
def test_a_refund_made_elsewhere_closes_it_once_without_moving_money(state: OperationState) -> None:
    outcome = record(refunded(state))
    row = outcome.order.payments[0].operations[-1]
    assert (row.state, row.amount, row.reference, row.answers) == (ST.SUCCEEDED, eur(100), "tr-1", 4)
    assert row.cause == "refunded elsewhere by bank transfer, recorded by ana: paid out by hand"
    assert outcome.intents == ()
    assert "No money moves" in outcome.warnings[0]
    assert not overcharge(outcome.order)
    assert blockers(RECORD, outcome.order)[0][0].startswith("No refund failed")
    shop = Shop()
    with pytest.raises(EventImpossible):
        apply_event(outcome.order, shop.event(outcome.order, "refunded", reference="r1"), shop.context)


def test_a_reference_of_a_refund_stands_for_one() -> None:
    with pytest.raises(ArgumentError, match="auth-1 was used before: authorize"):
        record(refunded(ST.FAILED), reference="auth-1")
    assert "r1" in record(refunded(ST.UNKNOWN), reference="r1").summary
    world = World(reference_owner=lambda order, reference: "10999")
    with pytest.raises(ArgumentError, match="on order 10999"):
        record(refunded(ST.FAILED), world)


@pytest.mark.parametrize("missing", ["tender", "reference", "refunded", "note"])
def test_tender_reference_date_and_note_are_needed(missing: str) -> None:
    with pytest.raises(ArgumentError, match="is needed"):
        record(refunded(ST.FAILED), **{missing: None})
    with pytest.raises(ArgumentError, match="Tender cannot be 'ledger'"):
        record(refunded(ST.FAILED), tender="ledger")


def test_it_has_the_date_on_which_the_customer_got_it() -> None:
    value = refunded(ST.FAILED)
    early = replace(value.payments[0].operations[1], at=NOON - timedelta(days=3))
    rows = (value.payments[0].operations[0], early, *value.payments[0].operations[2:])
    value = replace(value, payments=(replace(value.payments[0], operations=rows),))
    outcome = record(value, refunded="yesterday")
    row = outcome.order.payments[0].operations[-1]
    assert row.at == NOON.replace(day=21, hour=23, minute=59, second=59)
    assert outcome.summary == (
        "Recorded refund 1.3 of 1.00 € as made by bank transfer on 2026-11-21: tr-1 (paid out by hand)"
    )
    assert record(value, refunded="2026-11-19").order.payments[0].operations[-1].at >= early.at
    with pytest.raises(ArgumentError, match="2026-11-18 is before the money was taken, 2026-11-19 12:00"):
        record(value, refunded="2026-11-18")
    with pytest.raises(ArgumentError, match="is not over yet"):
        record(value, refunded="2026-11-23")


# -- overcharge --------------------------------------------------------------------------------------------


def test_what_is_overcharged_goes_back_the_last_tender_first() -> None:
    gift = card(0, number=1, operations=(operation(1, K.CAPTURE, 900),), method=PaymentMethod.GIFT_CARD)
    value = replace(captured(300), payments=(gift, card(300, operation(2, K.CAPTURE, 150, shipment="S-1"),
        operation(3, K.CAPTURE, 150, shipment="S-1"), number=2)))  # fmt: skip
    assert overcharge(value) == eur(200)
    outcome = do(OVERCHARGE, value)
    assert [(i.kind, i.payment, i.amount) for i in outcome.intents] == [("refund", 2, eur(200))]
    assert not overcharge(outcome.order)
    assert blockers(OVERCHARGE, outcome.order)[0][0].startswith("Nothing is overcharged")


def test_more_than_one_tender_is_unwound() -> None:
    value = captured(1500)
    second = card(100, operation(2, K.CAPTURE, 100, shipment="S-1"), number=2)
    outcome = do(OVERCHARGE, replace(value, payments=(*value.payments, second)), note="charged twice")
    assert [(i.payment, i.amount) for i in outcome.intents] == [(2, eur(100)), (1, eur(500))]
    assert outcome.order.payments[1].operations[-1].cause == "overcharge: charged twice"


def test_what_is_overcharged_since_its_refund_failed_is_asked_for_again_instead() -> None:
    value = refunded(ST.FAILED)
    assert blockers(OVERCHARGE, value) == [
        ("1.00 € is overcharged and its refund failed: ask for that again.", RETRY)
    ]


def test_an_overcharge_of_which_nothing_can_be_refunded() -> None:
    value = captured(1200, operation(3, K.REFUND, 1100, cause=RETURN_CAUSE))
    assert blockers(OVERCHARGE, value)[0][0].startswith("Only 1.00 € of what was paid can still be refunded")


def test_it_never_gives_back_what_an_adjustment_gave_back_already() -> None:
    value = captured(1200)
    subject = Subject(order=value)
    assert ADJUST_PRICE.apply is not None
    given = ADJUST_PRICE.read({"lines": ["1"], "reason": "late", "amount": "1.00"}, subject, Policy())
    after = ADJUST_PRICE.apply(subject, given, context()).order
    assert order_balance(after).pending_refund == 100
    assert sum(i.amount.minor for i in do(OVERCHARGE, after).intents if i.amount) == 200
