"""Countries: their English names, the part of the world they are in, how far apart their capitals are.

Names are CLDR's (Babel). Codes and coordinates are those of the time zone database (tzdata), which gives one
place for each zone; where that place is not the capital, the capital stands in `_CAPITALS`.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Final

from babel import Locale

EMEA: Final = "EMEA"
AMER: Final = "AMER"
APAC: Final = "APAC"
"""Parts of the world, in the words that channels use for their region."""


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_AMER: Final = _codes(
    """
    AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM
    KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI
    """
)
"""North, Central and South America and the Caribbean (UN M49 019)."""
_APAC: Final = _codes(
    """
    AF AS AU BD BN BT CC CK CN CX FJ FM GU HK HM ID IN JP KH KI KP KR LA LK MH MM MN MO MP MV MY NC NF
    NP NR NU NZ PF PG PH PK PN PW SB SG TH TK TL TO TV TW UM VN VU WF WS
    """
)
"""Oceania (UN M49 009), Eastern, South-eastern and Southern Asia (030, 035, 034), Iran left out."""
_BEYOND_ISO: Final = ("AC", "TA", "XK")
"""Codes that posts use although ISO 3166 has no rows for them."""
_OUTSIDE: Final = frozenset({"AQ"})
"""In none of the three."""

_CAPITALS: Final = {
    "AE": (24.45, 54.38),
    "AU": (-35.28, 149.13),
    "BR": (-15.79, -47.88),
    "BV": (-54.42, 3.36),
    "CA": (45.42, -75.70),
    "CH": (46.95, 7.45),
    "CI": (6.82, -5.28),
    "CM": (3.87, 11.52),
    "CN": (39.90, 116.40),
    "EC": (-0.22, -78.51),
    "FM": (6.92, 158.16),
    "HM": (-53.10, 73.51),
    "IN": (28.61, 77.21),
    "KZ": (51.17, 71.43),
    "MA": (34.02, -6.84),
    "MM": (19.75, 96.10),
    "MW": (-13.98, 33.78),
    "NG": (9.06, 7.49),
    "NZ": (-41.29, 174.78),
    "PK": (33.69, 73.05),
    "PS": (31.90, 35.20),
    "RU": (55.76, 37.62),
    "TR": (39.93, 32.86),
    "TZ": (-6.17, 35.74),
    "UA": (50.45, 30.52),
    "US": (38.90, -77.04),
    "UZ": (41.31, 69.28),
    "VN": (21.03, 105.85),
    "XK": (42.66, 21.16),
    "YE": (15.35, 44.21),
}
"""Latitude and longitude in degrees, where the first place that `zone.tab` names is not the capital."""

_WITH_ARTICLE: Final = _codes(
    "AE AX BQ BS CC CF CK DO FK FO GB GM IM IO KM KY MH MP MV NL PH PN PS SB SC TC UM US VG VI"
)
"""Countries one says "the" before."""
_EARTH_RADIUS: Final = 6371.0
"""Kilometres."""


@lru_cache(maxsize=1)
def iso_codes() -> frozenset[str]:
    """Every country and territory of ISO 3166-1, by alpha-2."""
    return frozenset(code for code, *_ in _table("iso3166.tab"))


def _table(name: str) -> Iterator[list[str]]:
    """The rows of a table of the time zone database."""
    for row in files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines():
        if row and not row.startswith("#"):
            yield row.split("\t")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    territories = Locale("en").territories
    return {code: territories[code] for code in (*iso_codes(), *_BEYOND_ISO)}


def country_name(code: str) -> str:
    """The country in English; what is no country code is given back as it is."""
    return _names().get(code.upper(), code)


def in_country(code: str) -> str:
    """The country as it stands behind a preposition: "Germany", "the United States"."""
    return f"the {country_name(code)}" if code.upper() in _WITH_ARTICLE else country_name(code)


def is_country(code: str) -> bool:
    """Whether this is the code of a country or territory."""
    return code.upper() in _names()


def country_code(text: str) -> str:
    """The ISO code that is meant by a code or an English name; "" = none."""
    wanted = text.strip()
    if wanted.upper() in _names():
        return wanted.upper()
    return _codes_by_name().get(wanted.casefold(), "")


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in _names().items()}


def countries() -> tuple[tuple[str, str], ...]:
    """(ISO code, English name) of every country and territory, by name."""
    known = ((code, name) for code, name in _names().items() if code in iso_codes())
    return tuple(sorted(known, key=lambda pair: pair[1].removeprefix("Å")))


def region(code: str) -> str:
    """The part of the world a country is in: "EMEA", "AMER" or "APAC"; "" = not known, or Antarctica."""
    code = code.upper()
    if code in _AMER:
        return AMER
    if code in _APAC:
        return APAC
    return EMEA if is_country(code) and code not in _OUTSIDE else ""


def distance(one: str, other: str) -> int | None:
    """Kilometres between two countries' capitals along the great circle; None = one of them is not known."""
    here, there = (_capitals().get(code.upper()) for code in (one, other))
    if here is None or there is None:
        return None
    return round(_great_circle(here, there))


def _great_circle(here: tuple[float, float], there: tuple[float, float]) -> float:
    (north, east), (other_north, other_east) = (tuple(map(math.radians, place)) for place in (here, there))
    rise = math.sin((other_north - north) / 2) ** 2
    run = math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(min(1.0, rise + run)))


@lru_cache(maxsize=1)
def _capitals() -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for code, place, *_ in _table("zone.tab"):
        found.setdefault(code, _degrees(place))
    return found | _CAPITALS


def _degrees(place: str) -> tuple[float, float]:
    """Latitude and longitude of an ISO 6709 place: "+5230+01322", "-690022+0393524"."""
    middle = max(place.rfind("+"), place.rfind("-"))
    return _angle(place[:middle], 2), _angle(place[middle:], 3)


def _angle(text: str, digits: int) -> float:
    sign, rest = text[0], text[1:]
    degrees = int(rest[:digits]) + int(rest[digits : digits + 2]) / 60 + int(rest[digits + 2 :] or 0) / 3600
    return -degrees if sign == "-" else degrees
