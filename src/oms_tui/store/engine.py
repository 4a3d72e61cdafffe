"""The database file: opening it, its two connections, transactions, and who may checkpoint (architecture 5).

One `Store` belongs to one thread of one process. Reads go through a connection of their own and see one
snapshot; a write takes the lock at its start (`BEGIN IMMEDIATE`), so that what it checks still holds when it
writes (invariant C2).
"""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import RootTransaction, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from oms_tui.store import checkpoint
from oms_tui.store.errors import DatabaseBusy, NoDatabase, ProgrammingMistake, StoreError, UnsupportedDatabase
from oms_tui.store.failures import translate
from oms_tui.store.file_system import refuse_network
from oms_tui.store.schema import bring_up_to_date, prepare_file

LOCK_WAIT = 5.0
"""Seconds a writer waits for another (invariant F4)."""
_ASK_AGAIN = 0.001
"""Seconds, at most, until a writer that waits asks again. SQLite's own wait grows to 0.1 s, and of several
busy writers some would starve; asking at short random intervals, each gets its turn."""
_YIELDING = 0.01
"""The same for a writer that yields: it asks so much more seldom that the others mostly come first."""
_IS_BEGUN = "oms_is_begun"
"""Option of the writer's connection: its transactions are begun with the driver first."""
_CACHE_KIB = 8_192
_BULK_CACHE_KIB = 65_536
_BULK_LOG = 64 * 1024 * 1024
_SETTINGS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # So that INSERT OR REPLACE cannot delete past the triggers of append-only tables.
    "PRAGMA recursive_triggers = ON",
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    *checkpoint.SETTINGS,
)

__all__ = ["Connection", "Store", "path_of", "savepoint"]


