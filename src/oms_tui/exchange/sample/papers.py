"""Credit notes of sample orders: as if another system had issued them, so that they draw from no series."""

from dataclasses import replace

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.issuing import with_credit_notes
from oms_tui.domain.order import Order


def with_credits(before: Order, after: Order) -> Order:
    """`after` with a credit note for what its last adjustment took off, where there was an invoice."""
    adjusted = after.adjustments[-1]

    def number(order: Order, kind: DocumentKind) -> str:
        return f"CR-{order.id}"

    credited = with_credit_notes(before, after, adjusted.reason, adjusted.at, number)
    return replace(credited, documents=tuple(replace(one, is_imported=True) for one in credited.documents))
