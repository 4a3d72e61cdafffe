"""What is asked of the payment provider and of locations, as rows: written with the decision, taken by one
worker at a time, never deleted (invariant I5)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from oms_tui.clock import from_micros
from oms_tui.domain.concerns import AskedToStop
from oms_tui.domain.money import Money
from oms_tui.domain.plan import Intent
from oms_tui.domain.status import OperationKind
from oms_tui.store.packing import micros_or_none
from oms_tui.store.statements import one_of_batch, padded, rows_of
from oms_tui.store.tables import IntentRow, table

_INTENT: Final = table(IntentRow)
_KEY_BYTES: Final = 16
PICK_CANCELLED: Final = "pick_cancelled"
"""What money waits for whose goods are being picked (spec 6, Cancel)."""
STOP_PICKING: Final = "stop_picking"
ASKED_OF_PROVIDER: Final = tuple(
    kind.value for kind in (OperationKind.CAPTURE, OperationKind.VOID, OperationKind.REFUND)
)
"""Kinds that a payment provider is asked for."""


class IntentState(StrEnum):
    """How far an intent got."""

    REQUESTED = "requested"
    """It is at nobody's: not sent, or the provider certainly has it not."""
    SENDING = "sending"
    """A worker is asking. Where that worker breaks off, nobody knows whether it left."""
    ACCEPTED = "accepted"
    """The provider has it and has not said what became of it."""
    UNKNOWN = "unknown"
    """Nobody knows whether the provider has it: it is asked."""
    ANSWERED = "answered"
    """What was asked for has its answer, by whomever."""
    SILENT = "silent"
    """No word came for days: a person must decide."""
    PROBLEM = "problem"
    """What was said contradicts what is known: a person must decide."""


_S = IntentState
OPEN: Final = tuple(state.value for state in IntentState if state is not _S.ANSWERED)
"""The states of an intent whose operation has no answer."""
CHECKED: Final = (_S.SENDING.value, _S.ACCEPTED.value, _S.UNKNOWN.value)
"""The states in which somebody asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An intent toward the payment provider that something is to be done about; times in microseconds."""

    pk: int
    order_pk: int
    at: int
    state: IntentState
    kind: str
    payment: int
    operation: int
    """The number of the row that asked."""
    waits_for: str
    until: int | None
    key: str
    tries: int
    left_at: int | None


_ASKED = tuple(_INTENT.c[name] for name in Asked.__dataclass_fields__)
_DUE = (
    select(*_ASKED)
    .where(_INTENT.c.next_try <= bindparam("now"))
    .order_by(_INTENT.c.next_try, _INTENT.c.pk)
    .limit(1)
)
_OPEN_OF_ORDERS = select(
    _INTENT.c.order_pk, _INTENT.c.payment, _INTENT.c.operation, _INTENT.c.kind, _INTENT.c.state
).where(one_of_batch(_INTENT.c.order_pk))
_OF_ORDER = select(
    _INTENT.c.payment, _INTENT.c.operation, _INTENT.c.kind, _INTENT.c.state
).where(_INTENT.c.order_pk == bindparam("pk"))  # fmt: skip


def row_of(intent: Intent, at: int) -> dict[str, object]:
    """A new row's columns but its order and moment.

    Args:
        intent: What is asked.
        at: When, in microseconds.
    """
    until = micros_or_none(intent.until)
    due = None
    if intent.kind in ASKED_OF_PROVIDER:
        due = until if intent.waits_for else at
    return {
        "state": _S.REQUESTED.value,
        "kind": intent.kind,
        "payment": intent.payment,
        "operation": intent.operation,
        "shipment": intent.shipment,
        "amount": None if intent.amount is None else intent.amount.minor,
        "currency": None if intent.amount is None else intent.amount.currency,
        "lines": msgspec.json.encode(intent.lines).decode(),
        "waits_for": intent.waits_for,
        "until": until,
        "key": secrets.token_hex(_KEY_BYTES),
        "next_try": due,
    }


# -- sending -----------------------------------------------------------------------------------------------


def next_due(conn: Connection, now: int) -> Asked | None:
    """The intent that something is to be done about, longest due first; None where there is none."""
    found = conn.execute(_DUE, {"now": now}).mappings().first()
    return None if found is None else Asked(**(dict(found) | {"state": IntentState(found["state"])}))


