"""The rows of a settlement file as the house's list reads them."""

from typing import TYPE_CHECKING

from oms_tui.backend import SettlementQuery
from oms_tui.backend.errors import BackendError, NotFound, SignedOut, Unavailable
from oms_tui.domain.answers import Count
from oms_tui.domain.settlement import Standing
from oms_tui.domain.settlement_answers import SettlementLine, SettlementPage, SettlementPosition
from oms_tui.widgets.long_list import Cursor, Key, Page

if TYPE_CHECKING:
    from oms_tui.screens.console import Console


class SettlementSource:
    """Rows of one file that stand so. See `PageSource`."""

    def __init__(self, console: "Console", file: int, standings: tuple[Standing, ...]) -> None:
        self._console = console
        self._file = file
        self._standings = standings

    async def _page(
        self,
        size: int,
        *,
        after: SettlementPosition | None = None,
        before: SettlementPosition | None = None,
        from_end: bool = False,
    ) -> SettlementPage:
        query = SettlementQuery(
            file=self._file,
            standings=self._standings,
            size=size,
            after=after,
            before=before,
            from_end=from_end,
        )
        try:
            return await self._console.backend.settlement_page(query)
        except SignedOut as error:
            self._console.tell_error(error)
            raise
        except BackendError as error:
            again = self._console.keys.shown("view.refresh")
            raise Unavailable(f"{error} {again} tries again.") from error

    async def first(self, size: int) -> Page[SettlementLine]:
        """The first rows."""
        return _as_page(await self._page(size))

    async def last(self, size: int) -> Page[SettlementLine]:
        """The last rows."""
        return _as_page(await self._page(size, from_end=True))

    async def after(self, key: Cursor, size: int) -> Page[SettlementLine]:
        """The rows after a place."""
        return _as_page(await self._page(size, after=_position(key)))

    async def before(self, key: Cursor, size: int) -> Page[SettlementLine]:
        """The rows before a place."""
        return _as_page(await self._page(size, before=_position(key)))

    async def around(self, key: Cursor, size: int) -> Page[SettlementLine]:
        """The rows around a place."""
        place, number = _position(key)
        earlier = await self._page(max(1, size // 2), before=(place, number))
        later = await self._page(max(1, size - len(earlier.rows)), after=(place, number - 1))
        return Page((*earlier.rows, *later.rows), earlier.has_before, later.has_after)

    async def find(self, key: Key) -> SettlementLine | None:
        """The row of that number, if it still stands so."""
        try:
            found = (await self._console.backend.settlement_row(int(str(key)))).line
        except NotFound:
            return None
        return found if found.file == self._file and found.standing in self._standings else None

    async def count(self) -> Count:
        """How many there are."""
        return await self._console.backend.settlement_count(self._file, self._standings)


def _position(key: Cursor) -> SettlementPosition:
    if not isinstance(key, tuple):
        raise TypeError(f"{key!r} is no place in a settlement file")
    return key


def _as_page(page: SettlementPage) -> Page[SettlementLine]:
    return Page(page.rows, page.has_before, page.has_after)
