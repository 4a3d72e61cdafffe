"""Every verb can be asked for in the plain form made from the table; one verb goes on to another (spec 6)."""

from dataclasses import replace
from time import monotonic

import pytest

from oms_tui.domain.order import Hold, Note
from oms_tui.domain.status import HoldKind, LineStatus
from oms_tui.domain.totals import price
from oms_tui.screens.forms import VerbForm, form_of
from oms_tui.screens.forms.charges_field import ChargesField
from oms_tui.screens.forms.form import RELEASED
from oms_tui.screens.forms.lines_field import LinesField
from oms_tui.verbs import VERBS, verb
from tests.build import NOON, charge, line, order
from tests.screens.acting import free, read
from tests.screens.test_profile import open_profile

OF_OP = {"order.hold", "order.release-hold", "order.run", "order.approve"}


def held(kind: HoldKind):
    hold = Hold(number=1, kind=kind, reason="because", placed_at=NOON, placed_by="system")
    return free("10432", holds=(hold,))


async def open_plain(console, verb_id, order_id="10432", **given):
    """The plain form of a verb over the order's profile, drawn."""
    await open_profile(console, order_id)
    form = VerbForm(verb(verb_id), order_id, given)
    await console.app.push_screen(form)
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.settle()
    return form


@pytest.mark.parametrize("one", [v for v in VERBS if v.is_changing and not v.is_beside], ids=lambda v: v.id)
async def test_the_plain_form_of_every_verb_opens(desk_of, one):
    """With a field for everything the verb asks, each with a whole label."""
    async with desk_of(held(HoldKind.MANUAL)).console(3 if one.id in OF_OP else 1) as console:
        form = await open_plain(console, one.id)
        assert [row.name_of_argument for row in form._fields.rows] == [a.name for a in one.arguments]
        for argument in one.arguments:
            assert console.shows(f"{argument.label} ") or form.query_one("#fields").max_scroll_y, argument


async def test_a_key_of_two_starts_the_one_that_can_be_done_unless_the_other_says_why_not(desk_of):
    wish = Note(number=1, at=NOON, person="customer", text="The customer asks to cancel: ordered twice")
    packed = order(line(1, LineStatus.PACKED), id="10501", notes=(wish,))
    async with desk_of(packed, free("10432")).console(1) as console:
        await open_profile(console, "10501")
        await console.press("x")
        await console.see("Which?")
        assert console.shows("Nothing can be cancelled any more")
        await console.press("enter")
        await console.see("Decline to cancel · order 10501")
        await console.press("escape")
        await open_profile(console, "10432")
        await console.press("x")
        await console.see("Cancel · order 10432")


async def test_a_module_of_the_name_gives_the_form():
    assert form_of(verb("order.cancel")) is VerbForm
    assert form_of(replace(verb("order.cancel"), form="no_such_module")) is VerbForm


async def test_prices_begin_with_nothing_marked(desk_of):
    desk = desk_of(free("10432", charges=(charge(),)))
    async with desk.console() as console:
        form = await open_plain(console, "order.price")
        lines, charges = form.query(LinesField)
        assert isinstance(charges, ChargesField)
        assert (lines.held(), charges.held()) == ((), ())
        await console.press("tab", "tab", "d")
        await console.see("Mark the lines or charges that are to cost less.")
        await console.press("shift+tab", "space")
        assert charges.held() == (1,)
        await console.see("f9 take 20 % off 1 charge")
        await console.see("Shipping 1 4.90 €")
        await console.press("f9")
        await console.until(lambda: form not in console.app.screen_stack)
    assert price(read(desk, "10432").charges[0]).minor == 392


async def test_an_address_starts_with_what_is_there(desk_of):
    desk = desk_of(free())
    async with desk.console() as console:
        form = await open_plain(console, "order.address")
        held_now = {row.name_of_argument: row.field.held() for row in form._fields.rows}
        assert (held_now["recipient"], held_now["city"], held_now["company"]) == (
            "Hans Müller", "Berlin", None,
        )  # fmt: skip
        await console.see("Nothing differs from the address that the order has.")
        await console.press("tab", *"Acme")
        await console.see("f9 correct the address")
        await console.press("f9")
        await console.until(lambda: form not in console.app.screen_stack)
    assert read(desk, "10432").ship_to.company == "Acme"


async def review(console, profile, decision):
    """The fraud review, filled in and committed."""
    given = {"decision": decision, "reason": "stolen card"}
    await profile.verbs_here.start(verb("order.fraud"), given)
    form = console.app.screen
    assert isinstance(form, VerbForm)
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.see(f"f9 decide {decision}")
    await console.press("f9")
    await console.until(lambda: form not in console.app.screen_stack, "the form put away")
    await console.settle()


async def test_fraud_goes_on_to_cancel_with_the_reason_filled_in(desk_of):
    desk = desk_of(held(HoldKind.FRAUD))
    async with desk.console() as console:
        profile = await open_profile(console, "10432")
        await review(console, profile, "fraud")
        await console.until(lambda: isinstance(console.app.screen, VerbForm), "the form of Cancel")
        cancel = console.app.screen
        assert isinstance(cancel, VerbForm)
        await console.until(lambda: cancel.drawn_at + RELEASED < monotonic(), "the form drawn, no key held")
        assert cancel.verb.id == "order.cancel"
        await console.see("Reason fraud")
        await console.until(lambda: monotonic() > cancel.drawn_at + RELEASED)
        await console.press("f9")
        await console.until(lambda: cancel not in console.app.screen_stack)
    found = read(desk, "10432")
    assert {x.status for x in found.lines} == {LineStatus.CANCELLED}
    assert "confirmed as fraud by ana: stolen card" in found.holds[0].reason


async def test_genuine_goes_on_to_nothing(desk_of):
    desk = desk_of(held(HoldKind.FRAUD))
    async with desk.console() as console:
        profile = await open_profile(console, "10432")
        await review(console, profile, "genuine")
        assert console.app.screen is profile
    assert read(desk, "10432").open_holds() == ()
