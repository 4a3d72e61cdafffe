"""What a person asks of the desk and what comes back: rows of lists, pages, counts, hits, profiles (spec 7,
8).

Values like everything in the domain; the store fills them, the backend carries them, the screens show them.
"""

from dataclasses import dataclass
from datetime import datetime

from oms_tui.domain.concerns import AskedToStop
from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.events.cases import EventCase
from oms_tui.domain.events.ways import Way
from oms_tui.domain.money import Money, format_money
from oms_tui.domain.order import Order
from oms_tui.domain.own_facts import OwnFact
from oms_tui.domain.people import Person
from oms_tui.domain.plan import Change, Claim
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.domain.status import ChannelType, HoldKind, OrderStatus, PaymentStatus
from oms_tui.domain.world import EarlierCase

Position = tuple[int | str, ...]
"""A keyset position: sort values, then the order's key. Opaque to whoever gets one; only ever given back."""


@dataclass(frozen=True, slots=True)
class RowClaim:
    """Who works on an order of a list, since when and until when (spec 6, Claim)."""

    person: str
    since: datetime
    until: datetime


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
    """What is not cancelled, at its current price (spec 4)."""
    placed_total: Money
    """What it was placed for."""
    claim: RowClaim | None = None
    """Who works on it, as a page of a list says it; None = nobody, or not asked for."""
    reason: str = ""
    """Why it stands, as a page of a list says it: the task that failed with its error, the first hold, or
    what a task waits for; "" = nothing that somebody would have to look at."""
    own: OwnFact | None = None
    """What the list is about, where its filter asks for more than orders (`own_kind`)."""


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
class DocumentPrint:
    """A document that somebody printed."""

    kind: DocumentKind
    number: str
    copy: int
    """0 for the original."""
    at: datetime
    person: str


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
    prints: tuple[DocumentPrint, ...] = ()
    """Of the order's documents, oldest first."""
    payment_status: PaymentStatus = PaymentStatus.NOT_KNOWN
    """The order's, filled in by the desk."""
    payment_statuses: tuple[PaymentStatus, ...] = ()
    """Of each payment in its order of use, also where the payments themselves are masked."""
    is_payment_masked: bool = False
    """Whether payments were taken out because the person has no right to their details (spec 5)."""
    stops: tuple[AskedToStop, ...] = ()
    """Requests to stop picking that wait for an answer, and money with them; none where payments are
    masked."""
    problems: tuple[EventCase, ...] = ()
    """Its events that somebody must look at, the oldest first; none where payments are masked."""
    checked: tuple[tuple[int, int], ...] = ()
    """(payment, row that asked) of the unknown operations that the provider is asked about; none where
    payments are masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSight:
    """An event that waits, is kept, is a problem or was parked, with its order and the ways on."""

    case: EventCase
    order: Order | None
    """None while no order of that ID is here."""
    ways: tuple[Way, ...]


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


@dataclass(frozen=True, slots=True)
class ComparedCountry:
    """One country that the fraud check compares: of what, its code, its name in English."""

    part: str
    """"source", "bill-to", "ship-to", "phone" or "card"."""
    country: str
    """ISO 3166 alpha-2."""
    name: str


@dataclass(frozen=True, slots=True)
class CountryDistance:
    """How far apart two of the compared countries are, from capital to capital."""

    one: str
    other: str
    """Parts, as in `ComparedCountry`; several at one country are joined: "bill-to, phone"."""
    km: int | None
    """Kilometres, None = not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudEvidence:
    """What a fraud flag is decided on (spec 6, Fraud flag): for those who may decide, nobody else."""

    order_id: str
    version: int
    """The order's, as it was read."""
    held_since: datetime | None = None
    """Since when a fraud hold is open, None = none is."""
    held_by: str = ""
    reason: str = ""
    """Of the open hold."""
    compared: tuple[ComparedCountry, ...] = ()
    """Those that are known, source first."""
    missing: tuple[str, ...] = ()
    """The parts whose country is not known."""
    distances: tuple[CountryDistance, ...] = ()
    """Between each two different countries, the farthest first."""
    signs: tuple[str, ...] = ()
    """What stands out, in words; also what the rules do not hold for."""
    rule: str = ""
    """What the rule of the channel says, and what it says of this order, in words."""
    value: Money
    """The order's total."""
    usual: Money | None = None
    """The median of the customer's earlier orders in its currency."""
    earlier_orders: int = 0
    pairs: tuple[tuple[str, str, int], ...] = ()
    """(bill-to country, ship-to country, number of earlier orders), most frequent first."""
    cases: tuple[EarlierCase, ...] = ()
    """The customer's fraud holds on other orders, newest first."""
    cleared: tuple[str, ...] = ()
    """Combinations of countries that were cleared on this order before."""

    @property
    def against_usual(self) -> str:
        """The value beside what they usually spend, in words."""
        if self.usual is None:
            return "nothing earlier in this currency to compare with"
        usual, value = self.usual.minor, self.value.minor
        if usual <= 0 or value <= 0:
            return f"they usually spend {format_money(self.usual)}"
        if 2 * value >= 3 * usual:
            tenths = (value * 10 + usual // 2) // usual
            return f"{tenths // 10}.{tenths % 10} times their usual {format_money(self.usual)}"
        if 3 * value <= 2 * usual:
            return f"less than their usual {format_money(self.usual)}"
        return f"about their usual {format_money(self.usual)}"


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """A worker that runs flows: the machine it is on, and when it last said so."""

    host: str
    seen: datetime


@dataclass(frozen=True, slots=True)
class FlowStanding:
    """Whether flows go on: the workers that are alive; without any, since when flows stand still."""

    workers: tuple[WorkerSeen, ...] = ()
    still_since: datetime | None = None
    """The later of when the last worker stopped or was seen, and when the first task fell due here; None
    while one lives or nothing is due."""
    due: int = 0
    """Orders with a task that is due."""

    @property
    def is_still(self) -> bool:
        """Whether nobody runs what is due."""
        return not self.workers and self.still_since is not None
