"""What a fault of the program leaves behind: a report without anybody's data, and one line on the terminal.

A report holds the kind of fault, where in the program it was, and the versions; no values of variables. Its
message may quote data, so whatever could be that is taken out of it.
"""

import platform
import re
import traceback
from datetime import datetime
from pathlib import Path

from oms_tui import __version__
from oms_tui.text import clean, clean_line

MOST_CAUSES = 10
_QUOTED = re.compile(r"""(?s)'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[‘“„«].*?[’”»]""")
_ADDRESS = re.compile(r"\S+@\S+")
_FIGURES = re.compile(r"\d[\d .,:/-]*\d|\d")
_MOST_LETTERS = 300


def redacted(message: str) -> str:
    """A fault's message without what might be data: quoted text, addresses, figures."""
    for pattern, instead in ((_QUOTED, "<text>"), (_ADDRESS, "<address>"), (_FIGURES, "#")):
        message = pattern.sub(instead, message)
    return clean_line(message, max_length=_MOST_LETTERS)


def report(error: BaseException, at: datetime) -> str:
    """The report of a fault, causes first."""
    lines = [
        f"oms-tui {__version__} stopped because of a fault of its own.",
        f"time      {at.isoformat(timespec='seconds')}",
        f"python    {platform.python_version()} on {platform.system()} {platform.machine()}",
        f"textual   {_version('textual')}",
        f"rich      {_version('rich')}",
    ]
    for one in reversed(_chain(error)):
        lines += ["", f"{type(one).__module__}.{type(one).__qualname__}: {redacted(_message(one))}"]
        for frame in traceback.extract_tb(one.__traceback__):
            lines.append(f"  {_short(frame.filename)}:{frame.lineno} in {frame.name}")
            if frame.line:
                lines.append(f"    {frame.line}")
    return clean("\n".join(lines) + "\n", max_length=100_000)


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found and len(found) < MOST_CAUSES:
        found.append(one)
        inner = getattr(one, "error", None)  # the framework wraps what went wrong in a worker
        cause = inner if isinstance(inner, BaseException) else one.__cause__
        one = cause or (None if one.__suppress_context__ else one.__context__)
    return found


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as fault:  # a fault in telling a fault must not hide the first one
        return f"its message cannot be read: {type(fault).__name__}"


def _short(filename: str) -> str:
    """A file's place inside its package: no folder of a person's machine."""
    parts = Path(filename).parts
    for marker in ("site-packages", "src"):
        if marker in parts:
            return "/".join(parts[len(parts) - parts[::-1].index(marker) :])
    return "/".join(parts[-2:])


def _version(package: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not known"


def write_report(error: BaseException, at: datetime, folder: Path | None = None) -> Path:
    """Write the report into the log folder, for its owner's eyes only.

    Raises:
        OSError: it cannot be written.
    """
    from oms_tui import paths

    place = (folder or paths.log_dir()) / f"crash-{at:%Y%m%d-%H%M%S-%f}.txt"
    paths.write_atomically(place, report(error, at).encode("utf-8", "replace"))
    return place


def last_words(error: BaseException, at: datetime) -> str:
    """Write the report; the one line that the terminal shows."""
    try:
        place = write_report(error, at)
    except OSError as fault:
        why = clean_line(fault.strerror or type(fault).__name__)
        return f"oms-tui stopped because of a fault of its own; no report could be written: {why}"
    return f"oms-tui stopped because of a fault of its own; the report: {clean_line(str(place))}"
