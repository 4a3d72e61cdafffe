"""What starting costs: the first frame, live queues, keys meanwhile, commands that print and end."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.asking import asked
from benchmarks.results import Result, at_most
from benchmarks.setting import Setting, command
from benchmarks.signing_in import Door
from benchmarks.terminal import SEQUENCES, Program, key_bytes
from benchmarks.timing import Pairs, in_turns, median, medians_ms, ratio
from oms_tui.desk import ask

BARE = (sys.executable, str(Path(__file__).parent / "apps" / "bare.py"))
BARE_READY = "READY"
FIRST_FRAME = "Opening the desk"
"""What the console says before it knows anything of the desk."""
LIMIT = 60.0
"""Seconds after which a program has not started."""
TYPED = "quartzvixenjumbofjordwaltzbighexpuckdwarfnymph"
"""Letters to type while the program starts."""


def first_frame(setting: Setting) -> Iterator[Result]:
    """Start to the first frame, against the smallest Textual program."""
    pairs = _starts(setting, ("demo",), FIRST_FRAME)
    yield Result(
        metric="start to first frame / bare Textual",
        measured=ratio(pairs),
        unit="x",
        goal=at_most(1.25),
        detail="{:.0f} ms / {:.0f} ms".format(*medians_ms(pairs)),
    )


def live_queues(setting: Setting) -> Iterator[Result]:
    """Start to the queues and the newest row of the feed, against the smallest Textual program."""
    with asked(setting) as this:
        newest = ask.feed(this.desk, this.actor, 1)[0].id
    pairs = _starts(setting, ("demo", "--role", "op"), newest)
    yield Result(
        metric="start to live queue rows / bare Textual",
        measured=ratio(pairs),
        unit="x",
        goal=at_most(2.5),
        detail="{:.0f} ms / {:.0f} ms; {:,} orders".format(*medians_ms(pairs), setting.orders),
    )


def _starts(setting: Setting, arguments: Sequence[str], expect: str) -> Pairs:
    ours = command("--database", str(setting.sample()), *arguments)
    return [
        (_seconds_to(setting, ours, expect), _seconds_to(setting, BARE, BARE_READY))
        for _ in range(setting.times(15, 3) + 1)
    ][1:]


def _seconds_to(setting: Setting, argv: Sequence[str], expect: str) -> float:
    program = Program(argv, env=setting.environment)
    try:
        return program.wait_for(expect, LIMIT)
    finally:
        program.close()


def keys_meanwhile(setting: Setting) -> Iterator[Result]:
    """Type a name while the libraries load in their thread: how long a letter takes to be seen at worst."""
    door = Door(setting, "typing.db")
    door.desk.close()
    worst, every = [], []
    for _ in range(setting.times(9, 2)):
        echoes = list(_echoes(setting, door.desk.store.path))
        worst.append(max(echoes))
        every += echoes
    yield Result(
        metric="worst key while libraries load",
        measured=median(worst),
        unit="ms",
        goal=at_most(35),
        detail=f"median of {len(worst)} starts; of all {len(every)} keys: median {median(every):.1f} ms, "
        f"worst {max(every):.0f} ms",
    )


def _echoes(setting: Setting, database: Path) -> Iterator[float]:
    """Milliseconds from each letter to its echo, from the first frame on."""
    program = Program(command("--database", str(database)), env=setting.environment)
    try:
        program.wait_for(FIRST_FRAME, LIMIT)
        for place, letter in enumerate(TYPED, 1):
            seen, pressed = program.total, time.perf_counter()
            program.send(key_bytes(letter))
            wanted = TYPED[max(0, place - 4) : place].encode()
            while wanted not in SEQUENCES.sub(b"", program.output[-(program.total - seen + 4) :]):
                if time.perf_counter() - pressed > LIMIT or not program.is_alive:
                    raise TimeoutError("A letter was never shown.")
                program.read(0.5)
            yield (time.perf_counter() - pressed) * 1e3
    finally:
        program.close()


def command_line(setting: Setting) -> Iterator[Result]:
    """`--version` and `--help`, less what Python itself takes."""
    nothing = partial(_run, setting, (sys.executable, "-c", "pass"))
    for option in ("--version", "--help"):
        ours = partial(_run, setting, command(option))
        pairs = in_turns(ours, nothing, setting.times(15, 4))
        yield Result(
            metric=f"{option}, of our own",
            measured=median(measured - empty for measured, empty in pairs) * 1e3,
            unit="ms",
            goal=at_most(150),
            detail="{:.0f} ms; Python alone {:.0f} ms".format(*medians_ms(pairs)),
        )


def _run(setting: Setting, argv: Sequence[str]) -> None:
    subprocess.run(argv, env=dict(setting.environment), stdout=subprocess.DEVNULL, check=True)
