"""What a fault of the program leaves behind: a report without anybody's data, and one line on the terminal.

A report holds the kind of fault, where in the program it was, and the versions; no values of variables. Its
message may quote data, so only words of Python's and of our own source are left in it.
"""

import logging
import platform
import re
import traceback
from datetime import datetime
from pathlib import Path

from oms_tui import __version__
from oms_tui.text import clean, clean_line

_log = logging.getLogger(__name__)
MOST_CAUSES = 10
_WORD = re.compile(r"\w+")
_LEFT_OUT = "…"
_MOST_LETTERS = 300
_SAFE_TEXT = """
a already an and any argument arguments assignment at attribute awaitable base before but by bytes callable
can cannot codec column comparison constraint database decode defined dict did disk division does empty encode
error expected failed file float for from full got has have in index instance instances int integer invalid is
it iterable key keyword list literal local locked malformed many matches missing module must name no node
nodes None NoneType not object of on open operation or out pop position positional range read referenced
required sequence set str string subscriptable supported syntax table takes the to too tuple type types unable
unexpected unhashable unique unpack unsupported value values variable was were with zero
"""
"""What Python and its libraries say of faults. Other words of a message stay only if our source has them."""


def redacted(message: str, source: str = "") -> str:
    """A fault's message with nothing in it that may be somebody's data.

    Args:
        message: what the fault says; it may quote anything.
        source: the lines of the program it went through; their words were written by us.
    """
    known = set(_WORD.findall(f"{_SAFE_TEXT} {source}"))
    shown = _WORD.sub(lambda word: word[0] if word[0] in known else _LEFT_OUT, message)
    return clean_line(re.sub(r"…(?:\W*…)+", _LEFT_OUT, shown), max_length=_MOST_LETTERS)


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
        frames = traceback.extract_tb(one.__traceback__)
        source = " ".join(f"{frame.name} {frame.line}" for frame in frames)
        kind = f"{type(one).__module__}.{type(one).__qualname__}"
        lines += ["", f"{kind}: {_message(one, source)}"]
        for frame in frames:
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


def _message(error: BaseException, source: str) -> str:
    try:
        return redacted(str(error), source)
    except Exception as fault:  # a fault in telling a fault must not hide the first one
        return f"(its message cannot be read: {type(fault).__name__})"


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
    """Write the report, and say so in the log; the one line that the terminal shows."""
    try:
        place = write_report(error, at)
        _log.error("Stopped because of a fault (%s); the report: %s", type(error), place)
    except OSError as fault:
        _log.error("Stopped because of a fault (%s); no report: %s", type(error), fault)
        why = clean_line(fault.strerror or type(fault).__name__)
        return f"oms-tui stopped because of a fault of its own; no report could be written: {why}"
    return f"oms-tui stopped because of a fault of its own; the report: {clean_line(str(place))}"
