"""The head of the audit chain, copied outside the database: cutting its tail is found too (invariant A4)."""

import json
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from oms_tui.clock import Clock
from oms_tui.paths import write_atomically
from oms_tui.store import audit
from oms_tui.store.engine import Store
from oms_tui.store.errors import StoreError

EVERY_ENTRIES = 1_000
EVERY_SECONDS = 3_600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CopiedHead:
    """The last entry that was copied: its number and link."""

    seq: int
    link: bytes


def head_path(state_folder: Path, database_id: str) -> Path:
    """Where the head of a database's chain is copied to."""
    return state_folder / "audit" / f"{database_id}.head"


def read_head(path: Path) -> CopiedHead | None:
    """The copied head; None where there is none yet.

    Raises:
        ValueError: The file is damaged.
        OSError: It cannot be read.
    """
    try:
        found = json.loads(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    try:
        return CopiedHead(int(found["entries"]), bytes.fromhex(found["link"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} is no head of an audit chain") from error


class HeadCopy:
    """Copies the head out every 1,000 entries or hour, and when the desk closes."""

    def __init__(self, state_folder: Path, database_id: str, store: Store, clock: Clock) -> None:
        """Know where it was copied last; nothing is written yet."""
        self.path = head_path(state_folder, database_id)
        self._store = store
        self._clock = clock
        self._copied = 0
        self._copied_at = clock.monotonic()

    def follow(self, seq: int) -> None:
        """An entry of this number was written: copy the head if that is due."""
        is_many = seq - self._copied >= EVERY_ENTRIES
        if is_many or self._clock.monotonic() - self._copied_at >= EVERY_SECONDS:
            self.write()

    def write(self) -> None:
        """Copy the head now, unless the chain no longer holds what was copied before: then its tail was cut
        or changed, the copy is the proof of it and `doctor` says so.

        A copy that cannot be made is left for the next time, and said in the log: what was committed stays
        committed and must not be reported as failed.
        """
        try:
            self._write()
        except (StoreError, OSError) as error:
            _log.warning("The audit chain's head was not copied to %s: %s", self.path, error)

    def _write(self) -> None:
        self._copied_at = self._clock.monotonic()
        try:
            before = read_head(self.path)
        except (OSError, ValueError):
            return
        with self._store.read() as conn:
            head = audit.head(conn)
            if before is not None and audit.link_of(conn, before.seq) != before.link:
                return
        self._copied = head.seq
        if head.seq > (0 if before is None else before.seq):
            self.put(CopiedHead(head.seq, head.link))

    def put(self, head: CopiedHead) -> None:
        """Write a head whatever was there before: after a restore, which is in the log itself."""
        content = json.dumps({"entries": head.seq, "link": head.link.hex()})
        with suppress(OSError):
            write_atomically(self.path, content.encode("ascii"))
