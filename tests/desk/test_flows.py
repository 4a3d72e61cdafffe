"""Flows at a desk: what is due is run, once, each order on its own; waiting makes no version."""

from dataclasses import replace
from datetime import timedelta

import pytest

from oms_tui.desk import ask, doctor, flows
from oms_tui.desk.flows import FlowReport
from oms_tui.desk.intake import Batch
from oms_tui.desk.intake import take_in as intake
from oms_tui.desk.stock import Counted, set_stock
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import writing
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.engine import advance as real_advance
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.people import LOCAL_ACTOR
from oms_tui.domain.status import LineStatus
from oms_tui.domain.world import Location
from oms_tui.store import due, stock
from oms_tui.store.errors import DiskFull
from oms_tui.store.stock import StockLevel
from tests.build import NOON, line, order
from tests.desk.conftest import add_person, entries
from tests.desk.test_commit import cancel

BERLIN = Location(code="BER-1", name="Berlin", country="DE")
PENDING = LineStatus.PENDING_ALLOCATION


def new(order_id="10427", **rest):
    """An order as a shop sends it: nothing done yet."""
    values = {"id": order_id, "tasks": (), "created": NOON}
    return order(line(1, PENDING, quantity=2), **(values | rest))


def take(desk, *orders, on_hand=10):
    level = StockLevel(location="BER-1", sku="SKU-1", on_hand=on_hand)
    batch = Batch(orders=orders, locations=(BERLIN,), stock=(level,) if on_hand is not None else ())
    assert intake(desk, batch, source="test").refused == ()


def value_of(desk, order_id="10427"):
    return ask.order(desk, LOCAL_ACTOR, order_id).order


def state_of(desk, task, order_id="10427"):
    return next(t.state for t in value_of(desk, order_id).tasks if t.task is task)


def level(desk, sku="SKU-1", location="BER-1"):
    with desk.store.read() as conn:
        found = stock.level(conn, location, sku)
    assert found is not None
    return (found.on_hand, found.reserved)


def is_clean(desk):
    return doctor.examine(desk).findings == ()


def test_a_new_order_is_begun_and_carried_on_to_where_it_waits(desk, clock):
    take(desk, new())
    before = entries(desk)
    report = flows.run_due(desk)
    assert (report.orders, report.changed, report.failed) == (1, 1, 0)
    value = value_of(desk)
    assert value.version == 2
    assert [x.status for x in value.lines] == [LineStatus.PENDING_ACK]
    assert value.lines[0].location == "BER-1"
    assert level(desk) == (10, 2)
    assert entries(desk) == before + 1
    entry = ask.timeline(desk, LOCAL_ACTOR, "10427")[0]
    assert (entry.actor, entry.origin, entry.action, entry.version) == ("flow", "worker", "flow.run", 2)
    assert "Allocation complete" in entry.summary
    assert is_clean(desk)
    assert flows.run_due(desk) == FlowReport()


def test_waiting_writes_the_runs_and_no_version(desk, clock):
    take(desk, new(), on_hand=0)
    flows.run_due(desk)
    value, before, feed = value_of(desk), entries(desk), ask.feed(desk, LOCAL_ACTOR)
    assert state_of(desk, Task.ALLOCATION) is TaskState.ACTIVE
    clock.advance(timedelta(minutes=45))
    flows.run_due(desk)  # the remorse period is over: news
    value, before, feed = value_of(desk), entries(desk), ask.feed(desk, LOCAL_ACTOR)
    clock.advance(timedelta(minutes=16))
    assert flows.run_due(desk) == FlowReport(orders=1, tasks=1)
    after = value_of(desk)
    assert after.version == value.version
    assert entries(desk) == before
    assert ask.feed(desk, LOCAL_ACTOR) == feed
    runs = {t.task: len(t.runs) for t in after.tasks}
    assert runs[Task.ALLOCATION] == {t.task: len(t.runs) for t in value.tasks}[Task.ALLOCATION] + 1
    assert is_clean(desk)


def test_stock_that_comes_in_lets_those_who_wait_try_at_once(desk):
    take(desk, new(), new("other", customer=replace(order().customer, number="C2")), on_hand=0)
    flows.run_due(desk)
    found = set_stock(desk, [Counted(location="BER-1", sku="sku-1", on_hand=2)], source="count.csv")
    assert (found.changed, found.woken, found.refused) == (1, 2, [])
    assert flows.run_due(desk).orders == 2
    lines = [value_of(desk, name).lines[0] for name in ("10427", "other")]
    assert sorted(x.status.value for x in lines) == ["pending_ack", "pending_allocation"]
    assert level(desk) == (2, 2)
    again = set_stock(desk, [Counted(location="BER-1", sku="sku-1", on_hand=2)], source="count.csv")
    assert (again.changed, again.same, again.woken) == (0, 1, 0)
    low = set_stock(desk, [Counted(location="BER-1", sku="SKU-1", on_hand=1)], source="count.csv")
    assert low.refused == [(0, "open lines hold 2 there: 1 cannot be all")]
    assert is_clean(desk)


