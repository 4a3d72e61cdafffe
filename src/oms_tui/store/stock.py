"""Locations and their stock, kept in step with the lines of the orders.

`reserved` is not written by hand: it follows the lines, by whatever door they changed. A line from Allocated
to Packed holds its pieces at its location; one that is handed over takes them away for good; a location that
was short has nothing free left.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.flow import Task, TaskState
from oms_tui.domain.order import Line, Order
from oms_tui.domain.plan import StockKind, StockMove
from oms_tui.domain.status import SHIPPED_OR_LATER, LineStatus
from oms_tui.domain.world import Location, LocationType
from oms_tui.store.errors import RuleBroken
from oms_tui.store.statements import BATCH, Values, insert_rows, rows_of, update_row, update_rows
from oms_tui.store.tables import LineRow, LocationRow, OpenTaskRow, StockRow, table

HOLDING: Final = frozenset(
    {
        LineStatus.ALLOCATED,
        LineStatus.PENDING_ACK,
        LineStatus.PENDING_CONFIRM,
        LineStatus.CONFIRMED,
        LineStatus.PACKED,
    }
)
"""The statuses in which a line holds stock at its location."""
MOST_NAMED: Final = 1_000
_STOCK = table(StockRow)
_LOCATION = table(LocationRow)
_LINE = table(LineRow)
_TASK = table(OpenTaskRow)
_ONE = select(_STOCK.c.sku, _STOCK.c.on_hand, _STOCK.c.reserved).where(
    _STOCK.c.sku_key == bindparam("sku_key"), _STOCK.c.location == bindparam("location")
)
_OF_SKU = select(_STOCK.c.location, _STOCK.c.on_hand - _STOCK.c.reserved).where(
    _STOCK.c.sku_key == bindparam("sku_key"), _STOCK.c.on_hand > _STOCK.c.reserved
)
_LOCATIONS = select(_LOCATION.c.code, _LOCATION.c.name, _LOCATION.c.country, _LOCATION.c.type).order_by(
    _LOCATION.c.code
)
_HAS_LOCATION = select(_LOCATION.c.code).where(_LOCATION.c.code == bindparam("code"))
_TYPE = {kind.value: kind for kind in LocationType}

Place = tuple[str, str]
"""(the SKU as compared, location)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """Pieces of an article at a location."""

    location: str
    sku: str
    on_hand: int
    reserved: int = 0

    @property
    def free(self) -> int:
        """Pieces that no line holds."""
        return self.on_hand - self.reserved


@dataclass(slots=True)
class _Change:
    """What becomes of the stock at one place."""

    sku: str
    reserved: int = 0
    gone: int = 0
    is_short: bool = False
    is_found: bool = False
    """Whether the pieces are there, whatever was known of the place."""


@dataclass(slots=True)
class _Changes:
    """What becomes of the stock, place by place."""

    by_place: dict[Place, _Change] = field(default_factory=dict)

    def at(self, location: str, sku: str) -> _Change:
        return self.by_place.setdefault((code_key(sku), location), _Change(sku))

    def line(self, line: Line, sign: int) -> None:
        """Count a line that is there (1) or was there before (-1)."""
        if not line.location:
            return
        if line.status in HOLDING:
            self.at(line.location, line.sku).reserved += sign * line.quantity
        elif line.status in SHIPPED_OR_LATER:
            self.at(line.location, line.sku).gone += sign * line.quantity


def locations(conn: Connection) -> tuple[Location, ...]:
    """Every location, by code."""
    return tuple(
        Location(code=code, name=name, country=country, type=_TYPE[kind])
        for code, name, country, kind in rows_of(conn, _LOCATIONS)
    )


def put_locations(conn: Connection, known: Iterable[Location]) -> None:
    """Write locations, new or in the place of what was known of them."""
    rows = [{"code": x.code, "name": x.name, "country": x.country, "type": x.type.value} for x in known]
    if rows:
        write = insert(_LOCATION)
        fresh = {name: write.excluded[name] for name in ("name", "country", "type")}
        conn.execute(write.on_conflict_do_update(index_elements=[_LOCATION.c.code], set_=fresh), rows)


def free(conn: Connection, sku: str) -> dict[str, int]:
    """Location -> pieces of an article that are on hand and not reserved; locations without any left out."""
    return {location: pieces for location, pieces in rows_of(conn, _OF_SKU, code_key(sku))}


def level(conn: Connection, location: str, sku: str) -> StockLevel | None:
    """The stock of an article at a location; None where nothing is known of it."""
    rows = rows_of(conn, _ONE, code_key(sku), location)
    return (
        StockLevel(location=location, sku=rows[0][0], on_hand=rows[0][1], reserved=rows[0][2])
        if rows
        else None
    )


