"""Settlement files of payment providers, how their rows stand to our operations, and what was reconciled."""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, text
from sqlmodel import Field, SQLModel

from oms_tui.domain.settlement import RowKind, Verdict
from oms_tui.store.tables.base import BESIDE_EACH_OTHER, ORDERS, big, one_of, row_number, whole


class MarkKind(StrEnum):
    """What happened to a row after it was judged for the first time."""

    ACCEPTED = "accepted"
    """Somebody accepted the difference, with a note."""
    MENDED = "mended"
    """It matches now."""
    REOPENED = "reopened"
    """It had been matched or accepted, and differs now."""


def _file_key() -> Any:
    return Field(sa_column=Column(BigInteger, ForeignKey("settlement_file.pk"), primary_key=True))


class SettlementFileRow(SQLModel, table=True):
    """A file that was taken in: append-only. It is whole once `settlement_covered` says what it covers."""

    __tablename__ = "settlement_file"
    __table_args__: ClassVar[Any] = (CheckConstraint("row_count >= 1", name="row_count"),)
    pk: int = row_number()
    name: str
    digest: str = Field(unique=True)
    """SHA-256 of its bytes: the same file again is the same file."""
    person: str
    taken: int = big()
    since: int = big()
    """The first moment of the days it covers."""
    until: int = big()
    """The first moment after them."""
    row_count: int
    rejected: int


class SettlementRowRow(SQLModel, table=True):
    """A row of a file as the provider wrote it: append-only."""

    __tablename__ = "settlement_row"
    __table_args__: ClassVar[Any] = (
        whole("amount", "fee", "at"),
        one_of("kind", RowKind),
        Index("settlement_row_reference", "reference_key"),
        BESIDE_EACH_OTHER,
    )
    file: int = _file_key()
    number: int = Field(primary_key=True)
    line: int
    reference: str
    reference_key: str
    """Copy: as compared."""
    kind: str
    amount: int = big()
    currency: str
    at: int = big()
    fee: int = big()


class SettlementCoveredRow(SQLModel, table=True):
    """A currency and a method of payment that a file is about: append-only, written when its rows are in.

    The row with an empty method says that the file has the currency, whatever its rows lead to.
    """

    __tablename__ = "settlement_covered"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    file: int = _file_key()
    currency: str = Field(primary_key=True)
    method: str = Field(primary_key=True)


class SettlementFindingRow(SQLModel, table=True):
    """Copy: how a row of a file, or an operation of ours that it lacks, stands now. It follows the orders."""

    __tablename__ = "settlement_finding"
    __table_args__: ClassVar[Any] = (
        one_of("verdict", Verdict),
        whole(optional=("ours",)),
        Index("settlement_finding_place", "file", "standing", "pk"),
        Index("settlement_finding_row", "file", "row", unique=True, sqlite_where=text("row IS NOT NULL")),
        Index("settlement_finding_order", "order_pk", sqlite_where=text("order_pk IS NOT NULL")),
        Index("settlement_finding_open", "standing", sqlite_where=text("standing < 3")),
        Index("settlement_finding_differed", "file", "standing", "row", sqlite_where=text("standing < 5")),
    )
    pk: int = row_number()
    file: int = Field(sa_column=Column(BigInteger, ForeignKey("settlement_file.pk"), nullable=False))
    row: int | None = None
    """Null: an operation of ours that the file does not have."""
    order_pk: int | None = Field(
        default=None, sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), nullable=True)
    )
    payment: int | None = None
    operation: int | None = None
    """The first row of our operation."""
    verdict: str
    reason: str
    ours: int | None = big(default=None)
    ours_currency: str
    state: str
    """Of our operation; "" where there is none."""
    standing: int
    """Its place in `domain.settlement.Standing`: the open ones first."""
    version: int
    """Rises with every change."""


class SettlementMarkRow(SQLModel, table=True):
    """What was reconciled, how and by whom: append-only."""

    __tablename__ = "settlement_mark"
    __table_args__: ClassVar[Any] = (one_of("how", MarkKind),)
    pk: int = row_number()
    finding: int = Field(
        sa_column=Column(BigInteger, ForeignKey("settlement_finding.pk"), index=True, nullable=False)
    )
    at: int = big()
    how: str
    person: str
    """"" where a change of the order did it: the audit entry of that version says who."""
    order_version: int | None = big(default=None)
    note: str
