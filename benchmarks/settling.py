"""What a settlement file costs against a large database: taking it in, its rows on a screen, mending one."""

import csv
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Result, at_most
from benchmarks.setting import Setting, reader
from benchmarks.taking_in import run_measured
from benchmarks.timing import quantile
from oms_tui.desk import settling
from oms_tui.desk.desk import Desk
from oms_tui.domain.money import Money, format_amount
from oms_tui.domain.settlement import OPEN

ROWS = 10_000
_PAGE = 50
_MS = 1_000
_HELD = (
    "SELECT o.reference, o.kind, o.amount, p.currency, o.at FROM payment_operation o "
    "JOIN payment p ON p.order_pk = o.order_pk AND p.number = o.payment "
    "WHERE o.state = 'succeeded' AND (o.kind = 'capture' OR o.kind = 'refund') AND o.reference <> '' "
    "AND p.method IN ('card', 'wallet', 'bank_transfer') AND o.at < ? ORDER BY o.at DESC LIMIT ?"
)


def reconciled(setting: Setting) -> Iterator[Result]:
    """A file of 10,000 rows of which three differ; the same again; pages and single rows of it."""
    path = setting.fresh("settled.db")
    shutil.copy(setting.sample(), path)
    file = setting.folder / "settlement.csv"
    with setting.desk(path) as desk:
        rows = _write_file(desk, file, setting.times(ROWS, 500))
    where = ("--database", str(path), "--json", "import", "settlement", str(file))
    name = f"settlement file of {rows:,} rows"
    took, peak, printed = run_measured(setting, where)
    report = json.loads(next(line for line in printed.splitlines() if line.startswith("{")))
    counts = report["counts"]
    differing = sum(counts[one.value] for one in OPEN)
    yield Result(
        metric=name,
        measured=took,
        unit="s",
        detail=f"{counts['matched']:,} matched, {differing} not, {setting.orders:,} orders; start included",
    )
    yield Result(metric=f"{name}, peak memory", measured=peak, unit="MB", goal=at_most(300))
    again, _, _ = run_measured(setting, where)
    yield Result(metric=f"{name}, the same again", measured=again, unit="s", detail="changes nothing")
    with setting.desk(path) as desk:
        yield from _asked(desk, setting.times(200, 20))
    setting.fresh("settled.db")


def _write_file(desk: Desk, file: Path, most: int) -> int:
    """A faithful file but for three rows: one with another amount, one unknown here, one left out."""
    with desk.store.read() as conn:
        until = int(desk.clock.now().timestamp() * 1_000_000)
        held = conn.exec_driver_sql(_HELD, (until, most)).all()
    rows = [
        [reference, kind, format_amount(Money(amount, currency)), currency, _day(at), "0"]
        for reference, kind, amount, currency, at in held
    ]
    rows[1][2] = "1" if rows[1][3] == "JPY" else "0.01"
    rows[2][0] = "not-known-here"
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(("reference", "type", "amount", "currency", "date", "fee"))
        writer.writerows(rows)
    return len(rows)


def _day(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at // 1_000_000))


def _asked(desk: Desk, times: int) -> Iterator[Result]:
    actor = reader(desk)
    pages, rows, counts = [], [], []
    after = None
    for _ in range(times):
        start = time.perf_counter()
        page = settling.page(desk, actor, 1, size=_PAGE, after=after)
        pages.append(time.perf_counter() - start)
        after = page.rows[-1].position if page.has_after else None
        start = time.perf_counter()
        settling.detail(desk, actor, page.rows[0].number)
        rows.append(time.perf_counter() - start)
        start = time.perf_counter()
        settling.open_differences(desk, actor)
        counts.append(time.perf_counter() - start)
    for name, found in (
        (f"page of {_PAGE}", pages),
        ("one row with its way", rows),
        ("what is open", counts),
    ):
        p50, p95 = (quantile(found, share) * _MS for share in (0.5, 0.95))
        yield Result(
            metric=f"settlement: {name}, p95",
            measured=p95,
            unit="ms",
            goal=at_most(30),
            detail=f"p50 {p50:.1f} ms",
        )
