"""The rows loaded around what is on screen, and where screen and cursor stand in them. No I/O."""

from collections import deque
from collections.abc import Sequence
from typing import Generic

from oms_tui.widgets.long_list.source import Cursor, Key, Page, RowIdentity, RowT

KEPT_ROWS = 800
"""Rows kept in one stretch; whole pages further from the screen are let go (the cache may have them)."""


class RowWindow(Generic[RowT]):
    """A contiguous stretch of rows with a screenful (`top`, `height`) and a cursor in it, both as indexes.

    While there are rows: ``0 <= top <= cursor < top + height`` and ``cursor < len(rows)``. A movement that
    would leave the screenful turns whole pages; it never turns to a page that is only partly loaded, but says
    how much of the movement is left to do once more rows are here.
    """

    def __init__(self, identity: RowIdentity[RowT]) -> None:
        self.identity = identity
        self.height = 1
        self.top = 0
        self.cursor = 0
        self.has_before = False
        self.has_after = False
        self.offset: int | None = None
        """How many rows of the list precede the stretch; None where that is not known."""
        self._pages: deque[Page[RowT]] = deque()
        self._rows: list[RowT] = []
        self._keys: set[Key] = set()

    # -- what is here --------------------------------------------------------------------------------------

    @property
    def rows(self) -> Sequence[RowT]:
        """Every loaded row, in list order."""
        return self._rows

    @property
    def visible(self) -> Sequence[RowT]:
        """The rows on screen, at most ``height``."""
        return self._rows[self.top : self.top + self.height]

    @property
    def cursor_row(self) -> RowT | None:
        """The row under the cursor; None in an empty list."""
        return self._rows[self.cursor] if self._rows else None

    @property
    def screen_row(self) -> int:
        """The cursor's line on screen, from 0."""
        return self.cursor - self.top

    @property
    def first_place(self) -> Cursor:
        """Where the stretch begins; meaningful while there are rows."""
        return self.identity.cursor(self._rows[0])

    @property
    def last_place(self) -> Cursor:
        """Where the stretch ends; meaningful while there are rows."""
        return self.identity.cursor(self._rows[-1])

    def index_of(self, key: Key) -> int | None:
        """Where the row named ``key`` stands in the stretch; None when it is not loaded."""
        if key not in self._keys:
            return None
        return next(index for index, row in enumerate(self._rows) if self.identity.key(row) == key)

    # -- rows come and go ----------------------------------------------------------------------------------

    def replace(self, page: Page[RowT], *, cursor: int, screen_row: int, offset: int | None = None) -> None:
        """Put ``page`` in the place of what is loaded, the cursor on row ``cursor``, at ``screen_row``."""
        self._pages = deque([page])
        self._rows = list(page.rows)
        self._keys = {self.identity.key(row) for row in page.rows}
        self.has_before, self.has_after = page.has_before, page.has_after
        self.offset = offset if page.has_before else 0
        self.place_cursor(cursor, screen_row)

    def join_after(self, page: Page[RowT]) -> None:
        """Add the rows that follow the stretch; those already loaded (moved meanwhile) are left out."""
        rows = self._unknown(page)
        self.has_after = page.has_after and bool(rows)
        if rows:
            self._rows.extend(rows)
            self._pages.append(Page(rows, page.has_before, page.has_after))
            self._let_go_before()

    def join_before(self, page: Page[RowT]) -> None:
        """Add the rows that precede the stretch; screen and cursor stay on their rows."""
        rows = self._unknown(page)
        self.has_before = page.has_before and bool(rows)
        if rows:
            self._rows[:0] = rows
            self._pages.appendleft(Page(rows, page.has_before, page.has_after))
            self._shift(len(rows))
            self._let_go_after()
        if not self.has_before:
            self.offset = 0
        self._fit()

    @property
    def first_page(self) -> Page[RowT]:
        """The page the stretch begins with."""
        return self._pages[0]

    @property
    def last_page(self) -> Page[RowT]:
        """The page the stretch ends with."""
        return self._pages[-1]

    def _unknown(self, page: Page[RowT]) -> tuple[RowT, ...]:
        key = self.identity.key
        rows = tuple(row for row in page.rows if key(row) not in self._keys)
        self._keys.update(key(row) for row in rows)
        return rows

    def _shift(self, rows: int) -> None:
        self.top += rows
        self.cursor += rows
        if self.offset is not None:
            self.offset = max(0, self.offset - rows)

    def _spare(self) -> int:
        return max(KEPT_ROWS, 8 * self.height)

    def _let_go_before(self) -> None:
        while len(self._rows) > self._spare() and self.top - len(self._pages[0].rows) >= 2 * self.height:
            gone = len(self._pages.popleft().rows)
            self._keys.difference_update(self.identity.key(row) for row in self._rows[:gone])
            del self._rows[:gone]
            self._shift(-gone)
            self.has_before = True

    def _let_go_after(self) -> None:
        while len(self._rows) > self._spare() and (
            len(self._rows) - len(self._pages[-1].rows) >= self.top + 3 * self.height
        ):
            gone = len(self._pages.pop().rows)
            self._keys.difference_update(self.identity.key(row) for row in self._rows[-gone:])
            del self._rows[-gone:]
            self.has_after = True

    # -- screen and cursor move ----------------------------------------------------------------------------

    def resize(self, height: int) -> None:
        """Show ``height`` lines, the cursor's row among them."""
        self.height = max(1, height)
        self._fit()

    def place_cursor(self, index: int, screen_row: int) -> None:
        """Put the cursor on row ``index``, shown at line ``screen_row`` where the rows around it allow."""
        self.cursor = min(max(index, 0), max(len(self._rows) - 1, 0))
        self.top = self.cursor - screen_row
        self._fit()

    def _fit(self) -> None:
        """Fill the screen with rows, and keep the cursor on it."""
        highest = max(0, len(self._rows) - self.height)
        self.top = min(max(self.top, 0), highest)
        self.top = min(max(self.top, self.cursor - self.height + 1), self.cursor)

    def to_first(self) -> None:
        """Go to the first loaded row."""
        self.place_cursor(0, 0)

    def to_last(self) -> None:
        """Go to the last loaded row."""
        self.place_cursor(len(self._rows) - 1, self.height - 1)

    def step(self, rows: int) -> int:
        """Move the cursor by ``rows``, turning pages at the screen's edge.

        Returns:
            The part of the movement that needs rows not loaded yet, with its sign; 0 when all is done.
        """
        if not self._rows:
            return 0
        return self._step_down(rows) if rows > 0 else -self._step_up(-rows)

    def _step_down(self, rows: int) -> int:
        count, last = len(self._rows), len(self._rows) - 1
        target = self.cursor + rows if self.has_after else min(self.cursor + rows, last)
        turns = (target - self.top) // self.height
        if self.has_after:
            turns = min(turns, max(0, (count - self.top) // self.height - 1))
            self.top += turns * self.height
        else:
            self.top = min(self.top + turns * self.height, max(self.top, count - self.height))
        self.cursor = min(target, self.top + self.height - 1, last)
        return target - self.cursor

    def _step_up(self, rows: int) -> int:
        target = self.cursor - rows if self.has_before else max(0, self.cursor - rows)
        turns = max(0, -((target - self.top) // self.height))
        if self.has_before:
            turns = min(turns, self.top // self.height)
        self.top = max(0, self.top - turns * self.height)
        self.cursor = max(target, self.top)
        return self.cursor - target

    def turn(self, rows: int) -> bool:
        """Move screen and cursor together by ``rows`` (a page, half a page).

        Returns:
            False, with nothing moved, when the rows to show are not loaded yet.
        """
        count = len(self._rows)
        if rows > 0:
            if self.has_after and self.top + rows + self.height > count:
                return False
            self.top = min(self.top + rows, max(self.top, count - self.height))
        else:
            if self.has_before and self.top + rows < 0:
                return False
            self.top = max(0, self.top + rows)
        self.cursor = min(max(self.cursor + rows, 0), max(count - 1, 0))
        return True
