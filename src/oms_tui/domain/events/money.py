"""Events of the payment provider: each answers what was asked, or tells what nobody asked for (spec 3.3).

They apply on arrival, one per provider reference; the later word on a reference wins.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from oms_tui.domain.adjusting import let_go_of_needless
from oms_tui.domain.books import accounts, operations_of
from oms_tui.domain.events.kinds import (
    EXPIRES_AT,
    Event,
    EventImpossible,
    EventKind,
    EventRefused,
    EventTooEarly,
)
from oms_tui.domain.flow import Task, TaskState, reopen
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import (
    IN_THE_AIR,
    asking_rows,
    balance,
    latest,
    next_number,
    with_operation,
)
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import overcharge
from oms_tui.domain.plan import Intent, Outcome
from oms_tui.domain.settling import same_reference
from oms_tui.domain.status import BEFORE_PACKED, HoldKind, LineStatus, OperationKind, OperationState
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
_SECURED: Final = (_K.AUTHORIZE, _K.IMPORTED)
_LEAVES_SOME: Final = (EventKind.AUTHORIZED, EventKind.CAPTURED, EventKind.VOIDED)
"""After these, where they name no shipment, money may be reserved that nothing will ever be captured of: what
is left of a shipment's goes with its Capture."""
_IN_THE_HOUSE: Final = (*BEFORE_PACKED, LineStatus.PACKED)


def take_money(order: Order, event: Event, context: FlowContext) -> Outcome:
    """Write the provider's word into the payment's history, and open what it concerns.

    Raises:
        EventTooEarly: a later event may make it true: the authorization, the capture, or the parcel.
        EventImpossible: it names no payment, answers nothing that was asked, or moves more than may be.
    """
    kind, state, name = _SAYS[event.kind]
    if event.amount is not None and event.amount.currency != order.currency:
        raise EventImpossible(f"It is in {event.amount.currency}, the order in {order.currency}.")
    # What expires before this comes has lapsed, whether or not a worker has seen it yet.
    known = lapsed(order, context.now) if event.kind is EventKind.AUTHORIZED else order
    payment = _payment_of(known, event, kind)
    answered = _answered(payment, event, kind)
    until = _expiry(event)
    if _is_known(payment, event, answered, kind, state) and not _is_extended(payment, event, until):
        return Outcome(order=order, summary=f"The {name} {event.reference} was known already")
    if event.kind is EventKind.AUTHORIZED and (answered is None or answered.state is not state):
        payment = _let_lapsed_go(payment)
    if answered is None and kind in (_K.CAPTURE, _K.REFUND):
        raise _not_asked(order, payment, event, kind)
    operation = _operation(payment, event, kind, state, answered)
    after = with_operation(payment, operation)
    _guard(after, operation, name)
    if event.kind is EventKind.AUTHORIZED:
        is_over = after.expires_at is not None and after.expires_at <= context.now
        after = replace(after, lapsed_at=None, expires_at=until or (None if is_over else after.expires_at))
    was, order = order, _with_payment(order, after)
    said = f"{name} of {format_money(operation.amount)} {state.value}"
    summary = said[0].upper() + said[1:] + (f": {event.cause}" if event.cause else "")
    intents: tuple[Intent, ...] = ()
    if event.kind in _LEAVES_SOME and operation.shipment is None:
        order, intents = let_go_of_needless(order, context.now)
        amounts = ", ".join(format_money(one.amount) for one in intents if one.amount is not None)
        summary += f"; nothing is due, {amounts} is asked to be voided" if amounts else ""
    return Outcome(
        order=_open_again(order, operation, context),
        intents=intents,
        warnings=(*_overcharges(was, order, event.kind), *_captured_of_void(after, operation)),
        summary=summary,
    )


