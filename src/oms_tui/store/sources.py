"""Where the orders of a filter come from: one index that gives few of them, or gives them in their order.

Each clause may offer a source; the best one leads and every other clause sifts (`filters`). A source may give
orders that its clause does not want, never miss one; for clauses that it `implies` it gives the right ones.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    func,
    not_,
    select,
    true,
    union,
    union_all,
)

from oms_tui.domain.filter import AmountTest, Clause, Mode, TextTest, TimeTest
from oms_tui.domain.filter.fields import BLOCKED, NO
from oms_tui.domain.filter.index import bare_word
from oms_tui.domain.status import PROGRESS, STATUS_AT_PROGRESS, LineStatus, OrderStatus, PaymentStatus
from oms_tui.store.filters import (
    OPERATION,
    PAYMENT,
    SHIPMENT,
    TAG,
    TAGGED,
    Where,
    compared,
    has_tag,
    sought_words,
    within,
)
from oms_tui.store.known import CHANNEL_FIELDS, CLAIM, Known
from oms_tui.store.rows import ORDERS
from oms_tui.store.search_index import PK_MASK, SEARCH, Sought, found_by
from oms_tui.store.sql import apart


@dataclass(frozen=True, slots=True)
class Branch:
    """Orders of one value, in the order of their creation: a stretch of one index."""

    rows: FromClause
    where: Where
    created: ColumnElement[Any]
    pk: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Runs:
    """Orders of several values: branches that have no order in common, to be merged by time."""

    branches: tuple[Branch, ...]
    implies: tuple[Clause, ...] = ()
    counters: tuple[str, ...] = ()
    """The counters that add up to its size; () where none do."""


@dataclass(frozen=True, slots=True)
class Words:
    """Orders with certain words, by day of creation. Without an expression: none."""

    expression: str | None
    implies: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Orders given by their numbers, in no order: for values that few orders have."""

    pks: Select[Any]
    implies: tuple[Clause, ...] = ()


Source = Runs | Words | Numbers
ALL: Final = Runs((Branch(ORDERS, true(), ORDERS.c.created, ORDERS.c.pk),), counters=("orders",))
"""Every order by time of creation."""
_TAGGED_ROWS: Final = TAG.join(ORDERS, ORDERS.c.pk == TAG.c.order_pk)


def sources(known: Known) -> Iterator[Source]:
    """The sources that the clauses of the question offer. All its words together are one."""
    words: list[Words] = []
    for clause in known.resolved.clauses:
        make = _MAKERS.get(clause.field)
        source = make(clause, known) if make is not None else None
        if isinstance(source, Words):
            words.append(source)
        elif source is not None:
            yield source
    if words:
        yield _together(words, known)


def tags_of(clause: Clause) -> tuple[str, ...]:
    """The tags that a clause asks any of, and nothing else; () where it asks something else."""
    keys = _keys(clause)
    if clause.negated:
        return ()
    match clause.field:
        case "task" if all(key == BLOCKED or key.endswith("/") for key in keys):
            return tuple(f"task:{key.rstrip('/')}" for key in keys)
        case "line" if keys == (LineStatus.UNDELIVERED,):
            return ("line:undelivered",)
        case field if field in TAGGED and NO not in keys:
            return tuple(dict.fromkeys(TAGGED[field](key) for key in keys))
    return ()


def size(source: Source, known: Known, cap: int) -> int:
    """How many orders a source has, `cap` for more; by counters exactly."""
    if isinstance(source, Runs) and source.counters:
        return sum(known.counters.get(name, 0) for name in source.counters)
    entries = _entries(source, cap)
    if entries is None:
        return 0
    return int(known.conn.execute(select(func.count()).select_from(entries.subquery())).scalar_one())


def numbers(source: Source) -> Select[Any] | None:
    """The numbers of a source's orders, for an IN; None where it has none."""
    match source:
        case Numbers():
            return source.pks
        case Words():
            if source.expression is None:
                return None
            return select(SEARCH.c.rowid.op("&")(PK_MASK)).where(found_by(source.expression))
        case Runs(branches):
            parts = [select(branch.pk).select_from(branch.rows).where(branch.where) for branch in branches]
            return select(union_all(*parts).subquery()) if parts else None


def _entries(source: Source, cap: int) -> Select[Any] | None:
    """At most `cap` entries of a source."""
    match source:
        case Numbers(pks):
            return select(pks.limit(cap).subquery())
        case Words():
            if source.expression is None:
                return None
            return select(SEARCH.c.rowid).where(found_by(source.expression)).limit(cap)
        case Runs(branches):
            parts = [
                select(select(branch.pk).select_from(branch.rows).where(branch.where).limit(cap).subquery())
                for branch in branches
            ]
            return select(union_all(*parts).limit(cap).subquery()) if parts else None


