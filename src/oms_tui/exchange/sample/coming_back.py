"""Returns of sample orders, in every stage of spec 3.2, with the credit notes and refunds that go with
them."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from oms_tui.domain.flow import RETURN_FLOW, FlowTask, Run, TaskState
from oms_tui.domain.money import Money
from oms_tui.domain.order import Line, Operation, Order, Payment
from oms_tui.domain.payment import RETURN_CAUSE, balance
from oms_tui.domain.returns import CreditNote, CreditNoteLine, Return, ReturnLine
from oms_tui.domain.status import (
    Cause,
    CreditNoteStatus,
    LineStatus,
    OperationKind,
    OperationState,
    OutcomeOption,
    RefundStatus,
    ReturnPointType,
    ReturnStatus,
    next_status,
)
from oms_tui.domain.totals import price, split_line

_R = ReturnStatus
REASONS: Final = (
    "does not fit",
    "not as described",
    "damaged",
    "wrong item",
    "late",
    "changed mind",
    "other",
)
_STAGE: Final = {
    _R.CREATED: 1, _R.SHIPPED: 2, _R.DELIVERED: 3, _R.PENDING_REVIEW: 3, _R.ACCEPTED: 5, _R.REJECTED: 7,
    _R.REFUNDED: 6, _R.COMPLETED: 7, _R.CANCELLED: 1, _R.EXPIRED: 1,
}  # fmt: skip
"""How many tasks of the return flow are complete in each stage."""
_ACCEPTED: Final = (_R.ACCEPTED, _R.REFUNDED, _R.COMPLETED)
_REFUNDED: Final = (_R.REFUNDED, _R.COMPLETED)
_OVER: Final = (_R.CANCELLED, _R.EXPIRED)


def come_back(
    order: Order, status: ReturnStatus, rng: random.Random, now: datetime
) -> tuple[Order, tuple[Return, ...], tuple[CreditNote, ...]]:
    """Some pieces of a delivered order come back, up to `status`: (order after, its return, its credit
    note)."""
    line = rng.choice([x for x in order.lines if x.status is LineStatus.DELIVERED])
    pieces = rng.randint(1, line.quantity)
    delivered = max((s.delivered_at for s in order.shipments if s.delivered_at), default=order.created)
    created = (delivered + min((now - delivered) / 3, timedelta(days=6))).replace(microsecond=0)
    accepted_at = min(created + timedelta(days=1), now)
    is_accepted = status in _ACCEPTED
    order, part = _returned(order, line, pieces, is_accepted)
    refund = price(part)
    closed = min(created + timedelta(days=9), now) if status in (*_OVER, _R.COMPLETED, _R.REJECTED) else None
    number = f"CN-{order.id}" if is_accepted else ""
    is_store = rng.random() < 0.3
    value = Return(
        id=f"R{order.id}",
        order_id=order.id,
        created=created,
        return_point="store-01" if is_store else "BER-1",
        return_point_type=ReturnPointType.RETAIL_STORE if is_store else ReturnPointType.WAREHOUSE,
        tracking="" if is_store or status is _R.CREATED else f"RET{rng.randrange(10**8, 10**9)}",
        closed_at=closed,
        lines=(_return_line(part, line, pieces, status, refund, number, rng),),
        tasks=_tasks(status, created, now),
    )
    if not is_accepted:
        return order, (value,), ()
    note = CreditNote(
        number=number,
        at=accepted_at,
        currency=order.currency,
        customer_number=order.customer.number,
        country=order.bill_to.country,
        source="sample",
        lines=(
            CreditNoteLine(
                number=1,
                code=line.sku,
                name=line.name,
                quantity=pieces,
                amount=refund,
                order_id=order.id,
                return_id=value.id,
            ),
        ),
    )
    state = OperationState.SUCCEEDED if status in _REFUNDED else OperationState.REQUESTED
    return _refund(order, refund, state, accepted_at), (value,), (note,)


def _returned(order: Order, line: Line, pieces: int, is_accepted: bool) -> tuple[Order, Line]:
    """The pieces as a line of their own, Returned once accepted; untouched before a decision."""
    number = max(x.number for x in order.lines) + 1
    stays, part = (line, line) if pieces == line.quantity else split_line(line, pieces, number)
    if not is_accepted:
        return order, part
    part = replace(part, status=next_status(part.status, Cause.RETURN_ACCEPTED), cause=Cause.RETURN_ACCEPTED)
    lines = [
        part if part.number == x.number else stays if x.number == line.number else x for x in order.lines
    ]
    if part.number == number:
        lines.append(part)
    return replace(order, lines=tuple(lines)), part


def _return_line(
    part: Line, line: Line, pieces: int, status: ReturnStatus, refund: Money, note: str, rng: random.Random
) -> ReturnLine:
    refund_status = {
        _R.ACCEPTED: RefundStatus.REQUESTED,
        _R.REFUNDED: RefundStatus.REFUNDED,
        _R.COMPLETED: RefundStatus.REFUNDED,
        _R.REJECTED: RefundStatus.REFUSED,
    }.get(status, RefundStatus.REVIEW_PENDING)
    return ReturnLine(
        number=1,
        order_line=line.number,
        sku=line.sku,
        name=line.name,
        quantity=pieces,
        reason=rng.choice(REASONS),
        review_rule=OutcomeOption.DEFAULT_RULES if rng.random() < 0.7 else OutcomeOption.MANUAL_REVIEW,
        rule_name="within the window, unworn" if status in _ACCEPTED else "",
        condition="" if _STAGE[status] < 3 else rng.choice(("as new", "opened", "worn")),
        status=status,
        refund=refund,
        captured_status="Paid",
        refund_status=refund_status,
        credit_note_status=CreditNoteStatus.ISSUED if note else CreditNoteStatus.PENDING,
        credit_note=note,
    )


def _tasks(status: ReturnStatus, created: datetime, now: datetime) -> tuple[FlowTask, ...]:
    done = _STAGE[status]
    tasks = []
    for turn, name in enumerate(RETURN_FLOW):
        at = min(created + timedelta(hours=20 * turn), now)
        if turn < done:
            tasks.append(FlowTask(task=name, state=TaskState.COMPLETE, runs=(Run(at, at, "done"),)))
        elif status in _OVER:
            tasks.append(FlowTask(task=name, state=TaskState.CANCELLED))
        else:
            state = TaskState.ACTIVE if turn == done else TaskState.PENDING
            tasks.append(FlowTask(task=name, state=state))
    return tuple(tasks)


def _refund(order: Order, refund: Money, state: OperationState, at: datetime) -> Order:
    """Refund in reverse order of use, never above what a tender has captured (spec 4)."""
    left = refund.minor
    payments: list[Payment] = []
    for payment in reversed(order.payments):
        minor = min(left, balance(payment).refundable)
        left -= minor
        if minor:
            operation = Operation(
                number=len(payment.operations) + 1,
                kind=OperationKind.REFUND,
                state=state,
                amount=Money(minor, order.currency),
                at=at,
                cause=RETURN_CAUSE,
                reference=f"{payment.reference}r",
            )
            payment = replace(payment, operations=(*payment.operations, operation))
        payments.append(payment)
    return replace(order, payments=tuple(reversed(payments)))
