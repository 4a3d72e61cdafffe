"""A shop in a few lines for tests of the flow: stock on shelves, the clock, and every move checked."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from oms_tui.domain.engine import Advance, FlowContext, advance, begin, run_task
from oms_tui.domain.events import Event, EventKind, apply_event
from oms_tui.domain.filter import code_key
from oms_tui.domain.flow import FlowTask, Task, TaskState
from oms_tui.domain.order import Line, Order
from oms_tui.domain.plan import Intent, Message, Outcome, StockKind, StockMove
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.status import LineStatus
from oms_tui.domain.steps import reserved_by
from oms_tui.domain.world import AddressVerdict, CustomerHistory, FieldProblem, Location, World
from tests.build import NOON, card, line, order

REGIONS = {"DE": "Europe", "IT": "Europe", "FR": "Europe", "US": "North America", "JP": "Asia"}
PLACES = (
    Location(code="BER-1", name="Berlin", country="DE"),
    Location(code="MXP-1", name="Milan", country="IT"),
    Location(code="EWR-1", name="Newark", country="US"),
)


class Shop:
    """Shelves, a clock, an order on its way. What comes out of steps and events is applied and checked."""

    def __init__(
        self,
        stock: Mapping[tuple[str, str], int] | None = None,
        *,
        places: tuple[Location, ...] = PLACES,
        rules: FlowRules | None = None,
        now: datetime = NOON,
        earlier: int = 0,
    ) -> None:
        self.on_hand = {(place, code_key(sku)): pieces for (place, sku), pieces in (stock or {}).items()}
        self.reserved = dict.fromkeys(self.on_hand, 0)
        self.places, self.rules, self.now, self.earlier = places, rules or FlowRules(), now, earlier
        self.messages: list[Message] = []
        self.intents: list[Intent] = []
        self.numbers = count(1)

    @property
    def world(self) -> World:
        return World(
            locations=self.places,
            free_stock=self.free,
            check_address=self.check_address,
            phone_country=lambda phone, default: "US" if phone.startswith("+1") else "DE" if phone else "",
            region=lambda country: REGIONS.get(country, ""),
            history=lambda order: CustomerHistory(orders=self.earlier),
            document_number=lambda order, kind: f"{kind.value[:3].upper()}-{next(self.numbers)}",
        )

    @property
    def context(self) -> FlowContext:
        return FlowContext(now=self.now, rules=self.rules, world=self.world)

    @staticmethod
    def check_address(address: Any) -> AddressVerdict:
        if len(address.postal_code) == 5:
            return AddressVerdict()
        return AddressVerdict((FieldProblem("postal_code", "has five digits in Germany"),))

    def free(self, sku: str) -> dict[str, int]:
        key = code_key(sku)
        return {
            place: pieces - self.reserved[place, one]
            for (place, one), pieces in self.on_hand.items()
            if one == key
        }

    def take(self, outcome: Outcome) -> Order:
        """Write an outcome as a store would: stock may never be below zero."""
        for move in outcome.stock:
            self._move(move)
        self.messages += outcome.messages
        self.intents += outcome.intents
        return outcome.order

    def _move(self, move: StockMove) -> None:
        at = (move.location, code_key(move.sku))
        assert move.quantity > 0
        sign = 1 if move.kind in (StockKind.RESERVED, StockKind.FOUND) else -1
        self.reserved[at] = self.reserved.get(at, 0) + sign * move.quantity
        self.on_hand.setdefault(at, 0)
        if move.kind is StockKind.FOUND:
            self.on_hand[at] = max(self.on_hand[at], self.reserved[at])
        if move.kind is StockKind.GONE:
            self.on_hand[at] -= move.quantity
        if move.kind is StockKind.SHORT:
            self.on_hand[at] = self.reserved[at]
        assert 0 <= self.reserved[at] <= self.on_hand[at], (at, move)

    def agrees_with(self, *orders: Order) -> None:
        """What is reserved is what the open lines of the orders have reserved, place by place."""
        wanted: dict[tuple[str, str], int] = {}
        for value in orders:
            for at, pieces in reserved_by(value).items():
                wanted[at] = wanted.get(at, 0) + pieces
        assert {at: pieces for at, pieces in self.reserved.items() if pieces} == wanted

    def go(self, value: Order, minutes: int = 0) -> Order:
        """Let time pass and the flow go on."""
        self.now += timedelta(minutes=minutes)
        return self.take(self.step(value).outcome)

    def step(self, value: Order) -> Advance:
        return advance(value, self.context)

    def run(self, value: Order, task: Task, shipment: str | None = None) -> Order:
        return self.take(run_task(value, task, shipment, self.context).outcome)

    def hear(self, value: Order, kind: str, shipment: str = "", minutes: int = 0, **rest: Any) -> Order:
        """An event, and what the flow makes of it."""
        self.now += timedelta(minutes=minutes)
        event = self.event(value, kind, shipment, **rest)
        return self.go(self.take(apply_event(value, event, self.context)))

    def event(self, value: Order, kind: str, shipment: str = "", **rest: Any) -> Event:
        values: dict[str, Any] = {
            "id": f"e{next(self.numbers)}",
            "kind": EventKind(kind),
            "order_id": value.id,
            "at": self.now,
            "shipment": shipment,
        }
        return Event(**(values | rest))


def wanted(number: int = 1, quantity: int = 1, minor: int = 1000, **rest: Any) -> Line:
    """A line that waits for its stock."""
    return line(number, LineStatus.PENDING_ALLOCATION, minor, quantity=quantity, **rest)


def placed(*lines: Line, **rest: Any) -> Order:
    """A new order with its flow before it."""
    return begin(order(*(lines or (wanted(),)), **({"tasks": ()} | rest)))


def task_of(value: Order, name: Task, shipment: str | None = None) -> FlowTask:
    """The task of that name."""
    return next(task for task in value.tasks if task.task is name and task.shipment == shipment)


def states(value: Order, shipment: str | None = None) -> dict[str, TaskState]:
    """Name -> state, of the order's own tasks or a shipment's."""
    return {task.task.value: task.state for task in value.tasks if task.shipment == shipment}


def statuses(value: Order) -> list[LineStatus]:
    """The statuses of the lines, in their order."""
    return [one.status for one in value.lines]


def with_country(value: Order, *, bill_to: str = "DE", ship_to: str = "DE") -> Order:
    """The same order between these countries."""
    return replace(
        value,
        bill_to=replace(value.bill_to, country=bill_to),
        ship_to=replace(value.ship_to, country=ship_to),
    )


def released(shop: Shop, value: Order) -> Order:
    """An order as far as its pick tickets: allocated, past remorse, confirmed by every location."""
    value = shop.go(shop.go(value), 31)
    for shipment in value.shipments:
        value = shop.hear(value, "confirmed", shipment.number)
    return value


def paid_by(*amounts: int) -> tuple[Any, ...]:
    """Cards authorized for these amounts, in their order of use."""
    return tuple(card(minor, number=number) for number, minor in enumerate(amounts, 1))


def ended(tasks: Iterable[FlowTask]) -> bool:
    """Whether nothing of a flow is open."""
    return not any(task.state.is_open for task in tasks)
