"""Events of the payment provider: each answers what was asked, or tells what nobody asked for (spec 3.3).

They apply on arrival, one per provider reference; the later word on a reference wins.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from oms_tui.domain.adjusting import let_go_of_needless
from oms_tui.domain.events.kinds import (
    EXPIRES_AT,
    Event,
    EventImpossible,
    EventKind,
)
from oms_tui.domain.events.money_bounds import corrects, guard, refuse_not_asked, to_be_seen
from oms_tui.domain.flow import Task, TaskState, reopen
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import (
    IN_THE_AIR,
    asking_rows,
    balance,
    history_of,
    latest,
    next_number,
    with_operation,
    with_payment,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.settling import same_reference
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
_LEAVES_SOME: Final = (EventKind.AUTHORIZED, EventKind.CAPTURED, EventKind.VOIDED)
"""After these, where they name no shipment, money may be reserved that nothing will ever be captured of: what
is left of a shipment's goes with its Capture."""
FACTS: Final = (EventKind.CAPTURED, EventKind.REFUNDED)
"""What somebody may decide to take as a fact though nobody asked for it."""


def take_money(order: Order, event: Event, context: FlowContext, *, as_fact: bool = False) -> Outcome:
    """Write the provider's word into the payment's history, and open what it concerns.

    Args:
        order: the order.
        event: one of `MONEY_EVENTS`.
        context: the moment.
        as_fact: whether somebody decided that it happened, though nobody asked for it or something that it
            waits for never came. For `FACTS` only.

    Raises:
        EventTooEarly: a later event may make it true: the authorization, the capture, or the parcel.
        EventImpossible: it names no payment, answers nothing that was asked, or refunds more than was
            captured.
    """
    kind, state, name = _SAYS[event.kind]
    if event.amount is not None and event.amount.currency != order.currency:
        raise EventImpossible(f"It is in {event.amount.currency}, the order in {order.currency}.")
    # What expires before this comes has lapsed, whether or not a worker has seen it yet.
    known = lapsed(order, context.now) if event.kind is EventKind.AUTHORIZED else order
    payment = _payment_of(known, event, kind)
    answered = _answered(payment, event, kind)
    until = _expiry(event)
    if _was_closed(payment, event, answered, kind):
        if state is not _ST.SUCCEEDED:
            return _known_already(order, event, name)
        if not as_fact:
            raise EventImpossible(
                f"{event.reference} was closed and asked for anew: both may have been paid. Ask the provider."
            )
        answered = None
    if _is_known(payment, event, answered, state) and not _is_extended(payment, event, until):
        return _known_already(order, event, name)
    if event.kind is EventKind.AUTHORIZED and (answered is None or answered.state is not state):
        payment = _let_lapsed_go(payment)
    if answered is None and kind in (_K.CAPTURE, _K.REFUND):
        refuse_not_asked(order, payment, event, as_fact=as_fact)
    operation = _operation(order, payment, event, answered)
    after = with_operation(payment, operation)
    guard(after, operation, answered, as_fact=as_fact)
    if event.kind is EventKind.AUTHORIZED:
        is_over = after.expires_at is not None and after.expires_at <= context.now
        after = replace(after, lapsed_at=None, expires_at=until or (None if is_over else after.expires_at))
    return _written(order, event, after, operation, answered, context)


def _known_already(order: Order, event: Event, name: str) -> Outcome:
    return Outcome(order=order, summary=f"The {name} {event.reference} was known already")


def _written(
    was: Order,
    event: Event,
    after: Payment,
    operation: Operation,
    answered: Operation | None,
    context: FlowContext,
) -> Outcome:
    """The order with the payment as it is now, what is asked for because of it, and what is to be seen."""
    order = with_payment(was, after)
    said = f"{_SAYS[event.kind][2]} of {format_money(operation.amount)} {operation.state.value}"
    if answered is not None and corrects(operation, answered):
        said += f", not {format_money(answered.amount)}"
    summary = said[0].upper() + said[1:] + (f": {event.cause}" if event.cause else "")
    intents: tuple[Intent, ...] = ()
    if event.kind in _LEAVES_SOME and operation.shipment is None:
        order, intents = let_go_of_needless(order, context.now)
        amounts = ", ".join(format_money(one.amount) for one in intents if one.amount is not None)
        summary += f"; nothing is due, {amounts} is asked to be voided" if amounts else ""
    return Outcome(
        order=_open_again(order, operation, context),
        intents=intents,
        warnings=to_be_seen(was, order, after, operation),
        summary=summary,
    )


def _expiry(event: Event) -> datetime | None:
    """Until when an authorization stands, as its event says; None where it does not.

    Raises:
        EventImpossible: It is over before it begins.
    """
    said = event.data.get(EXPIRES_AT, "") if event.kind is EventKind.AUTHORIZED else ""
    until = datetime.fromisoformat(said).astimezone(UTC) if said else None
    if until is not None and until <= event.at:
        raise EventImpossible(f"It would expire before it was given, {until:%Y-%m-%d %H:%M} UTC.")
    return until


def _is_extended(payment: Payment, event: Event, until: datetime | None) -> bool:
    """Whether what is known already of the payment's last authorization stands until another moment now."""
    asked = [one for one in latest(payment.operations) if one.kind is _K.AUTHORIZE]
    return (
        until is not None
        and until != payment.expires_at
        and bool(asked)
        and same_reference(asked[-1].reference, event.reference)
        and event.at > asked[-1].at
    )


