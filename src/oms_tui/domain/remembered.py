"""Facts that are asked for again and again of the same order, or payment, while one decision is made of it.

They are frozen: what is true of one value stays true. A value is known by identity, since to compare two
orders costs more than most facts.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

Value = TypeVar("Value")
Fact = TypeVar("Fact")
KEPT: Final = 4
"""Values that are remembered of each fact: an order before and after a decision, and one to spare."""


def remembered(tell: Callable[[Value], Fact]) -> Callable[[Value], Fact]:
    """The same function of a frozen value, which remembers what it told of the last few.

    What it tells must be as frozen. Threads may share it: at worst both work it out.
    """
    last: tuple[tuple[Value, Fact], ...] = ()

    @wraps(tell)
    def told(value: Value) -> Fact:
        nonlocal last
        for known, fact in last:
            if known is value:
                return fact
        fact = tell(value)
        last = ((value, fact), *last[: KEPT - 1])
        return fact

    return told
