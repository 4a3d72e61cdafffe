"""The ids of events that were taken: the same id again changes nothing (spec 3.3)."""

from dataclasses import astuple, dataclass

from sqlalchemy import Connection, bindparam, select

from oms_tui.store.statements import insert_rows, rows_of
from oms_tui.store.tables import EventRow, table

_EVENT = table(EventRow)
_KNOWN = select(_EVENT.c.id).where(_EVENT.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """An event that was taken; times in microseconds."""

    id: str
    order_pk: int
    kind: str
    at: int
    taken: int


def is_known(conn: Connection, event_id: str) -> bool:
    """Whether an event of that id was taken."""
    return bool(rows_of(conn, _KNOWN, event_id))


def put(conn: Connection, event: KnownEvent) -> None:
    """Keep that an event was taken."""
    insert_rows(conn, EventRow, [astuple(event)])
