"""The stock of the sample world: what open orders hold and some beside it; some articles are sold out."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from oms_tui.desk.intake import StockLevel
from oms_tui.domain.order import Order
from oms_tui.domain.steps.base import reserved_by
from oms_tui.domain.world import Location, LocationType
from oms_tui.exchange.sample.world import ARTICLES, CHANNELS, LOCATION_COUNTRY, LOCATION_NAMES, Article

_EVERY: Final = 9
"""Of so many articles one is sold out everywhere."""
SOLD_OUT: Final = tuple(article for place, article in enumerate(ARTICLES) if place % _EVERY == _EVERY - 1)
_IS_SOLD_OUT: Final = frozenset(article.sku for article in SOLD_OUT)
LOCATED: Final = (
    *(
        Location(code=code, name=LOCATION_NAMES[code], country=country)
        for code, country in LOCATION_COUNTRY.items()
    ),
    *(
        Location(code=channel.code, name=channel.name, country=channel.country, type=LocationType.STORE)
        for channel in CHANNELS
        if channel.code.startswith("store-")
    ),
)
"""Every location of the sample world: its warehouses, and its stores, which hold no stock for others."""


def sold_out(article: Article) -> Article:
    """One of the articles that no location has, always the same for the same article."""
    return SOLD_OUT[ARTICLES.index(article) % len(SOLD_OUT)]


class Shelves:
    """What the orders hold, added up as they are made."""

    def __init__(self) -> None:
        self._held: Counter[tuple[str, str]] = Counter()

    def hold(self, orders: Iterable[Order]) -> None:
        """Count what the open lines of orders hold."""
        for order in orders:
            self._held.update(reserved_by(order))

    def levels(self) -> tuple[StockLevel, ...]:
        """What is on hand of every article at every warehouse: what is held, and a few free pieces."""
        return tuple(
            StockLevel(
                location=code,
                sku=article.sku,
                on_hand=self._held[code, article.sku.casefold()] + self._free(article, place, turn),
            )
            for turn, code in enumerate(LOCATION_COUNTRY)
            for place, article in enumerate(ARTICLES)
        )

    @staticmethod
    def _free(article: Article, place: int, turn: int) -> int:
        return 0 if article.sku in _IS_SOLD_OUT else (place * 7 + turn * 13) % 41
