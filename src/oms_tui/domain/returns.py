"""Return orders and credit notes as values (spec 2, 3.2)."""

from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.flow import FlowTask
from oms_tui.domain.money import Money
from oms_tui.domain.status import (
    CreditNoteStatus,
    OutcomeOption,
    RefundStatus,
    ReturnPointType,
    ReturnStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """Pieces of one order line that come back (spec 2, Return order)."""

    number: int
    order_line: int
    sku: str
    name: str
    quantity: int
    reason: str = ""
    """"" = not known (imports)."""
    review_rule: OutcomeOption | None = None
    rule_name: str = ""
    condition: str = ""
    status: ReturnStatus
    refund: Money
    """What it gives back, positive here; screens show return figures negative (spec 4)."""
    captured_status: str = ""
    """"Paid" or "Not captured"; "" = not known."""
    refund_status: RefundStatus
    credit_note_status: CreditNoteStatus
    credit_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return order: its ID starts with `R` and it refers to exactly one order (spec 2)."""

    id: str
    order_id: str
    created: datetime
    return_point: str = ""
    return_point_type: ReturnPointType | None = None
    tracking: str = ""
    closed_at: datetime | None = None
    lines: tuple[ReturnLine, ...]
    tasks: tuple[FlowTask, ...] = ()
    version: int = 1


_PROGRESS = (
    ReturnStatus.CREATED,
    ReturnStatus.SHIPPED,
    ReturnStatus.DELIVERED,
    ReturnStatus.PENDING_REVIEW,
    ReturnStatus.REJECTED,
    ReturnStatus.ACCEPTED,
    ReturnStatus.REFUNDED,
    ReturnStatus.COMPLETED,
)
_OVER = (ReturnStatus.CANCELLED, ReturnStatus.EXPIRED)
_UNDECIDED = _PROGRESS[:4]


def return_status(value: Return) -> ReturnStatus:
    """The header's status: the least advanced line until all are decided, then Accepted if any was (spec
    3.2)."""
    going = [line.status for line in value.lines if line.status not in _OVER]
    if not going:
        return value.lines[0].status
    undecided = [status for status in going if status in _UNDECIDED]
    if undecided:
        return min(undecided, key=_PROGRESS.index)
    accepted = [status for status in going if status is not ReturnStatus.REJECTED]
    return min(accepted, key=_PROGRESS.index) if accepted else ReturnStatus.REJECTED


def refund_total(value: Return) -> Money:
    """The sum its lines give back; lines rejected, cancelled or expired give nothing."""
    dead = (*_OVER, ReturnStatus.REJECTED)
    currency = value.lines[0].refund.currency
    return Money(sum(line.refund.minor for line in value.lines if line.status not in dead), currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteLine:
    """One row of a credit note. `return_id` is None where it belongs to no order here (unattached, spec
    2)."""

    number: int
    code: str
    name: str
    quantity: int
    amount: Money
    """What the row gives back, positive."""
    order_id: str | None = None
    return_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """The numbered document that returns money on paper. Never deleted; reversed by another (spec 2)."""

    number: str
    at: datetime
    currency: str
    customer_number: str = ""
    country: str = ""
    source: str = ""
    lines: tuple[CreditNoteLine, ...]

    @property
    def total(self) -> Money:
        """What it returns on paper, positive; negative for a note that takes back."""
        return Money(sum(line.amount.minor for line in self.lines), self.currency)

    @property
    def unattached(self) -> tuple[CreditNoteLine, ...]:
        """The rows that belong to no order here."""
        return tuple(line for line in self.lines if line.order_id is None)
