"""References of payment operations: which order has one (spec 6, Mark as paid)."""

from sqlalchemy import Connection, select

from oms_tui.domain.filter.keys import code_key
from oms_tui.store.tables import OperationRow, OrderRow, table

_OPERATION = table(OperationRow)
_ORDER = table(OrderRow)


def owner_of(conn: Connection, reference: str, but: str) -> str:
    """The ID of an order other than `but` that has an operation with this reference; "" = none has."""
    key = code_key(reference)
    if not key:
        return ""
    found = conn.execute(
        select(_ORDER.c.id)
        .join(_OPERATION, _OPERATION.c.order_pk == _ORDER.c.pk)
        # The second condition is the index's own: without it SQLite does not use it.
        .where(_OPERATION.c.reference_key == key, _OPERATION.c.reference_key != "", _ORDER.c.id != but)
        .limit(1)
    ).scalar()
    return "" if found is None else str(found)
