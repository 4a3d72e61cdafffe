"""How the console looks: themes, the base sheet, one sheet a screen. Colours are named here only."""

from pathlib import Path, PurePath

FOLDER = Path(__file__).parent
"""Where the sheets lie."""


def sheets() -> list[str | PurePath]:
    """The sheets that every screen needs, in the order in which they are read."""
    return [FOLDER / "base.tcss", FOLDER / "screens.tcss"]