def _is_known(payment: Payment, event: Event, answered: Operation | None, state: OperationState) -> bool:
    """Whether it tells nothing new: neither another state of what has its reference, nor another amount.

    Raises:
        EventImpossible: what has its reference is another thing than it is about.
    """
    if answered is None or not same_reference(answered.reference, event.reference):
        return False
    if _is_another(payment, event, answered):
        held = format_money(answered.amount) + (f" for {answered.shipment}" if answered.shipment else "")
        raise EventImpossible(
            f"{event.reference} stands for the {answered.kind.value} of {held}: one reference is one of them."
        )
    # The same authorization again after it lapsed is a renewed one.
    is_renewed = payment.lapsed_at is not None and event.at > payment.lapsed_at
    is_other = state is _ST.SUCCEEDED and event.amount not in (None, answered.amount)
    return answered.state is state and not (answered.kind is _K.AUTHORIZE and is_renewed) and not is_other


def _is_another(payment: Payment, event: Event, answered: Operation) -> bool:
    """Whether it names another shipment, or another row that asked, than what has its reference."""
    if event.shipment and answered.shipment and event.shipment != answered.shipment:
        return True
    named = event.data.get("operation")
    return named is not None and named not in {str(one.number) for one in history_of(payment, answered)}


def _was_closed(payment: Payment, event: Event, answered: Operation | None, kind: OperationKind) -> bool:
    """Whether what has its reference was closed since, and asked for anew."""
    if not event.reference or (answered is not None and same_reference(answered.reference, event.reference)):
        return False
    return any(
        one.kind is kind and same_reference(one.reference, event.reference) for one in payment.operations
    )


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
            if any(same_reference(one.reference, event.reference) for one in payment.operations):
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
            if one.kind is kind and same_reference(one.reference, event.reference):
                return one
    asked = [one for one in operations if _is_asked(one, event, kind)]
    if named := event.data.get("operation"):
        # Whoever answers knows the row that asked, not what was written beneath it since.
        asking = asking_rows(payment.operations)
        asked = [one for one in asked if named in (str(one.number), str(asking[one.number]))]
    if event.amount is not None:
        asked = [one for one in asked if one.amount == event.amount] or asked
    return asked[0] if asked else None


def _operation(order: Order, payment: Payment, event: Event, answered: Operation | None) -> Operation:
    kind, state, _ = _SAYS[event.kind]
    amount = event.amount if event.amount is not None else answered.amount if answered else None
    if answered is not None and state is _ST.FAILED:
        amount = answered.amount  # it is all of it that came to nothing
    if amount is None:
        raise EventImpossible("It does not say how much.")
    if amount.is_negative or (not amount and state is _ST.SUCCEEDED):
        raise EventImpossible("The amount must be above zero.")
    is_of = kind in (_K.CAPTURE, _K.REFUND) and any(one.number == event.shipment for one in order.shipments)
    unasked = event.shipment if is_of else None
    return Operation(
        number=next_number(payment),
        kind=kind,
        state=state,
        amount=amount,
        at=event.at,
        reference=event.reference or (answered.reference if answered else ""),
        cause=event.cause or (answered.cause if answered else ""),
        shipment=answered.shipment if answered else unasked,
        answers=answered.number if answered else None,
    )


def _open_again(order: Order, operation: Operation, context: FlowContext) -> Order:
    """The tasks that the word concerns run again."""
    if operation.kind is _K.CAPTURE and operation.shipment is not None:
        return reopen(order, [(Task.CAPTURE, operation.shipment)], context.now)
    if operation.kind is _K.CAPTURE and operation.state is _ST.SUCCEEDED:
        return reopen(order, _failed_captures(order), context.now)
    if operation.kind not in (_K.AUTHORIZE, _K.VOID):
        return order
    again: list[Task | tuple[Task, str | None]] = []
    if operation.kind is _K.AUTHORIZE and operation.state is _ST.SUCCEEDED:
        # What failed for want of an authorization, or under the old one, is asked for again.
        again += _failed_captures(order)
    is_open = any(
        task.task is Task.PAYMENT_AUTHORIZATION and task.state in (TaskState.ACTIVE, TaskState.FAILED)
        for task in order.tasks
    )
    if is_open or (lack(order) is not None and has_to_leave(order)):
        again.append(Task.PAYMENT_AUTHORIZATION)
    return reopen(order, again, context.now) if again else order


def _failed_captures(order: Order) -> list[Task | tuple[Task, str | None]]:
    return [
        (task.task, task.shipment)
        for task in order.tasks
        if task.task is Task.CAPTURE and task.shipment is not None and task.state is TaskState.FAILED
    ]


def take_dispute(order: Order, event: Event, context: FlowContext) -> Outcome:
    """A dispute holds the order, once per reference of the provider."""
    evidence = event.reference or event.id
    if any(x.kind is HoldKind.DISPUTE and same_reference(x.evidence, evidence) for x in order.holds):
        return Outcome(order=order, summary=f"The dispute {evidence} was known already")
    reason = f"the customer disputes the payment{': ' + event.cause if event.cause else ''}"
    held = place_hold(order, HoldKind.DISPUTE, reason, context.now, evidence=evidence)
    return Outcome(order=held, summary="The payment is disputed")
