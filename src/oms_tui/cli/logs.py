"""The program's log: a rotating file in the log folder, for its owner's eyes only (invariants A6, F7, K1).

A record says what the program did and met: words of its own source, places of files, figures, kinds of
faults. Every other text (a value, the message of a fault, what a library says) is left out word by word, as
in a crash report. Nothing is ever written to the terminal, and a log that cannot be written stops nothing.
"""

import logging
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TextIO

MOST_BYTES: Final = 1_000_000
KEPT: Final = 3
"""Older files kept beside the log: `oms-tui.log.1` to `.3`."""
_OURS: Final = "oms_tui"
_LONGEST: Final = 2_000
"""Characters of one record."""
_FORM: Final = "%(asctime)s.%(msecs)03dZ %(process)d %(levelname)s %(name)s: %(message)s"
_TIME: Final = "%Y-%m-%dT%H:%M:%S"


def is_started() -> bool:
    """Whether this process has its log."""
    return any(isinstance(known, LogFile) for known in logging.getLogger().handlers)


def start(level: str = "info") -> None:
    """Send the records of this process to the log from now on; the file is made with the first of them.

    Args:
        level: the least that is written: debug, info, warning or error.
    """
    root = logging.getLogger()
    for known in root.handlers[:]:
        if isinstance(known, LogFile):
            root.removeHandler(known)
            known.close()
    root.addHandler(LogFile())
    root.setLevel(logging.WARNING)  # of what libraries say only what went wrong
    logging.getLogger(_OURS).setLevel(level.upper())


class LogFile(logging.Handler):
    """Opens the log when there is something to write: most commands have nothing to say."""

    def __init__(self) -> None:
        """Open nothing yet."""
        super().__init__()
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record. A folder or file that cannot be had is tried anew with the next one."""
        try:
            if self._file is None:
                self._file = _open_file()
            self._file.handle(record)
        except OSError:
            self._file = None

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


class _Formatter(logging.Formatter):
    """One line a record, in UTC, with nobody's data in it."""

    def __init__(self) -> None:
        from time import gmtime

        super().__init__(_FORM, _TIME)
        self.converter = gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The line; how a fault came about is told by its kind and place alone."""
        from oms_tui.text import clean_line

        told = logging.makeLogRecord(record.__dict__)
        told.msg, told.args = _words(record), None
        told.exc_info = told.exc_text = told.stack_info = None
        if record.exc_info and record.exc_info[1] is not None:
            told.msg += f" [{_place(record.exc_info[1])}]"
        return clean_line(super().format(told), max_length=_LONGEST)


def _words(record: logging.LogRecord) -> str:
    """What a record says: our own words with harmless values in them, of others only what is harmless."""
    from oms_tui.screens.crash import redacted

    if record.name.partition(".")[0] != _OURS or isinstance(record.args, Mapping):
        return redacted(record.getMessage())
    given = record.args or ()
    return str(record.msg) % tuple(map(_harmless, given)) if given else str(record.msg)


def _harmless(value: object) -> object:
    """A value as it may stand in the log: numbers, places and kinds as they are, of others the safe words."""
    from oms_tui.screens.crash import redacted

    if isinstance(value, int | float | Path):
        return value
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, OSError) and value.strerror:
        return value.strerror
    kind = f"{type(value).__name__}: " if isinstance(value, BaseException) else ""
    return f"{kind}{redacted(str(value))}"


def _place(error: BaseException) -> str:
    """Kind of a fault, and where in the program it was raised."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _open_file() -> logging.Handler:
    """The rotating file.

    Raises:
        OSError: it cannot be opened, or something else lies in its place.
    """
    from logging.handlers import RotatingFileHandler

    from oms_tui import paths

    class Private(RotatingFileHandler):
        """Files that only their owner reads, never through a link; what fails is not told on the terminal."""

        def _open(self) -> TextIO:  # type: ignore[override]
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self.baseFilename, flags, paths.FILE_MODE)
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                os.close(descriptor)
                raise OSError("The log is no file.")
            return os.fdopen(descriptor, "a", encoding="utf-8", errors="replace")

        def handleError(self, record: Any) -> None:  # noqa: N802 - the library's name
            """Leave it: the terminal belongs to the console."""

    place = paths.log_file()
    paths.make_private_dir(place.parent)
    handler = Private(place, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(_Formatter())
    return handler
