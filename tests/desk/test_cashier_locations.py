"""Money of cancelled lines that waits for the location, asked to stop, to say that it did."""

from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.desk import ask, commit
from oms_tui.desk.receiving import receive
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import Fate
from oms_tui.domain.people import LOCAL_ACTOR
from oms_tui.domain.status import LineStatus
from tests.build import NOON, line, order, shipment
from tests.desk.cashiers import P, hired, is_clean, provider, rows, settle, status_of, value_of
from tests.desk.conftest import add_person, take_in

__all__ = ["hired", "provider"]  # fixtures


def cancelled(desk, *lines):
    """An order whose pick tickets are out, cancelled: money waits for the locations."""
    shipments = tuple(shipment(number, released_at=NOON) for number in ("S-1", "S-2"))
    parts = [line(1, LineStatus.CONFIRMED, shipment="S-1"), line(2, LineStatus.CONFIRMED, shipment="S-2")]
    take_in(desk, order(*parts, shipments=shipments))
    ana = add_person(desk, "ana")
    version = value_of(desk).version
    arguments = {"reason": "duplicate"} | ({"lines": list(lines)} if lines else {})
    commit.commit(desk, ana, "order.cancel", "10427", arguments, version=version, key=uuid4().hex)


def tell(desk, kind, where, **rest):
    at = desk.clock.now()
    values = {"id": f"{kind.value}-{where}", "kind": kind, "order_id": "10427", "at": at, "shipment": where}
    (received,) = receive(desk, [Event(**(values | rest))])
    return received.fate


def test_money_goes_ahead_when_every_location_has_stopped(desk, clock, provider, hired):
    cancelled(desk)
    cashier = hired()
    settle(cashier)
    tell(desk, EventKind.PICK_CANCELLED, "S-1")
    settle(cashier)
    assert not provider.posts
    assert len(ask.order(desk, LOCAL_ACTOR, "10427").stops) == 1
    tell(desk, EventKind.PICK_CANCELLED, "S-2")
    assert ask.order(desk, LOCAL_ACTOR, "10427").stops == ()
    settle(cashier)
    assert [body["kind"] for body in provider.bodies] == ["void"]
    assert status_of(desk) is P.VOIDED
    assert is_clean(desk)


def test_money_goes_ahead_at_the_set_time_without_a_word(desk, clock, provider, hired):
    cancelled(desk)
    cashier = hired()
    clock.advance(timedelta(hours=23, minutes=59))
    settle(cashier)
    assert not provider.posts
    clock.advance(timedelta(minutes=2))
    settle(cashier)
    assert status_of(desk) is P.VOIDED


@pytest.mark.parametrize("kind", [EventKind.PACKED, EventKind.SHIPPED])
def test_money_stays_where_a_location_went_on_until_it_stops(desk, clock, provider, hired, kind):
    """It does not go ahead at the set time either; the parcel that is stopped after all lets it go."""
    cancelled(desk)
    cashier = hired()
    assert tell(desk, kind, "S-2") is Fate.PROBLEM
    tell(desk, EventKind.PICK_CANCELLED, "S-1")
    clock.advance(timedelta(days=3))
    settle(cashier)
    assert not provider.posts
    states = dict(rows(desk, "kind", "state"))
    assert states["void"] == "problem"
    said = [entry.summary for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")]
    assert any(text.startswith("S-2 was to stop: money that waits for it does not move") for text in said)
    assert is_clean(desk)
    tell(desk, EventKind.PICK_CANCELLED, "S-2")
    settle(cashier)
    assert status_of(desk) is P.VOIDED


def test_an_event_that_names_the_cancelled_lines_holds_their_money_too(desk, clock, provider, hired):
    cancelled(desk, "1:1")
    assert tell(desk, EventKind.PACKED, "", lines=((1, 0),)) is Fate.PROBLEM
    clock.advance(timedelta(days=3))
    settle(hired())
    assert not provider.posts
