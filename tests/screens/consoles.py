"""A console under test: the real one, on a real desk, with its keys pressed and its screen read."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from oms_tui.app import OmsApp
from oms_tui.backend.local import LocalBackend
from oms_tui.clock import FixedClock
from oms_tui.config import DeskSettings, Settings

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
"""What every clock in these tests says, and what sample data is dated relative to."""
SETTINGS = Settings(desk=DeskSettings(time_zone="Europe/Berlin", name="acme-retail"))
SMALL = (80, 24)
LARGE = (120, 40)
PATIENCE = 20.0
"""Seconds until a test gives up waiting. Nothing is expected to take a given time, only to happen."""


class TestedConsole:
    """The console and what a person at it does and sees."""

    __test__ = False

    def __init__(self, app: OmsApp, pilot: "Pilot[int]") -> None:
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, and let what they start settle."""
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def settle(self) -> None:
        """Wait until nothing is under way but what never ends."""
        await self.pilot.pause()
        endless = ("live",)
        await self.until(
            lambda: all(worker.is_finished or worker.group in endless for worker in self.app.workers)
        )
        await self.pilot.pause()

    async def until(self, happened: Callable[[], object], what: str = "") -> None:
        """Wait until something has happened."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            if time.monotonic() > deadline:
                raise AssertionError(f"never happened: {what or happened}; the screen:\n{self.text}")
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def see(self, words: str) -> None:
        """Wait until these words are on the screen, however they are broken into lines."""
        await self.until(lambda: self.shows(words), f"{words!r} on the screen")

    def shows(self, words: str) -> bool:
        """Whether these words are on the screen."""
        return words in " ".join(self.text.split())

    @property
    def lines(self) -> list[str]:
        """The screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        behind = [] if not self.app.screen.is_modal else self._lines_behind()
        shown = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
        return shown or behind

    def _lines_behind(self) -> list[str]:
        below = self.app.screen_stack[-2]
        return ["".join(segment.text for segment in strip) for strip in below._compositor.render_strips()]

    @property
    def text(self) -> str:
        """The screen."""
        return "\n".join(self.lines)

    @property
    def told(self) -> list[str]:
        """Everything that toasts have said."""
        return [one.text for one in self.app.messages]

    async def pick(self, number: int = 1) -> None:
        """Be the sample person of that digit, and wait for their dashboard."""
        await self.see("pick who to be")
        await self.pilot.press(str(number))
        await self.until(lambda: self.app.is_signed_in and self.app.current_mode == "dashboard", "dashboard")
        await self.settle()


def make_app(
    url: str, state: Path, *, settings: Settings = SETTINGS, clock: FixedClock | None = None, **rest: Any
) -> OmsApp:
    """The console on the desk at `url`."""
    clock = clock or FixedClock(NOW)
    return OmsApp(
        lambda: LocalBackend(url, settings, clock=clock, state_folder=state, **rest), settings, clock
    )


@asynccontextmanager
async def run(app: OmsApp, size: tuple[int, int] = SMALL) -> AsyncIterator[TestedConsole]:
    """The console, running, with toasts and tooltips as a person has them."""
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        yield TestedConsole(app, pilot)
