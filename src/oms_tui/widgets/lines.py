"""Lines of text of a fixed size: a change repaints them and asks for no layout."""

from collections.abc import Sequence
from typing import TypeAlias

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from oms_tui.styles.looks import looks_of
from oms_tui.text import cell_width, clean_line, fit

Piece: TypeAlias = tuple[str, str]
"""Text and its look: "" or one of `styles.looks.LOOKS`."""
Pieces: TypeAlias = Sequence[Piece]


def pieces_width(pieces: Pieces) -> int:
    """Cells that the pieces take."""
    return sum(cell_width(clean_line(text)) for text, _ in pieces)


def spread(left: Pieces, right: Pieces, width: int, gap: int = 1) -> list[Piece]:
    """A line with `left` at its left edge and `right` at its right; where room is short `left` is cut."""
    rest = width - pieces_width(right) - (gap if right else 0)
    kept = cut(left, max(0, rest))
    blank = width - pieces_width(kept) - pieces_width(right)
    return [*kept, (" " * max(0, blank), ""), *right]


def rule(width: int, *, ascii_only: bool = False) -> Pieces:
    """A line across."""
    return [(("-" if ascii_only else "─") * width, "rule")]


def cut(pieces: Pieces, width: int) -> list[Piece]:
    """As much of the pieces as fits into `width` cells, with a mark where text was cut."""
    kept: list[Piece] = []
    for text, look in pieces:
        safe = clean_line(text)
        cells = cell_width(safe)
        if cells > width:
            if width > 0:
                kept.append((fit(safe, width), look))
            break
        kept.append((safe, look))
        width -= cells
    return kept


class Lines(Widget):
    """Shows the lines it was given last; `show` repaints them if they differ. The sheet says the height."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: list[Pieces] = []
        self._kept: list[Strip] | None = None
        self._kept_setting: tuple[object, ...] = ()

    @property
    def text(self) -> str:
        """What stands there, without looks."""
        lines = (self.line(y, self.size.width) for y in range(self.size.height))
        return "\n".join("".join(clean_line(text) for text, _ in pieces).rstrip() for pieces in lines)

    def show(self, *lines: Pieces) -> None:
        """Show these lines from now on. Text may be anything: it is made safe and cut to size."""
        before, self._shown = self._shown, list(lines)
        for y in range(max(len(before), len(lines))):
            if (before[y] if y < len(before) else None) != (lines[y] if y < len(lines) else None):
                self.refresh()
                return

    def line(self, y: int, width: int) -> Pieces:
        """What line `y` shows at this width; subclasses that fit text to the width say so here."""
        return self._shown[y] if y < len(self._shown) else ()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as Textual makes them; it asks every widget for all of them whenever it paints one."""
        setting = (crop, self.outer_size, *self.get_line_filters())
        if self._kept is None or setting != self._kept_setting:
            self._kept, self._kept_setting = super().render_lines(crop), setting
        return self._kept

    def _set_dirty(self, *regions: Region) -> None:
        # Everything that makes Textual paint a widget again passes here.
        super()._set_dirty(*regions)
        self._kept = None

    def render_line(self, y: int) -> Strip:
        """Line `y`, exactly as wide as the widget."""
        width = self.size.width
        plain, looks = self.rich_style, looks_of(self.app)
        segments = [
            Segment(text, plain + looks[look] if look else plain)
            for text, look in cut(self.line(y, width), width)
            if text
        ]
        return Strip(segments).adjust_cell_length(width, plain)


class Talk(Lines):
    """A sentence or two, broken between words into as many lines as the widget has."""

    def say(self, text: str, look: str = "muted") -> None:
        """Say this from now on."""
        self.show([(text, look)])

    def line(self, y: int, width: int) -> Pieces:
        """One line of it; what does not fit on the last one is cut, with a mark."""
        if not self._shown or not self._shown[0] or width < 2:
            return ()
        text, look = self._shown[0][0]
        rest = clean_line(text).split(" ")
        for number in range(self.size.height):
            is_last = number == self.size.height - 1
            taken = rest if is_last else _fitting(rest, width)
            if number == y:
                return [(" ".join(taken), look)]
            rest = rest[len(taken) :]
        return ()


def _fitting(words: list[str], width: int) -> list[str]:
    """As many words as one line holds, at least one."""
    cells = -1
    for number, word in enumerate(words):
        cells += 1 + cell_width(word)
        if cells > width and number:
            return words[:number]
    return words
