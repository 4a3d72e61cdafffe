"""The world outside as a whole: what warehouse, carrier, payment provider and customers say next of an
order."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from oms_tui.domain.order import Order
from oms_tui.exchange.simulated import carrier, customer, provider, warehouse
from oms_tui.exchange.simulated.dice import Dice
from oms_tui.exchange.simulated.shop import new_order
from oms_tui.exchange.simulated.words import Goods, Odds, Scene, Word

_SPEAKERS: Final[tuple[Callable[[Scene], Iterator[Word]], ...]] = (
    provider.says,
    warehouse.says,
    carrier.says,
    customer.says,
)


class Outside:
    """Everybody who is not the desk. Pure: the order's value and the seed decide, nothing is kept."""

    def __init__(self, seed: int, odds: Odds | None = None) -> None:
        """Take the seed of the whole play, and how often things go wrong."""
        self.seed = seed
        self.odds = odds or Odds()

    def says(self, order: Order, now: datetime) -> tuple[Word, ...]:
        """What is about to be said of an order as it stands.

        The id of an event follows from what it is about: an order that has not moved on gives the same ids
        again, so whoever passes them on leaves out those that were passed on already.
        """
        scene = self._scene(order, now)
        return tuple(word for speaker in _SPEAKERS for word in speaker(scene))

    def gets(self, order: Order, now: datetime) -> tuple[Goods, ...]:
        """Goods that are about to come in, so that an order need not wait for stock for ever."""
        return tuple(warehouse.gets(self._scene(order, now)))

    def sends(self, number: int, now: datetime) -> Order:
        """The new order of that number, as its shop sends it."""
        return new_order(number, now, seed=self.seed, odds=self.odds)

    def _scene(self, order: Order, now: datetime) -> Scene:
        return Scene(order, Dice(self.seed, order.id), self.odds, now)
