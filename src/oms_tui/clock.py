"""Time: aware UTC moments, a clock that tests can set, microseconds for the store (invariants F5, Y1)."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Moment zero of stored times."""

_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 86_400
_YEAR: Final = 365 * _DAY
_HOURS_TO_SHOW: Final = 48 * _HOUR
_DAYS_TO_SHOW: Final = 2 * _YEAR


class Clock(Protocol):
    """What tells the time; passed in, so that tests can set it."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds for measuring durations; never goes back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds for measuring durations; never goes back."""
        return time.monotonic()


class FixedClock:
    """A clock that stands still until it is set or moved on; for tests and for data of a known date."""

    def __init__(self, at: datetime) -> None:
        """Start at an aware moment."""
        self._now = _in_utc(at)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was moved on since it was made."""
        return self._monotonic

    def set(self, at: datetime) -> None:
        """Set the wall time alone, also backwards, as when a machine's clock is corrected."""
        self._now = _in_utc(at)

    def advance(self, by: timedelta) -> None:
        """Let time pass, for the wall and for durations.

        Raises:
            ValueError: If ``by`` is negative.
        """
        if by < timedelta(0):
            raise ValueError("Time does not pass backwards; set the clock instead.")
        self._now += by
        self._monotonic += by.total_seconds()


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds for measuring durations; never goes back."""
    return time.monotonic()


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(UTC)


def to_micros(moment: datetime) -> int:
    """Return an aware moment as whole microseconds since 1970 in UTC, exactly.

    Raises:
        ValueError: If the moment has no time zone.
    """
    try:
        since = moment - EPOCH
    except TypeError:
        raise ValueError("A moment needs a time zone.") from None
    return (since.days * _DAY + since.seconds) * 1_000_000 + since.microseconds


def from_micros(micros: int) -> datetime:
    """Return the aware UTC moment of :func:`to_micros`, exactly."""
    return EPOCH + timedelta(0, 0, micros)


def age_text(seconds: float) -> str:
    """Return an age as a queue shows it: ``now``, ``12 min``, ``5 h``, ``3 d``, ``2 y``.

    Whole units, rounded down. Hours up to two days, days up to two years. What lies ahead (a clock was set
    back) is ``now``.
    """
    if seconds < _MINUTE:
        return "now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < _HOURS_TO_SHOW:
        return f"{int(seconds // _HOUR)} h"
    if seconds < _DAYS_TO_SHOW:
        return f"{int(seconds // _DAY)} d"
    return f"{int(seconds // _YEAR)} y"
