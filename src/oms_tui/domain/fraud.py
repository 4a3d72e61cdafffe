"""Fraud Check: the countries of an order, the signs in them, and which of those hold it (spec 3.3).

A combination of countries that somebody cleared on an order does not hold it again; a new one does.
"""

from dataclasses import dataclass
from types import MappingProxyType

from oms_tui.domain.order import Hold, Order
from oms_tui.domain.rules import FraudRules, FraudSign
from oms_tui.domain.status import SHIPPED_OR_LATER, HoldKind
from oms_tui.domain.world import NO_WORLD, World

_IN_WORDS = MappingProxyType(
    {
        FraudSign.ALL_DIFFER: "source location, bill-to and ship-to are in three countries",
        FraudSign.OTHER_REGION: "bill-to and ship-to are in different regions of the world",
        FraudSign.BILL_SHIP_DIFFER: "bill-to and ship-to are in different countries",
        FraudSign.PHONE_DIFFERS: "the phone belongs to neither the bill-to nor the ship-to country",
        FraudSign.CARD_DIFFERS: "the card was issued in another country than bill-to",
    }
)
_IN_SHORT = MappingProxyType(
    {
        FraudSign.ALL_DIFFER: "three countries",
        FraudSign.OTHER_REGION: "other region",
        FraudSign.BILL_SHIP_DIFFER: "bill-to is not ship-to",
        FraudSign.PHONE_DIFFERS: "phone from elsewhere",
        FraudSign.CARD_DIFFERS: "card from elsewhere",
    }
)

CONFIRMED = " · confirmed as fraud by "
"""What stands behind a hold's reason once somebody decided that it is fraud."""


def is_confirmed(hold: Hold) -> bool:
    """Whether somebody decided that what the hold is about is fraud."""
    return hold.kind is HoldKind.FRAUD and CONFIRMED in hold.reason


def confirmed_by(order: Order) -> str:
    """Who decided that the order is fraud, and why: "ana: stolen card"; "" while an open fraud hold is
    undecided, or none is there."""
    holds = [hold for hold in order.open_holds() if hold.kind is HoldKind.FRAUD]
    if not holds or not all(map(is_confirmed, holds)):
        return ""
    return holds[-1].reason.split(CONFIRMED)[-1]


def rule_in_words(sign: FraudSign) -> str:
    """What a rule for this sign says, as the evidence card shows it."""
    return _IN_WORDS[sign]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The countries that are compared (ISO 3166 alpha-2, "" = not known), what stands out in them, and what
    of it holds."""

    sources: tuple[str, ...] = ()
    """Where the lines that are still to leave come from, in order of their codes."""
    bill_to: str = ""
    ship_to: str = ""
    phone: str = ""
    cards: tuple[str, ...] = ()
    signs: tuple[FraudSign, ...] = ()
    held_for: tuple[FraudSign, ...] = ()
    """The signs that the channel's rules hold for; empty for an allowed pair."""
    is_allowed_pair: bool = False

    @property
    def is_suspicious(self) -> bool:
        """Whether the rules hold an order with these countries."""
        return bool(self.held_for)

    @property
    def combination(self) -> str:
        """The countries as one text, always the same for the same ones: what is cleared or held."""
        parts = (
            ("source", "+".join(self.sources)),
            ("bill-to", self.bill_to),
            ("ship-to", self.ship_to),
            ("phone", self.phone),
            ("card", "+".join(self.cards)),
        )
        return " ".join(f"{name}={value}" for name, value in parts if value)

    @property
    def without_sources(self) -> str:
        """The combination but for where the goods come from."""
        return _parted(self.combination)[1]

    @property
    def reason(self) -> str:
        """Why it is held, in words and with the countries; "" if it is not."""
        if not self.held_for:
            return ""
        said = "; ".join(_IN_WORDS[sign] for sign in self.held_for)
        return f"{said} ({self.countries})"

    @property
    def short(self) -> str:
        """Why it is held, in a few words."""
        return ", ".join(_IN_SHORT[sign] for sign in self.held_for)

    @property
    def countries(self) -> str:
        """The countries by name of their part: "source CZ, bill-to FR, ship-to DE"."""
        parts = [f"bill-to {self.bill_to or '?'}", f"ship-to {self.ship_to or '?'}"]
        if self.sources:
            parts.insert(0, f"source {', '.join(self.sources)}")
        if FraudSign.PHONE_DIFFERS in self.signs:
            parts.append(f"phone {self.phone}")
        if FraudSign.CARD_DIFFERS in self.signs:
            parts.append(f"card {', '.join(self.cards)}")
        return ", ".join(parts)


