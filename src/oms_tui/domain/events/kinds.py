"""What an event is, and how one is refused (spec 3.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from oms_tui.domain.money import Money

AHEAD: Final = timedelta(minutes=10)
"""How far an event's own time may be ahead of ours (spec 3.3)."""
EXPIRES_AT: Final = "expires_at"
"""In the data of `authorized`: until when the money is reserved, ISO 8601 with offset."""


class EventKind(StrEnum):
    """What the world outside tells us: shop, warehouse, carrier, payment provider, customer (spec 3.3)."""

    AUTHORIZED = "authorized"
    AUTHORIZATION_FAILED = "authorization_failed"
    ACKNOWLEDGED = "acknowledged"
    CONFIRMED = "confirmed"
    SHORT = "short"
    PACKED = "packed"
    PICK_CANCELLED = "pick_cancelled"
    CAPTURED = "captured"
    CAPTURE_FAILED = "capture_failed"
    VOIDED = "voided"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SENT_BACK = "sent_back"
    CANCEL_REQUESTED = "cancel_requested"
    RETURN_CREATED = "return_created"
    RETURN_SHIPPED = "return_shipped"
    RETURN_RECEIVED = "return_received"
    RETURN_INSPECTED = "return_inspected"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened outside. The same id again changes nothing: whoever takes events sees to it."""

    id: str
    kind: EventKind
    order_id: str
    at: datetime
    """Its own time, aware."""
    shipment: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    """(line number, pieces) it is about, 0 pieces = the whole line; empty = all of the shipment."""
    payment: int | None = None
    amount: Money | None = None
    reference: str = ""
    """The provider's reference of a money event."""
    cause: str = ""
    """Why: of an undelivered parcel "address", "refused", "not_collected", "damaged" or "lost"; else free."""
    data: Mapping[str, str] = field(default_factory=_nothing)
    """What else comes with it: "carrier" and "tracking" of a shipped parcel, "operation" (number of the row
    that a money event answers), "expires_at" of an authorization (ISO 8601 with offset)."""


class EventRefused(ValueError):  # noqa: N818 - says what happened
    """The order cannot take the event; nothing was changed. The message says why, for event problems."""


class EventTooEarly(EventRefused):
    """What must come before has not come yet: it may be taken later."""


class EventImpossible(EventRefused):
    """It contradicts what is known: a person must decide."""


class NotTakenYet(EventRefused):
    """Events of this kind are not taken by this version."""
