"""Events as they are kept: the ids of those that were taken, and how an event is written down (spec 3.3)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, select

from oms_tui.clock import from_micros, to_micros
from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.money import Money
from oms_tui.store.statements import BATCH, insert_rows, rows_of
from oms_tui.store.tables import EventCaseRow, EventRow, table

_EVENT = table(EventRow)
_CASE = table(EventCaseRow)
_KNOWN = select(_EVENT.c.digest).where(_EVENT.c.id == bindparam("id"))
_OF_MANY = tuple(
    select(rows.c.id, rows.c.digest).where(rows.c.id.in_(bindparam("ids", expanding=True)))
    for rows in (_EVENT, _CASE)
)
_Body = tuple[
    str,
    str,
    str,
    int,
    str,
    list[tuple[int, int]],
    int | None,
    int | None,
    str,
    str,
    str,
    list[tuple[str, str]],
]
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(_Body).decode
_DIGEST = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """An event that was taken; times in microseconds."""

    id: str
    order_pk: int
    kind: str
    at: int
    taken: int
    digest: str = ""


def is_known(conn: Connection, event_id: str) -> bool:
    """Whether an event of that id was taken."""
    return bool(rows_of(conn, _KNOWN, event_id))


def known(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The digest of each of these ids that is here, taken or not."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), BATCH):
        part = {"ids": wanted[start : start + BATCH]}
        for query in _OF_MANY:
            for name, digest in conn.execute(query, part):
                found[name] = found.get(name) or digest
    return found


def put(conn: Connection, *taken: KnownEvent) -> None:
    """Keep that events were taken."""
    insert_rows(conn, EventRow, [(e.id, e.order_pk, e.kind, e.at, e.taken, e.digest) for e in taken])


def pack(event: Event) -> bytes:
    """An event as it is written down: the same bytes for the same event."""
    return _ENCODE(
        (
            event.id,
            event.kind.value,
            event.order_id,
            to_micros(event.at),
            event.shipment,
            event.lines,
            event.payment,
            None if event.amount is None else event.amount.minor,
            "" if event.amount is None else event.amount.currency,
            event.reference,
            event.cause,
            sorted(event.data.items()),
        )
    )


def unpack(body: str) -> Event:
    """An event as it was written down.

    Raises:
        ValueError: It cannot be read.
    """
    try:
        id_, kind, order_id, at, shipment, lines, payment, minor, currency, reference, cause, data = _DECODE(
            body
        )
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    return Event(
        id=id_,
        kind=EventKind(kind),
        order_id=order_id,
        at=from_micros(at),
        shipment=shipment,
        lines=tuple(lines),
        payment=payment,
        amount=None if minor is None else Money(minor, currency),
        reference=reference,
        cause=cause,
        data=dict(data),
    )


def digest_of(body: bytes) -> str:
    """What tells one body from another."""
    return hashlib.sha256(body).hexdigest()[:_DIGEST]
