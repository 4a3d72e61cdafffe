"""Pulls the pages a navigator wants from a source, and lets no stale answer through. Knows no screen."""

from collections import OrderedDict
from typing import Generic, Literal

from oms_tui.backend.errors import BackendError
from oms_tui.domain.answers import Count
from oms_tui.widgets.long_list.navigator import FIRST, Navigator
from oms_tui.widgets.long_list.page_cache import Request, RequestKind
from oms_tui.widgets.long_list.source import Cursor, Key, Page, PageSource, RowIdentity, RowT

KEPT_PLACES = 500
"""Rows whose place is remembered after they were asked for by key, so that their neighbours can be found."""


class Loader(Generic[RowT]):
    """A navigator with a source behind it.

    Every answer belongs to the *epoch* it was asked in. A new source, and rows read again, begin a new one,
    and answers of an earlier epoch are dropped.
    """

    def __init__(self, identity: RowIdentity[RowT]) -> None:
        self.navigator: Navigator[RowT] = Navigator(identity)
        self._identity = identity
        self._source: PageSource[RowT] | None = None
        self._epoch = 0
        self._asked: set[Request] = set()
        self._places: OrderedDict[Key, Cursor] = OrderedDict()

    @property
    def source(self) -> PageSource[RowT] | None:
        """What is asked; None until one was taken."""
        return self._source

    def take(self, source: PageSource[RowT], at: RowT | None = None) -> None:
        """Ask ``source`` from now on, beginning at its first row or around the place of ``at``."""
        self._source = source
        self._begin_epoch()
        self._places.clear()
        self.navigator.restart(at)

    def start_over(self) -> None:
        """Ask the same source anew, from its first row."""
        self._begin_epoch()
        self.navigator.restart()

    def _begin_epoch(self) -> None:
        self._epoch += 1
        self._asked.clear()

    # -- pages ---------------------------------------------------------------------------------------------

    def wanted(self) -> list[Request]:
        """Carry out what can be; the pages that must be fetched for the rest, each named once."""
        if self._source is None:
            return []
        wanted = [request for request in self.navigator.advance() if request not in self._asked]
        self._asked.update(wanted)
        return wanted

    async def fetch(self, request: Request) -> bool:
        """Fetch one wanted page and give it to the navigator.

        Returns:
            Whether the answer was still wanted.

        Raises:
            BackendError: the source could not answer a request that is still wanted.
        """
        epoch, source = self._epoch, self._source
        if source is None:
            return False
        size = self.navigator.page_rows
        if request.kind is RequestKind.AROUND:
            size = self.navigator.around_rows
        try:
            page = await request.ask(source, size)
        except BackendError:
            if epoch != self._epoch:
                return False
            self._asked.discard(request)
            raise
        if epoch != self._epoch:
            return False
        self._asked.discard(request)
        self.navigator.receive(request, page)
        return True

    async def read_again(self) -> bool:
        """Read the rows around the cursor again and put them in the place of the old ones.

        Returns:
            False when another source was taken meanwhile.

        Raises:
            BackendError: the source could not answer.
        """
        epoch, source, navigator = self._epoch, self._source, self.navigator
        if source is None:
            return False
        asked: set[tuple[Request, Key]] = set()
        request = navigator.refresh_request()
        while True:
            row = navigator.window.cursor_row
            step = (request, None if row is None else self._identity.key(row))
            is_final = step in asked
            asked.add(step)
            page = await request.ask(source, navigator.around_rows)
            moved = None if request == FIRST or navigator.holds(page) else await self._moved_row(source)
            if epoch != self._epoch:
                return False
            if moved is not None and moved != request:
                request = moved
                continue
            if navigator.refreshed(request, page, is_final=is_final):
                self._begin_epoch()
                return True
            request = navigator.refresh_request()

    async def _moved_row(self, source: PageSource[RowT]) -> Request | None:
        """The neighbourhood the cursor's row has moved to; None when the list does not hold it any more."""
        row = self.navigator.window.cursor_row
        found = None if row is None else await source.find(self._identity.key(row))
        return None if found is None else Request(RequestKind.AROUND, self._identity.cursor(found))

    # -- single rows ---------------------------------------------------------------------------------------

    async def count(self) -> Count | None:
        """How many rows the source has; None when another source was taken meanwhile.

        Raises:
            BackendError: the source could not answer.
        """
        source = self._source
        count = None if source is None else await source.count()
        return count if source is self._source else None

    async def page_around(self, key: Key) -> Page[RowT] | None:
        """Rows on both sides of the row named ``key``; None when the list does not hold it.

        Raises:
            BackendError: the source could not answer.
        """
        source, place = self._source, await self._place_of(key)
        if source is None or place is None:
            return None
        page = await source.around(place, self.navigator.around_rows)
        return page if source is self._source else None

    async def neighbour(self, key: Key, step: Literal[1, -1]) -> RowT | None:
        """The row after (1) or before (-1) the one named ``key``, wherever the screen is; None at the end.

        A row that has left the list since it was last asked for still has its neighbours.

        Raises:
            BackendError: the source could not answer.
        """
        found = self._loaded_neighbour(key, step)
        if found is None:
            source, place = self._source, await self._place_of(key)
            if source is None or place is None:
                return None
            page = await (source.after(place, 1) if step > 0 else source.before(place, 1))
            found = page.rows[0] if page.rows else None
        if found is not None:
            self.remember(found)
        return found

    def remember(self, row: RowT) -> None:
        """Keep the place of ``row``, whatever becomes of it."""
        key = self._identity.key(row)
        self._places[key] = self._identity.cursor(row)
        self._places.move_to_end(key)
        if len(self._places) > KEPT_PLACES:
            self._places.popitem(last=False)

    def _loaded_neighbour(self, key: Key, step: Literal[1, -1]) -> RowT | None:
        window = self.navigator.window
        index = None if self.navigator.is_entering else window.index_of(key)
        if index is None:
            return None
        self.remember(window.rows[index])
        return window.rows[index + step] if 0 <= index + step < len(window.rows) else None

    async def _place_of(self, key: Key) -> Cursor | None:
        window = self.navigator.window
        index = None if self.navigator.is_entering else window.index_of(key)
        if index is not None:
            return self._identity.cursor(window.rows[index])
        if key in self._places:
            return self._places[key]
        found = None if self._source is None else await self._source.find(key)
        return None if found is None else self._identity.cursor(found)
