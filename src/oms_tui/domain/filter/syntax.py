"""A filter as written: frozen values that remember what was said and in which order (spec 8).

Relative dates stay relative here; `resolve` turns them into moments. Printing is in `printer`.
"""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum


class Operator(StrEnum):
    """What stands between a field and its value. `=` means the same as `:`."""

    IS = ":"
    EQUALS = "="
    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="

    @property
    def is_equality(self) -> bool:
        """Whether it asks for a value, not for a side of it."""
        return self in (Operator.IS, Operator.EQUALS)

    @property
    def is_lower_bound(self) -> bool:
        """Whether it asks for more than its value."""
        return self in (Operator.ABOVE, Operator.AT_LEAST)


@dataclass(frozen=True, slots=True)
class Text:
    """A name, code or choice; `prefix` when a `*` ended it. Choices and countries are spelled as stored."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """A year, month, day, minute or second on the calendar: as precise as it was written.

    Without `offset` (minutes east of UTC) it is read in the business time zone.
    """

    year: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None
    offset: int | None = None


class NamedDay(StrEnum):
    """A day said relative to now."""

    TODAY = "today"
    YESTERDAY = "yesterday"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time back from now: a count of `m` minutes, `h` hours, `d` times 24 hours or `w` weeks."""

    count: int
    unit: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure in major units as written, and the currency it is restricted to, if any."""

    number: str
    currency: str | None = None


Point = Calendar | NamedDay | Span | Amount
"""A value of a field that has an order."""


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; None leaves a side open."""

    low: Point | None
    high: Point | None


Value = Text | Calendar | NamedDay | Span | Amount | Range


@dataclass(frozen=True, slots=True)
class Condition:
    """One `field:value,value`, or its opposite. Values are joined by "or"."""

    field: str
    operator: Operator
    values: tuple[Value, ...]
    negated: bool = False
    span: tuple[int, int] = dataclass_field(default=(0, 0), compare=False, repr=False)
    """Where it stands in the text it was read from."""


@dataclass(frozen=True, slots=True)
class Word:
    """A bare or quoted word to search for. Words match by their beginnings; a `*` is kept, not needed."""

    text: str
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of the rows asked for: a key of `fields.SORT_KEYS`."""

    key: str
    descending: bool = False


Item = Condition | Word | Sort


@dataclass(frozen=True, slots=True)
class Filter:
    """What was asked for, item by item as written. `str()` gives the text back (`parse(str(f)) == f`)."""

    items: tuple[Item, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions on fields, in the order written."""
        return tuple(item for item in self.items if isinstance(item, Condition))

    @property
    def words(self) -> tuple[Word, ...]:
        """The words to search for, in the order written."""
        return tuple(item for item in self.items if isinstance(item, Word))

    @property
    def sort(self) -> Sort | None:
        """The order of the rows, None where none was asked for."""
        return next((item for item in self.items if isinstance(item, Sort)), None)

    def with_sort(self, sort: Sort | None) -> "Filter":
        """The same filter in another order: in the old one's place, or at the end; None takes it away."""
        items: list[Item] = [item for item in self.items if not isinstance(item, Sort)]
        if sort is not None:
            at = next((i for i, item in enumerate(self.items) if isinstance(item, Sort)), len(items))
            items.insert(at, sort)
        return Filter(tuple(items))

    def __str__(self) -> str:
        """The text that reads back as this filter: the one that was read, where that was canonical."""
        from oms_tui.domain.filter.printer import format_filter  # the printer knows these classes

        return format_filter(self)
