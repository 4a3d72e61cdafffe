"""Mark as paid: one capture of what is due, never two; one test for each rule and refusal (spec 6)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.books import account
from oms_tui.domain.events import EventImpossible, apply_event
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.operations import balance, latest
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.payment import order_payment_status
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
from oms_tui.domain.steps.base import place_hold
from oms_tui.domain.world import World
from oms_tui.verbs import ArgumentError, Policy, Refused, Subject
from oms_tui.verbs.paid import CHARGES_NOTHING, MARK_PAID
from tests.build import NOON, actor, card, charge, context, eur, line, operation, order, shipment
from tests.domain.shop import Shop, placed, released, task_of

S, K, ST = LineStatus, OperationKind, OperationState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIPPED = NOON + timedelta(hours=1)


def left(*operations: Operation, authorized: int = 2190, **rest: Any) -> Order:
    """S-1 of 10.00 with charges of 4.90 has left, S-2 of 7.00 has not; ordered two days before noon."""
    values: dict[str, Any] = {
        "charges": (charge(),),
        "shipments": (shipment("S-1", shipped_at=NOON), shipment("S-2")),
        "payments": (card(authorized, *operations),),
        "created": NOON - 2 * DAY,
    }
    return order(
        line(1, S.SHIPPED, 1000, shipment="S-1"), line(2, S.PACKED, 700, shipment="S-2"), **(values | rest)
    )


def capture(number: int, minor: int, state: OperationState, where: str = "S-1", **rest: Any) -> Operation:
    return operation(number, K.CAPTURE, minor, state=state, **({"shipment": where} | rest))


def mark(value: Order, world: World | None = None, **raw: object) -> Outcome:
    subject = Subject(order=value)
    given = {"reference": "pi_9", "captured": "2026-11-21", "note": "statement of 21 Nov"} | raw
    assert MARK_PAID.apply is not None
    rest: dict[str, Any] = {} if world is None else {"world": world}
    return MARK_PAID.apply(subject, MARK_PAID.read(given, subject, Policy()), context(Role.OP, **rest))


def blockers(value: Order) -> list[tuple[str, str | None]]:
    found = MARK_PAID.blockers(Subject(order=value), actor(Role.OP), Policy())
    return [(one.reason, one.fix) for one in found]


def last(outcome: Outcome, payment: int = 0) -> Operation:
    return outcome.order.payments[payment].operations[-1]


def test_it_records_one_capture_of_what_is_due() -> None:
    outcome = mark(left())
    row = last(outcome)
    assert (row.kind, row.state, row.amount, row.shipment) == (K.CAPTURE, ST.SUCCEEDED, eur(1490), "S-1")
    assert (row.reference, row.at) == ("pi_9", NOON.replace(day=21, hour=23, minute=59, second=59))
    assert row.cause == "marked as paid by ana: statement of 21 Nov"
    assert outcome.intents == ()
    assert outcome.warnings == (CHARGES_NOTHING,)
    assert outcome.summary == "Marked 14.90 € of S-1 as paid: pi_9 (statement of 21 Nov)"
    assert blockers(outcome.order) == [("Nothing is due: everything that left is captured.", None)]
    assert order_payment_status(outcome.order) is PaymentStatus.PARTLY_CAPTURED


@pytest.mark.parametrize("state", [ST.REQUESTED, ST.UNKNOWN, ST.FAILED])
def test_a_capture_without_a_good_answer_is_resolved_and_not_added_to(state: OperationState) -> None:
    value = left(capture(2, 1490, state))
    outcome = mark(value)
    assert last(outcome).answers == 2
    assert [one.state for one in latest(outcome.order.payments[0].operations)] == [ST.SUCCEEDED] * 2
    assert balance(outcome.order.payments[0]).captured == 1490
    assert account(outcome.order, "S-1").to_capture == 0
    assert "It resolves the capture of 14.90 €" in outcome.warnings[1]


def test_the_second_shipment_of_a_partly_captured_payment() -> None:
    value = left(capture(2, 1490, ST.SUCCEEDED))
    assert blockers(value)[0][0].startswith("Nothing is due")
    gone = replace(value, lines=(value.lines[0], replace(value.lines[1], status=S.DELIVERED)))
    row = last(mark(gone))
    assert (row.shipment, row.amount) == ("S-2", eur(700))


def test_never_more_than_the_payment_has_authorized_and_not_captured() -> None:
    outcome = mark(left(authorized=1000))
    assert last(outcome).amount == eur(1000)
    assert outcome.warnings[1] == "4.90 € stays due: payment 1 has no more of it authorized."
    (why,) = blockers(left(capture(2, 1000, ST.SUCCEEDED), authorized=1000))
    assert why[0] == "4.90 € is due for what left, but no payment has anything authorized that is open."


def test_of_several_payments_one_must_be_named() -> None:
    value = left(payments=(card(1000), card(1190, number=2)))
    with pytest.raises(ArgumentError, match=r"Say which payment took it: 1 \(card\) or 2 \(card\)"):
        mark(value)
    outcome = mark(value, payment="2")
    assert last(outcome, 1).amount == eur(1190)
    assert last(mark(outcome.order, reference="pi_10"), 0).amount == eur(300)


def test_a_named_payment_must_have_something_open_for_the_shipment() -> None:
    gone = left(capture(2, 300, ST.REQUESTED), payments=(card(300, capture(2, 300, ST.REQUESTED)), card(2000, number=2)))  # fmt: skip  # noqa: E501
    both = replace(gone, lines=(gone.lines[0], replace(gone.lines[1], status=S.SHIPPED)))
    with pytest.raises(Refused, match="Payment 1 has nothing open that could have paid S-2"):
        mark(both, shipment="S-2", payment="1")


def test_the_orders_own_position_of_what_has_no_shipment() -> None:
    value = order(line(1, S.DELIVERED), is_carry_out=True, created=NOON - 2 * DAY)
    assert last(mark(value)).shipment is None
    assert last(mark(value, shipment="order")).amount == eur(1000)


@pytest.mark.parametrize("state", [ST.REQUESTED, ST.UNKNOWN])
@pytest.mark.parametrize("status", [S.PENDING_ALLOCATION, S.SHIPPED])
def test_what_was_asked_for_without_a_shipment_is_resolved_as_the_order(
    state: OperationState, status: LineStatus
) -> None:
    """A gift card that was to be captured at placement; the card beside it stays as it is."""
    gift = replace(card(400, capture(2, 400, state, shipment=None)), method=PaymentMethod.GIFT_CARD)
    where = None if status is S.PENDING_ALLOCATION else "S-1"
    value = order(
        line(1, status, 1000, shipment=where),
        shipments=(shipment("S-1"),) if where else (),
        payments=(gift, card(600, number=2)),
        created=NOON - 2 * DAY,
    )
    outcome = mark(value, shipment="order")
    row = last(outcome)
    assert (row.amount, row.shipment, row.answers) == (eur(400), None, 2)
    assert "It resolves the capture of 4.00 €" in outcome.warnings[1]
    assert len(outcome.warnings) == 2
    assert balance(outcome.order.payments[0]).pending_capture == 0
    with pytest.raises((Refused, ArgumentError)):
        mark(outcome.order, shipment="order", reference="pi_10")


def test_it_is_the_payment_that_was_asked_and_no_other() -> None:
    gift = card(400, capture(2, 400, ST.UNKNOWN, shipment=None))
    value = order(payments=(gift, card(600, number=2)), created=NOON - 2 * DAY)
    with pytest.raises(ArgumentError, match="cannot be '2'"):
        mark(value, shipment="order", payment="2")
    settled = replace(
        gift, operations=(*gift.operations, capture(3, 400, ST.FAILED, shipment=None, answers=2))
    )
    assert blockers(replace(value, payments=(settled,)))[0][0].startswith("Nothing has left yet")


@pytest.mark.parametrize("state", [ST.REQUESTED, ST.UNKNOWN])
def test_a_carry_out_capture_without_an_answer_is_resolved(state: OperationState) -> None:
    asked = capture(2, 1000, state, shipment=None)
    value = order(
        line(1, S.DELIVERED), is_carry_out=True, created=NOON - 2 * DAY, payments=(card(1000, asked),)
    )
    row = last(mark(value))
    assert (row.amount, row.shipment, row.answers) == (eur(1000), None, 2)


@pytest.mark.parametrize("lines", [S.PACKED, S.CONFIRMED])
def test_nothing_is_marked_before_it_left(lines: LineStatus) -> None:
    value = order(line(1, lines, shipment="S-1"), shipments=(shipment(),))
    assert blockers(value) == [("Nothing has left yet: its money is captured when it is packed.", None)]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (S.CANCELLED, "Nothing is due: the order is cancelled."),
        (S.PACKED, "Nothing is due: all of the order is captured."),
    ],
)
def test_nothing_is_due_of_what_never_leaves_or_is_captured_already(status: LineStatus, why: str) -> None:
    paid = card(1000, operation(2, K.CAPTURE, 1000, shipment="S-1"))
    value = order(line(1, status, 1000, shipment="S-1"), shipments=(shipment(),), payments=(paid,))
    assert blockers(value) == [(why, None)]


def test_a_dispute_refuses_and_names_the_key() -> None:
    disputed = place_hold(left(), HoldKind.DISPUTE, "chargeback", NOON)
    assert blockers(disputed)[0][1] == "order.release-hold"
    assert blockers(place_hold(left(), HoldKind.FRAUD, "why", NOON)) == []


# -- the capture date --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("today", NOON),
        ("yesterday", NOON.replace(day=21, hour=23, minute=59, second=59)),
        ("2026-11-21T14:30", NOON.replace(day=21, hour=14, minute=30)),
        ("2026-11-21 14:30:05+02:00", NOON.replace(day=21, hour=12, minute=30, second=5)),
        ("2026-11-20", NOON.replace(day=20, hour=23, minute=59, second=59)),
    ],
)
def test_a_capture_date_is_a_day_or_a_minute(text: str, at: object) -> None:
    """Of a day the last moment that is over: what was asked for on it comes before its answer."""
    assert last(mark(left(), captured=text)).at == at


def test_of_a_day_its_request_is_the_moment_and_its_expiry_the_last() -> None:
    asked = NOON - timedelta(hours=20)
    value = left(capture(2, 1490, ST.REQUESTED, at=asked))
    assert last(mark(value)).at == asked
    assert last(mark(left(), captured="today")).at == NOON
    lapsing = replace(left(), payments=(replace(card(2190), expires_at=NOON - HOUR),))
    assert last(mark(lapsing, captured="today")).at == NOON - HOUR


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-11-23", "is not over yet"),
        ("2026-11-22T12:01", "is not over yet"),
        ("2026-11-19", "before the order was placed, 2026-11-20 12:00"),
        ("2026-11", "is no date"),
        ("2d", "is no date"),
        ("2026-02-30", "is not on the calendar"),
        ("last week", "is no date"),
    ],
)
def test_a_capture_date_that_cannot_be(text: str, why: str) -> None:
    with pytest.raises(ArgumentError, match=why) as refused:
        mark(left(), captured=text)
    assert refused.value.name == "captured"


def test_a_day_is_one_of_the_business_time_zone() -> None:
    value, subject = left(), Subject(order=left())
    policy = Policy(time_zone="Asia/Tokyo")
    given = MARK_PAID.read({"reference": "p", "captured": "2026-11-21", "note": "n"}, subject, policy)
    assert MARK_PAID.apply is not None
    outcome = MARK_PAID.apply(subject, given, context(Role.OP, policy=policy))
    assert last(outcome).at == NOON.replace(day=21, hour=14, minute=59, second=59)
    assert last(outcome).at.utcoffset() == timedelta()
    assert value == subject.order


def test_an_authorization_that_lapsed_since_was_in_time() -> None:
    lapsed = replace(card(2190), expires_at=NOON - DAY, lapsed_at=NOON - DAY)
    value = left(payments=(lapsed,))
    assert last(mark(value, captured="2026-11-21T11:59")).amount == eur(1490)
    assert last(mark(value, captured="2026-11-21")).amount == eur(1490)
    for late in ("2026-11-21T12:00", "2026-11-22"):
        with pytest.raises(ArgumentError, match="after the authorization had expired, 2026-11-21 12:00"):
            mark(value, captured=late)


# -- the reference -----------------------------------------------------------------------------------------


def test_a_reference_stands_for_one_capture() -> None:
    value = left(capture(2, 100, ST.SUCCEEDED, reference="pi_1"))
    with pytest.raises(
        ArgumentError, match=r"PI_1 was used before: capture of 1\.00 € on payment 1, 2026-11-22"
    ):
        mark(value, reference=" PI_1 ")
    assert last(mark(value, reference="pi_2")).amount == eur(1390)


def test_the_reference_of_the_capture_that_it_resolves_may_be_said_again() -> None:
    value = left(capture(2, 1490, ST.REQUESTED), capture(3, 1490, ST.UNKNOWN, reference="pi_1", answers=2))
    assert last(mark(value, reference="pi_1")).answers == 3


def test_a_reference_of_another_order_is_refused() -> None:
    world = World(reference_owner=lambda order, reference: "10999" if reference == "pi_7" else "")
    with pytest.raises(ArgumentError, match="pi_7 was used before, on order 10999"):
        mark(left(), world, reference="pi_7")
    assert last(mark(left(), world)).reference == "pi_9"


@pytest.mark.parametrize("missing", ["reference", "captured", "note"])
def test_reference_date_and_note_are_needed(missing: str) -> None:
    with pytest.raises(ArgumentError, match="is needed"):
        mark(left(), None, **{missing: " "})


# -- with the flow and the provider ------------------------------------------------------------------------


def flowed(shop: Shop, *answers: str) -> Order:
    """A parcel that left with its capture asked for, and perhaps answered."""
    value = shop.hear(released(shop, placed()), "packed", "S-1")
    for kind in answers:
        value = shop.hear(value, kind, "S-1", reference="c1")
    return shop.hear(value, "shipped", "S-1")


@pytest.mark.parametrize("answers", [(), ("capture_failed",)])
def test_the_flow_goes_on_and_the_provider_is_heard_once(answers: tuple[str, ...]) -> None:
    shop = Shop({("BER-1", "SKU-1"): 9})
    value = flowed(shop, *answers)
    value = shop.go(mark(value, captured="today").order)
    assert task_of(value, Task.CAPTURE, "S-1").state is TaskState.COMPLETE
    assert value.shipments[0].invoice
    same = apply_event(value, shop.event(value, "captured", "S-1", reference="pi_9"), shop.context)
    assert same.order is value
    with pytest.raises(EventImpossible):
        apply_event(value, shop.event(value, "captured", "S-1", reference="c1"), shop.context)
    with pytest.raises(EventImpossible):
        apply_event(value, shop.event(value, "captured", reference="other"), shop.context)
    assert balance(value.payments[0]).captured == 1000


def test_of_a_sale_over_the_counter_the_rest_of_the_authorization_is_let_go_of() -> None:
    sold = order(line(1, S.DELIVERED), is_carry_out=True, created=NOON - 2 * DAY, payments=(card(1200),))
    outcome = mark(sold)
    assert [(one.kind, one.amount) for one in outcome.intents] == [("void", eur(200))]
