"""What only the local backend has: its own thread, lazy libraries, one file that others write too."""

import asyncio
import subprocess
import sys
import threading
import time
from contextlib import suppress
from uuid import uuid4

import pytest

from oms_tui.backend import Intention, PageQuery
from oms_tui.backend.errors import OutcomeUnknown, Unavailable
from oms_tui.backend.local import POLL, LocalBackend, place_of_this_console
from oms_tui.desk import commit
from oms_tui.store import meta, people
from oms_tui.store.errors import (
    DatabaseBusy,
    DiskFailure,
    DiskFull,
    ReadOnlyDatabase,
)
from tests.desk.conftest import SETTINGS, entries, take_in

NOTE = Intention(verb="order.note", order_id="10427", arguments={"text": "hello"})
HEAVY = {
    "sqlalchemy",
    "sqlmodel",
    "pydantic",
    "alembic",
    "argon2",
    "httpx",
    "textual",
    "oms_tui.desk",
    "oms_tui.store",
}


def test_naming_a_backend_loads_nothing_heavy_and_makes_nothing(tmp_path):
    program = (
        "import sys; from oms_tui.backend.local import LocalBackend; from oms_tui.config import Settings; "
        f"LocalBackend('sqlite:///{tmp_path}/x/orders.db', Settings()); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not HEAVY & set(loaded.stdout.split())
    assert list(tmp_path.iterdir()) == []


async def test_everything_runs_in_one_database_thread(set_up, monkeypatch):
    seen = set()
    real = people.find

    def noted(conn, key):
        seen.add(threading.current_thread().name)
        return real(conn, key)

    monkeypatch.setattr(people, "find", noted)
    take_in(set_up.desk)
    console = await set_up.console("ana")
    seen.clear()
    await asyncio.gather(
        *(console.order("10427") for _ in range(5)), console.commit(NOTE, version=1, key=_key())
    )
    assert len(seen) == 1
    assert seen.pop().startswith("database")


async def test_the_loop_goes_on_while_the_database_is_slow(set_up, monkeypatch):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    real = commit._Intent.run

    def slow(*given):
        time.sleep(0.4)
        return real(*given)

    monkeypatch.setattr(commit._Intent, "run", slow)
    committing = asyncio.ensure_future(console.commit(NOTE, version=1, key=_key()))
    turns = 0
    while not committing.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 10
    assert (await committing).version == 2


@pytest.mark.parametrize("error", [DatabaseBusy, DiskFull, ReadOnlyDatabase])
async def test_a_refusal_of_the_database_is_plain_words_and_writes_nothing(set_up, monkeypatch, error):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    before = entries(set_up.desk)

    def refuses(*given):
        raise error("The database cannot; nothing was written.")

    monkeypatch.setattr(commit, "TRIES", 1)
    monkeypatch.setattr(commit._Intent, "run", refuses)
    with pytest.raises(Unavailable, match="nothing was written"):
        await console.commit(NOTE, version=1, key=_key())
    assert entries(set_up.desk) == before


async def test_an_unknown_end_is_said_to_be_unknown_and_found_out_later(set_up, monkeypatch):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    real_run = commit._Intent.run
    used = _key()

    def breaks(intent, desk, actor):
        real_run(intent, desk, actor)
        raise DiskFailure("the disk failed")

    def unreadable(*given):
        raise DiskFailure("the disk failed")

    with monkeypatch.context() as broken:
        broken.setattr(commit._Intent, "run", breaks)
        broken.setattr(commit, "outcome_of", unreadable)
        with pytest.raises(OutcomeUnknown, match="not known yet"):
            await console.commit(NOTE, version=1, key=used)
    found = await console.outcome_of(used)
    assert found is not None
    assert found.version == 2


async def test_a_database_of_something_else_and_a_missing_key_are_plain_words(tmp_path, set_up):
    odd = tmp_path / "letter.txt"
    odd.write_text("hello, this is no database at all")
    backend = LocalBackend(f"sqlite:///{odd}", SETTINGS, state_folder=tmp_path / "s")
    with pytest.raises(Unavailable, match="not an order desk"):
        await backend.open()
    await backend.close()
    take_in(set_up.desk)
    backend = LocalBackend(set_up.place.url, SETTINGS, state_folder=tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="audit key"):
        await backend.open()
    await backend.close()


async def test_a_change_made_elsewhere_is_told_soon(set_up):
    """Half a second is the promise; the poll is what it rests on."""
    assert POLL <= 0.25
    take_in(set_up.desk)
    console = await set_up.console("ana")
    told = asyncio.Event()

    async def watch():
        async for _ in console.changes():
            told.set()

    watching = asyncio.ensure_future(watch())
    await asyncio.sleep(0.05)
    assert not told.is_set()
    with set_up.desk.store.write() as conn:
        meta.put(conn, "name", "another name")
    await asyncio.wait_for(told.wait(), 5)
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching


async def test_several_watch_at_once(set_up):
    take_in(set_up.desk)
    console = await set_up.console("ana")
    watching = [asyncio.ensure_future(anext(console.changes())) for _ in range(3)]
    await asyncio.sleep(0.05)
    await console.commit(NOTE, version=1, key=_key())
    assert await asyncio.wait_for(asyncio.gather(*watching), 5) == [1, 1, 1]


async def test_closing_ends_the_session_in_the_log(set_up):
    console = await set_up.console("ana")
    before = entries(set_up.desk)
    await console.close()
    assert entries(set_up.desk) == before + 1
    with pytest.raises(Unavailable, match="closed"):
        await console.page(PageQuery())


async def test_signing_in_anew_ends_the_session_before(set_up):
    console = await set_up.console("ana")
    await console.sign_in("olga", "correct horse battery")
    with set_up.desk.store.read() as conn:
        rows = conn.exec_driver_sql("SELECT actor, action FROM audit_entry ORDER BY seq DESC LIMIT 2").all()
    assert [tuple(row) for row in rows] == [("olga", "sign_in"), ("ana", "sign_out")]


def test_the_place_of_a_console_is_the_user_and_where_they_come_from(monkeypatch):
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    assert place_of_this_console().endswith(" local")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 5000 192.0.2.1 22")
    assert place_of_this_console().endswith(" 192.0.2.7")


def _key():
    return uuid4().hex
