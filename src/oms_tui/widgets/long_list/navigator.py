"""Movements in the order they were asked for, done as rows arrive. No I/O: it names the pages it wants."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeAlias

from oms_tui.widgets.long_list.page_cache import PageCache, Request, RequestKind
from oms_tui.widgets.long_list.source import Key, Page, RowIdentity, RowT
from oms_tui.widgets.long_list.window import RowWindow

FIRST = Request(RequestKind.FIRST)
LAST = Request(RequestKind.LAST)

LEAST_PAGE_ROWS = 100
"""Rows asked for at once, at the least."""
MOST_PAGE_ROWS = 500
"""A page is never longer (invariant P1)."""
AHEAD = 2
"""Screenfuls kept loaded beyond the screen in each direction, so that turning a page does not wait."""


@dataclass(slots=True)
class _Step:
    rows: int


@dataclass(slots=True)
class _Turn:
    rows: int
    times: int = 1


@dataclass(slots=True)
class _Jump:
    request: Request
    key: Key = None
    is_forced: bool = False
    """Whether what is loaded belongs to another source, so that the answer must be waited for."""


@dataclass(slots=True)
class _Act:
    do: Callable[[], None]


_Move: TypeAlias = _Step | _Turn | _Jump | _Act


class Navigator(Generic[RowT]):
    """A window on a list, the movements still to do on it, and the pages it keeps.

    `advance` carries out what it can and names the pages it needs; `receive` takes them, in any order. A
    movement that needs rows waits at the head of the queue, and those asked for after it wait behind it: none
    is lost. A movement to an end of the list makes those just before it void.
    """

    def __init__(self, identity: RowIdentity[RowT]) -> None:
        self.window: RowWindow[RowT] = RowWindow(identity)
        self.cache: PageCache[RowT] = PageCache()
        self._moves: deque[_Move] = deque()
        self.awaited: Request | None = None
        """The page the first of the waiting movements needs."""
        self.is_at_head = True
        """Whether the list was entered at its first row and nobody has moved since: newer rows are shown."""

    @property
    def page_rows(self) -> int:
        """How many rows to ask for at once."""
        return min(max(LEAST_PAGE_ROWS, 2 * self.window.height), MOST_PAGE_ROWS)

    @property
    def around_rows(self) -> int:
        """How many rows to ask for around a place: a screenful and some on either side."""
        return min(max(LEAST_PAGE_ROWS, 3 * self.window.height), MOST_PAGE_ROWS)

    @property
    def is_waiting(self) -> bool:
        """Whether a movement waits for rows."""
        return bool(self._moves)

    # -- movements asked for -------------------------------------------------------------------------------

    def step(self, rows: int) -> None:
        """Move the cursor by ``rows``."""
        self.is_at_head = False
        head = self._moves[-1] if self._moves else None
        if isinstance(head, _Step) and (head.rows > 0) == (rows > 0):
            head.rows += rows
        elif rows:
            self._moves.append(_Step(rows))

    def turn(self, rows: int) -> None:
        """Move screen and cursor by ``rows``."""
        self.is_at_head = False
        head = self._moves[-1] if self._moves else None
        if isinstance(head, _Turn) and head.rows == rows:
            head.times += 1
        elif rows:
            self._moves.append(_Turn(rows))

    def jump_first(self) -> None:
        """Go to the first row of the list."""
        self._jump(FIRST)
        self.is_at_head = True

    def jump_last(self) -> None:
        """Go to the last row of the list."""
        self._jump(LAST)
        self.is_at_head = False

    def _jump(self, request: Request) -> None:
        is_forced = self.is_entering
        while self._moves and not isinstance(self._moves[-1], _Act):
            self._moves.pop()
        self._moves.append(_Jump(request, is_forced=is_forced and not self._moves))

    def act(self, do: Callable[[], None]) -> None:
        """Do something with the row under the cursor, once the movements asked for before are done."""
        self._moves.append(_Act(do))

    def restart(self, at: RowT | None = None) -> None:
        """Belong to another source, from its start or ``at`` a row; what is loaded stays until its answer."""
        self.cache.clear()
        self._moves.clear()
        self.is_at_head = at is None
        if at is None:
            self._moves.append(_Jump(FIRST, is_forced=True))
        else:
            identity = self.window.identity
            place = Request(RequestKind.AROUND, identity.cursor(at))
            self._moves.append(_Jump(place, key=identity.key(at), is_forced=True))

    def give_up(self) -> None:
        """Drop the movements that wait: their rows cannot be had. Rows of another source go with them."""
        if self.is_entering:
            self.window.replace(Page((), False, False), cursor=0, screen_row=0)
        self._moves.clear()
        self.awaited = None

    def put_cursor(self, index: int) -> None:
        """Put the cursor on the loaded row ``index``, turning the screen to it only if it is not there."""
        window = self.window
        self._moves.clear()
        self.is_at_head = False
        screen_row = index - window.top
        window.place_cursor(index, screen_row if 0 <= screen_row < window.height else window.height // 2)

    def arrive(self, page: Page[RowT], index: int) -> None:
        """Go to row ``index`` of ``page``, which takes the place of what is loaded."""
        self._moves.clear()
        self.is_at_head = False
        self.window.replace(page, cursor=index, screen_row=self.window.height // 2)

    # -- carrying them out ---------------------------------------------------------------------------------

    def advance(self) -> list[Request]:
        """Do what can be done with the rows at hand.

        Returns:
            The pages wanted: first the one a movement waits for, if any, then those to have ready.
        """
        while (request := self._settle()) is not None:
            self.awaited = request
            page = self.cache.get(request)
            if page is None:
                return [request, *(wish for wish in self._wishes() if wish != request)]
            self.receive(request, page)
        self.awaited = None
        wanted = []
        for wish in self._wishes():
            page = self.cache.get(wish)
            if page is None:
                wanted.append(wish)
            else:
                self.receive(wish, page)
        return wanted

    def _settle(self) -> Request | None:
        while self._moves:
            move = self._moves[0]
            if isinstance(move, _Act):
                self._moves.popleft()
                move.do()
            elif (request := self._do(move)) is not None:
                return request
            else:
                self._moves.popleft()
        return None

    def _do(self, move: _Step | _Turn | _Jump) -> Request | None:
        """Carry out ``move``, or as much of it as can be; the page it waits for, or None when it is done."""
        window = self.window
        match move:
            case _Step():
                move.rows = window.step(move.rows)
                return self._beyond(move.rows) if move.rows else None
            case _Turn():
                while move.times and window.turn(move.rows):
                    move.times -= 1
                return self._beyond(move.rows) if move.times else None
            case _Jump(request=request, is_forced=False) if request == FIRST and not window.has_before:
                window.to_first()
                return None
            case _Jump(request=request, is_forced=False) if request == LAST and not window.has_after:
                window.to_last()
                return None
            case _Jump():
                return move.request

    def _beyond(self, direction: int) -> Request:
        if direction > 0:
            return Request(RequestKind.AFTER, self.window.last_place)
        return Request(RequestKind.BEFORE, self.window.first_place)

    def _wishes(self) -> Iterator[Request]:
        window = self.window
        if not window.rows or any(isinstance(move, _Jump) for move in self._moves):
            return
        ahead = AHEAD * window.height
        if window.has_after and len(window.rows) - (window.top + window.height) < ahead:
            yield self._beyond(1)
        if window.has_before and window.top < ahead:
            yield self._beyond(-1)

    # -- rows arrive ---------------------------------------------------------------------------------------

    def receive(self, request: Request, page: Page[RowT]) -> None:
        """Take the answer to ``request``; one that is no longer wanted is only kept for later."""
        if request.kind is not RequestKind.AROUND:
            self.cache.put(request, page)
        move = self._moves[0] if self._moves else None
        if isinstance(move, _Jump) and move.request == request:
            self._moves.popleft()
            self._land(move, page)
        elif not self.window.rows or (isinstance(move, _Jump) and move.is_forced):
            return
        elif request == self._beyond(1):
            self._join_after(page)
        elif request == self._beyond(-1):
            self._join_before(page)

    def _land(self, jump: _Jump, page: Page[RowT]) -> None:
        window, rows = self.window, len(page.rows)
        if jump.request == FIRST:
            window.replace(Page(page.rows, False, page.has_after), cursor=0, screen_row=0)
        elif jump.request == LAST:
            window.replace(
                Page(page.rows, page.has_before, False), cursor=rows - 1, screen_row=window.height - 1
            )
        else:
            keys = [window.identity.key(row) for row in page.rows]
            index = keys.index(jump.key) if jump.key in keys else rows // 2
            window.replace(page, cursor=index, screen_row=window.height // 2)

    def _join_after(self, page: Page[RowT]) -> None:
        before = self.window.last_page
        self.window.join_after(page)
        if page.rows:  # the way back is known as well
            self.cache.put(Request(RequestKind.BEFORE, self.window.identity.cursor(page.rows[0])), before)

    def _join_before(self, page: Page[RowT]) -> None:
        after = self.window.first_page
        self.window.join_before(page)
        if page.rows:
            self.cache.put(Request(RequestKind.AFTER, self.window.identity.cursor(page.rows[-1])), after)

    # -- the same place, read again ------------------------------------------------------------------------

    @property
    def is_entering(self) -> bool:
        """Whether the first rows of a source are still to come; what is loaded belongs to another one."""
        return bool(self._moves) and isinstance(self._moves[0], _Jump) and self._moves[0].is_forced

    def refresh_request(self) -> Request:
        """The page to read again so that the cursor can stay on its row."""
        row = self.window.cursor_row
        if row is None or self.is_at_head:
            return FIRST
        return Request(RequestKind.AROUND, self.window.identity.cursor(row))

    def refreshed(self, request: Request, page: Page[RowT], *, is_final: bool = False) -> bool:
        """Put the rows read again in the place of the loaded ones, the cursor on its row, at its line.

        A row that has gone leaves the cursor on its next neighbour that is still there. At the head of the
        list the screen stays at the start and the cursor sinks with its row, so that newer rows are seen.

        Args:
            request: what was asked for.
            page: the answer.
            is_final: take the page even if it does not reach around the whole screen.

        Returns:
            False, with nothing changed, when ``page`` does not cover the place where the cursor is by now.
        """
        window = self.window
        index = self._nearest(page)
        if request == FIRST:
            page = Page(page.rows, False, page.has_after)
        if request == FIRST and window.rows and page.rows and (index is None or index >= window.height):
            self.is_at_head = False
            return False
        index = len(page.rows) // 2 if index is None else index
        screen_row = index if request == FIRST else window.screen_row
        beyond = index - screen_row + window.height - len(page.rows)
        if not is_final and ((index < screen_row and page.has_before) or (beyond > 0 and page.has_after)):
            return False
        self.cache.clear()
        window.replace(page, cursor=index, screen_row=screen_row)
        return True

    def holds(self, page: Page[RowT]) -> bool:
        """Whether ``page`` has the row under the cursor (or there is none)."""
        row, key = self.window.cursor_row, self.window.identity.key
        return row is None or any(key(other) == key(row) for other in page.rows)

    def _nearest(self, page: Page[RowT]) -> int | None:
        """Where the cursor's row is in ``page``, else its nearest neighbour, those that follow it first."""
        window, key = self.window, self.window.identity.key
        if not window.rows:
            return 0
        there = {key(row): index for index, row in enumerate(page.rows)}
        following, preceding = window.rows[window.cursor :], window.rows[: window.cursor]
        return next(
            (there[key(row)] for row in (*following, *reversed(preceding)) if key(row) in there), None
        )
