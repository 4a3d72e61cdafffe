"""Columns as migrations write them. Released migrations mean what is said here: add, never change."""

from typing import Any

import sqlalchemy as sa

Columns = list[sa.Column[Any]]


def text(*names: str) -> Columns:
    """Text that is never null."""
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def text_or_null(*names: str) -> Columns:
    """Text, or null."""
    return [sa.Column(name, sa.String(), nullable=True) for name in names]


def number(*names: str) -> Columns:
    """A small whole number."""
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def number_or_null(*names: str) -> Columns:
    """A small whole number, or null."""
    return [sa.Column(name, sa.Integer(), nullable=True) for name in names]


def big(*names: str) -> Columns:
    """Money in minor units, or a time in microseconds."""
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def big_or_null(*names: str) -> Columns:
    """Money in minor units, or a time in microseconds, or null."""
    return [sa.Column(name, sa.BigInteger(), nullable=True) for name in names]


def later_text(name: str, default: str = "") -> sa.Column[Any]:
    """Text that is never null, for a table with rows in it: they all get the default."""
    return sa.Column(name, sa.String(), server_default=sa.text(f"'{default}'"), nullable=False)


def later_number(name: str) -> sa.Column[Any]:
    """A small whole number for a table with rows in it: they all get 0."""
    return sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)


def later_big(name: str) -> sa.Column[Any]:
    """Money or a time for a table with rows in it: they all get 0."""
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def flag(*names: str) -> Columns:
    """Yes or no."""
    return [sa.Column(name, sa.Boolean(), nullable=False) for name in names]


def octets(*names: str) -> Columns:
    """Bytes."""
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def row_number(name: str) -> sa.Column[Any]:
    """The table's own counting key."""
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def key(*names: str) -> sa.PrimaryKeyConstraint:
    """The primary key."""
    return sa.PrimaryKeyConstraint(*names)


def refers(column: str, target: str, *, restrict: bool = False) -> sa.ForeignKeyConstraint:
    """A foreign key of one column, `target` as "table.column"."""
    return sa.ForeignKeyConstraint([column], [target], ondelete="RESTRICT" if restrict else None)


def check(name: str, condition: str) -> sa.CheckConstraint:
    """A condition every row meets."""
    return sa.CheckConstraint(condition, name=name)


def check_on_sqlite(name: str, condition: str) -> Any:
    """A condition that other databases see to by the column's type."""
    return sa.CheckConstraint(condition, name=name).ddl_if(dialect="sqlite")
