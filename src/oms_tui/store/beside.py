"""What stands beside the rows of a list page: who works on an order now, and why it stands where it stands.

A few questions for a whole page, whatever its filter: claims and holds by the orders' numbers, and the packed
flows of those that are not over or of which a task failed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, select

from oms_tui.clock import from_micros
from oms_tui.domain.answers import RowClaim
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.own_facts import OwnFact, OwnKind, own_fact
from oms_tui.domain.status import HoldKind, OrderStatus, word
from oms_tui.store.orders import load_many
from oms_tui.store.packing import open_errors
from oms_tui.store.rows import ORDERS, Row
from oms_tui.store.tables import ClaimRow, HoldRow, TagRow, table

_CLAIM: Final = table(ClaimRow)
_HOLD: Final = table(HoldRow)
_TAG: Final = table(TagRow)
_PKS: Final[BindParameter[Any]] = bindparam("pks", expanding=True)
_CLAIMS: Final = select(_CLAIM.c.order_pk, _CLAIM.c.person, _CLAIM.c.since, _CLAIM.c.until).where(
    _CLAIM.c.order_pk.in_(_PKS), _CLAIM.c.until > bindparam("now")
)
_HOLDS: Final = (
    select(_HOLD.c.order_pk, _HOLD.c.kind, _HOLD.c.reason)
    .where(_HOLD.c.order_pk.in_(_PKS), _HOLD.c.released_at.is_(None))
    .order_by(_HOLD.c.order_pk, _HOLD.c.number)
)
_FAILED: Final = select(_TAG.c.order_pk).where(
    # Its key begins with these two: the orders' numbers alone would read every order of the tag.
    _TAG.c.tag == f"task:{TaskState.FAILED.value}",
    _TAG.c.created.in_(bindparam("created", expanding=True)),
    _TAG.c.order_pk.in_(_PKS),
)
_FLOWS: Final = select(ORDERS.c.pk, ORDERS.c.flow).where(ORDERS.c.pk.in_(_PKS))
_OVER: Final = (OrderStatus.DELIVERED, OrderStatus.CANCELLED, OrderStatus.RETURNED)
_WAITS: Final = (Task.PAYMENT_AUTHORIZATION, Task.ADDRESS_VALIDATION, Task.ALLOCATION, Task.CAPTURE)
"""The tasks whose waiting somebody may have to look at; the others wait for time or for the next hands."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside one row."""

    claim: RowClaim | None = None
    reason: str = ""
    own: OwnFact | None = None


NOTHING: Final = Beside()


def beside(
    conn: Connection, rows: Iterable[Row], now: int, about: OwnKind | None = None
) -> Mapping[int, Beside]:
    """What stands beside these rows, by the orders' numbers.

    Args:
        conn: The connection the rows were read with.
        rows: Rows read with `rows.COLUMNS`.
        now: Microseconds; a claim that has run out is none.
        about: What the list is about beyond its orders; only then they are read whole.
    """
    by_pk = {row.pk: row for row in rows}
    if not by_pk:
        return {}
    asked = {"pks": list(by_pk)}
    claims = {
        pk: RowClaim(person, from_micros(since), from_micros(until))
        for pk, person, since, until in conn.execute(_CLAIMS, asked | {"now": now})
    }
    held = {"pks": [pk for pk, row in by_pk.items() if row.holds]}
    holds: dict[int, list[Any]] = {}
    for pk, kind, reason in conn.execute(_HOLDS, held) if held["pks"] else ():
        if kind in by_pk[pk].holds.split(","):  # one that stops the order no more is no reason
            holds.setdefault(pk, []).append((HoldKind(kind), reason))
    over = {pk: row.created for pk, row in by_pk.items() if row.status in _OVER and not row.holds}
    asked_over = {"pks": list(over), "created": list(over.values())}
    failed = set(conn.execute(_FAILED, asked_over).scalars()) if over else set()
    going = {"pks": [pk for pk in by_pk if pk not in over or pk in failed]}
    flows = {pk: flow for pk, flow in conn.execute(_FLOWS, going)} if going["pks"] else {}
    reasons = {pk: _reason(flows.get(pk, "[]"), holds.get(pk, [])) for pk in by_pk}
    whole = {} if about is None else {one.pk: own_fact(one.order, about) for one in load_many(conn, by_pk)}
    return {pk: Beside(claims.get(pk), reasons[pk], whole.get(pk)) for pk in by_pk}


def _reason(flow: str, holds: list[tuple[HoldKind, str]]) -> str:
    """What failed, else the first hold, else what a task waits for that somebody may have to look at."""
    errors = open_errors(flow)
    for task, shipment, state, error in errors:
        if state is TaskState.FAILED:
            return f"{word(task)}{f' {shipment}' if shipment else ''} failed: {error or 'no reason given'}"
    if holds:
        kind, reason = holds[0]
        more = f" (and {len(holds) - 1} more)" if len(holds) > 1 else ""
        return f"{word(kind)}{more}: {reason}" if reason else f"{word(kind)}{more}"
    for task, shipment, _state, error in errors:
        if task in _WAITS and error:
            return f"{word(task)}{f' {shipment}' if shipment else ''}: {error}"
    return ""
