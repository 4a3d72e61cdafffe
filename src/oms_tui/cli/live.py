"""`oms-tui demo --live`: the world outside played beside the console, or told line by line."""

import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

import click

from oms_tui.cli.shared import Shared, emit, emit_json, say

if TYPE_CHECKING:
    from oms_tui.exchange.simulated.play import Happened

REMORSE_MINUTES: Final = 1
"""How long a customer of the play may think better of an order: half an hour would be half of a visit."""
ENDS_WITHIN: Final = 2.0
"""Seconds that the play has to finish the order in hand once the console is closed."""
_NICE: Final = 5
"""How far the play stands back behind the console where both want the processor."""
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3_600}


class Duration(click.ParamType[float]):
    """A duration as people type it: `90s`, `10m`, `1h`; a bare number is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds."""
        match = re.fullmatch(r"(\d{1,6})([smh]?)", str(value).strip())
        if match is None or not int(match[1]):
            self.fail(f"{value!r} is no duration: write 90s, 10m or 1h.", param, ctx)
        return float(int(match[1]) * _UNITS[match[2]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """How the play is to go."""

    pace: int
    seed: int
    seconds: float | None = None
    most: int | None = None


@contextmanager
def played_beside(shared: Shared, live: Live) -> Iterator[None]:
    """The play in a process of its own while the block runs, so that the console stays as quick as ever.

    It ends with this process, however that ends: the pipe between them closes.
    """
    url, settings = shared.url(), shared.settings()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        _be_the_child(reader, lambda stop: _play(url, settings, stop, live, told=lambda _: None))
    os.close(reader)
    try:
        yield
    finally:
        os.close(writer)
        _end(child)


def _play(url: str, settings: Any, stop: Event, live: Live, told: Any) -> int:
    from oms_tui.exchange.simulated.live import run_live

    return run_live(
        url,
        settings,
        stop,
        seed=live.seed,
        pace=live.pace,
        most=live.most,
        seconds=live.seconds,
        told=told,
    )


def _be_the_child(reader: int, play: Any) -> None:
    """Play until the console is gone or a signal comes; never returns. Nothing of it reaches the terminal."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        os.nice(_NICE)
        stop = _stopped_by_signals()

        def wait_for_the_end() -> None:
            os.read(reader, 1)
            stop.set()

        threading.Thread(target=wait_for_the_end, name="console", daemon=True).start()
        play(stop)
        code = 0
    except Exception as error:
        import logging

        logging.getLogger(__name__).error("The play broke off: %s: %s", type(error).__name__, error)
    finally:
        os._exit(code)


def _stopped_by_signals() -> Event:
    stop = Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in _SIGNALS:
        signal.signal(number, end)
    return stop


def _end(child: int) -> None:
    """Let the play finish the order in hand; after the time it has, end it."""
    os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def tell(shared: Shared, live: Live) -> None:
    """Play in this process, and print what happens: a line each, or a JSON value each."""
    stop = _stopped_by_signals()
    say("What the world outside does, and the flows with it. Ctrl+C or SIGTERM stops.")
    count = _play(shared.url(), shared.settings(), stop, live, told=lambda happened: _print(shared, happened))
    say(f"Stopped after {count:,} events.")


def _print(shared: Shared, happened: "Happened") -> None:
    if shared.is_json:
        emit_json(happened)
        return
    why = f" – {happened.fate.value}: {happened.reason}" if happened.reason else ""
    moment = happened.at.astimezone().strftime("%H:%M:%S")
    emit(f"{moment}  {happened.order_id:<10}  {happened.text}{why}")
