"""A widget that shows the rows of a source: asks for pages, tells of waiting, paints what it has."""

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar, Generic

from textual import events
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer
from textual.worker import WorkType

from oms_tui.backend.errors import BackendError
from oms_tui.domain.answers import Count
from oms_tui.widgets.leaving import Leavable
from oms_tui.widgets.long_list import messages
from oms_tui.widgets.long_list.canvas import LineCanvas
from oms_tui.widgets.long_list.columns import Column
from oms_tui.widgets.long_list.loader import Loader
from oms_tui.widgets.long_list.page_cache import Request
from oms_tui.widgets.long_list.paint import ASCII_GLYPHS, Glyphs, Line, Palette, RowPainter
from oms_tui.widgets.long_list.source import Key, PageSource, RowIdentity, RowT

SHOW_REFRESHING_AFTER = 0.15
"""Seconds to wait for rows before saying so."""
PAINT_AHEAD_AFTER = 0.03
"""Seconds a page must have been on screen before the next one is formatted."""
ROWS_GROUP, COUNT_GROUP = "long-list-rows", "long-list-count"
"""The workers that fetch rows, and their number. None is ever cancelled: stale answers are dropped."""
_NOTHING_TOLD = object()


class RowCanvas(Leavable, LineCanvas, Generic[RowT]):
    """The rows of a list on screen. What a person and a screen do with them is `LongList`'s."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "long-list--header",
        "long-list--cursor",
        "long-list--marker",
        "long-list--mark",
        "long-list--empty",
        "long-list--error",
        "long-list--muted",
        "long-list--strong",
        "long-list--accent",
        "long-list--good",
        "long-list--active",
        "long-list--warning",
        "long-list--problem",
    }
    DEFAULT_CSS = """
    RowCanvas {
        height: 1fr;
        background: $background;
        color: $foreground;
        & > .long-list--header { color: $text-muted; text-style: bold; }
        & > .long-list--cursor { background: $surface-lighten-1; text-style: bold; }
        &:focus > .long-list--cursor {
            color: $block-cursor-foreground; background: $block-cursor-background; text-style: bold;
        }
        & > .long-list--marker { color: $accent; text-style: bold; }
        & > .long-list--mark { color: $accent; text-style: bold; }
        & > .long-list--empty, & > .long-list--muted { color: $text-muted; }
        & > .long-list--error, & > .long-list--problem { color: $text-error; }
        & > .long-list--strong { text-style: bold; }
        & > .long-list--accent { color: $text-accent; }
        & > .long-list--good { color: $text-success; }
        & > .long-list--active { color: $text-primary; }
        & > .long-list--warning { color: $text-warning; }
    }
    """

    refreshing: reactive[bool] = reactive(False, repaint=False)
    """Whether rows have been waited for longer than a moment; for the screen to say so."""
    low_bandwidth: reactive[bool] = reactive(False, repaint=False)
    """Mark the cursor by its marker only: two cells a move instead of two rows."""
    empty_text: reactive[str | Content] = reactive("Nothing here", repaint=False)
    """What an empty list says: why it is empty, and the next key."""

    def __init__(
        self,
        columns: Sequence[Column[RowT]],
        *,
        key: Callable[[RowT], Key],
        cursor: Callable[[RowT], Hashable],
        version: Callable[[RowT], Hashable],
        show_header: bool = True,
        ascii_only: bool = False,
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Make a list without rows; `set_source` fills it.

        Args:
            columns: the columns there are, in the order they are shown unless `set_columns` chooses others.
            key: a row's name for good.
            cursor: a row's place in the sort, as the source understands it.
            version: changes with anything the columns show of a row.
            show_header: paint the column titles on the first line.
            ascii_only: signs for terminals without UTF-8.
            name, id, classes, disabled: as of any widget.
        """
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        identity = RowIdentity(key=key, cursor=cursor, version=version)
        self._identity = identity
        self._columns = {column.id: column for column in columns}
        self._painter = RowPainter(columns, identity, ASCII_GLYPHS if ascii_only else Glyphs())
        self._loader: Loader[RowT] = Loader(identity)
        self._navigator = self._loader.navigator
        self._window = self._navigator.window
        self._header_lines = 1 if show_header else 0
        self._marks: set[Key] = set()
        self._row_lines: list[Line] = []
        self._row_lines_epoch = -1
        self._notice = ("", "")
        self._has_landed = False
        self._next_empty_text: str | Content | None = None
        self._count: Count | None = None
        self._is_rereading = self._must_reread = False
        self._counting: PageSource[RowT] | None = None
        self._must_recount = False
        self._patience: Timer | None = None
        self._told: Hashable = _NOTHING_TOLD
        self._ahead_of: object = None

    @property
    def cursor_row(self) -> RowT | None:
        """The row under the cursor; None in an empty list."""
        return self._window.cursor_row

    # -- rows come -----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Ask for the first rows, if a source was given before."""
        if self._loader.source is not None:
            self._advance()
            self._start_count()

    def _advance(self) -> None:
        """Carry out what can be, ask for the rows that are missing, show the result."""
        for request in self._loader.wanted():
            self._work(partial(self._fetch, request), ROWS_GROUP)
        self._watch_patience()
        self._show()

    def _work(self, work: WorkType[None], group: str) -> None:
        self.run_worker(work, group=group)

    async def _fetch(self, request: Request) -> None:
        was_entering = self._navigator.is_entering
        try:
            is_news = await self._loader.fetch(request)
        except BackendError as error:
            if self._navigator.awaited == request:  # rows that were only to be had ready are asked for again
                self._navigator.give_up()
                self._fail(str(error))
            return
        if is_news and was_entering and not self._navigator.is_entering:
            self._land()
            self._reread_if_asked()
        if is_news:
            self._advance()

    def reload(self, *, keep_key: bool = True) -> None:
        """Read the rows again; the old ones stay until then, and only lines that changed are repainted.

        Calls that come while one is under way are answered by one more after it.

        Args:
            keep_key: keep the cursor on its row, and at its line where it can be; else begin at the start.
        """
        if self._loader.source is None or not self.is_attached:
            return
        if keep_key and (self._is_rereading or self._navigator.is_entering):
            self._must_reread = True
            return
        if keep_key:
            self._is_rereading = True
            self._work(self._read_again, ROWS_GROUP)
            self._watch_patience()
        else:
            self._loader.start_over()
            self._advance()
        self._start_count()

    async def _read_again(self) -> None:
        source, failure = self._loader.source, ""
        try:
            is_news = await self._loader.read_again()
        except BackendError as error:
            is_news, failure = False, str(error)
        if source is not self._loader.source:
            return
        self._is_rereading = False
        if failure:
            self._fail(failure)
        elif is_news:
            self._land()
        self._reread_if_asked()
        self._advance()

    def _reread_if_asked(self) -> None:
        if self._must_reread:
            self._must_reread = False
            self.reload()

    def _land(self) -> None:
        """The rows of a source are here, for the first time or again."""
        if self._next_empty_text is not None:
            self.set_reactive(RowCanvas.empty_text, self._next_empty_text)
            self._next_empty_text = None
        self._has_landed = True
        self._notice = (_plain(self.empty_text), "empty")
        self.post_message(messages.Loaded(self))

    def _fail(self, text: str) -> None:
        self._notice = (text, "error")
        self._watch_patience()
        self._show()
        self.post_message(messages.LoadFailed(self, text))

    def _start_count(self) -> None:
        if self._counting is not None and self._counting is self._loader.source:
            self._must_recount = True
        else:
            self._work(self._take_count, COUNT_GROUP)

    async def _take_count(self) -> None:
        source = self._counting = self._loader.source
        count = await self._counted()
        if source is not self._loader.source:
            return
        self._counting = None
        if count is not None and count != self._count:
            self._count = count
            self.post_message(messages.Counted(self, count))
        if self._must_recount:
            self._must_recount = False
            self._start_count()

    async def _counted(self) -> Count | None:
        try:
            return await self._loader.count()
        except BackendError:
            return None  # a list without its number is still a list

    def _watch_patience(self) -> None:
        """Say that rows are awaited once that has taken a moment, and no longer than it takes."""
        is_busy = self._is_rereading or self._navigator.is_waiting
        if is_busy and self._patience is None:
            self._patience = self.set_timer(SHOW_REFRESHING_AFTER, self._lose_patience)
        elif not is_busy and self._patience is not None:
            self._patience.stop()
            self._patience = None
            self.refreshing = False

    def _lose_patience(self) -> None:
        self.refreshing = True
        if not self._has_landed:
            self._notice = ("Loading…", "empty")
            self._show()

    # -- lines are shown -----------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        """Fill the new size."""
        self._window.resize(self.size.height - self._header_lines)
        if self._painter.width != self.size.width:
            self._painter.configure(width=self.size.width)
        self._advance()

    def watch_low_bandwidth(self, is_frugal: bool) -> None:
        """Paint the cursor as the mode wants it."""
        self._painter.configure(is_frugal=is_frugal)
        self._show()

    def watch_empty_text(self, text: str | Content) -> None:
        """Show the new text at once if the old one is shown."""
        if self._has_landed and self._notice[1] == "empty":
            self._notice = (_plain(text), "empty")
            self._show()

    def _show(self) -> None:
        if not self.is_attached or not self.size:
            return
        self.freshen_styles()
        self.show_lines(self._current_lines())
        row = self.cursor_row
        now = None if row is None else (self._identity.key(row), self._identity.version(row))
        if now != self._told and self._has_landed:
            self._told = now
            self.post_message(messages.RowHighlighted(self, row))
        self._paint_ahead_soon()

    def _paint_ahead_soon(self) -> None:
        """Format the next page once this one has been looked at for a moment, to turn to it sooner."""
        page = (self._window.top, self._painter.epoch)
        if page != self._ahead_of:
            self._ahead_of = page
            self.set_timer(PAINT_AHEAD_AFTER, partial(self._paint_ahead, page))

    def _paint_ahead(self, page: tuple[int, int]) -> None:
        window, key = self._window, self._identity.key
        if page == (window.top, self._painter.epoch):
            for row in window.rows[window.top + window.height : window.top + 2 * window.height]:
                self._painter.row(row, is_cursor=False, is_marked=key(row) in self._marks)

    def _current_lines(self) -> list[Line]:
        painter, window = self._painter, self._window
        lines = [painter.header()] if self._header_lines else []
        if not window.rows and self._notice[0]:
            return [*lines, *painter.notice(*self._notice, window.height)]
        known = self._row_lines if self._row_lines_epoch == painter.epoch else []
        shown: list[Line] = []
        key, marks, cursor = self._identity.key, self._marks, window.screen_row
        for y, row in enumerate(window.visible):
            look = (y == cursor, bool(marks) and key(row) in marks)
            if y < len(known) and known[y].row is row and known[y].look == look:
                shown.append(known[y])
            else:
                shown.append(painter.row(row, is_cursor=look[0], is_marked=look[1]))
        self._row_lines, self._row_lines_epoch = shown, painter.epoch
        lines += shown
        lines += [painter.blank()] * (window.height - len(shown))
        return lines

    def lines_restyled(self) -> list[Line]:
        """The lines in the styles that hold now."""
        names = sorted(self._get_component_classes())
        named = {name: self.look(name) for name in names}
        palette = Palette(
            row=self.visual_style.rich_style,
            cursor=named["long-list--cursor"],
            marker=named["long-list--marker"],
            mark=named["long-list--mark"],
            header=named["long-list--header"],
            named=tuple((name.removeprefix("long-list--"), style) for name, style in named.items()),
        )
        if palette != self._painter.palette:
            self._painter.configure(palette=palette)
        return self._current_lines()


def _plain(text: str | Content) -> str:
    return text.plain if isinstance(text, Content) else text
