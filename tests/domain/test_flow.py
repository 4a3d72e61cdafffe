"""Flows: dependencies, the summary of shipments, and why an order stands where it stands (spec 3.3)."""

from dataclasses import replace

from oms_tui.domain.derive import has_failed_task, is_blocked, why_it_stands
from oms_tui.domain.flow import (
    DELIVERY_FLOW,
    DEPENDENCIES,
    ORDER_FLOW,
    RETURN_FLOW,
    FlowTask,
    Run,
    Task,
    TaskState,
    cancel_open,
    delivery_flow,
    order_flow,
    waits_for,
)
from oms_tui.domain.order import Hold
from oms_tui.domain.status import HoldKind
from tests.build import NOON, flow, order, shipment

T, TS = Task, TaskState


def test_pick_ticket_has_its_five_documented_dependencies() -> None:
    assert set(DEPENDENCIES[T.PICK_TICKET]) == {
        T.ADDRESS_VALIDATION,
        T.DUTIES,
        T.CUSTOMER_NOTIFICATION,
        T.REMORSE_PERIOD,
        T.MANUAL_APPROVAL,
    }


def test_every_dependency_comes_earlier_in_its_flow() -> None:
    for flow_tasks in (ORDER_FLOW, RETURN_FLOW):
        for index, name in enumerate(flow_tasks):
            assert set(DEPENDENCIES.get(name, ())) <= set(flow_tasks[:index])


def test_the_orders_task_sums_up_those_of_its_shipments() -> None:
    def part(number: str, state: TaskState, **rest: object) -> FlowTask:
        return FlowTask(task=T.PACKING, shipment=number, state=state, **rest)  # type: ignore[arg-type]

    def summary(*parts: FlowTask) -> FlowTask:
        value = order(tasks=(*flow(8), *parts), shipments=(shipment("S-1"), shipment("S-2")))
        return next(task for task in order_flow(value) if task.task is T.PACKING)

    run = Run(NOON, NOON, "done")
    assert summary(part("S-1", TS.COMPLETE), part("S-2", TS.PENDING)).state is TS.ACTIVE
    assert summary(part("S-1", TS.COMPLETE), part("S-2", TS.FAILED, error="lost")).error == "S-2: lost"
    assert summary(part("S-1", TS.COMPLETE), part("S-2", TS.FAILED)).state is TS.FAILED
    assert summary(part("S-1", TS.PENDING), part("S-2", TS.PENDING)).state is TS.PENDING
    assert (
        summary(part("S-1", TS.COMPLETE, runs=(run,)), part("S-2", TS.COMPLETE, runs=(run,))).cardinality == 2
    )
    assert summary(part("S-1", TS.COMPLETE), part("S-2", TS.CANCELLED)).state is TS.COMPLETE


def test_an_imported_order_has_one_flow_record() -> None:
    record = FlowTask(task=T.IMPORTED, state=TS.COMPLETE, runs=(Run(NOON, NOON, "imported"),))
    assert order_flow(order(tasks=(record,))) == (record,)


def test_delivery_flow_is_one_shipments() -> None:
    task = FlowTask(task=T.PICK_TICKET, shipment="S-2", state=TS.ACTIVE)
    tasks = delivery_flow(order(tasks=(*flow(8), task)), "S-2")
    assert [t.task for t in tasks] == list(DELIVERY_FLOW)
    assert tasks[0] is task


def test_cancelling_open_tasks_keeps_what_was_done() -> None:
    before = flow(3)
    after = cancel_open(before)
    assert after[:3] == before[:3]
    assert {task.state for task in after[3:]} == {TS.CANCELLED}


def test_waits_for_names_the_open_dependencies() -> None:
    tasks = flow(5)
    ticket = next(task for task in tasks if task.task is T.PICK_TICKET)
    assert waits_for(ticket, tasks) == (T.CUSTOMER_NOTIFICATION, T.REMORSE_PERIOD, T.MANUAL_APPROVAL)


def test_why_it_stands() -> None:
    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="three countries", placed_at=NOON, placed_by="system")
    waiting = order(tasks=flow(7), holds=(hold,))
    assert why_it_stands(waiting) == "Pick Ticket waits for Manual Approval (fraud review)."
    assert is_blocked(waiting)
    early = order(tasks=flow(6), holds=(hold,))  # the remorse period goes on when somebody raises the flag
    assert why_it_stands(early) == "Pick Ticket waits for Remorse Period. Held for fraud review."
    failed = replace(flow(2)[2], state=TS.FAILED, error="no stock in CZ")
    stuck = order(tasks=tuple(failed if task.task is failed.task else task for task in flow(2)))
    assert why_it_stands(stuck) == "Allocation failed: no stock in CZ."
    assert has_failed_task(stuck)
    assert why_it_stands(order(tasks=flow(14))) == ""
    assert why_it_stands(order(tasks=flow(2))) == "Allocation is going on."
    assert not is_blocked(order(tasks=flow(6)))  # only the remorse period: time
