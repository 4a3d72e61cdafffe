"""Cancel: one test per rule and per refusal of spec 6."""

from dataclasses import replace

import pytest

from oms_tui.domain.differences import consequences
from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, TaskState
from oms_tui.domain.order import Hold
from oms_tui.domain.payment import RETURN_CAUSE, balance, order_payment_status
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import (
    BEFORE_PACKED,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    PaymentStatus,
)
from oms_tui.domain.totals import order_total
from oms_tui.verbs import ArgumentError, Refused, Subject
from oms_tui.verbs.cancel import CANCEL, line_options
from tests.build import NOON, actor, card, charge, context, eur, flow, line, operation, order, shipment

S, K = LineStatus, OperationKind


def cancel(value: object, *lines: str, reason: str = "customer request", note: str = "") -> Outcome:
    subject = Subject(order=value)  # type: ignore[arg-type]
    raw = {"lines": list(lines) or None, "reason": reason, "note": note}
    policy = context().policy
    assert CANCEL.apply is not None
    return CANCEL.apply(subject, CANCEL.read(raw, subject, policy), context())


def blockers(value: object) -> list[str]:
    return [b.reason for b in CANCEL.blockers(Subject(order=value), actor(), context().policy)]  # type: ignore[arg-type]


@pytest.mark.parametrize("status", BEFORE_PACKED)
def test_a_whole_order_before_packed(status: LineStatus) -> None:
    value = order(line(1, status), line(2, status), charges=(charge(),), tasks=flow(3))
    outcome = cancel(value)
    assert {x.status for x in outcome.order.lines} == {S.CANCELLED}
    assert outcome.order.charges[0].is_cancelled
    assert order_total(outcome.order) == eur(0)
    assert not any(task.state.is_open for task in outcome.order.tasks)
    assert outcome.summary == "Cancelled order 10427: customer request"
    assert len(outcome.stock) == (0 if status is S.PENDING_ALLOCATION else 2)


def test_the_authorization_is_asked_to_be_voided_with_the_last_line() -> None:
    outcome = cancel(order(line(1), line(2)))
    void = outcome.order.payments[0].operations[-1]
    assert (void.kind, void.state, void.amount) == (K.VOID, OperationState.REQUESTED, eur(2000))
    assert [(i.kind, i.amount, i.operation) for i in outcome.intents] == [("void", eur(2000), 2)]


def test_what_has_lapsed_is_not_asked_to_be_voided() -> None:
    outcome = cancel(order(line(), payments=(card(1000, lapsed_at=NOON, expires_at=NOON),)))
    assert outcome.intents == ()


def test_part_of_an_order_lowers_what_will_be_captured_and_voids_nothing() -> None:
    value = order(line(1, minor=1000), line(2, minor=500, status=S.CONFIRMED))
    outcome = cancel(value, "1")
    assert outcome.intents == ()
    assert order_total(outcome.order) == eur(500)
    rows = {row.path: row for row in consequences(value, outcome)}
    assert "5.00" in rows["to_capture"].after
    assert rows["lines/1/status"].after == "Cancelled"
    assert outcome.action == "cancel 1 line"


def test_the_remainder_is_voided_when_nothing_more_will_leave() -> None:
    paid = card(2000, operation(2, K.CAPTURE, 1000, shipment="S-1"))
    value = order(line(1, S.SHIPPED, shipment="S-1"), line(2), payments=(paid,), shipments=(shipment(),))
    outcome = cancel(value, "2")
    assert [(i.kind, i.amount) for i in outcome.intents] == [("void", eur(1000))]
    assert order_payment_status(outcome.order) is PaymentStatus.CAPTURED


