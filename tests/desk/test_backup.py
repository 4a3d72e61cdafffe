"""Backup and restore: verified, private, never a copy of a live file (invariants G2, F7, A4)."""

import sqlite3
from datetime import timedelta
from uuid import uuid4

import pytest

from oms_tui.desk import ask, backup, commit, doctor, errors
from oms_tui.desk import desk as desk_module
from oms_tui.desk.audit_key import key_path
from oms_tui.domain.people import LOCAL_ACTOR
from oms_tui.store import audit
from oms_tui.store.copies import inspect, keep_verified
from oms_tui.store.engine import Store
from oms_tui.store.errors import DamagedDatabase, NewerDatabase, NoDatabase, NotADesk, OlderDatabase
from tests.build import order
from tests.desk.conftest import SETTINGS, add_person, entries, take_in


def note(desk, actor, text):
    commit.commit(desk, actor, "order.note", "10427", {"text": text}, version=1, key=uuid4().hex)


def notes(desk):
    return [note.text for note in ask.order(desk, LOCAL_ACTOR, "10427").order.notes]


def restore(place, source):
    return backup.restore(place.url, source, settings=SETTINGS, clock=place.clock, state_folder=place.state)


@pytest.fixture
def made(place, desk, tmp_path):
    """A desk with one note, and its backup."""
    ana = add_person(desk, "ana")
    take_in(desk)
    note(desk, ana, "before")
    return backup.back_up(desk, tmp_path / "copies" / "one.db")


def test_a_backup_is_private_whole_and_written_in_the_log(desk, made):
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert (made.orders, made.entries) == (1, entries(desk) - 1)
    assert [file.name for file in made.path.parent.iterdir()] == ["one.db"]
    with sqlite3.connect(made.path) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert conn.execute("SELECT count(*) FROM note").fetchone() == (1,)
    conn.close()


def test_a_backup_is_taken_while_others_work(place, desk, made, tmp_path):
    other = place.open()
    ana = add_person(other, "ben")
    note(other, ana, "from the other console")
    with other.store.write():
        copy = inspect(made.path)
    assert copy.orders == 1


def test_nothing_is_written_over(desk, made):
    content = made.path.read_bytes()
    with pytest.raises(errors.Unusable, match="already"):
        backup.back_up(desk, made.path)
    assert made.path.read_bytes() == content
    assert [file.name for file in made.path.parent.iterdir()] == ["one.db"]


def test_a_restore_brings_back_what_was_and_keeps_what_is(place, desk, made, clock):
    ana = add_person(desk, "ben")
    note(desk, ana, "after")
    place.close()
    clock.advance(timedelta(hours=1))
    done = restore(place, made.path)
    desk = place.open()
    assert notes(desk) == ["before"]
    assert doctor.examine(desk).findings == ()
    assert ask.order(desk, LOCAL_ACTOR, "10427").order.version == 2
    assert done.kept is not None
    assert done.kept.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(done.kept) as conn:
        assert conn.execute("SELECT count(*) FROM note").fetchone() == (2,)
    conn.close()
    restore(place, done.kept)
    assert notes(place.open()) == ["before", "after"]


def test_consoles_that_are_open_see_what_was_restored(place, desk, made):
    note(desk, add_person(desk, "ben"), "after")
    seen = desk.store.data_version()
    restore(place, made.path)
    assert desk.store.data_version() != seen
    assert notes(desk) == ["before"]
    note(desk, add_person(desk, "cem"), "and on")
    assert notes(desk) == ["before", "and on"]
    assert doctor.examine(desk).findings == ()


@pytest.mark.parametrize("damage", ["torn", "no database", "missing", "empty"])
def test_a_damaged_or_missing_database_is_restored(place, desk, made, damage):
    place.close()
    match damage:
        case "torn":
            with place.path.open("r+b") as file:
                file.seek(5000)
                file.write(b"\xff" * 60_000)
        case "no database":
            place.path.write_bytes(b"hello" * 100)
        case "empty":
            place.path.write_bytes(b"")
        case "missing":
            place.path.unlink()
    done = restore(place, made.path)
    assert (done.kept is None) == (damage in ("missing", "empty"))
    desk = place.open()
    assert notes(desk) == ["before"]
    assert doctor.examine(desk).findings == ()
    assert place.path.stat().st_mode & 0o777 == 0o600


