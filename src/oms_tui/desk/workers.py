"""Workers: they run what is due at once, sleep until the next moment, and say that they are alive.

Several stand side by side: which orders each takes is decided under the database's lock (`flows`).
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Event as Flag
from typing import Final

from oms_tui.clock import from_micros, to_micros
from oms_tui.desk.cashier import Cashier
from oms_tui.desk.desk import Desk
from oms_tui.desk.flows import LOCK_WAIT, FlowReport, run_due
from oms_tui.desk.mail import Postman
from oms_tui.desk.provider import Provider
from oms_tui.desk.receiving import try_waiting
from oms_tui.domain.answers import FlowStanding, WorkerSeen
from oms_tui.store import due, event_cases, workers
from oms_tui.store.engine import Connection
from oms_tui.store.errors import DatabaseBusy, StoreError
from oms_tui.store.workers import KnownWorker

BEAT: Final = 30.0
"""Seconds between two signs of life."""
SILENT: Final = timedelta(seconds=90)
"""Who has said nothing for so long works no more."""
POLL: Final = 0.2
"""Seconds between two looks for commits and for what has become due."""
SHORT_POLL: Final = 0.02
"""The same while something is on its way."""
AFTER_TROUBLE: Final = 5.0
"""Seconds until a worker tries again after the database refused."""
STOPS_WITHIN: Final = 1.5
"""Seconds that are left for what is on its way once a worker is to stop."""
COUNTED: Final = 10_000
"""Orders that are counted as due, at most."""
_log = logging.getLogger(__name__)

Told = Callable[[FlowReport], object]


def standing(desk: Desk) -> FlowStanding:
    """Whether flows go on; without a worker, since when they stand still."""
    now = desk.clock.now()
    with desk.store.read() as conn:
        known = workers.everyone(conn)
        left = workers.last_left(conn)
        count, first = due.overdue(conn, to_micros(now), COUNTED)
    alive = [each for each in known if each.seen >= to_micros(now - SILENT)]
    still = None
    if not alive and first is not None:
        # Nobody was missed before something fell due here, nor while the last worker was there.
        still = from_micros(max((first, left, *(each.seen for each in known))))
    return FlowStanding(
        workers=tuple(WorkerSeen(host=each.host, seen=from_micros(each.seen)) for each in alive),
        still_since=still,
        due=count,
    )


class Worker:
    """One worker at an open desk, in the thread that opened it."""

    def __init__(
        self, desk: Desk, stop: Flag, *, told: Told | None = None, provider: Provider | None = None
    ) -> None:
        """Get ready; nothing is written before `run`.

        Args:
            desk: The desk.
            stop: Set by whoever wants it to stop; the order in hand is finished.
            told: Told of every stretch of work in which anything ran.
            provider: The way to the payment provider; None = its word comes as events alone.
        """
        now = to_micros(desk.clock.now())
        host = socket.gethostname()
        name = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._desk = desk
        self._stop = stop
        self._told = told
        self._self = KnownWorker(name=name, host=host, pid=os.getpid(), started=now, seen=now, orders=0)
        self._postman = Postman(desk)
        self._cashier = Cashier(desk, provider)
        self._beat_at: float | None = None
        self.total = FlowReport()
        """Everything it did."""

    def run_once(self) -> FlowReport:
        """Run everything that is due, send what waits to be sent, ask the payment provider and wait for what
        it says at once, and stop.

        Raises:
            StoreError: The database refused.
        """
        try:
            self._run_due()
            while not self._stop.is_set() and (self._send() or self._is_busy):
                if not self._run_due().taken and self._is_busy:
                    self._stop.wait(SHORT_POLL)
        finally:
            self._leave()
        return self.total

    def run(self) -> FlowReport:
        """Work until the flag is set. What the database refuses is logged, and tried again later."""
        try:
            while not self._stop.is_set():
                try:
                    self._stretch()
                except DatabaseBusy:
                    self._stop.wait(POLL)
                except StoreError as error:
                    _log.error("The worker rests for %.0f s: %s", AFTER_TROUBLE, error)
                    self._stop.wait(AFTER_TROUBLE)
        finally:
            self._leave()
        return self.total

    def _stretch(self) -> None:
        """Run what is due; then wait for a commit, the next moment, or the end."""
        seen = self._desk.store.data_version()
        self._say_alive()
        if self._run_due().taken:
            return
        while not self._stop.is_set():
            if self._send() or self._desk.store.data_version() != seen or self._is_time():
                return
            self._stop.wait(SHORT_POLL if self._is_busy else POLL)

    def _send(self) -> bool:
        """One step of what goes out: whether there was any."""
        has_asked = self._cashier.work()
        return self._postman.work() or has_asked

    @property
    def _is_busy(self) -> bool:
        return self._postman.is_busy or self._cashier.is_busy

    def _run_due(self) -> FlowReport:
        done = FlowReport()

        def count(turn: FlowReport) -> None:
            nonlocal done
            done += turn
            self._send()  # nobody's money or message waits until every flow has had its turn

        try:
            run_due(self._desk, is_over=self._stop.is_set, told=count)
            while not self._stop.is_set() and try_waiting(self._desk, is_over=self._stop.is_set).taken:
                run_due(self._desk, is_over=self._stop.is_set, told=count)
        finally:
            self.total += done
            if done.taken and self._told is not None:
                self._told(done)
        return done

    def _is_time(self) -> bool:
        """Whether a flow is due, or an event that waits, or a sign of life."""
        now = to_micros(self._desk.clock.now())
        with self._desk.store.read() as conn:
            moments = (due.next_moment(conn, now), event_cases.next_moment(conn))
        moment = min((one for one in moments if one is not None), default=None)
        return (moment is not None and moment <= now) or self._is_silent()

    def _is_silent(self) -> bool:
        return self._beat_at is None or self._desk.clock.monotonic() - self._beat_at >= BEAT

    def _say_alive(self) -> None:
        if self._is_silent():
            now = self._desk.clock.now()
            with self._desk.store.write(LOCK_WAIT) as conn:
                self._put(conn)
                workers.drop_silent(conn, to_micros(now - SILENT))
            self._beat_at = self._desk.clock.monotonic()

    def _put(self, conn: Connection) -> None:
        self._self = replace(self._self, seen=to_micros(self._desk.clock.now()), orders=self.total.orders)
        workers.put(conn, self._self)

    def _leave(self) -> None:
        """Finish what is on its way, and note when this worker stopped."""
        end = time.monotonic() + STOPS_WITHIN
        steps: tuple[tuple[str, Callable[[], object]], ...] = (
            ("note what is asked of the provider", lambda: self._cashier.close(STOPS_WITHIN)),
            ("note the message on its way", lambda: self._postman.close(max(end - time.monotonic(), 0))),
            ("say that it leaves", self._say_left),
        )
        for what, leave in steps:
            try:
                leave()
            except StoreError as error:
                _log.warning("The worker could not %s: %s", what, error)

    def _say_left(self) -> None:
        with self._desk.store.write(POLL) as conn:
            workers.drop(conn, self._self.name)
            workers.note_left(conn, to_micros(self._desk.clock.now()))
