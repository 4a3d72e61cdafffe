"""Postal codes: what people type, the form the country writes, and in words what it must be."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from oms_tui.desk.places.countries import in_country
from oms_tui.desk.places.rules import PlaceRules

_LONGEST: Final = 24
"""Characters; no postal code has more."""
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIGITS_ONLY: Final = re.compile(r"\\d\{(\d+)\}")
_SIGNS: Final = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0x30FC), "-") | {
    0x3012: ""
}
"""Dashes of every kind, the Japanese long vowel that stands for one, and the postal mark."""


def normal_form(text: str, country: str, rules: PlaceRules) -> tuple[str, bool]:
    """The code as the country writes it, and whether it is one. One that is none comes back tidied only.

    Case, blanks, digits of another script, a missing separator and the country's letters before it are no
    mistakes: every sorting office reads them.
    """
    tidy = _tidied(text)
    if rules.postal is None or len(tidy) > _LONGEST:
        return tidy, rules.postal is None
    bare = _without_country(tidy, country, rules.prefix)
    for candidate in (_separated(tidy, rules), tidy, _separated(bare, rules), bare):
        if candidate and rules.postal.fullmatch(candidate):
            return candidate, True
    return tidy, False


def is_in_place(code: str, rules: PlaceRules) -> bool:
    """Whether a code begins as those of the area or town do."""
    return all(start.match(code) for start in rules.postal_starts)


def in_words(country: str, rules: PlaceRules) -> str:
    """What a postal code is there: "has five digits in Germany, e.g. 26133"."""
    where = in_country(country)
    examples = rules.examples[:2]
    digits = _DIGITS_ONLY.fullmatch(rules.postal.pattern.strip("^$")) if rules.postal else None
    if digits:
        count = int(digits[1])
        number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
        return f"has {number} digits in {where}{_for_example(examples[:1])}"
    if examples:
        return f"is written like {' or '.join(examples)} in {where}"
    return f"is no postal code of {where}"


def needed(country: str, rules: PlaceRules) -> str:
    """That there must be one: "is needed in Germany, e.g. 26133"."""
    return f"is needed in {in_country(country)}{_for_example(rules.examples[:1])}"


def _for_example(examples: tuple[str, ...]) -> str:
    return f", e.g. {examples[0]}" if examples else ""


def _tidied(text: str) -> str:
    """Upper case, digits of ours, plain dashes, single blanks."""
    plain = unicodedata.normalize("NFKC", text[: 4 * _LONGEST]).translate(_SIGNS).upper()
    digits = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)
    return " ".join("".join(digits).split())


def _without_country(tidy: str, country: str, prefix: str) -> str:
    """The code without the letters of its country before it: "D-26133", "SE-123 45", "LT 04340"."""
    for letters in (prefix.rstrip("- "), country, country[:1]):
        if letters and tidy.startswith(letters) and tidy[len(letters) :][:1] in ("-", " "):
            return tidy[len(letters) + 1 :].strip()
    return ""


def _separated(code: str, rules: PlaceRules) -> str:
    """The code with the separator where the country's examples have it; "" where they tell nothing."""
    signs = _signs(code)
    if any(char not in " -." for char in code if not char.isalnum()):
        return ""
    alike = [x for x in rules.examples if signs and _shape(x) == _shape(signs)]
    as_long = [x for x in rules.examples if len(_signs(x)) == len(signs) > 0]
    if not alike and len({_layout(example) for example in as_long}) != 1:
        return ""
    given = iter(signs)
    separated = "".join(next(given) if char.isalnum() else char for char in (alike or as_long)[0])
    return separated if separated != "".join(signs) else ""


def _signs(example: str) -> list[str]:
    return [char for char in example if char.isalnum()]


def _layout(example: str) -> str:
    return "".join("x" if char.isalnum() else char for char in example)


def _shape(signs: Iterable[str]) -> str:
    return "".join("9" if char.isdigit() else "A" for char in signs if char.isalnum())
