"""Tab Flow: the tasks of the order and of each shipment (delivery flow); the item flow (spec 3.3, 7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.flow import (
    DEPENDENCIES,
    FlowTask,
    Task,
    TaskState,
    delivery_flow,
    order_flow,
    waits_for,
)
from oms_tui.domain.order import Line, Shipment
from oms_tui.domain.status import LineStatus, word
from oms_tui.screens import wording
from oms_tui.screens.profile.page import INDENT, Page
from oms_tui.screens.profile.view import View
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

WHEN = 12
"""Cells of a moment: `22 Nov 08:12`."""


@dataclass(frozen=True, slots=True)
class TaskKey:
    """Names a task among the stops; `shipment` is None for the order's own flow."""

    task: Task
    shipment: str | None = None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task beside what it waits for."""

    task: FlowTask
    waiting: tuple[Task, ...] = ()


def build(view: View, width: int) -> Body:
    """The tab's body."""
    order, page = view.order, Page(width)
    flow = order_flow(order)
    grid = Grid(_columns(view), width)
    page.put(*grid.header())
    page.keep_on_top()
    for task in flow:
        _task(page, view, grid, task, TaskKey(task.task), flow)
    if view.may_see_flows:
        _delivery_flows(page, view, grid)
    elif order.shipments:
        page.blank()
        page.say("The delivery flow of each shipment is for CS and OP.")
    return page.body()


def failed_count(view: View) -> int:
    """How many tasks of the order's flow failed."""
    return sum(task.state is TaskState.FAILED for task in order_flow(view.order))


def _columns(view: View) -> list[Column[TaskRow]]:
    return [
        Column(id="task", title="  Task", width=23,
               render=lambda row: wording.task_name(row.task, ascii_only=view.ascii_only)),
        Column(id="state", title="State", width=9,
               render=lambda row: Cell(word(row.task.state), wording.TASK_LOOKS[row.task.state])),
        Column(id="runs", title="Runs", width=4, align="right",
               render=lambda row: str(row.task.cardinality)),
        Column(id="started", title="Started", width=WHEN, priority=2,
               render=lambda row: view.at(row.task.started)),
        Column(id="ended", title="Ended", width=WHEN, priority=3, render=lambda row: view.at(row.task.ended)),
        Column(id="waits", title="Waits for / error", width=16, flex=1, render=lambda row: _waits(view, row)),
    ]  # fmt: skip


def _waits(view: View, row: TaskRow) -> Cell:
    task = row.task
    if task.error:
        return Cell(task.error, "problem" if task.state is TaskState.FAILED else "")
    if task.state is TaskState.ACTIVE and task.next_run is not None:
        return Cell(f"next run {view.at(task.next_run)}", "muted")
    if row.waiting and task.state.is_open:
        return Cell(", ".join(word(name) for name in row.waiting), "muted")
    last = task.runs[-1].result if task.runs else ""
    return Cell("" if last == "done" else last, "muted")


def _task(
    page: Page, view: View, grid: Grid[TaskRow], task: FlowTask, key: TaskKey, flow: tuple[FlowTask, ...]
) -> None:
    page.grid_row(grid, TaskRow(task, waits_for(task, flow)), key)
    if key not in view.opened:
        return
    if task.error:
        page.say(task.error, wording.TASK_LOOKS[task.state], indent=INDENT)
    _dependencies(page, view, task, flow)
    _parts(page, view, task, key)
    _runs(page, view, task)


def _dependencies(page: Page, view: View, task: FlowTask, flow: tuple[FlowTask, ...]) -> None:
    names = DEPENDENCIES.get(task.task, ())
    by_name = {other.task: other for other in flow}
    found = [by_name[name] for name in names if name in by_name]
    if not found:
        page.put((" " * INDENT, ""), ("waits for nothing", "muted"))
        return
    for number, other in enumerate(found):
        name = wording.task_name(other, ascii_only=view.ascii_only)
        label = "waits for  " if number == 0 else " " * 11
        error = f"  {other.error}" if other.error else ""
        page.put(
            (" " * INDENT, ""),
            (label, "muted"),
            (f"{name.text:<24}", name.look),
            (word(other.state), name.look),
            (error, "muted"),
        )


def _parts(page: Page, view: View, task: FlowTask, key: TaskKey) -> None:
    """The tasks of the shipments that a task of the order sums up."""
    if key.shipment is not None or not view.may_see_flows:
        return
    for part in view.order.tasks:
        if part.task is task.task and part.shipment is not None:
            look = wording.TASK_LOOKS[part.state]
            page.put(
                (" " * INDENT, ""),
                (f"{part.shipment}  ", ""),
                (word(part.state), look),
                (f"  {part.error}", "muted"),
            )


