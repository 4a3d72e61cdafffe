"""Measure any full-screen program from the outside, through a pseudo-terminal. Standard library only.

Start-up: seconds from exec until TEXT is on the screen, alone or in pairs (A B A B ...)

    python -m benchmarks.ptybench start --expect READY -n 15 -- python a.py [--vs -- python b.py]

Keystrokes: latency, bytes and CPU time of each key

    python -m benchmarks.ptybench keys --ready READY --step in:j*30 --step page:pagedown*20 -- python a.py

A step is NAME:KEYS*COUNT, where KEYS is one or more key names joined by a comma (j, down, pagedown, ctrl+d,
enter, text=abc); each key is measured by itself. ``--flood N`` sends the first step's key N times without
waiting, as a key held down does.

The harness answers a terminal's questions (attributes, cursor position, synchronised output) at once, as a
modern terminal does. TERM is xterm-256color and COLORTERM unset, which is what sshd passes on.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.terminal import SETTLE_SECONDS, Press, Program, key_bytes


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the others do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Step:
    """What a kind of key cost, over many."""

    presses: list[Press] = field(default_factory=list)
    cpu_ms: float = 0.0
    """Per key."""

    @property
    def answered(self) -> list[Press]:
        """Those that were answered."""
        return [press for press in self.presses if press.first_ms is not None]

    @property
    def missed(self) -> int:
        """How many were not."""
        return len(self.presses) - len(self.answered)

    def last_ms(self, share: float) -> float:
        """A quantile of the time to the last byte."""
        return quantile([press.last_ms for press in self.answered], share)

    @property
    def bytes_mean(self) -> float:
        """Bytes per key."""
        return statistics.mean(len(press.output) for press in self.presses)

    @property
    def bytes_p50(self) -> float:
        """Bytes of the usual key."""
        return quantile([len(press.output) for press in self.presses], 0.5)

    def summary(self) -> dict[str, object]:
        """The figures, for JSON."""
        figures: dict[str, object] = {"keys": len(self.presses), "missed": self.missed}
        if self.answered:
            firsts = [press.first_ms for press in self.answered if press.first_ms is not None]
            figures |= {
                "first_ms": [round(quantile(firsts, share), 2) for share in (0.5, 0.95)],
                "last_ms": [round(self.last_ms(share), 2) for share in (0.5, 0.95, 1.0)],
                "bytes": [self.bytes_p50, max(len(press.output) for press in self.presses)],
                "bytes_mean": round(self.bytes_mean),
            }
        return figures | {"cpu_ms": round(self.cpu_ms, 2)}


def measure(program: Program, keys: Sequence[str], settle: float = SETTLE_SECONDS) -> Step:
    """Press ``keys`` one after another, each when the answer to the one before is complete."""
    step, before = Step(), program.cpu_seconds()
    for key in keys:
        step.presses.append(program.press(key, settle))
    step.cpu_ms = (program.cpu_seconds() - before) * 1e3 / max(1, len(keys))
    return step


def flood(program: Program, key: str, times: int) -> dict[str, float]:
    """Hold ``key`` down: how fast the program eats ``times`` of them, and what it writes."""
    data, total, began = key_bytes(key), program.total, time.perf_counter()
    for _ in range(times):
        program.send(data)
    program.read(60)
    quiet = 0.5
    program.drain(quiet, 60)
    seconds = max(time.perf_counter() - began - quiet, 1e-6)
    return {
        "keys": times,
        "seconds": round(seconds, 3),
        "keys_per_second": round(times / seconds),
        "bytes_per_key": round((program.total - total) / times),
    }


def start_seconds(argv: Sequence[str], expect: str, given: argparse.Namespace) -> float:
    """How long ``argv`` takes to show ``expect``."""
    program = Program(argv, given.size, given.env)
    try:
        return program.wait_for(expect, given.limit)
    finally:
        program.close()


def run_start(given: argparse.Namespace) -> dict[str, object]:
    """Start the program, and the one it is compared with, again and again in turn."""
    programs = [(given.command, given.expect)]
    if given.versus:
        programs.append((given.versus, given.vs_expect or given.expect))
    rounds = [[start_seconds(argv, text, given) for argv, text in programs] for _ in range(given.n + 2)][2:]
    figures: dict[str, object] = {
        name: {"median_ms": round(statistics.median(times) * 1e3, 1), "min_ms": round(min(times) * 1e3, 1)}
        for name, times in zip("AB", zip(*rounds, strict=True), strict=False)
    }
    if given.versus:
        figures["ratio_median_of_pairs"] = round(statistics.median(a / b for a, b in rounds), 3)
    return figures


def run_keys(given: argparse.Namespace) -> dict[str, object]:
    """Carry out the steps."""
    program = Program(given.command, given.size, given.env)
    try:
        figures: dict[str, object] = {"ready_ms": round(program.wait_for(given.ready, given.limit) * 1e3, 1)}
        program.drain(0.5, 20)
        for number, spec in enumerate(given.step):
            name, rest = spec.split(":", 1)
            keys, count = rest.rsplit("*", 1)
            if number == 0 and given.flood:
                figures["flood"] = flood(program, keys, given.flood)
            figures[name] = measure(program, keys.split(",") * int(count), given.settle).summary()
        figures["pss_mb"] = round(program.pss_mb(), 1)
        return figures
    finally:
        program.close()


def parsed(argv: Sequence[str]) -> argparse.Namespace:
    """The command line: our options, ``--``, the program, and perhaps ``--vs --`` and another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("mode", choices=["start", "keys"])
    parser.add_argument("--size", default="120x40", help="columns x rows")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--limit", type=float, default=60, help="seconds to wait for --expect and --ready")
    parser.add_argument("--expect")
    parser.add_argument("--vs-expect")
    parser.add_argument("-n", type=int, default=10)
    parser.add_argument("--ready")
    parser.add_argument("--step", action="append", default=[], metavar="NAME:KEYS*COUNT")
    parser.add_argument("--settle", type=float, default=SETTLE_SECONDS)
    parser.add_argument("--flood", type=int, default=0)
    ours, _, rest = (list(part) for part in _split(argv, "--"))
    given = parser.parse_args(ours)
    given.command, _, versus = _split(rest, "--vs")
    given.versus = [word for word in versus if word != "--"]
    if not given.command:
        parser.error("give the command after --")
    given.size = tuple(int(part) for part in given.size.split("x"))
    given.env = dict(pair.split("=", 1) for pair in given.env)
    return given


def _split(words: Sequence[str], at: str) -> tuple[list[str], list[str], list[str]]:
    if at not in words:
        return list(words), [], []
    index = list(words).index(at)
    return list(words[:index]), [at], list(words[index + 1 :])


if __name__ == "__main__":
    arguments = parsed(sys.argv[1:])
    print(json.dumps(run_start(arguments) if arguments.mode == "start" else run_keys(arguments), indent=1))
