"""Whether orders and the audit log tell the same story: the last version of each (invariants A1, F1)."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from oms_tui.store.tables import AuditRow, CommitKeyRow, OrderRow, table

MOST_NAMED = 1_000
_ORDER = table(OrderRow)
_ENTRY = table(AuditRow)
_KEY = table(CommitKeyRow)


def log_problems(conn: Connection) -> Iterator[str]:
    """One sentence for every order whose version no audit entry made, and for every kept answer of an intent
    that the log does not know."""
    last = (
        select(_ENTRY.c.order_pk, func.max(_ENTRY.c.version).label("version"))
        .where(_ENTRY.c.order_pk.is_not(None), _ENTRY.c.version.is_not(None))
        .group_by(_ENTRY.c.order_pk)
        .subquery()
    )
    wrong = (
        select(_ORDER.c.id, _ORDER.c.version, last.c.version)
        .outerjoin(last, last.c.order_pk == _ORDER.c.pk)
        .where(func.coalesce(last.c.version, 0) != _ORDER.c.version)
        .limit(MOST_NAMED)
    )
    for order_id, version, logged in conn.execute(wrong):
        said = "nothing" if logged is None else f"version {logged}"
        yield f"Order {order_id} has version {version}, its audit entries say {said}."
    logged_keys = select(_ENTRY.c.key).where(_ENTRY.c.key != "")
    unknown = select(_KEY.c.key).where(_KEY.c.key.not_in(logged_keys)).limit(MOST_NAMED)
    for key in conn.execute(unknown).scalars():
        yield f"The intent {key} is kept as done, but no audit entry has it."


def count_orders(conn: Connection) -> int:
    """How many orders there are, counted."""
    return int(conn.execute(select(func.count()).select_from(_ORDER)).scalar_one())
