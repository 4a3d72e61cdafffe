"""The reject file: every row that was not taken in, with its line number and the reason (spec 9, invariants
X1, X2, X3, X5)."""

import csv
import os
import re
import stat
from collections.abc import Iterable, Sequence
from errno import EACCES
from itertools import count as count_from
from pathlib import Path
from secrets import token_hex
from typing import Final, TextIO

from oms_tui.paths import make_private_dir

_OWN: Final = ("line", "reason")
"""The first columns of a reject file, by which one of an earlier run is known."""
_SIGNATURE: Final = ",".join(_OWN) + ","
_RUNS: Final = re.compile(r"[\s\u200b-\u200f\u2060-\u2064\ufeff\u00ad]*[=+\-@\t\r\n\0＝＋－＠]")  # noqa: RUF001
"""What a spreadsheet would take for a formula, also after blanks or characters that are not seen (X1)."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def prepare_rejects(path: Path) -> None:
    """Make the folder of a reject file where there is none, before anything is taken in.

    Raises:
        OSError: It cannot be made, or nothing can be written there.
    """
    folder = make_private_dir(path.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(EACCES, "The reject file cannot be written there", str(folder))


def write_rejects(
    path: Path, header: Sequence[str], rows: Iterable[tuple[int, str, Sequence[str]]]
) -> Path | None:
    """Write (line number, reason, row as read) to a CSV under its final name once it is whole.

    Text that a spreadsheet would run gets an apostrophe before it; numbers stay as they are.

    Args:
        path: the reject file. One of an earlier run is replaced; where something else is there it stays, and
            the rejects go to `NAME-2.csv`, `NAME-3.csv` and so on.
        header: the column names of the source.
        rows: in the order of the file.

    Returns:
        The file written. With no rows there is none, and one of an earlier run is taken away.

    Raises:
        OSError: it cannot be written; there is no part of it then.
    """
    path = _free(path)
    temporary = path.with_name(f".{path.name}.{token_hex(8)}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            count = _write(file, header, rows)
            file.flush()
            os.fsync(file.fileno())
        if count:
            temporary.replace(path)
            return path
        path.unlink(missing_ok=True)
        return None
    finally:
        temporary.unlink(missing_ok=True)


def _write(file: TextIO, header: Sequence[str], rows: Iterable[tuple[int, str, Sequence[str]]]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    count = 0
    writer.writerow([*_OWN, *header])
    for number, reason, row in rows:
        writer.writerow([number, harmless(reason), *map(harmless, row)])
        count += 1
    return count


def harmless(text: str) -> str:
    """A cell that no spreadsheet runs: text that begins like a formula gets an apostrophe (X1)."""
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def _free(path: Path) -> Path:
    """The first of NAME.csv, NAME-2.csv … at which there is nothing but perhaps an earlier reject file."""
    others = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count_from(2))
    return path if _is_ours(path) else next(other for other in others if _is_ours(other))


def _is_ours(path: Path) -> bool:
    """Whether a reject file may be put there: there is nothing, or one of an earlier run; never a link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return is_file and os.read(descriptor, len(_SIGNATURE)) == _SIGNATURE.encode("ascii")
    finally:
        os.close(descriptor)
