"""How a pile looks: before, at the second step, after. A change is looked at before it is taken over."""

from dataclasses import replace

import pytest

from oms_tui.backend.errors import Unavailable
from oms_tui.domain.order import Customer
from oms_tui.domain.status import CustomerType
from oms_tui.screens.boot import BootScreen
from tests.screens.acting import many, other_does
from tests.screens.consoles import SMALL, TestedConsole
from tests.screens.test_pile import Faulty, do, mark_all, over, pile_of, refusing
from tests.screens.test_snapshots_frame import SIZES, themed

PEOPLE = (
    ("Jana", "Novák"),
    ("Siobhán", "O'Brien"),
    ("太郎", "山田"),
    ("يوسف", "المطيري"),
    ("[/]Zoe", "\x1b[31m"),
)


@pytest.fixture
def desk(desk_of):
    """Fourteen orders of people with all kinds of names; two refuse, one is somebody else's work."""
    made = [
        replace(
            one,
            customer=Customer(
                number="", first_name=PEOPLE[number % 5][0], last_name=PEOPLE[number % 5][1],
                type=CustomerType.GUEST, email="",
            ),
        )
        for number, one in enumerate(many(12))
    ]  # fmt: skip
    desk = desk_of(*made, refusing(30001), refusing(30002))
    other_does(desk, "order.claim", "20004", "o" * 32)
    return desk


@pytest.fixture
def picture(snap_compare, desk, monkeypatch):
    """Compare the screen at a moment of the work on a pile with the picture taken last."""

    def compare(until, *, size=SMALL, theme="dark"):
        app = desk.app(settings=themed(theme))

        async def work(pilot):
            console = TestedConsole(app, pilot)
            await console.until(lambda: not isinstance(app.screen, BootScreen))
            await console.until(lambda: app.desk is not None)
            await console.pick(1)
            await console.until(lambda: app.session.is_live)
            await mark_all(console, 14)
            await until(console)
            await console.settle()

        return snap_compare(app, terminal_size=size, run_before=work)

    return compare


@SIZES
def test_snapshot_before(picture, size):
    async def until(console):
        await pile_of(console, "x")

    assert picture(until, size=size)


def test_snapshot_second_step(picture):
    async def until(console):
        await pile_of(console, "x")
        await console.press("f9")

    assert picture(until)


def test_snapshot_fields_not_complete(picture):
    async def until(console):
        await pile_of(console, "n")
        await console.press("f9")

    assert picture(until, theme="light")


@SIZES
def test_snapshot_after(picture, monkeypatch, size):
    async def until(console):
        pile = await pile_of(console, "x")
        faults = {"20002": "busy", "20005": "busy"}
        faulty = Faulty(console.app.backend, lambda one, turn: faults.get(one, ""))
        monkeypatch.setattr(console.app.backend, "commit", faulty)
        await do(console, pile)

    assert picture(until, size=size)


def test_snapshot_stopped_in_sixteen_colours(picture, monkeypatch):
    async def until(console):
        pile = await pile_of(console, "n")
        await console.press(*"strike")
        await pile_of(console, "f1", "escape")
        commit, turns = console.app.backend.commit, []

        async def stops(intention, *, version, key):
            turns.append(key)
            if len(turns) == 3:
                await pile.action_back()
            if len(turns) == 2:
                raise Unavailable("The disk is full: nothing was changed. Make room and try again.")
            return await commit(intention, version=version, key=key)

        monkeypatch.setattr(console.app.backend, "commit", stops)
        await console.press("f9", "y")
        await over(console, pile)

    assert picture(until, theme="ansi")
