"""Outside text made safe to show (invariants T1, T2 and T4).

:func:`clean_line` is called for every cell painted, so plain text passes after one test.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from oms_tui.text.widths import EMOJI_STYLE, WIDTHS, ZWJ, is_narrow

TEXT_LENGTH: Final = 20_000
"""Characters of a text that are shown; more is cut, with a mark."""
LINE_LENGTH: Final = 2_000
"""Characters of a single line that are shown."""
ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
"""The mark that text was cut."""
MAX_MARKS: Final = 4
"""Combining marks that stay on one base (T4)."""

PLAIN, HIDDEN, MARK, JOINER, SELECTOR, TONE = range(6)
"""What a character asks of :func:`clean`: nothing, a sign in its place, a base, a look at its neighbours."""

_MAX_JOINS: Final = 3
"""Joiners in one emoji: a family of four has three."""
_TAB: Final = "    "
_CACHED_LENGTH: Final = 256

_ZWNJ: Final = "\N{ZERO WIDTH NON-JOINER}"
_HIDDEN_SIGN: Final = "\N{SYMBOL FOR SUBSTITUTE FORM TWO}"
_BREAK_SIGN: Final = "\N{SYMBOL FOR NEWLINE}"
_OWN_SIGNS: Final = {
    "\x7f": "\N{SYMBOL FOR DELETE}",
    "\xad": "\N{NOT SIGN}",
    "\u2028": _BREAK_SIGN,
    "\u2029": _BREAK_SIGN,
}
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Letters and marks that show nothing; most take no room either."""
_FOLDED: Final = re.compile(r"\r\n|[\n\t]")
_PICTOGRAPH: Final = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_JOINING_SCRIPT: Final = re.compile(
    "[\u0600-\u0dff\u1000-\u109f\u1780-\u18af\u1a00-\u1c7f\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefe"
    "\U00010a00-\U00010aff\U00010f00-\U00011fff\U0001e800-\U0001e95f]"
)
"""Scripts from Arabic over the Indic ones to Mongolian, whose spelling needs joiners."""


class _Traits(dict[str, int]):
    """What a character asks of :func:`clean`, worked out when first asked."""

    def __missing__(self, character: str) -> int:
        trait = self[character] = _trait_of(character)
        return trait


def _trait_of(character: str) -> int:
    codepoint = ord(character)
    if character in (_ZWNJ, ZWJ):
        return JOINER
    if (
        0xFE00 <= codepoint <= 0xFE0F
        or 0xE0100 <= codepoint <= 0xE01EF
        or character in "\u180b\u180c\u180d\u180f"
    ):
        return SELECTOR
    if 0x1F3FB <= codepoint <= 0x1F3FF:
        return TONE
    is_noncharacter = codepoint & 0xFFFE == 0xFFFE or 0xFDD0 <= codepoint <= 0xFDEF
    is_reserved = 0xFFF0 <= codepoint <= 0xFFF8 or 0xE0000 <= codepoint <= 0xE0FFF or codepoint == 0x2065
    if is_noncharacter or is_reserved or character in _BLANK_LETTERS:
        return HIDDEN
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return HIDDEN
    return PLAIN if WIDTHS[character] else MARK


TRAITS: Final = _Traits()
"""Character to what it asks of :func:`clean`, filled in as characters are met."""


def _sign(character: str) -> str:
    """Return the visible sign that stands for a hidden character."""
    codepoint = ord(character)
    if codepoint < 0x20:
        return chr(0x2400 + codepoint)
    if 0xD800 <= codepoint <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    return _OWN_SIGNS.get(character, _HIDDEN_SIGN)


def _is_spelled_with(character: str) -> bool:
    """Return whether a character is a letter or mark of a script that needs joiners."""
    return _JOINING_SCRIPT.match(character) is not None and unicodedata.category(character)[0] in "LM"


def _pictograph_before(text: str, at: int) -> bool:
    """Return whether an emoji ends before a position, with a style selector or a skin tone or without."""
    at -= 1
    if at > 0 and (text[at] == EMOJI_STYLE or TRAITS[text[at]] == TONE):
        at -= 1
    return at >= 0 and _PICTOGRAPH.match(text[at]) is not None


