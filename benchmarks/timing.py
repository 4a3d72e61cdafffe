"""Stop-watch and statistics. Two things are compared by the median of the ratios of pairs, taken in turns."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def seconds(call: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call(*args, **kwargs)
    return time.perf_counter() - start


def quantile(values: Iterable[float], share: float) -> float:
    """The value that `share` of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Iterable[float]) -> float:
    """The middle value."""
    return statistics.median(values)


Pairs = Sequence[tuple[float, float]]
"""Seconds of the thing measured and of its reference, run after each other."""


def for_each(measured: Callable[[T], object], reference: Callable[[T], object], about: Iterable[T]) -> Pairs:
    """Time both for every subject, A B A B …; a first pair that warms them is not counted."""
    subjects = list(about)
    for subject in subjects[:1]:
        measured(subject)
        reference(subject)
    return [(seconds(measured, subject), seconds(reference, subject)) for subject in subjects]


def in_turns(measured: Callable[[], object], reference: Callable[[], object], times: int) -> Pairs:
    """Time both again and again, A B A B …; a first pair that warms them is not counted."""
    return for_each(lambda _: measured(), lambda _: reference(), range(times))


def ratio(pairs: Pairs) -> float:
    """The median of the ratios."""
    return median(measured / reference for measured, reference in pairs)


def medians_ms(pairs: Pairs) -> tuple[float, float]:
    """Both medians in milliseconds."""
    return median(pair[0] for pair in pairs) * 1e3, median(pair[1] for pair in pairs) * 1e3
