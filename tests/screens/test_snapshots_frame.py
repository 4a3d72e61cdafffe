"""How the frame's screens look. A change of a picture is looked at before it is taken over."""

import pytest

from oms_tui.config import DeskSettings, Settings, UiSettings
from oms_tui.screens.boot import BootScreen
from tests.screens.consoles import LARGE, SMALL, TestedConsole

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@pytest.fixture
def picture(snap_compare, monkeypatch):
    """Compare the screen after some keys with the picture taken last."""
    monkeypatch.setattr("oms_tui.screens.sign_in.__version__", "0.0.0")

    def compare(app, *keys, person=0, size=SMALL):
        async def work(pilot):
            console = TestedConsole(app, pilot)
            await console.until(lambda: not isinstance(app.screen, BootScreen))
            await console.until(lambda: app.desk is not None)
            await console.settle()
            if person:
                await console.pick(person)
            for key in keys:
                await console.press(*([key] if len(key) == 1 or key in NAMED else key))
            await console.settle()

        return snap_compare(app, terminal_size=size, run_before=work)

    return compare


NAMED = {"enter", "escape", "tab", "down", "ctrl+p", "space", "f9"}


def themed(name):
    return Settings(
        desk=DeskSettings(time_zone="Europe/Berlin", name="acme-retail"), ui=UiSettings(theme=name)
    )


def test_snapshot_sign_in(picture, peopled):
    assert picture(peopled.app(), "ana", "enter", "x", "enter")


def test_snapshot_first_person(picture, empty):
    assert picture(empty.app(), "zoe", "enter", "tab", "f9")


@SIZES
def test_snapshot_sample_people(picture, sample, size):
    assert picture(sample.app(), size=size)


@SIZES
@pytest.mark.parametrize("person", [1, 2, 3], ids=["cs", "nm", "op"])
def test_snapshot_dashboard(picture, sample, person, size):
    assert picture(sample.app(), person=person, size=size)


def test_snapshot_dashboard_light(picture, sample):
    assert picture(sample.app(settings=themed("light")), "l", person=1)


def test_snapshot_dashboard_ansi(picture, sample):
    assert picture(sample.app(settings=themed("ansi")), "l", person=1)


def test_snapshot_dashboard_without_colour(picture, sample, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert picture(sample.app(), "l", person=1)


@SIZES
def test_snapshot_search_hits(picture, sample, size):
    assert picture(sample.app(), "/", "1007", "down", person=1, size=size)


def test_snapshot_search_fault(picture, sample):
    assert picture(sample.app(), "/", "10 contry:DE", person=1)


def test_snapshot_command_line(picture, sample):
    assert picture(sample.app(), ":", "the", person=1)


@SIZES
def test_snapshot_help(picture, sample, size):
    assert picture(sample.app(), "?", "down", person=1, size=size)


def test_snapshot_sign_out(picture, sample):
    assert picture(sample.app(), "q", person=1)


def test_snapshot_too_small(picture, sample):
    assert picture(sample.app(), size=(50, 20))
