"""Dates as people write them, and the half-open stretches of time they stand for (spec 8, invariant Y1).

Times are integers: microseconds since 1970 in UTC. Days, months and years are those of the business time
zone, also where clocks change at midnight.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from oms_tui.domain.filter.syntax import Calendar, NamedDay, Span

MICROSECONDS: Final = 1_000_000
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199
UNIT_MINUTES: Final = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
"""Minutes in each unit of a span. A day is 24 hours: spans are lengths of time, not dates."""
LONGEST_SPAN: Final = 100 * 366 * 24 * 60
"""The longest span read, in minutes."""
SPAN_EXAMPLES: Final = ("30m", "4h", "7d", "2w")
DATE_EXAMPLES: Final = (
    "2026-11-22",
    "2026-11",
    "2026",
    "2026-11-22T09:30",
    "today",
    "yesterday",
    *SPAN_EXAMPLES,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CALENDAR: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d))?([Zz]|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)
_SPAN: Final = re.compile(r"(\d{1,9})([mhdwMHDW])", re.ASCII)

When = Calendar | NamedDay | Span
"""A point in the life of an order, as written."""


class DateError(ValueError):
    """A date that reads well and cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time in microseconds since 1970 in UTC; an instant is one microsecond long."""

    start: int
    end: int

    @property
    def is_empty(self) -> bool:
        """Whether clocks jumped over all of it."""
        return self.start >= self.end


def microseconds(moment: datetime) -> int:
    """An aware moment as microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(instant: int, zone: ZoneInfo) -> datetime:
    """Microseconds since 1970 in UTC as the clock of a zone shows them."""
    return (_EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def read_when(text: str) -> When | None:
    """Read a date or a span; None where the text is neither.

    Raises:
        DateError: It is written like one, but there is no such day or it is too far away.
    """
    lowered = text.casefold()
    if lowered in (NamedDay.TODAY, NamedDay.YESTERDAY):
        return NamedDay(lowered)
    return read_span(text) or _read_calendar(text)


def read_span(text: str) -> Span | None:
    """Read a length of time such as `4h`; None where the text is none.

    Raises:
        DateError: It is longer than a century.
    """
    match = _SPAN.fullmatch(text)
    if match is None:
        return None
    span = Span(int(match[1]), match[2].lower())
    if span_minutes(span) > LONGEST_SPAN:
        raise DateError("is longer than a hundred years")
    return span


def span_minutes(span: Span) -> int:
    """The length of a span in minutes."""
    return span.count * UNIT_MINUTES[span.unit]


def before_now(span: Span, now: datetime) -> int:
    """The instant that lies a span before now."""
    return microseconds(now) - span_minutes(span) * 60 * MICROSECONDS


def period_of(value: When, now: datetime, zone: ZoneInfo) -> Period:
    """The stretch of time that a value names: a day, a minute; for a span, the instant that long ago."""
    if isinstance(value, Span):
        instant = before_now(value, now)
        return Period(instant, instant + 1)
    if isinstance(value, NamedDay):
        back = 0 if value is NamedDay.TODAY else 1
        day = now.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0, fold=0)
        day -= timedelta(days=back)
        return Period(start_of(day, zone), start_of(day + timedelta(days=1), zone))
    return _calendar_period(value, zone)


def start_of(wall: datetime, zone: ZoneInfo) -> int:
    """The instant at which the clock of a zone first shows a time (a naive datetime).

    A time that clocks jump over begins when they jump. Of a midnight that comes twice it is the one after
    which the calendar does not go back.
    """
    first = microseconds(wall.replace(tzinfo=zone, fold=0))
    second = microseconds(wall.replace(tzinfo=zone, fold=1))
    if first > second:
        return _jump_between(second, first, wall, zone)
    is_midnight = wall.hour == wall.minute == wall.second == 0
    if first < second and is_midnight and moment(second - 1, zone).date() < wall.date():
        return second
    return first


def offset_text(offset: timedelta | None) -> str:
    """An offset from UTC as `+01:00`."""
    known = offset or timedelta()
    sign = "-" if known < timedelta() else "+"
    hours, rest = divmod(abs(known) // timedelta(minutes=1), 60)
    return f"{sign}{hours:02}:{rest:02}"


def _read_calendar(text: str) -> Calendar | None:
    match = _CALENDAR.fullmatch(text)
    if match is None:
        return None
    _, month, day, hour, minute, second = (None if part is None else int(part) for part in match.groups()[:6])
    value = Calendar(int(match[1]), month, day, hour, minute, second, _read_offset(match[7]))
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise DateError(f"is not between the years {FIRST_YEAR} and {LAST_YEAR}")
    try:
        _wall(value)
    except ValueError:
        raise DateError("is not on the calendar or the clock") from None
    return value


def _read_offset(text: str | None) -> int | None:
    if text is None:
        return None
    if text in "Zz":
        return 0
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise DateError("has an offset that no clock has")
    return (hours * 60 + minutes) * (-1 if text[0] == "-" else 1)


def _wall(value: Calendar) -> datetime:
    return datetime(  # noqa: DTZ001 - the zone is given when it is read
        value.year, value.month or 1, value.day or 1, value.hour or 0, value.minute or 0, value.second or 0
    )


def _calendar_period(value: Calendar, zone: ZoneInfo) -> Period:
    wall = _wall(value)
    if value.hour is None:
        return Period(start_of(wall, zone), start_of(_next(value, wall), zone))
    length = (60 if value.second is None else 1) * MICROSECONDS
    if value.offset is not None:
        start = microseconds(wall.replace(tzinfo=timezone(timedelta(minutes=value.offset))))
        return Period(start, start + length)
    start = start_of(wall, zone)
    was_jumped = moment(start, zone).replace(tzinfo=None) != wall
    return Period(start, start if was_jumped else start + length)


def _next(value: Calendar, wall: datetime) -> datetime:
    if value.day is not None:
        return wall + timedelta(days=1)
    if value.month is None or value.month == 12:
        return wall.replace(year=wall.year + 1, month=1)
    return wall.replace(month=wall.month + 1)


def _jump_between(low: int, high: int, wall: datetime, zone: ZoneInfo) -> int:
    """The first instant in (low, high] at which the clock shows `wall` or later: where it jumped."""
    while high - low > 1:
        middle = (low + high) // 2
        if moment(middle, zone).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle
    return high