def put_level(conn: Connection, location: str, sku: str, on_hand: int) -> bool:
    """Set how many pieces of an article are on hand at a location; whether that was another number.

    Raises:
        RuleBroken: Open lines hold more than that.
    """
    known = level(conn, location, sku)
    if known is not None and known.on_hand == on_hand:
        return False
    if known is None:
        _add_location(conn, location)
        insert_rows(conn, StockRow, [(code_key(sku), location, sku, on_hand, 0)])
        return True
    if known.reserved > on_hand:
        raise RuleBroken(f"{known.reserved} of {sku} are reserved at {location}, so {on_hand} cannot be all.")
    _write(conn, (code_key(sku), location), known, replace(known, on_hand=on_hand))
    return True


def follow(conn: Connection, before: Order, after: Order, moves: Sequence[StockMove] = ()) -> None:
    """Let the stock follow the lines of an order that was changed: see `Levels`.

    Raises:
        RuleBroken: More would be reserved than is on hand.
    """
    levels = Levels(conn)
    levels.follow(before, after, moves)
    levels.write()


class Levels:
    """The stock that follows an order through one change after the other, and is written once."""

    def __init__(self, conn: Connection) -> None:
        """Begin with what is stored; the connection holds the write lock until `write`."""
        self._conn = conn
        self._stored: dict[Place, StockLevel | None] = {}
        self._now: dict[Place, StockLevel] = {}

    def follow(self, before: Order, after: Order, moves: Sequence[StockMove] = ()) -> None:
        """Follow a change.

        Args:
            before: The order as it was.
            after: The order as it is.
            moves: What the change says of stock; of these it counts which locations turned out to be short.

        Raises:
            RuleBroken: More would be reserved than is on hand; the levels stay as they were.
        """
        changed = {
            place: _followed(self._level(place, change), place, change)
            for place, change in _changes(before, after, moves).by_place.items()
            if change.reserved or change.gone > 0 or change.is_short
        }
        self._now |= changed

    def mark(self) -> Mapping[Place, StockLevel]:
        """The levels as they are now, for `back_to`."""
        return dict(self._now)

    def back_to(self, mark: Mapping[Place, StockLevel]) -> None:
        """Forget what was followed since a mark was made."""
        self._now = dict(mark)

    def write(self) -> None:
        """Write the levels that are others now."""
        fresh, changed = [], []
        for place, after in self._now.items():
            before, row = self._stored[place], _row(place, after)
            if before is None:
                _add_location(self._conn, after.location)
                fresh.append(row)
            else:
                changed.append((_row(place, before), row))
            self._stored[place] = after
        insert_rows(self._conn, StockRow, fresh)
        update_rows(self._conn, StockRow, changed)
        self._now.clear()

    def _level(self, place: Place, change: _Change) -> StockLevel | None:
        if place in self._now:
            return self._now[place]
        if place not in self._stored:
            self._stored[place] = level(self._conn, place[1], change.sku)
        return self._stored[place]


def _changes(before: Order, after: Order, moves: Sequence[StockMove]) -> _Changes:
    changes = _Changes()
    if before.lines is not after.lines:
        old = {line.number: line for line in before.lines}
        for line in after.lines:
            previous = old.pop(line.number, None)
            if previous is not line:
                changes.line(line, 1)
                if previous is not None:
                    changes.line(previous, -1)
        for line in old.values():
            changes.line(line, -1)
    for move in moves:
        if move.kind is StockKind.SHORT:
            changes.at(move.location, move.sku).is_short = True
        elif move.kind is StockKind.FOUND:
            changes.at(move.location, move.sku).is_found = True
    return changes


def take_in(conn: Connection, orders: Iterable[Order]) -> None:
    """Reserve what the open lines of new orders hold. What they hold is there, so it is on hand too."""
    changes = _Changes()
    for order in orders:
        for line in order.lines:
            if line.status in HOLDING:
                changes.line(line, 1)
    for place, change in changes.by_place.items():
        if change.reserved:
            _take(conn, place, change)


