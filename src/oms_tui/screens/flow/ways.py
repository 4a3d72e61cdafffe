"""What would clear a task that is not over: in words, and the verb that does it (spec 3.3, 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from oms_tui.domain.flow import FlowTask, Task, TaskState, open_dependencies
from oms_tui.domain.order import Order
from oms_tui.domain.status import HoldKind, word

ENDS_A_HOLD = MappingProxyType(
    {
        HoldKind.FRAUD: "order.fraud",
        HoldKind.ADDRESS: "order.address",
        HoldKind.APPROVAL: "order.approve",
        HoldKind.MANUAL: "order.approve",
        HoldKind.PAYMENT: "order.release-hold",
    }
)
"""Hold -> the verb that ends it. A dispute ends at the payment provider."""
_HELD_BACK = (Task.MANUAL_APPROVAL, Task.PICK_TICKET, Task.CAPTURE, Task.SHIPMENT)
"""The tasks that an open hold stops (spec 3.3)."""
_OUTSIDE = MappingProxyType(
    {
        Task.PAYMENT_AUTHORIZATION: "the payment provider, when it authorizes the rest",
        Task.PICK_TICKET: "the location, when it confirms that it has the goods",
        Task.PACKING: "the location, when it packs it",
        Task.CAPTURE: "the payment provider, when it answers",
        Task.SHIPMENT: "the location, when it hands it over",
        Task.DELIVERY: "the carrier, when it delivers it",
        Task.IMPORTED: "whoever it was imported from",
    }
)
"""What is done outside, where nothing here is in the way."""


@dataclass(frozen=True, slots=True)
class Way:
    """Something that would clear a task; `verb` is the id of the verb that does it, "" where none does."""

    text: str
    verb: str = ""


def ways_of(order: Order, task: FlowTask) -> tuple[Way, ...]:
    """What would clear the task, the nearest first; () for one that is over."""
    if not task.state.is_open:
        return ()
    if task.state is TaskState.PENDING and open_dependencies(order, task):
        return ()  # what it comes after has to be cleared first
    return tuple(dict.fromkeys(_ways(order, task)))


def _ways(order: Order, task: FlowTask) -> Iterator[Way]:
    holds = order.open_holds() if task.task in _HELD_BACK else ()
    for hold in holds:
        said = f"{word(hold.kind)} hold: {hold.reason}" if hold.reason else f"{word(hold.kind)} hold"
        if hold.kind in ENDS_A_HOLD:
            yield Way(said, ENDS_A_HOLD[hold.kind])
        else:
            yield Way(f"the end of the dispute at the payment provider ({said})")
    if task.task is Task.ADDRESS_VALIDATION:
        yield Way("a valid address", "order.address")
        yield Way("or as it is, with a reason", "order.force")
    elif task.task is Task.PAYMENT_AUTHORIZATION:
        yield Way(_OUTSIDE[task.task])
        if any(hold.kind is HoldKind.PAYMENT for hold in order.open_holds()):
            yield Way("once it is paid some other way", "order.release-hold")
    elif task.task is Task.ALLOCATION and task.error:
        yield Way("stock at a location: each run looks for it", "order.run")
    elif task.task is Task.REMORSE_PERIOD:
        yield Way("time alone: the customer may still think better of it")
    elif task.task in _OUTSIDE and not holds:
        yield Way(_OUTSIDE[task.task])
    elif not holds:
        yield Way("its next run", "order.run")
