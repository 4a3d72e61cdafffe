"""How many orders match: by the counters where they know, else counted up to a bound (performance.md 6)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Select, String, bindparam, func, literal, select, union_all

from oms_tui.clock import from_micros
from oms_tui.domain.answers import Count, QueueTally
from oms_tui.domain.filter import Clause, ResolvedFilter, ResolvedSort, TextTest
from oms_tui.domain.queues import Queue
from oms_tui.store import event_cases
from oms_tui.store.filters import TAG
from oms_tui.store.known import CLAIM, Known, counters
from oms_tui.store.reader import Reader
from oms_tui.store.rows import ORDERS
from oms_tui.store.sources import ALL, Runs, tags_of
from oms_tui.store.tables import EventCaseRow, table

CASE: Final = table(EventCaseRow)
COUNT_BOUND: Final = 10_000
"""Where counting stops, and `10,000+` is shown."""
_OLDEST_FIRST: Final = ResolvedSort("created", descending=False)
_STATUS: Final = "status:"
_ASKED: Final = "cancel:requested"
"""The oldest of these is the one that was asked first, whenever it was placed."""


def count(conn: Connection, resolved: ResolvedFilter, bound: int = COUNT_BOUND) -> Count:
    """How many orders match; past the bound, unless a counter knows, only that there are more."""
    return _count(Reader(Known(conn, resolved)), bound)


def oldest(conn: Connection, resolved: ResolvedFilter) -> datetime | None:
    """When the oldest order that matches was placed, None where there is none."""
    backwards = ResolvedFilter(resolved.clauses, _OLDEST_FIRST, resolved.now)
    rows = Reader(Known(conn, backwards)).rows(None, 1)
    return from_micros(rows[0].created) if rows else None


def tallies(
    conn: Connection, queues: Sequence[Queue], resolve: Callable[[str], ResolvedFilter]
) -> tuple[QueueTally, ...]:
    """The count of each queue and when its oldest order was placed (its oldest request or event came).

    Args:
        conn: A connection that sees one snapshot.
        queues: The queues.
        resolve: Makes a queue's filter ready for the person who asks.
    """
    names = tuple(queue.counter for queue in queues if queue.counter is not None)
    oldest_of = {name: created for name, created in conn.execute(_oldest_by_counter(names))} if names else {}
    held = counters(conn) if names else {}
    found = []
    for queue in queues:
        if queue.counter is not None:
            count_of, created = Count(held.get(queue.counter, 0)), oldest_of[queue.counter]
        else:
            count_of, created = _tally(conn, resolve(queue.filter))
        found.append(QueueTally(queue.id, count_of, None if created is None else from_micros(created)))
    return tuple(found)


def _tally(conn: Connection, resolved: ResolvedFilter) -> tuple[Count, int | None]:
    """The count and the creation of the oldest of a queue that no counter counts."""
    known = Known(conn, ResolvedFilter(resolved.clauses, _OLDEST_FIRST, resolved.now))
    few = _few(known)
    if few is not None and few[0] <= COUNT_BOUND:
        return Count(few[0]), few[1]
    reader = Reader(known)
    rows = reader.rows(None, 1)
    return _count(reader, COUNT_BOUND), rows[0].created if rows else None


def _few(known: Known) -> tuple[int, int | None] | None:
    """Count and oldest in one statement, for one clause on tags or on who claimed; None for other filters.

    A count past the bound says nothing of the oldest.
    """
    if len(known.resolved.clauses) != 1:
        return None
    clause = known.resolved.clauses[0]
    if tags := tags_of(clause):
        row = known.conn.execute(_FEW_TAGGED, {"tags": tags}).one()
    elif clause.field == "claimed" and not clause.negated and _is_by_name(clause):
        people = known.claimants(clause)
        row = known.conn.execute(_FEW_CLAIMED, {"people": people, "now": known.now}).one()
    else:
        return None
    return row[0], row[1]


def _is_by_name(clause: Clause) -> bool:
    return all(isinstance(test, TextTest) for test in clause.tests)


def _count(reader: Reader, bound: int) -> Count:
    source = reader.source
    if isinstance(source, Runs) and source.counters and not reader.conditions:
        held = reader.known.counters
        return Count(sum(held.get(name, 0) for name in source.counters))
    found = reader.count(bound + 1)
    return Count(min(found, bound), is_exact=found <= bound)


@lru_cache(maxsize=16)
def _oldest_by_counter(names: tuple[str, ...]) -> Any:
    """When the oldest that each counter counts came to be: the first entry of an index each."""
    return union_all(*(select(literal(name), _first(name).scalar_subquery()) for name in names))


def _first(counter: str) -> Select[*tuple[Any, ...]]:
    if counter == ALL.counters[0]:
        return select(ORDERS.c.created).order_by(ORDERS.c.created).limit(1)
    if counter.startswith(_STATUS):
        of_status = ORDERS.c.status == counter.removeprefix(_STATUS)
        return select(ORDERS.c.created).where(of_status).order_by(ORDERS.c.created).limit(1)
    if counter.startswith(event_cases.COUNTER):
        of_state = CASE.c.state == counter.removeprefix(event_cases.COUNTER)
        return select(CASE.c.received).where(of_state).order_by(CASE.c.received).limit(1)
    if counter == _ASKED:
        return select(ORDERS.c.asked).where(ORDERS.c.asked.is_not(None)).order_by(ORDERS.c.asked).limit(1)
    return select(TAG.c.created).where(TAG.c.tag == counter).order_by(TAG.c.created).limit(1)


def _few_of(found: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """The count and the least creation of at most one order more than the bound."""
    few = found.limit(COUNT_BOUND + 1).subquery()
    return select(func.count(), func.min(few.c.created)).select_from(few)


_FEW_TAGGED: Final = _few_of(
    select(TAG.c.created, TAG.c.order_pk)
    .where(TAG.c.tag.in_(bindparam("tags", type_=String, expanding=True)))
    .distinct()
)
_FEW_CLAIMED: Final = _few_of(
    select(ORDERS.c.created)
    .select_from(CLAIM.join(ORDERS, ORDERS.c.pk == CLAIM.c.order_pk))
    .where(
        CLAIM.c.person.in_(bindparam("people", type_=String, expanding=True)),
        CLAIM.c.until > bindparam("now", type_=BigInteger),
    )
)
