"""The order and its parts as frozen values: the whole aggregate that one decision needs (spec 2,
architecture 2).

Derived facts (status, totals, payment status) are functions in `derive`, `totals` and `payment`; nothing
here stores them.
All times are aware UTC datetimes, all money is `Money` in the order's one currency, quantities count pieces.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from oms_tui.domain.documents import IssuedDocument
from oms_tui.domain.flow import FlowTask
from oms_tui.domain.money import Money
from oms_tui.domain.status import (
    Cause,
    ChannelType,
    ChargeKind,
    CustomerRole,
    CustomerType,
    HoldKind,
    LineStatus,
    OperationKind,
    OperationState,
    OutcomeOption,
    PaymentMethod,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A website, store or marketplace. The order keeps the selling entity it had at acceptance (spec 2)."""

    code: str
    name: str
    type: ChannelType
    region: str
    country: str
    """ISO 3166 alpha-2."""
    language: str
    """BCP 47 tag, e.g. "de"."""
    currency: str
    time_zone: str
    selling_entity: str
    ships_complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where goods or papers go: a value copied onto the order, never a shared row (spec 2). "" = not
    known."""

    recipient: str = ""
    company: str = ""
    street: tuple[str, ...] = ()
    city: str = ""
    area: str = ""
    """State, province, prefecture or emirate, as its country writes it."""
    postal_code: str = ""
    country: str = ""
    """ISO 3166 alpha-2; "" = not known."""
    phone: str = ""


_FAMILY_FIRST = re.compile("[\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
"""Han characters and Hangul: in what they write the family name stands first."""


def full_name(first_name: str, last_name: str) -> str:
    """First and last name in the order in which their readers write them; "" where neither is known."""
    names = (last_name, first_name) if _FAMILY_FIRST.search(last_name) else (first_name, last_name)
    return " ".join(names).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who ordered. Type and role are independent of each other (documented). "" = not known."""

    number: str = ""
    type: CustomerType = CustomerType.GUEST
    role: CustomerRole = CustomerRole.BILL_TO
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """Their name as its readers write it, "" where it is not known."""
        return full_name(self.first_name, self.last_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One article on an order with exactly one status (spec 2, Order line).

    `amount`, `discount` and `tax` are totals for `quantity`, fixed at placement (spec 4). `reduction` is what
    price adjustments took off since, `tax_reduction` the share of the tax that went with it.
    """

    number: int
    parent: int | None = None
    """The line this part was split from, None for a line as placed."""
    sku: str
    upc: str = ""
    name: str
    size: str = ""
    category: str = ""
    promo: str = ""
    quantity: int
    status: LineStatus
    cause: Cause
    location: str = ""
    shipment: str | None = None
    amount: Money
    discount: Money
    tax: Money
    tax_rate: int = 0
    """Parts per million: 19 % is 190000."""
    tax_included: bool = True
    reduction: Money
    tax_reduction: Money
    is_returnable: bool = True
    review_rule: OutcomeOption = OutcomeOption.DEFAULT_RULES

    @property
    def placed_as(self) -> int:
        """The number of the line as placed: its own, or that of the line it was split from."""
        return self.number if self.parent is None else self.parent

    @property
    def is_cancelled(self) -> bool:
        """Whether it no longer counts in the total."""
        return self.status is LineStatus.CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A fee on the order beside the lines: shipping, gift wrap, other (spec 2). Money as on a line."""

    number: int
    kind: ChargeKind
    code: str = ""
    name: str
    amount: Money
    discount: Money
    tax: Money
    tax_rate: int = 0
    tax_included: bool = True
    reduction: Money
    tax_reduction: Money
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Lines or parts of them that travel together from one location (spec 2). Lines name their shipment."""

    number: str
    location: str
    method: str = ""
    carrier: str = ""
    tracking: str = ""
    ship_to: Address | None = None
    """Copied from the order when the pick ticket is released; None until then."""
    is_forced: bool = False
    invoice: str = ""
    planned_at: datetime
    released_at: datetime | None = None
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row of a payment's append-only history (invariant M7).

    `answers` names the operation row that this one resolves: a requested capture and its success are two
    rows.
    """

    number: int
    kind: OperationKind
    state: OperationState
    amount: Money
    at: datetime
    reference: str = ""
    cause: str = ""
    shipment: str | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A tender: how part of an order is paid, and everything that happened to it (spec 2). Status:
    `payment.status`."""

    number: int
    """Also its place in the order of use."""
    method: PaymentMethod
    card_type: str = ""
    masked_card: str = ""
    card_country: str = ""
    """Where the card was issued: ISO 3166 alpha-2; "" = not known."""
    holder: str = ""
    reference: str = ""
    currency: str
    expires_at: datetime | None = None
    lapsed_at: datetime | None = None
    operations: tuple[Operation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A named reason why an order may not proceed. Releasing one never releases another (spec 2)."""

    number: int
    kind: HoldKind
    reason: str
    placed_at: datetime
    placed_by: str
    evidence: str = ""
    released_at: datetime | None = None
    released_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it still stops the order."""
        return self.released_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedPart:
    """What one price adjustment did to one line or charge: its price before and after."""

    line: int | None
    charge: int | None
    before: Money
    after: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """One price adjustment (documented: date, user, note, adjusted price, the line before and after)."""

    number: int
    at: datetime
    person: str
    reason: str
    note: str = ""
    parts: tuple[AdjustedPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Internal, append-only text; `line` or `shipment` name what it is about (spec 2)."""

    number: int
    at: datetime
    person: str
    text: str
    line: int | None = None
    shipment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One sale to one customer through one channel, in one currency (spec 2)."""

    id: str
    channel: Channel
    selling_entity: str
    currency: str
    created: datetime
    """When the customer placed it."""
    language: str = ""
    method: str = ""
    """Shipping method as the channel names it; "" = not known."""
    customer: Customer
    bill_to: Address
    ship_to: Address
    preferred_date: date | None = None
    """The day on which the customer wants it, None = none was asked for."""
    is_forced: bool = False
    """Whether an address or detail was ever forced; flagged for good (spec 6)."""
    is_carry_out: bool = False
    source: str = ""
    """Where it came from when not from a channel itself, e.g. "uci"."""
    placed_total: Money
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    holds: tuple[Hold, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    notes: tuple[Note, ...] = ()
    documents: tuple[IssuedDocument, ...] = ()
    """In the order in which they were issued; they never change."""
    tasks: tuple[FlowTask, ...] = ()
    version: int = 1

    def line(self, number: int) -> Line:
        """The line of that number.

        Raises:
            KeyError: the order has no such line.
        """
        for line in self.lines:
            if line.number == number:
                return line
        raise KeyError(number)

    def shipment(self, number: str) -> Shipment:
        """The shipment of that number.

        Raises:
            KeyError: the order has no such shipment.
        """
        for shipment in self.shipments:
            if shipment.number == number:
                return shipment
        raise KeyError(number)

    def open_holds(self) -> tuple[Hold, ...]:
        """The holds that stop it now."""
        return tuple(hold for hold in self.holds if hold.is_open and self._can_stop(hold))

    def _can_stop(self, hold: Hold) -> bool:
        """An order that is cancelled whole goes nowhere: only a dispute about its money still counts."""
        if hold.kind is HoldKind.DISPUTE or not self.lines:
            return True
        return not all(line.is_cancelled for line in self.lines)

    def with_note(self, note: Note) -> Self:
        """The same order with one more note."""
        return replace(self, notes=(*self.notes, note))
