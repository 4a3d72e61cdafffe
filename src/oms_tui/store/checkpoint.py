"""Moving the write-ahead log into the database file: by one process at a time.

SQLite before 3.51.3 can damage a database when a checkpoint meets another connection's checkpoint or write at
a rare moment (invariant F7), so the automatic one of every connection is off, and whoever commits while the
log is long does it, if nobody else is at it.
"""

import fcntl
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

LONG_LOG = 4 * 1024 * 1024
"""Bytes of log past which a checkpoint is due: about SQLite's own default of 1,000 pages."""
SETTINGS = (
    "PRAGMA wal_autocheckpoint = 0",
    # A log begun anew is cut to this length, so that its length says whether it is long.
    f"PRAGMA journal_size_limit = {LONG_LOG}",
)
"""What every connection needs for this."""


class Checkpointer:
    """Checkpoints one database for this process."""

    def __init__(self, path: Path) -> None:
        """Name the database; nothing is opened yet."""
        self._log = f"{path}-wal"
        self._lock_path = f"{path}-checkpoint"
        self._lock: int | None = None
        self._long = LONG_LOG
        self._due = LONG_LOG

    def allow(self, length: int) -> None:
        """Let the log grow to `length` bytes before it is moved: pages written again and again move once."""
        self._long = self._due = length

    def after_commit(self, connection: sqlite3.Connection) -> None:
        """Checkpoint if the log is long and no other process does; an error only means that it is done
        later."""
        try:
            length = os.stat(self._log).st_size
        except FileNotFoundError:
            return
        if length <= self._due:
            return
        with suppress(OSError, sqlite3.OperationalError):
            self._checkpoint(connection, length)

    def close(self) -> None:
        """Let go of the lock file."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _checkpoint(self, connection: sqlite3.Connection, length: int) -> None:
        if self._lock is None:
            self._lock = os.open(self._lock_path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            _busy, pages, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            # What a reader still needs stays in the log; then another try waits for as much again.
            self._due = self._long if pages == moved else length + self._long
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
