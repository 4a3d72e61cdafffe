"""Allocation: which location each line comes from, the shipments that follow, and telling the locations
(spec 3.3).

Nearest locations come first: the country of the ship-to, then its region, then the rest. Among equals those
win that serve most of the order, so that as few parcels as possible leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from oms_tui.domain.filter.keys import code_key
from oms_tui.domain.flow import DELIVERY_FLOW, Complete, FlowTask, Task, TaskState, Waiting, put_tasks, reopen
from oms_tui.domain.letters import HOUSE_LANGUAGE
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.plan import Message, StockKind, StockMove
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.domain.steps.base import FlowContext, Step, is_pickup, moved, names, pieces, step, with_lines
from oms_tui.domain.totals import next_line_number, split_line
from oms_tui.domain.world import World


@dataclass(slots=True)
class _Shelves:
    """Free stock by article and location, less what this run took."""

    world: World
    _free: dict[str, dict[str, int]] = field(default_factory=dict)

    def at(self, sku: str) -> dict[str, int]:
        key = code_key(sku)
        if key not in self._free:
            self._free[key] = dict(self.world.free_stock(sku))
        return self._free[key]

    def take(self, sku: str, location: str, quantity: int) -> None:
        self.at(sku)[location] -= quantity


@dataclass(slots=True)
class _Round:
    """What one run of Allocation found: (line or part, location) in the order of the lines."""

    placed: list[tuple[Line, str]] = field(default_factory=list)
    stays: list[Line] = field(default_factory=list)
    """Lines of which a part was split off, as they stay behind."""
    unserved: list[Line] = field(default_factory=list)


def allocation(order: Order, task: FlowTask, context: FlowContext) -> Step:
    """Takes stock for every line that waits for it; lines nobody has wait, the others go on."""
    pending = [line for line in order.lines if line.status is LineStatus.PENDING_ALLOCATION]
    found = _search(order, pending, context.world) if pending else _Round()
    order, stock = _reserve(order, found, context)
    order, messages = _tell(order)
    if found.placed:
        # What is compared and what crosses a border may be another country now.
        order = reopen(order, (Task.FRAUD_CHECK, Task.DUTIES), context.now)
    if found.unserved:
        waiting = Waiting(_why_not(order, found.unserved, context.world))
        return step(waiting, order, stock=stock, messages=messages)
    places = sorted({location for _, location in found.placed})
    said = f"allocated at {names(places)}" if places else "every line has its location"
    return step(Complete(said), order, stock=stock, messages=messages)


def _ranks(order: Order, world: World) -> tuple[tuple[str, ...], ...]:
    """The codes of the locations, nearest first, in ranks."""
    country = order.channel.country if is_pickup(order) else order.ship_to.country or order.channel.country
    region = world.region(country)
    ranks: tuple[list[str], list[str], list[str]] = ([], [], [])
    for location in world.locations:
        if location.country == country:
            ranks[0].append(location.code)
        elif region and world.region(location.country) == region:
            ranks[1].append(location.code)
        else:
            ranks[2].append(location.code)
    return tuple(tuple(sorted(rank)) for rank in ranks)


def _search(order: Order, pending: list[Line], world: World) -> _Round:
    """Each line whole at one location where that can be, else split across those that have some of it."""
    shelves, found, left = _Shelves(world), _Round(), list(pending)
    ranks = _ranks(order, world)
    for rank in ranks:
        while left:
            served = _best(rank, left, shelves)
            if not served[1]:
                break
            location, lines = served
            for line in lines:
                shelves.take(line.sku, location, line.quantity)
                found.placed.append((line, location))
            taken = {line.number for line in lines}
            left = [line for line in left if line.number not in taken]
    number = next_line_number(order)
    for line in left:
        number = _split(line, [code for rank in ranks for code in rank], shelves, found, number)
    if order.channel.ships_complete and found.unserved:
        # All or nothing: what waits here waits together.
        return _Round(unserved=list(pending))
    return found


def _best(rank: Iterable[str], lines: list[Line], shelves: _Shelves) -> tuple[str, list[Line]]:
    """The location that serves most of the lines whole, then has most stock of them, then by its code."""
    best: tuple[int, int] = (0, 0)
    chosen: tuple[str, list[Line]] = ("", [])
    for code in rank:
        left: dict[str, int] = {}
        served = []
        for line in lines:
            key = code_key(line.sku)
            have = left.setdefault(key, shelves.at(line.sku).get(code, 0))
            if have >= line.quantity:
                left[key] = have - line.quantity
                served.append(line)
        keys = {code_key(line.sku): line.sku for line in served}
        score = (len(served), sum(shelves.at(sku).get(code, 0) for sku in keys.values()))
        if served and score > best:
            best, chosen = score, (code, served)
    return chosen


def _split(line: Line, codes: list[str], shelves: _Shelves, found: _Round, number: int) -> int:
    """Take what there is of a line that no location has whole; gives the next free line number."""
    order_of = {code: index for index, code in enumerate(codes)}
    stays = line
    for code in sorted(
        (code for code, free in shelves.at(line.sku).items() if free > 0 and code in order_of),
        key=order_of.__getitem__,
    ):
        have = shelves.at(line.sku)[code]
        if have >= stays.quantity:
            shelves.take(line.sku, code, stays.quantity)
            found.placed.append((stays, code))
            return number
        stays, part = split_line(stays, have, number)
        number += 1
        shelves.take(line.sku, code, have)
        found.placed.append((part, code))
    if stays is not line:
        found.stays.append(stays)
    found.unserved.append(stays)
    return number


def _reserve(order: Order, found: _Round, context: FlowContext) -> tuple[Order, tuple[StockMove, ...]]:
    """Lines in their shipments, one a location and round, with their delivery flows."""
    if not found.placed:
        return order, ()
    used = [int(tail) for s in order.shipments if (tail := s.number.removeprefix("S-")).isdecimal()]
    first = max(used, default=0) + 1
    codes = list(dict.fromkeys(location for _, location in found.placed))
    numbers = {code: f"S-{number}" for number, code in enumerate(codes, first)}
    placed = {
        line.number: replace(moved(line, Cause.ALLOCATION), location=code, shipment=numbers[code])
        for line, code in found.placed
    }
    known = {line.number for line in order.lines}
    changed = placed | {line.number: line for line in found.stays}
    order = with_lines(order, changed, (placed[number] for number in sorted(placed.keys() - known)))
    shipments = tuple(
        Shipment(number=numbers[code], location=code, method=order.method, planned_at=context.now)
        for code in codes
    )
    tasks = tuple(
        FlowTask(task=name, shipment=shipment.number, state=TaskState.PENDING)
        for shipment in shipments
        for name in DELIVERY_FLOW
    )
    order = put_tasks(replace(order, shipments=(*order.shipments, *shipments)), tasks)
    stock = tuple(
        StockMove(
            location=line.location,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            kind=StockKind.RESERVED,
        )
        for line in placed.values()
    )
    return order, stock


def _tell(order: Order) -> tuple[Order, tuple[Message, ...]]:
    """Tell each location what it is to have ready: its lines wait for its answer from then on."""
    told = {
        line.number: moved(line, Cause.LOCATION_TOLD)
        for line in order.lines
        if line.status is LineStatus.ALLOCATED
    }
    if not told:
        return order, ()
    by_place: dict[tuple[str, str], list[Line]] = {}
    for line in told.values():
        by_place.setdefault((line.location, line.shipment or ""), []).append(line)
    messages = tuple(
        Message(
            recipient=location,
            audience="location",
            template="allocation",
            language=HOUSE_LANGUAGE,
            text=f"Order {order.id}, shipment {shipment or '–'}: please confirm {pieces(lines)}.",
        )
        for (location, shipment), lines in by_place.items()
    )
    return with_lines(order, told), messages


def _why_not(order: Order, lines: list[Line], world: World) -> str:
    """What is lacking, in words: the reason on the task."""
    if not world.locations:
        return "no location is known"
    wanted: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for line in lines:
        key = code_key(line.sku)
        spelled.setdefault(key, line.sku)
        wanted[key] = wanted.get(key, 0) + line.quantity
    if not order.channel.ships_complete:
        return f"no stock of {names(spelled.values())} at any location"
    known = {location.code for location in world.locations}
    lacking = [spelled[key] for key, count in wanted.items() if _free(world, spelled[key], known) < count]
    return f"no stock of {names(lacking)} at any location, and the channel ships complete"


def _free(world: World, sku: str, known: set[str]) -> int:
    return sum(pieces for code, pieces in world.free_stock(sku).items() if code in known)
