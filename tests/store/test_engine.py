"""Opening, transactions, what other processes see, and what is refused."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from oms_tui.store import checkpoint, file_system, meta
from oms_tui.store.engine import Connection, Store, path_of
from oms_tui.store.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFull,
    NetworkFileSystem,
    NoDatabase,
    NotADesk,
    ProgrammingMistake,
    RuleBroken,
    StoreError,
    UnsupportedDatabase,
)
from oms_tui.store.failures import translate
from tests.store.children import finish, go, start
from tests.support import scaled


def test_the_connections_have_the_settings_of_the_architecture(store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "wal_autocheckpoint": 0,
    }
    with store.read() as reader, store.write() as writer:
        for conn in (reader, writer):
            assert {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted} == wanted
        assert reader.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
        assert reader.connection.driver_connection is not writer.connection.driver_connection


def test_file_and_folder_are_the_owners_alone(tmp_path: Path) -> None:
    place = tmp_path / "new" / "desk.db"
    os.umask(os.umask(0))
    with Store.open(str(place)) as store, store.write() as conn:
        meta.put(conn, "a", "b")
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in place.parent.iterdir()}
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert modes == {"desk.db": 0o600, "desk.db-wal": 0o600, "desk.db-shm": 0o600}


def test_a_write_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        meta.put(conn, "name", str(1 // len(meta.get(conn, "name"))))
    with store.write() as conn:
        assert meta.get(conn, "name") == ""
        meta.put(conn, "name", "whole")
    with store.read() as conn:
        assert meta.get(conn, "name") == "whole"


def test_a_read_sees_one_moment(store: Store) -> None:
    with store.read() as reader:
        assert meta.get(reader, "name") == ""
        with store.write() as writer:
            meta.put(writer, "name", "later")
        assert meta.get(reader, "name") == ""
    with store.read() as reader:
        assert meta.get(reader, "name") == "later"


def test_data_version_tells_of_every_commit(store: Store, path: Path) -> None:
    seen = [store.data_version()]
    with store.write() as conn:
        meta.put(conn, "a", "1")
    seen.append(store.data_version())
    with Store.open(str(path)) as other, other.write() as conn:
        meta.put(conn, "a", "2")
    seen.append(store.data_version())
    assert len(set(seen)) == 3
    assert store.data_version() == seen[-1]


INCREMENT = """
with Store.open(path) as store:
    for _ in range(int(sys.argv[2])):
        with store.write() as conn:
            meta.put(conn, "n", str(int(meta.get(conn, "n", "0")) + 1))
