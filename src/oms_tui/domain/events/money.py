"""Events of the payment provider: each answers what was asked, or tells what nobody asked for (spec 3.3).

They apply on arrival, one per provider reference; the later word on a reference wins.
"""

from dataclasses import replace
from typing import Final

from oms_tui.domain.events.kinds import Event, EventImpossible, EventKind
from oms_tui.domain.flow import Task, TaskState, reopen
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import IN_THE_AIR, asking_rows, balance, latest, next_number, with_operation
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import HoldKind, OperationKind, OperationState
from oms_tui.domain.steps.authorization import has_to_leave, lack, lapsed
from oms_tui.domain.steps.base import FlowContext, place_hold

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


def take_money(order: Order, event: Event, context: FlowContext) -> Outcome:
    """Write the provider's word into the payment's history, and open what it concerns.

    Raises:
        EventImpossible: it names no payment, answers nothing that was asked, or moves more than may be.
    """
    kind, state, name = _SAYS[event.kind]
    if event.amount is not None and event.amount.currency != order.currency:
        raise EventImpossible(f"It is in {event.amount.currency}, the order in {order.currency}.")
    # What expires before this comes has lapsed, whether or not a worker has seen it yet.
    known = lapsed(order, context.now) if event.kind is EventKind.AUTHORIZED else order
    payment = _payment_of(known, event, kind)
    answered = _answered(payment, event, kind)
    if _is_known(payment, event, answered, kind, state):
        return Outcome(order=order, summary=f"The {name} {event.reference} was known already")
    if event.kind is EventKind.AUTHORIZED and (answered is None or answered.state is not state):
        payment = _let_lapsed_go(payment)
    operation = _operation(payment, event, kind, state, answered)
    after = with_operation(payment, operation)
    _guard(after, operation, name)
    if event.kind is EventKind.AUTHORIZED:
        is_over = after.expires_at is not None and after.expires_at <= context.now
        after = replace(after, lapsed_at=None, expires_at=None if is_over else after.expires_at)
    order = replace(order, payments=tuple(after if p.number == after.number else p for p in order.payments))
    said = f"{name} of {format_money(operation.amount)} {state.value}"
    summary = said[0].upper() + said[1:] + (f": {event.cause}" if event.cause else "")
    return Outcome(order=_open_again(order, operation, context), summary=summary)


def _is_known(
    payment: Payment, event: Event, answered: Operation | None, kind: OperationKind, state: OperationState
) -> bool:
    """Whether it tells nothing new.

    Raises:
        EventImpossible: what it says succeeded was closed, and asked for anew.
    """
    if not event.reference:
        return False
    if answered is not None and answered.reference == event.reference:
        # The same authorization again after it lapsed is a renewed one.
        is_renewed = payment.lapsed_at is not None and event.at > payment.lapsed_at
        return answered.state is state and not (kind is _K.AUTHORIZE and is_renewed)
    if not any(one.kind is kind and one.reference == event.reference for one in payment.operations):
        return False
    if state is _ST.SUCCEEDED:
        raise EventImpossible(
            f"{event.reference} was closed and asked for anew: both may have been paid. Ask the provider."
        )
    return True


def _let_lapsed_go(payment: Payment) -> Payment:
    """What is left of an authorization that lapsed does not count beside a new one."""
    left = balance(payment).to_capture
    if payment.lapsed_at is None or not left:
        return payment
    row = Operation(
        number=next_number(payment),
        kind=_K.VOID,
        state=_ST.SUCCEEDED,
        amount=Money(left, payment.currency),
        at=payment.lapsed_at,
        cause="lapsed",
    )
    return with_operation(payment, row)


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
    return one.kind is kind and one.state in IN_THE_AIR and one.shipment == wanted


def _answered(payment: Payment, event: Event, kind: OperationKind) -> Operation | None:
    """What the event is the answer to: the same reference, the row it names, or what was asked and fits."""
    operations = latest(payment.operations)
    if event.reference:
        for one in operations:
            if one.kind is kind and one.reference == event.reference:
                return one
    asked = [one for one in operations if _is_asked(one, event, kind)]
    if named := event.data.get("operation"):
        # Whoever answers knows the row that asked, not what was written beneath it since.
        asking = asking_rows(payment.operations)
        asked = [one for one in asked if named in (str(one.number), str(asking[one.number]))]
    if event.amount is not None:
        asked = [one for one in asked if one.amount == event.amount] or asked
    return asked[0] if asked else None


def _operation(
    payment: Payment, event: Event, kind: OperationKind, state: OperationState, answered: Operation | None
) -> Operation:
    if answered is None and kind in (_K.CAPTURE, _K.REFUND):
        raise EventImpossible(f"No {kind.value} was asked for that this could answer.")
    amount = event.amount if event.amount is not None else answered.amount if answered else None
    if answered is not None and state is _ST.FAILED:
        amount = answered.amount  # it is all of it that came to nothing
    if amount is None:
        raise EventImpossible("It does not say how much.")
    if amount.is_negative or (not amount and state is _ST.SUCCEEDED):
        raise EventImpossible("The amount must be above zero.")
    return Operation(
        number=next_number(payment),
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
    # What we asked to be voided may be so before anybody told us that it was authorized.
    asked = next((one.amount for one in after.operations if one.number == operation.answers), None)
    is_asked = asked is not None and operation.amount <= asked
    if operation.kind is _K.VOID and sums.voided > sums.authorized and not is_asked:
        raise EventImpossible(f"The {name} is above what is authorized.")


def _open_again(order: Order, operation: Operation, context: FlowContext) -> Order:
    """The tasks that the word concerns run again."""
    if operation.kind is _K.CAPTURE and operation.shipment is not None:
        return reopen(order, [(Task.CAPTURE, operation.shipment)], context.now)
    if operation.kind not in (_K.AUTHORIZE, _K.VOID):
        return order
    again: list[Task | tuple[Task, str | None]] = []
    if operation.kind is _K.AUTHORIZE and operation.state is _ST.SUCCEEDED:
        # What failed for want of an authorization, or under the old one, is asked for again.
        again += [
            (task.task, task.shipment)
            for task in order.tasks
            if task.task is Task.CAPTURE and task.shipment is not None and task.state is TaskState.FAILED
        ]
    is_open = any(
        task.task is Task.PAYMENT_AUTHORIZATION and task.state in (TaskState.ACTIVE, TaskState.FAILED)
        for task in order.tasks
    )
    if is_open or (lack(order) is not None and has_to_leave(order)):
        again.append(Task.PAYMENT_AUTHORIZATION)
    return reopen(order, again, context.now) if again else order


def take_dispute(order: Order, event: Event, context: FlowContext) -> Outcome:
    """A dispute holds the order, once per reference of the provider."""
    evidence = event.reference or event.id
    if any(hold.kind is HoldKind.DISPUTE and hold.evidence == evidence for hold in order.holds):
        return Outcome(order=order, summary=f"The dispute {evidence} was known already")
    reason = f"the customer disputes the payment{': ' + event.cause if event.cause else ''}"
    held = place_hold(order, HoldKind.DISPUTE, reason, context.now, evidence=evidence)
    return Outcome(order=held, summary="The payment is disputed")
