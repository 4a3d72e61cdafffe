"""Which of the packaged fonts has which letter: every text on a paper can be printed, whatever is in it."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from uharfbuzz import Face

from oms_tui.text import clean_line

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for a letter that no packaged font has."""
BASIC: Final = "sans"
BOLD: Final = "sans-bold"
_SCRIPTS: Final[tuple[tuple[int, int, tuple[str, ...]], ...]] = (
    (0x0530, 0x058F, ("armenian",)),
    (0x0590, 0x05FF, ("hebrew",)),
    (0x0600, 0x08FF, ("arabic",)),
    (0x0900, 0x097F, ("devanagari",)),
    (0x0980, 0x09FF, ("bengali",)),
    (0x0A00, 0x0A7F, ("gurmukhi",)),
    (0x0A80, 0x0AFF, ("gujarati",)),
    (0x0B80, 0x0BFF, ("tamil",)),
    (0x0C00, 0x0C7F, ("telugu",)),
    (0x0E00, 0x0E7F, ("thai",)),
    (0x10A0, 0x10FF, ("georgian",)),
    (0x1100, 0x11FF, ("korean",)),
    (0xAC00, 0xD7FF, ("korean",)),
    (0xFB13, 0xFB17, ("armenian",)),
    (0xFB1D, 0xFB4F, ("hebrew",)),
    (0xFB50, 0xFDFF, ("arabic",)),
    (0xFE70, 0xFEFC, ("arabic",)),
    (0x2000, 0x2DFF, ("japanese",)),
    (0x2E80, 0x3FFFF, ("japanese", "chinese", "korean")),
)
"""Blocks of Unicode that the basic font lacks: first, last, the fonts to look in."""
_JOINERS: Final = frozenset("\u200c\u200d")


def path_of(font: str) -> Path:
    """The file of a packaged font."""
    with as_file(files("oms_tui.documents") / "fonts" / f"{font}.ttf") as path:
        return path


@cache
def _letters(font: str) -> frozenset[int]:
    return frozenset(Face(path_of(font).read_bytes()).unicodes)


@cache
def font_of(letter: str) -> str:
    """The packaged font that has a letter; "" where none has it."""
    code = ord(letter)
    if code in _letters(BASIC):
        return BASIC
    for first, last, fonts in _SCRIPTS:
        if first <= code <= last:
            return next((font for font in fonts if code in _letters(font)), "")
    return ""


def printable(text: str) -> str:
    """A text on one line as it can be printed: no control characters, every letter in some font.

    Joiners stay where a script needs them; what nothing can print becomes `REPLACEMENT`.
    """
    cleaned = clean_line(text)
    if all(letter in _JOINERS or font_of(letter) for letter in cleaned):
        return cleaned
    return "".join(x if x in _JOINERS or font_of(x) else REPLACEMENT for x in cleaned)


def fonts_for(texts: Iterable[str]) -> tuple[str, ...]:
    """The fonts beside the basic one that these texts need, in a fixed order."""
    needed = {font_of(letter) for letter in set().union(*texts)} - {"", BASIC}
    return tuple(sorted(needed))