def _with_payment(order: Order, payment: Payment) -> Order:
    return replace(
        order, payments=tuple(payment if one.number == payment.number else one for one in order.payments)
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


def _overcharges(was: Order, order: Order, kind: EventKind) -> tuple[str, ...]:
    """What somebody must look at of what is a fact all the same: money of an order that does not want it."""
    if kind is not EventKind.CAPTURED or overcharge(order) <= overcharge(was):
        return ()
    is_cancelled = bool(order.lines) and all(line.is_cancelled for line in order.lines)
    why = "The order is cancelled" if is_cancelled else "More was captured than the order owes"
    return (f"{why}: {format_money(overcharge(order))} is to go back to the customer (Refund overcharge).",)


def _captured_of_void(after: Payment, operation: Operation) -> tuple[str, ...]:
    """That money was taken which the provider said it had let go of: one of the two words is wrong."""
    sums = balance(after)
    over = min(sums.used + sums.voided - sums.authorized, operation.amount.minor)
    if (
        operation.kind is not _K.CAPTURE
        or operation.state is not _ST.SUCCEEDED
        or not sums.authorized
        or over <= 0
    ):
        return ()
    amount = format_money(Money(over, after.currency))
    return (
        f"{amount} of it was captured although it had been voided: ask the provider which of the two holds.",
    )


def _is_known(
    payment: Payment, event: Event, answered: Operation | None, kind: OperationKind, state: OperationState
) -> bool:
    """Whether it tells nothing new.

    Raises:
        EventImpossible: what it says succeeded was closed, and asked for anew.
    """
    if not event.reference:
        return False
    if answered is not None and same_reference(answered.reference, event.reference):
        # The same authorization again after it lapsed is a renewed one.
        is_renewed = payment.lapsed_at is not None and event.at > payment.lapsed_at
        return answered.state is state and not (kind is _K.AUTHORIZE and is_renewed)
    if not any(
        one.kind is kind and same_reference(one.reference, event.reference) for one in payment.operations
    ):
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


def _operation(
    payment: Payment, event: Event, kind: OperationKind, state: OperationState, answered: Operation | None
) -> Operation:
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


def _not_asked(order: Order, payment: Payment, event: Event, kind: OperationKind) -> EventRefused:
    """How a capture or refund is refused that nobody asked for.

    It is too early while what makes us ask may still come: the parcel is not packed or not paid for, or
    nothing was captured yet that could go back.
    """
    said = f"No {kind.value} was asked for that this could answer"
    sums = balance(payment)
    if event.kind is EventKind.CAPTURED and _may_be_asked(order, event.shipment):
        return EventTooEarly(f"{said} yet.")
    if event.kind is EventKind.REFUNDED and not sums.captured and (sums.pending_capture or sums.to_capture):
        return EventTooEarly(f"{said}: nothing is captured yet.")
    return EventImpossible(f"{said}.")


def _may_be_asked(order: Order, shipment: str) -> bool:
    """Whether the money of a shipment, of any where none is named, was never asked for and may still be: its
    goods are in the house. What has left, or was asked for and failed, is for a person."""
    asked = {one.shipment for one in operations_of(order) if one.kind is _K.CAPTURE}
    inside = {
        line.shipment
        for line in order.lines
        if line.status in _IN_THE_HOUSE and (line.shipment is None or shipment in ("", line.shipment))
    }
    books = accounts(order)
    return any(where not in asked and books[where].to_capture for where in inside if where in books)


def _guard(after: Payment, operation: Operation, name: str) -> None:
    """Money never moves past its bounds, whatever a provider says (invariant M8)."""
    sums = balance(after)
    moved = Money(sums.used + sums.pending_capture, after.currency)
    if sums.refundable < 0:
        too_much = "More would be refunded than was captured"
        if sums.refundable + sums.pending_capture >= 0:
            raise EventTooEarly(f"{too_much} yet.")
        raise EventImpossible(f"{too_much}.")
    asked = next((one.amount for one in after.operations if one.number == operation.answers), None)
    is_asked = asked is not None and operation.amount <= asked
    is_capture = operation.kind is _K.CAPTURE and operation.state is _ST.SUCCEEDED
    # What we asked for and was taken is taken, even where a void that nobody asked for came between.
    bound = max(sums.authorized - (0 if is_asked else sums.voided), 0)
    if is_capture and sums.authorized and moved.minor > bound:
        allowed = format_money(Money(bound, after.currency))
        said = f"{format_money(moved)} would be captured where {allowed} is authorized"
        if moved.minor <= bound + _to_be_authorized(after):
            raise EventTooEarly(f"{said} yet.")
        raise EventImpossible(f"{said}.")
    # What we asked to be voided may be so before anybody told us that it was authorized.
    if operation.kind is _K.VOID and sums.voided > sums.authorized and not is_asked:
        said = f"The {name} is above what is authorized"
        is_known = any(one.state is _ST.SUCCEEDED for one in after.operations if one.kind in _SECURED)
        if not is_known or sums.voided <= sums.authorized + _to_be_authorized(after):
            raise EventTooEarly(f"{said} yet.")
        raise EventImpossible(f"{said}.")


def _to_be_authorized(payment: Payment) -> int:
    """Minor units of authorizations that are asked for and not answered."""
    return sum(
        one.amount.minor
        for one in latest(payment.operations)
        if one.kind is _K.AUTHORIZE and one.state in IN_THE_AIR
    )


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
    if any(x.kind is HoldKind.DISPUTE and same_reference(x.evidence, evidence) for x in order.holds):
        return Outcome(order=order, summary=f"The dispute {evidence} was known already")
    reason = f"the customer disputes the payment{': ' + event.cause if event.cause else ''}"
    held = place_hold(order, HoldKind.DISPUTE, reason, context.now, evidence=evidence)
    return Outcome(order=held, summary="The payment is disputed")
