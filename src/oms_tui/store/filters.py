"""Filters as SQL: the condition on an order that each clause of a resolved filter is (spec 8).

What a condition accepts is what `domain.filter.match` accepts; a test compares them over random filters and
orders. Conditions only sift: which index the orders come from is chosen by `sources`, so columns stand
`apart` here.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Table, and_, false, func, not_, or_, select, true

from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.filter import AmountTest, Clause, Mode, PresenceTest, Test, TextTest, TimeTest, WordsTest
from oms_tui.domain.filter.fields import BLOCKED, NO, SHIPPED
from oms_tui.store.known import CHANNEL_FIELDS, CLAIM, Known
from oms_tui.store.rows import ORDERS
from oms_tui.store.search_index import PK_MASK, SEARCH, Sought, found_by
from oms_tui.store.sql import apart, begins
from oms_tui.store.tables import (
    LineRow,
    OpenTaskRow,
    OperationRow,
    PaymentRow,
    ShipmentRow,
    TagRow,
    table,
)

Where = ColumnElement[bool]
LINE: Final = table(LineRow)
SHIPMENT: Final = table(ShipmentRow)
PAYMENT: Final = table(PaymentRow)
OPERATION: Final = table(OperationRow)
TAG: Final = table(TagRow)
_TASK: Final = table(OpenTaskRow)
_PK: Final = apart(ORDERS.c.pk)
_FIRST_LAST: Final = func.trim(ORDERS.c.first_key + " " + ORDERS.c.last_key)
_LAST_FIRST: Final = func.trim(ORDERS.c.last_key + " " + ORDERS.c.first_key)

TAGGED: Final[Mapping[str, Callable[[str], str]]] = {
    "hold": lambda key: f"hold:{key}",
    "blocked": lambda key: f"task:{BLOCKED}:{key}",
    "return": lambda key: f"return:{key}",
    "refund": lambda key: f"refund:{key}",
    "cancel": lambda key: f"cancel:{key}",
    "uncaptured": lambda key: "uncaptured_shipped" if key == SHIPPED else "uncaptured",
}
"""The tag behind a value, for fields that are tags and nothing else."""
_COLUMNS: Final[Mapping[str, ColumnElement[Any]]] = {
    "status": ORDERS.c.status,
    "payment": ORDERS.c.payment_status,
    "country": ORDERS.c.country,
    "bill-country": ORDERS.c.bill_country,
    "id": ORDERS.c.id_key,
    "email": ORDERS.c.email_key,
    "first": ORDERS.c.first_key,
    "last": ORDERS.c.last_key,
}
_PARTS: Final[Mapping[str, tuple[tuple[Table, ColumnElement[Any]], ...]]] = {
    "line": ((LINE, LINE.c.status),),
    "sku": ((LINE, LINE.c.sku_key),),
    "tracking": ((SHIPMENT, SHIPMENT.c.tracking_key),),
    "reference": ((PAYMENT, PAYMENT.c.reference_key), (OPERATION, OPERATION.c.reference_key)),
}


def condition(clause: Clause, known: Known) -> Where:
    """The condition on `ORDERS` that a clause is."""
    if clause.field in CHANNEL_FIELDS:
        return apart(ORDERS.c.channel_code).in_(known.channels(clause))
    if clause.field == "method":
        return apart(ORDERS.c.method).in_(known.methods(clause))
    if clause.field == "claimed":
        any_of = _claimed(clause, known)
    elif clause.field == "text":
        any_of = _has_words(clause, known)
    else:
        any_of = or_(false(), *(_test(clause.field, test) for test in clause.tests))
    return not_(any_of) if clause.negated else any_of


def compared(column: ColumnElement[Any], test: TextTest) -> Where:
    """A column of keys compared as a text test says. A tail is a beginning of the digits turned round."""
    if test.mode is Mode.EXACT:
        return column == test.key
    return begins(column, test.key if test.mode is Mode.PREFIX else test.key[::-1])


def has_tag(name: str) -> Where:
    """The condition that an order has a tag."""
    return _exists(TAG, TAG.c.tag == name, TAG.c.created == apart(ORDERS.c.created))


def amount(test: AmountTest, minor: ColumnElement[Any]) -> Where:
    """The condition on a total that it lies within the bounds for its currency."""
    currency = apart(ORDERS.c.currency)
    either = []
    for bounds in test.bounds:
        of_currency: Where
        if test.currency is not None:
            of_currency = currency == test.currency
        else:
            of_currency = currency.in_(_CURRENCIES[bounds.decimals])
        either.append(and_(of_currency, *within(minor, bounds.low, bounds.high)))
    return or_(false(), *either)


def within(column: ColumnElement[Any], low: int | None, high: int | None) -> list[Where]:
    """The conditions that a column lies within half-open bounds."""
    sides = [column >= low] if low is not None else []
    return [*sides, column < high] if high is not None else sides


def sought_words(clause: Clause, known: Known) -> str | None:
    """The index's expression for the words of a clause on `text`; None where no order has them."""
    tests = [test.words for test in clause.tests if isinstance(test, WordsTest)]
    return known.spelling.expression([[Sought(word) for word in words] for words in tests])


