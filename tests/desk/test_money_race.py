"""Many people press Mark as paid on one payment: one capture each time, clear refusals for others (C3)."""

from collections import Counter
from threading import Barrier, BrokenBarrierError, Thread
from uuid import uuid4

import pytest

from oms_tui.desk import ask, commit, doctor, errors
from oms_tui.desk.desk import Desk
from oms_tui.domain.operations import balance
from oms_tui.domain.people import LOCAL_ACTOR, Role
from oms_tui.domain.status import LineStatus, OperationKind, OperationState
from oms_tui.store import orders as stored_orders
from oms_tui.store.errors import DatabaseBusy
from tests.build import NOON, card, line, operation, order, shipment
from tests.desk.conftest import SETTINGS, add_person, entries, take_in
from tests.support import IS_RELEASE, scaled

CLIENTS = 64 if IS_RELEASE else 12
ROUNDS = scaled(1_000, at_least=3)
"""Invariant C3."""
SHARDS = 10 if IS_RELEASE else 1
"""Runs of their own, each of a few minutes at the most: several workers share them."""
PATIENCE = 3_600.0
MARK_PAID = "order.mark-paid"


def due(order_id, number):
    """A parcel that left and was not paid for; in every second order its capture has no answer."""
    asked = operation(2, OperationKind.CAPTURE, 1000, state=OperationState.UNKNOWN, shipment="S-1")
    return order(
        line(1, LineStatus.SHIPPED, 1000, shipment="S-1"),
        id=order_id,
        shipments=(shipment("S-1", shipped_at=NOON),),
        payments=(card(5000, *([asked] if number % 2 else [])),),
    )


class Client(Thread):
    """A console of its own that presses the key on every order, and again until it is told why not."""

    def __init__(self, place, person, number, ids, ready):
        super().__init__(daemon=True)
        self.place, self.person, self.number, self.ids, self.ready = place, person, number, ids, ready
        self.told: Counter[str] = Counter()
        self.fault = None

    def run(self):
        place = self.place
        desk = Desk.open(place.url, settings=SETTINGS, state_folder=place.state, clock=place.clock)
        try:
            for order_id in self.ids:
                self.ready.wait(PATIENCE)
                self.press(desk, order_id)
        except BrokenBarrierError:
            pass  # the fault is another's
        except Exception as fault:
            self.fault = fault
            self.ready.abort()
        finally:
            desk.close()

    def press(self, desk, order_id):
        """Some have the same statement before them, others another one."""
        arguments = {"reference": f"{order_id}-{self.number % 3}", "captured": "today", "note": "statement"}
        version = 1
        while True:
            try:
                commit.commit(
                    desk, self.person, MARK_PAID, order_id, arguments, version=version, key=uuid4().hex
                )
            except errors.StaleVersion:
                self.told["stale"] += 1
                version = self.version(desk, order_id)
            except DatabaseBusy:
                self.told["busy"] += 1
            except errors.StateRefuses as refused:
                self.told["refused" if "Nothing is due" in str(refused) else str(refused)] += 1
                return
            else:
                self.told["done"] += 1
                return

    def version(self, desk, order_id):
        with desk.store.read() as conn:
            found = stored_orders.find(conn, order_id)
        assert found is not None
        return found.order.version


def is_captured_once(value):
    """The authorization and one capture of what was due, none in the air."""
    (payment,) = value.payments
    assert balance(payment).captured == 1000
    assert balance(payment).pending_capture == 0
    assert sum(one.state is OperationState.SUCCEEDED for one in payment.operations) == 2


@pytest.mark.parametrize("shard", range(SHARDS))
def test_however_many_press_it_there_is_one_capture(place, shard):
    """64 clients, 1,000 rounds at the whole figure."""
    count = CLIENTS
    rounds = ROUNDS // SHARDS
    desk = place.open()
    people = [add_person(desk, f"person-{number}", Role.OP) for number in range(4)]
    ids = [f"P{number}" for number in range(rounds)]
    take_in(desk, *(due(order_id, number) for number, order_id in enumerate(ids)))
    before, ready = entries(desk), Barrier(count)
    clients = [Client(place, people[n % 4], n, ids, ready) for n in range(count)]
    for client in clients:
        client.start()
    for client in clients:
        client.join(PATIENCE)
    assert [client.fault for client in clients if client.fault is not None] == []
    told = sum((client.told for client in clients), Counter())
    assert told["done"] == rounds
    assert told["refused"] == rounds * (count - 1)
    assert entries(desk) == before + rounds
    for order_id in ids:
        is_captured_once(ask.order(desk, LOCAL_ACTOR, order_id).order)
    assert doctor.examine(desk).findings == ()
    print(f"{rounds:,} rounds of {count} clients: {dict(told)}")


def test_a_reference_is_used_once_over_all_orders(place):
    """The index answers; case and blanks do not make another reference of it."""
    desk = place.open()
    olga = add_person(desk, "olga", Role.OP)
    take_in(desk, due("P1", 0), due("P2", 0))

    def mark(order_id, reference):
        arguments = {"reference": reference, "captured": "today", "note": "statement"}
        return commit.commit(desk, olga, MARK_PAID, order_id, arguments, version=1, key=uuid4().hex)

    mark("P1", "pi_1")
    with pytest.raises(errors.BadInput, match="PI_1 was used before, on order P1"):
        mark("P2", " PI_1 ")
    assert mark("P2", "pi_2").version == 2
    with desk.store.read() as conn:
        plan = conn.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT order_pk FROM payment_operation "
            "WHERE reference_key = 'x' AND reference_key <> ''"
        ).all()
    assert "operation_reference" in str(plan)
