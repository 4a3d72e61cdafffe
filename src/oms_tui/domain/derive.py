"""Facts derived from an order's value, written once (spec 3.1). The store keeps copies only as an index."""

from collections.abc import Iterable
from dataclasses import dataclass

from oms_tui.domain.flow import FlowTask, Task, TaskState, order_flow, waits_for
from oms_tui.domain.fraud import confirmed_by
from oms_tui.domain.order import Line, Order
from oms_tui.domain.status import (
    BEFORE_PACKED,
    PROGRESS,
    SHIPPED_OR_LATER,
    STATUS_AT_PROGRESS,
    LineStatus,
    OrderStatus,
    glyph,
    word,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An order's derived status and how many of its pieces are further along: shown as `Confirmed 1/6` (spec
    3.1)."""

    status: OrderStatus
    ahead: int
    pieces: int

    @property
    def is_partial(self) -> bool:
        """Whether pieces differ in a way worth showing."""
        return self.ahead > 0

    @property
    def fraction(self) -> str:
        """`k/n`, or "" when no piece is further along."""
        return f"{self.ahead}/{self.pieces}" if self.ahead else ""

    def text(self, *, ascii_only: bool = False) -> str:
        """Glyph, word and fraction."""
        parts = (glyph(self.status, ascii_only=ascii_only), word(self.status), self.fraction)
        return " ".join(part for part in parts if part)


def standing(lines: Iterable[Line]) -> Standing:
    """The order status derived from its lines: the least advanced piece that is not cancelled (spec 3.1).

    If a piece is undelivered and every other is shipped or later, Undelivered. All cancelled = Cancelled. An
    order of charges alone (imports have some) has nothing to deliver and counts as Delivered.
    """
    pieces: dict[LineStatus, int] = {}
    is_empty = True
    for line in lines:
        is_empty = False
        if line.status is not LineStatus.CANCELLED:
            pieces[line.status] = pieces.get(line.status, 0) + line.quantity
    if not pieces:
        return Standing(OrderStatus.DELIVERED if is_empty else OrderStatus.CANCELLED, 0, 0)
    if LineStatus.UNDELIVERED in pieces and all(status in SHIPPED_OR_LATER for status in pieces):
        least = PROGRESS[LineStatus.UNDELIVERED]
    else:
        least = min(PROGRESS[status] for status in pieces)
    ahead = sum(count for status, count in pieces.items() if PROGRESS[status] > least)
    return Standing(STATUS_AT_PROGRESS[least], ahead, sum(pieces.values()))


def ahead_in_words(lines: Iterable[Line]) -> str:
    """What the fraction of a standing says, in words: "1 of 5 delivered", "2 of 6 shipped, 1 delivered"; ""
    where no piece is further along."""
    lines = tuple(lines)
    now = standing(lines)
    if not now.is_partial:
        return ""
    least = STATUS_AT_PROGRESS.index(now.status)
    pieces: dict[OrderStatus, int] = {}
    for line in sorted(lines, key=lambda one: PROGRESS.get(one.status, 0)):
        if line.status is not LineStatus.CANCELLED and PROGRESS[line.status] > least:
            status = STATUS_AT_PROGRESS[PROGRESS[line.status]]
            pieces[status] = pieces.get(status, 0) + line.quantity
    (first, count), *rest = pieces.items()
    parts = [f"{count} of {now.pieces} {word(first).lower()}"]
    return ", ".join([*parts, *(f"{more} {word(status).lower()}" for status, more in rest)])


def order_status(order: Order) -> OrderStatus:
    """The order's status alone."""
    return standing(order.lines).status


def is_blocked(order: Order) -> bool:
    """Whether its Pick Ticket waits for an open dependency other than time (queue "pick ticket blocked")."""
    return bool(blocked_by(order))


def blocked_by(order: Order) -> tuple[Task, ...]:
    """The dependencies that its Pick Ticket waits for and that somebody may have to look at.

    Time alone blocks nothing, nor does an order block that has nothing to pick yet.
    """
    if not any(task.task is Task.PICK_TICKET and task.state in _TO_PICK for task in order.tasks):
        return ()
    flow = order_flow(order)
    states = {task.task: task.state for task in flow}
    is_planned = any(task.task is Task.PICK_TICKET and task.shipment for task in order.tasks)
    if states.get(Task.ALLOCATION) is not TaskState.COMPLETE and not is_planned:
        return ()
    if Task.PICK_TICKET not in states:
        return ()  # imported: it has a record, no flow
    ticket = next(task for task in flow if task.task is Task.PICK_TICKET)
    return tuple(
        name
        for name in waits_for(ticket, flow)
        if name is not Task.REMORSE_PERIOD and states[name] in (TaskState.ACTIVE, TaskState.FAILED)
    )


