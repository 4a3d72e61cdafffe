"""The benchmarks run: a smoke test at a tiny scale, so that they cannot rot. No duration is judged here."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import MEASURES
from benchmarks.results import Goal, Result, Verdict, at_least, at_most, closing, line_of, number
from tests.support import ROOT

ORDERS = "2000"
QUESTIONS = ("command-line", "depth", "counts", "search", "detail", "commits", "giant", "flows")
CONSOLE = ("first-frame", "opening")
EXACT = {"commits acknowledged and lost": 0, '"locked" seen by a console': 0}
"""What must hold at any scale and on any machine."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample data is made once."""
    return tmp_path_factory.mktemp("benchmarks")


def run(cache: Path, *names: str) -> list[dict[str, Any]]:
    """Measure, and give the results; whatever broke fails the test."""
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks", "--quick", "--json"),
            *("--orders", ORDERS, "--cache", str(cache)),
            *("--data", str(cache / "no-real-orders"), *names),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    results: list[dict[str, Any]] = json.loads(ended.stdout)
    assert results
    for result in results:
        assert result["measured"] is not None or result["verdict"] == "skipped", result
    return results


@pytest.mark.release
def test_questions_and_commits_can_be_measured(cache: Path) -> None:
    measured = {result["metric"]: result["measured"] for result in run(cache, *QUESTIONS)}
    assert {name: measured[name] for name in EXACT} == EXACT
    assert (cache / f"sample-{ORDERS}.db").exists()


@pytest.mark.release
def test_the_console_can_be_measured(cache: Path) -> None:
    assert all(result["measured"] > 0 for result in run(cache, *CONSOLE))


def test_real_orders_that_are_not_there_are_named(cache: Path) -> None:
    (result,) = run(cache, "uci")
    assert result["verdict"] == "skipped"
    assert "not on this machine" in result["detail"]


@pytest.mark.release
def test_everything_else_can_be_measured(cache: Path) -> None:
    run(cache, *(name for name in MEASURES if name not in {*QUESTIONS, *CONSOLE, "uci"}))


def test_a_name_that_is_none_is_refused() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "speed"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "'speed'" in ended.stderr


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (at_most(2.5), 2.5, Verdict.MET),
        (at_most(2.5), 2.51, Verdict.MISSED),
        (at_least(20_000), 20_000, Verdict.MET),
        (at_least(20_000), 19_999, Verdict.MISSED),
        (at_most(0), 1, Verdict.MISSED),
        (None, 7, Verdict.SHOWN),
        (at_most(1), None, Verdict.SKIPPED),
    ],
)
def test_a_figure_is_judged_by_its_goal(goal: Goal | None, value: float | None, verdict: Verdict) -> None:
    assert Result(metric="moves", measured=value, goal=goal).verdict is verdict


def test_what_was_missed_is_named_at_the_end() -> None:
    missed = Result(metric="import", measured=15_000, unit="rows/s", goal=at_least(20_000))
    met = Result(metric="start", measured=1.2, unit="x", goal=at_most(1.25))
    broken = Result(metric="uci", measured=None, detail="no such table", is_broken=True)
    assert closing([missed, met, broken]) == [
        "1 met, 1 missed.",
        "Missed: import: 15,000 rows/s, goal ≥ 20,000",
        "Broken: uci: no such table",
    ]
    assert line_of(missed).split() == ["import", "15,000", "rows/s", "≥", "20,000", "MISSED"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0213, "0.021"), (0.5, "0.50"), (1.249, "1.25"), (33.3, "33.3"), (525461, "525,461")],
)
def test_figures_have_the_digits_that_say_something(value: float, text: str) -> None:
    assert number(value) == text
