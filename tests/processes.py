"""Programs of ours in processes of their own, forked from one that has loaded the libraries already.

Loading takes most of the processor time of a program that lives for a moment. Everything else is its own: the
connections, the locks, the signals it gets, and the way it ends. What a start itself is like is tested with
real ones (tests of the command line and of terminals).
"""

import multiprocessing
import os
import runpy
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from subprocess import TimeoutExpired
from threading import Thread
from typing import IO

from tests.support import ROOT

_FORKED = multiprocessing.get_context("forkserver")
_FORKED.set_forkserver_preload(["tests.loaded"])


class Process:
    """What `subprocess.Popen` gives for `python WORDS…`, as far as the tests ask for it.

    Attributes:
        stdin: Its standard input, as text.
        stdout: Its standard output, as text.
        stderr: Its standard error, as text.
    """

    def __init__(self, *words: str, env: Mapping[str, str] | None = None) -> None:
        """Start it.

        Args:
            words: What the interpreter would be given: `-m MODULE …`, `-c CODE …` or `FILE …`.
            env: Its environment; None = ours.
        """
        pairs = [socket.socketpair() for _ in range(3)]
        theirs = [pair[1] for pair in pairs]
        given = (words, dict(os.environ if env is None else env), theirs)
        self._process = _FORKED.Process(target=_run, args=given, daemon=True)
        self._process.start()
        ours = [pair[0] for pair in pairs]
        self.stdin: IO[str] = ours[0].makefile("w", encoding="utf-8")
        self.stdout: IO[str] = ours[1].makefile("r", encoding="utf-8")
        self.stderr: IO[str] = ours[2].makefile("r", encoding="utf-8")
        for end in (*ours, *theirs):
            end.close()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended: -N = by signal N; None = it runs."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """How it ended, or None."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            TimeoutExpired: It did not come in those seconds.
        """
        self._process.join(timeout)
        if self.returncode is None:
            raise TimeoutExpired("a program of the tests", timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Close its input and wait for its end: what it wrote to its output and its errors."""
        until = None if timeout is None else time.monotonic() + timeout
        self.stdin.close()
        read: dict[int, str] = {}
        threads = [
            Thread(target=lambda place=place, file=file: read.update({place: file.read()}), daemon=True)
            for place, file in enumerate((self.stdout, self.stderr))
        ]
        for thread in threads:
            thread.start()
        self.wait(timeout)
        for thread in threads:
            thread.join(None if until is None else max(0.1, until - time.monotonic()))
        self.close()
        return read.get(0, ""), read.get(1, "")

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it ended a moment ago
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it on the spot."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close our ends of its pipes."""
        for file in (self.stdin, self.stdout, self.stderr):
            file.close()

    def end(self) -> None:
        """Kill it if it runs, and put everything away; for the end of a test."""
        self.kill()
        self._process.join()
        self.close()


def _run(words: Sequence[str], environ: Mapping[str, str], ends: Sequence[socket.socket]) -> None:
    """In the new process: be `python WORDS…`."""
    for number, end in enumerate(ends):
        os.dup2(end.fileno(), number)
        end.close()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - stays open until the end
    sys.stdout, sys.stderr = (
        open(number, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115 - the same
        for number in (1, 2)
    )
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    os.chdir(ROOT)
    how, *rest = words
    if how == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif how == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<program of a test>", "exec"), {"__name__": "__main__"})  # noqa: S102 - it is ours
    else:
        sys.argv = [how, *rest]
        runpy.run_path(how, run_name="__main__")
