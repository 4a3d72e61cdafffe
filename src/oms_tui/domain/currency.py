"""The one currency table: ISO 4217 codes, their decimals and their signs (spec section 4, invariant M2).

The table holds every active code that has a minor unit. Codes without one (gold XAU, the test code XTS, XXX
and their like) are no money an order can be in, so they are unknown here. ANG and BGN, withdrawn in 2025 and
2026, stay: orders keep the currency they were placed in.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CODES_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN
        BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
        GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP
        LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
        NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
        SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER
        ZAR ZMW ZWG
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {code: decimals for decimals, codes in _CODES_BY_DECIMALS.items() for code in codes.split()}
)
"""Currency code to the number of its decimals (the ISO 4217 exponent)."""

MINOR_PER_MAJOR: Final[Mapping[str, int]] = MappingProxyType(
    {code: 10**decimals for code, decimals in DECIMALS.items()}
)
"""Currency code to how many minor units make one major unit."""

_SIGN_BEFORE: Final = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "C$",
    "CNY": "CN¥",
    "GBP": "£",
    "HKD": "HK$",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "TWD": "NT$",
    "USD": "$",
}
_SIGN_AFTER: Final = {
    "CZK": "Kč",
    "EUR": "€",
    "ILS": "₪",
    "PLN": "zł",
    "TRY": "₺",
    "UAH": "₴",
    "VND": "₫",
}


def _affixes(code: str) -> tuple[str, str]:
    if code in _SIGN_BEFORE:
        return _SIGN_BEFORE[code], ""
    if code in _SIGN_AFTER:
        return "", " " + _SIGN_AFTER[code]
    return code + " ", ""


AFFIXES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({code: _affixes(code) for code in DECIMALS})
"""Currency code to the text before and after a figure: a sign no other currency has, else the code."""


def is_currency(code: str) -> bool:
    """Return whether an upper-case ISO 4217 code is known here."""
    return code in DECIMALS


def currency_codes() -> tuple[str, ...]:
    """Return every known currency code in alphabetical order."""
    return tuple(sorted(DECIMALS))
