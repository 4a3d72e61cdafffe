"""Desks of random orders and questions about them, for tests that compare SQL with plain Python."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import Connection

from oms_tui.clock import to_micros
from oms_tui.domain.answers import Position
from oms_tui.domain.facts import facts
from oms_tui.domain.filter import (
    FIELDS,
    SORT_KEYS,
    Amount,
    AmountTest,
    Clause,
    Facts,
    Kind,
    Mode,
    Operator,
    PresenceTest,
    ResolvedFilter,
    ResolvedSort,
    Test,
    TextTest,
    TimeTest,
    WordsTest,
    code_key,
    index_keys,
    index_words,
    matches,
)
from oms_tui.domain.filter.amounts import amount_bounds
from oms_tui.domain.order import Order
from oms_tui.domain.plan import Claim
from oms_tui.domain.returns import Return
from oms_tui.store import claims, orders, returns
from tests.store import values

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MOMENTS = [
    NOW - timedelta(days=day, seconds=second, microseconds=part)
    for day in (0, 1, 400, 20_000)
    for second in (0, 1)
    for part in (0, 1, 999_999)
]
PEOPLE = ("Ana", "bob", "Łukasz")
METHODS = ("", "Express", "Express DHL", "Standard", "宅急便")
SORTS = (
    None,
    *(ResolvedSort(key, descending) for key in SORT_KEYS if key != "age" for descending in (True, False)),
)
NEEDED = {
    "lapses": Clause("lapses", (TimeTest(0, None),)),
    "asked": Clause("cancel", (TextTest(Mode.EXACT, "requested"),)),
}
"""Sort key -> the clause without which the language refuses it."""


@dataclass(frozen=True)
class Known:
    """One order as Python knows it: its facts, and where it stands in each sort."""

    order: Order
    pk: int
    facts: Facts

    def position(self, sort: ResolvedSort | None) -> Position:
        """Where it stands, as pages give positions."""
        match sort.key if sort else "created":
            case "total":
                return self.facts.total.currency, self.facts.total.minor, self.pk
            case "id":
                return code_key(self.order.id), self.pk
            case "lapses":
                return self.facts.lapses or 0, self.facts.created, self.pk
            case "asked":
                return self.facts.asked or 0, code_key(self.order.id), self.pk
            case _:
                return self.facts.created, self.pk


@dataclass(frozen=True)
class Sale:
    """An order, the returns on it, and who claims it until when."""

    order: Order
    returns: tuple[Return, ...] = ()
    claim: tuple[str, int] | None = None
    """Name, minutes from now until it runs out."""


@st.composite
def desks(draw: Any, most: int = 6) -> list[Sale]:
    """Random orders with returns and claims, many at the same moment."""
    sales = []
    for place in range(draw(st.integers(1, most))):
        order = replace(
            draw(values.orders(order_id=f"{draw(st.sampled_from(['A', 'a ', 'Ż-', '1']))}{place}")),
            created=draw(st.sampled_from(MOMENTS)),
            method=draw(st.sampled_from(METHODS)),
        )
        back = [
            draw(values.returns(f"R{place}-{number}", order.id)) for number in range(draw(st.integers(0, 2)))
        ]
        claim = draw(st.none() | st.tuples(st.sampled_from(PEOPLE), st.integers(-2, 2)))
        sales.append(Sale(order, tuple(back), claim))
    return sales


def take_in(conn: Connection, sales: Sequence[Sale]) -> list[Known]:
    """Insert them; what Python knows of each."""
    pks = orders.insert(conn, [sale.order for sale in sales])
    returns.insert(conn, [value for sale in sales for value in sale.returns], pks)
    known = []
    for sale in sales:
        pk, claimant = pks[sale.order.id], ""
        if sale.claim is not None:
            person, minutes = sale.claim
            until = NOW + timedelta(minutes=minutes)
            claims.put(
                conn,
                pk,
                Claim(order_id=sale.order.id, person=person, since=until - timedelta(minutes=9), until=until),
            )
            claimant = person if until > NOW else ""
        known.append(Known(sale.order, pk, facts(sale.order, sale.returns, claimant)))
    return known


def expected(known: Sequence[Known], resolved: ResolvedFilter) -> list[Known]:
    """The orders that match, in the order asked for, by plain Python."""
    found = [one for one in known if matches(resolved, one.facts)]
    sort = resolved.sort
    return sorted(found, key=lambda one: one.position(sort), reverse=sort is None or sort.descending)


@st.composite
def questions(draw: Any, known: Sequence[Facts]) -> ResolvedFilter:
    """A filter about these orders: what it asks for is mostly something that one of them has."""
    clauses = draw(st.lists(_clauses(known), max_size=4))
    sort = draw(st.sampled_from(SORTS))
    if sort is not None and sort.key in NEEDED:
        clauses.append(NEEDED[sort.key])
    return ResolvedFilter(tuple(clauses), sort, NOW)


@st.composite
def _clauses(draw: Any, known: Sequence[Facts]) -> Clause:
    name = draw(st.sampled_from([spec.name for spec in FIELDS.values() if spec.kind is not Kind.SORT]))
    tests = draw(st.lists(_tests(name, known), min_size=1, max_size=3))
    return Clause(name, tuple(dict.fromkeys(tests)), draw(st.booleans()))


def _tests(name: str, known: Sequence[Facts]) -> st.SearchStrategy[Test]:
    kind = FIELDS[name].kind
    if kind is Kind.WORDS:
        return _words(known)
    if kind in (Kind.DATE, Kind.AGE):
        return _times([facts.created for facts in known])
    if kind is Kind.TIME_LEFT:
        return _times([facts.lapses for facts in known if facts.lapses is not None] or [to_micros(NOW)])
    if kind is Kind.AMOUNT:
        return _amounts(known)
    return _texts(name, known)


@st.composite
def _texts(draw: Any, name: str, known: Sequence[Facts]) -> Test:
    spec = FIELDS[name]
    if name == "claimed" and draw(st.booleans()):
        return PresenceTest(draw(st.booleans()))
    keys = sorted({key for facts in known for key in index_keys(name, facts) if key})
    choices = [
        choice for choice in spec.choices if "/" not in choice and spec.kind in (Kind.CHOICE, Kind.COUNTRY)
    ]
    if name == "hold":
        choices.remove("any")
    key = draw(st.sampled_from([*keys, *choices] or ["nothing"]))
    if spec.kind is Kind.PHONE:
        return TextTest(Mode.TAIL, key[draw(st.integers(0, len(key) - 1)) :])
    if spec.kind is Kind.TASK:
        state = key.partition("/")[0]
        is_state = "/" in key and draw(st.booleans())
        return TextTest(Mode.PREFIX, f"{state}/") if is_state else TextTest(Mode.EXACT, key)
    if spec.allows_prefix and draw(st.booleans()):
        begun = key[: draw(st.integers(1, len(key)))]
        return TextTest(Mode.PREFIX, begun if begun.strip() else key)
    return TextTest(Mode.EXACT, key)


@st.composite
def _words(draw: Any, known: Sequence[Facts]) -> Test:
    words = sorted({word for facts in known for word in index_words(facts)})
    asked = draw(st.lists(st.sampled_from([*words, "nothing"]), min_size=1, max_size=3))
    return WordsTest(tuple(word[: draw(st.integers(1, len(word)))] for word in asked))


@st.composite
def _times(draw: Any, known: Sequence[int]) -> Test:
    moments = sorted({at + shift for at in known for shift in (-1, 0, 1)})
    start, end = sorted(
        [draw(st.sampled_from(moments)), draw(st.sampled_from([*moments, to_micros(NOW) + 9]))]
    )
    either = [TimeTest(start, None), TimeTest(None, end), TimeTest(start, end), TimeTest(None, None)]
    chosen: TimeTest = draw(st.sampled_from(either))
    return chosen


@st.composite
def _amounts(draw: Any, known: Sequence[Facts]) -> Test:
    total = draw(st.sampled_from([facts.total for facts in known]))
    figure = str(abs(total.minor) // 100)[:14]
    currency = draw(st.sampled_from([None, total.currency]))
    operator = draw(st.sampled_from([Operator.IS, *(o for o in Operator if not o.is_equality)]))
    return AmountTest(*amount_bounds(Amount(figure, currency), operator))
