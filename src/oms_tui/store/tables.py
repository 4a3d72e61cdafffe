"""The SQLModel tables: the schema, and Alembic's source (architecture 5).

Money is a count of minor units, times are microseconds since 1970 UTC, statuses are stored by value. Columns
marked
"copy" are index copies of derived facts: written by the transaction that changes the fact, compared by
`doctor`.
Tables keyed by an order's `order_pk` are stored in that order, so that one order's rows lie together.
"""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, text
from sqlmodel import Field, SQLModel

ORDERS = "orders.pk"
_BESIDE_EACH_OTHER: dict[str, Any] = {"sqlite_with_rowid": False}


def _big(**options: Any) -> Any:
    """A 64-bit integer column: money in minor units, or a time in microseconds."""
    return Field(sa_type=BigInteger, **options)


def _order_pk() -> Any:
    """The first half of the key of everything that belongs to an order."""
    return Field(sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), primary_key=True))


class MetaRow(SQLModel, table=True):
    """Facts about the database itself: kind ("desk" or "sample"), name, id."""

    __tablename__ = "meta"
    key: str = Field(primary_key=True)
    value: str


class ChannelRow(SQLModel, table=True):
    """A website, store or marketplace."""

    __tablename__ = "channel"
    code: str = Field(primary_key=True)
    name: str
    type: str
    region: str
    country: str
    language: str
    currency: str
    time_zone: str
    selling_entity: str
    ships_complete: bool = False


class OrderRow(SQLModel, table=True):
    """An order's own fields, its index copies, and its flow packed into one column."""

    __tablename__ = "orders"
    __table_args__: ClassVar[Any] = (
        Index("orders_created", "created", "pk"),
        Index("orders_status", "status", "created", "pk"),
        Index("orders_payment", "payment_status", "created", "pk"),
        Index("orders_country", "country", "created", "pk"),
        Index("orders_channel", "channel_code", "created", "pk"),
        Index("orders_total", "currency", "total_minor", "pk"),
        Index("orders_touched", "touched", "pk"),
        Index("orders_email", "email_key", "created", sqlite_where=text("email_key <> ''")),
        Index("orders_phone", "phone_tail", "created", sqlite_where=text("phone_tail <> ''")),
        Index("orders_customer", "customer_number", "created", sqlite_where=text("customer_number <> ''")),
    )
    pk: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    id: str = Field(unique=True)
    id_key: str = Field(index=True)
    """Copy: the ID as it is compared (upper case)."""
    version: int
    channel_code: str = Field(foreign_key="channel.code")
    selling_entity: str
    currency: str
    created: int = _big()
    touched: int = _big()
    """Copy: when something last happened to it; the order feed reads it."""
    language: str
    method: str
    source: str
    is_carry_out: bool
    is_forced: bool
    customer_number: str
    customer_type: str
    customer_role: str
    first_name: str
    last_name: str
    email: str
    email_key: str
    """Copy: e-mail, case folded."""
    phone: str
    phone_tail: str
    """Copy: the phone's digits from last to first, so that a tail is a prefix."""
    bill_to: str
    """JSON of the address."""
    ship_to: str
    bill_country: str
    """Copy."""
    country: str
    """Copy: ship-to country, the store's for carry-out."""
    region: str
    """Copy: the channel's."""
    channel_type: str
    """Copy."""
    placed_minor: int = _big()
    total_minor: int = _big()
    """Copy."""
    status: str
    """Copy: derived order status."""
    ahead: int
    """Copy: pieces further along than the status."""
    pieces: int
    """Copy: pieces not cancelled."""
    payment_status: str
    """Copy."""
    holds: str
    """Copy: kinds of the open holds, comma-joined in the order of `HoldKind`."""
    has_undelivered: bool
    """Copy: whether any line is undelivered."""
    flow: str
    """JSON: every task of the order with its runs (architecture 2: finished flows are kept packed)."""


class LineRow(SQLModel, table=True):
    """An order line."""

    __tablename__ = "order_line"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    parent: int | None = None
    sku: str
    upc: str
    name: str
    size: str
    category: str
    promo: str
    quantity: int
    status: str
    cause: str
    location: str
    shipment: str | None = None
    amount: int = _big()
    discount: int = _big()
    tax: int = _big()
    tax_rate: int
    tax_included: bool
    reduction: int = _big()
    tax_reduction: int = _big()
    is_returnable: bool
    review_rule: str


class ChargeRow(SQLModel, table=True):
    """A fee on the order beside the lines."""

    __tablename__ = "charge"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    kind: str
    code: str
    name: str
    amount: int = _big()
    discount: int = _big()
    tax: int = _big()
    tax_rate: int
    tax_included: bool
    reduction: int = _big()
    tax_reduction: int = _big()
    is_cancelled: bool


