"""A filter made ready to be asked: plain tests on index facts: `match` runs them, the store asks them in SQL.

Clauses are joined by "and", the tests of a clause by "or"; of a negated clause none of the tests may hold.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from oms_tui.domain.currency import DECIMALS
from oms_tui.domain.filter.amounts import MinorBounds


class Mode(Enum):
    """How a text test compares its key with a fact's key."""

    EXACT = "exact"
    PREFIX = "prefix"
    TAIL = "tail"


@dataclass(frozen=True, slots=True)
class TextTest:
    """Some key of the field equals, starts with or ends with this key (`keys`)."""

    mode: Mode
    key: str


@dataclass(frozen=True, slots=True)
class WordsTest:
    """Each of these folded words begins some word of the order (`match.index_words`)."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeTest:
    """Placed within half-open bounds in microseconds since 1970 in UTC; None leaves a side open."""

    start: int | None
    end: int | None
    ends_back_from_now: bool = False
    """Whether `end` was said as a length of time, and so is known to the minute for people."""


@dataclass(frozen=True, slots=True)
class AmountTest:
    """The total lies within the bounds for its decimals; with `currency`, only in that currency."""

    currency: str | None
    bounds: tuple[MinorBounds, ...]

    def bounds_in(self, currency: str) -> MinorBounds | None:
        """The bounds in minor units for a currency, None where no order in it matches."""
        if self.currency is not None and currency != self.currency:
            return None
        return next((bounds for bounds in self.bounds if bounds.decimals == DECIMALS[currency]), None)


@dataclass(frozen=True, slots=True)
class PresenceTest:
    """The field says something (claimed by anyone) or nothing (claimed by nobody)."""

    is_present: bool


Test = TextTest | WordsTest | TimeTest | AmountTest | PresenceTest


@dataclass(frozen=True, slots=True)
class Clause:
    """Any of the tests holds for the field; with `negated`, none does. Bare words are clauses on `text`."""

    field: str
    tests: tuple[Test, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class ResolvedSort:
    """A stored order of rows: `created`, `total` (currencies apart) or `id`; age is `created` reversed."""

    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class ResolvedFilter:
    """A filter at a moment, for a person, in a time zone."""

    clauses: tuple[Clause, ...]
    sort: ResolvedSort | None
    now: datetime

    def __and__(self, other: "ResolvedFilter") -> "ResolvedFilter":
        """Both at once: a queue narrowed by what a person typed. The other's order of rows goes first."""
        return ResolvedFilter(self.clauses + other.clauses, other.sort or self.sort, max(self.now, other.now))
