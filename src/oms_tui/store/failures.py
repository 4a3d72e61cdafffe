"""From what the driver raises to our errors, in words that say what became of the action (invariant F3)."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from oms_tui.store.errors import (
    DamagedDatabase,
    DatabaseBusy,
    DiskFailure,
    DiskFull,
    NotADesk,
    ReadOnlyDatabase,
    RuleBroken,
    StoreError,
)

_KINDS: dict[str, tuple[type[StoreError], str]] = {
    "SQLITE_BUSY": (
        DatabaseBusy,
        "The database is in use by another program; nothing was written. Try again.",
    ),
    "SQLITE_LOCKED": (DatabaseBusy, "The database is in use; nothing was written. Try again."),
    "SQLITE_FULL": (DiskFull, "The disk is full; nothing was written. Make room and try again."),
    "SQLITE_READONLY": (ReadOnlyDatabase, "The database may not be written to; nothing was written."),
    "SQLITE_PERM": (ReadOnlyDatabase, "The database may not be written to; nothing was written."),
    "SQLITE_CANTOPEN": (DiskFailure, "The database, or a file beside it, cannot be opened."),
    "SQLITE_IOERR": (DiskFailure, "Reading or writing the database failed; nothing was written."),
    "SQLITE_CORRUPT": (DamagedDatabase, "The database is damaged: run `oms-tui doctor`, restore a backup."),
    "SQLITE_NOTADB": (NotADesk, "The file is no database, or is damaged at its start."),
    "SQLITE_CONSTRAINT": (RuleBroken, "A rule of the database refused this; nothing was written"),
}


def translate(error: DBAPIError | sqlite3.Error) -> StoreError:
    """The error of ours for one of the driver's. The values of the refused row are not in its text."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(cause, "sqlite_errorname", None) or ""
    for prefix, (kind, text) in _KINDS.items():
        if name.startswith(prefix):
            return kind(f"{text}: {cause}." if kind is RuleBroken else text)
    return StoreError(f"The database refused: {cause}.")
