"""Amounts as people write and read them: strict in, the same out (invariants M1 and M2)."""

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from oms_tui.domain.currency import AFFIXES, DECIMALS, currency_codes
from oms_tui.domain.money import (
    MAX_MINOR,
    MIN_MINOR,
    Money,
    MoneyError,
    format_amount,
    format_figure,
    format_money,
    parse_amount,
)
from tests.seeds import seeded
from tests.support import scaled

CURRENCIES = ("JPY", "EUR", "KWD")
minors = st.integers(MIN_MINOR, MAX_MINOR)
currencies = st.sampled_from(CURRENCIES)


def euros(minor: int) -> Money:
    """An amount in euro cents."""
    return Money(minor, "EUR")


# --- reading


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("184.90", "EUR", 18490),
        ("184.9", "EUR", 18490),
        ("184", "EUR", 18400),
        (" 184.90 ", "EUR", 18490),
        ("-184.90", "EUR", -18490),
        ("0", "EUR", 0),
        ("-0.00", "EUR", 0),
        ("007.10", "EUR", 710),
        ("12400", "JPY", 12400),
        ("1.250", "KWD", 1250),
        ("1.2345", "CLF", 12345),
        ("1,234.50", "USD", 123450),
        ("-1,234,567.89", "USD", -123456789),
        ("1,234.567", "KWD", 1234567),
        ("123456789012345678.91", "CLF", None),
        ("92233720368547758.07", "EUR", MAX_MINOR),
        ("-92233720368547758.08", "EUR", MIN_MINOR),
    ],
)
def test_amounts_are_read(text: str, currency: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(MoneyError, match="too large"):
            parse_amount(text, currency)
    else:
        assert parse_amount(text, currency) == Money(minor, currency)


REFUSED_EVERYWHERE = [
    "", " ", "-", ".", "-.", ".5", "5.", "1..2", "1.2.3", "--1", "+1", "1-", "(1.00)", "1e2", "1E2", "1E+2",
    "NaN", "nan", "sNaN", "Infinity", "inf", "-inf", "0x10", "0b1", "1_000", "1 000", "1 000.00", "1'000.00",
    "1,00", "1,0", "1,", ",5", ",123.00", "1,23.00", "12,34.50", "1234,567.00", "1,234", "1,234,567",
    "1.234,50", "1,2345.00", "1.000.000", "1.234.567,89", "\u0661\u0662", "\uff11\uff12", "\u096b", "\u00b2",
    "\u2460", "\u22121.00", "1\u00a0000.00", "1\u202f000.00", "\u00bd", "$1.00", "1.00 EUR", "1\n", "\n1",
    "\t1", "1\x00", "1.00\u200b", "one", "9" * 41, "--", "1/2", "1%", "0.0\u0660",
]  # fmt: skip


@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("text", REFUSED_EVERYWHERE)
def test_what_is_no_clear_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(MoneyError, match=r"write it like|too long|decimal"):
        parse_amount(text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "message"),
    [
        ("1.000", "EUR", "1.000 has 3 decimals; EUR has 2."),
        ("184.905", "EUR", "184.905 has 3 decimals; EUR has 2."),
        ("1.0", "JPY", "1.0 has 1 decimal; JPY has none."),
        ("1.0000", "KWD", "1.0000 has 4 decimals; KWD has 3."),
        ("1,00", "EUR", "The separators in '1,00' can be read in two ways: write it like 1234.50."),
        ("1,000", "JPY", "The separators in '1,000' can be read in two ways: write it like 123450."),
        ("1,234.5", "EUR", "The separators in '1,234.5' can be read in two ways: write it like 1234.50."),
        ("", "KWD", "An amount is missing: write it like 123.450."),
        ("1e5", "EUR", "'1e5' is not an amount: write it like 1234.50."),
        ("\u0665", "EUR", "'\u0665' is not written in the digits 0-9: write it like 1234.50."),
        ("9" * 99, "EUR", "That is too long for an amount: write it like 1234.50."),
    ],
)
def test_a_refusal_says_what_to_write(text: str, currency: str, message: str) -> None:
    with pytest.raises(MoneyError) as refusal:
        parse_amount(text, currency)
    assert str(refusal.value) == message


