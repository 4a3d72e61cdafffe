"""Dates of UCI files: ISO or with slashes, and whose order of month and day nobody can know (spec 9)."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms_tui.clock import from_micros
from oms_tui.exchange.uci import DateOrder
from oms_tui.exchange.uci.dates import TAKEN, ZONE, UnclearDates, has_slashes, micros, order_of
from oms_tui.exchange.uci.reading import LAYOUTS, NotUci, Rows, read_rows

MONTH, DAY = DateOrder.MONTH_FIRST, DateOrder.DAY_FIRST


def read(tmp_path: Path, *dates: str, given: DateOrder | None = None, encoding: str = "utf-8") -> Rows:
    path = tmp_path / "uci.csv"
    lines = [",".join(LAYOUTS[1])]
    lines += [
        f"{536365 + n},85123A,CAF\u00c9 \u00a3 HOLDER,6,{when},2.55,17850,United Kingdom"
        for n, when in enumerate(dates)
    ]
    path.write_text("\r\n".join(lines), encoding=encoding, newline="")
    return read_rows(path, lambda *_: None, given)


def times(rows: Rows) -> list[str]:
    return [f"{from_micros(time):%Y-%m-%d %H:%M}" for time in rows.time]


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        (("12/1/2010 8:26", "12/31/2010 8:05"), ["2010-12-01 08:26", "2010-12-31 08:05"]),
        (("1/12/2010 8:26", "31/12/2010 18:05"), ["2010-12-01 08:26", "2010-12-31 18:05"]),
        (("01/12/2010 08:26:00", "31/12/2010 18:05:00"), ["2010-12-01 08:26", "2010-12-31 18:05"]),
        (("2010-12-01 08:26:00", "2010-12-01T08:26", "2010-12-01 8:26"), ["2010-12-01 08:26"] * 3),
        # Half of the year the wall clock is an hour ahead of UTC.
        (("7/1/2011 8:26", "7/14/2011 0:05"), ["2011-07-01 07:26", "2011-07-13 23:05"]),
        (("2010-12-01 08:26:00", "12/2/2010 8:26", "12/31/2010 8:26"),
         ["2010-12-01 08:26", "2010-12-02 08:26", "2010-12-31 08:26"]),
    ],
)  # fmt: skip
def test_a_file_tells_how_its_dates_are_meant(tmp_path: Path, dates: list[str], read_as: list[str]) -> None:
    rows = read(tmp_path, *dates)
    assert rows.rejected == {}
    assert times(rows) == read_as


@pytest.mark.parametrize("dates", [("12/1/2010 8:26",), ("2010-12-01 08:26:00", "1/2/2011 8:26")])
def test_dates_that_can_be_read_both_ways_are_refused_until_somebody_says(
    tmp_path: Path, dates: list[str]
) -> None:
    with pytest.raises(NotUci, match=r"uci\.csv: dates such as .* month first or day first.*--dates"):
        read(tmp_path, *dates)
    assert times(read(tmp_path, "12/1/2010 8:26", given=MONTH)) == ["2010-12-01 08:26"]
    assert times(read(tmp_path, "12/1/2010 8:26", given=DAY)) == ["2010-01-12 08:26"]


def test_dates_in_both_orders_are_refused_with_one_line_of_each(tmp_path: Path) -> None:
    mixed = ("12/1/2010 8:26", "12/31/2010 8:26", "31/12/2010 8:27")
    with pytest.raises(NotUci, match=r"12/31/2010 8:26 in line 3.*31/12/2010 8:27 in line 4"):
        read(tmp_path, *mixed)
    rows = read(tmp_path, *mixed, given=MONTH)
    assert times(rows) == ["2010-12-01 08:26", "2010-12-31 08:26"]
    assert rows.rejected == {4: "cannot be read: there is no date '31/12/2010 8:27' read month first"}


@pytest.mark.parametrize("wrong", ["", "nan", "2010-13-01 08:26:00", "1.12.2010 8:26", "12/1/10 8:26", "now"])
def test_what_is_no_date_is_rejected_in_words_for_a_reader(tmp_path: Path, wrong: str) -> None:
    rows = read(tmp_path, "2010-12-01 08:26:00", wrong)
    (reason,) = rows.rejected.values()
    assert reason.startswith("cannot be read: ")
    assert TAKEN in reason or "there is no date" in reason
    assert not any(word in reason for word in ("strptime", "format", "%", "literal"))


@given(st.text(max_size=80) | st.from_regex(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-9]{2}"))
def test_no_text_is_more_than_a_rejected_row(text: str) -> None:
    for order in (None, MONTH, DAY):
        with suppress(ValueError):
            micros(text, order)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)), st.sampled_from([MONTH, DAY]))  # noqa: DTZ001
def test_every_date_is_read_as_it_was_written(local: datetime, order: DateOrder) -> None:
    first, second = (local.month, local.day) if order is MONTH else (local.day, local.month)
    text = f"{first}/{second}/{local.year} {local.hour}:{local:%M:%S}"
    expected = local.replace(microsecond=0, tzinfo=ZONE).astimezone(UTC)
    assert has_slashes(text)
    assert from_micros(micros(text, order)) == expected
    if max(first, second) > 12:
        assert order_of([(1, "no date"), (2, text)]) is order
    else:
        with pytest.raises(UnclearDates):
            order_of([(1, text)])


def test_numbers_that_are_none_are_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "uci.csv"
    row = "536365,85123A,HOLDER,{},2010-12-01 08:26:00,{},17850,United Kingdom"
    rows = [row.format("six", "2.55"), row.format("6", "free"), row.format("1_000", "1"), "536365,85123A"]
    path.write_text("\n".join([",".join(LAYOUTS[1]), *rows]), encoding="utf-8")
    assert read_rows(path, lambda *_: None).rejected == {
        2: "cannot be read: the quantity 'six' is no whole number",
        3: "cannot be read: the price 'free' is no amount such as 2.55",
        4: "cannot be read: the quantity '1_000' is no whole number",
        5: "cannot be read: 2 columns where 8 belong",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_files_from_a_spreadsheet_are_read_whatever_their_encoding(tmp_path: Path, encoding: str) -> None:
    rows = read(tmp_path, "12/1/2010 8:26", "12/13/2010 8:26", encoding=encoding)
    assert rows.names.values == ["CAF\u00c9 \u00a3 HOLDER"]
