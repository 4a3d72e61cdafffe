"""What goes out with a commit: stock moves, messages, intents toward the outside, sent afterwards (I5)."""

import msgspec
from sqlalchemy import Connection, insert

from oms_tui.domain.plan import Intent, Message, Outcome, StockMove
from oms_tui.store.packing import micros_or_none
from oms_tui.store.tables import IntentRow, MessageRow, StockMoveRow, table

REQUESTED = "requested"
"""The state of a row until something sends it."""


def add(conn: Connection, pk: int, outcome: Outcome, at: int) -> None:
    """Write everything an outcome sends out, in the transaction of its effect.

    Args:
        conn: A connection that holds the write lock.
        pk: The order's number.
        outcome: What was decided.
        at: When, in microseconds.
    """
    beside: dict[str, object] = {"order_pk": pk, "at": at}
    for row, values in (
        (StockMoveRow, [_stock_move(move) for move in outcome.stock]),
        (MessageRow, [_message(message) for message in outcome.messages]),
        (IntentRow, [_intent(intent) for intent in outcome.intents]),
    ):
        if values:
            conn.execute(insert(table(row)), [beside | value for value in values])


def _stock_move(move: StockMove) -> dict[str, object]:
    return {
        "location": move.location,
        "sku": move.sku,
        "quantity": move.quantity,
        "kind": move.kind.value,
    }


def _message(message: Message) -> dict[str, object]:
    return {
        "state": REQUESTED,
        "audience": message.audience,
        "recipient": message.recipient,
        "template": message.template,
        "language": message.language,
        "text": message.text,
    }


def _intent(intent: Intent) -> dict[str, object]:
    return {
        "state": REQUESTED,
        "kind": intent.kind,
        "payment": intent.payment,
        "operation": intent.operation,
        "shipment": intent.shipment,
        "amount": None if intent.amount is None else intent.amount.minor,
        "currency": None if intent.amount is None else intent.amount.currency,
        "lines": msgspec.json.encode(intent.lines).decode(),
        "waits_for": intent.waits_for,
        "until": micros_or_none(intent.until),
    }
