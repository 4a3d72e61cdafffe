"""Dates of the UCI files: ISO, or with slashes, month or day first as the whole file tells (spec 9).

`12/1/2010` alone is two dates. So a file with slashes is read through once: a date such as `12/31/2010` shows
that it puts the month first. A file that shows neither, or both, is refused until somebody says how it is
meant.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/London")
"""Times in the files are local UK time without a zone."""
TAKEN: Final = "2010-12-01 08:26:00 or 12/1/2010 8:26"
"""The forms of dates that are taken, for messages."""
MONTHS: Final = 12
_TIME: Final = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?"
_ISO: Final = re.compile(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}})[ T]{_TIME}")
_SLASHES: Final = re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}) {_TIME}")


class DateOrder(StrEnum):
    """What stands first in a date with slashes."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


class UnclearDates(ValueError):  # noqa: N818 - says what is wrong with the file
    """Nobody can know from the file whether its dates put the month or the day first."""


def has_slashes(text: str) -> bool:
    """Whether a date is of the form that needs a :class:`DateOrder` to be read."""
    return _SLASHES.fullmatch(text) is not None


def order_of(texts: Iterable[tuple[int, str]]) -> DateOrder:
    """What stands first in the dates of a file.

    Args:
        texts: every date of the file with its line number; what is no date with slashes does not count.

    Raises:
        UnclearDates: they can be read both ways, or some only one way and some only the other.
    """
    proofs: dict[DateOrder, str] = {}
    example = ""
    for line, text in texts:
        found = _SLASHES.fullmatch(text)
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        example = example or text
        if first <= MONTHS < second:
            proofs.setdefault(DateOrder.MONTH_FIRST, f"{text} in line {line}")
        elif second <= MONTHS < first:
            proofs.setdefault(DateOrder.DAY_FIRST, f"{text} in line {line}")
    if len(proofs) == 1:
        return next(iter(proofs))
    say = "say which with --dates month-first or --dates day-first."
    if not proofs:
        raise UnclearDates(f"dates such as {example} can be read month first or day first: {say}")
    month, day = proofs[DateOrder.MONTH_FIRST], proofs[DateOrder.DAY_FIRST]
    raise UnclearDates(
        f"some dates put the month first ({month}), some the day ({day}). Write them all in one form, "
        f"{TAKEN}; or {say} The others are then rejected."
    )


def micros(text: str, order: DateOrder | None) -> int:
    """A date and time as microseconds UTC; in the repeated hour of autumn the first one is meant.

    Args:
        text: as it stands in the file.
        order: what stands first in dates with slashes; None = the file has none.

    Raises:
        ValueError: it is no date; the message says what was expected.
    """
    year, month, day, rest = _parts(text, order)
    hour, minute, second = (int(part or 0) for part in rest)
    try:
        local = datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=ZONE)
    except ValueError:
        how = f" read {order.replace('-', ' ')}" if order and has_slashes(text) else ""
        raise ValueError(f"there is no date {text[:40]!r}{how}") from None
    return int(local.timestamp()) * 1_000_000


def _parts(text: str, order: DateOrder | None) -> tuple[str, str, str, tuple[str, ...]]:
    """Year, month, day and (hour, minute, second or None)."""
    if found := _ISO.fullmatch(text):
        return found[1], found[2], found[3], found.groups()[3:]
    found = _SLASHES.fullmatch(text) if order else None
    if found is None:
        raise ValueError(f"the date {text[:40]!r} is not in a form that is taken: {TAKEN}")
    if order is DateOrder.DAY_FIRST:
        return found[3], found[2], found[1], found.groups()[3:]
    return found[3], found[1], found[2], found.groups()[3:]