class ShipmentRow(SQLModel, table=True):
    """A shipment; its lines name it."""

    __tablename__ = "shipment"
    __table_args__: ClassVar[Any] = (
        Index("shipment_tracking", "tracking_key", sqlite_where=text("tracking_key <> ''")),
        _BESIDE_EACH_OTHER,
    )
    order_pk: int = _order_pk()
    number: str = Field(primary_key=True)
    location: str
    method: str
    carrier: str
    tracking: str
    tracking_key: str
    """Copy: letters and digits only, upper case."""
    ship_to: str | None = None
    is_forced: bool
    invoice: str
    planned_at: int = _big()
    released_at: int | None = _big(default=None)
    packed_at: int | None = _big(default=None)
    shipped_at: int | None = _big(default=None)
    delivered_at: int | None = _big(default=None)


class PaymentRow(SQLModel, table=True):
    """A tender; its operations are rows of their own."""

    __tablename__ = "payment"
    __table_args__: ClassVar[Any] = (
        Index("payment_reference", "reference_key", sqlite_where=text("reference_key <> ''")),
        _BESIDE_EACH_OTHER,
    )
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    method: str
    card_type: str
    masked_card: str
    holder: str
    reference: str
    reference_key: str
    """Copy: as compared."""
    currency: str
    expires_at: int | None = _big(default=None)
    lapsed_at: int | None = _big(default=None)


class OperationRow(SQLModel, table=True):
    """One payment operation: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "payment_operation"
    __table_args__: ClassVar[Any] = (
        Index("operation_reference", "reference_key", sqlite_where=text("reference_key <> ''")),
        _BESIDE_EACH_OTHER,
    )
    order_pk: int = _order_pk()
    payment: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    state: str
    amount: int = _big()
    at: int = _big()
    reference: str
    reference_key: str
    """Copy: as compared."""
    cause: str
    shipment: str | None = None
    answers: int | None = None


class HoldRow(SQLModel, table=True):
    """A hold, open or released."""

    __tablename__ = "hold"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    kind: str
    reason: str
    evidence: str
    placed_at: int = _big()
    placed_by: str
    released_at: int | None = _big(default=None)
    released_by: str


class AdjustmentRow(SQLModel, table=True):
    """A price adjustment: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "adjustment"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    at: int = _big()
    person: str
    reason: str
    note: str


class AdjustedPartRow(SQLModel, table=True):
    """What an adjustment did to one line or charge: append-only."""

    __tablename__ = "adjusted_part"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    adjustment: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    line: int | None = None
    charge: int | None = None
    before: int = _big()
    after: int = _big()


class NoteRow(SQLModel, table=True):
    """A note: append-only, guarded by triggers."""

    __tablename__ = "note"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    order_pk: int = _order_pk()
    number: int = Field(primary_key=True)
    at: int = _big()
    person: str
    text: str
    line: int | None = None
    shipment: str | None = None


class OpenTaskRow(SQLModel, table=True):
    """Copy: the open tasks of the flows, found by when they are due (architecture 2)."""

    __tablename__ = "open_task"
    __table_args__: ClassVar[Any] = (Index("open_task_due", "next_run"), _BESIDE_EACH_OTHER)
    order_pk: int = _order_pk()
    shipment: str = Field(primary_key=True)
    """"" for the order's own tasks."""
    task: str = Field(primary_key=True)
    state: str
    next_run: int | None = _big(default=None)


class ReturnRow(SQLModel, table=True):
    """A return order."""

    __tablename__ = "return_order"
    __table_args__: ClassVar[Any] = (
        Index("return_touched", "touched"),
        Index("return_status", "status", "created"),
    )
    id: str = Field(primary_key=True)
    order_pk: int = Field(sa_column=Column(BigInteger, ForeignKey(ORDERS, ondelete="RESTRICT"), index=True))
    created: int = _big()
    touched: int = _big()
    return_point: str
    return_point_type: str | None = None
    tracking: str
    tracking_key: str = Field(index=True)
    closed_at: int | None = _big(default=None)
    currency: str
    status: str
    """Copy: derived return status."""
    refund_minor: int = _big()
    """Copy: what its lines give back."""
    flow: str
    version: int


class ReturnLineRow(SQLModel, table=True):
    """A line of a return order."""

    __tablename__ = "return_line"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
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
    refund: int = _big()
    captured_status: str
    refund_status: str
    credit_note_status: str
    credit_note: str


