"""Issuing documents: what is on an invoice, a receipt, a credit note (spec 4, 6, 9).

A credit note is taken back in `reversing`.
Whoever issues draws the number in the same transaction; a preview has none, and says so by an empty one.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from oms_tui.domain.books import where_of
from oms_tui.domain.documents import DocumentKind, DocumentPart, IssuedDocument
from oms_tui.domain.money import Money
from oms_tui.domain.operations import latest
from oms_tui.domain.order import Charge, Line, Operation, Order
from oms_tui.domain.payment import invoice_status
from oms_tui.domain.positions import charges_of, lines_of
from oms_tui.domain.status import InvoiceStatus, OperationKind, OperationState
from oms_tui.domain.totals import current_tax, price

Draw = Callable[[Order, DocumentKind], str]
"""Gives the next number of a kind; "" in a preview."""
_MOVED = (OperationKind.CAPTURE, OperationKind.IMPORTED, OperationKind.REFUND)


def with_invoice(order: Order, shipment: str | None, number: str, at: datetime) -> Order:
    """The order with the invoice of a shipment, or of the order's own position, issued under that number."""
    order = _with_invoice_of(order, shipment, invoiced_parts(order, shipment), number, at)
    shipments = tuple(
        replace(one, invoice=number) if one.number == shipment else one for one in order.shipments
    )
    return replace(order, shipments=shipments)


def with_further_invoice(
    order: Order, shipment: str, added: Iterable[Line], number: str, at: datetime
) -> Order:
    """The order with one more invoice of a shipment, for lines that came to it when it was invoiced already.

    Everything on an invoiced position is on paper, always: what it costs and what its papers say are one.
    """
    return _with_invoice_of(order, shipment, tuple(added), number, at)


def _with_invoice_of(
    order: Order, shipment: str | None, billed: tuple[Line | Charge, ...], number: str, at: datetime
) -> Order:
    parts = tuple(map(_billed, billed))
    issued = IssuedDocument(
        kind=DocumentKind.INVOICE,
        number=number,
        at=at,
        entity=order.selling_entity,
        shipment=shipment,
        total=_sum(parts, order.currency),
        parts=parts,
    )
    return replace(order, documents=(*order.documents, issued))


def invoiced_parts(order: Order, shipment: str | None) -> tuple[Line | Charge, ...]:
    """What an invoice of that position bills: its lines that are not cancelled, and the charges on it.

    The charges are on the first shipment to be invoiced where money was asked for none and none has left.
    """
    if shipment is None:
        lines = tuple(line for line in order.lines if not line.is_cancelled)
        return (*lines, *(charge for charge in order.charges if not charge.is_cancelled))
    lines = tuple(line for line in lines_of(order, shipment) if not line.is_cancelled)
    charges = charges_of(order, shipment)
    if not charges and all(where_of(order, charge) is None for charge in order.charges):
        charges = tuple(charge for charge in order.charges if not charge.is_cancelled)
    return (*lines, *charges)


def _billed(part: Line | Charge) -> DocumentPart:
    is_line = isinstance(part, Line)
    return DocumentPart(
        line=part.number if is_line else None,
        charge=None if is_line else part.number,
        quantity=part.quantity if isinstance(part, Line) else 1,
        amount=price(part),
        tax=current_tax(part),
    )


def _sum(parts: Iterable[DocumentPart], currency: str) -> Money:
    return Money(sum(part.amount.minor for part in parts), currency)


# -- receipts ----------------------------------------------------------------------------------------------


def money_moved(order: Order) -> tuple[tuple[int, Operation], ...]:
    """(payment, operation) of the money that is known to have come or gone back: what a receipt confirms."""
    return tuple(
        (payment.number, one)
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind in _MOVED and one.state is OperationState.SUCCEEDED
    )


def current_receipt(order: Order) -> IssuedDocument | None:
    """The receipt that still says all there is to say; None where none was issued since money last moved."""
    moved = tuple((payment, one.number) for payment, one in money_moved(order))
    receipts = [one for one in order.documents if one.kind is DocumentKind.RECEIPT]
    return receipts[-1] if receipts and receipts[-1].operations == moved else None


def with_receipt(order: Order, number: str, at: datetime) -> Order:
    """The order with a receipt for all money that moved so far issued under that number."""
    moved = money_moved(order)
    minor = sum(_signed(one) for _, one in moved)
    issued = IssuedDocument(
        kind=DocumentKind.RECEIPT,
        number=number,
        at=at,
        entity=order.selling_entity,
        total=Money(minor, order.currency),
        operations=tuple((payment, one.number) for payment, one in moved),
    )
    return replace(order, documents=(*order.documents, issued))


def _signed(operation: Operation) -> int:
    return -operation.amount.minor if operation.kind is OperationKind.REFUND else operation.amount.minor


# -- credit notes ------------------------------------------------------------------------------------------


