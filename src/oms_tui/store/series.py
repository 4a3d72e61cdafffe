"""Numbers of documents: gapless for each selling entity, kind and year of issue (spec 4, spec 9).

A number is drawn in the transaction that uses it: what is rolled back was never drawn.
"""

import re
from typing import Final

from sqlalchemy import Connection, bindparam, select

from oms_tui.store.statements import insert_rows, rows_of, update_row
from oms_tui.store.tables import SeriesRow, table

INVOICE: Final = "invoice"
_SERIES = table(SeriesRow)
_ONE = select(_SERIES.c.prefix, _SERIES.c.last).where(
    _SERIES.c.entity == bindparam("entity"),
    _SERIES.c.kind == bindparam("kind"),
    _SERIES.c.year == bindparam("year"),
)
_PREFIX = select(_SERIES.c.prefix).where(_SERIES.c.entity == bindparam("entity"))
_TAKEN = select(_SERIES.c.entity).where(_SERIES.c.prefix == bindparam("prefix"))
_WORD = re.compile(r"[^\W_]+")


def draw(conn: Connection, entity: str, kind: str, year: int) -> str:
    """The next number of an entity's series, e.g. "LHG-2026-000017".

    Args:
        conn: A connection that holds the write lock; the number is used up if its transaction commits.
        entity: The selling entity that issues the document.
        kind: What kind of document, e.g. `INVOICE`.
        year: The year of issue.
    """
    known = rows_of(conn, _ONE, entity, kind, year)
    if known:
        prefix, last = known[0]
        key = {"entity": entity, "kind": kind, "year": year}
        update_row(conn, SeriesRow, {"last": last + 1}, key)
        return _number(prefix, year, last + 1)
    prefix = _prefix_of(conn, entity)
    insert_rows(conn, SeriesRow, [(entity, kind, year, prefix, 1)])
    return _number(prefix, year, 1)


def _number(prefix: str, year: int, count: int) -> str:
    return f"{prefix}-{year}-{count:06d}"


def _prefix_of(conn: Connection, entity: str) -> str:
    """The entity's initials; with a number behind them where another entity has the same."""
    if known := rows_of(conn, _PREFIX, entity):
        return str(known[0][0])
    letters = "".join(word[0] for word in _WORD.findall(entity.upper())) or "X"
    prefix, turn = letters, 1
    while rows_of(conn, _TAKEN, prefix):
        turn += 1
        prefix = f"{letters}{turn}"
    return prefix
