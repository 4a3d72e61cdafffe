"""What one shipment owes and has been paid: its position (spec 2, Position; spec 4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from oms_tui.domain.adjusting import shipment_of_charges
from oms_tui.domain.money import Money
from oms_tui.domain.order import Charge, Line, Operation, Order
from oms_tui.domain.payment import latest, order_payment_status
from oms_tui.domain.status import OperationKind, OperationState, PaymentStatus
from oms_tui.domain.totals import price

_UNDIVIDED = (PaymentStatus.PARTLY_CAPTURED, PaymentStatus.PARTLY_REFUNDED)
"""What an order says of itself that need not hold for a shipment nothing happened to yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentPosition:
    """Money of one shipment, all in the order's currency."""

    due: Money
    """Its lines that are not cancelled, at their current price, with the charges on it."""
    captured: Money | None
    """What captures in its name took; None where this order's money does not move per shipment."""
    status: PaymentStatus


def lines_of(order: Order, shipment: str) -> tuple[Line, ...]:
    """The lines that travel in a shipment, cancelled ones included."""
    return tuple(line for line in order.lines if line.shipment == shipment)


def charges_of(order: Order, shipment: str) -> tuple[Charge, ...]:
    """The charges on a shipment: those of the order go on the first one that money was asked for, else on the
    first one to leave (spec 4)."""
    if shipment_of_charges(order) != shipment:
        return ()
    return tuple(charge for charge in order.charges if not charge.is_cancelled)


def position(order: Order, shipment: str) -> ShipmentPosition:
    """The position of one shipment."""
    lines = (line for line in lines_of(order, shipment) if not line.is_cancelled)
    parts: list[Line | Charge] = [*lines, *charges_of(order, shipment)]
    due = sum(price(part).minor for part in parts)
    captured = sum(_amounts(_operations(order, shipment), OperationKind.CAPTURE))
    return ShipmentPosition(
        due=Money(due, order.currency),
        captured=Money(captured, order.currency) if _has_apart(order) else None,
        status=position_status(order, shipment),
    )


def position_status(order: Order, shipment: str | None) -> PaymentStatus:
    """Payment status of a position: what its own operations say, else what the order's payments do.

    A shipment nothing was captured for has its order's status; where the order is only partly captured or
    refunded, that was for other shipments, so its own money is still authorized.
    """
    of_order = order_payment_status(order)
    own = () if shipment is None else _operations(order, shipment)
    if not own or of_order in (PaymentStatus.OVERCHARGED, PaymentStatus.DISPUTED):
        is_apart = shipment is not None and of_order in _UNDIVIDED and _has_apart(order)
        return PaymentStatus.AUTHORIZED if is_apart else of_order
    if any(one.state is OperationState.UNKNOWN for one in own):
        return PaymentStatus.UNKNOWN
    captures = [one for one in own if one.kind is OperationKind.CAPTURE]
    if captures and captures[-1].state is OperationState.FAILED:
        return PaymentStatus.FAILED
    captured = sum(_amounts(own, OperationKind.CAPTURE))
    refunded = sum(_amounts(own, OperationKind.REFUND))
    if captured and refunded:
        return PaymentStatus.REFUNDED if refunded >= captured else PaymentStatus.PARTLY_REFUNDED
    if captured:
        due = sum(price(line).minor for line in lines_of(order, str(shipment)) if not line.is_cancelled)
        return PaymentStatus.CAPTURED if captured >= due else PaymentStatus.PARTLY_CAPTURED
    return PaymentStatus.PENDING


def _operations(order: Order, shipment: str) -> tuple[Operation, ...]:
    return tuple(
        operation
        for payment in order.payments
        for operation in latest(payment.operations)
        if operation.shipment == shipment
    )


def _has_apart(order: Order) -> bool:
    """Whether money moves per shipment in this order: some operation names one."""
    return any(operation.shipment for payment in order.payments for operation in payment.operations)


def _amounts(operations: Iterable[Operation], kind: OperationKind) -> Iterable[int]:
    return (
        one.amount.minor for one in operations if one.kind is kind and one.state is OperationState.SUCCEEDED
    )
