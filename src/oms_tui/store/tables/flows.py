"""Tables that flows work with: locations and their stock, numbers of documents, workers."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from oms_tui.domain.world import LocationType
from oms_tui.store.tables.base import BESIDE_EACH_OTHER, big, one_of, order_key


class LocationRow(SQLModel, table=True):
    """A warehouse or store that holds stock (spec 2)."""

    __tablename__ = "location"
    __table_args__: ClassVar[Any] = (one_of("type", LocationType), BESIDE_EACH_OTHER)
    code: str = Field(primary_key=True)
    name: str
    country: str
    """ISO 3166 alpha-2, "" = not known."""
    type: str


class StockRow(SQLModel, table=True):
    """Pieces of an article at a location: `reserved` of them for open lines, the others free."""

    __tablename__ = "stock"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved"),
        Index("stock_location", "location"),
        BESIDE_EACH_OTHER,
    )
    sku_key: str = Field(primary_key=True)
    """The SKU as compared (`domain.filter.keys.code_key`)."""
    location: str = Field(foreign_key="location.code", primary_key=True)
    sku: str
    on_hand: int
    reserved: int
    """Copy: the pieces of the lines from Allocated to Packed at this location."""


class SeriesRow(SQLModel, table=True):
    """The last number drawn for a kind of document, per selling entity and year of issue (spec 9)."""

    __tablename__ = "series"
    __table_args__: ClassVar[Any] = (CheckConstraint("last >= 1", name="last"), BESIDE_EACH_OTHER)
    entity: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    year: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    prefix: str
    """What its numbers begin with: one for each entity."""
    last: int = big()


class WorkerRow(SQLModel, table=True):
    """A worker that carries flows on: it shows that it is alive by writing `seen` again and again."""

    __tablename__ = "flow_worker"
    name: str = Field(primary_key=True)
    host: str
    pid: int
    started: int = big()
    seen: int = big()
    orders: int = big()
    """Orders it carried on since it started."""


class FlowFailureRow(SQLModel, table=True):
    """An order whose flow broke off by a fault of the program: it is left alone until `until`."""

    __tablename__ = "flow_failure"
    order_pk: int = order_key()
    at: int = big()
    until: int = big()
    error: str
    """The kind of fault; no values, so that nobody's data is in it."""
