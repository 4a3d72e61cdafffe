"""Money: an integer count of minor units and its currency (spec section 4, invariants M1 to M6).

Nothing here divides with a remainder lost and nothing knows binary fractions. Splits are exact, and rounding
happens in one function, :func:`round_to_minor`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Final, Self

from oms_tui.domain.currency import AFFIXES, DECIMALS, MINOR_PER_MAJOR

MAX_MINOR: Final = 2**63 - 1
"""Largest count of minor units; what a BIGINT column holds."""
MIN_MINOR: Final = -(2**63)
"""Smallest count of minor units."""

_ROUNDING: Final = ROUND_HALF_UP
"""Halves go away from zero, so that giving back mirrors taking."""
_EXACT: Final = Context(prec=120, traps=[Inexact, InvalidOperation, Overflow])
_WHOLE: Final = Context(prec=120, traps=[InvalidOperation, Overflow])
_ONE: Final = Decimal(1)
_MINUS: Final = "\N{MINUS SIGN}"
_MAX_INPUT: Final = 40
_PLAIN: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_GROUPED: Final = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]+)")


class MoneyError(ValueError):
    """An amount, a currency or a split that cannot be; the message is for a person."""


class CurrencyMismatch(MoneyError):  # noqa: N818 - says what happened
    """Two currencies met where only one may be (invariant M3)."""

    def __init__(self, first: str, second: str) -> None:
        """Name the two currencies."""
        super().__init__(f"{first} and {second} cannot be mixed: one order, one currency.")
        self.first = first
        self.second = second


@dataclass(frozen=True, slots=True, init=False, order=False)
class Money:
    """An amount of money: whole minor units of one currency.

    Equal amounts of different currencies are unequal and ``==`` never raises, since values are compared and
    hashed; ``<``, ``<=``, ``>``, ``>=``, ``+`` and ``-`` across currencies raise :class:`CurrencyMismatch`.
    As with ``Decimal`` and ``timedelta``, zero is false. Add up with :func:`sum_money`; split with
    :func:`allocate`; there is no division.
    """

    minor: int
    """Count of minor units (cents, yen, fils), within signed 64 bits."""
    currency: str
    """ISO 4217 code, upper case."""

    def __init__(self, minor: int, currency: str) -> None:
        """Make an amount.

        Raises:
            MoneyError: If ``minor`` is no plain integer or beyond 64 bits, or the currency is unknown.
        """
        if type(minor) is not int or not MIN_MINOR <= minor <= MAX_MINOR or currency not in DECIMALS:
            raise _refusal(minor, currency)
        _set_minor(self, minor)
        _set_currency(self, currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in a currency."""
        return cls(0, currency)

    @property
    def is_zero(self) -> bool:
        """Whether the amount is zero."""
        return self.minor == 0

    @property
    def is_negative(self) -> bool:
        """Whether the amount is below zero."""
        return self.minor < 0

    def __bool__(self) -> bool:
        """Return whether the amount is not zero."""
        return self.minor != 0

    def __add__(self, other: "Money") -> "Money":
        """Return the sum."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Return the difference."""
        if other.__class__ is not Money:
            return NotImplemented
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return Money(self.minor - other.minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        """Return the amount a whole number of times."""
        if type(count) is not int:
            return NotImplemented
        return Money(self.minor * count, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        """Return the amount with its sign turned."""
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        """Return the amount without its sign."""
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Return whether this is less."""
        if other.__class__ is not Money:
            return NotImplemented
        return self.minor < self._comparable(other)

    def __le__(self, other: "Money") -> bool:
        """Return whether this is not more."""
        if other.__class__ is not Money:
            return NotImplemented
        return self.minor <= self._comparable(other)

    def __gt__(self, other: "Money") -> bool:
        """Return whether this is more."""
        if other.__class__ is not Money:
            return NotImplemented
        return self.minor > self._comparable(other)

    def __ge__(self, other: "Money") -> bool:
        """Return whether this is not less."""
        if other.__class__ is not Money:
            return NotImplemented
        return self.minor >= self._comparable(other)

    def __str__(self) -> str:
        """Return the plain form with its code: ``184.90 EUR``."""
        return f"{format_amount(self)} {self.currency}"

    def _comparable(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor


_set_minor = Money.__dict__["minor"].__set__
_set_currency = Money.__dict__["currency"].__set__


def _refusal(minor: object, currency: object) -> MoneyError:
    if currency not in DECIMALS:
        return MoneyError(
            f"Unknown currency {str(currency)[:_MAX_INPUT]!r}: an ISO 4217 code such as EUR is needed."
        )
    if type(minor) is not int:
        return MoneyError(f"An amount is a whole number of minor units, not {type(minor).__name__}.")
    return MoneyError("The amount is too large.")


def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has.

    Raises:
        MoneyError: If the currency is unknown.
    """
    try:
        return DECIMALS[currency]
    except KeyError:
        raise _refusal(0, currency) from None


def sum_money(items: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts that are all in one currency; nothing at all sums to zero.

    Raises:
        CurrencyMismatch: If one of them is in another currency.
    """
    total = 0
    for item in items:
        if item.currency != currency:
            raise CurrencyMismatch(currency, item.currency)
        total += item.minor
    return Money(total, currency)


def allocate_minor(minor: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a count of minor units by weight, by largest remainder (spec section 4, invariant M5).

    The parts sum to the whole, none changes sign, each is within one unit of its exact share, and equal
    remainders favour the earlier part. Weights that are all zero count as equal.

    Raises:
        MoneyError: If a weight is negative, or there is something to split and nothing to split it over.
    """
    whole = sum(weights)
    if not weights:
        if minor:
            raise MoneyError("There is nothing to split the amount over.")
        return ()
    if min(weights) < 0:
        raise MoneyError("An amount cannot be split over a negative weight.")
    if not whole:
        weights, whole = (1,) * len(weights), len(weights)
    size = abs(minor)
    shares = [divmod(size * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in shares]
    left = size - sum(parts)
    if left:
        # sorted() keeps the earlier of equals first, also when reversed.
        for index in sorted(range(len(parts)), key=lambda at: shares[at][1], reverse=True)[:left]:
            parts[index] += 1
    return tuple(parts) if minor >= 0 else tuple(-part for part in parts)


def allocate(total: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Split an amount by weight; see :func:`allocate_minor`."""
    return tuple(Money(part, total.currency) for part in allocate_minor(total.minor, weights))


def share_minor(minor: int, part: int, whole: int) -> int:
    """Return ``part`` of ``whole`` of a count of minor units: the first of :func:`allocate_minor` in two.

    To hand an amount out over time without loss, take each share from what is left of both:
    ``share_minor(left, pieces, pieces_left)``. The last then takes what is left.

    Raises:
        MoneyError: If not 0 <= part <= whole with a whole above zero.
    """
    if not 0 <= part <= whole or not whole:
        raise MoneyError(f"{part} of {whole} is no share.")
    if part == whole:
        return minor
    return allocate_minor(minor, (part, whole - part))[0]


def share(total: Money, part: int, whole: int) -> Money:
    """Return ``part`` of ``whole`` of an amount; see :func:`share_minor`."""
    return Money(share_minor(total.minor, part, whole), total.currency)


def round_to_minor(exact: Decimal) -> int:
    """Round an exact count of minor units to a whole one; the only rounding of money there is (invariant M6).

    Halves go away from zero.

    Raises:
        MoneyError: If the figure is not finite or too large.
    """
    try:
        whole = exact.quantize(_ONE, rounding=_ROUNDING, context=_WHOLE)
        return int(whole)
    except (ArithmeticError, ValueError):
        raise MoneyError("The amount is too large or not a number.") from None


def percentage(amount: Money, percent: Decimal) -> Money:
    """Return a percentage of an amount, rounded once: ``percentage(price, Decimal("19"))``.

    Raises:
        MoneyError: If the percentage is not finite, has a hundred digits, or the result is too large.
    """
    try:
        exact = _EXACT.scaleb(_EXACT.multiply(Decimal(amount.minor), percent), Decimal(-2))
    except ArithmeticError:
        raise MoneyError("The percentage is not a number that can be used.") from None
    return Money(round_to_minor(exact), amount.currency)


def contained_percentage(gross: Money, percent: Decimal) -> Money:
    """Return the part of a gross amount that a rate on its net makes up: the tax included in a price.

    ``contained_percentage(Money(11900, "EUR"), Decimal("19"))`` is 19.00.

    Raises:
        MoneyError: If the percentage is negative or not finite.
    """
    if not percent.is_finite() or percent < 0 or not -20 <= percent.adjusted() <= 20:
        raise MoneyError("The percentage is not a number that can be used.")
    numerator, denominator = percent.as_integer_ratio()
    return share(gross, numerator, 100 * denominator + numerator)


def parse_amount(text: str, currency: str) -> Money:
    """Read an amount as a person or a file writes it, strictly (invariant M2).

    Accepted: ASCII digits, an optional leading ``-``, at most the currency's decimals after a ``.``, spaces
    around. Thousands may be grouped by ``,`` only where a ``.`` and all decimals follow in the same text
    ("1,234.50"): there a comma can mean nothing else. Everything else is refused, never rounded or guessed.

    Raises:
        MoneyError: With a message for the person who typed it.
    """
    decimals = decimals_of(currency)
    bare = text.strip(" ")
    match = _PLAIN.fullmatch(bare) if len(bare) <= _MAX_INPUT else None
    if match is None and len(bare) <= _MAX_INPUT:
        match = _GROUPED.fullmatch(bare)
        if match is not None and len(match[3]) != decimals:
            match = None
    if match is None:
        raise MoneyError(_why_not(bare, currency))
    sign, major, fraction = match[1], match[2].replace(",", ""), match[3] or ""
    if len(fraction) > decimals:
        many = f"{len(fraction)} decimal{'s' * (len(fraction) > 1)}"
        raise MoneyError(f"{bare} has {many}; {currency} has {decimals or 'none'}.")
    minor = int(major + fraction.ljust(decimals, "0"))
    return Money(-minor if sign else minor, currency)


def _why_not(bare: str, currency: str) -> str:
    """Say in words why a text is no amount."""
    example = f"write it like {_plain(123450, currency)}"
    if not bare:
        return f"An amount is missing: {example}."
    if len(bare) > _MAX_INPUT:
        return f"That is too long for an amount: {example}."
    if not bare.isascii():
        return f"{bare!r} is not written in the digits 0-9: {example}."
    if re.fullmatch(r"[-+]?[0-9.,' ]*[0-9][0-9.,' ]*", bare) and re.search(r"[,' ]|\..*\.", bare):
        return f"The separators in {bare!r} can be read in two ways: {example}."
    return f"{bare!r} is not an amount: {example}."


def _plain(minor: int, currency: str) -> str:
    decimals = DECIMALS[currency]
    if not decimals:
        return str(minor)
    major, rest = divmod(abs(minor), MINOR_PER_MAJOR[currency])
    return f"{'-' if minor < 0 else ''}{major}.{rest:0{decimals}d}"


def format_amount(money: Money) -> str:
    """Return the plain ASCII figure that :func:`parse_amount` reads back: ``184.90``, ``-12400``."""
    return _plain(money.minor, money.currency)


def _grouped(minor: int, currency: str) -> str:
    """Return a figure without its sign, thousands grouped."""
    decimals = DECIMALS[currency]
    if not decimals:
        return f"{abs(minor):,}"
    major, rest = divmod(abs(minor), MINOR_PER_MAJOR[currency])
    return f"{major:,}.{rest:0{decimals}d}"


def format_figure(money: Money) -> str:
    """Return the figure for a column on screen, without its currency: ``1,184.90``.

    A minus is the true minus sign, as wide as a digit.
    """
    figure = _grouped(money.minor, money.currency)
    return _MINUS + figure if money.minor < 0 else figure


def format_money(money: Money) -> str:
    """Return an amount for the screen: ``184.90 €``, ``¥12,400``, ``KWD 1.250``.

    A sign stands for one currency only; where there is none the code stands before the figure. A minus is the
    true minus sign and comes first. For plain ASCII with the code use ``str(money)``.
    """
    before, after = AFFIXES[money.currency]
    figure = _grouped(money.minor, money.currency)
    return f"{_MINUS if money.minor < 0 else ''}{before}{figure}{after}"
