"""Record payment made elsewhere: a tender of its own for what no payment has authorized (spec 4, 6)."""

from dataclasses import replace
from typing import Any

import pytest

from oms_tui.domain.books import account
from oms_tui.domain.differences import diff
from oms_tui.domain.events import apply_event
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.operations import balance, order_balance
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import due, order_payment_status, overcharge
from oms_tui.domain.people import Role
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import (
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    PaymentStatus,
)
from oms_tui.domain.world import World
from oms_tui.verbs import ArgumentError, Policy, Refused, Subject, verb
from oms_tui.verbs.elsewhere import MOVES_NOTHING, RECORD_PAYMENT
from tests.build import NOON, actor, card, context, eur, line, operation, order, shipment
from tests.domain.shop import Shop, placed, released, states, task_of
from tests.verbs.test_paid import DAY, left

S, K, ST = LineStatus, OperationKind, OperationState


def record(value: Order, world: World | None = None, **raw: object) -> Outcome:
    subject = Subject(order=value)
    given = {"tender": "bank_transfer", "reference": "tr-1", "paid": "2026-11-21", "note": "statement"} | raw
    assert RECORD_PAYMENT.apply is not None
    rest: dict[str, Any] = {} if world is None else {"world": world}
    arguments = RECORD_PAYMENT.read(given, subject, Policy())
    return RECORD_PAYMENT.apply(subject, arguments, context(Role.OP, **rest))


def blockers(value: Order) -> list[tuple[str, str | None]]:
    found = RECORD_PAYMENT.blockers(Subject(order=value), actor(Role.OP), Policy())
    return [(one.reason, one.fix) for one in found]


def voided(minor: int) -> Operation:
    return operation(2, K.VOID, minor)


def test_it_is_a_tender_of_its_own_with_one_capture() -> None:
    """S-1 of 14.90 left though the authorization had been voided; 7.00 of S-2 are still to leave."""
    outcome = record(left(voided(2190)), shipment="S-1")
    payment = outcome.order.payments[-1]
    (row,) = payment.operations
    assert (payment.number, payment.method, payment.reference) == (2, PaymentMethod.BANK_TRANSFER, "tr-1")
    assert (row.kind, row.state, row.amount, row.shipment) == (K.CAPTURE, ST.SUCCEEDED, eur(1490), "S-1")
    assert (row.reference, row.at) == ("tr-1", NOON.replace(day=21, hour=23, minute=59, second=59))
    assert row.cause == "paid elsewhere by bank transfer, recorded by ana: statement"
    assert (outcome.warnings, outcome.intents) == ((MOVES_NOTHING,), ())
    assert outcome.summary == (
        "Recorded 14.90 € for S-1 as paid by bank transfer on 2026-11-21: tr-1 (statement)"
    )
    assert account(outcome.order, "S-1").to_capture == 0
    assert order_payment_status(outcome.order) is PaymentStatus.CAPTURED
    assert outcome.order.payments[0] == left(voided(2190)).payments[0]
    said = {one.path: one.after for one in diff(left(voided(2190)), outcome.order)}
    assert said["payments/2"] == "Bank Transfer tr-1: 14.90 € received"


def test_a_part_leaves_the_rest_due() -> None:
    outcome = record(left(voided(2190)), shipment="S-1", amount="4.90")
    assert balance(outcome.order.payments[1]).captured == 490
    assert outcome.warnings[1] == "10.00 € stays due."
    assert record(outcome.order, shipment="S-1", reference="tr-2").order.payments[2].number == 3


@pytest.mark.parametrize(
    ("amount", "why"),
    [("14.91", "Only 14.90 € is due there"), ("0", "more than nothing"), ("1,5,0", "1,5,0")],
)
def test_never_more_than_is_due(amount: str, why: str) -> None:
    with pytest.raises(ArgumentError, match=why):
        record(left(voided(2190)), shipment="S-1", amount=amount)


def test_what_is_still_to_leave_is_the_order() -> None:
    """What was paid for no shipment is used for the first that leaves, like a gift card at placement."""
    declined = operation(1, K.AUTHORIZE, 1000, state=ST.FAILED)
    shop = Shop({("BER-1", "SKU-1"): 9})
    value = shop.go(placed(payments=(replace(card(0), operations=(declined,)),), created=NOON - DAY))
    assert [one.kind for one in value.open_holds()] == [HoldKind.PAYMENT]
    value = shop.go(record(value).order)
    assert value.payments[1].operations[0].shipment is None
    assert value.open_holds() == ()
    assert states(value)["payment_authorization"] is TaskState.COMPLETE
    value = shop.hear(released(shop, value), "packed", "S-1")
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.SKIPPED
    assert (due(value), overcharge(value)) == (eur(0), eur(0))


def test_an_authorization_that_is_asked_for_may_still_come() -> None:
    asked = replace(card(0), operations=(operation(1, K.AUTHORIZE, 1000, state=ST.REQUESTED),))
    value = order(payments=(asked,), created=NOON - DAY)
    assert blockers(value)[0][0].startswith("10.00 € is still to pay")


def test_a_sale_over_the_counter_is_paid_for_the_order() -> None:
    sold = order(line(1, S.DELIVERED), is_carry_out=True, created=NOON - DAY, payments=())
    outcome = record(sold, tender="cash")
    assert (outcome.order.payments[0].number, balance(outcome.order.payments[0]).captured) == (1, 1000)
    assert blockers(outcome.order) == [("Nothing is due: all of the order is paid.", None)]


