"""Flows: the tasks that take an order from start to end, their dependencies, and how a person reads them
(spec 3.3).

The order's value holds the tasks; item flow and delivery flow are views of it (architecture 2). Pick Ticket
to Delivery
run per shipment; the order's task of that name is their summary.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oms_tui.domain.order import Order


class Task(StrEnum):
    """The steps of the order flow and the delivery flow (spec 3.3). `IMPORTED` stands alone on imported
    orders."""

    PAYMENT_AUTHORIZATION = "payment_authorization"
    ADDRESS_VALIDATION = "address_validation"
    ALLOCATION = "allocation"
    FRAUD_CHECK = "fraud_check"
    DUTIES = "duties"
    CUSTOMER_NOTIFICATION = "customer_notification"
    REMORSE_PERIOD = "remorse_period"
    MANUAL_APPROVAL = "manual_approval"
    PICK_TICKET = "pick_ticket"
    PACKING = "packing"
    CAPTURE = "capture"
    INVOICE = "invoice"
    SHIPMENT = "shipment"
    DELIVERY = "delivery"
    IMPORTED = "imported"
    RETURN_CREATED = "return_created"
    RETURN_SHIPMENT = "return_shipment"
    RECEIPT = "receipt"
    REVIEW = "review"
    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    CLOSURE = "closure"


class TaskState(StrEnum):
    """State of one task (spec 3.3)."""

    PENDING = "pending"
    ACTIVE = "active"
    COMPLETE = "complete"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def glyph(self) -> str:
        """The single-cell sign of a task state (screens.md, Flow)."""
        return _GLYPHS[self]

    @property
    def is_open(self) -> bool:
        """Whether anything is still to be done for it."""
        return self in (TaskState.PENDING, TaskState.ACTIVE, TaskState.FAILED)


_GLYPHS = {
    TaskState.PENDING: "·",
    TaskState.ACTIVE: "▷",
    TaskState.COMPLETE: "✓",
    TaskState.SKIPPED: "–",
    TaskState.FAILED: "✗",
    TaskState.CANCELLED: "⊘",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a task: every one is kept. `result` says in words what came of it."""

    start: datetime
    end: datetime | None
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowTask:
    """One task of an order. `shipment` is the shipment's number for tasks of a delivery flow, None for the
    order's."""

    task: Task
    shipment: str | None = None
    state: TaskState
    error: str = ""
    next_run: datetime | None = None
    runs: tuple[Run, ...] = ()

    @property
    def cardinality(self) -> int:
        """Number of runs (spec 2, Flow)."""
        return len(self.runs)

    @property
    def started(self) -> datetime | None:
        """Start of the first run."""
        return self.runs[0].start if self.runs else None

    @property
    def ended(self) -> datetime | None:
        """End of the last run, None unless the task is over."""
        return None if self.state.is_open or not self.runs else self.runs[-1].end


@dataclass(frozen=True, slots=True)
class Complete:
    """A step is done."""

    result: str = "done"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step does not apply; the result says why not."""

    result: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step is not done yet: what it waits for, and the moment it waits for, if it is one."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A step cannot be done as things are; somebody must act."""

    error: str


Verdict = Complete | Skipped | Waiting | Failed
"""What a step comes to (architecture 4)."""

_T = Task
ORDER_FLOW: tuple[Task, ...] = (
    _T.PAYMENT_AUTHORIZATION,
    _T.ADDRESS_VALIDATION,
    _T.ALLOCATION,
    _T.FRAUD_CHECK,
    _T.DUTIES,
    _T.CUSTOMER_NOTIFICATION,
    _T.REMORSE_PERIOD,
    _T.MANUAL_APPROVAL,
    _T.PICK_TICKET,
    _T.PACKING,
    _T.CAPTURE,
    _T.INVOICE,
    _T.SHIPMENT,
    _T.DELIVERY,
)
DELIVERY_FLOW: tuple[Task, ...] = ORDER_FLOW[ORDER_FLOW.index(_T.PICK_TICKET) :]
"""The tasks that run per shipment."""
RETURN_FLOW: tuple[Task, ...] = (
    _T.RETURN_CREATED,
    _T.RETURN_SHIPMENT,
    _T.RECEIPT,
    _T.REVIEW,
    _T.CREDIT_NOTE,
    _T.REFUND,
    _T.CLOSURE,
)

