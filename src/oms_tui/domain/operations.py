"""A payment's append-only operations read: the last word on each, and their sums (spec 2, Payment; 4).

A requested operation and its answer are two rows; the later word on one counts (`latest`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.remembered import remembered
from oms_tui.domain.status import OperationKind, OperationState

_K, _ST = OperationKind, OperationState
RETURN_CAUSE: Final = "return"
"""Cause of a refund that settles a return."""
LET_GO: Final = "not asked for any more: the parcel was let go"
NOTE_REVERSED: Final = "not asked for any more: its credit note was reversed"
WITHDRAWN: Final = frozenset({LET_GO, NOTE_REVERSED})
"""Causes of a refund or void that came to nothing because it was no longer wanted."""
IN_THE_AIR: Final = (_ST.REQUESTED, _ST.UNKNOWN)
"""The states of what was asked and has no answer that counts."""


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


def asking_rows(operations: Iterable[Operation]) -> dict[int, int]:
    """Number of each row -> the number of the row that last asked for it, itself if none did."""
    asking: dict[int, int] = {}
    for one in operations:
        is_answer = one.answers is not None and one.state is not _ST.REQUESTED
        asking[one.number] = asking.get(one.answers or 0, one.number) if is_answer else one.number
    return asking


def history_of(payment: Payment, operation: Operation) -> tuple[Operation, ...]:
    """An operation and all the rows that it answers, one after the other, the newest first."""
    rows = {one.number: one for one in payment.operations}
    found = [operation]
    while found[-1].answers is not None and found[-1].answers in rows:
        found.append(rows[found[-1].answers])
    return tuple(found)


def said_of_failure(payment: Payment, failed: Operation) -> str:
    """What the provider says of an operation that failed, "" = nothing: an answer without a word of its own
    repeats why it was asked."""
    asked = next((one.cause for one in payment.operations if one.number == failed.answers), "")
    return failed.cause if failed.cause != asked else ""


def asked_at(payment: Payment, operation: Operation) -> datetime:
    """When what an operation answers was asked for; its own time where it answers nothing."""
    return history_of(payment, operation)[-1].at


def settles_return(payment: Payment, operation: Operation) -> bool:
    """Whether a refund settles a return: it was asked for as one, whatever was said of it since."""
    is_refund = operation.kind is _K.REFUND
    return is_refund and any(one.cause == RETURN_CAUSE for one in history_of(payment, operation))


def is_withdrawn(operation: Operation) -> bool:
    """Whether it came to nothing because it was no longer wanted: nobody is owed it, nothing went wrong."""
    return operation.state is _ST.FAILED and operation.cause in WITHDRAWN


def failed_refunds(payment: Payment) -> int:
    """Minor units of the tender's refunds that failed: what they are to be asked for again."""
    return sum(
        one.amount.minor
        for one in latest(payment.operations)
        if one.kind is _K.REFUND and one.state is _ST.FAILED and not is_withdrawn(one)
    )


def next_number(payment: Payment) -> int:
    """The number that the payment's next operation gets."""
    return max((one.number for one in payment.operations), default=0) + 1


def with_operation(payment: Payment, operation: Operation) -> Payment:
    """The payment with one row more; no row is ever changed (invariant M7)."""
    return replace(payment, operations=(*payment.operations, operation))


def with_payment(order: Order, payment: Payment) -> Order:
    """The order with that payment in the place of the one of its number."""
    return replace(
        order, payments=tuple(payment if one.number == payment.number else one for one in order.payments)
    )


def withdraw(payment: Payment, asked: Iterable[Operation], cause: str, at: datetime) -> Payment:
    """The payment, with operations of it answered: they are not asked for any more. `cause` is one of
    `WITHDRAWN`."""
    last = next_number(payment)
    answers = tuple(
        Operation(
            number=last + place,
            kind=one.kind,
            state=_ST.FAILED,
            amount=one.amount,
            at=at,
            cause=cause,
            shipment=one.shipment,
            answers=one.number,
        )
        for place, one in enumerate(asked)
    )
    return replace(payment, operations=(*payment.operations, *answers)) if answers else payment


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
    gone_before: int = 0
    """Of captured what was taken without an authorization and went back before one came: it uses none of
    that."""
    refunded_for_returns: int = 0
    """Of refunded and pending refunds what settles returns: returns never change what the order owes."""

    @property
    def held(self) -> int:
        """What we keep or kept of the customer's money for what the order owes, returns left out."""
        return self.refundable + self.refunded_for_returns

    @property
    def used(self) -> int:
        """What was captured of authorizations."""
        return self.captured - self.gone_before

    @property
    def to_capture(self) -> int:
        """What may still be captured of the authorization."""
        return max(self.authorized - self.used - self.pending_capture - self.voided - self.pending_void, 0)

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
            gone_before=self.gone_before + other.gone_before,
            refunded_for_returns=self.refunded_for_returns + other.refunded_for_returns,
        )


@remembered
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
            if settles_return(payment, operation):
                for_returns += operation.amount.minor
    sums["refunded_for_returns"] = for_returns
    return Balance(currency=payment.currency, gone_before=_gone_before(payment), **sums)


def _gone_before(payment: Payment) -> int:
    """What was captured without an authorization and had gone back when the next one came, in minor units.

    While some of it is kept, the word that it was authorized may only be late.
    """
    authorized = captured = refunded = gone = 0
    for one in sorted(latest(payment.operations), key=lambda row: row.number):
        minor = one.amount.minor if one.state is _ST.SUCCEEDED else 0
        if one.kind is _K.AUTHORIZE:
            if minor and refunded >= captured:
                gone = max(gone, captured - authorized)
            authorized += minor
        elif one.kind in (_K.CAPTURE, _K.IMPORTED):
            captured += minor
        elif one.kind is _K.REFUND:
            refunded += minor
    return gone


def _field_of(operation: Operation) -> str | None:
    if operation.state is _ST.SUCCEEDED:
        return {
            _K.AUTHORIZE: "authorized",
            _K.CAPTURE: "captured",
            _K.IMPORTED: "captured",
            _K.REFUND: "refunded",
            _K.VOID: "voided",
        }[operation.kind]
    if operation.state in IN_THE_AIR:
        return {_K.CAPTURE: "pending_capture", _K.REFUND: "pending_refund", _K.VOID: "pending_void"}.get(
            operation.kind
        )
    return None


@remembered
def order_balance(order: Order) -> Balance:
    """The sums over all payments of an order."""
    return sum((balance(payment) for payment in order.payments), Balance(currency=order.currency))
