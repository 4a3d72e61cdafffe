"""Measure, and print what was measured beside the goals of `docs/performance.md`.

    python -m benchmarks [NAME…] [--orders N] [--quick] [--json] [--cache FOLDER] [--data FOLDER]

A million sample orders are made first, once where a cache folder is named. A goal that is missed is named at
the end; the exit code is 1 only where something could not be measured that should have been.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import (
    asking,
    committing,
    console,
    flowing,
    ingesting,
    list_moves,
    settling,
    signing_in,
    starting,
    taking_in,
)
from benchmarks.results import Result, Verdict, as_json, closing, header, line_of
from benchmarks.setting import FEW, MANY, SHARED_DATA, Setting

Measure = Callable[[Setting], Iterator[Result]]
MEASURES: Mapping[str, Measure] = {
    "first-frame": starting.first_frame,
    "live-queues": starting.live_queues,
    "keys-meanwhile": starting.keys_meanwhile,
    "command-line": starting.command_line,
    "list": list_moves.moves,
    "moves": console.moves,
    "opening": console.opening,
    "live": console.live,
    "memory": console.memory,
    "depth": asking.depth,
    "counts": asking.counts,
    "search": asking.search,
    "detail": asking.detail,
    "commits": committing.commits,
    "giant": committing.giant,
    "flows": flowing.carried_on,
    "events": ingesting.events,
    "sample": taking_in.sample,
    "uci": taking_in.uci,
    "settlement": settling.reconciled,
    "sign-in": signing_in.times,
    "guesses": signing_in.guesses,
}
"""What can be named on the command line, in the order of measuring."""


def measured(name: str, setting: Setting) -> Iterator[Result]:
    """The results of a measurement; one that breaks is a result too, so that the others go on."""
    try:
        yield from MEASURES[name](setting)
    except Exception as error:  # whatever it is, it is said and the exit code tells
        yield Result(metric=name, measured=None, detail=f"{type(error).__name__}: {error}", is_broken=True)


def run(names: Sequence[str], setting: Setting, *, show: Callable[[str], object]) -> list[Result]:
    """Measure everything named, each result shown as soon as it is there."""
    results = []
    show(header())
    for name in names:
        for result in measured(name, setting):
            results.append(result)
            show(line_of(result))
    show("")
    for line in closing(results):
        show(line)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks; the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"names: {', '.join(MEASURES)}",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="what to measure; everything unless named")
    parser.add_argument("--orders", type=int, help=f"sample orders: {MANY:,}, or {FEW:,} with --quick")
    parser.add_argument("--quick", action="store_true", help="fewer orders and repetitions")
    parser.add_argument("--json", action="store_true", help="print JSON; the table goes to standard error")
    parser.add_argument("--cache", type=Path, help="keep the sample data in this folder for the next run")
    parser.add_argument("--data", type=Path, default=SHARED_DATA, help="the folder of real orders")
    given = parser.parse_args(argv)
    if unknown := sorted(set(given.names) - set(MEASURES)):
        parser.error(f"there is no {unknown[0]!r}; names: {', '.join(MEASURES)}")
    with tempfile.TemporaryDirectory(prefix="oms-tui-benchmarks-") as folder:
        setting = Setting(
            folder=(given.cache or Path(folder)).absolute(),
            orders=given.orders or (FEW if given.quick else MANY),
            is_quick=given.quick,
            data=given.data.absolute(),
        )
        results = run(given.names or list(MEASURES), setting, show=_shower(is_json=given.json))
    if given.json:
        print(as_json(results))
    return 1 if any(result.verdict is Verdict.BROKEN for result in results) else 0


def _shower(*, is_json: bool) -> Callable[[str], object]:
    stream = sys.stderr if is_json else sys.stdout
    return lambda line: print(line, file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