DEPENDENCIES: MappingProxyType[Task, tuple[Task, ...]] = MappingProxyType(
    {
        _T.ALLOCATION: (_T.PAYMENT_AUTHORIZATION,),
        _T.FRAUD_CHECK: (_T.ALLOCATION,),
        _T.DUTIES: (_T.ALLOCATION,),
        _T.CUSTOMER_NOTIFICATION: (_T.PAYMENT_AUTHORIZATION,),
        _T.MANUAL_APPROVAL: (_T.FRAUD_CHECK, _T.REMORSE_PERIOD),
        _T.PICK_TICKET: (
            _T.ADDRESS_VALIDATION,
            _T.DUTIES,
            _T.CUSTOMER_NOTIFICATION,
            _T.REMORSE_PERIOD,
            _T.MANUAL_APPROVAL,
        ),
        _T.PACKING: (_T.PICK_TICKET,),
        _T.CAPTURE: (_T.PACKING,),
        _T.INVOICE: (_T.CAPTURE,),
        _T.SHIPMENT: (_T.INVOICE,),
        _T.DELIVERY: (_T.SHIPMENT,),
        _T.RETURN_SHIPMENT: (_T.RETURN_CREATED,),
        _T.RECEIPT: (_T.RETURN_SHIPMENT,),
        _T.REVIEW: (_T.RECEIPT,),
        _T.CREDIT_NOTE: (_T.REVIEW,),
        _T.REFUND: (_T.CREDIT_NOTE,),
        _T.CLOSURE: (_T.REFUND,),
    }
)
"""What each task waits for. The five of Pick Ticket are documented (spec 3.3)."""

_SATISFIED = (TaskState.COMPLETE, TaskState.SKIPPED)


def order_flow(order: "Order") -> tuple[FlowTask, ...]:
    """The order's own flow: its tasks in order, those of the shipments summed up into one each (spec 3.3).

    An imported order shows its one record only.
    """
    own = {task.task: task for task in order.tasks if task.shipment is None}
    if _T.IMPORTED in own:
        return (own[_T.IMPORTED],)
    flow = []
    for name in ORDER_FLOW:
        parts = [task for task in order.tasks if task.task is name and task.shipment is not None]
        if parts:
            flow.append(_summary(name, parts))
        elif name in own:
            flow.append(own[name])
        else:
            flow.append(FlowTask(task=name, state=TaskState.PENDING))
    return tuple(flow)


def delivery_flow(order: "Order", shipment: str) -> tuple[FlowTask, ...]:
    """The tasks of one shipment, in the order of the flow."""
    found = {task.task: task for task in order.tasks if task.shipment == shipment}
    return tuple(
        found.get(name, FlowTask(task=name, shipment=shipment, state=TaskState.PENDING))
        for name in DELIVERY_FLOW
    )


def _summary(name: Task, parts: list[FlowTask]) -> FlowTask:
    """The order's task for the same task of several shipments: active until the last, failed if any failed
    (spec 3.3)."""
    states = {part.state for part in parts}
    if TaskState.FAILED in states:
        state = TaskState.FAILED
    elif TaskState.ACTIVE in states:
        state = TaskState.ACTIVE
    elif TaskState.PENDING in states:
        state = TaskState.PENDING if states == {TaskState.PENDING} else TaskState.ACTIVE
    else:
        order = (TaskState.COMPLETE, TaskState.SKIPPED, TaskState.CANCELLED)
        state = next(s for s in order if s in states)
    error = "; ".join(f"{part.shipment}: {part.error}" for part in parts if part.error)
    runs = tuple(sorted((run for part in parts for run in part.runs), key=lambda run: run.start))
    due = [part.next_run for part in parts if part.next_run is not None]
    return FlowTask(task=name, state=state, error=error, next_run=min(due, default=None), runs=runs)


