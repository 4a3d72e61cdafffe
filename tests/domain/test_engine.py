"""The engine: what is due, in which order, until nothing moves; what counts as news (spec 3.3)."""

import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.engine import CannotRun, advance, begin, next_due, reopen, run_task
from oms_tui.domain.flow import ORDER_FLOW, FlowTask, Run, Task, TaskState, open_dependencies, wake
from oms_tui.domain.order import Order
from oms_tui.domain.recall import recall
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import HoldKind, LineStatus, OperationKind, OperationState
from oms_tui.domain.steps.base import place_hold, release_hold
from oms_tui.verbs import Subject
from oms_tui.verbs.base import Policy
from oms_tui.verbs.cancel import CANCEL
from tests.build import NOON, card, context, flow, line, operation, order, shipment
from tests.domain.shop import Shop, placed, released, states, task_of, wanted

T, TS = Task, TaskState
STOCK = {("BER-1", "SKU-1"): 9}


def test_a_new_order_gets_the_tasks_of_its_own() -> None:
    value = placed()
    assert [task.task for task in value.tasks] == list(ORDER_FLOW[:8])
    assert {task.state for task in value.tasks} == {TS.PENDING}
    assert next_due(value) == value.created


@pytest.mark.parametrize(
    "value",
    [order(), order(tasks=(), source="uci"), order(tasks=(), is_carry_out=True)],
    ids=["has tasks", "imported", "carried out"],
)
def test_orders_with_a_past_begin_nothing(value: Order) -> None:
    assert begin(value) is value


def test_tasks_run_along_the_flow_in_one_call() -> None:
    shop = Shop(STOCK)
    result = shop.step(placed())
    assert [ran.task for ran in result.ran] == list(ORDER_FLOW[:7])
    assert result.is_news
    assert result.outcome.summary.startswith("Payment Authorization complete, Address Validation complete")
    assert next_due(result.outcome.order) == NOON + timedelta(minutes=30)


def test_a_run_that_changes_nothing_is_kept_and_is_no_news() -> None:
    shop = Shop({("BER-1", "SKU-1"): 0})
    value = shop.go(shop.go(placed()), 31)
    shop.now += timedelta(minutes=15)
    result = shop.step(value)
    assert [(ran.task, ran.changed) for ran in result.ran] == [(T.ALLOCATION, False)]
    assert not result.is_news
    task = task_of(result.outcome.order, T.ALLOCATION)
    assert [run.result for run in task.runs] == ["no stock of SKU-1 at any location"] * 3
    assert task.next_run == shop.now + timedelta(minutes=15)


def test_another_reason_is_news() -> None:
    shop = Shop({("BER-1", "SKU-1"): 0})
    value = shop.go(placed())
    shop.places, shop.now = (), shop.now + timedelta(minutes=15)
    assert shop.step(value).is_news


def test_the_interval_is_a_setting() -> None:
    shop = Shop({("BER-1", "SKU-1"): 0}, rules=FlowRules(interval=timedelta(minutes=2)))
    value = shop.go(placed())
    assert next_due(value) == NOON + timedelta(minutes=2)
    assert shop.step(value).ran == ()


def test_a_waiting_moment_is_when_it_runs() -> None:
    shop = Shop(STOCK, rules=FlowRules(remorse=timedelta(hours=1, seconds=7)))
    value = shop.go(placed())
    assert next_due(value) == NOON + timedelta(hours=1, seconds=7)
    shop.now = NOON + timedelta(hours=1, seconds=6)
    assert shop.step(value).ran == ()
    shop.now += timedelta(seconds=1)
    assert shop.step(value).ran[0].task is T.REMORSE_PERIOD


def test_an_order_that_is_over_has_nothing_due() -> None:
    shop = Shop(STOCK)
    value = shop.go(placed())
    subject = Subject(order=value)
    assert CANCEL.apply is not None
    arguments = CANCEL.read({"reason": "duplicate"}, subject, Policy())
    cancelled = shop.take(CANCEL.apply(subject, arguments, context()))
    assert next_due(cancelled) is None
    assert shop.step(cancelled).ran == ()
    shop.agrees_with(cancelled)
    gone = line(1, LineStatus.CANCELLED)
    assert next_due(order(gone, tasks=flow(3))) is None
    assert next_due(order(line(1, LineStatus.DELIVERED), tasks=flow(14))) is None


