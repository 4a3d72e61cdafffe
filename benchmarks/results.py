"""What was measured, beside its goal, and how it is printed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a figure stands to its goal."""

    MET = "met"
    MISSED = "MISSED"
    SHOWN = "–"
    """There is no goal: shown so that a change is seen."""
    SKIPPED = "skipped"
    BROKEN = "BROKEN"
    """The measurement itself failed."""


@dataclass(frozen=True, slots=True)
class Goal:
    """The limit of a figure."""

    limit: float
    is_at_least: bool = False

    def is_met_by(self, value: float) -> bool:
        """Whether a figure keeps to it."""
        return value >= self.limit if self.is_at_least else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.is_at_least else '≤'} {number(self.limit)}"


def at_most(limit: float) -> Goal:
    """The goal of a cost."""
    return Goal(limit)


def at_least(limit: float) -> Goal:
    """The goal of a rate."""
    return Goal(limit, is_at_least=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure."""

    metric: str
    measured: float | None
    """None: not measured, and `detail` says why."""
    unit: str = ""
    goal: Goal | None = None
    detail: str = ""
    """What it was made from, in absolute figures."""
    is_broken: bool = False

    @property
    def verdict(self) -> Verdict:
        """Met, missed, or why neither."""
        if self.is_broken:
            return Verdict.BROKEN
        if self.measured is None:
            return Verdict.SKIPPED
        if self.goal is None:
            return Verdict.SHOWN
        return Verdict.MET if self.goal.is_met_by(self.measured) else Verdict.MISSED

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "metric": self.metric,
            "measured": self.measured,
            "unit": self.unit,
            "goal": None if self.goal is None else self.goal.limit,
            "goal_is_least": None if self.goal is None else self.goal.is_at_least,
            "verdict": self.verdict.name.lower(),
            "detail": self.detail,
        }


def number(value: float) -> str:
    """A figure with as many digits as say something."""
    if value == int(value) or abs(value) >= 1_000:
        return f"{round(value):,}"
    return f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3}f}"


_WIDTHS = (46, 16, 10)


def line_of(result: Result) -> str:
    """One result as a line of the table."""
    measured = "" if result.measured is None else f"{number(result.measured)} {result.unit}".strip()
    cells = (result.metric, measured, str(result.goal or ""))
    padded = (
        cell.rjust(width) if place == 1 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    )
    return f"{'  '.join(padded)}  {result.verdict.value.ljust(7)}  {result.detail}".rstrip()


def header() -> str:
    """The line above the table."""
    metric, measured, goal = _WIDTHS
    return f"{'Metric'.ljust(metric)}  {'Measured'.rjust(measured)}  {'Goal'.ljust(goal)}  Verdict  Made from"


def closing(results: Sequence[Result]) -> list[str]:
    """The last lines: what was missed or could not be measured, by name."""
    lines = [f"{_count(results, Verdict.MET)} met, {_count(results, Verdict.MISSED)} missed."]
    for verdict, what in (
        (Verdict.MISSED, "Missed"),
        (Verdict.SKIPPED, "Not measured"),
        (Verdict.BROKEN, "Broken"),
    ):
        for result in results:
            if result.verdict is verdict:
                lines.append(f"{what}: {result.metric}: {_why(result)}")
    return lines


def _why(result: Result) -> str:
    if result.measured is None or result.goal is None:
        return result.detail
    return f"{number(result.measured)} {result.unit}, goal {result.goal}"


def _count(results: Iterable[Result], verdict: Verdict) -> int:
    return sum(result.verdict is verdict for result in results)


def as_json(results: Iterable[Result]) -> str:
    """All results as one JSON value."""
    return json.dumps([result.as_json() for result in results], ensure_ascii=False, indent=1)
