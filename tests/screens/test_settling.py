"""Reconciliation on screen: files, rows, straight to the verb that mends, accepting with a note (spec 7)."""

from dataclasses import replace
from datetime import timedelta
from time import monotonic
from uuid import uuid4

import pytest

from oms_tui.clock import FixedClock
from oms_tui.desk.desk import Desk
from oms_tui.domain.status import LineStatus, OperationKind, OperationState
from oms_tui.exchange.settlement import import_settlement
from oms_tui.screens.forms import VerbForm
from oms_tui.screens.settling.accepting import AcceptBox
from oms_tui.screens.settling.files import SettlementsScreen
from oms_tui.screens.settling.rows import SettlementScreen
from tests.build import card, line, operation, order, shipment
from tests.screens.acting import other_does
from tests.screens.consoles import LARGE, NOW, SETTINGS, SMALL

HOSTILE = "[@click=app.quit]\\[/]Ω=1+1"
ROWS = f"""reference,type,amount,currency,date,fee
cap-1,capture,10.00,EUR,2026-11-22,0.35
cap-2,capture,20.00,EUR,2026-11-22,0.35
cap-3,capture,30.05,EUR,2026-11-22,0.35
{HOSTILE},capture,1.00,EUR,2026-11-22,
"""


def paid(number, minor, state):
    """An order that has left, with its capture `cap-NUMBER` in that state."""
    taken = operation(2, OperationKind.CAPTURE, minor, reference=f"cap-{number}", shipment="S-1", state=state)
    payment = card(minor, taken, reference=f"pay-{number}")
    first = replace(payment.operations[0], reference=f"auth-{number}")
    return order(
        line(1, LineStatus.SHIPPED, minor, shipment="S-1"), id=f"1045{number}",
        payments=(replace(payment, operations=(first, taken)),), shipments=(shipment("S-1"),),
    )  # fmt: skip


def take_file(made, folder):
    """Take the settlement file in, a minute after the orders were placed."""
    file = folder / "day.csv"
    file.write_text(ROWS)
    clock = FixedClock(NOW + timedelta(minutes=1))
    desk = Desk.open(made.url, settings=SETTINGS, state_folder=made.state, clock=clock)
    import_settlement(desk, file, is_dry_run=False, rejects=folder / "rejects.csv")
    desk.close()


@pytest.fixture
def lying(desk_of, tmp_path):
    """Order 10451 paid, 10452 whose capture is unknown here, 10453 with another amount; the file is in."""
    done, unknown = OperationState.SUCCEEDED, OperationState.UNKNOWN
    made = desk_of(paid(1, 1000, done), paid(2, 2000, unknown), paid(3, 3000, done))
    take_file(made, tmp_path)
    return made


async def open_file(console):
    """The dashboard's tile, the file, its rows."""
    await console.app.action_go("RC")
    await console.settle()
    assert isinstance(console.app.screen, SettlementsScreen)
    await console.see("day.csv")
    await console.press("enter")
    assert isinstance(console.app.screen, SettlementScreen)
    await console.see("cap-2")
    return console.app.screen


def references(screen):
    return [row.reference for row in screen.listing.visible_rows]


async def drawn(console, kind):
    await console.until(lambda: isinstance(console.app.screen, kind), kind.__name__)
    await console.until(lambda: monotonic() > console.app.screen.drawn_at, "drawn")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x40"])
async def test_what_differs_comes_first_and_says_what_mends_it(lying, size):
    async with lying.console(3, size=size) as console:
        await console.see("Reconciliation")
        await console.app.action_go("RC")
        await console.see("3 open")
        await console.see("61.05 €")
        await console.press("enter")
        await console.see("Whether this capture of 20.00 € was done is not known here")
        assert console.shows("1 Open 3 2 Missing here 2 3 Missing there 0 4 Different 1")
        assert console.shows("! not ours" if size == SMALL else "! missing here")
        assert console.shows("Mark as paid")
        assert HOSTILE[:8] in console.text
        assert not console.shows("cap-1")
        await console.press("8")
        await console.see("cap-1")
        await console.press("3")
        await console.see("No missing there rows")


async def test_enter_opens_the_verb_filled_in_and_the_row_is_mended_when_it_is_done(lying):
    async with lying.console(3) as console:
        screen = await open_file(console)
        await console.press("enter")
        await drawn(console, VerbForm)
        form = console.app.screen
        assert form.verb.id == "order.mark-paid"
        await console.see("settlement file day.csv, line 3")
        assert console.shows("cap-2")
        await console.press("f9")
        await console.until(lambda: console.app.screen is screen, "back at the rows")
        await console.see("6 Mended 1")
        await console.until(lambda: "cap-2" not in references(screen), "the row is gone")
        await console.press("6")
        await console.see("mended by olga: Marked 20.00 € of S-1 as paid")


async def test_a_difference_is_accepted_with_a_note_and_never_by_a_key_pressed_before(lying):
    async with lying.console(3) as console:
        screen = await open_file(console)
        await console.press("4")
        await console.see("The provider's capture is 30.05 €, we hold 30.00 €")
        await console.pilot.press("A", "f9")
        await drawn(console, AcceptBox)
        await console.press("f9")
        await console.see("Say why the difference is accepted")
        await console.type("cents")
        await console.press("enter")
        await console.see("F9 accepts the difference")
        await console.press("f9")
        await console.until(lambda: console.app.screen is screen, "back at the rows")
        await console.see("No different rows")
        await console.press("5")
        await console.see("accepted by olga: cents")
        await console.press("A")
        assert console.told[-1] == "There is no open difference under the cursor"


async def test_rows_follow_the_order_while_one_looks_at_them(lying):
    async with lying.console(3) as console:
        screen = await open_file(console)
        other_does(
            lying, "order.mark-paid", "10452", uuid4().hex,
            shipment="S-1", reference="cap-2", captured="2026-11-22", note="told by telephone",
        )  # fmt: skip
        await console.see("6 Mended 1")
        await console.until(lambda: "cap-2" not in references(screen), "the row is gone")


async def test_a_row_without_a_verb_opens_its_order_or_says_what_to_do(lying):
    async with lying.console(3) as console:
        await open_file(console)
        await console.press("4", "enter")
        await console.see("10453")
        assert console.app.screen.order_id == "10453"
        await console.press("q")
        await console.press("2", "G", "enter")
        assert "No payment here has this reference" in console.told[-1]
        await console.press("O")
        assert console.told[-1] == "No order here is known for this row"


@pytest.mark.parametrize("number", [1, 2], ids=["cs", "nm"])
async def test_others_are_told_who_may(lying, number):
    async with lying.console(number) as console:
        await console.app.action_go("RC")
        await console.see("Reconciliation is for OP")
        assert not isinstance(console.app.screen, SettlementsScreen)


async def test_without_a_file_it_says_how_to_bring_one(desk_of):
    async with desk_of().console(3) as console:
        await console.app.action_go("RC")
        await console.see("oms-tui import settlement FILE")


async def test_nothing_is_accepted_read_only(lying):
    async with lying.console(3, is_read_only=True) as console:
        await open_file(console)
        await console.press("A")
        assert console.told[-1] == "Accept: the desk is open read-only"
