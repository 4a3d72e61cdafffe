"""The engine: runs the tasks of an order that are due until nothing moves any more, and says when it is due
again (spec 3.3, architecture 4).

Pure: what a task needs from outside comes in with the context, what it asks of the outside goes out with the
outcome. The desk writes both in one transaction.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.books import account
from oms_tui.domain.flow import (
    DELIVERY_FLOW,
    ORDER_FLOW,
    Complete,
    Failed,
    FlowTask,
    Run,
    Skipped,
    Task,
    TaskState,
    Verdict,
    Waiting,
    open_dependencies,
    put_tasks,
    reopen,
    task_states,
)
from oms_tui.domain.order import Order
from oms_tui.domain.payment import lapses_at
from oms_tui.domain.plan import Intent, Message, Outcome, StockMove
from oms_tui.domain.remembered import remembered
from oms_tui.domain.status import word
from oms_tui.domain.steps import STEPS
from oms_tui.domain.steps.authorization import is_settled, lapsed
from oms_tui.domain.steps.base import FlowContext, is_gone, world_after
from oms_tui.domain.steps.facts import TO_ALLOCATE, Facts

__all__ = [
    "Advance",
    "CannotRun",
    "FlowContext",
    "Ran",
    "advance",
    "begin",
    "next_due",
    "reopen",
    "run_task",
]

OWN_FLOW: Final = ORDER_FLOW[: ORDER_FLOW.index(Task.PICK_TICKET)]
"""The tasks that an order has itself; the others come with each shipment."""
MOST_RUNS: Final = 8
"""How often one task runs in one call. Only a fault in a step could need more; then it waits its turn."""
_CLOSED: Final = (TaskState.COMPLETE, TaskState.SKIPPED)
_PLACE: Final = {task: index for index, task in enumerate(ORDER_FLOW)}


class CannotRun(ValueError):  # noqa: N818 - says what is the matter
    """A task that cannot be run now; the message says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a task: what it came to, and whether the task changed its state by it."""

    task: Task
    shipment: str | None
    verdict: Verdict
    changed: bool


@dataclass(frozen=True, slots=True)
class Advance:
    """What a call of the engine did to an order."""

    outcome: Outcome
    ran: tuple[Ran, ...]
    is_news: bool
    """Whether anything but runs and next runs changed: then the order gets a new version and an audit entry
    (architecture 3)."""


def begin(order: Order) -> Order:
    """A new order with the tasks of its flow; one that has tasks, came from elsewhere or was carried out
    already stays as it is."""
    if order.tasks or order.source or order.is_carry_out:
        return order
    return replace(order, tasks=tuple(FlowTask(task=name, state=TaskState.PENDING) for name in OWN_FLOW))


@remembered
def next_due(order: Order) -> datetime | None:
    """When the flow of the order goes on: the earliest next run; its placement if something can start at
    once; None when nothing is due by itself."""
    if _is_over(order):
        return _lapses(order)
    order = _settled(order, order.created)
    states = task_states(order)
    moments = [_lapses(order), *(_due(order, task, states) for task in order.tasks)]
    return min((moment for moment in moments if moment is not None), default=None)


def advance(order: Order, context: FlowContext) -> Advance:
    """Run what is due until nothing moves any more, in the order of the flow."""
    walk = _Walk(order, context)
    walk.run_due()
    return walk.result()


def run_task(order: Order, task: Task, shipment: str | None, context: FlowContext) -> Advance:
    """One run of this task now, whenever its next run is, and then what is due (spec 6, Run task now).

    Raises:
        CannotRun: it has no such task, or that is neither Active nor Failed, or waits for others.
    """
    found = next((t for t in order.tasks if t.task is task and t.shipment == shipment), None)
    if found is None or not _is_run_here(found):
        raise CannotRun(f"The order has no task {word(task)}" + (f" for {shipment}." if shipment else "."))
    if waits := open_dependencies(order, found):
        raise CannotRun(f"{word(task)} waits for {', '.join(word(name) for name in waits)}.")
    if not found.state.is_open:
        raise CannotRun(f"{word(task)} is {word(found.state).lower()}: there is nothing to run.")
    walk = _Walk(order, context)
    walk.run(found)
    walk.run_due()
    return walk.result()


@dataclass(slots=True)
class _Walk:
    """One call of the engine: the order on its way, and what was gathered."""

    order: Order
    context: FlowContext
    before: Order = field(init=False)
    ran: list[Ran] = field(default_factory=list)
    stock: list[StockMove] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    _count: dict[tuple[Task, str | None], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.before = self.order

    def run_due(self) -> None:
        """Run the first due task, and again, until none is."""
        now = self.context.now
        if _is_over(self.order) and _lapses(self.order) is not None:
            self.order = lapsed(self.order, now)
        while not _is_over(self.order):
            self.order = _settled(self.order, now)
            states = task_states(self.order)
            due = [
                task
                for task in self.order.tasks
                if (moment := _due(self.order, task, states)) is not None
                and moment <= now
                and self._count.get((task.task, task.shipment), 0) < MOST_RUNS
            ]
            if not due:
                return
            # One at a time: what it changes may open or close the way for the next.
            self.run(min(due, key=_turn))

    def run(self, task: FlowTask) -> None:
        """One run, written down whatever it comes to."""
        now = self.context.now
        context = self.context
        if self.stock:
            context = replace(context, world=world_after(context.world, self.stock))
        taken = STEPS[task.task](self.order, task, context)
        after = _after(task, taken.verdict, now, context.rules.interval)
        self.order = put_tasks(taken.outcome.order, (after,))
        self.stock += taken.outcome.stock
        self.messages += taken.outcome.messages
        self.intents += taken.outcome.intents
        self.ran.append(Ran(task.task, task.shipment, taken.verdict, after.state is not task.state))
        key = (task.task, task.shipment)
        self._count[key] = self._count.get(key, 0) + 1

    def result(self) -> Advance:
        """Everything as the desk writes it."""
        is_news = self._is_news()
        # Without a run only tasks whose dependencies opened again can have changed; of a cancelled order what
        # its provider did not let go of.
        other = "An authorization lapsed" if _is_over(self.order) else "Tasks wait for others again"
        said = _summary(self.ran) or (other if is_news else "")
        outcome = Outcome(
            order=self.order,
            stock=tuple(self.stock),
            messages=tuple(self.messages),
            intents=tuple(self.intents),
            action="run the flow",
            summary=said,
        )
        return Advance(outcome, tuple(self.ran), is_news)

    def _is_news(self) -> bool:
        if self.stock or self.messages or self.intents:
            return True
        bare = replace(self.before, tasks=()), replace(self.order, tasks=())
        return bare[0] != bare[1] or _told(self.before) != _told(self.order)


def _told(order: Order) -> list[tuple[Task, str | None, TaskState, str]]:
    return [(task.task, task.shipment, task.state, task.error) for task in order.tasks]


def _turn(task: FlowTask) -> tuple[int, int, str]:
    """The order in which due tasks run: along the flow, shipments by number."""
    shipment = task.shipment or ""
    return _PLACE[task.task], len(shipment), shipment


def _after(task: FlowTask, verdict: Verdict, now: datetime, interval: timedelta) -> FlowTask:
    """The task after a run: its state, why it waits or failed, when it runs again."""
    due = None
    if isinstance(verdict, Waiting):
        due = verdict.until if verdict.until is not None and verdict.until > now else now + interval
    said = _said(verdict)
    error = said if isinstance(verdict, Waiting | Failed) else ""
    runs = (*task.runs, Run(now, now, said))
    return replace(task, state=_state_of(verdict), error=error, next_run=due, runs=runs)


def _said(verdict: Verdict) -> str:
    """A verdict in its own words."""
    if isinstance(verdict, Waiting):
        return verdict.reason
    return verdict.error if isinstance(verdict, Failed) else verdict.result


def _state_of(verdict: Verdict) -> TaskState:
    if isinstance(verdict, Complete):
        return TaskState.COMPLETE
    if isinstance(verdict, Skipped):
        return TaskState.SKIPPED
    return TaskState.ACTIVE if isinstance(verdict, Waiting) else TaskState.FAILED


def _summary(ran: Sequence[Ran]) -> str:
    """What moved, for the timeline: "Allocation complete, Manual Approval active"; where no task changed its
    state, why they stand."""
    moved = [f"{_name(one)} {_state_of(one.verdict).value}" for one in ran if one.changed]
    return ", ".join(moved) or "; ".join(f"{_name(one)}: {_said(one.verdict)}" for one in ran)


def _name(one: Ran) -> str:
    return f"{one.shipment} {word(one.task)}" if one.shipment else word(one.task)


def _due(
    order: Order, task: FlowTask, states: Mapping[tuple[Task, str | None], TaskState]
) -> datetime | None:
    """When a task is to run: at its moment if Active, at once if it is Pending and nothing is in its way."""
    if not _is_run_here(task):
        return None
    if task.state is TaskState.ACTIVE:
        return order.created if task.next_run is None else task.next_run
    if task.state is TaskState.PENDING and not open_dependencies(order, task, states):
        return order.created
    return None


def _is_run_here(task: FlowTask) -> bool:
    """Whether the engine runs it: the order's task for the same task of its shipments is only their
    summary."""
    return task.task in STEPS and (task.shipment is not None or task.task not in DELIVERY_FLOW)


def _is_over(order: Order) -> bool:
    """Whether nothing of the order will ever run by itself: every line is cancelled."""
    return bool(order.lines) and all(line.is_cancelled for line in order.lines)


def _settled(order: Order, now: datetime) -> Order:
    """The order with its tasks in the states that its facts ask for, whoever changed them: a verb, an event,
    a step.

    A hold or a line that came back opens what was closed; what has got what it waits for is due; what has a
    dependency open again is Pending.
    """
    closed = {task.task for task in order.tasks if task.shipment is None and task.state in _CLOSED}
    if again := _to_open(order, closed, now):
        order = reopen(order, again, now)
    if not any(task.state is TaskState.ACTIVE for task in order.tasks):
        return order
    states, facts = task_states(order), Facts(order)
    changed = [
        new
        for task in order.tasks
        if task.state is TaskState.ACTIVE
        and _is_run_here(task)
        and (new := _settle(order, task, states, facts, now)) is not task
    ]
    return put_tasks(order, changed) if changed else order


def _to_open(order: Order, closed: Set[Task], now: datetime) -> list[Task | tuple[Task, str | None]]:
    """The tasks that are over, or failed, although there is something for them to do."""
    again: list[Task | tuple[Task, str | None]] = [
        # What failed and is not due any more (made cheaper, paid another way) stands in nobody's way.
        (task.task, task.shipment)
        for task in order.tasks
        if task.task is Task.CAPTURE and task.shipment is not None and task.state is TaskState.FAILED
        if not account(order, task.shipment).to_capture
    ]
    lapse = _lapses(order)
    if _is_paid_after_all(order) or (lapse is not None and lapse <= now):
        again.append(Task.PAYMENT_AUTHORIZATION)
    if Task.MANUAL_APPROVAL in closed and order.open_holds() and not all(is_gone(x) for x in order.lines):
        again.append(Task.MANUAL_APPROVAL)
    if Task.ALLOCATION in closed and any(line.status in TO_ALLOCATE for line in order.lines):
        again.append(Task.ALLOCATION)
    return again


def _is_paid_after_all(order: Order) -> bool:
    """Whether the authorization that failed is no longer in the way: what is secured covers the total, since
    something was cancelled or made cheaper, or somebody let the order go on without."""
    failed = any(
        task.task is Task.PAYMENT_AUTHORIZATION and task.state is TaskState.FAILED for task in order.tasks
    )
    return failed and is_settled(order)


def _lapses(order: Order) -> datetime | None:
    """When an authorization lapses that Payment Authorization has to look at then."""
    has_flow = any(task.task is Task.PAYMENT_AUTHORIZATION for task in order.tasks)
    return lapses_at(order) if has_flow else None


def _settle(
    order: Order,
    task: FlowTask,
    states: Mapping[tuple[Task, str | None], TaskState],
    facts: Facts,
    now: datetime,
) -> FlowTask:
    """An Active task: Pending where a dependency opened again, due now where it need not wait any more."""
    if open_dependencies(order, task, states):
        return replace(task, state=TaskState.PENDING, error="", next_run=None)
    if task.next_run is not None and task.next_run > now and facts.have_come(task):
        return replace(task, next_run=now)
    return task
