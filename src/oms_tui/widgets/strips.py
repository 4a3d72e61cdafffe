"""Lines of cells that reach the terminal in few bytes."""

import os
import re
from collections.abc import Iterable
from functools import cache, lru_cache

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

RESET = "\x1b[m"
ERASE_LINE = "\x1b[K"
"""Erases from the cursor to the right edge."""
LEAST_SKIP = 5
"""Blanks from which on moving over them takes fewer bytes than writing them."""
_BLANKS = re.compile(f" {{{LEAST_SKIP},}}")
_ERASING_TERMINALS = re.compile(
    r"(xterm|linux|alacritty|foot|ghostty|gnome|konsole|kitty|rxvt|st|vte|wezterm)(-|$)"
)


class ThriftyStrip(Strip):
    """A strip that writes less than Textual's: same cells, fewer bytes.

    At a change of style it names only what changes; and where the terminal erases in the background colour,
    it erases the whole line at once and moves over longer blanks instead of writing them.

    The parts that Textual cuts from it (under a toast, say) are ordinary strips again. It knows no links.
    """

    __slots__ = ("_ends_line",)
    _ends_line: bool

    @classmethod
    def of(cls, strip: Strip, *, ends_line: bool = False) -> "ThriftyStrip":
        """The same cells, written thriftily.

        Args:
            strip: the cells.
            ends_line: whether they reach to the right edge of the terminal.
        """
        thrifty = cls(strip, strip.cell_length)
        thrifty._ends_line = ends_line
        return thrifty

    def render(self, console: Console) -> str:
        """The strip as terminal sequences."""
        if self._render_cache is None:
            colors = console._color_system or ColorSystem.TRUECOLOR
            can_erase = erases_in_background(os.environ.get("TERM", ""))
            erase = (ERASE_LINE if self._ends_line else f"\x1b[{self.cell_length}X") if can_erase else ""
            self._render_cache = written(self._segments, colors, erase)
        return self._render_cache


@cache
def erases_in_background(terminal: str) -> bool:
    """Whether terminals of this TERM fill erased cells with the current background (terminfo's ``bce``)."""
    return _ERASING_TERMINALS.match(terminal) is not None


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """The same text in as few segments as its styles allow; empty ones left out."""
    found: list[Segment] = []
    texts: list[str] = []
    style: Style | None = None
    for text, each_style, _ in segments:
        if not text:
            continue
        if texts and each_style is not style and each_style != style:
            found.append(Segment("".join(texts), style))
            texts.clear()
        texts.append(text)
        style = each_style
    if texts:
        found.append(Segment("".join(texts), style))
    return found


def written(segments: list[Segment], colors: ColorSystem, erase: str = "") -> str:
    """Segments as terminal sequences, the shortest of the ways there are.

    Args:
        segments: the cells.
        colors: what the terminal can show.
        erase: the sequence that erases as many cells in the background colour; "" if there is none.
    """
    plainly = _sequences(segments, colors)
    if not erase or not _is_erasable(segments):
        return plainly
    skipping = [Segment(_BLANKS.sub(_skip, text), style) for text, style, _ in segments]
    erased = _sequences(skipping, colors, erase)
    return min(plainly, erased, key=len)


def _sequences(segments: list[Segment], colors: ColorSystem, opening: str = "") -> str:
    parts: list[str] = []
    before = Style.null()
    for text, style, _ in segments:
        style = style or Style.null()
        parts += (change_of_style(before, style, colors), opening, text)
        before, opening = style, ""
    parts.append(change_of_style(before, Style.null(), colors))
    return "".join(parts)


def _skip(blanks: re.Match[str]) -> str:
    return f"\x1b[{len(blanks[0])}C"


def _is_erasable(segments: list[Segment]) -> bool:
    """Whether a blank looks the same everywhere, and as if erased: one background, nothing drawn on it."""
    backgrounds = {style.bgcolor if style else None for _, style, _ in segments}
    drawn = any(
        style and (style.reverse or style.underline or style.underline2 or style.strike or style.overline)
        for _, style, _ in segments
    )
    return len(backgrounds) == 1 and not drawn


@lru_cache(maxsize=4096)
def change_of_style(before: Style, after: Style, colors: ColorSystem) -> str:
    """The shortest sequence that turns a terminal writing in one style to another."""
    old, new = _codes(before, colors), _codes(after, colors)
    if old == new:
        return ""
    if not any(new):
        return RESET
    anew = _sequence(("0", *filter(None, new)) if any(old) else filter(None, new))
    if old[0] != new[0] or (old[1] and not new[1]) or (old[2] and not new[2]):
        return anew
    changes = [code for code, previous in zip(new, old, strict=True) if code and code != previous]
    return min(_sequence(changes), anew, key=len)


def _sequence(codes: Iterable[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"


def _codes(style: Style, colors: ColorSystem) -> tuple[str, str, str]:
    """Attributes, foreground and background of a style as terminal codes; "" for the terminal's own."""
    attributes = Strip.render_ansi(style.without_color, colors)
    return (
        attributes,
        _color(style.color, colors, foreground=True),
        _color(style.bgcolor, colors, foreground=False),
    )


def _color(color: Color | None, colors: ColorSystem, *, foreground: bool) -> str:
    if color is None or color.is_default:
        return ""
    return ";".join(color.downgrade(colors).get_ansi_codes(foreground))
