"""One of several processes that write to the same database at once; started by `benchmarks.committing`.

    python -m benchmarks.writer desk DATABASE STATE_FOLDER NAME TIMES    (order IDs on standard input)
    python -m benchmarks.writer raw DATABASE NAME TIMES

It says "ready", waits for a line, works, and prints its figures as JSON.
"""

import json
import random
import sqlite3
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path

LOCK_WAIT = 5.0
"""Seconds a plain writer waits, as the program's does."""
INSERT = "INSERT INTO written (writer, number, at, text) VALUES (?, ?, ?, ?)"
TEXT = "{name} {number:05}: the customer asked when the parcel will come; told tomorrow"


def work(commit: Callable[[int], None], times: int) -> dict[str, object]:
    """Commit again and again; milliseconds of each that succeeded, and the names of the errors."""
    took: list[float] = []
    errors: Counter[str] = Counter()
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(times):
        start = time.perf_counter()
        try:
            commit(number)
        except Exception as error:  # what goes wrong is what is counted here
            errors[f"{type(error).__name__}: {error}"[:120]] += 1
        else:
            took.append((time.perf_counter() - start) * 1e3)
    return {"took_ms": took, "errors": dict(errors)}


def through_the_desk(database: str, state_folder: str, name: str, times: int) -> dict[str, object]:
    """Add notes as the program does: find, check, save, log, remember the key, in one transaction."""
    from oms_tui.config import Settings
    from oms_tui.desk.commit import commit
    from oms_tui.desk.desk import Desk
    from oms_tui.desk.people import actor_named

    order_ids = sys.stdin.readline().split()
    rng = random.Random(name)
    desk = Desk.open(database, settings=Settings(), state_folder=Path(state_folder))
    actor = actor_named(desk, "olga")

    def add_note(number: int) -> None:
        arguments = {"text": TEXT.format(name=name, number=number)}
        # A note is only added, so it goes on whatever version the order has by now.
        commit(
            desk,
            actor,
            "order.note",
            rng.choice(order_ids),
            arguments,
            version=1,
            key=uuid.uuid4().hex,
        )

    try:
        return work(add_note, times)
    finally:
        desk.close()


def plainly(database: str, name: str, times: int) -> dict[str, object]:
    """Insert one row and commit, with the same durability."""
    connection = sqlite3.connect(database, timeout=LOCK_WAIT, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")

    def insert(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(INSERT, (name, number, time.time_ns(), TEXT.format(name=name, number=number)))
        connection.execute("COMMIT")

    try:
        return work(insert, times)
    finally:
        connection.close()


if __name__ == "__main__":
    kind, database_path, *rest = sys.argv[1:]
    if kind == "desk":
        state, writer, count = rest
        figures = through_the_desk(database_path, state, writer, int(count))
    else:
        writer, count = rest
        figures = plainly(database_path, writer, int(count))
    print(json.dumps(figures))
