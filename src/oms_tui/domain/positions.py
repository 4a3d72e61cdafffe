"""What one shipment owes and has been paid: its position (spec 2, Position; spec 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from oms_tui.domain.books import Account, accounts, shipment_of_charges
from oms_tui.domain.money import Money
from oms_tui.domain.order import Charge, Line, Order
from oms_tui.domain.payment import invoice_status, position_status
from oms_tui.domain.status import InvoiceStatus, PaymentStatus

__all__ = ["ShipmentPosition", "charges_of", "lines_of", "position", "position_status", "positions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentPosition:
    """Money of one position, all in the order's currency."""

    where: str | None
    """The shipment; None = the order's own position (a carry-out sale, what has no shipment yet)."""
    due: Money
    """Its lines that are not cancelled, at their current price, with the charges on it."""
    captured: Money
    """What captures in its name took, and its share of what was captured for the whole order."""
    in_the_air: Money
    """Captures that are requested or unknown."""
    refunded: Money
    """Given back of it, returns left out."""
    to_capture: Money
    """What is still to be asked for it."""
    overcharged: Money
    """What was captured above what it owes and is not on its way back."""
    status: PaymentStatus
    invoice: InvoiceStatus


def lines_of(order: Order, shipment: str) -> tuple[Line, ...]:
    """The lines that travel in a shipment, cancelled ones included."""
    return tuple(line for line in order.lines if line.shipment == shipment)


def charges_of(order: Order, shipment: str) -> tuple[Charge, ...]:
    """The charges on a shipment: those of the order go on the first one that money was asked for, else on the
    first one to leave (spec 4)."""
    if shipment_of_charges(order) != shipment:
        return ()
    return tuple(charge for charge in order.charges if not charge.is_cancelled)


def position(order: Order, where: str | None) -> ShipmentPosition:
    """The position of one shipment; None: the order's own.

    Raises:
        KeyError: the order has no such shipment.
    """
    return _position(order, accounts(order), where)


def positions(order: Order) -> tuple[ShipmentPosition, ...]:
    """Every position of an order: its shipments', and its own where something is on it."""
    books = accounts(order)
    return tuple(
        _position(order, books, where)
        for where, one in books.items()
        if where is not None or one.due or one.captured or one.in_the_air or one.given_back
    )


def _position(order: Order, books: Mapping[str | None, Account], where: str | None) -> ShipmentPosition:
    one = books[where]
    return ShipmentPosition(
        where=where,
        due=Money(one.due, order.currency),
        captured=Money(one.captured, order.currency),
        in_the_air=Money(one.in_the_air, order.currency),
        refunded=Money(one.refunded, order.currency),
        to_capture=Money(one.to_capture, order.currency),
        overcharged=Money(one.overcharged, order.currency),
        status=position_status(order, where, books),
        invoice=invoice_status(order, where),
    )
