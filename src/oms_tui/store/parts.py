"""The tables that hold an order's parts, as data: what lies in each, its key, whether it may change."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from oms_tui.domain.order import Charge, Line, Order
from oms_tui.store import document_rows, mapping
from oms_tui.store.errors import ProgrammingMistake
from oms_tui.store.statements import Values, delete_rows, insert_rows, update_rows
from oms_tui.store.tables import (
    APPEND_ONLY,
    AdjustedPartRow,
    AdjustmentRow,
    ChargeRow,
    DocumentRow,
    HoldRow,
    LineRow,
    NoteRow,
    OperationRow,
    PaymentRow,
    ShipmentRow,
)

Key = tuple[int | str, ...]
"""What names a part within its order."""


@dataclass(frozen=True, slots=True)
class Part:
    """One table of an order's parts."""

    row: type[SQLModel]
    of: Callable[[Order], tuple[Any, ...]]
    """The tuple of the order's value that the table holds: the same object means that nothing changed."""
    items: Callable[[Order], Iterable[tuple[Key, Any]]]
    """The parts under their keys; the item is what the value holds, the same object if it did not change."""
    values: Callable[[int, Key, Any], Values]
    """The row of a part: the order's key, the part's key, and the rest."""

    @property
    def is_append_only(self) -> bool:
        """Whether its rows never change (invariant M7)."""
        return self.row.__tablename__ in APPEND_ONLY


PARTS: tuple[Part, ...] = (
    Part(
        LineRow,
        lambda order: order.lines,
        lambda order: [((line.number,), line) for line in order.lines],
        lambda pk, _, line: mapping.line_values(pk, line),
    ),
    Part(
        ChargeRow,
        lambda order: order.charges,
        lambda order: [((charge.number,), charge) for charge in order.charges],
        lambda pk, _, charge: mapping.charge_values(pk, charge),
    ),
    Part(
        ShipmentRow,
        lambda order: order.shipments,
        lambda order: [((item.number,), (place, item)) for place, item in enumerate(order.shipments)],
        lambda pk, _, item: mapping.shipment_values(pk, *item),
    ),
    Part(
        PaymentRow,
        lambda order: order.payments,
        lambda order: [((payment.number,), payment) for payment in order.payments],
        lambda pk, _, payment: mapping.payment_values(pk, payment),
    ),
    Part(
        OperationRow,
        lambda order: order.payments,
        lambda order: [
            ((payment.number, operation.number), operation)
            for payment in order.payments
            for operation in payment.operations
        ],
        lambda pk, key, operation: mapping.operation_values(pk, int(key[0]), operation),
    ),
    Part(
        HoldRow,
        lambda order: order.holds,
        lambda order: [((hold.number,), hold) for hold in order.holds],
        lambda pk, _, hold: mapping.hold_values(pk, hold),
    ),
    Part(
        AdjustmentRow,
        lambda order: order.adjustments,
        lambda order: [((adjustment.number,), adjustment) for adjustment in order.adjustments],
        lambda pk, _, adjustment: mapping.adjustment_values(pk, adjustment),
    ),
    Part(
        AdjustedPartRow,
        lambda order: order.adjustments,
        lambda order: [
            ((adjustment.number, place), part)
            for adjustment in order.adjustments
            for place, part in enumerate(adjustment.parts)
        ],
        lambda pk, key, part: mapping.adjusted_part_values(pk, int(key[0]), int(key[1]), part),
    ),
    Part(
        NoteRow,
        lambda order: order.notes,
        lambda order: [((note.number,), note) for note in order.notes],
        lambda pk, _, note: mapping.note_values(pk, note),
    ),
    Part(
        DocumentRow,
        lambda order: order.documents,
        lambda order: [((place,), document) for place, document in enumerate(order.documents)],
        lambda pk, key, document: document_rows.document_values(pk, int(key[0]), document),
    ),
)


@dataclass(slots=True)
class Differences:
    """What must be written so that a table holds the values after instead of those before."""

    new: list[Values] = field(default_factory=list)
    changed: list[tuple[Values, Values]] = field(default_factory=list)
    """Rows before and after."""
    gone: list[Values] = field(default_factory=list)

    def add(self, other: "Differences") -> None:
        """Count those of another order among them."""
        self.new += other.new
        self.changed += other.changed
        self.gone += other.gone

    def write(self, conn: Connection, row: type[SQLModel]) -> None:
        """Write them into a table."""
        delete_rows(conn, row, self.gone)
        update_rows(conn, row, self.changed)
        insert_rows(conn, row, self.new)


def difference(part: Part, pk: int, before: Order, after: Order) -> Differences:
    """The rows of a part's table in which two values of an order differ.

    Raises:
        ProgrammingMistake: An append-only row changed or is gone (invariant M7).
    """
    found = Differences()
    if part.of(before) is part.of(after):
        return found
    old = dict(part.items(before))
    for key, item in part.items(after):
        previous = old.pop(key, None)
        if previous is item:
            continue
        values = part.values(pk, key, item)
        if previous is None:
            found.new.append(values)
        elif (was := part.values(pk, key, previous)) != values:
            found.changed.append((was, values))
    found.gone += [part.values(pk, key, item) for key, item in old.items()]
    if part.is_append_only and (found.changed or found.gone):
        changed, gone = len(found.changed), len(found.gone)
        raise ProgrammingMistake(
            f"A row of {part.row.__tablename__} may only be added: {changed} changed, {gone} gone."
        )
    return found


def refuse_unstorable(order: Order) -> None:
    """Do nothing for an order that comes back from the store as it is.

    Raises:
        ValueError: Its parts do not stand in the order of their numbers, two documents share a number, or its
            money has several currencies.
    """
    numbered: tuple[tuple[Any, ...], ...] = (
        order.lines,
        order.charges,
        order.payments,
        order.holds,
        order.adjustments,
        order.notes,
    )
    for part in numbered:
        numbers = [item.number for item in part]
        if sorted(set(numbers)) != numbers:
            raise ValueError(f"Order {order.id}: parts must stand in the order of their numbers: {numbers}.")
    for payment in order.payments:
        numbers = [operation.number for operation in payment.operations]
        if sorted(set(numbers)) != numbers:
            raise ValueError(f"Order {order.id}: operations must stand in the order of their numbers.")
    if len({shipment.number for shipment in order.shipments}) != len(order.shipments):
        raise ValueError(f"Order {order.id}: two shipments have one number.")
    if len({(one.kind, one.number) for one in order.documents}) != len(order.documents):
        raise ValueError(f"Order {order.id}: two documents of one kind have one number.")
    foreign = {currency for currency in _currencies(order) if currency != order.currency}
    if foreign:
        raise ValueError(
            f"Order {order.id} is in {order.currency} and holds {', '.join(sorted(foreign))} too."
        )


def _currencies(order: Order) -> Iterable[str]:
    yield order.placed_total.currency
    priced: tuple[Line | Charge, ...] = (*order.lines, *order.charges)
    for item in priced:
        yield item.amount.currency
        yield item.discount.currency
        yield item.tax.currency
        yield item.reduction.currency
        yield item.tax_reduction.currency
    for payment in order.payments:
        yield payment.currency
        for operation in payment.operations:
            yield operation.amount.currency
    for adjustment in order.adjustments:
        for part in adjustment.parts:
            yield part.before.currency
            yield part.after.currency
    for document in order.documents:
        yield document.total.currency
        for billed in document.parts:
            yield billed.amount.currency
            yield billed.tax.currency
