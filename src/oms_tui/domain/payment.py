"""What a payment is worth saying: its status, what is overcharged, what is still owed or only reserved (spec
3.1, 4).

Sums over operations are in `operations`, the money of each position in `books`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from oms_tui.domain.books import Account, accounts
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.money import Money
from oms_tui.domain.operations import (
    RETURN_CAUSE,
    Balance,
    balance,
    is_withdrawn,
    latest,
    order_balance,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.remembered import remembered, remembered_by
from oms_tui.domain.status import (
    SHIPPED_OR_LATER,
    HoldKind,
    InvoiceStatus,
    LineStatus,
    OperationKind,
    OperationState,
    PaymentStatus,
)
from oms_tui.domain.totals import price

__all__ = [
    "RETURN_CAUSE",
    "Balance",
    "balance",
    "due",
    "invoice_status",
    "is_uncaptured",
    "is_uncaptured_after_shipment",
    "lapses_at",
    "latest",
    "left_uncaptured",
    "open_refund_states",
    "order_balance",
    "order_payment_status",
    "overcharge",
    "payment_status",
    "payment_statuses",
    "position_status",
    "still_charged",
    "still_owed",
]
_K = OperationKind
_ST = OperationState


def overcharge(order: Order) -> Money:
    """What was captured above what its positions owe and is not on its way back; zero if nothing."""
    return Money(sum(one.overcharged for one in accounts(order).values()), order.currency)


def still_owed(order: Order) -> Money:
    """What the order's positions owe that was neither captured nor asked to be; zero if nothing."""
    return Money(sum(one.to_capture for one in accounts(order).values()), order.currency)


def due(order: Order) -> Money:
    """What the order still has to pay: what is to be captured or was asked to be; requested is not done."""
    return still_owed(order) + Money(order_balance(order).pending_capture, order.currency)


@remembered
def still_charged(order: Order) -> Money:
    """What will still be captured: never more than the order owes, nor than is authorized."""
    return Money(min(order_balance(order).to_capture, still_owed(order).minor), order.currency)


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
    # Of what has lapsed nothing is reserved any more, whatever became of its void.
    is_gone = payment.lapsed_at is not None
    if _has_failed(tuple(one for one in operations if not (is_gone and one.kind is _K.VOID))):
        return PaymentStatus.FAILED
    if sums.refunded:
        return PaymentStatus.REFUNDED if sums.refunded >= sums.captured else PaymentStatus.PARTLY_REFUNDED
    if any(operation.kind is _K.IMPORTED for operation in operations):
        return PaymentStatus.NOT_KNOWN
    if sums.captured:
        is_part = sums.to_capture or sums.pending_capture
        return PaymentStatus.PARTLY_CAPTURED if is_part else PaymentStatus.CAPTURED
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
        is_failed = operation.state is _ST.FAILED and not is_withdrawn(operation)
        failed[operation.kind, operation.shipment] = is_failed
    return any(failed.values())


def payment_statuses(order: Order) -> tuple[PaymentStatus, ...]:
    """Status of every payment, in the order of use. What is overcharged lies on the last tender that
    captured."""
    excess = any(_has_money_in(payment) for payment in order.payments) and bool(overcharge(order))
    holders = [payment.number for payment in order.payments if balance(payment).refundable > 0]
    disputed = _is_disputed(order)
    return tuple(
        payment_status(
            payment,
            is_overcharged=excess and payment.number in holders[-1:],
            is_disputed=disputed,
        )
        for payment in order.payments
    )


def _is_disputed(order: Order) -> bool:
    return any(hold.kind is HoldKind.DISPUTE for hold in order.open_holds())


_RANK = {status: rank for rank, status in enumerate(PaymentStatus)}


def _status_basis(order: Order) -> object:
    return order.payments, _is_disputed(order), accounts(order)


@remembered
@remembered_by(_status_basis)
def order_payment_status(order: Order) -> PaymentStatus:
    """The first match over the order's payments; Not known where it has none (spec 3.1).

    Of several payments together money is captured, or refunded, whole only where it is of each.
    """
    found = payment_statuses(order)
    first = min(found, key=_RANK.__getitem__, default=PaymentStatus.NOT_KNOWN)
    if first is PaymentStatus.CAPTURED:
        is_short = PaymentStatus.LAPSED in found and bool(still_owed(order))
        return PaymentStatus.PARTLY_CAPTURED if is_short or not _STILL_OUT.isdisjoint(found) else first
    if first is PaymentStatus.REFUNDED:
        sums = order_balance(order)
        return first if sums.refunded >= sums.captured else PaymentStatus.PARTLY_REFUNDED
    return first


_STILL_OUT = {PaymentStatus.PARTLY_CAPTURED, PaymentStatus.AUTHORIZED, PaymentStatus.PENDING}
"""Beside a payment that is captured, those of which something is still to be."""


def is_uncaptured(order: Order) -> bool:
    """Whether something authorized was neither captured nor voided (spec 8, `uncaptured:yes`).

    A capture that is asked for and has no answer has captured nothing yet.
    """
    sums = map(balance, order.payments)
    return any(one.authorized > one.used + one.voided + one.pending_void for one in sums)


