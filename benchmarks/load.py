"""The load of the benchmarks: paid orders whose pick tickets are out, and a file of what is said of them.

They are packed line by line, shipped, delivered or not.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.events import Event, EventRefused, apply_event
from oms_tui.domain.flow import Run, Task, TaskState
from oms_tui.domain.order import Order
from oms_tui.domain.steps import FlowContext
from oms_tui.exchange.ingest.mapping import line_of
from oms_tui.exchange.sample import SEED
from oms_tui.exchange.sample.build import Builder
from oms_tui.exchange.sample.scenarios import OPEN, Pay
from oms_tui.exchange.simulated import Odds, Outside

FIRST: Final = 30_000_001
"""The first order's ID, as a number."""
TOGETHER: Final = 500
"""Orders that are made at once; their events come in the order of their own times."""
LINES: Final = 4
AGE: Final = timedelta(hours=44)
ODDS: Final = Odds(
    missing=0, in_parts=1_000, leaves_unpaid=1_000, undelivered=150, collected=800, cancels=0, disputed=20
)
"""Packed a line at a time, and nothing waits for the flow, which does not run meanwhile."""
TWICE: Final = 100
"""Of so many events one comes twice."""
EARLY: Final = 200
"""Of so many events one comes before its cause."""


def make_load(desk: Desk, file: Path, count: int) -> int:
    """Take orders in and write a file of `count` events about them; how many orders.

    The same count at the same moment gives the same file.

    Raises:
        RuntimeError: An order was refused.
    """
    now = desk.clock.now()
    rng = random.Random(SEED)
    builder = Builder(rng, now, customers=20_000)
    course = replace(next(one for one in OPEN if one.is_picking), pay=Pay.PREPAID)
    outside = Outside(SEED, ODDS)
    written, number = 0, FIRST
    with file.open("wb") as out, desk.store.bulk():
        while written < count:
            orders = [
                _paid(builder.build(number + place, course, now - AGE, size=LINES)[0])
                for place in range(TOGETHER)
            ]
            number += TOGETHER
            taken = take_in(desk, Batch(orders=orders), source="benchmark")
            if taken.orders != len(orders):
                raise RuntimeError(f"An order was refused: {taken.refused[0]}")
            for event in _disturbed(_of_all(outside, orders, now), rng):
                if written == count:
                    break
                out.write(line_of(event) + b"\n")
                written += 1
    return number - FIRST


def _paid(order: Order) -> Order:
    """The order with nothing left to capture, as the flow leaves it: its parcels may go."""
    tasks = tuple(
        replace(task, state=TaskState.SKIPPED, runs=(Run(order.created, order.created, "nothing is due"),))
        if task.task is Task.CAPTURE
        else task
        for task in order.tasks
    )
    return replace(order, tasks=tasks)


def _of_all(outside: Outside, orders: list[Order], now: datetime) -> Iterator[Event]:
    """What is said of these orders, by its own time."""
    told = [_of_one(outside, order, now) for order in orders]
    yield from heapq.merge(*told, key=lambda event: event.at)


def _of_one(outside: Outside, order: Order, now: datetime) -> Iterator[Event]:
    """Everything that is said of an order, one after the other, until nothing more is or its time is over."""
    moment = max((s.released_at for s in order.shipments if s.released_at), default=now)
    said: set[str] = set()
    while True:
        words = [word for word in outside.says(order, moment) if word.event.id not in said]
        if not words:
            return
        first = min(words, key=lambda word: word.after)
        moment += first.after
        if moment > now:
            return
        event = first.at(moment)
        said.add(event.id)
        yield event
        try:
            order = apply_event(order, event, FlowContext(now=now)).order
        except EventRefused:  # about a return: it is kept
            continue


def _disturbed(events: Iterator[Event], rng: random.Random) -> Iterator[Event]:
    """The same events, some of them twice, some a place too early."""
    for event in events:
        after = next(events, None) if rng.randrange(EARLY) == 0 else None
        if after is not None:
            yield after
        yield event
        if rng.randrange(TWICE) == 0:
            yield event
