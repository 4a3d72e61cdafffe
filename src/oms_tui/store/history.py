"""What is known of a customer from their other orders: for the fraud check, its evidence, and the approval of
first orders (spec 3.3, 6).

A customer is whoever has the same number, the same e-mail address or the same last digits of a telephone.
Every question goes through an index and stops at a bound.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, select, text

from oms_tui.clock import to_micros
from oms_tui.domain.filter.keys import code_key, phone_tail
from oms_tui.domain.fraud import CONFIRMED
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.status import HoldKind, OrderStatus
from oms_tui.domain.world import CustomerHistory, EarlierCase
from oms_tui.store import audit
from oms_tui.store.sql import apart, successor
from oms_tui.store.statements import BATCH, one_of_batch, padded, rows_of
from oms_tui.store.tables import HoldRow, OrderRow, table

MOST_EARLIER: Final = 200
"""Earlier orders that are looked at for each trait, the latest."""
MOST_LATER: Final = 20
"""Later orders whose fraud cases are looked at for each trait."""
MOST_CASES: Final = 20
"""Fraud cases that are told, the latest."""
PHONE_DIGITS: Final = 9
"""Last digits of a telephone by which it is the same one, whether or not its country was written."""
_FEWEST_DIGITS: Final = 7
_FRAUD: Final = re.compile(r"fraud(?: \(.*\))?", re.DOTALL)
_LOOKED_AT_OF_CASE: Final = 50
"""Audit entries of a cancelled order among which the cancellation is looked for, the latest."""
_END_OF_TIME: Final = 2**62
_ORDER = table(OrderRow)
_HOLD = table(HoldRow)
_SEEN = tuple(
    _ORDER.c[name]
    for name in ("pk", "id", "created", "status", "currency", "total_minor", "bill_country", "country")
)


def _others(column: Any, created: ColumnElement[Any], *condition: ColumnElement[bool]) -> Any:
    """The customer's other orders, latest first, placed after one moment and no later than another."""
    return (
        select(*_SEEN)
        .where(
            *condition,
            text(f"{column} <> ''"),  # the index has a condition of its own, and is used only with its words
            created > bindparam("since"),
            created <= bindparam("until"),
            _ORDER.c.id != bindparam("id"),
        )
        .order_by(created.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _same(column: Any) -> Any:
    return _others(column, _ORDER.c.created, column == bindparam("key"))


_BY_NUMBER: Final = _same(_ORDER.c.customer_number)
_BY_EMAIL: Final = _same(_ORDER.c.email_key)
_BY_PHONE: Final = _others(
    _ORDER.c.phone_tail,
    apart(_ORDER.c.created),
    _ORDER.c.phone_tail >= bindparam("tail"),
    _ORDER.c.phone_tail < bindparam("past_tail"),
)
_CASES: Final = select(
    _HOLD.c.order_pk, _HOLD.c.evidence, _HOLD.c.reason, _HOLD.c.placed_at, _HOLD.c.released_at
).where(one_of_batch(_HOLD.c.order_pk), _HOLD.c.kind == bindparam("kind"))


def history_of(conn: Connection, order: Order) -> CustomerHistory:
    """What the customer's other orders tell; nothing where neither number, e-mail nor telephone is known.

    Counted, with what they usually spend and where they sent it, are orders placed no later than this one and
    not cancelled; fraud cases are also those of later ones.
    """
    placed = to_micros(order.created)
    earlier = _found(conn, order, -1, placed, MOST_EARLIER)
    later = _found(conn, order, placed, _END_OF_TIME, MOST_LATER)
    standing = [row for row in earlier.values() if row[3] != OrderStatus.CANCELLED.value]
    pairs = Counter((bill, ship) for *_, bill, ship in standing if bill and ship)
    return CustomerHistory(
        orders=len(standing),
        usual=_median((row[5] for row in standing if row[4] == order.currency), order.currency),
        cases=_cases(conn, earlier | later),
        pairs=tuple((bill, ship, count) for (bill, ship), count in pairs.most_common()),
    )


def _found(conn: Connection, order: Order, since: int, until: int, most: int) -> dict[int, Any]:
    """The customer's other orders by their row numbers, latest first for each trait."""
    customer = order.customer
    asked: list[tuple[Any, dict[str, str]]] = []
    if customer.number:
        asked.append((_BY_NUMBER, {"key": customer.number}))
    if email := code_key(customer.email):
        asked.append((_BY_EMAIL, {"key": email}))
    digits = phone_tail(customer.phone)[-PHONE_DIGITS:]
    if len(digits) >= _FEWEST_DIGITS:
        tail = digits[::-1]
        asked.append((_BY_PHONE, {"tail": tail, "past_tail": successor(tail) or tail}))
    bounds = {"since": since, "until": until, "id": order.id, "most": most}
    rows = (row for statement, key in asked for row in conn.execute(statement, key | bounds))
    return {row[0]: row for row in rows}


def _median(totals: Iterable[int], currency: str) -> Money | None:
    """The lower of the two in the middle: an amount that somebody really paid."""
    known = sorted(totals)
    return Money(known[(len(known) - 1) // 2], currency) if known else None


def _cases(conn: Connection, known: dict[int, Any]) -> tuple[EarlierCase, ...]:
    """The fraud holds of these orders and how they ended, latest first."""
    pks = list(known)
    holds: list[Any] = []
    for start in range(0, len(pks), BATCH):
        holds += rows_of(conn, _CASES, *padded(pks[start : start + BATCH]), HoldKind.FRAUD.value)
    holds.sort(key=lambda hold: (hold[3], hold[0]), reverse=True)
    return tuple(
        EarlierCase(
            order_id=known[pk][1],
            combination=evidence,
            outcome=_outcome(conn, pk, known[pk][3], reason, released),
        )
        for pk, evidence, reason, _, released in holds[:MOST_CASES]
    )


def _outcome(conn: Connection, pk: int, status: str, reason: str, released: int | None) -> str:
    """Released = genuine; decided as fraud, or cancelled with the reason fraud, = fraud; else still open."""
    if released is not None:
        return "genuine"
    if CONFIRMED in reason:
        return "fraud"
    if status != OrderStatus.CANCELLED.value:
        return "open"
    entries = audit.timeline(conn, pk, None, _LOOKED_AT_OF_CASE)
    cancelled = (entry.summary for entry in entries if entry.action == "order.cancel")
    return "fraud" if any(_ends_with_fraud(summary) for summary in cancelled) else "open"


def _ends_with_fraud(summary: str) -> bool:
    """Whether "Cancelled order X: REASON (NOTE)" gives fraud as its reason."""
    return bool(_FRAUD.fullmatch(summary.partition(": ")[2]))
