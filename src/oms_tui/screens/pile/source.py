"""The rows of a pile as the house's list reads them: the ones to look at first, first."""

from collections.abc import Sequence

from oms_tui.domain.answers import Count
from oms_tui.screens.pile.rows import RANKS, Pile, PileRow
from oms_tui.widgets.long_list import Cursor, Key, Page


class PileSource:
    """The rows in the order they had when the source was made; what they say is what holds now."""

    def __init__(self, pile: Pile, *, is_ranked: bool) -> None:
        """Take the order of the rows.

        Args:
            pile: whose rows.
            is_ranked: failed and refused ones first; else as the pile has them.
        """
        self._pile = pile
        rows = sorted(pile.rows, key=lambda row: RANKS[row.standing]) if is_ranked else pile.rows
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
