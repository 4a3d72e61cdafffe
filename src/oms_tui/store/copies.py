"""Copies of a database as files: what one holds, and putting one in the database's place (G2, F7)."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex

from oms_tui.store.errors import DamagedDatabase, NoDatabase, NotADesk, StoreError
from oms_tui.store.failures import translate
from oms_tui.store.schema import APPLICATION_ID, revision

_BESIDE = ("-wal", "-shm")
_LOCK_WAIT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What a sound copy holds."""

    path: Path
    revision: str
    """The schema's."""
    facts: dict[str, str]
    """What the database says of itself (`meta`)."""
    orders: int
    entries: int
    """Audit entries."""
    link: bytes
    """The audit chain's head."""


def inspect(path: Path) -> Copy:
    """What a copy holds, once its pages and references are found sound. Nothing is written.

    Raises:
        NoDatabase: There is no such file.
        NotADesk: It is no order desk's database.
        NewerDatabase: A newer program made it (G4).
        DamagedDatabase: It is not sound.
    """
    if not path.is_file():
        raise NoDatabase(f"There is no file {path}.")
    with _opened(path) as conn:
        found = _first(conn, "PRAGMA application_id")
        if found != APPLICATION_ID:
            raise NotADesk(f"{path} is not an order desk's database.")
        known = revision(conn, path)
        problems = [row[0] for row in conn.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
        if problems or conn.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise DamagedDatabase(f"{path} is damaged: it cannot be relied on.")
        head = conn.execute("SELECT seq, link FROM audit_entry ORDER BY seq DESC LIMIT 1").fetchone()
        return Copy(
            path=path,
            revision=known,
            facts=dict(conn.execute("SELECT key, value FROM meta").fetchall()),
            orders=_first(conn, "SELECT count(*) FROM orders"),
            entries=0 if head is None else int(head[0]),
            link=b"" if head is None else bytes(head[1]),
        )


def keep_verified(path: Path, kept: Path) -> Copy:
    """Copy a database into a new 0600 file and verify the copy.

    Raises:
        FileExistsError: There is something at `kept`.
        StoreError: The database cannot be read, or the copy is not sound; there is no copy then.
    """
    draft = kept.with_name(f".{kept.name}.{token_hex(8)}")
    try:
        if not _keep(path, draft):
            raise DamagedDatabase(f"{path} cannot be copied: it is damaged.")
        copy = inspect(draft)
        os.link(draft, kept)
    finally:
        draft.unlink(missing_ok=True)
    return replace(copy, path=kept)


def put_in_place(path: Path, source: Path, kept: Path) -> bool:
    """Make a database what a copy holds, also while consoles have it open; what was there is kept as `kept`.

    Args:
        path: The database; it may be damaged or missing.
        source: A sound copy.
        kept: Where the present state goes; nothing may be there.

    Returns:
        Whether there was anything to keep.

    Raises:
        FileExistsError: There is something at `kept`.
        DatabaseBusy: Another program is writing.
        StoreError: A file could not be read or written.
    """
    was_there = path.exists() and path.stat().st_size > 0
    if was_there and not _keep(path, kept):
        _move_aside(path, kept)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    with _opened(source) as conn:
        target = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
        try:
            conn.backup(target)
            target.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise translate(error) from error
        finally:
            target.close()
    return was_there


def _keep(path: Path, kept: Path) -> bool:
    """Copy the present state through the database's own copying; False where it is too damaged for that."""
    os.close(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with _opened(path) as conn:
            copy = sqlite3.connect(kept, isolation_level=None)
            try:
                conn.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
            finally:
                copy.close()
    except (StoreError, sqlite3.Error):
        kept.unlink(missing_ok=True)
        return False
    return True


def _move_aside(path: Path, kept: Path) -> None:
    """A file that cannot even be read as a database is kept as it is, with what lies beside it."""
    for end in ("", *_BESIDE):
        beside = path.with_name(path.name + end)
        if beside.exists():
            shutil.move(beside, kept.with_name(kept.name + end))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        conn = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
        try:
            conn.execute("PRAGMA query_only = ON")
            yield conn
        finally:
            conn.close()
    except sqlite3.Error as error:
        raise translate(error) from error


def _first(conn: sqlite3.Connection, query: str) -> int:
    return int(conn.execute(query).fetchone()[0])
