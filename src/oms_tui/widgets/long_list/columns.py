"""The columns of a long list: what each shows, how wide it may be, and which go first when room is short."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias

from oms_tui.text import ELLIPSIS, cell_width, clean_line, fit, steady
from oms_tui.widgets.long_list.source import RowT_contra

GAP = 2
"""Blank cells between two columns."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text with a look, given by the style sheet: ``warning`` is the component class ``long-list--warning``.

    A subclass of the list may have component classes of its own; a look may name one of them in full.
    """

    text: str
    look: str = ""


Shown: TypeAlias = str | Cell | Sequence[Cell]
"""What a column shows of a row: plain text, text with a look, or several of them side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[RowT_contra]):
    """One column. ``render`` may return any text: the list makes it safe and cuts it to size."""

    id: str
    title: str
    render: Callable[[RowT_contra], Shown]
    width: int
    """Cells; of a flexible column the fewest."""
    flex: int = 0
    """Share of the room that is left over; 0 keeps the column at its width."""
    most: int | None = None
    """Cells a flexible column takes at most."""
    align: Literal["left", "right"] = "left"
    priority: int = 0
    """Columns with the greatest number go first when room is short; those with 0 stay."""


@dataclass(frozen=True, slots=True)
class Slot(Generic[RowT_contra]):
    """A column with the width it got."""

    column: Column[RowT_contra]
    width: int


def lay_out(columns: Sequence[Column[RowT_contra]], width: int, gap: int = GAP) -> list[Slot[RowT_contra]]:
    """Share ``width`` cells among ``columns``, leaving out the least important where they do not fit.

    Args:
        columns: the chosen columns in their order.
        width: cells there are.
        gap: blank cells between two columns.

    Returns:
        The columns that are shown; with the gaps at most ``width`` cells, the last one cut if need be.
    """
    kept = list(columns)
    while _least(kept, gap) > width and any(column.priority for column in kept):
        least_important = max(kept, key=lambda column: column.priority)
        kept.remove(least_important)
    room = width - _least(kept, gap)
    widths = [column.width for column in kept]
    if room < 0:
        return _cut(kept, width, gap)
    while room > 0 and (open_ones := [i for i, c in enumerate(kept) if c.flex and _can_grow(c, widths[i])]):
        shares = sum(kept[i].flex for i in open_ones)
        given = 0
        for i in open_ones:
            share = min(
                max(1, room * kept[i].flex // shares), room - given, _growth(kept[i], widths[i], room)
            )
            widths[i] += share
            given += share
        room -= given
    return [Slot(column, cells) for column, cells in zip(kept, widths, strict=True)]


def _least(columns: Sequence[Column[RowT_contra]], gap: int) -> int:
    return sum(column.width for column in columns) + gap * max(0, len(columns) - 1)


def _growth(column: Column[RowT_contra], width: int, room: int) -> int:
    return room if column.most is None else min(room, column.most - width)


def _can_grow(column: Column[RowT_contra], width: int) -> bool:
    return column.most is None or width < column.most


def _cut(columns: Sequence[Column[RowT_contra]], width: int, gap: int) -> list[Slot[RowT_contra]]:
    slots: list[Slot[RowT_contra]] = []
    for column in columns:
        room = min(column.width, width)
        if room <= 0:
            break
        slots.append(Slot(column, room))
        width -= room + gap
    return slots


def fit_parts(
    shown: Shown, width: int, align: Literal["left", "right"], ellipsis: str = ELLIPSIS
) -> list[tuple[str, str]]:
    """Make what a column shows exactly ``width`` cells wide.

    Returns:
        Pieces of safe text with their looks, together exactly ``width`` cells; the blanks have none.
    """
    if isinstance(shown, str):
        return [(fit(clean_line(shown), width, align, ellipsis), "")]
    parts = [shown] if isinstance(shown, Cell) else shown
    pieces: list[tuple[str, str]] = []
    room = width
    for part in parts:
        text = steady(clean_line(part.text))
        cells = min(cell_width(text), room)
        pieces.append((fit(text, cells, "left", ellipsis), part.look))
        room -= cells
    blank = (" " * room, "")
    return [blank, *pieces] if align == "right" else [*pieces, blank]
