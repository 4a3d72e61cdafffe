"""Flows: what is due is run, each order on its own, however many workers there are (architecture 4).

An order is picked, read, carried on and written under one write lock, so that no two workers run the same
turn. Several orders share a transaction, and with it the wait for the disk; each is a savepoint of its own.
"""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from oms_tui.clock import to_micros
from oms_tui.desk.desk import Desk
from oms_tui.desk.effects import write_effect
from oms_tui.desk.subjects import find_order
from oms_tui.desk.world import world_of
from oms_tui.desk.writing import Writing, writing
from oms_tui.domain.differences import consequences
from oms_tui.domain.engine import Advance, advance
from oms_tui.domain.flow import Failed, Waiting
from oms_tui.domain.people import FLOW_ACTOR
from oms_tui.domain.steps.base import FlowContext
from oms_tui.store import due, orders
from oms_tui.store.engine import savepoint
from oms_tui.store.errors import ProgrammingMistake, RuleBroken, StoreError
from oms_tui.store.orders import Stored

RUN_FLOW = "flow.run"
"""The action of a flow's audit entries."""
HOLD = 0.02
"""Seconds that one transaction is to hold the database, about: how many orders share one follows from it."""
FEWEST, FIRST, MOST = 2, 4, 32
"""Orders of one transaction: at least, in the first one, at most."""
BREATH = 0.002
"""Seconds between two transactions, in which whoever waits for the lock gets it."""
LOCK_WAIT = 1.0
"""Seconds a worker waits for others' writing before it looks whether it is to stop."""
MANY = 1 << 62
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """What became of the flows that were due."""

    orders: int = 0
    """Orders that were carried on."""
    tasks: int = 0
    """Runs of their tasks."""
    changed: int = 0
    """Orders of which more than runs changed: they have a new version."""
    failed: int = 0
    """Orders whose flow broke off by a fault of the program; they are tried again after the interval."""

    @property
    def taken(self) -> int:
        """All orders that were due."""
        return self.orders + self.failed

    def __add__(self, other: "FlowReport") -> "FlowReport":
        return FlowReport(
            orders=self.orders + other.orders,
            tasks=self.tasks + other.tasks,
            changed=self.changed + other.changed,
            failed=self.failed + other.failed,
        )


def _never() -> bool:
    return False


def _nobody(report: FlowReport) -> None:
    return None


def run_due(
    desk: Desk,
    *,
    limit: int = MANY,
    is_over: Callable[[], bool] = _never,
    told: Callable[[FlowReport], object] = _nobody,
) -> FlowReport:
    """Run what is due now, longest due first.

    Args:
        desk: The desk.
        limit: Orders at most.
        is_over: Asked before each order: whether to stop there.
        told: Told of every transaction that was committed, also if a later one raises.

    Raises:
        DatabaseBusy: Others are writing; what was carried on before is kept.
        StoreError: The database refused; the orders of the last transaction are as they were.
    """
    report, together = FlowReport(), FIRST
    while report.taken < limit and not is_over():
        now = to_micros(desk.clock.now())
        with desk.store.read() as conn:
            if not due.due_orders(conn, now, 1):
                break
        turn, held = _turn(desk, min(together, limit - report.taken), is_over)
        told(turn)
        report += turn
        fitting = int(turn.taken * HOLD / held) if held > 0 else MOST
        together = max(FEWEST, min(fitting, 2 * together, MOST))
        time.sleep(BREATH)
    return report


def run_order(desk: Desk, order_id: str) -> FlowReport:
    """Run what is due of one order; nothing where nothing is.

    Raises:
        Missing: There is no such order.
        StoreError: The database refused; the order is as it was.
    """
    with writing(desk) as work:
        stored = find_order(work.conn, order_id)
        if not due.is_due(work.conn, stored.pk, work.micros):
            return FlowReport()
        return _carry_on(desk, work, stored, _context(desk, work))


def _turn(desk: Desk, most: int, is_over: Callable[[], bool]) -> tuple[FlowReport, float]:
    """One transaction: the orders that are due are picked under its lock; how long it was held, in
    seconds."""
    report = FlowReport()
    with writing(desk, LOCK_WAIT, yields=True) as work:
        since = desk.clock.monotonic()
        context = _context(desk, work)
        for stored in orders.load_many(work.conn, due.due_orders(work.conn, work.micros, most)):
            if is_over():
                break
            report += _carry_on(desk, work, stored, context)
    return report, desk.clock.monotonic() - since


def _context(desk: Desk, work: Writing) -> FlowContext:
    """What the flows of a transaction decide by."""
    return FlowContext(now=work.now, rules=desk.policy.flow, world=world_of(desk, work.conn, numbers=True))


def _carry_on(desk: Desk, work: Writing, stored: Stored, context: FlowContext) -> FlowReport:
    """One order. A fault in its flow undoes what was done to it alone, and lets it rest."""
    last = work.last_entry
    try:
        with savepoint(work.conn):
            done = _run(work, stored, context)
    except Exception as error:
        if isinstance(error, StoreError) and not isinstance(error, RuleBroken | ProgrammingMistake):
            raise
        work.last_entry = last
        _let_rest(desk, work, stored, error)
        return FlowReport(failed=1)
    return FlowReport(orders=1, tasks=len(done.ran), changed=int(done.is_news))


def _run(work: Writing, stored: Stored, context: FlowContext) -> Advance:
    done = advance(stored.order, context)
    if done.is_news:
        after = write_effect(work, stored, done.outcome)
        work.log(
            FLOW_ACTOR,
            RUN_FLOW,
            _summary(done),
            subject=stored.order.id,
            order_pk=stored.pk,
            version=after.version,
            changes=consequences(stored.order, done.outcome, after),
        )
    else:
        orders.save_flow(work.conn, stored.pk, stored.order, done.outcome.order)
    due.rested(work.conn, stored.pk)
    return done


def _summary(done: Advance) -> str:
    """What moved; where no task changed its state, what the first now waits for."""
    if done.outcome.summary:
        return done.outcome.summary
    for ran in done.ran:
        if isinstance(ran.verdict, Waiting):
            return f"Flow waits: {ran.verdict.reason}"
        if isinstance(ran.verdict, Failed):
            return f"Flow failed: {ran.verdict.error}"
    return "The flow went on"


def _let_rest(desk: Desk, work: Writing, stored: Stored, error: Exception) -> None:
    """Log a fault without anybody's data, and look at the order again after the interval."""
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    _log.error("The flow of order number %d broke off: %s\n%s", stored.pk, type(error).__name__, where)
    until = to_micros(work.now + desk.policy.flow.interval)
    due.rest(work.conn, stored.pk, now=work.micros, until=until, error=type(error).__name__)