def test_the_same_order_gives_the_same_result() -> None:
    lines = [wanted(number, 2) for number in range(1, 9)]
    stock = {(place, f"SKU-{n}"): 3 for n in range(1, 9) for place in ("BER-1", "MXP-1")}
    one, other = (Shop(stock).step(placed(*lines)) for _ in range(2))
    assert one == other


def test_flows_in_the_middle_go_on_from_where_they_are() -> None:
    """Tasks as they were written by hand: the order's own, with the summary of shipments among them."""
    value = order(line(1, LineStatus.PENDING_ALLOCATION), tasks=flow(2))
    shop = Shop(STOCK)
    after = shop.go(value, 31)
    assert task_of(after, T.ALLOCATION).state is TS.COMPLETE
    assert task_of(after, T.PAYMENT_AUTHORIZATION).cardinality == 1
    assert task_of(after, T.PICK_TICKET) == task_of(value, T.PICK_TICKET)
    assert task_of(after, T.PICK_TICKET, "S-1").state is TS.ACTIVE


# --- Run now, opening again ------------------------------------------------------------------------------


def test_a_task_can_be_run_before_its_time() -> None:
    shop = Shop({("BER-1", "SKU-1"): 0})
    value = shop.go(placed())
    shop.on_hand["BER-1", "sku-1"] = 1
    result = run_task(value, T.ALLOCATION, None, shop.context)
    assert [ran.task for ran in result.ran] == [T.ALLOCATION, T.FRAUD_CHECK, T.DUTIES]
    assert task_of(result.outcome.order, T.ALLOCATION).state is TS.COMPLETE


@pytest.mark.parametrize(
    ("task", "number", "why"),
    [
        (T.PACKING, "S-1", "Packing waits for Pick Ticket."),
        (T.PAYMENT_AUTHORIZATION, None, "Payment Authorization is complete: there is nothing to run."),
        (T.PACKING, None, "The order has no task Packing."),
        (T.PACKING, "S-9", "The order has no task Packing for S-9."),
        (T.REVIEW, None, "The order has no task Review."),
    ],
)
def test_what_cannot_be_run_says_why(task: Task, number: str | None, why: str) -> None:
    value = Shop(STOCK).go(placed())
    with pytest.raises(CannotRun) as refusal:
        run_task(value, task, number, Shop(STOCK).context)
    assert str(refusal.value) == why


def test_failed_tasks_run_again_only_when_asked() -> None:
    shop = Shop(STOCK)
    value = placed(wanted(), payments=())
    failed = FlowTask(
        task=T.ALLOCATION, state=TS.FAILED, error="nonsense", runs=(Run(NOON, NOON, "nonsense"),)
    )
    value = order(wanted(), tasks=(*flow(2)[:2], failed, *flow(2)[3:]))
    assert task_of(shop.go(value, 60), T.ALLOCATION) == failed
    again = shop.go(reopen(value, [T.ALLOCATION], shop.now))
    assert task_of(again, T.ALLOCATION).state is TS.COMPLETE
    assert task_of(again, T.ALLOCATION).cardinality == 2


def test_a_declined_payment_that_covers_a_lower_total_goes_on() -> None:
    """Without anybody who runs the task: what could not be paid was cancelled."""
    shop = Shop(STOCK)
    declined = operation(1, OperationKind.AUTHORIZE, 1000, state=OperationState.FAILED, cause="no funds")
    payments = (card(1000), replace(card(1000, number=2), operations=(declined,)))
    value = shop.go(placed(wanted(1), wanted(2, sku="SKU-1"), payments=payments))
    assert task_of(value, T.PAYMENT_AUTHORIZATION).state is TS.FAILED
    assert task_of(shop.go(value, 60), T.PAYMENT_AUTHORIZATION).cardinality == 1
    gone = replace(value.lines[1], status=LineStatus.CANCELLED)
    value = shop.go(replace(value, lines=(value.lines[0], gone)))
    assert task_of(value, T.PAYMENT_AUTHORIZATION).state is TS.COMPLETE
    assert value.lines[0].status is LineStatus.PENDING_ACK
    assert value.open_holds() == ()


