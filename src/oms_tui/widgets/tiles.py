"""Tiles: named counts side by side. Numbers change in place; nothing moves under the cursor."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Region, Size
from textual.message import Message

from oms_tui.text import cell_width, clean_line, fit
from oms_tui.widgets.lines import Lines, Piece, Pieces

TALL_LINES = 4
"""Lines of a tile with room around it: title, count, age, blank."""
LEAST_WIDTH = 18
"""Cells of a tile, at the least."""
MOST_DIGITS = 9
COUNT_WIDTH = 7
"""Cells of a count where a tile has one line."""
AGE_WIDTH = 6
LEAST_LINE = 30
"""Cells of a tile of one line, at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One named count. `count` is "…" until it is known."""

    id: str
    title: str
    short_title: str = ""
    """The title where it does not fit; "" = it is short."""
    count: str = "…"
    short_count: str = "…"
    """The same in at most `COUNT_WIDTH` cells."""
    detail: str = ""
    """The age of the oldest ("oldest 12 min")."""
    short_detail: str = ""
    """The same where there is one line only ("12 min")."""


class Tiles(Lines, can_focus=True):
    """A grid of tiles, the first nine with their digit. Tall where there is room, else one line each."""

    class Opened(Message):
        """Somebody opened a tile."""

        def __init__(self, tile: Tile) -> None:
            super().__init__()
            self.tile = tile

    def __init__(self, *, most_lines: int, id: str | None = None) -> None:
        """Make a grid without tiles.

        Args:
            most_lines: how many lines the grid may take; `set_most_lines` changes it.
            id: as of any widget.
        """
        super().__init__(id=id)
        self._most_lines = most_lines
        self._tiles: tuple[Tile, ...] = ()
        self._cursor = 0

    # -- tiles ---------------------------------------------------------------------------------------------

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """Its tiles."""
        return self._tiles

    @property
    def cursor_tile(self) -> Tile | None:
        """The tile under the cursor."""
        return self._tiles[self._cursor] if self._cursor < len(self._tiles) else None

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these. The same tiles with other counts are repainted in place, without a layout."""
        before, self._tiles = self._tiles, tuple(tiles)
        if before == self._tiles:
            return
        self._cursor = min(self._cursor, max(0, len(tiles) - 1))
        self.refresh(layout=len(before) != len(tiles))

    def set_most_lines(self, most_lines: int) -> None:
        """Take at most so many lines."""
        if most_lines != self._most_lines:
            self._most_lines = most_lines
            self.refresh(layout=True)

    def open_number(self, number: int) -> None:
        """Open the tile with this digit, if there is one."""
        if 1 <= number <= min(MOST_DIGITS, len(self._tiles)):
            self._cursor = number - 1
            self.refresh()
            self.action_open()

    # -- the grid ------------------------------------------------------------------------------------------

    def _grid(self, width: int) -> tuple[int, bool]:
        """How many tiles stand side by side, and whether they are tall."""
        count = max(1, len(self._tiles))
        fitting = max(1, min(width // (LEAST_WIDTH + 4), 6))
        across = min(count, fitting)
        if -(-count // across) * TALL_LINES - 1 <= self._most_lines:
            return across, True
        return max(1, min(width // LEAST_LINE, 3)), False

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the tiles need at this width."""
        across, is_tall = self._grid(width)
        rows = -(-len(self._tiles) // across)
        return max(1, rows * TALL_LINES - 1 if is_tall else rows)

    def _place(self, index: int, width: int) -> tuple[int, int]:
        """Column and row of a tile. Tall ones are read across, lines are read down."""
        across, is_tall = self._grid(width)
        if is_tall:
            return index % across, index // across
        down = -(-len(self._tiles) // across)
        return index // down, index % down

    def line(self, y: int, width: int) -> Pieces:
        """One line of the grid."""
        across, is_tall = self._grid(width)
        cells = width // across
        row, part = (y // TALL_LINES, y % TALL_LINES) if is_tall else (y, 0)
        pieces: list[Piece] = []
        for column in range(across):
            index = next((i for i in range(len(self._tiles)) if self._place(i, width) == (column, row)), None)
            if index is None:
                pieces.append((" " * cells, ""))
            elif is_tall:
                pieces += self._tall(index, part, cells)
            else:
                pieces += self._flat(index, cells)
        return pieces

    def _is_lit(self, index: int) -> bool:
        return index == self._cursor and self.has_focus

    def _tall(self, index: int, part: int, cells: int) -> list[Piece]:
        tile, is_lit = self._tiles[index], self._is_lit(index)
        room = cells - 2
        digit = str(index + 1) if index < MOST_DIGITS else " "
        if part == 0:
            title = _title(tile, room - 3)
            look = "selected" if is_lit else ""
            return [(" ", ""), (digit, "selected" if is_lit else "key"), (f" {title} ", look), (" ", "")]
        if part == 1:
            return [("   ", ""), (fit(tile.count, room - 1), "strong" if tile.count != "0" else "muted")]
        if part == 2:
            return [("   ", ""), (fit(tile.detail, room - 1), "muted")]
        return [(" " * cells, "")]

    def _flat(self, index: int, cells: int) -> list[Piece]:
        tile, is_lit = self._tiles[index], self._is_lit(index)
        digit = str(index + 1) if index < MOST_DIGITS else " "
        title = _title(tile, max(4, cells - 6 - COUNT_WIDTH - AGE_WIDTH))
        count = fit(tile.short_count, COUNT_WIDTH, "right")
        age = fit(tile.short_detail, AGE_WIDTH, "right")
        if is_lit:
            return [(" ", ""), (f"{digit} {title} {count} {age}", "selected"), (" ", "")]
        look = "strong" if tile.count != "0" else "muted"
        return [
            (" ", ""),
            (digit, "key"),
            (f" {title} ", ""),
            (count, look),
            (f" {age}", "muted"),
            (" ", ""),
        ]

    # -- movements -----------------------------------------------------------------------------------------

    def action_cursor_left(self) -> None:
        """One tile to the left."""
        self._go(-1, 0)

    def action_cursor_right(self) -> None:
        """One tile to the right."""
        self._go(1, 0)

    def action_cursor_up(self) -> None:
        """One tile up."""
        self._go(0, -1)

    def action_cursor_down(self) -> None:
        """One tile down."""
        self._go(0, 1)

    def action_first(self) -> None:
        """To the first tile."""
        self._put(0)

    def action_last(self) -> None:
        """To the last tile."""
        self._put(len(self._tiles) - 1)

    def action_open(self) -> None:
        """Open the tile under the cursor."""
        tile = self.cursor_tile
        if tile is not None:
            self.post_message(self.Opened(tile))

    def _go(self, across: int, down: int) -> None:
        width = self.size.width
        column, row = self._place(self._cursor, width)
        wanted = (column + across, row + down)
        self._put(next((i for i in range(len(self._tiles)) if self._place(i, width) == wanted), self._cursor))

    def _put(self, index: int) -> None:
        if 0 <= index < len(self._tiles) and index != self._cursor:
            before, self._cursor = self._cursor, index
            self.refresh(self._title_region(before), self._title_region(index))

    def _title_region(self, index: int) -> Region:
        """The cells that show whether a tile has the cursor."""
        width = self.size.width
        across, is_tall = self._grid(width)
        column, row = self._place(index, width)
        return Region(column * (width // across), row * (TALL_LINES if is_tall else 1), width // across, 1)

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Open the clicked tile."""
        width = self.size.width
        across, is_tall = self._grid(width)
        at = (event.x // max(1, width // across), event.y // TALL_LINES if is_tall else event.y)
        index = next((i for i in range(len(self._tiles)) if self._place(i, width) == at), None)
        if index is not None:
            self._put(index)
            self.action_open()


def _title(tile: Tile, room: int) -> str:
    """The title in exactly `room` cells: whole, else the short one."""
    title = clean_line(tile.title)
    return fit(clean_line(tile.short_title) if tile.short_title and cell_width(title) > room else title, room)