def means(text: str, currency: str) -> Fraction | None:
    """What a text can only mean, by another road than the product's: Decimal, once all doubt is ruled out."""
    bare = text.strip(" ")
    if not re.fullmatch(r"[-0-9.,]+", bare) or re.match(r"-?\.", bare) or bare.endswith("."):
        return None
    if "," in bare:
        major, point, fraction = bare.partition(".")
        groups = major.removeprefix("-").split(",")
        if not point or len(fraction) != DECIMALS[currency] or not 1 <= len(groups[0]) <= 3:
            return None
        if any(len(group) != 3 for group in groups[1:]) or "," in fraction:
            return None
        bare = bare.replace(",", "")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None
    minor = Fraction(value) * 10 ** DECIMALS[currency]
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    is_fine = -exponent <= DECIMALS[currency] and minor.denominator == 1 and MIN_MINOR <= minor <= MAX_MINOR
    return minor if is_fine and len(text.strip(" ")) <= 40 else None


def test_nothing_but_clear_amounts_is_ever_accepted() -> None:
    """M2: fuzz of near-amounts, 0 accepted that have another reading."""
    random = seeded()
    accepted = 0
    for _ in range(scaled(1_000_000)):
        text = "".join(
            random.choices(
                "0123456789.,- e\u0663N\uff10'_+", [9] * 10 + [8, 5, 3] + [1] * 8, k=random.randint(1, 7)
            )
        )
        currency = random.choice(CURRENCIES)
        expected = means(text, currency)
        try:
            result = parse_amount(text, currency)
        except MoneyError:
            assert expected is None, text
        else:
            accepted += 1
            assert expected == result.minor, text
    assert accepted > scaled(1_000_000) // 100


@given(st.text(max_size=45), currencies)
def test_any_text_is_an_amount_or_a_money_error(text: str, currency: str) -> None:
    try:
        amount = parse_amount(text, currency)
    except MoneyError:
        return
    assert amount.minor == means(text, currency)


# --- writing


def test_random_amounts_survive_writing_and_reading() -> None:
    """M1: 1,000,000 random amounts up to 10^15 either way come back unchanged."""
    random = seeded()
    codes = currency_codes()
    for _ in range(scaled(1_000_000)):
        size = 10 ** random.randint(0, 15)
        amount = Money(random.randint(-size, size), random.choice(codes))
        assert parse_amount(format_amount(amount), amount.currency) == amount


@given(minors, st.sampled_from(currency_codes()))
def test_every_amount_survives_writing_and_reading(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    text = format_amount(amount)
    assert parse_amount(text, currency) == amount
    assert text.isascii()
    assert str(amount) == f"{text} {currency}"


@given(minors, st.sampled_from(currency_codes()))
def test_the_screen_shows_the_same_figure(minor: int, currency: str) -> None:
    amount = Money(minor, currency)
    before, after = AFFIXES[currency]
    figure = format_figure(amount)
    assert figure.replace(",", "").replace("\N{MINUS SIGN}", "-") == format_amount(amount)
    unsigned = figure.removeprefix("\N{MINUS SIGN}")
    assert format_money(amount) == figure[: len(figure) - len(unsigned)] + before + unsigned + after
    assert cell_len(format_money(amount)) == len(format_money(amount))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (euros(18490), "184.90 €"),
        (euros(123456789), "1,234,567.89 €"),
        (euros(-1000), "\N{MINUS SIGN}10.00 €"),
        (euros(-5), "\N{MINUS SIGN}0.05 €"),
        (euros(0), "0.00 €"),
        (Money(12400, "JPY"), "¥12,400"),
        (Money(-12400, "JPY"), "\N{MINUS SIGN}¥12,400"),
        (Money(1250, "KWD"), "KWD 1.250"),
        (Money(500, "USD"), "$5.00"),
        (Money(500, "CAD"), "C$5.00"),
        (Money(39900, "CHF"), "CHF 399.00"),
    ],
)
def test_amounts_on_screen(amount: Money, shown: str) -> None:
    assert format_money(amount) == shown


def test_groups_of_the_screen_figure_are_of_three() -> None:
    for size in range(1, 18):
        figure = format_figure(Money(10**size, "JPY"))
        groups = figure.split(",")
        assert all(len(later) == 3 for _earlier, later in pairwise(groups))
        assert 1 <= len(groups[0]) <= 3
