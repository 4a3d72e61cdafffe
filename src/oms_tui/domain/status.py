"""Statuses and the tables that say which may follow which, as data (spec 3).

Every status is stored and sent by its value; `word()` gives what a person reads and `glyph()` its
single-cell sign.
"""

from enum import StrEnum
from types import MappingProxyType


class LineStatus(StrEnum):
    """Where one order line stands (spec 3.1). A line has exactly one."""

    PENDING_ALLOCATION = "pending_allocation"
    ALLOCATED = "allocated"
    PENDING_ACK = "pending_ack"
    PENDING_CONFIRM = "pending_confirm"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class OrderStatus(StrEnum):
    """The order status bar, in its documented order (spec 3.1). Always derived, never set."""

    PENDING_ALLOCATION = "pending_allocation"
    ALLOCATED = "allocated"
    CONFIRMED = "confirmed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Cause(StrEnum):
    """Why a line changed its status (spec 3.1, column Cause)."""

    ACCEPTED = "accepted"
    IMPORTED = "imported"
    ALLOCATION = "allocation"
    LOCATION_TOLD = "location_told"
    ACKNOWLEDGED = "acknowledged"
    LOCATION_CONFIRMED = "location_confirmed"
    SHORT = "short"
    PACKING = "packing"
    HANDED_OVER = "handed_over"
    CARRIER_DELIVERED = "carrier_delivered"
    UNDELIVERED_ADDRESS = "undelivered_address"
    UNDELIVERED_REFUSED = "undelivered_refused"
    UNDELIVERED_NOT_COLLECTED = "undelivered_not_collected"
    UNDELIVERED_DAMAGED = "undelivered_damaged"
    UNDELIVERED_LOST = "undelivered_lost"
    REDELIVERY = "redelivery"
    RETURN_ACCEPTED = "return_accepted"
    CANCEL = "cancel"
    PACKED_ANYWAY = "packed_anyway"
    """Ours: it was cancelled, and packed all the same; somebody let it go (spec 6, Cancel)."""


UNDELIVERED_CAUSES: frozenset[Cause] = frozenset(
    {
        Cause.UNDELIVERED_ADDRESS,
        Cause.UNDELIVERED_REFUSED,
        Cause.UNDELIVERED_NOT_COLLECTED,
        Cause.UNDELIVERED_DAMAGED,
        Cause.UNDELIVERED_LOST,
    }
)

_S = LineStatus
BEFORE_PACKED: tuple[LineStatus, ...] = (
    _S.PENDING_ALLOCATION,
    _S.ALLOCATED,
    _S.PENDING_ACK,
    _S.PENDING_CONFIRM,
    _S.CONFIRMED,
)
"""The five states from which a piece may still be cancelled (spec 3.1)."""

SHIPPED_OR_LATER: frozenset[LineStatus] = frozenset({_S.SHIPPED, _S.DELIVERED, _S.UNDELIVERED, _S.RETURNED})
ENTRY_STATUSES: MappingProxyType[Cause, LineStatus] = MappingProxyType(
    {Cause.ACCEPTED: _S.PENDING_ALLOCATION, Cause.IMPORTED: _S.DELIVERED}
)
"""The status with which a line enters, by cause. A carry-out store sale is accepted DELIVERED (spec 3.1)."""


def _line_transitions() -> dict[tuple[LineStatus, Cause], LineStatus]:
    table = {
        (_S.PENDING_ALLOCATION, Cause.ALLOCATION): _S.ALLOCATED,
        (_S.ALLOCATED, Cause.LOCATION_TOLD): _S.PENDING_ACK,
        (_S.PENDING_ACK, Cause.ACKNOWLEDGED): _S.PENDING_CONFIRM,
        (_S.PENDING_CONFIRM, Cause.LOCATION_CONFIRMED): _S.CONFIRMED,
        (_S.CONFIRMED, Cause.PACKING): _S.PACKED,
        (_S.PACKED, Cause.HANDED_OVER): _S.SHIPPED,
        (_S.SHIPPED, Cause.CARRIER_DELIVERED): _S.DELIVERED,
        (_S.UNDELIVERED, Cause.REDELIVERY): _S.SHIPPED,
        (_S.CANCELLED, Cause.PACKED_ANYWAY): _S.PACKED,
    }
    table |= {(s, Cause.SHORT): _S.PENDING_ALLOCATION for s in BEFORE_PACKED[1:]}
    table |= {(_S.SHIPPED, cause): _S.UNDELIVERED for cause in UNDELIVERED_CAUSES}
    table |= {(s, Cause.RETURN_ACCEPTED): _S.RETURNED for s in (_S.SHIPPED, _S.DELIVERED, _S.UNDELIVERED)}
    table |= {(s, Cause.CANCEL): _S.CANCELLED for s in BEFORE_PACKED}
    return table


