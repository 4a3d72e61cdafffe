"""Papers of sample orders: as if another system had issued them, so that they draw from no series here."""

from dataclasses import replace

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.issuing import with_credit_notes, with_invoice
from oms_tui.domain.order import Order


def with_invoices(order: Order) -> Order:
    """The order with the invoice of every shipment that has a number, issued when its money was captured."""
    for shipment in order.shipments:
        if shipment.invoice:
            at = shipment.packed_at or shipment.planned_at
            order = with_invoice(order, shipment.number, shipment.invoice, at)
    return _imported(order)


def with_credits(before: Order, after: Order) -> Order:
    """`after` with a credit note for what its last adjustment took off, where there was an invoice."""
    adjusted = after.adjustments[-1]

    def number(order: Order, kind: DocumentKind) -> str:
        return f"CR-{order.id}"

    return _imported(with_credit_notes(before, after, adjusted.reason, adjusted.at, number))


def _imported(order: Order) -> Order:
    return replace(order, documents=tuple(replace(one, is_imported=True) for one in order.documents))
