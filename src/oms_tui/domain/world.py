"""What a decision needs to know from outside its order: locations and their stock, address rules, the
customer's past (architecture 4).

The desk fills it in; here it is values and pure questions, so that verbs and flow steps stay pure functions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from oms_tui.domain.documents import DocumentKind
from oms_tui.domain.money import Money
from oms_tui.domain.order import Address, Order


class LocationType(StrEnum):
    """What kind of place holds stock (spec 2, Location)."""

    WAREHOUSE = "warehouse"
    STORE = "store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A warehouse or store that holds stock (spec 2)."""

    code: str
    name: str
    country: str
    """ISO 3166 alpha-2."""
    type: LocationType = LocationType.WAREHOUSE


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of an address, for the person who corrects it."""

    field: str
    """The name of a field of `Address`."""
    reason: str
    """A sentence's end: "is needed in Germany", "has five digits in Germany, e.g. 26133"."""


@dataclass(frozen=True, slots=True)
class AddressVerdict:
    """What the rules of its country say of an address (spec 6, Validate address)."""

    problems: tuple[FieldProblem, ...] = ()
    suggestion: Address | None = None
    """The form the rules would write it in, where that differs from what was entered."""

    @property
    def is_valid(self) -> bool:
        """Whether nothing fails."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class AddressField:
    """One field of a country's address form."""

    field: str
    """The name of a field of `Address`."""
    label: str
    """As the country calls it ("PLZ", "Prefecture", "ZIP code")."""
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    """(value, what a person reads) of each valid area, where the country has a list."""
    hint: str = ""
    """An example or pattern in words; "" = none."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """How a country writes addresses: the fields in the order of its form."""

    country: str
    name: str
    """The country in English."""
    fields: tuple[AddressField, ...]


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """A fraud hold of the same customer: which order, which combination of countries, how it ended."""

    order_id: str
    combination: str
    outcome: str
    """"genuine", "fraud" or "open"."""


@dataclass(frozen=True, slots=True)
class CustomerHistory:
    """What is known of a customer from their other orders."""

    orders: int = 0
    """Earlier orders that were not cancelled."""
    usual: Money | None = None
    """The median of their totals in this order's currency, None where there are none."""
    cases: tuple[EarlierCase, ...] = ()
    pairs: tuple[tuple[str, str, int], ...] = ()
    """(bill-to country, ship-to country, number of earlier orders), most frequent first."""


def _no_stock(sku: str) -> Mapping[str, int]:
    return {}


def _no_rules(address: Address) -> AddressVerdict:
    return AddressVerdict()


def _no_country(phone: str, default: str) -> str:
    return ""


def _no_region(country: str) -> str:
    return ""


def _no_distance(one: str, other: str) -> int | None:
    return None


def _no_history(order: Order) -> CustomerHistory:
    return CustomerHistory()


def _no_number(order: Order, kind: DocumentKind) -> str:
    return ""


def _no_owner(order: Order, reference: str) -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The outside, as questions. What is left out knows nothing."""

    locations: tuple[Location, ...] = ()
    free_stock: Callable[[str], Mapping[str, int]] = _no_stock
    """SKU -> location code -> pieces on hand that are not reserved."""
    check_address: Callable[[Address], AddressVerdict] = _no_rules
    phone_country: Callable[[str, str], str] = _no_country
    """(phone, country to read it in where it names none) -> ISO country, "" = cannot be told."""
    region: Callable[[str], str] = _no_region
    """ISO country -> the part of the world it is in, "" = not known."""
    distance: Callable[[str, str], int | None] = _no_distance
    """Kilometres between two countries' capitals, None = not known."""
    history: Callable[[Order], CustomerHistory] = _no_history
    document_number: Callable[[Order, DocumentKind], str] = _no_number
    """The next number of a kind of document for the order's selling entity; "" = none is given here (a
    preview)."""
    reference_owner: Callable[[Order, str], str] = _no_owner
    """(order, reference of a payment operation) -> the ID of another order that has it; "" = none has."""


NO_WORLD = World()
"""A world that knows nothing."""
