"""Orders in and out: the whole value from its rows, and only the rows that differ back (architecture 5).

Whoever writes holds the write transaction and has compared the version under it (invariant C2).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlmodel import SQLModel

from oms_tui.clock import to_micros
from oms_tui.domain.order import Order
from oms_tui.store import channels, facts, search, settling
from oms_tui.store.assemble import CHANNEL_COLUMNS, PARTS_READ, assemble
from oms_tui.store.packing import pack_tasks
from oms_tui.store.parts import PARTS, refuse_unstorable
from oms_tui.store.saving import Saving, open_tasks, order_values, row_as_stored, task_differences
from oms_tui.store.statements import (
    BATCH,
    Values,
    columns,
    insert_rows,
    is_listed,
    listed,
    rows_of,
    rows_of_order,
    rows_of_orders,
    rows_with,
    update_row,
)
from oms_tui.store.tables import ChannelRow, OpenTaskRow, OrderRow, TagRow, table

_ORDER = table(OrderRow)
_CHANNEL = table(ChannelRow)
_COLUMNS = columns(OrderRow)
_FROM = _ORDER.join(_CHANNEL, _ORDER.c.channel_code == _CHANNEL.c.code)
_SELECT = select(_ORDER, *(_CHANNEL.c[name] for name in CHANNEL_COLUMNS)).select_from(_FROM)
_PK_OF_ID = select(_ORDER.c.pk).where(_ORDER.c.id == bindparam("id"))
_PKS_OF_IDS = select(_ORDER.c.id, _ORDER.c.pk).where(_ORDER.c.id.in_(bindparam("ids", expanding=True)))
_KNOWN_IDS = select(_ORDER.c.id).where(_ORDER.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Stored:
    """An order and the number by which the database knows it."""

    pk: int
    order: Order
    row: Values | None = field(default=None, compare=False, repr=False)
    """The order's own row, where it was read with it."""


@dataclass(frozen=True, slots=True)
class OrderRows:
    """An order as it lies in the database: its row with its channel's columns, and its parts' rows."""

    pk: int
    row: Sequence[Any]
    parts: Mapping[type[SQLModel], Sequence[Any]]


def find(conn: Connection, order_id: str) -> Stored | None:
    """The order of that ID, exactly as it was given, or None."""
    pk = pk_of(conn, order_id)
    return None if pk is None else _stored(conn, pk)


def pk_of(conn: Connection, order_id: str) -> int | None:
    """The number of the order of that ID, or None."""
    rows = rows_of(conn, _PK_OF_ID, order_id)
    return int(rows[0][0]) if rows else None