LINE_TRANSITIONS: MappingProxyType[tuple[LineStatus, Cause], LineStatus] = MappingProxyType(
    _line_transitions()
)
"""(from, cause) -> to. What is not in it cannot happen (invariant S1)."""


class TransitionRefused(ValueError):  # noqa: N818 - says what happened
    """A line cannot take this cause in the status it has (invariant S1)."""

    def __init__(self, status: LineStatus, cause: Cause) -> None:
        super().__init__(f"a line that is {word(status)} cannot take the cause {word(cause)}")
        self.status = status
        self.cause = cause


def next_status(status: LineStatus, cause: Cause) -> LineStatus:
    """The status that `cause` leads to from `status`.

    Raises:
        TransitionRefused: the table has no such transition.
    """
    try:
        return LINE_TRANSITIONS[status, cause]
    except KeyError:
        raise TransitionRefused(status, cause) from None


PROGRESS: MappingProxyType[LineStatus, int] = MappingProxyType(
    {
        _S.PENDING_ALLOCATION: 0,
        _S.ALLOCATED: 1,
        _S.PENDING_ACK: 1,
        _S.PENDING_CONFIRM: 1,
        _S.CONFIRMED: 2,
        _S.PACKED: 3,
        _S.SHIPPED: 4,
        _S.UNDELIVERED: 5,
        _S.DELIVERED: 6,
        _S.RETURNED: 7,
    }
)
"""How far along a piece is. An undelivered piece is past shipped and short of delivered; a cancelled one is
nowhere."""

STATUS_AT_PROGRESS: tuple[OrderStatus, ...] = (
    OrderStatus.PENDING_ALLOCATION,
    OrderStatus.ALLOCATED,
    OrderStatus.CONFIRMED,
    OrderStatus.PACKED,
    OrderStatus.SHIPPED,
    OrderStatus.UNDELIVERED,
    OrderStatus.DELIVERED,
    OrderStatus.RETURNED,
)


class PaymentStatus(StrEnum):
    """Payment status, in the order in which the first match wins (spec 3.1). Always computed from
    operations."""

    OVERCHARGED = "overcharged"
    DISPUTED = "disputed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    CAPTURED = "captured"
    PARTLY_CAPTURED = "partly_captured"
    LAPSED = "lapsed"
    AUTHORIZED = "authorized"
    VOIDED = "voided"
    PENDING = "pending"
    NOT_KNOWN = "not_known"


class InvoiceStatus(StrEnum):
    """Whether paper exists for a position (spec 3.1)."""

    PENDING = "pending"
    INVOICED = "invoiced"
    CREDITED = "credited"
    NOT_KNOWN = "not_known"


class HoldKind(StrEnum):
    """The named reasons why an order may not proceed (spec 2, Hold)."""

    FRAUD = "fraud"
    ADDRESS = "address"
    APPROVAL = "approval"
    PAYMENT = "payment"
    DISPUTE = "dispute"
    MANUAL = "manual"


class ChannelType(StrEnum):
    """What kind of shop an order came through."""

    WEB = "web"
    STORE = "store"
    MARKETPLACE = "marketplace"


class CustomerType(StrEnum):
    """Always shown on the profile (documented)."""

    REGISTERED = "registered"
    GUEST = "guest"


class CustomerRole(StrEnum):
    """The "classification": Bill-To owns payment and paper, Ship-To is only where the goods go (spec 2)."""

    BILL_TO = "bill_to"
    SHIP_TO = "ship_to"


