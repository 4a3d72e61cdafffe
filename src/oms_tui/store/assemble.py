"""An order's value from its rows."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import SQLModel

from oms_tui.clock import from_micros
from oms_tui.domain.money import Money
from oms_tui.domain.order import Adjustment, Customer, Operation, Order, Payment
from oms_tui.domain.status import CustomerRole, CustomerType
from oms_tui.store import document_rows, mapping
from oms_tui.store.packing import unpack_address, unpack_tasks
from oms_tui.store.statements import columns
from oms_tui.store.tables import (
    AdjustedPartRow,
    AdjustmentRow,
    ChannelRow,
    ChargeRow,
    DocumentRow,
    HoldRow,
    LineRow,
    NoteRow,
    OperationRow,
    OrderRow,
    PaymentRow,
    ShipmentRow,
)

PARTS_READ: tuple[type[SQLModel], ...] = (
    LineRow,
    ChargeRow,
    ShipmentRow,
    PaymentRow,
    OperationRow,
    HoldRow,
    AdjustmentRow,
    AdjustedPartRow,
    NoteRow,
    DocumentRow,
)
"""The tables of an order's parts."""
CHANNEL_COLUMNS: tuple[str, ...] = columns(ChannelRow)
"""What is read of the channel, behind the order's own columns."""
_OWN = len(columns(OrderRow))
_PLACE = {name: place for place, name in enumerate(columns(OrderRow))}
_TYPE = {member.value: member for member in CustomerType}
_ROLE = {member.value: member for member in CustomerRole}


def assemble(row: Sequence[Any], parts: Mapping[type[SQLModel], Sequence[Any]]) -> Order:
    """The order of its own row, followed by its channel's columns, and of its parts' rows by table."""

    def own(name: str) -> Any:
        return row[_PLACE[name]]

    currency = own("currency")
    shipments = sorted(parts[ShipmentRow], key=lambda shipment: int(shipment[2]))
    return Order(
        id=own("id"),
        channel=mapping.channel_of(row[_OWN:]),
        selling_entity=own("selling_entity"),
        currency=currency,
        created=from_micros(own("created")),
        language=own("language"),
        method=own("method"),
        customer=Customer(
            number=own("customer_number"),
            type=_TYPE[own("customer_type")],
            role=_ROLE[own("customer_role")],
            first_name=own("first_name"),
            last_name=own("last_name"),
            email=own("email"),
            phone=own("phone"),
        ),
        bill_to=unpack_address(own("bill_to")),
        ship_to=unpack_address(own("ship_to")),
        preferred_date=date.fromisoformat(own("preferred_date")) if own("preferred_date") else None,
        is_forced=bool(own("is_forced")),
        is_carry_out=bool(own("is_carry_out")),
        source=own("source"),
        placed_total=Money(own("placed_minor"), currency),
        lines=tuple([mapping.line_of(line, currency) for line in parts[LineRow]]),
        charges=tuple([mapping.charge_of(charge, currency) for charge in parts[ChargeRow]]),
        shipments=tuple([mapping.shipment_of(shipment) for shipment in shipments]),
        payments=_payments(parts, currency),
        holds=tuple([mapping.hold_of(hold) for hold in parts[HoldRow]]),
        adjustments=_adjustments(parts, currency),
        notes=tuple([mapping.note_of(note) for note in parts[NoteRow]]),
        documents=tuple([document_rows.document_of(document, currency) for document in parts[DocumentRow]]),
        tasks=unpack_tasks(own("flow")),
        version=own("version"),
    )


def _payments(parts: Mapping[type[SQLModel], Sequence[Any]], currency: str) -> tuple[Payment, ...]:
    operations: dict[int, list[Operation]] = {}
    for row in parts[OperationRow]:
        operations.setdefault(row[1], []).append(mapping.operation_of(row, currency))
    return tuple([mapping.payment_of(row, tuple(operations.get(row[1], ()))) for row in parts[PaymentRow]])


def _adjustments(parts: Mapping[type[SQLModel], Sequence[Any]], currency: str) -> tuple[Adjustment, ...]:
    adjusted: dict[int, list[Any]] = {}
    for row in parts[AdjustedPartRow]:
        adjusted.setdefault(row[1], []).append(mapping.adjusted_part_of(row, currency))
    return tuple(
        [mapping.adjustment_of(row, tuple(adjusted.get(row[1], ()))) for row in parts[AdjustmentRow]]
    )
