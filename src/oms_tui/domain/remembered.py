"""Facts that are asked for again and again of the same order while one decision is made of it.

Orders are frozen: what is true of one value stays true. A value is known by identity, since to compare two
orders costs more than most facts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from oms_tui.domain.order import Order

Fact = TypeVar("Fact")
KEPT: Final = 4
"""Values that are remembered of each fact: an order before and after a decision, and one to spare."""


def remembered(tell: Callable[[Order], Fact]) -> Callable[[Order], Fact]:
    """The same function of an order, which remembers what it told of the last few values.

    What it tells must be as frozen as the order. Threads may share it: at worst both work it out.
    """
    last: tuple[tuple[Order, Fact], ...] = ()

    @wraps(tell)
    def told(order: Order) -> Fact:
        nonlocal last
        for known, fact in last:
            if known is order:
                return fact
        fact = tell(order)
        last = ((order, fact), *last[: KEPT - 1])
        return fact

    return told
