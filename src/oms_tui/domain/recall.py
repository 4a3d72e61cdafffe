"""Recalling pick tickets: what was released to a location and is not packed comes back to be released again
(spec 6, Correct address)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, Run, Task, TaskState
from oms_tui.domain.letters import HOUSE_LANGUAGE
from oms_tui.domain.order import Order, Shipment
from oms_tui.domain.plan import Intent, Message
from oms_tui.domain.status import BEFORE_PACKED
from oms_tui.domain.steps.base import standing_lines

STOP_PICKING: Final = "stop_picking"
"""What a location is asked and told: the kind of the intent, and the template of the message."""
RECALLED = "recalled"
"""How the result of a Pick Ticket run begins that took the ticket back."""


def can_recall(order: Order, shipment: Shipment) -> bool:
    """Whether its pick ticket is out and nothing of it is packed."""
    lines = standing_lines(order, shipment.number)
    is_out = shipment.released_at is not None and shipment.packed_at is None
    return is_out and bool(lines) and all(line.status in BEFORE_PACKED for line in lines)


def recall(
    order: Order,
    shipments: Iterable[str],
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
) -> tuple[Order, tuple[Intent, ...]]:
    """Take back the released pick tickets of these shipments, as far as nothing of them is packed.

    Pick Ticket is open again and what follows it Pending; the location is asked to stop. The ticket goes out
    anew, with the ship-to the order has then, as soon as its dependencies let it.

    Args:
        order: The order.
        shipments: Numbers of shipments; those that are not out are left alone.
        now: When.
        until: How long the location has to answer, None = no limit is set.
        reason: Why, for the task's run: "address corrected".
    """
    wanted = set(shipments)
    back = {s.number: s for s in order.shipments if s.number in wanted and can_recall(order, s)}
    if not back:
        return order, ()
    recalled = replace(
        order,
        shipments=tuple(
            replace(s, released_at=None, ship_to=None) if s.number in back else s for s in order.shipments
        ),
        tasks=tuple(_reopened(task, now, reason) if task.shipment in back else task for task in order.tasks),
    )
    intents = tuple(
        Intent(
            kind=STOP_PICKING,
            shipment=number,
            lines=tuple((line.number, line.quantity) for line in standing_lines(order, number)),
            until=until,
        )
        for number in back
    )
    return recalled, intents


def stop_messages(order: Order, intents: Iterable[Intent]) -> tuple[Message, ...]:
    """What locations are told where they are asked to stop picking: one message for each shipment."""
    lines = {line.number: line for line in order.lines}
    found: list[Message] = []
    for intent in intents:
        if intent.kind != STOP_PICKING or intent.shipment is None:
            continue
        goods = ", ".join(f"{count} × {lines[n].name or lines[n].sku}" for n, count in intent.lines)
        found.append(
            Message(
                recipient=order.shipment(intent.shipment).location,
                audience="location",
                template=STOP_PICKING,
                language=HOUSE_LANGUAGE,
                text=f"Order {order.id}, shipment {intent.shipment}: please do not pick {goods}, and tell us "
                "whether it could be stopped.",
            )
        )
    return tuple(found)


def _reopened(task: FlowTask, now: datetime, reason: str) -> FlowTask:
    """A task of a recalled shipment: the ticket is to go out again, the others wait for it."""
    if task.state is TaskState.CANCELLED or task.task not in DELIVERY_FLOW:
        return task
    if task.task is not Task.PICK_TICKET:
        return replace(task, state=TaskState.PENDING, error="", next_run=None)
    said = f"{RECALLED}: {reason}" if reason else RECALLED
    return replace(
        task, state=TaskState.ACTIVE, error="", next_run=now, runs=(*task.runs, Run(now, now, said))
    )
