"""What a flow screen shows, and what the cursor stands on there."""

from dataclasses import dataclass
from typing import TypeAlias

from oms_tui.domain.flow import FlowTask, Task, delivery_flow, order_flow
from oms_tui.domain.order import Order
from oms_tui.domain.status import word


@dataclass(frozen=True, slots=True)
class TaskKey:
    """Names a task; `shipment` is None for the order's own flow."""

    task: Task
    shipment: str | None = None

    @property
    def name(self) -> str:
        """The task as the verbs name it: "Allocation", "Pick Ticket S-1"."""
        return f"{word(self.task)} {self.shipment}" if self.shipment else word(self.task)


@dataclass(frozen=True, slots=True)
class ShipmentKey:
    """Names a shipment."""

    number: str


@dataclass(frozen=True, slots=True)
class LineStop:
    """Names a line of a delivery flow."""

    number: int


@dataclass(frozen=True, slots=True)
class RunKey:
    """Names a run by its number; the first is 1."""

    number: int


@dataclass(frozen=True, slots=True)
class WayKey:
    """Names a way on: the verb that clears what the task `about` waits for."""

    verb: str
    about: TaskKey


@dataclass(frozen=True, slots=True)
class OrderFlow:
    """The tasks of the order; those of its shipments summed up."""

    name = "order flow"


@dataclass(frozen=True, slots=True)
class DeliveryFlow:
    """The tasks of one shipment."""

    shipment: str
    kind = "Delivery flow"

    @property
    def name(self) -> str:
        """What it is called."""
        return f"delivery flow {self.shipment}"


@dataclass(frozen=True, slots=True)
class ItemFlow:
    """The states of one line, and the tasks of its shipment."""

    line: int
    kind = "Item flow"

    @property
    def name(self) -> str:
        """What it is called."""
        return f"item flow, line {self.line}"


@dataclass(frozen=True, slots=True)
class OneTask:
    """One task: what it waits for, what would clear that, its runs."""

    key: TaskKey

    @property
    def name(self) -> str:
        """What it is called."""
        return self.key.name


FlowPlace: TypeAlias = OrderFlow | DeliveryFlow | ItemFlow | OneTask


def find_task(order: Order, key: TaskKey) -> FlowTask | None:
    """The task as the order's flow or its shipment's has it; None where there is none of it."""
    flow = order_flow(order) if key.shipment is None else delivery_flow(order, key.shipment)
    return next((task for task in flow if task.task is key.task), None)


def parts_of(order: Order, key: TaskKey) -> tuple[FlowTask, ...]:
    """The tasks of the shipments that a task of the order sums up."""
    if key.shipment is not None:
        return ()
    return tuple(task for task in order.tasks if task.task is key.task and task.shipment is not None)


def whole_flow(order: Order, shipment: str | None) -> tuple[FlowTask, ...]:
    """What the tasks of a flow wait for is in here: of a shipment, the order's own tasks and its."""
    flow = order_flow(order)
    if shipment is None:
        return flow
    own = delivery_flow(order, shipment)
    names = {task.task for task in own}
    return (*(task for task in flow if task.task not in names), *own)
