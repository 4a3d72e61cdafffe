"""The one line that stands alone where the terminal is too small for anything else."""

from oms_tui.widgets.lines import Lines, Pieces

LEAST_WIDTH = 60
"""Cells across that every screen needs."""
LEAST_HEIGHT = 16
"""Lines that every screen needs."""


class TooSmall(Lines):
    """Says how much room is needed, and how much there is."""

    def line(self, y: int, width: int) -> Pieces:
        """The sentence, on the first line."""
        if y:
            return ()
        size = self.screen.size
        return [
            (f"Needs {LEAST_WIDTH}x{LEAST_HEIGHT}, here are {size.width}x{size.height}: make it larger", "")
        ]
