"""A single rule between two regions of a screen."""

from oms_tui.widgets.lines import Lines, Pieces, rule


class Rule(Lines):
    """One line across. Regions are parted by it and by white space, not by boxes."""

    def __init__(
        self, *, ascii_only: bool = False, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._ascii_only = ascii_only

    def line(self, y: int, width: int) -> Pieces:
        """The rule."""
        return rule(width, ascii_only=self._ascii_only)