def is_uncaptured_after_shipment(order: Order) -> bool:
    """Whether a piece has left although money for it stays "authorized" (the queue of spec 7, OP)."""
    return is_uncaptured(order) and bool(left_uncaptured(order))


def left_uncaptured(order: Order) -> dict[str | None, int]:
    """The shipments a piece of which has left although it is not captured, None = the order's own position,
    with how much of it, in minor units."""
    left = [line for line in order.lines if line.status in _WITH_THE_CUSTOMER]
    if not left:
        return {}
    books = accounts(order)
    gone: dict[str | None, int] = {}
    for line in left:
        where = line.shipment if line.shipment in books else None
        gone[where] = gone.get(where, 0) + price(line).minor
    missing = {
        # What names no shipment has one position for what left and what did not.
        where: minor - books[where].captured
        if where is None
        else books[where].to_capture + books[where].in_the_air
        for where, minor in gone.items()
    }
    return {where: minor for where, minor in missing.items() if minor > 0}


_WITH_THE_CUSTOMER = SHIPPED_OR_LATER - {LineStatus.RETURNED}


def lapses_at(order: Order) -> datetime | None:
    """When the first authorization lapses that something is still to be captured of; None where none does."""
    moments = (
        payment.expires_at
        for payment in order.payments
        if payment.expires_at is not None and payment.lapsed_at is None and balance(payment).to_capture
    )
    return min(moments, default=None)


def open_refund_states(order: Order) -> frozenset[OperationState]:
    """The states of the refunds that are not done: on their way, unknown or failed."""
    return frozenset(
        row.state
        for payment in order.payments
        for row in latest(payment.operations)
        if row.kind is _K.REFUND and row.state is not _ST.SUCCEEDED and not is_withdrawn(row)
    )


def position_status(
    order: Order, where: str | None, books: Mapping[str | None, Account] | None = None
) -> PaymentStatus:
    """Payment status of a position: the first match of spec 3.1 over its own money.

    What nothing was captured for has the status of what is authorized for the order.

    Args:
        order: the order.
        where: the shipment; None = the order's own position.
        books: its accounts, where they are at hand.
    """
    one = (accounts(order) if books is None else books)[where]
    if one.overcharged:
        return PaymentStatus.OVERCHARGED
    if _is_disputed(order):
        return PaymentStatus.DISPUTED
    everything = [row for payment in order.payments for row in latest(payment.operations)]
    own = [row for row in everything if row.shipment == where and row.kind in (_K.CAPTURE, _K.REFUND)]
    if any(row.state is _ST.UNKNOWN for row in own):
        return PaymentStatus.UNKNOWN
    if _has_failed(tuple(own)):
        return PaymentStatus.FAILED
    if one.refunded:
        back = one.refunded >= one.captured
        return PaymentStatus.REFUNDED if back else PaymentStatus.PARTLY_REFUNDED
    if one.captured and any(row.kind is _K.IMPORTED for row in everything):
        return PaymentStatus.NOT_KNOWN
    if one.captured:
        is_part = one.to_capture or one.in_the_air
        return PaymentStatus.PARTLY_CAPTURED if is_part else PaymentStatus.CAPTURED
    return PaymentStatus.PENDING if one.in_the_air else _reserved(order)


def _reserved(order: Order) -> PaymentStatus:
    """What the order has for a position that nothing was captured for yet."""
    if any(payment.lapsed_at is None and balance(payment).to_capture for payment in order.payments):
        return PaymentStatus.AUTHORIZED
    found = {_without_captures(payment) for payment in order.payments}
    left = [status for status in _UNPAID if status in found]
    if left:
        return left[0]
    return PaymentStatus.PENDING if order.payments else PaymentStatus.NOT_KNOWN


_UNPAID = (PaymentStatus.FAILED, PaymentStatus.LAPSED, PaymentStatus.VOIDED, PaymentStatus.NOT_KNOWN)


def _without_captures(payment: Payment) -> PaymentStatus:
    rows = tuple(row for row in payment.operations if row.kind in (_K.AUTHORIZE, _K.VOID))
    return payment_status(replace(payment, operations=rows))


def _has_money_in(payment: Payment) -> bool:
    return any(row.kind in (_K.CAPTURE, _K.IMPORTED) for row in payment.operations)


def invoice_status(order: Order, shipment: str | None) -> InvoiceStatus:
    """Whether the position of a shipment is invoiced, or all of it was credited since.

    An imported order does not say more than that it was. A sale over the counter is once somebody asked for
    an invoice: until then its receipt is its paper.
    """
    papers = [one for one in order.documents if one.shipment == shipment and one.kind in _OF_A_PRICE]
    is_invoiced = bool(order.shipment(shipment).invoice if shipment is not None else order.source)
    if not is_invoiced and not any(one.kind is DocumentKind.INVOICE for one in papers):
        return InvoiceStatus.PENDING
    is_credited = len(papers) > 1 and not sum(one.total.minor for one in papers)
    return InvoiceStatus.CREDITED if is_credited else InvoiceStatus.INVOICED


_OF_A_PRICE = (DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE, DocumentKind.REVERSAL)
"""The documents that say what a position costs."""
