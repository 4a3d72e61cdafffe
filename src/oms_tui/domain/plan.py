"""What a decision would do, and what it did: outcomes, changes, and the plan that a person sees before it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.returns import Return


class ChangeKind(StrEnum):
    """What a change is about; previews are grouped by it."""

    STATUS = "status"
    LINE = "line"
    MONEY = "money"
    HOLD = "hold"
    TASK = "task"
    SHIPMENT = "shipment"
    ADDRESS = "address"
    NOTE = "note"
    STOCK = "stock"
    MESSAGE = "message"
    DOCUMENT = "document"
    CLAIM = "claim"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a preview or of an audit entry. `path` names the fact ("lines/2/status"); the texts are for
    people."""

    kind: ChangeKind
    path: str
    label: str
    before: str
    after: str


class StockKind(StrEnum):
    """What happens to pieces of an article at a location."""

    RESERVED = "reserved"
    """Taken for a line: reserved goes up."""
    FREED = "freed"
    """Given back: reserved goes down."""
    GONE = "gone"
    """Left with a parcel: on hand and reserved go down."""
    SHORT = "short"
    """The location does not have them: reserved goes down, and nothing free is left of the article there."""
    FOUND = "found"
    """Held by a parcel that nobody expected: reserved goes up, and on hand with it where nothing is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMove:
    """Pieces of an article moved at a location; `quantity` is above zero."""

    location: str
    sku: str
    name: str
    quantity: int
    kind: StockKind = StockKind.FREED

    @property
    def text(self) -> str:
        """As a preview says it: "+1 Desk lamp" are pieces that can be sold again."""
        sign = "+" if self.kind is StockKind.FREED else "−"
        return f"{sign}{self.quantity} {self.name}" + (
            "" if self.kind is StockKind.FREED else f" {self.kind.value}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to be told to a customer or a location: a row of the outbox, sent afterwards."""

    recipient: str
    """E-mail address, or the location's code."""
    audience: str
    """"customer" or "location"."""
    template: str
    language: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something asked of the outside (payment provider, location): a durable row before anything is called
    (I5)."""

    kind: str
    """"void", "refund" or "stop_picking"."""
    payment: int | None = None
    operation: int | None = None
    shipment: str | None = None
    amount: Money | None = None
    lines: tuple[tuple[int, int], ...] = ()
    """Line numbers and pieces that a location is asked not to pick."""
    waits_for: str = ""
    """The event that must come first, e.g. "pick_cancelled"; "" = nothing."""
    until: datetime | None = None
    """When it goes ahead even without that event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who works on an order now, and until when: a row beside the order, no new version (architecture 3)."""

    order_id: str
    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What applying a verb gives: the order after and everything that goes out with it."""

    order: Order
    returns: tuple[Return, ...] = ()
    stock: tuple[StockMove, ...] = ()
    messages: tuple[Message, ...] = ()
    intents: tuple[Intent, ...] = ()
    claim: Claim | None = None
    releases_claim: bool = False
    warnings: tuple[str, ...] = ()
    """What the person should know before they commit; nothing here stops them."""
    action: str = ""
    """What the commit key does, in the imperative ("cancel 2 lines")."""
    effect: str = ""
    """What it comes to beyond what the commit key says, for one row among many ("order above 500.00 €")."""
    summary: str = ""
    """Past tense, for the toast and the timeline ("Cancelled 2 lines of order 10427")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The preview of a verb on one order, on one version: what the form's lower half shows (architecture
    3)."""

    verb: str
    order_id: str
    version: int
    title: str
    commit_label: str
    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()
    effect: str = ""
    """What it comes to beyond `commit_label`, in a few words; "" = that says it."""
    totals: tuple[Money, Money] | None = None
    """The order's total now and after, for sums over many orders (invariant U1)."""
