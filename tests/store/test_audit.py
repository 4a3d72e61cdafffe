"""The audit chain: gapless, append-only, any tampering found, personal details erasable (A1 to A5)."""
# ruff: noqa: S608 - the tampering is SQL put together from the names of our own columns

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from oms_tui.clock import from_micros
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.store import audit, orders
from oms_tui.store.audit import NewEntry
from oms_tui.store.engine import Store
from oms_tui.store.errors import ProgrammingMistake, RuleBroken
from oms_tui.store.tables import APPEND_ONLY
from tests.build import order
from tests.seeds import seeded
from tests.support import scaled

KEY = bytes(range(32))


def entry(number: int = 1, **rest: Any) -> NewEntry:
    """An entry that says something in every field."""
    values: dict[str, Any] = {
        "at": 1_700_000_000_000_000 + number,
        "actor": "ana",
        "session": f"s{number}",
        "origin": "console",
        "action": "order.note",
        "order_pk": 1 + number % 3,
        "subject": f"1042{number % 3}",
        "version": number,
        "key": f"key-{number}",
        "summary": f"Did {number} with “quotes” and \u0000",
        "changes": (Change(ChangeKind.NOTE, "notes/1", "note 1", "–", f"call {number}"),),
    }
    return NewEntry(**(values | rest))


def test_entries_are_numbered_without_a_gap_and_chained(store: Store) -> None:
    with store.write() as conn:
        assert audit.head(conn) == audit.Head(0, bytes(32))
        assert audit.append(conn, KEY, []) == 0
        assert audit.append(conn, KEY, [entry(1), entry(2, result="refused", version=None)]) == 2
    with store.write() as conn:
        assert audit.append(conn, KEY, [entry(3, order_pk=None, changes=())]) == 3
        head = audit.head(conn)
    with store.read() as conn:
        assert audit.verify(conn, KEY) == []
        assert audit.link_of(conn, 3) == head.link
        assert audit.link_of(conn, 4) is None
        assert audit.verify(conn, b"another key")


