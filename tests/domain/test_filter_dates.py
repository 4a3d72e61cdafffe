"""Dates of a filter: half-open bounds, days in the business time zone, days on which clocks change (Y1)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms_tui.domain.filter import FilterError, ResolvedSort, TimeTest, bounds_text, parse, resolve
from tests.support import scaled

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 8, 41, 27, 123456, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = 3_600_000_000


def micros(*parts: int) -> int:
    """A moment in UTC in microseconds."""
    return (datetime(*parts, tzinfo=UTC) - EPOCH) // MICROSECOND  # type: ignore[misc,arg-type]


def bounds(text: str, zone: ZoneInfo = BERLIN, now: datetime = NOW) -> tuple[int | None, int | None]:
    """The bounds that one condition on time stands for."""
    (clause,) = resolve(parse(text), now, zone, None).clauses
    (test,) = clause.tests
    assert isinstance(test, TimeTest)
    return test.start, test.end


NOW_MICROS = (NOW - EPOCH) // MICROSECOND
DAY = (micros(2026, 11, 21, 23), micros(2026, 11, 22, 23))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("created:2026-11-22", DAY),
        ("created=2026-11-22", DAY),
        ("created:today", DAY),
        ("created:yesterday", (micros(2026, 11, 20, 23), micros(2026, 11, 21, 23))),
        ("created>=2026-11-22", (DAY[0], None)),
        ("created>2026-11-22", (DAY[1], None)),
        ("created<2026-11-22", (None, DAY[0])),
        ("created<=2026-11-22", (None, DAY[1])),
        ("created:2026-11", (micros(2026, 10, 31, 23), micros(2026, 11, 30, 23))),
        ("created:2026-12", (micros(2026, 11, 30, 23), micros(2026, 12, 31, 23))),
        ("created:2026", (micros(2025, 12, 31, 23), micros(2026, 12, 31, 23))),
        ("created:2026-11-22T09:30", (micros(2026, 11, 22, 8, 30), micros(2026, 11, 22, 8, 31))),
        ("created:2026-11-22T09:30:15", (micros(2026, 11, 22, 8, 30, 15), micros(2026, 11, 22, 8, 30, 16))),
        ("created:2026-11-22T09:30-05:00", (micros(2026, 11, 22, 14, 30), micros(2026, 11, 22, 14, 31))),
        ("created:2026-11-01..2026-11-22", (micros(2026, 10, 31, 23), DAY[1])),
        ("created:2026-11-22..", (DAY[0], None)),
        ("created:..yesterday", (None, DAY[0])),
        ("created:4h", (NOW_MICROS - 4 * HOUR, None)),
        ("created>=4h", (NOW_MICROS - 4 * HOUR, None)),
        ("created>4h", (NOW_MICROS - 4 * HOUR + 1, None)),
        ("created<7d", (None, NOW_MICROS - 7 * 24 * HOUR)),
        ("created<=2w", (None, NOW_MICROS - 14 * 24 * HOUR + 1)),
        ("created:7d..today", (NOW_MICROS - 7 * 24 * HOUR, DAY[1])),
        ("age>4h", (None, NOW_MICROS - 4 * HOUR)),
        ("age>=4h", (None, NOW_MICROS - 4 * HOUR + 1)),
        ("age<4h", (NOW_MICROS - 4 * HOUR + 1, None)),
        ("age<=30m", (NOW_MICROS - HOUR // 2, None)),
        ("age:1h..4h", (NOW_MICROS - 4 * HOUR, NOW_MICROS - HOUR + 1)),
        ("age:..1h", (NOW_MICROS - HOUR, None)),
        ("age:1h..", (None, NOW_MICROS - HOUR + 1)),
    ],
)
def test_bounds_are_half_open_microseconds(text: str, expected: tuple[int | None, int | None]) -> None:
    assert bounds(text) == expected


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-03-29", 23),
        ("Europe/Berlin", "2026-10-25", 25),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Sao_Paulo", "2018-11-04", 23),  # clocks jump at midnight: the day begins at 01:00
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("America/Havana", "2025-11-02", 25),  # midnight comes twice, both times in the new day
        ("America/Havana", "2025-03-09", 23),
        ("Asia/Tehran", "2022-03-22", 23),
        ("Asia/Kathmandu", "2026-03-29", 24),
    ],
)
def test_days_on_which_clocks_change_have_their_own_length(zone: str, day: str, hours: float) -> None:
    start, end = bounds(f"created:{day}", ZoneInfo(zone))
    assert start is not None
    assert end is not None
    assert (end - start) / HOUR == hours


def test_a_day_begins_after_the_last_instant_of_the_day_before() -> None:
    """In Goose Bay clocks went from 00:01 back to 23:01: a minute of the new day came before the old end."""
    start, _ = bounds("created:2010-11-07", ZoneInfo("America/Goose_Bay"))
    assert start == micros(2010, 11, 7, 4)
    assert bounds("created:2010-11-06", ZoneInfo("America/Goose_Bay"))[1] == start


ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
]


@settings(max_examples=scaled(20_000, 150))
@given(
    st.sampled_from(ZONES),
    st.dates(date(1995, 1, 1), date(2030, 12, 31)),
    st.integers(0, 30 * 60),
)
def test_every_instant_is_in_the_day_its_clock_shows(zone_name: str, day: date, minute: int) -> None:
    zone = ZoneInfo(zone_name)
    start, end = bounds(f"created:{day.isoformat()}", zone)
    assert start is not None
    assert end is not None
    assert end == bounds(f"created:{(day + timedelta(days=1)).isoformat()}", zone)[0]
    for instant in (start, end - 1, start - 1, end, start + minute * 60_000_000):
        shown = (EPOCH + instant * MICROSECOND).astimezone(zone).date()
        assert (start <= instant < end) == (shown == day)


def test_a_time_that_comes_twice_is_the_first_and_an_offset_says_which() -> None:
    first = (micros(2026, 10, 25, 0, 30), micros(2026, 10, 25, 0, 31))
    assert bounds("created:2026-10-25T02:30") == first == bounds("created:2026-10-25T02:30+02:00")
    assert bounds("created:2026-10-25T02:30+01:00") == (first[0] + HOUR, first[1] + HOUR)


def test_a_time_that_never_was_is_refused_and_bounds_at_it_are_where_clocks_jumped() -> None:
    with pytest.raises(FilterError, match="clocks in Europe/Berlin jumped over this time") as caught:
        bounds("created:2026-03-29T02:30")
    assert (caught.value.start, caught.value.end) == (0, 24)
    assert bounds("created>=2026-03-29T02:30") == (micros(2026, 3, 29, 1), None)
    assert bounds("created<=2026-03-29T02:30") == (None, micros(2026, 3, 29, 1))
    with pytest.raises(FilterError, match="jumped over"):
        bounds("created:2011-12-30", ZoneInfo("Pacific/Apia"))


@pytest.mark.parametrize(
    "text", ["created:2026-11-22..2026-11-01", "created:4h..7d", "age:4h..1h", "created:today..7d"]
)
def test_a_range_that_ends_before_it_starts_is_refused(text: str) -> None:
    with pytest.raises(FilterError, match="ends before it starts") as caught:
        resolve(parse("novak " + text), NOW, BERLIN, None)
    assert (caught.value.start, caught.value.end) == (6, 6 + len(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("age>1h", "placed ≤ 22 Nov 08:41 +01:00"),
        ("age<4h", "placed ≥ 22 Nov 05:41 +01:00"),
        ("created:2026-11-22", "placed ≥ 22 Nov 00:00 +01:00, < 23 Nov 00:00 +01:00"),
        ("created:2026-07", "placed ≥ 1 Jul 00:00 +02:00, < 1 Aug 00:00 +02:00"),
        ("created<2025-01-02", "placed < 2 Jan 2025 00:00 +01:00"),
        ("created>=2026-11-22T09:30:15", "placed ≥ 22 Nov 09:30:15 +01:00"),
        ("-created:2026-11-22T09:30", "not placed ≥ 22 Nov 09:30 +01:00, < 22 Nov 09:31 +01:00"),
        ("created<2026-11-22 created<2026-11-01", "placed < 22 Nov 00:00 +01:00 or < 1 Nov 00:00 +01:00"),
        ("age>1h created>=2026-11-01", "placed ≤ 22 Nov 08:41 +01:00; placed ≥ 1 Nov 00:00 +01:00"),
        ("status:shipped novak", ""),
    ],
)
def test_the_screen_shows_bounds_with_their_offset(text: str, shown: str) -> None:
    assert bounds_text(resolve(parse(text), NOW, BERLIN, None), BERLIN) == shown


def test_bounds_at_a_whole_minute_of_now_read_the_same() -> None:
    now = NOW.replace(second=0, microsecond=0)
    assert bounds_text(resolve(parse("age>1h"), now, BERLIN, None), BERLIN) == "placed ≤ 22 Nov 08:41 +01:00"


@pytest.mark.parametrize(
    ("zone", "offset"), [("Asia/Kolkata", "+05:30"), ("America/St_Johns", "-03:30"), ("UTC", "+00:00")]
)
def test_offsets_of_half_hours_are_shown_whole(zone: str, offset: str) -> None:
    where = ZoneInfo(zone)
    text = bounds_text(resolve(parse("created>=2026-11-22"), NOW, where, None), where)
    assert text == f"placed ≥ 22 Nov 00:00 {offset}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sort:age", ResolvedSort("created", descending=True)),
        ("sort:-age", ResolvedSort("created", descending=False)),
        ("sort:created", ResolvedSort("created", descending=False)),
        ("sort:-total", ResolvedSort("total", descending=True)),
        ("novak", None),
    ],
)
def test_age_descending_is_the_oldest_first(text: str, expected: ResolvedSort | None) -> None:
    assert resolve(parse(text), NOW, BERLIN, None).sort == expected


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        resolve(parse("today"), NOW.replace(tzinfo=None), BERLIN, None)