def _by_value(column: ColumnElement[Any], values: Iterable[str], implies: tuple[Clause, ...]) -> Runs:
    branches = tuple(Branch(ORDERS, column == value, ORDERS.c.created, ORDERS.c.pk) for value in values)
    counters = tuple(f"status:{value}" for value in values) if column is ORDERS.c.status else ()
    return Runs(branches, implies, counters)


def _choice(column: ColumnElement[Any], choices: Sequence[str]) -> Callable[[Clause, Known], Source]:
    def make(clause: Clause, _known: Known) -> Source:
        named = set(_keys(clause))
        values = [choice for choice in choices if (choice in named) is not clause.negated]
        return _by_value(column, values, (clause,))

    return make


def _channels(clause: Clause, known: Known) -> Source:
    return _by_value(ORDERS.c.channel_code, known.channels(clause), (clause,))


def _methods(clause: Clause, known: Known) -> Source:
    return _by_value(ORDERS.c.method, known.methods(clause), (clause,))


def _country(clause: Clause, _known: Known) -> Source | None:
    return None if clause.negated else _by_value(ORDERS.c.country, _keys(clause), (clause,))


def _bill_country(clause: Clause, _known: Known) -> Source | None:
    """Mostly it is the country the goods go to; an index holds the orders where it is not."""
    if clause.negated:
        return None
    by_country = _by_value(ORDERS.c.country, _keys(clause), (clause,)).branches
    same = tuple(
        Branch(branch.rows, and_(branch.where, apart(ORDERS.c.bill_country) == country), *_CREATED)
        for branch, country in zip(by_country, _keys(clause), strict=True)
    )
    differs = ORDERS.c.bill_country != ORDERS.c.country
    other = tuple(
        Branch(ORDERS, and_(ORDERS.c.bill_country == country, differs), *_CREATED)
        for country in _keys(clause)
    )
    return Runs((*same, *other), (clause,))


def _tags(clause: Clause, _known: Known) -> Source | None:
    tags = tags_of(clause)
    return _tagged(tags, (clause,)) if tags else None


def _tasks(clause: Clause, _known: Known) -> Source | None:
    """A task by its name is looked for among the orders with any task in its state."""
    if clause.negated:
        return None
    if tags := tags_of(clause):
        return _tagged(tags, (clause,))
    return _tagged([f"task:{key.partition('/')[0]}" for key in _keys(clause)], ())


def _line(clause: Clause, _known: Known) -> Source | None:
    """Undelivered lines are a tag; others are looked for among the orders that can still have them."""
    if tags := tags_of(clause):
        return _tagged(tags, (clause,))
    wanted = {LineStatus(key) for key in _keys(clause)}
    if clause.negated or not wanted <= PROGRESS.keys() or LineStatus.RETURNED in wanted:
        return None
    furthest = max(PROGRESS[status] for status in wanted)
    statuses = list(STATUS_AT_PROGRESS[: furthest + 1])
    if LineStatus.SHIPPED in wanted and OrderStatus.UNDELIVERED not in statuses:
        statuses.append(OrderStatus.UNDELIVERED)
    return _by_value(ORDERS.c.status, [status.value for status in statuses], ())


def _tagged(names: Iterable[str], implies: tuple[Clause, ...]) -> Runs:
    """Orders with any of the tags, each in the branch of the first it has."""
    tags = tuple(dict.fromkeys(names))
    branches = tuple(
        Branch(
            _TAGGED_ROWS,
            and_(TAG.c.tag == tag, *(not_(has_tag(earlier)) for earlier in tags[:place])),
            TAG.c.created,
            TAG.c.order_pk,
        )
        for place, tag in enumerate(tags)
    )
    return Runs(branches, implies, tags if len(tags) == 1 else ())


def _text(clause: Clause, known: Known) -> Source | None:
    return None if clause.negated else Words(sought_words(clause, known), (clause,))


def _together(found: Sequence[Words], known: Known) -> Words:
    """The orders with the words of several clauses, and without those that others do not want."""
    implies = tuple(clause for words in found for clause in words.implies)
    expressions = [words.expression for words in found]
    if None in expressions:
        return Words(None, implies)
    asked = " AND ".join(filter(None, expressions))
    for clause in known.resolved.clauses:
        if clause.field == "text" and clause.negated:
            unwanted = sought_words(clause, known)
            asked = f"({asked}) NOT {unwanted}" if unwanted else asked
            implies = (*implies, clause)
    return Words(asked, implies)