_TO_PICK = (TaskState.PENDING, TaskState.ACTIVE)


def waits_for_stock(order: Order) -> bool:
    """Whether Allocation looked for the goods of a line and found none (queue "waiting for stock")."""
    return any(line.status is LineStatus.PENDING_ALLOCATION for line in order.lines) and any(
        task.task is Task.ALLOCATION and task.state in (TaskState.ACTIVE, TaskState.FAILED) and task.error
        for task in order.tasks
    )


def has_failed_task(order: Order) -> bool:
    """Whether some task of its flow failed (queue "stuck tasks")."""
    return any(task.state is TaskState.FAILED for task in order.tasks)


def why_it_stands(order: Order) -> str:
    """Why the order stands where it stands, for staff; "" when nothing is left to happen.

    One sentence; and the open holds, where it does not name them: whatever goes on, they are in the way.
    """
    if (by := confirmed_by(order)) and any(line.status in BEFORE_PACKED for line in order.lines):
        return f"Held for fraud review, confirmed as fraud by {by.rstrip('.')}: to be cancelled."
    said = _why_it_stands(order)
    unsaid = dict.fromkeys(word(hold.kind) for hold in order.open_holds() if word(hold.kind) not in said)
    return f"{said} Held for {', '.join(unsaid)}." if said and unsaid else said


def _why_it_stands(order: Order) -> str:
    flow = order_flow(order)
    for task in flow:
        if task.state is TaskState.FAILED:
            return f"{word(task.task)} failed: {task.error or 'no reason given'}."
    ticket = next((task for task in flow if task.task is Task.PICK_TICKET), None)
    if ticket is not None and ticket.state in (TaskState.PENDING, TaskState.ACTIVE):
        return _why_not_picked(order, flow, ticket)
    active = next((task for task in flow if task.state is TaskState.ACTIVE), None)
    if active is None:
        return ""
    return f"{word(active.task)} is going on" + (f": {active.error}." if active.error else ".")


def _why_not_picked(order: Order, flow: tuple[FlowTask, ...], ticket: FlowTask) -> str:
    states = {task.task: task for task in flow}
    waiting = [states[name] for name in waits_for(ticket, flow)]
    if not waiting:
        return _why_not_released(order) if ticket.state is TaskState.ACTIVE else ""
    under_way = [task for task in waiting if task.state is TaskState.ACTIVE]
    if not under_way:
        under_way = [task for task in flow if task.state is TaskState.ACTIVE]
        if under_way:
            error = under_way[0].error
            return f"{word(under_way[0].task)} is going on{': ' + error if error else ''}."
    return f"Pick Ticket waits for {', '.join(_reason(order, task) for task in under_way or waiting)}."


def _why_not_released(order: Order) -> str:
    """What the pick tickets wait for that may go as far as the order is concerned."""
    tickets = [task for task in order.tasks if task.task is Task.PICK_TICKET and task.shipment is not None]
    waiting = [task for task in tickets if task.state is TaskState.ACTIVE and task.error not in _LOCATION]
    if not waiting:
        return "Pick Ticket waits for the location."
    said = (f"{task.shipment}: {task.error}" if len(tickets) > 1 else task.error for task in waiting)
    return f"Pick Ticket waits: {'; '.join(said)}."


_LOCATION = ("", "waits for the location")


def reason_now(order: Order, task: FlowTask) -> str:
    """What a task said it waits for when it ran last, unless every hold it waited for was released since."""
    if task.task is Task.MANUAL_APPROVAL and task.state is TaskState.ACTIVE and not order.open_holds():
        return "every hold is released: its next run completes it" if task.error else ""
    return task.error


def _reason(order: Order, task: FlowTask) -> str:
    detail = reason_now(order, task)
    if task.task is Task.MANUAL_APPROVAL and order.open_holds():
        detail = ", ".join(word(hold.kind) for hold in order.open_holds())
    return f"{word(task.task)} ({detail})" if detail else word(task.task)
