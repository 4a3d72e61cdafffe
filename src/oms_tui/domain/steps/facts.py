"""Whether what an Active task waits for has come, so that it runs at once and not at its next turn."""

from oms_tui.domain.flow import FlowTask, Task
from oms_tui.domain.order import Line, Order
from oms_tui.domain.status import BEFORE_PACKED, SHIPPED_OR_LATER, LineStatus
from oms_tui.domain.steps.authorization import is_settled
from oms_tui.domain.steps.base import lines_by_shipment
from oms_tui.domain.steps.capture import is_answered

TO_ALLOCATE = (LineStatus.PENDING_ALLOCATION, LineStatus.ALLOCATED)
"""What Allocation has to do with: lines without a location, and those whose location was not told."""
_NOT_CONFIRMED = BEFORE_PACKED[:-1]


class Facts:
    """The facts of one order, looked up once for all of its tasks."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._lines = lines_by_shipment(order)
        self._is_held = bool(order.open_holds())
        self._is_confirmed = not any(line.status in _NOT_CONFIRMED for line in order.lines)

    def have_come(self, task: FlowTask) -> bool:
        """Whether a run of the task would not come to the same waiting again.

        A step must not wait where this says yes, or it would run again and again.
        """
        if task.shipment is None:
            return self._has_order(task.task)
        return self._has_shipment(task.task, task.shipment, self._lines.get(task.shipment, []))

    def _has_order(self, task: Task) -> bool:
        order = self._order
        if task is Task.MANUAL_APPROVAL:
            return not self._is_held
        if task is Task.ALLOCATION:
            statuses = {line.status for line in order.lines}
            return LineStatus.ALLOCATED in statuses or LineStatus.PENDING_ALLOCATION not in statuses
        if task is Task.PAYMENT_AUTHORIZATION:
            return is_settled(order)
        return False

    def _has_shipment(self, task: Task, shipment: str, lines: list[Line]) -> bool:
        statuses = {line.status for line in lines}
        if task is Task.PICK_TICKET:
            is_ready = self._is_confirmed or not self._order.channel.ships_complete
            return not lines or (is_ready and not self._is_held and statuses.isdisjoint(_NOT_CONFIRMED))
        if task is Task.PACKING:
            return statuses.isdisjoint(BEFORE_PACKED)
        if task is Task.CAPTURE:
            return not self._is_held and is_answered(self._order, shipment)
        if task is Task.SHIPMENT:
            return statuses <= SHIPPED_OR_LATER
        if task is Task.DELIVERY:
            return LineStatus.UNDELIVERED in statuses or statuses <= _ARRIVED
        return False


_ARRIVED = frozenset({LineStatus.DELIVERED, LineStatus.RETURNED})
