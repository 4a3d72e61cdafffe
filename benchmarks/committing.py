"""What commits cost: a verb with eight consoles writing at once, and on an order of 700 lines."""

import json
import random
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from benchmarks.making import take_open_orders
from benchmarks.raw import Raw
from benchmarks.results import Result, at_most
from benchmarks.setting import ROOT, Setting
from benchmarks.timing import median, medians_ms, quantile, ratio, seconds
from oms_tui.desk import ask
from oms_tui.desk.commit import commit
from oms_tui.desk.desk import Desk
from oms_tui.desk.people import actor_named
from oms_tui.desk.plan import plan
from oms_tui.domain.people import Actor

WRITERS = 8
"""Consoles that commit at once."""
CANCELLER = "ana"
"""The sample person who may cancel."""
FIRST = 90_000_000
"""ID of the first order made for this."""
LINES = 700
"""Of a very large order."""
_WRITTEN = "CREATE TABLE written (writer TEXT, number INTEGER, at INTEGER, text TEXT)"


@dataclass(frozen=True, slots=True)
class Race:
    """What became of many writers at once."""

    took_ms: Sequence[float]
    """Of every commit that was acknowledged."""
    errors: Sequence[str]

    @property
    def shown(self) -> str:
        """p50 and p95."""
        return f"p50 {median(self.took_ms):.1f} ms, p95 {quantile(self.took_ms, 0.95):.1f} ms"


def race(setting: Setting, arguments: Sequence[Sequence[str]], told: str = "") -> Race:
    """Run writers at once, all started by the same signal."""
    command = (sys.executable, "-m", "benchmarks.writer")
    running = [
        subprocess.Popen(
            (*command, *given),
            cwd=ROOT,
            env=dict(setting.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for given in arguments
    ]
    for each in running:
        if each.stdin and told:
            each.stdin.write(f"{told}\n")
            each.stdin.flush()
    for each in running:
        if each.stdout is None or each.stdout.readline() != "ready\n":
            raise RuntimeError("A writer did not start.")
    for each in running:
        if each.stdin:
            each.stdin.write("go\n")
            each.stdin.flush()
    figures = [json.loads(each.communicate()[0]) for each in running]
    return Race(
        [took for each in figures for took in each["took_ms"]],
        [error for each in figures for error, count in each["errors"].items() for _ in range(count)],
    )


def commits(setting: Setting) -> Iterator[Result]:
    """Eight consoles add notes to orders of one desk at once; then plain inserts for comparison."""
    path = setting.sample()
    times, name = setting.times(150, 25), uuid.uuid4().hex[:8]
    raw = Raw(path)
    with closing(raw):
        last = raw.number("SELECT max(pk) FROM orders")
        rng = random.Random(name)
        picked = [rng.randint(1, last) for _ in range(100)]
        ids = [raw.texts("SELECT id FROM orders WHERE pk >= ? LIMIT 1", pk)[0] for pk in picked]
        ours = race(
            setting,
            [
                ("desk", str(path), str(setting.state_folder), f"{name}-{number}", str(times))
                for number in range(WRITERS)
            ],
            " ".join(ids),
        )
        kept = raw.number("SELECT count(*) FROM note WHERE text LIKE ?", f"{name}-%")
    plain_path = setting.fresh("plain.db")
    with closing(sqlite3.connect(plain_path)) as plain_database:
        plain_database.execute("PRAGMA journal_mode = WAL")
        plain_database.execute(_WRITTEN)
    plain = race(setting, [("raw", str(plain_path), str(number), str(times)) for number in range(WRITERS)])
    done = len(ours.took_ms)
    yield Result(
        metric=f"commit of a verb, {WRITERS} writers, p95",
        measured=quantile(ours.took_ms, 0.95),
        unit="ms",
        goal=at_most(20),
        detail=f"{done:,} commits, {ours.shown}; a plain insert {plain.shown}",
    )
    yield Result(
        metric="commits acknowledged and lost",
        measured=done - kept,
        goal=at_most(0),
        detail=f"{done:,} acknowledged, {kept:,} kept",
    )
    locked = [error for error in ours.errors if "lock" in error.lower() or "busy" in error.lower()]
    yield Result(
        metric='"locked" seen by a console',
        measured=len(locked),
        goal=at_most(0),
        detail="; ".join(sorted(set(ours.errors))) or "no other error either",
    )


def giant(setting: Setting) -> Iterator[Result]:
    """Cancelling a line of an order of 700 lines, against the same on orders of 5."""
    times = setting.times(30, 8)
    path = setting.fresh("giant.db")
    setting.oms_tui("--database", str(path), "demo", "--orders", "500", "--no-console")
    with setting.desk(path) as desk:
        actor = actor_named(desk, CANCELLER)
        large, *small = take_open_orders(desk, FIRST, [LINES, *[5] * times])
        planned, committed = [], []
        for number, other in enumerate(small, 1):
            big, little = _cancel(desk, actor, large, number), _cancel(desk, actor, other, 1)
            planned.append((big[0], little[0]))
            committed.append((big[1], little[1]))
    for what, pairs in (("preview", planned), ("commit", committed)):
        big_ms, little_ms = medians_ms(pairs)
        yield Result(
            metric=f"{what} of cancelling 1 of {LINES} lines",
            measured=big_ms,
            unit="ms",
            detail=f"{ratio(pairs):.1f} times that of 1 of 5 lines, {little_ms:.1f} ms",
        )
    yield Result(
        metric=f"commit of cancelling 1 of {LINES} lines, p95",
        measured=quantile([pair[0] * 1e3 for pair in committed], 0.95),
        unit="ms",
        goal=at_most(100),
        detail=f"{len(committed)} commits",
    )


def _cancel(desk: Desk, actor: Actor, order_id: str, line: int) -> tuple[float, float]:
    """Cancel a line; seconds of the preview and of the commit."""
    arguments = {"lines": [str(line)], "reason": "customer request"}
    version = ask.order(desk, actor, order_id).order.version
    preview = seconds(plan, desk, actor, "order.cancel", order_id, arguments)
    key = uuid.uuid4().hex
    return preview, seconds(
        commit, desk, actor, "order.cancel", order_id, arguments, version=version, key=key
    )
