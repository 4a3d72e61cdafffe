"""Workers as processes: they do what is due at once, stop when told, and say that they are alive."""

import json
import os
import signal
import time
from datetime import timedelta
from threading import Event

import pytest

from oms_tui.clock import SystemClock, now, to_micros
from oms_tui.desk import doctor, workers
from oms_tui.desk.flows import FlowReport
from oms_tui.desk.workers import Worker
from oms_tui.store.errors import DiskFull
from oms_tui.store.workers import note_left
from tests.build import NOON
from tests.desk.test_flows import new, take, value_of
from tests.processes import Process


class Running:
    """`oms-tui worker` in a process of its own."""

    def __init__(self, place, *arguments):
        self.process = Process(
            "-m", "oms_tui", "--database", str(place.path), "worker", *arguments,
            env=os.environ | {"OMS_TUI_STATE_DIR": str(place.state)},
        )  # fmt: skip

    def is_working(self):
        return self.process.stderr.readline().startswith("Working at")

    def end(self, number=signal.SIGTERM):
        """(seconds until it was gone, its standard output)."""
        start = time.monotonic()
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=30)
        return time.monotonic() - start, out


@pytest.fixture
def running(place):
    started = []

    def run(*arguments):
        started.append(Running(place, *arguments))
        return started[-1]

    yield run
    for one in started:
        one.process.end()


def wait_until(is_so, seconds=20.0):
    """How long it took."""
    start = time.monotonic()
    while not is_so():
        assert time.monotonic() - start < seconds
        time.sleep(0.02)
    return time.monotonic() - start


def test_once_runs_what_is_due_says_so_and_ends(place, running):
    place.clock = SystemClock()
    desk = place.open()
    take(desk, new(created=now() - timedelta(hours=1)), new("B", created=now() - timedelta(hours=1)))
    worker = running("--once", "--json")
    out, err = worker.process.communicate(timeout=60)
    assert worker.process.returncode == 0, err
    assert json.loads(out) == {"orders": 2, "tasks": json.loads(out)["tasks"], "changed": 2, "failed": 0}
    assert [value_of(desk, name).version for name in ("10427", "B")] == [2, 2]
    again = running("--once")
    out, _ = again.process.communicate(timeout=60)
    assert (out, again.process.returncode) == ("0 orders, 0 tasks, 0 changed\n", 0)
    assert doctor.examine(desk).findings == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_worker_acts_on_a_commit_at_once_and_stops_when_told(place, running, number):
    place.clock = SystemClock()
    desk = place.open()
    take(desk)
    worker = running("--json")
    assert worker.is_working()
    wait_until(lambda: workers.standing(desk).workers)
    take(desk, new(created=now() - timedelta(hours=1)))
    print(f"acted after {wait_until(lambda: value_of(desk).version == 2):.2f} s")
    took, out = worker.end(number)
    assert worker.process.returncode == 0
    assert took < 10  # two seconds are promised; this machine may be busy
    assert json.loads(out.splitlines()[0])["changed"] == 1
    assert workers.standing(desk).workers == ()


def test_a_worker_wakes_for_the_next_moment(desk, clock):
    take(desk, new(), on_hand=0)
    stop = Event()
    worker = Worker(desk, stop, told=lambda report: None)
    assert worker.run_once().orders == 1
    seen = []

    def told(report):
        seen.append(report)
        stop.set()

    clock.advance(timedelta(minutes=15, seconds=1))
    total = Worker(desk, stop, told=told).run()
    assert seen == [total] == [FlowReport(orders=1, tasks=1)]


def test_flows_stand_still_since_the_first_was_due_unless_somebody_works(desk, clock):
    assert not workers.standing(desk).is_still
    take(desk, new(created=NOON - timedelta(hours=2)))
    standing = workers.standing(desk)
    assert (standing.is_still, standing.due, standing.still_since) == (True, 1, NOON)  # it came in at noon
    stop = Event()
    worker = Worker(desk, stop)
    worker._say_alive()
    standing = workers.standing(desk)
    assert [each.seen for each in standing.workers] == [NOON]
    assert not standing.is_still
    clock.advance(timedelta(minutes=2))
    standing = workers.standing(desk)
    assert (standing.workers, standing.still_since) == ((), NOON)  # it was there at noon
    other = Worker(desk, stop)
    other._say_alive()
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM flow_worker").scalar() == 1
    stop.set()
    other.run()
    clock.advance(timedelta(minutes=1))
    standing = workers.standing(desk)
    assert (standing.workers, standing.still_since) == ((), NOON + timedelta(minutes=2))  # it stopped then


def test_flows_stand_still_since_the_first_of_the_due_orders_that_were_here(desk, clock):
    take(desk, new(created=NOON - timedelta(minutes=10)))  # due at once
    clock.advance(timedelta(hours=1))
    take(desk, new("B", created=NOON - timedelta(days=9)))  # due for longer, but here for no time
    clock.advance(timedelta(minutes=5))
    standing = workers.standing(desk)
    assert (standing.due, standing.still_since) == (2, NOON)


def test_a_run_for_cron_leaves_the_moment_it_stopped(desk, clock):
    take(desk, new(created=NOON - timedelta(hours=2)))
    clock.advance(timedelta(minutes=7))
    stop = Event()
    stop.set()  # told to stop before it came to the order
    assert Worker(desk, stop).run_once().orders == 0
    with desk.store.write() as conn:
        note_left(conn, to_micros(NOON))  # an earlier one changes nothing
    clock.advance(timedelta(minutes=7))
    standing = workers.standing(desk)
    assert (standing.due, standing.still_since) == (1, NOON + timedelta(minutes=7))


def test_a_worker_rests_while_the_database_refuses(desk, monkeypatch):
    stop, tries = Event(), []

    def run_due(*_given, **_rest):
        tries.append(1)
        if len(tries) == 3:
            stop.set()
        raise DiskFull("no room")

    monkeypatch.setattr(workers, "run_due", run_due)
    monkeypatch.setattr(workers, "AFTER_TROUBLE", 0.01)
    assert Worker(desk, stop).run() == FlowReport()
    assert len(tries) == 3
