"""The country of a phone number (libphonenumber's data)."""

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException

_LONGEST: Final = 60
"""Characters; nothing longer is a phone number."""


def phone_country(phone: str, default: str) -> str:
    """The ISO country a phone number belongs to; "" = it cannot be told.

    Args:
        phone: As the customer wrote it.
        default: Country to read it in where it names none by a code of its own; "" = read no such number.
    """
    text = phone.strip()
    if not text or len(text) > _LONGEST:
        return ""
    if text.startswith("00"):
        text = f"+{text[2:]}"
    for reading in _readings(text, default.upper()):
        try:
            number = phonenumbers.parse(text, reading)
        except NumberParseException:
            continue
        found = phonenumbers.region_code_for_number(number)
        if found and found.isalpha():
            return found
        if phonenumbers.is_possible_number(number):
            return _by_calling_code(number.country_code or 0, default.upper())
    return ""


def _readings(text: str, default: str) -> tuple[str | None, ...]:
    return (None,) if text.startswith("+") or not default else (default,)


def _by_calling_code(calling_code: int, default: str) -> str:
    """The country of a number that no plan assigns ("+1 212 555 0100"), by its calling code alone."""
    regions = phonenumbers.region_codes_for_country_code(calling_code)
    if default in regions:
        return default
    main = phonenumbers.region_code_for_country_code(calling_code)
    return main if main and main.isalpha() else ""
