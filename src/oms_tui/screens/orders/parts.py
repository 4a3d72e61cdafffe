"""Small parts of the orders list: its orders of rows, its sizes, the walk through it."""

from typing import TYPE_CHECKING, Literal

from textual import getters

from oms_tui.domain.authority import Authority, Right
from oms_tui.domain.filter import FilterError, Sort, bounds_text, parse, resolve
from oms_tui.domain.people import Role
from oms_tui.screens.base import HEIGHTS, WIDTHS
from oms_tui.screens.console import Console
from oms_tui.screens.keymap import Keys
from oms_tui.screens.orders.source import readable
from oms_tui.widgets.lines import Lines, Piece, pieces_width, spread

if TYPE_CHECKING:
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
    ("lapses", False): "first to lapse first",
    ("lapses", True): "last to lapse first",
    ("asked", False): "oldest request first",
    ("asked", True): "newest request first",
}


def keys_first(roles: frozenset[Role], authority: Authority) -> tuple[str, ...]:
    """The actions that the key line names first. Whoever works flows has more use for them than for marks."""
    works_flows = authority.allows(roles, Right.RUN_TASK)
    return (
        "move.open", "queue.claim_next", "order.cancel", "order.approve", "order.release-hold",
        *(("order.flow",) if works_flows else ()), "order.note", "find.search", "orders.flow_pane",
        "list.sort", "list.mark", "order.claim", "order.status",
    )  # fmt: skip


def empty_text(filter_text: str, keys: Keys) -> str:
    """What a list without a row says: the filter that finds none, and the keys that help."""
    if not filter_text:
        return "There are no orders here yet – oms-tui import brings some in"
    change, away = keys.shown("list.filter"), keys.shown("view.back")
    return f"No orders match “{filter_text}” – {away} clears the filter, {change} changes it"


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


class FilterLine(Lines):
    """What the list shows: its filter, the bounds of time that means, with their offset, and the place in it.

    The place stands here and not in the key line, which needs its room for keys. Where there is little, the
    words on the sort go first (a sort that was chosen is in the filter), then the place; the bounds stay.
    """

    app = getters.app(Console)

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._filter = ""
        self._place = ""

    @property
    def place(self) -> str:
        """The place in the list, and how many are marked."""
        return self._place

    def tell(self, *, filter_text: str | None = None, place: str | None = None) -> None:
        """Say this from now on; None leaves a part as it is. Bounds of time are those of this moment."""
        self._filter = self._filter if filter_text is None else filter_text
        self._place = self._place if place is None else place
        self.show(self._pieces(self.size.width or self.app.size.width))

    def on_resize(self) -> None:
        """Fit the parts to the new width."""
        self.tell()

    def _pieces(self, width: int) -> list[Piece]:
        if not self.app.is_signed_in:
            return []
        keys = self.app.keys
        change, search = keys.shown("list.filter"), keys.shown("find.search")
        asked = readable(self._filter)
        order_of_rows = sort_words(None if asked is None else asked.sort)
        if self._filter:
            left: list[Piece] = [(" ", ""), (f"{change} ", "key"), (self._filter, "strong")]
            more: list[Piece] = [(f"  {order_of_rows}", "muted")]
        else:
            left = [(" ", ""), (f"all orders, {order_of_rows}", "")]
            more = [(f"   {change} filters them, {search} searches", "muted")]
        bounds = self._bounds()
        ends: list[Piece] = [(f"{bounds} ", "muted")] if bounds else []
        place: list[Piece] = [(f"  {self._place} ", "muted")] if self._place else []
        for head, tail in (([*left, *more], [*ends, *place]), (left, [*ends, *place]), (left, ends)):
            if pieces_width(head) + pieces_width(tail) + 1 <= width:
                return spread(head, tail, width)
        return spread(left, ends, width)

    def _bounds(self) -> str:
        console = self.app
        try:
            resolved = resolve(parse(self._filter), console.clock.now(), console.zone, console.actor.name)
        except FilterError:
            return ""  # the list itself says what is wrong
        return bounds_text(resolved, console.zone)