def test_opening_again_keeps_runs_and_leaves_pending_and_cancelled_alone() -> None:
    tasks = (
        FlowTask(task=T.DUTIES, state=TS.SKIPPED, runs=(Run(NOON, NOON, "same country"),)),
        FlowTask(task=T.FRAUD_CHECK, state=TS.PENDING),
        FlowTask(task=T.CAPTURE, shipment="S-1", state=TS.CANCELLED),
        FlowTask(task=T.CAPTURE, shipment="S-2", state=TS.FAILED, error="no"),
        FlowTask(task=T.CAPTURE, shipment="S-3", state=TS.FAILED, error="no"),
    )
    value = order(tasks=tasks)
    after = reopen(value, [T.DUTIES, T.FRAUD_CHECK, (T.CAPTURE, "S-1"), (T.CAPTURE, "S-2")], NOON).tasks
    assert [task.state for task in after] == [TS.ACTIVE, TS.PENDING, TS.CANCELLED, TS.ACTIVE, TS.FAILED]
    assert after[0].runs == tasks[0].runs
    assert after[0].next_run == NOON
    assert wake(value, T.CAPTURE, NOON) == value


def test_what_depends_on_an_open_task_is_pending_again() -> None:
    shop = Shop(STOCK)
    value = shop.go(shop.go(placed()), 31)
    assert states(value, "S-1")["pick_ticket"] is TS.ACTIVE
    bad = replace(value, ship_to=replace(value.ship_to, postal_code="1"))
    bad = shop.go(reopen(bad, [T.ADDRESS_VALIDATION], shop.now))
    assert states(bad)["address_validation"] is TS.ACTIVE
    assert states(bad, "S-1")["pick_ticket"] is TS.PENDING
    ticket = task_of(bad, T.PICK_TICKET, "S-1")
    assert set(open_dependencies(bad, ticket)) == {T.ADDRESS_VALIDATION, T.MANUAL_APPROVAL}


def test_a_hold_that_was_released_by_anyone_lets_it_go_on_at_once() -> None:
    shop = Shop(STOCK)
    value = shop.go(place_hold(shop.go(placed()), HoldKind.MANUAL, "w", NOON, by="olga"), 31)
    assert task_of(value, T.MANUAL_APPROVAL).state is TS.ACTIVE
    assert (next_due(value) or NOON) > shop.now
    free = release_hold(value, 1, shop.now, by="olga")
    assert next_due(free) == free.created
    assert task_of(shop.go(free), T.MANUAL_APPROVAL).state is TS.COMPLETE


# --- Recall ----------------------------------------------------------------------------------------------


def test_a_recalled_ticket_goes_out_anew_with_the_new_address() -> None:
    shop = Shop(STOCK)
    value = released(shop, placed())
    corrected = replace(value, ship_to=replace(value.ship_to, street=("Neue Str. 2",)))
    back, intents = recall(corrected, ["S-1", "S-7"], shop.now, reason="address corrected")
    assert [(i.kind, i.shipment, i.lines) for i in intents] == [("stop_picking", "S-1", ((1, 1),))]
    assert (back.shipments[0].released_at, back.shipments[0].ship_to) == (None, None)
    assert states(back, "S-1")["pick_ticket"] is TS.ACTIVE
    assert states(back, "S-1")["packing"] is TS.PENDING
    anew = shop.go(back, 1)
    assert anew.shipments[0].ship_to == corrected.ship_to
    results = [run.result for run in task_of(anew, T.PICK_TICKET, "S-1").runs]
    assert results[-2:] == ["recalled: address corrected", "released to BER-1"]


def test_what_is_packed_or_not_out_is_not_recalled() -> None:
    shop = Shop(STOCK)
    planned = shop.go(placed())
    assert recall(planned, ["S-1"], shop.now) == (planned, ())
    packed = shop.hear(released(Shop(STOCK), placed()), "packed", "S-1", minutes=40)
    assert recall(packed, ["S-1"], shop.now) == (packed, ())
    out = order(line(1, LineStatus.CANCELLED, shipment="S-1"), shipments=(shipment(released_at=NOON),))
    assert recall(out, ["S-1"], shop.now) == (out, ())


def test_the_engine_grows_with_the_order_not_with_its_square() -> None:
    """Counted in calls, which no other load on the machine changes."""

    def calls(lines: int) -> int:
        shelves = {f"SKU-{n}": {"BER-1": 2, "MXP-1": 2} for n in range(1, lines + 1)}
        value = placed(*(wanted(n, 1 + n % 3) for n in range(1, lines + 1)))
        shop, made = Shop(), Counter[str]()
        world = replace(shop.world, free_stock=shelves.__getitem__)
        sys.setprofile(lambda frame, event, argument: made.update([event]))
        try:
            result = advance(value, replace(shop.context, world=world))
        finally:
            sys.setprofile(None)
        assert len(result.outcome.order.shipments) == 2
        return made["call"] + made["c_call"]

    assert calls(700) < 12 * calls(70)
