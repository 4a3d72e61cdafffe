"""How the console looks: themes, the base sheet, one sheet a screen. Colours are named here only."""

from pathlib import Path, PurePath

FOLDER = Path(__file__).parent
"""Where the sheets lie."""


def sheets() -> list[str | PurePath]:
    """What screens of the frame need; read once the first frame is painted. Other screens bring their own."""
    return [FOLDER / "base.tcss", FOLDER / "screens.tcss"]
