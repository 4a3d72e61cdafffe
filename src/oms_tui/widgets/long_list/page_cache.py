"""Requests for pages by place, and the answers a list keeps: the least recently used goes first."""

from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic

from oms_tui.widgets.long_list.source import Cursor, Page, PageSource, RowT

KEPT_PAGES = 24
"""Enough to turn back some two thousand rows without asking again; memory stays flat over any distance."""


class RequestKind(StrEnum):
    """Which stretch of the list is wanted."""

    FIRST = "first"
    LAST = "last"
    AFTER = "after"
    BEFORE = "before"
    AROUND = "around"


@dataclass(frozen=True, slots=True)
class Request:
    """One page wanted of a source: an end of the list, or the neighbourhood of a place."""

    kind: RequestKind
    place: Cursor = None
    """The keyset position the page begins at; None for an end of the list."""

    async def ask(self, source: PageSource[RowT], size: int) -> Page[RowT]:
        """Put the request to ``source``.

        Raises:
            BackendError: the source could not answer.
        """
        match self.kind:
            case RequestKind.FIRST:
                return await source.first(size)
            case RequestKind.LAST:
                return await source.last(size)
            case RequestKind.AFTER:
                return await source.after(self.place, size)
            case RequestKind.BEFORE:
                return await source.before(self.place, size)
            case RequestKind.AROUND:
                return await source.around(self.place, size)


class PageCache(Generic[RowT]):
    """Answers kept by request, the least recently used thrown out past ``capacity``."""

    def __init__(self, capacity: int = KEPT_PAGES) -> None:
        if capacity < 1:
            raise ValueError("a cache keeps at least one page")
        self._capacity = capacity
        self._pages: OrderedDict[Request, Page[RowT]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pages)

    def get(self, request: Request) -> Page[RowT] | None:
        """The kept answer to ``request``, now the most recently used; None when it must be asked."""
        page = self._pages.get(request)
        if page is not None:
            self._pages.move_to_end(request)
        return page

    def put(self, request: Request, page: Page[RowT]) -> None:
        """Keep ``page`` as the answer to ``request``."""
        self._pages[request] = page
        self._pages.move_to_end(request)
        while len(self._pages) > self._capacity:
            self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forget every page: the rows behind them may have changed."""
        self._pages.clear()
