"""A whole play in memory: orders, the world outside and the flow, hour by hour, without a database."""

import heapq
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count

from oms_tui.desk.checks import why_not_money
from oms_tui.domain.engine import advance, begin
from oms_tui.domain.events import Event, EventKind, EventRefused, apply_event
from oms_tui.domain.order import Order
from oms_tui.domain.rules import FlowRules
from oms_tui.domain.steps import FlowContext
from oms_tui.domain.world import World
from oms_tui.exchange.sample.reasons import WORLD
from oms_tui.exchange.sample.stock import LOCATED, Shelves
from oms_tui.exchange.simulated import Outside
from oms_tui.verbs import Refused, Subject
from oms_tui.verbs.cancel import CANCEL
from tests.build import actor, context
from tests.domain.shop import Shop


class SampleShop(Shop):
    """The shelves of the sample world, with its rules for addresses and countries."""

    def __init__(self) -> None:
        levels = Shelves().levels()
        super().__init__(
            {(level.location, level.sku): level.on_hand for level in levels},
            places=LOCATED,
            rules=FlowRules(remorse=timedelta(minutes=30)),
        )

    @property
    def world(self) -> World:
        mine = super().world
        return World(
            locations=mine.locations,
            free_stock=mine.free_stock,
            document_number=mine.document_number,
            check_address=WORLD.check_address,
            phone_country=WORLD.phone_country,
            region=WORLD.region,
        )


class Played:
    """Orders that the outside speaks about until it has nothing more to say."""

    def __init__(self, outside: Outside, first: int = 20_001) -> None:
        self.outside, self.shop = outside, SampleShop()
        self.orders: dict[str, Order] = {}
        self.log: list[Event] = []
        """Every event in the order it came, refused ones too."""
        self.refused: list[tuple[Event, str]] = []
        self._expected: dict[str, set[str]] = {}
        self._pushed: set[str] = set()
        self._heap: list[tuple[object, int, Event]] = []
        self._turn = count()
        self._next = first

    def place(self) -> str:
        """A shop sends one more order."""
        order = begin(self.outside.sends(self._next, self.shop.now))
        self._next += 1
        self._go_on(order)
        return order.id

    def run(self, until: timedelta) -> None:
        """Let business time pass: flows wake up, events come when they are due."""
        end = self.shop.now + until
        while self.shop.now < end:
            self.shop.now += timedelta(minutes=10)
            for order in list(self.orders.values()):
                self._go_on(order)
            while self._heap and self._heap[0][0] <= self.shop.now:  # type: ignore[operator]
                event = heapq.heappop(self._heap)[2]
                if event.id in self._expected[event.order_id]:
                    self._hear(event)
                else:
                    self._pushed.discard(event.id)  # the order moved on meanwhile

    def _hear(self, event: Event) -> None:
        order = self.orders[event.order_id]
        self.log.append(event)
        try:
            outcome = apply_event(order, event, self._context())
        except EventRefused as refused:
            self.refused.append((event, str(refused)))
            return
        order = self.shop.take(outcome)
        if event.kind is EventKind.CANCEL_REQUESTED:
            order = self._cancelled(order)
        self._go_on(order)

    def _cancelled(self, order: Order) -> Order:
        """Somebody at the desk cancels what a customer asked for, where that can still be done."""
        subject, about = Subject(order=order), replace(context(), now=self.shop.now)
        if CANCEL.blockers(subject, actor(), about.policy) or CANCEL.apply is None:
            return order
        asked = CANCEL.read({"reason": "customer request"}, subject, about.policy)
        try:
            return self.shop.take(CANCEL.apply(subject, asked, about))
        except Refused:
            return order

    def _go_on(self, order: Order) -> None:
        order = self.shop.take(advance(order, self._context()).outcome)
        assert not why_not_money(order), order.id
        if order == self.orders.get(order.id):
            return
        self.orders[order.id] = order
        words = self.outside.says(order, self.shop.now)
        self._expected[order.id] = {word.event.id for word in words}
        for word in words:
            if word.event.id not in self._pushed:
                self._pushed.add(word.event.id)
                moment = self.shop.now + word.after
                heapq.heappush(self._heap, (moment, next(self._turn), word.at(moment)))

    def _context(self) -> FlowContext:
        return FlowContext(now=self.shop.now, rules=self.shop.rules, world=self.shop.world)

    @property
    def kinds(self) -> Counter[str]:
        """How often each kind of event came."""
        return Counter(event.kind.value for event in self.log)
