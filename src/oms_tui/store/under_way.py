"""Orders that are not over, and orders that moved lately: by number, for whoever follows them."""

from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from oms_tui.domain.status import OrderStatus
from oms_tui.store.tables import OrderRow, table

_ORDER = table(OrderRow)
_OVER: Final = (OrderStatus.DELIVERED, OrderStatus.RETURNED, OrderStatus.CANCELLED)
_UNDER_WAY: Final = (
    select(_ORDER.c.pk)
    .where(_ORDER.c.status.in_([status.value for status in OrderStatus if status not in _OVER]))
    .order_by(_ORDER.c.pk)
)
_MOVED: Final = (
    select(_ORDER.c.pk, _ORDER.c.touched)
    .where(_ORDER.c.touched >= bindparam("since"))
    .order_by(_ORDER.c.touched, _ORDER.c.pk)
    .limit(bindparam("most"))
)
_LAST: Final = select(func.max(_ORDER.c.pk))


def everyone(conn: Connection) -> list[int]:
    """The numbers of the orders that are not delivered, returned or cancelled, by rising number."""
    return list(conn.execute(_UNDER_WAY).scalars())


def moved_since(conn: Connection, micros: int, most: int) -> list[tuple[int, int]]:
    """(number, when) of the orders that moved at that moment or later, first moved first."""
    return [(pk, touched) for pk, touched in conn.execute(_MOVED, {"since": micros, "most": most})]


def how_many(conn: Connection) -> int:
    """How many orders were ever taken in: none is ever taken out."""
    return conn.execute(_LAST).scalar() or 0
