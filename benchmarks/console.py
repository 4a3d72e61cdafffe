"""What the console costs in use, through a pseudo-terminal of 120 by 40 (performance, goals).

Moves, pages, orders opened, changes made elsewhere, memory.
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.asking import asked
from benchmarks.making import take_open_orders
from benchmarks.ptybench import Step, flood, measure
from benchmarks.results import Result, at_most
from benchmarks.setting import Setting, command
from benchmarks.terminal import Program
from benchmarks.timing import median, quantile
from oms_tui.desk import ask

LIMIT = 60.0
"""Seconds after which something has not come."""
CURSES = str(Path(__file__).parent / "apps" / "curses_list.py")
MOVES, PAGES, ENDS = 200, 20, 5
"""Keys of each kind; page turns are among the moves."""
QUICK = 5
"""A quick run presses so many times fewer."""
TOAST = 6.0
"""Seconds after which a warning at the start has gone: what is measured is the screen alone."""
HELD = 10_000
"""Keys over which memory must stay flat."""
SLOW_LINK: Mapping[str, str] = {"OMS_TUI_UI_LOW_BANDWIDTH": "true", "OMS_TUI_UI_THEME": "ansi"}


@contextmanager
def orders_list(setting: Setting, extra: Mapping[str, str] | None = None) -> Iterator[Program]:
    """The console at the list of all orders, newest first, without the pane below it."""
    with asked(setting) as this:
        newest = ask.feed(this.desk, this.actor, 1)[0].id
        count = this.raw.number("SELECT value FROM counter WHERE name = 'orders'")
    argv = command("--database", str(setting.sample()), "demo", "--role", "op")
    program = Program(argv, env={**setting.environment, **(extra or {})})
    try:
        program.wait_for(newest, LIMIT)
        program.drain(0.5)
        for key in (":", "text=or", "enter"):
            program.press(key)
        program.wait_for(f"1 of {count:,}", LIMIT)
        program.drain(0.5)
        program.press("z")
        program.drain(TOAST)
        program.drain(0.5)
        yield program
    finally:
        program.close()


def moves(setting: Setting) -> Iterator[Result]:
    """Moving in the list, against a list of as many rows in plain curses."""
    steps = _steps(setting)
    ours: dict[str, list[Step]] = {}
    curses: list[Step] = []
    for _ in range(setting.times(3, 1)):
        with orders_list(setting) as program:
            for name, keys in steps.items():
                ours.setdefault(name, []).append(measure(program, keys))
        curses.append(_curses(setting))
    with orders_list(setting, SLOW_LINK) as program:
        frugal = measure(program, steps["move"])
    for share in (0.5, 0.95):
        pairs = [(a.last_ms(share), b.last_ms(share)) for a, b in zip(ours["move"], curses, strict=True)]
        yield Result(
            metric=f"cursor move in the console, p{share * 100:.0f} / curses list",
            measured=median(mine / theirs for mine, theirs in pairs),
            unit="x",
            goal=at_most(4),
            detail="{:.2f} ms / {:.2f} ms".format(*(median(part) for part in zip(*pairs, strict=True))),
        )
    yield _bytes(
        "bytes per cursor move in the console, mean", ours["move"], 500, f"curses {_mean(curses):.0f}"
    )
    yield _bytes("… with low bandwidth set", [frugal], 200, "")
    for name, what in (("page", "page down"), ("end", "end and home")):
        yield Result(
            metric=f"{what} in the console, p95",
            measured=median(step.last_ms(0.95) for step in ours[name]),
            unit="ms",
            goal=at_most(8),
            detail=f"p50 {median(step.last_ms(0.5) for step in ours[name]):.1f} ms",
        )
        yield _bytes(f"bytes per {what}, mean", ours[name], 6_144, "")


def _bytes(metric: str, steps: Sequence[Step], limit: float, detail: str) -> Result:
    return Result(metric=metric, measured=_mean(steps), unit="bytes", goal=at_most(limit), detail=detail)


def _mean(steps: Sequence[Step]) -> float:
    return median(step.bytes_mean for step in steps)


def _steps(setting: Setting) -> dict[str, list[str]]:
    moves, pages, ends = (setting.times(count, max(1, count // QUICK)) for count in (MOVES, PAGES, ENDS))
    return {"move": ["j"] * moves, "page": ["pagedown"] * pages, "end": ["end", "home"] * ends}


def _curses(setting: Setting) -> Step:
    program = Program((sys.executable, CURSES, str(setting.orders)))
    try:
        program.wait_for("LOADED", LIMIT)
        program.drain(0.5)
        return measure(program, _steps(setting)["move"])
    finally:
        program.close()


def opening(setting: Setting) -> Iterator[Result]:
    """Open orders one after another and come back: from the key to the last byte painted."""
    opened, back = Step(), Step()
    with orders_list(setting) as program:
        for _ in range(setting.times(40, 8)):
            opened.presses += measure(program, ["enter"]).presses
            program.drain(0.3)
            back.presses += measure(program, ["q"]).presses
            program.drain(0.3)
            program.press("j")
    for metric, step, limit in (
        ("open an order: key to full profile, p95", opened, 30),
        ("back to the list, p95", back, 15),
    ):
        yield Result(
            metric=metric,
            measured=step.last_ms(0.95),
            unit="ms",
            goal=at_most(limit),
            detail=f"p50 {step.last_ms(0.5):.1f} ms of {len(step.answered)}, {step.bytes_mean:,.0f} bytes",
        )


def live(setting: Setting) -> Iterator[Result]:
    """Another process takes an order in: how long until a dashboard shows it; and again on a busy day."""
    yield from _live(setting, "live update, another's commit to paint, p95", ())
    yield from _live(setting, "live update on a busy day (demo --live), p95", ("--live",))


def _live(setting: Setting, metric: str, more: Sequence[str]) -> Iterator[Result]:
    path = setting.fresh("live.db")
    setting.oms_tui("--database", str(path), "demo", "--orders", "2000", "--no-console")
    words = ("--database", str(path), "demo", "--role", "op", *more)
    program = Program(command(*words), env=setting.environment)
    took = []
    try:
        program.wait_for("Order feed", LIMIT)
        program.drain(1.0)
        with setting.desk(path) as desk:
            for number in range(setting.times(20, 4)):
                order_id = take_open_orders(desk, 91_000_000 + number, [3])[0]
                committed = time.perf_counter()
                program.wait_for(order_id, LIMIT)
                took.append((time.perf_counter() - committed) * 1e3)
                program.drain(0.3)
    finally:
        program.close()
    yield Result(
        metric=metric,
        measured=quantile(took, 0.95),
        unit="ms",
        goal=at_most(500),
        detail=f"{len(took)} changes, p50 {median(took):.0f} ms",
    )


def memory(setting: Setting) -> Iterator[Result]:
    """What the console holds once dashboard, list, profile and search were used, and after 10,000 keys."""
    with orders_list(setting) as program:
        for key in ("enter", "8", "q", "/", "text=smith", "escape", "end", "home", "pagedown"):
            program.press(key)
            program.drain(0.5)
        before = program.pss_mb()
        held = setting.times(HELD, 2_000)
        speed = flood(program, "j", held)
        program.drain(0.5)
        filled = program.pss_mb()
        flood(program, "j", held)
        program.drain(0.5)
        after = program.pss_mb()
    yield Result(
        metric="memory (PSS), everything loaded",
        measured=before,
        unit="MB",
        goal=at_most(80),
        detail=f"{setting.orders:,} orders; {filled:.0f} MB once {held:,} keys have filled the caches",
    )
    yield Result(
        metric=f"memory gained over {held:,} keys more",
        measured=after - filled,
        unit="MB",
        goal=at_most(1),
        detail=f"{speed['keys_per_second']:,} keys/s, {speed['bytes_per_key']:,} bytes a key",
    )
