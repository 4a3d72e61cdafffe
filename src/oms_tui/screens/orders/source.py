"""The list's pages from the backend, for one filter."""

from typing import TYPE_CHECKING

from oms_tui.backend import Backend, PageQuery
from oms_tui.backend.errors import BackendError, SignedOut, Unavailable
from oms_tui.domain.answers import Count, OrderPage, OrderSummary, Position
from oms_tui.domain.filter import Condition, Filter, FilterError, Operator, Text, parse
from oms_tui.widgets.long_list import Cursor, Key, Page

if TYPE_CHECKING:
    from oms_tui.screens.console import Console

LARGE_PAGE = 500
"""Rows asked for at once where all are wanted."""


class OrderSource:
    """Orders that a filter finds, in its order. See `PageSource`."""

    def __init__(self, console: "Console", filter_text: str) -> None:
        self._console = console
        self.filter_text = filter_text

    async def _page(self, query: PageQuery) -> Page[OrderSummary]:
        return _as_page(await self._ask(query))

    async def _ask(self, query: PageQuery) -> OrderPage:
        try:
            return await self._console.backend.page(query)
        except SignedOut as error:
            self._console.tell_error(error)
            raise
        except BackendError as error:
            again = self._console.keys.shown("view.refresh")
            raise Unavailable(f"{error} {again} tries again.") from error

    async def first(self, size: int) -> Page[OrderSummary]:
        """The first rows."""
        return await self._page(PageQuery(filter=self.filter_text, size=size))

    async def last(self, size: int) -> Page[OrderSummary]:
        """The last rows."""
        return await self._page(PageQuery(filter=self.filter_text, size=size, from_end=True))

    async def after(self, key: Cursor, size: int) -> Page[OrderSummary]:
        """The rows after a place."""
        return await self._page(PageQuery(filter=self.filter_text, size=size, after=_position(key)))

    async def before(self, key: Cursor, size: int) -> Page[OrderSummary]:
        """The rows before a place."""
        return await self._page(PageQuery(filter=self.filter_text, size=size, before=_position(key)))

    async def around(self, key: Cursor, size: int) -> Page[OrderSummary]:
        """The rows around a place."""
        return await self._page(PageQuery(filter=self.filter_text, size=size, around=_position(key)))

    async def find(self, key: Key) -> OrderSummary | None:
        """The row of an order, if the filter still finds it.

        A filter with `id:` of its own cannot be narrowed by another `id:` (the same field twice is "or"), so
        the order is looked up in the same sort and then looked for at its place.
        """
        order_id = str(key)
        asked = parse(self.filter_text)
        wanted = Condition("id", Operator.IS, (Text(order_id),))
        if not any(one.field == "id" for one in asked.conditions):
            rows = (await self._ask(PageQuery(filter=str(Filter((*asked.items, wanted))), size=2))).rows
            return next((row for row in rows if row.id == order_id), None)
        others = (one for one in asked.items if not (isinstance(one, Condition) and one.field == "id"))
        alone = Filter((*others, wanted))
        rows = (await self._ask(PageQuery(filter=str(alone), size=2))).rows
        place = next((row.position for row in rows if row.id == order_id), None)
        if place is None:
            return None
        near = (await self._ask(PageQuery(filter=self.filter_text, size=4, around=place))).rows
        return next((row for row in near if row.id == order_id), None)

    async def count(self) -> Count:
        """How many there are."""
        return await self._console.backend.count(self.filter_text)


def _position(key: Cursor) -> Position:
    if not isinstance(key, tuple):
        raise TypeError(f"{key!r} is no place in a list of orders")
    return key


def _as_page(page: OrderPage) -> Page[OrderSummary]:
    return Page(page.rows, page.has_before, page.has_after)


def readable(filter_text: str) -> Filter | None:
    """The filter as read; None where it cannot be."""
    try:
        return parse(filter_text)
    except FilterError:
        return None


async def every_id(backend: Backend, filter_text: str, most: int) -> set[str]:
    """The IDs of all orders that a filter finds, `most` and a page at most."""
    found: set[str] = set()
    after: Position | None = None
    while len(found) < most:
        page = await backend.page(PageQuery(filter=filter_text, size=LARGE_PAGE, after=after))
        found.update(row.id for row in page.rows)
        if not page.has_after or not page.rows:
            break
        after = page.rows[-1].position
    return found
