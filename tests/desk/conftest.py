"""A desk of its own for each test: a database file, a state folder, a clock that stands still."""

import shutil

import pytest

from oms_tui.clock import FixedClock
from oms_tui.config import DeskSettings, Settings
from oms_tui.desk import intake, people
from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch
from oms_tui.desk.passwords import Cost, Hasher
from oms_tui.domain.people import LOCAL_ACTOR, Origin, Role
from oms_tui.store import audit
from tests.build import NOON, order

CHEAP = Cost(memory_kib=64, rounds=1, lanes=1)
"""Hashing that costs nothing: what it costs is tested apart."""
PASSWORD = "correct horse battery"
SETTINGS = Settings(desk=DeskSettings(time_zone="Europe/Berlin"))


class Place:
    """Where a test's desk lies; opens it as often as the test likes, as separate programs would."""

    def __init__(self, folder, clock=None):
        folder.mkdir(exist_ok=True)
        self.url = f"sqlite:///{folder / 'orders.db'}"
        self.path = folder / "orders.db"
        self.state = folder / "state"
        self.clock = clock or FixedClock(NOON)
        self.desks = []

    def open(self, **rest):
        rest = {"clock": self.clock} | rest
        desk = Desk.open(self.url, settings=SETTINGS, state_folder=self.state, **rest)
        desk.hasher = Hasher(CHEAP)
        self.desks.append(desk)
        return desk

    def close(self):
        while self.desks:
            self.desks.pop().close()


@pytest.fixture(scope="session")
def _empty(tmp_path_factory):
    """An empty desk, made once: migrating takes longer than most tests."""
    made = Place(tmp_path_factory.mktemp("empty"))
    made.open()
    made.close()
    return made


@pytest.fixture
def place(tmp_path, _empty):
    place = Place(tmp_path)
    shutil.copy(_empty.path, place.path)
    shutil.copytree(_empty.state, place.state)
    yield place
    place.close()


@pytest.fixture
def desk(place):
    return place.open()


@pytest.fixture
def clock(place):
    return place.clock


def add_person(desk, name="ana", *roles):
    """Somebody with these roles (CS if none), as an actor."""
    if not people.everybody(desk, LOCAL_ACTOR):
        people.create_first(desk, "boss", "", "a boss nobody argues with", Role.OP, origin=Origin.CONSOLE)
    people.add(desk, LOCAL_ACTOR, name=name, display_name="", roles=roles or (Role.CS,), password=PASSWORD)
    return people.actor_named(desk, name)


@pytest.fixture
def ana(desk):
    """Customer Support, at the desk."""
    return add_person(desk, "ana")


def take_in(desk, *orders):
    """Take these orders in; nothing may be refused."""
    taken = intake.take_in(desk, Batch(orders=orders or (order(),)), source="test")
    assert taken.refused == ()
    return taken


def entries(desk):
    """How many audit entries there are."""
    with desk.store.read() as conn:
        return audit.head(conn).seq
