"""Stock as somebody counted it: how many pieces of which article are where (`oms-tui import stock`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from oms_tui.desk.authorise import authorise
from oms_tui.desk.desk import Desk
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.authority import Right
from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.domain.status import LineStatus
from oms_tui.domain.world import Location
from oms_tui.store import orders, stock
from oms_tui.store.engine import Connection

SET_STOCK = "stock.set"
"""The action of the audit entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Pieces of an article at a location, as counted."""

    location: str
    sku: str
    on_hand: int


@dataclass(slots=True, kw_only=True)
class StockSet:
    """What became of a count."""

    changed: int = 0
    same: int = 0
    """Places that had this number already."""
    locations: int = 0
    """Locations that are new, or of which something else was known."""
    new_locations: tuple[str, ...] = ()
    """Locations of the count that the desk did not know."""
    new_skus: int = 0
    """SKUs of the count that neither an order line nor stock knew."""
    woken: int = 0
    """Orders that waited for one of the articles and try again now."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Place in what was given, and why it was not taken."""


def set_stock(
    desk: Desk,
    counted: Sequence[Counted],
    locations: Sequence[Location] = (),
    *,
    source: str,
    actor: Actor = LOCAL_ACTOR,
    is_dry_run: bool = False,
) -> StockSet:
    """Take a count over, all of it in one transaction; orders that waited for an article try again at once.

    Args:
        desk: The desk.
        counted: What was counted. Less than open lines hold is refused, row by row.
        locations: What is known of the locations.
        source: Where it comes from, for the audit log.
        actor: Who brings it.
        is_dry_run: Whether only what would come of it is told.

    Raises:
        NoRight: The actor may not import.
        StoreError: The database refused; nothing was written.
    """
    actor = authorise(desk, actor, Right.EVENT_PROBLEMS, subject=source)
    with desk.store.read() as conn:  # before the write: it may look through all lines
        new_locations, new_skus = _news(conn, counted)
        if is_dry_run:
            found = _compared(conn, counted, _merged(conn, locations))[0]
            return replace(found, new_locations=new_locations, new_skus=new_skus)
    with writing(desk) as work:
        merged = _merged(work.conn, locations)
        found, levels = _compared(work.conn, counted, merged)
        stock.put_locations(work.conn, merged)
        more = set()
        for level in levels:
            known = stock.level(work.conn, level.location, level.sku)
            stock.put_level(work.conn, level.location, level.sku, level.on_hand)
            if known is None or level.on_hand > known.on_hand:
                more.add(code_key(level.sku))
        found.woken = _wake(work, more)
        if found.changed or found.locations:
            places = f"{found.changed:,} place{'' if found.changed == 1 else 's'}"
            work.log(actor, SET_STOCK, f"Stock set at {places}, from {source}", subject=source)
    return replace(found, new_locations=new_locations, new_skus=new_skus)


def _news(conn: Connection, counted: Sequence[Counted]) -> tuple[tuple[str, ...], int]:
    """Locations that the desk does not know yet, and how many SKUs that nothing here names."""
    known = {place.code for place in stock.locations(conn)}
    unknown = dict.fromkeys(one.location for one in counted if one.location not in known)
    return tuple(unknown), len(stock.unknown_skus(conn, {code_key(one.sku) for one in counted}))


def _merged(conn: Connection, given: Sequence[Location]) -> list[Location]:
    """Locations with what was known of them where nothing new is said."""
    known = {place.code: place for place in stock.locations(conn)}
    merged = []
    for place in given:
        was = known.get(place.code, place)
        name = was.name if place.name == place.code else place.name
        merged.append(replace(place, name=name, country=place.country or was.country))
    return merged


def _compared(
    conn: Connection, counted: Sequence[Counted], locations: Sequence[Location]
) -> tuple[StockSet, list[Counted]]:
    """What would come of a count, and what of it is to be written."""
    known = {place.code: place for place in stock.locations(conn)}
    found = StockSet(locations=sum(known.get(place.code) != place for place in locations))
    levels = []
    for place, one in enumerate(counted):
        level = stock.level(conn, one.location, one.sku)
        if level is not None and level.reserved > one.on_hand:
            found.refused.append(
                (place, f"open lines hold {level.reserved:,} there: {one.on_hand:,} cannot be all")
            )
        elif level is not None and level.on_hand == one.on_hand:
            found.same += 1
        else:
            found.changed += 1
            levels.append(one)
    return found, levels


def _wake(work: Writing, sku_keys: set[str]) -> int:
    """Let the orders that wait for one of these articles try now; how many those are.

    That is a run of a task and no more: no new version, no audit entry (architecture 3).
    """
    count = 0
    for stored in orders.load_many(work.conn, stock.waiting_orders(work.conn, sku_keys)):
        tasks = tuple(_now(task, work) for task in stored.order.tasks)
        if tasks != stored.order.tasks and _waits_for(stored.order, sku_keys):
            orders.save_flow(work.conn, stored.pk, stored.order, replace(stored.order, tasks=tasks))
            count += 1
    return count


def _now(task: FlowTask, work: Writing) -> FlowTask:
    waits = task.task is Task.ALLOCATION and task.state is TaskState.ACTIVE
    return replace(task, next_run=work.now) if waits and task.next_run != work.now else task


def _waits_for(order: Order, sku_keys: set[str]) -> bool:
    return any(
        line.status is LineStatus.PENDING_ALLOCATION and code_key(line.sku) in sku_keys
        for line in order.lines
    )
