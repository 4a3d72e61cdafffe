"""Between an order's operations and what is said to a provider and by it."""

from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from oms_tui.desk.provider import Answer, Request, Word
from oms_tui.domain.asking import payment_of
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.money import format_money
from oms_tui.domain.operations import latest
from oms_tui.domain.order import Operation, Order
from oms_tui.domain.status import OperationKind, OperationState, word
from oms_tui.store.intents import Asked

_EVENTS: Final = {
    ("capture", Word.SUCCEEDED): EventKind.CAPTURED,
    ("capture", Word.FAILED): EventKind.CAPTURE_FAILED,
    ("void", Word.SUCCEEDED): EventKind.VOIDED,
    ("refund", Word.SUCCEEDED): EventKind.REFUNDED,
    ("refund", Word.FAILED): EventKind.REFUND_FAILED,
}
_SHORT: Final = 16


def request_of(order: Order, asked: Asked, operation: Operation) -> Request:
    """What is sent for an operation that has no answer."""
    payment = payment_of(order, asked.payment)
    captures = () if payment is None else payment.operations
    return Request(
        key=asked.key,
        kind=operation.kind.value,
        order=order.id,
        shipment=operation.shipment,
        payment=asked.payment,
        operation=asked.operation,
        amount=operation.amount,
        reference="" if payment is None else payment.reference,
        captures=tuple(
            MappingProxyType({"reference": one.reference, "minor": one.amount.minor})
            for one in latest(captures)
            if one.kind is OperationKind.CAPTURE and one.state is OperationState.SUCCEEDED
        ),
    )


def event_of(request: Request, answer: Answer, at: datetime) -> Event | None:
    """The provider's word as an event; its id is made of the request and the word, so that the same word
    again is the same event. None for a void that failed: no event tells that."""
    kind = _EVENTS.get((request.kind, answer.word))
    if kind is None:
        return None
    about = sha256(answer.reference.encode()).hexdigest()[:_SHORT]
    return Event(
        id=f"provider-{request.key}-{answer.word.value}-{about}",
        kind=kind,
        order_id=request.order,
        at=at,
        shipment=request.shipment or "",
        payment=request.payment,
        amount=request.amount,
        reference=answer.reference,
        cause=answer.cause if answer.word is Word.FAILED else "",
        data=MappingProxyType({"operation": str(request.operation)}),
    )


def said(operation: Operation) -> str:
    """An operation in words: "Capture of 20.00 EUR"."""
    return f"{word(operation.kind)} of {format_money(operation.amount)}"
