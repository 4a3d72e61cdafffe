"""How the flow screens look. A change of a picture is looked at before it is taken over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.domain.flow import Run, Task, TaskState
from oms_tui.screens.boot import BootScreen
from oms_tui.screens.flow.places import DeliveryFlow, ItemFlow, OneTask, OrderFlow, TaskKey
from oms_tui.screens.flow.screen import open_flow
from tests.build import NOON
from tests.screens.acting import other_does, partly_shipped
from tests.screens.consoles import LARGE, SMALL, TestedConsole
from tests.screens.test_flow import FRAUD, held
from tests.screens.test_snapshots_frame import themed

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
YESTERDAY = NOON - timedelta(days=1)
ORDER = OrderFlow()


def failed():
    """An order some tasks of which ran yesterday and one of which failed with a great deal to say."""
    value = held(FRAUD, "10470", runs=40)
    error = "declined: do not honour, 412.50 € of the total is not authorized; the card expired"
    runs = (Run(YESTERDAY, YESTERDAY + timedelta(seconds=2), "the provider has not answered for 412.50 €"),)

    def put(task):
        if task.task is Task.PAYMENT_AUTHORIZATION:
            return replace(task, state=TaskState.FAILED, error=error, runs=(*runs, Run(NOON, NOON, error)))
        if task.task is Task.DUTIES:
            return replace(task, state=TaskState.SKIPPED, runs=(Run(YESTERDAY, YESTERDAY, "inside the EU"),))
        return task

    return replace(value, tasks=tuple(map(put, value.tasks)))


@pytest.fixture
def picture(snap_compare, desk_of):
    """Compare a flow screen after pressing keys with the picture taken last."""

    def compare(order_id, place=ORDER, *keys, size=SMALL, theme="dark", person=3):
        desk = desk_of(held(FRAUD), failed(), partly_shipped())
        other_does(desk, "order.cancel", "10427", "k" * 16, person="ana", reason="duplicate", lines=["1"])
        app = desk.app(settings=themed(theme))

        async def work(pilot):
            console = TestedConsole(app, pilot)
            await console.until(lambda: not isinstance(app.screen, BootScreen))
            await console.until(lambda: app.desk is not None)
            await console.pick(person)
            await console.until(lambda: app.session.is_live)
            await open_flow(app, order_id, place)
            await console.settle()
            await console.press(*keys)

        return snap_compare(app, terminal_size=size, run_before=work)

    return compare


@SIZES
def test_snapshot_order_flow(picture, size):
    assert picture("10450", size=size, person=1)


@SIZES
def test_snapshot_order_flow_that_failed(picture, size):
    assert picture("10470", size=size, theme="light")


@SIZES
def test_snapshot_pick_ticket(picture, size):
    assert picture("10450", OneTask(TaskKey(Task.PICK_TICKET)), size=size)


@SIZES
def test_snapshot_runs(picture, size):
    assert picture("10470", OneTask(TaskKey(Task.MANUAL_APPROVAL)), "G", size=size)


@SIZES
def test_snapshot_delivery_flow(picture, size):
    assert picture("10427", DeliveryFlow("S-3"), size=size)


@SIZES
def test_snapshot_item_flow(picture, size):
    assert picture("10427", ItemFlow(1), size=size, theme="ansi")


@SIZES
def test_snapshot_menu(picture, size):
    assert picture("10450", ORDER, "t", size=size)
