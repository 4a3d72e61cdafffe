"""What orders coming in cost: real ones from a file, and sample data (performance, goals)."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence

from benchmarks.results import Result, at_least, at_most
from benchmarks.setting import FEW, UCI_YEAR_1, Setting, command

SMALL_DESK = 2_000
"""Sample orders that `oms-tui demo` makes where nobody says how many."""
_KIB_PER_MB = 1_000_000 / 1_024


def run_measured(
    setting: Setting, arguments: Sequence[str], *, may_reject: bool = False
) -> tuple[float, float, str]:
    """Run the program; seconds, peak resident memory in MB, what it printed.

    Args:
        setting: Where.
        arguments: The command.
        may_reject: Whether it takes a file in of which rows are rejected, which ends with 1.

    Raises:
        RuntimeError: It failed; the text is what it said.
    """
    start = time.perf_counter()
    with subprocess.Popen(
        command(*arguments),
        env=dict(setting.environment),
        cwd=setting.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        printed = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if may_reject else (0,)):
        raise RuntimeError(f"oms-tui {' '.join(arguments)}: {printed.strip()[-500:]}")
    return time.perf_counter() - start, usage.ru_maxrss / _KIB_PER_MB, printed


def uci(setting: Setting) -> Iterator[Result]:
    """Import a year of real orders: 525,461 rows with their returns and credit notes."""
    rate = "import of UCI year 1"
    file = setting.data / UCI_YEAR_1
    if not file.exists():
        yield Result(metric=rate, measured=None, detail=f"{UCI_YEAR_1} is not on this machine")
        return
    database = setting.fresh("uci.db")
    where = ("--database", str(database), "--json")
    took, peak, printed = run_measured(setting, (*where, "import", "uci", str(file)), may_reject=True)
    report = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    yield Result(
        metric=rate,
        measured=report["rows"] / took,
        unit="rows/s",
        goal=at_least(20_000),
        detail=f"{report['rows']:,} rows, {report['orders']:,} orders, {took:.1f} s, start included",
    )
    yield Result(metric=f"{rate}, peak memory", measured=peak, unit="MB", goal=at_most(300))
    again, _, _ = run_measured(setting, (*where, "import", "uci", str(file)), may_reject=True)
    yield Result(metric=f"{rate}, the same file again", measured=again, unit="s", detail="adds nothing")


def sample(setting: Setting) -> Iterator[Result]:
    """Make sample data, as `oms-tui demo` does."""
    demo = ("demo", "--no-console", "--orders")
    small = setting.fresh("small.db")
    took, _, _ = run_measured(setting, ("--database", str(small), *demo, str(SMALL_DESK)))
    yield Result(
        metric=f"sample data, {SMALL_DESK:,} orders",
        measured=took,
        unit="s",
        goal=at_most(5),
        detail="start included",
    )
    many = FEW if setting.is_quick else 100_000
    large = setting.fresh("large.db")
    took, peak, _ = run_measured(setting, ("--database", str(large), *demo, str(many)))
    size = large.stat().st_size
    large.unlink()
    yield Result(
        metric=f"sample data, {many:,} orders",
        measured=many / took,
        unit="orders/s",
        detail=f"{took:.0f} s, peak memory {peak:.0f} MB, {size / many:,.0f} bytes an order",
    )
    yield Result(metric="sample data, peak memory", measured=peak, unit="MB", goal=at_most(300))
