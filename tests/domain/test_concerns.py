"""What a person should know of an order's money: each concern, when there is none, and how long is left."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.concerns import AskedToStop, ConcernKind, concerns, span_text, unmended
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.domain.order import Hold, Note, Operation, Order
from oms_tui.domain.payment import is_uncaptured_after_shipment, payment_status
from oms_tui.domain.status import (
    Cause,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentStatus,
)
from tests.build import NOON, card, eur, line, operation, order, shipment

C, K, S = ConcernKind, OperationKind, OperationState
HOUR = timedelta(hours=1)


def told(value: Order, **rest: Any) -> list[tuple[ConcernKind, str]]:
    """Kind and text of each concern at noon."""
    return [(one.kind, one.text) for one in concerns(value, NOON, **rest)]


def sold(*operations: Operation, status: LineStatus = LineStatus.SHIPPED, **rest: Any) -> Order:
    """One line in S-1, paid by one card for 10 euro."""
    left = NOON if status is LineStatus.SHIPPED else None
    return order(
        line(1, status, 1000, shipment="S-1"),
        shipments=(shipment("S-1", shipped_at=left),),
        payments=(card(1000, *operations, **rest),),
    )


def capture(minor: int = 1000, state: OperationState = S.SUCCEEDED, **rest: Any) -> Operation:
    """A capture for S-1."""
    return operation(2, K.CAPTURE, minor, **{"state": state, "shipment": "S-1", **rest})


def refund(state: OperationState, number: int = 3, **rest: Any) -> Operation:
    """A refund of 4 euro."""
    return operation(number, K.REFUND, 400, state=state, **rest)


def test_a_capture_without_an_answer_is_told_after_an_hour_and_listed_once_it_left() -> None:
    asked = sold(capture(state=S.REQUESTED))
    assert is_uncaptured_after_shipment(asked)
    assert not is_uncaptured_after_shipment(sold(capture(state=S.REQUESTED), status=LineStatus.PACKED))
    assert not is_uncaptured_after_shipment(sold(capture()))
    assert [one.kind for one in concerns(asked, NOON + HOUR / 2)] == []
    (one,) = concerns(asked, NOON + 23 * HOUR)
    assert (one.kind, one.text) == (
        C.CAPTURE_UNANSWERED,
        "A capture of 10.00 € for S-1 asked 23 h ago is not answered: ask the provider",
    )


def test_an_order_whose_money_is_where_it_should_be_gives_no_concern() -> None:
    assert told(sold(capture())) == []
    assert told(sold(status=LineStatus.CONFIRMED)) == []
    assert told(order(payments=())) == []


@pytest.mark.parametrize(
    ("operations", "kind", "text"),
    [
        (
            [capture(state=S.FAILED, cause="do not honour")],
            C.CAPTURE_FAILED,
            "A capture of 10.00 € for S-1 failed: do not honour",
        ),
        ([capture(state=S.UNKNOWN)], C.CAPTURE_UNKNOWN, "A capture of 10.00 € for S-1 is unknown"),
        ([capture(), refund(S.FAILED)], C.REFUND_FAILED, "A refund of 4.00 € failed"),
        (
            [capture(), refund(S.UNKNOWN)],
            C.REFUND_UNKNOWN,
            "A refund of 4.00 € is unknown: ask the provider first whether it was paid",
        ),
        (
            [capture(), refund(S.REQUESTED)],
            C.REFUND_ASKED,
            "A refund of 4.00 € is asked for and not answered yet",
        ),
        ([capture(1300)], C.OVERCHARGED, "3.00 € more was taken than the order owes"),
        ([capture(600)], C.LEFT_UNCAPTURED, "S-1 has left and 4.00 € of it is not captured"),
    ],
)
def test_what_became_of_an_operation(operations: list[Operation], kind: ConcernKind, text: str) -> None:
    assert told(sold(*operations)) == [(kind, text)]


def test_an_answer_without_a_word_of_its_own_does_not_say_why_it_was_asked() -> None:
    asked = refund(S.REQUESTED, cause="cancelled: duplicate")
    silent = refund(S.FAILED, 4, answers=3, cause="cancelled: duplicate")
    assert told(sold(capture(), asked, silent)) == [(C.REFUND_FAILED, "A refund of 4.00 € failed")]
    clear = refund(S.FAILED, 4, answers=3, cause="card closed")
    assert told(sold(capture(), asked, clear)) == [
        (C.REFUND_FAILED, "A refund of 4.00 € failed: card closed")
    ]


def test_what_a_failed_refund_should_have_brought_back_is_told_once() -> None:
    gone = order(line(1, LineStatus.CANCELLED, 1000), payments=(
        card(1000, capture(shipment=None), operation(3, K.REFUND, 1000, state=S.FAILED)),
    ))  # fmt: skip
    assert [kind for kind, _ in told(gone)] == [C.REFUND_FAILED]


def test_what_was_asked_again_is_no_failure_any_more() -> None:
    again = operation(4, K.REFUND, 400, state=S.REQUESTED)
    assert [kind for kind, _ in told(sold(capture(), refund(S.FAILED), again))] == [C.REFUND_ASKED]
    answered = operation(4, K.REFUND, 400, state=S.SUCCEEDED, answers=3)
    assert told(sold(capture(), refund(S.UNKNOWN), answered)) == []


def test_money_that_nobody_asked_for_before_it_left_is_told_only_once_it_left() -> None:
    assert told(sold(capture(600), status=LineStatus.PACKED)) == []
    # What was captured without naming a shipment is for all of them.
    assert told(sold(capture(1000, shipment=None))) == []


def test_a_dispute_is_told_while_it_lasts() -> None:
    hold = Hold(number=1, kind=HoldKind.DISPUTE, reason="not received", placed_at=NOON, placed_by="system")
    value = order(line(1, LineStatus.DELIVERED, 1000), payments=(card(1000, capture()),), holds=(hold,))
    assert told(value) == [(C.DISPUTED, "Disputed: not received")]


@pytest.mark.parametrize(
    ("ends", "kind", "text"),
    [
        (49 * HOUR, None, ""),
        (48 * HOUR, C.LAPSES_SOON, "lapses in 2 d: 10.00 € is not captured yet"),
        (
            4 * HOUR + timedelta(minutes=12),
            C.LAPSES_SOON,
            "lapses in 4 h 12 min: 10.00 € is not captured yet",
        ),
        (timedelta(0), C.LAPSED, "lapsed less than 1 min ago: 10.00 € can no longer be captured"),
        (-52 * HOUR, C.LAPSED, "lapsed 2 d 4 h ago: 10.00 € can no longer be captured"),
    ],
)
def test_an_authorization_that_is_needed_lapses(ends: timedelta, kind: ConcernKind | None, text: str) -> None:
    value = sold(status=LineStatus.CONFIRMED, expires_at=NOON + ends)
    said = f"Payment 1 {text}"
    assert told(value) == ([] if kind is None else [(kind, said)])


def test_an_authorization_that_nothing_is_left_of_may_lapse() -> None:
    assert told(sold(capture(), expires_at=NOON - HOUR, lapsed_at=NOON - HOUR)) == []


def test_an_authorization_known_to_have_lapsed_lapsed_whatever_its_expiry_says() -> None:
    value = sold(status=LineStatus.CONFIRMED, lapsed_at=NOON - HOUR)
    assert [kind for kind, _ in told(value)] == [C.LAPSED]


def cancelled_while_picked() -> Order:
    """Cancelled whole while BER-1 had its pick ticket."""
    gone = line(1, LineStatus.CANCELLED, 1000, shipment="S-1", cause=Cause.CANCEL)
    return order(
        gone, shipments=(shipment("S-1", released_at=NOON),),
        payments=(card(1000, capture(shipment=None), refund(S.REQUESTED)),),
    )  # fmt: skip


def test_money_that_waits_for_a_location_says_for_whom_and_until_when() -> None:
    stop = AskedToStop(kind="refund", amount=eur(1000), shipments=("S-1",), until=NOON + HOUR)
    found = concerns(cancelled_while_picked(), NOON, stops=[stop])
    waits = next(one for one in found if one.kind is C.WAITS_FOR_STOP)
    assert waits.text == "BER-1 (S-1) has not answered the request to stop: the refund of 10.00 € waits"
    assert (waits.until, waits.shipment) == (NOON + HOUR, "S-1")
    late = concerns(cancelled_while_picked(), NOON + HOUR, stops=[stop])
    assert all(one.kind is not C.WAITS_FOR_STOP for one in late)


def test_a_ticket_that_was_taken_back_waits_for_its_location_until_it_goes_out_again() -> None:
    stop = AskedToStop(shipments=("S-1",))
    back = sold(status=LineStatus.PENDING_ALLOCATION)
    (one,) = concerns(back, NOON, stops=[stop])
    assert (one.kind, one.until) == (C.WAITS_FOR_STOP, None)
    assert one.text == "BER-1 (S-1) has not answered the request to stop"
    out = replace(back, shipments=(shipment("S-1", released_at=NOON),))
    packed = replace(back, shipments=(shipment("S-1", packed_at=NOON),))
    assert concerns(out, NOON, stops=[stop]) == concerns(packed, NOON, stops=[stop]) == ()


def test_a_wish_to_cancel_is_told_until_it_is_answered() -> None:
    wish = Note(number=1, at=NOON, person="customer", text="The customer asks to cancel: too late")
    value = replace(sold(capture()), notes=(wish,))
    (one,) = concerns(value, NOON)
    assert (one.kind, one.text, one.at, one.said) == (
        C.CANCEL_ASKED,
        "The customer asked to cancel",
        NOON,
        "too late",
    )
    answer = Note(number=2, at=NOON, person="ana", text="Declined to cancel: it has left")
    assert concerns(replace(value, notes=(wish, answer)), NOON) == ()


@pytest.mark.parametrize(("is_taken", "text"), [(False, "could not be taken"), (True, "was taken that")])
def test_an_event_that_somebody_must_look_at_is_told(is_taken: bool, text: str) -> None:
    event = Event(id="e1", kind=EventKind.SHIPPED, order_id="10427", at=NOON, shipment="S-1")
    case = EventCase(
        event=event, state=CaseState.PROBLEM, reason="Line 1 is cancelled.", is_taken=is_taken, received=NOON
    )
    (one,) = concerns(sold(capture()), NOON, problems=[case])
    assert (one.kind, one.said, one.shipment) == (C.EVENT_PROBLEM, "Line 1 is cancelled.", "S-1")
    assert one.text.startswith(f"An event {text}")


def test_the_most_pressing_comes_first() -> None:
    value = sold(
        capture(1300), refund(S.FAILED), operation(4, K.REFUND, 100, state=S.UNKNOWN, shipment="S-1")
    )
    assert [kind for kind, _ in told(value)] == [C.OVERCHARGED, C.REFUND_UNKNOWN, C.REFUND_FAILED]


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "less than 1 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=2, hours=4, minutes=59), "2 d 4 h"),
        (timedelta(days=7), "7 d"),
    ],
)
def test_a_span_is_told_in_its_two_greatest_units(span: timedelta, text: str) -> None:
    assert span_text(span) == text


operations = st.lists(
    st.builds(
        lambda kind, state, name: (kind, state, name),
        st.sampled_from([K.AUTHORIZE, K.CAPTURE, K.REFUND, K.VOID]),
        st.sampled_from([S.REQUESTED, S.SUCCEEDED, S.FAILED]),
        st.sampled_from([None, "S-1", "S-2"]),
    ),
    max_size=8,
)


@given(operations)
def test_what_is_unmended_and_the_status_failed_are_one_thing(
    parts: list[tuple[OperationKind, OperationState, str | None]],
) -> None:
    rows = [
        operation(number, kind, 100, state=state, shipment=name)
        for number, (kind, state, name) in enumerate(parts, 2)
    ]
    payment = card(1000, *rows)
    assert bool(unmended(payment)) == (payment_status(payment) is PaymentStatus.FAILED)


def test_what_the_provider_is_asked_about_says_so() -> None:
    """Only while somebody asks: without an answer for days, or without a provider, nobody does."""
    asked = capture(state=S.REQUESTED)
    lost = replace(asked, number=asked.number + 1, state=S.UNKNOWN, answers=asked.number)
    value = order(payments=(card(1000, asked, lost),))
    said = "A capture of 10.00 € for S-1 is unknown"
    assert told(value) == [(C.CAPTURE_UNKNOWN, said)]
    assert told(value, checked=((1, asked.number),)) == [(C.CAPTURE_UNKNOWN, f"{said}, checking")]
