"""Desks for consoles under test: sample data made once, each test on a copy of its own."""

import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk import passwords
from oms_tui.desk.desk import Desk
from oms_tui.desk.intake import Batch, take_in
from oms_tui.desk.sample import begin_sample, finish_sample
from oms_tui.exchange.sample import SAMPLE_PEOPLE, generate
from tests.desk.conftest import CHEAP, PASSWORD, Place, add_person
from tests.screens.consoles import NOW, SETTINGS, SMALL, make_app, run

SAMPLE_ORDERS = 120


@dataclass
class Lying:
    """A desk that lies on the disk: where, and its state folder."""

    path: Path
    state: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def open(self) -> Desk:
        """The same desk from another program's side."""
        return Desk.open(self.url, settings=SETTINGS, state_folder=self.state)

    def app(self, **rest):
        """A console on it, not running yet."""
        return make_app(self.url, self.state, **rest)

    @asynccontextmanager
    async def console(self, number=1, *, size=SMALL, **rest):
        """A console on it with the sample person of that digit signed in."""
        async with run(self.app(**rest), size) as console:
            await console.pick(number)
            yield console


@pytest.fixture(scope="session")
def _sample_template(tmp_path_factory):
    """Sample data as `oms-tui demo` makes it, dated relative to `NOW`."""
    folder = tmp_path_factory.mktemp("sample")
    state = folder / "state"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMS_TUI_STATE_DIR", str(state))
        desk = begin_sample(f"sqlite:///{folder / 'sample.db'}", SETTINGS, SAMPLE_PEOPLE)
        desk.clock = FixedClock(NOW)  # when its orders came in is said on screens
        for part in generate(SAMPLE_ORDERS, now=NOW):
            batch = Batch(
                orders=part.orders,
                returns=part.returns,
                credit_notes=part.credit_notes,
                locations=part.locations,
                stock=part.stock,
            )
            assert take_in(desk, batch, source="sample").refused == ()
        finish_sample(desk)
        desk.close()
    return Lying(folder / "sample.db", state)


def _copy(lying, folder):
    shutil.copy(lying.path, folder / "desk.db")
    shutil.copytree(lying.state, folder / "state")
    return Lying(folder / "desk.db", folder / "state")


@pytest.fixture
def sample(_sample_template, tmp_path):
    """Sample data: digit 1 is CS, 2 is NM, 3 is OP and AD."""
    return _copy(_sample_template, tmp_path)


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A desk with nobody and nothing in it, not even a file yet."""
    monkeypatch.setattr(passwords, "Cost", lambda: CHEAP)
    return Lying(tmp_path / "desk.db", tmp_path / "state")


@pytest.fixture
def peopled(empty):
    """A desk with ana (CS), whose password is `PASSWORD`, and nothing in it."""
    place = Place(empty.path.parent)
    desk = place.open()
    add_person(desk, "ana")
    place.close()
    return Lying(place.path, place.state)


@pytest.fixture
def password():
    """The password of everybody on a `peopled` desk."""
    return PASSWORD


@pytest.fixture(scope="session")
def _people_template(tmp_path_factory):
    """A desk with the sample people and no order."""
    folder = tmp_path_factory.mktemp("people")
    state = folder / "state"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMS_TUI_STATE_DIR", str(state))
        desk = begin_sample(f"sqlite:///{folder / 'people.db'}", SETTINGS, SAMPLE_PEOPLE)
        finish_sample(desk)
        desk.close()
    return Lying(folder / "people.db", state)


@pytest.fixture
def desk_of(_people_template, tmp_path):
    """Makes a desk that holds these orders, taken in at `NOW`, and the sample people (1 CS, 2 NM, 3 OP)."""

    def make(*orders, returns=(), credit_notes=()):
        lying = _copy(_people_template, tmp_path)
        desk = Desk.open(lying.url, settings=SETTINGS, state_folder=lying.state, clock=FixedClock(NOW))
        batch = Batch(orders=orders, returns=returns, credit_notes=credit_notes)
        assert take_in(desk, batch, source="test").refused == ()
        desk.close()
        return lying

    return make
