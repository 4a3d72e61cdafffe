"""Payment Authorization: covered, declined, pending, lapsed; who frees the order (spec 3.3; issue 4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from oms_tui.domain.engine import next_due
from oms_tui.domain.flow import Complete, Failed, FlowTask, Task, TaskState, Verdict, Waiting
from oms_tui.domain.operations import RETURN_CAUSE, balance
from oms_tui.domain.order import Line, Order
from oms_tui.domain.payment import lapses_at, order_payment_status
from oms_tui.domain.status import (
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentMethod,
    PaymentStatus,
)
from oms_tui.domain.steps import STEPS, Step
from oms_tui.domain.steps.authorization import let_go
from oms_tui.domain.steps.base import place_hold
from tests.build import NOON, card, eur, operation
from tests.domain.shop import Shop, placed, released, states, statuses, task_of, wanted

ST = OperationState
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOCK = {("BER-1", "SKU-1"): 9, ("MXP-1", "SKU-2"): 9}


def run(value: Order, shop: Shop | None = None) -> Step:
    """One run of the task."""
    task = FlowTask(task=Task.PAYMENT_AUTHORIZATION, state=TaskState.ACTIVE)
    return STEPS[task.task](value, task, (shop or Shop()).context)


def verdict(value: Order) -> Verdict:
    return run(value).verdict


def paid(*operations: Any, **rest: Any) -> Order:
    return placed(payments=(replace(card(0), operations=operations, **rest),))


@pytest.mark.parametrize(
    "operations",
    [
        [operation(1, OperationKind.AUTHORIZE, 1000)],
        [operation(1, OperationKind.CAPTURE, 1000)],
        [operation(1, OperationKind.AUTHORIZE, 1200), operation(2, OperationKind.CAPTURE, 300)],
        [
            operation(1, OperationKind.AUTHORIZE, 1000),
            operation(2, OperationKind.CAPTURE, 9, state=ST.REQUESTED),
        ],
        [operation(1, OperationKind.IMPORTED, 1000)],
    ],
)
def test_payment_is_there_when_the_total_is_covered(operations: list[object]) -> None:
    assert isinstance(verdict(paid(*operations)), Complete)


def test_prepaid_tenders_count_together_with_the_card() -> None:
    gift = replace(card(0, number=1), method=PaymentMethod.GIFT_CARD, operations=(
        operation(1, OperationKind.CAPTURE, 400),))  # fmt: skip
    assert verdict(placed(payments=(gift, card(600, number=2)))) == Complete("10.00 € secured")
    short = verdict(placed(payments=(gift, card(500, number=2))))
    assert short == Waiting("1.00 € of the total is not authorized", NOON + HOUR)


def test_nothing_owed_needs_no_payment() -> None:
    assert verdict(placed(wanted(minor=0), payments=())) == Complete("nothing is owed")


@pytest.mark.parametrize("state", [ST.REQUESTED, ST.UNKNOWN])
def test_payment_waits_for_its_answer(state: OperationState) -> None:
    asked = operation(1, OperationKind.AUTHORIZE, 1000, state=state)
    said = "the provider has not answered for 10.00 €"
    assert verdict(paid(asked)) == Waiting(said, NOON + HOUR)


def test_a_lapsed_authorization_is_worth_nothing() -> None:
    lapsed = paid(operation(1, OperationKind.AUTHORIZE, 1000), lapsed_at=NOON)
    said = "lapsed: 10.00 € is not reserved any more, 10.00 € of the total is not authorized"
    assert verdict(lapsed) == Failed(said)


def test_a_declined_payment_fails_and_is_held_once() -> None:
    declined = operation(1, OperationKind.AUTHORIZE, 1000, state=ST.FAILED, cause="insufficient funds")
    first = run(paid(declined))
    assert first.verdict == Failed("declined: insufficient funds, 10.00 € of the total is not authorized")
    hold = first.order.holds[0]
    assert (hold.kind, hold.reason) == (HoldKind.PAYMENT, "authorization declined: insufficient funds")
    again = run(first.order)
    assert isinstance(again.verdict, Failed)
    assert len(again.order.holds) == 1


def test_released_by_a_person_the_order_goes_on_without_the_money() -> None:
    declined = operation(1, OperationKind.AUTHORIZE, 1000, state=ST.FAILED, cause="insufficient funds")
    shop = Shop(STOCK)
    value = shop.go(paid(declined))
    assert states(value)["payment_authorization"] is TaskState.FAILED
    assert statuses(value) == [LineStatus.PENDING_ALLOCATION]
    value = shop.go(let_go(value, 1, shop.now, "olga"))
    task = task_of(value, Task.PAYMENT_AUTHORIZATION)
    assert task.runs[-1].result.endswith("of the total is not authorized; let go on by olga")
    assert statuses(value) == [LineStatus.PENDING_ACK]
    value = shop.hear(value, "authorization_failed", reference="a2", amount=eur(1000), cause="stolen card")
    assert [hold.reason for hold in value.open_holds()] == ["authorization declined: stolen card"]


def test_a_release_decides_about_all_that_lacks_by_then_and_nothing_that_comes_later() -> None:
    """Held for silence, declined while held: the one release lets the order go on."""
    shop = Shop(STOCK)
    silent = operation(1, OperationKind.AUTHORIZE, 1000, state=ST.REQUESTED)
    value = shop.go(paid(silent), 60)
    value = shop.hear(value, "authorization_failed", data={"operation": "1"}, cause="do not honour")
    value = shop.hear(value, "authorization_failed", reference="a2", amount=eur(1000), cause="no funds")
    assert len(value.open_holds()) == 1
    value = shop.go(let_go(value, value.open_holds()[0].number, shop.now, "olga"))
    assert states(value)["payment_authorization"] is TaskState.COMPLETE
    assert statuses(value) == [LineStatus.PENDING_ACK]
    value = shop.go(value, 3 * 24 * 60)
    assert value.open_holds() == ()
    value = shop.hear(value, "authorization_failed", reference="a3", amount=eur(1000), cause="stolen card")
    assert [hold.reason for hold in value.open_holds()] == ["authorization declined: stolen card"]


def test_what_is_pending_too_long_is_held_and_freed_by_its_answer() -> None:
    shop = Shop(STOCK)
    value = shop.go(paid(operation(1, OperationKind.AUTHORIZE, 1000, state=ST.REQUESTED)), 59)
    assert value.open_holds() == ()
    assert next_due(value) == NOON + HOUR
    value = shop.go(value, 1)
    assert [hold.reason for hold in value.open_holds()] == ["the provider has not answered for 10.00 €"]
    value = shop.hear(value, "authorized", reference="a1")
    assert value.open_holds() == ()
    assert value.holds[0].released_by == "system"


# --- Lapses ----------------------------------------------------------------------------------------------


def expiring(*lines: Line) -> Order:
    value = placed(*lines)
    return replace(value, payments=(replace(value.payments[0], expires_at=NOON + 2 * DAY),))


def test_an_authorization_lapses_at_its_moment_and_holds_the_order() -> None:
    shop = Shop(STOCK)
    value = released(shop, expiring())
    assert next_due(replace(value, tasks=tuple(replace(t, next_run=None) for t in value.tasks
        if not t.state.is_open))) == NOON + 2 * DAY  # fmt: skip
    shop.now = NOON + 2 * DAY - timedelta(seconds=1)
    assert order_payment_status(shop.go(value)) is PaymentStatus.AUTHORIZED
    shop.now = NOON + 2 * DAY
    value = shop.go(value)
    assert value.payments[0].lapsed_at == NOON + 2 * DAY
    assert order_payment_status(value) is PaymentStatus.LAPSED
    assert [h.reason for h in value.open_holds()] == [
        "authorization lapsed: 10.00 € is not reserved any more"
    ]
    assert lapses_at(value) is None
    assert not shop.step(value).ran


def test_a_new_authorization_takes_the_place_of_the_lapsed_one() -> None:
    shop = Shop(STOCK)
    value = shop.go(released(shop, expiring()), 3 * 24 * 60)
    value = shop.hear(value, "authorized", reference="a2", amount=eur(1000))
    assert value.open_holds() == ()
    assert balance(value.payments[0]).to_capture == 1000
    value = shop.hear(value, "packed", "S-1")
    value = shop.hear(value, "captured", "S-1", reference="c1")
    assert order_payment_status(value) is PaymentStatus.CAPTURED
    assert balance(value.payments[0]).to_capture == 0


def test_the_same_authorization_renewed_is_no_second_one() -> None:
    shop = Shop(STOCK)
    value = shop.go(released(shop, expiring()), 3 * 24 * 60)
    value = shop.hear(value, "authorized", reference="auth-1", amount=eur(1000))
    assert value.payments[0].lapsed_at is None
    assert balance(value.payments[0]).authorized == 1000
    assert order_payment_status(value) is PaymentStatus.AUTHORIZED


def test_with_nothing_left_to_leave_it_lapses_without_a_hold() -> None:
    shop = Shop(STOCK)
    value = shop.hear(released(shop, expiring()), "packed", "S-1")
    value = shop.hear(value, "capture_failed", "S-1", cause="do not honour")
    value = shop.go(shop.hear(value, "shipped", "S-1"), 3 * 24 * 60)
    assert order_payment_status(value) is PaymentStatus.FAILED
    assert value.payments[0].lapsed_at is not None
    assert value.open_holds() == ()
    assert states(value)["payment_authorization"] is TaskState.COMPLETE


def test_a_capture_that_found_nothing_authorized_goes_on_with_a_new_authorization() -> None:
    shop = Shop(STOCK)
    value = shop.go(released(shop, expiring()), 3 * 24 * 60)
    value = shop.go(let_go(value, value.open_holds()[0].number, shop.now, "olga"))
    value = shop.hear(value, "packed", "S-1")
    capture = task_of(value, Task.CAPTURE, "S-1")
    assert (capture.state, capture.error) == (
        TaskState.FAILED, "10.00 € is due and no payment has it authorized")  # fmt: skip
    value = shop.hear(value, "authorized", reference="a2", amount=eur(1000))
    assert task_of(value, Task.CAPTURE, "S-1").error == "a capture of 10.00 € is not answered yet"


def test_the_payment_hold_goes_when_the_payment_comes_and_no_other() -> None:
    declined = operation(1, OperationKind.AUTHORIZE, 1000, state=ST.FAILED)
    held = run(paid(declined)).order
    held = place_hold(held, HoldKind.PAYMENT, "asked by phone", NOON, by="olga")
    after = run(replace(held, payments=(card(1000),))).order
    assert [hold.placed_by for hold in after.open_holds()] == ["olga"]


def test_a_new_authorization_counts_alone_before_anybody_saw_that_the_old_lapsed() -> None:
    """No flow ran in between: the machine was off."""
    shop = Shop(STOCK)
    value = released(shop, expiring())
    value = shop.hear(value, "authorized", minutes=3 * 24 * 60, reference="a2", amount=eur(1000))
    assert balance(value.payments[0]).to_capture == 1000
    assert value.open_holds() == ()


def test_what_a_return_gave_back_takes_nothing_from_what_is_still_to_leave() -> None:
    returned = operation(3, OperationKind.REFUND, 600, cause=RETURN_CAUSE)
    parts = (operation(1, OperationKind.AUTHORIZE, 1000), operation(2, OperationKind.CAPTURE, 600), returned)
    assert isinstance(verdict(paid(*parts)), Complete)
