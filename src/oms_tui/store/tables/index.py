"""Tables that are copies alone: open tasks, tags and counters, by which queues and filters find orders."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from oms_tui.store.tables.base import BESIDE_EACH_OTHER, big, order_key


class OpenTaskRow(SQLModel, table=True):
    """Copy: the open tasks of the flows, found by when they are due (architecture 2)."""

    __tablename__ = "open_task"
    __table_args__: ClassVar[Any] = (Index("open_task_due", "next_run"), BESIDE_EACH_OTHER)
    order_pk: int = order_key()
    shipment: str = Field(primary_key=True)
    """"" for the order's own tasks."""
    task: str = Field(primary_key=True)
    state: str
    next_run: int | None = big(default=None)


class TagRow(SQLModel, table=True):
    """Copy: facts of an order that queues and filters ask for and that have several values or few orders.

    Tags: "hold:KIND" (open holds), "line:undelivered", "task:STATE" (failed, active, pending: an open task of
    the order or of its shipments), "task:blocked", "task:blocked:WHAT" (`fields.BLOCKERS`), "uncaptured",
    "uncaptured_shipped", "cancel:requested", "refund:STATE" (not done), "return:STATUS".
    """

    __tablename__ = "order_tag"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    tag: str = Field(primary_key=True)
    created: int = Field(sa_column=Column(BigInteger, primary_key=True))
    order_pk: int = order_key()


class CounterRow(SQLModel, table=True):
    """Copy: how many orders have a status ("status:shipped") or a tag ("hold:fraud"); "orders" counts all."""

    __tablename__ = "counter"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    name: str = Field(primary_key=True)
    value: int = big()
