"""Sample data as a database of its own: begun, filled by intake, finished; and taken away to be made anew."""

from pathlib import Path

from oms_tui.config import Settings
from oms_tui.desk import people
from oms_tui.desk.audit_head import head_path
from oms_tui.desk.audit_key import key_path
from oms_tui.desk.desk import ID, KIND, SAMPLE, Desk
from oms_tui.desk.errors import Unusable
from oms_tui.domain.people import LOCAL_ACTOR, Person
from oms_tui.paths import state_dir
from oms_tui.store import meta
from oms_tui.store.engine import Store
from oms_tui.store.errors import StoreError

_WHOLE = "sample_is_whole"
_FILES = ("", "-wal", "-shm", "-checkpoint")
_NAME = "sample data"


def begin_sample(url: str, settings: Settings, everybody: tuple[Person, ...]) -> Desk:
    """Make the empty sample database and its people, who need no password, and only there.

    Args:
        url: where; nothing may be there yet.
        settings: the rules of the shop.
        everybody: the people; the first of them administers.
    """
    desk = Desk.open(url, settings=settings, is_sample=True)
    desk.name = _NAME
    with desk.store.write() as conn:
        meta.put(conn, "name", _NAME)
    for person in everybody:
        people.add(
            desk,
            LOCAL_ACTOR,
            name=person.name,
            display_name=person.display_name,
            roles=person.roles,
            password="",
        )
    return desk


def finish_sample(desk: Desk) -> None:
    """Say that every order is in: a run that was broken off is begun anew, not shown."""
    with desk.store.write() as conn:
        meta.put(conn, _WHOLE, "yes")


def is_whole_sample(file: Path) -> bool:
    """Whether a file holds sample data that was finished.

    Raises:
        Unusable: it holds something else, which nobody may take for sample data.
    """
    return _facts_of(file)[1]


def remove_sample(file: Path, state_folder: Path | None = None) -> None:
    """Take sample data away, with its audit key and the copy of its audit log's head.

    Raises:
        Unusable: the file holds something else: it stays.
    """
    database_id, _ = _facts_of(file)
    for ending in _FILES:
        Path(f"{file}{ending}").unlink(missing_ok=True)
    if database_id:
        state = state_folder or state_dir()
        for beside in (key_path(state, database_id), head_path(state, database_id)):
            beside.unlink(missing_ok=True)


def _facts_of(file: Path) -> tuple[str, bool]:
    """(database ID, whether it is whole)."""
    refusal = f"{file} holds no sample data: it is left as it is. Name another file with --database."
    try:
        store = Store.open(str(file), create=False)
    except StoreError as error:
        raise Unusable(f"{refusal} ({error})") from error
    try:
        with store.read() as conn:
            if meta.get(conn, KIND) != SAMPLE:
                raise Unusable(refusal)
            return meta.get(conn, ID), meta.get(conn, _WHOLE) == "yes"
    finally:
        store.close()