def problems(conn: Connection) -> Iterator[str]:
    """One sentence for every place where other pieces are reserved than the open lines hold (F8)."""
    held: Counter[Place] = Counter()
    pieces = (
        select(_LINE.c.sku_key, _LINE.c.location, func.sum(_LINE.c.quantity))
        .where(_LINE.c.status.in_([status.value for status in HOLDING]), _LINE.c.location != "")
        .group_by(_LINE.c.sku_key, _LINE.c.location)
    )
    for sku_key, location, quantity in conn.execute(pieces):
        held[sku_key, location] = int(quantity)
    reserved: Counter[Place] = Counter()
    names: dict[Place, str] = {}
    for sku_key, location, sku, count in conn.execute(
        select(_STOCK.c.sku_key, _STOCK.c.location, _STOCK.c.sku, _STOCK.c.reserved)
    ):
        reserved[sku_key, location], names[sku_key, location] = count, sku
        if code_key(sku) != sku_key:
            yield f"Stock of {sku} at {location} is kept under {sku_key!r}."
    wrong = sorted(place for place in held.keys() | reserved.keys() if held[place] != reserved[place])
    for place in wrong[:MOST_NAMED]:
        name = names.get(place, place[0])
        yield (
            f"Stock of {name} at {place[1]}: {reserved[place]:,} reserved, open lines hold {held[place]:,}."
        )
    if len(wrong) > MOST_NAMED:
        yield f"{len(wrong) - MOST_NAMED:,} more places have other reserved pieces than the lines hold."


def _followed(known: StockLevel | None, place: Place, change: _Change) -> StockLevel:
    """The level after a change.

    Raises:
        RuleBroken: More would be reserved than is on hand.
    """
    location = place[1]
    if known is None:
        # Nothing was known of the article here: what is held, or given back, is what there is.
        on_hand = 0 if change.is_short else abs(change.reserved)
        held = max(change.reserved, 0)
        return StockLevel(location=location, sku=change.sku, on_hand=max(on_hand, held), reserved=held)
    reserved = known.reserved + change.reserved
    on_hand = known.on_hand
    if change.gone > 0:
        on_hand = max(on_hand - change.gone, reserved)
    if change.is_short:
        on_hand = reserved
    if change.is_found:
        on_hand = max(on_hand, reserved)
    if not 0 <= reserved <= on_hand:
        raise RuleBroken(
            f"{location} has {known.free:,} of {change.sku} free, not {change.reserved:,}: none is reserved."
        )
    return replace(known, on_hand=on_hand, reserved=reserved)


def _take(conn: Connection, place: Place, change: _Change) -> None:
    location = place[1]
    known = level(conn, location, change.sku)
    if known is None:
        _add_location(conn, location)
        held = change.reserved
        insert_rows(conn, StockRow, [(place[0], location, change.sku, held, held)])
        return
    reserved = known.reserved + change.reserved
    _write(conn, place, known, replace(known, on_hand=max(known.on_hand, reserved), reserved=reserved))


def _write(conn: Connection, place: Place, before: StockLevel, after: StockLevel) -> None:
    changed = {
        name: getattr(after, name)
        for name in ("on_hand", "reserved")
        if getattr(after, name) != getattr(before, name)
    }
    if changed:
        update_row(conn, StockRow, changed, {"sku_key": place[0], "location": place[1]})


def _row(place: Place, level: StockLevel) -> Values:
    return (*place, level.sku, level.on_hand, level.reserved)


def _add_location(conn: Connection, code: str) -> None:
    """A location that orders name before anybody told of it: nothing but its code is known."""
    if not rows_of(conn, _HAS_LOCATION, code):
        insert_rows(conn, LocationRow, [(code, code, "", LocationType.WAREHOUSE.value)])


def unknown_skus(conn: Connection, sku_keys: Iterable[str]) -> set[str]:
    """Those of these articles that no stock row and no order line names; both are read whole."""
    unknown = set(sku_keys)
    for column in (_STOCK.c.sku_key, _LINE.c.sku_key):
        if unknown:
            unknown.difference_update(conn.execute(select(column).distinct()).scalars())
    return unknown


def waiting_orders(conn: Connection, sku_keys: Iterable[str]) -> list[int]:
    """The numbers of the orders whose allocation waits for one of these articles, by rising number."""
    wanted = sorted(sku_keys)
    found: set[int] = set()
    for start in range(0, len(wanted), BATCH):
        query = (
            select(_LINE.c.order_pk)
            .join(_TASK, _TASK.c.order_pk == _LINE.c.order_pk)
            .where(
                _TASK.c.task == Task.ALLOCATION.value,
                _TASK.c.state == TaskState.ACTIVE.value,
                _LINE.c.status == LineStatus.PENDING_ALLOCATION.value,
                _LINE.c.sku_key.in_(wanted[start : start + BATCH]),
            )
            .distinct()
        )
        found.update(conn.execute(query).scalars())
    return sorted(found)
