"""What the tables share: column kinds, names of constraints, and checks as the last guard (M1, S2)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, String, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ORDERS = "orders.pk"
BESIDE_EACH_OTHER: dict[str, Any] = {"sqlite_with_rowid": False}
"""Stored in the order of the primary key, so that one order's rows lie together."""


def big(**options: Any) -> Any:
    """A 64-bit integer column: money in minor units, or a time in microseconds."""
    return Field(sa_type=BigInteger, **options)


def later_text(default: str = "") -> Any:
    """A text column that was added to a table with rows in it: they all got the default."""
    column: Any = Column(String, nullable=False, server_default=text(f"'{default}'"))
    return Field(default=default, sa_column=column)


def later_number() -> Any:
    """A small whole number in a column that was added to a table with rows in it: they all got 0."""
    return Field(default=0, sa_column=Column(Integer, nullable=False, server_default=text("0")))


def row_number() -> Any:
    """The table's own counting key, given by the database where none is."""
    column: Any = Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    return Field(default=None, sa_column=column)


def order_key() -> Any:
    """The first half of the key of everything that belongs to an order."""
    return Field(sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), primary_key=True))


def whole(*columns: str, optional: Iterable[str] = ()) -> Any:
    """The check that money is a whole count of minor units in the file itself (invariant M1).

    SQLite keeps whatever it is given; elsewhere the column's type says it. `optional` columns may be null.
    """
    tests = [f"typeof({column}) = 'integer'" for column in columns]
    tests += [f"typeof({column}) IN ('integer', 'null')" for column in optional]
    return CheckConstraint(" AND ".join(tests), name="whole").ddl_if(dialect="sqlite")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """The check that a status is one of those there are (invariant S2)."""
    # A chain of OR: SQLite would build a table anew for every row it checks against a list.
    return CheckConstraint(" OR ".join(f"{column} = '{value.value}'" for value in values), name=column)
