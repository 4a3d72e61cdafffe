"""Text on its way in, and text to compare (invariants T5 and T9)."""

import re
import unicodedata
from typing import Final

from oms_tui.text.safe import MARK, TRAITS

_MAX_INPUT_MARKS: Final = 30
"""Longest run of marks taken in: no script has longer ones, and putting them in order takes too long."""
_LINE_BREAKS: Final = re.compile(r"[\t\n\r]+")
_ACCENTS: Final = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff]"
)
_LETTERS: Final = str.maketrans(
    {
        "æ": "ae",
        "ð": "d",
        "ø": "o",
        "þ": "th",
        "đ": "d",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ł": "l",
        "ŋ": "ng",
        "œ": "oe",
        "ŧ": "t",
    }
)
"""Letters whose accent is a part of them."""


class TextError(ValueError):
    """Text that cannot be taken in; the message is for the person who typed it."""


def normalise_input(
    text: str, *, max_length: int, max_bytes: int | None = None, is_multiline: bool = False
) -> str:
    """Return text as it is stored: letters of every script in normal form C (T5), within its caps (T9).

    Space around it goes. In a single line newlines and tabs become one space, in a longer text every line
    ends in LF. Whatever else there is is kept, and made safe when shown.

    Args:
        text: What was typed, pasted or read.
        max_length: Characters at most.
        max_bytes: Bytes of UTF-8 at most.
        is_multiline: Whether lines stay lines.

    Raises:
        TextError: If it is too long, holds NUL or half a character, or piles up marks.
    """
    if len(text) > 4 * max_length + 1_000:
        # Nothing that long fits in any form, so no time goes into putting it in order.
        raise TextError(f"The text is too long: at most {max_length:,} characters.")
    if "\0" in text:
        raise TextError("The text holds a NUL character, which cannot be stored.")
    if not text.isascii():
        text = _in_normal_form(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n") if is_multiline else _LINE_BREAKS.sub(" ", text)
    text = text.strip()
    if len(text) > max_length:
        raise TextError(f"The text is too long: {len(text):,} characters, at most {max_length:,}.")
    if max_bytes is not None and len(text.encode()) > max_bytes:
        raise TextError(f"The text is too long: {len(text.encode()):,} bytes, at most {max_bytes:,}.")
    return text


def _in_normal_form(text: str) -> str:
    run = 0
    for character in text:
        if "\ud800" <= character <= "\udfff":
            raise TextError("The text holds half a character (a lone surrogate), which cannot be stored.")
        run = run + 1 if TRAITS[character] == MARK else 0
        if run > _MAX_INPUT_MARKS:
            raise TextError(f"The text piles more than {_MAX_INPUT_MARKS} marks on one letter.")
    return unicodedata.normalize("NFC", text)


def search_key(text: str) -> str:
    """Return text for comparing: case, accents, width, what is invisible and runs of space do not count.

    Vowel signs and voicing marks, which make another word, do.
    """
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    folded = unicodedata.normalize("NFKD", folded).translate(_LETTERS)
    visible = (character for character in _ACCENTS.sub("", folded) if unicodedata.category(character) != "Cf")
    return " ".join(unicodedata.normalize("NFC", "".join(visible)).split())
