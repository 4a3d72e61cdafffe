"""Moments are aware and exact, and a test's clock moves as told."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui import clock
from oms_tui.clock import EPOCH, Clock, FixedClock, SystemClock, age_text, from_micros, to_micros

START = datetime(2025, 11, 22, 9, 41, tzinfo=UTC)
FIRST = to_micros(datetime.min.replace(tzinfo=UTC))
LAST = to_micros(datetime.max.replace(tzinfo=UTC))


@given(st.integers(FIRST, LAST))
def test_microseconds_come_back_exactly(micros: int) -> None:
    moment = from_micros(micros)
    assert to_micros(moment) == micros
    assert moment.utcoffset() == timedelta(0)


@given(
    # Hypothesis adds the zone.
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones())  # noqa: DTZ001
)
def test_a_moment_is_the_same_in_any_zone(moment: datetime) -> None:
    assert to_micros(moment) == (moment - EPOCH) // timedelta(microseconds=1)
    assert from_micros(to_micros(moment)) == moment.astimezone(UTC)


def test_both_hours_of_an_autumn_night_are_told_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2025, 10, 26, 2, 30, tzinfo=berlin)
    assert to_micros(first.replace(fold=1)) - to_micros(first) == 3_600_000_000


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2025, 11, 22)  # noqa: DTZ001 - the point of the test
    for act in (lambda: to_micros(naive), lambda: FixedClock(naive), lambda: FixedClock(START).set(naive)):
        with pytest.raises(ValueError, match="time zone"):
            act()


def test_the_system_clock_is_aware_and_moves() -> None:
    system: Clock = SystemClock()
    before, started = clock.now(), clock.monotonic()
    assert before <= system.now() <= clock.now()
    assert system.now().tzinfo is UTC
    assert started <= system.monotonic() <= clock.monotonic()


def test_a_fixed_clock_moves_only_as_told() -> None:
    fixed = FixedClock(START.astimezone(timezone(timedelta(hours=5, minutes=30))))
    told: Clock = fixed
    assert told.now() == START
    assert told.now().tzinfo is UTC
    fixed.advance(timedelta(minutes=5))
    assert (told.now(), told.monotonic()) == (START + timedelta(minutes=5), 300)
    fixed.set(START - timedelta(days=365))
    assert (told.now(), told.monotonic()) == (START - timedelta(days=365), 300)
    with pytest.raises(ValueError, match="backwards"):
        fixed.advance(timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-86_400, "now"), (0, "now"), (59.9, "now"), (60, "1 min"), (3_599, "59 min"), (3_600, "1 h"),
        (86_400, "24 h"), (172_799, "47 h"), (172_800, "2 d"), (86_400 * 729, "729 d"), (86_400 * 730, "2 y"),
    ],
)  # fmt: skip
def test_ages_are_short(seconds: float, shown: str) -> None:
    assert age_text(seconds) == shown