def _joiner_stays(text: str, at: int, joins: int) -> bool:
    """Return whether a joiner is part of an emoji or of the spelling of a script (T2)."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before:
        return False
    if _is_spelled_with(before):
        is_after_virama = unicodedata.combining(before) == 9
        return (is_after_virama and text[at] == ZWJ) or (after != "" and _is_spelled_with(after))
    is_emoji = text[at] == ZWJ and after != "" and _PICTOGRAPH.match(after) is not None
    return is_emoji and joins < _MAX_JOINS and _pictograph_before(text, at)


def _selector_stays(text: str, at: int) -> bool:
    """Return whether a variation selector follows something that has variants."""
    before = text[at - 1 : at]
    if not before:
        return False
    if text[at] in "\ufe0e\ufe0f":
        return before in "0123456789#*" or _PICTOGRAPH.match(before) is not None
    if "\u180b" <= text[at] <= "\u180f":
        return "\u1820" <= before <= "\u18aa"
    return unicodedata.category(before) in ("Lo", "Sm")


def _stays(text: str, at: int, trait: int, joins: int) -> bool:
    """Return whether a joiner, selector or skin tone belongs where it stands."""
    if trait == JOINER:
        return _joiner_stays(text, at, joins)
    if trait == SELECTOR:
        return _selector_stays(text, at)
    return trait == TONE and TRAITS[text[at - 1 : at] or " "] != TONE and _pictograph_before(text, at)


def _clean_marked(text: str) -> str:
    """Clean a line that holds something else than plain characters."""
    out: list[str] = []
    marks = joins = 0
    for at, character in enumerate(text):
        trait = TRAITS[character]
        if trait == PLAIN:
            joins = joins if at and text[at - 1] == ZWJ else 0
            marks = 0
        elif trait == MARK or _stays(text, at, trait, joins):
            marks += 1
            if marks > MAX_MARKS:
                continue
            joins += character == ZWJ
        else:
            character, marks, joins = _sign(character), 0, 0
        out.append(character)
    return "".join(out)


_clean_marked_again = lru_cache(maxsize=4096)(_clean_marked)


def _clean_piece(text: str) -> str:
    """Clean text without line breaks."""
    if not any(map(TRAITS.__getitem__, text)):
        return text
    return _clean_marked_again(text) if len(text) <= _CACHED_LENGTH else _clean_marked(text)


def clean_line(value: str, *, max_length: int = LINE_LENGTH) -> str:
    """Return outside text as one line that is safe to show (T2, T4).

    Newlines and tabs become spaces. Controls, bidi controls, what is invisible, line separators and
    non-characters become visible signs, lone surrogates U+FFFD. Joiners stay inside emoji and in scripts that
    need them. Marks beyond four on a base are left out.

    Args:
        value: Text from anywhere.
        max_length: Characters to show at most; the last is an ellipsis if there were more.
    """
    if len(value) > max_length:
        value = value[: max_length - 1] + ELLIPSIS
    if is_narrow(value):
        return value
    return _clean_piece(_FOLDED.sub(" ", value))


def clean(value: str, *, max_length: int = TEXT_LENGTH) -> str:
    """Return outside text of many lines that is safe to show: as :func:`clean_line`, but lines stay lines.

    A tab becomes four spaces, and CR LF a line feed.
    """
    if len(value) > max_length:
        value = value[: max_length - 1] + ELLIPSIS
    if is_narrow(value):
        return value
    lines = value.replace("\r\n", "\n").replace("\t", _TAB).split("\n")
    return "\n".join(map(_clean_piece, lines))


def without_controls(value: str) -> str:
    """Return text for the clipboard: what is hidden or steers a terminal is left out; lines and tabs stay."""
    value = value.replace("\r\n", "\n")
    return "".join(
        character
        for at, character in enumerate(value)
        if character in "\n\t"
        or (trait := TRAITS[character]) in (PLAIN, MARK)
        or (trait != HIDDEN and _stays(value, at, trait, 0))
    )