def _runs(page: Page, view: View, task: FlowTask) -> None:
    if not task.runs:
        page.put((" " * INDENT, ""), ("no run yet", "muted"))
    for number, run in enumerate(task.runs, start=1):
        page.put(
            (" " * INDENT, ""),
            (f"run {number:<3}", "muted"),
            (f"{view.exactly(run.start)} to {view.exactly(run.end)}", ""),
            (f"  {run.result}", "muted"),
        )


def _delivery_flows(page: Page, view: View, grid: Grid[TaskRow]) -> None:
    order = view.order
    own = {task.shipment for task in order.tasks}
    shipments = [one for one in order.shipments if one.number in own]
    if not shipments:
        return
    page.heading("Delivery flow", (f"customer type {word(order.customer.type)}", "muted"))
    page.facts([
        ("Bill-To", ", ".join(wording.address_lines(order.bill_to))),
        ("Ship-To", ", ".join(wording.address_lines(order.ship_to))),
    ])  # fmt: skip
    for shipment in shipments:
        page.heading(shipment.number, (_way(shipment), "muted"))
        flow = delivery_flow(order, shipment.number)
        whole = (*(task for task in order_flow(order) if task.task not in {one.task for one in flow}), *flow)
        for task in flow:
            _task(page, view, grid, task, TaskKey(task.task, shipment.number), whole)


def _way(shipment: Shipment) -> str:
    parts = (f"from {shipment.location}", shipment.method, shipment.carrier, shipment.tracking)
    return " · ".join(part for part in parts if part)


# -- item flow ---------------------------------------------------------------------------------------------

_USUAL = (
    LineStatus.PENDING_ALLOCATION,
    LineStatus.ALLOCATED,
    LineStatus.PENDING_ACK,
    LineStatus.PENDING_CONFIRM,
    LineStatus.CONFIRMED,
    LineStatus.PACKED,
    LineStatus.SHIPPED,
    LineStatus.DELIVERED,
)
_ENDS = (LineStatus.UNDELIVERED, LineStatus.RETURNED, LineStatus.CANCELLED)


def build_item_flow(view: View, line: Line, width: int) -> Body:
    """The flow of one line: the states it passes, then the tasks of its shipment."""
    page = Page(width)
    page.facts([
        ("Line", f"{line.number}  {line.name or line.sku} ×{line.quantity}"),
        ("Shipment", line.shipment or "not planned yet"),
        ("Location", line.location or "none assigned yet"),
        ("Cause", word(line.cause)),
    ])  # fmt: skip
    page.heading("State")
    for status, place, at in _states(view, line):
        cell = wording.line_status(status, ascii_only=view.ascii_only)
        look = cell.look if place == "now" else "" if place == "passed" else "muted"
        page.put((f"{cell.text:<22}", look), (f"{place:<8}", "muted"), (at, ""), key=status)
    if line.shipment is not None and view.may_see_flows:
        flow = delivery_flow(view.order, line.shipment)
        page.heading(f"Shipment {line.shipment}")
        grid = Grid(_columns(view), width)
        page.put(*grid.header())
        for task in flow:
            _task(page, view, grid, task, TaskKey(task.task, line.shipment), flow)
    return page.body()


def _states(view: View, line: Line) -> Iterator[tuple[LineStatus, str, str]]:
    """Each state, whether it is passed, now or ahead, and when it was reached where that is known."""
    times = _times(view, line)
    course: Iterable[LineStatus] = _USUAL
    if line.status is LineStatus.CANCELLED:
        course = [status for status in _USUAL if status in times]
    elif line.status is LineStatus.UNDELIVERED:
        course = _USUAL[: _USUAL.index(LineStatus.DELIVERED)]
    states = [*course, *(status for status in _ENDS if status is line.status)]
    here = states.index(line.status)
    for index, status in enumerate(states):
        place = "now" if index == here else "passed" if index < here else "ahead"
        at = times.get(status)
        yield status, place, view.at(at) if at is not None and index <= here else ""


def _times(view: View, line: Line) -> dict[LineStatus, datetime]:
    times = {LineStatus.PENDING_ALLOCATION: view.order.created}
    shipment = next((one for one in view.order.shipments if one.number == line.shipment), None)
    if shipment is not None:
        for status, at in (
            (LineStatus.ALLOCATED, shipment.planned_at),
            (LineStatus.PACKED, shipment.packed_at),
            (LineStatus.SHIPPED, shipment.shipped_at),
            (LineStatus.DELIVERED, shipment.delivered_at),
        ):
            if at is not None:
                times[status] = at
    return times