class CreditNoteRow(SQLModel, table=True):
    """A credit note: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "credit_note"
    number: str = Field(primary_key=True)
    at: int = _big()
    currency: str
    customer_number: str = Field(index=True)
    country: str
    source: str


class CreditNoteLineRow(SQLModel, table=True):
    """A row of a credit note: append-only. Without an order it is unattached."""

    __tablename__ = "credit_note_line"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    credit_note: str = Field(foreign_key="credit_note.number", primary_key=True)
    number: int = Field(primary_key=True)
    code: str
    name: str
    quantity: int
    amount: int = _big()
    order_id: str | None = Field(default=None, index=True)
    return_id: str | None = None


class TagRow(SQLModel, table=True):
    """Copy: facts of an order that queues and filters ask for and that have several values or few orders.

    Tags: "hold:KIND", "line:STATUS" (undelivered), "task:failed", "task:blocked", "uncaptured",
    "uncaptured_shipped",
    "return:STATUS".
    """

    __tablename__ = "order_tag"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    tag: str = Field(primary_key=True)
    created: int = Field(sa_column=Column(BigInteger, primary_key=True))
    order_pk: int = _order_pk()


class CounterRow(SQLModel, table=True):
    """Copy: how many orders have a status ("status:shipped") or a tag ("hold:fraud"); "orders" counts all."""

    __tablename__ = "counter"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    name: str = Field(primary_key=True)
    value: int = _big()


class ClaimRow(SQLModel, table=True):
    """Who works on an order now: a row beside the order (architecture 3)."""

    __tablename__ = "claim"
    __table_args__: ClassVar[Any] = (Index("claim_person", "person", "since"),)
    order_pk: int = _order_pk()
    person: str
    since: int = _big()
    until: int = _big()


class OpenedRow(SQLModel, table=True):
    """What a person opened lately."""

    __tablename__ = "opened"
    __table_args__: ClassVar[Any] = (Index("opened_person", "person", "at"),)
    person: str = Field(primary_key=True)
    order_pk: int = _order_pk()
    at: int = _big()


class StockMoveRow(SQLModel, table=True):
    """Pieces freed or taken at a location by a commit."""

    __tablename__ = "stock_move"
    pk: int | None = Field(default=None, primary_key=True)
    order_pk: int = Field(sa_column=Column(BigInteger, ForeignKey(ORDERS), index=True))
    at: int = _big()
    location: str
    sku: str
    quantity: int


class MessageRow(SQLModel, table=True):
    """The outbox of messages to customers and locations."""

    __tablename__ = "outbox_message"
    pk: int | None = Field(default=None, primary_key=True)
    order_pk: int = Field(sa_column=Column(BigInteger, ForeignKey(ORDERS), index=True))
    at: int = _big()
    state: str
    """"requested" until something sends it."""
    audience: str
    recipient: str
    template: str
    language: str
    text: str


class IntentRow(SQLModel, table=True):
    """What is asked of the outside: durable before anything is called (invariant I5)."""

    __tablename__ = "outbox_intent"
    pk: int | None = Field(default=None, primary_key=True)
    order_pk: int = Field(sa_column=Column(BigInteger, ForeignKey(ORDERS), index=True))
    at: int = _big()
    state: str
    kind: str
    payment: int | None = None
    operation: int | None = None
    shipment: str | None = None
    amount: int | None = _big(default=None)
    currency: str | None = None
    lines: str
    """JSON pairs of line number and pieces."""
    waits_for: str
    until: int | None = _big(default=None)


class CommitKeyRow(SQLModel, table=True):
    """Idempotency: what a commit answered, under the key its intent was made with (invariant I2)."""

    __tablename__ = "commit_key"
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    at: int = _big(index=True)
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
    created: int = _big()


class SignInFailureRow(SQLModel, table=True):
    """Failed sign-ins since the last good one, per name and per origin (invariant N3)."""

    __tablename__ = "sign_in_failure"
    scope: str = Field(primary_key=True)
    """"name:…" or "origin:…"."""
    failures: int
    last_at: int = _big()


class AuditRow(SQLModel, table=True):
    """One audit entry: append-only, gapless, linked by HMAC (section A of the invariants). Read per order:
    the timeline."""

    __tablename__ = "audit_entry"
    __table_args__: ClassVar[Any] = (Index("audit_order", "order_pk", "seq"),)
    seq: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    )
    at: int = _big()
    actor: str
    session: str
    origin: str
    action: str
    order_pk: int | None = _big(default=None)
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
    __table_args__: ClassVar[Any] = (_BESIDE_EACH_OTHER,)
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True))
    body: str


APPEND_ONLY: tuple[str, ...] = (
    "payment_operation",
    "adjustment",
    "adjusted_part",
    "note",
    "credit_note",
    "credit_note_line",
    "audit_entry",
)
"""Tables on which UPDATE and DELETE fail in the database itself (M7, A3); on `audit_detail` UPDATE fails."""