def test_the_remainder_is_voided_where_the_rest_is_packed_and_captured() -> None:
    """Its capture is over, so nothing after it would let the remainder go."""
    captured = card(2000, operation(2, K.CAPTURE, 1000, shipment="S-1"))
    value = order(
        line(1, S.PACKED, shipment="S-1"),
        line(2),
        shipments=(shipment(released_at=NOON),),
        payments=(captured,),
    )
    outcome = cancel(value, "2")
    assert [(i.kind, i.amount) for i in outcome.intents] == [("void", eur(1000))]
    waiting = replace(value, payments=(card(2000),))
    assert cancel(waiting, "2").intents == ()


def test_no_void_while_a_shipped_line_is_still_to_be_captured() -> None:
    value = order(line(1, S.SHIPPED), line(2))
    assert cancel(value, "2").intents == ()


def test_prepaid_money_is_refunded_in_reverse_order_of_use() -> None:
    gift = card(600, operation(2, K.CAPTURE, 600), method=PaymentMethod.GIFT_CARD)
    prepaid = card(1400, operation(2, K.CAPTURE, 1400), number=2)
    value = order(line(1, minor=1700), line(2, minor=300), payments=(gift, prepaid))
    outcome = cancel(value, "1")
    assert [(i.kind, i.payment, i.amount) for i in outcome.intents] == [
        ("refund", 2, eur(1400)),
        ("refund", 1, eur(300)),
    ]
    assert balance(outcome.order.payments[0]).refundable == 300


def test_part_of_a_quantity_splits_the_line() -> None:
    value = order(line(1, minor=1000, quantity=3))
    outcome = cancel(value, "1:2")
    stays, part = outcome.order.lines
    assert (stays.quantity, stays.status, stays.amount) == (1, S.ALLOCATED, eur(333))
    assert (part.quantity, part.status, part.amount, part.parent) == (2, S.CANCELLED, eur(667), 1)
    assert [(m.location, m.quantity) for m in outcome.stock] == [("BER-1", 2)]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["1:2"], "2 of 3 of line 1"),
        (["1", "2:1"], "1 line and 1 of 2 of line 2"),
        (["1", "2", "3:1", "4:1"], "2 lines, 1 of 2 of line 3 and 1 of 2 of line 4"),
        (["1:1", "2:1", "3:1", "4:1", "5"], "1 line and parts of 4 lines"),
        (["1", "2"], "2 lines"),
    ],
)
def test_parts_of_a_quantity_are_not_called_lines(parts: list[str], said: str) -> None:
    value = order(line(1, quantity=3), *(line(number, quantity=2) for number in (2, 3, 4, 5, 6)))
    outcome = cancel(value, *parts)
    assert outcome.action == f"cancel {said}"
    assert outcome.summary == f"Cancelled {said} of order 10427: customer request"


def test_order_scope_refuses_what_is_packed_and_offers_the_rest() -> None:
    packed = line(3, S.PACKED, quantity=2, shipment="S-1")
    value = order(line(1), packed, shipments=(shipment(),))
    assert blockers(value) == []
    with pytest.raises(Refused, match=r"2 of line 3 are packed in shipment S-1.*Lines 1 can still"):
        cancel(value)


def test_line_scope_refuses_a_piece_that_is_packed() -> None:
    value = order(line(1), line(2, S.PACKED, shipment="S-1"), shipments=(shipment(),))
    with pytest.raises(Refused, match="1 of line 2 is packed in shipment S-1"):
        cancel(value, "2")


@pytest.mark.parametrize("status", [s for s in S if s not in BEFORE_PACKED])
def test_nothing_is_left_to_cancel(status: LineStatus) -> None:
    (reason,) = blockers(order(line(1, status)))
    assert ("cancelled already" in reason) == (status is S.CANCELLED)