class PaymentMethod(StrEnum):
    """How a tender pays. `LEDGER` stands for an imported order whose payment is not known (spec 9)."""

    STORE_CREDIT = "store_credit"
    GIFT_CARD = "gift_card"
    CARD = "card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    CASH = "cash"
    LEDGER = "ledger"


class OperationKind(StrEnum):
    """What a payment operation does."""

    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    IMPORTED = "imported"


class OperationState(StrEnum):
    """How far a payment operation got. Requested, unknown and failed are never shown as done (spec 4)."""

    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ChargeKind(StrEnum):
    """A fee on the order beside the lines."""

    SHIPPING = "shipping"
    GIFT_WRAP = "gift_wrap"
    OTHER = "other"


class ReturnStatus(StrEnum):
    """Where a return or one of its lines stands (spec 3.2)."""

    CREATED = "created"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    PENDING_REVIEW = "pending_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REFUNDED = "refunded"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class OutcomeOption(StrEnum):
    """The four documented values that say how a returned line is decided (spec 2)."""

    ALWAYS_ACCEPT = "always_accept"
    ALWAYS_REJECT = "always_reject"
    MANUAL_REVIEW = "manual_review"
    DEFAULT_RULES = "default_rules"


class RefundStatus(StrEnum):
    """Refund status of a return line (spec 3.2)."""

    REVIEW_PENDING = "review_pending"
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    FAILED = "failed"
    REFUNDED = "refunded"
    REFUSED = "refused"
    NOT_KNOWN = "not_known"


class CreditNoteStatus(StrEnum):
    """Credit note status of a return line (spec 3.2)."""

    PENDING = "pending"
    ISSUED = "issued"
    NONE = "none"


class ReturnPointType(StrEnum):
    """Where returned goods go (spec 2)."""

    WAREHOUSE = "warehouse"
    RETAIL_STORE = "retail_store"


_WORDS: dict[str, str] = {
    LineStatus.PENDING_ACK: "Pending Ack",
    HoldKind.FRAUD: "fraud review",
    HoldKind.ADDRESS: "address",
    HoldKind.APPROVAL: "approval",
    HoldKind.PAYMENT: "payment",
    HoldKind.DISPUTE: "dispute",
    HoldKind.MANUAL: "manual",
    PaymentStatus.PARTLY_REFUNDED: "Partly refunded",
    PaymentStatus.PARTLY_CAPTURED: "Partly captured",
    PaymentStatus.NOT_KNOWN: "Not known",
    CustomerRole.BILL_TO: "Bill-To",
    CustomerRole.SHIP_TO: "Ship-To",
    ReturnPointType.RETAIL_STORE: "Retail store",
}


def word(value: StrEnum) -> str:
    """What a person reads for a status, kind or cause ("Pending Allocation", "fraud review")."""
    known = _WORDS.get(value)
    return known if known is not None else value.value.replace("_", " ").title()


_GLYPHS: dict[str, str] = {
    "pending_allocation": "○",
    "allocated": "◔",
    "pending_ack": "◔",
    "pending_confirm": "◔",
    "confirmed": "◑",
    "packed": "◕",
    "shipped": "▶",
    "delivered": "●",
    "undelivered": "✖",
    "returned": "↩",
    "cancelled": "⊘",
}
_ASCII_GLYPHS: dict[str, str] = {
    "pending_allocation": ".",
    "allocated": "a",
    "pending_ack": "a",
    "pending_confirm": "a",
    "confirmed": "c",
    "packed": "p",
    "shipped": ">",
    "delivered": "*",
    "undelivered": "x",
    "returned": "r",
    "cancelled": "-",
}
HOLD_GLYPH = "⚑"
PROBLEM_GLYPH = "!"


def glyph(status: LineStatus | OrderStatus, *, ascii_only: bool = False) -> str:
    """The single-cell sign of a line or order status; with `ascii_only` its stand-in where UTF-8 is
    missing."""
    return (_ASCII_GLYPHS if ascii_only else _GLYPHS)[status.value]
