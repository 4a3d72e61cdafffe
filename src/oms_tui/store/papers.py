"""Papers as they were frozen, their logos, and who printed them when: rows that are only ever added."""

import hashlib
import zlib
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, func, select

from oms_tui.clock import from_micros
from oms_tui.domain.answers import DocumentPrint
from oms_tui.domain.order import Order
from oms_tui.domain.papers import Paper
from oms_tui.store.errors import ProgrammingMistake
from oms_tui.store.statements import insert_rows, rows_of, rows_of_orders
from oms_tui.store.tables import LogoRow, PaperRow, PrintRow, table

_PAPER = table(PaperRow)
_LOGO = table(LogoRow)
_PRINT = table(PrintRow)
_BODY = select(_PAPER.c.body, _PAPER.c.digest).where(
    _PAPER.c.order_pk == bindparam("pk"), _PAPER.c.place == bindparam("place")
)
_IMAGE = select(_LOGO.c.image).where(_LOGO.c.digest == bindparam("digest"))
_PRINTS = (
    select(_PRINT.c.place, _PRINT.c.copy, _PRINT.c.at, _PRINT.c.person)
    .where(_PRINT.c.order_pk == bindparam("pk"))
    .order_by(_PRINT.c.pk)
)
_COPIES = select(func.count()).where(
    _PRINT.c.order_pk == bindparam("pk"), _PRINT.c.place == bindparam("place")
)
_LEVEL = 6
"""Of compression: a paper of 60 lines becomes a tenth of its size."""


def put(conn: Connection, pk: int, place: int, paper: Paper) -> None:
    """Keep the paper of an order's document as it is, for good."""
    body = msgspec.json.encode(paper)
    digest = hashlib.sha256(body).hexdigest()
    insert_rows(conn, PaperRow, [(pk, place, zlib.compress(body, _LEVEL), digest)])


def find(conn: Connection, pk: int, place: int) -> Paper | None:
    """The paper of an order's document; None where none was kept.

    Raises:
        ProgrammingMistake: What is kept is not what was put.
    """
    rows = rows_of(conn, _BODY, pk, place)
    if not rows:
        return None
    paper = _read(*rows[0])
    if paper is None:
        raise ProgrammingMistake("The paper of a document is not what was kept.")
    return paper


def of_orders(conn: Connection, pks: Sequence[int]) -> dict[int, dict[int, Paper | None]]:
    """Order -> place of a document -> its paper; None where what is kept is not what was put."""
    found: dict[int, dict[int, Paper | None]] = {}
    for pk, place, body, digest in rows_of_orders(conn, PaperRow, pks):
        found.setdefault(pk, {})[place] = _read(body, digest)
    return found


def _read(compressed: bytes, digest: str) -> Paper | None:
    try:
        body = zlib.decompress(compressed)
        if hashlib.sha256(body).hexdigest() != digest:
            return None
        return msgspec.json.decode(body, type=Paper)
    except (zlib.error, msgspec.DecodeError):
        return None


def put_logo(conn: Connection, image: bytes) -> str:
    """Keep an image under its digest, once."""
    digest = hashlib.sha256(image).hexdigest()
    if not rows_of(conn, _IMAGE, digest):
        insert_rows(conn, LogoRow, [(digest, image)])
    return digest


def logo(conn: Connection, digest: str) -> bytes:
    """The image of that digest; nothing where there is none."""
    rows = rows_of(conn, _IMAGE, digest) if digest else []
    return bytes(rows[0][0]) if rows else b""


def copies(conn: Connection, pk: int, place: int) -> int:
    """How often a document was printed."""
    return int(rows_of(conn, _COPIES, pk, place)[0][0])


def note_print(conn: Connection, pk: int, place: int, copy: int, at: int, person: str) -> None:
    """Remember that somebody printed a document."""
    conn.execute(
        _PRINT.insert().values(order_pk=pk, place=place, copy=copy, at=at, person=person),
    )


def prints_of(conn: Connection, pk: int, order: Order) -> tuple[DocumentPrint, ...]:
    """Who printed an order's documents when, oldest first."""
    if not order.documents:
        return ()
    return tuple(
        DocumentPrint(
            kind=order.documents[place].kind,
            number=order.documents[place].number,
            copy=copy,
            at=from_micros(at),
            person=person,
        )
        for place, copy, at, person in rows_of(conn, _PRINTS, pk)
    )
