"""The play and a worker beside it, each at a desk of its own, until both are told to stop."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag

from msgspec.structs import replace

from oms_tui.config import MailSettings, Settings
from oms_tui.desk.desk import Desk
from oms_tui.desk.workers import Worker
from oms_tui.exchange.simulated.outside import Outside
from oms_tui.exchange.simulated.play import Happened, Play

_log = logging.getLogger(__name__)


def run_live(
    url: str,
    settings: Settings,
    stop: Flag,
    *,
    seed: int,
    pace: int,
    most: int | None = None,
    seconds: float | None = None,
    told: Callable[[Happened], object],
    state_folder: Path | None = None,
) -> int:
    """Play on sample data, with the flows carried on meanwhile; how much happened.

    Args:
        url: The database.
        settings: The rules of the shop. Whatever they say, no message is sent and no payment provider asked:
            the orders are made up.
        stop: Set by whoever wants it to end; the order in hand is finished.
        seed: Of everything the outside does.
        pace: Events a minute, about.
        most: Events at most, None = no end.
        seconds: How long at most, None = no end.
        told: Told of everything that happened, in this thread.
        state_folder: Where the audit key is; the user's own where none is given.

    Raises:
        Unusable: The database holds no sample data; nothing was done to it.
        StoreError: The database refused.
    """

    settings = replace(settings, mail=MailSettings())

    def opened() -> Desk:
        return Desk.open(url, settings=settings, create=False, is_sample=True, state_folder=state_folder)

    desk = opened()
    is_over = Flag()
    try:
        play = Play(desk, Outside(seed), pace=pace, told=told)
        worker = threading.Thread(target=_work, args=(opened, stop, is_over), name="worker")
        worker.start()
        try:
            play.run(stop, most=most, seconds=seconds)
        finally:
            is_over.set()
            stop.set()
            worker.join()
        return play.count
    finally:
        desk.close()


def _work(opened: Callable[[], Desk], stop: Flag, is_over: Flag) -> None:
    """Runs in a thread of its own. If it breaks, the play ends too: without flows nothing would move."""
    try:
        desk = opened()
        try:
            Worker(desk, stop).run()
        finally:
            desk.close()
    except Exception as error:
        _log.error("The worker of the play broke off: %s: %s", type(error).__name__, error)
    if not is_over.is_set():
        stop.set()