def pks_of(conn: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The numbers of the orders of these IDs; those that are not here are left out."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), BATCH):
        for order_id, pk in conn.execute(_PKS_OF_IDS, {"ids": wanted[start : start + BATCH]}):
            found[order_id] = pk
    return found


def load(conn: Connection, pk: int) -> Order:
    """The order of that number: one SELECT a table.

    Raises:
        KeyError: There is none.
    """
    return _stored(conn, pk).order


def _stored(conn: Connection, pk: int) -> Stored:
    rows = rows_with(conn, _by_pk, OrderRow, pk)
    if not rows:
        raise KeyError(pk)
    order = assemble(rows[0], {part: rows_of_order(conn, part, pk) for part in PARTS_READ})
    return Stored(pk, order, tuple(rows[0][: len(_COLUMNS)]))


def _by_pk(_row: Any) -> Any:
    return _SELECT.where(_ORDER.c.pk == bindparam("pk"))


def _by_pks(_row: Any) -> Any:
    return _SELECT.where(is_listed(_ORDER.c.pk))


def load_many(conn: Connection, pks: Iterable[int]) -> Iterator[Stored]:
    """The orders of these numbers, by rising number, unknown ones left out. One SELECT a table and batch."""
    wanted = sorted(set(pks))
    for start in range(0, len(wanted), BATCH):
        for raw in rows_of_batch(conn, wanted[start : start + BATCH]):
            yield Stored(raw.pk, assemble(raw.row, raw.parts), tuple(raw.row[: len(_COLUMNS)]))


def rows_of_batch(conn: Connection, pks: Sequence[int]) -> Iterator[OrderRows]:
    """The rows of up to `BATCH` orders, as they lie in their tables, by rising number."""
    rows = {row[0]: row for row in rows_with(conn, _by_pks, OrderRow, listed(pks))}
    parts: dict[Any, dict[int, list[Any]]] = {part: {} for part in PARTS_READ}
    for part, of_order in parts.items():
        for row in rows_of_orders(conn, part, pks):
            of_order.setdefault(row[0], []).append(row)
    for pk in sorted(rows):
        yield OrderRows(pk, rows[pk], {part: of_order.get(pk, []) for part, of_order in parts.items()})


def next_pks(conn: Connection, after: int) -> list[int]:
    """The numbers of the next `BATCH` orders, by rising number: for walking through all of them."""
    query = select(_ORDER.c.pk).where(_ORDER.c.pk > after).order_by(_ORDER.c.pk).limit(BATCH)
    return list(conn.execute(query).scalars())


def existing_ids(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the IDs that an order here has."""
    found: set[str] = set()
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), BATCH):
        found.update(conn.execute(_KNOWN_IDS, {"ids": wanted[start : start + BATCH]}).scalars())
    return found


def insert(conn: Connection, orders: Sequence[Order], *, touched: int | None = None) -> dict[str, int]:
    """Insert whole orders with all their parts, copies, tags, counters and search entries.

    Args:
        conn: A connection that holds the write lock.
        orders: New orders; their IDs are not here yet.
        touched: When it happened, for the order feed; None = each order's own time of creation.

    Returns:
        The number of each order, by its ID.

    Raises:
        ValueError: An order cannot be kept as it is (currencies mixed, channel known with other facts).
        StoreError: The database refused a row (an ID that is here already among them).
    """
    channels.add(conn, (order.channel for order in orders))
    first = int(conn.execute(select(func.coalesce(func.max(_ORDER.c.pk), 0))).scalar_one()) + 1
    numbered = list(enumerate(orders, start=first))
    rows: list[Values] = []
    tags: list[Values] = []
    counted: Counter[str] = Counter()
    for pk, order in numbered:
        refuse_unstorable(order)
        created = to_micros(order.created)
        copies = facts.copies(order)
        rows.append(order_values(pk, order, copies, created if touched is None else touched))
        found = facts.tags(order)
        tags += [(tag, created, pk) for tag in found]
        counted.update(facts.counter_names(copies["status"], found))
    insert_rows(conn, OrderRow, rows)
    for part in PARTS:
        values = part.values
        insert_rows(
            conn,
            part.row,
            [values(pk, key, item) for pk, order in numbered for key, item in part.items(order)],
        )
    insert_rows(conn, OpenTaskRow, [row for pk, order in numbered for row in open_tasks(pk, order)])
    insert_rows(conn, TagRow, tags)
    facts.update_counters(conn, counted)
    search.index(conn, numbered)
    settling.follow_new(conn, numbered, touched)
    return {order.id: pk for pk, order in numbered}


def save(conn: Connection, pk: int, before: Order, after: Order, *, touched: int) -> None:
    """Write what differs between two values of an order: see `Saving`, which does it for many.

    Args:
        conn: A connection that holds the write lock, under which `before` was loaded.
        pk: The order's number.
        before: The order as it is stored.
        after: The order as it shall be.
        touched: When it happened, in microseconds, for the order feed.

    Raises:
        ProgrammingMistake: An append-only row changed or is gone (invariant M7).
        ValueError: The order cannot be kept as it is.
        StoreError: The database refused a row.
    """
    saving = Saving(touched)
    saving.add(pk, before, after, row_as_stored(pk, before))
    saving.write(conn)


def save_flow(conn: Connection, pk: int, before: Order, after: Order) -> None:
    """Write the flow alone, where a run of its tasks is all that happened: no new version, nothing touched.

    Args:
        conn: A connection that holds the write lock, under which `before` was loaded.
        pk: The order's number.
        before: The order as it is stored.
        after: The same but for runs and next runs of its tasks.

    Raises:
        ValueError: Tasks changed their state, which is more than a run.
    """
    if [(t.task, t.shipment, t.state) for t in before.tasks] != [
        (t.task, t.shipment, t.state) for t in after.tasks
    ]:
        raise ValueError(f"Order {after.id}: tasks changed their state; save the order.")
    changed = {"flow": pack_tasks(after.tasks), "due": facts.due(after)}
    if update_row(conn, OrderRow, changed, {"pk": pk}) != 1:
        raise LookupError(f"There is no order {pk}.")
    tasks = task_differences(pk, before, after)
    tasks.write(conn, OpenTaskRow)