def begin(conn: Connection, pk: int, *, now: int, until: int) -> int:
    """Say that a worker asks for it from now on.

    Args:
        conn: A connection that holds the write lock.
        pk: The intent's number.
        now: The moment, in microseconds.
        until: When it counts as broken off.

    Returns:
        The number of this try: who ends another one is too late.
    """
    write = update(_INTENT).where(_INTENT.c.pk == pk)
    left = select(_INTENT.c.left_at, _INTENT.c.tries).where(_INTENT.c.pk == pk)
    left_at, tries = conn.execute(left).one()
    values = {"state": _S.SENDING.value, "tries": tries + 1, "next_try": until}
    conn.execute(write.values(values | {"left_at": now if left_at is None else left_at}))
    return int(tries) + 1


def end(
    conn: Connection,
    pk: int,
    tries: int,
    state: IntentState,
    *,
    next_try: int | None,
    error: str = "",
    never_left: bool = False,
) -> bool:
    """Write what became of a try; False, and nothing written, where that is not the present one any more.

    Args:
        conn: A connection that holds the write lock.
        pk: The intent's number.
        tries: The try.
        state: What it is now.
        next_try: When something is to be done about it again.
        error: What is the matter.
        never_left: It is certain that the provider has it not.
    """
    values: dict[str, Any] = {"state": state.value, "next_try": next_try, "error": error}
    if never_left:
        values["left_at"] = None
    write = update(_INTENT).where(
        _INTENT.c.pk == pk, _INTENT.c.tries == tries, _INTENT.c.state == _S.SENDING.value
    )
    return conn.execute(write.values(values)).rowcount == 1


def put_off(
    conn: Connection, pk: int, next_try: int | None, *, state: IntentState | None = None, error: str = ""
) -> None:
    """Leave one alone that was not begun: until a moment, or for good with another state."""
    values: dict[str, Any] = {"next_try": next_try, "error": error}
    if state is not None:
        values["state"] = state.value
    conn.execute(update(_INTENT).where(_INTENT.c.pk == pk).values(values))


def answered(conn: Connection, order_pk: int, operations: Sequence[tuple[int, int]]) -> None:
    """Close what asked for operations, (payment, row that asked), since they have their answer."""
    for payment, operation in operations:
        conn.execute(
            update(_INTENT)
            .where(
                _INTENT.c.order_pk == order_pk,
                _INTENT.c.payment == payment,
                _INTENT.c.operation == operation,
                _INTENT.c.state.in_(OPEN),
            )
            .values(state=_S.ANSWERED.value, next_try=None)
        )


# -- waiting for locations ---------------------------------------------------------------------------------


def stops_of(conn: Connection, order_pk: int, at: int) -> dict[str, IntentState]:
    """Shipment -> how far its location is, of those asked to stop picking with a decision at that moment."""
    query = select(_INTENT.c.shipment, _INTENT.c.state).where(
        _INTENT.c.order_pk == order_pk, _INTENT.c.at == at, _INTENT.c.kind == STOP_PICKING
    )
    return {str(shipment): IntentState(state) for shipment, state in conn.execute(query)}


def waiting_money(conn: Connection, order_pk: int) -> frozenset[tuple[int, int]]:
    """(payment, row that asked) of what waits for a location to stop picking and was asked of nobody yet."""
    waits = select(_INTENT.c.payment, _INTENT.c.operation).where(
        _INTENT.c.order_pk == order_pk,
        _INTENT.c.waits_for == PICK_CANCELLED,
        _INTENT.c.state.in_([_S.REQUESTED.value, _S.PROBLEM.value]),
        _INTENT.c.left_at.is_(None),
    )
    return frozenset((payment, operation) for payment, operation in conn.execute(waits))


def unsent_voids(conn: Connection, order_pk: int) -> frozenset[tuple[int, int]]:
    """(payment, row that asked) of the voids that certainly have not reached the provider."""
    unsent = select(_INTENT.c.payment, _INTENT.c.operation).where(
        _INTENT.c.order_pk == order_pk,
        _INTENT.c.kind == OperationKind.VOID.value,
        _INTENT.c.state == _S.REQUESTED.value,
        _INTENT.c.left_at.is_(None),
    )
    return frozenset((payment, operation) for payment, operation in conn.execute(unsent))


