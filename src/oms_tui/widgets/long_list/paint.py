"""Rows as lines of cells: formatted once per version of a row, kept by (key, version, look)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.content import Content
from textual.strip import Strip

from oms_tui.text import ELLIPSIS, cell_width, clean_line, fit
from oms_tui.widgets.long_list.columns import GAP, Column, Slot, fit_parts, lay_out
from oms_tui.widgets.long_list.source import Key, RowIdentity, RowT
from oms_tui.widgets.strips import merged

GUTTER = 3
"""Cells at the left edge: cursor marker, mark, blank."""
NOTICE_MARGIN = 4
"""Cells kept free beside the text of an empty list, both sides together."""
KEPT_LINES = 400
"""Formatted rows kept."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs of the list's own; one cell each."""

    cursor: str = "▸"
    mark: str = "▪"
    cut: str = ELLIPSIS
    """Where text was cut."""


ASCII_GLYPHS = Glyphs(cursor=">", mark="*", cut="~")
"""Stand-ins where UTF-8 is missing."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The styles of a list as its style sheet has them now."""

    row: Style = field(default_factory=Style.null)
    cursor: Style = field(default_factory=Style.null)
    """The whole row under the cursor."""
    marker: Style = field(default_factory=Style.null)
    """The cursor's marker where the row itself is not highlighted."""
    mark: Style = field(default_factory=Style.null)
    header: Style = field(default_factory=Style.null)
    named: tuple[tuple[str, Style], ...] = ()
    """Looks a cell may ask for."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One painted line, and of what it was made, so that lines can be told apart quickly."""

    strip: Strip
    gutter: str = ""
    body: Sequence[Segment] = ()
    row: object = None
    look: tuple[bool, bool] = (False, False)
    """Whether the row has the cursor, and whether it is marked."""

    def cells_changed_from(self, other: "Line") -> int:
        """How many cells, counted from the left edge, must be painted to turn ``other`` into this line."""
        if self is other or self.strip is other.strip:
            return 0
        width = self.strip.cell_length
        if self.body and self.body is other.body:
            return max((x + 1 for x in range(GUTTER) if self.gutter[x] != other.gutter[x]), default=0)
        return 0 if self.strip == other.strip and width == other.strip.cell_length else width


