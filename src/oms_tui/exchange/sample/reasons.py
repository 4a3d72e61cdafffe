"""Why a sample order waits, in the words and with the evidence that the flow would write (spec 3.3)."""

from dataclasses import replace
from typing import Final

from oms_tui.desk.places.addresses import check_address
from oms_tui.desk.places.countries import region
from oms_tui.desk.places.phones import phone_country
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.fraud import findings
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Address, Hold, Order
from oms_tui.domain.rules import FraudRules
from oms_tui.domain.status import HoldKind, LineStatus, OperationState
from oms_tui.domain.steps.base import names
from oms_tui.domain.steps.capture import captures_of
from oms_tui.domain.steps.leaving import undelivered
from oms_tui.domain.world import World
from oms_tui.exchange.sample.stock import LOCATED

WORLD: Final = World(
    locations=LOCATED, check_address=check_address, region=region, phone_country=phone_country
)


def misspelled(address: Address) -> Address:
    """The address with a slip of the pen that its country's rules find: in the postal code, else no city."""
    short = replace(address, postal_code=address.postal_code[:-2])
    return replace(address, city="", street=()) if check_address(short).is_valid else short


def with_reasons(order: Order) -> Order:
    """The order with the reasons of its holds and tasks as the flow gives them."""
    for hold in order.open_holds():
        if hold.kind is HoldKind.FRAUD:
            order = _fraud(order, hold)
        elif hold.kind is HoldKind.ADDRESS:
            order = _address(order, hold)
    waiting = [line for line in order.lines if line.status is LineStatus.PENDING_ALLOCATION]
    if any(task.task is Task.ALLOCATION and task.state is TaskState.ACTIVE for task in order.tasks):
        wanted = names(dict.fromkeys(line.sku for line in waiting))
        rest = ", and the channel ships complete" if order.channel.ships_complete else ""
        order = _said(order, Task.ALLOCATION, f"no stock of {wanted} at any location{rest}")
    return replace(order, tasks=tuple(_of_shipment(order, task) for task in order.tasks))


def _of_shipment(order: Order, task: FlowTask) -> FlowTask:
    """The task with the reason why its shipment could not be delivered, or its payment not captured."""
    if task.task is Task.DELIVERY and task.state is TaskState.FAILED:
        lines = [line for line in order.lines if line.shipment == task.shipment]
        return _saying(task, undelivered(next(x for x in lines if x.status is LineStatus.UNDELIVERED)))
    if task.task is Task.CAPTURE and task.state is TaskState.FAILED:
        failed = [x for x in captures_of(order, str(task.shipment)) if x.state is OperationState.FAILED]
        return _saying(task, f"a capture of {format_money(failed[-1].amount)} failed: {failed[-1].cause}")
    return task


def _fraud(order: Order, hold: Hold) -> Order:
    found = findings(order, FraudRules(), WORLD)
    order = _held(order, replace(hold, reason=found.reason, evidence=found.combination))
    return _said(order, Task.FRAUD_CHECK, f"held: {found.short}")


def _address(order: Order, hold: Hold) -> Order:
    problems = check_address(order.ship_to).problems
    reason = "; ".join(f"{problem.field.replace('_', ' ')} {problem.reason}" for problem in problems)
    fields = " ".join(sorted({problem.field for problem in problems}))
    order = _held(order, replace(hold, reason=reason, evidence=fields))
    return _said(order, Task.ADDRESS_VALIDATION, reason)


def _held(order: Order, hold: Hold) -> Order:
    return replace(order, holds=tuple(hold if x.number == hold.number else x for x in order.holds))


def _said(order: Order, task: Task, words: str) -> Order:
    """The order whose task says this in its last run, and as its error while it is open."""
    return replace(order, tasks=tuple(_saying(x, words) if x.task is task else x for x in order.tasks))


def _saying(task: FlowTask, words: str) -> FlowTask:
    runs = tuple(Run(run.start, run.end, words) for run in task.runs)
    return replace(task, error=words if task.state.is_open else task.error, runs=runs)
