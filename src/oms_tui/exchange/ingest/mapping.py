"""Between the wire and the domain: an event as it is sent, and as the desk takes it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import UNSET

from oms_tui.domain.events.kinds import EXPIRES_AT, Event, EventKind
from oms_tui.domain.money import Money, format_amount, parse_amount
from oms_tui.exchange.ingest.schema import KINDS, Amount, AnyEvent, kind_of
from oms_tui.text import normalise_input

_STRUCTS = {EventKind(kind_of(struct)): struct for struct in KINDS}
_KIND = {struct: kind for kind, struct in _STRUCTS.items()}
_OF_LINES = ("reason", "condition")
"""What is said of each line; it goes into the event's data under the line's number."""
_DATA = ("carrier", "tracking", "return_id", "return_point")
_LONGEST_CAUSE = 500
_ENCODE = msgspec.json.Encoder().encode


def event_of(sent: AnyEvent) -> Event:
    """An event as the desk takes it.

    Raises:
        ValueError: What its types let through cannot be: an amount, a text, a time outside the calendar.
    """
    given: dict[str, Any] = {
        name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not UNSET
    }
    at = _moment("at", sent.at)
    data = {name: given[name] for name in _DATA if name in given}
    if EXPIRES_AT in given:
        data[EXPIRES_AT] = _moment(EXPIRES_AT, given[EXPIRES_AT]).isoformat()
    if "operation" in given:
        data["operation"] = str(given["operation"])
    parts = given.get("lines", ())
    data |= _of_lines(parts)
    amount: Amount | None = given.get("amount")
    cause = given.get("cause", "")
    return Event(
        id=sent.id,
        kind=_KIND[type(sent)],
        order_id=sent.order,
        at=at,
        shipment=given.get("shipment", ""),
        lines=tuple((part.line, 0 if part.quantity is UNSET else part.quantity) for part in parts),
        payment=given.get("payment"),
        amount=None if amount is None else parse_amount(amount.value, amount.currency),
        reference=given.get("reference", ""),
        cause=normalise_input(cause, max_length=_LONGEST_CAUSE) if cause else "",
        data=data,
    )


def _moment(name: str, sent: datetime) -> datetime:
    """A moment in UTC.

    Raises:
        ValueError: It is outside the calendar there.
    """
    try:
        return sent.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"`{name}` is outside the calendar.") from None


def _of_lines(parts: Iterable[Any]) -> dict[str, str]:
    return {
        f"{name} {part.line}": said
        for part in parts
        for name in _OF_LINES
        if (said := getattr(part, name, UNSET)) is not UNSET
    }


def line_of(event: Event) -> bytes:
    """An event as one line of JSON, without its end: what `read_line` reads back.

    Raises:
        ValueError: It holds what its kind has no field for.
    """
    struct = _STRUCTS[event.kind]
    sent: dict[str, Any] = {
        "event": event.kind.value,
        "id": event.id,
        "order": event.order_id,
        "at": event.at,
    }
    for name in ("shipment", "reference", "cause"):
        if value := getattr(event, name):
            sent[name] = value
    sent |= {name: value for name, value in event.data.items() if name in (*_DATA, EXPIRES_AT)}
    if event.payment is not None:
        sent["payment"] = event.payment
    if event.amount is not None:
        sent["amount"] = _amount(event.amount)
    if "operation" in event.data:
        sent["operation"] = int(event.data["operation"])
    if event.lines:
        sent["lines"] = [_part(event, line, pieces) for line, pieces in event.lines]
    return _ENCODE(msgspec.convert(sent, struct))


def _amount(amount: Money) -> dict[str, str]:
    return {"value": format_amount(amount), "currency": amount.currency}


def _part(event: Event, line: int, pieces: int) -> dict[str, object]:
    part: dict[str, object] = {"line": line}
    if pieces:
        part["quantity"] = pieces
    part |= {name: said for name in _OF_LINES if (said := event.data.get(f"{name} {line}")) is not None}
    return part
