"""What a provider's word may say, when it comes too early, and what somebody must see of it (spec 3.3; 4).

Money that was taken is money that was taken: what a provider tells of it is written down however much it is,
and somebody sees what should not be. Only of what was never captured nothing goes back (invariant M8).
"""

from typing import Final

from oms_tui.domain.books import accounts, operations_of
from oms_tui.domain.events.kinds import Event, EventImpossible, EventKind, EventRefused, EventTooEarly
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.operations import IN_THE_AIR, Balance, balance, latest
from oms_tui.domain.order import Operation, Order, Payment
from oms_tui.domain.payment import overcharge
from oms_tui.domain.status import BEFORE_PACKED, LineStatus, OperationKind, OperationState

_K, _ST = OperationKind, OperationState
_SECURED: Final = (_K.AUTHORIZE, _K.IMPORTED)
_IN_THE_HOUSE: Final = (*BEFORE_PACKED, LineStatus.PACKED)


def corrects(operation: Operation, answered: Operation) -> bool:
    """Whether the later word gives what was done already another amount."""
    return (
        answered.state is _ST.SUCCEEDED
        and operation.state is _ST.SUCCEEDED
        and operation.amount != answered.amount
    )


# -- what nobody asked for ---------------------------------------------------------------------------------


def refuse_not_asked(order: Order, payment: Payment, event: Event, *, as_fact: bool) -> None:
    """Refuse a capture or refund that nobody asked for, unless somebody decided that it is a fact.

    It is too early while what makes us ask may still come: the parcel is not packed or not paid for, or
    nothing was captured yet that could go back. Of a cancelled order none comes any more: what was captured
    of it is a fact at once, unless it may be what we hold already.

    Raises:
        EventTooEarly: it may still be asked for.
        EventImpossible: a person must decide whether it is a fact.
    """
    said = f"No {'refund' if event.kind in _OF_REFUNDS else 'capture'} was asked for that this could answer"
    sums = balance(payment)
    is_capture = event.kind is EventKind.CAPTURED
    is_known_by = bool(event.reference)
    if as_fact and is_known_by:
        return
    if is_capture and _may_be_asked(order, event.shipment):
        raise EventTooEarly(f"{said} yet.")
    if event.kind is EventKind.REFUNDED and not sums.captured and (sums.pending_capture or sums.to_capture):
        raise EventTooEarly(f"{said}: nothing is captured yet.")
    if not (is_capture and is_known_by and is_cancelled(order) and not sums.captured):
        raise EventImpossible(f"{said}.")


_OF_REFUNDS: Final = (EventKind.REFUNDED, EventKind.REFUND_FAILED)


def is_cancelled(order: Order) -> bool:
    """Whether all of it is cancelled."""
    return bool(order.lines) and all(line.is_cancelled for line in order.lines)


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


# -- bounds ------------------------------------------------------------------------------------------------


def guard(after: Payment, operation: Operation, answered: Operation | None, *, as_fact: bool) -> None:
    """Refuse what goes past a payment's bounds, or waits for a word that is still to come.

    Args:
        after: the payment with the operation.
        operation: what the provider says.
        answered: what it answers.
        as_fact: whether nothing is waited for any more.

    Raises:
        EventTooEarly: an authorization or capture that has no answer yet would cover it.
        EventImpossible: more would be refunded than was captured, or voided than is authorized.
    """
    refused = _refusal(after, operation, answered, as_fact=as_fact)
    if refused is None:
        return
    if answered is not None and corrects(operation, answered):
        held, told = format_money(answered.amount), format_money(operation.amount)
        raise type(refused)(f"{operation.reference} is held with {held}, this says {told}. {refused}")
    raise refused


def _refusal(
    after: Payment, operation: Operation, answered: Operation | None, *, as_fact: bool
) -> EventRefused | None:
    sums = balance(after)
    if sums.refundable < 0:
        too_much = "More would be refunded than was captured"
        if sums.refundable + sums.pending_capture >= 0:
            return EventTooEarly(f"{too_much} yet.")
        return EventImpossible(f"{too_much}.")
    is_asked = answered is not None and operation.amount <= answered.amount
    if operation.kind is _K.CAPTURE and operation.state is _ST.SUCCEEDED and not as_fact:
        return _early_capture(after, sums, is_asked=is_asked)
    # What we asked to be voided may be so before anybody told us that it was authorized.
    if operation.kind is _K.VOID and sums.voided > sums.authorized and not is_asked:
        said = "The void is above what is authorized"
        is_known = any(one.state is _ST.SUCCEEDED for one in after.operations if one.kind in _SECURED)
        if not is_known or sums.voided <= sums.authorized + _to_be_authorized(after):
            return EventTooEarly(f"{said} yet.")
        return EventImpossible(f"{said}.")
    return None


def _early_capture(after: Payment, sums: Balance, *, is_asked: bool) -> EventTooEarly | None:
    """Whether an authorization that has no answer yet would cover what was captured."""
    moved = Money(sums.used + sums.pending_capture, after.currency)
    # What we asked for and was taken is taken, even where a void that nobody asked for came between.
    bound = max(sums.authorized - (0 if is_asked else sums.voided), 0)
    if not sums.authorized or not bound < moved.minor <= bound + _to_be_authorized(after):
        return None
    allowed = format_money(Money(bound, after.currency))
    return EventTooEarly(f"{format_money(moved)} would be captured where {allowed} is authorized yet.")


def _to_be_authorized(payment: Payment) -> int:
    """Minor units of authorizations that are asked for and not answered."""
    return sum(
        one.amount.minor
        for one in latest(payment.operations)
        if one.kind is _K.AUTHORIZE and one.state in IN_THE_AIR
    )


# -- facts that should not be ------------------------------------------------------------------------------


def to_be_seen(was: Order, order: Order, after: Payment, operation: Operation) -> tuple[str, ...]:
    """What somebody must look at of a capture that is a fact all the same.

    Args:
        was: the order before it.
        order: and after it.
        after: its payment after it.
        operation: what the provider says.
    """
    if operation.kind is not _K.CAPTURE or operation.state is not _ST.SUCCEEDED:
        return ()
    found = []
    if (too_much := overcharge(order)) > overcharge(was):
        why = "The order is cancelled" if is_cancelled(order) else "More was captured than the order owes"
        found.append(f"{why}: {format_money(too_much)} is to go back to the customer (Refund overcharge).")
    sums = balance(after)
    most = operation.amount.minor
    if not sums.authorized:
        return tuple(found)
    above = min(sums.used - sums.authorized, most)
    if above > 0 and not found:
        amount = format_money(Money(above, after.currency))
        found.append(f"{amount} of it was captured above what was authorized: ask the provider.")
    let_go = min(sums.used + sums.voided - sums.authorized, sums.voided, most)
    if let_go > 0:
        amount = format_money(Money(let_go, after.currency))
        found.append(
            f"{amount} of it was captured although it had been voided: ask the provider which of the two "
            "holds."
        )
    return tuple(found)
