"""What moving in the long list costs at a million orders, beside a list in plain curses, in one run.

    python -m benchmarks.list_moves [--rows N] [--rounds N] [--database FILE] [--json]

Ratios and bytes hold on any machine, milliseconds do not. Limits are those of the performance goals.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.ptybench import Step, flood, measure
from benchmarks.terminal import Program

APPS = Path(__file__).parent / "apps"
STEPS: Mapping[str, Sequence[str]] = {
    "move": ["j"] * 200,
    "page": ["pagedown"] * 20,
    "end": ["end", "home"] * 5,
}
READY = "LOADED"
NAMES = (
    "Jana Novák",
    "O'Brien, Siobhán",
    "株式会社 山田",
    "Müller, Hans",
    "Ana Costa",
    "Kim, Seo-yeon",
    "Smith, John",
    "Rossi, Chiara",
)
STATUSES = {
    "● Delivered": 60,
    "▶ Shipped": 10,
    "◔ Allocated": 8,
    "◑ Confirmed 1/3": 6,
    "◕ Packed": 5,
    "○ Pending Alloc.": 5,
    "⊘ Cancelled": 4,
    "✖ Undelivered": 2,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure and the most it may be."""

    name: str
    limit: float
    unit: str


GOALS = (
    Goal("move, p50, x curses", 4, "x"),
    Goal("move, p95, x curses", 4, "x"),
    Goal("move, bytes, mean over 200", 500, "bytes"),
    Goal("move, bytes, low bandwidth", 200, "bytes"),
    Goal("page, p95", 8, "ms"),
    Goal("page, bytes", 6 * 1024, "bytes"),
    Goal("end and home, p95", 8, "ms"),
    Goal("end and home, bytes", 6 * 1024, "bytes"),
)


def orders(rows: int) -> Iterator[tuple[object, ...]]:
    """Made-up orders, each a little later than the one before."""
    chance, placed = random.Random(1), 1_700_000_000
    statuses, weights = list(STATUSES), list(STATUSES.values())
    for row in range(rows):
        placed += chance.randint(1, 60)
        yield (
            10_000_000 + row,
            placed,
            f"{NAMES[row % len(NAMES)]} {chance.randint(1, 9999)}",
            chance.choices(statuses, weights)[0],
            chance.choice(("CZ", "DE", "JP", "IE")),
            chance.choice(("web-de", "web-cz", "store-01")),
            chance.choice(("Standard DHL", "Express UPS", "Pickup")),
            f"{chance.randint(100, 99_999) // 100:,}.{chance.randint(0, 99):02} €",
        )


def make_database(path: Path, rows: int) -> None:
    """A table of ``rows`` orders with the index its list is read by."""
    database = sqlite3.connect(path)
    try:
        database.executescript(
            """
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE TABLE orders (id INTEGER PRIMARY KEY, placed INTEGER, customer TEXT, status TEXT,
                                 country TEXT, channel TEXT, method TEXT, total TEXT);
            CREATE TABLE counter (value INTEGER);
            """
        )
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)", orders(rows))
        database.execute("CREATE INDEX orders_placed ON orders (placed DESC, id DESC)")
        database.execute("INSERT INTO counter VALUES (?)", (rows,))
        database.commit()
    finally:
        database.close()


@dataclass(slots=True)
class Rounds:
    """The steps of one program, a list of each for every round."""

    steps: dict[str, list[Step]] = field(default_factory=dict)
    flood: dict[str, float] = field(default_factory=dict)
    pss_mb: float = 0.0

    def ms(self, step: str, share: float) -> list[float]:
        """A quantile of a step's latency, of each round."""
        return [each.last_ms(share) for each in self.steps[step]]

    def sent(self, step: str) -> float:
        """Mean bytes of a step."""
        return statistics.mean(each.bytes_mean for each in self.steps[step])


def run_round(command: Sequence[str], rounds: Rounds, *, is_last: bool) -> None:
    """Carry out every step on a new run of the program."""
    program = Program(command)
    try:
        program.wait_for(READY, 60)
        program.drain(0.5)
        for name, keys in STEPS.items():
            rounds.steps.setdefault(name, []).append(measure(program, keys))
        if is_last:
            rounds.flood = flood(program, "j", 1000)
            rounds.pss_mb = program.pss_mb()
    finally:
        program.close()


def results(curses: Rounds, ours: Rounds, low: Rounds) -> dict[str, float]:
    """The figures named in `GOALS`."""

    def ratio(share: float) -> float:
        pairs = zip(ours.ms("move", share), curses.ms("move", share), strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)

    return {
        "move, p50, x curses": ratio(0.5),
        "move, p95, x curses": ratio(0.95),
        "move, bytes, mean over 200": ours.sent("move"),
        "move, bytes, low bandwidth": low.sent("move"),
        "page, p95": statistics.median(ours.ms("page", 0.95)),
        "page, bytes": ours.sent("page"),
        "end and home, p95": statistics.median(ours.ms("end", 0.95)),
        "end and home, bytes": ours.sent("end"),
    }


def run(database: Path, rows: int, rounds: int) -> dict[str, float]:
    """Measure all programs, one after another in each round so that they meet the same weather."""
    list_app = [sys.executable, str(APPS / "long_list_app.py"), str(database)]
    commands = {
        "curses": [sys.executable, str(APPS / "curses_list.py"), str(rows)],
        "ours": list_app,
        "low": [*list_app, "--low-bandwidth", "--theme", "ansi-dark"],
    }
    measured = {name: Rounds() for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            run_round(command, measured[name], is_last=number == rounds - 1)
    ours, curses = measured["ours"], measured["curses"]
    missed = sum(step.missed for steps in ours.steps.values() for step in steps)
    return results(curses, ours, measured["low"]) | {
        "curses: move, bytes": curses.sent("move"),
        "curses: page, bytes": curses.sent("page"),
        "keys without an answer": missed,
        "1,000 keys held down, keys per second": ours.flood["keys_per_second"],
        "memory, MB": round(ours.pss_mb, 1),
    }


def report(figures: Mapping[str, float]) -> str:
    """The figures next to their goals, as text."""
    goals = {goal.name: goal for goal in GOALS}
    lines = []
    for name, value in figures.items():
        goal = goals.get(name)
        beside = "" if goal is None else f"  goal ≤ {goal.limit:g} {goal.unit}"
        verdict = "" if goal is None or value <= goal.limit else "  MISSED"
        lines.append(f"{name:40} {value:10,.2f}{beside}{verdict}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    """Make the database unless it is given, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", type=Path, help="made by an earlier run; made there if it is missing")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or Path(folder) / "orders.sqlite"
        if not database.exists():
            make_database(database, given.rows)
        figures = run(database, given.rows, given.rounds)
    print(json.dumps(figures, indent=1) if given.json else report(figures))


if __name__ == "__main__":
    main()
