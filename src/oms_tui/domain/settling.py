"""What a person may settle of an order's money: captures that the provider took and never told us of, refunds
that failed or are unknown (spec 6, Mark as paid, Retry refund).

Each settles one operation or one position, once: the row that it adds answers the one that it closes, so that
never two of them count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from oms_tui.domain.books import Account, accounts
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money
from oms_tui.domain.operations import (
    IN_THE_AIR,
    balance,
    history_of,
    is_withdrawn,
    latest,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.status import SHIPPED_OR_LATER, HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.authorization import has_to_leave, missing_of

_K, _ST = OperationKind, OperationState
WHOLE_ORDER: Final = "order"
"""The position of what has no shipment, as verbs name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaid:
    """A payment that may have paid a position that left, or that was asked to pay without naming one: what a
    capture of it would be recorded as."""

    where: str | None
    """The shipment; None = the order's own position."""
    payment: Payment
    minor: int
    """What is due there, never above what the payment may still be captured for."""
    due: int
    """All that is due there and not asked of another payment."""
    answers: Operation | None
    """The capture that is requested, unknown or failed, and would be resolved."""


def unpaid(order: Order) -> tuple[Unpaid, ...]:
    """Every position that left with something due, and the payments that may have paid it; and the order's
    own where something of it was asked for and not answered, since that pays for what is still to leave."""
    books = accounts(order)
    return tuple(
        found
        for where in books
        for payment in order.payments
        if (found := _unpaid(order, books, where, payment)) is not None
    )


def _unpaid(
    order: Order, books: Mapping[str | None, Account], where: str | None, payment: Payment
) -> Unpaid | None:
    last = _last_capture(payment, where)
    in_the_air = last.amount.minor if last is not None and last.state in IN_THE_AIR else 0
    is_gone = has_left(order, where)
    if not is_gone and (where is not None or not in_the_air):
        return None
    due = (books[where].to_capture if is_gone else 0) + in_the_air
    minor = min(due, balance(payment).to_capture + in_the_air)
    if minor <= 0:
        return None
    return Unpaid(where=where, payment=payment, minor=minor, due=due, answers=last)


def uncovered(order: Order) -> dict[str | None, int]:
    """Position -> minor units that are due there and that no payment has authorized: of what has left, and of
    the order (None) for what is still to leave. A payment whose capture for it failed does not count as
    having it."""
    open_ones = {one.number: 0 if one.lapsed_at else balance(one).to_capture for one in order.payments}
    found: dict[str | None, int] = {}
    for where, books in accounts(order).items():
        lacking = books.to_capture if has_left(order, where) else 0
        for payment in order.payments if lacking else ():
            last = _last_capture(payment, where)
            if last is None or last.state is not _ST.FAILED:
                taken = min(lacking, open_ones[payment.number])
                open_ones[payment.number] -= taken
                lacking -= taken
        if lacking:
            found[where] = lacking
    missing = missing_of(order).minor - sum(found.values()) - _awaited(order)
    if missing > 0 and has_to_leave(order):
        found[None] = found.get(None, 0) + missing
    return found


def _awaited(order: Order) -> int:
    """Minor units of authorizations that are asked for; none once the order was held for want of money."""
    if any(hold.kind is HoldKind.PAYMENT for hold in order.holds):
        return 0
    return sum(
        one.amount.minor
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is _K.AUTHORIZE and one.state in IN_THE_AIR
    )


def _last_capture(payment: Payment, where: str | None) -> Operation | None:
    """The capture for a position that has no answer, else the last one where it failed."""
    own = [one for one in latest(payment.operations) if one.kind is _K.CAPTURE and one.shipment == where]
    for one in own:
        if one.state in IN_THE_AIR:
            return one
    return own[-1] if own and own[-1].state is _ST.FAILED else None


def has_left(order: Order, where: str | None) -> bool:
    """Whether every piece of a position is shipped or later."""
    lines = [line for line in order.lines if line.shipment == where and not line.is_cancelled]
    return bool(lines) and all(line.status in SHIPPED_OR_LATER for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRefund:
    """A refund that failed, or of which it is not known whether it was paid."""

    payment: Payment
    operation: Operation

    @property
    def name(self) -> str:
        """Payment and first row, as a person names it: "2.5"; the same however often it is asked for."""
        return f"{self.payment.number}.{history_of(self.payment, self.operation)[-1].number}"

    @property
    def is_unknown(self) -> bool:
        """Whether it may have been paid."""
        return self.operation.state is _ST.UNKNOWN


def open_refunds(order: Order) -> tuple[OpenRefund, ...]:
    """The refunds that failed or are unknown, each in its latest state."""
    return tuple(
        OpenRefund(payment=payment, operation=one)
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is _K.REFUND and one.state in (_ST.FAILED, _ST.UNKNOWN) and not is_withdrawn(one)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVoid:
    """A void that failed while its money is still reserved, or of which nobody knows whether it was done."""

    payment: Payment
    operation: Operation
    amount: Money
    """What is to be let go of now."""

    @property
    def name(self) -> str:
        """Payment and first row, as a person names it: "1.4"; the same however often it is asked for."""
        return f"{self.payment.number}.{history_of(self.payment, self.operation)[-1].number}"


def open_voids(order: Order) -> tuple[OpenVoid, ...]:
    """The voids that are to be asked for again, each in its latest state; of what has lapsed none failed."""
    found = []
    for payment in order.payments:
        left = 0 if payment.lapsed_at is not None else balance(payment).to_capture
        for one in latest(payment.operations):
            if one.kind is not _K.VOID or is_withdrawn(one):
                continue
            minor = {_ST.UNKNOWN: one.amount.minor, _ST.FAILED: min(one.amount.minor, left)}.get(one.state, 0)
            left -= minor if one.state is _ST.FAILED else 0
            if minor:
                amount = Money(minor, payment.currency)
                found.append(OpenVoid(payment=payment, operation=one, amount=amount))
    return tuple(found)


def refundable_for(refund: OpenRefund) -> int:
    """What of its tender may be refunded for it: captured less refunded less pending, itself out (M8)."""
    own = refund.operation.amount.minor if refund.is_unknown else 0
    return balance(refund.payment).refundable + own


def same_reference(one: str, other: str) -> bool:
    """Whether two references of a provider are the same, as people and files write them: case and blanks tell
    nothing apart. An empty one is never the same."""
    return bool(code_key(one)) and code_key(one) == code_key(other)


def use_of(order: Order, reference: str) -> tuple[Payment, Operation] | None:
    """The operation of the order that has this reference, written in any way; None = none has."""
    for payment in order.payments:
        for one in reversed(payment.operations):
            if same_reference(one.reference, reference):
                return payment, one
    return None
