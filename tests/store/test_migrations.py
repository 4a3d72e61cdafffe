"""The schema's history: no drift, one migrates while others wait, newer is refused, a kill is harmless."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.issuing import with_imported_invoices
from oms_tui.domain.status import Cause, LineStatus, OperationKind, OperationState
from oms_tui.store import check, meta, migrations, orders, schema, series, stock
from oms_tui.store.check_file import fresh_schema, schema_problems
from oms_tui.store.engine import Store
from oms_tui.store.errors import NewerDatabase, NotADesk, OlderDatabase
from oms_tui.store.migrations.run import configuration
from oms_tui.store.search import CREATE_SQL
from oms_tui.store.stock import StockLevel
from oms_tui.store.tables import APPEND_ONLY, METADATA
from tests.build import NOON, card, charge, eur, flow, line, operation, order, shipment
from tests.seeds import seeded
from tests.store.children import finish, go, start
from tests.support import ROOT, scaled

OPEN = "Store.open(path).close()"


def test_the_revisions_known_are_those_there_are() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    history = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(history)) == migrations.REVISIONS
    assert scripts.get_current_head() == migrations.HEAD


def test_tables_and_migrations_say_the_same() -> None:
    """What the models would create is what the migrations create, to the word (invariant G5)."""
    dialect = sqlite.dialect()
    made = dict(fresh_schema())
    for table in METADATA.tables.values():
        assert made.pop(f"table {table.name}") == _plain(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert made.pop(f"index {index.name}") == _plain(CreateIndex(index).compile(dialect=dialect))
    guarded = {
        f"{table}_no_{action}" for table in (*APPEND_ONLY, "audit_detail") for action in ("update", "delete")
    }
    assert {made.pop(f"trigger {name}").split()[2] for name in guarded} == guarded
    assert {made.pop(name) for name in list(made) if name.startswith("table order_")} == set(CREATE_SQL)
    assert set(made) == {"table alembic_version"}


def _plain(ddl: object) -> str:
    return " ".join(str(ddl).replace('"', "").split())


def test_a_database_that_is_up_to_date_is_opened_without_alembic(path: Path) -> None:
    script = (
        "import sys; from oms_tui.store.engine import Store; Store.open(sys.argv[1]).close(); "
        "print([name for name in ('alembic', 'mako') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "[]\n", run.stderr


@pytest.mark.parametrize("old", migrations.REVISIONS[:-1])
def test_a_second_start_upgrades_and_keeps_what_is_there(tmp_path: Path, old: str) -> None:
    place = tmp_path / "desk.db"
    _make_at(place, old)
    with pytest.raises(OlderDatabase, match=old):
        Store.open(str(place), upgrade=False)
    with Store.open(str(place)) as store, store.read() as conn:
        assert list(schema_problems(conn)) == []
        assert conn.exec_driver_sql("SELECT name FROM channel").scalar() == "kept"


def _make_at(place: Path, revision: str) -> None:
    """A database as the program of that revision left it."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(place, isolation_level=None))
    event.listen(engine, "begin", lambda conn: conn.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as conn, conn.begin():
        command.upgrade(configuration(conn), revision)
        conn.exec_driver_sql(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        conn.exec_driver_sql(
            "INSERT INTO channel VALUES ('web', 'kept', 'web', 'EMEA', 'DE', 'de', 'EUR', 'UTC', 'acme', 0)"
        )
    engine.dispose()


def test_orders_of_an_older_database_get_their_stock_and_their_due_time(tmp_path: Path) -> None:
    """What revision 0006 fills: the same as if the orders came in today."""
    lines = (line(1, quantity=3), line(2, LineStatus.PENDING_ALLOCATION), line(3, LineStatus.SHIPPED))
    packed = line(1, LineStatus.PACKED, sku="sku-1")
    lapsing = (card(4000, expires_at=NOON + timedelta(days=1)),)
    values = [order(*lines, tasks=blocked_flow(), payments=lapsing), order(packed, id="B", tasks=())]
    place = tmp_path / "desk.db"
    with Store.open(str(place)) as store, store.write() as conn:
        orders.insert(conn, values)
    _take_back_flows(place)
    with pytest.raises(OlderDatabase):
        Store.open(str(place), upgrade=False)
    with Store.open(str(place)) as store, store.read() as conn:
        assert list(schema_problems(conn)) == []
        assert list(check.problems(conn)) == []
        assert list(stock.problems(conn)) == []
        assert stock.level(conn, "BER-1", "SKU-1") == StockLevel(
            location="BER-1", sku="SKU-1", on_hand=4, reserved=4
        )
        assert [x.code for x in stock.locations(conn)] == ["BER-1"]
        assert conn.exec_driver_sql("SELECT due IS NULL FROM orders ORDER BY pk").scalars().all() == [0, 1]
        assert [stored.order for stored in orders.load_many(conn, [1, 2])] == values


def blocked_flow() -> tuple[FlowTask, ...]:
    """A flow whose Pick Ticket waits for the address, which is tried again at noon."""
    active = FlowTask(task=Task.ADDRESS_VALIDATION, state=TaskState.ACTIVE, next_run=NOON)
    return tuple(active if task.task is active.task else task for task in flow(until=4))


def test_invoices_of_an_older_database_get_their_documents(tmp_path: Path) -> None:
    """What revision 0008 fills: the same as if the orders came in today; what a series gave is its own."""
    taxed: dict[str, Any] = {
        "tax": eur(319),
        "tax_rate": 190_000,
        "tax_included": False,
        "discount": eur(100),
    }
    lines = (
        line(1, LineStatus.SHIPPED, shipment="S-1", reduction=eur(40), tax_reduction=eur(8), **taxed),
        line(2, LineStatus.PACKED, minor=500, shipment="S-2"),
        line(3, LineStatus.CANCELLED, minor=700, shipment="S-2", cause=Cause.CANCEL),
    )
    charged = operation(2, OperationKind.CAPTURE, 500, shipment="S-2")
    value = order(
        *lines,
        charges=(charge(), charge(2, is_cancelled=True)),
        shipments=(
            shipment(invoice="AD-2026-000001", packed_at=NOON, shipped_at=NOON),
            shipment("S-2", invoice="ELSEWHERE-7", packed_at=NOON),
        ),
        payments=(card(5000, charged),),
    )
    place = tmp_path / "desk.db"
    with Store.open(str(place)) as store, store.write() as conn:
        orders.insert(conn, [value])
        conn.exec_driver_sql("INSERT INTO series VALUES ('acme-de', 'invoice', 2026, 'AD', 1)")
    direct = sqlite3.connect(place, isolation_level=None)
    _take_back_documents(direct)
    direct.execute("UPDATE alembic_version SET version_num = '0007'")
    direct.close()
    with Store.open(str(place)) as store, store.read() as conn:
        assert list(schema_problems(conn)) == []
        assert list(series.problems(conn)) == []
        first, second = with_imported_invoices(value).documents
        assert orders.load(conn, 1).documents == (replace(first, is_imported=False), second)
        assert [x.total.minor for x in (first, second)] == [1000 - 100 - 40 + 319 - 8, 500 + 490]


def _take_back_documents(conn: sqlite3.Connection) -> None:
    """Take back what revision 0008 and later ones make."""
    for name in ("mark", "finding", "covered", "row", "file"):
        conn.execute(f"DROP TABLE settlement_{name}")
    conn.execute("DROP INDEX operation_moved")
    for statement in _ASKING:
        conn.execute(statement)
    for name in ("document", "document_paper", "document_logo", "document_print"):
        conn.execute(f"DROP TABLE {name}")


def _take_back_flows(place: Path) -> None:
    """Make a database what revision 0005 would have made of the same orders."""
    conn = sqlite3.connect(place, isolation_level=None)
    _take_back_documents(conn)
    for index in ("orders_due", "message_waiting"):
        conn.execute(f"DROP INDEX {index}")
    for name in ("stock", "location", "series", "event", "event_case", "flow_worker", "flow_failure"):
        conn.execute(f"DROP TABLE {name}")
    for name, column in (
        ("orders", "due"),
        ("orders", "preferred_date"),
        ("payment", "card_country"),
        ("stock_move", "kind"),
        ("outbox_message", "tries"),
        ("outbox_message", "next_try"),
        ("outbox_message", "error"),
    ):
        conn.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
    conn.execute("UPDATE alembic_version SET version_num = '0005'")
    conn.execute("DELETE FROM order_tag WHERE tag LIKE 'task:blocked%'")
    conn.execute("DELETE FROM counter WHERE name LIKE 'task:blocked%'")
    conn.close()


_ASKING = (
    "DROP INDEX IF EXISTS settlement_finding_differed",
    "DROP INDEX shipment_ending",
    "DROP INDEX orders_asked",
    "ALTER TABLE orders DROP COLUMN asked",
    "DROP INDEX orders_lapses",
    "ALTER TABLE orders DROP COLUMN lapses",
    "DROP INDEX intent_due",
    "DROP INDEX intent_key",
    *(
        f"ALTER TABLE outbox_intent DROP COLUMN {name}"
        for name in ("key", "tries", "next_try", "left_at", "error")
    ),
)
"""What takes back what revision 0010 and later ones add."""


def test_what_was_asked_before_gets_keys_and_is_looked_at(tmp_path: Path) -> None:
    """What revision 0010 fills: an answered request is over, one for a location is nobody's to send."""
    place = tmp_path / "desk.db"
    asked = operation(2, OperationKind.CAPTURE, 10, state=OperationState.REQUESTED)
    paid = card(10, asked, replace(asked, number=3, state=OperationState.SUCCEEDED, answers=2))
    with Store.open(str(place)) as store, store.write() as conn:
        orders.insert(conn, [order(line(minor=10), payments=(paid,))])
    old = sqlite3.connect(place, isolation_level=None)
    for statement in _ASKING:
        old.execute(statement)
    names = "order_pk, at, state, kind, payment, operation, lines, waits_for, until"
    old.executemany(
        f"INSERT INTO outbox_intent ({names}) VALUES (1, ?, 'requested', ?, ?, ?, '[]', ?, ?)",  # noqa: S608
        [
            (5, "capture", 1, 2, "", None),
            (6, "refund", 1, 4, "", None),
            (7, "void", 1, 5, "pick_cancelled", 99),
            (7, "stop_picking", None, None, "", 99),
        ],
    )
    old.execute("UPDATE alembic_version SET version_num = '0009'")
    old.close()
    Store.open(str(place)).close()
    new = sqlite3.connect(place)
    rows = new.execute("SELECT state, next_try, left_at, length(key) FROM outbox_intent ORDER BY pk")
    assert rows.fetchall() == [
        ("answered", None, None, 32),
        ("requested", 6, None, 32),
        ("requested", 99, None, 32),
        ("requested", None, None, 32),
    ]
    new.close()


def test_the_payment_status_of_several_payments_is_made_anew(tmp_path: Path) -> None:
    """What revision 0015 is for: an order of the past, nothing of which is open any more."""
    place = tmp_path / "desk.db"
    gift = card(4, operation(2, OperationKind.CAPTURE, 4))
    both = (gift, card(6, operation(2, OperationKind.CAPTURE, 1), number=2))
    with Store.open(str(place)) as store, store.write() as conn:
        orders.insert(conn, [order(line(minor=10, status=LineStatus.DELIVERED), payments=both, tasks=())])
    old = sqlite3.connect(place, isolation_level=None)
    old.execute("UPDATE orders SET payment_status = 'captured'")
    old.execute("UPDATE alembic_version SET version_num = '0014'")
    old.close()
    with Store.open(str(place)) as store, store.read() as conn:
        assert conn.exec_driver_sql("SELECT payment_status FROM orders").scalar() == "partly_captured"
        assert list(check.problems(conn)) == []


@pytest.mark.parametrize("revision", ["9999", "", "0003'; DROP TABLE orders; --"])
def test_an_older_program_refuses_a_newer_database_and_writes_nothing(path: Path, revision: str) -> None:
    newer = sqlite3.connect(path)
    newer.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    newer.commit()
    newer.execute("PRAGMA journal_mode = DELETE")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase) as refused:
        Store.open(str(path))
    assert migrations.HEAD in str(refused.value)
    assert path.read_bytes() == before


def test_a_database_without_its_mark_is_refused(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("PRAGMA application_id = 7")
    other.close()
    with pytest.raises(NotADesk):
        Store.open(str(path))


@pytest.mark.parametrize("old", ["", *migrations.REVISIONS[:1]])
def test_programs_starting_together_migrate_once(tmp_path: Path, old: str) -> None:
    """One migrates, the others wait, all work afterwards (invariant G5)."""
    place = tmp_path / "desk.db"
    if old:
        _make_at(place, old)
    body = """
with Store.open(path) as store, store.write() as conn:
    meta.put(conn, sys.argv[2], "here")
"""
    children = [start(body, str(place), f"program {number}") for number in range(4)]
    for child in children:
        go(child)
    for child in children:
        finish(child)
    with Store.open(str(place)) as store, store.read() as conn:
        assert list(schema_problems(conn)) == []
        assert all(meta.get(conn, f"program {number}") == "here" for number in range(4))


def test_a_kill_during_a_migration_leaves_the_old_schema_or_the_new(tmp_path: Path) -> None:
    """Invariant G3, at points spread over the time a migration takes."""
    random_numbers = seeded()
    takes = _time_of_one(tmp_path / "timed.db")
    whole = 0
    for number in range(scaled(500)):
        place = tmp_path / f"{number}.db"
        if number % 2:
            _make_at(place, migrations.REVISIONS[0])
        whole += _kill_while_opening(place, random_numbers, takes)
        with Store.open(str(place)) as store, store.read() as conn:
            assert list(schema_problems(conn)) == []
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            kept = conn.exec_driver_sql("SELECT count(*) FROM channel").scalar()
            assert kept == number % 2
    print(f"{whole} had the new schema when they were killed")


def _time_of_one(place: Path) -> float:
    child = start(OPEN, str(place))
    began = time.monotonic()
    go(child)
    finish(child)
    return time.monotonic() - began


def _kill_while_opening(place: Path, random_numbers: random.Random, takes: float) -> bool:
    """Kill a program somewhere while it migrates; whether the new schema was there already."""
    child = start(OPEN, str(place))
    go(child)
    time.sleep(random_numbers.uniform(0, takes))
    child.send_signal(signal.SIGKILL)
    child.communicate()
    left = sqlite3.connect(place)
    try:
        tables = left.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'order_search'").fetchone()[0]
        return bool(tables)
    finally:
        left.close()
