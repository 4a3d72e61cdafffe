"""Text broken between words into as many lines as it needs, and lines that grow with it."""

from functools import lru_cache

from textual.content import Content
from textual.geometry import Size

from oms_tui.text import clean
from oms_tui.widgets.lines import Lines, Pieces


@lru_cache(maxsize=1024)
def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Text as lines of at most `width` cells, made safe; at least one line."""
    lines: list[str] = []
    for paragraph in clean(text).split("\n"):
        lines += [line.plain.rstrip() for line in Content(paragraph).wrap(width)] or [""]
    return tuple(lines) or ("",)


class Flowing(Lines):
    """Lines as many as their text needs at the width there is."""

    def lines_at(self, width: int) -> list[Pieces]:
        """The lines at this width."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many as there are lines."""
        return len(self.lines_at(width))

    def line(self, y: int, width: int) -> Pieces:
        """One of them."""
        lines = self.lines_at(width)
        return lines[y] if y < len(lines) else ()

    def update_lines(self, before: int) -> None:
        """Show the new text; only another number of lines asks for a layout."""
        self.refresh(layout=len(self.lines_at(self.size.width)) != before)
