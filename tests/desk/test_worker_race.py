"""Two workers and two consoles on one database: every turn once, nothing double, nothing stuck."""

import json
import time
from collections import Counter
from datetime import timedelta
from threading import Thread

from oms_tui.clock import SystemClock, now
from oms_tui.desk import doctor, workers
from oms_tui.domain.people import Role
from oms_tui.domain.status import LineStatus
from oms_tui.store import orders, stock
from tests.build import line, order
from tests.desk.conftest import add_person
from tests.desk.test_flows import take
from tests.desk.test_races import Program, programs
from tests.desk.test_workers import Running, running, wait_until
from tests.support import scaled

__all__ = ["programs", "running"]  # fixtures

PIECES = 3
PATIENCE = 600.0


def test_workers_and_consoles_share_the_orders(place, running, programs):
    """10,000 orders at the whole figure; stock for two of three of them."""
    count = scaled(10_000, at_least=60)
    ids = [f"N{number:05d}" for number in range(count)]
    desk, on_hand = _desk_with(place, ids, count * 2 // 3 * PIECES)
    for name in ("ana", "ben"):
        add_person(desk, name, Role.CS)
    began = time.monotonic()
    hands: list[Running] = [running("--json"), running("--json")]
    programs += [Program(place, name, "act", seed, *ids) for seed, name in enumerate(("ana", "ben"))]
    ears = [_listen(program) for program in programs]
    wait_until(lambda: workers.standing(desk).due == 0, PATIENCE)
    took = time.monotonic() - began
    said = [_acknowledged(program, heard) for program, heard in zip(programs, ears, strict=True)]
    wait_until(lambda: workers.standing(desk).due == 0, PATIENCE)
    reports = [json.loads(text) for hand in hands for text in hand.end()[1].splitlines()]
    assert [hand.process.returncode for hand in hands] == [0, 0]
    commits = Counter(answer["order"] for answers in said for answer in answers)
    untouched = _every_turn_once(desk, commits)
    _stock_is_shared_out(desk, on_hand)
    assert sum(report["failed"] for report in reports) == 0
    assert sum(report["orders"] for report in reports) >= count - untouched
    assert doctor.examine(desk).findings == ()
    done = sum(commits.values())
    print(f"{count:,} orders in {took:.1f} s: {count / took:,.0f} orders/s; {done:,} commits meanwhile")


def _desk_with(place, ids, on_hand):
    place.clock = SystemClock()
    desk = place.open()
    created = now() - timedelta(hours=1)
    pending = line(1, LineStatus.PENDING_ALLOCATION, quantity=PIECES, minor=3_000)
    take(desk, on_hand=on_hand)
    for start in range(0, len(ids), 500):
        part = [order(pending, id=name, tasks=(), created=created) for name in ids[start : start + 500]]
        take(desk, *part, on_hand=None)
    return desk, on_hand


def _listen(program: Program) -> tuple[Thread, list[str]]:
    """Read what a console says as it says it: a full pipe would hold it up."""
    lines: list[str] = []
    thread = Thread(target=lambda: lines.extend(program.output), daemon=True)
    thread.start()
    return thread, lines


def _acknowledged(program: Program, heard: tuple[Thread, list[str]]):
    """What a console was told is done; it is ended."""
    program.process.kill()
    program.process.wait()
    heard[0].join(30)
    answers = [json.loads(text) for text in heard[1] if text.endswith("\n")]
    return [answer for answer in answers if "done" in answer]


def _every_turn_once(desk, commits):
    """No order was carried on more often than somebody gave reason to, no task run more often; gives
    how many were cancelled before their first turn, so that there was nothing to run."""
    untouched = 0
    with desk.store.read() as conn:
        turns = Counter(
            dict(
                conn.exec_driver_sql(
                    "SELECT subject, count(*) FROM audit_entry WHERE action = 'flow.run' GROUP BY subject"
                ).all()
            )
        )
        last = 0
        while pks := orders.next_pks(conn, last):
            for stored in orders.load_many(conn, pks):
                value, reasons = stored.order, 1 + commits[stored.order.id] + 1
                is_gone = bool(commits[value.id]) and all(one.is_cancelled for one in value.lines)
                untouched += is_gone and not turns[value.id]
                assert (not is_gone) <= turns[value.id] <= reasons, value.id
                most = max((len(task.runs) for task in value.tasks), default=0)
                assert most <= reasons, (value.id, most)
                if not commits[value.id] and turns[value.id] == 1:
                    assert most == 1, value.id
            last = pks[-1]
    return untouched


def _stock_is_shared_out(desk, on_hand):
    with desk.store.read() as conn:
        left = stock.level(conn, "BER-1", "SKU-1")
    assert left is not None
    assert left.on_hand == on_hand
    assert 0 <= left.reserved <= on_hand
