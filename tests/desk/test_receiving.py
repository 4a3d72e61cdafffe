"""Receiving events: taken, known, waiting, kept, a problem, refused; none is lost, none is taken twice."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.desk import ask, doctor, flows, receiving
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.events.cases import CaseState, Fate
from oms_tui.domain.people import LOCAL_ACTOR
from oms_tui.domain.status import LineStatus
from oms_tui.store import event_cases, facts
from oms_tui.store import events as stored_events
from oms_tui.store.errors import RuleBroken
from tests.build import NOON
from tests.desk.conftest import entries
from tests.desk.test_flows import is_clean, new, take, value_of

K = EventKind


def event(desk, kind, **rest):
    """An event of the order's only shipment, at this moment."""
    values = {"id": kind.value, "kind": kind, "order_id": "10427", "at": desk.clock.now(), "shipment": "S-1"}
    return Event(**(values | rest))


def hear(desk, *events):
    """Receive them; what became of each."""
    return [done.fate for done in receiving.receive(desk, events)]


def cases(desk, state):
    with desk.store.read() as conn:
        return [stored.case for stored in event_cases.page(conn, state, 100)]


def counters(desk):
    with desk.store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT name, value FROM counter WHERE name LIKE 'event:%' AND value <> 0"
        )
        return dict(tuple(row) for row in rows)


def test_the_same_again_changes_nothing_and_another_body_is_refused(desk):
    take(desk, new())
    flows.run_due(desk)
    first = event(desk, K.CONFIRMED)
    assert hear(desk, first, first) == [Fate.TAKEN, Fate.KNOWN]
    before = entries(desk)
    assert hear(desk, first) == [Fate.KNOWN]
    other = event(desk, K.CONFIRMED, at=NOON + timedelta(seconds=1))
    (refused,) = receiving.receive(desk, [other])
    assert refused.fate is Fate.REFUSED
    assert "says something else" in refused.reason
    assert hear(desk, other, event(desk, K.DELIVERED, id="early")) == [Fate.REFUSED, Fate.WAITING]
    assert entries(desk) == before + 1
    assert is_clean(desk)


def test_what_comes_too_early_is_taken_when_its_cause_has_come(desk):
    take(desk, new())
    flows.run_due(desk)
    assert hear(desk, event(desk, K.DELIVERED), event(desk, K.SHIPPED)) == [Fate.WAITING, Fate.WAITING]
    assert counters(desk) == {"event:waiting": 2}
    assert is_clean(desk)
    assert receiving.try_waiting(desk).tried == 0
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.action, entry.summary.split(":")[0]) == ("event.waits", "Shipped waits")


def packed_and_left(desk, clock):
    """The order with its pick ticket out, and what then happens to its parcel."""
    take(desk, new())
    flows.run_due(desk)
    hear(desk, event(desk, K.CONFIRMED))
    clock.advance(timedelta(minutes=31))
    flows.run_due(desk)
    kinds = (K.PACKED, K.SHIPPED, K.DELIVERED)
    return [event(desk, kind, at=clock.now() + timedelta(seconds=n)) for n, kind in enumerate(kinds)]


def test_the_cause_in_the_same_batch_is_enough(desk, clock):
    """Last comes first; the parcel left before its money was captured, which somebody must see."""
    events = packed_and_left(desk, clock)
    assert hear(desk, *reversed(events)) == [Fate.TAKEN, Fate.PROBLEM, Fate.TAKEN]
    assert value_of(desk).lines[0].status is LineStatus.DELIVERED
    (problem,) = cases(desk, CaseState.PROBLEM)
    assert problem.is_taken
    assert "before its money was captured" in problem.reason
    assert counters(desk) == {"event:problem": 1}
    assert is_clean(desk)


def test_a_flow_that_went_on_lets_waiting_events_be_tried(desk, clock):
    """Packed comes before the pick ticket is out; the worker releases it, and the event is taken."""
    take(desk, new())
    flows.run_due(desk)
    hear(desk, event(desk, K.CONFIRMED))
    clock.advance(timedelta(minutes=31))
    packed = event(desk, K.PACKED, at=clock.now() + timedelta(seconds=1))
    assert hear(desk, packed) == [Fate.WAITING]
    flows.run_due(desk)
    assert receiving.try_waiting(desk).taken == 1
    assert value_of(desk).lines[0].status is LineStatus.PACKED
    assert counters(desk) == {}
    assert hear(desk, packed) == [Fate.KNOWN]
    assert is_clean(desk)


def test_an_event_may_be_here_before_its_order(desk):
    assert hear(desk, event(desk, K.CONFIRMED)) == [Fate.WAITING]
    assert cases(desk, CaseState.WAITING)[0].reason == "There is no order 10427 yet."
    assert is_clean(desk)
    take(desk, new())
    assert is_clean(desk)
    flows.run_due(desk)
    assert receiving.try_waiting(desk).taken == 1
    assert value_of(desk).lines[0].status is LineStatus.CONFIRMED
    assert is_clean(desk)


@pytest.mark.parametrize("is_here", [True, False])
def test_who_waited_in_vain_is_a_problem(desk, clock, is_here):
    if is_here:
        take(desk, new())
        flows.run_due(desk)
    hear(desk, event(desk, K.SHIPPED))
    clock.advance(timedelta(hours=23, minutes=59))
    assert receiving.try_waiting(desk).tried == 0
    clock.advance(timedelta(minutes=1))
    done = receiving.try_waiting(desk)
    assert (done.tried, done.problems) == (1, 1)
    assert cases(desk, CaseState.PROBLEM)[0].reason.startswith("It waited 24 h in vain. ")
    assert receiving.try_waiting(desk).tried == 0
    assert counters(desk) == {"event:waiting": 0, "event:problem": 1} or counters(desk) == {
        "event:problem": 1
    }
    assert is_clean(desk)


