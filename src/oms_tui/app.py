"""The console program: its modes, its look, how it starts and how it ends."""

import asyncio
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.console import RenderableType
from textual import events
from textual.filter import LineFilter

from oms_tui.clock import Clock
from oms_tui.screens.console import Console
from oms_tui.screens.pasting import keep_pastes_whole
from oms_tui.screens.places import PLACES
from oms_tui.screens.session import load_beside
from oms_tui.styles import sheets
from oms_tui.styles.steady import SteadyStylesheet
from oms_tui.styles.themes import THEMES, defaults_for
from oms_tui.widgets.guard import guarded

if TYPE_CHECKING:
    from oms_tui.backend import Backend
    from oms_tui.config import Settings
    from oms_tui.domain.people import Role

CLOSING_SECONDS = 1.0
"""How long closing the desk may take; what was committed is on the disk."""
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class OmsApp(Console):
    """The console on one desk."""

    TITLE = "oms-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: $background; color: $foreground; }"
    DEFAULT_MODE = "boot"
    MODES: ClassVar = PLACES

    def __init__(
        self,
        backend: "Backend | Callable[[], Backend]",
        settings: "Settings",
        clock: Clock | None = None,
    ) -> None:
        super().__init__(backend, settings, clock)
        self.last_words = ""
        """After a fault, the one line for the terminal."""
        self.stylesheet: SteadyStylesheet = SteadyStylesheet(variables=self.get_css_variables())
        for theme in THEMES:
            self.register_theme(theme)
        wanted = "ansi" if self.no_color else settings.ui.theme
        self.theme = wanted if wanted in self.available_themes else THEMES[0].name
        self.typed_ahead.hold()
        self.animation_level = "full" if settings.ui.animation else "none"

    # -- start ---------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Listen to signals, and keep the clock."""
        if threading.current_thread() is threading.main_thread() and not self.is_headless:
            loop = asyncio.get_running_loop()
            for number in _SIGNALS:
                loop.add_signal_handler(number, self._end, number)

    async def begin(self) -> None:
        """The first frame is painted: show the real sign-in, with what was typed meanwhile.

        Where nobody types a name (sample data), what is typed waits for what comes after.
        """
        await load_beside(self._load_sign_in)
        from oms_tui.screens.live import keep_time

        for sheet in sheets():
            self.stylesheet.read(sheet)
        await self.switch_mode("sign-in")
        keep_time(self)
        await self.remove_mode("boot")
        if not self.session.is_sample_start:
            await self.typed_ahead.release()

    def _load_sign_in(self) -> None:
        """Runs in a thread."""
        from oms_tui.screens import sign_in  # noqa: F401 - with it the frame of all screens

        self.stylesheet.parse_ahead(sheets())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that are not ours."""
        return defaults_for(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The framework's filters, and the last guard against controls in text (T1)."""
        return guarded(super().get_line_filters())

    # -- end -----------------------------------------------------------------------------------------------

    def _end(self, number: int) -> None:
        """The system or the terminal asks the program to end: at once, even if the desk is busy."""
        deadline = threading.Timer(2 * CLOSING_SECONDS - 0.3, os._exit, (128 + number,))
        deadline.daemon = True
        deadline.start()
        self.exit(return_code=128 + number)

    async def on_unmount(self, event: events.Unmount) -> None:
        """Close the desk, but do not wait for it forever."""
        try:
            await self.session.close(CLOSING_SECONDS)
        except TimeoutError:
            self.log.error("the desk did not close in time")

    def _handle_exception(self, error: Exception) -> None:
        """A fault nobody caught. That a half-built screen breaks once leaving was asked for is none."""
        if self._exit:
            self.log.error(f"while leaving: {error!r}")
        else:
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """The framework's name for a fault nobody caught: report it, without any values of variables."""
        self._leave_report()

    def panic(self, *renderables: RenderableType) -> None:
        """The framework's way out for faults that know how to show themselves: reported like any other."""
        self._leave_report()

    def _leave_report(self) -> None:
        if not self.last_words:
            from oms_tui.screens.crash import last_words

            error = self._exception or RuntimeError("no exception was handed over")
            self.last_words = last_words(error, self.clock.now())
        self._close_messages_no_wait()


def run_console(
    backend_factory: "Callable[[], Backend]",
    settings: "Settings",
    *,
    role: "Role | None" = None,
    is_sample: bool = False,
) -> int:
    """Run the console until its person leaves.

    Args:
        backend_factory: makes the backend; nothing of it is opened before the first frame.
        settings: as read from the config file.
        role: sign the sample person of this role in at once (sample data only).
        is_sample: the desk is sample data, so nobody needs a name and a password.

    Returns:
        The exit code: 0, 1 after a fault, 128 + n when signal n ended it.
    """
    gc.disable()  # until everything is loaded: nothing is garbage yet, and looking for it takes its time
    keep_pastes_whole()
    app = OmsApp(backend_factory, settings)
    app.session.sample_role = role
    app.session.is_sample_start = is_sample
    app.run(mouse=settings.ui.mouse)
    if app.last_words:
        print(app.last_words, file=sys.stderr)
    return app.return_code or 0
