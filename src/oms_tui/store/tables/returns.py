"""Tables of returns and credit notes."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from oms_tui.domain.status import CreditNoteStatus, RefundStatus, ReturnStatus
from oms_tui.store.tables.base import BESIDE_EACH_OTHER, ORDERS, big, one_of, whole


class ReturnRow(SQLModel, table=True):
    """A return order."""

    __tablename__ = "return_order"
    __table_args__: ClassVar[Any] = (
        whole("refund_minor", "created", "touched"),
        one_of("status", ReturnStatus),
        CheckConstraint("version >= 1", name="version"),
        Index("return_touched", "touched"),
        Index("return_status", "status", "created"),
    )
    id: str = Field(primary_key=True)
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True, nullable=False)
    )
    created: int = big()
    touched: int = big()
    return_point: str
    return_point_type: str | None = None
    tracking: str
    tracking_key: str = Field(index=True)
    closed_at: int | None = big(default=None)
    currency: str
    status: str
    """Copy: derived return status."""
    refund_minor: int = big()
    """Copy: what its lines give back."""
    flow: str
    version: int


class ReturnLineRow(SQLModel, table=True):
    """A line of a return order."""

    __tablename__ = "return_line"
    __table_args__: ClassVar[Any] = (
        whole("refund"),
        one_of("status", ReturnStatus),
        one_of("refund_status", RefundStatus),
        one_of("credit_note_status", CreditNoteStatus),
        CheckConstraint("quantity > 0", name="quantity"),
        BESIDE_EACH_OTHER,
    )
    return_id: str = Field(foreign_key="return_order.id", primary_key=True)
    number: int = Field(primary_key=True)
    order_line: int
    sku: str
    name: str
    quantity: int
    reason: str
    review_rule: str | None = None
    rule_name: str
    condition: str
    status: str
    refund: int = big()
    captured_status: str
    refund_status: str
    credit_note_status: str
    credit_note: str


class CreditNoteRow(SQLModel, table=True):
    """A credit note: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "credit_note"
    number: str = Field(primary_key=True)
    at: int = big()
    currency: str
    customer_number: str = Field(index=True)
    country: str
    source: str


class CreditNoteLineRow(SQLModel, table=True):
    """A row of a credit note: append-only. Without an order it is unattached."""

    __tablename__ = "credit_note_line"
    __table_args__: ClassVar[Any] = (
        whole("amount"),
        BESIDE_EACH_OTHER,
    )
    credit_note: str = Field(foreign_key="credit_note.number", primary_key=True)
    number: int = Field(primary_key=True)
    code: str
    name: str
    quantity: int
    amount: int = big()
    order_id: str | None = Field(default=None, index=True)
    return_id: str | None = None
