"""Numbers of documents: gapless for each selling entity, kind and year of issue (spec 4, spec 9).

A number is drawn in the transaction that uses it: what is rolled back was never drawn.
"""

import re
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, bindparam, select

from oms_tui.domain.documents import DocumentKind
from oms_tui.store.statements import insert_rows, rows_of, update_row
from oms_tui.store.tables import DocumentRow, OrderRow, SeriesRow, ShipmentRow, table

MARKS: Final = {
    DocumentKind.INVOICE: "",
    DocumentKind.RECEIPT: "-R",
    DocumentKind.CREDIT_NOTE: "-C",
    DocumentKind.REVERSAL: "-V",
}
"""What stands behind the entity's prefix, so that a number says what it is a number of."""
MOST_NAMED = 100
"""Numbers missing from one series that are named."""
_SERIES = table(SeriesRow)
_DOCUMENT = table(DocumentRow)
_ORDER = table(OrderRow)
_SHIPMENT = table(ShipmentRow)
_ONE = select(_SERIES.c.prefix, _SERIES.c.last).where(
    _SERIES.c.entity == bindparam("entity"),
    _SERIES.c.kind == bindparam("kind"),
    _SERIES.c.year == bindparam("year"),
)
_PREFIX = select(_SERIES.c.prefix).where(_SERIES.c.entity == bindparam("entity"))
_TAKEN = select(_SERIES.c.entity).where(
    _SERIES.c.prefix == bindparam("prefix"), _SERIES.c.entity != bindparam("entity")
)
_WORD = re.compile(r"[^\W_]+")


def draw(conn: Connection, entity: str, kind: DocumentKind, year: int, prefix: str = "") -> str:
    """The next number of an entity's series, e.g. "LHG-2026-000017", "LHG-C-2026-000003".

    Args:
        conn: A connection that holds the write lock; the number is used up if its transaction commits.
        entity: The selling entity that issues the document.
        kind: What kind of document.
        year: The year of issue.
        prefix: What a new series begins with; "" = the entity's initials.
    """
    known = rows_of(conn, _ONE, entity, kind.value, year)
    if known:
        prefix, last = known[0]
        key = {"entity": entity, "kind": kind.value, "year": year}
        update_row(conn, SeriesRow, {"last": last + 1}, key)
        return number_of(prefix, kind, year, last + 1)
    prefix = _prefix_of(conn, entity, prefix)
    insert_rows(conn, SeriesRow, [(entity, kind.value, year, prefix, 1)])
    return number_of(prefix, kind, year, 1)


def number_of(prefix: str, kind: DocumentKind, year: int, count: int) -> str:
    """A number as it stands on paper."""
    return f"{prefix}{MARKS[kind]}-{year}-{count:06d}"


def _prefix_of(conn: Connection, entity: str, wanted: str) -> str:
    """What was wanted, else what the entity had, else its initials; with a number behind it where another
    entity has the same."""
    known = rows_of(conn, _PREFIX, entity)
    if known and not wanted:
        return str(known[0][0])
    letters = wanted or "".join(word[0] for word in _WORD.findall(entity.upper())) or "X"
    prefix, turn = letters, 1
    while rows_of(conn, _TAKEN, prefix, entity):
        turn += 1
        prefix = f"{letters}{turn}"
    return prefix


def problems(conn: Connection) -> Iterator[str]:
    """One sentence for every number that is missing from its series or in none, and every shipment whose
    invoice is not there."""
    yield from _of_series(conn)
    unpapered = (
        select(_ORDER.c.id, _SHIPMENT.c.number, _SHIPMENT.c.invoice)
        .join(_ORDER, _ORDER.c.pk == _SHIPMENT.c.order_pk)
        .where(
            _SHIPMENT.c.invoice != "",
            ~select(_DOCUMENT.c.place)
            .where(
                _DOCUMENT.c.order_pk == _SHIPMENT.c.order_pk,
                _DOCUMENT.c.kind == DocumentKind.INVOICE.value,
                _DOCUMENT.c.number == _SHIPMENT.c.invoice,
                _DOCUMENT.c.shipment == _SHIPMENT.c.number,
            )
            .exists(),
        )
        .limit(MOST_NAMED)
    )
    for order_id, shipment, invoice in conn.execute(unpapered):
        yield f"Order {order_id}: shipment {shipment} names invoice {invoice}, which is not there."


def _of_series(conn: Connection) -> Iterator[str]:
    """What the series gave against the documents there are, one selling entity and kind at a time."""
    given: dict[tuple[str, str], set[str]] = {}
    for entity, kind, year, prefix, last in conn.execute(select(_SERIES)):
        numbers = given.setdefault((entity, kind), set())
        numbers.update(number_of(prefix, DocumentKind(kind), year, n) for n in range(1, last + 1))
    there = select(_DOCUMENT.c.entity, _DOCUMENT.c.kind).where(_DOCUMENT.c.is_imported.is_(False)).distinct()
    kinds = {(entity, kind) for entity, kind in conn.execute(there)}
    for entity, kind in sorted(kinds | given.keys()):
        query = select(_DOCUMENT.c.number).where(
            _DOCUMENT.c.entity == entity,
            _DOCUMENT.c.kind == kind,
            _DOCUMENT.c.is_imported.is_(False),
        )
        numbers = set(conn.execute(query).scalars())
        drawn = given.get((entity, kind), set())
        for number in sorted(drawn - numbers)[:MOST_NAMED]:
            yield f"Number {number} of {entity} was drawn, and there is no document of it."
        for number in sorted(numbers - drawn)[:MOST_NAMED]:
            yield f"Document {number} of {entity} has a number that no series gave."
