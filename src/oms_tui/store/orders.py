"""Orders in and out: the whole value from its rows, and only the rows that differ back (architecture 5).

Whoever writes holds the write transaction and has compared the version under it (invariant C2).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlmodel import SQLModel

from oms_tui.clock import to_micros
from oms_tui.domain.order import Order
from oms_tui.store import channels, facts, search, settling
from oms_tui.store.assemble import CHANNEL_COLUMNS, PARTS_READ, assemble
from oms_tui.store.packing import micros_or_none, pack_address, pack_tasks
from oms_tui.store.parts import PARTS, difference, refuse_unstorable
from oms_tui.store.statements import (
    BATCH,
    Values,
    columns,
    insert_rows,
    one_of_batch,
    padded,
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


@dataclass(frozen=True, slots=True)
class OrderRows:
    """An order as it lies in the database: its row with its channel's columns, and its parts' rows."""

    pk: int
    row: Sequence[Any]
    parts: Mapping[type[SQLModel], Sequence[Any]]


def find(conn: Connection, order_id: str) -> Stored | None:
    """The order of that ID, exactly as it was given, or None."""
    pk = pk_of(conn, order_id)
    return None if pk is None else Stored(pk, load(conn, pk))


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
    rows = rows_with(conn, _by_pk, OrderRow, pk)
    if not rows:
        raise KeyError(pk)
    return assemble(rows[0], {part: rows_of_order(conn, part, pk) for part in PARTS_READ})


def _by_pk(_row: Any) -> Any:
    return _SELECT.where(_ORDER.c.pk == bindparam("pk"))


def _by_pks(_row: Any) -> Any:
    return _SELECT.where(one_of_batch(_ORDER.c.pk))


def load_many(conn: Connection, pks: Iterable[int]) -> Iterator[Stored]:
    """The orders of these numbers, by rising number, unknown ones left out. One SELECT a table and batch."""
    wanted = sorted(set(pks))
    for start in range(0, len(wanted), BATCH):
        for raw in rows_of_batch(conn, wanted[start : start + BATCH]):
            yield Stored(raw.pk, assemble(raw.row, raw.parts))


def rows_of_batch(conn: Connection, pks: Sequence[int]) -> Iterator[OrderRows]:
    """The rows of up to `BATCH` orders, as they lie in their tables, by rising number."""
    rows = {row[0]: row for row in rows_with(conn, _by_pks, OrderRow, *padded(pks))}
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
    """Write what differs between two values of an order, its copies, search entries and standing against
    settlement files, and `after.version`.

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
    refuse_unstorable(after)
    if before.channel is not after.channel and before.channel != after.channel:
        channels.add(conn, [after.channel])
    differences = [(part, difference(part, pk, before, after)) for part in PARTS]
    old, new = facts.copies(before), facts.copies(after)
    # Whatever `touched` was, it is written anew; the other columns only where they differ.
    _update_row(conn, OrderRow, order_values(pk, before, old, -1), order_values(pk, after, new, touched))
    for part, changes in differences:
        for values in changes.gone:
            _delete_row(conn, part.row, values)
        for was, values in changes.changed:
            _update_row(conn, part.row, was, values)
        insert_rows(conn, part.row, changes.new)
    _save_tasks(conn, pk, before, after)
    _save_tags(conn, pk, before, after, str(old["status"]), str(new["status"]))
    search.reindex(conn, pk, before, after)
    settling.follow(conn, pk, before, after, touched)


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
    _save_tasks(conn, pk, before, after)


def order_values(pk: int, order: Order, copies: Mapping[str, object], touched: int) -> Values:
    """The order's own row: its fields and the copies that `facts.copies` gives."""
    customer = order.customer
    own: dict[str, object] = {
        "pk": pk,
        "id": order.id,
        "version": order.version,
        "channel_code": order.channel.code,
        "selling_entity": order.selling_entity,
        "currency": order.currency,
        "created": to_micros(order.created),
        "touched": touched,
        "language": order.language,
        "method": order.method,
        "source": order.source,
        "is_carry_out": order.is_carry_out,
        "is_forced": order.is_forced,
        "customer_number": customer.number,
        "customer_type": customer.type.value,
        "customer_role": customer.role.value,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "email": customer.email,
        "phone": customer.phone,
        "bill_to": pack_address(order.bill_to),
        "ship_to": pack_address(order.ship_to),
        "placed_minor": order.placed_total.minor,
        "flow": pack_tasks(order.tasks),
        "preferred_date": "" if order.preferred_date is None else order.preferred_date.isoformat(),
        **copies,
    }
    return tuple([own[name] for name in _COLUMNS])


def open_tasks(pk: int, order: Order) -> list[Values]:
    """The rows of the tasks that are still open."""
    return [
        (pk, task.shipment or "", task.task.value, task.state.value, micros_or_none(task.next_run))
        for task in order.tasks
        if task.state.is_open
    ]


def _save_tasks(conn: Connection, pk: int, before: Order, after: Order) -> None:
    if before.tasks is after.tasks:
        return
    old = {row[:3]: row for row in open_tasks(pk, before)}
    fresh = []
    for row in open_tasks(pk, after):
        previous = old.pop(row[:3], None)
        if previous is None:
            fresh.append(row)
        elif previous != row:
            _update_row(conn, OpenTaskRow, previous, row)
    for row in old.values():
        _delete_row(conn, OpenTaskRow, row)
    insert_rows(conn, OpenTaskRow, fresh)


def _save_tags(
    conn: Connection, pk: int, before: Order, after: Order, old_status: str, new_status: str
) -> None:
    """Tags and counters follow. Those of returns are not touched: they follow the returns."""
    old, new = facts.tags(before), facts.tags(after)
    counted = facts.difference(facts.counter_names(old_status, old), facts.counter_names(new_status, new))
    facts.update_counters(conn, counted)
    was, now = to_micros(before.created), to_micros(after.created)
    if was != now:
        tag = table(TagRow)
        conn.execute(update(tag).where(tag.c.order_pk == pk, tag.c.created == was).values(created=now))
    for name in sorted(old - new):
        _delete_row(conn, TagRow, (name, now, pk))
    insert_rows(conn, TagRow, [(name, now, pk) for name in sorted(new - old)])


def _update_row(conn: Connection, row: Any, before: Values, after: Values) -> None:
    """Write the columns in which two rows of one key differ."""
    names = columns(row)
    changed = {name: new for name, old, new in zip(names, before, after, strict=True) if old != new}
    if changed and (written := update_row(conn, row, changed, dict(zip(names, after, strict=True)))) != 1:
        raise LookupError(f"{written} rows of {table(row).name} were written instead of one")


def _delete_row(conn: Connection, row: Any, values: Values) -> None:
    conn.execute(delete(table(row)).where(*_is_row(row, values)))


def _is_row(row: Any, values: Values) -> list[Any]:
    rows = table(row)
    given = dict(zip(columns(row), values, strict=True))
    return [column == given[column.name] for column in rows.primary_key.columns]
