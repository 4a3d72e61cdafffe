"""Cells of an exact width, in every terminal (invariant T4)."""

import re
from typing import Final, Literal

from oms_tui.text.safe import ELLIPSIS, MARK, SELECTOR, TRAITS
from oms_tui.text.widths import WIDTHS, cell_width, is_narrow

_UNSTEADY: Final = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_FLAG_LETTERS: Final = {0x1F1E6 + at: chr(0x24B6 + at) for at in range(26)}
"""Halves of flags, and the circled letters that stand for them."""
_BASE_FOR_MARKS: Final = "\N{DOTTED CIRCLE}"


def steady(text: str) -> str:
    """Return text that is as wide in every terminal: without joiners, style selectors, skin tones and flags.

    Terminals disagree on the width of such sequences, so a row would shift; a flag becomes its two letters. A
    mark at the start gets a dotted circle to stand on, instead of the cell before.
    """
    if is_narrow(text):
        return text
    text = _UNSTEADY.sub("", text).translate(_FLAG_LETTERS)
    return _BASE_FOR_MARKS + text if text and TRAITS[text[0]] in (MARK, SELECTOR) else text


def fit(text: str, width: int, align: Literal["left", "right"] = "left", ellipsis: str = ELLIPSIS) -> str:
    """Return a line as a cell of exactly so many columns: padded, or cut with a mark (T4).

    Args:
        text: A line from :func:`oms_tui.text.clean_line`.
        width: Columns; none or fewer give an empty text.
        align: Where the text stands if there is room to spare.
        ellipsis: The mark that text was cut; ``"~"`` where the terminal has no UTF-8.
    """
    if width <= 0:
        return ""
    if is_narrow(text):
        size = len(text)
        if size > width and len(ellipsis) <= width and cell_width(ellipsis) == len(ellipsis):
            return text[: width - len(ellipsis)] + ellipsis
    else:
        text = steady(text)
        size = sum(map(WIDTHS.__getitem__, text))
    if size > width:
        text, size = _cut(text, width, ellipsis)
    if align == "left":
        return text + " " * (width - size)
    return " " * (width - size) + text


def _cut(text: str, width: int, ellipsis: str) -> tuple[str, int]:
    """Return as much of a too wide text as fits with its mark, and the cells that it takes."""
    mark_width = cell_width(ellipsis)
    if mark_width > width:
        ellipsis, mark_width = "", 0
    room, at = width - mark_width, 0
    while room >= (size := WIDTHS[text[at]]):
        room, at = room - size, at + 1
    return text[:at] + ellipsis, width - room
