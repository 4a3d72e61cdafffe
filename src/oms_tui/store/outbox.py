"""What goes out with a commit: stock moves, messages, intents toward the outside, sent afterwards (I5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from oms_tui.domain.plan import Message, Outcome
from oms_tui.store import intents
from oms_tui.store.statements import Values, insert_rows
from oms_tui.store.tables import IntentRow, MessageRow, OrderRow, StockMoveRow, table

REQUESTED: Final = "requested"
"""The state of a row until something sends it."""
SENDING, SENT, FAILED, UNKNOWN = "sending", "sent", "failed", "unknown"
"""The other states of a message (see `MessageRow`)."""
_MESSAGE = table(MessageRow)
_ORDER = table(OrderRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message that waits to be sent."""

    pk: int
    order_pk: int
    audience: str
    recipient: str
    template: str
    language: str
    text: str
    tries: int
    """How often it was tried already."""


def add(conn: Connection, decided: Iterable[tuple[int, Outcome]], at: int) -> None:
    """Write everything that outcomes send out, in the transaction of their effects.

    Args:
        conn: A connection that holds the write lock.
        decided: What was decided, each with its order's number.
        at: When, in microseconds.
    """
    stock: list[Values] = []
    messages, asked = [], []
    for pk, outcome in decided:
        stock += [
            (None, pk, at, move.location, move.sku, move.quantity, move.kind.value) for move in outcome.stock
        ]
        beside: dict[str, object] = {"order_pk": pk, "at": at}
        messages += [beside | _message(message) for message in outcome.messages]
        asked += [beside | intents.row_of(intent, at) for intent in outcome.intents]
    insert_rows(conn, StockMoveRow, stock)
    for row, values in ((MessageRow, messages), (IntentRow, asked)):
        if values:
            conn.execute(insert(table(row)), values)


def _message(message: Message) -> dict[str, object]:
    return {
        "state": REQUESTED,
        "audience": message.audience,
        "recipient": message.recipient,
        "template": message.template,
        "language": message.language,
        "text": message.text,
    }


def next_message(conn: Connection, now: int) -> Waiting | None:
    """The message that may be sent now and has waited longest, or None."""
    names = ("pk", "order_pk", "audience", "recipient", "template", "language", "text", "tries")
    query = (
        select(*(_MESSAGE.c[name] for name in names))
        .where(_MESSAGE.c.state == REQUESTED, _MESSAGE.c.next_try <= now)
        .order_by(_MESSAGE.c.next_try, _MESSAGE.c.pk)
        .limit(1)
    )
    row = conn.execute(query).mappings().first()
    return None if row is None else Waiting(**row)


def begin_sending(conn: Connection, pk: int, now: int) -> bool:
    """Say that a message is being sent from now on; False where another was quicker."""
    write = update(_MESSAGE).where(_MESSAGE.c.pk == pk, _MESSAGE.c.state == REQUESTED)
    done = conn.execute(write.values(state=SENDING, tries=_MESSAGE.c.tries + 1, next_try=now))
    return done.rowcount == 1


def end_sending(
    conn: Connection, pk: int, state: str, *, error: str = "", next_try: int | None = None
) -> None:
    """Write what became of a message that was being sent; with `next_try` it is sent again then."""
    values: dict[str, Any] = {"state": state, "error": error}
    if next_try is not None:
        values["next_try"] = next_try
    conn.execute(update(_MESSAGE).where(_MESSAGE.c.pk == pk, _MESSAGE.c.state == SENDING).values(values))


def give_up_old(conn: Connection, before: int, error: str) -> int:
    """Messages that were asked for before a moment are not sent any more; how many those are."""
    old = update(_MESSAGE).where(_MESSAGE.c.state == REQUESTED, _MESSAGE.c.at < before)
    return conn.execute(old.values(state=FAILED, error=error)).rowcount


def give_up_lost(conn: Connection, before: int, error: str) -> int:
    """Messages whose sending began before a moment and never ended: nobody knows whether they went out."""
    lost = update(_MESSAGE).where(_MESSAGE.c.state == SENDING, _MESSAGE.c.next_try < before)
    return conn.execute(lost.values(state=UNKNOWN, error=error)).rowcount


def order_id_of(conn: Connection, pk: int) -> str:
    """The ID of the order that a message is about."""
    return str(conn.execute(select(_ORDER.c.id).where(_ORDER.c.pk == pk)).scalar_one())
