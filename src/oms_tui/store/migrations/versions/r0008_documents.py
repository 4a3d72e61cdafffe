"""Documents that were issued, and who printed them when.

Shipments that have an invoice get its row; amounts are those of the shipment today, since nothing else is
known of them. A number that a series here gave is its own, any other came from elsewhere.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from oms_tui.store.migrations.columns import (
    big,
    check,
    check_on_sqlite,
    flag,
    key,
    number,
    octets,
    refers,
    row_number,
    text,
    text_or_null,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("document", "document_paper", "document_logo", "document_print")
_INVOICED = (
    "SELECT s.order_pk, s.number, s.invoice, coalesce(s.packed_at, s.shipped_at, s.planned_at) AS at, "
    "o.selling_entity FROM shipment s JOIN orders o ON o.pk = s.order_pk WHERE s.invoice <> '' "
    "ORDER BY s.order_pk, s.place"
)
_LINES = (
    "SELECT number, NULL, quantity, amount - discount - reduction "
    "+ CASE WHEN tax_included THEN 0 ELSE tax - tax_reduction END, tax - tax_reduction "
    "FROM order_line WHERE order_pk = :pk AND shipment = :shipment AND status <> 'cancelled' ORDER BY number"
)
_CHARGES = (
    "SELECT NULL, number, 1, amount - discount - reduction "
    "+ CASE WHEN tax_included THEN 0 ELSE tax - tax_reduction END, tax - tax_reduction "
    "FROM charge WHERE order_pk = :pk AND NOT is_cancelled ORDER BY number"
)
_FIRST_CAPTURED = (
    "SELECT shipment FROM payment_operation WHERE order_pk = :pk AND kind = 'capture' "
    "AND shipment IS NOT NULL AND state <> 'failed' ORDER BY at, payment, number LIMIT 1"
)
_FIRST_LEFT = (
    "SELECT number FROM shipment WHERE order_pk = :pk AND shipped_at IS NOT NULL "
    "ORDER BY shipped_at, number LIMIT 1"
)
_NEW = (
    "INSERT INTO document (order_pk, place, kind, number, at, entity, shipment, total, parts, operations, "
    "refers_to, reason, is_imported) VALUES (:order_pk, :place, 'invoice', :number, :at, :entity, :shipment, "
    ":total, :parts, '[]', '', '', :is_imported)"
)


def upgrade() -> None:
    """Make the tables and their triggers, and the rows of invoices that are there."""
    _document()
    _paper()
    _logo()
    _print()
    _fill()
    for table in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only: {action} is refused'); END"
            )


def _document() -> None:
    op.create_table(
        "document",
        *big("order_pk"),
        *number("place"),
        *text("kind", "number"),
        *big("at"),
        *text("entity"),
        *text_or_null("shipment"),
        *big("total"),
        *text("parts", "operations", "refers_to", "reason"),
        *flag("is_imported"),
        key("order_pk", "place"),
        check_on_sqlite("whole", "typeof(total) = 'integer' AND typeof(at) = 'integer'"),
        check("kind", "kind = 'invoice' OR kind = 'receipt' OR kind = 'credit_note' OR kind = 'reversal'"),
        check("number", "number <> ''"),
        refers("order_pk", "orders.pk", restrict=True),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "document_series",
        "document",
        ["entity", "number"],
        unique=True,
        sqlite_where=sa.text("is_imported = 0"),
    )


def _paper() -> None:
    op.create_table(
        "document_paper",
        *big("order_pk"),
        *number("place"),
        *octets("body"),
        *text("digest"),
        key("order_pk", "place"),
        refers("order_pk", "orders.pk", restrict=True),
    )


def _logo() -> None:
    op.create_table("document_logo", *text("digest"), *octets("image"), key("digest"))


def _print() -> None:
    op.create_table(
        "document_print",
        row_number("pk"),
        *big("order_pk"),
        *number("place"),
        *big("copy", "at"),
        *text("person"),
        key("pk"),
        check("copy", "copy >= 0"),
        refers("order_pk", "orders.pk", restrict=True),
    )
    op.create_index("print_copy", "document_print", ["order_pk", "place", "copy"], unique=True)


def _fill() -> None:
    conn = op.get_bind()
    drawn = _drawn(conn)
    place, last = 0, None
    for pk, shipment, invoice, at, entity in conn.execute(sa.text(_INVOICED)).fetchall():
        place, last = (place + 1 if pk == last else 0), pk
        parts = list(_parts(conn, pk, shipment))
        conn.execute(
            sa.text(_NEW),
            {
                "order_pk": pk,
                "place": place,
                "number": invoice,
                "at": at,
                "entity": entity,
                "shipment": shipment,
                "total": sum(part[3] for part in parts),
                "parts": json.dumps(parts, separators=(",", ":")),
                "is_imported": (entity, invoice) not in drawn,
            },
        )


def _drawn(conn: sa.Connection) -> set[tuple[str, str]]:
    """(entity, number) of everything that a series here gave."""
    rows = conn.execute(sa.text("SELECT entity, prefix, year, last FROM series WHERE kind = 'invoice'"))
    return {
        (entity, f"{prefix}-{year}-{count:06d}")
        for entity, prefix, year, last in rows
        for count in range(1, last + 1)
    }


def _parts(conn: sa.Connection, pk: int, shipment: str) -> Iterator[list[Any]]:
    """Lines of a shipment, and the order's charges where they are on it."""

    def rows(query: str) -> Iterable[sa.Row[Any]]:
        return conn.execute(sa.text(query), {"pk": pk, "shipment": shipment}).fetchall()

    yield from (list(row) for row in rows(_LINES))
    with_charges = conn.execute(sa.text(_FIRST_CAPTURED), {"pk": pk}).scalar()
    with_charges = with_charges or conn.execute(sa.text(_FIRST_LEFT), {"pk": pk}).scalar()
    if with_charges == shipment:
        yield from (list(row) for row in rows(_CHARGES))
