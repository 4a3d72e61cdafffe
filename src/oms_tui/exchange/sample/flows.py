"""The flow of a sample order as far as it got: every task with runs that fit its times and states (spec
3.3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.flow import DELIVERY_FLOW, ORDER_FLOW, FlowTask, Run, Task, TaskState

REMORSE: Final = timedelta(minutes=30)
INTERVAL: Final = timedelta(minutes=15)
_SECOND: Final = timedelta(seconds=1)
_OWN: Final = ORDER_FLOW[: ORDER_FLOW.index(Task.PICK_TICKET)]
_STEP: Final = {task: timedelta(seconds=number) for number, task in enumerate(_OWN)}


def order_tasks(
    created: datetime, now: datetime, *, skipped: frozenset[Task], stuck: dict[Task, tuple[TaskState, str]]
) -> list[FlowTask]:
    """The order's own tasks: Complete or Skipped, up to what is `stuck` (task -> state and error or reason).

    What depends on a stuck task is Pending; a stuck task has run every 15 minutes since, at most four runs
    here.
    """
    tasks: list[FlowTask] = []
    open_tasks: set[Task] = set()
    for name in _OWN:
        start = created + _STEP[name]
        if name in stuck:
            state, error = stuck[name]
            tasks.append(_stuck(name, state, error, start, now))
            open_tasks.add(name)
        elif _needs(name) & open_tasks:
            tasks.append(FlowTask(task=name, state=TaskState.PENDING))
            open_tasks.add(name)
        elif name in skipped:
            tasks.append(
                FlowTask(task=name, state=TaskState.SKIPPED, runs=(Run(start, start, "does not apply"),))
            )
        elif name is Task.REMORSE_PERIOD:
            tasks.append(_remorse(created, now))
            if tasks[-1].state is TaskState.ACTIVE:
                open_tasks.add(name)
        else:
            tasks.append(
                FlowTask(task=name, state=TaskState.COMPLETE, runs=(Run(start, start + _SECOND, "done"),))
            )
    return tasks


def _needs(name: Task) -> set[Task]:
    """Dependencies, as far as they keep a task from running; approval is asked for after the fraud check."""
    from oms_tui.domain.flow import DEPENDENCIES

    return set(DEPENDENCIES.get(name, ()))


def _remorse(created: datetime, now: datetime) -> FlowTask:
    first = Run(created, created + _SECOND, "waits for the remorse period")
    if now < created + REMORSE:
        return FlowTask(
            task=Task.REMORSE_PERIOD,
            state=TaskState.ACTIVE,
            error=f"ends {created + REMORSE:%H:%M} UTC",
            next_run=created + REMORSE,
            runs=(first,),
        )
    over = created + REMORSE
    runs = (first, Run(over, over + _SECOND, "over"))
    return FlowTask(task=Task.REMORSE_PERIOD, state=TaskState.COMPLETE, runs=runs)


def _stuck(name: Task, state: TaskState, error: str, start: datetime, now: datetime) -> FlowTask:
    runs = [Run(start, start + _SECOND, error)]
    at = start + INTERVAL
    while at < now and len(runs) < 4:
        runs.append(Run(at, at + _SECOND, error))
        at += INTERVAL
    due = max(at, now + INTERVAL / 3) if state is TaskState.ACTIVE else None
    return FlowTask(task=name, state=state, error=error, next_run=due, runs=tuple(runs))


def delivery_tasks(
    shipment: str, times: Sequence[datetime | None], *, stuck: tuple[TaskState, str] | None, now: datetime
) -> list[FlowTask]:
    """The tasks of one shipment.

    Args:
        shipment: its number.
        times: when Pick Ticket, Packing, Capture, Invoice, Shipment and Delivery were done; None from the
        first on that
            was not.
        stuck: state and error of that first one, when it is more than merely waiting.
        now: today.
    """
    tasks: list[FlowTask] = []
    is_open = False
    for name, at in zip(DELIVERY_FLOW, times, strict=True):
        if at is not None:
            tasks.append(
                FlowTask(
                    task=name,
                    shipment=shipment,
                    state=TaskState.COMPLETE,
                    runs=(Run(at, at + _SECOND, "done"),),
                )
            )
        elif is_open:
            tasks.append(FlowTask(task=name, shipment=shipment, state=TaskState.PENDING))
        else:
            is_open = True
            before = next((t for t in reversed(times) if t is not None), None)
            tasks.append(_first_open(name, shipment, before, stuck, now))
    return tasks


def _first_open(
    name: Task, shipment: str, before: datetime | None, stuck: tuple[TaskState, str] | None, now: datetime
) -> FlowTask:
    if before is None:
        return FlowTask(task=name, shipment=shipment, state=TaskState.PENDING)
    state, error = stuck or (TaskState.ACTIVE, "")
    run = Run(before + _SECOND, before + 2 * _SECOND, error or "waits")
    due = now + INTERVAL / 2 if state is TaskState.ACTIVE else None
    return FlowTask(task=name, shipment=shipment, state=state, error=error, next_run=due, runs=(run,))
