"""What people settle of an order's money is kept, and everything that is stored says the same (M7, M9)."""

from uuid import uuid4

import pytest

from oms_tui.desk import ask, commit, events
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.operations import balance
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import LineStatus, OperationKind, PaymentStatus
from oms_tui.domain.totals import order_total
from tests.build import NOON, card, eur, line, operation, order, shipment
from tests.desk.conftest import add_person, take_in
from tests.desk.test_flows import is_clean, value_of


@pytest.fixture
def olga(desk):
    return add_person(desk, "olga", Role.OP, Role.CS)


def do(desk, person, name, **arguments):
    version = value_of(desk).version
    return commit.commit(desk, person, name, "10427", arguments, version=version, key=uuid4().hex)


def left(desk, *operations):
    """A parcel of 10.00 that left, with its invoice."""
    take_in(
        desk,
        order(
            line(1, LineStatus.SHIPPED, 1000, shipment="S-1"),
            shipments=(shipment("S-1", shipped_at=NOON, invoice="X-1"),),
            payments=(card(1000, *operations),),
        ),
    )


def test_a_payment_made_elsewhere_is_a_tender_of_its_own(desk, olga):
    left(desk, operation(2, OperationKind.VOID, 1000))
    done = do(
        desk, olga, "order.record-payment", tender="cash", reference="till-7", paid="2026-11-22", note="till"
    )
    assert done.summary == "Recorded 10.00 € for S-1 as paid by cash on 2026-11-22: till-7 (till)"
    value = value_of(desk)
    assert [balance(one).captured for one in value.payments] == [0, 1000]
    assert "10427" in str(ask.search_orders(desk, olga, "TILL-7"))
    assert ask.timeline(desk, LOCAL_ACTOR, "10427")[0].summary == done.summary
    assert is_clean(desk)


def test_a_credit_note_that_is_reversed_leaves_everything_as_it_was(desk, olga):
    left(desk, operation(2, OperationKind.CAPTURE, 1000, shipment="S-1"))
    do(desk, olga, "order.price", lines=["1"], reason="late", amount="1.00")
    failed = Event(
        id="e1", kind=EventKind.REFUND_FAILED, order_id="10427", at=NOON, payment=1, reference="r1"
    )
    events.take(desk, failed)
    assert is_clean(desk)
    do(desk, olga, "order.reverse-credit-note", reason="issued by mistake")
    value = value_of(desk)
    assert order_total(value) == eur(1000)
    assert [one.kind for one in value.documents[1:]] == [DocumentKind.CREDIT_NOTE, DocumentKind.REVERSAL]
    assert [one.reason for one in value.adjustments] == ["late", "credit note reversed"]
    assert ask.order(desk, LOCAL_ACTOR, "10427").payment_status is PaymentStatus.CAPTURED
    assert is_clean(desk)
