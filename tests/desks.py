"""A desk of its own for a test, on a real SQLite file, with a password hash that costs little."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from oms_tui.clock import Clock
from oms_tui.config import Settings
from oms_tui.desk.desk import Desk
from oms_tui.desk.passwords import Cost, Hasher


@contextmanager
def open_desk(
    folder: Path,
    *,
    clock: Clock | None = None,
    is_sample: bool | None = None,
    state_folder: Path | None = None,
) -> Iterator[Desk]:
    """Open, or make, the desk in a folder."""
    url = f"sqlite:///{folder / 'desk.db'}"
    desk = Desk.open(
        url,
        settings=Settings(),
        clock=clock,
        state_folder=state_folder or folder / "state",
        is_sample=is_sample,
    )
    desk.hasher = Hasher(Cost(memory_kib=64, rounds=1, lanes=1))
    try:
        yield desk
    finally:
        desk.close()
