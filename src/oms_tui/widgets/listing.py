"""Lines of mixed content with a cursor: headings, rows of tables, sums, long texts. Drawn when seen.

A long list is for rows without end; a listing holds everything it shows, but draws a line only when it comes
on screen, so 700 rows open as quickly as seven. A cursor move repaints two rows. What does not fit is counted
at the edge it is past: "▾ 12 more".
"""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.geometry import Region
from textual.message import Message

from oms_tui.widgets.body import LEAST_ROOM, Body, Build, Entry, stops_of
from oms_tui.widgets.lines import Lines, Piece, Pieces, pieces_width, spread

__all__ = ["GUTTER", "Body", "Build", "Entry", "Listing"]

GUTTER = 3
"""Cells at the left edge: cursor marker, mark, blank."""
MOST_HEADING = 3
"""Lines above a row that are kept in sight with it."""


class Listing(Lines, can_focus=True):
    """Shows a body; movements go from stop to stop, and through what has none line by line."""

    class Moved(Message):
        """The cursor came to another stop."""

        def __init__(self, listing: "Listing", key: Hashable | None) -> None:
            super().__init__()
            self.listing = listing
            self.key = key

        @property
        def control(self) -> "Listing":
            """The listing, for selectors in handlers."""
            return self.listing

    class Opened(Moved):
        """Somebody opened the stop under the cursor."""

    class Marked(Moved):
        """Marks changed."""

    MORE_KEY: ClassVar[str] = ""
    """The key that shows what goes on below, where the key line cannot say it."""

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._signs = (">", "*") if ascii_only else ("▸", "▪")
        self._more_signs = ("^", "v") if ascii_only else ("▴", "▾")
        self._make_body: Build = lambda width: Body()
        self._body = Body()
        self._built_for = -1
        self._stops: list[tuple[int, int]] = []
        self._stop = 0
        self._top = 0
        self._awaited: Hashable | None = None
        """The stop to begin at, asked for before there was a size."""
        self._marks: frozenset[Hashable] = frozenset()

    # -- what a screen asks and tells ----------------------------------------------------------------------

    @property
    def cursor_key(self) -> Hashable | None:
        """The key of the stop under the cursor; None where there is none."""
        return self._entries[self._stops[self._stop][0]].key if self._stops else None

    @property
    def marks(self) -> frozenset[Hashable]:
        """The keys that are marked."""
        return self._marks

    @property
    def keys(self) -> tuple[Hashable | None, ...]:
        """The keys of all stops, in order."""
        return tuple(self._entries[start].key for start, _ in self._stops)

    def present(self, build: Build, *, at: Hashable | None = None, is_new: bool = False) -> None:
        """Show another body. The cursor stays on its stop by key, at its line where it can.

        Args:
            build: makes the body; called again whenever the width changes.
            at: the key to go to instead.
            is_new: the content is another one: begin at its first stop, without marks.
        """
        self._make_body = build
        if is_new:
            self._stop = self._top = 0
            self._marks = frozenset()
        wanted = at if at is not None or is_new else self.cursor_key
        line = self._cursor_line()
        self._rebuild()
        self._awaited = wanted if self._built_for < 0 else None
        self._place(wanted, line)
        self.refresh()

    def mark(self, keys: frozenset[Hashable]) -> None:
        """Mark these stops and no others."""
        if keys != self._marks:
            self._marks = keys
            self.refresh()
            self.post_message(self.Marked(self, self.cursor_key))

    # -- the body at this width ----------------------------------------------------------------------------

    @property
    def _entries(self) -> Sequence[Entry]:
        return self._body.entries

    @property
    def _room(self) -> int:
        """Lines for what scrolls."""
        return max(1, self.size.height - self._body.head - self._foot)

    @property
    def _scrolling(self) -> int:
        return len(self._entries) - self._body.head - self._foot

    @property
    def _foot(self) -> int:
        """Entries that stay at the end."""
        return self._body.foot_at(self.size.height)

    @property
    def _page(self) -> int:
        """Lines that are turned at once: nothing is passed unseen."""
        return max(1, self._room - 2) if self._scrolling > self._room and self._has_sign_lines else self._room

    @property
    def _has_sign_lines(self) -> bool:
        return self._room >= LEAST_ROOM

    @property
    def hidden(self) -> tuple[int, int]:
        """How many lines go on above and below what is seen."""
        cover = 1 if self._has_sign_lines else 0
        above, below = self._top, self._scrolling - self._room - self._top
        return (above + cover if above > 0 else 0), (below + cover if below > 0 else 0)

    def _rebuild(self) -> None:
        width = self.size.width - GUTTER
        if width <= 0:
            self._built_for = -1
            return
        self._body = self._make_body(width)
        self._built_for = width
        self._stops = stops_of(self._body)

    def _place(self, key: Hashable | None, line: int) -> None:
        """Put the cursor on the stop of `key` where there is one, shown at `line`."""
        found = next((i for i, (start, _) in enumerate(self._stops) if self._entries[start].key == key), None)
        last = max(len(self._stops) - 1, 0)
        self._stop = min(self._stop, last) if found is None or key is None else found
        if self._stops:
            self._top = self._stops[self._stop][0] - self._body.head - line
        self._fit()

    def _cursor_line(self) -> int:
        if not self._stops:
            return 0
        return self._stops[self._stop][0] - self._body.head - self._top

    def _fit(self) -> None:
        """Keep the stop on screen with the heading above it, and no blank lines at the end."""
        highest = max(0, self._scrolling - self._room)
        cover = 1 if self._has_sign_lines else 0
        self._top = min(max(self._top, 0), highest)
        if self._stops:
            start, end = (at - self._body.head for at in self._stops[self._stop])
            above = self._heading_above(start)
            first = self._top + (cover if self._top else 0)
            last = self._top + self._room - (cover if self._top < highest else 0)
            if above < first or end > last:
                self._top = above - cover
        self._top = min(max(self._top, 0), highest)

    def _heading_above(self, start: int) -> int:
        head, at = self._body.head, start
        while at > 0 and self._entries[at - 1 + head].key is None:
            at -= 1
        if at == 0 or start - at <= MOST_HEADING:
            return at if start - at < self._room else start
        return start

    # -- movements -----------------------------------------------------------------------------------------

    def action_cursor_down(self) -> None:
        """To the next stop; past the last one, a line further."""
        self._step(1)

    def action_cursor_up(self) -> None:
        """To the previous stop; before the first one, a line back."""
        self._step(-1)

    def action_page_down(self) -> None:
        """A screenful down."""
        self._leap(self._page)

    def action_page_up(self) -> None:
        """A screenful up."""
        self._leap(-self._page)

    def action_half_page_down(self) -> None:
        """Half a screenful down."""
        self._leap(max(1, self._page // 2))

    def action_half_page_up(self) -> None:
        """Half a screenful up."""
        self._leap(-max(1, self._page // 2))

    def action_first(self) -> None:
        """To the start."""
        self._go(0, 0, is_scroll=True)

    def action_last(self) -> None:
        """To the end, which may be text past the last stop."""
        self._go(len(self._stops) - 1, self._scrolling, is_scroll=True)

    def action_open(self) -> None:
        """Open the stop under the cursor."""
        if self._stops:
            self.post_message(self.Opened(self, self.cursor_key))

    def action_toggle_mark(self) -> None:
        """Mark the stop under the cursor, or take its mark away."""
        key = self.cursor_key
        if key is not None and self._entries[self._stops[self._stop][0]].can_mark:
            self.mark(self._marks ^ {key})

    def action_mark_down(self) -> None:
        """Mark the stop under the cursor and go one down."""
        self._mark_and_step(1)

    def action_mark_up(self) -> None:
        """Mark the stop under the cursor and go one up."""
        self._mark_and_step(-1)

    def _mark_and_step(self, by: int) -> None:
        key = self.cursor_key
        if key is not None and self._entries[self._stops[self._stop][0]].can_mark:
            self.mark(self._marks | {key})
        self._step(by)

    def _step(self, by: int) -> None:
        stop = self._stop + by
        if 0 <= stop < len(self._stops) and self._is_near(stop):
            self._go(stop, self._top)
        else:
            self._go(self._stop, self._top + by, is_scroll=True)

    def _is_near(self, stop: int) -> bool:
        """Whether a stop is at most a screen away, so that nothing between is passed unseen."""
        start, end = (at - self._body.head for at in self._stops[stop])
        return start < self._top + 2 * self._room and end > self._top - self._room

    def _leap(self, lines: int) -> None:
        """Move top and cursor by about so many lines; past the outermost stop, the text alone."""
        if not self._stops or self._is_left_behind(lines):
            self._go(self._stop, self._top + lines, is_scroll=True)
            return
        wanted = self._stops[self._stop][0] + lines
        near = min(range(len(self._stops)), key=lambda i: abs(self._stops[i][0] - wanted))
        if near == self._stop:
            near = min(max(self._stop + (1 if lines > 0 else -1), 0), len(self._stops) - 1)
        self._go(near, self._top + lines, is_scroll=near == self._stop)

    def _is_left_behind(self, lines: int) -> bool:
        """Whether the cursor's stop is out of sight on the side that one goes to."""
        start, end = (at - self._body.head for at in self._stops[self._stop])
        return end <= self._top if lines < 0 else start >= self._top + self._room

    def _go(self, stop: int, top: int, *, is_scroll: bool = False) -> None:
        before = (self._stop, self._top)
        self._stop = min(max(stop, 0), max(len(self._stops) - 1, 0))
        self._top = top
        if is_scroll:
            self._top = min(max(top, 0), max(0, self._scrolling - self._room))
        else:
            self._fit()
        self._repaint(before)

    def _repaint(self, before: tuple[int, int]) -> None:
        stop, top = before
        if top != self._top:
            self.refresh()
        elif stop != self._stop:
            self.refresh(*(self._region(one) for one in (stop, self._stop)))
        if stop != self._stop:
            self.post_message(self.Moved(self, self.cursor_key))

    def _region(self, stop: int) -> Region:
        start, end = self._stops[stop]
        return Region(0, start - self._top, self.size.width, end - start)

    # -- what is seen --------------------------------------------------------------------------------------

    def line(self, y: int, width: int) -> Pieces:
        """One entry, with the cursor's marker and the mark; or how much goes on past the edge."""
        sign = self._sign_at(y)
        if sign and self._has_sign_lines:
            return [(f"{' ' * GUTTER}{sign}", "accent")]
        pieces = self._entry_line(y, width)
        return spread(pieces, [(f" {sign}", "accent")], width) if sign else pieces

    def _sign_at(self, y: int) -> str:
        """How much goes on above or below, on the line at that edge; "" elsewhere."""
        above, below = self.hidden
        at_top, at_end = y == self._body.head, y == self.size.height - self._foot - 1
        if not self._has_sign_lines and at_top and at_end and below:
            at_top = False  # one line tells one thing: that it goes on
        if above and at_top:
            return f"{self._more_signs[0]} {above} more"
        if below and at_end:
            return f"{self._more_signs[1]} {below} more{self.MORE_KEY and f': {self.MORE_KEY}'}"
        return ""

    def _index_at(self, y: int) -> int:
        from_end = self.size.height - y
        if from_end <= self._foot:
            return len(self._entries) - from_end
        return y if y < self._body.head else y + self._top

    def _entry_line(self, y: int, width: int) -> Pieces:
        index = self._index_at(y)
        if index >= len(self._entries):
            return ()
        entry = self._entries[index]
        pieces: list[Piece] = [(self._gutter(index, entry), "accent"), *entry.draw()]
        if not (self.has_focus and self._is_at_cursor(index)):
            return pieces
        rest = width - pieces_width(pieces)
        return [*((text, "selected") for text, _ in pieces), (" " * max(0, rest), "selected")]

    def _is_at_cursor(self, index: int) -> bool:
        if not self._stops:
            return False
        start, end = self._stops[self._stop]
        return start <= index < end

    def _gutter(self, index: int, entry: Entry) -> str:
        if entry.key is None:
            return " " * GUTTER
        marker, mark = self._signs
        is_first = index == 0 or self._entries[index - 1].key != entry.key
        is_marked = is_first and entry.key in self._marks
        is_cursor = is_first and self.has_focus and self._is_at_cursor(index)
        return f"{marker if is_cursor else ' '}{mark if is_marked else ' '} "

    def on_resize(self) -> None:
        """Lay out for the new width, the cursor on its stop."""
        key, line = self.cursor_key if self._awaited is None else self._awaited, self._cursor_line()
        if self.size.width - GUTTER != self._built_for:
            self._rebuild()
            self._awaited = self._awaited if self._built_for < 0 else None
            self._place(key, line)
        else:
            self._fit()
        self.refresh()

    def on_focus(self) -> None:
        """Show the cursor."""
        self.refresh()

    def on_blur(self) -> None:
        """Hide the cursor."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked stop; a click on the one under the cursor opens it."""
        if self._has_sign_lines and self._sign_at(event.y):
            self._leap(self._page if event.y > self._body.head else -self._page)
            return
        index = self._index_at(event.y)
        for stop, (start, end) in enumerate(self._stops):
            if start <= index < end:
                if stop == self._stop:
                    self.action_open()
                else:
                    self._go(stop, self._top)
                return

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop().prevent_default()
        self._go(self._stop, self._top + 3, is_scroll=True)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop().prevent_default()
        self._go(self._stop, self._top - 3, is_scroll=True)
