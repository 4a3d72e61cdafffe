"""The locations: they answer, confirm or are short, pack, stop when they are asked to, get goods in (spec
3.3)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from oms_tui.domain.events import EventKind
from oms_tui.domain.flow import Run, Task, TaskState
from oms_tui.domain.order import Line, Order, Shipment
from oms_tui.domain.recall import RECALLED
from oms_tui.domain.status import BEFORE_PACKED, LineStatus
from oms_tui.domain.steps.base import standing_lines
from oms_tui.exchange.sample.world import LOCATIONS
from oms_tui.exchange.simulated.words import Goods, Said, Scene, Word, hours, minutes

_E, _S = EventKind, LineStatus
_ANSWERS: Final = (minutes(2), minutes(12))
_CONFIRMS: Final = (minutes(6), minutes(40))
_PACKS: Final = (minutes(15), minutes(80))
_STOPS: Final = (minutes(2), minutes(10))
_GOODS: Final = (hours(1), hours(4))
_EXTRA: Final = (12, 24, 48)
"""Pieces that come in beyond those somebody waits for."""
_STRAIGHT: Final = 200
"""Of so many in a thousand shipments the location confirms without an answer before."""


def says(scene: Scene) -> Iterator[Word]:
    """What the locations of an order's shipments say next."""
    for shipment in scene.order.shipments:
        lines = standing_lines(scene.order, shipment.number)
        statuses = {line.status for line in lines}
        recalls = recalled(scene.order, shipment)
        yield from _stopped(scene, shipment, recalls)
        if _S.PENDING_ACK in statuses and not scene.dice.hits(_STRAIGHT, "straight", shipment.number):
            yield scene.word(_E.ACKNOWLEDGED, shipment.number, _ANSWERS, Said(shipment=shipment.number))
        elif statuses & {_S.PENDING_ACK, _S.PENDING_CONFIRM}:
            yield from _looks(scene, shipment, lines)
        elif _S.CONFIRMED in statuses and shipment.released_at is not None:
            yield from _picks(scene, shipment, lines, len(recalls))


def recalled(order: Order, shipment: Shipment) -> list[Run]:
    """The runs of a shipment's Pick Ticket that took it back."""
    return [
        run
        for task in order.tasks
        if task.task is Task.PICK_TICKET and task.shipment == shipment.number
        for run in task.runs
        if run.result.startswith(RECALLED)
    ]


def _looks(scene: Scene, shipment: Shipment, lines: tuple[Line, ...]) -> Iterator[Word]:
    """The location looks for the goods: what is there is confirmed, what is not is short."""
    open_lines = [line for line in lines if line.status in (_S.PENDING_ACK, _S.PENDING_CONFIRM)]
    lacking = _lacking(scene, shipment, open_lines, scene.odds.short)
    if lacking:
        yield _short(scene, shipment, lacking, _CONFIRMS)
    gone = {number for number, _ in lacking}
    there = tuple((line.number, 0) for line in open_lines if line.number not in gone)
    if there:
        name = f"{shipment.number}:{_named(there)}"
        yield scene.word(_E.CONFIRMED, name, _CONFIRMS, Said(shipment=shipment.number, lines=there))


def _picks(scene: Scene, shipment: Shipment, lines: tuple[Line, ...], recalls: int) -> Iterator[Word]:
    """The location picks what it confirmed, and packs it, now and then in two goes."""
    open_lines = [line for line in lines if line.status is _S.CONFIRMED]
    lacking = _lacking(scene, shipment, open_lines, scene.odds.missing)
    if lacking:
        yield _short(scene, shipment, lacking, _PACKS)
        return
    there = tuple((line.number, 0) for line in open_lines)
    if len(there) > 1 and scene.dice.hits(scene.odds.in_parts, "in parts", shipment.number, len(there)):
        there = there[:1]
    name = f"{shipment.number}:{_named(there)}:{recalls}"
    yield scene.word(_E.PACKED, name, _PACKS, Said(shipment=shipment.number, lines=there))


def _lacking(scene: Scene, shipment: Shipment, lines: list[Line], odds: int) -> tuple[tuple[int, int], ...]:
    """(line, pieces) that are not there; of a quantity now and then only a part is lacking."""
    found = []
    for line in lines:
        about = (shipment.number, line.number, line.quantity)
        if scene.dice.hits(odds, "lacking", line.status, *about):
            is_part = line.quantity > 1 and scene.dice.hits(500, "a part", *about)
            found.append((line.number, line.quantity // 2 if is_part else line.quantity))
    return tuple(found)


def _short(
    scene: Scene,
    shipment: Shipment,
    lacking: tuple[tuple[int, int], ...],
    after: tuple[timedelta, timedelta],
) -> Word:
    quantities = {line.number: line.quantity for line in scene.order.lines}
    parts = ",".join(f"{number}x{pieces}of{quantities[number]}" for number, pieces in lacking)
    said = Said(shipment=shipment.number, lines=lacking)
    return scene.word(_E.SHORT, f"{shipment.number}:{parts}", after, said)


def _stopped(scene: Scene, shipment: Shipment, recalls: list[Run]) -> Iterator[Word]:
    """What the location says once it was asked to stop picking."""
    cancelled = [line for line in scene.order.lines if line.shipment == shipment.number and line.is_cancelled]
    said = Said(shipment=shipment.number)
    if recalls:
        turn = f"{shipment.number}:{len(recalls)}"
        is_packed = not any(
            line.status in BEFORE_PACKED for line in standing_lines(scene.order, shipment.number)
        )
        if not is_packed and scene.dice.hits(scene.odds.deaf, "deaf", turn):
            yield scene.word(_E.PACKED, f"{turn}:anyway", _STOPS, said, at=recalls[-1].start - minutes(1))
        else:
            yield scene.word(_E.PICK_CANCELLED, turn, _STOPS, said)
    elif cancelled and shipment.released_at is not None:
        yield scene.word(_E.PICK_CANCELLED, f"{shipment.number}:c{len(cancelled)}", _STOPS, said)


def _named(lines: tuple[tuple[int, int], ...]) -> str:
    return ",".join(str(number) for number, _ in lines)


def gets(scene: Scene) -> Iterator[Goods]:
    """Goods that come in for an order that waits for stock, at the first location of its region."""
    order = scene.order
    if not any(t.task is Task.ALLOCATION and t.state is TaskState.ACTIVE for t in order.tasks):
        return
    places = LOCATIONS.get(order.channel.region)
    if places is None or not scene.dice.hits(scene.odds.restocked, "restocked"):
        return
    wanted: dict[str, int] = {}
    for line in order.lines:
        if line.status is _S.PENDING_ALLOCATION:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    for sku, pieces in wanted.items():
        waited = sum(line.shipment is not None or line.parent is not None for line in order.lines)
        yield Goods(
            f"{order.id}:{sku}:{waited}",
            scene.dice.between(*_GOODS, "goods", sku, waited),
            places[0],
            sku,
            pieces + scene.dice.pick(_EXTRA, "extra", sku),
        )
