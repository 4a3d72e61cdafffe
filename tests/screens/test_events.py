"""Event problems (EP): seen with their fields and the order's state, and worked off by key."""

from datetime import timedelta

import pytest

from oms_tui.desk import receiving
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import CaseState
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.screens.events.screen import EventsScreen
from oms_tui.store import event_cases
from tests.build import NOON, eur, line, order, shipment
from tests.screens.consoles import LARGE, NOW

K = EventKind
EVIL = "[/]\x1b[2J[@click=app.quit]x"


def hear(lying, *events):
    desk = lying.open()
    desk.clock.now = lambda: NOW
    receiving.receive(desk, events)
    desk.close()


def event(kind, id_, **rest):
    values = {
        "id": id_,
        "kind": kind,
        "order_id": "10427",
        "at": NOW - timedelta(minutes=1),
        "shipment": "S-1",
    }
    return Event(**(values | rest))


def cases(lying, state):
    desk = lying.open()
    with desk.store.read() as conn:
        found = [stored.case for stored in event_cases.page(conn, state, 100)]
    desk.close()
    return found


@pytest.fixture
def lying(desk_of):
    """A cancelled parcel that was packed all the same, and two events that cannot be."""
    out = shipment(released_at=NOON)
    gone = line(1, LineStatus.CANCELLED, shipment="S-1", quantity=2, cause=Cause.CANCEL)
    lying = desk_of(order(gone, line(2, shipment="S-2"), shipments=(out, shipment("S-2"))))
    hear(
        lying,
        event(K.PACKED, "1-wh"),
        event(K.CONFIRMED, "2-wh", lines=((9, 0),)),
        event(K.DISPUTED, "3-psp", order_id="nowhere", cause=EVIL),
        event(K.UNDELIVERED, "4-dhl", cause="eaten"),
    )
    return lying


async def test_problems_are_reached_from_the_dashboard_and_settled(lying):
    async with lying.console(3) as console:
        await console.see("Event problems 3")
        await console.press(":")
        await console.type("EP")
        await console.press("enter")
        assert isinstance(console.app.screen, EventsScreen)
        await console.see("Everything in shipment S-1 is cancelled")
        await console.see("shipment S-1, line 1 Cancelled")
        await console.see("Replay, Park, Stop the parcel, Ship anyway")
        await console.press("down", "S")
        assert "It is about no parcel" in console.told[-1]
        await console.press("P")
        await console.see("Park: Confirmed 2-wh")
        await console.press("f9")
        await console.see("A note is needed")
        await console.type("wrong shop")
        await console.press("enter")
        assert [case.event.id for case in cases(lying, CaseState.PARKED)] == []
        await console.press("f9")
        await console.until(lambda: cases(lying, CaseState.PARKED), "parked")
        assert console.told[-1] == "Parked Confirmed 2-wh: wrong shop"
        await console.press("g", "A")
        await console.see("10.00 € of what was cancelled is due again")
        await console.type("the customer takes it")
        await console.press("f9")
        await console.until(lambda: len(cases(lying, CaseState.PROBLEM)) == 1, "let go")
        await console.press("4")
        await console.see("olga: wrong shop")
        await console.press("2")
        await console.see("There is no order nowhere yet.")
        assert "\x1b" not in console.text
        assert "[/]" in console.text
        await console.press("enter")
        assert "There is no order nowhere yet" in console.told[-1]


async def test_marked_events_are_replayed_together_and_each_says_what_came_of_it(lying):
    async with lying.console(3, size=LARGE) as console:
        await console.app.action_go("EP")
        await console.settle()
        await console.press("J", "J")
        await console.see("2 marked")
        await console.press("S")
        assert "One event at a time" in console.told[-1]
        await console.press("R")
        await console.see("Replay 2 events")
        await console.press("f9")
        await console.see("0 of 2 done")
        await console.see("Still not taken: There is no line 9 in it.")
        await console.press("escape", "escape")
        assert console.app.screen.listing.marks == frozenset()
        await console.press("O")
        await console.see("PR Order 10427")


async def test_event_problems_are_for_op_alone(lying):
    async with lying.console(1) as console:
        await console.app.action_go("EP")
        assert console.told[-1] == "Event problems are for OP"
        assert not isinstance(console.app.screen, EventsScreen)


async def test_money_that_nobody_asked_for_is_taken_as_a_fact(desk_of):
    """At 80x24 the key line names the way."""
    value = order(line(1, LineStatus.SHIPPED, shipment="S-1"), shipments=(shipment(shipped_at=NOON),))
    lying = desk_of(value)
    hear(lying, event(K.CAPTURED, "psp-1", reference="c9", amount=eur(2500)))
    async with lying.console(3) as console:
        await console.app.action_go("EP")
        await console.see("Replay, Park, Take as a fact")
        await console.see("T take")
        await console.press("T")
        await console.see("none moves by that")
        await console.type("psp-9 says so")
        await console.press("f9")
        await console.until(lambda: not cases(lying, CaseState.PROBLEM), "taken")
        assert "15.00 € is to go back" in console.told[-1]
