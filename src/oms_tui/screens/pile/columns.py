"""The list of a pile: order, customer, total, what becomes of it, and what or why not."""

from collections.abc import Mapping, Sequence

from oms_tui.screens.order_cells import TOTAL_WIDTH, money_text
from oms_tui.screens.pile.rows import PileRow, Standing
from oms_tui.widgets.long_list import Cell, Column, LongList

_LOOKS: Mapping[Standing, tuple[str, str, str]] = {
    Standing.OPEN: ("·", ".", "muted"),
    Standing.POSSIBLE: ("○", "o", ""),
    Standing.READY: ("○", "o", ""),
    Standing.REFUSED: ("⊘", "-", "warning"),
    Standing.DOING: ("▷", ">", "active"),
    Standing.DONE: ("✓", "+", "good"),
    Standing.FAILED: ("✗", "x", "problem"),
    Standing.UNKNOWN: ("?", "?", "warning"),
    Standing.LEFT: ("·", ".", "muted"),
}
"""Standing -> glyph, its stand-in, look. The word stands beside it."""
WORD_WIDTH = 12


def standing_cell(row: PileRow, *, ascii_only: bool) -> Cell:
    """Glyph and word of what becomes of it."""
    glyph, plain, look = _LOOKS[row.standing]
    if row.has_warning and row.standing is Standing.READY:
        return Cell("! can", "warning")
    word = "can" if row.standing is Standing.READY else row.standing.value
    return Cell(f"{plain if ascii_only else glyph} {word}", look)


def pile_columns(*, ascii_only: bool) -> Sequence[Column[PileRow]]:
    """The columns. The total gives way first: what would be done says the amounts, too."""
    return (
        Column(id="order", title="Order", width=7, flex=1, most=16, render=lambda row: row.order_id),
        Column(id="customer", title="Customer", width=12, flex=2, most=30, priority=1,
               render=lambda row: Cell(row.customer or "–")),
        Column(id="total", title="Total", width=TOTAL_WIDTH, align="right", priority=2,
               render=lambda row: money_text(row.total) if row.total is not None else "–"),
        Column(id="standing", title="", width=WORD_WIDTH,
               render=lambda row: standing_cell(row, ascii_only=ascii_only)),
        Column(id="text", title="What, or why not", width=34, flex=6,
               render=lambda row: Cell(row.text, "warning" if row.has_warning else "")),
    )  # fmt: skip


class PileList(LongList[PileRow]):
    """The orders of a pile."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(
            pile_columns(ascii_only=ascii_only),
            key=lambda row: row.order_id,
            cursor=lambda row: row.order_id,
            version=lambda row: (row.standing, row.text, row.customer, row.total, row.has_warning),
            ascii_only=ascii_only,
            id=id,
        )
