"""Events that wait, are kept, are problems or were parked, and how many there are of each (spec 3.3)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, bindparam, case, delete, exists, func, select, update

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.events.cases import CaseState, EventCase
from oms_tui.store import events, facts
from oms_tui.store.statements import (
    BATCH,
    Values,
    columns,
    insert_rows,
    is_listed,
    listed,
    rows_of,
    update_row,
)
from oms_tui.store.tables import EventCaseRow, EventRow, OrderRow, table

COUNTER: Final = "event:"
"""How the counters of cases begin; the state follows."""
PROBLEMS: Final = f"{COUNTER}{CaseState.PROBLEM.value}"
"""The counter of event problems."""
_CASE = table(EventCaseRow)
_EVENT = table(EventRow)
_ORDER = table(OrderRow)
_COLUMNS = columns(EventCaseRow)
_ONE = select(_CASE).where(_CASE.c.id == bindparam("id"))
_WAITING = (
    select(_CASE)
    .where(_CASE.c.order_pk == bindparam("pk"), _CASE.c.next_try.is_not(None))
    .order_by(_CASE.c.at, _CASE.c.received, _CASE.c.id)
)
_DUE = (
    select(_CASE.c.id, _CASE.c.order_pk)
    .where(_CASE.c.next_try <= bindparam("now", type_=Integer))
    .order_by(_CASE.c.next_try, _CASE.c.at)
    .limit(bindparam("most", type_=Integer))
)
_NEXT = select(func.min(_CASE.c.next_try)).where(_CASE.c.next_try.is_not(None))
_OLDEST = select(func.min(_CASE.c.received)).where(_CASE.c.state == bindparam("state"))
_ASLEEP = select(_CASE.c.id).where(is_listed(_CASE.c.order_pk), _CASE.c.next_try > bindparam("now"))
_WAITED_FOR = select(_CASE.c.order_pk).where(is_listed(_CASE.c.order_pk), _CASE.c.next_try.is_not(None))
_WAKE = update(_CASE).where(_CASE.c.id == bindparam("is_id")).values(next_try=bindparam("now"))
_ADOPT = (
    update(_CASE)
    .where(_CASE.c.order_pk.is_(None), _CASE.c.order_id == bindparam("is_order"))
    .values(
        order_pk=bindparam("pk"),
        next_try=case((_CASE.c.next_try.is_(None), None), else_=bindparam("now", type_=BigInteger)),
    )
)
_IS_ANY_UNKNOWN = select(exists().where(_CASE.c.order_pk.is_(None)))


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case and what the database knows of it."""

    case: EventCase
    order_pk: int | None
    digest: str
    next_try: int | None = None
    """Microseconds."""


def put(conn: Connection, *stored: StoredCase) -> None:
    """Keep new cases; their counters follow."""
    insert_rows(conn, EventCaseRow, [_values(one) for one in stored])
    facts.update_counters(conn, Counter(f"{COUNTER}{one.case.state.value}" for one in stored))


def change(conn: Connection, before: StoredCase, after: StoredCase) -> StoredCase:
    """Write what became of a case, under a new version; the counters follow."""
    after = replace(after, case=replace(after.case, version=before.case.version + 1))
    was, now = _values(before), _values(after)
    changed = {name: new for name, old, new in zip(_COLUMNS, was, now, strict=True) if old != new}
    if update_row(conn, EventCaseRow, changed, {"id": before.case.event.id}) != 1:
        raise LookupError(f"There is no case of event {before.case.event.id}.")
    _count(conn, before.case.state, after.case.state)
    return after


def drop(conn: Connection, stored: StoredCase) -> None:
    """Forget a case, because its event was taken: that is kept elsewhere."""
    conn.execute(delete(_CASE).where(_CASE.c.id == stored.case.event.id))
    facts.update_counters(conn, {f"{COUNTER}{stored.case.state.value}": -1})


def _count(conn: Connection, before: CaseState, after: CaseState) -> None:
    if before is not after:
        facts.update_counters(conn, {f"{COUNTER}{before.value}": -1, f"{COUNTER}{after.value}": 1})


def find(conn: Connection, event_id: str) -> StoredCase | None:
    """The case of that event, None where there is none."""
    rows = rows_of(conn, _ONE, event_id)
    return _stored(rows[0]) if rows else None


def waiting_of(conn: Connection, order_pk: int) -> list[StoredCase]:
    """The events that wait for something of an order, by their own time."""
    return [_stored(row) for row in rows_of(conn, _WAITING, order_pk)]


def waited_for(conn: Connection, order_pks: Iterable[int]) -> set[int]:
    """Those of these orders for something of which an event waits."""
    return {pk for (pk,) in rows_of(conn, _WAITED_FOR, listed(order_pks))}


def of_order(conn: Connection, order_pk: int, most: int) -> list[StoredCase]:
    """The cases of an order that are not settled, oldest first."""
    query = (
        select(_CASE)
        .where(_CASE.c.order_pk == order_pk, _CASE.c.state != CaseState.PARKED.value)
        .order_by(_CASE.c.received, _CASE.c.id)
        .limit(most)
    )
    return [_stored(tuple(row)) for row in conn.execute(query)]


