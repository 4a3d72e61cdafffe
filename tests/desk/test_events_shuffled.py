"""Events of one order in any order, twice and late: the end is as in order, or a problem; nothing double."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms_tui.clock import FixedClock
from oms_tui.desk import doctor, flows, receiving
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import CaseState
from oms_tui.domain.payment import order_balance
from oms_tui.domain.status import LineStatus
from oms_tui.store import event_cases
from tests.build import NOON, eur
from tests.desk.conftest import Place
from tests.desk.test_flows import level, new, take, value_of
from tests.support import scaled

K = EventKind
TOTAL = 1000
STORY = (K.ACKNOWLEDGED, K.CONFIRMED, K.PACKED, K.CAPTURED, K.SHIPPED, K.DELIVERED)


def told(kind, number):
    """An event of the story, with its own time in the story's order."""
    values = {"id": f"{number}-{kind.value}", "kind": kind, "order_id": "10427", "shipment": "S-1"}
    values["at"] = NOON + timedelta(hours=1, seconds=number)
    if kind is K.CAPTURED:
        values |= {"payment": 1, "amount": eur(TOTAL), "reference": "cap-1"}
    return Event(**values)


EVENTS = tuple(told(kind, number) for number, kind in enumerate(STORY))


@st.composite
def deliveries(draw):
    """Every event at least once, some twice, in any order, in batches of any size."""
    arriving = draw(st.permutations([*EVENTS, *draw(st.lists(st.sampled_from(EVENTS), max_size=4))]))
    batches = []
    while arriving:
        size = draw(st.integers(1, len(arriving)))
        batches.append(arriving[:size])
        arriving = arriving[size:]
    return batches


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A desk with an order that was told to its location, as a file to be copied."""
    place = Place(tmp_path_factory.mktemp("begun"), FixedClock(NOON))
    desk = place.open()
    take(desk, new())
    flows.run_due(desk)
    place.close()
    return place


def copied(begun, folder):
    import shutil

    place = Place(folder, FixedClock(NOON + timedelta(hours=2)))
    shutil.copy(begun.path, place.path)
    shutil.copytree(begun.state, place.state)
    return place


@settings(
    max_examples=scaled(2_000, 6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=deliveries())
def test_whatever_the_order_of_arrival_the_end_is_the_same(begun, tmp_path_factory, batches):
    place = copied(begun, tmp_path_factory.mktemp("shuffled"))
    desk = place.open()
    for batch in batches:
        receiving.receive(desk, batch)
        flows.run_due(desk)
        while receiving.try_waiting(desk).taken:
            flows.run_due(desk)
    with desk.store.read() as conn:
        waiting = event_cases.page(conn, CaseState.WAITING, 100)
        problems = [stored.case for stored in event_cases.page(conn, CaseState.PROBLEM, 100)]
        taken = conn.exec_driver_sql("SELECT count(*) FROM event").scalar()
    value = value_of(desk)
    refused = [case for case in problems if not case.is_taken]
    assert waiting == []
    assert taken + len(refused) == len(EVENTS)
    assert {case.event.kind for case in refused} <= {K.CAPTURED}, [case.reason for case in refused]
    assert [line.status for line in value.lines] == [LineStatus.DELIVERED]
    assert [line.quantity for line in value.lines] == [2]
    assert order_balance(value).captured in (0, TOTAL)
    assert (order_balance(value).captured == 0) == bool(refused)
    assert level(desk) == (8, 0)
    assert doctor.examine(desk).findings == ()
    place.close()
