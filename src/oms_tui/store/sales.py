"""What was sold to a customer and can still come back: the reads that matching of credits needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from oms_tui.domain.status import LineStatus
from oms_tui.store.tables import LineRow, OrderRow, ReturnLineRow, ReturnRow

BATCH = 400
"""Values in one IN list: below the variables that any SQLite takes."""


@dataclass(frozen=True, slots=True)
class SoldPieces:
    """Pieces of one line as placed: delivered and open, or given back already on a credit note."""

    order_id: str
    line: int
    customer: str
    sku: str
    created: int
    """Microseconds."""
    pieces: int
    return_id: str = ""


def delivered(conn: Connection, customers: Sequence[str]) -> Iterator[SoldPieces]:
    """The delivered pieces of these customers' orders, per line as placed."""
    orders, lines = OrderRow.__table__, LineRow.__table__  # type: ignore[attr-defined]
    placed_as = func.coalesce(lines.c.parent, lines.c.number)
    query = (
        select(
            orders.c.id, placed_as, orders.c.customer_number, lines.c.sku, orders.c.created, lines.c.quantity
        )
        .join(lines, lines.c.order_pk == orders.c.pk)
        .where(
            orders.c.customer_number.in_(bindparam("customers", expanding=True)),
            orders.c.customer_number != "",
            lines.c.status == LineStatus.DELIVERED.value,
        )
    )
    for start in range(0, len(customers), BATCH):
        for row in conn.execute(query, {"customers": list(customers[start : start + BATCH])}):
            yield SoldPieces(*row)


def given_back(conn: Connection, credit_notes: Sequence[str]) -> Iterator[SoldPieces]:
    """The pieces that returns have given back on these credit notes, whether or not the note itself is
    here."""
    orders, lines = OrderRow.__table__, ReturnLineRow.__table__  # type: ignore[attr-defined]
    returns = ReturnRow.__table__  # type: ignore[attr-defined]
    query = (
        select(
            orders.c.id,
            lines.c.order_line,
            orders.c.customer_number,
            lines.c.sku,
            orders.c.created,
            lines.c.quantity,
            returns.c.id,
        )
        .join(returns, returns.c.id == lines.c.return_id)
        .join(orders, orders.c.pk == returns.c.order_pk)
        .where(lines.c.credit_note.in_(bindparam("notes", expanding=True)))
    )
    for start in range(0, len(credit_notes), BATCH):
        for row in conn.execute(query, {"notes": list(credit_notes[start : start + BATCH])}):
            yield SoldPieces(*row)
