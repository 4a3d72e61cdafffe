"""Whether the file is sound: its pages, its references, its schema, whole money (invariants F8, M1, G5)."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from sqlalchemy import Boolean, Connection, Integer, create_engine, or_, select
from sqlalchemy import func as sql
from sqlalchemy.pool import StaticPool

from oms_tui.store.tables import METADATA

_MOST_NAMED = 100
_OF_A_ROW = ("CHECK constraint failed", "NULL value", "non-unique entry")
"""How SQLite begins what it says of single rows in pages that are sound."""
_SKIPPED = re.compile(r"sqlite_|order_search_")
"""Made by SQLite itself, in words that differ between its versions."""


def file_problems(conn: Connection) -> Iterator[str]:
    """One sentence for everything that is wrong with the file itself."""
    answers = conn.exec_driver_sql(f"PRAGMA integrity_check({_MOST_NAMED})").scalars().all()
    wrong = [answer for answer in answers if answer != "ok"]
    yield from (f"The file is damaged: {answer}." for answer in wrong)
    if not all(answer.startswith(_OF_A_ROW) for answer in wrong):
        # Reading on in a file whose pages are damaged would only raise.
        return
    for table, _row, parent, _key in conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST_NAMED):
        yield f"A row of {table} refers to a row of {parent} that is not there."
    yield from schema_problems(conn)
    yield from _not_whole(conn)


def schema_problems(conn: Connection) -> Iterator[str]:
    """Tables, indexes and triggers that are not those the migrations make."""
    stored, wanted = _schema(conn), fresh_schema()
    for name in sorted(wanted.keys() - stored.keys()):
        yield f"The schema lacks {name}."
    for name in sorted(stored.keys() - wanted.keys()):
        yield f"The schema has {name}, which does not belong there."
    for name in sorted(name for name in stored.keys() & wanted.keys() if stored[name] != wanted[name]):
        yield f"The schema's {name} is not as the migrations make it."


@cache
def fresh_schema() -> Mapping[str, str]:
    """What the migrations make: kind and name of everything, and its SQL. Made once: they do not change."""
    from oms_tui.store.migrations.run import upgrade_to_head

    engine = create_engine(
        "sqlite://", poolclass=StaticPool, creator=lambda: sqlite3.connect(":memory:", isolation_level=None)
    )
    try:
        with engine.connect() as connection:
            upgrade_to_head(connection)
            return MappingProxyType(_schema(connection))
    finally:
        engine.dispose()


def _schema(conn: Connection) -> dict[str, str]:
    rows = conn.exec_driver_sql("SELECT type, name, coalesce(sql, '') FROM sqlite_schema").fetchall()
    return {f"{kind} {name}": _plain(text) for kind, name, text in rows if not _SKIPPED.match(name)}


def _plain(text: str) -> str:
    """SQL without quotes of names and with single blanks: a renamed table gets quotes."""
    return " ".join(re.sub(r'["`\[\]]', "", text).split())


def _not_whole(conn: Connection) -> Iterator[str]:
    """Numbers that are kept as something else than whole numbers."""
    for table in METADATA.sorted_tables:
        numbers = [column for column in table.columns if isinstance(column.type, Integer | Boolean)]
        odd = [
            sql.typeof(column).not_in(["integer", "null"] if column.nullable else ["integer"])
            for column in numbers
        ]
        if odd:
            names = select(*(sql.typeof(column).label(column.name) for column in numbers)).where(or_(*odd))
            for row in conn.execute(names.limit(_MOST_NAMED)).mappings():
                kinds = {name: kind for name, kind in row.items() if kind not in ("integer", "null")}
                yield f"A row of {table.name} holds no whole number in {', '.join(map(str, kinds))}."
