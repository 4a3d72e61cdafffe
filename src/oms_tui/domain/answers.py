"""What a person asks of the desk and what comes back: rows of lists, pages, counts, hits, profiles (spec 7,
8).

Values like everything in the domain; the store fills them, the backend carries them, the screens show them.
"""

from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.people import Person
from oms_tui.domain.plan import Change, Claim
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.domain.status import ChannelType, HoldKind, OrderStatus, PaymentStatus

Position = tuple[int | str, ...]
"""A keyset position: sort values, then the order's key. Opaque to whoever gets one; only ever given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """One row of the orders list (spec 7, Orders): the columns, and where it stands in the sort."""

    id: str
    position: Position
    version: int
    created: datetime
    status: OrderStatus
    ahead: int
    pieces: int
    payment: PaymentStatus
    holds: tuple[HoldKind, ...]
    has_undelivered: bool
    first_name: str
    last_name: str
    customer_number: str
    email: str
    phone: str
    region: str
    country: str
    channel: str
    channel_type: ChannelType
    method: str
    total: Money


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Rows in the order of the sort, and whether there are more on either side."""

    rows: tuple[OrderSummary, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class Count:
    """How many match; past the bound of a search only that there are more (`10,000+`)."""

    value: int
    is_exact: bool = True

    def __str__(self) -> str:
        return f"{self.value:,}" if self.is_exact else f"{self.value:,}+"


@dataclass(frozen=True, slots=True)
class Hit:
    """One order found by a search, and which field matched with what ("phone", "…4118")."""

    order: OrderSummary
    field: str
    matched: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first (exact, prefix, phone tail, words), newest first within each."""

    hits: tuple[Hit, ...]
    has_more: bool


@dataclass(frozen=True, slots=True)
class QueueTally:
    """The live count of a queue and the age of its oldest order."""

    queue: str
    count: Count
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One row of the order feed: an order or a return that something happened to (spec 7, Dashboard)."""

    at: datetime
    id: str
    order_id: str
    channel: str
    method: str
    value: Money
    """Negative for returns (documented)."""
    status: str
    """The status as a person reads it, with its glyph for orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One event of an order in the order it reached us: an audit entry, read per order (spec 2, Timeline)."""

    seq: int
    at: datetime
    actor: str
    origin: str
    action: str
    summary: str
    changes: tuple[Change, ...]
    is_erased: bool = False
    version: int | None = None
    """The order's version after it, None where it made none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything the order profile shows: the order, its returns and credit notes, and who has claimed it
    now.

    Somebody who may not see payment details gets the order without its payments (invariant Z3): whoever shows
    payment statuses reads them here, not from the order.
    """

    order: Order
    returns: tuple[Return, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()
    claim: Claim | None = None
    payment_status: PaymentStatus = PaymentStatus.NOT_KNOWN
    """The order's, filled in by the desk."""
    payment_statuses: tuple[PaymentStatus, ...] = ()
    """Of each payment in its order of use, also where the payments themselves are masked."""
    is_payment_masked: bool = False
    """Whether payments were taken out because the person has no right to their details (spec 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskInfo:
    """What a console must know of the desk before anybody signs in."""

    name: str
    """e.g. "oms (local)"."""
    is_sample: bool
    has_people: bool
    sample_people: tuple[Person, ...] = ()
    """Offered without a password, in sample data only."""
    time_zone: str
    is_read_only: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a commit did: stored under its key, so that a retry gets the same answer (invariant I2)."""

    order_id: str
    version: int
    summary: str
    seq: int
    """Number of its audit entry."""
