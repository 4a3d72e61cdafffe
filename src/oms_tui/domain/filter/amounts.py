"""Amounts in a filter: figures in major units that mean something else in yen than in euro (spec 4, spec 8).

`total>=200` compares in each order's own currency, so a figure becomes one bound for each number of decimals.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from oms_tui.domain.currency import DECIMALS, currency_codes
from oms_tui.domain.filter.errors import nearest, quoted
from oms_tui.domain.filter.syntax import Amount, Operator, Range
from oms_tui.domain.money import MoneyError, parse_amount

AMOUNT_EXAMPLES: Final = ("200", "200.50", "200EUR", "200..300EUR")
EXPONENTS: Final[tuple[int, ...]] = tuple(sorted(set(DECIMALS.values())))
"""The numbers of decimals that currencies have."""

_AMOUNT: Final = re.compile(r"(\d{1,14}(?:\.\d{1,4})?) ?([A-Za-z]{3})?", re.ASCII)


class AmountError(ValueError):
    """A text that looks like an amount and is none; the message says why."""

    def __init__(self, message: str, expected: tuple[str, ...] = (), nearest: str | None = None) -> None:
        super().__init__(message)
        self.expected = expected or AMOUNT_EXAMPLES
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class MinorBounds:
    """Half-open bounds in minor units for currencies of one number of decimals; None leaves a side open."""

    decimals: int
    low: int | None
    high: int | None

    def holds(self, minor: int) -> bool:
        """Whether an amount lies within."""
        return (self.low is None or minor >= self.low) and (self.high is None or minor < self.high)


def read_amount(text: str) -> Amount | None:
    """Read a figure with or without a currency; None where the text is neither.

    Raises:
        AmountError: The currency is unknown, or has fewer decimals (invariant M2: nothing is rounded).
    """
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    if match[2] is None:
        return Amount(match[1])
    currency = match[2].upper()
    if currency not in DECIMALS:
        raise AmountError(
            f"has no known currency: {quoted(match[2])}", _ISO_CODE, nearest(currency, currency_codes())
        )
    return with_currency(Amount(match[1]), currency)


def with_currency(amount: Amount, currency: str) -> Amount:
    """The same figure in a currency.

    Raises:
        AmountError: The currency has fewer decimals, or the amount is too large.
    """
    try:
        parse_amount(amount.number, currency)
    except MoneyError as problem:
        raise AmountError(f"is no amount: {str(problem).rstrip('.')}") from problem
    return Amount(amount.number, currency)


def amount_bounds(value: Amount | Range, operator: Operator) -> tuple[str | None, tuple[MinorBounds, ...]]:
    """The currency a condition restricts to, if any, and its bounds for each number of decimals."""
    if isinstance(value, Amount):
        bounds = _BOUNDS[operator]
        currency = value.currency
        return currency, tuple(
            MinorBounds(decimals, *bounds(*_minor(value, decimals))) for decimals in _decimals(currency)
        )
    low, high = _amounts(value)
    currency = (low and low.currency) or (high and high.currency) or None
    return currency, tuple(
        MinorBounds(
            decimals,
            None if low is None else _ceiling(*_minor(low, decimals)),
            None if high is None else _minor(high, decimals)[0] + 1,
        )
        for decimals in _decimals(currency)
    )


def is_reversed(value: Range) -> bool:
    """Whether a range of amounts ends before it starts."""
    low, high = _amounts(value)
    if low is None or high is None:
        return False
    return _minor(low, EXPONENTS[-1])[0] > _minor(high, EXPONENTS[-1])[0]


_ISO_CODE: Final = ("an ISO 4217 code such as EUR",)
_Bound = tuple[int | None, int | None]


def _amounts(value: Range) -> tuple[Amount | None, Amount | None]:
    low, high = value.low, value.high
    return low if isinstance(low, Amount) else None, high if isinstance(high, Amount) else None


def _decimals(currency: str | None) -> tuple[int, ...]:
    return EXPONENTS if currency is None else (DECIMALS[currency],)


def _minor(amount: Amount, decimals: int) -> tuple[int, bool]:
    """A figure in minor units, rounded down, and whether that is exact."""
    whole, _, fraction = amount.number.partition(".")
    kept = fraction[:decimals].ljust(decimals, "0")
    return int(whole + kept), not fraction[decimals:].strip("0")


def _ceiling(floor: int, is_exact: bool) -> int:
    return floor if is_exact else floor + 1


_BOUNDS: Final[dict[Operator, Callable[[int, bool], _Bound]]] = {
    Operator.IS: lambda floor, exact: (_ceiling(floor, exact), floor + 1),
    Operator.EQUALS: lambda floor, exact: (_ceiling(floor, exact), floor + 1),
    Operator.ABOVE: lambda floor, exact: (floor + 1, None),
    Operator.AT_LEAST: lambda floor, exact: (_ceiling(floor, exact), None),
    Operator.BELOW: lambda floor, exact: (None, _ceiling(floor, exact)),
    Operator.AT_MOST: lambda floor, exact: (None, floor + 1),
}