def _test(name: str, test: Test) -> Where:
    match test:
        case TextTest():
            return _text(name, test)
        case TimeTest(start, end) if name == "lapses":
            at = apart(ORDERS.c.lapses)
            return and_(at.is_not(None), *within(at, start, end))
        case TimeTest(start, end):
            return and_(true(), *within(apart(ORDERS.c.created), start, end))
        case AmountTest():
            return amount(test, apart(ORDERS.c.total_minor))
        case _:
            raise ValueError(f"{name} is not asked by {type(test).__name__}")


def _text(name: str, test: TextTest) -> Where:
    if name in _COLUMNS:
        return compared(apart(_COLUMNS[name]), test)
    if name in _PARTS:
        return or_(*(_exists(part, compared(apart(column), test)) for part, column in _PARTS[name]))
    if name == "name":
        return or_(compared(_FIRST_LAST, test), compared(_LAST_FIRST, test))
    if name == "phone":
        return compared(apart(ORDERS.c.phone_tail), test)
    if name == "task":
        return _task(test)
    if name == "uncaptured" and test.key == NO:
        return not_(has_tag("uncaptured"))
    return has_tag(TAGGED[name](test.key))


def _task(test: TextTest) -> Where:
    if test.key == BLOCKED:
        return has_tag(f"task:{BLOCKED}")
    state, _, name = test.key.partition("/")
    of_name = [_TASK.c.task == name] if name else []
    return _exists(_TASK, _TASK.c.state == state, *of_name)


def _claimed(clause: Clause, known: Known) -> Where:
    tests = [test for test in clause.tests if isinstance(test, PresenceTest)]
    running = _exists(CLAIM, known.is_claimed_now)
    either = [running if test.is_present else not_(running) for test in tests]
    by_name = Clause(clause.field, tuple(test for test in clause.tests if test not in tests))
    if people := known.claimants(by_name):
        either.append(_exists(CLAIM, known.is_claimed_now, CLAIM.c.person.in_(people)))
    return or_(false(), *either)


def _has_words(clause: Clause, known: Known) -> Where:
    sought = sought_words(clause, known)
    if sought is None:
        return false()
    # Not correlated: SQLite gathers the orders once, however many it then sifts.
    return _PK.in_(select(SEARCH.c.rowid.op("&")(PK_MASK)).where(found_by(sought)))


def _exists(part: FromClause, *where: Any) -> Where:
    """The condition that an order has such a part. Orders are not looked up by their parts here."""
    return select(part.c.order_pk).where(part.c.order_pk == _PK, *where).correlate(ORDERS).exists()


_CURRENCIES: Final[Mapping[int, tuple[str, ...]]] = {
    decimals: tuple(code for code, known in DECIMALS.items() if known == decimals)
    for decimals in set(DECIMALS.values())
}
