"""What happened last: the order feed, and what a person opened (spec 7, Dashboard)."""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from oms_tui.clock import from_micros
from oms_tui.domain.answers import FeedEntry, OrderSummary
from oms_tui.domain.derive import Standing
from oms_tui.domain.money import Money
from oms_tui.domain.status import OrderStatus, ReturnStatus, word
from oms_tui.store.rows import COLUMNS, NEWEST_FIRST, ORDERS, Sorting, summary
from oms_tui.store.tables import OpenedRow, ReturnRow, table

_RETURN: Final = table(ReturnRow)
_OPENED: Final = table(OpenedRow)
_LAST_ORDERS: Final = (
    select(
        ORDERS.c.touched,
        ORDERS.c.id,
        ORDERS.c.channel_code,
        ORDERS.c.method,
        ORDERS.c.total_minor,
        ORDERS.c.currency,
        ORDERS.c.status,
        ORDERS.c.ahead,
        ORDERS.c.pieces,
    )
    .order_by(ORDERS.c.touched.desc(), ORDERS.c.pk.desc())
    .limit(bindparam("limit"))
)
_LAST_RETURNS: Final = (
    select(
        _RETURN.c.touched,
        _RETURN.c.id,
        ORDERS.c.id,
        ORDERS.c.channel_code,
        _RETURN.c.refund_minor,
        _RETURN.c.currency,
        _RETURN.c.status,
    )
    .select_from(_RETURN.join(ORDERS, ORDERS.c.pk == _RETURN.c.order_pk))
    .order_by(_RETURN.c.touched.desc())
    .limit(bindparam("limit"))
)
_OPENED_LAST: Final = (
    select(*COLUMNS)
    .select_from(_OPENED.join(ORDERS, ORDERS.c.pk == _OPENED.c.order_pk))
    .where(_OPENED.c.person == bindparam("person"))
    .order_by(_OPENED.c.at.desc())
    .limit(bindparam("limit"))
)


def feed(conn: Connection, limit: int = 50) -> tuple[FeedEntry, ...]:
    """The orders and returns that something happened to last, newest first."""
    entries = [_order_entry(row) for row in conn.execute(_LAST_ORDERS, {"limit": limit})]
    entries += [_return_entry(row) for row in conn.execute(_LAST_RETURNS, {"limit": limit})]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return tuple(entries[:limit])


def recent(conn: Connection, person: str, limit: int = 10) -> tuple[OrderSummary, ...]:
    """The orders a person opened last, newest first."""
    sorting = Sorting.of(NEWEST_FIRST)
    rows = conn.execute(_OPENED_LAST, {"person": person, "limit": limit})
    return tuple(summary(row, sorting) for row in rows)


def _order_entry(row: Any) -> FeedEntry:
    touched, id, channel, method, total, currency, status, ahead, pieces = row
    return FeedEntry(
        at=from_micros(touched),
        id=id,
        order_id=id,
        channel=channel,
        method=method,
        value=Money(total, currency),
        status=Standing(OrderStatus(status), ahead, pieces).text(),
    )


def _return_entry(row: Any) -> FeedEntry:
    touched, id, order_id, channel, refund, currency, status = row
    return FeedEntry(
        at=from_micros(touched),
        id=id,
        order_id=order_id,
        channel=channel,
        method="",
        value=-Money(refund, currency),
        status=word(ReturnStatus(status)),
    )
