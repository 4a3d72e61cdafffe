"""What an event looks like on the wire: one struct a kind, strict, with every length capped (T9).

The published schema (`oms-tui ingest --schema`, docs/events.md) is made from these structs.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from oms_tui.domain.events.kinds import EventKind

_NAME: Final = r"^[^\x00-\x1f\x7f-\x9f]+$"
_CODE: Final = r"^[0-9A-Za-z ._/+:#-]+$"
MOST_LINES: Final = 1_000
_MOST: Final = 1_000_000

Id = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=_NAME,
        description="The event's own id, the same when sent again.",
    ),
]
OrderId = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NAME, description="ID of the order.")]
At = Annotated[
    datetime, Meta(tz=True, description="When it happened: ISO 8601 with offset, at most 10 min ahead.")
]
ShipmentNo = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=_NAME, description="Number of the shipment.")
]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern=_CODE)]
Reference = Annotated[
    str, Meta(min_length=1, max_length=128, pattern=_NAME, description="The provider's reference.")
]
Words = Annotated[str, Meta(min_length=1, max_length=500, description="Why, in words.")]
Number = Annotated[int, Meta(ge=1, le=_MOST)]
PaymentNo = Annotated[
    int, Meta(ge=1, le=_MOST, description="Number of the payment; may be left out if there is one.")
]
OperationNo = Annotated[
    int, Meta(ge=1, le=_MOST, description="Number of the operation that this is the answer to.")
]
Undelivered = Literal["address", "damaged", "lost", "not_collected", "refused"]


class _Part(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of an event."""


class Pieces(_Part, kw_only=True):
    """A line, or some pieces of it."""

    line: Annotated[Number, Meta(description="Number of the line.")]
    quantity: Annotated[Number, Meta(description="Pieces; left out = the whole line.")] | UnsetType = UNSET


class ReturnedPieces(_Part, kw_only=True):
    """Pieces that come back, and why."""

    line: Annotated[Number, Meta(description="Number of the line.")]
    quantity: Annotated[Number, Meta(description="Pieces; left out = the whole line.")] | UnsetType = UNSET
    reason: Annotated[Code, Meta(description="Why it comes back.")] | UnsetType = UNSET


class InspectedPieces(_Part, kw_only=True):
    """Pieces that were looked at, and what was found."""

    line: Annotated[Number, Meta(description="Number of the line.")]
    quantity: Annotated[Number, Meta(description="Pieces; left out = the whole line.")] | UnsetType = UNSET
    condition: Annotated[Code, Meta(description="As found: new, used, damaged …")] | UnsetType = UNSET


class Amount(_Part, kw_only=True):
    """An amount of money: exact, never a JSON number."""

    value: Annotated[
        str, Meta(max_length=20, pattern=r"^[0-9]{1,15}(\.[0-9]{1,4})?$", description='Like "184.90".')
    ]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")]


class _Event(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="event"):
    """What every event has."""

    id: Id
    order: OrderId
    at: At


Lines = Annotated[
    tuple[Pieces, ...], Meta(max_length=MOST_LINES, description="Left out = the whole shipment.")
]


class _Goods(_Event, kw_only=True):
    """Of a shipment, or of lines of the order; one of the two must be there."""

    shipment: ShipmentNo | UnsetType = UNSET
    lines: Lines | UnsetType = UNSET


class _Failed(_Event, kw_only=True):
    """Of a payment: what the provider could not do."""

    reference: Reference | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET
    payment: PaymentNo | UnsetType = UNSET
    operation: OperationNo | UnsetType = UNSET
    shipment: ShipmentNo | UnsetType = UNSET
    cause: Words | UnsetType = UNSET


class _Money(_Failed, kw_only=True):
    """Of a payment: applied once per reference, the later word on a reference wins."""

    reference: Reference


class _Return(_Event, kw_only=True):
    """Of a return; kept until returns are worked here."""

    return_id: Annotated[OrderId, Meta(description="ID of the return, as its sender knows it.")]
    return_point: Annotated[Code, Meta(description="Where it goes.")] | UnsetType = UNSET
    tracking: Annotated[Code, Meta(description="Tracking number.")] | UnsetType = UNSET
    cause: Words | UnsetType = UNSET


class Authorized(_Money, kw_only=True, tag=EventKind.AUTHORIZED.value):
    """The provider reserved the money."""

    expires_at: (
        Annotated[
            datetime,
            Meta(
                tz=True,
                description="Until when it is reserved: ISO 8601 with offset; left out = what is known "
                "already stands.",
            ),
        ]
        | UnsetType
    ) = UNSET


class AuthorizationFailed(_Failed, kw_only=True, tag=EventKind.AUTHORIZATION_FAILED.value):
    """The provider declined to reserve it."""


class Captured(_Money, kw_only=True, tag=EventKind.CAPTURED.value):
    """The provider took the money."""


