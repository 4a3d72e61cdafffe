"""How the forms of address, fraud and price look. A change of a picture is looked at before it is taken
over."""

from time import monotonic

import pytest

from oms_tui.screens.boot import BootScreen
from oms_tui.screens.forms import VerbForm
from tests.screens.consoles import LARGE, SMALL, TestedConsole
from tests.screens.test_form_address import BRAZILIAN, GERMAN, JAPANESE, at
from tests.screens.test_form_fraud import flagged
from tests.screens.test_form_price import three
from tests.screens.test_snapshots_frame import themed

SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])


@pytest.fixture
def picture(snap_compare):
    """Compare the form of a verb, after some keys, with the picture taken last."""

    def compare(desk, command, *keys, size=SMALL, theme="dark"):
        app = desk.app(settings=themed(theme))

        async def work(pilot):
            console = TestedConsole(app, pilot)
            await console.until(lambda: not isinstance(app.screen, BootScreen))
            await console.until(lambda: app.desk is not None)
            await console.pick(1)
            await console.until(lambda: app.session.is_live)
            await app.open_order("10432")
            await console.settle()
            await console.press(":", *command, "enter")
            await console.until(lambda: isinstance(app.screen, VerbForm), "the form")
            form = app.screen
            await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
            await console.settle()
            await console.press(*keys)
            await console.settle()

        return snap_compare(app, terminal_size=size, run_before=work)

    return compare


@SIZES
def test_snapshot_correct_what_the_country_would_write(picture, desk_of, size):
    assert picture(desk_of(at(BRAZILIAN)), "address", size=size)


def test_snapshot_correct_what_fails(picture, desk_of):
    assert picture(desk_of(at(JAPANESE)), "address")


def test_snapshot_correct_with_its_plan(picture, desk_of):
    assert picture(desk_of(at(GERMAN)), "address", *"10115", theme="light")


@SIZES
def test_snapshot_force(picture, desk_of, size):
    assert picture(desk_of(at(JAPANESE)), "force reason=phone note=rang", size=size)


def test_snapshot_areas(picture, desk_of):
    assert picture(desk_of(at(BRAZILIAN)), "address", *["tab"] * 4, "?", *"sa")


@SIZES
def test_snapshot_fraud_review(picture, desk_of, size):
    assert picture(desk_of(flagged()), "fraud", "g", "tab", *"moved house", size=size)


def test_snapshot_fraud_review_undecided_in_the_terminals_colours(picture, desk_of):
    assert picture(desk_of(flagged()), "fraud", theme="ansi")


@SIZES
def test_snapshot_price(picture, desk_of, size):
    assert picture(desk_of(three()), "price", "J", "J", "%", "1", "5", "shift+tab", "d", size=size)
