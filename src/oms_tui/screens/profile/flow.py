"""Tab Flow: the tasks of the order, and the shipments with their delivery flows (spec 3.3, 7).

Enter opens a task with its runs, or a delivery flow; the flow alone, with more room, is its own screen.
"""

from oms_tui.domain.derive import standing
from oms_tui.domain.flow import TaskState, order_flow
from oms_tui.domain.order import Shipment
from oms_tui.domain.positions import lines_of
from oms_tui.screens import wording
from oms_tui.screens.flow.places import ShipmentKey, TaskKey
from oms_tui.screens.flow.rows import first_look, grid_of, put_task
from oms_tui.screens.profile.holds import put_holds
from oms_tui.screens.profile.page import Page
from oms_tui.screens.profile.view import View
from oms_tui.widgets.listing import Body
from oms_tui.widgets.long_list.columns import Cell, Column


def build(view: View, width: int) -> Body:
    """The tab's body."""
    order, page = view.order, Page(width)
    flow = order_flow(order)
    grid = grid_of(view, flow, width)
    page.put(*grid.header())
    page.keep_on_top()
    for task in flow:
        put_task(page, view, grid, task, flow, TaskKey(task.task))
    put_holds(page, view)
    if order.shipments and view.may_see_flows:
        page.heading("Delivery flow")
        page.table(_columns(view), order.shipments, key=lambda shipment: ShipmentKey(shipment.number))
    elif order.shipments:
        page.blank()
        page.say("The delivery flow of each shipment is for CS and OP.")
    return page.body()


def first_stop(view: View) -> TaskKey | None:
    """The task that one opens the tab for: the one that failed or holds things up, else what is under way."""
    task = first_look(order_flow(view.order))
    return None if task is None else TaskKey(task)


def failed_count(view: View) -> int:
    """How many tasks of the order's flow failed."""
    return sum(task.state is TaskState.FAILED for task in order_flow(view.order))


def _columns(view: View) -> list[Column[Shipment]]:
    return [
        Column(id="no", title="  Shipment", width=10, render=lambda one: f"  {one.number}"),
        Column(id="status", title="Status", width=21, render=lambda one: _status(view, one)),
        Column(id="way", title="From", width=20, flex=1, render=_way),
    ]  # fmt: skip


def _status(view: View, shipment: Shipment) -> Cell:
    now = standing(lines_of(view.order, shipment.number))
    return Cell(*wording.order_status(now.status, now.fraction, ascii_only=view.ascii_only))


def _way(shipment: Shipment) -> str:
    parts = (shipment.location, shipment.method, shipment.carrier, shipment.tracking)
    return " · ".join(part for part in parts if part)
