"""A program on a pseudo-terminal of its own, driven and watched as a person at a terminal would."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f5": "\x1b[15~",
    "f9": "\x1b[20~",
}
ANSWERS = (
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[>0?c"), b"\x1b[>0;276;0c"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[5n"), b"\x1b[0n"),
    (re.compile(rb"\x1b\[\?2026\$p"), b"\x1b[?2026;2$y"),
    (re.compile(rb"\x1b\[\?2048\$p"), b"\x1b[?2048;0$y"),
    (re.compile(rb"\x1b\]11;\?(?:\x07|\x1b\\)"), b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
    (re.compile(rb"\x1b\]10;\?(?:\x07|\x1b\\)"), b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
)
SEQUENCES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^].*?(?:\x07|\x1b\\)|[()*+][0-9A-Za-z]|[=>78cDEHMNOZ])", re.DOTALL
)
KEPT_OUTPUT = 400_000
SETTLE_SECONDS = 0.04
"""Silence that ends the answer to a key. With less, a program that paints at a fixed rate looks its worst."""
TIMEOUT_SECONDS = 2.0
"""No answer to a key within this: the key is counted as missed."""


def key_bytes(name: str) -> bytes:
    """What a terminal sends for a key.

    Raises:
        ValueError: there is no such key.
    """
    if name.startswith("text="):
        return name.removeprefix("text=").encode()
    if name in KEYS:
        return KEYS[name].encode()
    if name.startswith("ctrl+") and len(name) == len("ctrl+x"):
        return bytes([ord(name[-1].upper()) - 64])
    if len(name) == 1:
        return name.encode()
    raise ValueError(f"unknown key {name!r}")


@dataclass(frozen=True, slots=True)
class Press:
    """What one key did."""

    first_ms: float | None
    """Milliseconds to the first byte of the answer; None when none came."""
    last_ms: float
    """Milliseconds to its last byte."""
    output: bytes


class Program:
    """A program on a pseudo-terminal of its own."""

    def __init__(
        self, argv: Sequence[str], size: tuple[int, int] = (120, 40), env: Mapping[str, str] | None = None
    ) -> None:
        """Start ``argv`` on a terminal of ``size`` (columns, rows); ``env`` is added, empty values unset."""
        columns, rows = size
        dropped = ("COLORTERM", "TMUX", "NO_COLOR")
        full = {name: value for name, value in os.environ.items() if name not in dropped}
        full |= {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(rows), **(env or {})}
        full = {name: value for name, value in full.items() if value}
        window = struct.pack("HHHH", rows, columns, 0, 0)
        self._started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            self._become(argv, full, window)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, window)
        self.output, self.total = b"", 0
        self.is_alive = True
        self._tail = b""

    @staticmethod
    def _become(argv: Sequence[str], env: Mapping[str, str], window: bytes) -> None:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, window)
            os.execvpe(argv[0], list(argv), env)  # noqa: S606 - the program to measure, no shell wanted
        except OSError as error:
            os.write(2, f"cannot start {argv}: {error}\n".encode())
        finally:
            os._exit(127)

    def read(self, timeout: float) -> bytes:
        """One read; b"" after ``timeout`` seconds of silence, or when the program is gone."""
        if not self.is_alive or not select.select([self._terminal], [], [], max(timeout, 0))[0]:
            return b""
        try:
            data = os.read(self._terminal, 1 << 20)
        except OSError:  # nobody has the terminal open; for good only if the program is gone
            data = b""
        if not data:
            self.is_alive = Path(f"/proc/{self.pid}/exe").exists()
            time.sleep(0.002)
            return b""
        self.total += len(data)
        self._answer(data)
        self.output = (self.output + data)[-KEPT_OUTPUT:]
        return data

    def _answer(self, data: bytes) -> None:
        asked = self._tail + data
        for question, answer in ANSWERS:
            for match in question.finditer(asked):
                if match.end() > len(self._tail):
                    self.send(answer)
        self._tail = data[-16:] if b"\x1b" in data[-16:] else b""

    def send(self, data: bytes) -> None:
        """Type ``data``."""
        os.write(self._terminal, data)

    def press(self, key: str, settle: float = SETTLE_SECONDS, timeout: float = TIMEOUT_SECONDS) -> Press:
        """Press a key and wait until its answer is complete."""
        data, pressed = key_bytes(key), time.perf_counter()
        self.send(data)
        output = self.read(timeout)
        if not output:
            return Press(None, 0.0, b"")
        first = last = time.perf_counter() - pressed
        while more := self.read(settle):
            last = time.perf_counter() - pressed
            output += more
        return Press(first * 1e3, last * 1e3, output)

    def wait_for(self, text: str, timeout: float) -> float:
        """Seconds from the start until ``text`` was written.

        Raises:
            TimeoutError: it was not.
        """
        wanted, end = text.encode(), time.perf_counter() + timeout
        while time.perf_counter() < end and self.is_alive:
            if self.read(end - time.perf_counter()) and wanted in SEQUENCES.sub(b"", self.output):
                return time.perf_counter() - self._started
        said = SEQUENCES.sub(b"", self.output)[-1500:].decode(errors="replace")
        raise TimeoutError(f"{text!r} never appeared; last output:\n{said}")

    def drain(self, quiet: float, limit: float = 30.0) -> None:
        """Read until nothing came for ``quiet`` seconds."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end and self.read(quiet):
            pass

    def _family(self) -> list[int]:
        found, waiting = [], [self.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            try:
                waiting += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            except OSError:
                continue
        return found

    def cpu_seconds(self) -> float:
        """User and system time of the program and its children so far."""
        ticks = 0
        for pid in self._family():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def pss_mb(self) -> float:
        """Memory of the program and its children, shared pages by share."""
        kilobytes = 0
        for pid in self._family():
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            match = re.search(r"Pss:\s+(\d+)", rollup)
            kilobytes += int(match[1]) if match else 0
        return kilobytes / 1024

    def close(self) -> None:
        """End the program: kindly, then not."""
        for sign, patience in ((signal.SIGTERM, 0.6), (signal.SIGKILL, 5.0)):
            try:
                os.killpg(self.pid, sign)
            except OSError:
                break
            if self._is_reaped(patience):
                break
        os.close(self._terminal)

    def _is_reaped(self, patience: float) -> bool:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.read(0.02)
            try:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return True
            except ChildProcessError:
                return True
        return False
