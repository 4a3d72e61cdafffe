"""What a database file says of itself, at a glance: read without the store's libraries, which a console loads
only after its first frame (architecture 2)."""

import sqlite3
from contextlib import closing
from pathlib import Path


def facts_of(file: Path) -> dict[str, str]:
    """The facts in a database's table `meta`; none where the file is no database of ours or cannot be read.

    Nothing is checked, upgraded or written: whoever needs more opens the store.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.Error:
        return {}
