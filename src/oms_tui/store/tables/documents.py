"""Tables of issued documents: what was issued, the paper it was made from, who printed it when.

All of them are append-only, guarded by triggers (invariant M7): a mistake is mended by another document.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from oms_tui.domain.documents import DocumentKind
from oms_tui.store.tables.base import BESIDE_EACH_OTHER, ORDERS, big, one_of, order_key, row_number, whole


class DocumentRow(SQLModel, table=True):
    """A document as it was issued."""

    __tablename__ = "document"
    __table_args__: ClassVar[Any] = (
        whole("total", "at"),
        one_of("kind", DocumentKind),
        CheckConstraint("number <> ''", name="number"),
        Index("document_series", "entity", "number", unique=True, sqlite_where=text("is_imported = 0")),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    place: int = Field(primary_key=True)
    """Its place among the order's documents, from 0: they are never taken away."""
    kind: str
    number: str
    at: int = big()
    entity: str
    shipment: str | None = None
    total: int = big()
    parts: str
    """JSON: [line, charge, quantity, amount, tax] each."""
    operations: str
    """JSON: [payment, operation] each."""
    refers_to: str
    reason: str
    is_imported: bool


class PaperRow(SQLModel, table=True):
    """Everything that stands on a document, frozen when it was issued: what its PDF is made from."""

    __tablename__ = "document_paper"
    order_pk: int = order_key()
    place: int = Field(primary_key=True)
    """The document's."""
    body: bytes = Field(sa_type=LargeBinary)
    """The paper as JSON, compressed."""
    digest: str
    """SHA-256 of the JSON."""


class LogoRow(SQLModel, table=True):
    """A logo that stands on papers, kept under its digest, so that a paper looks the same when the file is
    another."""

    __tablename__ = "document_logo"
    digest: str = Field(primary_key=True)
    """SHA-256 of the image."""
    image: bytes = Field(sa_type=LargeBinary)


class PrintRow(SQLModel, table=True):
    """A document that somebody printed."""

    __tablename__ = "document_print"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("copy >= 0", name="copy"),
        Index("print_copy", "order_pk", "place", "copy", unique=True),
    )
    pk: int | None = row_number()
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), nullable=False)
    )
    place: int
    """The document's."""
    copy_number: int = Field(sa_column=Column("copy", BigInteger, nullable=False))
    """0 for the original."""
    at: int = big()
    person: str
