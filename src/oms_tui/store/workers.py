"""Workers as rows: each says again and again that it is alive."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.store import meta
from oms_tui.store.tables import WorkerRow, table

_WORKER: Final = table(WorkerRow)
_LAST_LEFT: Final = "worker_last_left"
"""The fact of when a worker last stopped, in microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorker:
    """A worker as it last said; times in microseconds."""

    name: str
    host: str
    pid: int
    started: int
    seen: int
    orders: int


def put(conn: Connection, worker: KnownWorker) -> None:
    """Write what a worker says of itself."""
    values = {name: getattr(worker, name) for name in ("host", "pid", "started", "seen", "orders")}
    write = insert(_WORKER).values(name=worker.name, **values)
    conn.execute(write.on_conflict_do_update(index_elements=[_WORKER.c.name], set_=values))


def everyone(conn: Connection) -> tuple[KnownWorker, ...]:
    """Every worker that is kept, the one seen last first."""
    rows = conn.execute(select(_WORKER).order_by(_WORKER.c.seen.desc(), _WORKER.c.name))
    return tuple(KnownWorker(**row) for row in rows.mappings())


def drop(conn: Connection, name: str) -> None:
    """Forget a worker."""
    conn.execute(delete(_WORKER).where(_WORKER.c.name == name))


def note_left(conn: Connection, at: int) -> None:
    """Note that a worker stopped at a moment (microseconds), unless a later one is noted."""
    meta.put(conn, _LAST_LEFT, str(max(at, last_left(conn))))


def last_left(conn: Connection) -> int:
    """When a worker last stopped, in microseconds; 0 where none is noted."""
    return int(meta.get(conn, _LAST_LEFT, "0"))


def drop_silent(conn: Connection, before: int) -> None:
    """Forget the workers that were not seen since a moment."""
    conn.execute(delete(_WORKER).where(_WORKER.c.seen < before))
