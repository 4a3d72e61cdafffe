"""Which schema a database has, and bringing it up to date: one program migrates, others wait (G3 to G5).

At the newest revision nothing but one SELECT is done: Alembic is imported only to migrate.
"""

import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

from oms_tui.store.errors import (
    DamagedDatabase,
    DatabaseBusy,
    NewerDatabase,
    NotADesk,
    OlderDatabase,
    StoreError,
)
from oms_tui.store.migrations import HEAD, REVISIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection

APPLICATION_ID = 0x6F6D7364
"""Marks the file as an order desk's ("omsd"), so that nothing else is ever taken for one."""
MIGRATION_WAIT = 600.0
"""Seconds a program waits while another migrates a large database."""
_MAGIC = b"SQLite format 3\x00"


def prepare_file(path: Path) -> None:
    """Make the folder (0700) and an empty file (0600) where there is none; refuse what is no database.

    Raises:
        NotADesk: There is something else at that path.
        StoreError: It cannot be made or read.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            _refuse_other_files(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}.") from error


def _refuse_other_files(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
    if start and start != _MAGIC:
        raise NotADesk(f"{path} is not an order desk's database, nor any database of its kind.")


def bring_up_to_date(path: Path, *, upgrade: bool) -> None:
    """See that the database has the newest schema, making or upgrading it.

    Raises:
        OlderDatabase: It needs an upgrade and `upgrade` is false.
        NewerDatabase: Its revision is none that this program knows (G4).
        NotADesk: It holds other tables than ours.
        DatabaseBusy: Another program is still migrating after `MIGRATION_WAIT` seconds.
    """
    connection = sqlite3.connect(path, timeout=MIGRATION_WAIT, isolation_level=None)
    try:
        found = revision(connection, path)
        if found == HEAD:
            return
        if found and not upgrade:
            raise OlderDatabase(str(path), found, HEAD)
        _switch_to_log(connection)
    finally:
        connection.close()
    _migrate(path)


def revision(connection: sqlite3.Connection, path: Path) -> str:
    """The revision a database has, "" for an empty one.

    Raises:
        NewerDatabase: It is none that this program knows (G4).
        NotADesk: It holds other tables than ours.
    """
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables and mark in (0, APPLICATION_ID):
        return ""
    if mark != APPLICATION_ID or "alembic_version" not in tables:
        raise NotADesk(f"{path} is a database of something else, not an order desk's.")
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    found = rows[0][0] if len(rows) == 1 else f"{len(rows)} revisions at once"
    if found not in REVISIONS:
        raise NewerDatabase(str(path), found, HEAD)
    return str(found)


def _copy_anew(connection: "Connection") -> None:
    """After an upgrade the copies of facts are made as this program makes them."""
    from oms_tui.store.recopy import copy_open_orders

    copy_open_orders(connection)


def _switch_to_log(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging. Of two programs at once, one is told "locked" at once."""
    until = time.monotonic() + MIGRATION_WAIT
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            if time.monotonic() > until:
                raise DatabaseBusy("Another program holds the database; nothing was changed.") from error
            time.sleep(0.02)
            continue
        if mode != "wal":
            raise StoreError(f"The database cannot use a write-ahead log here (it stays with {mode!r}).")
        return


def _migrate(path: Path) -> None:
    """Run the missing migrations, all in one transaction: a kill leaves the old schema whole (G3)."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    from oms_tui.store.migrations.run import upgrade_to_head

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=MIGRATION_WAIT, isolation_level=None)
        # Tables may be rebuilt, which foreign keys would take for deletes; they are checked before the end.
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection, connection.begin():
        driver = connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise StoreError("The connection to the database is closed.")
        found = revision(driver, path)
        if found == HEAD:
            return
        upgrade_to_head(connection)
        if found:
            _copy_anew(connection)
        if driver.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise DamagedDatabase(f"Upgrading {path} would break references; nothing was changed.")
        driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