def test_lines_cancelled_already_are_ignored() -> None:
    value = order(line(1, S.CANCELLED), line(2))
    assert cancel(value).summary.startswith("Cancelled order 10427")
    with pytest.raises(Refused, match="Nothing is left"):
        cancel(value, "1")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["9"], "no line 9"),
        (["1:5"], "has 2 pieces, not 5"),
        (["1", "1"], "named twice"),
        (["x"], "is no line"),
        (["1:-1"], "is no line"),
        (["1:1:1"], "is no line"),
    ],
)
def test_lines_that_cannot_be(lines: list[str], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        cancel(order(line(1, quantity=2)), *lines)


def test_the_reason_other_needs_words() -> None:
    with pytest.raises(ArgumentError, match="needs a note"):
        cancel(order(), reason="other")
    assert cancel(order(), reason="other", note="moved away").summary.endswith("other (moved away)")


def test_a_reason_must_be_one_of_the_settings() -> None:
    with pytest.raises(ArgumentError, match="choose customer request"):
        cancel(order(), reason="boredom")


def test_a_pick_ticket_that_is_out_makes_the_money_wait() -> None:
    out = shipment(released_at=NOON)
    value = order(line(1, S.CONFIRMED, shipment="S-1"), shipments=(out,))
    outcome = cancel(value)
    kinds = [(i.kind, i.waits_for) for i in outcome.intents]
    assert kinds == [("stop_picking", ""), ("void", "pick_cancelled")]
    assert all(i.until is not None for i in outcome.intents)
    assert [(move.location, move.quantity) for move in outcome.stock] == [("BER-1", 1)]
    assert "pick ticket is already out" in outcome.warnings[0]


@pytest.mark.parametrize("is_charged", [True, False])
def test_while_a_location_is_asked_to_stop_it_is_told_and_no_money_is_promised(is_charged: bool) -> None:
    rows = (operation(2, K.CAPTURE, 1000),) if is_charged else ()
    value = order(
        line(1, S.CONFIRMED, shipment="S-1"),
        shipments=(shipment(released_at=NOON),),
        payments=(card(1000, *rows),),
        language="en",
    )
    to_customer, to_location = cancel(value).messages
    money = "we refund 10.00 € the way you paid." if is_charged else "10.00 € will not be charged."
    assert to_customer.template == "order_stopping"
    assert to_customer.text.endswith(f"asked it to stop.\n\nIf it can be stopped, {money}")
    assert (to_location.recipient, to_location.audience, to_location.template, to_location.language) == (
        *("BER-1", "location", "stop_picking", "en"),
    )
    assert "shipment S-1: please do not pick 1 × Article 1, and tell us" in to_location.text


def test_tasks_of_a_shipment_with_nothing_left_are_cancelled() -> None:
    tasks = tuple(
        FlowTask(task=t, shipment=s, state=TaskState.PENDING) for s in ("S-1", "S-2") for t in DELIVERY_FLOW
    )
    value = order(
        line(1, shipment="S-1"),
        line(2, shipment="S-2"),
        shipments=(shipment("S-1"), shipment("S-2")),
        tasks=(*flow(8), *tasks),
    )
    states = {(t.shipment, t.state) for t in cancel(value, "1").order.tasks if t.shipment}
    assert states == {("S-1", TaskState.CANCELLED), ("S-2", TaskState.PENDING)}


def test_the_customer_is_told_and_fraud_is_never_named() -> None:
    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="three countries", placed_at=NOON, placed_by="system")
    outcome = cancel(order(line(1), holds=(hold,)), reason="fraud")
    (message,) = outcome.messages
    assert (message.recipient, message.language) == ("hans@example.com", "de")
    assert message.text.startswith("Ihre Bestellung 10427 wurde storniert.")
    assert "fraud" not in message.text.lower()


def test_the_customer_is_told_what_is_not_charged_any_more_and_what_goes_back() -> None:
    authorized = order(line(1), line(2, minor=3000), payments=(card(4000),))
    (message,) = cancel(authorized, "2").messages
    assert "1 × Article 2" in message.text
    assert "30,00 € werden nicht mehr abgebucht." in message.text
    assert "erstatten" not in message.text
    captured = operation(2, OperationKind.CAPTURE, 4000)
    prepaid = order(line(1), line(2, minor=3000), payments=(card(4000, captured),))
    (message,) = cancel(prepaid, "2").messages
    assert "Wir erstatten Ihnen 30,00 €" in message.text
    assert "abgebucht" not in message.text


