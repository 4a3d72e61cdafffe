"""Amounts, dates and rates as a language writes them. Amounts are never rounded: all decimals of the currency
are printed, whatever a language leaves out (invariant M2)."""

import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import NumberPattern, format_decimal

from oms_tui.documents.labels import language_of
from oms_tui.domain.money import Money, decimals_of

_PPM_DECIMALS = 4
"""Decimals of a percentage that parts per million can have."""


@cache
def locale_of(tag: str) -> Locale:
    """How figures are written for a customer's BCP 47 tag, in the language of the words."""
    language = language_of(tag)
    try:
        found = Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale(language)
    return found if found.language == language else Locale(language)


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures for one customer's language and one entity's days."""

    locale: Locale
    zone: ZoneInfo

    def money(self, amount: Money) -> str:
        """An amount with its currency: "1.234,50 €"."""
        decimals = decimals_of(amount.currency)
        pattern: NumberPattern = copy.copy(self.locale.currency_formats["standard"])
        pattern.frac_prec = (decimals, decimals)
        value = Decimal(amount.minor).scaleb(-decimals)
        shown = str(pattern.apply(value, self.locale, currency=amount.currency, currency_digits=False))
        # The wide sign of Japanese is in no bold font; the plain one is.
        return shown.replace("\N{FULLWIDTH YEN SIGN}", "\N{YEN SIGN}")

    def day(self, moment: datetime) -> str:
        """A day: "22. November 2026"."""
        return format_date(moment.astimezone(self.zone), format="long", locale=self.locale)

    def short_day(self, moment: datetime) -> str:
        """A day in few characters: "22.11.2026"."""
        return format_date(moment.astimezone(self.zone), format="medium", locale=self.locale)

    def rate(self, parts_per_million: int) -> str:
        """A tax rate: "19 %", "7,25 %"."""
        value = Decimal(parts_per_million).scaleb(-_PPM_DECIMALS)
        return f"{format_decimal(value, format='#,##0.####', locale=self.locale)} %"

    def count(self, pieces: int) -> str:
        """A whole number."""
        return format_decimal(pieces, locale=self.locale)
