"""The long list alone on a screen, over a table of orders: what moving costs without the rest of the console.

    python long_list_app.py DATABASE [--low-bandwidth] [--theme NAME]

``benchmarks.list_moves`` makes the database and compares with ``curses_list.py``.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

from oms_tui.domain.answers import Count
from oms_tui.widgets.long_list import Cell, Column, Counted, Cursor, Key, LongList, Page

COLUMNS = "id, placed, customer, status, country, channel, method, total"
LOOKS = {"●": "good", "▶": "active", "✖": "problem", "⊘": "muted", "○": "warning"}
ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Row:
    """One order of the table."""

    id: int
    placed: int
    customer: str
    status: str
    country: str
    channel: str
    method: str
    total: str


class TableSource:
    """The table, newest order first, read by keyset on (placed, id) in a thread of its own."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1)
        self._connection: sqlite3.Connection | None = None

    async def _ask(self, question: Callable[[sqlite3.Connection], ResultT]) -> ResultT:
        def answer() -> ResultT:
            if self._connection is None:
                self._connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
            return question(self._connection)

        return await asyncio.get_running_loop().run_in_executor(self._thread, answer)

    async def _page(self, where: str, order: str, place: Cursor, size: int) -> list[Row]:
        values: Sequence[object] = place if isinstance(place, tuple) else ()
        sql = f"SELECT {COLUMNS} FROM orders {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - constants
        return await self._ask(lambda db: [Row(*row) for row in db.execute(sql, (*values, size))])

    async def first(self, size: int) -> Page[Row]:
        """See `PageSource`."""
        return self._cut(await self._page("", "placed DESC, id DESC", None, size + 1), size)

    async def last(self, size: int) -> Page[Row]:
        """See `PageSource`."""
        return self._cut_back(await self._page("", "placed, id", None, size + 1), size, has_after=False)

    async def after(self, key: Cursor, size: int) -> Page[Row]:
        """See `PageSource`."""
        where = "WHERE (placed, id) < (?, ?)"
        page = self._cut(await self._page(where, "placed DESC, id DESC", key, size + 1), size)
        return Page(page.rows, True, page.has_after)

    async def before(self, key: Cursor, size: int) -> Page[Row]:
        """See `PageSource`."""
        where = "WHERE (placed, id) > (?, ?)"
        return self._cut_back(await self._page(where, "placed, id", key, size + 1), size, has_after=True)

    async def around(self, key: Cursor, size: int) -> Page[Row]:
        """See `PageSource`."""
        before = await self.before(key, size // 2)
        where = "WHERE (placed, id) <= (?, ?)"
        here = self._cut(await self._page(where, "placed DESC, id DESC", key, size // 2 + 1), size // 2)
        return Page((*before.rows, *here.rows), before.has_before, here.has_after)

    async def find(self, key: Key) -> Row | None:
        """See `PageSource`."""
        sql = f"SELECT {COLUMNS} FROM orders WHERE id = ?"  # noqa: S608 - constants
        rows = await self._ask(lambda db: db.execute(sql, (key,)).fetchall())
        return Row(*rows[0]) if rows else None

    async def count(self) -> Count:
        """See `PageSource`."""
        found = await self._ask(lambda db: db.execute("SELECT value FROM counter").fetchone())
        return Count(int(found[0]))

    @staticmethod
    def _cut(rows: list[Row], size: int) -> Page[Row]:
        return Page(tuple(rows[:size]), False, len(rows) > size)

    @staticmethod
    def _cut_back(rows: list[Row], size: int, *, has_after: bool) -> Page[Row]:
        return Page(tuple(reversed(rows[:size])), len(rows) > size, has_after)


def status_cell(row: Row) -> Cell:
    """Glyph, word and colour of a status."""
    return Cell(row.status, LOOKS.get(row.status[:1], ""))


ORDER_COLUMNS: Sequence[Column[Row]] = (
    Column(id="order", title="Order", width=8, render=lambda row: str(row.id)),
    Column(id="placed", title="Placed", width=12, priority=3, render=lambda row: f"{row.placed}"),
    Column(id="customer", title="Customer", width=18, flex=1, render=lambda row: row.customer),
    Column(id="status", title="Status", width=20, render=status_cell),
    Column(id="country", title="Ctry", width=4, priority=4, render=lambda row: row.country),
    Column(id="channel", title="Channel", width=9, priority=5, render=lambda row: row.channel),
    Column(id="method", title="Method", width=14, priority=6, render=lambda row: row.method),
    Column(id="total", title="Total", width=12, align="right", render=lambda row: row.total),
)


class ListScreen(Screen[None]):
    """A screen that is covered by its widgets, and so need not be painted itself."""

    BLANK = True


class ListApp(App[None]):
    """The list between nothing and a line that tells when it is ready."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "list('cursor_down')"),
        Binding("k,up", "list('cursor_up')"),
        Binding("pagedown", "list('page_down')"),
        Binding("pageup", "list('page_up')"),
        Binding("end,G", "list('last')"),
        Binding("home,g", "list('first')"),
        Binding("q", "quit"),
    ]

    def __init__(self, database: str, *, low_bandwidth: bool, theme: str) -> None:
        super().__init__()
        self.theme = theme
        self._source = TableSource(database)
        self._low_bandwidth = low_bandwidth

    def get_default_screen(self) -> Screen[None]:
        """The one screen."""
        return ListScreen(id="_default")

    def compose(self) -> ComposeResult:
        """The list and the line."""
        orders = LongList(
            ORDER_COLUMNS,
            key=lambda row: row.id,
            cursor=lambda row: (row.placed, row.id),
            version=lambda row: row.status,
        )
        orders.low_bandwidth = self._low_bandwidth
        orders.set_source(self._source)
        yield orders
        yield Static(id="state")

    def on_mount(self) -> None:
        """Keys go to the list."""
        self.query_one(LongList).focus()

    def on_counted(self, message: Counted[Row]) -> None:
        """Everything is here."""
        self.query_one("#state", Static).update(f"LOADED {message.count.value}")

    def action_list(self, action: str) -> None:
        """Pass a movement on to the list."""
        getattr(self.query_one(LongList), f"action_{action}")()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--low-bandwidth", action="store_true")
    parser.add_argument("--theme", default="textual-dark")
    given = parser.parse_args()
    ListApp(given.database, low_bandwidth=given.low_bandwidth, theme=given.theme).run()