def _names(clause: Clause, known: Known) -> Source | None:
    """Names are words of the order; which words stand where is for the condition to say."""
    if clause.negated:
        return None
    either = []
    for test in _text_tests(clause):
        words = test.key.split()
        is_begun = test.mode is Mode.PREFIX and not test.key.endswith(" ")
        either.append([Sought(word, not (is_begun and word is words[-1])) for word in words])
    return Words(known.spelling.expression(either))


def _skus(clause: Clause, known: Known) -> Source | None:
    """A SKU without its signs is a word of the order."""
    tests = _text_tests(clause)
    if clause.negated or not all(bare_word(test.key) for test in tests):
        return None
    either = [[Sought(bare_word(test.key), test.mode is Mode.EXACT)] for test in tests]
    return Words(known.spelling.expression(either))


def _keyed(*columns: ColumnElement[Any]) -> Callable[[Clause, Known], Source | None]:
    """Few orders have one key; the indexes leave out orders without any."""

    def make(clause: Clause, _known: Known) -> Source | None:
        if clause.negated:
            return None
        parts = [_pks_with(column, test) for test in _text_tests(clause) for column in columns]
        return Numbers(parts[0] if len(parts) == 1 else select(union_all(*parts).subquery()), (clause,))

    return make


def _pks_with(column: ColumnElement[Any], test: TextTest) -> Select[Any]:
    rows = column.table
    pk = rows.c.pk if rows is ORDERS else rows.c.order_pk
    return select(pk).where(compared(column, test), column != "")


def _claimed(clause: Clause, known: Known) -> Source | None:
    if clause.negated or any(getattr(test, "is_present", None) is False for test in clause.tests):
        return None
    running = select(CLAIM.c.order_pk).where(known.is_claimed_now)
    if all(isinstance(test, TextTest) for test in clause.tests):
        running = running.where(CLAIM.c.person.in_(known.claimants(clause)))
    return Numbers(running, (clause,))


def _total(clause: Clause, known: Known) -> Source | None:
    if clause.negated:
        return None
    parts = []
    for test in clause.tests:
        if isinstance(test, AmountTest):
            for currency in known.currencies:
                bounds = test.bounds_in(currency)
                if bounds is not None:
                    inside = within(ORDERS.c.total_minor, bounds.low, bounds.high)
                    parts.append(select(ORDERS.c.pk).where(ORDERS.c.currency == currency, *inside))
    if not parts:
        return Words(None, (clause,))
    return Numbers(select(union_all(*parts).subquery()), (clause,))


def _lapses(clause: Clause, _known: Known) -> Source | None:
    """The index leaves out orders of which nothing lapses."""
    tests = [test for test in clause.tests if isinstance(test, TimeTest)]
    if clause.negated or not tests:
        return None
    at = ORDERS.c.lapses
    parts = [select(ORDERS.c.pk).where(at.is_not(None), *within(at, test.start, test.end)) for test in tests]
    return Numbers(parts[0] if len(parts) == 1 else select(union(*parts).subquery()), (clause,))


def _keys(clause: Clause) -> tuple[str, ...]:
    return tuple(dict.fromkeys(test.key for test in _text_tests(clause)))


def _text_tests(clause: Clause) -> tuple[TextTest, ...]:
    return tuple(test for test in clause.tests if isinstance(test, TextTest))


_CREATED: Final = (ORDERS.c.created, ORDERS.c.pk)
_MAKERS: Final[Mapping[str, Callable[[Clause, Known], Source | None]]] = {
    "status": _choice(ORDERS.c.status, [status.value for status in OrderStatus]),
    "payment": _choice(ORDERS.c.payment_status, [status.value for status in PaymentStatus]),
    **dict.fromkeys(CHANNEL_FIELDS, _channels),
    "method": _methods,
    "country": _country,
    "bill-country": _bill_country,
    **dict.fromkeys(TAGGED, _tags),
    "task": _tasks,
    "line": _line,
    "text": _text,
    **dict.fromkeys(("name", "first", "last"), _names),
    "sku": _skus,
    "id": _keyed(ORDERS.c.id_key),
    "email": _keyed(ORDERS.c.email_key),
    "phone": _keyed(ORDERS.c.phone_tail),
    "tracking": _keyed(SHIPMENT.c.tracking_key),
    "reference": _keyed(PAYMENT.c.reference_key, OPERATION.c.reference_key),
    "claimed": _claimed,
    "total": _total,
    "lapses": _lapses,
}
