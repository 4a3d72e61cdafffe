"""Doctor: planted faults are each named, clean data raises no alarm (invariants F8, A4, S3)."""

import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.desk import audit_head, commit, doctor, intake, people
from oms_tui.desk.audit_head import head_path
from oms_tui.desk.audit_key import key_path
from oms_tui.desk.doctor import Finding, examine_url
from oms_tui.desk.intake import Batch
from oms_tui.desk.writing import writing
from oms_tui.domain.order import Hold
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.store.check_log import count_orders
from oms_tui.store.errors import DatabaseBusy
from tests.build import NOON, line, order
from tests.desk.conftest import SETTINGS, add_person, entries, take_in
from tests.desk.test_intake import return_of, sale


@pytest.fixture
def made(place):
    """A desk with orders, a return, and something done to them; closed."""
    desk = place.open()
    ana = add_person(desk, "ana")
    hold = Hold(number=1, kind=HoldKind.FRAUD, reason="rule 3", placed_at=NOON, placed_by="system")
    take_in(
        desk,
        sale(),
        order(line(1), line(2, quantity=3, minor=900), id="10428", holds=(hold,)),
        order(line(1, LineStatus.PENDING_ALLOCATION), id="10429"),
    )
    intake.take_in(desk, Batch(returns=[return_of()]), source="test")
    for order_id, verb, arguments in (
        ("10428", "order.note", {"text": "called back"}),
        ("10428", "order.cancel", {"reason": "duplicate", "lines": ["2:1"]}),
        ("10429", "order.cancel", {"reason": "customer request"}),
    ):
        version = 2 if verb == "order.cancel" and order_id == "10428" else 1
        commit.commit(desk, ana, verb, order_id, arguments, version=version, key=uuid4().hex)
    place.close()
    return place


def examine(place):
    return examine_url(place.url, SETTINGS, clock=place.clock, state_folder=place.state)


def spoil(place, *statements):
    """Change the file behind the program's back: its guards are taken off and put on again."""
    conn = sqlite3.connect(place.path, isolation_level=None)
    guards = conn.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    conn.execute("PRAGMA foreign_keys = OFF")
    conn.execute("PRAGMA ignore_check_constraints = ON")
    for name, _ in guards:
        conn.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        done = conn.execute(statement.replace("{10428}", "(SELECT pk FROM orders WHERE id = '10428')"))
        assert done.rowcount != 0, statement
    for _, text in guards:
        conn.execute(text)
    conn.close()


def test_clean_data_raises_no_alarm(made):
    report = examine(made)
    assert report.findings == ()
    assert report.is_ok
    assert (report.orders, report.entries) == (3, 9)


