"""Whether an order's documents say what is so: what they come to, their papers, and what its positions owe by
them (spec 9)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from oms_tui.domain.books import accounts
from oms_tui.domain.documents import DocumentKind, IssuedDocument
from oms_tui.domain.issuing import invoice_of
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order
from oms_tui.domain.papers import Paper
from oms_tui.domain.status import OperationKind, word

_K = DocumentKind
_POSITION = (_K.INVOICE, _K.CREDIT_NOTE, _K.REVERSAL)
"""What says of a position what it costs."""


def document_problems(order: Order, papers: Mapping[int, Paper | None]) -> Iterator[str]:
    """One sentence for everything that an order's documents say and is not so.

    Args:
        order: The order.
        papers: Place of a document -> its paper; None where what is kept is not what was put.
    """
    for place, document in enumerate(order.documents):
        name = f"{word(document.kind).lower()} {document.number}"
        for said in (
            *_of_total(order, document),
            *_of_paper(document, papers, place),
            *_of_what_it_names(order, document),
        ):
            yield f"{name} {said}"
    yield from _of_positions(order)


def _of_total(order: Order, document: IssuedDocument) -> Iterator[str]:
    """Whether it is the sum of its parts; of a receipt: of the money that it confirms."""
    if document.kind is not _K.RECEIPT:
        found = sum(part.amount.minor for part in document.parts)
        if found != document.total.minor:
            yield f"is for {format_money(document.total)}, its parts come to {_in_money(found, order)}"
        return
    rows = {(payment.number, one.number): one for payment in order.payments for one in payment.operations}
    if all(named in rows for named in document.operations):
        moved = (rows[named] for named in document.operations)
        found = sum(-x.amount.minor if x.kind is OperationKind.REFUND else x.amount.minor for x in moved)
        if found != document.total.minor:
            named = f"the money that it names comes to {_in_money(found, order)}"
            yield f"is for {format_money(document.total)}, {named}"


def _of_paper(document: IssuedDocument, papers: Mapping[int, Paper | None], place: int) -> Iterator[str]:
    """Whether it has its paper, and that says the same. What was issued elsewhere gets one when it is printed
    first."""
    if place not in papers:
        if not document.is_imported:
            yield "has no paper"
        return
    paper = papers[place]
    if paper is None:
        yield "has a paper that is not what was kept"
        return
    rows = sum(row.total.minor for row in paper.rows)
    if document.kind is _K.RECEIPT:
        rows = sum(one.amount.minor for one in paper.payments)
    says = (paper.kind, paper.number, paper.at, paper.total, rows)
    if says != (document.kind, document.number, document.at, document.total, document.total.minor):
        yield f"has a paper that says otherwise: {paper.number}, {format_money(paper.total)}"
    elif tuple((x.total, x.tax) for x in paper.rows) != tuple((x.amount, x.tax) for x in document.parts):
        yield "has a paper with other rows"


def _of_what_it_names(order: Order, document: IssuedDocument) -> Iterator[str]:
    """Whether what it refers to is there: operations, the invoice, the credit note and its whole amount."""
    there = {(payment.number, one.number) for payment in order.payments for one in payment.operations}
    for payment, operation in document.operations:
        if (payment, operation) not in there:
            yield f"names operation {operation} of payment {payment}, which is not there"
    if document.kind is _K.INVOICE and document.shipment is not None:
        named = {shipment.number: shipment.invoice for shipment in order.shipments}
        first = invoice_of(order, document.shipment)
        if first is document and named.get(document.shipment) != document.number:
            yield f"is not the one that shipment {document.shipment} names"
    wanted = {_K.CREDIT_NOTE: _K.INVOICE, _K.REVERSAL: _K.CREDIT_NOTE}.get(document.kind)
    if wanted is None or (document.kind is _K.CREDIT_NOTE and not document.refers_to):
        return  # a credit note for what was invoiced elsewhere names nothing
    found = [x for x in order.documents if (x.kind, x.number) == (wanted, document.refers_to)]
    if not found:
        yield f"names {word(wanted).lower()} {document.refers_to}, which is not there"
    elif document.kind is _K.REVERSAL and found[0].total != -document.total:
        taken_back = f"{found[0].number} of {format_money(found[0].total)}"
        yield f"is for {format_money(document.total)} and takes back {taken_back}"


def _of_positions(order: Order) -> Iterator[str]:
    """Whether a position that has an invoice owes what that says, less what credit notes that stand took off
    since; and whether no document stands for another."""
    if not order.documents:
        return
    books = accounts(order)
    for one in order.documents:
        if one.kind is not _K.INVOICE:
            continue
        says = sum(
            x.total.minor for x in order.documents if x.kind in _POSITION and x.shipment == one.shipment
        )
        owes = books[one.shipment].due if one.shipment in books else 0
        if says != owes:
            where = "the order" if one.shipment is None else f"shipment {one.shipment}"
            yield (
                f"invoice {one.number} and its credit notes come to {_in_money(says, order)}, "
                f"{where} owes {_in_money(owes, order)}"
            )
    billed = Counter(
        f"line {part.line}" if part.line is not None else f"charge {part.charge}"
        for one in order.documents
        if one.kind is _K.INVOICE
        for part in one.parts
    )
    reversed_notes = Counter(one.refers_to for one in order.documents if one.kind is _K.REVERSAL)
    yield from (f"{part} is on {n} invoices" for part, n in billed.items() if n > 1)
    yield from (
        f"credit note {number} is reversed {n} times" for number, n in reversed_notes.items() if n > 1
    )


def _in_money(minor: int, order: Order) -> str:
    return format_money(Money(minor, order.currency))