class CaptureFailed(_Failed, kw_only=True, tag=EventKind.CAPTURE_FAILED.value):
    """The provider could not take it."""


class Voided(_Money, kw_only=True, tag=EventKind.VOIDED.value):
    """The provider let the reserved money go."""


class Refunded(_Money, kw_only=True, tag=EventKind.REFUNDED.value):
    """The provider gave money back."""


class RefundFailed(_Failed, kw_only=True, tag=EventKind.REFUND_FAILED.value):
    """The provider could not give it back."""


class Disputed(_Event, kw_only=True, tag=EventKind.DISPUTED.value):
    """The customer disputes the payment: the order is held, once per reference."""

    reference: Reference | UnsetType = UNSET
    cause: Words | UnsetType = UNSET


class Acknowledged(_Goods, kw_only=True, tag=EventKind.ACKNOWLEDGED.value):
    """The location has read what it is asked for."""


class Confirmed(_Goods, kw_only=True, tag=EventKind.CONFIRMED.value):
    """The location has the goods."""


class Short(_Goods, kw_only=True, tag=EventKind.SHORT.value):
    """The location does not have them: they are allocated anew."""


class Packed(_Goods, kw_only=True, tag=EventKind.PACKED.value):
    """The goods are packed."""


class PickCancelled(_Goods, kw_only=True, tag=EventKind.PICK_CANCELLED.value):
    """The location stopped picking, as it was asked."""


class Shipped(_Goods, kw_only=True, tag=EventKind.SHIPPED.value):
    """The parcel was handed over."""

    carrier: (
        Annotated[str, Meta(min_length=1, max_length=64, pattern=_NAME, description="Who carries it.")]
        | UnsetType
    ) = UNSET
    tracking: Annotated[Code, Meta(description="Tracking number.")] | UnsetType = UNSET


class Delivered(_Goods, kw_only=True, tag=EventKind.DELIVERED.value):
    """The parcel arrived."""


class UndeliveredEvent(_Goods, kw_only=True, tag=EventKind.UNDELIVERED.value):
    """The parcel came to nobody."""

    cause: Annotated[Undelivered, Meta(description="Why.")]


class CancelRequested(_Event, kw_only=True, tag=EventKind.CANCEL_REQUESTED.value):
    """The customer asks to cancel: at once inside the remorse period, later a queue for Customer Support."""

    cause: Words | UnsetType = UNSET


class SentBack(_Goods, kw_only=True, tag=EventKind.SENT_BACK.value):
    """The carrier brings the parcel back. Kept until returns are worked here."""

    cause: Words | UnsetType = UNSET


class ReturnCreated(_Return, kw_only=True, tag=EventKind.RETURN_CREATED.value):
    """The customer announces a return. Kept until returns are worked here."""

    lines: Annotated[tuple[ReturnedPieces, ...], Meta(min_length=1, max_length=MOST_LINES)]


class ReturnShipped(_Return, kw_only=True, tag=EventKind.RETURN_SHIPPED.value):
    """The return is on its way. Kept until returns are worked here."""


class ReturnReceived(_Return, kw_only=True, tag=EventKind.RETURN_RECEIVED.value):
    """The return point has it. Kept until returns are worked here."""

    lines: Annotated[tuple[Pieces, ...], Meta(max_length=MOST_LINES)] | UnsetType = UNSET


class ReturnInspected(_Return, kw_only=True, tag=EventKind.RETURN_INSPECTED.value):
    """The return point has looked at it. Kept until returns are worked here."""

    lines: Annotated[tuple[InspectedPieces, ...], Meta(max_length=MOST_LINES)] | UnsetType = UNSET


KINDS: Final[tuple[type[_Event], ...]] = (
    Authorized,
    AuthorizationFailed,
    Acknowledged,
    Confirmed,
    Short,
    Packed,
    PickCancelled,
    Captured,
    CaptureFailed,
    Voided,
    Shipped,
    Delivered,
    UndeliveredEvent,
    SentBack,
    CancelRequested,
    ReturnCreated,
    ReturnShipped,
    ReturnReceived,
    ReturnInspected,
    Refunded,
    RefundFailed,
    Disputed,
)
"""Every kind of event, in the order of spec 3.3."""
AnyEvent = (
    Authorized
    | AuthorizationFailed
    | Acknowledged
    | Confirmed
    | Short
    | Packed
    | PickCancelled
    | Captured
    | CaptureFailed
    | Voided
    | Shipped
    | Delivered
    | UndeliveredEvent
    | SentBack
    | CancelRequested
    | ReturnCreated
    | ReturnShipped
    | ReturnReceived
    | ReturnInspected
    | Refunded
    | RefundFailed
    | Disputed
)


def kind_of(struct: type[_Event]) -> str:
    """The word that `event` has for a struct."""
    return str(struct.__struct_config__.tag)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One event, one line of a file for oms-tui ingest",
        **msgspec.json.schema(AnyEvent),
    }
