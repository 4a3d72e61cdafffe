"""The carrier: takes parcels over, delivers most of them, says why it did not, and not always in order (spec
3.3)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from oms_tui.domain.events import CARRIER, EventKind
from oms_tui.domain.flow import FlowTask, Run, Task, TaskState
from oms_tui.domain.order import Order, Shipment
from oms_tui.domain.status import UNDELIVERED_CAUSES, Cause, LineStatus
from oms_tui.domain.steps.base import standing_lines
from oms_tui.exchange.sample.parts import digits
from oms_tui.exchange.sample.world import METHODS
from oms_tui.exchange.simulated.words import Said, Scene, Word, hours, minutes

_E, _S = EventKind, LineStatus
_LEAVES: Final = (minutes(20), minutes(90))
_LEAVES_ALL_THE_SAME: Final = (hours(3), hours(7))
_TRAVELS: Final = (hours(2), hours(8))
_IS_COLLECTED: Final = (hours(3), hours(8))
_COMES_BACK: Final = (hours(5), hours(10))
_STRAYS: Final = (minutes(10), minutes(60))
_WORDS: Final = tuple(sorted(cause.value.removeprefix("undelivered_") for cause in UNDELIVERED_CAUSES))
_NUMBER: Final = {"DHL": "JJD", "UPS": "1Z", "USPS": "9400", "FedEx": "7", "Yamato": "4", "Sagawa": "5"}
_DIGITS: Final = "##########"
_MOST_DIGITS: Final = 10**9


def says(scene: Scene) -> Iterator[Word]:
    """What the carrier says next of each shipment."""
    for shipment in scene.order.shipments:
        lines = standing_lines(scene.order, shipment.number)
        statuses = {line.status for line in lines}
        if statuses == {_S.PACKED}:
            yield from _leaves(scene, shipment)
        elif _S.SHIPPED in statuses:
            yield _arrives(scene, shipment)
        elif _S.UNDELIVERED in statuses:
            causes = {line.cause for line in lines if line.status is _S.UNDELIVERED}
            yield from _after_all(scene, shipment, causes)
        elif _S.DELIVERED in statuses:
            yield from _strays(scene, shipment)


def _task(order: Order, name: Task, shipment: Shipment) -> FlowTask | None:
    return next((t for t in order.tasks if t.task is name and t.shipment == shipment.number), None)


def _scans(order: Order, shipment: Shipment) -> list[Run]:
    """What the carrier has said of a shipment so far."""
    task = _task(order, Task.DELIVERY, shipment)
    return [run for run in task.runs if run.result.startswith(CARRIER)] if task else []


def _leaves(scene: Scene, shipment: Shipment) -> Iterator[Word]:
    """A packed parcel leaves once its money and papers are there; now and then all the same."""
    order, dice, odds = scene.order, scene.dice, scene.odds
    task = _task(order, Task.SHIPMENT, shipment)
    is_held = bool(order.open_holds())
    if task is not None and task.state is TaskState.ACTIVE and not is_held:
        after = _LEAVES
    elif dice.hits(odds.leaves_held if is_held else odds.leaves_unpaid, "leaves", shipment.number, is_held):
        after = _LEAVES_ALL_THE_SAME
    else:
        return
    carriers = {method: name for method, name, _ in METHODS.get(order.channel.region, ())}
    carrier = shipment.carrier or carriers.get(order.method, "")
    tracking = ""
    if carrier:
        number = dice.pick(range(_MOST_DIGITS), "tracking", shipment.number)
        tracking = _NUMBER.get(carrier, "") + digits(_DIGITS, number)
    data = {"carrier": carrier, "tracking": tracking} if carrier else {}
    yield scene.word(_E.SHIPPED, shipment.number, after, Said(shipment=shipment.number, data=data))


def _arrives(scene: Scene, shipment: Shipment) -> Word:
    """It comes to somebody, or to nobody for one of the causes there are."""
    attempt = len(_scans(scene.order, shipment)) + 1
    name = f"{shipment.number}:{attempt}"
    if scene.dice.hits(scene.odds.undelivered, "undelivered", name):
        cause = scene.dice.pick(_WORDS, "cause", name)
        return scene.word(_E.UNDELIVERED, name, _TRAVELS, Said(shipment=shipment.number, cause=cause))
    return scene.word(_E.DELIVERED, name, _TRAVELS, Said(shipment=shipment.number))


def _after_all(scene: Scene, shipment: Shipment, causes: set[Cause]) -> Iterator[Word]:
    """What was not collected may be collected yet; most of the rest comes back, but what is lost."""
    attempt = len(_scans(scene.order, shipment)) + 1
    name = f"{shipment.number}:{attempt}"
    said = Said(shipment=shipment.number)
    waits = causes == {Cause.UNDELIVERED_NOT_COLLECTED}
    if waits and scene.dice.hits(scene.odds.collected, "collected", name):
        yield scene.word(_E.DELIVERED, f"{name}:collected", _IS_COLLECTED, said)
    elif Cause.UNDELIVERED_LOST not in causes and scene.dice.hits(scene.odds.sent_back, "sent back", name):
        yield scene.word(_E.SENT_BACK, name, _COMES_BACK, said)


def _strays(scene: Scene, shipment: Shipment) -> Iterator[Word]:
    """An older scan that arrives after the parcel did: it is recorded and moves nothing."""
    if shipment.delivered_at is None or not scene.dice.hits(scene.odds.stray, "stray", shipment.number):
        return
    at = shipment.delivered_at - timedelta(minutes=1)
    said = Said(shipment=shipment.number, cause="not_collected")
    yield scene.word(_E.UNDELIVERED, f"{shipment.number}:stray", _STRAYS, said, at=at)
