"""Tables of the desk itself: facts about the database, people, commit keys, the audit chain."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from oms_tui.store.tables.base import BESIDE_EACH_OTHER, big, row_number


class MetaRow(SQLModel, table=True):
    """Facts about the database itself: kind ("desk" or "sample"), name, id."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class CommitKeyRow(SQLModel, table=True):
    """Idempotency: what a commit answered, under the key its intent was made with (invariant I2)."""

    __tablename__ = "commit_key"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: int = big(index=True)
    body: str
    """SHA-256 of the canonical body."""
    answer: str


class PersonRow(SQLModel, table=True):
    """Somebody who may sign in."""

    __tablename__ = "person"
    name_key: str = Field(primary_key=True)
    name: str
    display_name: str
    roles: str
    password_hash: str
    """"" in sample data, whose people need no password."""
    is_disabled: bool
    created: int = big()


class SignInFailureRow(SQLModel, table=True):
    """Failed sign-ins since the last good one, per name and per origin (invariant N3)."""

    __tablename__ = "sign_in_failure"
    scope: str = Field(primary_key=True)
    """"name:…" or "origin:…"."""
    failures: int
    last_at: int = big()


class AuditRow(SQLModel, table=True):
    """One audit entry: append-only, gapless, linked by HMAC (section A of the invariants). Read per order:
    the timeline."""

    __tablename__ = "audit_entry"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("length(link) = 32", name="link"),
        CheckConstraint("seq >= 1", name="seq"),
        Index("audit_order", "order_pk", "seq"),
    )
    seq: int | None = row_number()
    at: int = big()
    actor: str
    session: str
    origin: str
    action: str
    order_pk: int | None = big(default=None)
    subject: str
    """The order, return or person it is about; "" for none."""
    version: int | None = None
    key: str
    result: str
    """"done" or "refused"."""
    detail_digest: str
    """SHA-256 of the detail row, so that the detail can be erased without breaking the chain (A5)."""
    link: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AuditDetailRow(SQLModel, table=True):
    """The person's part of an audit entry: summary and before/after values, JSON. Erasable (A5), never
    changed."""

    __tablename__ = "audit_detail"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True))
    body: str
