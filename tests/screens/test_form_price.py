"""The form of a price adjustment: new prices as one types, refusals at the line (spec 6)."""

from dataclasses import replace
from time import monotonic

import pytest
from textual import events

from oms_tui.domain.status import LineStatus, OperationKind, OperationState
from oms_tui.domain.totals import order_total, price
from oms_tui.screens.forms.price import Form
from tests.build import card, charge, eur, line, operation, order, shipment
from tests.screens.acting import free, read
from tests.screens.consoles import LARGE, SMALL
from tests.screens.test_forms import gone
from tests.screens.test_hostile import STORED, check, hostile, no_guard
from tests.screens.test_profile import open_profile

__all__ = ["no_guard"]


def three(**rest):
    """Three lines and a charge."""
    lines = (
        line(1, LineStatus.ALLOCATED, 10000, name="Desk lamp"),
        line(2, LineStatus.ALLOCATED, 2000, name="Bulb E27", quantity=4),
        line(3, LineStatus.ALLOCATED, 4000, name="Shade, linen"),
    )
    return order(*lines, id="10432", charges=(charge(),), **rest)


async def open_price(console):
    """The form, drawn."""
    await open_profile(console, "10432")
    await console.press("p")
    await console.until(lambda: isinstance(console.app.screen, Form), "the form")
    form = console.app.screen
    await console.until(lambda: form.drawn_at < monotonic(), "the form drawn")
    await console.settle()
    return form


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_fifteen_percent_off_two_of_three_lines_in_ten_keys(desk_of, size):
    desk = desk_of(three())
    async with desk.console(size=size) as console:
        form = await open_price(console)
        assert console.shows("Reason * choose one")  # where money moves nothing is chosen beforehand
        await console.press("J", "J", "%", "1", "5")
        await console.see("off −18.00 € · total 164.90 € → 146.90 €")
        for fact in ("100.00 € → 85.00 €", "20.00 € → 17.00 €", "f9 take 15 % off 2 lines"):
            if fact.startswith("f9"):
                await console.press("shift+tab", "d")
            await console.see(fact)
        assert not console.shows("40.00 € →")
        await console.press("f9")
        await gone(console, form)
    now = read(desk, "10432")
    assert [price(one).minor for one in now.lines] == [8500, 1700, 4000]
    assert order_total(now) == eur(14690)


async def test_prices_are_there_before_the_plan(desk_of, monkeypatch):
    """What a line would cost is worked out beside the desk: it needs no answer."""
    async with desk_of(three()).console() as console:
        form = await open_price(console)

        async def never(intention):
            raise AssertionError("asked")

        monkeypatch.setattr(form, "_plan_soon", lambda: None)
        monkeypatch.setattr(console.app.backend, "plan", never)
        await console.press("space", "%", "5", "0")
        assert console.shows("100.00 € → 50.00 €")


async def test_each_reason_proposes_its_own_percentage(desk_of):
    async with desk_of(three()).console() as console:
        form = await open_price(console)
        await console.press("space")
        assert not console.shows("100.00 € →")
        form._fields.field("reason").focus()
        await console.press("d")
        await console.see("Percent 20 %, as proposed for damaged")
        await console.see("100.00 € → 80.00 €")
        await console.press("w")
        await console.see("Percent 15 %, as proposed for wrong item")
        assert console.shows("100.00 € → 85.00 €")


async def test_an_amount_is_split_over_what_is_marked(desk_of):
    async with desk_of(three()).console() as console:
        form = await open_price(console)
        await console.press("a", "tab", "a")
        form._fields.field("amount").focus()
        await console.type("16.49")
        await console.see("off −16.49 € · total 164.90 € → 148.41 €")
        form._fields.field("reason").focus()
        await console.press("d")
        for fact in (
            "→ 90.00 €",
            "→ 18.00 €",
            "→ 36.00 €",
            "→ 4.41 €",
            "f9 take 16.49 € off 3 lines and 1 charge",
        ):
            await console.see(fact)
        assert not console.shows("as proposed for")
        form._fields.field("percent").focus()
        await console.type("5")
        await console.see("Say the reduction in percent or as an amount, not both.")
        assert not console.shows("→ 90.00 €")


async def test_part_of_a_line_and_too_much(desk_of):
    async with desk_of(three()).console() as console:
        form = await open_price(console)
        await console.press("j", "2", "tab", "tab", "d")
        form._fields.field("amount").focus()
        await console.type("10.01")
        await console.see("What is marked costs 10.00 €: no price can be below zero.")
        await console.press("backspace", "0")
        await console.see("20.00 € → 10.00 €")
        assert console.shows("2 of 4")


async def test_what_is_refused_is_named_at_its_line(desk_of):
    asked = operation(2, OperationKind.CAPTURE, 4000, state=OperationState.REQUESTED, shipment="S-1")
    lines = list(three().lines)
    lines[2] = replace(lines[2], shipment="S-1", status=LineStatus.SHIPPED)
    refused = replace(
        three(), lines=tuple(lines), shipments=(shipment("S-1"),), payments=(card(16490, asked),)
    )
    async with desk_of(refused).console() as console:
        form = await open_price(console)
        await console.see("a capture for line 3 is not answered yet")
        await console.press("a")
        assert set(form._fields.field("lines").marked) == {1, 2}


async def test_marked_lines_of_the_profile_are_marked_in_the_form(desk_of):
    async with desk_of(free()).console() as console:
        await open_profile(console, "10432")
        await console.press("j", "space", "p")
        await console.until(
            lambda: isinstance(console.app.screen, Form) and console.app.screen.drawn_at < monotonic()
        )
        await console.settle()
        await console.press("d")
        await console.see("f9 take 20 % off 1 line")
        assert console.shows("→ 84.00 €")


async def test_the_form_begins_at_the_line_under_the_cursor_of_the_profile(desk_of):
    async with desk_of(free()).console() as console:
        await open_profile(console, "10432")
        await console.press("j", "p")
        form = console.app.screen
        await console.until(lambda: isinstance(form, Form) and form.drawn_at < monotonic(), "the form drawn")
        await console.press("space")
        assert form.focused.marked == {2: form.focused._options[2].available}


@pytest.mark.parametrize("text", STORED[::4])
async def test_hostile_text_typed_and_stored(desk_of, no_guard, text):
    async with desk_of(replace(hostile(STORED), id="10432")).console(size=SMALL) as console:
        form = await open_price(console)
        await console.press("a", "tab", "a")
        check(console)
        for name in ("percent", "amount", "note"):
            form._fields.field(name).focus()
            form._fields.field(name).post_message(events.Paste(text))
            await console.settle()
            check(console)
