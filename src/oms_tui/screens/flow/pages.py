"""The bodies of the flow screens: an order's flow, a delivery flow, an item flow, one task."""

from collections.abc import Iterable
from dataclasses import replace

from oms_tui.domain.flow import (
    DELIVERY_FLOW,
    DEPENDENCIES,
    FlowTask,
    Run,
    TaskState,
    delivery_flow,
    order_flow,
    waits_for,
)
from oms_tui.domain.order import Line
from oms_tui.domain.status import word
from oms_tui.screens import wording
from oms_tui.screens.flow.places import (
    DeliveryFlow,
    FlowPlace,
    ItemFlow,
    LineStop,
    OneTask,
    RunKey,
    ShipmentKey,
    TaskKey,
    WayKey,
    find_task,
    parts_of,
    whole_flow,
)
from oms_tui.screens.flow.rows import put_tasks, reason_of
from oms_tui.screens.flow.sight import Sight
from oms_tui.screens.flow.states import LineState, line_states
from oms_tui.screens.flow.ways import Way, ways_of
from oms_tui.screens.profile.page import INDENT, Page, widest
from oms_tui.text import fit
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Piece, pieces_width
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column

_NAME = 23
_STATE = 11
MOST_WHAT = 3
"""Lines that the table of states gives to what a state came through."""


def body_of(sight: Sight, place: FlowPlace, width: int) -> Body:
    """What the place shows."""
    page = Page(width)
    if isinstance(place, OneTask):
        put_one_task(page, sight, place.key)
    elif isinstance(place, DeliveryFlow):
        _put_delivery(page, sight, place.shipment)
    elif isinstance(place, ItemFlow):
        _put_item(page, sight, sight.order.line(place.line))
    else:
        flow = order_flow(sight.order)
        put_tasks(page, sight, flow, flow)
    return page.body()


# -- delivery and item -------------------------------------------------------------------------------------


def _put_delivery(page: Page, sight: Sight, shipment: str) -> None:
    flow = delivery_flow(sight.order, shipment)
    put_tasks(page, sight, flow, whole_flow(sight.order, shipment), shipment=shipment)
    lines = [line for line in sight.order.lines if line.shipment == shipment]
    if lines:
        page.blank()
        page.table(_line_columns(sight), lines, key=lambda line: LineStop(line.number))


def _line_columns(sight: Sight) -> list[Column[Line]]:
    return [
        Column(id="no", title="", width=3, align="right", render=lambda line: str(line.number)),
        Column(id="item", title="Item", width=20, flex=1, render=lambda line: line.name or line.sku),
        Column(id="qty", title="Qty", width=4, align="right", render=lambda line: str(line.quantity)),
        Column(id="status", title="Status", width=20,
               render=lambda line: wording.line_status(line.status, ascii_only=sight.ascii_only)),
    ]  # fmt: skip


def _put_item(page: Page, sight: Sight, line: Line) -> None:
    states = line_states(sight.order, line, sight.timeline or ())
    grid = Grid(_state_columns(sight, states), page.width)
    page.put(*grid.header())
    for state in states:
        room = grid.width_of("what")
        first, *rest = wrapped(state.what, room) if room else ("",)
        page.grid_row(grid, replace(state, what=first), None)
        for line_of_it in rest[: MOST_WHAT - 1]:
            page.put((" " * (grid.width - room), ""), (line_of_it, "muted"))
    if line.shipment is None:
        page.blank()
        page.say("No shipment is planned for it yet: Allocation does that." if not line.is_cancelled
                 else "It is in no shipment.")  # fmt: skip
    else:
        page.heading(f"Shipment {line.shipment}", key=ShipmentKey(line.shipment))
        flow = delivery_flow(sight.order, line.shipment)
        put_tasks(page, sight, flow, whole_flow(sight.order, line.shipment), shipment=line.shipment)


def _state_columns(sight: Sight, states: tuple[LineState, ...]) -> list[Column[LineState]]:
    since = widest((sight.seconds(state.since) for state in states), 8, 20)
    by = widest((state.by for state in states), 5, 16)
    return [
        Column(id="state", title="State", width=21, render=lambda state: _line_state(sight, state)),
        Column(id="place", title="", width=6, render=lambda state: Cell(state.place, "muted")),
        Column(id="since", title="Since", width=since,
               render=lambda state: "" if state.since is None else sight.seconds(state.since)),
        Column(id="by", title="By", width=by, render=lambda state: Cell(state.by, "muted")),
        Column(id="what", title="Through", width=12, flex=1, render=lambda state: Cell(state.what, "muted")),
    ]  # fmt: skip


def _line_state(sight: Sight, state: LineState) -> Cell:
    cell = wording.line_status(state.status, ascii_only=sight.ascii_only)
    looks = {"now": cell.look, "passed": ""}
    return Cell(cell.text, looks.get(state.place, "muted"))


# -- one task ----------------------------------------------------------------------------------------------


def put_one_task(page: Page, sight: Sight, key: TaskKey) -> None:
    """What it waits for and what would clear that, the shipments it sums up, its runs, the newest first."""
    task = find_task(sight.order, key)
    if task is None:
        page.say(f"The order has no task {key.name} any more.")
        return
    _put_dependencies(page, sight, task)
    _put_parts(page, sight, key)
    if not parts_of(sight.order, key):
        _put_ways(page, sight, ways_of(sight.order, task), key)
    _put_runs(page, sight, task)


