"""Money: exact, strict, never mixed (invariants M1 to M6)."""

import ast
import copy
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.domain.currency import AFFIXES, DECIMALS, currency_codes, is_currency
from oms_tui.domain.money import (
    MAX_MINOR,
    MIN_MINOR,
    CurrencyMismatch,
    Money,
    MoneyError,
    allocate,
    allocate_minor,
    contained_percentage,
    decimals_of,
    parse_amount,
    percentage,
    round_to_minor,
    share,
    share_minor,
    sum_money,
)
from tests.seeds import seeded
from tests.support import ROOT, scaled

SOURCE = ROOT / "src" / "oms_tui"
CURRENCIES = ("JPY", "EUR", "KWD")
minors = st.integers(MIN_MINOR, MAX_MINOR)
currencies = st.sampled_from(CURRENCIES)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=12)


def euros(minor: int) -> Money:
    """An amount in euro cents."""
    return Money(minor, "EUR")


# --- the currency table (M2)


def test_decimals_come_from_the_currency() -> None:
    known = {"JPY": 0, "KRW": 0, "USD": 2, "EUR": 2, "GBP": 2, "KWD": 3, "BHD": 3, "TND": 3, "CLF": 4}
    assert {code: decimals_of(code) for code in known} == known


def test_every_currency_in_use_anywhere_is_known() -> None:
    """Babel's list of what each territory pays with today, from another source than our table."""
    in_use = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _start, end, is_tender in spans
        if end is None and is_tender
    }
    assert in_use - set(currency_codes()) == set()
    assert len(currency_codes()) == len(set(currency_codes())) == 167


@pytest.mark.parametrize("code", ["XXX", "XAU", "XTS", "eur", "", "EURO", "€", "DEM", "EUR "])
def test_an_unknown_currency_is_refused(code: str) -> None:
    assert not is_currency(code)
    for make in (lambda: Money(1, code), lambda: parse_amount("1", code), lambda: decimals_of(code)):
        with pytest.raises(MoneyError, match="Unknown currency"):
            make()


def test_a_sign_stands_for_one_currency_only() -> None:
    assert len(set(AFFIXES.values())) == len(AFFIXES) == len(DECIMALS)


# --- arithmetic (M1, M3)


@given(st.integers(-(2**60), 2**60), st.integers(-(2**60), 2**60), st.integers(-4, 4), currencies)
def test_arithmetic_is_that_of_whole_numbers(first: int, second: int, count: int, currency: str) -> None:
    one, two = Money(first, currency), Money(second, currency)
    assert one + two == Money(first + second, currency)
    assert one - two == Money(first - second, currency)
    assert -one == Money(-first, currency)
    assert abs(one) == Money(abs(first), currency)
    assert one * count == count * one == Money(first * count, currency)
    assert (one < two, one <= two, one > two, one >= two) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )
    assert bool(one) is (first != 0) is not one.is_zero
    assert one.is_negative is (first < 0)
    assert (one == two) is (first == second)
    assert sum_money([one, two, one], currency) == one + two + one


@given(minors, minors, st.sampled_from([("EUR", "USD"), ("JPY", "KWD"), ("USD", "JPY")]))
def test_currencies_never_mix(first: int, second: int, codes: tuple[str, str]) -> None:
    one, two = Money(first, codes[0]), Money(second, codes[1])
    for act in (
        lambda: one + two,
        lambda: one - two,
        lambda: one < two,
        lambda: one <= two,
        lambda: one > two,
        lambda: one >= two,
        lambda: sum_money([one, two], codes[0]),
    ):
        with pytest.raises(CurrencyMismatch, match=f"{codes[0]} and {codes[1]}"):
            act()
    assert one != two


@pytest.mark.parametrize("other", [1, 1.0, Decimal(1), "1", None, True])
def test_only_money_meets_money(other: object) -> None:
    for act in (
        lambda: euros(1) + other,  # type: ignore[operator]
        lambda: other + euros(1),  # type: ignore[operator]
        lambda: euros(1) - other,  # type: ignore[operator]
        lambda: euros(1) < other,  # type: ignore[operator]
        lambda: euros(1) >= other,  # type: ignore[operator]
    ):
        with pytest.raises(TypeError):
            act()
    assert euros(1) != other


@pytest.mark.parametrize("count", [1.5, Decimal(2), True, euros(2)])
def test_money_is_taken_a_whole_number_of_times(count: object) -> None:
    with pytest.raises(TypeError):
        euros(1) * count  # type: ignore[operator]


