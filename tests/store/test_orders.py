"""Orders in and out of the database: exactly as they are, and only what differs is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from oms_tui.clock import to_micros
from oms_tui.domain.derive import standing
from oms_tui.domain.facts import facts as domain_facts
from oms_tui.domain.flow import TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Hold, Note, Order
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.status import Cause, HoldKind, LineStatus, OperationKind
from oms_tui.domain.totals import order_total, split_line
from oms_tui.store import check, facts, orders
from oms_tui.store.engine import Store
from oms_tui.store.errors import ProgrammingMistake, RuleBroken
from oms_tui.store.parts import PARTS
from oms_tui.store.statements import columns
from oms_tui.store.tables import TagRow
from tests.build import NOON, WEB_DE, card, charge, eur, line, operation, order, shipment
from tests.store import values
from tests.support import scaled

SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


class Undone(Exception):  # noqa: N818
    """Ends a transaction without writing it."""


@contextmanager
def trial(store: Store) -> Iterator[Connection]:
    """A write that is rolled back, so that the next example finds the database as it was."""
    try:
        with store.write() as conn:
            yield conn
            raise Undone
    except Undone:
        pass


@settings(max_examples=scaled(4_000), deadline=None, suppress_health_check=SLOW)
@given(value=values.orders())
def test_an_order_comes_back_as_it_went_in(store: Store, value: Order) -> None:
    with trial(store) as conn:
        pk = orders.insert(conn, [value])[value.id]
        assert orders.load(conn, pk) == value
        assert [stored.order for stored in orders.load_many(conn, [pk, pk + 1])] == [value]
        found = orders.find(conn, value.id)
        assert found is not None
        assert found.order == value


@settings(max_examples=scaled(4_000), deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_saving_one_order_over_another_leaves_every_copy_true(store: Store, data: Any) -> None:
    """Whatever differs: rows, copies, tags, counters and search entries are those of the order after."""
    before = data.draw(values.orders("10427", "EUR"))
    other = data.draw(values.orders("10427", "EUR"))
    # What may only be added to is added to; the rest may become anything.
    after = replace(
        other,
        payments=(*before.payments, *_renumbered(other.payments, before.payments)),
        adjustments=(*before.adjustments, *_renumbered(other.adjustments, before.adjustments)),
        notes=(*before.notes, *_renumbered(other.notes, before.notes)),
        documents=(*before.documents, *(replace(x, number=f"+{x.number}") for x in other.documents)),
    )
    with trial(store) as conn:
        pk = orders.insert(conn, [before])["10427"]
        orders.save(conn, pk, before, after, touched=7)
        assert orders.load(conn, pk) == after
        assert list(check.copy_problems(conn)) == []


def _renumbered(added: tuple[Any, ...], first: tuple[Any, ...]) -> tuple[Any, ...]:
    start = max((item.number for item in first), default=0)
    return tuple(replace(item, number=start + place) for place, item in enumerate(added, start=1))


@settings(max_examples=scaled(4_000), deadline=None, suppress_health_check=SLOW)
@given(value=values.orders())
def test_copies_are_the_facts_that_filters_ask_for(value: Order) -> None:
    """The index columns and tags say the same as `domain.facts` (invariant S3)."""
    known, copies, tags = domain_facts(value), facts.copies(value), facts.tags(value)
    assert copies["status"] == known.status.value == standing(value.lines).status.value
    assert copies["payment_status"] == known.payment.value
    assert copies["total_minor"] == known.total.minor
    assert (copies["country"], copies["region"]) == (known.country, known.region)
    assert copies["has_undelivered"] == (LineStatus.UNDELIVERED in known.lines)
    assert set(str(copies["holds"]).split(",")) - {""} == {kind.value for kind in known.holds}
    assert {tag for tag in tags if tag.startswith("hold:")} == {f"hold:{kind}" for kind in known.holds}
    states = {fact.partition("/")[0] for fact in known.tasks}
    states |= {f"blocked:{name}" for name in known.blocked}
    assert {tag for tag in tags if tag.startswith("task:")} == {f"task:{state}" for state in states}
    assert ("uncaptured" in tags, "uncaptured_shipped" in tags) == (
        known.is_uncaptured,
        known.is_uncaptured and known.is_uncaptured_after_shipment,
    )


def test_a_name_in_another_case_is_another_order(store: Store) -> None:
    with store.write() as conn:
        orders.insert(conn, [order(id="Ab-1")])
    with store.read() as conn:
        assert orders.find(conn, "AB-1") is None
        assert orders.existing_ids(conn, ["Ab-1", "AB-1", "x"]) == {"Ab-1"}
        with pytest.raises(KeyError):
            orders.load(conn, 99)


def test_many_orders_go_in_together_and_keep_their_numbers_apart(store: Store) -> None:
    first = [order(id=f"A{place}") for place in range(700)]
    with store.write() as conn:
        pks = orders.insert(conn, first)
    with store.write() as conn:
        pks |= orders.insert(conn, [order(id="B")])
    assert sorted(pks.values()) == list(range(1, 702))
    with store.read() as conn:
        assert orders.existing_ids(conn, [*pks, "nobody"]) == set(pks)
        assert [s.order.id for s in orders.load_many(conn, reversed(range(1, 702)))] == [*pks]
        assert conn.exec_driver_sql("SELECT value FROM counter WHERE name = 'orders'").scalar() == 701


def test_an_order_that_is_here_is_refused_whole(store: Store) -> None:
    with store.write() as conn:
        orders.insert(conn, [order(id="A")])
    with pytest.raises(RuleBroken), store.write() as conn:
        orders.insert(conn, [order(id="B"), order(id="A")])
    with store.read() as conn:
        assert orders.existing_ids(conn, ["A", "B"]) == {"A"}
        assert list(check.copy_problems(conn)) == []


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (order(line(2), line(1)), "order of their numbers"),
        (order(line(1), line(1)), "order of their numbers"),
        (order(shipments=(shipment("S-1"), shipment("S-1"))), "two shipments"),
        (order(line(1), line(2, discount=Money(5, "USD"))), "USD too"),
        (order(payments=(card(5, operation(2, OperationKind.CAPTURE, 5, currency="USD")),)), "USD too"),
        (order(channel=replace(WEB_DE, country="FR")), "other facts"),
    ],
)
def test_what_would_not_come_back_as_it_is_does_not_go_in(store: Store, value: Order, why: str) -> None:
    with store.write() as conn:
        orders.insert(conn, [order(id="first")])
    with pytest.raises(ValueError, match=why), store.write() as conn:
        orders.insert(conn, [value])
    with pytest.raises(ValueError, match=why), store.write() as conn:
        orders.save(conn, 1, order(id="first"), replace(value, id="first"), touched=1)
    with store.read() as conn:
        assert orders.load(conn, 1) == order(id="first")


def test_saving_writes_only_the_rows_that_differ(store: Store) -> None:
    before = order(line(1, quantity=3), line(2), charges=(charge(),), shipments=(shipment(),))
    with store.write() as conn:
        pk = orders.insert(conn, [before])[before.id]
    stay, go = split_line(before.lines[0], 1, 3)
    gone = replace(go, status=LineStatus.CANCELLED, cause=Cause.CANCEL)
    after = replace(before, lines=(stay, before.lines[1], gone), version=2)
    with store.write() as conn:
        written = _statements(conn, lambda: orders.save(conn, pk, before, after, touched=9))
        row = conn.exec_driver_sql("SELECT version, touched, total_minor, pieces FROM orders").one()
        assert tuple(row) == (2, 9, order_total(after).minor, 3)
        assert orders.load(conn, pk) == after
    tables = sorted(text.split()[1 if text.startswith("UPDATE") else 2] for text in written)
    assert tables == ["order_line", "order_line", "orders"]
    update = next(text for text in written if text.startswith("UPDATE order_line"))
    assert "quantity" in update
    assert "sku" not in update


def test_a_save_of_the_same_value_writes_no_part(store: Store) -> None:
    value = order()
    with store.write() as conn:
        pk = orders.insert(conn, [value])[value.id]
        written = _statements(
            conn, lambda: orders.save(conn, pk, value, replace(value, version=2), touched=9)
        )
    assert [text.split()[1] for text in written] == ["orders"]


def _statements(conn: Connection, act: Any) -> list[str]:
    """The changes that the driver was given while `act` ran."""
    seen: list[str] = []
    driver: Any = conn.connection.driver_connection
    driver.set_trace_callback(seen.append)
    try:
        act()
    finally:
        driver.set_trace_callback(None)
    return [text for text in seen if text.split()[0] in ("UPDATE", "INSERT", "DELETE")]


@pytest.mark.parametrize("what", ["note changed", "note gone", "operation changed", "payment gone"])
def test_history_is_not_rewritten_by_a_save(store: Store, what: str) -> None:
    note = Note(number=1, at=NOON, person="ana", text="called")
    before = order(notes=(note,))
    paid = before.payments[0]
    after = {
        "note changed": replace(before, notes=(replace(note, text="never called"),)),
        "note gone": replace(before, notes=()),
        "operation changed": replace(
            before,
            payments=(replace(paid, operations=(replace(paid.operations[0], amount=eur(1)),)),),
        ),
        "payment gone": replace(before, payments=()),
    }[what]
    with store.write() as conn:
        pk = orders.insert(conn, [before])[before.id]
    with pytest.raises(ProgrammingMistake), store.write() as conn:
        orders.save(conn, pk, before, after, touched=1)
    with store.read() as conn:
        assert orders.load(conn, pk) == before


def test_tags_and_counters_follow(store: Store) -> None:
    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="far away", placed_at=NOON, placed_by="rule")
    before = order(holds=(hold,))
    done = tuple(replace(task, state=TaskState.COMPLETE) for task in before.tasks)
    after = replace(before, holds=(replace(hold, released_at=NOON, released_by="ana"),), tasks=done)
    with store.write() as conn:
        pk = orders.insert(conn, [before, order(id="other")])[before.id]
        assert _tags(conn, pk) == {"hold:fraud", "task:active", "task:pending", "uncaptured"}
        orders.save(conn, pk, before, after, touched=1)
        assert _tags(conn, pk) == {"uncaptured"}
        counted = {name: n for name, n in conn.exec_driver_sql("SELECT name, value FROM counter WHERE value")}
        assert counted == {
            "orders": 2,
            "status:allocated": 2,
            "task:active": 1,
            "task:pending": 1,
            "uncaptured": 2,
        }
        assert conn.exec_driver_sql("SELECT DISTINCT order_pk FROM open_task").scalars().all() == [pk + 1]


def _tags(conn: Connection, pk: int) -> set[str]:
    return set(conn.exec_driver_sql("SELECT tag FROM order_tag WHERE order_pk = ?", (pk,)).scalars())


def test_a_new_time_of_creation_moves_the_tags(store: Store) -> None:
    before = order()
    after = replace(before, created=NOON - timedelta(days=400))
    with store.write() as conn:
        pk = orders.insert(conn, [before])[before.id]
        orders.save(conn, pk, before, after, touched=1)
        assert set(conn.exec_driver_sql("SELECT created FROM order_tag").scalars()) == {
            to_micros(after.created)
        }
        assert list(check.copy_problems(conn)) == []


def test_an_order_is_read_with_one_statement_a_table(store: Store) -> None:
    value = order(*(line(number) for number in range(1, 701)))
    with store.write() as conn:
        pk = orders.insert(conn, [value])[value.id]
    with store.read() as conn:
        seen: list[str] = []
        driver: Any = conn.connection.driver_connection
        driver.set_trace_callback(seen.append)
        assert orders.load(conn, pk) == value
        driver.set_trace_callback(None)
    assert len(seen) == len({text.partition("FROM ")[2].split()[0] for text in seen}) == 1 + len(PARTS)


def test_every_column_of_a_part_is_mapped() -> None:
    """A row given to a table has as many values as the table has columns, in any order of the parts."""
    value = order(line(), charges=(charge(),), shipments=(shipment(),))
    for part in PARTS:
        for key, item in part.items(value):
            assert len(part.values(1, key, item)) == len(columns(part.row))
    assert columns(TagRow) == ("tag", "created", "order_pk")


def test_the_payment_status_kept_is_the_one_computed(store: Store) -> None:
    value = order(payments=(card(1000, operation(2, OperationKind.CAPTURE, 1000)),))
    with store.write() as conn:
        orders.insert(conn, [value])
        kept = conn.exec_driver_sql("SELECT payment_status FROM orders").scalar()
    assert kept == order_payment_status(value).value == "captured"