def picking_ended(
    conn: Connection, order_pk: int, shipments: Sequence[str], now: int, *, problem: str = ""
) -> int:
    """Note that locations stopped picking, as they were asked, or went on all the same.

    Args:
        conn: A connection that holds the write lock.
        order_pk: The order's number.
        shipments: What they were picking.
        now: The moment, in microseconds.
        problem: What they did instead of stopping; "" = they stopped.

    Returns:
        How many requests for money it sets going or stops.
    """
    state = _S.PROBLEM if problem else _S.ANSWERED
    stopped = update(_INTENT).where(
        _INTENT.c.order_pk == order_pk,
        _INTENT.c.kind == STOP_PICKING,
        _INTENT.c.shipment.in_(shipments),
        _INTENT.c.state.in_([_S.REQUESTED.value, _S.PROBLEM.value]),
    )
    conn.execute(stopped.values(state=state.value, error=problem))
    waiting = select(_INTENT.c.pk, _INTENT.c.at).where(
        _INTENT.c.order_pk == order_pk,
        _INTENT.c.waits_for == PICK_CANCELLED,
        _INTENT.c.state.in_([_S.REQUESTED.value, _S.PROBLEM.value]),
        _INTENT.c.left_at.is_(None),
    )
    moved = 0
    for pk, at in conn.execute(waiting).all():
        states = stops_of(conn, order_pk, at)
        if not states.keys() & set(shipments):
            continue
        if problem:
            put_off(conn, pk, None, state=_S.PROBLEM, error=problem)
        elif all(one is _S.ANSWERED for one in states.values()):
            put_off(conn, pk, now, state=_S.REQUESTED)
            conn.execute(update(_INTENT).where(_INTENT.c.pk == pk).values(waits_for=""))
        else:
            continue
        moved += 1
    return moved


# -- looking -----------------------------------------------------------------------------------------------


def waiting_for_stop(conn: Connection, pk: int) -> tuple[AskedToStop, ...]:
    """What of an order waits for a location's answer to the request to stop picking: money, the oldest first,
    one entry for what was asked of the payments at one moment; then requests that no money waits for."""
    names = ("at", "state", "kind", "shipment", "amount", "currency", "until", "waits_for")
    query = select(*(_INTENT.c[name] for name in names)).where(_INTENT.c.order_pk == pk)
    rows = conn.execute(query.order_by(_INTENT.c.pk)).mappings().all()
    waiting: dict[tuple[int, str, int], int] = {}
    for row in rows:
        is_waiting = row["state"] == _S.REQUESTED and row["waits_for"] == PICK_CANCELLED
        if is_waiting and row["until"] is not None and row["amount"] is not None:
            key = (row["at"], row["kind"], row["until"])
            waiting[key] = waiting.get(key, 0) + row["amount"]
    currency = next((row["currency"] for row in rows if row["currency"]), "")
    with_money = {at for at, _, _ in waiting}
    alone = tuple(
        AskedToStop(shipments=(row["shipment"],))
        for row in rows
        if row["kind"] == STOP_PICKING and row["state"] == _S.REQUESTED and row["at"] not in with_money
    )
    money = tuple(
        AskedToStop(
            kind=kind,
            amount=Money(minor, currency),
            shipments=tuple(
                row["shipment"] for row in rows if row["kind"] == STOP_PICKING and row["at"] == at
            ),
            until=from_micros(until),
        )
        for (at, kind, until), minor in waiting.items()
    )
    return (*money, *alone)


def checked(conn: Connection, order_pk: int) -> tuple[tuple[int, int], ...]:
    """(payment, row that asked) of what somebody asks the provider for at present."""
    rows = rows_of(conn, _OF_ORDER, order_pk)
    return tuple(
        (payment, operation)
        for payment, operation, kind, state in rows
        if kind in ASKED_OF_PROVIDER and state in CHECKED
    )


def open_of(conn: Connection, order_pks: Sequence[int]) -> dict[int, set[tuple[int, int]]]:
    """Order -> (payment, row that asked) of its intents whose operations should have no answer yet."""
    found: dict[int, set[tuple[int, int]]] = {}
    for order_pk, payment, operation, kind, state in rows_of(conn, _OPEN_OF_ORDERS, *padded(order_pks)):
        if kind in ASKED_OF_PROVIDER and state in OPEN:
            found.setdefault(order_pk, set()).add((payment, operation))
    return found
