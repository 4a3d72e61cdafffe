"""Commit keys: what an intent was answered, so that its retry gets the same answer (invariant I2)."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, select

from oms_tui.domain.answers import Committed
from oms_tui.store.statements import insert_rows
from oms_tui.store.tables import CommitKeyRow, table

_KEY = table(CommitKeyRow)
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
    query = select(_KEY.c.at, _KEY.c.body, _KEY.c.answer).where(_KEY.c.actor == actor, _KEY.c.key == key)
    row = conn.execute(query).first()
    return None if row is None else Answered(row.at, row.body, _ANSWER.decode(row.answer))


def put(conn: Connection, actor: str, key: str, at: int, body: str, answer: Committed) -> None:
    """Keep an answer, in the transaction of its effect.

    Raises:
        StoreError: The key is taken.
    """
    insert_rows(conn, CommitKeyRow, [(actor, key, at, body, msgspec.json.encode(answer).decode())])
