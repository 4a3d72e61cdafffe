"""The list widget: what a screen asks of a long list, and what a person does in it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Generic, Literal

from textual import events
from textual.content import Content

from oms_tui.domain.answers import Count
from oms_tui.widgets.long_list import messages
from oms_tui.widgets.long_list.rows import RowCanvas
from oms_tui.widgets.long_list.source import Key, PageSource, RowT

WHEEL_ROWS = 3
"""Rows a notch of the mouse wheel moves the cursor."""


class LongList(RowCanvas[RowT], Generic[RowT], can_focus=True):
    """A list of any length, read page by page.

    It has no keys of its own: a screen binds keys to its actions (``cursor_up``, ``cursor_down``,
    ``page_up``, ``page_down``, ``half_page_up``, ``half_page_down``, ``first``, ``last``, ``open``,
    ``toggle_mark``, ``mark_up``, ``mark_down``, ``clear_marks``). What happens comes as messages:
    `RowHighlighted`, `RowOpened`, `MarksChanged`, `Counted`, `Loaded`, `LoadFailed`.

    A subclass may add component classes, which cells then name as their look.
    """

    RowHighlighted = messages.RowHighlighted
    RowOpened = messages.RowOpened
    MarksChanged = messages.MarksChanged
    Counted = messages.Counted
    Loaded = messages.Loaded
    LoadFailed = messages.LoadFailed

    # -- what a screen asks --------------------------------------------------------------------------------

    @property
    def visible_rows(self) -> Sequence[RowT]:
        """The rows on screen."""
        return self._window.visible

    @property
    def count(self) -> Count | None:
        """How many rows there are, once that is known."""
        return self._count

    @property
    def position(self) -> int | None:
        """The cursor's row number in the whole list, from 1; None where it is not known."""
        window, count = self._window, self._count
        if not window.rows or self._navigator.is_entering:
            return None
        if window.offset is None and not window.has_after and count is not None and count.is_exact:
            window.offset = max(0, count.value - len(window.rows))
        return None if window.offset is None else window.offset + window.cursor + 1

    @property
    def marks(self) -> frozenset[Key]:
        """The keys of the marked rows, on whatever page they are."""
        return frozenset(self._marks)

    @property
    def shown_columns(self) -> list[str]:
        """The ids of the columns there is room for."""
        return self._painter.shown_columns

    # -- what a screen tells -------------------------------------------------------------------------------

    def set_source(
        self,
        source: PageSource[RowT],
        *,
        at: RowT | None = None,
        empty_text: str | Content | None = None,
        keep_marks: bool = False,
    ) -> None:
        """Show another list. What is shown stays until its first rows are here; keys wait for them.

        Args:
            source: where the rows come from now.
            at: begin around the place of this row instead of at the start.
            empty_text: what to say if there are none.
            keep_marks: keep the marks of the list shown before.
        """
        self._loader.take(source, at)
        self._next_empty_text = empty_text
        self._count = None
        self._is_rereading = self._must_reread = self._must_recount = False
        if not keep_marks:
            self.set_marks(())
        if self.is_attached:
            self._advance()
            self._start_count()

    async def go_to(self, key: Key) -> bool:
        """Put the cursor on the row named ``key``.

        Returns:
            False, with nothing moved, when the list does not hold it.

        Raises:
            BackendError: the source could not answer.
        """
        window = self._window
        index = None if self._navigator.is_entering else window.index_of(key)
        if index is None:
            page = await self._loader.page_around(key)
            keys = [] if page is None else [self._identity.key(row) for row in page.rows]
            if page is None or key not in keys:
                return False
            self._navigator.arrive(page, keys.index(key))
        else:
            self._navigator.put_cursor(index)
        self._advance()
        return True

    async def neighbour(self, key: Key, step: Literal[1, -1]) -> RowT | None:
        """The row after (1) or before (-1) the one named ``key``; None past either end.

        Moves nothing: `go_to` does. A row opened from here keeps its neighbours after it has left the list.

        Raises:
            BackendError: the source could not answer.
        """
        return await self._loader.neighbour(key, step)

    def set_columns(self, ids: Iterable[str]) -> None:
        """Show the columns with these ids, in this order.

        Raises:
            KeyError: there is no such column.
        """
        self._painter.configure(columns=[self._columns[id_] for id_ in ids])
        self._show()

    def repaint(self) -> None:
        """Format the rows again: what columns say changed with time alone. Repaints only what differs."""
        self._painter.forget()
        self._show()

    def set_marks(self, keys: Collection[Key]) -> None:
        """Mark the rows with these keys and no others."""
        if set(keys) != self._marks:
            self._marks = set(keys)
            self._show()
            self.post_message(messages.MarksChanged(self, self.marks))

    # -- movements, marks ----------------------------------------------------------------------------------

    def action_cursor_up(self) -> None:
        """One row up."""
        self._step(-1)

    def action_cursor_down(self) -> None:
        """One row down."""
        self._step(1)

    def action_page_up(self) -> None:
        """A screenful up."""
        self._turn(-self._window.height)

    def action_page_down(self) -> None:
        """A screenful down."""
        self._turn(self._window.height)

    def action_half_page_up(self) -> None:
        """Half a screenful up."""
        self._turn(-max(1, self._window.height // 2))

    def action_half_page_down(self) -> None:
        """Half a screenful down."""
        self._turn(max(1, self._window.height // 2))

    def action_first(self) -> None:
        """To the first row of the list."""
        self._navigator.jump_first()
        self._advance()

    def action_last(self) -> None:
        """To the last row of the list."""
        self._navigator.jump_last()
        self._advance()

    def action_open(self) -> None:
        """Open the row under the cursor."""
        self._do(self._open)

    def action_toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away."""
        self._do(lambda: self._mark(self.marks.__xor__))

    def action_mark_down(self) -> None:
        """Mark the row under the cursor, then one row down."""
        self._navigator.act(lambda: self._mark(self.marks.__or__))
        self._step(1)

    def action_mark_up(self) -> None:
        """Mark the row under the cursor, then one row up."""
        self._navigator.act(lambda: self._mark(self.marks.__or__))
        self._step(-1)

    def action_clear_marks(self) -> None:
        """Take all marks away."""
        self.set_marks(())

    def _open(self) -> None:
        row = self.cursor_row
        if row is not None:
            self._loader.remember(row)
            self.post_message(messages.RowOpened(self, row))

    def _mark(self, changed: Callable[[frozenset[Key]], frozenset[Key]]) -> None:
        row = self.cursor_row
        if row is not None:
            self.set_marks(changed(frozenset({self._identity.key(row)})))

    def _do(self, act: Callable[[], None]) -> None:
        # A key pressed while rows are awaited means the row that will then be under the cursor.
        self._navigator.act(act)
        self._advance()

    def _step(self, rows: int) -> None:
        self._navigator.step(rows)
        self._advance()

    def _turn(self, rows: int) -> None:
        self._navigator.turn(rows)
        self._advance()

    # -- the mouse -----------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked row; a click on the row under the cursor opens it."""
        offset = event.get_content_offset(self)
        row = -1 if offset is None else offset.y - self._header_lines
        if not 0 <= row < len(self._window.visible):
            return
        event.stop()
        if row == self._window.screen_row:
            self.action_open()
        elif not self._navigator.is_waiting:
            self._step(row - self._window.screen_row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move the cursor down by some rows."""
        event.stop().prevent_default()
        self._step(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move the cursor up by some rows."""
        event.stop().prevent_default()
        self._step(-WHEEL_ROWS)
