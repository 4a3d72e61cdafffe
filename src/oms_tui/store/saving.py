"""Writing orders that changed: what differs is worked out order by order, and written for all of them at
once, one statement a table and kind of change (architecture 5).

Working it out reads nothing, so that it can be done while the facts of an order are still remembered.
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection, update

from oms_tui.clock import to_micros
from oms_tui.domain.order import Channel, Order
from oms_tui.store import channels, facts, search, settling
from oms_tui.store.packing import micros_or_none, pack_address, pack_tasks
from oms_tui.store.parts import PARTS, Differences, difference, refuse_unstorable
from oms_tui.store.statements import Values, columns, update_rows
from oms_tui.store.tables import OpenTaskRow, OrderRow, TagRow, table

_COLUMNS = columns(OrderRow)
_STATUS = _COLUMNS.index("status")
_TAG = table(TagRow)


class Saving:
    """Orders that changed, each once, to be written together."""

    def __init__(self, touched: int) -> None:
        """Begin; `touched` is when it happened, in microseconds, for the order feed."""
        self._touched = touched
        self._changes: list[tuple[int, Order, Order]] = []
        self._channels: list[Channel] = []
        self._rows: list[tuple[Values, Values]] = []
        self._parts = {part.row: Differences() for part in PARTS}
        self._tasks = Differences()
        self._tags = Differences()
        self._moved: list[tuple[int, int, int]] = []
        """Number, old and new time of creation of orders that were created at another time."""
        self._counted: Counter[str] = Counter()

    def add(self, pk: int, before: Order, after: Order, row: Values) -> None:
        """Work out what differs between two values of an order; where that cannot be, it is not among the
        others.

        Args:
            pk: The order's number.
            before: The order as it is stored.
            after: The order as it shall be, with its version.
            row: Its own row as it is stored.

        Raises:
            ProgrammingMistake: An append-only row changed or is gone (invariant M7).
            ValueError: The order cannot be kept as it is.
        """
        refuse_unstorable(after)
        parts = {part.row: difference(part, pk, before, after) for part in PARTS}
        copies = facts.copies(after)
        values = order_values(pk, after, copies, self._touched)
        if before.channel is not after.channel and before.channel != after.channel:
            self._channels.append(after.channel)
        self._changes.append((pk, before, after))
        self._rows.append((row, values))
        for kind, found in parts.items():
            self._parts[kind].add(found)
        self._tasks.add(task_differences(pk, before, after))
        self._add_tags(pk, before, after, str(row[_STATUS]), str(copies["status"]))

    def _add_tags(self, pk: int, before: Order, after: Order, old_status: str, new_status: str) -> None:
        """Tags and counters follow. Those of returns are not touched: they follow the returns."""
        old, new = facts.tags(before), facts.tags(after)
        self._counted.subtract(facts.counter_names(old_status, old))
        self._counted.update(facts.counter_names(new_status, new))
        was, now = to_micros(before.created), to_micros(after.created)
        if was != now:
            self._moved.append((pk, was, now))
        self._tags.gone += [(name, now, pk) for name in sorted(old - new)]
        self._tags.new += [(name, now, pk) for name in sorted(new - old)]

    def write(self, conn: Connection) -> None:
        """Write the orders, their copies, search entries and standing against settlement files.

        Args:
            conn: A connection that holds the write lock, under which the values before were loaded.

        Raises:
            StoreError: The database refused a row.
        """
        if self._channels:
            channels.add(conn, self._channels)
        update_rows(conn, OrderRow, self._rows)
        for kind, found in self._parts.items():
            found.write(conn, kind)
        self._tasks.write(conn, OpenTaskRow)
        facts.update_counters(conn, self._counted)
        for pk, was, now in self._moved:
            conn.execute(update(_TAG).where(_TAG.c.order_pk == pk, _TAG.c.created == was).values(created=now))
        self._tags.write(conn, TagRow)
        search.reindex(conn, self._changes)
        for pk, before, after in self._changes:
            settling.follow(conn, pk, before, after, self._touched)


def row_as_stored(pk: int, order: Order) -> Values:
    """An order's own row where it was not read with it; whatever `touched` was, it is written anew."""
    return order_values(pk, order, facts.copies(order), -1)


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


def task_differences(pk: int, before: Order, after: Order) -> Differences:
    """The rows of open tasks in which two values of an order differ."""
    found = Differences()
    if before.tasks is not after.tasks:
        old = {row[:3]: row for row in open_tasks(pk, before)}
        for row in open_tasks(pk, after):
            previous = old.pop(row[:3], None)
            if previous is None:
                found.new.append(row)
            else:
                found.changed.append((previous, row))
        found.gone += old.values()
    return found
