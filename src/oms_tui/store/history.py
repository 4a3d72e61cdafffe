"""What is known of a customer from their other orders: for the fraud check and the approval of first orders
(spec 3.3)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.money import Money
from oms_tui.domain.order import Order
from oms_tui.domain.status import HoldKind, OrderStatus
from oms_tui.domain.world import CustomerHistory, EarlierCase
from oms_tui.store.tables import HoldRow, OrderRow, table

MOST_LOOKED_AT: Final = 200
"""Orders of a customer that are looked at, the latest."""
_ORDER = table(OrderRow)
_HOLD = table(HoldRow)
_SEEN = (
    _ORDER.c.pk,
    _ORDER.c.id,
    _ORDER.c.status,
    _ORDER.c.currency,
    _ORDER.c.total_minor,
    _ORDER.c.bill_country,
    _ORDER.c.country,
)


def _by(column: Any) -> Any:
    # The condition on "" is that of the index, which is not used without it.
    return (
        select(*_SEEN)
        .where(column == bindparam("key"), column != "", _ORDER.c.id != bindparam("id"))
        .order_by(_ORDER.c.created.desc())
        .limit(MOST_LOOKED_AT)
    )


_BY_NUMBER = _by(_ORDER.c.customer_number)
_BY_EMAIL = _by(_ORDER.c.email_key)
_CASES = select(_HOLD.c.order_pk, _HOLD.c.evidence, _HOLD.c.released_at).where(
    _HOLD.c.order_pk.in_(bindparam("pks", expanding=True)), _HOLD.c.kind == HoldKind.FRAUD.value
)


def history_of(conn: Connection, order: Order) -> CustomerHistory:
    """The customer's other orders, by their number, else by their e-mail; nothing where neither is known."""
    number, email = order.customer.number, code_key(order.customer.email)
    if not number and not email:
        return CustomerHistory()
    asked = {"key": number or email, "id": order.id}
    found = conn.execute(_BY_NUMBER if number else _BY_EMAIL, asked).all()
    if not found:
        return CustomerHistory()
    standing = [row for row in found if row[2] != OrderStatus.CANCELLED.value]
    pairs = Counter((bill, ship) for *_, bill, ship in standing if bill and ship)
    return CustomerHistory(
        orders=len(standing),
        usual=_median((row[4] for row in standing if row[3] == order.currency), order.currency),
        cases=_cases(conn, {row[0]: (row[1], row[2]) for row in found}),
        pairs=tuple((bill, ship, count) for (bill, ship), count in pairs.most_common()),
    )


def _median(totals: Iterable[int], currency: str) -> Money | None:
    """The lower of the two in the middle: an amount that somebody really paid."""
    known = sorted(totals)
    return Money(known[(len(known) - 1) // 2], currency) if known else None


def _cases(conn: Connection, known: dict[int, tuple[str, str]]) -> tuple[EarlierCase, ...]:
    """The fraud holds of these orders: released = genuine; open on a cancelled order = fraud."""
    cases = []
    for pk, evidence, released in conn.execute(_CASES, {"pks": list(known)}):
        order_id, status = known[pk]
        outcome = "genuine" if released is not None else "open"
        if released is None and status == OrderStatus.CANCELLED.value:
            outcome = "fraud"
        cases.append(EarlierCase(order_id=order_id, combination=evidence, outcome=outcome))
    return tuple(cases)
