"""A sheet of paper: fonts, colours, and text put at a place. Everything here is in millimetres."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from oms_tui.documents.letters import BASIC, BOLD, fonts_for, path_of, printable

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 20.0
RIGHT: Final = WIDTH - 18.0
TOP: Final = 18.0
BOTTOM: Final = HEIGHT - 24.0
"""Below stands the foot of the page."""
INK: Final = (25, 28, 33)
SOFT: Final = (105, 112, 122)
RULE: Final = (200, 204, 210)
ACCENT: Final = (28, 66, 110)
LINE: Final = 1.32
"""Height of a line of text, as a part of its size."""
_POINT: Final = 25.4 / 72
_MAKER: Final = "oms-tui"


class Sheet(FPDF):
    """A PDF that is the same bytes whenever it is made of the same texts."""

    def __init__(self, texts: Iterable[str], number: str, at: datetime, language: str) -> None:
        """Make an empty document.

        Args:
            texts: Everything that will be printed, so that the fonts are there.
            number: The document's number: its title and what its identity is made from.
            at: When it was issued: what the file says it was made.
            language: BCP 47 tag of its words.
        """
        super().__init__(format="A4", unit="mm")
        self._number = number
        self.set_auto_page_break(False)
        self.set_margins(0, 0, 0)
        self.c_margin = 0.0
        self.set_creation_date(at)
        self.set_producer(_MAKER)
        self.set_creator(_MAKER)
        self.set_title(number)
        self.set_lang(language)
        self.add_font(BASIC, "", path_of(BASIC))
        self.add_font(BASIC, "B", path_of(BOLD))
        others = fonts_for(texts)
        for name in others:
            self.add_font(name, "", path_of(name))
        self.set_fallback_fonts(list(others), exact_match=False)
        self.set_text_shaping(True)

    def file_id(self) -> str:
        """The identity of the file: the document's number, nothing of the moment it is printed."""
        name = self._number.encode("utf-8").hex().upper()[:64]
        return f"<{name}><{name}>"

    def release(self) -> None:
        """Close the files of the fonts."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()

    def put(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 9.0,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        align: str = "L",
        width: float = 0.0,
    ) -> None:
        """Put one line of printable text with its top at `y`; `align` R ends it at `x`.

        Text that is wider than `width` (if that is above zero) is set smaller until it fits.
        """
        if not text:
            return
        self.set_font(BASIC, "B" if bold else "", size)
        wide = self.get_string_width(text)
        if 0 < width < wide:
            self.set_font_size(max(size * width / wide, 1.0))
            wide = self.get_string_width(text)
        self.set_text_color(*colour)
        start = x - wide if align == "R" else x
        self.set_xy(start, y)
        # Each text states its font: a coloured one is drawn in a state of its own, which ends with it.
        self.current_font_is_set_on_page = False
        self.cell(wide, size * _POINT * LINE, text)

    def broken(self, text: str, size: float, width: float, most: int, *, bold: bool = False) -> list[str]:
        """A printable text as lines of at most that width; the last of `most` lines ends in "…" where there
        is more."""
        self.set_font(BASIC, "B" if bold else "", size)
        lines: list[str] = []
        for word in text.split(" "):
            joined = f"{lines[-1]} {word}" if lines else word
            if lines and self.get_string_width(joined) <= width:
                lines[-1] = joined
                continue
            lines += self._chopped(word, width)
        if len(lines) <= most:
            return lines
        last = lines[most - 1]
        while last and self.get_string_width(f"{last}…") > width:
            last = last[:-1]
        return [*lines[: most - 1], f"{last}…"]

    def _chopped(self, word: str, width: float) -> list[str]:
        """One word, cut where it is wider than a line: languages without blanks are one word."""
        if self.get_string_width(word) <= width:
            return [word]
        pieces, piece = [], ""
        for letter in word:
            if piece and self.get_string_width(piece + letter) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        return [*pieces, piece]

    def rule(self, y: float, left: float = LEFT, right: float = RIGHT, *, strong: bool = False) -> None:
        """A horizontal line."""
        self.set_draw_color(*(INK if strong else RULE))
        self.set_line_width(0.35 if strong else 0.15)
        self.line(left, y, right, y)


def height_of(size: float, lines: int = 1) -> float:
    """The height of lines of text of a size in points."""
    return size * _POINT * LINE * lines


def cleaned(texts: Iterable[str]) -> list[str]:
    """Texts that can be printed, empty ones left out."""
    return [shown for text in texts if (shown := printable(text))]
