"""Rows and a source of them, for tests of the long list."""

import asyncio
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from oms_tui.backend.errors import BackendError, Unavailable
from oms_tui.widgets.long_list import Count, Cursor, Key, Page
from oms_tui.widgets.long_list.page_cache import Request, RequestKind


@dataclass(frozen=True, slots=True)
class Row:
    """One row; sorted by its place."""

    key: Hashable
    place: float
    text: str = ""
    version: int = 1


def made_rows(first: int, last: int) -> list[Row]:
    return [Row(key=number, place=number, text=f"row {number}") for number in range(first, last)]


class ListSource:
    """A source over rows in memory, which can be made to wait, to fail and to tell what it was asked."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = sorted(rows, key=lambda row: row.place)
        self.asked: list[Request] = []
        self.open = asyncio.Event()
        self.open.set()
        self.error: BackendError | None = None

    def fail(self, text: str) -> None:
        """Answer with an error from now on."""
        self.error = Unavailable(text)

    def replace(self, key: Hashable, row: Row) -> None:
        """Put `row` in the place of the one named `key`."""
        self.rows = sorted([row, *(old for old in self.rows if old.key != key)], key=lambda each: each.place)

    def insert(self, *rows: Row) -> None:
        """Add rows where they belong."""
        self.rows = sorted([*self.rows, *rows], key=lambda each: each.place)

    def _index(self, place: Cursor) -> int:
        assert isinstance(place, (int, float))
        return sum(row.place < place for row in self.rows)

    def answer(self, request: Request, size: int) -> Page[Row]:
        """The page asked for."""
        total = len(self.rows)
        match request.kind:
            case RequestKind.FIRST:
                first, last = 0, size
            case RequestKind.LAST:
                first, last = total - size, total
            case RequestKind.AFTER:
                first = self._index(request.place)
                first += first < total and self.rows[first].place == request.place
                last = first + size
            case RequestKind.BEFORE:
                last = self._index(request.place)
                first = last - size
            case RequestKind.AROUND:
                middle = self._index(request.place)
                first, last = middle - size // 2, middle + size - size // 2
        first, last = max(first, 0), min(last, total)
        return Page(tuple(self.rows[first:last]), first > 0, last < total)

    async def _ask(self, request: Request, size: int) -> Page[Row]:
        self.asked.append(request)
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return self.answer(request, size)

    async def first(self, size: int) -> Page[Row]:
        return await self._ask(Request(RequestKind.FIRST), size)

    async def last(self, size: int) -> Page[Row]:
        return await self._ask(Request(RequestKind.LAST), size)

    async def after(self, key: Cursor, size: int) -> Page[Row]:
        return await self._ask(Request(RequestKind.AFTER, key), size)

    async def before(self, key: Cursor, size: int) -> Page[Row]:
        return await self._ask(Request(RequestKind.BEFORE, key), size)

    async def around(self, key: Cursor, size: int) -> Page[Row]:
        return await self._ask(Request(RequestKind.AROUND, key), size)

    async def find(self, key: Key) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)

    async def count(self) -> Count:
        return Count(len(self.rows))


def keys(rows: Sequence[Row]) -> list[Hashable]:
    return [row.key for row in rows]