def with_credit_notes(before: Order, after: Order, reason: str, at: datetime, draw: Draw) -> Order:
    """`after`, with a credit note for each position whose paper says more than it costs now.

    Args:
        before: The order as it was before prices fell.
        after: The order with its new prices and the refunds that were asked for because of them.
        reason: Why, for the paper.
        at: When it is issued.
        draw: Gives the numbers.
    """
    cheaper: dict[str | None, list[DocumentPart]] = {}
    was = {(type(part), part.number): part for part in _parts(before)}
    for part in _parts(after):
        old = was.get((type(part), part.number))
        where = where_of(after, part)
        if old is None or price(part) == price(old) or not is_invoiced(before, where):
            continue
        new = _billed(part)
        cheaper.setdefault(where, []).append(
            replace(new, amount=new.amount - price(old), tax=new.tax - current_tax(old))
        )
    for where in sorted(cheaper, key=lambda name: name or ""):
        after = _credited(before, after, where, tuple(cheaper[where]), reason, at, draw)
    return after


def is_invoiced(order: Order, shipment: str | None) -> bool:
    """Whether paper was given for a position, here or elsewhere: a sale over the counter has none of ours
    until somebody asks for it."""
    return invoice_status(order, shipment) is not InvoiceStatus.PENDING


def invoice_of(order: Order, shipment: str | None) -> IssuedDocument | None:
    """The first invoice of a position; None where none was issued or none is known here."""
    return next(iter(invoices_of(order, shipment)), None)


def invoices_of(order: Order, shipment: str | None) -> tuple[IssuedDocument, ...]:
    """The invoices of a position, as issued: one, and one more each time that something was added."""
    return tuple(
        one for one in order.documents if one.kind is DocumentKind.INVOICE and one.shipment == shipment
    )


def _invoice_for(order: Order, shipment: str | None, parts: Iterable[DocumentPart]) -> IssuedDocument | None:
    """The invoice of a position that bills all of these parts; else its first."""
    named = {(part.line, part.charge) for part in parts}
    found = invoices_of(order, shipment)
    whole = (one for one in found if named <= {(part.line, part.charge) for part in one.parts})
    return next(whole, found[0] if found else None)


def _parts(order: Order) -> tuple[Line | Charge, ...]:
    return (*order.lines, *order.charges)


def _credited(
    before: Order,
    after: Order,
    where: str | None,
    parts: tuple[DocumentPart, ...],
    reason: str,
    at: datetime,
    draw: Draw,
) -> Order:
    invoice = _invoice_for(after, where, parts)
    issued = IssuedDocument(
        kind=DocumentKind.CREDIT_NOTE,
        number=draw(after, DocumentKind.CREDIT_NOTE),
        at=at,
        entity=after.selling_entity,
        shipment=where,
        total=_sum(parts, after.currency),
        parts=parts,
        operations=_refunds_asked(before, after, where),
        refers_to="" if invoice is None else invoice.number,
        reason=reason,
    )
    return replace(after, documents=(*after.documents, issued))


def _refunds_asked(before: Order, after: Order, where: str | None) -> tuple[tuple[int, int], ...]:
    """The refunds of a position that are new in `after`."""
    old = {(payment.number, one.number) for payment in before.payments for one in payment.operations}
    return tuple(
        (payment.number, one.number)
        for payment in after.payments
        for one in payment.operations
        if one.kind is OperationKind.REFUND
        and one.shipment == where
        and (payment.number, one.number) not in old
    )


def credit_notes_that_stand(order: Order) -> tuple[IssuedDocument, ...]:
    """The credit notes that no counter-document took back."""
    taken_back = {one.refers_to for one in order.documents if one.kind is DocumentKind.REVERSAL}
    return tuple(
        one
        for one in order.documents
        if one.kind is DocumentKind.CREDIT_NOTE and one.number not in taken_back
    )


def document_status(order: Order, document: IssuedDocument) -> str:
    """What became of a document, in words for a list: "Issued", "Partly credited", "Credited", "Reversed",
    "Imported"."""
    if document.kind is DocumentKind.CREDIT_NOTE and document not in credit_notes_that_stand(order):
        return "Reversed"
    notes = [one for one in credit_notes_that_stand(order) if one.refers_to == document.number]
    if document.kind is DocumentKind.INVOICE and notes:
        left = document.total.minor + sum(one.total.minor for one in notes)
        return "Partly credited" if left > 0 else "Credited"
    return "Imported" if document.is_imported else "Issued"


# -- imported ----------------------------------------------------------------------------------------------


def with_imported_invoices(order: Order) -> Order:
    """The order with the invoices that its shipments say were issued elsewhere, where they are not there."""
    for shipment in order.shipments:
        if not shipment.invoice or invoice_of(order, shipment.number) is not None:
            continue
        at = shipment.packed_at or shipment.shipped_at or shipment.planned_at
        order = with_invoice(order, shipment.number, shipment.invoice, at)
        order = replace(
            order, documents=(*order.documents[:-1], replace(order.documents[-1], is_imported=True))
        )
    return order
