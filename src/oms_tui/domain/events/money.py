"""Events of the payment provider: each answers what was asked, or tells what nobody asked for (spec 3.3).

They apply on arrival, one per provider reference; the later word on a reference wins.
"""

from dataclasses import replace
from typing import Final

from oms_tui.domain.events.kinds import Event, EventImpossible, EventKind
from oms_tui.domain.flow import Task, TaskState, reopen
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import balance, latest
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.base import FlowContext, is_gone, place_hold
from oms_tui.domain.steps.before import secured_of
from oms_tui.domain.totals import order_total

_K, _ST = OperationKind, OperationState
_SAYS: Final = {
    EventKind.AUTHORIZED: (_K.AUTHORIZE, _ST.SUCCEEDED, "authorization"),
    EventKind.AUTHORIZATION_FAILED: (_K.AUTHORIZE, _ST.FAILED, "authorization"),
    EventKind.CAPTURED: (_K.CAPTURE, _ST.SUCCEEDED, "capture"),
    EventKind.CAPTURE_FAILED: (_K.CAPTURE, _ST.FAILED, "capture"),
    EventKind.VOIDED: (_K.VOID, _ST.SUCCEEDED, "void"),
    EventKind.REFUNDED: (_K.REFUND, _ST.SUCCEEDED, "refund"),
    EventKind.REFUND_FAILED: (_K.REFUND, _ST.FAILED, "refund"),
}
MONEY_EVENTS: Final = tuple(_SAYS)
_AIR: Final = (_ST.REQUESTED, _ST.UNKNOWN)


def take_money(order: Order, event: Event, context: FlowContext) -> Outcome:
    """Write the provider's word into the payment's history, and open what it concerns.

    Raises:
        EventImpossible: it names no payment, answers nothing that was asked, or moves more than may be.
    """
    kind, state, name = _SAYS[event.kind]
    if event.amount is not None and event.amount.currency != order.currency:
        raise EventImpossible(f"It is in {event.amount.currency}, the order in {order.currency}.")
    payment = _payment_of(order, event, kind)
    answered = _answered(payment, event, kind)
    if answered is not None and answered.state is state and answered.reference == event.reference != "":
        return Outcome(order=order, summary=f"The {name} {event.reference} was known already")
    operation = _operation(payment, event, kind, state, answered)
    after = replace(payment, operations=(*payment.operations, operation))
    _guard(after, operation, name)
    if event.kind is EventKind.AUTHORIZED:
        is_over = after.expires_at is not None and after.expires_at <= context.now
        after = replace(after, lapsed_at=None, expires_at=None if is_over else after.expires_at)
    order = replace(order, payments=tuple(after if p.number == after.number else p for p in order.payments))
    said = f"{name} of {format_money(operation.amount)} {state.value}"
    summary = said[0].upper() + said[1:] + (f": {event.cause}" if event.cause else "")
    return Outcome(order=_open_again(order, operation, context), summary=summary)


def _payment_of(order: Order, event: Event, kind: OperationKind) -> Payment:
    """The payment it is about: named, or known by its reference, or the only one that fits."""
    if event.payment is not None:
        found = [payment for payment in order.payments if payment.number == event.payment]
        if not found:
            raise EventImpossible(f"The order has no payment {event.payment}.")
        return found[0]
    if event.reference:
        for payment in order.payments:
            if any(one.reference == event.reference for one in payment.operations):
                return payment
    asked = [p for p in order.payments if any(_is_asked(one, event, kind) for one in latest(p.operations))]
    candidates = asked or list(order.payments)
    if len(candidates) != 1:
        raise EventImpossible("It does not say which payment it is about.")
    return candidates[0]


def _is_asked(one: Operation, event: Event, kind: OperationKind) -> bool:
    wanted = event.shipment or one.shipment
    return one.kind is kind and one.state in _AIR and one.shipment == wanted


def _answered(payment: Payment, event: Event, kind: OperationKind) -> Operation | None:
    """What the event is the answer to: the same reference, the row it names, or what was asked and fits."""
    operations = latest(payment.operations)
    if event.reference:
        for one in operations:
            if one.kind is kind and one.reference == event.reference:
                return one
    asked = [one for one in operations if _is_asked(one, event, kind)]
    if named := event.data.get("operation"):
        asked = [one for one in asked if str(one.number) == named]
    if event.amount is not None:
        asked = [one for one in asked if one.amount == event.amount] or asked
    return asked[0] if asked else None


def _operation(
    payment: Payment, event: Event, kind: OperationKind, state: OperationState, answered: Operation | None
) -> Operation:
    if answered is None and kind in (_K.CAPTURE, _K.REFUND):
        raise EventImpossible(f"No {kind.value} was asked for that this could answer.")
    amount = event.amount if event.amount is not None else answered.amount if answered else None
    if amount is None:
        raise EventImpossible("It does not say how much.")
    if amount.is_negative or (not amount and state is _ST.SUCCEEDED):
        raise EventImpossible("The amount must be above zero.")
    return Operation(
        number=max((one.number for one in payment.operations), default=0) + 1,
        kind=kind,
        state=state,
        amount=amount,
        at=event.at,
        reference=event.reference or (answered.reference if answered else ""),
        cause=event.cause or (answered.cause if answered else ""),
        shipment=answered.shipment if answered else None,
        answers=answered.number if answered else None,
    )


def _guard(after: Payment, operation: Operation, name: str) -> None:
    """Money never moves past its bounds, whatever a provider says (invariant M8)."""
    sums = balance(after)
    moved = Money(sums.captured + sums.pending_capture, after.currency)
    if sums.refundable < 0:
        raise EventImpossible("More would be refunded than was captured.")
    bound = max(sums.authorized - sums.voided, 0)
    is_capture = operation.kind is _K.CAPTURE and operation.state is _ST.SUCCEEDED
    if is_capture and sums.authorized and moved.minor > bound:
        allowed = format_money(Money(bound, after.currency))
        raise EventImpossible(f"{format_money(moved)} would be captured where {allowed} is authorized.")
    if operation.kind is _K.VOID and sums.voided > sums.authorized:
        raise EventImpossible(f"The {name} is above what is authorized.")


def _open_again(order: Order, operation: Operation, context: FlowContext) -> Order:
    """The tasks that the word concerns run again."""
    if operation.kind is _K.CAPTURE and operation.shipment is not None:
        return reopen(order, [(Task.CAPTURE, operation.shipment)], context.now)
    if operation.kind not in (_K.AUTHORIZE, _K.VOID):
        return order
    is_open = any(
        task.task is Task.PAYMENT_AUTHORIZATION and task.state in (TaskState.ACTIVE, TaskState.FAILED)
        for task in order.tasks
    )
    is_lacking = secured_of(order) < order_total(order).minor and _has_to_leave(order)
    return reopen(order, [Task.PAYMENT_AUTHORIZATION], context.now) if is_open or is_lacking else order


def _has_to_leave(order: Order) -> bool:
    return not all(is_gone(line) for line in order.lines)


def take_dispute(order: Order, event: Event, context: FlowContext) -> Outcome:
    """A dispute holds the order, once per reference of the provider."""
    evidence = event.reference or event.id
    if any(hold.kind is HoldKind.DISPUTE and hold.evidence == evidence for hold in order.holds):
        return Outcome(order=order, summary=f"The dispute {evidence} was known already")
    reason = f"the customer disputes the payment{': ' + event.cause if event.cause else ''}"
    held = place_hold(order, HoldKind.DISPUTE, reason, context.now, evidence=evidence)
    return Outcome(order=held, summary="The payment is disputed")
