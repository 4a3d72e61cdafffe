"""The copies that the store keeps of facts derived from an order, as index: columns, tags, counters.

Written by the transaction that changes the fact; `doctor` compares them (invariant S3).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlmodel import SQLModel

from oms_tui.domain.cancel_requests import open_request
from oms_tui.domain.derive import is_blocked, standing
from oms_tui.domain.engine import next_due
from oms_tui.domain.filter.facts import asked_of, blockers, lapse_of
from oms_tui.domain.filter.keys import code_key, phone_digits, phrase_key
from oms_tui.domain.flow import TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.payment import (
    is_uncaptured,
    is_uncaptured_after_shipment,
    open_refund_states,
    order_payment_status,
)
from oms_tui.domain.returns import Return, return_status
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.domain.totals import order_total
from oms_tui.store.packing import micros_or_none
from oms_tui.store.statements import run_for_rows
from oms_tui.store.tables import CounterRow, table

ALL_ORDERS = "orders"
"""The counter of every order."""
_HOLD_ORDER = {kind: place for place, kind in enumerate(HoldKind)}
_OPEN = {state: f"task:{state.value}" for state in TaskState if state.is_open}


def copies(order: Order) -> dict[str, object]:
    """The index columns of the order's row that are derived from its value."""
    now = standing(order.lines)
    customer = order.customer
    return {
        "id_key": code_key(order.id),
        "first_key": phrase_key(customer.first_name),
        "last_key": phrase_key(customer.last_name),
        "email_key": code_key(customer.email),
        "phone_tail": phone_digits(customer.phone)[::-1],
        "bill_country": order.bill_to.country,
        "country": order.channel.country if order.is_carry_out else order.ship_to.country,
        "region": order.channel.region,
        "channel_type": order.channel.type.value,
        "total_minor": order_total(order).minor,
        "status": now.status.value,
        "ahead": now.ahead,
        "pieces": now.pieces,
        "payment_status": order_payment_status(order).value,
        "holds": ",".join(kind.value for kind in open_hold_kinds(order)),
        "has_undelivered": any(line.status is LineStatus.UNDELIVERED for line in order.lines),
        "due": due(order),
        "lapses": lapse_of(order),
        "asked": asked_of(order),
    }


def due(order: Order) -> int | None:
    """When a task of its flow runs next, in microseconds; None where none does."""
    return micros_or_none(next_due(order))


def open_hold_kinds(order: Order) -> tuple[HoldKind, ...]:
    """The kinds of the holds that stop it, each once, in the order of `HoldKind`."""
    return tuple(sorted({hold.kind for hold in order.open_holds()}, key=_HOLD_ORDER.__getitem__))


def tags(order: Order, returns: Iterable[Return] = ()) -> frozenset[str]:
    """The tags of an order and its returns (see `TagRow`)."""
    found = {f"hold:{hold.kind.value}" for hold in order.open_holds()}
    states = {task.state for task in order.tasks}
    found.update(tag for state, tag in _OPEN.items() if state in states)
    if not states.isdisjoint(_OPEN):
        if is_blocked(order):
            found.add("task:blocked")
        found.update(f"task:blocked:{name}" for name in blockers(order))
    if any(line.status is LineStatus.UNDELIVERED for line in order.lines):
        found.add("line:undelivered")
    if open_request(order) is not None:
        found.add("cancel:requested")
    if is_uncaptured(order):
        found.add("uncaptured")
        if is_uncaptured_after_shipment(order):
            found.add("uncaptured_shipped")
    found.update(f"refund:{state.value}" for state in open_refund_states(order))
    found |= return_tags(returns)
    return frozenset(found)


def return_tags(returns: Iterable[Return]) -> frozenset[str]:
    """The tags that an order has from its returns."""
    return frozenset(f"return:{return_status(value).value}" for value in returns)


def counter_names(status: object, tag_names: Iterable[str]) -> tuple[str, ...]:
    """The counters that count an order with this status and these tags."""
    return (ALL_ORDERS, f"status:{status}", *tag_names)


def update_counters(conn: Connection, deltas: Mapping[str, int]) -> None:
    """Add to the counters what an order, or many, changed of them."""
    run_for_rows(conn, _add, CounterRow, [(name, delta) for name, delta in sorted(deltas.items()) if delta])


def _add(row: type[SQLModel]) -> Insert:
    counter = table(row)
    add = insert(counter)
    return add.on_conflict_do_update(
        index_elements=[counter.c.name], set_={"value": counter.c.value + add.excluded.value}
    )


def difference(before: Iterable[str], after: Iterable[str]) -> Counter[str]:
    """The counters that differ between two sets of names, and by how much."""
    changed = Counter(after)
    changed.subtract(Counter(before))
    return Counter({name: delta for name, delta in changed.items() if delta})
