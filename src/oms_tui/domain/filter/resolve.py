"""A filter as written, made ready to be asked: at a moment, in a time zone, for a person (spec 8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from oms_tui.domain.filter.amounts import amount_bounds
from oms_tui.domain.filter.dates import (
    MICROSECONDS,
    Period,
    before_now,
    microseconds,
    moment,
    offset_text,
    period_of,
)
from oms_tui.domain.filter.errors import FilterError
from oms_tui.domain.filter.fields import ANY, ANYONE, BLOCKED, FIELDS, ME, NOBODY, Kind
from oms_tui.domain.filter.keys import bare_key, code_key, phone_tail, phrase_key, words
from oms_tui.domain.filter.resolved import (
    AmountTest,
    Clause,
    Mode,
    PresenceTest,
    ResolvedFilter,
    ResolvedSort,
    Test,
    TextTest,
    TimeTest,
    WordsTest,
)
from oms_tui.domain.filter.syntax import (
    Amount,
    Calendar,
    Condition,
    Filter,
    NamedDay,
    Operator,
    Range,
    Sort,
    Span,
    Text,
    Value,
)
from oms_tui.domain.status import HoldKind

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def resolve(asked: Filter, now: datetime, zone: ZoneInfo, me: str | None) -> ResolvedFilter:
    """Turn relative dates into half-open bounds, figures into minor units, `me` into a name.

    The same field twice becomes one clause joined by "or", negated conditions of a field one of their own.

    Args:
        asked: What was read.
        now: An aware moment.
        zone: The business time zone of the settings: where days begin.
        me: The name of the person who asks, None where nobody is signed in.

    Raises:
        FilterError: A range ends before it starts, a time never was in the zone, or `me` is nobody.
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    tests: dict[tuple[str, bool], list[Test]] = {}
    for condition in asked.conditions:
        found = tests.setdefault((condition.field, condition.negated), [])
        found.extend(_Resolver(condition, now, zone, me).tests())
    clauses = [Clause(name, tuple(dict.fromkeys(found)), negated) for (name, negated), found in tests.items()]
    clauses += [
        Clause("text", (WordsTest(searched),), word.negated)
        for word in asked.words
        if (searched := words(word.text))  # a lone "&" or "-" asks for nothing
    ]
    return ResolvedFilter(tuple(clauses), _sort(asked.sort), now)


def bounds_text(resolved: ResolvedFilter, zone: ZoneInfo) -> str:
    """The bounds of time asked for, with their offset: `placed ≤ 22 Nov 08:41 +01:00`; "" where none."""
    this_year = resolved.now.astimezone(zone).year
    parts = []
    for clause in resolved.clauses:
        sides = [_sides(test, zone, this_year) for test in clause.tests if isinstance(test, TimeTest)]
        if sides:
            verb = "lapses" if clause.field == "lapses" else "placed"
            placed = f"not {verb}" if clause.negated else verb
            parts.append(f"{placed} {' or '.join(sides)}")
    return "; ".join(parts)