def path_of(url: str) -> Path:
    """The file that a `sqlite:///…` URL names, or a plain path.

    Raises:
        UnsupportedDatabase: The URL names no file: another kind of database, or one in memory.
    """
    if "://" not in url:
        return Path(url).expanduser().absolute()
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UnsupportedDatabase(f"{url!r} is no database URL: expected sqlite:///PATH.") from error
    if parsed.get_backend_name() != "sqlite":
        raise UnsupportedDatabase(
            f"{parsed.get_backend_name()} databases are not used yet: expected sqlite:///PATH."
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        raise UnsupportedDatabase("The database must be a file: expected sqlite:///PATH.")
    return Path(parsed.database).expanduser().absolute()


class Store:
    """An open order desk's database."""

    def __init__(self, path: Path) -> None:
        """Connect to a file that is there and up to date; use `Store.open`."""
        self.path = path
        self._process = os.getpid()
        self._engine = _engine(path)
        self._reader = self._engine.connect()
        self._writer = self._engine.connect().execution_options(**{_IS_BEGUN: True})
        # Waiting for the lock is ours (`_begin_writing`); once it is held nothing waits.
        _driver(self._writer).execute("PRAGMA busy_timeout = 0")
        self._watch = self._engine.connect()
        self._checkpointer = checkpoint.Checkpointer(path)

    @classmethod
    def open(cls, url: str, *, create: bool = True, upgrade: bool = True) -> Self:
        """Open the database at a `sqlite:///…` URL or path, making and upgrading it where allowed.

        Raises:
            NoDatabase: There is none and `create` is false.
            OlderDatabase: It needs an upgrade and `upgrade` is false.
            NewerDatabase: A newer program has upgraded it (G4).
            NotADesk: The file is something else.
            NetworkFileSystem: It lies where SQLite's locks do not hold (F7).
            UnsupportedDatabase: The URL names no file.
            StoreError: It cannot be read or written.
        """
        path = path_of(url)
        if not create and not path.exists():
            raise NoDatabase(f"There is no database at {path}.")
        refuse_network(path)
        prepare_file(path)
        try:
            bring_up_to_date(path, upgrade=upgrade)
            return cls(path)
        except (DBAPIError, sqlite3.Error) as error:
            raise translate(error) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one snapshot of the database until the block ends.

        Raises:
            StoreError: The database could not be read.
        """
        self._refuse_fork()
        try:
            with self._reader.begin():
                yield self._reader
        except (DBAPIError, sqlite3.Error) as error:
            raise translate(error) from error

    @contextmanager
    def write(self, wait: float = LOCK_WAIT, *, yields: bool = False) -> Iterator[Connection]:
        """A connection that holds the write lock; commits when the block ends, rolls back if it raises.

        When this returns without an exception the data is on the disk (`synchronous=FULL`, invariant F1).

        Args:
            wait: Seconds that the lock is waited for.
            yields: Whether those who do not yield come first: for work that no person waits for.

        Raises:
            DatabaseBusy: The lock was not free within those seconds; nothing was written.
            RuleBroken: A constraint or trigger refused a row; nothing was written.
            StoreError: Anything else the database refused; nothing was written.
        """
        self._refuse_fork()
        try:
            with self._begin_writing(wait, _YIELDING if yields else _ASK_AGAIN):
                yield self._writer
        except (DBAPIError, sqlite3.Error) as error:
            raise translate(error) from error
        self._checkpointer.after_commit(_driver(self._writer))

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """For an import: more memory for the writer and a longer log, so that pages are written fewer times.

        Every transaction is as safe as otherwise.
        """
        driver = _driver(self._writer)
        driver.execute(f"PRAGMA cache_size = -{_BULK_CACHE_KIB}")
        self._checkpointer.allow(_BULK_LOG)
        try:
            yield
        finally:
            self._checkpointer.allow(checkpoint.LONG_LOG)
            driver.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            self._checkpointer.after_commit(driver)

    def data_version(self) -> int:
        """A number that differs after every commit of anybody, ourselves included (live changes)."""
        self._refuse_fork()
        try:
            row = _driver(self._watch).execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise translate(error) from error
        return int(row[0])

    def backup_to(self, target: Path) -> None:
        """Copy the database as it stands into a new file of mode 0600, while others go on working (F7, G2).

        Raises:
            FileExistsError: `target` is there already.
            StoreError: Reading or writing failed; the unfinished copy is removed.
        """
        self._refuse_fork()
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            _driver(self._watch).backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            target.unlink(missing_ok=True)
            raise translate(error) from error
        finally:
            copy.close()

    def close(self) -> None:
        """Close the connections; harmless when they are closed already."""
        if os.getpid() != self._process:
            return
        for connection in (self._watch, self._reader, self._writer):
            connection.close()
        self._engine.dispose()
        self._checkpointer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin_writing(self, wait: float, ask_again: float) -> RootTransaction:
        until = time.monotonic() + wait
        # Asked of the driver: among many writers each asks hundreds of times, and by way of SQLAlchemy every
        # refusal costs as much as a small transaction.
        driver = _driver(self._writer)
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if not isinstance(translate(error), DatabaseBusy) or time.monotonic() > until:
                    raise
            else:
                return self._writer.begin()
            time.sleep(ask_again * random.random())  # noqa: S311 - spreads the writers, no secret

    def _refuse_fork(self) -> None:
        if os.getpid() != self._process:
            raise ProgrammingMistake("A database connection must not be used across a fork (invariant F7).")


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """A part of a transaction that is undone alone if it raises; the transaction itself goes on.

    Raises:
        StoreError: The database refused something in it.
    """
    try:
        # Said to the driver: many are made a second, and SQLAlchemy's own cost several times as much.
        conn.exec_driver_sql("SAVEPOINT oms_part")
        try:
            yield
        except BaseException:
            conn.exec_driver_sql("ROLLBACK TO oms_part")
            conn.exec_driver_sql("RELEASE oms_part")
            raise
        conn.exec_driver_sql("RELEASE oms_part")
    except (DBAPIError, sqlite3.Error) as error:
        raise translate(error) from error


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise StoreError("The connection to the database is closed.")
    return driver


def _engine(path: Path) -> Engine:
    engine = create_engine(
        "sqlite://",
        # Without an isolation level the driver starts no transactions of its own: `_begin` does.
        creator=lambda: sqlite3.connect(path, timeout=LOCK_WAIT, isolation_level=None),
        poolclass=NullPool,
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: Any) -> None:
    for setting in _SETTINGS:
        connection.execute(setting)


def _begin(connection: Connection) -> None:
    if not connection.get_execution_options().get(_IS_BEGUN):
        connection.exec_driver_sql("BEGIN")