"""
"""Each writer adds ones to one number."""
MOST_SECONDS = 540
"""For 80,000 commits one after the other, on a machine that has other work."""


def test_no_update_is_lost_among_eight_writers(memory_folder: Path) -> None:
    """Invariant C2: 8 writers, each reading and writing one number, end at the exact sum."""
    each, path = scaled(10_000), memory_folder / "desk.db"
    Store.open(str(path)).close()
    children = [start(INCREMENT, str(path), str(each)) for _ in range(8)]
    for child in children:
        go(child)
    for child in children:
        finish(child, MOST_SECONDS)
    with Store.open(str(path)) as store, store.read() as conn:
        assert int(meta.get(conn, "n")) == 8 * each


def test_a_lock_that_does_not_come_free_is_told_as_busy(store: Store, path: Path) -> None:
    with Store.open(str(path)) as other, store.write() as conn:
        meta.put(conn, "mine", "1")
        with pytest.raises(DatabaseBusy, match="nothing was written"), other.write(wait=0.05):
            pytest.fail("two writers at once")
    with store.read() as conn:
        assert meta.get(conn, "mine") == "1"


def test_a_broken_rule_does_not_tell_the_values(store: Store) -> None:
    with pytest.raises(RuleBroken) as refused, store.write() as conn:
        conn.execute(text("INSERT INTO counter VALUES (:name, NULL)"), {"name": "secret"})
    assert "secret" not in str(refused.value)
    assert "nothing was written" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_FULL", DiskFull),
        ("SQLITE_BUSY_SNAPSHOT", DatabaseBusy),
        ("SQLITE_CORRUPT_VTAB", DamagedDatabase),
        ("SQLITE_SOMETHING", StoreError),
    ],
)
def test_the_drivers_errors_become_ours(name: str, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("as the driver says it")
    error.sqlite_errorname = name
    assert type(translate(error)) is kind


def _fill(conn: Connection) -> None:
    for number in range(2_000):
        meta.put(conn, f"key {number}", "x" * 1_000)


def test_the_size_limit_of_a_file_reads_as_a_full_disk(store: Store) -> None:
    with store.read() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
    with store.write() as conn:
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DiskFull, match="nothing was written"), store.write() as conn:
        _fill(conn)
    with store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM meta").scalar() == 0


@pytest.mark.parametrize("content", [b"GIF89a and so on", b"SQLite format 3"])
def test_what_is_no_database_is_left_alone(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "picture"
    place.write_bytes(content)
    with pytest.raises(NotADesk):
        Store.open(str(place))
    assert place.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "other.db"
    other = sqlite3.connect(place)
    other.execute("CREATE TABLE orders (id)")
    other.close()
    before = place.read_bytes()
    with pytest.raises(NotADesk, match="something else"):
        Store.open(str(place))
    assert place.read_bytes() == before


def test_nothing_is_made_where_only_what_is_there_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        Store.open(str(tmp_path / "none.db"), create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql://host/desk", "sqlite:///file:x?mode=ro", "a b://"]
)
def test_urls_that_name_no_file_are_refused(url: str) -> None:
    with pytest.raises(UnsupportedDatabase):
        path_of(url)


def test_urls_and_paths_name_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path_of("sqlite:////var/desk.db") == Path("/var/desk.db")
    assert path_of("sqlite:///desk.db") == tmp_path / "desk.db"
    assert path_of("desk.db") == tmp_path / "desk.db"


MOUNTS = """\
21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
40 21 0:40 / /mnt/nas rw shared:5 - nfs4 server:/x rw
41 40 8:2 / /mnt/nas/local rw - xfs /dev/sdb rw
42 21 0:41 / /mnt/with\\040blank rw - fuse.sshfs me@host:/ rw
43 21 0:42 / /mnt/hidden rw - cifs //a/b rw
44 21 8:3 / /mnt/hidden rw - ext4 /dev/sdc rw
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/srv/desk.db", "ext4"),
        ("/mnt/nas/desk.db", "nfs4"),
        ("/mnt/nas/local/desk.db", "xfs"),
        ("/mnt/nasty/desk.db", "ext4"),
        ("/mnt/with blank/desk.db", "fuse.sshfs"),
        ("/mnt/hidden/desk.db", "ext4"),
    ],
)
def test_the_kind_of_file_system_is_that_of_the_nearest_mount(tmp_path: Path, place: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert file_system.kind_of_file_system(Path(place), mounts) == kind
    if file_system.is_network(kind):
        with pytest.raises(NetworkFileSystem, match=kind):
            file_system.refuse_network(Path(place), mounts)
    else:
        file_system.refuse_network(Path(place), mounts)


def test_network_file_systems_are_refused_at_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_system, "kind_of_file_system", lambda *_: "smb3")
    with pytest.raises(NetworkFileSystem, match="disk of this machine"):
        Store.open(str(tmp_path / "desk.db"))
    assert list(tmp_path.iterdir()) == []
    assert not any(
        file_system.is_network(kind) for kind in ("ext4", "tmpfs", "overlay", "fuse.gocryptfs", "")
    )


def test_a_connection_does_not_cross_a_fork(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getpid", lambda: -1)
    for use in (store.read, store.write):
        with pytest.raises(ProgrammingMistake, match="fork"), use():
            pytest.fail("used")
    with pytest.raises(ProgrammingMistake, match="fork"):
        store.data_version()


def test_a_backup_is_whole_private_and_never_overwrites(store: Store, tmp_path: Path) -> None:
    with store.write() as conn:
        meta.put(conn, "name", "mine")
    target = tmp_path / "copy.db"
    with store.read():
        store.backup_to(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("copy")) == ["copy.db"]
    with Store.open(str(target)) as copy, copy.read() as conn:
        assert meta.get(conn, "name") == "mine"
    with pytest.raises(FileExistsError):
        store.backup_to(target)


def test_a_long_log_is_checkpointed_and_begun_anew(store: Store, path: Path) -> None:
    log = Path(f"{path}-wal")
    for number in range(40):
        with store.write() as conn:
            meta.put(conn, f"key {number % 4}", os.urandom(128 * 1024).hex())
    assert checkpoint.LONG_LOG / 2 < log.stat().st_size < 2 * checkpoint.LONG_LOG
    assert path.stat().st_size > 512 * 1024


def test_while_another_checkpoints_nobody_else_does(store: Store, path: Path) -> None:
    import fcntl

    with open(f"{path}-checkpoint", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = path.stat().st_mtime_ns
        for number in range(30):
            with store.write() as conn:
                meta.put(conn, f"key {number % 4}", os.urandom(128 * 1024).hex())
        assert path.stat().st_mtime_ns == before
    with store.write() as conn:
        meta.put(conn, "last", "one")
    assert path.stat().st_mtime_ns > before


def test_bulk_lets_the_log_grow_and_moves_it_at_the_end(store: Store, path: Path) -> None:
    before = path.stat().st_size
    with store.bulk():
        for number in range(30):
            with store.write() as conn:
                meta.put(conn, f"key {number}", os.urandom(128 * 1024).hex())
        assert path.stat().st_size == before
        assert Path(f"{path}-wal").stat().st_size > checkpoint.LONG_LOG
    assert path.stat().st_size > before
    with store.write() as conn:
        assert conn.exec_driver_sql("PRAGMA cache_size").scalar() == -8192
