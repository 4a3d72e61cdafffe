"""A program in a terminal: what it writes, what the screen shows then, how it ends."""

import contextlib
import errno
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

PATIENCE = 60.0
"""Seconds until a test gives up; several programs may start at once on a slow machine."""


class Terminal:
    """A pty with a program in it."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        """Start `python *arguments`."""
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.modes_before = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={**os.environ, **environ},
        )
        self._ours, self._theirs = ours, theirs

    def _read(self, seconds: float = 0.05) -> None:
        if not select.select([self._ours], [], [], seconds)[0]:
            return
        try:
            data = os.read(self._ours, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return
        self.written += data
        self._stream.feed(data.replace(b"\x1b[?2026$p", b"").replace(b"\x1b[>1u", b""))

    @property
    def text(self) -> str:
        """What the screen shows."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, happened: Callable[[], object], what: str) -> None:
        """Read until something has happened."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            self._read()
            assert time.monotonic() < deadline, f"never happened: {what}; the screen:\n{self.text}"

    def see(self, words: str) -> None:
        """Wait until these words are on the screen."""
        self.until(lambda: words in self.text, words)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        os.close(self._theirs)
        os.close(self._ours)
        self._ours = self._theirs = -1

    def end(self, seconds: float = PATIENCE) -> int:
        """Wait for the program's end, reading on; its exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running; the screen:\n{self.text}"
            self._read(0.02) if self._ours >= 0 else time.sleep(0.02)
        if self._ours >= 0:
            for _ in range(20):
                self._read(0.01)
        return self.process.returncode

    @property
    def is_restored(self) -> bool:
        """Whether the terminal is as it was: lines, echo, no other screen, no mouse."""
        modes = termios.tcgetattr(self._theirs)
        left = self.written.rfind(b"\x1b[?1049l") > self.written.rfind(b"\x1b[?1049h")
        mouse = self.written.rfind(b"\x1b[?1000l") > self.written.rfind(b"\x1b[?1000h")
        return left and mouse and modes[3] == self.modes_before[3]

    def close(self) -> None:
        """End the program whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for descriptor in (self._ours, self._theirs):
            with contextlib.suppress(OSError):
                os.close(descriptor)


CONSOLE = """
import sys
from pathlib import Path
from oms_tui.config import load
from oms_tui.app import run_console
def backend():
    from oms_tui.backend.local import LocalBackend
    {patch}
    return LocalBackend({url!r}, load(), state_folder=Path({state!r}))
sys.exit(run_console(backend, load()))
"""


def console_script(url: str, state: Path, patch: str = "pass") -> str:
    """A program that opens the console on a desk; `patch` runs once the backend is imported."""
    return CONSOLE.format(url=url, state=str(state), patch=patch)
