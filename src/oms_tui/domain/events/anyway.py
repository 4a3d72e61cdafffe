"""Parcels that nobody wanted any more: the pick ticket was recalled, or the lines are cancelled, and the
location has packed or shipped them all the same (spec 6, Cancel).

There are two ways on, and somebody chooses: the parcel is stopped, or it is let go.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events.goods import parcel_of, was_recalled
from oms_tui.domain.events.kinds import Event, EventImpossible, EventKind
from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, Run, Task, TaskState, put_tasks
from oms_tui.domain.issuing import Draw, with_further_invoice
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import (
    IN_THE_AIR,
    LET_GO,
    is_withdrawn,
    latest,
    order_balance,
    settles_return,
    withdraw,
)
from oms_tui.domain.order import Line, Operation, Order, Payment, Shipment
from oms_tui.domain.payment import overcharge
from oms_tui.domain.plan import Intent, Outcome, StockKind, StockMove
from oms_tui.domain.recall import STOP_PICKING, stop_messages
from oms_tui.domain.status import BEFORE_PACKED, Cause, LineStatus, OperationKind, OperationState
from oms_tui.domain.steps.base import moved, with_lines
from oms_tui.domain.totals import next_line_number, price, split_line

_S = LineStatus
_TO_PACKED: Final[Mapping[LineStatus, tuple[Cause, ...]]] = {
    _S.ALLOCATED: (Cause.LOCATION_TOLD, Cause.ACKNOWLEDGED, Cause.LOCATION_CONFIRMED, Cause.PACKING),
    _S.PENDING_ACK: (Cause.ACKNOWLEDGED, Cause.LOCATION_CONFIRMED, Cause.PACKING),
    _S.PENDING_CONFIRM: (Cause.LOCATION_CONFIRMED, Cause.PACKING),
    _S.CONFIRMED: (Cause.PACKING,),
    _S.CANCELLED: (Cause.PACKED_ANYWAY,),
    _S.PACKED: (),
}
"""Status of a line in the parcel -> the causes that bring it to Packed: who has packed it had it."""
_AGAIN: Final = (Task.CAPTURE, Task.SHIPMENT, Task.DELIVERY)
"""What is looked at again though it was over for the rest of the shipment."""
_PARCEL: Final = (EventKind.PACKED, EventKind.SHIPPED)

Waiting = frozenset[tuple[int, int]]
"""(payment, operation) of money that waits until the location has stopped, or of a void that was not sent."""


def unwanted(order: Order, event: Event) -> tuple[tuple[Line, int], ...]:
    """(line, pieces) of a parcel that nobody wanted any more; empty where the event is about no such one."""
    if event.kind not in _PARCEL:
        return ()
    shipment = _shipment(order, event)
    if shipment is None:
        return ()
    chosen = _chosen(order, event, shipment)
    is_back = was_recalled(order, shipment.number) and (
        shipment.released_at is None or event.at < shipment.released_at
    )
    is_unwanted = any(line.is_cancelled or (is_back and line.status in BEFORE_PACKED) for line, _ in chosen)
    can_go = all(line.status in _TO_PACKED for line, _ in chosen)
    return chosen if is_unwanted and can_go else ()


def _shipment(order: Order, event: Event) -> Shipment | None:
    numbers = {event.shipment} if event.shipment else set[str]()
    named = {number for number, _ in event.lines}
    numbers |= {str(line.shipment) for line in order.lines if line.number in named}
    found = [shipment for shipment in order.shipments if shipment.number in numbers]
    return found[0] if len(found) == len(numbers) == 1 else None


def _chosen(order: Order, event: Event, shipment: Shipment) -> tuple[tuple[Line, int], ...]:
    """The lines it names; else those of the shipment that still stand, or all where none does."""
    inside = [line for line in order.lines if line.shipment == shipment.number]
    if event.lines:
        wanted = dict(event.lines)
        found = [line for line in inside if line.number in wanted]
        is_whole = len(found) == len(wanted) == len(event.lines)
        fits = is_whole and all(0 <= wanted[line.number] <= line.quantity for line in found)
        return tuple((line, wanted[line.number] or line.quantity) for line in found) if fits else ()
    standing = [line for line in inside if not line.is_cancelled]
    return tuple((line, line.quantity) for line in standing or inside)


def stop_parcel(order: Order, event: Event, until: datetime) -> Outcome:
    """The location is asked again to stop the parcel; the order itself stays as it is.

    Raises:
        EventImpossible: The event is about no parcel that could be stopped.
    """
    parts = unwanted(order, event)
    if not parts:
        raise EventImpossible("There is no parcel here that was not wanted any more.")
    line = parts[0][0]
    intent = Intent(
        kind=STOP_PICKING,
        shipment=line.shipment,
        lines=tuple((one.number, pieces) for one, pieces in parts),
        until=until,
    )
    return Outcome(
        order=order,
        messages=stop_messages(order, [intent]),
        intents=(intent,),
        summary=f"{line.location} is asked to stop {line.shipment}",
    )


def ship_anyway(order: Order, event: Event, now: datetime, by: str, waiting: Waiting, draw: Draw) -> Outcome:
    """The parcel is let go: what the event says is taken as a fact, and what it costs is due again.

    Where the shipment is invoiced already, what was cancelled of it is billed by an invoice of its own.

    Args:
        order: The order.
        event: That the parcel was packed, or left.
        now: When somebody decided.
        by: Who.
        waiting: Money that was asked for and asked of nobody yet: it is not moved any more.
        draw: Gives the number of a further invoice.

    Raises:
        EventImpossible: The event is about no such parcel.
    """
    parts = unwanted(order, event)
    if not parts:
        raise EventImpossible("There is no parcel here that was not wanted any more.")
    was_cancelled = [line for line, _ in parts if line.is_cancelled]
    order, lines = _moved(order, parts, is_gone=event.kind is EventKind.SHIPPED)
    shipment = order.shipment(str(parts[0][0].shipment))
    shipment = replace(shipment, released_at=shipment.released_at or event.at)
    shipment = parcel_of(order, shipment, event)
    if shipment.packed_at is None:
        shipment = replace(shipment, packed_at=event.at)
    shipments = tuple(shipment if s.number == shipment.number else s for s in order.shipments)
    order = replace(order, shipments=shipments, payments=_withdrawn(order, waiting, now))
    order = put_tasks(order, _tasks(order, shipment.number, now, by))
    added = [line for was, line in lines if was is _S.CANCELLED]
    if added and shipment.invoice:
        number = draw(order, DocumentKind.INVOICE)
        order = with_further_invoice(order, shipment.number, added, number, now)
    numbers = ", ".join(str(line.number) for line in was_cancelled)
    again = f"; what was cancelled of it is due again (line {numbers})" if was_cancelled else ""
    return Outcome(
        order=order,
        stock=tuple(_stock(lines, event)),
        summary=f"Shipment {shipment.number} is let go{again}",
    )


def costs(order: Order, event: Event) -> tuple[str, ...]:
    """What somebody should know of the money before a parcel is let go, in sentences."""
    parts = ((line, pieces) for line, pieces in unwanted(order, event) if line.is_cancelled)
    again = sum(price(_part(line, pieces)).minor for line, pieces in parts)
    if not again:
        return ()
    refunds = [
        one
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is OperationKind.REFUND and not settles_return(payment, one)
    ]
    asked = sum(one.amount.minor for one in refunds if one.state in IN_THE_AIR)
    paid = sum(one.amount.minor for one in refunds if one.state is OperationState.SUCCEEDED)
    said = [f"{_money(order, again)} of what was cancelled is due again."]
    shipment = _shipment(order, event)
    if shipment is not None and shipment.invoice:
        said.append(f"{shipment.number} is invoiced: what is added gets an invoice of its own.")
    sums = order_balance(order)
    # What waits, or is not sent yet, is withdrawn where that can still be done.
    covered = sums.to_capture + sums.pending_void + overcharge(order).minor + asked
    if again > covered:
        lacking = _money(order, again - covered)
        said.append(f"No payment has {lacking} of it authorized any more: the customer has to pay again.")
    if asked:
        said.append(
            f"A refund of {_money(order, asked)} is on its way: it is withdrawn as far as it still waits for "
            "the location, and cannot be called back once the provider was asked."
        )
    if paid:
        said.append(f"{_money(order, paid)} went back to the customer already, who has to pay it again.")
    return tuple(said)


def _part(line: Line, pieces: int) -> Line:
    return line if pieces == line.quantity else split_line(line, pieces, 0)[1]


def _money(order: Order, minor: int) -> str:
    return format_money(Money(minor, order.currency))


def _moved(
    order: Order, parts: Iterable[tuple[Line, int]], *, is_gone: bool
) -> tuple[Order, list[tuple[LineStatus, Line]]]:
    """The order with the parts moved, and each with the status it had."""
    changed: dict[int, Line] = {}
    added: list[Line] = []
    lines: list[tuple[LineStatus, Line]] = []
    number = next_line_number(order)
    for line, pieces in parts:
        part = line
        if pieces < line.quantity:
            changed[line.number], part = split_line(line, pieces, number)
            number += 1
        part = moved(part, *_TO_PACKED[line.status], *((Cause.HANDED_OVER,) if is_gone else ()))
        if part.number == line.number:
            changed[part.number] = part
        else:
            added.append(part)
        lines.append((line.status, part))
    return with_lines(order, changed, added), lines


def _stock(lines: Iterable[tuple[LineStatus, Line]], event: Event) -> Iterable[StockMove]:
    """Pieces that were given back are held again, or gone; what was still held goes with the parcel."""
    is_gone = event.kind is EventKind.SHIPPED
    for was, line in lines:
        kinds = [StockKind.FOUND] if was is _S.CANCELLED else []
        kinds += [StockKind.GONE] if is_gone else []
        for kind in kinds if line.location else []:
            yield StockMove(
                location=line.location, sku=line.sku, name=line.name, quantity=line.quantity, kind=kind
            )


def _tasks(order: Order, shipment: str, now: datetime, by: str) -> Iterable[FlowTask]:
    """The delivery flow goes on behind the pick ticket, as if that had gone out."""
    known = {task.task: task for task in order.tasks if task.shipment == shipment}
    for name in DELIVERY_FLOW:
        task = known.get(name, FlowTask(task=name, shipment=shipment, state=TaskState.PENDING))
        if name is Task.PICK_TICKET:
            run = Run(now, now, f"let go by {by}")
            yield replace(task, state=TaskState.COMPLETE, error="", next_run=None, runs=(*task.runs, run))
        elif name is Task.PACKING:
            yield replace(task, state=TaskState.ACTIVE, error="", next_run=now)
        elif task.state in (TaskState.CANCELLED, TaskState.SKIPPED) or name in _AGAIN:
            yield replace(task, state=TaskState.PENDING, error="", next_run=None)


def _came_to_nothing(payment: Payment, one: Operation) -> bool:
    """Whether it is a refund or void that failed: what it was for is owed again."""
    is_back = one.kind in (OperationKind.REFUND, OperationKind.VOID)
    is_failed = is_back and one.state is OperationState.FAILED
    return is_failed and not is_withdrawn(one) and not settles_return(payment, one)


def _withdrawn(order: Order, waiting: Waiting, now: datetime) -> tuple[Payment, ...]:
    """The payments, with what was asked of nobody yet answered: it is not asked for any more.

    Nor are refunds and voids that failed: the goods are owed for again, and what is too much all the same is
    shown so.
    """
    return tuple(
        withdraw(
            payment,
            [
                one
                for one in latest(payment.operations)
                if (payment.number, one.number) in waiting or _came_to_nothing(payment, one)
            ],
            LET_GO,
            now,
        )
        for payment in order.payments
    )
