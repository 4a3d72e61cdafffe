"""What the world outside is about to say of an order, and how often things go wrong there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from oms_tui.domain.events import Event, EventKind
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.exchange.simulated.dice import Dice

PREFIX: Final = "sim:"
"""How the id of every simulated event begins."""


def minutes(count: int) -> timedelta:
    """So many minutes of business."""
    return timedelta(minutes=count)


def hours(count: int) -> timedelta:
    """So many hours of business."""
    return timedelta(hours=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """How often each thing happens, in a thousand cases. What is left goes well."""

    declined: int = 70
    """An authorization is declined."""
    pays_after_all: int = 500
    """A customer whose card was declined pays with another."""
    capture_fails: int = 60
    refund_fails: int = 80
    silent: int = 25
    """The provider never answers."""
    late: int = 30
    """The provider answers hours later."""
    twice: int = 30
    """The provider says the same twice."""
    disputed: int = 10
    short: int = 40
    """A location does not have a line that it was told to have."""
    missing: int = 15
    """The shelf is empty when a line is to be picked."""
    in_parts: int = 150
    """A shipment of several lines is packed in two goes."""
    deaf: int = 150
    """A location packs by a pick ticket that was taken back."""
    leaves_unpaid: int = 500
    """A parcel leaves although its money did not come."""
    leaves_held: int = 40
    """A parcel leaves although the order is held."""
    undelivered: int = 100
    """A parcel comes to nobody: each cause as likely as the others."""
    collected: int = 500
    """What was not collected is collected after all."""
    sent_back: int = 600
    """What came to nobody is on its way back."""
    stray: int = 30
    """An older word of the carrier comes after a younger one."""
    cancels: int = 50
    """The customer asks to cancel."""
    returns: int = 60
    """The customer announces a return."""
    restocked: int = 850
    """What is sold out comes in again."""
    misspelled: int = 60
    """A new order has a wrong address."""
    far: int = 50
    """A new order is paid for from another part of the world."""


@dataclass(frozen=True, slots=True)
class Word:
    """One event that is about to come: how much business time from now, and what it says."""

    after: timedelta
    event: Event
    is_old: bool = False
    """Whether the event keeps its own time, because it tells late of something earlier; otherwise its own
    time is the moment it comes, which whoever passes it on writes in."""

    def at(self, moment: datetime) -> Event:
        """The event as it comes at a moment."""
        return self.event if self.is_old else replace(self.event, at=moment)


@dataclass(frozen=True, slots=True)
class Goods:
    """Pieces of an article that are about to come in at a location."""

    id: str
    after: timedelta
    location: str
    sku: str
    pieces: int


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an event is to say beside its kind, id and moment."""

    shipment: str = ""
    lines: tuple[tuple[int, int], ...] = ()
    payment: int | None = None
    amount: Money | None = None
    reference: str = ""
    cause: str = ""
    data: Mapping[str, str] = field(default_factory=_nothing)


NOTHING_ELSE: Final = Said()


@dataclass(frozen=True, slots=True)
class Scene:
    """One order as the world outside looks at it: its value, its dice, the odds, the moment."""

    order: Order
    dice: Dice
    odds: Odds
    now: datetime

    def word(
        self,
        kind: EventKind,
        name: str,
        after: tuple[timedelta, timedelta],
        said: Said = NOTHING_ELSE,
        *,
        at: datetime | None = None,
    ) -> Word:
        """A word that comes between two durations from now.

        Args:
            kind: What it tells.
            name: What makes its id one of a kind within the order: which part, which attempt.
            after: The shortest and the longest it takes.
            said: What else it says.
            at: Its own time where that is not the moment it comes.
        """
        event_id = f"{PREFIX}{self.order.id}:{kind.value}:{name}"
        delay = self.dice.between(*after, "after", kind.value, name)
        return Word(
            delay,
            Event(
                id=event_id,
                kind=kind,
                order_id=self.order.id,
                at=self.now if at is None else at,
                shipment=said.shipment,
                lines=said.lines,
                payment=said.payment,
                amount=said.amount,
                reference=said.reference,
                cause=said.cause,
                data=said.data,
            ),
            is_old=at is not None,
        )
