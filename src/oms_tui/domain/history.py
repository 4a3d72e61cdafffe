"""What an order's own parts tell of its past: for orders that came with a history of theirs (imports, sample
data).

The timeline is the audit log, and the log begins when an order reaches us. What happened before stands in
the value:
when it was placed, what its flow ran into, what moved, what was paid. Nothing is told twice: events after
the first
entry are in the log.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.flow import FlowTask, TaskState
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Order
from oms_tui.domain.payment import latest
from oms_tui.domain.returns import Return
from oms_tui.domain.status import word

_PLAIN_RESULTS = ("done", "does not apply")


@dataclass(frozen=True, slots=True)
class Event:
    """Something with a time of its own. `who` is "" where nobody is known."""

    at: datetime
    who: str
    text: str


def history(
    order: Order, returns: Iterable[Return] = (), *, until: datetime | None = None
) -> tuple[Event, ...]:
    """The events of an order's past, newest first.

    Args:
        order: the order.
        returns: its returns.
        until: leave out what happened from then on.
    """
    events = [
        *_moves(order),
        *_money(order),
        *_people(order),
        *(event for task in order.tasks for event in _runs(task)),
        *_returns(returns),
        Event(order.created, "", f"Placed through {order.channel.name}"),
    ]
    return tuple(
        sorted((e for e in events if until is None or e.at < until), key=lambda event: event.at, reverse=True)
    )


def _moves(order: Order) -> Iterator[Event]:
    for shipment in order.shipments:
        name = f"Shipment {shipment.number}"
        steps = (
            (shipment.planned_at, f"planned at {shipment.location}"),
            (shipment.released_at, "pick ticket released"),
            (shipment.packed_at, "packed"),
            (shipment.shipped_at, f"handed over {shipment.carrier} {shipment.tracking}".rstrip()),
            (shipment.delivered_at, "delivered"),
        )
        yield from (Event(at, "", f"{name} {text}") for at, text in steps if at is not None)


def _money(order: Order) -> Iterator[Event]:
    for payment in order.payments:
        for operation in latest(payment.operations):
            cause = f" ({operation.cause})" if operation.cause else ""
            amount, state = format_money(operation.amount), word(operation.state).lower()
            text = f"{word(operation.kind)} {amount} on {word(payment.method).lower()}: {state}{cause}"
            yield Event(operation.at, "", text)


def _people(order: Order) -> Iterator[Event]:
    for hold in order.holds:
        yield Event(hold.placed_at, hold.placed_by, f"Placed the hold {word(hold.kind)}: {hold.reason}")
        if hold.released_at is not None:
            yield Event(hold.released_at, hold.released_by, f"Released the hold {word(hold.kind)}")
    for adjustment in order.adjustments:
        yield Event(adjustment.at, adjustment.person, f"Adjusted the price: {adjustment.reason}")
    for note in order.notes:
        yield Event(note.at, note.person, f"Noted: {note.text}")


def _runs(task: FlowTask) -> Iterator[Event]:
    """Runs that went otherwise than plainly: a flow's smooth steps tell nothing."""
    where = f" of {task.shipment}" if task.shipment else ""
    for number, run in enumerate(task.runs, 1):
        is_failure = task.state is TaskState.FAILED and number == len(task.runs)
        if run.result and (is_failure or run.result not in _PLAIN_RESULTS):
            yield Event(run.start, "", f"{word(task.task)}{where}, run {number}: {run.result}")


def _returns(returns: Iterable[Return]) -> Iterator[Event]:
    for value in returns:
        pieces = sum(line.quantity for line in value.lines)
        yield Event(
            value.created, "", f"Return {value.id} created, {pieces} piece{'s' if pieces > 1 else ''}"
        )
        if value.closed_at is not None:
            yield Event(value.closed_at, "", f"Return {value.id} closed")