def test_a_rolled_back_entry_leaves_no_gap(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        audit.append(conn, KEY, [entry(1)] * (1 // (audit.head(conn).seq)))
    with store.write() as conn:
        assert audit.append(conn, KEY, [entry(2)]) == 1


def test_the_timeline_is_the_log_read_per_order(store: Store) -> None:
    with store.write() as conn:
        audit.append(conn, KEY, [entry(number) for number in range(1, 31)])
    with store.read() as conn:
        newest = audit.timeline(conn, 2, limit=4)
        assert [found.seq for found in newest] == [28, 25, 22, 19]
        rest = audit.timeline(conn, 2, before=19)
        assert [found.seq for found in rest] == [16, 13, 10, 7, 4, 1]
        first = rest[-1]
    given = entry(1)
    assert (first.actor, first.origin, first.action) == (given.actor, given.origin, given.action)
    assert (first.summary, first.changes) == (given.summary, given.changes)
    assert (first.at, first.version) == (from_micros(given.at), 1)


def test_a_detail_can_be_erased_and_the_chain_holds(store: Store, path: Path) -> None:
    with store.write() as conn:
        audit.append(conn, KEY, [entry(number) for number in range(1, 6)])
        audit.erase_detail(conn, 3)
        audit.erase_detail(conn, 3)
        with pytest.raises(ProgrammingMistake):
            audit.erase_detail(conn, 9)
    with store.read() as conn:
        assert audit.verify(conn, KEY) == []
        [erased] = [found for found in audit.timeline(conn, 1) if found.seq == 3]
        assert (erased.is_erased, erased.summary, erased.changes) == (True, "", ())
        assert "call 3" not in str(conn.exec_driver_sql("SELECT * FROM audit_detail").fetchall())


@pytest.mark.parametrize("table", [*APPEND_ONLY, "audit_detail"])
def test_append_only_tables_refuse_update_and_delete_in_the_database(path: Path, table: str) -> None:
    """Direct SQL on the file, past every line of this program (M7, A3)."""
    with Store.open(str(path)) as store, store.write() as conn:
        _one_row_in_each(conn)
    direct = sqlite3.connect(path, isolation_level=None)
    [column] = [row[1] for row in direct.execute(f"PRAGMA table_info({table})")][-1:]
    for change in (
        f"UPDATE {table} SET {column} = {column} || 'x'",
        f"DELETE FROM {table}",
    ):
        with pytest.raises(sqlite3.IntegrityError, match=r"append-only|only be erased"):
            direct.execute(change)
    direct.close()


def test_replacing_a_row_is_refused_too(store: Store) -> None:
    with store.write() as conn:
        audit.append(conn, KEY, [entry(1)])
    with pytest.raises(RuleBroken), store.write() as conn:
        conn.execute(text("INSERT OR REPLACE INTO audit_detail VALUES (1, 'other')"))


def _one_row_in_each(conn: Any) -> None:
    audit.append(conn, KEY, [entry(1)])
    orders.insert(conn, [order()])
    for statement in (
        "INSERT INTO adjustment VALUES (1, 1, 0, 'ana', 'late', '')",
        "INSERT INTO adjusted_part VALUES (1, 1, 0, 1, NULL, 5, 4)",
        "INSERT INTO note VALUES (1, 1, 0, 'ana', 'text', NULL, NULL)",
        "INSERT INTO credit_note VALUES ('C1', 0, 'EUR', '', 'DE', '')",
        "INSERT INTO credit_note_line VALUES ('C1', 1, 'x', 'x', 1, 5, NULL, 'R1')",
        "INSERT INTO document VALUES (1, 0, 'invoice', 'A-1', 0, 'a', NULL, 5, '[]', '[]', '', '', 0)",
        "INSERT INTO document_paper VALUES (1, 0, x'00', 'digest')",
        "INSERT INTO document_logo VALUES ('digest', x'00')",
        "INSERT INTO document_print VALUES (1, 1, 0, 0, 0, 'ana')",
        "INSERT INTO settlement_file VALUES (1, 'a.csv', 'digest', 'olga', 0, 0, 1, 1, 0)",
        "INSERT INTO settlement_row VALUES (1, 1, 2, 'r', 'r', 'capture', 5, 'EUR', 0, 0)",
        "INSERT INTO settlement_covered VALUES (1, 'EUR', '')",
        "INSERT INTO settlement_finding VALUES "
        "(1, 1, 1, NULL, NULL, NULL, 'missing_here', '', NULL, '', '', 0, 1)",
        "INSERT INTO settlement_mark (finding, at, how, person, note) VALUES (1, 0, 'accepted', 'olga', '')",
    ):
        conn.exec_driver_sql(statement)


LENGTH = 60
"""Entries of the log that is tampered with."""
_TEXTS = ("actor", "session", "origin", "action", "subject", "key", "result", "detail_digest")
_NUMBERS = ("at", "order_pk", "version")


def _change_text(log: sqlite3.Connection, pick: random.Random) -> str:
    column, seq = pick.choice(_TEXTS), pick.randint(1, LENGTH)
    value = log.execute(f"SELECT {column} FROM audit_entry WHERE seq = {seq}").fetchone()[0]
    place = pick.randrange(len(value) + 1)
    cut = value[:place] + chr(pick.randint(32, 0x2FF)) + value[place + pick.randint(0, 1) :]
    if cut == value:
        cut += "x"
    log.execute(f"UPDATE audit_entry SET {column} = ? WHERE seq = ?", (cut, seq))
    return f"{column} of {seq}"


def _change_number(log: sqlite3.Connection, pick: random.Random) -> str:
    column, seq = pick.choice(_NUMBERS), pick.randint(1, LENGTH)
    by = pick.choice([-1, 1, 1 << pick.randrange(40)])
    log.execute(f"UPDATE audit_entry SET {column} = coalesce({column}, 0) + ? WHERE seq = ?", (by, seq))
    return f"{column} of {seq}"


def _empty_number(log: sqlite3.Connection, pick: random.Random) -> str:
    column, seq = pick.choice(_NUMBERS[1:]), pick.randint(1, LENGTH)
    log.execute(f"UPDATE audit_entry SET {column} = NULL WHERE seq = ?", (seq,))
    return f"{column} of {seq} made null"


def _change_link(log: sqlite3.Connection, pick: random.Random) -> str:
    seq, place = pick.randint(1, LENGTH), pick.randrange(32)
    link = bytearray(log.execute(f"SELECT link FROM audit_entry WHERE seq = {seq}").fetchone()[0])
    link[place] ^= 1 << pick.randrange(8)
    log.execute("UPDATE audit_entry SET link = ? WHERE seq = ?", (bytes(link), seq))
    return f"link of {seq}"


def _change_detail(log: sqlite3.Connection, pick: random.Random) -> str:
    seq = pick.randint(1, LENGTH)
    body = log.execute(f"SELECT body FROM audit_detail WHERE seq = {seq}").fetchone()[0]
    place = pick.randrange(len(body))
    other = chr((ord(body[place]) + pick.randint(1, 90)) % 0x2FF)
    log.execute(
        "UPDATE audit_detail SET body = ? WHERE seq = ?", (body[:place] + other + body[place + 1 :], seq)
    )
    return f"detail of {seq}"


def _remove(log: sqlite3.Connection, pick: random.Random) -> str:
    # The last entry is left: cutting the tail shows against the head copied outside alone.
    seq = pick.randint(1, LENGTH - 1)
    table = pick.choice(["audit_entry", "audit_detail"])
    log.execute(f"DELETE FROM {table} WHERE seq = {seq}")
    if pick.random() < 0.5 and table == "audit_entry":
        log.execute(f"DELETE FROM audit_detail WHERE seq = {seq}")
        log.execute(f"UPDATE audit_entry SET seq = seq - 1 WHERE seq > {seq}")
        log.execute(f"UPDATE audit_detail SET seq = seq - 1 WHERE seq > {seq}")
    return f"{table} {seq} removed"


def _swap(log: sqlite3.Connection, pick: random.Random) -> str:
    one, two = pick.sample(range(1, LENGTH + 1), 2)
    for table in ("audit_entry", "audit_detail") if pick.random() < 0.5 else ("audit_detail",):
        for old, new in ((one, 10_000), (two, one), (10_000, two)):
            log.execute(f"UPDATE {table} SET seq = {new} WHERE seq = {old}")
    return f"{one} and {two} swapped"


def _add(log: sqlite3.Connection, pick: random.Random) -> str:
    like, seq = pick.randint(1, LENGTH), pick.choice([-5, 0, LENGTH + 1, LENGTH + 2])
    columns = ", ".join((*_NUMBERS, *_TEXTS, "link"))
    if seq >= 1 or pick.random() < 0.5:
        log.execute("PRAGMA ignore_check_constraints = ON")
        log.execute(
            f"INSERT INTO audit_entry (seq, {columns}) "
            f"SELECT {seq}, {columns} FROM audit_entry WHERE seq = {like}"
        )
    log.execute(f"INSERT INTO audit_detail SELECT {seq}, body FROM audit_detail WHERE seq = {like}")
    return f"{seq} added like {like}"


MUTATIONS: tuple[Callable[[sqlite3.Connection, random.Random], str], ...] = (
    _change_text,
    _change_number,
    _empty_number,
    _change_link,
    _change_detail,
    _remove,
    _swap,
    _add,
)


def test_every_mutation_of_the_log_is_found(store: Store, path: Path) -> None:
    """Invariant A4: 10,000 mutations, none missed."""
    with store.write() as conn:
        audit.append(conn, KEY, [entry(number) for number in range(1, LENGTH + 1)])
        for table in ("audit_entry", "audit_detail"):
            for action in ("update", "delete"):
                conn.exec_driver_sql(f"DROP TRIGGER {table}_no_{action}")
    pick, missed = seeded(), []
    for number in range(scaled(10_000)):
        with store.write() as conn:
            log: Any = conn.connection.driver_connection
            log.execute("SAVEPOINT untouched")
            what = MUTATIONS[number % len(MUTATIONS)](log, pick)
            if not audit.verify(conn, KEY):
                missed.append(what)
            log.execute("ROLLBACK TO untouched")
            log.execute("RELEASE untouched")
            if number % 100 == 0:
                assert audit.verify(conn, KEY) == []
    assert missed == []


def test_the_first_broken_entry_is_named(store: Store, path: Path) -> None:
    with store.write() as conn:
        audit.append(conn, KEY, [entry(number) for number in range(1, 10)])
    log = sqlite3.connect(path)
    log.execute("DROP TRIGGER audit_entry_no_update")
    log.execute("DROP TRIGGER audit_entry_no_delete")
    log.execute("UPDATE audit_entry SET actor = 'bob' WHERE seq = 4")
    log.execute("DELETE FROM audit_entry WHERE seq IN (6, 7)")
    log.commit()
    log.close()
    with store.read() as conn:
        assert audit.verify(conn, KEY) == [
            "Audit entry 4 does not fit its link: it, or what stood before it, was changed.",
            "Audit entries 6 to 7 are missing.",
            "Audit entry 8 does not fit its link: it, or what stood before it, was changed.",
            "There is a detail of audit entry 6, which is not there.",
            "There is a detail of audit entry 7, which is not there.",
        ]


def test_a_cut_tail_shows_against_the_head_copied_outside(store: Store, path: Path) -> None:
    with store.write() as conn:
        audit.append(conn, KEY, [entry(number) for number in range(1, 10)])
        outside = audit.head(conn)
    log = sqlite3.connect(path)
    log.execute("DROP TRIGGER audit_entry_no_delete")
    log.execute("DROP TRIGGER audit_detail_no_delete")
    log.execute("DELETE FROM audit_entry WHERE seq > 7")
    log.execute("DELETE FROM audit_detail WHERE seq > 7")
    log.commit()
    log.close()
    with store.read() as conn:
        assert audit.verify(conn, KEY) == []
        assert audit.link_of(conn, outside.seq) != outside.link
