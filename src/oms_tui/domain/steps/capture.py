"""Capture: the money of a shipment, over the tenders in their order of use (spec 4)."""

from dataclasses import replace

from oms_tui.domain.adjusting import asked_for
from oms_tui.domain.books import account, accounts
from oms_tui.domain.flow import Complete, Failed, FlowTask, Skipped, Task, TaskState, Waiting
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import IN_THE_AIR, balance, latest, next_number, with_operation
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.plan import Intent
from oms_tui.domain.status import OperationKind, OperationState
from oms_tui.domain.steps.base import FlowContext, Step, held_by, step

_ST = OperationState
_OVER = (TaskState.COMPLETE, TaskState.SKIPPED)


def captures_of(order: Order, shipment: str) -> tuple[Operation, ...]:
    """The captures in the name of a shipment, each in its latest state."""
    return tuple(
        one
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is OperationKind.CAPTURE and one.shipment == shipment
    )


def is_answered(order: Order, shipment: str) -> bool:
    """Whether nothing that was asked for the shipment is without an answer."""
    return all(one.state not in IN_THE_AIR for one in captures_of(order, shipment))


def failed_captures(order: Order, shipment: str) -> tuple[Operation, ...]:
    """Of each tender the last capture for a shipment, where it failed and nothing took its place."""
    found = []
    for payment in order.payments:
        own = [
            one
            for one in latest(payment.operations)
            if one.kind is OperationKind.CAPTURE and one.shipment == shipment
        ]
        if own and own[-1].state is _ST.FAILED:
            found.append(own[-1])
    return tuple(found)


def capture(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Asks for what is due, then waits for the answer.

    A capture that failed is told once; when the task runs again after that, it asks again.
    """
    shipment = str(task.shipment)
    captures, due = captures_of(order, shipment), account(order, shipment).to_capture
    if unknown := [one for one in captures if one.state is _ST.UNKNOWN]:
        return step(Waiting(f"whether {_sum(order, unknown)} was captured is not known"), order)
    if asked := [one for one in captures if one.state is _ST.REQUESTED]:
        return step(Waiting(f"a capture of {_sum(order, asked)} is not answered yet"), order)
    if not due:
        taken = [one for one in captures if one.state is _ST.SUCCEEDED]
        said = f"{_sum(order, taken)} captured" if taken else "nothing is due"
        order, voids = _let_go(order, shipment, context)
        return step(Complete(said) if taken else Skipped(said), order, intents=voids)
    if holds := held_by(order):
        return step(Waiting(f"held: {holds}"), order)
    if failed := failed_captures(order, shipment):
        said = "; ".join(map(_said, failed))
        if not task.runs or task.runs[-1].result != said:
            return step(Failed(said), order)
    return _ask(order, shipment, due, context)


def _said(failed: Operation) -> str:
    return f"a capture of {format_money(failed.amount)} failed" + (
        f": {failed.cause}" if failed.cause else ""
    )


def _sum(order: Order, operations: list[Operation]) -> str:
    return format_money(Money(sum(one.amount.minor for one in operations), order.currency))


def _ask(order: Order, shipment: str, due: int, context: FlowContext) -> Step:
    """Request what is due, never more of a tender than may still be captured of it."""
    payments, intents, left = [], [], due
    for payment in order.payments:
        amount = min(left, _to_capture(payment, context))
        if amount > 0:
            left -= amount
            payment, intent = _request(payment, shipment, amount, context)
            intents.append(intent)
        payments.append(payment)
    if not intents:
        amount_due = format_money(Money(due, order.currency))
        return step(Failed(f"{amount_due} is due and no payment has it authorized"), order)
    order = replace(order, payments=tuple(payments))
    asked = format_money(Money(due - left, order.currency))
    return step(Waiting(f"a capture of {asked} is not answered yet"), order, intents=tuple(intents))


def _let_go(order: Order, shipment: str, context: FlowContext) -> tuple[Order, tuple[Intent, ...]]:
    """With the last shipment: what is left of the authorizations is asked to be voided (spec 4)."""
    if not _is_last(order, shipment):
        return order, ()
    payments, intents = [], []
    for payment in order.payments:
        left = 0 if payment.lapsed_at is not None else balance(payment).to_capture
        if left:
            payment, intent = _request(payment, None, left, context, kind=OperationKind.VOID)
            intents.append(intent)
        payments.append(payment)
    return replace(order, payments=tuple(payments)), tuple(intents)


def _is_last(order: Order, shipment: str) -> bool:
    """Whether nothing will be captured any more, once nothing is due for this shipment."""
    if any(one.to_capture or one.in_the_air for one in accounts(order, first=shipment).values()):
        return False
    over = {shipment} | {t.shipment for t in order.tasks if t.task is Task.CAPTURE and t.state in _OVER}
    return all(line.is_cancelled or (line.shipment and line.shipment in over) for line in order.lines)


def _to_capture(payment: Payment, context: FlowContext) -> int:
    is_over = payment.expires_at is not None and payment.expires_at <= context.now
    return 0 if payment.lapsed_at is not None or is_over else balance(payment).to_capture


def _request(
    payment: Payment,
    shipment: str | None,
    amount: int,
    context: FlowContext,
    *,
    kind: OperationKind = OperationKind.CAPTURE,
) -> tuple[Payment, Intent]:
    operation = Operation(
        number=next_number(payment),
        kind=kind,
        state=_ST.REQUESTED,
        amount=Money(amount, payment.currency),
        at=context.now,
        shipment=shipment,
    )
    return with_operation(payment, operation), asked_for(payment, operation)
