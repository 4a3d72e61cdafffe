"""The queues beside the orders list: a column of them where there is room, else one line (spec 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from oms_tui.domain.answers import Count, QueueTally
from oms_tui.domain.people import Role
from oms_tui.domain.queues import orders_of, queues_of
from oms_tui.text import cell_width
from oms_tui.widgets.lines import Lines, Piece, Pieces, pieces_width, spread
from oms_tui.widgets.short_list import ShortList

MOST_DIGITS = 9
GAP = 2
COUNT_ROOM = 6
"""Cells kept for a count in the column, with the blank before it: titles do not change with the count."""
_THOUSAND, _MILLION = 1_000, 1_000_000
_PLAIN_TO = 10_000
"""Counts below this are shown in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One queue as the list shows it."""

    id: str
    number: int
    title: str
    short: str
    """The title where it does not fit: whole words, never cut."""
    filter: str
    place: str = ""
    """The code of the screen that shows it, where it holds no orders."""
    count: Count | None = None
    is_shown: bool = False

    @property
    def digit(self) -> str:
        """The key that opens it; "" past the ninth."""
        return str(self.number) if self.number <= MOST_DIGITS else ""


def queue_rows(roles: frozenset[Role], tallies: Mapping[str, QueueTally], filter_text: str) -> list[QueueRow]:
    """The queues of somebody with these roles, numbered, with their counts as far as they are known."""
    return [
        QueueRow(
            id=one.id,
            number=number,
            title=one.title,
            short=one.short,
            filter=one.filter,
            place=one.place,
            count=tallies[one.id].count if one.id in tallies else None,
            is_shown=orders_of(one.filter) == orders_of(filter_text) and not one.place,
        )
        for number, one in enumerate(queues_of(roles), start=1)
    ]


def compact(count: Count | None) -> str:
    """A count in few cells: `312`, `84.2k`, `10k+`."""
    if count is None:
        return ""
    value, more = count.value, "" if count.is_exact else "+"
    if value < _PLAIN_TO and count.is_exact:
        return str(value)
    unit, sign = (_MILLION, "M") if value >= _MILLION else (_THOUSAND, "k")
    whole, tenth = divmod(value * 10 // unit, 10)
    return f"{whole}.{tenth}{sign}{more}" if tenth else f"{whole}{sign}{more}"


class QueuePane(ShortList[QueueRow]):
    """The queues below each other, counts at the right."""

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__((), key=lambda one: one.id, ascii_only=ascii_only, id=id)

    def set_rows(self, rows: Sequence[QueueRow], *, at: str | None = None, empty: str | None = None) -> None:
        """Show these queues; counts that are as before cost nothing."""
        if tuple(rows) != self._rows or at is not None or empty is not None:
            super().set_rows(rows, at=at, empty=empty)

    def line(self, y: int, width: int) -> Pieces:
        """Digit, title, count."""
        index = self._top + y
        if index >= len(self._rows):
            return ()
        row = self._rows[index]
        look = "accent" if row.is_shown else ""
        is_lit = self.has_focus and index == self._cursor
        before: list[Piece] = [(self._marker if is_lit else " ", "accent"), (f"{row.digit:1} ", "key")]
        room = width - pieces_width(before) - COUNT_ROOM
        title = row.title if cell_width(row.title) <= room else row.short
        pieces = spread(
            [*before, (title, look)],
            [(compact(row.count), look or "muted"), (" ", "")],
            width,
        )
        return [(text, "selected") for text, _ in pieces] if is_lit else pieces


class QueueStrip(Lines, can_focus=True):
    """The queues on one line: digits, titles as far as they fit, counts. Arrows and enter open one."""

    class Opened(Message):
        """Somebody opened a queue."""

        def __init__(self, row: QueueRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[QueueRow, ...] = ()
        self._cursor = 0

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Show these queues; the cursor stays on its queue."""
        if tuple(rows) == self._rows:
            return
        at = self._rows[self._cursor].id if self._rows else ""
        self._rows = tuple(rows)
        self._cursor = next((i for i, one in enumerate(rows) if one.id == at), 0)
        self.refresh()

    def action_cursor_left(self) -> None:
        """To the queue before."""
        self._go(self._cursor - 1)

    def action_cursor_right(self) -> None:
        """To the queue after."""
        self._go(self._cursor + 1)

    def action_cursor_up(self) -> None:
        """To the queue before."""
        self._go(self._cursor - 1)

    def action_cursor_down(self) -> None:
        """To the queue after."""
        self._go(self._cursor + 1)

    def action_first(self) -> None:
        """To the first queue."""
        self._go(0)

    def action_last(self) -> None:
        """To the last queue."""
        self._go(len(self._rows) - 1)

    def action_open(self) -> None:
        """Open the queue under the cursor."""
        if self._rows:
            self.post_message(self.Opened(self._rows[self._cursor]))

    def _go(self, to: int) -> None:
        self._cursor = min(max(to, 0), max(len(self._rows) - 1, 0))
        self.refresh()

    def line(self, y: int, width: int) -> Pieces:
        """All queues, in full or by their short titles; else from where the one that matters is seen."""
        for is_whole, gap in ((True, GAP), (False, GAP), (False, 1)):
            pieces = self._strip(0, is_whole, gap=gap)
            if pieces_width(pieces) - gap <= width:
                return pieces
        wanted = self._cursor if self.has_focus else self._shown_index
        fitting = (x for x in range(wanted) if pieces_width(self._strip(x, False, wanted + 1)) - GAP < width)
        start = next(fitting, wanted)
        return self._as_far_as_fits(start, width)

    def _as_far_as_fits(self, start: int, width: int) -> list[Piece]:
        """The queues from `start` on, each of them whole; a sign says that there are more."""
        for upto in range(len(self._rows), start + 1, -1):
            pieces = self._strip(start, False, upto)
            if upto < len(self._rows):
                pieces[-1] = (" >", "muted")
            if pieces_width(pieces) <= width:
                return pieces
        return self._strip(start, False, start + 1)

    @property
    def _shown_index(self) -> int:
        return next((i for i, one in enumerate(self._rows) if one.is_shown), 0)

    def _strip(self, start: int, is_whole: bool, upto: int | None = None, *, gap: int = GAP) -> list[Piece]:
        pieces: list[Piece] = [(" " if start == 0 else "<", "muted")]
        for number, row in enumerate(self._rows[start:upto], start=start):
            lit = "selected" if self.has_focus and number == self._cursor else ""
            count = f" {compact(row.count)}" if row.count is not None else ""
            pieces += [
                (f"{row.digit} " if row.digit else "", lit or "key"),
                (row.title if is_whole else row.short, lit or ("accent" if row.is_shown else "")),
                (count, lit or "muted"),
                (" " * gap, ""),
            ]
        return pieces

    def on_focus(self) -> None:
        """Show the cursor, on the queue that is shown."""
        self._cursor = self._shown_index
        self.refresh()

    def on_blur(self) -> None:
        """Hide it."""
        self.refresh()