def task_states(order: "Order") -> Mapping[tuple[Task, str | None], TaskState]:
    """(task, shipment) -> its state, None for the order's own; where `open_dependencies` looks."""
    return {(task.task, task.shipment): task.state for task in order.tasks}


def open_dependencies(
    order: "Order", task: FlowTask, states: Mapping[tuple[Task, str | None], TaskState] | None = None
) -> tuple[Task, ...]:
    """What one task of the order waits for before it may run: of its own shipment where it is one's.

    Two things are not waited for. Fraud Check and Duties run as soon as some line has its location, so that
    stocked lines go while others wait; and a parcel that left has left, whatever was to come first.
    """
    if states is None:
        states = task_states(order)
    needed = DEPENDENCIES.get(task.task, ())
    if task.task is _T.SHIPMENT and task.shipment and order.shipment(task.shipment).shipped_at is not None:
        return ()
    if task.task in _PER_SHARE and any(
        name is _T.PICK_TICKET and shipment is not None and state is not TaskState.CANCELLED
        for (name, shipment), state in states.items()
    ):
        needed = tuple(name for name in needed if name is not _T.ALLOCATION)
    return tuple(
        name
        for name in needed
        if states.get((name, task.shipment if name in DELIVERY_FLOW else None), TaskState.PENDING)
        not in _SATISFIED
    )


_PER_SHARE = (_T.FRAUD_CHECK, _T.DUTIES)
"""What looks at the lines that have a location, even while others wait for theirs."""


def put_tasks(order: "Order", tasks: Iterable[FlowTask]) -> "Order":
    """The order with these tasks, in the place of those of the same name and shipment or behind them all."""
    new = {(task.task, task.shipment): task for task in tasks}
    kept = tuple(new.pop((task.task, task.shipment), task) for task in order.tasks)
    return replace(order, tasks=(*kept, *new.values()))


def reopen(order: "Order", tasks: Iterable[Task | tuple[Task, str | None]], now: datetime) -> "Order":
    """These tasks are to run again: Active and due now, with their runs kept.

    A task stands for that of the order, or of every shipment; a pair names one shipment's. What is Pending
    runs anyway once its dependencies let it, and what is Cancelled stays so.
    """
    wanted = set(tasks)
    return replace(
        order,
        tasks=tuple(
            replace(
                task,
                state=TaskState.ACTIVE,
                error=task.error if task.state is TaskState.ACTIVE else "",
                next_run=now,
            )
            if (task.task in wanted or (task.task, task.shipment) in wanted)
            and task.state not in (TaskState.PENDING, TaskState.CANCELLED)
            else task
            for task in order.tasks
        ),
    )


def wake(order: "Order", task: Task, now: datetime) -> "Order":
    """What is Active of this task is due now: something it looks at has changed."""
    return replace(
        order,
        tasks=tuple(
            replace(one, next_run=now) if one.task is task and one.state is TaskState.ACTIVE else one
            for one in order.tasks
        ),
    )


def waits_for(task: FlowTask, flow: Iterable[FlowTask]) -> tuple[Task, ...]:
    """The dependencies of `task` that are still open in the order's flow."""
    states = {other.task: other.state for other in flow}
    return tuple(
        name for name in DEPENDENCIES.get(task.task, ()) if name in states and states[name] not in _SATISFIED
    )


def cancel_open(
    tasks: Iterable[FlowTask], *, shipments: frozenset[str | None] | None = None
) -> tuple[FlowTask, ...]:
    """The tasks with the open ones cancelled: all of them, or only those of the named shipments (None: the
    order's own)."""
    return tuple(
        FlowTask(task=t.task, shipment=t.shipment, state=TaskState.CANCELLED, error=t.error, runs=t.runs)
        if t.state.is_open and (shipments is None or t.shipment in shipments)
        else t
        for t in tasks
    )
