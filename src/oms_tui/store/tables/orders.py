"""Tables of the order and its parts.

Money is a count of minor units, times are microseconds since 1970 UTC, statuses are stored by value. Columns
marked "copy" are index copies of derived facts: written by the transaction that changes the fact, compared by
`doctor`.
"""

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from oms_tui.domain.status import (
    ChannelType,
    ChargeKind,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OrderStatus,
    PaymentMethod,
    PaymentStatus,
)
from oms_tui.store.tables.base import (
    BESIDE_EACH_OTHER,
    big,
    later_text,
    one_of,
    order_key,
    row_number,
    whole,
)


class ChannelRow(SQLModel, table=True):
    """A website, store or marketplace."""

    __tablename__ = "channel"
    __table_args__: ClassVar[Any] = (one_of("type", ChannelType),)
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
        whole("placed_minor", "total_minor", "created", "touched"),
        one_of("status", OrderStatus),
        one_of("payment_status", PaymentStatus),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("0 <= ahead AND ahead <= pieces", name="pieces"),
        CheckConstraint("status <> 'cancelled' OR pieces = 0", name="cancelled"),
        Index("orders_created", "created", "pk"),
        Index("orders_status", "status", "created", "pk"),
        Index("orders_payment", "payment_status", "created", "pk"),
        Index("orders_country", "country", "created", "pk"),
        Index("orders_channel", "channel_code", "created", "pk"),
        Index("orders_method", "method", "created", "pk"),
        Index(
            "orders_bill_country",
            "bill_country",
            "created",
            "pk",
            sqlite_where=text("bill_country <> country"),
        ),
        Index("orders_total", "currency", "total_minor", "pk"),
        Index("orders_touched", "touched", "pk"),
        Index("orders_email", "email_key", "created", sqlite_where=text("email_key <> ''")),
        Index("orders_phone", "phone_tail", "created", sqlite_where=text("phone_tail <> ''")),
        Index("orders_customer", "customer_number", "created", sqlite_where=text("customer_number <> ''")),
        Index("orders_due", "due", "pk", sqlite_where=text("due IS NOT NULL")),
        Index("orders_lapses", "lapses", "pk", sqlite_where=text("lapses IS NOT NULL")),
        Index("orders_asked", "asked", "pk", sqlite_where=text("asked IS NOT NULL")),
    )
    pk: int | None = row_number()
    id: str = Field(unique=True)
    id_key: str = Field(index=True)
    """Copy: the ID as it is compared (`domain.filter.keys.code_key`)."""
    version: int
    channel_code: str = Field(foreign_key="channel.code")
    selling_entity: str
    currency: str
    created: int = big()
    touched: int = big()
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
    first_key: str
    """Copy: the first name as compared (`domain.filter.keys.phrase_key`)."""
    last_name: str
    last_key: str
    """Copy: the last name as compared (`phrase_key`)."""
    email: str
    email_key: str
    """Copy: e-mail as compared."""
    phone: str
    phone_tail: str
    """Copy: the phone's digits (`phone_digits`) from last to first, so that a tail is a prefix."""
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
    placed_minor: int = big()
    total_minor: int = big()
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
    due: int | None = big(default=None)
    """Copy: when a task of its flow runs next (`engine.next_due`); null where none does."""
    preferred_date: str = later_text()
    """ISO date; "" where none was asked for."""
    lapses: int | None = big(default=None)
    """Copy: when an authorization lapses while something has to leave (`filter.facts.lapse_of`)."""
    asked: int | None = big(default=None)
    """Copy: when the customer asked to cancel and nobody has answered (`filter.facts.asked_of`)."""