def page(
    conn: Connection, state: CaseState, most: int, after: tuple[int, str] | None = None, order_id: str = ""
) -> list[StoredCase]:
    """Cases in a state, longest here first, after a place (received in microseconds, id)."""
    query = (
        select(_CASE).where(_CASE.c.state == state.value).order_by(_CASE.c.received, _CASE.c.id).limit(most)
    )
    if after is not None:
        at, last = after
        query = query.where((_CASE.c.received > at) | ((_CASE.c.received == at) & (_CASE.c.id > last)))
    if order_id:
        query = query.where(_CASE.c.order_id == order_id)
    return [_stored(tuple(row)) for row in conn.execute(query)]


def due(conn: Connection, now: int, most: int) -> list[tuple[str, int | None]]:
    """(event id, order's number) of what is to be tried again at `now`, longest due first."""
    return [(id_, pk) for id_, pk in conn.execute(_DUE, {"now": now, "most": most})]


def next_moment(conn: Connection) -> int | None:
    """When a waiting event is tried next, in microseconds."""
    found = rows_of(conn, _NEXT)[0][0]
    return None if found is None else int(found)


def oldest(conn: Connection, state: CaseState) -> int | None:
    """Since when the oldest case of a state is here, in microseconds."""
    found = rows_of(conn, _OLDEST, state.value)[0][0]
    return None if found is None else int(found)


def wake(conn: Connection, order_pks: Iterable[int], now: int) -> None:
    """Orders have changed: what waits for something of them is tried again now."""
    asleep = rows_of(conn, _ASLEEP, listed(order_pks), now)
    if asleep:
        conn.execute(_WAKE, [{"is_id": id_, "now": now} for (id_,) in asleep])


def adopt(conn: Connection, orders: Mapping[str, int], now: int) -> None:
    """New orders are here (ID -> number): what waits for one of them belongs to it now and is tried."""
    if rows_of(conn, _IS_ANY_UNKNOWN)[0][0]:
        conn.execute(_ADOPT, [{"is_order": id_, "pk": pk, "now": now} for id_, pk in orders.items()])


def problems(conn: Connection) -> Iterator[str]:
    """One sentence for every case that is not as it should be (F8)."""
    known = exists().where(_EVENT.c.id == _CASE.c.id)
    for id_, is_taken in conn.execute(select(_CASE.c.id, _CASE.c.is_taken).where(known != _CASE.c.is_taken)):
        yield f"Event {id_} is {'not' if is_taken else 'also'} among those that were taken."
    strange = select(_CASE.c.id).where(_CASE.c.is_taken, _CASE.c.state.in_(["waiting", "kept"]))
    for id_ in conn.execute(strange).scalars():
        yield f"Event {id_} is taken and still waits."
    for id_ in conn.execute(select(_CASE.c.id).where(_CASE.c.reason == "")).scalars():
        yield f"Event {id_} is here without a reason."
    adrift = (
        select(_CASE.c.id)
        .join(_ORDER, _ORDER.c.id == _CASE.c.order_id)
        .where(_CASE.c.order_pk.is_(None) | (_CASE.c.order_pk != _ORDER.c.pk))
    )
    for id_ in conn.execute(adrift).scalars():
        yield f"Event {id_} is about an order that is here, and does not know it."
    yield from _unlike_their_bodies(conn)


def _unlike_their_bodies(conn: Connection) -> Iterator[str]:
    for row in conn.execute(select(_CASE).execution_options(yield_per=BATCH)):
        given = dict(zip(_COLUMNS, row, strict=True))
        try:
            event = events.unpack(given["body"])
        except ValueError:
            yield f"Event {given['id']} cannot be read."
            continue
        said = (event.id, event.order_id, event.kind.value, to_micros(event.at))
        if said != (given["id"], given["order_id"], given["kind"], given["at"]):
            yield f"Event {given['id']} is kept under what it does not say."
        elif events.digest_of(given["body"].encode()) != given["digest"]:
            yield f"Event {given['id']} was changed: its digest is another."


def counted(conn: Connection) -> Counter[str]:
    """The counters of cases as counting gives them."""
    query = select(_CASE.c.state, func.count()).group_by(_CASE.c.state)
    return Counter({f"{COUNTER}{state}": int(count) for state, count in conn.execute(query)})


def _values(stored: StoredCase) -> Values:
    case, event = stored.case, stored.case.event
    return (
        event.id,
        stored.order_pk,
        event.order_id,
        event.kind.value,
        to_micros(event.at),
        to_micros(case.received),
        case.state.value,
        case.is_taken,
        case.reason,
        stored.digest,
        events.pack(event).decode(),
        None if case.until is None else to_micros(case.until),
        stored.next_try,
        case.person,
        case.note,
        case.version,
    )


def _stored(row: Sequence[Any]) -> StoredCase:
    given = dict(zip(_COLUMNS, row, strict=True))
    case = EventCase(
        event=events.unpack(given["body"]),
        state=CaseState(given["state"]),
        reason=given["reason"],
        is_taken=bool(given["is_taken"]),
        received=from_micros(given["received"]),
        until=None if given["until"] is None else from_micros(given["until"]),
        person=given["person"],
        note=given["note"],
        version=given["version"],
    )
    return StoredCase(case, given["order_pk"], given["digest"], given["next_try"])
