"""The reject file: whole or not at all, nobody else's file touched, nothing that a spreadsheet runs (X1 to
X3, X5)."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from oms_tui.exchange.rejects import harmless, write_rejects

HEADER = ("Invoice", "Description", "Quantity")
ROWS = ((2, "refused: too long", ("500001", "=1+1", "-3")), (5, "no price", ("500002", "MUG", "4")))


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_rows_with_line_and_reason_and_nothing_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "a-rejects.csv"
    assert write_rejects(path, HEADER, ROWS) == path
    assert read(path) == [
        ["line", "reason", *HEADER],
        ["2", "refused: too long", "500001", "'=1+1", "-3"],
        ["5", "no price", "500002", "MUG", "4"],
    ]
    assert os.listdir(tmp_path) == [path.name]
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_of_an_earlier_run_is_replaced_and_with_no_rows_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "a-rejects.csv"
    write_rejects(path, HEADER, ROWS)
    assert write_rejects(path, HEADER, ROWS[:1]) == path
    assert len(read(path)) == 2
    assert write_rejects(path, HEADER, ()) is None
    assert os.listdir(tmp_path) == []


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    path, second, third = (tmp_path / f"a-rejects{end}.csv" for end in ("", "-2", "-3"))
    path.write_text("my own notes", encoding="utf-8")
    second.mkdir()
    assert write_rejects(path, HEADER, ROWS) == third
    assert write_rejects(path, HEADER, ROWS) == third
    assert path.read_text(encoding="utf-8") == "my own notes"
    assert write_rejects(path, HEADER, ()) is None
    assert sorted(os.listdir(tmp_path)) == [second.name, path.name]


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither one with the final name nor one with the name that the unfinished file once had."""
    victim = tmp_path / "victim.csv"
    victim.write_text("line,reason,of somebody else", encoding="utf-8")
    path = tmp_path / "a-rejects.csv"
    path.symlink_to(victim)
    (tmp_path / ".a-rejects.csv.part").symlink_to(victim)
    assert write_rejects(path, HEADER, ROWS) == tmp_path / "a-rejects-2.csv"
    assert victim.read_text(encoding="utf-8") == "line,reason,of somebody else"
    assert path.is_symlink()


def test_a_fault_on_the_way_leaves_nothing_and_the_earlier_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a-rejects.csv"
    write_rejects(path, HEADER, ROWS)
    before = path.read_bytes()

    def breaking() -> Iterator[tuple[int, str, tuple[str, ...]]]:
        yield ROWS[0]
        raise OSError("the file went away")

    with pytest.raises(OSError, match="went away"):
        write_rejects(path, HEADER, breaking())
    assert os.listdir(tmp_path) == [path.name]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["=1", "+a", "-cmd|x", "@SUM(A1)", "\tx", "\rx", "\nx", "\0", "\uff1d1", "  =1", "\u200b=1", "-1+2", "-"],
)
def test_a_spreadsheet_runs_nothing(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-3", "-11062.06", "+5", "MUG", "A=B", "2010-01-04 10:00:00", "'x"])
def test_numbers_and_plain_text_stay(text: str) -> None:
    assert harmless(text) == text
