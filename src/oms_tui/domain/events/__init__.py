"""Events: what the world outside tells us about an order, and what it changes (spec 3.3).

`apply_event` is pure: whoever takes events sees to it that an id is applied once, writes the outcome and lets
the engine go on.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC
from types import MappingProxyType
from typing import Final

from oms_tui.domain.cards import find_card_data
from oms_tui.domain.events import goods
from oms_tui.domain.events.customer import CANCEL_NOW, cancels_at_once, take_cancel_request
from oms_tui.domain.events.goods import CARRIER
from oms_tui.domain.events.kinds import (
    AHEAD,
    Event,
    EventImpossible,
    EventKind,
    EventRefused,
    EventTooEarly,
    NotTakenYet,
)
from oms_tui.domain.events.money import FACTS, MONEY_EVENTS, take_dispute, take_money
from oms_tui.domain.order import Order
from oms_tui.domain.plan import Outcome
from oms_tui.domain.status import word
from oms_tui.domain.steps.base import FlowContext

__all__ = [
    "CANCEL_NOW",
    "CARRIER",
    "TAKEN",
    "Event",
    "EventImpossible",
    "EventKind",
    "EventRefused",
    "EventTooEarly",
    "NotTakenYet",
    "apply_event",
    "cancels_at_once",
    "take_as_fact",
    "without_cards",
]

_TAKES: Final[Mapping[EventKind, Callable[[Order, Event, FlowContext], Outcome]]] = MappingProxyType(
    {
        **dict.fromkeys(MONEY_EVENTS, take_money),
        EventKind.DISPUTED: take_dispute,
        EventKind.ACKNOWLEDGED: goods.take_answer,
        EventKind.CONFIRMED: goods.take_answer,
        EventKind.SHORT: goods.take_short,
        EventKind.PACKED: goods.take_packed,
        EventKind.PICK_CANCELLED: goods.take_pick_cancelled,
        EventKind.SHIPPED: goods.take_shipped,
        EventKind.DELIVERED: goods.take_delivered,
        EventKind.UNDELIVERED: goods.take_undelivered,
        EventKind.CANCEL_REQUESTED: take_cancel_request,
    }
)
TAKEN: Final = frozenset(_TAKES)
"""The kinds of events that are taken; the others belong to returns, which are not here yet."""


def apply_event(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The order after an event, with stock moves and what should be told as a problem (`warnings`).

    The order is the very same value where the event tells nothing new.

    Raises:
        EventTooEarly: what must come before it has not come yet.
        EventImpossible: it contradicts the order, or its own time is ahead of ours.
        NotTakenYet: events of this kind are not taken yet.
    """
    return _TAKES[_taken(order, event, context)](order, without_cards(event), context)


def take_as_fact(order: Order, event: Event, context: FlowContext) -> Outcome:
    """The order after money was moved that nobody asked for, as somebody decided that it was.

    No money moves by that. It counts once, by its reference.

    Raises:
        EventTooEarly: more would be refunded than is captured yet.
        EventImpossible: it is no such event, does not fit the order, or tells nothing new.
    """
    if _taken(order, event, context) not in FACTS:
        raise EventImpossible("Only money that was captured or refunded is taken as a fact.")
    outcome = take_money(order, without_cards(event), context, as_fact=True)
    if outcome.order is order:
        raise EventImpossible(f"{outcome.summary}.")
    return outcome


def _taken(order: Order, event: Event, context: FlowContext) -> EventKind:
    """The kind of an event that is about this order and not ahead of time.

    Raises:
        EventImpossible: it is about another order, or its own time is ahead of ours.
        NotTakenYet: events of this kind are not taken yet.
    """
    if event.kind not in _TAKES:
        raise NotTakenYet(f"{word(event.kind)} is not taken by this version.")
    if event.order_id != order.id:
        raise EventImpossible(f"It is about order {event.order_id}, not {order.id}.")
    if event.at > context.now + AHEAD:
        moment = event.at.astimezone(UTC)
        raise EventImpossible(f"Its own time, {moment:%Y-%m-%d %H:%M} UTC, is ahead of ours.")
    return event.kind


def without_cards(event: Event) -> Event:
    """The event without its words if a card number is among them: none is ever kept (invariant K3)."""
    return replace(event, cause="") if event.cause and find_card_data(event.cause) else event