class LineRow(SQLModel, table=True):
    """An order line."""

    __tablename__ = "order_line"
    __table_args__: ClassVar[Any] = (
        whole("amount", "discount", "tax", "reduction", "tax_reduction"),
        one_of("status", LineStatus),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(status = 'cancelled') = (cause = 'cancel')", name="cancelled"),
        CheckConstraint(
            "(status = 'undelivered') = (substr(cause, 1, 11) = 'undelivered')", name="undelivered"
        ),
        CheckConstraint("parent IS NULL OR parent <> number", name="parent"),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    parent: int | None = None
    sku: str
    sku_key: str
    """Copy: the SKU as compared (`domain.filter.keys.code_key`)."""
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
    amount: int = big()
    discount: int = big()
    tax: int = big()
    tax_rate: int
    tax_included: bool
    reduction: int = big()
    tax_reduction: int = big()
    is_returnable: bool
    review_rule: str


class ChargeRow(SQLModel, table=True):
    """A fee on the order beside the lines."""

    __tablename__ = "charge"
    __table_args__: ClassVar[Any] = (
        whole("amount", "discount", "tax", "reduction", "tax_reduction"),
        one_of("kind", ChargeKind),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    kind: str
    code: str
    name: str
    amount: int = big()
    discount: int = big()
    tax: int = big()
    tax_rate: int
    tax_included: bool
    reduction: int = big()
    tax_reduction: int = big()
    is_cancelled: bool


class ShipmentRow(SQLModel, table=True):
    """A shipment; its lines name it."""

    __tablename__ = "shipment"
    __table_args__: ClassVar[Any] = (
        Index("shipment_tracking", "tracking_key", sqlite_where=text("tracking_key <> ''")),
        # Its last characters are what a customer reads out.
        Index("shipment_ending", text("substr(tracking_key, -4)"), sqlite_where=text("tracking_key <> ''")),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    number: str = Field(primary_key=True)
    place: int
    """Its place among the order's shipments, whose numbers are text and do not sort."""
    location: str
    method: str
    carrier: str
    tracking: str
    tracking_key: str
    """Copy: as compared."""
    ship_to: str | None = None
    is_forced: bool
    invoice: str
    planned_at: int = big()
    released_at: int | None = big(default=None)
    packed_at: int | None = big(default=None)
    shipped_at: int | None = big(default=None)
    delivered_at: int | None = big(default=None)


class PaymentRow(SQLModel, table=True):
    """A tender; its operations are rows of their own."""

    __tablename__ = "payment"
    __table_args__: ClassVar[Any] = (
        one_of("method", PaymentMethod),
        Index("payment_reference", "reference_key", sqlite_where=text("reference_key <> ''")),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    method: str
    card_type: str
    masked_card: str
    holder: str
    reference: str
    reference_key: str
    """Copy: as compared."""
    currency: str
    expires_at: int | None = big(default=None)
    lapsed_at: int | None = big(default=None)
    card_country: str = later_text()


class OperationRow(SQLModel, table=True):
    """One payment operation: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "payment_operation"
    __table_args__: ClassVar[Any] = (
        whole("amount", "at"),
        one_of("kind", OperationKind),
        one_of("state", OperationState),
        CheckConstraint("answers IS NULL OR answers < number", name="answers"),
        Index("operation_reference", "reference_key", sqlite_where=text("reference_key <> ''")),
        Index(
            "operation_moved",
            "at",
            sqlite_where=text("state = 'succeeded' AND (kind = 'capture' OR kind = 'refund')"),
        ),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    payment: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    state: str
    amount: int = big()
    at: int = big()
    reference: str
    reference_key: str
    """Copy: as compared."""
    cause: str
    shipment: str | None = None
    answers: int | None = None


class HoldRow(SQLModel, table=True):
    """A hold, open or released."""

    __tablename__ = "hold"
    __table_args__: ClassVar[Any] = (
        one_of("kind", HoldKind),
        CheckConstraint("(released_at IS NULL) = (released_by = '')", name="released"),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    kind: str
    reason: str
    evidence: str
    placed_at: int = big()
    placed_by: str
    released_at: int | None = big(default=None)
    released_by: str


class AdjustmentRow(SQLModel, table=True):
    """A price adjustment: append-only, guarded by triggers (invariant M7)."""

    __tablename__ = "adjustment"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    at: int = big()
    person: str
    reason: str
    note: str


class AdjustedPartRow(SQLModel, table=True):
    """What an adjustment did to one line or charge: append-only."""

    __tablename__ = "adjusted_part"
    __table_args__: ClassVar[Any] = (
        whole("before", "after"),
        CheckConstraint("(line IS NULL) <> (charge IS NULL)", name="part"),
        BESIDE_EACH_OTHER,
    )
    order_pk: int = order_key()
    adjustment: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    line: int | None = None
    charge: int | None = None
    before: int = big()
    after: int = big()


class NoteRow(SQLModel, table=True):
    """A note: append-only, guarded by triggers."""

    __tablename__ = "note"
    __table_args__: ClassVar[Any] = (BESIDE_EACH_OTHER,)
    order_pk: int = order_key()
    number: int = Field(primary_key=True)
    at: int = big()
    person: str
    text: str
    line: int | None = None
    shipment: str | None = None