def test_a_fault_in_one_order_marks_nothing_else(desk, clock, monkeypatch):
    take(desk, new("A"), new("B"), new("C"))

    def advance(value, context):
        if value.id == "B":
            raise ZeroDivisionError("a bug")
        return real_advance(value, context)

    monkeypatch.setattr(flows, "advance", advance)
    report = flows.run_due(desk)
    assert (report.orders, report.changed, report.failed) == (2, 2, 1)
    assert value_of(desk, "B").version == 1
    assert [value_of(desk, name).version for name in ("A", "C")] == [2, 2]
    assert flows.run_due(desk) == FlowReport()
    assert is_clean(desk)
    monkeypatch.undo()
    assert flows.run_due(desk) == FlowReport()
    clock.advance(timedelta(minutes=16))
    flows.run_due(desk)
    assert value_of(desk, "B").version == 2
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM flow_failure").scalar() == 0


def test_what_the_database_refuses_is_no_fault_of_the_order(desk, monkeypatch):
    take(desk, new("A"), new("B"))
    calls = []

    def advance(value, context):
        calls.append(value.id)
        raise DiskFull("no room")

    monkeypatch.setattr(flows, "advance", advance)
    with pytest.raises(DiskFull):
        flows.run_due(desk)
    assert calls == ["A"]
    monkeypatch.undo()
    assert flows.run_due(desk).orders == 2


def test_a_limit_and_a_flag_end_it_between_orders(desk):
    take(desk, *(new(f"N{n}") for n in range(5)))
    assert flows.run_due(desk, limit=2).orders == 2
    asked = iter([False, False, True])
    assert flows.run_due(desk, is_over=lambda: next(asked, True)).orders == 1
    assert flows.run_due(desk).orders == 2
    assert is_clean(desk)


def test_one_order_can_be_carried_on_alone(desk):
    take(desk, new("A"), new("B"))
    assert flows.run_order(desk, "B").orders == 1
    assert flows.run_order(desk, "B") == FlowReport()
    assert value_of(desk, "A").version == 1


def test_a_commit_keeps_when_the_order_is_due(desk, clock):
    ana = add_person(desk, "ana")
    take(desk, new(), on_hand=0)
    flows.run_due(desk)
    cancel(desk, ana, version=value_of(desk).version)
    with desk.store.read() as conn:
        assert due.next_moment(conn, 0) is None
    clock.advance(timedelta(days=1))
    assert flows.run_due(desk) == FlowReport()
    assert is_clean(desk)


def test_the_next_moment_is_the_earliest(desk, clock):
    with desk.store.read() as conn:
        assert due.next_moment(conn, 0) is None
    take(desk, new(), on_hand=0)
    flows.run_due(desk)
    with desk.store.read() as conn:
        moment = due.next_moment(conn, 0)
    assert moment == int((NOON + timedelta(minutes=15)).timestamp()) * 1_000_000


def test_numbers_are_gapless_for_each_entity_kind_and_year(desk, clock):
    mine, other = new(), new("B", selling_entity="Acme Deutschland")

    def draw(value, kind=DocumentKind.INVOICE, numbers=True):
        return world_of(desk, work.conn, numbers=numbers).document_number(value, kind)

    with writing(desk) as work:
        assert draw(mine, numbers=False) == ""
        assert [draw(mine), draw(mine), draw(other)] == [
            "AD-2026-000001",
            "AD-2026-000002",
            "AD2-2026-000001",
        ]
        assert [draw(mine, kind) for kind in list(DocumentKind)[1:]] == [
            "AD-R-2026-000001",
            "AD-C-2026-000001",
            "AD-V-2026-000001",
        ]
    with pytest.raises(ZeroDivisionError), writing(desk) as work:  # noqa: PT012
        assert draw(mine) == "AD-2026-000003"
        raise ZeroDivisionError
    with writing(desk) as work:
        assert draw(mine) == "AD-2026-000003"
    clock.set(NOON.replace(month=12, day=31, hour=23, minute=30))  # 2027 in Berlin
    with writing(desk) as work:
        assert draw(mine) == "AD-2027-000001"
