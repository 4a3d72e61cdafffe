"""How many orders match: by the counters where they know, else counted up to a bound (performance.md 6)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, literal, select, union_all

from oms_tui.clock import from_micros
from oms_tui.domain.answers import Count, QueueTally
from oms_tui.domain.filter import ResolvedFilter, ResolvedSort
from oms_tui.domain.queues import Queue
from oms_tui.store.filters import TAG
from oms_tui.store.known import Known
from oms_tui.store.reader import Reader
from oms_tui.store.rows import ORDERS
from oms_tui.store.sources import ALL, Runs

COUNT_BOUND: Final = 10_000
"""Where counting stops, and `10,000+` is shown."""
_OLDEST_FIRST: Final = ResolvedSort("created", descending=False)
_STATUS: Final = "status:"


def count(conn: Connection, resolved: ResolvedFilter, bound: int = COUNT_BOUND) -> Count:
    """How many orders match; past the bound, unless a counter knows, only that there are more."""
    return _count(Reader(Known(conn, resolved)), bound)


def oldest(conn: Connection, resolved: ResolvedFilter) -> datetime | None:
    """When the oldest order that matches was placed, None where there is none."""
    backwards = ResolvedFilter(resolved.clauses, _OLDEST_FIRST, resolved.now)
    return _oldest(Reader(Known(conn, backwards)))


def tallies(
    conn: Connection, queues: Sequence[Queue], resolve: Callable[[str], ResolvedFilter]
) -> tuple[QueueTally, ...]:
    """The count of each queue and when its oldest order was placed.

    Args:
        conn: A connection that sees one snapshot.
        queues: The queues.
        resolve: Makes a queue's filter ready for the person who asks.
    """
    names = tuple(queue.counter for queue in queues if queue.counter is not None)
    oldest_of = {name: created for name, created in conn.execute(_oldest_by_counter(names))} if names else {}
    counters = Known(conn, resolve("")).counters if names else {}
    found = []
    for queue in queues:
        if queue.counter is not None:
            created = oldest_of[queue.counter]
            held = Count(counters.get(queue.counter, 0))
            found.append(QueueTally(queue.id, held, None if created is None else from_micros(created)))
            continue
        resolved = resolve(queue.filter)
        reader = Reader(Known(conn, ResolvedFilter(resolved.clauses, _OLDEST_FIRST, resolved.now)))
        found.append(QueueTally(queue.id, _count(reader, COUNT_BOUND), _oldest(reader)))
    return tuple(found)


def _count(reader: Reader, bound: int) -> Count:
    source = reader.source
    if isinstance(source, Runs) and source.counters and not reader.conditions:
        counters = reader.known.counters
        return Count(sum(counters.get(name, 0) for name in source.counters))
    found = reader.count(bound + 1)
    return Count(min(found, bound), is_exact=found <= bound)


def _oldest(reader: Reader) -> datetime | None:
    rows = reader.rows(None, 1)
    return from_micros(rows[0].created) if rows else None


@lru_cache(maxsize=16)
def _oldest_by_counter(names: tuple[str, ...]) -> Any:
    """The creation of the oldest order that each counter counts: the first entry of an index each."""
    return union_all(*(select(literal(name), _first(name).scalar_subquery()) for name in names))


def _first(counter: str) -> Select[Any]:
    if counter == ALL.counters[0]:
        return select(ORDERS.c.created).order_by(ORDERS.c.created).limit(1)
    if counter.startswith(_STATUS):
        of_status = ORDERS.c.status == counter.removeprefix(_STATUS)
        return select(ORDERS.c.created).where(of_status).order_by(ORDERS.c.created).limit(1)
    return select(TAG.c.created).where(TAG.c.tag == counter).order_by(TAG.c.created).limit(1)
