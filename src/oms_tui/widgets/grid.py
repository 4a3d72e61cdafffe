"""Rows of one table as lines of a listing: columns that give way where room is short."""

from collections.abc import Sequence
from typing import Generic

from oms_tui.widgets.lines import Piece, Pieces
from oms_tui.widgets.long_list.columns import GAP, Column, fit_parts, lay_out
from oms_tui.widgets.long_list.source import RowT_contra


class Grid(Generic[RowT_contra]):
    """The columns of a table at one width."""

    def __init__(self, columns: Sequence[Column[RowT_contra]], width: int) -> None:
        self._slots = lay_out(columns, width)

    @property
    def shown(self) -> list[str]:
        """The ids of the columns there is room for."""
        return [slot.column.id for slot in self._slots]

    @property
    def width(self) -> int:
        """Cells that a row takes."""
        return sum(slot.width for slot in self._slots) + GAP * (len(self._slots) - 1)

    def width_of(self, column: str) -> int:
        """Cells of a column; 0 where there is no room for it."""
        return next((slot.width for slot in self._slots if slot.column.id == column), 0)

    def header(self) -> Pieces:
        """The titles."""
        return self._joined(
            [fit_parts(one.column.title, one.width, one.column.align) for one in self._slots], "muted"
        )

    def row(self, row: RowT_contra) -> Pieces:
        """What the columns show of a row."""
        return self._joined(
            [fit_parts(one.column.render(row), one.width, one.column.align) for one in self._slots], ""
        )

    @staticmethod
    def _joined(cells: Sequence[Sequence[tuple[str, str]]], look: str) -> list[Piece]:
        pieces: list[Piece] = []
        for number, cell in enumerate(cells):
            if number:
                pieces.append((" " * GAP, ""))
            pieces += [(text, own or look) for text, own in cell]
        return pieces