def test_an_old_sqlite_is_a_note_and_no_fault(made, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert any("older than 3.51.3" in note for note in examine(made).notes)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert examine(made).notes == ()


PLANTED = {
    "a reference to nothing": (
        "UPDATE order_line SET order_pk = 999 WHERE order_pk = {10428}",
        "database",
        "refers to a row",
    ),
    "a guard gone": (None, "database", "lacks trigger"),
    "an index gone": ("DROP INDEX orders_created", "database", "lacks index orders_created"),
    "a table that does not belong": ("CREATE TABLE extra (x)", "database", "table extra"),
    "text for money": (
        "UPDATE order_line SET amount = '9,00' WHERE number = 1",
        "database",
        "no whole number",
    ),
    "a fraction of a cent": (
        "UPDATE order_line SET tax = 0.5 WHERE number = 1",
        "database",
        "no whole number",
    ),
    "a total that was copied wrong": (
        "UPDATE orders SET total_minor = total_minor + 1 WHERE id = '10428'",
        "database",
        "total_minor",
    ),
    "a status that was copied wrong": (
        "UPDATE orders SET status = 'packed' WHERE id = '10428'",
        "database",
        "Order 10428",
    ),
    "a payment status that was copied wrong": (
        "UPDATE orders SET payment_status = 'voided' WHERE id = '10428'",
        "database",
        "payment_status",
    ),
    "a hold that was copied wrong": ("UPDATE orders SET holds = '' WHERE id = '10428'", "database", "holds"),
    "an e-mail key that was copied wrong": (
        "UPDATE orders SET email_key = 'x' WHERE id = '10428'",
        "database",
        "email_key",
    ),
    "a tag missing": ("DELETE FROM order_tag WHERE tag = 'hold:fraud'", "database", "order_tag"),
    "a tag too many": (
        "INSERT INTO order_tag SELECT 'hold:address', created, pk FROM orders WHERE pk = {10428}",
        "database",
        "order_tag",
    ),
    "a wrong counter": (
        "UPDATE counter SET value = value + 1 WHERE name = 'orders'",
        "database",
        "Counter orders",
    ),
    "an open task missing": ("DELETE FROM open_task WHERE order_pk = {10428}", "database", "open_task"),
    "a due time that was copied wrong": (
        "UPDATE orders SET due = 5 WHERE id = '10428'",
        "database",
        "due",
    ),
    "pieces reserved that no line holds": (
        "UPDATE stock SET on_hand = on_hand + 9, reserved = reserved + 1",
        "stock",
        "open lines hold",
    ),
    "a return's status that was copied wrong": (
        "UPDATE return_order SET status = 'created'",
        "database",
        "Return R-1",
    ),
    "a line's status that nobody gave": (
        "UPDATE order_line SET status = 'delivered' WHERE number = 1 AND order_pk = {10428}",
        "database",
        "Order 10428",
    ),
    "a placed total that is not the sum": (
        "UPDATE orders SET placed_minor = placed_minor + 1 WHERE id = '10428'",
        "money",
        "placed total",
    ),
    "an amount below zero": (
        "UPDATE order_line SET discount = -1 WHERE number = 1 AND order_pk = {10428}",
        "money",
        "below zero",
    ),
    "a refund of what was never captured": (
        "INSERT INTO payment_operation (order_pk, payment, number, kind, state, amount, at, reference, "
        "reference_key, cause) VALUES ({10428}, 1, 99, 'refund', 'succeeded', 5, 0, '', '', '')",
        "money",
        "gave back more than it took",
    ),
    "an entry that was changed": (
        "UPDATE audit_entry SET actor = 'ben' WHERE seq = 5",
        "audit chain",
        "entry 5 does not fit",
    ),
    "an entry that was taken out": (
        "DELETE FROM audit_entry WHERE seq = 5",
        "audit chain",
        "entries 5 to 5 are missing",
    ),
    "a detail that was changed": (
        "UPDATE audit_detail SET body = replace(body, 'called', 'chased')",
        "audit chain",
        "was changed",
    ),
    "a detail that was taken out": (
        "DELETE FROM audit_detail WHERE seq = 7",
        "audit chain",
        "of audit entry 7 is missing",
    ),
    "a tail that was cut": (
        "DELETE FROM audit_entry WHERE seq > 6; DELETE FROM audit_detail WHERE seq > 6",
        "audit head",
        "was cut: entry 9 was there",
    ),
    "a change that is in no entry": (
        "UPDATE orders SET version = version + 1 WHERE id = '10428'",
        "audit log",
        "has version 4, its audit entries say version 3",
    ),
    "a credit note of an order that is not there": (
        "INSERT INTO credit_note VALUES ('C7', 0, 'EUR', '', '', 'test'); "
        "INSERT INTO credit_note_line VALUES ('C7', 1, 'A', 'A', 1, 5, '99999', NULL)",
        "database",
        "Credit note C7 names order 99999",
    ),
    "a credit note of a return that is not there": (
        "INSERT INTO credit_note VALUES ('C7', 0, 'EUR', '', '', 'test'); "
        "INSERT INTO credit_note_line VALUES ('C7', 1, 'A', 'A', 1, 5, '10428', 'R-99')",
        "database",
        "Credit note C7 names return R-99",
    ),
    "an intent that is in no entry": (
        "UPDATE commit_key SET key = 'x'||key",
        "audit log",
        "no audit entry has it",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_named(made, fault):
    statement, part, words = PLANTED[fault]
    if statement is None:
        conn = sqlite3.connect(made.path)
        (name,) = conn.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' LIMIT 1").fetchone()
        conn.execute(f'DROP TRIGGER "{name}"')
        conn.commit()
        conn.close()
    else:
        spoil(made, *statement.split("; "))
    report = examine(made)
    assert not report.is_ok
    assert any(words in finding.text for finding in report.findings if finding.part == part), report.findings


def test_at_least_twenty_faults_are_planted():
    assert len(PLANTED) >= 20


def test_a_damaged_page_is_named(made):
    conn = sqlite3.connect(made.path)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (size,) = conn.execute("PRAGMA page_size").fetchone()
    (root,) = conn.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'order_line'").fetchone()
    conn.close()
    with made.path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(64))
    assert not examine(made).is_ok


def test_a_file_that_is_no_database_and_one_that_is_missing(made):
    made.path.write_bytes(b"hello")
    assert examine(made).findings[0].part == "opening"
    made.path.unlink()
    assert "no database" in examine(made).findings[0].text
    assert not made.path.exists()


def test_a_missing_key_and_a_wrong_one_are_named(made):
    with sqlite3.connect(made.path) as conn:
        (database_id,) = conn.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
    conn.close()
    path = key_path(made.state, database_id)
    right = path.read_bytes()
    path.write_bytes(b"ab" * 32)
    assert "not the one" in examine(made).findings[0].text
    path.unlink()
    assert "audit key" in examine(made).findings[0].text
    path.write_bytes(right)
    path.chmod(0o644)
    assert "chmod 600" in examine(made).findings[0].text
    path.chmod(0o600)
    assert examine(made).is_ok


@pytest.mark.parametrize("end", ["", ".head"])
def test_files_that_others_may_read_are_named(made, end):
    file = next((made.state / "audit").glob("*.head")) if end else made.path
    file.chmod(0o644)
    findings = examine(made).findings
    assert {finding.part for finding in findings} == {"files"}
    assert str(file) in findings[0].text


def test_a_damaged_head_is_named_and_not_written_over(made):
    (head,) = (made.state / "audit").glob("*.head")
    head.write_text("{}")
    made.open()
    made.close()
    assert examine(made).findings[0].part == "audit head"


def test_a_changed_chain_is_found_by_its_head_even_where_the_key_is_known(made):
    """Whoever has the key can make the chain fit again, but not the head that was copied out."""
    desk = made.open()
    with desk.store.read() as conn:
        entries = conn.exec_driver_sql("SELECT max(seq) FROM audit_entry").scalar()
    (head,) = (made.state / "audit").glob("*.head")
    assert f'"entries": {entries}' in head.read_text()
    path = head_path(made.state, desk.database_id)
    path.write_text(path.read_text().replace('"link": "', '"link": "00')[:-4] + '"}')
    made.close()
    assert any(finding.part == "audit head" for finding in examine(made).findings)


def test_the_head_is_copied_every_thousand_entries_and_hour(place, clock, monkeypatch):
    desk = place.open()
    ana = add_person(desk, "ana")
    take_in(desk, sale())
    path = head_path(place.state, desk.database_id)
    before = path.read_text() if path.exists() else ""

    def note():
        commit.commit(desk, ana, "order.note", "10427", {"text": "x"}, version=1, key=uuid4().hex)

    note()
    assert (path.read_text() if path.exists() else "") == before
    clock.advance(timedelta(hours=1))
    note()
    hourly = path.read_text()
    assert hourly != before
    monkeypatch.setattr(audit_head, "EVERY_ENTRIES", 3)
    note()
    note()
    assert path.read_text() == hourly
    note()
    assert path.read_text() != hourly


def test_a_broken_order_does_not_stop_the_look_at_the_others(made):
    spoil(
        made,
        "UPDATE orders SET flow = 'no json' WHERE id = '10427'",
        "UPDATE orders SET placed_minor = placed_minor + 1 WHERE id = '10428'",
    )
    findings = examine(made).findings
    assert any("10427" in finding.text and finding.part == "database" for finding in findings)
    assert any("10428" in finding.text and finding.part == "money" for finding in findings)


def test_progress_is_told(made):
    desk = made.open()
    seen = []
    report = doctor.examine(desk, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    assert report == replace(report, findings=tuple[Finding, ...]())


def test_work_while_doctor_looks_raises_no_alarm(made, monkeypatch):
    """Entries written, and the head copied, after the snapshot was taken are no cut tail."""
    desk, other = made.open(), made.open()
    ana = people.actor_named(other, "ana")
    real = count_orders

    def others_work(conn):
        counted = real(conn)  # the snapshot is there from here on
        commit.commit(other, ana, "order.note", "10429", {"text": "x"}, version=2, key=uuid4().hex)
        other.head.write()
        return counted

    monkeypatch.setattr("oms_tui.desk.doctor.count_orders", others_work)
    report = doctor.examine(desk)
    assert report.findings == ()
    assert report.entries == 9


def test_what_took_effect_is_not_reported_as_failed_for_its_copied_head(place, monkeypatch, caplog):
    """The copy of the head is made after the commit: a fault there is logged, and the file is let go of."""
    desk = place.open()
    ana = add_person(desk, "ana")
    take_in(desk, sale())
    path = head_path(place.state, desk.database_id)
    real, closed = desk.store.close, []
    monkeypatch.setattr(audit_head, "EVERY_ENTRIES", 1)

    def broken():
        raise DatabaseBusy("busy")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "read", broken)
        with writing(desk) as work:
            work.log(ana, "order.note", "told", subject="10427")
        assert "was not copied" in caplog.text
        patch.setattr(desk.store, "close", lambda: closed.append(real()))
        desk.close()
        assert closed
        patch.setattr(desk.head, "write", broken)
        with pytest.raises(DatabaseBusy):
            desk.close()
        assert len(closed) == 2
    place.desks.clear()
    again = place.open()
    again.head.write()
    assert f'"entries": {entries(again)}' in path.read_text()