@pytest.mark.parametrize("minor", [1.0, Decimal(1), "1", True, None, 2**63, -(2**63) - 1])
def test_an_amount_is_a_whole_number_of_64_bits(minor: int) -> None:
    with pytest.raises(MoneyError):
        Money(minor, "EUR")


def test_an_amount_beyond_64_bits_is_refused_by_every_operation() -> None:
    for act in (
        lambda: euros(MAX_MINOR) + euros(1),
        lambda: euros(MIN_MINOR) - euros(1),
        lambda: -euros(MIN_MINOR),
        lambda: euros(MAX_MINOR) * 2,
        lambda: sum_money([euros(MAX_MINOR)] * 2, "EUR"),
        lambda: parse_amount("92233720368547758.08", "EUR"),
        lambda: percentage(euros(MAX_MINOR), Decimal(200)),
    ):
        with pytest.raises(MoneyError, match="too large"):
            act()
    assert sum_money([euros(MAX_MINOR), euros(MAX_MINOR), euros(-MAX_MINOR)], "EUR") == euros(MAX_MINOR)


def test_an_amount_cannot_be_changed_and_keeps_its_value_when_copied() -> None:
    amount = euros(18490)
    with pytest.raises(AttributeError):
        amount.minor = 1  # type: ignore[misc]
    assert copy.deepcopy(amount) == pickle.loads(pickle.dumps(amount)) == amount  # noqa: S301 - own bytes
    assert {amount: 1}[euros(18490)] == 1
    assert Money.zero("JPY") == Money(0, "JPY") == sum_money([], "JPY")


# --- splitting (M5)


def check_split(minor: int, shares: list[int]) -> None:
    """The four promises of invariant M5, against exact fractions."""
    parts = allocate_minor(minor, shares)
    assert sum(parts) == minor
    assert len(parts) == len(shares)
    effective = shares if any(shares) else [1] * len(shares)
    whole = sum(effective)
    sign = 1 if minor >= 0 else -1
    exact = [Fraction(minor * weight, whole) for weight in effective]
    assert all(part * sign >= 0 for part in parts)
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
    assert all(part == 0 for part, weight in zip(parts, effective, strict=True) if not weight)
    # Largest remainder: who got one more had no smaller remainder than who did not, or came first.
    remainders = [(abs(share) % 1, -at) for at, share in enumerate(exact)]
    raised = [abs(part) > abs(share) for part, share in zip(parts, exact, strict=True)]
    up = [remainder for remainder, is_raised in zip(remainders, raised, strict=True) if is_raised]
    down = [remainder for remainder, is_raised in zip(remainders, raised, strict=True) if not is_raised]
    assert not up or not down or min(up) > max(down)
    assert allocate_minor(minor, tuple(shares)) == parts
    assert allocate_minor(-minor, shares) == tuple(-part for part in parts)


@given(minors, weights)
def test_a_split_is_exact(minor: int, shares: list[int]) -> None:
    check_split(minor, shares)


def test_random_splits_are_exact() -> None:
    """M5: 100,000 random splits over currencies of 0, 2 and 3 decimals."""
    random = seeded()
    for _ in range(scaled(100_000)):
        size = 10 ** random.randint(0, 15)
        shares = [random.randint(0, 10 ** random.randint(0, 9)) for _ in range(random.randint(1, 30))]
        check_split(random.randint(-size, size), shares)
        amount = Money(random.randint(-size, size), random.choice(CURRENCIES))
        assert sum_money(allocate(amount, shares), amount.currency) == amount


@pytest.mark.parametrize(
    ("minor", "shares", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (5, [0, 0], (3, 2)),
        (1, [1, 1], (1, 0)),
        (1000, [7990, 10500], (432, 568)),
        (10, [0, 3, 0], (0, 10, 0)),
        (0, [], ()),
        (0, [1, 2], (0, 0)),
        (2, [1, 1, 1, 1], (1, 1, 0, 0)),
    ],
)
def test_splits_of_known_outcome(minor: int, shares: list[int], parts: tuple[int, ...]) -> None:
    assert allocate_minor(minor, shares) == parts


def test_a_split_that_cannot_be_is_refused() -> None:
    with pytest.raises(MoneyError, match="nothing to split"):
        allocate_minor(1, [])
    with pytest.raises(MoneyError, match="negative weight"):
        allocate_minor(1, [2, -1])


