"""Random filters: values of every kind of field, as a person could have meant them."""

from collections.abc import Callable, Sequence

from hypothesis import assume
from hypothesis import strategies as st

from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.filter import (
    FIELDS,
    SORT_KEYS,
    SORT_NEEDS,
    Amount,
    Calendar,
    Condition,
    FieldSpec,
    Filter,
    Item,
    Kind,
    NamedDay,
    Operator,
    Range,
    Sort,
    Span,
    Text,
    Value,
    Word,
    bare_key,
    code_key,
    phrase_key,
)
from oms_tui.domain.filter.fields import SPAN_KINDS, TASK_NAMES
from oms_tui.domain.filter.syntax import Point

SIGNS = st.sampled_from(list(' "\\*,:=<>-/.+()\u00a0\u200d'))
TEXT = st.text(
    SIGNS | st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("abzéß0Ü"),
    min_size=1,
    max_size=12,
)
WORD_TEXT = TEXT.filter(str.strip)
SPANS = st.builds(Span, st.integers(0, 5000), st.sampled_from("mhdw"))
MONTHS, DAYS = st.integers(1, 12), st.integers(1, 28)
OFFSETS = st.none() | st.integers(-14 * 60, 14 * 60)
YEARS = st.integers(1900, 2199)
CALENDARS = st.one_of(
    st.builds(Calendar, YEARS),
    st.builds(Calendar, YEARS, MONTHS),
    st.builds(Calendar, YEARS, MONTHS, DAYS),
    st.builds(
        Calendar,
        YEARS,
        MONTHS,
        DAYS,
        st.integers(0, 23),
        st.integers(0, 59),
        st.none() | st.integers(0, 59),
        OFFSETS,
    ),
)
DATES = CALENDARS | SPANS | st.sampled_from(NamedDay)
NUMBERS = st.from_regex(r"[0-9]{1,9}(\.[0-9]{1,3})?", fullmatch=True)
BARE_AMOUNTS = st.builds(Amount, NUMBERS)


@st.composite
def amounts(draw: st.DrawFn) -> Amount:
    """A figure in a currency, with no more decimals than it has."""
    currency = draw(st.sampled_from(sorted(DECIMALS)))
    digits = draw(st.integers(0, DECIMALS[currency]))
    number = str(draw(st.integers(0, 10**9)))
    if digits:
        number += "." + str(draw(st.integers(0, 10**digits - 1))).rjust(digits, "0")
    return Amount(number, currency)


def _text(key: Callable[[str], str], *, prefix: bool) -> st.SearchStrategy[Text]:
    return st.builds(
        Text, TEXT.filter(lambda text: bool(key(text))), st.booleans() if prefix else st.just(False)
    )


_TEXTS: dict[Kind, st.SearchStrategy[Text]] = {
    Kind.CODE: _text(code_key, prefix=True),
    Kind.EMAIL: _text(code_key, prefix=True),
    Kind.TRACKING: _text(bare_key, prefix=True),
    Kind.PHRASE: _text(phrase_key, prefix=True),
    Kind.WORDS: _text(phrase_key, prefix=True),
    Kind.PHONE: st.builds(Text, st.from_regex(r"\+?[1-9][0-9 ()/-]{1,8}[0-9]{3}", fullmatch=True)),
    Kind.PERSON: st.builds(
        Text, WORD_TEXT.filter(lambda text: "*" not in text) | st.sampled_from(["me", "nobody"])
    ),
}


def values_of(spec: FieldSpec, operator: Operator) -> st.SearchStrategy[tuple[Value, ...]]:
    """One or more values that may stand after a field and an operator."""
    one: st.SearchStrategy[Value]
    if spec.kind is Kind.TASK:
        named = st.builds(lambda name: Text(f"failed/{name}"), st.sampled_from(TASK_NAMES))
        one = st.sampled_from([Text(choice) for choice in spec.choices]) | named
    elif spec.kind in (Kind.CHOICE, Kind.COUNTRY):
        one = st.sampled_from([Text(choice) for choice in spec.choices])
    elif spec.kind in _TEXTS:
        one = _TEXTS[spec.kind]
    else:
        return _ordered(spec, operator)
    return st.lists(one, min_size=1, max_size=3).map(_tuple)


def _ordered(spec: FieldSpec, operator: Operator) -> st.SearchStrategy[tuple[Value, ...]]:
    points: st.SearchStrategy[Point]
    if spec.kind is Kind.AMOUNT:
        if not operator.is_equality:
            return st.tuples(BARE_AMOUNTS | amounts())
        return st.tuples(BARE_AMOUNTS | AMOUNT_RANGES) | st.lists(amounts(), min_size=1, max_size=3).map(
            _tuple
        )
    points = SPANS if spec.kind in SPAN_KINDS else DATES
    if not operator.is_equality:
        return st.tuples(points)
    ranges: st.SearchStrategy[Value]
    ranges = st.builds(Range, points, st.none() | points) | st.builds(Range, st.none(), points)
    return st.lists(ranges if spec.kind in SPAN_KINDS else points | ranges, min_size=1, max_size=3).map(
        _tuple
    )


def _tuple(values: Sequence[Value]) -> tuple[Value, ...]:
    return tuple(values)


AMOUNT_RANGES = (
    st.lists(st.integers(0, 10**6), min_size=2, max_size=2)
    .map(sorted)
    .map(lambda both: Range(Amount(str(both[0])), Amount(str(both[1]), "EUR")))
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Any condition."""
    spec = draw(st.sampled_from([spec for spec in FIELDS.values() if spec.kind is not Kind.SORT]))
    operator = draw(st.sampled_from(spec.operators))
    return Condition(spec.name, operator, draw(values_of(spec, operator)), draw(st.booleans()))


WORDS = st.builds(Word, WORD_TEXT, st.booleans(), st.booleans())
SORTS = st.builds(Sort, st.sampled_from([key for key in SORT_KEYS if key not in SORT_NEEDS]), st.booleans())
"""Those that go with any filter."""


def _has_two_bounds(items: Sequence[Item]) -> bool:
    bounds = {
        (item.field, item.operator.is_lower_bound)
        for item in items
        if isinstance(item, Condition) and not item.negated and not item.operator.is_equality
    }
    return any((name, not is_lower) in bounds for name, is_lower in bounds)


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    """Any filter that says nothing contradictory, at most one order of rows among its items."""
    items: list[Item] = [*draw(st.lists(conditions() | WORDS, max_size=5))]
    assume(not _has_two_bounds(items))
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), draw(SORTS))
    return Filter(tuple(items))
