"""The table of tasks: state, runs, when, what a task waits for. Why an open task stands is broken into lines
and never cut; what became of one that is over stands on one line, whole behind enter."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oms_tui.domain.derive import reason_now
from oms_tui.domain.flow import FlowTask, Task, TaskState, waits_for
from oms_tui.domain.status import word
from oms_tui.screens import wording
from oms_tui.screens.flow.places import TaskKey
from oms_tui.text import cell_width
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.long_list.columns import Cell, Column

if TYPE_CHECKING:
    from oms_tui.domain.order import Order
    from oms_tui.screens.profile.page import Page
    from oms_tui.screens.profile.view import View

REASON = 24
"""Cells of the reason at least; the columns of times give way to it."""
LEAST = 10
"""Cells in which text is broken into lines; in fewer it is cut."""
MOST_REASON = 6
"""Lines of a reason in the table; of a longer one the rest is behind enter."""
NAME = 23
"""Cells of the task's name."""
ROOMY = 90
"""Cells from which tasks that all lie ahead have a row each."""
CLOCK = 8
"""Cells of a time of today: `08:12:04`."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as the table shows it: why it stands, on the row's own line and on those below it."""

    task: FlowTask
    reason: str = ""
    look: str = "muted"


def grid_of(view: "View", tasks: Iterable[FlowTask], width: int) -> Grid[TaskRow]:
    """The columns for these tasks, their times as wide as they need."""
    shown = tuple(tasks)
    started = _widest(view.seconds(task.started) for task in shown)
    ended = _widest(view.seconds(task.ended) for task in shown)
    due = _widest(_next_run(view, task) for task in shown)
    return Grid([
        Column(id="task", title="  Task", width=NAME,
               render=lambda row: wording.task_name(row.task, ascii_only=view.ascii_only)),
        Column(id="state", title="State", width=9,
               render=lambda row: Cell(word(row.task.state), wording.TASK_LOOKS[row.task.state])),
        Column(id="runs", title="Runs", width=4, align="right", priority=1,
               render=lambda row: str(row.task.cardinality)),
        Column(id="started", title="Started", width=started, priority=2,
               render=lambda row: view.seconds(row.task.started)),
        Column(id="ended", title="Ended", width=ended, priority=3,
               render=lambda row: view.seconds(row.task.ended)),
        Column(id="next", title="Next run", width=due, priority=4,
               render=lambda row: _next_run(view, row.task)),
        Column(id="reason", title="Waits for / error", width=REASON, flex=1,
               render=lambda row: Cell(row.reason, row.look)),
    ], width)  # fmt: skip


def put_task(
    page: "Page", view: "View", grid: Grid[TaskRow], task: FlowTask, flow: tuple[FlowTask, ...], key: TaskKey
) -> None:
    """A task's row, with the lines that its reason needs."""
    text, look = reason_of(view.order, task, waits_for(task, flow))
    room = grid.width_of("reason")
    if task.state is TaskState.ACTIVE and task.next_run is not None and not grid.width_of("next"):
        longer = f"{text}{', ' if text else ''}next run {view.seconds(task.next_run)}"
        if room >= LEAST and len(wrapped(longer, room)) == len(wrapped(text, room)):
            text = longer  # where that takes no line more; it is behind enter too
    first, *rest = wrapped(text, room) if task.state.is_open and text and room >= LEAST else (text,)
    page.grid_row(grid, TaskRow(task, first, look), key)
    left = " " * (grid.width - room)
    for number, line in enumerate(rest[: MOST_REASON - 1], start=2):
        is_cut = number == MOST_REASON and len(rest) >= MOST_REASON
        page.put((left, ""), (f"{line} …" if is_cut else line, look), key=key)


def put_tasks(
    page: "Page",
    view: "View",
    tasks: tuple[FlowTask, ...],
    flow: tuple[FlowTask, ...],
    *,
    shipment: str | None = None,
) -> None:
    """The table of a flow: its head, a row a task."""
    grid = grid_of(view, tasks, page.width)
    page.put(*grid.header())
    is_short = shipment is None and page.width < ROOMY and is_all_ahead(tasks)
    for task in tasks[: tasks_before_packing(tasks)] if is_short else tasks:
        put_task(page, view, grid, task, flow, TaskKey(task.task, shipment))
    if is_short:
        _put_rest(page, view, grid)


def is_all_ahead(tasks: tuple[FlowTask, ...]) -> bool:
    """Whether Packing to Delivery all lie ahead: then one row says so where room is short."""
    rest = tasks[tasks_before_packing(tasks) :]
    return len(rest) > 1 and all(task.state is TaskState.PENDING and not task.runs for task in rest)


def tasks_before_packing(tasks: tuple[FlowTask, ...]) -> int:
    """How many tasks come before Packing."""
    return next((place for place, task in enumerate(tasks) if task.task is Task.PACKING), len(tasks))


def _put_rest(page: "Page", view: "View", grid: Grid[TaskRow]) -> None:
    """Packing to Delivery in one row."""
    sign = wording.task_name(FlowTask(task=Task.PACKING, state=TaskState.PENDING), ascii_only=view.ascii_only)
    dots = "..." if view.ascii_only else "…"
    name = f"{sign.text} {dots} {word(Task.DELIVERY)}"
    pieces = [(f"{name:<{NAME}}  {word(TaskState.PENDING):<9}  {'0':>4}", "muted")]
    left = grid.width - grid.width_of("reason") - cell_width(pieces[0][0])
    page.put(*pieces, (" " * left, ""), ("per shipment", "muted"), key=TaskKey(Task.PACKING))


def reason_of(order: "Order", task: FlowTask, waits: tuple[Task, ...]) -> tuple[str, str]:
    """Why a task stands, or what became of it; and its look."""
    if error := reason_now(order, task):
        looks = {TaskState.FAILED: "problem", TaskState.ACTIVE: ""}  # waiting again is nothing to warn of
        return error, looks.get(task.state, "muted")
    if waits and task.state.is_open:
        return ", ".join(word(name) for name in waits), "muted"
    last = task.runs[-1].result if task.runs else ""
    return ("" if last == "done" else last), "muted"


def first_look(flow: tuple[FlowTask, ...]) -> Task | None:
    """The task that a person opens the flow for: one that failed, else one that holds up Pick Ticket, else
    the first that is under way; None where all is over."""
    states = {task.task: task.state for task in flow}
    failed = next((task.task for task in flow if task.state is TaskState.FAILED), None)
    if failed is not None:
        return failed
    ticket = next((task for task in flow if task.task is Task.PICK_TICKET and task.state.is_open), None)
    holding = () if ticket is None else waits_for(ticket, flow)
    active = [name for name in holding if states[name] is TaskState.ACTIVE]
    waiting = [name for name in active if name is not Task.REMORSE_PERIOD]
    under_way = [task.task for task in flow if task.state is TaskState.ACTIVE]
    return next(iter((*waiting, *active, *under_way)), None)


def _next_run(view: "View", task: FlowTask) -> str:
    is_due = task.state is TaskState.ACTIVE and task.next_run is not None
    return view.seconds(task.next_run) if is_due else ""


def _widest(texts: Iterable[str]) -> int:
    return max(CLOCK, *map(cell_width, texts), CLOCK)
