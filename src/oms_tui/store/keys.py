"""Commit keys: what an intent was answered, so that its retry gets the same answer (invariant I2)."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, select

from oms_tui.domain.answers import Committed
from oms_tui.store.statements import insert_rows, rows_of
from oms_tui.store.tables import CommitKeyRow, table

_KEY = table(CommitKeyRow)
_ANSWERED = select(_KEY.c.at, _KEY.c.body, _KEY.c.answer).where(
    _KEY.c.actor == bindparam("actor"), _KEY.c.key == bindparam("intent")
)
_ANSWER = msgspec.json.Decoder(Committed)


@dataclass(frozen=True, slots=True)
class Answered:
    """An intent that took effect: when, the digest of what was asked, and the answer."""

    at: int
    """Microseconds."""
    body: str
    answer: Committed


def find(conn: Connection, actor: str, key: str) -> Answered | None:
    """What the actor's intent with that key was answered; None where it took no effect."""
    rows = rows_of(conn, _ANSWERED, actor, key)
    return None if not rows else Answered(rows[0][0], rows[0][1], _ANSWER.decode(rows[0][2]))


def put(conn: Connection, actor: str, key: str, at: int, body: str, answer: Committed) -> None:
    """Keep an answer, in the transaction of its effect.

    Raises:
        StoreError: The key is taken.
    """
    insert_rows(conn, CommitKeyRow, [(actor, key, at, body, msgspec.json.encode(answer).decode())])
