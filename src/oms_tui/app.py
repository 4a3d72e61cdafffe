"""The console program: its modes, its look, how it starts and how it ends."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import events
from textual.filter import LineFilter
from textual.screen import Screen

from oms_tui.backend import Backend
from oms_tui.clock import Clock
from oms_tui.config import Settings
from oms_tui.domain.people import Role
from oms_tui.screens import crash
from oms_tui.screens.console import Console
from oms_tui.screens.live import keep_time
from oms_tui.screens.sign_in import SignInScreen
from oms_tui.styles import sheets
from oms_tui.styles.themes import THEMES
from oms_tui.widgets.guard import ControlGuard

CLOSING_SECONDS = 1.0
"""How long closing the desk may take before the program ends anyway; what was committed is on the disk."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


def _dashboard() -> Screen[None]:
    from oms_tui.screens.dashboard import DashboardScreen

    return DashboardScreen()


def _orders() -> Screen[None]:
    from oms_tui.screens.orders import OrdersScreen

    return OrdersScreen()


class OmsApp(Console):
    """The console on one desk."""

    TITLE = "oms-tui"
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "sign-in"
    CSS_PATH: ClassVar = sheets()  # the sheets' own paths are absolute
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "sign-in": SignInScreen,
        "dashboard": _dashboard,
        "orders": _orders,
    }

    def __init__(self, backend: Backend, settings: Settings, clock: Clock | None = None) -> None:
        super().__init__(backend, settings, clock)
        self._guard = ControlGuard()
        self._ended_by: int | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = settings.ui.theme if settings.ui.theme in self.available_themes else "dark"
        self.animation_level = "full" if settings.ui.animation else "none"

    # -- start ---------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Listen to signals, and keep the clock."""
        if threading.current_thread() is threading.main_thread() and not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._end, number)
        keep_time(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The framework's filters, and the last guard against controls in text (T1)."""
        return [*super().get_line_filters(), self._guard]

    # -- end -----------------------------------------------------------------------------------------------

    def _end(self, number: int) -> None:
        """The system or the terminal asks the program to end: at once, even if the desk is busy."""
        self._ended_by = number
        deadline = threading.Timer(2 * CLOSING_SECONDS - 0.3, os._exit, (128 + number,))
        deadline.daemon = True
        deadline.start()
        self.exit(return_code=128 + number)

    async def on_unmount(self, event: events.Unmount) -> None:
        """Close the desk, but do not wait for it forever."""
        try:
            await asyncio.wait_for(self.backend.close(), CLOSING_SECONDS)
        except TimeoutError:
            self.log.error("the desk did not close in time")

    def _fatal_error(self) -> None:
        """The framework's name for a fault nobody caught: report it, without any values of variables."""
        self._leave_report()

    def panic(self, *renderables: RenderableType) -> None:
        """The framework's way out for faults that know how to show themselves: reported like any other."""
        self._leave_report()

    def _leave_report(self) -> None:
        if not self._exit_renderables:
            error = self._exception or RuntimeError("no exception was handed over")
            self._exit_renderables.append(Text(crash.last_words(error, self.clock.now())))
        self._close_messages_no_wait()


def run_console(
    backend_factory: Callable[[], Backend], settings: Settings, *, role: Role | None = None
) -> int:
    """Run the console until its person leaves.

    Args:
        backend_factory: makes the backend; nothing of it is opened before the first frame.
        settings: as read from the config file.
        role: sign the sample person of this role in at once (sample data only).

    Returns:
        The exit code: 0, 1 after a fault, 128 + n when signal n ended it.
    """
    app = OmsApp(backend_factory(), settings)
    app.sample_role = role
    app.run(mouse=settings.ui.mouse)
    return app.return_code or 0