def test_a_payment_whose_capture_failed_does_not_have_it() -> None:
    """The card is refused, the customer pays another way; what is reserved goes with the last shipment."""
    failed = operation(2, K.CAPTURE, 1490, state=ST.FAILED, shipment="S-1")
    after = record(left(failed)).order
    assert order_balance(after).captured == 1490
    assert balance(after.payments[0]).to_capture == 2190


@pytest.mark.parametrize(("part", "state"), [("4.00", TaskState.FAILED), (None, TaskState.SKIPPED)])
def test_a_card_that_was_refused_is_not_asked_for_the_rest(part: str | None, state: TaskState) -> None:
    """The customer pays another way because it was refused: it is asked again only by a person."""
    shop = Shop({("BER-1", "SKU-1"): 9})
    value = shop.hear(released(shop, shop.go(placed(created=NOON - DAY))), "packed", "S-1")
    value = shop.hear(value, "capture_failed", "S-1", cause="do not honour")
    value = shop.hear(value, "shipped", "S-1")
    outcome = record(value, shipment="S-1", amount=part)
    after = shop.go(outcome.order)
    captures = [one for one in after.payments[0].operations if one.kind is K.CAPTURE]
    assert [one.state for one in captures] == [ST.REQUESTED, ST.FAILED]
    assert task_of(after, Task.CAPTURE, "S-1").state in (state, TaskState.COMPLETE)
    if part:
        assert outcome.warnings[1].startswith("6.00 € stays due; it is asked for again only when")
        again = shop.run(after, Task.CAPTURE, "S-1")
        assert again.payments[0].operations[-1].amount == eur(600)


def test_what_is_authorized_or_asked_for_is_not_recorded_beside_it() -> None:
    assert blockers(left()) == [
        ("A payment has authorized what is due: it is captured, or marked as paid once it was taken.",
         "order.mark-paid")
    ]  # fmt: skip
    flying = operation(2, K.CAPTURE, 1490, state=ST.UNKNOWN, shipment="S-1")
    assert blockers(left(flying)) == [
        ("A capture of 14.90 € is asked for and not answered: if it was taken, mark it as paid.",
         "order.mark-paid")
    ]  # fmt: skip
    inside = order(line(1, S.PACKED, shipment="S-1"), shipments=(shipment(),))
    assert "authorized: it is captured when it leaves" in blockers(inside)[0][0]


def test_mark_as_paid_names_it_where_nothing_is_authorized() -> None:
    value = left(voided(2190))
    (why,) = verb("order.mark-paid").blockers(Subject(order=value), actor(Role.OP), Policy())
    assert why.fix == "order.record-payment"
    assert blockers(value) == []


def test_a_position_that_is_paid_is_refused() -> None:
    both = left(voided(2190))
    with pytest.raises(ArgumentError, match="Shipment is needed"):
        record(both)
    paid = record(both, shipment="S-1").order
    with pytest.raises((Refused, ArgumentError), match="S-1"):
        record(paid, shipment="S-1", reference="tr-2")


def test_a_reference_stands_for_one_payment() -> None:
    value = left(voided(2190))
    with pytest.raises(ArgumentError, match="AUTH-1 was used before"):
        record(value, shipment="S-1", reference="AUTH-1")
    with pytest.raises(ArgumentError, match="on order 10999"):
        record(value, World(reference_owner=lambda order, reference: "10999"), shipment="S-1")
    after = record(value, shipment="S-1").order
    shop = Shop(now=NOON)
    said = apply_event(after, shop.event(after, "captured", "S-1", reference="TR-1"), shop.context)
    assert said.order is after


@pytest.mark.parametrize(
    ("paid", "why"),
    [
        ("2026-11-23", "is not over yet"),
        ("2026-11-19", "is before the order was placed"),
        ("soon", "'soon'"),
    ],
)
def test_a_payment_date_is_between_the_order_and_now(paid: str, why: str) -> None:
    with pytest.raises(ArgumentError, match=why):
        record(left(voided(2190)), shipment="S-1", paid=paid)


@pytest.mark.parametrize("missing", ["tender", "reference", "paid", "note"])
def test_tender_reference_date_and_note_are_needed(missing: str) -> None:
    with pytest.raises(ArgumentError, match="is needed"):
        record(left(voided(2190)), shipment="S-1", **{missing: None})


def test_what_is_too_much_goes_back_from_it_first() -> None:
    """It is the last in the order of use, so that refunds begin with it."""
    value = record(left(voided(2190)), shipment="S-1").order
    cheaper = replace(value, lines=(replace(value.lines[0], reduction=eur(100)), value.lines[1]))
    one = verb("order.refund-overcharge")
    assert one.apply is not None
    outcome = one.apply(Subject(order=cheaper), {"note": None}, context(Role.OP))
    assert [(i.payment, i.amount) for i in outcome.intents] == [(2, eur(100))]


def test_several_payments_share_what_is_due_before_anything_is_lacking() -> None:
    tenders: tuple[Payment, ...] = (card(1000), card(300, number=2))
    outcome = record(left(payments=tenders), shipment="S-1")
    assert outcome.order.payments[2].operations[0].amount == eur(190)


def test_what_a_card_had_reserved_for_a_sale_over_the_counter_is_let_go_of() -> None:
    """It was refused, the customer paid cash: no Capture runs that would see to what is left."""
    refused = card(1000, operation(2, K.CAPTURE, 1000, state=ST.FAILED))
    sold = order(line(1, S.DELIVERED), is_carry_out=True, created=NOON - DAY, payments=(refused,))
    part = record(sold, tender="cash", amount="4.00")
    assert part.intents == ()
    rest = record(part.order, tender="cash", reference="till-2")
    assert [(one.kind, one.payment, one.amount) for one in rest.intents] == [("void", 1, eur(1000))]
    assert balance(rest.order.payments[0]).pending_void == 1000
