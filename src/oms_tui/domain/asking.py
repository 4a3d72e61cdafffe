"""What is asked of the payment provider and has no answer: whether it may be asked now, and what is written
while nobody knows what became of it (invariants I3, M7). Pure; the desk's `cashier` does the asking.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from oms_tui.domain.cards import find_card_data
from oms_tui.domain.flow import Task, reopen
from oms_tui.domain.operations import (
    IN_THE_AIR,
    asking_rows,
    latest,
    next_number,
    with_operation,
    with_payment,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.status import OperationKind, OperationState

ASKED_KINDS: Final = (OperationKind.CAPTURE, OperationKind.VOID, OperationKind.REFUND)
"""What we ask a provider for; authorizations come from the shop."""


def payment_of(order: Order, number: int | None) -> Payment | None:
    """The order's payment of that number."""
    return next((payment for payment in order.payments if payment.number == number), None)


def unanswered(order: Order) -> dict[tuple[int, int], Operation]:
    """(payment, number of the row that asked) -> the last word on it, of all that the provider still has to
    answer: captures, voids and refunds that are requested or unknown."""
    found: dict[tuple[int, int], Operation] = {}
    for payment in order.payments:
        asking = asking_rows(payment.operations)
        for one in latest(payment.operations):
            if one.kind in ASKED_KINDS and one.state in IN_THE_AIR:
                found[payment.number, asking[one.number]] = one
    return found


def must_wait(order: Order, payment: int, operation: Operation) -> str:
    """Why it cannot be asked for yet; "" if it can.

    A void lets go of what is left of an authorization: it must not overtake a capture that is on its way.
    """
    if operation.kind is not OperationKind.VOID:
        return ""
    others = (one for (number, _), one in unanswered(order).items() if number == payment)
    is_capturing = any(one.kind is OperationKind.CAPTURE for one in others)
    return "a capture of the same payment is not answered yet" if is_capturing else ""


def as_unknown(order: Order, payment: int, operation: int, now: datetime) -> Order:
    """The order once nobody knows what became of what was asked for; the very same where that is not new.

    Args:
        order: The order.
        payment: The payment's number.
        operation: The number of the row that asked.
        now: When.
    """
    return _answered(order, payment, operation, OperationState.UNKNOWN, "", now)


def as_failed(order: Order, payment: int, operation: int, cause: str, now: datetime) -> Order:
    """The order once it is certain that what was asked for was not done; the very same where it has an
    answer."""
    return _answered(order, payment, operation, OperationState.FAILED, cause, now)


def _answered(
    order: Order, payment: int, operation: int, state: OperationState, cause: str, now: datetime
) -> Order:
    last = unanswered(order).get((payment, operation))
    tender = payment_of(order, payment)
    if last is None or tender is None or last.state is state:
        return order
    row = replace(
        last,
        number=next_number(tender),
        state=state,
        at=now,
        cause="" if find_card_data(cause) else cause or last.cause,
        answers=last.number,
    )
    after = with_operation(tender, row)
    order = with_payment(order, after)
    if row.kind is OperationKind.CAPTURE and row.shipment is not None:
        return reopen(order, [(Task.CAPTURE, row.shipment)], now)
    return order
