"""Tables beside the order, which make no new version of it: claims, what was opened, the outbox."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from oms_tui.store.tables.base import ORDERS, big, later_number, later_text, order_key, row_number, whole


class ClaimRow(SQLModel, table=True):
    """Who works on an order now: a row beside the order (architecture 3)."""

    __tablename__ = "claim"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("until >= since", name="until"),
        Index("claim_person", "person", "since"),
        Index("claim_until", "until"),
    )
    order_pk: int = order_key()
    person: str
    since: int = big()
    until: int = big()


class OpenedRow(SQLModel, table=True):
    """What a person opened lately."""

    __tablename__ = "opened"
    __table_args__: ClassVar[Any] = (Index("opened_person", "person", "at"),)
    person: str = Field(primary_key=True)
    order_pk: int = order_key()
    at: int = big()


class StockMoveRow(SQLModel, table=True):
    """Pieces freed or taken at a location by a commit."""

    __tablename__ = "stock_move"
    pk: int | None = row_number()
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True, nullable=False)
    )
    at: int = big()
    location: str
    sku: str
    quantity: int
    kind: str = later_text("freed")
    """How the pieces moved (`domain.plan.StockKind`)."""


class MessageRow(SQLModel, table=True):
    """The outbox of messages to customers and locations."""

    __tablename__ = "outbox_message"
    __table_args__: ClassVar[Any] = (
        Index("message_waiting", "next_try", "pk", sqlite_where=sql("state = 'requested'")),
    )
    pk: int | None = row_number()
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True, nullable=False)
    )
    at: int = big()
    state: str
    """"requested" until something sends it, "sending" while it does, then "sent", "failed", or "unknown"
    where the one that was sending it broke off: it may have gone out, so it is never sent again."""
    audience: str
    recipient: str
    template: str
    language: str
    text: str
    tries: int = later_number()
    next_try: int = big(default=0, sa_column_kwargs={"server_default": sql("0"), "nullable": False})
    """Not before this moment, in microseconds."""
    error: str = later_text()
    """Why the last try failed."""


class IntentRow(SQLModel, table=True):
    """What is asked of the outside: durable before anything is called (invariant I5)."""

    __tablename__ = "outbox_intent"
    __table_args__: ClassVar[Any] = (
        whole(optional=["amount"]),
        CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="amount"),
        Index("intent_due", "next_try", "pk", sqlite_where=sql("next_try IS NOT NULL")),
        Index("intent_key", "key", unique=True),
    )
    pk: int | None = row_number()
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True, nullable=False)
    )
    at: int = big()
    state: str
    """How far it got (`store.intents.IntentState`)."""
    kind: str
    payment: int | None = None
    operation: int | None = None
    shipment: str | None = None
    amount: int | None = big(default=None)
    currency: str | None = None
    lines: str
    """JSON pairs of line number and pieces."""
    waits_for: str
    until: int | None = big(default=None)
    key: str = later_text()
    """What it is known by outside, the same for every try: 128 random bits, so that a database that was
    restored gives no key a second time."""
    tries: int = later_number()
    next_try: int | None = big(default=None)
    """When something is to be done about it, in microseconds: it is to be sent, to be asked for, or counts as
    broken off; None where nothing is."""
    left_at: int | None = big(default=None)
    """When it first left, or may have; None where it certainly never did."""
    error: str = later_text()
    """What is the matter with it."""
