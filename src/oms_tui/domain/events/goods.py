"""Events of warehouse and carrier: how they move lines (spec 3.1, 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from oms_tui.domain.events.kinds import Event, EventImpossible, EventKind, EventTooEarly
from oms_tui.domain.flow import Run, Task, TaskState, cancel_open, reopen, wake
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.plan import Intent, Outcome, StockKind, StockMove
from oms_tui.domain.recall import RECALLED, recall, stop_messages
from oms_tui.domain.status import (
    BEFORE_PACKED,
    PROGRESS,
    SHIPPED_OR_LATER,
    UNDELIVERED_CAUSES,
    Cause,
    LineStatus,
    word,
)
from oms_tui.domain.steps.base import FlowContext, held_by, moved, names, standing_lines, with_lines
from oms_tui.domain.totals import next_line_number, split_line

_S = LineStatus
CARRIER = "carrier: "
"""How the result of a Delivery run begins that is the carrier's word, with the carrier's own time."""
_UNDELIVERED: Final = {cause.value.removeprefix("undelivered_"): cause for cause in UNDELIVERED_CAUSES}

_ANSWERS: Final[Mapping[EventKind, Mapping[LineStatus, tuple[Cause, ...]]]] = {
    EventKind.ACKNOWLEDGED: {_S.PENDING_ACK: (Cause.ACKNOWLEDGED,)},
    EventKind.CONFIRMED: {
        # Who confirms has answered.
        _S.PENDING_ACK: (Cause.ACKNOWLEDGED, Cause.LOCATION_CONFIRMED),
        _S.PENDING_CONFIRM: (Cause.LOCATION_CONFIRMED,),
    },
    EventKind.PACKED: {_S.CONFIRMED: (Cause.PACKING,)},
    EventKind.SHIPPED: {_S.PACKED: (Cause.HANDED_OVER,)},
    EventKind.DELIVERED: {
        _S.SHIPPED: (Cause.CARRIER_DELIVERED,),
        _S.UNDELIVERED: (Cause.REDELIVERY, Cause.CARRIER_DELIVERED),
    },
    EventKind.SHORT: {status: (Cause.SHORT,) for status in BEFORE_PACKED[1:]},
}
"""Event -> status of a line -> the causes it then takes, one after the other by the table of spec 3.1."""


@dataclass(slots=True)
class _Moved:
    """Lines after an event: those it moved, and the order with them."""

    order: Order
    lines: list[Line] = field(default_factory=list)


def _selected(order: Order, event: Event) -> list[tuple[Line, int]]:
    """(line, pieces) that the event is about, cancelled ones left out where it names a shipment only."""
    if event.shipment:
        _named(order, event)
    if not event.lines:
        if not event.shipment:
            raise EventImpossible("It names neither a shipment nor lines.")
        lines = standing_lines(order, event.shipment)
        if not lines:
            raise EventImpossible(f"Everything in shipment {event.shipment} is cancelled or was taken out.")
        return [(line, line.quantity) for line in lines]
    known = {line.number: line for line in order.lines}
    found: dict[int, tuple[Line, int]] = {}
    for number, pieces in event.lines:
        line = known.get(number)
        if line is None or (event.shipment and line.shipment != event.shipment):
            raise EventImpossible(f"There is no line {number} in it.")
        if number in found:
            raise EventImpossible(f"It names line {number} twice.")
        if line.is_cancelled:
            raise EventImpossible(f"Line {number} is cancelled.")
        if not 0 <= pieces <= line.quantity:
            raise EventImpossible(f"Line {number} has {line.quantity} pieces, not {pieces}.")
        found[number] = (line, pieces or line.quantity)
    return list(found.values())


def _named(order: Order, event: Event) -> Shipment:
    """The shipment that it names. One that is not there may be planned yet while a line has not left: what
    is still in the house may be short and come from elsewhere, in a shipment that gets the next number."""
    for shipment in order.shipments:
        if shipment.number == event.shipment:
            return shipment
    said = f"The order has no shipment {event.shipment}"
    if any(line.status in BEFORE_PACKED for line in order.lines):
        raise EventTooEarly(f"{said} yet.")
    raise EventImpossible(f"{said}.")


def _move(order: Order, event: Event, path: Mapping[LineStatus, tuple[Cause, ...]]) -> _Moved:
    """Move the lines it is about; parts of a quantity are split off. What is there already stays.

    Raises:
        EventTooEarly: a line has not come as far.
        EventImpossible: it names what is not there, or a line cannot come back from where it is.
    """
    changed: dict[int, Line] = {}
    added: list[Line] = []
    result = _Moved(order)
    number = next_line_number(order) if order.lines else 1
    reach = max(PROGRESS[status] for status in path)
    for line, pieces in _selected(order, event):
        causes = path.get(line.status)
        if causes is None:
            _refuse(line, event, reach)
            continue
        part = line
        if pieces < line.quantity:
            changed[line.number], part = split_line(line, pieces, number)
            number += 1
        part = moved(part, *causes)
        if part.number == line.number:
            changed[part.number] = part
        else:
            added.append(part)
        result.lines.append(part)
    result.order = with_lines(order, changed, added)
    return result


def _refuse(line: Line, event: Event, reach: int) -> None:
    """What does not fit: too early, or impossible; what is past it already is no fault."""
    said = f"Line {line.number} is {word(line.status)}"
    if event.kind is EventKind.SHORT:
        if line.status is _S.PENDING_ALLOCATION:
            return
        raise EventImpossible(f"{said}: its goods were there.")
    if PROGRESS[line.status] < reach or line.status in (_S.PENDING_ALLOCATION, _S.ALLOCATED):
        raise EventTooEarly(f"{said}: it cannot be {word(event.kind).lower()} yet.")


def take_answer(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The location answered, or has the goods."""
    result = _move(order, event, _ANSWERS[event.kind])
    after = wake(result.order, Task.PICK_TICKET, context.now) if result.lines else order
    return Outcome(order=after, summary=_said(event, result.lines))


