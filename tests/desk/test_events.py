"""Events at a desk: taken once each, with version, audit entry and stock, and the flow goes on after them."""

from datetime import timedelta

import pytest

from oms_tui.clock import to_micros
from oms_tui.desk import ask, doctor, errors, events, flows
from oms_tui.desk.stock import Counted, set_stock
from oms_tui.domain.events import Event, EventImpossible, EventKind, EventTooEarly
from oms_tui.domain.people import LOCAL_ACTOR
from oms_tui.domain.status import LineStatus, OperationKind, OperationState, OrderStatus
from oms_tui.domain.world import Location
from oms_tui.store import event_cases, intents
from tests.build import NOON, eur
from tests.desk.conftest import entries
from tests.desk.test_flows import is_clean, level, new, take, value_of

K = EventKind


def tell(desk, kind, **rest):
    """An event of the order's only shipment, at this moment."""
    at = desk.clock.now()
    values = {"id": f"{kind.value} {at.isoformat()}", "kind": kind, "order_id": "10427", "at": at}
    return events.take(desk, Event(**(values | {"shipment": "S-1"} | rest)))


def line_of(desk):
    return value_of(desk).lines[0].status


def test_an_order_goes_from_shop_to_door(desk, clock):
    """The whole way, told by events and carried on by the flow in between; stock is gone in the end."""
    take(desk, new(), on_hand=10)
    flows.run_due(desk)
    tell(desk, K.ACKNOWLEDGED)
    tell(desk, K.CONFIRMED)
    clock.advance(timedelta(minutes=31))
    flows.run_due(desk)
    assert value_of(desk).shipments[0].released_at is not None
    tell(desk, K.PACKED)
    flows.run_due(desk)
    capture = next(o for o in value_of(desk).payments[0].operations if o.kind.value == "capture")
    tell(
        desk, K.CAPTURED, payment=1, amount=capture.amount, reference="cap-1", shipment="S-1",
    )  # fmt: skip
    flows.run_due(desk)
    assert value_of(desk).shipments[0].invoice == "AD-2026-000001"
    assert level(desk) == (10, 2)
    tell(desk, K.SHIPPED)
    assert level(desk) == (8, 0)
    flows.run_due(desk)
    clock.advance(timedelta(days=1))
    tell(desk, K.DELIVERED)
    flows.run_due(desk)
    page = ask.page(desk, LOCAL_ACTOR, "status:delivered")
    assert [(row.id, row.status) for row in page.rows] == [("10427", OrderStatus.DELIVERED)]
    assert not any(task.state.is_open for task in value_of(desk).tasks)
    assert flows.run_due(desk).orders == 0
    assert is_clean(desk)


def test_the_same_id_again_changes_nothing(desk):
    take(desk, new())
    flows.run_due(desk)
    event = Event(id="e-1", kind=K.CONFIRMED, order_id="10427", at=NOON, shipment="S-1")
    first, before = events.take(desk, event), entries(desk)
    assert (first.is_new, first.has_changed, first.version) == (True, True, 3)
    again = events.take(desk, event)
    assert (again.is_new, again.has_changed, again.version) == (False, False, 3)
    assert entries(desk) == before
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.actor, entry.origin, entry.action) == ("outside", "event", "event.confirmed")
    assert is_clean(desk)


def test_an_event_that_cannot_be_leaves_nothing_behind(desk):
    take(desk, new())
    flows.run_due(desk)
    before = entries(desk)
    with pytest.raises(EventTooEarly):
        tell(desk, K.SHIPPED, id="early")
    with pytest.raises(EventImpossible):
        tell(desk, K.CONFIRMED, at=NOON + timedelta(hours=1))
    with pytest.raises(errors.Missing):
        tell(desk, K.CONFIRMED, order_id="nowhere")
    assert entries(desk) == before
    assert value_of(desk).version == 2
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM event").scalar() == 0


def test_a_short_location_gives_the_line_back_and_another_one_has_it(desk):
    take(desk, new(), on_hand=10)
    milan = Location(code="MXP-1", name="Milano", country="IT")
    set_stock(desk, [Counted(location="MXP-1", sku="SKU-1", on_hand=5)], [milan], source="count")
    flows.run_due(desk)
    tell(desk, K.SHORT)
    assert line_of(desk) is LineStatus.PENDING_ALLOCATION
    assert level(desk) == (0, 0)
    assert flows.run_due(desk).changed == 1
    assert value_of(desk).lines[0].location == "MXP-1"
    assert level(desk, location="MXP-1") == (5, 2)
    assert is_clean(desk)


def test_a_customer_cancels_inside_the_remorse_period(desk, clock):
    take(desk, new())
    flows.run_due(desk)
    tell(desk, K.CANCEL_REQUESTED, cause="ordered twice", shipment="")
    value = value_of(desk)
    assert [x.status for x in value.lines] == [LineStatus.CANCELLED]
    assert "ordered twice" in value.notes[0].text
    assert level(desk) == (10, 0)
    assert value.version == 3
    assert is_clean(desk)


def test_later_a_customers_wish_is_a_note(desk, clock):
    take(desk, new())
    flows.run_due(desk)
    clock.advance(timedelta(hours=2))
    tell(desk, K.CANCEL_REQUESTED, cause="ordered twice", shipment="")
    assert line_of(desk) is LineStatus.PENDING_ACK
    assert "ordered twice" in value_of(desk).notes[0].text
    assert doctor.examine(desk).findings == ()


def test_an_authorization_keeps_its_expiry_and_one_of_a_cancelled_order_is_voided(desk, clock):
    take(desk, new(), on_hand=10)
    until = (NOON + timedelta(days=5)).isoformat()
    tell(desk, K.AUTHORIZED, reference="a9", amount=eur(1), shipment="", data={"expires_at": until})
    assert value_of(desk).payments[0].expires_at == NOON + timedelta(days=5)
    tell(desk, K.CANCEL_REQUESTED, shipment="")
    assert value_of(desk).lines[0].is_cancelled
    told = tell(desk, K.AUTHORIZED, id="a10", reference="a10", amount=eur(500), shipment="")
    assert told.has_changed
    assert told.warnings == ()
    void = value_of(desk).payments[0].operations[-1]
    assert (void.kind, void.state, void.amount) == (OperationKind.VOID, OperationState.REQUESTED, eur(500))
    with desk.store.read() as conn:
        assert event_cases.find(conn, "a10") is None
        asked = intents.next_due(conn, to_micros(clock.now()))
    assert asked is not None
    assert is_clean(desk)
