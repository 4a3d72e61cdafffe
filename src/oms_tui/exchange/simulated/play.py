"""The play at an open desk: the world outside speaks about the orders there, at a pace a person can follow.

Whatever changes an order goes through the events and the intake that real shops, warehouses and providers
use. When each word comes is this module's business; what is said is `Outside`'s.
"""

import heapq
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as Flag
from typing import Final

from oms_tui.clock import to_micros
from oms_tui.desk import watching
from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch, take_in
from oms_tui.desk.receiving import known_ids, receive
from oms_tui.desk.stock import Counted, set_stock
from oms_tui.domain.events import Event
from oms_tui.domain.events.cases import Fate
from oms_tui.domain.money import format_money
from oms_tui.domain.order import Order
from oms_tui.domain.status import word
from oms_tui.domain.totals import order_total
from oms_tui.exchange.sample.generate import FIRST_NUMBER
from oms_tui.exchange.simulated.outside import Outside
from oms_tui.exchange.simulated.words import Goods, Word
from oms_tui.store.errors import DatabaseBusy

SOURCE: Final = "the shop"
STOCK_SOURCE: Final = "the warehouse"
EACH: Final = 9
"""Of so many events one is a new order: a little more than what is said of an order until it is delivered."""
BEHIND: Final = 12
"""Events that may be late before no new order is sent: who is spoken of must not wait ever longer."""
POLL: Final = 0.5
"""Seconds until it looks again where nothing is to be said."""
_MOST: Final = 200
"""Orders that moved, looked at in one go."""
_OVERLAP: Final = 3_000_000
"""Microseconds that are looked at twice: an order may be written a little after the moment it moved."""
_TRIES: Final = 1_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that the outside did."""

    at: datetime
    order_id: str
    what: str
    """The kind of the event; "placed" and "restocked" for what is none."""
    text: str
    """What it said, for people."""
    fate: Fate = Fate.TAKEN
    """What became of it."""
    reason: str = ""
    """Why it was not just taken."""


@dataclass(order=True, slots=True)
class _Due:
    at: datetime
    turn: int
    order_id: str
    word: Word | Goods

    @property
    def id(self) -> str:
        return self.word.event.id if isinstance(self.word, Word) else self.word.id


def _nobody(happened: Happened) -> None:
    return None


class Play:
    """One play. At a pace of 60 an hour of business takes a minute; at twice the pace half of one."""

    def __init__(
        self,
        desk: Desk,
        outside: Outside,
        *,
        pace: int,
        told: Callable[[Happened], object] = _nobody,
    ) -> None:
        """Get ready; nothing is written before the first turn.

        Args:
            desk: An open desk on sample data, in this thread.
            outside: Who speaks.
            pace: Events a minute, about.
            told: Told of everything that happened.
        """
        self._desk, self._outside, self._told = desk, outside, told
        self._gap = timedelta(minutes=1) / pace
        self._speed = pace
        # Moments only: what is said is decided by the orders and the seed.
        self._rng = random.Random(outside.seed)  # noqa: S311 - the rhythm of a play, no secret
        now = desk.clock.now()
        self._next = now
        self._next_order = now + self._gap * 2
        self._mark = to_micros(now)
        self._seen: dict[int, int] = {}
        self._asleep = watching.under_way_now(desk)
        self._rng.shuffle(self._asleep)
        self._heap: list[_Due] = []
        self._expected: dict[str, dict[str, datetime]] = {}
        """Order -> id -> when, of what is still to be said."""
        self._said: set[str] = set()
        self._turns = 0
        self.count = 0
        """Everything that happened."""

    def run(self, stop: Flag, *, most: int | None = None, seconds: float | None = None) -> None:
        """Play until the flag is set, or so much happened, or so long.

        Raises:
            StoreError: The database refused.
        """
        clock = self._desk.clock
        start = clock.monotonic()
        while not stop.is_set() and (most is None or self.count < most):
            left = None if seconds is None else seconds - (clock.monotonic() - start)
            if left is not None and left <= 0:
                return
            try:
                wait = self.turn()
            except DatabaseBusy:
                wait = POLL
            stop.wait(wait if left is None else min(wait, left))

    def turn(self) -> float:
        """At most one thing happens; the seconds until the next may."""
        now = self._desk.clock.now()
        self._watch(now)
        if now < self._next:
            return min((self._next - now).total_seconds(), POLL)
        happened = self._order_comes(now) or self._word_comes(now) or self._someone_wakes(now)
        if happened is None:
            return min(POLL, self._gap.total_seconds())
        self.count += 1
        self._next = now + self._gap * self._rng.uniform(0.4, 1.6)
        self._told(happened)
        return 0

    # -- what moved ------------------------------------------------------------------------------------------

    def _watch(self, now: datetime) -> None:
        """Look at the orders that moved, whoever moved them, and hear what the outside will say now."""
        moved = watching.moved_since(self._desk, self._mark - _OVERLAP, _MOST)
        fresh = {pk: at for pk, at in moved if self._seen.get(pk) != at}
        if not fresh:
            return
        self._mark = max(self._mark, *fresh.values())
        self._seen = {pk: at for pk, at in moved if at >= self._mark - _OVERLAP}
        for order in watching.values(self._desk, list(fresh)):
            self._expect(order, now)

    def _expect(self, order: Order, now: datetime, *, is_late: bool = False) -> None:
        """Put what is about to be said of an order in its place in time; what was expected before keeps its
        moment, and what is not said any more is forgotten."""
        words: Sequence[Word | Goods] = (*self._outside.says(order, now), *self._outside.gets(order, now))
        known = known_ids(self._desk, [_id(one) for one in words])
        words = [one for one in words if _id(one) not in self._said and _id(one) not in known]
        before = self._expected.pop(order.id, {})
        early = min((one.after for one in words), default=timedelta(0)) if is_late else timedelta(0)
        expected = {}
        for one in words:
            if _id(one) in before:
                expected[_id(one)] = before[_id(one)]
                continue
            at = now + (one.after - early) / self._speed
            expected[_id(one)] = at
            self._turns += 1
            heapq.heappush(self._heap, _Due(at, self._turns, order.id, one))
        if expected:
            self._expected[order.id] = expected

    # -- what happens ----------------------------------------------------------------------------------------

    def _order_comes(self, now: datetime) -> Happened | None:
        """A shop sends an order. Its number follows from how many there are, so that a play that is begun
        again sends none twice."""
        is_behind = bool(self._heap) and self._heap[0].at < now - self._gap * BEHIND
        if now < self._next_order or is_behind:
            return None
        self._next_order = now + self._gap * EACH * self._rng.uniform(0.3, 1.7)
        number = FIRST_NUMBER + watching.how_many(self._desk)
        for _ in range(_TRIES):
            order = self._outside.sends(number, now)
            taken = take_in(self._desk, Batch(orders=(order,)), source=SOURCE)
            if not taken.already_here:
                break
            number += 1
        text = f"Placed: {order.channel.name}, {format_money(order_total(order))}"
        fate, reason = _fate_of(taken.refused)
        return Happened(at=now, order_id=order.id, what="placed", text=text, fate=fate, reason=reason)

    def _word_comes(self, now: datetime) -> Happened | None:
        """The first of what is due, if anything is."""
        while self._heap and self._heap[0].at <= now:
            due = self._heap[0]
            if self._expected.get(due.order_id, {}).get(due.id) != due.at:
                heapq.heappop(self._heap)  # the order moved on meanwhile
                continue
            happened = self._say(due, now)
            heapq.heappop(self._heap)
            self._said.add(due.id)
            del self._expected[due.order_id][due.id]
            return happened
        return None

    def _someone_wakes(self, now: datetime) -> Happened | None:
        """An order from before the play is spoken about, where there is nothing else to say."""
        while self._asleep:
            for order in watching.values(self._desk, [self._asleep.pop()]):
                if order.id not in self._expected:
                    self._expect(order, now, is_late=True)
                    if happened := self._word_comes(now):
                        return happened
        return None

    def _say(self, due: _Due, now: datetime) -> Happened:
        """Pass it on."""
        if isinstance(due.word, Goods):
            return self._goods_come(due.order_id, due.word, now)
        event = due.word.at(due.at)
        (received,) = receive(self._desk, [event])
        return Happened(
            at=now,
            order_id=due.order_id,
            what=event.kind.value,
            text=_in_words(event),
            fate=received.fate,
            reason=received.reason,
        )

    def _goods_come(self, order_id: str, goods: Goods, now: datetime) -> Happened:
        there = watching.on_hand(self._desk, goods.location, goods.sku) + goods.pieces
        counted = Counted(location=goods.location, sku=goods.sku, on_hand=there)
        done = set_stock(self._desk, (counted,), source=STOCK_SOURCE)
        text = f"Goods came in: {goods.pieces} × {goods.sku} at {goods.location}"
        fate, reason = _fate_of(done.refused)
        return Happened(at=now, order_id=order_id, what="restocked", text=text, fate=fate, reason=reason)


def _fate_of(refused: Sequence[tuple[object, str]]) -> tuple[Fate, str]:
    return (Fate.REFUSED, refused[0][1]) if refused else (Fate.TAKEN, "")


def _id(one: Word | Goods) -> str:
    return one.event.id if isinstance(one, Word) else one.id


def _in_words(event: Event) -> str:
    """What an event says, in few words: "Captured 49.90 € of S-1"."""
    parts = [word(event.kind)]
    if event.amount is not None:
        parts.append(format_money(event.amount))
    if event.shipment:
        parts.append(event.shipment)
    text = " ".join(parts)
    return f"{text}: {event.cause.replace('_', ' ')}" if event.cause else text