class _Resolver:
    """Makes the tests of one condition."""

    def __init__(self, condition: Condition, now: datetime, zone: ZoneInfo, me: str | None) -> None:
        self.condition = condition
        self.now = now
        self.zone = zone
        self.me = me
        self.kind = FIELDS[condition.field].kind

    def tests(self) -> Iterable[Test]:
        for value in self.condition.values:
            if isinstance(value, Text):
                yield from self._text_tests(value)
            elif self.kind is Kind.AMOUNT:
                yield self._amount_test(value)
            elif self.kind is Kind.AGE:
                yield self._age_test(value)
            elif self.kind is Kind.TIME_LEFT:
                yield self._left_test(value)
            else:
                yield self._created_test(value)

    def _text_tests(self, value: Text) -> tuple[Test, ...]:
        match self.kind:
            case Kind.PHRASE:
                return _phrase_tests(value)
            case Kind.CODE | Kind.EMAIL | Kind.TRACKING:
                key = bare_key if self.kind is Kind.TRACKING else code_key
                return (TextTest(Mode.PREFIX if value.prefix else Mode.EXACT, key(value.text)),)
            case Kind.PHONE:
                return (TextTest(Mode.TAIL, phone_tail(value.text)),)
            case Kind.WORDS:
                return (WordsTest(words(value.text)),)
            case Kind.PERSON:
                return (self._person_test(value.text),)
            case Kind.TASK:
                whole = "/" in value.text or value.text == BLOCKED
                return (
                    TextTest(Mode.EXACT, value.text) if whole else TextTest(Mode.PREFIX, value.text + "/"),
                )
            case _:
                return self._choice_tests(value.text)

    def _choice_tests(self, choice: str) -> tuple[Test, ...]:
        if self.condition.field == "hold" and choice == ANY:
            return tuple(TextTest(Mode.EXACT, kind.value) for kind in HoldKind)
        return (TextTest(Mode.EXACT, choice),)

    def _person_test(self, name: str) -> Test:
        if name in (ANYONE, NOBODY):
            return PresenceTest(name == ANYONE)
        if name != ME:
            return TextTest(Mode.EXACT, code_key(name))
        if self.me is None:
            raise self._error("nobody is signed in, so there is no me", "a person's name", NOBODY, ANYONE)
        return TextTest(Mode.EXACT, code_key(self.me))

    def _amount_test(self, value: Value) -> Test:
        if not isinstance(value, Amount | Range):
            raise self._error(f"{self.condition.field} needs an amount")
        return AmountTest(*amount_bounds(value, self.condition.operator))

    def _age_test(self, value: Value) -> Test:
        """An order is older the earlier it was placed: bounds of age are bounds of time turned round."""
        operator = self.condition.operator
        if isinstance(value, Range):
            start = self._instant(value.high) if value.high is not None else None
            end = self._instant(value.low) + 1 if value.low is not None else None
            return self._checked(TimeTest(start, end, ends_back_from_now=True))
        instant = self._instant(value)
        match operator:
            case Operator.ABOVE:
                return TimeTest(None, instant, ends_back_from_now=True)
            case Operator.AT_LEAST:
                return TimeTest(None, instant + 1, ends_back_from_now=True)
            case Operator.BELOW:
                return TimeTest(instant + 1, None)
            case _:
                return TimeTest(instant, None)

    def _left_test(self, value: Value) -> Test:
        """A moment to come lies a length of time ahead."""
        if isinstance(value, Range):
            start = None if value.low is None else self._ahead(value.low)
            end = None if value.high is None else self._ahead(value.high) + 1
            return self._checked(TimeTest(start, end))
        instant = self._ahead(value)
        match self.condition.operator:
            case Operator.ABOVE:
                return TimeTest(instant + 1, None)
            case Operator.AT_LEAST:
                return TimeTest(instant, None)
            case Operator.BELOW:
                return TimeTest(None, instant)
            case _:
                return TimeTest(None, instant + 1)

    def _ahead(self, value: Value) -> int:
        return 2 * microseconds(self.now) - self._instant(value)

    def _created_test(self, value: Value) -> Test:
        if isinstance(value, Range):
            start = None if value.low is None else self._period(value.low).start
            end = None if value.high is None else self._period(value.high).end
            return self._checked(TimeTest(start, end, isinstance(value.high, Span)))
        period = self._period(value)
        is_span = isinstance(value, Span)
        match self.condition.operator:
            case Operator.ABOVE:
                return TimeTest(period.end, None)
            case Operator.AT_LEAST:
                return TimeTest(period.start, None)
            case Operator.BELOW:
                return TimeTest(None, period.start, is_span)
            case Operator.AT_MOST:
                return TimeTest(None, period.end, is_span)
        if is_span:
            return TimeTest(period.start, None)
        if period.is_empty:
            zone = self.zone.key
            raise self._error(f"clocks in {zone} jumped over this time", "a time with an offset, or a range")
        return TimeTest(period.start, period.end)

    def _instant(self, value: Value) -> int:
        if not isinstance(value, Span):
            raise self._error(f"{self.condition.field} needs a length of time")
        return before_now(value, self.now)

    def _period(self, value: Value) -> Period:
        if not isinstance(value, Calendar | NamedDay | Span):
            raise self._error(f"{self.condition.field} needs a date")
        return period_of(value, self.now, self.zone)

    def _checked(self, test: TimeTest) -> TimeTest:
        if test.start is not None and test.end is not None and test.start >= test.end:
            raise self._error("this range ends before it starts", f"{self.condition.field}:LOW..HIGH")
        return test

    def _error(self, message: str, *expected: str) -> FilterError:
        return FilterError(message, *self.condition.span, expected)


def _phrase_tests(value: Text) -> tuple[Test, ...]:
    """A name is found by all of its words or the first ones; `*` lets the last word be begun only."""
    key = phrase_key(value.text)
    if value.prefix:
        return (TextTest(Mode.PREFIX, key),)
    return TextTest(Mode.EXACT, key), TextTest(Mode.PREFIX, key + " ")


def _sort(sort: Sort | None) -> ResolvedSort | None:
    if sort is None:
        return None
    if sort.key == "age":
        return ResolvedSort("created", not sort.descending)
    return ResolvedSort(sort.key, sort.descending)


def _sides(test: TimeTest, zone: ZoneInfo, this_year: int) -> str:
    sides = []
    if test.start is not None:
        sides.append(f"≥ {_shown(test.start, zone, this_year)}")
    if test.end is not None:
        sign = "≤" if test.ends_back_from_now else "<"
        sides.append(f"{sign} {_shown(test.end, zone, this_year)}")
    return ", ".join(sides) or "at any time"


def _shown(instant: int, zone: ZoneInfo, this_year: int) -> str:
    at = moment(instant, zone)
    year = "" if at.year == this_year else f" {at.year:04}"
    seconds = f":{at.second:02}" if instant % MICROSECONDS == 0 and at.second else ""
    clock = f"{at.hour:02}:{at.minute:02}{seconds}"
    return f"{at.day} {_MONTHS[at.month - 1]}{year} {clock} {offset_text(at.utcoffset())}"