@pytest.mark.parametrize(("kind", "still_counts"), [(HoldKind.FRAUD, False), (HoldKind.DISPUTE, True)])
def test_holds_stay_as_they_are_and_only_a_dispute_still_counts(kind: HoldKind, still_counts: bool) -> None:
    """Releasing a hold is a decision with a right of its own; a cancelled order goes nowhere anyhow."""
    hold = Hold(number=1, kind=kind, reason="why", placed_at=NOON, placed_by="system")
    after = cancel(order(line(1), holds=(hold,))).order
    assert after.holds == (hold,)
    assert bool(after.open_holds()) is still_counts


def test_what_a_return_gave_back_is_not_taken_for_what_is_owed() -> None:
    """Prepaid 100.00, 50.00 came back and was refunded, the other 50.00 is cancelled: all of it goes back."""
    returned = line(1, S.RETURNED, minor=5000)
    refunded = operation(3, K.REFUND, 5000, cause=RETURN_CAUSE)
    prepaid = card(10_000, operation(2, K.CAPTURE, 10_000), refunded)
    outcome = cancel(order(returned, line(2, minor=5000), payments=(prepaid,)), "2")
    assert [(i.kind, i.amount) for i in outcome.intents] == [("refund", eur(5000))]


def test_the_remainder_is_voided_after_a_refunded_return_too() -> None:
    returned = line(1, S.RETURNED, minor=5000)
    paid = card(10_000, operation(2, K.CAPTURE, 5000), operation(3, K.REFUND, 5000, cause=RETURN_CAUSE))
    outcome = cancel(order(returned, line(2, minor=5000), payments=(paid,)), "2")
    assert [(i.kind, i.amount) for i in outcome.intents] == [("void", eur(5000))]


def test_with_the_last_piece_before_packed_the_orders_own_tasks_end() -> None:
    value = order(line(1, S.DELIVERED), line(2, S.PENDING_ALLOCATION), tasks=flow(2))
    assert not any(task.state.is_open for task in cancel(value, "2").order.tasks)


def test_a_capture_that_is_not_answered_is_pointed_out() -> None:
    paid = card(1000, operation(2, K.CAPTURE, 1000, state=OperationState.UNKNOWN))
    assert any("not answered yet" in text for text in cancel(order(line(1), payments=(paid,))).warnings)


def test_a_card_number_is_kept_out_of_the_note_too() -> None:
    with pytest.raises(ArgumentError, match="card number") as refused:
        cancel(order(), reason="other", note="card 4111 1111 1111 1111")
    assert "4111" not in str(refused.value)


def test_no_line_marked_is_not_the_whole_order() -> None:
    subject = Subject(order=order())
    with pytest.raises(ArgumentError, match="Mark at least one line"):
        CANCEL.read({"lines": [], "reason": "duplicate"}, subject, context().policy)


def test_without_an_e_mail_nobody_is_told_and_the_form_says_so() -> None:
    value = order()
    outcome = cancel(replace(value, customer=replace(value.customer, email="")))
    assert outcome.messages == ()
    assert "No e-mail is known" in outcome.warnings[0]


def test_an_authorization_still_in_the_air_is_voided_too() -> None:
    asked = card(1000, operations=(operation(1, K.AUTHORIZE, 1000, state=OperationState.REQUESTED),))
    assert [(i.kind, i.amount) for i in cancel(order(line(1), payments=(asked,))).intents] == [
        ("void", eur(1000))
    ]


def test_the_form_offers_each_line_with_what_refuses_it() -> None:
    value = order(line(1), line(2, S.PACKED, shipment="S-2"), shipments=(shipment("S-2"),))
    first, second = line_options(Subject(order=value))
    assert (first.available, first.refusal) == (1, "")
    assert (second.available, second.refusal) == (0, "1 of line 2 is packed in shipment S-2")
