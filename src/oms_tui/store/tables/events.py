"""Tables of events: those that were taken, and those that wait, are kept or must be looked at (spec 3.3)."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from oms_tui.domain.events.cases import CaseState
from oms_tui.store.tables.base import BESIDE_EACH_OTHER, ORDERS, big, later_text, one_of


class EventRow(SQLModel, table=True):
    """An event that was taken: the same id again changes nothing (spec 3.3)."""

    __tablename__ = "event"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    id: str = Field(primary_key=True)
    order_pk: int = Field(
        sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True, nullable=False)
    )
    kind: str
    at: int = big()
    """Its own time."""
    taken: int = big()
    """When it reached us."""
    digest: str = later_text()
    """Of its body: the same id with another body is refused; "" = not known."""


class EventCaseRow(SQLModel, table=True):
    """An event that waits, is kept, is a problem or was parked. Of those that were taken only problems."""

    __tablename__ = "event_case"
    __table_args__: ClassVar[Any] = (
        one_of("state", CaseState),
        CheckConstraint("(state = 'waiting') = (next_try IS NOT NULL)", name="next_try"),
        CheckConstraint("is_taken = 0 OR order_pk IS NOT NULL", name="is_taken"),
        Index("event_case_order", "order_pk"),
        Index("event_case_due", "next_try", sqlite_where=sql("next_try IS NOT NULL")),
        Index("event_case_unknown", "order_id", sqlite_where=sql("order_pk IS NULL")),
        Index("event_case_state", "state", "received", "id"),
    )
    id: str = Field(primary_key=True)
    order_pk: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), nullable=True)
    )
    """None while no order of that ID is here."""
    order_id: str
    kind: str
    at: int = big()
    received: int = big()
    state: str
    is_taken: bool
    reason: str
    digest: str
    body: str
    """The event as JSON (`store.events.pack`)."""
    until: int | None = big(default=None)
    """When waiting is over."""
    next_try: int | None = big(default=None)
    """When it is tried again: at once after its order changed, else when waiting is over."""
    person: str
    note: str
    version: int
