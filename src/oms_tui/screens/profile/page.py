"""Making a tab's body: headings, tables, facts, long texts, one after another."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from oms_tui.text import cell_width, clean_line
from oms_tui.widgets.flowing import wrapped
from oms_tui.widgets.grid import Grid
from oms_tui.widgets.lines import Piece, Pieces, pieces_width, spread
from oms_tui.widgets.listing import Body, Entry
from oms_tui.widgets.long_list.columns import Cell, Column

RowT = TypeVar("RowT")
INDENT = 4
"""Cells by which details stand in from what they belong to."""
LABEL = 14
"""Cells of the labels of a list of facts."""
LEAST_TEXT = 10


@dataclass(frozen=True, slots=True)
class PartKey:
    """Names the heading of a part of a body; `tab` goes from one to the next."""

    title: str


class Page:
    """A body in the making, `width` cells wide."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._entries: list[Entry] = []
        self._head = self._foot = 0

    def body(self) -> Body:
        """What was made."""
        return Body(tuple(self._entries), self._head, self._foot)

    def keep_on_top(self) -> None:
        """What stands here so far stays at the top while the rest scrolls."""
        self._head = len(self._entries)

    def keep_at_end(self, count: int) -> None:
        """The last `count` lines stay at the end while the rest scrolls."""
        self._foot = count

    def blank(self) -> None:
        """A blank line, unless one stands there already or nothing does."""
        if self._entries and self._entries[-1] is not _BLANK:
            self._entries.append(_BLANK)

    def draw(
        self, draw: Callable[[], Pieces], key: Hashable | None = None, *, can_mark: bool = False
    ) -> None:
        """A line made when it is seen."""
        self._entries.append(Entry(draw, key, can_mark))

    def put(self, *pieces: Piece, key: Hashable | None = None) -> None:
        """A line as it is."""
        self._entries.append(Entry(lambda: pieces, key))

    def ends(self, left: Sequence[Piece], right: Sequence[Piece], key: Hashable | None = None) -> None:
        """A line with something at either edge."""
        self.draw(lambda: spread(left, right, self.width), key)

    def heading(self, text: str, *rest: Piece, key: Hashable | None = None) -> None:
        """A heading, a blank line above it."""
        self.blank()
        pieces: list[Piece] = [(text, "strong")]
        for piece in rest:
            pieces += [("  ", ""), piece]
        self.put(*pieces, key=key)

    def part(self, title: str, *rest: Piece) -> None:
        """The heading of a part that can be gone to."""
        self.heading(title, *rest, key=PartKey(title))

    def flow(
        self, groups: Iterable[Pieces], *, indent: int = 0, gap: int = 3, key: Hashable | None = None
    ) -> None:
        """Groups of pieces side by side, as many to a line as fit."""
        lines: list[list[Piece]] = []
        room = 0
        for group in groups:
            cells = pieces_width(group)
            if not lines or cells + gap > room:
                lines.append([(" " * indent, ""), *group])
                room = self.width - indent - cells
            else:
                lines[-1] += [(" " * gap, ""), *group]
                room -= cells + gap
        for line in lines:
            self.put(*line, key=key)

    def say(self, text: str, look: str = "muted", *, indent: int = 0, key: Hashable | None = None) -> None:
        """Text of any length, broken between words."""
        for line in wrapped(text, max(LEAST_TEXT, self.width - indent)):
            self.put((" " * indent, ""), (line, look), key=key)

    def facts(self, facts: Iterable[tuple[str, str | Cell | Sequence[str]]], *, indent: int = 0) -> None:
        """Labels with their values; values of several lines stand below each other."""
        room = max(LEAST_TEXT, self.width - indent - LABEL)
        for label, value in facts:
            cell = value if isinstance(value, Cell) else Cell("")
            texts = [cell.text] if isinstance(value, Cell) else [value] if isinstance(value, str) else value
            lines = [line for text in texts for line in wrapped(text, room)]
            for number, line in enumerate(lines):
                name = label if number == 0 else ""
                padded = name + " " * max(1, LABEL - cell_width(name))
                self.put((" " * indent, ""), (padded, "muted"), (line, cell.look))

    def table(
        self,
        columns: Sequence[Column[RowT]],
        rows: Iterable[RowT],
        *,
        key: Callable[[RowT], Hashable] | None = None,
        below: Callable[[RowT], None] | None = None,
        indent: int = 0,
    ) -> None:
        """A table; `below` may add lines after a row."""
        grid = Grid(columns, self.width - indent)
        self.put((" " * indent, ""), *grid.header())
        for row in rows:
            self.grid_row(grid, row, None if key is None else key(row), indent=indent)
            if below is not None:
                below(row)

    def grid_row(
        self, grid: Grid[RowT], row: RowT, key: Hashable | None, *, indent: int = 0, can_mark: bool = False
    ) -> None:
        """One row of a table."""
        self.draw(lambda: [(" " * indent, ""), *grid.row(row)], key, can_mark=can_mark)


_BLANK = Entry(lambda: ())


def widest(texts: Iterable[str], least: int, most: int) -> int:
    """Cells that a column needs for these texts, within bounds."""
    return max(least, min(max(map(cell_width, map(clean_line, texts)), default=0), most))
