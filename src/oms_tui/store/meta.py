"""Facts about the database itself: its kind ("desk" or "sample"), its name, its id."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from oms_tui.store.tables import MetaRow, table

_META = table(MetaRow)


def get(conn: Connection, key: str, default: str = "") -> str:
    """The fact of that key, or `default`."""
    found = conn.execute(select(_META.c.value).where(_META.c.key == key)).scalar()
    return default if found is None else str(found)


def put(conn: Connection, key: str, value: str) -> None:
    """Write the fact of that key, new or anew."""
    write = insert(_META).values(key=key, value=value)
    conn.execute(write.on_conflict_do_update(index_elements=[_META.c.key], set_={"value": value}))
