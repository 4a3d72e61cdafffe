"""Events of the customer: the wish to cancel (spec 6, last paragraph)."""

from typing import Final

from oms_tui.domain.cancel_requests import ASKED, CUSTOMER
from oms_tui.domain.events.kinds import Event
from oms_tui.domain.order import Note, Order
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import BEFORE_PACKED
from oms_tui.domain.steps.base import FlowContext

CANCEL_NOW: Final = "cancel"
"""`Outcome.action` of a cancel request that is granted at once: whoever took it goes on to cancel."""


def cancels_at_once(order: Order, event: Event, context: FlowContext) -> bool:
    """Whether a customer's request to cancel is granted by itself: inside the remorse period, nothing packed
    (spec 6)."""
    until = order.created + context.rules.remorse_of(order.channel.code)
    standing = [line for line in order.lines if not line.is_cancelled]
    return event.at < until and bool(standing) and all(line.status in BEFORE_PACKED for line in standing)


def take_cancel_request(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The customer asks to cancel: noted; `CANCEL_NOW` as the action if it is granted at once."""
    asked = f"{ASKED}{': ' + event.cause if event.cause else ''}"
    if order.lines and all(line.is_cancelled for line in order.lines):
        return Outcome(order=order, summary="The order is cancelled already")
    note = Note(
        number=max((note.number for note in order.notes), default=0) + 1,
        at=event.at,
        person=CUSTOMER,
        text=asked,
    )
    is_granted = cancels_at_once(order, event, context)
    return Outcome(order=order.with_note(note), action=CANCEL_NOW if is_granted else "", summary=asked)
