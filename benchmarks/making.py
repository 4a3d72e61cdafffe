"""Orders made for one measurement."""

import random
from collections.abc import Sequence
from datetime import timedelta

from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.status import LineStatus
from oms_tui.exchange.sample import SEED
from oms_tui.exchange.sample.build import Builder
from oms_tui.exchange.sample.scenarios import OPEN


def take_open_orders(desk: Desk, first: int, sizes: Sequence[int]) -> list[str]:
    """Take in orders that nobody has packed yet, placed now, with so many lines each; their IDs.

    Args:
        desk: The desk.
        first: The first one's ID, as a number; the others follow.
        sizes: How many lines each has.

    Raises:
        RuntimeError: One was refused.
    """
    now = desk.clock.now()
    builder = Builder(random.Random(SEED), now, customers=20)
    course = next(each for each in OPEN if each.line is LineStatus.ALLOCATED and each.hold is None)
    made = [
        builder.build(first + place, course, now - timedelta(seconds=1), size=size)[0]
        for place, size in enumerate(sizes)
    ]
    taken = take_in(desk, Batch(orders=made), source="benchmark")
    if taken.orders != len(made):
        raise RuntimeError(f"An order was refused: {taken.refused[0]}")
    return [order.id for order in made]
