"""The reject file: every row that was not taken in, with its line number and the reason (spec 9, invariant
X5)."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path


def write_rejects(path: Path, header: Sequence[str], rows: Iterable[tuple[int, str, Sequence[str]]]) -> int:
    """Write (line number, reason, row as read) to a CSV under its final name once it is whole.

    Args:
        path: the reject file; a file of an earlier run of the same import is replaced.
        header: the column names of the source.
        rows: in the order of the file.

    Returns:
        The number of rows written. With none there is no file, and one of an earlier run is taken away.
    """
    temporary = path.with_name(f".{path.name}.part")
    count = 0
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["line", "reason", *header])
        for number, reason, row in rows:
            writer.writerow([number, reason, *row])
            count += 1
        file.flush()
        os.fsync(file.fileno())
    if count:
        temporary.replace(path)
    else:
        temporary.unlink()
        path.unlink(missing_ok=True)
    return count
