"""Which orders' flows go on, and when the next one does. A flow that broke off by a fault rests a while."""

from sqlalchemy import Connection, Integer, bindparam, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.store.statements import rows_of
from oms_tui.store.tables import AuditRow, FlowFailureRow, OrderRow, table

_ORDER = table(OrderRow)
_FAILURE = table(FlowFailureRow)
_ENTRY = table(AuditRow)
_RESTS = exists().where(_FAILURE.c.order_pk == _ORDER.c.pk, _FAILURE.c.until > bindparam("now"))
_DUE = (
    select(_ORDER.c.pk)
    .where(_ORDER.c.due <= bindparam("now"), ~_RESTS)
    .order_by(_ORDER.c.due, _ORDER.c.pk)
    .limit(bindparam("most"))
)
_CAME_IN = (
    select(_ENTRY.c.at).where(_ENTRY.c.order_pk == _ORDER.c.pk).order_by(_ENTRY.c.seq).limit(1)
).scalar_subquery()
"""When an order came into this database: its first audit entry."""
_DUE_SINCE = (
    select(func.max(_ORDER.c.due, func.coalesce(_CAME_IN, _ORDER.c.due), type_=Integer))
    .where(_ORDER.c.due <= bindparam("now"), ~_RESTS)
    .order_by(_ORDER.c.due)
    .limit(bindparam("most"))
)
_FIRST = select(_ORDER.c.due).where(_ORDER.c.due.is_not(None), ~_RESTS).order_by(_ORDER.c.due).limit(1)
_RESTED = select(func.min(_FAILURE.c.until)).where(_FAILURE.c.until > bindparam("now"))
_FAILED = select(_FAILURE.c.order_pk).where(_FAILURE.c.order_pk == bindparam("pk"))


def due_orders(conn: Connection, now: int, most: int) -> list[int]:
    """The numbers of the orders with a task that is due at `now` (microseconds), longest due first."""
    return list(conn.execute(_DUE, {"now": now, "most": most}).scalars())


def is_due(conn: Connection, pk: int, now: int) -> bool:
    """Whether an order has a task that is due."""
    found = conn.execute(select(_ORDER.c.due).where(_ORDER.c.pk == pk)).scalar()
    return found is not None and found <= now


def next_moment(conn: Connection, now: int) -> int | None:
    """When the next flow goes on, in microseconds, also if that is past; None where none does."""
    first = conn.execute(_FIRST, {"now": now}).scalar()
    rested_at = conn.execute(_RESTED, {"now": now}).scalar()
    return min((moment for moment in (first, rested_at) if moment is not None), default=None)


def overdue(conn: Connection, now: int, bound: int) -> tuple[int, int | None]:
    """How many orders are due, at most `bound`, and since when one of them is: never before it came in."""
    found = conn.execute(_DUE_SINCE, {"now": now, "most": bound}).scalars().all()
    return len(found), min(found, default=None)


def rest(conn: Connection, pk: int, *, now: int, until: int, error: str) -> None:
    """Leave an order's flow alone until a moment, since it broke off by a fault."""
    values = {"at": now, "until": until, "error": error}
    write = insert(_FAILURE).values(order_pk=pk, **values)
    conn.execute(write.on_conflict_do_update(index_elements=[_FAILURE.c.order_pk], set_=values))


def rested(conn: Connection, pk: int) -> None:
    """The order's flow went on: what was noted of its fault is forgotten."""
    if rows_of(conn, _FAILED, pk):
        conn.execute(delete(_FAILURE).where(_FAILURE.c.order_pk == pk))
