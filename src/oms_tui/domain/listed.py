"""The papers of an order as lists show them: its own documents, those known by number only, and credit notes
that came with an import (documented: Documents and Invoices)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.issuing import document_status
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.returns import CreditNote

IMPORTED = "Imported"
"""The status of a document that was issued elsewhere."""


class EntryKind(StrEnum):
    """What an entry of the part Invoices is (documented: sale and return entries)."""

    SALE = "sale"
    RETURN = "return"
    CREDIT = "credit"
    """A credit note for a price, not for goods."""
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDocument:
    """One document of an order."""

    kind: DocumentKind
    entry: EntryKind | None
    """None: it is no entry of the part Invoices."""
    number: str
    at: datetime | None
    """When it was issued; None = not known."""
    status: str
    """What became of it, in a word (`issuing.document_status`)."""
    entity: str
    """Who issued it; "" = not known."""
    total: Money | None
    """What it does to what the customer owes on paper, credit notes below zero; of a receipt what was
    received. None = not known."""
    shipment: str | None = None
    refers_to: str = ""
    reason: str = ""
    place: int | None = None
    """Its place among the order's documents; None = it is none of them."""


def listed(order: Order, credit_notes: Iterable[CreditNote] = ()) -> tuple[ListedDocument, ...]:
    """Every paper of an order that is known; the order's own first, as they were issued."""
    found = [_own(order, place) for place in range(len(order.documents))]
    numbers = {one.number for one in found}
    found += [
        ListedDocument(
            kind=DocumentKind.INVOICE,
            entry=EntryKind.SALE,
            number=shipment.invoice,
            at=None,
            status=IMPORTED,
            entity=order.selling_entity,
            total=None,
            shipment=shipment.number,
        )
        for shipment in order.shipments
        if shipment.invoice and shipment.invoice not in numbers
    ]
    found += [_imported(order, note) for note in credit_notes if note.number not in numbers]
    return tuple(found)


def _own(order: Order, place: int) -> ListedDocument:
    document = order.documents[place]
    return ListedDocument(
        kind=document.kind,
        entry=_ENTRIES.get(document.kind),
        number=document.number,
        at=document.at,
        status=document_status(order, document),
        entity=document.entity,
        total=document.total,
        shipment=document.shipment,
        refers_to=document.refers_to,
        reason=document.reason,
        place=place,
    )


_ENTRIES = {
    DocumentKind.INVOICE: EntryKind.SALE,
    DocumentKind.CREDIT_NOTE: EntryKind.CREDIT,
    DocumentKind.REVERSAL: EntryKind.REVERSAL,
}


def _imported(order: Order, note: CreditNote) -> ListedDocument:
    """A credit note that came from elsewhere: of its rows only those about this order count here."""
    rows = [row for row in note.lines if row.order_id == order.id]
    return ListedDocument(
        kind=DocumentKind.CREDIT_NOTE,
        entry=EntryKind.RETURN if any(row.return_id for row in rows) else EntryKind.CREDIT,
        number=note.number,
        at=note.at,
        status=IMPORTED,
        entity=order.selling_entity,
        total=Money(-sum(row.amount.minor for row in rows), note.currency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPaper:
    """What the entries of an order come to."""

    invoiced: Money
    credited: Money
    """Credit notes less their reversals: zero or below."""
    is_whole: bool
    """Whether the amount of every entry is known."""

    @property
    def net(self) -> Money:
        """What the customer owes on paper."""
        return self.invoiced + self.credited


def on_paper(order: Order, documents: Iterable[ListedDocument]) -> OnPaper:
    """The sums of the entries among these documents."""
    entries = [one for one in documents if one.entry is not None]
    sums = {True: 0, False: 0}
    for one in entries:
        if one.total is not None:
            sums[one.entry is EntryKind.SALE] += one.total.minor
    return OnPaper(
        invoiced=Money(sums[True], order.currency),
        credited=Money(sums[False], order.currency),
        is_whole=all(one.total is not None for one in entries),
    )
