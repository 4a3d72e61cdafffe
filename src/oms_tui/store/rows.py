"""Rows of the orders list as values: the columns they are read from and the order they stand in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, select

from oms_tui.clock import from_micros
from oms_tui.domain.answers import OrderSummary, Position, RowClaim
from oms_tui.domain.filter import SORT_NEEDS, ResolvedSort
from oms_tui.domain.money import Money
from oms_tui.domain.own_facts import OwnFact
from oms_tui.domain.status import ChannelType, HoldKind, OrderStatus, PaymentStatus
from oms_tui.store.tables import OrderRow, table

Row = Any
"""A row read with `COLUMNS`."""
ORDERS: Final = table(OrderRow)
_NAMES: Final = (
    "pk",
    "id",
    "id_key",
    "version",
    "created",
    "status",
    "ahead",
    "pieces",
    "payment_status",
    "holds",
    "has_undelivered",
    "first_name",
    "last_name",
    "customer_number",
    "email",
    "phone",
    "region",
    "country",
    "channel_code",
    "channel_type",
    "method",
    "currency",
    "total_minor",
    "placed_minor",
    "lapses",
    "asked",
)
COLUMNS: Final[tuple[ColumnElement[Any], ...]] = tuple(ORDERS.c[name] for name in _NAMES)
"""What a row of the list is read from."""
NEWEST_FIRST: Final = ResolvedSort("created", descending=True)
"""The order of rows where none was asked for."""

_SORT_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "created": ("created", "pk"),
    "total": ("currency", "total_minor", "pk"),
    "id": ("id_key", "pk"),
    "lapses": ("lapses", "created", "pk"),
    "asked": ("asked", "id_key", "pk"),
}
"""No two have columns of the same types: by them a position is known for one of its sort (`is_position`)."""
_SORT_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "created": (int, int),
    "total": (str, int, int),
    "id": (str, int),
    "lapses": (int, int, int),
    "asked": (int, str, int),
}
_PLACE: Final = {name: place for place, name in enumerate(_NAMES)}
_STATUS: Final = {status.value: status for status in OrderStatus}
_PAYMENT: Final = {status.value: status for status in PaymentStatus}
_HOLD: Final = {kind.value: kind for kind in HoldKind}
_CHANNEL_TYPE: Final = {kind.value: kind for kind in ChannelType}
_BY_PKS: Final = select(*COLUMNS).where(ORDERS.c.pk.in_(bindparam("pks", expanding=True)))


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order of rows: its columns, of which the last is the order's number, and its direction."""

    key: str
    descending: bool

    @classmethod
    def of(cls, sort: ResolvedSort | None) -> "Sorting":
        """The order that was asked for, newest first where none was."""
        wanted = sort or NEWEST_FIRST
        return cls(wanted.key, wanted.descending)

    @property
    def few(self) -> ColumnElement[Any] | None:
        """The column sorted by, where only few orders have a value in it: its index leaves out the others."""
        return ORDERS.c[self.key] if self.key in SORT_NEEDS else None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return _SORT_COLUMNS[self.key]

    def position(self, row: Any) -> Position:
        """Where a row stands."""
        return tuple(row[_PLACE[name]] for name in self.names)

    def is_position(self, position: Position) -> bool:
        """Whether a position is one of this order of rows, and not of another."""
        types = _SORT_TYPES[self.key]
        return len(position) == len(types) and all(map(isinstance, position, types))


def summary(
    row: Row,
    sorting: Sorting,
    *,
    claim: RowClaim | None = None,
    reason: str = "",
    own: OwnFact | None = None,
) -> OrderSummary:
    """The value of a row, with what stands beside it (`beside`)."""
    (_pk, id, _id_key, version, created, status, ahead, pieces, payment, holds, undelivered) = row[:11]
    (first, last, number, email, phone, region, country, channel, channel_type, method) = row[11:21]
    return OrderSummary(
        id=id,
        position=sorting.position(row),
        version=version,
        created=from_micros(created),
        status=_STATUS[status],
        ahead=ahead,
        pieces=pieces,
        payment=_PAYMENT[payment],
        holds=tuple(_HOLD[kind] for kind in holds.split(",")) if holds else (),
        has_undelivered=bool(undelivered),
        first_name=first,
        last_name=last,
        customer_number=number,
        email=email,
        phone=phone,
        region=region,
        country=country,
        channel=channel,
        channel_type=_CHANNEL_TYPE[channel_type],
        method=method,
        total=Money(row[22], row[21]),
        placed_total=Money(row[23], row[21]),
        claim=claim,
        reason=reason,
        own=own,
    )


def by_number(conn: Connection, pks: Iterable[int]) -> dict[int, Any]:
    """The rows of these orders, by their number; unknown ones are left out."""
    return {row[0]: row for row in conn.execute(_BY_PKS, {"pks": list(pks)})}
