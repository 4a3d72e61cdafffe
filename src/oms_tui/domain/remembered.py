"""Facts that are asked for again and again of the same order, or payment, while decisions are made of it.

They are frozen: what is true of one value stays true. A value is known by identity, since to compare two
orders costs more than most facts; a fact that costs more yet is known by what it follows from.
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


def remembered_by(
    basis: Callable[[Value], object],
) -> Callable[[Callable[[Value], Fact]], Callable[[Value], Fact]]:
    """The same for a function that remembers what it told of the last few different bases.

    Args:
        basis: all that the fact follows from, so that equal bases have equal facts.
    """

    def decorate(tell: Callable[[Value], Fact]) -> Callable[[Value], Fact]:
        last: tuple[tuple[object, Fact], ...] = ()

        @wraps(tell)
        def told(value: Value) -> Fact:
            nonlocal last
            given = basis(value)
            for known, fact in last:
                if known == given:
                    return fact
            fact = tell(value)
            last = ((given, fact), *last[: KEPT - 1])
            return fact

        return told

    return decorate
