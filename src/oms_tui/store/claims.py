"""Who works on an order, and what a person opened lately: rows beside the order, no new version of it."""

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.plan import Claim
from oms_tui.store.statements import rows_of
from oms_tui.store.tables import ClaimRow, OpenedRow, OrderRow, table

KEPT = 200
"""Orders remembered as opened, for each person."""
_CLAIM = table(ClaimRow)
_OPENED = table(OpenedRow)
_ORDER = table(OrderRow)
_RUNNING = (
    select(_ORDER.c.id, _CLAIM.c.person, _CLAIM.c.since, _CLAIM.c.until)
    .join(_ORDER, _ORDER.c.pk == _CLAIM.c.order_pk)
    .where(_CLAIM.c.order_pk == bindparam("pk"), _CLAIM.c.until > bindparam("now"))
)


def running(conn: Connection, pk: int, now: int) -> Claim | None:
    """The claim on an order that has not run out at `now` (microseconds), or None."""
    rows = rows_of(conn, _RUNNING, pk, now)
    if not rows:
        return None
    order_id, person, since, until = rows[0]
    return Claim(order_id=order_id, person=person, since=from_micros(since), until=from_micros(until))


def put(conn: Connection, pk: int, claim: Claim) -> None:
    """Write the claim on an order, in the place of whatever claim there was."""
    values = {"person": claim.person, "since": to_micros(claim.since), "until": to_micros(claim.until)}
    write = insert(_CLAIM).values(order_pk=pk, **values)
    conn.execute(write.on_conflict_do_update(index_elements=[_CLAIM.c.order_pk], set_=values))


def drop(conn: Connection, pk: int) -> None:
    """Let go of the claim on an order, if there is one."""
    conn.execute(delete(_CLAIM).where(_CLAIM.c.order_pk == pk))


def opened(conn: Connection, person: str, pk: int, at: int) -> None:
    """Remember that a person opened an order at `at` (microseconds). The last `KEPT` are kept."""
    write = insert(_OPENED).values(person=person, order_pk=pk, at=at)
    conn.execute(
        write.on_conflict_do_update(index_elements=[_OPENED.c.person, _OPENED.c.order_pk], set_={"at": at})
    )
    kept = (
        select(_OPENED.c.at)
        .where(_OPENED.c.person == person)
        .order_by(_OPENED.c.at.desc())
        .offset(KEPT - 1)
        .limit(1)
        .scalar_subquery()
    )
    conn.execute(delete(_OPENED).where(_OPENED.c.person == person, _OPENED.c.at < kept))
