"""Papers: frozen in the transaction that issues their document, taken out to be printed, every print noted
(spec 9)."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from oms_tui.desk.authorise import as_of_now, authorise
from oms_tui.desk.desk import Desk
from oms_tui.desk.errors import Missing
from oms_tui.desk.subjects import find_order
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.authority import Right
from oms_tui.domain.documents import DocumentKind, IssuedDocument
from oms_tui.domain.order import Order
from oms_tui.domain.papers import Paper, Seller, paper_of
from oms_tui.domain.people import Actor
from oms_tui.domain.status import word
from oms_tui.store import papers
from oms_tui.store.engine import Connection
from oms_tui.store.orders import Stored

RIGHTS: Final = {
    DocumentKind.INVOICE: Right.DOWNLOAD_INVOICE,
    DocumentKind.RECEIPT: Right.DOWNLOAD_INVOICE,
    DocumentKind.CREDIT_NOTE: Right.DOWNLOAD_CREDIT_NOTE,
    DocumentKind.REVERSAL: Right.DOWNLOAD_CREDIT_NOTE,
}
"""Who may print what (spec 5)."""
LARGEST_LOGO: Final = 512 * 1024
"""Bytes of an image that is put on papers."""
PRINT: Final = "document.print"
"""The action of a print's audit entry."""
_IMAGES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPrint:
    """A paper and which copy of it the next print is."""

    paper: Paper
    logo: bytes
    copy: int
    """0 for the original."""


def freeze(work: Writing, pk: int, order: Order, *, first: int) -> None:
    """Keep the papers of an order's documents from place `first` on, as they are in this transaction.

    Raises:
        ValueError: A paper would not come to its document's total; nothing may be written then.
    """
    for place, document in enumerate(order.documents[first:], first):
        _freeze(work.desk, work.conn, pk, place, order, document)


def _freeze(
    desk: Desk, conn: Connection, pk: int, place: int, order: Order, document: IssuedDocument
) -> Paper:
    paper = paper_of(order, document, _seller(desk, conn, document.entity))
    papers.put(conn, pk, place, paper)
    return paper


def _seller(desk: Desk, conn: Connection, name: str) -> Seller:
    entity = desk.entity(name)
    image = _logo(entity.logo)
    return Seller(
        name=entity.name or name,
        address=entity.address,
        vat_id=entity.vat_id,
        footer=entity.footer,
        logo=papers.put_logo(conn, image) if image else "",
        time_zone=entity.time_zone or desk.policy.time_zone,
    )


def _logo(name: str) -> bytes:
    """The image of that file; none where it cannot be used: a document is not held up by its looks."""
    if not name:
        return b""
    try:
        with Path(name).expanduser().open("rb") as file:
            image = file.read(LARGEST_LOGO + 1)
    except (OSError, RuntimeError) as error:
        _log.warning("The logo %s cannot be read: %s", name, error)
        return b""
    if len(image) > LARGEST_LOGO or not image.startswith(_IMAGES):
        _log.warning("The logo %s is no PNG or JPEG image of at most %d bytes", name, LARGEST_LOGO)
        return b""
    return image


def to_print(desk: Desk, actor: Actor, order_id: str, kind: DocumentKind, number: str) -> ToPrint:
    """A document of an order, ready to be printed.

    One that was issued before papers were kept, or elsewhere, gets its paper now and keeps it.

    Raises:
        NoRight: They may not print documents of that kind.
        Missing: The order has no such document.
    """
    actor = authorise(desk, actor, RIGHTS[kind], subject=order_id)
    with desk.store.read() as conn:
        stored = find_order(conn, order_id)
        place = _place(stored.order, kind, number)
        paper = papers.find(conn, stored.pk, place)
        copy = papers.copies(conn, stored.pk, place)
        if paper is not None:
            return ToPrint(paper=paper, logo=papers.logo(conn, paper.seller.logo), copy=copy)
    with writing(desk) as work:
        stored = find_order(work.conn, order_id)
        paper = papers.find(work.conn, stored.pk, place) or _freeze(
            desk, work.conn, stored.pk, place, stored.order, stored.order.documents[place]
        )
        return ToPrint(paper=paper, logo=papers.logo(work.conn, paper.seller.logo), copy=copy)


def note_print(desk: Desk, actor: Actor, order_id: str, kind: DocumentKind, number: str, copy: int) -> bool:
    """Remember that somebody printed a document as that copy, in the audit log too; False, and nothing
    written, where somebody else printed it meanwhile.

    Raises:
        NoRight, Missing: As for `to_print`.
    """
    authorise(desk, actor, RIGHTS[kind], subject=order_id)
    with writing(desk) as work:
        actor = as_of_now(work.conn, actor)
        stored = find_order(work.conn, order_id)
        place = _place(stored.order, kind, number)
        if papers.copies(work.conn, stored.pk, place) != copy:
            return False
        papers.note_print(work.conn, stored.pk, place, copy, work.micros, actor.name)
        _log_print(work, actor, stored, kind, number, copy)
    return True


def _place(order: Order, kind: DocumentKind, number: str) -> int:
    for place, document in enumerate(order.documents):
        if (document.kind, document.number) == (kind, number):
            return place
    raise Missing(f"Order {order.id} has no {word(kind).lower()} {number}.")


def _log_print(
    work: Writing, actor: Actor, stored: Stored, kind: DocumentKind, number: str, copy: int
) -> None:
    which = f", copy {copy}" if copy else ""
    work.log(
        actor,
        PRINT,
        f"Printed {word(kind).lower()} {number}{which}",
        subject=stored.order.id,
        order_pk=stored.pk,
        version=stored.order.version,
    )
