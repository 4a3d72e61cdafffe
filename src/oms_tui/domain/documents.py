"""Numbered documents as an order keeps them: invoices, receipts, credit notes and what reverses one (spec 2,
9).

A document never changes. Its numbers are gapless for each selling entity, kind and year of issue; those of
imported documents are kept as they came and belong to no series.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oms_tui.domain.money import Money


class DocumentKind(StrEnum):
    """What a document is; each kind has a series of numbers of its own."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"
    REVERSAL = "reversal"
    """The counter-document that takes a credit note back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPart:
    """What a document says of one line or charge. Signed as the document's total."""

    line: int | None = None
    charge: int | None = None
    quantity: int
    """Pieces that it is about; of a credit note for a price those whose price changed."""
    amount: Money
    """What the customer owes for it, tax counted."""
    tax: Money
    """The tax in or on that amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedDocument:
    """A document of an order, as it was issued.

    Amounts are signed by what they do to what the customer owes on paper: an invoice is above zero, a credit
    note below, its reversal above again (spec 4: return figures are negative). A receipt says what was
    received, less what went back.
    """

    kind: DocumentKind
    number: str
    """"" only in a preview, which draws none."""
    at: datetime
    """When it was issued."""
    entity: str
    """The selling entity that issued it."""
    shipment: str | None = None
    """Whose position it is about; None = the order's own."""
    total: Money
    parts: tuple[DocumentPart, ...] = ()
    """Lines and charges; none on a receipt."""
    operations: tuple[tuple[int, int], ...] = ()
    """(payment, operation): what a receipt confirms, the refunds that a credit note came with."""
    refers_to: str = ""
    """Number of the invoice that is credited, or of the credit note that is reversed."""
    reason: str = ""
    """Why it was credited or reversed."""
    is_imported: bool = False
    """Whether it was issued elsewhere, so that its number is of no series here."""
