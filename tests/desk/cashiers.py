"""Cashiers at a desk beside a payment provider of the tests, and orders that ask for something."""

import time
from dataclasses import replace

import pytest

from oms_tui.config import ProviderSettings
from oms_tui.desk import ask, doctor, events
from oms_tui.desk.cashier import Cashier
from oms_tui.desk.effects import write_effect
from oms_tui.desk.subjects import find_order
from oms_tui.desk.writing import writing
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.people import FLOW_ACTOR, LOCAL_ACTOR
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.status import OperationKind, OperationState, PaymentStatus
from oms_tui.outside.provider import HttpProvider
from tests.build import card, eur, line, operation, order, shipment
from tests.desk.conftest import take_in
from tests.desk.stub_provider import StubProvider, serving

K, ST, P = OperationKind, OperationState, PaymentStatus


@pytest.fixture
def provider():
    with serving(StubProvider()) as provider:
        yield provider


@pytest.fixture
def hired(desk, provider):
    """A way to have somebody ask at a desk; everybody is let go in the end."""
    ways = []

    def hire(at=desk, **settings):
        at.provider = ProviderSettings(**({"url": provider.url, "timeout_seconds": 1} | settings))
        ways.append(HttpProvider(at.provider))
        return Cashier(at, ways[-1])

    yield hire
    for way in ways:
        way.close()


def asked_for(desk, kind=K.CAPTURE, minor=1000, order_id="10427", *, wants=None, **rest):
    """An order that asks for this of its only payment, as the flow or a verb leaves it."""
    paid = card(minor, *([] if kind is not K.REFUND else [operation(2, K.CAPTURE, minor, reference="cap-0")]))
    value = order(
        line(1, minor=minor, shipment="S-1"), id=order_id, payments=(paid,), shipments=(shipment(),)
    )
    take_in(desk, value)
    request(desk, kind, minor, order_id, **rest)


def request(desk, kind, minor, order_id="10427", **rest):
    """One more thing asked of the order's first payment; the number of its row."""
    with writing(desk) as work:
        stored = find_order(work.conn, order_id)
        paid = stored.order.payments[0]
        number = max(one.number for one in paid.operations) + 1
        where = "S-1" if kind is K.CAPTURE else None
        row = operation(number, kind, minor, state=ST.REQUESTED, at=work.now, shipment=where)
        intent = Intent(
            kind=kind.value, payment=1, operation=number, shipment=where, amount=eur(minor), **rest
        )
        paid = replace(paid, operations=(*paid.operations, row))
        outcome = Outcome(order=replace(stored.order, payments=(paid,)), intents=(intent,))
        after = write_effect(work, stored, outcome)
        work.log(FLOW_ACTOR, "flow.run", "asked", subject=order_id, order_pk=stored.pk, version=after.version)
    return number


def settle(*cashiers, seconds=10.0):
    """Let them work until there is nothing to do at this moment."""
    end = time.monotonic() + seconds
    while any([cashier.work() or cashier.is_busy for cashier in cashiers]):
        assert time.monotonic() < end
        time.sleep(0.001)


def value_of(desk, order_id="10427"):
    return ask.order(desk, LOCAL_ACTOR, order_id).order


def status_of(desk, order_id="10427"):
    return order_payment_status(value_of(desk, order_id))


def rows(desk, *names):
    with desk.store.read() as conn:
        found = conn.exec_driver_sql(f"SELECT {', '.join(names)} FROM outbox_intent ORDER BY pk")  # noqa: S608
        return [tuple(row) for row in found]


def is_clean(desk):
    return doctor.examine(desk).findings == ()


def captured(desk, **rest):
    """The provider's word by another way: an event."""
    at = desk.clock.now()
    values = {"id": f"e-{rest}", "kind": EventKind.CAPTURED, "order_id": "10427", "at": at, "payment": 1}
    return events.take(desk, Event(**(values | {"shipment": "S-1"} | rest)))
