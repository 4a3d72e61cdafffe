"""The settings that flow steps and verbs read, as values: what holds, what asks for approval, how long things
wait (spec 3.3). The desk makes them from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

EUROPEAN_UNION: frozenset[str] = frozenset(
    {
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""The members of the customs union of the EU, by ISO 3166 alpha-2."""


class FraudSign(StrEnum):
    """Something about an order's countries that a fraud rule can hold for (spec 3.3, Fraud Check)."""

    ALL_DIFFER = "all differ"
    """Source location, bill-to and ship-to are in three countries."""
    OTHER_REGION = "other region"
    """Bill-to and ship-to are in different regions of the world."""
    BILL_SHIP_DIFFER = "bill ship differ"
    """Bill-to and ship-to are in different countries."""
    PHONE_DIFFERS = "phone differs"
    """The phone belongs to a country that is neither bill-to nor ship-to."""
    CARD_DIFFERS = "card differs"
    """The card was issued in a country other than bill-to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudRules:
    """Which signs hold an order, and which pairs of countries never do."""

    hold_for: frozenset[FraudSign] = frozenset({FraudSign.ALL_DIFFER, FraudSign.OTHER_REGION})
    allowed_pairs: frozenset[tuple[str, str]] = frozenset()
    """(bill-to, ship-to) that are never held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRules:
    """What the flow's steps go by. Amounts are minor units by ISO currency; one left out asks nothing."""

    interval: timedelta = timedelta(minutes=15)
    """How often an active task runs again."""
    remorse: timedelta = timedelta(minutes=30)
    remorse_by_channel: Mapping[str, timedelta] = field(default_factory=dict)
    authorization_wait: timedelta = timedelta(hours=1)
    """How long an authorization may be pending before it holds the order."""
    fraud: FraudRules = FraudRules()
    fraud_by_channel: Mapping[str, FraudRules] = field(default_factory=dict)
    customs_unions: tuple[frozenset[str], ...] = (EUROPEAN_UNION,)
    approve_above: Mapping[str, int] = field(default_factory=dict)
    """An order above this needs approval."""
    approve_guest_above: Mapping[str, int] = field(default_factory=dict)
    """A guest's first order above this needs approval."""

    def remorse_of(self, channel: str) -> timedelta:
        """The remorse period of a channel."""
        return self.remorse_by_channel.get(channel, self.remorse)

    def fraud_of(self, channel: str) -> FraudRules:
        """The fraud rules of a channel."""
        return self.fraud_by_channel.get(channel, self.fraud)

    def is_cross_border(self, source: str, ship_to: str) -> bool:
        """Whether goods cross a customs border; unknown countries do not."""
        if not source or not ship_to or source == ship_to:
            return False
        return not any(source in union and ship_to in union for union in self.customs_unions)
