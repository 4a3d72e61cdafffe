"""The audit chain: append-only entries linked by HMAC, their details in rows of their own (A1 to A5).

An entry's link covers the link before it and a digest of its detail, never the detail itself, so that
personal data can be erased and the chain still holds. The key is not in the database.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, update

from oms_tui.clock import from_micros
from oms_tui.domain.answers import TimelineEntry
from oms_tui.domain.plan import Change, ChangeKind
from oms_tui.store.errors import ProgrammingMistake
from oms_tui.store.statements import Values, columns, insert_rows, rows_of
from oms_tui.store.tables import AuditDetailRow, AuditRow, table

START = bytes(32)
"""What stands before the first entry."""
ERASED = ""
"""The body of a detail that was erased."""
_ENTRY = table(AuditRow)
_DETAIL = table(AuditDetailRow)
_LAST = select(_ENTRY.c.seq, _ENTRY.c.link).where(
    _ENTRY.c.seq == select(func.max(_ENTRY.c.seq)).scalar_subquery()
)
_BATCH = 1_000
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(tuple[str, list[tuple[str, str, str, str, str]]]).decode
_LINKED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=repr).encode
_KINDS = {kind.value: kind for kind in ChangeKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What happened, as its audit entry will say (A2). Sequence number and link are given by `append`."""

    at: int
    """Microseconds, by the desk's clock."""
    actor: str
    session: str = ""
    origin: str = ""
    action: str
    order_pk: int | None = None
    subject: str = ""
    """The order, return or person it is about."""
    version: int | None = None
    key: str = ""
    """The intent's idempotency key."""
    result: str = "done"
    """"done" or "refused"."""
    summary: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of the chain: its number (0 = there is none) and its link."""

    seq: int
    link: bytes


def append(conn: Connection, key: bytes, entries: Sequence[NewEntry]) -> int:
    """Add entries at the end of the chain, in their order. The connection holds the write lock.

    Returns:
        The number of the last entry of the chain.
    """
    last = head(conn)
    seq, link = last.seq, last.link
    rows: list[Values] = []
    details: list[Values] = []
    for entry in entries:
        seq += 1
        body = _body(entry)
        values = (
            seq,
            entry.at,
            entry.actor,
            entry.session,
            str(entry.origin),
            entry.action,
            entry.order_pk,
            entry.subject,
            entry.version,
            entry.key,
            entry.result,
            _digest(body),
        )
        link = _link(key, link, values)
        rows.append((*values, link))
        details.append((seq, body))
    insert_rows(conn, AuditRow, rows)
    insert_rows(conn, AuditDetailRow, details)
    return seq


def head(conn: Connection) -> Head:
    """The end of the chain."""
    rows = rows_of(conn, _LAST)
    return Head(int(rows[0][0]), bytes(rows[0][1])) if rows else Head(0, START)


def link_of(conn: Connection, seq: int) -> bytes | None:
    """The link of an entry, None where there is none: compared with the head copied outside (A4)."""
    found = conn.execute(select(_ENTRY.c.link).where(_ENTRY.c.seq == seq)).scalar()
    return None if found is None else bytes(found)


def erase_detail(conn: Connection, seq: int) -> None:
    """Erase what an entry says about persons; the chain stays whole (A5).

    Raises:
        ProgrammingMistake: There is no such entry.
    """
    done = conn.execute(update(_DETAIL).where(_DETAIL.c.seq == seq).values(body=ERASED))
    if done.rowcount != 1:
        raise ProgrammingMistake(f"There is no audit entry {seq}.")


def timeline(
    conn: Connection, pk: int, before: int | None = None, limit: int = 100
) -> tuple[TimelineEntry, ...]:
    """What happened to an order, newest first: its audit entries with numbers below `before`."""
    query = (
        select(
            _ENTRY.c.seq,
            _ENTRY.c.at,
            _ENTRY.c.actor,
            _ENTRY.c.origin,
            _ENTRY.c.action,
            _ENTRY.c.version,
            _DETAIL.c.body,
        )
        .join(_DETAIL, _DETAIL.c.seq == _ENTRY.c.seq)
        .where(_ENTRY.c.order_pk == pk)
        .order_by(_ENTRY.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(_ENTRY.c.seq < before)
    return tuple(_timeline_entry(*row) for row in conn.execute(query))


def verify(conn: Connection, key: bytes) -> list[str]:
    """Walk the whole chain; one sentence for every entry that does not hold, none where all is well (A4)."""
    return list(problems(conn, key))


def problems(conn: Connection, key: bytes) -> Iterator[str]:
    """The same, as they are found, in batches: memory stays bounded."""
    expected, link = 1, START
    for row, has_detail, body in _walk(conn):
        seq = row[0]
        if seq != expected:
            yield f"Audit entries {expected} to {seq - 1} are missing."
        stored = bytes(row[-1])
        if not hmac.compare_digest(_link(key, link, row[:-1]), stored):
            yield f"Audit entry {seq} does not fit its link: it, or what stood before it, was changed."
        if not has_detail:
            yield f"The detail of audit entry {seq} is missing."
        elif body != ERASED and _digest(body) != row[-2]:
            yield f"The detail of audit entry {seq} was changed."
        expected, link = seq + 1, stored
    yield from _stray_details(conn)


def _walk(conn: Connection) -> Iterator[tuple[Any, bool, Any]]:
    query = (
        select(_ENTRY, _DETAIL.c.seq, _DETAIL.c.body)
        .outerjoin(_DETAIL, _DETAIL.c.seq == _ENTRY.c.seq)
        .order_by(_ENTRY.c.seq)
        .limit(_BATCH)
    )
    width = len(columns(AuditRow))
    # Below every number a row can have: one that was slipped in before the first is walked too.
    last = -(2**63)
    while rows := conn.execute(query.where(_ENTRY.c.seq > last)).fetchall():
        for row in rows:
            yield tuple(row[:width]), row[width] is not None, row[width + 1]
        last = rows[-1][0]


def _stray_details(conn: Connection) -> Iterator[str]:
    query = (
        select(_DETAIL.c.seq)
        .outerjoin(_ENTRY, _ENTRY.c.seq == _DETAIL.c.seq)
        .where(_ENTRY.c.seq.is_(None))
        .order_by(_DETAIL.c.seq)
    )
    for seq in conn.execute(query).scalars():
        yield f"There is a detail of audit entry {seq}, which is not there."


def _timeline_entry(
    seq: int, at: int, actor: str, origin: str, action: str, version: int | None, body: str
) -> TimelineEntry:
    is_erased = body == ERASED
    summary, changes = ("", []) if is_erased else _DECODE(body)
    return TimelineEntry(
        seq=seq,
        at=from_micros(at),
        actor=actor,
        origin=origin,
        action=action,
        summary=summary,
        changes=tuple(Change(_KINDS[kind], *rest) for kind, *rest in changes),
        is_erased=is_erased,
        version=version,
    )


def _body(entry: NewEntry) -> str:
    changes = [(c.kind.value, c.path, c.label, c.before, c.after) for c in entry.changes]
    return _ENCODE((entry.summary, changes)).decode()


def _digest(body: object) -> str:
    return hashlib.sha256(str(body).encode("utf-8", "surrogatepass")).hexdigest()


def _link(key: bytes, before: bytes, values: Sequence[Any]) -> bytes:
    return hmac.digest(key, before + _LINKED(list(values)).encode("ascii"), "sha256")
