"""What every flow step takes and gives, and the small changes to an order that several of them make."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from oms_tui.domain.filter.keys import code_key, fold
from oms_tui.domain.flow import Verdict
from oms_tui.domain.order import Hold, Line, Order
from oms_tui.domain.plan import Intent, Message, Outcome, StockKind, StockMove
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import Cause, HoldKind, LineStatus, next_status, word
from oms_tui.domain.world import NO_WORLD, World

SYSTEM: Final = "system"
"""Who places what no person decided."""
PICKUP_WORDS: Final = ("pickup", "pick up", "pick-up", "collect", "click & collect")
"""How the name of a shipping method begins where the customer comes for the goods (spec 2, Shipment)."""
WITH_LOCATION: Final = (
    LineStatus.ALLOCATED,
    LineStatus.PENDING_ACK,
    LineStatus.PENDING_CONFIRM,
    LineStatus.CONFIRMED,
    LineStatus.PACKED,
)
"""The statuses in which pieces are reserved at their location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowContext:
    """What a step knows beside its order: the moment, the settings, the outside."""

    now: datetime
    rules: FlowRules = field(default_factory=FlowRules)
    world: World = NO_WORLD


@dataclass(frozen=True, slots=True)
class Step:
    """What one run of a task came to, and the order with everything that goes out with it.

    The run itself is written by the engine.
    """

    verdict: Verdict
    outcome: Outcome

    @property
    def order(self) -> Order:
        """The order after the step."""
        return self.outcome.order


def step(
    verdict: Verdict,
    order: Order,
    *,
    stock: tuple[StockMove, ...] = (),
    messages: tuple[Message, ...] = (),
    intents: tuple[Intent, ...] = (),
) -> Step:
    """A step's answer in few words."""
    return Step(verdict, Outcome(order=order, stock=stock, messages=messages, intents=intents))


def is_pickup(order: Order) -> bool:
    """Whether the customer comes for the goods, so that nothing travels to an address."""
    return order.is_carry_out or fold(order.method).startswith(PICKUP_WORDS)


def is_gone(line: Line) -> bool:
    """Whether nothing is to be picked for the line any more: cancelled, or left the house."""
    return line.is_cancelled or line.status in (
        LineStatus.SHIPPED,
        LineStatus.DELIVERED,
        LineStatus.UNDELIVERED,
        LineStatus.RETURNED,
    )


def moved(line: Line, *causes: Cause) -> Line:
    """The line in the status to which `causes` lead, one after the other.

    Raises:
        TransitionRefused: the table has no such transition (invariant S1).
    """
    status, last = line.status, line.cause
    for last in causes:
        status = next_status(status, last)
    return replace(line, status=status, cause=last)


def with_lines(order: Order, changed: Mapping[int, Line], added: Iterable[Line] = ()) -> Order:
    """The order with lines put in the place of those of the same number, and parts split off at the end."""
    return replace(order, lines=(*(changed.get(line.number, line) for line in order.lines), *added))


def lines_by_shipment(order: Order) -> dict[str, list[Line]]:
    """The lines of each shipment that are not cancelled."""
    found: dict[str, list[Line]] = {}
    for line in order.lines:
        if line.shipment is not None and not line.is_cancelled:
            found.setdefault(line.shipment, []).append(line)
    return found


def standing_lines(order: Order, shipment: str) -> tuple[Line, ...]:
    """The lines of a shipment that are not cancelled."""
    return tuple(line for line in order.lines if line.shipment == shipment and not line.is_cancelled)


def place_hold(
    order: Order, kind: HoldKind, reason: str, now: datetime, *, evidence: str = "", by: str = SYSTEM
) -> Order:
    """The order with one more hold."""
    number = max((hold.number for hold in order.holds), default=0) + 1
    hold = Hold(number=number, kind=kind, reason=reason, placed_at=now, placed_by=by, evidence=evidence)
    return replace(order, holds=(*order.holds, hold))


def release_hold(order: Order, number: int, now: datetime, *, by: str = SYSTEM) -> Order:
    """The order with that hold released; no other is touched (spec 2, Hold)."""
    return replace(
        order,
        holds=tuple(
            replace(hold, released_at=now, released_by=by) if hold.number == number else hold
            for hold in order.holds
        ),
    )


def own_holds(order: Order, kind: HoldKind) -> tuple[Hold, ...]:
    """The holds of a kind that the flow itself placed."""
    return tuple(hold for hold in order.holds if hold.kind is kind and hold.placed_by == SYSTEM)


def held_by(order: Order) -> str:
    """The open holds in words: "fraud review, manual"; "" where nothing holds it."""
    return ", ".join(dict.fromkeys(word(hold.kind) for hold in order.open_holds()))


def reserved_by(order: Order) -> dict[tuple[str, str], int]:
    """(location, SKU key) -> pieces that the order has reserved there: those of its lines from Allocated to
    Packed."""
    found: dict[tuple[str, str], int] = {}
    for line in order.lines:
        if line.location and line.status in WITH_LOCATION:
            at = (line.location, code_key(line.sku))
            found[at] = found.get(at, 0) + line.quantity
    return found


def world_after(world: World, moves: Iterable[StockMove]) -> World:
    """The world with stock moves counted that the store has not written yet: for a run that follows an event
    in the same transaction."""
    taken: dict[str, list[StockMove]] = {}
    for move in moves:
        taken.setdefault(code_key(move.sku), []).append(move)
    if not taken:
        return world

    def free_stock(sku: str) -> Mapping[str, int]:
        free = dict(world.free_stock(sku))
        for move in taken.get(code_key(sku), ()):
            if move.kind is StockKind.SHORT:
                free[move.location] = 0
            elif move.kind is not StockKind.GONE:
                sign = 1 if move.kind is StockKind.FREED else -1
                free[move.location] = max(free.get(move.location, 0) + sign * move.quantity, 0)
        return free

    return replace(world, free_stock=free_stock)


def names(parts: Iterable[object], most: int = 3) -> str:
    """A few names in words: "A, B, C and 4 more"."""
    texts = [str(part) for part in parts]
    shown = ", ".join(texts[:most])
    return shown if len(texts) <= most else f"{shown} and {len(texts) - most} more"


def pieces(lines: Iterable[Line]) -> str:
    """Lines as a message lists them: "2 × Desk lamp"."""
    return ", ".join(f"{line.quantity} × {line.name or line.sku}" for line in lines)