def _put_dependencies(page: Page, sight: Sight, task: FlowTask) -> None:
    flow = whole_flow(sight.order, task.shipment)
    found = dependencies_of(task, flow)
    page.heading("Waits for")
    if not found:
        page.put((" " * INDENT, ""), ("no other task", "muted"))
    for other in found:
        shipment = task.shipment if other.task in DELIVERY_FLOW else None
        _put_named(page, sight, other, TaskKey(other.task, shipment), word(other.task), flow)


def nearest_way(sight: Sight, key: TaskKey) -> TaskKey | WayKey | None:
    """The first thing that is in the way of a task: the verb that clears it if the person may do it, else the
    task that it waits for."""
    task = find_task(sight.order, key)
    flow = whole_flow(sight.order, key.shipment)
    for other in () if task is None else dependencies_of(task, flow):
        if other.state in (TaskState.ACTIVE, TaskState.FAILED):
            about = TaskKey(other.task, key.shipment if other.task in DELIVERY_FLOW else None)
            verbs = [way.verb for way in ways_of(sight.order, other) if way.verb]
            may = next((verb for verb in verbs if not sight.note_of(verb).refusal), None)
            return about if may is None else WayKey(may, about)
    return None


def dependencies_of(task: FlowTask, flow: tuple[FlowTask, ...]) -> tuple[FlowTask, ...]:
    """What it waits for; behind those that are still to begin what these wait for, so that the cause of all
    of it is there."""
    by_name = {other.task: other for other in flow}
    found = [by_name[name] for name in DEPENDENCIES.get(task.task, ()) if name in by_name]
    for other in found:
        if other.state is TaskState.PENDING:
            found += [by_name[name] for name in waits_for(other, flow) if by_name[name] not in found]
    return tuple(found)


def _put_parts(page: Page, sight: Sight, key: TaskKey) -> None:
    """The tasks of the shipments that it sums up."""
    parts = parts_of(sight.order, key)
    if not sight.may_see_flows and key.task in DELIVERY_FLOW and sight.order.shipments:
        page.blank()
        page.say("The delivery flow of each shipment is for CS and OP.")
    if not parts:
        return
    page.heading("Shipments")
    for part in parts:
        flow = whole_flow(sight.order, part.shipment)
        _put_named(page, sight, part, TaskKey(part.task, part.shipment), part.shipment or "", flow)


def _put_named(
    page: Page, sight: Sight, task: FlowTask, key: TaskKey, name: str, flow: tuple[FlowTask, ...]
) -> None:
    """A task on a line with its state and why it stands, below it what would clear it."""
    shown = wording.task_name(task, ascii_only=sight.ascii_only)
    sign, look = shown.text[:1], shown.look
    text, reason_look = reason_of(sight.order, task, waits_for(task, flow))
    left = [(fit(f"{sign} {name}", _NAME), look), ("  ", ""), (fit(word(task.state), _STATE), look)]
    room = max(10, page.width - _NAME - 2 - _STATE)
    for number, line in enumerate(wrapped(text, room)):
        start = left if number == 0 else [(" " * (page.width - room), "")]
        page.put(*start, (line, reason_look), key=key)
    _put_ways(page, sight, ways_of(sight.order, task), key)


def _put_ways(page: Page, sight: Sight, ways: Iterable[Way], about: TaskKey) -> None:
    """What would clear it: the verb with its key, or who else; and why not, where the person cannot."""
    label = "cleared by  "
    left = INDENT + len(label)
    for way in ways:
        note = sight.note_of(way.verb) if way.verb else None
        named: list[Piece] = []
        if note is not None:
            look = "muted" if note.refusal else ""
            named = [(note.key, look or "key"), (f" {note.label}{'·' if note.refusal else ''}  ", look)]
        stop = WayKey(way.verb, about) if way.verb else None
        texts = wrapped(way.text, max(10, page.width - left - pieces_width(named)))
        page.put((" " * INDENT, ""), (label, "muted"), *named, (texts[0], ""), key=stop)
        refused = wrapped(note.refusal, max(10, page.width - left)) if note and note.refusal else ()
        for line in texts[1:]:
            page.put((" " * (left + pieces_width(named)), ""), (line, ""), key=stop)
        for line in refused:
            page.put((" " * left, ""), (line, "muted"), key=stop)
        label = " " * len(label)


def _put_runs(page: Page, sight: Sight, task: FlowTask) -> None:
    page.heading("Runs", (str(task.cardinality), "muted"))
    if not task.runs:
        page.put((" " * INDENT, ""), ("no run yet", "muted"))
        return
    starts = widest((sight.seconds(run.start) for run in task.runs), 8, 20)
    ends = widest((sight.seconds(run.end) for run in task.runs), 8, 20)
    left = INDENT + 2 + starts + 2 + ends + 2
    page.put((f"{'No':>{INDENT}}  {'Started':<{starts}}  {'Ended':<{ends}}  Result", "muted"))
    for number in range(len(task.runs), 0, -1):
        _put_run(page, sight, task.runs[number - 1], number, (starts, ends, left))


def _put_run(page: Page, sight: Sight, run: Run, number: int, widths: tuple[int, int, int]) -> None:
    starts, ends, left = widths
    first, *rest = wrapped(run.result, max(10, page.width - left))
    times = f"{number:>{INDENT}}  {sight.seconds(run.start):<{starts}}  {sight.seconds(run.end):<{ends}}  "
    page.put((times, ""), (first, ""), key=RunKey(number))
    for line in rest:
        page.put((" " * left, ""), (line, ""), key=RunKey(number))
