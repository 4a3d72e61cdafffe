"""The keys that words, names and codes are compared by: one spelling for what a person takes to be the same.

The store writes these keys into its index columns, so that SQL and `match` cannot disagree.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NOT_DECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_ASCII_WORD = re.compile("[a-z0-9]+")
_REMEMBERED: Final = 16_384
"""Texts whose keys are kept at hand: articles and places come again and again when many orders come in."""
_NATIONAL_ZERO = re.compile(r"\(\s*0\s*\)")


def fold(text: str) -> str:
    """Text without case and accents: "Łódź" and "LODZ" fold to the same.

    Accents are the marks of Latin, Greek and Cyrillic (U+0300 to U+036F); vowel signs and voicing marks of
    other scripts are letters there and stay. Joiners and other invisible characters go.
    """
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    kept = (
        char
        for char in spread.translate(_NOT_DECOMPOSED)
        if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) != "Cf"
    )
    return unicodedata.normalize("NFKC", "".join(kept))


@lru_cache(_REMEMBERED)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order: runs of letters, digits and the marks that belong to them."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    spaced = "".join(char if _is_of_word(char) else " " for char in fold(text))
    return tuple(spaced.split())


def phrase_key(text: str) -> str:
    """The key of names: their folded words with one space between ("O'Brien-Ní" is "o brien ni")."""
    return " ".join(words(text))


@lru_cache(_REMEMBERED)
def code_key(text: str) -> str:
    """The key of IDs, SKUs and references: no case, nothing blank or invisible, plain widths."""
    if text.isascii():
        return "".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = (char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(kept))


@lru_cache(_REMEMBERED)
def bare_key(text: str) -> str:
    """The key of tracking numbers, which are written with all sorts of signs between: letters and digits."""
    return "".join(char for char in code_key(text) if char.isalnum())


def phone_digits(text: str) -> str:
    """The digits of a telephone number as stored: no "(0)", no leading 00, digits of any script as 0-9."""
    digits = _digits(_NATIONAL_ZERO.sub("", text))
    return digits.removeprefix("00")


def phone_tail(text: str) -> str:
    """The digits a stored number must end with: as `phone_digits`, without the zero of a national form."""
    return phone_digits(text).lstrip("0")


def _digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _is_of_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