def test_what_is_no_sound_backup_changes_nothing(place, desk, made, tmp_path):
    wrong = tmp_path / "wrong.db"
    before = entries(desk)
    for content, error in ((None, NoDatabase), (b"hello" * 999, NotADesk)):
        if content:
            wrong.write_bytes(content)
        with pytest.raises(error):
            restore(place, wrong)
    wrong.unlink()
    other = sqlite3.connect(wrong)
    other.execute("CREATE TABLE something (x)")
    other.commit()
    other.close()
    with pytest.raises(NotADesk):
        restore(place, wrong)
    assert entries(desk) == before


def test_a_torn_backup_is_refused(place, desk, made):
    with made.path.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 60_000)
    with pytest.raises(DamagedDatabase):
        restore(place, made.path)
    assert notes(desk) == ["before"]


def test_a_backup_of_a_newer_program_is_refused(place, desk, made):
    with sqlite3.connect(made.path) as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    conn.close()
    with pytest.raises(NewerDatabase):
        restore(place, made.path)
    assert notes(desk) == ["before"]


def test_a_backup_whose_key_is_not_here_is_refused_before_anything_is_done(place, desk, made):
    key_path(place.state, desk.database_id).unlink()
    with pytest.raises(errors.Unusable, match="audit key"):
        restore(place, made.path)
    assert notes(desk) == ["before"]


def test_a_copy_without_the_audit_log_as_it_is_is_no_backup(desk, made, tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "link_of", lambda conn, seq: b"another")
    with pytest.raises(errors.Unusable, match="no backup was made"):
        backup.back_up(desk, tmp_path / "two.db")
    assert not (tmp_path / "two.db").exists()


def test_two_programs_that_upgrade_together_both_go_on(place, desk, monkeypatch):
    """Invariants G2, G5: both find no copy, one makes it, the other goes on with that one."""
    take_in(desk, order())
    place.close()
    real = vars(Store)["open"].__func__
    kept = place.path.with_name("orders.db.schema-0001")
    other = b"the copy that the other program made"

    def older_at_first(cls, url, *, create=True, upgrade=True):
        if not upgrade:
            raise OlderDatabase(str(place.path), "0001", "0002")
        return real(cls, url, create=create, upgrade=upgrade)

    def other_is_faster(path, target):
        target.write_bytes(other)
        return keep_verified(path, target)

    monkeypatch.setattr(Store, "open", classmethod(older_at_first))
    monkeypatch.setattr(desk_module, "keep_verified", other_is_faster)
    place.open()
    assert kept.read_bytes() == other
    place.close()
    kept.unlink()
    kept.symlink_to(place.path.with_name("nowhere"))
    monkeypatch.setattr(desk_module, "keep_verified", keep_verified)
    with pytest.raises(errors.Unusable, match="in its way"):
        place.open()


def test_an_older_database_is_copied_before_it_is_upgraded(place, desk, monkeypatch):
    """Invariant G2: what the upgrade begins with is there to go back to."""
    take_in(desk, order())
    place.close()
    real = vars(Store)["open"].__func__
    asked = []

    def older_at_first(cls, url, *, create=True, upgrade=True):
        asked.append(upgrade)
        if not upgrade:
            raise OlderDatabase(str(place.path), "0001", "0002")
        return real(cls, url, create=create, upgrade=upgrade)

    monkeypatch.setattr(Store, "open", classmethod(older_at_first))
    place.open()
    kept = place.path.with_name("orders.db.schema-0001")
    assert asked == [False, True]
    assert inspect(kept).orders == 1
    with pytest.raises(OlderDatabase):
        place.open(upgrade=False)
