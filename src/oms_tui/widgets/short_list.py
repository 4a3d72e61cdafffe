"""A list of a few rows: hits, entries of a palette, the feed. The cursor stays on its row by key."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from textual import events
from textual.geometry import Region
from textual.message import Message

from oms_tui.widgets.lines import Lines, Piece, Pieces
from oms_tui.widgets.long_list.columns import Column, fit_parts, lay_out

RowT = TypeVar("RowT")
GUTTER = 2
"""Cells at the left edge, for the cursor's marker."""


class ShortList(Lines, Generic[RowT], can_focus=True):
    """Rows in columns that give way where room is short; it scrolls with the cursor."""

    class Opened(Message):
        """Somebody opened the row under the cursor."""

        def __init__(self, list_: "ShortList[Any]", row: Any) -> None:
            super().__init__()
            self.list = list_
            self.row = row

        @property
        def control(self) -> "ShortList[Any]":
            """The list, for selectors in handlers."""
            return self.list

    class Moved(Message):
        """The cursor came to stand on another row, or the rows changed. Of several the last one counts."""

        def __init__(self, list_: "ShortList[Any]") -> None:
            super().__init__()
            self.list = list_

        @property
        def control(self) -> "ShortList[Any]":
            """The list, for selectors in handlers."""
            return self.list

        def can_replace(self, message: Message) -> bool:
            """A later one makes an earlier one void."""
            return isinstance(message, ShortList.Moved) and message.list is self.list

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        key: Callable[[RowT], str],
        heading: Callable[[RowT], str] = lambda row: "",
        empty: str = "",
        always_shows_cursor: bool = False,
        ascii_only: bool = False,
        low_bandwidth: bool = False,
        id: str | None = None,
    ) -> None:
        """Make an empty list.

        Args:
            columns: what it shows of a row, as in a long list.
            key: a row's name for good.
            heading: what a row says that is no row but a heading; "" for a row.
            empty: what it says without rows.
            always_shows_cursor: show the cursor also while another widget has the focus.
            ascii_only: signs for terminals without UTF-8.
            low_bandwidth: show the cursor by its marker alone: two cells a move instead of two rows.
            id: as of any widget.
        """
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._key = key
        self._heading = heading
        self._empty = empty
        self._always_shows_cursor = always_shows_cursor
        self._marker = ">" if ascii_only else "▸"
        self._is_frugal = low_bandwidth
        self._rows: tuple[RowT, ...] = ()
        self._cursor = 0
        self._top = 0

    # -- rows ----------------------------------------------------------------------------------------------

    @property
    def rows(self) -> tuple[RowT, ...]:
        """Its rows, headings among them."""
        return self._rows

    @property
    def cursor_row(self) -> RowT | None:
        """The row under the cursor; None where there is none."""
        return self._rows[self._cursor] if self._is_row(self._cursor) else None

    def set_rows(self, rows: Sequence[RowT], *, at: str | None = None, empty: str | None = None) -> None:
        """Show these rows. The cursor stays on its row, at its line unless the list stands at its start.

        Args:
            rows: the rows.
            at: the key of the row to go to instead; "" for the first.
            empty: what to say without rows, from now on.
        """
        row = self.cursor_row
        wanted = at if at is not None else "" if row is None else self._key(row)
        self._empty = self._empty if empty is None else empty
        before, line = self._cursor, self._cursor - self._top
        self._rows = tuple(rows)
        found = (i for i, one in enumerate(rows) if self._is_row(i) and self._key(one) == wanted)
        self._cursor = next(found, self._nearest(0 if at is not None or row is None else before))
        if at is None and self._top > 0:
            self._top = self._cursor - line
        self._settle()

    def _settle(self) -> None:
        """Keep the cursor on screen, paint, tell."""
        self._fit()
        self.refresh()
        self.post_message(self.Moved(self))

    def set_columns(self, columns: Sequence[Column[RowT]]) -> None:
        """Show other columns of the same rows."""
        self._columns = tuple(columns)
        self.refresh()

    def _is_row(self, index: int) -> bool:
        return 0 <= index < len(self._rows) and not self._heading(self._rows[index])

    def _nearest(self, index: int) -> int:
        """The row at `index`, or else the next one, or else the one before."""
        count = len(self._rows)
        after = (i for i in range(min(index, count), count) if self._is_row(i))
        ahead = (i for i in range(min(index, count) - 1, -1, -1) if self._is_row(i))
        return next(after, next(ahead, 0))

    # -- movements -----------------------------------------------------------------------------------------

    def action_cursor_down(self) -> None:
        """One row down."""
        self._step(1)

    def action_cursor_up(self) -> None:
        """One row up."""
        self._step(-1)

    def action_page_down(self) -> None:
        """A screenful down."""
        self._step(self._height)

    def action_page_up(self) -> None:
        """A screenful up."""
        self._step(-self._height)

    def action_half_page_down(self) -> None:
        """Half a screenful down."""
        self._step(max(1, self._height // 2))

    def action_half_page_up(self) -> None:
        """Half a screenful up."""
        self._step(-max(1, self._height // 2))

    def action_first(self) -> None:
        """To the first row."""
        self._step(-len(self._rows))

    def action_last(self) -> None:
        """To the last row."""
        self._step(len(self._rows))

    def action_open(self) -> None:
        """Open the row under the cursor."""
        row = self.cursor_row
        if row is not None:
            self.post_message(self.Opened(self, row))

    def _step(self, rows: int) -> None:
        rows_only = [i for i in range(len(self._rows)) if self._is_row(i)]
        if not rows_only:
            return
        at = rows_only.index(self._cursor) if self._cursor in rows_only else 0
        self._put_cursor(rows_only[min(max(at + rows, 0), len(rows_only) - 1)])

    def _put_cursor(self, index: int) -> None:
        """Move the cursor; only the two lines it touches are painted, unless the list scrolls."""
        before, top = self._cursor, self._top
        if index == before:
            return
        self._cursor = index
        self._fit()
        if self._top == top:
            self.refresh(*(Region(0, row - top, self.size.width, 1) for row in (before, index)))
        else:
            self.refresh()
        self.post_message(self.Moved(self))

    @property
    def _height(self) -> int:
        return max(1, self.size.height)

    def _fit(self) -> None:
        highest = max(0, len(self._rows) - self._height)
        start = self._cursor
        while start > 0 and not self._is_row(start - 1):  # the heading above a first row is seen with it
            start -= 1
        self._top = min(max(self._top, self._cursor - self._height + 1, 0), start, highest)

    # -- what is seen --------------------------------------------------------------------------------------

    def line(self, y: int, width: int) -> Pieces:
        """One row."""
        index = self._top + y
        if not self._rows:
            return [(f"{' ' * GUTTER}{self._empty}", "muted")] if y == 0 else ()
        if index >= len(self._rows):
            return ()
        row = self._rows[index]
        heading = self._heading(row)
        if heading:
            return [(heading, "strong")]
        is_cursor = index == self._cursor
        is_lit = is_cursor and (self.has_focus or self._always_shows_cursor)
        pieces: list[Piece] = [(f"{self._marker} " if is_lit else " " * GUTTER, "accent")]
        for number, slot in enumerate(lay_out(self._columns, width - GUTTER)):
            if number:
                pieces.append(("  ", ""))
            pieces += fit_parts(slot.column.render(row), slot.width, slot.column.align)
        if is_lit and not self._is_frugal:
            return [(text, "selected") for text, _ in pieces]
        return pieces

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()

    def on_resize(self) -> None:
        """Keep the cursor on screen."""
        self._fit()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked row; a click on the row under the cursor opens it."""
        index = self._top + event.y
        if self._is_row(index):
            is_again = index == self._cursor
            self._put_cursor(index)
            if is_again:
                self.action_open()
