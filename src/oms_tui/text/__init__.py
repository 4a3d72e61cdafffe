"""Outside text: made safe to show, fitted into cells, checked on its way in (invariants T1, T2, T4, T5, T9).

Every text that is not written in our source passes :func:`clean` or :func:`clean_line` once, in the house
widgets and the command line's printer.
"""

from oms_tui.text.cells import fit, steady
from oms_tui.text.entry import TextError, normalise_input, search_key
from oms_tui.text.safe import (
    ELLIPSIS,
    LINE_LENGTH,
    MAX_MARKS,
    TEXT_LENGTH,
    clean,
    clean_line,
    without_controls,
)
from oms_tui.text.widths import cell_width

__all__ = [
    "ELLIPSIS",
    "LINE_LENGTH",
    "MAX_MARKS",
    "TEXT_LENGTH",
    "TextError",
    "cell_width",
    "clean",
    "clean_line",
    "fit",
    "normalise_input",
    "search_key",
    "steady",
    "without_controls",
]
