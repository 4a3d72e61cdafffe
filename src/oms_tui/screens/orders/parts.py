"""Small parts of the orders list: its orders of rows, its sizes, the walk through it."""

from typing import TYPE_CHECKING, Literal

from oms_tui.domain.filter import FilterError, Sort, bounds_text, parse, resolve
from oms_tui.screens.base import HEIGHTS, WIDTHS
from oms_tui.widgets.lines import Piece, spread

if TYPE_CHECKING:
    from oms_tui.screens.console import Console
    from oms_tui.screens.orders.screen import OrdersScreen

WIDTHS_HERE = [*WIDTHS[:-1], (100, "-roomy"), WIDTHS[-1]]
"""From 100 cells on the queues stand beside the table."""
HEIGHTS_HERE = [*HEIGHTS, (30, "-high")]

SORTS: tuple[tuple[str, bool] | None, ...] = (
    None,
    ("created", False),
    ("total", True),
    ("total", False),
    ("id", False),
)
"""The orders of rows that the sort key goes through: key and whether it descends; None = newest first."""
_WORDS = {
    ("created", True): "newest first",
    ("created", False): "oldest first",
    ("age", True): "oldest first",
    ("age", False): "newest first",
    ("total", True): "largest first",
    ("total", False): "smallest first",
    ("id", False): "by ID",
    ("id", True): "by ID, last first",
}


def next_sort(sort: Sort | None) -> Sort | None:
    """The order of rows that follows; None = newest first."""
    now = None if sort is None else (sort.key, sort.descending)
    if sort is not None and sort.key == "age":
        now = ("created", not sort.descending)
    place = SORTS.index(now) if now in SORTS else 0
    following = SORTS[(place + 1) % len(SORTS)]
    return None if following is None else Sort(*following)


def sort_words(sort: Sort | None) -> str:
    """The order of rows in words."""
    return "newest first" if sort is None else _WORDS.get((sort.key, sort.descending), f"by {sort.key}")


class OrderNeighbours:
    """The list an order was opened from, for `[` and `]`; its cursor follows."""

    def __init__(self, screen: "OrdersScreen") -> None:
        self._screen = screen

    async def neighbour(self, order_id: str, step: Literal[1, -1]) -> str | None:
        """The order after (1) or before (-1) this one."""
        row = await self._screen.orders.neighbour(order_id, step)
        return None if row is None else row.id

    def went_to(self, order_id: str) -> None:
        """The profile shows this order now."""
        self._screen.return_to = order_id


def filter_pieces(console: "Console", text: str, width: int) -> list[Piece]:
    """The filter as a line: its text, and at the right the bounds of time it means, with their offset."""
    left: list[Piece] = [(" ", "")]
    change = console.keys.shown("list.filter")
    if text:
        left += [(f"{change} ", "key"), (text, "strong")]
    else:
        search = console.keys.shown("find.search")
        left += [("all orders", ""), (f"   {search} finds one, {change} filters", "muted")]
    bounds = _bounds(console, text)
    return spread(left, [(f"{bounds} ", "muted")] if bounds else [], width)


def _bounds(console: "Console", text: str) -> str:
    try:
        resolved = resolve(parse(text), console.clock.now(), console.zone, console.actor.name)
    except FilterError:
        return ""  # the list itself says what is wrong
    return bounds_text(resolved, console.zone)