@given(minors, st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_shares_taken_one_after_another_leave_nothing(minor: int, pieces: list[int]) -> None:
    left, pieces_left = minor, sum(pieces)
    for count in pieces:
        part = share_minor(left, count, pieces_left)
        assert abs(part - Fraction(left * count, pieces_left)) <= Fraction(1, 2)
        left, pieces_left = left - part, pieces_left - count
    assert left == 0


def test_a_share_has_bounds() -> None:
    assert share(euros(1000), 1, 3) == euros(333)
    assert share(euros(-1000), 2, 3) == euros(-667)
    assert share(euros(5), 1, 2) == euros(3)
    assert share(euros(7), 0, 3) == euros(0)
    for part, whole in ((1, 0), (0, 0), (3, 2), (-1, 2)):
        with pytest.raises(MoneyError, match="no share"):
            share(euros(1), part, whole)


# --- rounding (M6)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.5", 1),
        ("-0.5", -1),
        ("1.5", 2),
        ("2.5", 3),
        ("-2.5", -3),
        ("2.4999999999999999999", 2),
        ("-0.49", 0),
    ],
)
def test_halves_go_away_from_zero(exact: str, rounded: int) -> None:
    assert round_to_minor(Decimal(exact)) == rounded


@pytest.mark.parametrize(
    ("amount", "percent", "result"),
    [
        (euros(10000), "19", euros(1900)),
        (euros(50), "1", euros(1)),
        (euros(-50), "1", euros(-1)),
        (euros(49), "1", euros(0)),
        (euros(1999), "7.7", euros(154)),
        (Money(12400, "JPY"), "10", Money(1240, "JPY")),
        (Money(1250, "KWD"), "5.5", Money(69, "KWD")),
        (euros(MAX_MINOR), "100", euros(MAX_MINOR)),
        (euros(MAX_MINOR), "0.00000000000000000000000000001", euros(0)),
        (euros(1000), "-12.5", euros(-125)),
    ],
)
def test_percentages_of_known_outcome(amount: Money, percent: str, result: Money) -> None:
    assert percentage(amount, Decimal(percent)) == result


@given(st.integers(-(10**15), 10**15), st.decimals(-1000, 1000, places=4))
def test_a_percentage_is_rounded_once(minor: int, percent: Decimal) -> None:
    exact = minor * Fraction(percent) / 100
    result = percentage(euros(minor), percent).minor
    assert abs(result - exact) <= Fraction(1, 2)
    if abs(result - exact) == Fraction(1, 2):
        assert abs(result) > abs(exact)


@pytest.mark.parametrize("percent", ["NaN", "Infinity", "-Infinity", "1E+999999"])
def test_a_percentage_that_is_no_number_is_refused(percent: str) -> None:
    with pytest.raises(MoneyError):
        percentage(euros(1), Decimal(percent))
    with pytest.raises(MoneyError):
        contained_percentage(euros(1), Decimal(percent))


@given(st.integers(0, 10**12), st.decimals(0, 100, places=3))
def test_included_tax_is_a_share_of_the_gross(minor: int, rate: Decimal) -> None:
    tax = contained_percentage(euros(minor), rate).minor
    exact = minor * Fraction(rate) / (100 + Fraction(rate))
    assert abs(tax - exact) <= Fraction(1, 2)
    assert 0 <= tax <= minor


def test_included_tax_of_known_outcome() -> None:
    assert contained_percentage(euros(11900), Decimal(19)) == euros(1900)
    assert contained_percentage(euros(7990), Decimal("21")) == euros(1387)
    assert contained_percentage(euros(100), Decimal(0)) == euros(0)


# --- no way back to binary fractions (M1), one place that rounds (M6)


def money_modules() -> dict[str, ast.Module]:
    """The money modules, and every module of the domain and the verbs that works with what they give."""
    sources = {
        str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8")
        for room in ("domain", "verbs")
        for path in sorted((SOURCE / room).rglob("*.py"))
    }
    return {
        name: ast.parse(source)
        for name, source in sources.items()
        if "oms_tui.domain.money" in source or name in ("domain/money.py", "domain/currency.py")
    }


def binary_fractions(tree: ast.AST) -> set[int]:
    """Line numbers of float names, float literals and true division."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
    }


def test_no_float_comes_near_money() -> None:
    modules = money_modules()
    assert {"domain/money.py", "domain/currency.py", "domain/totals.py"} <= modules.keys()
    found = {name: lines for name, tree in modules.items() if (lines := binary_fractions(tree))}
    assert found == {}
    assert binary_fractions(ast.parse("a = float(b)\nc = 1.0\nd = a / b\nd /= 2\ne = a // b")) == {1, 2, 3, 4}


def test_money_is_rounded_in_one_function() -> None:
    calls = [
        (str(path.relative_to(SOURCE)), node.lineno)
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "quantize")
        or (isinstance(node, ast.Name) and node.id == "round" and "domain" in path.parts)
    ]
    assert [name for name, _line in calls] == ["domain/money.py"]
