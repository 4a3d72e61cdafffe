"""How the working screens look. A change of a picture is looked at before it is taken over."""

from datetime import timedelta

import pytest

from oms_tui.domain.events import EventKind
from oms_tui.domain.order import Customer, Hold, Note
from oms_tui.domain.status import Cause, CustomerType, HoldKind, LineStatus, OperationState
from oms_tui.screens.boot import BootScreen
from oms_tui.screens.forms import VerbForm
from tests.build import NOON, line, order, shipment
from tests.screens.acting import free, other_does, partly_shipped
from tests.screens.consoles import LARGE, SMALL, TestedConsole
from tests.screens.test_events import event, hear
from tests.screens.test_payments import two_tenders
from tests.screens.test_settling import paid, take_file
from tests.screens.test_snapshots_frame import themed

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


CAUSES = {
    LineStatus.UNDELIVERED: Cause.UNDELIVERED_ADDRESS,
    LineStatus.RETURNED: Cause.RETURN_ACCEPTED,
    LineStatus.CANCELLED: Cause.CANCEL,
}


@pytest.fixture
def desk(desk_of):
    """A dozen orders of every kind, one of them with a history."""
    people = [
        ("Jana", "Novák"),
        ("Siobhán", "O'Brien"),
        ("太郎", "山田"),
        ("يوسف", "المطيري"),
        ("Hans", "Müller"),
    ]
    statuses = [
        LineStatus.PENDING_ALLOCATION, LineStatus.ALLOCATED, LineStatus.PENDING_CONFIRM, LineStatus.CONFIRMED,
        LineStatus.PACKED, LineStatus.SHIPPED, LineStatus.UNDELIVERED, LineStatus.DELIVERED,
        LineStatus.RETURNED, LineStatus.CANCELLED,
    ]  # fmt: skip
    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="three countries", placed_at=NOON, placed_by="system")
    orders = []
    for number, status in enumerate(statuses):
        first, last = people[number % len(people)]
        orders.append(
            order(
                line(1, status, 4990 + 1000 * number, name="Linen shirt, white", size="M", category="Shirts",
                     cause=CAUSES.get(status, Cause.ACCEPTED)),
                id=str(10420 - number),
                created=NOON - timedelta(hours=3 * number + 1),
                method="Express",
                holds=(hold,) if number == 1 else (),
                customer=Customer(
                    number=f"C{number}", first_name=first, last_name=last, type=CustomerType.GUEST,
                    email=f"{number}@example.com", phone="+49 30 1234567",
                ),
            )
        )  # fmt: skip
    noted = Note(number=1, at=NOON, person="olga", text="Customer rang: will be home after 17:00.", line=2)
    made = desk_of(*orders, partly_shipped(), free(notes=(noted,)))
    other_does(made, "order.claim", "10432", "c" * 16)
    other_does(made, "order.cancel", "10432", "k" * 16, person="ana", reason="duplicate", lines=["2:1"])
    return made


@pytest.fixture
def picture(snap_compare):
    """Compare the screen after going somewhere and pressing keys with the picture taken last."""

    def compare(desk, *keys, order_id="", tab="", place="", size=SMALL, theme="dark", person=1):
        app = desk.app(settings=themed(theme))

        async def work(pilot):
            console = TestedConsole(app, pilot)
            await console.until(lambda: not isinstance(app.screen, BootScreen))
            await console.until(lambda: app.desk is not None)
            await console.pick(person)
            await console.until(lambda: app.session.is_live)
            if place:
                await app.action_go(place)
            else:
                await (app.open_order(order_id, tab=tab) if order_id else app.open_orders(""))
            await console.settle()
            for key in keys:
                await console.press(key)
                if isinstance(app.screen, VerbForm):
                    await console.until(lambda: app.screen.button.is_ready)
            await console.settle()
            if not order_id and not place:
                screen = app.screen_stack[0]
                await console.until(lambda: screen.subject() is not None)
                await console.settle()

        return snap_compare(app, terminal_size=size, run_before=work)

    return compare


@SIZES
def test_snapshot_orders(picture, desk, size):
    assert picture(desk, "j", size=size)


def test_snapshot_orders_view_flow(picture, desk):
    assert picture(desk, "j", "J", "z", theme="ansi")


@SIZES
def test_snapshot_profile_items(picture, desk, size):
    assert picture(desk, "j", "enter", order_id="10432", size=size)


def test_snapshot_profile_flow(picture, desk):
    assert picture(desk, *["j"] * 8, order_id="10427", tab="flow", size=LARGE)


def test_snapshot_profile_payments(picture, desk):
    assert picture(desk, order_id="10427", tab="payments", theme="light")


def test_snapshot_profile_payments_of_two_tenders(picture, desk_of):
    assert picture(desk_of(two_tenders()), order_id="10500", tab="payments", size=LARGE, person=3)


@SIZES
def test_snapshot_shipment(picture, desk_of, size):
    assert picture(desk_of(two_tenders()), "enter", order_id="10500", tab="shipments", size=size, person=3)


def test_snapshot_profile_shipments(picture, desk):
    assert picture(desk, order_id="10427", tab="shipments", size=LARGE, theme="light")


def test_snapshot_profile_timeline(picture, desk):
    assert picture(desk, order_id="10432", tab="timeline")


@SIZES
def test_snapshot_cancel(picture, desk, size):
    assert picture(desk, "x", order_id="10427", size=size)


def test_snapshot_provide_status(picture, desk):
    assert picture(desk, "Y", order_id="10427")


def test_snapshot_columns(picture, desk):
    assert picture(desk, "|")


def test_snapshot_event_problems(picture, desk_of):
    """A parcel packed though it was cancelled, an event about no line, one with a wrong cause."""
    gone = line(
        1, LineStatus.CANCELLED, name="Linen shirt, white", shipment="S-1", quantity=2, cause=Cause.CANCEL
    )
    out = shipment(released_at=NOON)
    desk = desk_of(order(gone, line(2, shipment="S-2"), shipments=(out, shipment("S-2"))))
    hear(
        desk,
        event(EventKind.PACKED, "wh-1001"),
        event(EventKind.CONFIRMED, "wh-1002", lines=((9, 0),)),
        event(EventKind.UNDELIVERED, "dhl-77", cause="eaten"),
    )
    assert picture(desk, place="EP", person=3)


def test_snapshot_reconciliation(picture, desk_of, tmp_path):
    """The rows of a file: one is unknown here, one has another amount, one is not here at all."""
    done, unknown = OperationState.SUCCEEDED, OperationState.UNKNOWN
    desk = desk_of(paid(1, 1000, done), paid(2, 2000, unknown), paid(3, 3000, done))
    take_file(desk, tmp_path)
    assert picture(desk, "enter", place="RC", person=3)
