"""Copies of facts made anew after an upgrade: a newer program may keep more of them, or keep them otherwise.

Only orders with open tasks are read, those whose customer asks to cancel, and those with several payments
that are captured or refunded: what is kept of the others is derived the same way as ever.
"""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select, union, update

from oms_tui.clock import to_micros
from oms_tui.domain.filter.facts import asked_of, lapse_of
from oms_tui.domain.payment import order_payment_status
from oms_tui.domain.status import PaymentStatus
from oms_tui.store import facts, orders
from oms_tui.store.orders import Stored
from oms_tui.store.statements import BATCH, insert_rows
from oms_tui.store.tables import OpenTaskRow, OrderRow, PaymentRow, TagRow, table

_ORDER = table(OrderRow)
_TASK = table(OpenTaskRow)
_PAYMENT = table(PaymentRow)
_TOGETHER = (PaymentStatus.CAPTURED.value, PaymentStatus.REFUNDED.value)
"""Payment statuses of an order that were kept as those of one of its payments before revision 0015."""
_TAG = table(TagRow)
_OF_RETURNS = "return:"
"""How the tags begin that follow the returns, not the order."""


def copy_open_orders(conn: Connection) -> None:
    """Write when every order is due, lapses and was asked to be cancelled, its payment status, its tags and
    their counters, as this program derives them."""
    last = 0
    while pks := _next(conn, last):
        kept = _tags(conn, pks)
        deltas: Counter[str] = Counter()
        due = []
        for stored in orders.load_many(conn, pks):
            order = stored.order
            moments = {"moment": facts.due(order), "lapse": lapse_of(order), "ask": asked_of(order)}
            due.append({"order": stored.pk, "paid": order_payment_status(order).value, **moments})
            deltas.update(_copy_tags(conn, stored, kept.get(stored.pk, frozenset())))
        conn.execute(
            update(_ORDER)
            .where(_ORDER.c.pk == bindparam("order"))
            .values(
                due=bindparam("moment"),
                lapses=bindparam("lapse"),
                asked=bindparam("ask"),
                payment_status=bindparam("paid"),
            ),
            due,
        )
        facts.update_counters(conn, deltas)
        last = pks[-1]


def _next(conn: Connection, after: int) -> list[int]:
    found = union(
        select(_TASK.c.order_pk).where(_TASK.c.order_pk > after),
        select(_TAG.c.order_pk).where(_TAG.c.tag == "cancel:requested", _TAG.c.order_pk > after),
        select(_PAYMENT.c.order_pk)
        .join(_ORDER, _ORDER.c.pk == _PAYMENT.c.order_pk)
        .where(_PAYMENT.c.number > 1, _PAYMENT.c.order_pk > after, _ORDER.c.payment_status.in_(_TOGETHER)),
    ).subquery()
    return list(conn.execute(select(found.c.order_pk).order_by(found.c.order_pk).limit(BATCH)).scalars())


def _tags(conn: Connection, pks: Sequence[int]) -> dict[int, frozenset[str]]:
    """The tags that are kept of these orders, but for those of their returns."""
    found: dict[int, set[str]] = {}
    for pk, tag in conn.execute(select(_TAG.c.order_pk, _TAG.c.tag).where(_TAG.c.order_pk.in_(pks))):
        if not tag.startswith(_OF_RETURNS):
            found.setdefault(pk, set()).add(tag)
    return {pk: frozenset(tags) for pk, tags in found.items()}


def _copy_tags(conn: Connection, stored: Stored, kept: frozenset[str]) -> Counter[str]:
    """Write the tags of one order; what its counters change by."""
    wanted = facts.tags(stored.order)
    if gone := sorted(kept - wanted):
        conn.execute(delete(_TAG).where(_TAG.c.order_pk == stored.pk, _TAG.c.tag.in_(gone)))
    created = to_micros(stored.order.created)
    insert_rows(conn, TagRow, [(tag, created, stored.pk) for tag in sorted(wanted - kept)])
    return facts.difference(kept, wanted)
