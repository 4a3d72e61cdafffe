"""The rows of a pile as the house's list reads them: the ones to look at first, first."""

from collections.abc import Sequence
from enum import Enum

from oms_tui.domain.answers import Count
from oms_tui.screens.pile.rows import Pile, PileRow, Standing
from oms_tui.widgets.long_list import Cursor, Key, Page


class Ranking(Enum):
    """Which orders stand first; those not named follow in the order of the pile."""

    NONE = ()
    """As the pile has them."""
    BEFORE = (Standing.REFUSED,)
    """What has to be known before: plans with a warning, then the orders that cannot."""
    DURING = (Standing.READY,)
    """What is worked, in the order in which it is worked."""
    AFTER = (Standing.FAILED, Standing.UNKNOWN, Standing.LEFT, Standing.REFUSED)
    """What somebody has to look at."""

    def of(self, row: PileRow) -> int:
        """The place of a row's kind."""
        if row.has_warning and self is Ranking.BEFORE:
            return -1
        return self.value.index(row.standing) if row.standing in self.value else len(self.value)


class PileSource:
    """The rows in the order they had when the source was made; what they say is what holds now."""

    def __init__(self, pile: Pile, ranking: Ranking) -> None:
        """Take the order of the rows.

        Args:
            pile: whose rows.
            ranking: which stand first.
        """
        self._pile = pile
        rows = sorted(pile.rows, key=ranking.of)
        self._ids = tuple(row.order_id for row in rows)
        self._places = {one: place for place, one in enumerate(self._ids)}

    def _page(self, start: int, end: int) -> Page[PileRow]:
        start, end = max(0, start), min(len(self._ids), max(0, end))
        rows = tuple(self._pile[one] for one in self._ids[start:end])
        return Page(rows, start > 0, end < len(self._ids))

    def place_of(self, key: Cursor) -> int:
        """Where the row of an order stands."""
        return self._places.get(str(key), 0)

    async def first(self, size: int) -> Page[PileRow]:
        """The first rows."""
        return self._page(0, size)

    async def last(self, size: int) -> Page[PileRow]:
        """The last rows."""
        return self._page(len(self._ids) - size, len(self._ids))

    async def after(self, key: Cursor, size: int) -> Page[PileRow]:
        """The rows after a place."""
        place = self.place_of(key)
        return self._page(place + 1, place + 1 + size)

    async def before(self, key: Cursor, size: int) -> Page[PileRow]:
        """The rows before a place."""
        place = self.place_of(key)
        return self._page(place - size, place)

    async def around(self, key: Cursor, size: int) -> Page[PileRow]:
        """The rows around a place."""
        place = self.place_of(key)
        return self._page(place - size // 2, place - size // 2 + size)

    async def find(self, key: Key) -> PileRow | None:
        """The row of an order."""
        return self._pile[str(key)] if str(key) in self._places else None

    async def count(self) -> Count:
        """How many there are."""
        return Count(len(self._ids))

    @property
    def order_ids(self) -> Sequence[str]:
        """The orders, in the order of the rows."""
        return self._ids
