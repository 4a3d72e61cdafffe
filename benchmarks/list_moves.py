"""What moving in the long list costs, beside a list in plain curses, both over as many orders.

    python -m benchmarks list [--orders N] [--cache FOLDER]

The list stands alone on its screen, over a plain table; the console's own screens are measured elsewhere.
Ratios and bytes hold on any machine, milliseconds do not.
"""

import random
import sqlite3
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.ptybench import Step, flood, measure
from benchmarks.results import Result, at_most
from benchmarks.setting import Setting
from benchmarks.terminal import Program

APPS = Path(__file__).parent / "apps"
STEPS: Mapping[str, Sequence[str]] = {
    "move": ["j"] * 200,
    "page": ["pagedown"] * 20,
    "end": ["G", "g"] * 5,
}
READY = "LOADED"
SIX_KB = 6 * 1024
HELD = 1000
"""Presses of a key held down."""
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
    held: dict[str, float] = field(default_factory=dict)

    def ms(self, step: str, share: float) -> float:
        """A quantile of a step's latency, the median of the rounds."""
        return statistics.median(each.last_ms(share) for each in self.steps[step])

    def ratio(self, other: "Rounds", share: float) -> float:
        """A quantile of a move's latency, as a multiple of the other program's in the same round."""
        pairs = zip(self.steps["move"], other.steps["move"], strict=True)
        return statistics.median(mine.last_ms(share) / theirs.last_ms(share) for mine, theirs in pairs)

    def sent(self, step: str) -> float:
        """Mean bytes of a step."""
        return statistics.mean(each.bytes_mean for each in self.steps[step])

    @property
    def missed(self) -> int:
        """Keys that got no answer."""
        return sum(each.missed for steps in self.steps.values() for each in steps)


def run_round(command: Sequence[str], rounds: Rounds, *, is_last: bool) -> None:
    """Carry out every step on a new run of the program."""
    program = Program(command)
    try:
        program.wait_for(READY, 60)
        program.drain(0.5)
        for name, keys in STEPS.items():
            rounds.steps.setdefault(name, []).append(measure(program, keys))
        if is_last:
            rounds.held = flood(program, "j", HELD)
    finally:
        program.close()


def run(setting: Setting) -> tuple[Rounds, Rounds, Rounds]:
    """Curses, our list, and it in low-bandwidth mode: in turn, so that they meet the same weather."""
    database = setting.folder / f"list-{setting.orders}.sqlite"
    if not database.exists():
        make_database(database, setting.orders)
    ours = [sys.executable, str(APPS / "long_list_app.py"), str(database)]
    commands = (
        [sys.executable, str(APPS / "curses_list.py"), str(setting.orders)],
        ours,
        [*ours, "--low-bandwidth", "--theme", "ansi-dark"],
    )
    measured = (Rounds(), Rounds(), Rounds())
    times = setting.times(5, 1)
    for number in range(times):
        for command, rounds in zip(commands, measured, strict=True):
            run_round(command, rounds, is_last=number == times - 1)
    return measured


def moves(setting: Setting) -> Iterator[Result]:
    """Moves, page turns, both ends and a key held down."""
    curses, ours, low = run(setting)
    for name, share in (("p50", 0.5), ("p95", 0.95)):
        yield Result(
            metric=f"cursor move, {name} / curses list",
            measured=ours.ratio(curses, share),
            unit="x",
            goal=at_most(4),
            detail=f"{ours.ms('move', share):.1f} ms / {curses.ms('move', share):.1f} ms; {setting.orders:,}",
        )
    against = f"mean of {len(STEPS['move'])}, page turns among them; curses {curses.sent('move'):.0f}"
    yield Result(
        metric="cursor move", measured=ours.sent("move"), unit="bytes", goal=at_most(500), detail=against
    )
    yield Result(
        metric="cursor move, low bandwidth",
        measured=low.sent("move"),
        unit="bytes",
        goal=at_most(200),
        detail="the same, with a marker cursor and ANSI colours",
    )
    for step, name in (("page", "page down"), ("end", "end and home")):
        detail = f"p50 {ours.ms(step, 0.5):.1f} ms; curses p95 {curses.ms(step, 0.95):.1f} ms"
        p95 = ours.ms(step, 0.95)
        yield Result(metric=f"{name}, p95", measured=p95, unit="ms", goal=at_most(8), detail=detail)
        yield Result(metric=name, measured=ours.sent(step), unit="bytes", goal=at_most(SIX_KB))
    yield Result(
        metric="key held down",
        measured=ours.held["keys_per_second"],
        unit="keys/s",
        detail=f"{HELD:,} presses, {ours.held['bytes_per_key']} bytes each; {ours.missed} keys unanswered",
    )