def findings(order: Order, rules: FraudRules, world: World) -> Findings:
    """The countries of the order as it stands, and what the rules say of them."""
    bill_to, ship_to = order.bill_to.country, order.ship_to.country
    facts = Findings(
        sources=_sources(order, world),
        bill_to=bill_to,
        ship_to=ship_to,
        phone=world.phone_country(order.customer.phone or order.bill_to.phone, bill_to),
        cards=tuple(sorted({payment.card_country for payment in order.payments} - {""})),
    )
    signs = tuple(sign for sign in FraudSign if _shows(sign, facts, world))
    is_allowed = (bill_to, ship_to) in rules.allowed_pairs
    return Findings(
        sources=facts.sources,
        bill_to=bill_to,
        ship_to=ship_to,
        phone=facts.phone,
        cards=facts.cards,
        signs=signs,
        held_for=() if is_allowed else tuple(sign for sign in signs if sign in rules.hold_for),
        is_allowed_pair=is_allowed,
    )


def combination(order: Order, world: World = NO_WORLD) -> str:
    """The canonical text of the order's countries: the evidence of a fraud hold."""
    return findings(order, FraudRules(), world).combination


def cleared(order: Order) -> frozenset[str]:
    """The combinations that somebody released on this order: they do not hold it again."""
    held = _with_evidence(order)
    return frozenset(hold.evidence for hold in held if not hold.is_open)


def is_cleared(order: Order, found: Findings) -> bool:
    """Whether somebody released these countries on this order.

    Fewer source locations of a combination that was cleared are no new one: the others left, or were
    cancelled.
    """
    sources = frozenset(found.sources)
    return any(
        rest == found.without_sources and sources <= known for known, rest in map(_parted, cleared(order))
    )


def _parted(combination: str) -> tuple[frozenset[str], str]:
    """The source countries of a combination, and the rest of it."""
    first, _, rest = combination.partition(" ")
    name, _, countries = first.partition("=")
    return (frozenset(countries.split("+")), rest) if name == "source" else (frozenset(), combination)


def held(order: Order) -> frozenset[str]:
    """The combinations that hold the order now."""
    return frozenset(hold.evidence for hold in _with_evidence(order) if hold.is_open)


def _with_evidence(order: Order) -> tuple[Hold, ...]:
    return tuple(hold for hold in order.holds if hold.kind is HoldKind.FRAUD and hold.evidence)


def _sources(order: Order, world: World) -> tuple[str, ...]:
    countries = {location.code: location.country for location in world.locations}
    used = {
        line.location
        for line in order.lines
        if line.location and not line.is_cancelled and line.status not in SHIPPED_OR_LATER
    }
    return tuple(sorted({countries.get(code, "") for code in used} - {""}))


def _shows(sign: FraudSign, facts: Findings, world: World) -> bool:
    """Whether the countries show a sign; a country that is not known shows none."""
    bill, ship = facts.bill_to, facts.ship_to
    if sign is FraudSign.PHONE_DIFFERS:
        return bool(facts.phone) and bool(bill or ship) and facts.phone not in (bill, ship)
    if sign is FraudSign.CARD_DIFFERS:
        return bool(bill) and any(card != bill for card in facts.cards)
    if not bill or not ship or bill == ship:
        return False
    if sign is FraudSign.ALL_DIFFER:
        return any(source not in (bill, ship) for source in facts.sources)
    if sign is FraudSign.OTHER_REGION:
        one, other = world.region(bill), world.region(ship)
        return bool(one) and bool(other) and one != other
    return True
