"""The set-ups on which one contract is tested: local SQLite now; others are added to `SET_UPS`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from oms_tui.backend import Backend
from oms_tui.backend.local import LocalBackend
from oms_tui.clock import FixedClock
from oms_tui.desk import passwords
from oms_tui.desk.desk import Desk
from oms_tui.domain.people import Role
from tests.build import NOON
from tests.desk.conftest import CHEAP, PASSWORD, SETTINGS, Place, add_person


@dataclass
class SetUp:
    """A desk with people, and consoles at it."""

    place: Place
    desk: Desk
    """The same database, for arranging what a test begins with and looking at what it ends with."""
    consoles: list[Backend] = field(default_factory=list)

    @property
    def clock(self) -> FixedClock:
        """What every console and the desk tell the time by."""
        return self.place.clock

    async def console(self, name: str = "", **options: object) -> Backend:
        """One more console, opened, with that person signed in."""
        made = LocalBackend(
            self.place.url,
            SETTINGS,
            clock=self.clock,
            state_folder=self.place.state,
            **options,  # type: ignore[arg-type]
        )
        self.consoles.append(made)
        await made.open()
        if name:
            await made.sign_in(name, PASSWORD)
        return made


async def _local_sqlite(place: Place) -> SetUp:
    return SetUp(place, place.open())


SET_UPS: dict[str, Callable[[Place], Awaitable[SetUp]]] = {"local SQLite": _local_sqlite}


@pytest.fixture(params=SET_UPS)
async def empty(request, tmp_path, monkeypatch):
    """A desk with nobody and nothing in it."""
    monkeypatch.setattr(passwords, "Cost", lambda: CHEAP)
    place = Place(tmp_path, FixedClock(NOON))
    set_up = await SET_UPS[request.param](place)
    yield set_up
    for console in set_up.consoles:
        await console.close()
    place.close()


@pytest.fixture
async def set_up(empty):
    """A desk with ana (CS), nina (NM), olga (OP) and boss (OP, AD)."""
    for name, role in (("ana", Role.CS), ("nina", Role.NM), ("olga", Role.OP)):
        add_person(empty.desk, name, role)
    return empty
