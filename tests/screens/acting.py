"""What somebody else does at the same desk, and orders that tests of the working screens begin with."""

from oms_tui.clock import FixedClock
from oms_tui.desk import commit, people
from oms_tui.desk.desk import Desk
from oms_tui.domain.flow import DELIVERY_FLOW, FlowTask, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.status import LineStatus, OperationKind
from tests.build import NOON, card, charge, flow, line, operation, order, shipment
from tests.screens.conftest import Lying
from tests.screens.consoles import NOW, SETTINGS


def other_does(
    lying: Lying, verb: str, order_id: str, key: str, *, person: str = "olga", **arguments
) -> None:
    """Somebody else commits a verb from another program, on the version they find."""
    desk = Desk.open(lying.url, settings=SETTINGS, state_folder=lying.state, clock=FixedClock(NOW))
    try:
        actor = people.actor_named(desk, person)
        version = read(lying, order_id).version
        commit.commit(desk, actor, verb, order_id, arguments, version=version, key=key)
    finally:
        desk.close()


def read(lying: Lying, order_id: str) -> Order:
    """An order as the database has it."""
    from oms_tui.store import orders

    desk = Desk.open(lying.url, settings=SETTINGS, state_folder=lying.state, clock=FixedClock(NOW))
    try:
        with desk.store.read() as conn:
            found = orders.find(conn, order_id)
            assert found is not None
            return found.order
    finally:
        desk.close()


def partly_shipped(order_id: str = "10427") -> Order:
    """Two lines free, one packed, one shipped: two shipments, money captured for one of them."""
    lines = (
        line(1, LineStatus.CONFIRMED, 10000, name="Desk lamp", shipment="S-1", category="Lamps"),
        line(2, LineStatus.CONFIRMED, 2000, name="Bulb E27", quantity=4, shipment="S-1", size="E27"),
        line(3, LineStatus.PACKED, 4000, name="Shade, linen", shipment="S-2"),
        line(4, LineStatus.SHIPPED, 6000, name="Cable", shipment="S-3"),
    )
    captured = operation(2, OperationKind.CAPTURE, 6490, shipment="S-3", reference="cap-3")
    later = flow(until=8)[:8]
    parts = tuple(
        FlowTask(task=name, shipment=number, state=state)
        for number, state in (
            ("S-1", TaskState.PENDING),
            ("S-2", TaskState.ACTIVE),
            ("S-3", TaskState.COMPLETE),
        )
        for name in DELIVERY_FLOW
    )
    return order(
        *lines,
        id=order_id,
        charges=(charge(),),
        shipments=(
            shipment("S-1"),
            shipment("S-2", released_at=NOON, packed_at=NOON),
            shipment(
                "S-3", released_at=NOON, packed_at=NOON, shipped_at=NOON, carrier="DHL", tracking="JD014600",
                invoice="BER-2026-1",
            ),
        ),
        payments=(card(22490, captured, holder="Hans Müller", reference="pay-1"),),
        tasks=(*later, *parts),
    )  # fmt: skip


def free(order_id: str = "10432", **rest) -> Order:
    """An order nothing of which is packed: all of it can be cancelled."""
    lines = (
        line(1, LineStatus.ALLOCATED, 7990, name="Linen shirt, white", size="M", category="Shirts"),
        line(2, LineStatus.ALLOCATED, 10500, name="Wool scarf, grey", quantity=2, category="Scarves"),
    )
    return order(*lines, id=order_id, **rest)


def many(count: int, first: int = 20001) -> list[Order]:
    """Orders one minute apart, the first the oldest."""
    from datetime import timedelta

    return [
        free(str(first + number), created=NOON - timedelta(minutes=count - number)) for number in range(count)
    ]
