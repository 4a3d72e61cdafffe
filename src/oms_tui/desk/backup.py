"""Backup and restore (G2, F7): through the database's own copying, never a copy of a live file; verified
before it gets its name; and before a restore the present state is kept as well.

The audit key is not in a backup: it lies in the state folder and is moved as a step of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from secrets import token_hex

from oms_tui.clock import Clock, SystemClock
from oms_tui.config import Settings
from oms_tui.desk.audit_head import CopiedHead
from oms_tui.desk.audit_key import proof_of, read_or_make
from oms_tui.desk.desk import ID, PROOF, Desk
from oms_tui.desk.errors import Unusable
from oms_tui.desk.writing import writing
from oms_tui.domain.people import LOCAL_ACTOR, Actor
from oms_tui.paths import make_private_dir, state_dir
from oms_tui.store import audit
from oms_tui.store.copies import Copy, inspect, put_in_place
from oms_tui.store.engine import path_of

BACKUP, RESTORE = "backup", "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did: from which copy, and where the state before it is kept (None: there was none)."""

    copy: Copy
    kept: Path | None


def back_up(desk: Desk, target: Path, *, actor: Actor = LOCAL_ACTOR) -> Copy:
    """Copy the database into a new 0600 file while others go on working; the copy gets its name once it is
    verified (pages, references, and that the audit chain here holds its head) and on the disk.

    Raises:
        Unusable: There is something at `target`, or it cannot be written.
        StoreError: The database could not be read, or the copy is not sound.
    """
    target = target.expanduser().absolute()
    with _draft_beside(target) as draft:
        desk.store.backup_to(draft)
        made = inspect(draft)
        with desk.store.read() as conn:
            if made.entries and audit.link_of(conn, made.entries) != made.link:
                raise Unusable("The copy does not hold the audit log as it is here: no backup was made.")
        _name(draft, target)
    with writing(desk) as work:
        work.log(actor, BACKUP, f"Backed up {made.orders:,} orders to {target.name}")
    return replace(made, path=target)


def restore(
    url: str,
    source: Path,
    *,
    settings: Settings,
    clock: Clock | None = None,
    state_folder: Path | None = None,
    actor: Actor = LOCAL_ACTOR,
) -> Restored:
    """Make the database what a backup holds. It may be damaged or missing; its present state is kept beside
    it.

    Args:
        url: The database: `sqlite:///PATH` or a path.
        source: A file that `back_up` made.
        settings: The rules of the shop.
        clock: The machine's where none is given.
        state_folder: Where the audit key is; the user's own where none is given.
        actor: Who restores it.

    Raises:
        Unusable: Its audit key is missing or another's: nothing was changed.
        StoreError: The source is no sound backup, or a file could not be read or written.
    """
    folder, path = state_folder or state_dir(), path_of(url)
    copy = inspect(source)
    key = read_or_make(folder, copy.facts.get(ID, ""), may_make=False)
    if copy.facts.get(PROOF) != proof_of(key):
        raise Unusable(f"The audit key in {folder} is not the one {source} was made with.")
    kept = _free_name(path, (clock or SystemClock()).now())
    make_private_dir(path.parent)
    was_there = put_in_place(path, source, kept)
    desk = Desk.open(url, settings=settings, clock=clock, state_folder=folder)
    try:
        _write_restore(desk, actor, copy)
    finally:
        desk.close()
    return Restored(copy=copy, kept=kept if was_there else None)


def _write_restore(desk: Desk, actor: Actor, copy: Copy) -> None:
    """The log says that it goes on from a backup, and the copied head starts from there."""
    with writing(desk) as work:
        seq = work.log(actor, RESTORE, f"Restored {copy.orders:,} orders from {copy.path.name}")
    with desk.store.read() as conn:
        link = audit.link_of(conn, seq)
    if link is not None:
        desk.head.put(CopiedHead(seq, link))


def _free_name(path: Path, now: datetime) -> Path:
    """Beside the database, by the moment of the restore."""
    stem = f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}"
    names = (path.with_name(stem if number == 1 else f"{stem}-{number}") for number in count(1))
    return next(name for name in names if not name.exists())


@contextmanager
def _draft_beside(target: Path) -> Iterator[Path]:
    try:
        make_private_dir(target.parent)
    except OSError as error:
        raise Unusable(f"{target.parent} cannot be written to: {error.strerror}.") from error
    draft = target.with_name(f".{target.name}.{token_hex(8)}")
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, target: Path) -> None:
    """Have the copy on the disk and give it its name, unless something has it."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, target)
    except FileExistsError:
        raise Unusable(f"There is something at {target} already: name another file.") from None
    except OSError as error:
        raise Unusable(f"The backup cannot be called {target}: {error.strerror}.") from error
