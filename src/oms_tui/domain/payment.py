"""What a payment's append-only operations amount to: sums, status, what is left to capture or refund (spec
3.1, 4).

A requested operation and its answer are two rows; the later word on one counts (`latest`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from oms_tui.domain.money import Money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.status import (
    HoldKind,
    InvoiceStatus,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentStatus,
)
from oms_tui.domain.totals import order_total, price

_K = OperationKind
_ST = OperationState
RETURN_CAUSE = "return"
"""Cause of a refund that settles a return."""
_IN_THE_AIR = (_ST.REQUESTED, _ST.UNKNOWN)


def latest(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations with each answered row replaced by its last answer, in order of the first row."""
    root_of: dict[int, int] = {}
    last: dict[int, Operation] = {}
    for operation in operations:
        root = (
            operation.number
            if operation.answers is None
            else root_of.get(operation.answers, operation.answers)
        )
        root_of[operation.number] = root
        last[root] = operation
    return tuple(last.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Sums over a payment, or over all of an order, in minor units of the order's currency."""

    currency: str
    authorized: int = 0
    captured: int = 0
    """Money moved: captures that succeeded and imported sums."""
    refunded: int = 0
    voided: int = 0
    pending_capture: int = 0
    pending_refund: int = 0
    """Refunds requested or unknown: counted as gone when something new is refunded (spec 4)."""
    pending_void: int = 0
    refunded_for_returns: int = 0
    """Of refunded and pending refunds what settles returns: returns never change what the order owes."""

    @property
    def held(self) -> int:
        """What we keep or kept of the customer's money for what the order owes, returns left out."""
        return self.refundable + self.refunded_for_returns

    @property
    def to_capture(self) -> int:
        """What may still be captured of the authorization."""
        return max(
            self.authorized - self.captured - self.pending_capture - self.voided - self.pending_void, 0
        )

    @property
    def refundable(self) -> int:
        """Captured less refunded less pending: no refund may exceed it (invariant M8)."""
        return self.captured - self.refunded - self.pending_refund

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(
            currency=self.currency,
            authorized=self.authorized + other.authorized,
            captured=self.captured + other.captured,
            refunded=self.refunded + other.refunded,
            voided=self.voided + other.voided,
            pending_capture=self.pending_capture + other.pending_capture,
            pending_refund=self.pending_refund + other.pending_refund,
            pending_void=self.pending_void + other.pending_void,
            refunded_for_returns=self.refunded_for_returns + other.refunded_for_returns,
        )


def balance(payment: Payment) -> Balance:
    """The sums of one payment."""
    sums = dict.fromkeys(
        ("authorized", "captured", "refunded", "voided", "pending_capture", "pending_refund", "pending_void"),
        0,
    )
    for_returns = 0
    for operation in latest(payment.operations):
        field = _field_of(operation)
        if field is not None:
            sums[field] += operation.amount.minor
            if operation.kind is _K.REFUND and operation.cause == RETURN_CAUSE:
                for_returns += operation.amount.minor
    sums["refunded_for_returns"] = for_returns
    return Balance(currency=payment.currency, **sums)


def _field_of(operation: Operation) -> str | None:
    if operation.state is _ST.SUCCEEDED:
        return {
            _K.AUTHORIZE: "authorized",
            _K.CAPTURE: "captured",
            _K.IMPORTED: "captured",
            _K.REFUND: "refunded",
            _K.VOID: "voided",
        }[operation.kind]
    if operation.state in _IN_THE_AIR:
        return {_K.CAPTURE: "pending_capture", _K.REFUND: "pending_refund", _K.VOID: "pending_void"}.get(
            operation.kind
        )
    return None


def order_balance(order: Order) -> Balance:
    """The sums over all payments of an order."""
    return sum((balance(payment) for payment in order.payments), Balance(currency=order.currency))


def overcharge(order: Order) -> Money:
    """What was captured above what the order owes and is not on its way back; zero if nothing."""
    sums = order_balance(order)
    return Money(max(sums.held - order_total(order).minor, 0), order.currency)


def still_owed(order: Order) -> Money:
    """What the order owes that was neither captured nor asked to be; zero if nothing."""
    sums = order_balance(order)
    return Money(max(order_total(order).minor - sums.held - sums.pending_capture, 0), order.currency)


def payment_status(
    payment: Payment, *, is_overcharged: bool = False, is_disputed: bool = False
) -> PaymentStatus:
    """Status of one payment: the first match of spec 3.1."""
    operations = latest(payment.operations)
    sums = balance(payment)
    if is_overcharged:
        return PaymentStatus.OVERCHARGED
    if is_disputed:
        return PaymentStatus.DISPUTED
    if any(operation.state is _ST.UNKNOWN for operation in operations):
        return PaymentStatus.UNKNOWN
    if _has_failed(operations):
        return PaymentStatus.FAILED
    if sums.refunded:
        return PaymentStatus.REFUNDED if sums.refunded >= sums.captured else PaymentStatus.PARTLY_REFUNDED
    if any(operation.kind is _K.IMPORTED for operation in operations):
        return PaymentStatus.NOT_KNOWN
    if sums.captured:
        return PaymentStatus.PARTLY_CAPTURED if sums.to_capture else PaymentStatus.CAPTURED
    if payment.lapsed_at is not None:
        return PaymentStatus.LAPSED
    if sums.authorized > sums.voided:
        return PaymentStatus.AUTHORIZED
    if sums.voided:
        return PaymentStatus.VOIDED
    return PaymentStatus.PENDING if operations else PaymentStatus.NOT_KNOWN


def _has_failed(operations: tuple[Operation, ...]) -> bool:
    """Whether some operation failed and no later one of its kind took its place."""
    failed: dict[tuple[OperationKind, str | None], bool] = {}
    for operation in operations:
        if operation.state is not _ST.FAILED and operation.shipment is None:
            # One that names no shipment stands for all of them.
            failed = {key: value for key, value in failed.items() if key[0] is not operation.kind}
        failed[operation.kind, operation.shipment] = operation.state is _ST.FAILED
    return any(failed.values())


def payment_statuses(order: Order) -> tuple[PaymentStatus, ...]:
    """Status of every payment, in the order of use. What is overcharged lies on the last tender that
    captured."""
    excess = bool(overcharge(order))
    holders = [payment.number for payment in order.payments if balance(payment).refundable > 0]
    disputed = any(hold.kind is HoldKind.DISPUTE for hold in order.open_holds())
    return tuple(
        payment_status(
            payment,
            is_overcharged=excess and payment.number in holders[-1:],
            is_disputed=disputed,
        )
        for payment in order.payments
    )


_RANK = {status: rank for rank, status in enumerate(PaymentStatus)}


def order_payment_status(order: Order) -> PaymentStatus:
    """The first match over the order's payments; Not known where it has none (spec 3.1)."""
    return min(payment_statuses(order), key=_RANK.__getitem__, default=PaymentStatus.NOT_KNOWN)


def is_uncaptured(order: Order) -> bool:
    """Whether something authorized was neither captured nor voided (spec 8, `uncaptured:yes`)."""
    return any(balance(payment).to_capture > 0 for payment in order.payments)


def is_uncaptured_after_shipment(order: Order) -> bool:
    """Whether a piece has left although money for it stays "authorized" (the queue of spec 7, OP)."""
    gone = (LineStatus.SHIPPED, LineStatus.DELIVERED, LineStatus.UNDELIVERED)
    shipped = [line for line in order.lines if line.status in gone]
    if not shipped:
        return False
    due = sum(price(line).minor for line in shipped)
    return is_uncaptured(order) and order_balance(order).captured < due


def invoice_status(order: Order, shipment: str | None) -> InvoiceStatus:
    """Whether the position of a shipment is invoiced; an imported order does not say more than that it
    was."""
    if shipment is not None:
        return InvoiceStatus.INVOICED if order.shipment(shipment).invoice else InvoiceStatus.PENDING
    return InvoiceStatus.INVOICED if order.source or order.is_carry_out else InvoiceStatus.PENDING
