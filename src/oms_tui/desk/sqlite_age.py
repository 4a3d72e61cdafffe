"""Whether this machine's SQLite is one that cannot damage a database by itself (invariant F7)."""

import sqlite3

SAFE_SQLITE = (3, 51, 3)
"""From this version on its write-ahead log has no known way to."""


def old_sqlite() -> str:
    """What to know about an old one, in a sentence; "" where it is new enough."""
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return ""
    safe = ".".join(map(str, SAFE_SQLITE))
    return (
        f"SQLite {sqlite3.sqlite_version} is older than {safe}: it can, very rarely, damage a database when "
        "two programs checkpoint at once. Here one program checkpoints at a time; a newer SQLite is better."
    )
