"""What `doctor` finds in a database: every planted fault is named, and nothing where all is well (F8, S3)."""

import re
import sqlite3
from pathlib import Path

import pytest

from oms_tui.domain.order import Hold, Note
from oms_tui.domain.status import HoldKind, ReturnStatus
from oms_tui.store import check, orders, returns
from oms_tui.store.engine import Store
from tests.build import NOON, charge, line, order, shipment
from tests.store.test_returns import returned

FAULTS = (
    ("UPDATE orders SET status = 'packed' WHERE pk = 1", "Order A: .*status"),
    ("UPDATE orders SET payment_status = 'captured' WHERE pk = 2", "Order B: .*payment_status"),
    ("UPDATE orders SET total_minor = total_minor + 1 WHERE pk = 1", "Order A: .*total_minor"),
    ("UPDATE orders SET email_key = 'x' WHERE pk = 1", "Order A: .*email_key"),
    ("UPDATE orders SET holds = '' WHERE pk = 1", "Order A: .*holds"),
    ("UPDATE orders SET created = created + 1 WHERE pk = 1", "Order A: .*order_tag"),
    ("UPDATE orders SET flow = '[[' WHERE pk = 1", "Order A cannot be read"),
    ("UPDATE orders SET currency = 'XXQ' WHERE pk = 1", "Order A cannot be read"),
    ("UPDATE order_line SET quantity = 5 WHERE order_pk = 1 AND number = 1", "Order A: .*pieces"),
    ("UPDATE order_line SET sku = 'other' WHERE order_pk = 1 AND number = 1", "Order A: .*order_line"),
    (
        "UPDATE order_line SET amount = 1.5 WHERE order_pk = 1 AND number = 1",
        "order_line holds no whole number in amount",
    ),
    (
        "UPDATE order_line SET amount = 'x' WHERE order_pk = 1 AND number = 1",
        "order_line holds no whole number in amount",
    ),
    ("UPDATE shipment SET tracking_key = 'x'", "Order A: .*shipment"),
    ("DELETE FROM payment WHERE order_pk = 2", "Order B: .*payment_operation"),
    ("DELETE FROM order_tag WHERE tag = 'hold:fraud'", "Order A: .*order_tag"),
    (
        "INSERT INTO order_tag SELECT 'hold:address', created, pk FROM orders WHERE pk = 2",
        "Order B: .*order_tag",
    ),
    ("UPDATE order_tag SET created = 1 WHERE tag = 'uncaptured'", "Order A: .*order_tag"),
    (
        "UPDATE counter SET value = value + 1 WHERE name = 'status:allocated'",
        "Counter status:allocated is 3, counted 2",
    ),
    ("INSERT INTO counter VALUES ('status:lost', 1)", "Counter status:lost is 1, counted 0"),
    ("DELETE FROM open_task WHERE order_pk = 1 AND task = 'packing'", "Order A: .*open_task"),
    ("INSERT INTO open_task VALUES (2, 'S-9', 'packing', 'active', NULL)", "Order B: .*open_task"),
    ("UPDATE return_order SET status = 'created'", "Return R1: .*status"),
    ("UPDATE return_order SET refund_minor = 1", "Return R1: .*refund_minor"),
    ("INSERT INTO order_search(order_search) VALUES ('delete-all')", "Order A: its search entry"),
    (
        "INSERT INTO order_search(rowid, words) VALUES (99, 'ghost')",
        "search index has an entry of an order 99",
    ),
    ("DELETE FROM orders WHERE pk = 2", "A row of order_line refers to a row of orders"),
    ("DROP INDEX orders_status", "The schema lacks index orders_status"),
    ("CREATE TABLE extra (x)", "The schema has table extra"),
    ("DROP TRIGGER note_no_update", "The schema lacks trigger note_no_update"),
    ("ALTER TABLE meta ADD COLUMN more", "The schema's table meta is not as"),
)


@pytest.fixture
def filled(store: Store) -> Store:
    """A database with two orders, one of everything, and a return."""
    first = order(
        line(1),
        line(2, quantity=3),
        id="A",
        charges=(charge(),),
        shipments=(shipment(tracking="JD 014"),),
        holds=(Hold(number=1, kind=HoldKind.FRAUD, reason="r", placed_at=NOON, placed_by="rule"),),
        notes=(Note(number=1, at=NOON, person="ana", text="called"),),
    )
    with store.write() as conn:
        pks = orders.insert(conn, [first, order(id="B")])
        returns.insert(conn, [returned("R1", ReturnStatus.PENDING_REVIEW, "A")], pks)
    return store


def test_a_sound_database_has_no_problems(filled: Store) -> None:
    told: list[tuple[int, int]] = []
    with filled.read() as conn:
        assert list(check.problems(conn, lambda done, total: told.append((done, total)))) == []
    assert told == [(2, 2)]


def test_an_empty_database_has_no_problems(store: Store) -> None:
    with store.read() as conn:
        assert list(check.problems(conn)) == []


@pytest.mark.parametrize(("fault", "named"), FAULTS, ids=[fault[:60] for fault, _ in FAULTS])
def test_every_planted_fault_is_named(filled: Store, path: Path, fault: str, named: str) -> None:
    direct = sqlite3.connect(path, isolation_level=None)
    direct.execute("PRAGMA ignore_check_constraints = ON")
    direct.execute(fault)
    direct.close()
    with filled.read() as conn:
        found = list(check.problems(conn))
    assert any(re.search(named, problem) for problem in found), found


def test_damage_to_the_file_is_found(filled: Store, path: Path) -> None:
    filled.close()
    direct = sqlite3.connect(path, isolation_level=None)
    direct.execute("PRAGMA journal_mode = DELETE")
    [root] = direct.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'order_line'").fetchone()
    [size] = direct.execute("PRAGMA page_size").fetchone()
    direct.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * size + size - 40)
        file.write(b"\xff" * 40)
    with Store.open(str(path)) as store, store.read() as conn:
        found = list(check.problems(conn))
    assert any("damaged" in problem for problem in found), found
    assert "not compared" in found[-1]
