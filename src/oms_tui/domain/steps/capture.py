"""Capture: the money of a shipment, over the tenders in their order of use (spec 4)."""

from dataclasses import replace

from oms_tui.domain.flow import Complete, Failed, FlowTask, Skipped, Task, TaskState, Waiting
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import balance, latest, order_balance, still_owed
from oms_tui.domain.plan import Intent
from oms_tui.domain.status import OperationKind, OperationState
from oms_tui.domain.steps.base import FlowContext, Step, held_by, step
from oms_tui.domain.totals import price

_ST = OperationState
_OVER = (TaskState.COMPLETE, TaskState.SKIPPED)
_TAKEN = (_ST.SUCCEEDED, _ST.REQUESTED, _ST.UNKNOWN)


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
    return all(one.state not in (_ST.REQUESTED, _ST.UNKNOWN) for one in captures_of(order, shipment))


def due_of(order: Order, shipment: str) -> int:
    """What is still to be captured for a shipment, in minor units: its lines, and the charges with the first
    capture.

    All the order owes, less what the lines of shipments that were not captured yet will ask for: so prepaid
    money is used up first and the last shipment takes what is left (spec 4).
    """
    settled = {
        one.shipment
        for payment in order.payments
        for one in latest(payment.operations)
        if one.kind is OperationKind.CAPTURE and one.shipment is not None and one.state in _TAKEN
    } | {
        # Where nothing was due there is no capture, and nothing more will be asked.
        task.shipment
        for task in order.tasks
        if task.task is Task.CAPTURE and task.shipment is not None and task.state in _OVER
    }
    later = sum(
        price(line).minor
        for line in order.lines
        if not line.is_cancelled and line.shipment != shipment and line.shipment not in settled
    )
    return max(still_owed(order).minor - later, 0)


def capture(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Asks for what is due, then waits for the answer.

    A capture that failed is told once; when the task runs again after that, it asks again.
    """
    shipment = str(task.shipment)
    captures, due = captures_of(order, shipment), due_of(order, shipment)
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
    if captures and captures[-1].state is _ST.FAILED:
        cause = f": {captures[-1].cause}" if captures[-1].cause else ""
        said = f"a capture of {format_money(captures[-1].amount)} failed{cause}"
        if not task.runs or task.runs[-1].result != said:
            return step(Failed(said), order)
    return _ask(order, shipment, due, context)


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
    if still_owed(order) or order_balance(order).pending_capture:
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
        number=max((one.number for one in payment.operations), default=0) + 1,
        kind=kind,
        state=_ST.REQUESTED,
        amount=Money(amount, payment.currency),
        at=context.now,
        shipment=shipment,
    )
    intent = Intent(
        kind=kind.value,
        payment=payment.number,
        operation=operation.number,
        shipment=shipment,
        amount=operation.amount,
    )
    return replace(payment, operations=(*payment.operations, operation)), intent