def test_what_cannot_be_is_a_problem_with_its_reason(desk):
    take(desk, new())
    flows.run_due(desk)
    before = value_of(desk)
    done = receiving.receive(
        desk,
        [
            event(desk, K.CONFIRMED, id="future", at=NOON + timedelta(minutes=11)),
            event(desk, K.CONFIRMED, id="nowhere", lines=((7, 0),)),
            event(desk, K.CONFIRMED, id="nothing", shipment=""),
            event(desk, K.CAPTURE_FAILED, id="money", shipment=""),
        ],
    )
    assert {one.fate for one in done} == {Fate.PROBLEM}
    assert [one.reason for one in done] == [
        "Its own time, 2026-11-22 12:11 UTC, is ahead of ours.",
        "There is no line 7 in it.",
        "It names neither a shipment nor lines.",
        "No capture was asked for that this could answer.",
    ]
    assert value_of(desk) == before
    assert counters(desk) == {"event:problem": 4}
    assert [entry.action for entry in ask.timeline(desk, LOCAL_ACTOR, "10427")[:4]] == ["event.problem"] * 4
    assert is_clean(desk)


@pytest.mark.parametrize("kind", [K.SENT_BACK, K.RETURN_CREATED, K.RETURN_RECEIVED])
def test_events_of_returns_are_kept(desk, kind):
    take(desk, new())
    assert hear(desk, event(desk, kind)) == [Fate.KEPT]
    assert hear(desk, event(desk, kind)) == [Fate.KNOWN]
    assert counters(desk) == {"event:kept": 1}
    assert is_clean(desk)


def test_a_fault_on_one_event_leaves_the_others_alone(desk, monkeypatch):
    """What the program or a rule of the database breaks on is a problem; nothing of it is written."""
    take(desk, new())
    flows.run_due(desk)
    real = facts.copies

    def broken(order):
        if order.version > 3:
            raise RuleBroken("Nothing is free.")
        return real(order)

    monkeypatch.setattr(facts, "copies", broken)
    events = [event(desk, K.ACKNOWLEDGED), event(desk, K.CONFIRMED), event(desk, K.CANCEL_REQUESTED)]
    assert hear(desk, *events) == [Fate.TAKEN, Fate.PROBLEM, Fate.PROBLEM]
    monkeypatch.undo()
    assert value_of(desk).version == 3
    assert {case.reason for case in cases(desk, CaseState.PROBLEM)} == {"Nothing is free."}
    assert is_clean(desk)


@pytest.mark.parametrize("stopped", [{"b"}, {"a", "b", "c"}])
def test_what_the_database_refuses_of_one_order_is_written_of_the_others(desk, monkeypatch, stopped):
    """Orders that are written together: one that cannot be is undone with the others, which go on without."""
    names = ("a", "b", "c")
    for name in names:
        take(desk, replace(new(), id=name))
    flows.run_due(desk)
    real = stored_events.put

    def refusing(conn, *taken):
        real(conn, *taken)
        if any(one.id in stopped for one in taken):
            raise RuleBroken("That is refused.")

    monkeypatch.setattr(stored_events, "put", refusing)
    before = entries(desk)
    told = [event(desk, K.ACKNOWLEDGED, id=name, order_id=name) for name in names]
    told += [event(desk, K.CONFIRMED, id=f"{name}-2", order_id=name) for name in names]
    done = {one.id: one.fate for one in receiving.receive(desk, told)}
    monkeypatch.undo()
    assert done == {one.id: Fate.PROBLEM if one.id in stopped else Fate.TAKEN for one in told}
    assert {case.event.id for case in cases(desk, CaseState.PROBLEM)} == stopped
    assert entries(desk) == before + len(told)
    assert is_clean(desk)


def test_no_card_number_is_kept(desk):
    words = "card 4111 1111 1111 1111"
    assert hear(desk, event(desk, K.CANCEL_REQUESTED, cause=words)) == [Fate.WAITING]
    assert cases(desk, CaseState.WAITING)[0].event.cause == ""
    assert (
        b"4111" not in desk.store.path.read_bytes() + desk.store.path.with_name("orders.db-wal").read_bytes()
    )
    assert hear(desk, event(desk, K.CANCEL_REQUESTED, cause=words)) == [Fate.KNOWN]


PLANTED = {
    "DELETE FROM counter WHERE name = 'event:waiting'": "Counter event:waiting",
    "UPDATE event_case SET kind = 'packed'": "what it does not say",
    "UPDATE event_case SET body = replace(body, 'S-1', 'S-2')": "its digest is another",
    "UPDATE event_case SET body = 'x'": "cannot be read",
    "UPDATE event_case SET reason = ''": "without a reason",
    "UPDATE event_case SET order_pk = NULL": "does not know it",
    "UPDATE event_case SET is_taken = 1": "not among those that were taken",
    "INSERT INTO event SELECT id, order_pk, kind, at, 0, '' FROM event_case": "also among",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_doctor_finds_what_is_wrong_with_a_case(desk, planted):
    take(desk, new())
    flows.run_due(desk)
    hear(desk, event(desk, K.SHIPPED))
    assert is_clean(desk)
    with desk.store.write() as conn:
        conn.exec_driver_sql(planted)
    assert PLANTED[planted] in " ".join(one.text for one in doctor.examine(desk).findings)
