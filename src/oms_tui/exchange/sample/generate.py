"""Sample orders, one after another in order of time, each a course from `scenarios` with everything that
goes with it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Final

from oms_tui.desk.intake import StockLevel
from oms_tui.domain.order import Order
from oms_tui.domain.returns import CreditNote, Return
from oms_tui.domain.world import Location
from oms_tui.exchange.sample.build import Builder
from oms_tui.exchange.sample.scenarios import FINISHED, OPEN, Scenario
from oms_tui.exchange.sample.stock import LOCATED, Shelves
from oms_tui.exchange.sample.world import SEED

FIRST_NUMBER: Final = 10_001
BATCH: Final = 500
_ALL: Final = (*OPEN, *FINISHED)
_CODES: Final = 1 << 7
"""Room for the scenario's number beside an age, so that ages sort as plain integers."""


@dataclass(frozen=True, slots=True)
class SampleBatch:
    """Orders with their returns and credit notes, ready for intake."""

    orders: tuple[Order, ...]
    returns: tuple[Return, ...]
    credit_notes: tuple[CreditNote, ...]
    locations: tuple[Location, ...] = ()
    """With the first."""
    stock: tuple[StockLevel, ...] = ()
    """With the last: what is on hand once every order is in."""


def open_share(count: int) -> int:
    """How many of `count` orders are still work: a seventh of a small desk, a few days' worth of a large
    one."""
    return min(count // 7 + len(OPEN), 400 + count // 200, count)


def span_days(count: int) -> int:
    """Over how many days the orders are spread: four months for a small desk, up to three years."""
    return min(120 + count // 1_000, 1_095)


def _courses(rng: random.Random, count: int) -> list[int]:
    """Age in seconds and scenario of every order in one integer each, oldest first."""
    open_count = open_share(count)
    numbers = list(range(len(OPEN)))[:open_count]
    weights = list(accumulate(scenario.weight for scenario in OPEN))
    numbers += rng.choices(range(len(OPEN)), cum_weights=weights, k=open_count - len(numbers))
    finished = list(accumulate(scenario.weight for scenario in FINISHED))
    numbers += [
        number + len(OPEN)
        for number in rng.choices(range(len(FINISHED)), cum_weights=finished, k=count - len(numbers))
    ]
    span = span_days(count) * 86_400
    return sorted((_age(rng, _ALL[number], span) * _CODES + number for number in numbers), reverse=True)


def _age(rng: random.Random, scenario: Scenario, span: int) -> int:
    """Seconds since placement. Finished orders grow denser towards today, as a growing shop's do."""
    low, high = scenario.age
    if scenario.is_finished:
        return low * 3_600 + int(span * rng.random() ** 1.6)
    if high == 0:
        return rng.randint(30, 25 * 60)
    return rng.randint(low * 3_600 + 60, max(high, 1) * 3_600)


def generate(count: int, *, now: datetime, seed: int = SEED) -> Iterator[SampleBatch]:
    """Make `count` sample orders, oldest first.

    Args:
        count: how many; from about 50 on every state is there.
        now: today; the same moment and seed give the same orders.
        seed: of the random generator.
    """
    rng = random.Random(seed)  # noqa: S311 - sample data, no secret
    courses = _courses(rng, count)
    builder = Builder(rng, now, customers=max(count // 4, 20))
    giant = count // 2 if count >= 500 else -1
    shelves = Shelves()
    for start in range(0, count, BATCH):
        orders: list[Order] = []
        returns: list[Return] = []
        notes: list[CreditNote] = []
        for offset, course in enumerate(courses[start : start + BATCH]):
            age, number = divmod(course, _CODES)
            index = start + offset
            created = (now - timedelta(seconds=age)).astimezone(UTC).replace(microsecond=0)
            order, of_order, note = builder.build(
                FIRST_NUMBER + index, _ALL[number], created, size=700 if index == giant else None
            )
            orders.append(order)
            returns += of_order
            notes += note
        shelves.hold(orders)
        yield SampleBatch(
            tuple(orders),
            tuple(returns),
            tuple(notes),
            locations=LOCATED if start == 0 else (),
            stock=shelves.levels() if start + BATCH >= count else (),
        )
