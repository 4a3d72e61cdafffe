"""What carrying flows on costs: new orders from acceptance to where they wait, and turns in which nothing
moves."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from benchmarks.results import Result
from benchmarks.setting import Setting
from benchmarks.timing import quantile
from oms_tui.clock import FixedClock, SystemClock
from oms_tui.desk import flows
from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch, take_in
from oms_tui.domain.order import Order
from oms_tui.domain.status import Cause, LineStatus
from oms_tui.exchange.sample import generate

BATCH = 500
_SEVERAL = 100
"""Orders of one measurement of time, so that a transaction of several is not one order's."""


def carried_on(setting: Setting) -> Iterator[Result]:
    """Orders as shops send them, with stock for most of them; then the same again when nothing moves."""
    count = setting.times(10_000, 300)
    path = setting.fresh("flows.db")
    setting.oms_tui("--database", str(path), "demo", "--orders", "500", "--no-console")
    with setting.desk(path) as desk:
        clock = FixedClock(SystemClock().now())
        desk.clock = clock
        flows.run_due(desk)
        _take_new(desk, count)
        yield from _measured(desk, "flow of a new order carried on")
        clock.advance(timedelta(minutes=31))
        flows.run_due(desk)
        clock.advance(timedelta(minutes=16))
        yield from _measured(desk, "flow in which nothing moves")


def _take_new(desk: Desk, count: int) -> None:
    """Take in orders that nothing was done to yet."""
    number = 80_000_000
    left = count
    for batch in generate(count * 2 + BATCH, now=desk.clock.now()):
        fresh = [
            _as_sent(order, number + place, desk) for place, order in enumerate(batch.orders) if order.lines
        ]
        number += BATCH
        fresh = [order for order in fresh if not order.is_carry_out][:left]
        left -= take_in(desk, Batch(orders=fresh), source="benchmark").orders
        if left <= 0:
            return


def _as_sent(order: Order, number: int, desk: Desk) -> Order:
    """The same order as its shop sent it: everything is still to do."""
    lines = tuple(
        replace(
            line,
            status=LineStatus.PENDING_ALLOCATION,
            cause=Cause.ACCEPTED,
            location="",
            shipment=None,
            reduction=replace(line.reduction, minor=0),
            tax_reduction=replace(line.tax_reduction, minor=0),
        )
        for line in order.lines
    )
    charges = tuple(replace(charge, is_cancelled=False) for charge in order.charges)
    payments = tuple(replace(x, operations=x.operations[:1], lapsed_at=None) for x in order.payments)
    return replace(
        order,
        id=str(number),
        created=desk.clock.now(),
        lines=lines,
        charges=charges,
        payments=payments,
        shipments=(),
        holds=(),
        adjustments=(),
        tasks=(),
    )


def _measured(desk: Desk, what: str) -> Iterator[Result]:
    total, took, ms = flows.FlowReport(), 0.0, []
    while True:
        start = time.perf_counter()
        report = flows.run_due(desk, limit=_SEVERAL)
        seconds = time.perf_counter() - start
        if not report.taken:
            break
        total, took = total + report, took + seconds
        ms.append(seconds / report.taken * 1e3)
    yield Result(
        metric=what,
        measured=total.taken / took if took else None,
        unit="orders/s",
        detail=(
            f"{total.orders:,} orders, {total.tasks:,} tasks, {total.changed:,} changed; "
            f"p50 {quantile(ms, 0.5):.1f} ms, p95 {quantile(ms, 0.95):.1f} ms an order; {total.failed} failed"
            if ms
            else "nothing was due"
        ),
    )