def _said(event: Event, lines: list[Line]) -> str:
    if not lines:
        return f"{word(event.kind)} was known already"
    where = f" in shipment {event.shipment}" if event.shipment else ""
    return f"{word(event.kind)}: {_count(lines)}{where}"


def _count(lines: list[Line]) -> str:
    return f"{len(lines)} line{'s' if len(lines) != 1 else ''}"


def take_short(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The location does not have it: the pieces go back to Allocation, for another location."""
    result = _move(order, event, _ANSWERS[EventKind.SHORT])
    if not result.lines:
        return Outcome(order=order, summary=_said(event, []))
    stock = tuple(
        StockMove(
            location=line.location,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            kind=StockKind.SHORT,
        )
        for line in result.lines
        if line.location
    )
    back = {line.number: replace(line, location="", shipment=None) for line in result.lines}
    order = with_lines(result.order, back)
    left = {line.shipment for line in result.lines if line.shipment is not None}
    empty = frozenset[str | None](name for name in left if not standing_lines(order, name))
    if empty:
        order = replace(order, tasks=cancel_open(order.tasks, shipments=empty))
    order = wake(reopen(order, [Task.ALLOCATION], context.now), Task.PICK_TICKET, context.now)
    intents: tuple[Intent, ...] = ()
    if order.channel.ships_complete:
        # The others must not leave without it: what is out and not packed comes back.
        out = [shipment.number for shipment in order.shipments]
        order, intents = recall(order, out, context.now, reason="another part is short")
    places = names(sorted({move.location for move in stock}))
    told, said = stop_messages(order, intents), f"{places} is short: {_count(result.lines)}"
    return Outcome(order=order, stock=stock, messages=told, intents=intents, summary=said)


def shipments_of(order: Order, event: Event) -> tuple[str, ...]:
    """The numbers of all shipments it may be about: the one it names, or those of the lines it names."""
    if event.shipment:
        return (event.shipment,)
    lines = {number for number, _ in event.lines}
    parts = [line for line in order.lines if lines & {line.number, line.placed_as}]
    return tuple(sorted({line.shipment for line in parts if line.shipment}))


def shipment_of(order: Order, event: Event) -> Shipment:
    """The shipment it is about: named, or that of the lines it names."""
    if event.shipment:
        return _named(order, event)
    lines = {number for number, _ in event.lines}
    numbers = {line.shipment for line in order.lines if line.number in lines}
    found = [s for s in order.shipments if s.number in numbers] if len(numbers) == 1 else []
    if not found:
        raise EventImpossible("It does not say which shipment of the order it is about.")
    return found[0]


def _with_shipment(order: Order, shipment: Shipment) -> Order:
    return replace(
        order, shipments=tuple(shipment if s.number == shipment.number else s for s in order.shipments)
    )


def take_packed(order: Order, event: Event, context: FlowContext) -> Outcome:
    """Packed, which only a released pick ticket allows."""
    shipment = shipment_of(order, event)
    _refuse_without_ticket(order, shipment, event)
    result = _move(order, event, _ANSWERS[EventKind.PACKED])
    order = result.order
    if result.lines:
        order = _with_shipment(order, parcel_of(order, shipment, event))
    return Outcome(order=order, summary=_said(event, result.lines))


def _refuse_without_ticket(order: Order, shipment: Shipment, event: Event) -> None:
    """Refuse what was packed without a pick ticket that is out: it comes too early, or the ticket was
    recalled, and the parcel may bear the old address."""
    lines = [line for line, _ in _selected(order, event)]
    released = shipment.released_at
    is_out = released is not None and event.at >= released
    if is_out or not any(line.status in BEFORE_PACKED for line in lines):
        return
    if was_recalled(order, shipment.number):
        raise EventImpossible(
            f"The pick ticket of {shipment.number} was recalled: stop the parcel, or ship it anyway."
        )
    if released is None:
        raise EventTooEarly(f"The pick ticket of {shipment.number} is not released.")


def parcel_of(order: Order, shipment: Shipment, event: Event) -> Shipment:
    """The shipment as an event of its parcel says, once all of it is as far: packed, or handed over."""
    lines = standing_lines(order, shipment.number)
    packed_at, shipped_at = shipment.packed_at, shipment.shipped_at
    if event.kind is EventKind.PACKED and not any(line.status in BEFORE_PACKED for line in lines):
        packed_at = event.at
    if event.kind is EventKind.SHIPPED and all(line.status in SHIPPED_OR_LATER for line in lines):
        shipped_at = shipped_at or event.at  # a second journey is no second sale: charges stay where they are
    return replace(
        shipment,
        carrier=event.data.get("carrier", "") or shipment.carrier,
        tracking=event.data.get("tracking", "") or shipment.tracking,
        packed_at=packed_at,
        shipped_at=shipped_at,
    )


def was_recalled(order: Order, shipment: str) -> bool:
    """Whether a pick ticket of the shipment was ever taken back."""
    return any(
        run.result.startswith(RECALLED)
        for task in order.tasks
        if task.task is Task.PICK_TICKET and task.shipment == shipment
        for run in task.runs
    )


def take_pick_cancelled(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The location stopped picking, as it was asked: money that waited for it may move."""
    shipment = shipment_of(order, event)
    was_asked = was_recalled(order, shipment.number) or any(
        line.is_cancelled and line.shipment == shipment.number for line in order.lines
    )
    if not was_asked:
        raise EventImpossible(f"{shipment.location} was not asked to stop picking {shipment.number}.")
    return Outcome(order=order, summary=f"{shipment.location} has stopped picking {shipment.number}")


def take_shipped(order: Order, event: Event, context: FlowContext) -> Outcome:
    """It left. Under a hold, or without its money, that is a fact all the same, and a problem."""
    shipment = shipment_of(order, event)
    _refuse_without_ticket(order, shipment, event)
    result = _move(order, event, _ANSWERS[EventKind.SHIPPED])
    if not result.lines:
        return Outcome(order=order, summary=_said(event, []))
    stock = tuple(
        StockMove(
            location=line.location,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            kind=StockKind.GONE,
        )
        for line in result.lines
        if line.location
    )
    return Outcome(
        order=_with_shipment(result.order, parcel_of(result.order, shipment, event)),
        stock=stock,
        warnings=_problems(order, shipment.number),
        summary=_said(event, result.lines),
    )


def _problems(order: Order, shipment: str) -> tuple[str, ...]:
    """What should have stopped the parcel that left."""
    found = []
    if holds := held_by(order):
        found.append(f"Shipment {shipment} left under a hold: {holds}.")
    states = {t.task: t.state for t in order.tasks if t.shipment == shipment}
    capture = states.get(Task.CAPTURE)
    if capture is not None and capture.is_open and capture is not TaskState.FAILED:
        found.append(f"Shipment {shipment} left before its money was captured.")
    return tuple(found)


def take_delivered(order: Order, event: Event, context: FlowContext) -> Outcome:
    """It arrived, unless the carrier said something later since."""
    shipment = shipment_of(order, event)
    if said := _said_since(order, shipment, event.at):
        return Outcome(order=order, summary=said)
    result = _move(order, event, _ANSWERS[EventKind.DELIVERED])
    order = result.order
    if result.lines:
        done = (_S.DELIVERED, _S.RETURNED)
        if all(line.status in done for line in standing_lines(order, shipment.number)):
            order = _with_shipment(order, replace(shipment, delivered_at=event.at))
        order = _carrier_said(order, shipment.number, "delivered", event.at, context.now)
    return Outcome(order=order, summary=_said(event, result.lines))


def take_undelivered(order: Order, event: Event, context: FlowContext) -> Outcome:
    """It came to nobody, and why."""
    shipment = shipment_of(order, event)
    cause = _UNDELIVERED.get(event.cause.strip().lower().replace(" ", "_"))
    if cause is None:
        raise EventImpossible(f"The cause must be {names(sorted(_UNDELIVERED), 9)}, not {event.cause!r}.")
    if said := _said_since(order, shipment, event.at):
        return Outcome(order=order, summary=said)
    gone = [line for line, _ in _selected(order, event) if line.status in (_S.DELIVERED, _S.RETURNED)]
    if gone:
        raise EventImpossible(f"Line {gone[0].number} is {word(gone[0].status)}.")
    path = {_S.SHIPPED: (cause,), _S.UNDELIVERED: (Cause.REDELIVERY, cause)}
    result = _move(order, event, path)
    order = _carrier_said(result.order, shipment.number, f"undelivered, {event.cause}", event.at, context.now)
    return Outcome(order=order, summary=f"{_said(event, result.lines)}, {word(cause).lower()}")


def words_of_carrier(order: Order, shipment: str) -> list[datetime]:
    """When the carrier said something of a shipment."""
    return [
        run.start
        for task in order.tasks
        if task.task is Task.DELIVERY and task.shipment == shipment
        for run in task.runs
        if run.result.startswith(CARRIER)
    ]


def _said_since(order: Order, shipment: Shipment, at: datetime) -> str:
    """Whether the carrier's latest word is younger than `at`: then an older one moves nothing."""
    words = words_of_carrier(order, shipment.number)
    if shipment.delivered_at is not None:
        words.append(shipment.delivered_at)
    return "Recorded: the carrier said something later since" if words and max(words) > at else ""


def _carrier_said(order: Order, shipment: str, text: str, at: datetime, now: datetime) -> Order:
    """Keep the carrier's word with its own time among the runs of Delivery, which runs again."""
    run = Run(at, at, f"{CARRIER}{text}")
    tasks = tuple(
        replace(task, runs=(*task.runs, run))
        if task.task is Task.DELIVERY and task.shipment == shipment
        else task
        for task in order.tasks
    )
    return reopen(replace(order, tasks=tasks), [(Task.DELIVERY, shipment)], now)
