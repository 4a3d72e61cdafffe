"""What events coming in cost: a file of them, the same file again, and whether everything holds then."""

import json
import time
from collections.abc import Iterator

from benchmarks.load import make_load
from benchmarks.results import Result, at_least, at_most
from benchmarks.setting import Setting
from benchmarks.taking_in import run_measured

MANY_EVENTS = 1_000_000
FEW_EVENTS = 3_000
_NAME = "events ingested"


def events(setting: Setting) -> Iterator[Result]:
    """A million events about orders whose pick tickets are out, and the same file again."""
    yield from ingested(setting, setting.times(MANY_EVENTS, FEW_EVENTS))


def ingested(setting: Setting, count: int) -> Iterator[Result]:
    """So many events: rate, memory, the same again, and what the doctor says.

    Raises:
        RuntimeError: The program failed, lost a line, or took one twice.
    """
    database, file = setting.fresh("events.db"), setting.folder / "events.jsonl"
    setting.oms_tui("--database", str(database), "demo", "--orders", "500", "--no-console")
    start = time.monotonic()
    with setting.desk(database) as desk:
        orders = make_load(desk, file, count)
    made = time.monotonic() - start
    words = ("--database", str(database), "--json", "ingest", str(file))
    took, peak, printed = run_measured(setting, words)
    report = _report(printed)
    accounted = report["taken"] + report["known"] + report["waiting"] + report["problems"] + report["kept"]
    if report["lines"] != count or accounted != count:
        raise RuntimeError(f"Lines were lost: {report}")
    yield Result(
        metric=_NAME,
        measured=count / took,
        unit="events/s",
        goal=at_least(2_000),
        detail=(
            f"{count:,} events of {orders:,} orders, {took:.0f} s: {report['changed']:,} changed it, "
            f"{report['known']:,} twice, {report['waiting']:,} wait, {report['problems']:,} problems; "
            f"making them {made:.0f} s"
        ),
    )
    yield Result(metric=f"{_NAME}, peak memory", measured=peak, unit="MB", goal=at_most(300))
    took, _, printed = run_measured(setting, words)
    again = _report(printed)
    if again["known"] != count or again["changed"]:
        raise RuntimeError(f"The same file again changed something: {again}")
    yield Result(
        metric=f"{_NAME}, the same file again",
        measured=count / took,
        unit="events/s",
        detail=f"{took:.0f} s, changes nothing",
    )
    start = time.monotonic()
    setting.oms_tui("--database", str(database), "doctor")
    yield Result(
        metric=f"{_NAME}, doctor after it",
        measured=time.monotonic() - start,
        unit="s",
        detail="everything holds",
    )
    file.unlink()


def _report(printed: str) -> dict[str, int]:
    found: dict[str, int] = json.loads(next(x for x in printed.splitlines() if x.startswith("{")))
    return found