class RowPainter(Generic[RowT]):
    """Turns rows into lines of exactly one width. Text of rows is made safe here (invariants T1 to T4)."""

    def __init__(self, columns: Sequence[Column[RowT]], identity: RowIdentity[RowT], glyphs: Glyphs) -> None:
        self._identity = identity
        self._glyphs = glyphs
        self._columns = tuple(columns)
        self._palette = Palette()
        self._looks: dict[str, Style] = {}
        self._width = 0
        self._is_frugal = False
        self._slots: list[Slot[RowT]] = []
        self._bodies: LRUCache[tuple[Key, object, bool], tuple[Segment, ...]] = LRUCache(KEPT_LINES)
        self._lines: LRUCache[tuple[Key, object, bool, bool], Line] = LRUCache(KEPT_LINES)
        self._blank: Line | None = None
        self._header: Line | None = None
        self.epoch = 0
        """Goes up whenever lines painted before are no longer right."""

    @property
    def width(self) -> int:
        """Cells of a line."""
        return self._width

    @property
    def palette(self) -> Palette:
        """The styles rows are painted in."""
        return self._palette

    @property
    def shown_columns(self) -> list[str]:
        """The ids of the columns there is room for, in order."""
        return [slot.column.id for slot in self._slots]

    def configure(
        self,
        *,
        columns: Sequence[Column[RowT]] | None = None,
        width: int | None = None,
        palette: Palette | None = None,
        is_frugal: bool | None = None,
    ) -> None:
        """Change how rows are painted; whatever was formatted before is forgotten.

        Args:
            columns: the columns to show, in order.
            width: cells of a line.
            palette: the styles.
            is_frugal: mark the cursor by its marker only, for slow lines.
        """
        self._columns = self._columns if columns is None else tuple(columns)
        self._width = self._width if width is None else width
        self._palette = self._palette if palette is None else palette
        self._is_frugal = self._is_frugal if is_frugal is None else is_frugal
        self._looks = dict(self._palette.named)
        self._slots = lay_out(self._columns, max(0, self._width - GUTTER))
        self.forget()

    def forget(self) -> None:
        """Format every row anew: what columns show changed without the rows having done so."""
        self.epoch += 1
        self._bodies.clear()
        self._lines.clear()
        self._blank = self._header = None

    def row(self, row: RowT, *, is_cursor: bool, is_marked: bool) -> Line:
        """The line of ``row``."""
        key, version = self._identity.key(row), self._identity.version(row)
        line = self._lines.get((key, version, is_cursor, is_marked))
        if line is None:
            line = self._paint(row, key, version, is_cursor, is_marked)
            self._lines[(key, version, is_cursor, is_marked)] = line
        return line

    def _paint(self, row: RowT, key: Key, version: object, is_cursor: bool, is_marked: bool) -> Line:
        is_lit = is_cursor and not self._is_frugal
        body = self._bodies.get((key, version, is_lit))
        if body is None:
            body = self._body(row, is_lit)
            self._bodies[(key, version, is_lit)] = body
        cursor = self._glyphs.cursor if is_cursor else " "
        mark = self._glyphs.mark if is_marked else " "
        palette = self._palette
        base = palette.cursor if is_lit else palette.row
        gutter = (
            Segment(cursor, palette.marker if is_cursor and not is_lit else base),
            Segment(mark, palette.mark if is_marked and not is_lit else base),
            Segment(" ", base),
        )
        segments = [*merged([*gutter, *body[:1]]), *body[1:]]
        return Line(self._strip(segments), cursor + mark + " ", body, row, (is_cursor, is_marked))

    def _strip(self, segments: Sequence[Segment]) -> Strip:
        if self._width > GUTTER:  # then they were made to fit
            return Strip(segments, self._width)
        return Strip(segments).adjust_cell_length(self._width, self._palette.row)

    def _body(self, row: RowT, is_lit: bool) -> tuple[Segment, ...]:
        base = self._palette.cursor if is_lit else self._palette.row
        looks, cut = self._looks, self._glyphs.cut
        segments: list[Segment] = []
        used = GUTTER
        for slot in self._slots:
            if segments:
                segments.append(Segment(" " * GAP, base))
                used += GAP
            column = slot.column
            for text, look in fit_parts(column.render(row), slot.width, column.align, cut):
                segments.append(Segment(text, looks.get(look, base) if look and not is_lit else base))
            used += slot.width
        segments.append(Segment(" " * (self._width - used), base))
        return tuple(merged(segments))

    def header(self) -> Line:
        """The line of column titles."""
        if self._header is None:
            self._header = self._paint_header()
        return self._header

    def _paint_header(self) -> Line:
        titles = (" " * GAP).join(
            fit(clean_line(slot.column.title), slot.width, slot.column.align, self._glyphs.cut)
            for slot in self._slots
        )
        text = fit(" " * GUTTER + titles, self._width, "left")
        return Line(self._strip([Segment(text, self._palette.header)]))

    def blank(self) -> Line:
        """A line without a row."""
        if self._blank is None:
            self._blank = Line(Strip.blank(self._width, self._palette.row))
        return self._blank

    def notice(self, text: str, look: str, height: int) -> list[Line]:
        """``height`` lines with ``text`` in their middle, broken between words where it is long."""
        style = self._looks.get(look, self._palette.row)
        room = max(1, self._width - NOTICE_MARGIN)
        words = [line.plain.rstrip() for line in Content(clean_line(text)).wrap(room)][:height]
        above = (height - len(words)) // 2
        lines = [self._centred(line, style) for line in words]
        return [self.blank()] * above + lines + [self.blank()] * (height - above - len(lines))

    def _centred(self, text: str, style: Style) -> Line:
        left = max(0, (self._width - cell_width(text)) // 2)
        segments = [
            Segment(" " * left, self._palette.row),
            Segment(fit(text, self._width - left, "left"), style),
        ]
        return Line(self._strip(segments))
