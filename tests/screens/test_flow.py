"""The flow screens: order, delivery and item flow, one task with its runs, its menu (spec 3.3, 7)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag
from time import monotonic
from zoneinfo import ZoneInfo

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk.desk import Desk
from oms_tui.desk.workers import Worker
from oms_tui.domain.answers import FlowStanding, TimelineEntry, WorkerSeen
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Address, Hold
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.screens.flow.places import DeliveryFlow, ItemFlow, OneTask, TaskKey, WayKey
from oms_tui.screens.flow.rows import first_look
from oms_tui.screens.flow.screen import FlowScreen, open_flow
from oms_tui.screens.flow.standing import standing_piece, still_text
from oms_tui.screens.flow.states import line_states
from oms_tui.screens.flow.ways import ways_of
from oms_tui.screens.forms import VerbForm
from oms_tui.verbs import verb
from tests.build import NOON, flow, line, order, shipment
from tests.screens.acting import free, other_does, partly_shipped, read
from tests.screens.consoles import LARGE, NOW, SETTINGS, SMALL

HELD = Hold(
    number=1, kind=HoldKind.APPROVAL, reason="order above 100.00 €", placed_at=NOON, placed_by="system"
)
FRAUD = Hold(number=1, kind=HoldKind.FRAUD, reason="three countries", placed_at=NOON, placed_by="system")
SECOND = timedelta(seconds=1)
BIG = (120, 60)


def held(hold=HELD, order_id="10450", *, runs=3):
    """Everything is done but Manual Approval, which waits for a hold; S-1 is planned."""
    said = "approval: OP decides (t)" if hold is HELD else "fraud review: CS decides (f)"
    tasks = list(flow(until=7)[:7])
    kept = tuple(Run(NOON + n * SECOND, NOON + n * SECOND, said) for n in range(runs))
    tasks.append(
        FlowTask(
            task=Task.MANUAL_APPROVAL, state=TaskState.ACTIVE, error=said, runs=kept,
            next_run=NOW + timedelta(minutes=15),
        )
    )  # fmt: skip
    tasks += [
        FlowTask(task=name, shipment="S-1", state=TaskState.PENDING)
        for name in (Task.PICK_TICKET, Task.PACKING, Task.CAPTURE, Task.INVOICE, Task.SHIPMENT, Task.DELIVERY)
    ]
    return order(
        line(1, LineStatus.CONFIRMED, 20000, shipment="S-1", name="Desk lamp"),
        id=order_id, holds=(hold,), tasks=tuple(tasks), shipments=(shipment("S-1"),),
    )  # fmt: skip


async def open_at(console, order_id="10450", **rest) -> FlowScreen:
    await open_flow(console.app, order_id, **rest)
    await console.settle()
    assert isinstance(console.app.screen, FlowScreen)
    return console.app.screen


async def drawn(console):
    """Wait until the form that opens takes keys."""
    screen = console.app.screen
    await console.until(lambda: isinstance(console.app.screen, VerbForm), f"a form over {screen}")
    await console.until(lambda: monotonic() > console.app.screen.drawn_at, "drawn")


# -- the order's flow --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_it_opens_on_the_task_that_holds_it_up_with_the_whole_reason(desk_of, size):
    async with desk_of(held(FRAUD)).console(3, size=size) as console:
        screen = await open_at(console)
        assert screen.task_key == TaskKey(Task.MANUAL_APPROVAL)
        assert console.shows("Why it stands here: Pick Ticket waits for Manual Approval (fraud review).")
        assert console.shows("▷ Manual Approval Active 3 13:00:00")
        assert "CS decides (f)" in " ".join(console.text.split())
        assert console.shows("· Pick Ticket Pending 0")
        assert console.shows("runs every 15 min · no worker, nothing is due")


async def test_what_lies_ahead_has_one_row_where_room_is_short_and_all_rows_where_it_is_not(desk_of):
    desk = desk_of(held())
    async with desk.console(3) as console:
        await open_at(console)
        assert console.shows("· Packing … Delivery Pending 0")
        assert "more" not in console.text, "the whole flow is seen at 80x24"
    async with desk.console(3, size=LARGE) as console:
        await open_at(console)
        for name in ("Packing", "Capture", "Invoice", "Shipment", "Delivery"):
            assert console.shows(f"· {name} Pending 0 – –"), name
        assert console.shows("Next run"), "the wide table has the column"


async def test_the_task_under_the_cursor_stands_below_the_table_where_there_is_room(desk_of):
    async with desk_of(held(FRAUD)).console(1, size=LARGE) as console:
        screen = await open_at(console, known=(await console.app.backend.order("10450")))
        await console.until(lambda: console.shows("Waits for ✓ Fraud Check Complete"), "from the start")
        assert console.shows("cleared by f Review fraud fraud review hold: three countries")
        await console.press("j")
        assert console.shows("✓ Customer Notification Complete ✓ Remorse Period Complete")
        await console.press("tab")
        assert screen.focused is screen.pane
        await console.pilot.resize_terminal(*SMALL)
        await console.settle()
        assert not screen.pane.display


async def test_times_have_seconds_and_the_day_where_it_was_not_today(desk_of):
    yesterday = NOON - timedelta(days=1)
    run = Run(yesterday, yesterday + SECOND, "done")
    tasks = (
        FlowTask(task=Task.PAYMENT_AUTHORIZATION, state=TaskState.COMPLETE, runs=(run,)),
        *flow(until=2)[1:],
    )
    async with desk_of(order(id="10451", tasks=tasks)).console(3, size=LARGE) as console:
        await open_at(console, "10451")
        assert console.shows("Payment Authorization Complete 1 21 Nov 13:00:00 21 Nov 13:00:01")
        assert console.shows("Address Validation Complete 1 13:00:00 13:00:01")


async def test_a_long_reason_is_broken_into_lines_and_whole_behind_enter(desk_of):
    reason = " ".join(f"word{number}" for number in range(60))
    tasks = tuple(
        replace(task, error=reason) if task.task is Task.ALLOCATION else task for task in flow(until=2)
    )
    async with desk_of(order(id="10452", tasks=tasks)).console(3) as console:
        await open_at(console, "10452")
        assert console.shows("word0"), "the row begins with it"
        assert "word59" not in console.text
        await console.press("enter")
        await console.see("word59")
        assert all(f"word{number}" in console.text for number in range(60))


def test_the_first_look_is_at_what_failed_then_at_what_holds_up_picking():
    assert first_look(flow(until=8)) is Task.PICK_TICKET
    assert first_look(flow(until=2)) is Task.ALLOCATION
    waiting = tuple(
        replace(task, state=TaskState.ACTIVE) if task.task in (Task.REMORSE_PERIOD, Task.DUTIES) else task
        for task in flow(until=4)
    )
    assert first_look(waiting) is Task.DUTIES, "time alone is not what one looks for"
    failed = tuple(
        replace(task, state=TaskState.FAILED) if task.task is Task.CAPTURE else task for task in waiting
    )
    assert first_look(failed) is Task.CAPTURE
    assert first_look(flow(until=14)) is None


# -- one task ----------------------------------------------------------------------------------------------


async def test_pick_ticket_opens_on_its_dependencies_with_what_clears_them(desk_of):
    async with desk_of(held()).console(3, size=LARGE) as console:
        await open_at(console)
        await console.press("j", "enter")
        await console.see("Order 10450 · Pick Ticket")
        for name in ("Address Validation", "Duties", "Customer Notification", "Remorse Period"):
            assert console.shows(f"✓ {name} Complete"), name
        assert console.shows("▷ Manual Approval Active approval: OP decides (t)")
        assert console.shows("cleared by T Approve approval hold: order above 100.00 €")
        assert console.shows("Shipments · S-1 Pending Manual Approval")
        begins = WayKey("order.approve", TaskKey(Task.MANUAL_APPROVAL))
        assert console.app.screen.listing.cursor_key == begins, "the cursor is on what clears it"
        await console.press("enter")
        await drawn(console)
        assert console.shows("Approve · order 10450")


async def test_what_a_person_may_not_do_is_dim_with_the_reason(desk_of):
    async with desk_of(held()).console(1, size=LARGE) as console:
        await open_at(console, place=OneTask(TaskKey(Task.PICK_TICKET)))
        assert console.shows("cleared by T Approve· approval hold: order above 100.00 € for OP only")


async def test_the_cause_of_what_is_still_to_begin_is_named(desk_of):
    tasks = tuple(
        replace(task, error="no stock of LS-1 at any location") if task.task is Task.ALLOCATION else task
        for task in flow(until=2)
    )
    async with desk_of(order(line(1, LineStatus.PENDING_ALLOCATION), id="10453", tasks=tasks)).console(
        3, size=LARGE
    ) as console:
        await open_at(console, "10453", place=OneTask(TaskKey(Task.PICK_TICKET)))
        assert console.shows("· Duties Pending Allocation")
        assert console.shows("▷ Allocation Active no stock of LS-1 at any location")
        assert console.shows("cleared by T Run task now stock at a location")


async def test_the_runs_of_a_task_are_all_there_the_newest_first(desk_of):
    async with desk_of(held(runs=200)).console(3) as console:
        screen = await open_at(console)
        await console.press("enter")
        screen = console.app.screen
        assert screen.place_title() == "Order 10450  ·  Manual Approval"
        assert console.shows("200 runs")
        await console.press("G")
        assert console.shows("1 13:00:00 13:00:00 approval: OP decides (t)")
        numbers = [key.number for key in screen.listing.keys if hasattr(key, "number")]
        assert numbers == list(range(200, 0, -1))


async def test_a_summary_opens_the_delivery_flow_of_the_one_shipment_or_the_list_of_several(desk_of):
    async with desk_of(held(), partly_shipped()).console(3, size=LARGE) as console:
        await open_at(console, at=TaskKey(Task.CAPTURE))
        await console.press("enter")
        await console.see("Order 10450 · delivery flow S-1")
        assert console.app.screen.task_key == TaskKey(Task.CAPTURE, "S-1")
        await console.press("q", "q")
        await open_at(console, "10427", at=TaskKey(Task.PACKING))
        await console.press("enter")
        await console.see("Order 10427 · Packing")
        assert console.shows("Shipments · S-1 Pending Pick Ticket ▷ S-2 Active")
        stops = console.app.screen.listing.keys
        assert TaskKey(Task.PACKING, "S-2") in stops
        while console.app.screen.listing.cursor_key != TaskKey(Task.PACKING, "S-2"):
            await console.press("j")
        await console.press("enter")
        await console.see("Order 10427 · Packing S-2")


# -- delivery and item flow --------------------------------------------------------------------------------


async def test_a_delivery_flow_is_headed_by_who_pays_where_it_goes_and_the_type_of_customer(desk_of):
    elsewhere = Address(
        recipient="Eva Müller", street=("Ring 2",), city="Wien", postal_code="1010", country="AT"
    )
    value = partly_shipped()
    shipments = tuple(
        replace(one, ship_to=elsewhere) if one.number == "S-3" else one for one in value.shipments
    )
    async with desk_of(replace(value, shipments=shipments)).console(1, size=LARGE) as console:
        await open_at(console, "10427", place=DeliveryFlow("S-3"))
        assert console.shows("10427 S-3 ▶ Shipped")
        assert console.shows("Bill-To Hans Müller, Hauptstr. 1, 10115 Berlin, DE")
        assert console.shows("Ship-To Eva Müller, Ring 2, 1010 Wien, AT")
        assert console.shows("Registered")
        assert console.shows("from BER-1 · DHL · JD014600") or console.shows("DHL · JD014600")
        assert console.shows("4 Cable")
        await console.press("G", "enter")
        await console.see("Order 10427 · item flow, line 4")


async def test_an_item_flow_says_since_when_and_through_what(desk_of):
    desk = desk_of(partly_shipped())
    other_does(desk, "order.cancel", "10427", "k" * 16, person="ana", reason="duplicate", lines=["1"])
    async with desk.console(1, size=LARGE) as console:
        await open_at(console, "10427", place=ItemFlow(4))
        assert console.shows("▶ Shipped now 13:00:00")
        assert console.shows("● Delivered ahead")
        await console.press("q")
        await open_at(console, "10427", place=ItemFlow(1))
        assert console.shows("⊘ Cancelled now 13:30:00 ana")


async def test_a_new_member_reads_the_order_flow_only(desk_of):
    async with desk_of(held(FRAUD)).console(2) as console:
        await open_at(console)
        await console.press("G", "enter")
        assert console.shows("The delivery flow of each shipment is for CS and OP.")
        assert not any(isinstance(key, TaskKey) and key.shipment for key in console.app.screen.listing.keys)
        await console.press("q", "g", "enter")
        await console.see("Order 10450 · Payment Authorization")


async def test_an_order_that_is_not_there_says_so(desk_of):
    async with desk_of(held()).console(3) as console:
        await open_at(console, "99999")
        await console.see("99999")
        assert console.shows("q goes back")
        assert console.app.screen.order_id is None


# -- the menu of a task ------------------------------------------------------------------------------------


async def test_find_why_an_order_is_not_picked_and_approve_it(desk_of):
    desk = desk_of(held())
    async with desk.console(3) as console:
        await console.app.open_orders("")
        await console.settle()
        await console.press("t")
        await console.see("order flow")
        await console.press("t")
        await console.see("Approve release the holds that OP may")
        await console.press("enter")
        await drawn(console)
        await console.type("spoke to her")
        await console.until(lambda: console.app.screen.button.is_ready, "the plan")
        await console.press("f9")
        await console.until(lambda: not read(desk, "10450").open_holds(), "approved")
        await console.see("every hold is released: its next run completes it")
    assert read(desk, "10450").holds[0].released_by == "olga"


async def test_the_menu_refuses_with_the_reason_and_runs_what_it_can(desk_of):
    desk = desk_of(held())
    async with desk.console(1) as console:
        await open_at(console)
        await console.press("t")
        assert console.shows("Run task now for OP only")
        assert console.shows("Approve for OP only")
        assert console.shows("Runs 3 so far")
        await console.press("enter")
        await console.see("Order 10450 · Manual Approval")
    async with desk.console(3) as console:
        await open_at(console, at=TaskKey(Task.PICK_TICKET))
        await console.press("t")
        assert console.shows("Run task now waits for Manual Approval")
        await console.press("escape", "g", "t")
        assert console.shows("Run task now it is complete")


async def test_run_now_opens_its_form_with_the_task_filled_in(desk_of):
    desk = desk_of(held())
    async with desk.console(3) as console:
        await open_at(console)
        await console.press("t")
        await console.press("up")
        assert console.shows("Run task now one more run of Manual Approval")
        await console.press("home", "enter")
        await drawn(console)
        await console.until(lambda: console.app.screen.button.is_ready, "the plan needs nothing more")
        await console.press("f9")
        await console.until(lambda: len(_task(read(desk, "10450")).runs) == 4, "one more run")


def _task(value, name=Task.MANUAL_APPROVAL):
    return next(task for task in value.tasks if task.task is name)


# -- live, and whether flows go on -------------------------------------------------------------------------


async def test_a_run_by_a_worker_shows_and_the_cursor_stays(desk_of):
    lying = desk_of(free("10460"))
    async with lying.console(3, size=LARGE) as console:
        screen = await open_at(console, "10460", at=TaskKey(Task.CUSTOMER_NOTIFICATION))
        assert screen.task_key == TaskKey(Task.CUSTOMER_NOTIFICATION)
        assert console.shows("flows stand still since")

        def work():
            desk = Desk.open(
                lying.url, settings=SETTINGS, state_folder=lying.state, clock=FixedClock(NOW + SECOND)
            )
            try:
                Worker(desk, Flag()).run_once()
            finally:
                desk.close()

        await asyncio.to_thread(work)
        await console.see("✓ Payment Authorization Complete 1")
        assert screen.task_key == TaskKey(Task.CUSTOMER_NOTIFICATION)


async def test_changes_of_other_orders_leave_the_screen_alone(desk_of, monkeypatch):
    lying = desk_of(held(), free("10461"))
    async with lying.console(3, size=LARGE) as console:
        screen = await open_at(console)
        shown = []
        monkeypatch.setattr(screen, "_show", lambda **rest: shown.append(rest))
        number = console.app.session.change_number
        other_does(lying, "order.note", "10461", "n" * 16, text="rang")
        await console.until(lambda: console.app.session.change_number > number)
        await console.settle()
        assert shown == []
        other_does(lying, "order.note", "10450", "m" * 16, text="rang")
        await console.until(lambda: shown, "its own order changed")


def test_how_flows_go_on_in_words():
    zone, quarter = ZoneInfo("Europe/Berlin"), timedelta(minutes=15)

    def said(standing):
        return standing_piece(standing, quarter, zone, NOW)[0]

    box = WorkerSeen("box-2", NOW - timedelta(seconds=40))
    assert said(FlowStanding((box,))) == "runs every 15 min · worker on box-2, 40 s ago"
    two = (WorkerSeen("box-1", NOW - timedelta(seconds=70)), box)
    assert said(FlowStanding(two)) == "runs every 15 min · 2 workers, the last on box-2, 40 s ago"
    assert said(FlowStanding()) == "runs every 15 min · no worker, nothing is due"
    still = FlowStanding(still_since=NOW - timedelta(minutes=18), due=3)
    assert said(still) == "flows stand still since 13:12: no worker runs (oms-tui worker)"
    sample = standing_piece(still, quarter, zone, NOW, "oms-tui worker --demo")[0]
    assert sample.endswith("(oms-tui worker --demo)")
    days = FlowStanding(still_since=NOW - timedelta(days=2), due=3)
    assert "since 20 Nov 13:30:" in still_text(days, zone, NOW)
    assert said(None) == "runs every 15 min"
    assert standing_piece(None, timedelta(seconds=20), zone, NOW)[0] == "runs every 20 s"


async def test_the_dashboard_and_the_profile_say_that_flows_stand_still(desk_of):
    lying = desk_of(free("10462"))
    async with lying.console(3) as console:
        await console.see("Flows stand still since")
        await console.app.open_order("10462")
        await console.settle()
        await console.see("flows stand still since")
        desk = Desk.open(
            lying.url, settings=SETTINGS, state_folder=lying.state, clock=FixedClock(NOW + SECOND)
        )
        Worker(desk, Flag()).run_once()
        desk.close()
        await console.until(lambda: not console.shows("stand still"), "nothing is due any more")
        await console.press("q")
        await console.settle()
        await console.until(lambda: not console.shows("stand still"), "nor on the dashboard")


async def test_item_flow_is_dim_in_the_key_line_for_whom_it_is_not(desk_of):
    lying = desk_of(free("10463"))
    for person, is_dim in ((1, False), (2, True)):
        async with lying.console(person, size=LARGE) as console:
            await console.app.open_order("10463")
            await console.settle()
            hints = {hint.text: hint.is_dim for hint in console.app.screen.keys.hints}
            assert hints["item flow"] is is_dim


@pytest.mark.parametrize("kind", [None, *HoldKind])
def test_every_task_that_is_under_way_says_what_would_clear_it(kind):
    """Nothing stands without a way on, and every verb that is named exists."""
    holds = () if kind is None else (replace(HELD, kind=kind),)
    for task in flow(until=14):
        for state in (TaskState.ACTIVE, TaskState.FAILED):
            stuck = replace(task, state=state, error="why", next_run=NOW)
            value = replace(held(), holds=holds, tasks=(stuck,))
            ways = ways_of(value, stuck)
            assert ways, (kind, task.task, state)
            for way in ways:
                assert way.text
                assert not way.verb or verb(way.verb).label
        assert ways_of(held(), task) == (), "it is over"


def test_the_states_of_a_line_come_from_its_shipment_and_the_timeline():
    value = partly_shipped()
    moved = Change(ChangeKind.STATUS, "lines/1/status", "line 1 status", "Allocated", "Confirmed")
    entry = TimelineEntry(
        seq=5, at=NOW, actor="flow", origin="event", action="flow.run", summary="confirmed", changes=(moved,)
    )
    states = {one.status: one for one in line_states(value, value.line(1), (entry,))}
    assert (states[LineStatus.CONFIRMED].since, states[LineStatus.CONFIRMED].by) == (NOW, "flow")
    assert states[LineStatus.CONFIRMED].place == "now"
    assert states[LineStatus.PACKED].place == "ahead"
    assert states[LineStatus.PACKED].since is None
    assert states[LineStatus.PENDING_ALLOCATION].since == value.created
    lost = replace(value.line(4), status=LineStatus.UNDELIVERED)
    course = [one.status for one in line_states(value, lost)]
    assert course[-2:] == [LineStatus.SHIPPED, LineStatus.UNDELIVERED]
